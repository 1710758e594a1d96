"""A refusal that tells something of a client's record is a use of it and is in the use log: the conflict with its state,
its version, what it holds already. What tells nothing of a client (404, 400, a body that is wrong by itself) is not."""

from typing import Any

import pytest
from httpx import Response
from tests.access.test_use_log_api import ENTRY, PERSON, Call, plain, scene
from tests.conftest import TenantFixture, identity_code

from walmu_api.foundation.record_ids import uuid7


def _put(speaker: str, path: str, entry: Any, if_match: str | None = None) -> Call:
    async def call(world: TenantFixture, scene: dict[str, Any]) -> Response:
        headers = {} if if_match is None else {"If_Match": if_match}
        body = entry(scene) if callable(entry) else entry
        answer: Response = await getattr(world, speaker).put(path.format(**scene), body, **headers)
        return answer

    return call


def _post(speaker: str, path: str, entry: Any) -> Call:
    async def call(world: TenantFixture, scene: dict[str, Any]) -> Response:
        body = entry(scene) if callable(entry) else entry
        answer: Response = await getattr(world, speaker).post(path.format(**scene), body)
        return answer

    return call


async def _day_after_the_end(world: TenantFixture, scene: dict[str, Any]) -> Response:
    path = f"/v1/agreements/{scene['agreement']['id']}/attendance/2020-01-02"
    return await world.provider_a.put(path, {"status": "present"})


async def _batch(world: TenantFixture, scene: dict[str, Any]) -> Response:
    line = {"agreement_id": scene["agreement"]["id"], "date": world.day(3), "status": "present"}
    return await world.provider_a.post("/v1/attendance-batches?mode=atomic", {"items": [line]})


async def _workplace_changes_the_providers_entry(world: TenantFixture, scene: dict[str, Any]) -> Response:
    written = {"kind": "daily_performance", "performance": {"rating": "well"}, "author": PERSON}
    entry = written | {"service_relationship_id": scene["relationship"]["id"], "source_id": "d"}
    recorded = await world.provider_a.post("/v1/diary-entries", entry)
    assert recorded.status_code == 201, recorded.text
    changed = entry | {"performance": {"rating": "not_this_day"}}
    return await world.organiser.put(f"/v1/diary-entries/{recorded.json()['id']}", changed, If_Match='"1"')


async def _void_with_days(world: TenantFixture, scene: dict[str, Any]) -> Response:
    return await world.provider_a.post(f"/v1/agreements/{scene['agreement']['id']}/void", {"reason": "x"})


async def _justify_a_present_day(world: TenantFixture, scene: dict[str, Any]) -> Response:
    day = f"/v1/agreements/{scene['agreement']['id']}/attendance/{world.day(5)}"
    assert (await world.provider_a.put(day, {"status": "present"})).status_code == 201
    return await world.provider_a.put(f"{day}/justification", scene["justification"])


async def _without_what_its_document_needs(world: TenantFixture, scene: dict[str, Any]) -> Response:
    return await world.provider_a.get(f"/v1/clients/{scene['client']['id']}/document")


async def _draft_of_the_client(world: TenantFixture, scene: dict[str, Any]) -> Response:
    entry = plain(scene["agreement"]) | {"source_id": "n", "decision_id": None}
    return await world.provider_a.post("/v1/agreements", entry)


