"""Findings of a record: a code that is not known here is kept, and told of where the record's findings stand."""

from datetime import date
from typing import Any

import pytest
from tests.conftest import TenantFixture

from walmu_api.record.parties.codes.command import import_file
from walmu_api.record.parties.codes.service import Imported

SERVICE = {"system": "urn:oid:1.2.246.537.6.1222.2008", "code": "777", "display": "Jokin palvelu"}
TASK = {"system": "urn:oid:1.2.246.537.6.1221", "code": "777", "display": "Jokin tehtävä"}


def entry_of(record: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in record.items() if k not in {"id", "version", "recorded_at", "recorded_by"}}


async def findings(world: TenantFixture, path: str, **headers: str) -> list[dict[str, Any]]:
    answer = await world.provider_a.get(f"{path}/findings", **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]  # type: ignore[no-any-return]


async def test_a_code_that_is_not_known_here_is_kept_and_told_of(world: TenantFixture) -> None:
    record = await world.relationship((await world.client())["id"])
    path = f"/v1/service-relationships/{record['id']}"
    assert await findings(world, path) == []
    changed = await world.organiser.put(path, entry_of(record) | {"service": SERVICE}, If_Match='"1"')
    assert (changed.status_code, changed.json()["service"]) == (200, SERVICE)
    assert changed.headers["link"] == f'<{path}/findings>; rel="findings"'
    (data,) = await findings(world, path, Accept_Language="sv")
    assert (data["severity"], data["pointer"], data["code"]) == (
        "warning",
        "/service/code",
        "unverified-code",
    )
    assert data["detail"].startswith("Endast en del av förteckningen 1.2.246.537.6.1222")
    back = await world.organiser.put(path, entry_of(record), If_Match='"2"')
    assert "link" not in back.headers


async def test_the_answer_of_an_earlier_request_keeps_its_link(world: TenantFixture) -> None:
    record = entry_of(await world.relationship((await world.client())["id"])) | {"service_task": TASK}
    del record["source_id"]
    first, again = [
        await world.organiser.post("/v1/service-relationships", record, Idempotency_Key="k") for _ in range(2)
    ]
    assert (first.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert (
        first.headers["link"]
        == again.headers["link"]
        == f'<{first.headers["location"]}/findings>; rel="findings"'
    )


@pytest.mark.parametrize(
    ("member", "value", "pointer"),
    [
        ("service_task", SERVICE, "/service_task/system"),
        ("service", TASK, "/service/system"),
        ("service", SERVICE | {"system": "urn:oid:1.2.246.537.6.12220"}, "/service/system"),
    ],
)
async def test_a_code_of_another_list_is_refused(
    world: TenantFixture, member: str, value: Any, pointer: str
) -> None:
    entry = entry_of(await world.relationship((await world.client())["id"])) | {"source_id": "other"}
    stored = ("client_id", "provider_id", "legal_bases", "service_task", "service_kind")
    draft = {name: entry[name] for name in stored} | {"valid_from": world.day(0), "source_id": "d-1"}
    for path, body in (("/v1/service-relationships", entry), ("/v1/decisions", draft)):
        answer = await world.organiser.post(path, body | {member: value})
        data = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
        assert (answer.status_code, data) == (422, [(pointer, "wrong-code-system")])


async def test_once_the_whole_list_is_known_another_code_is_refused(world: TenantFixture) -> None:
    entry = entry_of(await world.relationship((await world.client())["id"])) | {"service": SERVICE}
    opened = await world.organiser.post("/v1/service-relationships", entry | {"source_id": "before"})
    assert opened.status_code == 201
    whole = Imported("1.2.246.537.6.1222", verified=True)
    await import_file(
        world.app_context.database, str(world.organiser_id), whole, b"code;fi\n55;Ty\xc3\xb6toiminta\n"
    )
    answer = await world.organiser.post("/v1/service-relationships", entry | {"source_id": "after"})
    data = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
    assert (answer.status_code, data) == (422, [("/service/code", "unknown-code")])
    (found,) = await findings(world, f"/v1/service-relationships/{opened.json()['id']}")
    assert (found["severity"], found["code"]) == ("warning", "unknown-code")
    known = SERVICE | {"code": "55"}
    answer = await world.organiser.post(
        "/v1/service-relationships", entry | {"source_id": "known", "service": known}
    )
    assert (answer.status_code, "link" in answer.headers) == (201, False)


async def test_a_decision_of_the_record_system_is_filed_with_what_is_doubtful(world: TenantFixture) -> None:
    client, template = await world.client(), await world.relationship((await world.client())["id"])
    decision = await world.decision(template | {"client_id": client["id"]}, legal_bases=["KVL_519_1977_35"])
    (found,) = await findings(world, f"/v1/decisions/{decision}")
    assert (found["pointer"], found["code"], found["severity"]) == (
        "/legal_bases/0",
        "unknown-code",
        "warning",
    )
    opened = (await world.provider_a.get(f"/v1/decisions/{decision}")).json()["service_relationship_id"]
    assert len(await findings(world, f"/v1/service-relationships/{opened}")) == 1


@pytest.mark.parametrize(("decided_on", "status"), [("2024-12-31", 201), ("2025-01-01", 422), (None, 422)])
async def test_a_legal_basis_must_hold_on_the_day_of_the_decision(
    world: TenantFixture, decided_on: str | None, status: int
) -> None:
    record = await world.relationship((await world.client())["id"])
    stored = ("client_id", "provider_id", "service_task", "service_kind")
    entry = {name: record[name] for name in stored} | {"valid_from": "2025-01-15", "source_id": "d-1"}
    entry |= {"legal_bases": ["KVL_519_1977_35"]} | ({"decided_on": decided_on} if decided_on else {})
    assert (await world.organiser.post("/v1/decisions", entry)).status_code == status


async def test_a_referral_source_must_be_one_on_the_day_of_the_referral(world: TenantFixture) -> None:
    entry = entry_of(await world.relationship((await world.client())["id"]))
    for source, first, last in (
        ("employment_area", "2025-01-01", "2026-01-01"),
        ("te_services", "2000-01-01", "2024-12-31"),
        ("municipal_pilot", "2024-01-01", "2024-12-31"),
    ):
        for day, status in ((first, 201), (last, 201)):
            data = {"referral": {"source": source, "received_on": day}, "source_id": f"{source}-{day}"}
            assert (
                await world.organiser.post("/v1/service-relationships", entry | data)
            ).status_code == status
    other = {"referral": {"source": "te_services", "received_on": str(date(2025, 1, 1))}, "source_id": "late"}
    assert (await world.organiser.post("/v1/service-relationships", entry | other)).status_code == 422


async def test_whoever_reads_findings_is_in_the_use_log(world: TenantFixture) -> None:
    record = await world.relationship((await world.client())["id"])
    await findings(world, f"/v1/service-relationships/{record['id']}")
    (row,) = await world.use_log(operation="listServiceRelationshipFindings")
    assert [str(each) for each in row["client_ids"]] == [record["client_id"]]
