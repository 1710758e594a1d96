"""The store of documents, tried with cases: entry, replace, void, lists, versions, feed, sealed identity codes."""

import secrets
from typing import Any

import pytest
from tests.conftest import TenantFixture, identity_code
from tests.record.case_file.documents.samples import DISABILITY, FILED

from walmu_api.record.parties.codes.command import import_file
from walmu_api.record.parties.codes.service import Imported

CASE = FILED["case"]


async def case(world: TenantFixture, client: dict[str, Any], **changes: Any) -> dict[str, Any]:
    entry = CASE.entry({"client": client["id"]}) | {"source_id": secrets.token_hex(6)} | changes
    answer = await world.organiser.post("/v1/cases", entry)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/cases/{answer.json()['id']}"
    return answer.json()  # type: ignore[no-any-return]


def entry_of(record: dict[str, Any]) -> dict[str, Any]:
    server = {
        "id",
        "version",
        "recorded_at",
        "recorded_by",
        "status",
        "dated_on",
        "structure",
        "provider_id",
        "status_reason",
    }
    return {name: value for name, value in record.items() if name not in server}


async def test_a_case_has_versions_and_each_can_be_read(world: TenantFixture) -> None:
    first = await case(world, await world.client())
    path = f"/v1/cases/{first['id']}"
    assert (await world.organiser.get(path)).json() == first
    closed = entry_of(first) | {"closed_on": "2026-09-01"}
    assert (await world.organiser.put(path, closed)).status_code == 428
    second = (await world.organiser.put(path, closed, If_Match='"1"')).json()
    assert (second["version"], second["closed_on"]) == (2, "2026-09-01")
    assert (await world.organiser.put(path, closed)).json() == second, "the same again changes nothing"
    versions = (await world.organiser.get(f"{path}/versions")).json()["items"]
    assert [(each["version"], each["change"]) for each in versions] == [(1, "created"), (2, "updated")]
    assert (await world.organiser.get(versions[0]["url"])).json() == first
    assert (await world.organiser.get(versions[1]["url"])).json() == second
    then = versions[1]["recorded_at"]
    known = (await world.organiser.get(f"{path}/versions?known_at={versions[0]['recorded_at']}")).json()[
        "items"
    ]
    assert [each["version"] for each in known] == [1]
    known = (await world.organiser.get(f"{path}/versions?known_at={then}")).json()["items"]
    assert [each["version"] for each in known] == [2]
    assert (await world.organiser.get(f"{path}/versions/3")).status_code == 404


async def test_a_void_case_stays_readable_and_changes_no_more(world: TenantFixture) -> None:
    first = await case(world, await world.client())
    path = f"/v1/cases/{first['id']}"
    void = await world.organiser.post(f"{path}/void", {"reason": "Väärä asiakas"})
    assert (void.json()["status"], void.json()["status_reason"]) == ("voided", "Väärä asiakas")
    assert (await world.organiser.post(f"{path}/void", {"reason": "Väärä asiakas"})).json() == void.json()
    refused = await world.organiser.put(path, entry_of(first) | {"closed_on": "2026-09-01"}, If_Match='"2"')
    assert (refused.status_code, refused.json()["code"]) == (409, "already-voided")
    items, _ = await world.feed(world.organiser)
    data = [(each["change"], each["version"]) for each in items if each["resource_type"] == "case"]
    assert data == [("created", 1), ("voided", 2)]
    assert [each["record"] for each in items if each["resource_type"] == "case"][-1] == void.json()


async def test_the_same_source_id_is_the_same_record(world: TenantFixture) -> None:
    client = await world.client()
    first = await case(world, client, source_id="a-1")
    again = await world.organiser.post(
        "/v1/cases", CASE.entry({"client": client["id"]}) | {"source_id": "a-1"}
    )
    assert (again.status_code, again.json()) == (200, first)
    other = CASE.entry({"client": client["id"]}) | {"source_id": "a-1", "opened_on": "2026-06-05"}
    refused = await world.organiser.post("/v1/cases", other)
    assert (refused.status_code, refused.json()["code"], refused.json()["url"]) == (
        409,
        "duplicate-source",
        f"/v1/cases/{first['id']}",
    )
    found = (await world.organiser.get("/v1/cases?source_id=a-1")).json()["items"]
    assert found == [first]


async def test_a_client_may_be_named_by_the_senders_key(world: TenantFixture) -> None:
    client = await world.client(source_id="henkilo-7")
    entry = CASE.entry({"client": client["id"]}) | {"source_id": "a"}
    del entry["client_id"]
    answer = await world.organiser.post("/v1/cases", entry | {"client_source_id": "henkilo-7"})
    assert (answer.status_code, answer.json()["client_id"]) == (201, client["id"])
    both = await world.organiser.post(
        "/v1/cases", entry | {"client_id": client["id"], "client_source_id": "henkilo-7", "source_id": "b"}
    )
    assert (both.status_code, both.json()["errors"][0]["pointer"]) == (422, "/client_source_id")
    unknown = await world.organiser.post(
        "/v1/cases", entry | {"client_source_id": "henkilo-8", "source_id": "c"}
    )
    assert [(e["pointer"], e["code"]) for e in unknown.json()["errors"]] == [
        ("/client_source_id", "unknown-reference")
    ]
    nobody = await world.organiser.post("/v1/cases", entry | {"source_id": "d"})
    assert [(e["pointer"], e["code"]) for e in nobody.json()["errors"]] == [("", "client-needed")]