_OTHER = {"status": "present"}
_AGREEMENT, _DAY = "/v1/agreements/{agreement[id]}", "{day}"
REFUSALS: dict[str, tuple[int, Call]] = {
    "replaceClient": (428, _put("organiser", "/v1/clients/{client[id]}", ENTRY)),
    "replaceClient of an older version": (412, _put("organiser", "/v1/clients/{client[id]}", ENTRY, '"9"')),
    "createClient under a key that is taken": (
        409,
        _post("organiser", "/v1/clients", lambda s: ENTRY | {"source_id": s["client"]["source_id"]}),
    ),
    "createClient with another's identity code": (
        409,
        _post(
            "organiser",
            "/v1/clients",
            lambda s: ENTRY | {"source_id": "n", "identity": s["client"]["identity"]},
        ),
    ),
    "replaceAgreement": (
        428,
        _put("provider_a", _AGREEMENT, lambda s: plain(s["agreement"]) | {"tasks_and_goals": "Puutyöt"}),
    ),
    "draftAgreement under a key that is taken": (
        409,
        _post(
            "provider_a", "/v1/agreements", lambda s: plain(s["agreement"]) | {"tasks_and_goals": "Puutyöt"}
        ),
    ),
    "draftAgreement against a rule": (422, _draft_of_the_client),
    "voidAgreement": (409, _void_with_days),
    "recordAttendance": (428, _put("provider_a", _DAY, _OTHER)),
    "recordAttendance of an older version": (412, _put("provider_a", _DAY, _OTHER, '"9"')),
    "recordAttendance outside": (422, _day_after_the_end),
    "recordAttendanceBatch": (422, _batch),
    "giveJustification": (
        428,
        _put("provider_a", "{day}/justification", lambda s: s["justification"] | {"explanation": "x"}),
    ),
    "giveJustification of a day that needs none": (409, _justify_a_present_day),
    "replaceDiaryEntry": (403, _workplace_changes_the_providers_entry),
    "getClientDocument": (409, _without_what_its_document_needs),
}


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_refusal_about_a_clients_record_is_one_row(world: TenantFixture, refusal: str) -> None:
    data = await scene(world)
    status, call = REFUSALS[refusal]
    operation = refusal.split(maxsplit=1)[0]
    answer = await call(world, data)
    assert answer.status_code == status, answer.text
    rows = [
        row
        for row in await world.use_log(operation=operation)
        if row["request_id"] == answer.headers["x-request-id"]
    ]
    assert [[str(client) for client in row["client_ids"]] for row in rows] == [[data["client"]["id"]]]
    (row,) = rows
    assert row["purpose"] in {"carrying-out-the-service", "organising-the-service"}
    assert row["resource_type"]


async def test_what_tells_nothing_of_a_client_leaves_no_row(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    data = await scene(world)
    before = len(await world.use_log())
    entry = plain(data["agreement"]) | {"source_id": "n"}
    nobody = str(uuid7())
    for status, answer in (
        (404, await world.provider_b.put(data["day"], _OTHER)),
        (404, await world.provider_b.put(data["day"], _OTHER, If_Match='"9"')),
        (404, await world.organiser.put(f"/v1/clients/{nobody}", ENTRY)),
        (422, await world.provider_b.post("/v1/agreements", entry)),
        (
            422,
            await elsewhere.organiser.post(
                "/v1/cases", {"client_id": data["client"]["id"], "source_id": "c"}
            ),
        ),
        (422, await world.provider_a.put(data["day"], {"status": "nothing"})),
        (400, await world.provider_a.put(data["day"], b"{")),
        (422, await world.provider_a.get("/v1/attendance?from=2026-02-01&to=2026-01-01")),
        (403, await world.workplace.get(f"/v1/clients/{data['client']['id']}")),
    ):
        assert answer.status_code == status, answer.text
    assert len(await world.use_log()) == before
    assert await elsewhere.use_log() == []


async def test_without_a_row_a_refusal_is_not_told_either(world: TenantFixture) -> None:
    data = await scene(world)
    await world.owner.execute("revoke insert on use_log from walmu_app")
    try:
        answer = await world.organiser.put(f"/v1/clients/{data['client']['id']}", ENTRY)
    finally:
        await world.owner.execute("grant insert on use_log to walmu_app")
    assert answer.status_code == 500
    assert "etag" not in answer.headers


async def test_who_learns_that_an_identity_code_is_known_has_looked_for_that_client(
    world: TenantFixture,
) -> None:
    """Also where the record that was to be changed is another client's: both are named."""
    code = {"system": "urn:oid:1.2.246.21", "value": identity_code()}
    found, other = await world.client(identity=code), await world.client()
    entry = ENTRY | {"source_id": other["source_id"], "identity": code}
    answer = await world.organiser.put(f"/v1/clients/{other['id']}", entry, If_Match='"1"')
    assert (answer.status_code, answer.json()["code"]) == (409, "identity-in-use")
    (row,) = await world.use_log(operation="replaceClient")
    assert {str(client) for client in row["client_ids"]} == {found["id"], other["id"]}