async def test_identity_codes_inside_documents_lie_sealed(world: TenantFixture) -> None:
    code = identity_code()
    person = {
        "family_name": "Sukulainen",
        "given_names": "Sisko",
        "personal_identity_code": {"system": "urn:oid:1.2.246.21", "value": code},
    }
    first = await case(world, await world.client(), related_persons=[person])
    assert first["related_persons"] == [person]
    second = await world.organiser.put(
        f"/v1/cases/{first['id']}", entry_of(first) | {"closed_on": "2026-09-01"}, If_Match='"1"'
    )
    assert second.json()["related_persons"] == [person]
    old = (await world.organiser.get(f"/v1/cases/{first['id']}/versions/1")).json()
    assert old == first
    for table in ("documents", "journal"):
        rows = await world.owner.fetch(
            f"select to_json(t)::text as row from {table} t where organiser_id = $1", world.organiser_id
        )
        assert rows
        assert not [row for row in rows if code in row["row"]]


async def test_a_list_is_filtered_by_client_day_and_status(world: TenantFixture) -> None:
    one, other = await world.client(), await world.client()
    early = await case(world, one, opened_on="2026-01-05")
    late = await case(world, one, opened_on="2026-07-05")
    await case(world, other)
    await world.organiser.post(f"/v1/cases/{late['id']}/void", {"reason": "x"})

    async def ids(query: str) -> list[str]:
        return [
            each["id"]
            for each in await world.pages(world.organiser, f"/v1/cases?client_id={one['id']}&limit=1{query}")
        ]

    assert await ids("") == [early["id"], late["id"]]
    assert await ids("&from=2026-06-01") == [late["id"]]
    assert await ids("&to=2026-06-01") == [early["id"]]
    assert await ids("&status=voided") == [late["id"]]


ROLE = {"system": "urn:oid:1.2.246.537.6.1284", "code": "31", "display": "Huoltaja"}


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"initiated_by": "nobody"}, "/initiated_by", "unknown-code"),
        (
            {"initiated_by": "joint_authority", "received_on": "2026-06-01"},
            "/initiated_by",
            "unknown-code",
        ),  # ended 2022
        ({"name": CASE.entry({"client": ""})["state"]}, "/name/system", "wrong-code-system"),
        ({"state": CASE.entry({"client": ""})["name"]}, "/state/system", "wrong-code-system"),
        ({"service_task": ROLE}, "/service_task/system", "wrong-code-system"),
        ({"deciding_unit": ROLE}, "/deciding_unit/system", "wrong-code-system"),
        (
            {"related_persons": [{"family_name": "A", "given_names": "B", "roles": [ROLE, DISABILITY]}]},
            "/related_persons/0/roles/1/system",
            "wrong-code-system",
        ),
    ],
)
async def test_the_codes_of_a_case_are_those_of_its_lists(
    world: TenantFixture, changes: dict[str, Any], pointer: str, code: str
) -> None:
    first = await case(world, await world.client())
    entry = entry_of(first) | changes
    for answer in (
        await world.organiser.post("/v1/cases", entry | {"source_id": "other"}),
        await world.organiser.put(f"/v1/cases/{first['id']}", entry, If_Match='"1"'),
    ):
        data = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
        assert (answer.status_code, data) == (422, [(pointer, code)])


async def test_a_code_of_a_case_that_is_not_known_here_is_kept_and_told_of(world: TenantFixture) -> None:
    client = await world.client()
    entry = CASE.entry({"client": client["id"]}) | {"source_id": "a"}
    answer = await world.organiser.post("/v1/cases", entry)
    path = answer.headers["location"]
    assert answer.headers["link"] == f'<{path}/findings>; rel="findings"'
    data = (await world.organiser.get(f"{path}/findings")).json()["items"]
    assert [(each["severity"], each["pointer"], each["code"]) for each in data] == [
        ("warning", f"/{name}/code", "unverified-code") for name in ("name", "state", "deciding_unit")
    ]
    whole = Imported("1.2.246.537.6.1501", verified=True)
    await import_file(world.app_context.database, str(world.organiser_id), whole, b"code;fi\n1;Avoin\n")
    assert (await world.organiser.post("/v1/cases", entry)).status_code == 200
    data = (await world.organiser.get(f"{path}/findings")).json()["items"]
    assert "/state/code" not in {each["pointer"] for each in data}
    closed = entry | {"state": entry["state"] | {"code": "9"}, "source_id": "b"}
    refused = (await world.organiser.post("/v1/cases", closed)).json()["errors"]
    assert [(each["pointer"], each["code"]) for each in refused] == [("/state/code", "unknown-code")]


async def test_the_number_of_a_version_that_is_too_large_is_told_as_that(world: TenantFixture) -> None:
    path = f"/v1/cases/{(await case(world, await world.client()))['id']}/versions"
    assert (await world.organiser.get(f"{path}/999999999")).status_code == 404
    (error,) = (await world.organiser.get(f"{path}/1000000000")).json()["errors"]
    assert error["detail"] == "The value does not fit: 999999999 is the most."
