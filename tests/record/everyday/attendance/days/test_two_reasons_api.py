"""Two half-day reasons in one day: each with its minutes, in every place that tells why a day was missed."""

from typing import Any

import pytest
from tests.conftest import TenantFixture

pytestmark = pytest.mark.dated
ILL, DOCTOR = {"reason": "own_illness", "minutes": 120}, {"reason": "healthcare_or_therapy", "minutes": 120}
BOTH: dict[str, Any] = {
    "status": "absent",
    "absence_reason": "own_illness",
    "absence_reasons": [ILL, DOCTOR],
    "planned_minutes": 240,
}


async def test_two_reasons_are_kept_with_their_minutes_and_in_every_version(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    created = await world.provider_a.put(path, BOTH)
    assert created.status_code == 201, created.text
    again = await world.provider_a.put(path, BOTH)
    assert (again.status_code, again.headers["etag"]) == (200, '"1"')
    record = (await world.provider_a.get(path)).json()
    assert (record["absence_reason"], record["absence_reasons"]) == ("own_illness", [ILL, DOCTOR])
    shorter = BOTH | {"absence_reasons": [ILL | {"minutes": 60}, DOCTOR]}
    changed = await world.provider_a.put(path, shorter, If_Match='"1"')
    assert (changed.status_code, changed.json()["version"]) == (200, 2), changed.text
    versions = (await world.provider_a.get(f"/v1/attendance/{record['id']}/versions")).json()["items"]
    records = [(await world.provider_a.get(each["url"])).json() for each in versions]
    lists = [(each["version"], each["absence_reasons"][0]["minutes"]) for each in records]
    assert sorted(lists) == [(1, 120), (2, 60)]
    (listed,) = (await world.provider_a.get(f"/v1/attendance?agreement_id={agreement['id']}")).json()["items"]
    assert listed["absence_reasons"] == shorter["absence_reasons"]
    voided = await world.provider_a.post(f"{path}/void", {"reason": "Väärä päivä"}, If_Match='"2"')
    assert "absence_reasons" not in voided.json()


async def test_a_part_day_has_them_too_and_a_batch_takes_them(world: TenantFixture) -> None:
    """Present in the morning, ill in the afternoon."""
    agreement = await world.signed_agreement()
    entry = {
        "status": "partial",
        "absence_reason": "own_illness",
        "absence_reasons": [ILL],
        "actual_minutes": 120,
    }
    line = entry | {"agreement_id": agreement["id"], "date": world.day(3)}
    for outcome in ("created", "unchanged"):
        batch = await world.provider_a.post("/v1/attendance-batches", {"items": [line]})
        assert batch.json()["outcomes"][0]["outcome"] == outcome, batch.text
    corrected = line | {"if_version": 1, "absence_reasons": [ILL | {"minutes": 90}]}
    batch = await world.provider_a.post("/v1/attendance-batches", {"items": [corrected]})
    assert batch.json()["outcomes"][0]["outcome"] == "updated", batch.text
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    assert (await world.provider_a.get(path)).json()["absence_reasons"] == [ILL | {"minutes": 90}]
    without = {name: value for name, value in entry.items() if name != "absence_reasons"}
    assert "absence_reasons" not in (await world.provider_a.put(path, without, If_Match='"2"')).json()


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "the first is the reason of the day": (BOTH | {"absence_reason": "agreed_holiday"}, "invalid-value", ""),
    "which is there": ({"status": "absent", "absence_reasons": [ILL]}, "invalid-value", ""),
    "two reasons are two": (BOTH | {"absence_reasons": [ILL, ILL]}, "invalid-value", ""),
    "at most two": (
        BOTH | {"absence_reasons": [ILL, DOCTOR, {"reason": "agreed_holiday", "minutes": 5}]},
        "invalid-value",
        "",
    ),
    "at least one": (BOTH | {"absence_reasons": []}, "invalid-value", ""),
    "each has minutes": (
        BOTH | {"absence_reasons": [ILL, DOCTOR | {"minutes": 0}]},
        "invalid-value",
        "/1/minutes",
    ),
    "no more of the day than was planned": (BOTH | {"planned_minutes": 239}, "invalid-value", ""),
    "no more than a day has": (
        {"status": "absent", "absence_reason": "own_illness"}
        | {"absence_reasons": [ILL | {"minutes": 1400}, DOCTOR]},
        "invalid-value",
        "",
    ),
    "a code of the list": (
        BOTH | {"absence_reasons": [ILL, {"reason": "no_such", "minutes": 5}]},
        "unknown-code",
        "/1/reason",
    ),
    "one that is known": (
        BOTH | {"absence_reasons": [ILL, {"reason": "unknown", "minutes": 5}]},
        "unknown-code",
        "/1/reason",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_contradictions_are_refused_with_their_place(world: TenantFixture, name: str) -> None:
    agreement = await world.signed_agreement()
    entry, code, at = REFUSED[name]
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    alone = await world.provider_a.put(path, entry)
    line = {"agreement_id": agreement["id"], "date": world.day(3)} | entry
    batch = await world.provider_a.post("/v1/attendance-batches", {"items": [line]})
    (of_line,) = batch.json()["outcomes"][0]["problems"]
    (error,) = alone.json()["errors"]
    assert (alone.status_code, error["code"], error["pointer"]) == (422, code, f"/absence_reasons{at}"), error
    assert (of_line["code"], of_line["pointer"]) == (code, f"/absence_reasons{at}")


async def test_who_came_has_no_reasons(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    answer = await world.provider_a.put(path, BOTH | {"status": "present"})
    assert (answer.status_code, answer.json()["code"]) == (422, "reason-not-allowed")


async def test_a_workplace_reads_no_reasons_but_its_own_and_erases_none(world: TenantFixture) -> None:
    place = {"name": "Kotola", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.signed_agreement(place=place)
    path = f"/v1/agreements/{agreement['id']}/attendance"
    assert (await world.provider_a.put(f"{path}/{world.day(3)}", BOTH)).status_code == 201
    read = await world.workplace.get(f"{path}/{world.day(3)}")
    assert read.status_code == 200
    assert read.json().keys().isdisjoint({"absence_reason", "absence_reasons"})
    came = {"status": "present", "planned_minutes": 240}
    assert (await world.workplace.put(f"{path}/{world.day(3)}", came, If_Match='"1"')).status_code == 200
    gone = {"status": "absent", "planned_minutes": 240}
    assert (await world.workplace.put(f"{path}/{world.day(3)}", gone, If_Match='"2"')).status_code == 200
    back = (await world.provider_a.get(f"{path}/{world.day(3)}")).json()
    assert (back["absence_reason"], back.get("absence_reasons")) == ("own_illness", [ILL, DOCTOR])
    csv = await world.workplace.get(f"/v1/attendance?agreement_id={agreement['id']}", Accept="text/csv")
    assert csv.status_code == 200
    assert "120" not in csv.text
    own: dict[str, Any] = {"status": "absent", "absence_reason": "own_illness"}
    own |= {"absence_reasons": [ILL, {"reason": "other_notified", "minutes": 60}]}
    given = await world.workplace.put(f"{path}/{world.day(2)}", own)
    assert (given.status_code, given.json()["absence_reasons"]) == (201, own["absence_reasons"])
    repeated = own | {"planned_minutes": 240}
    same = await world.provider_a.put(f"{path}/{world.day(2)}", repeated, If_Match='"1"')
    assert same.json()["absence_reason_by"] == str(world.workplace.organisation_id)
    not_theirs = own | {"absence_reasons": [ILL, DOCTOR]}
    refused = await world.workplace.put(f"{path}/{world.day(1)}", not_theirs)
    assert refused.json()["errors"][0]["pointer"] == "/absence_reasons/1/reason"


@pytest.mark.parametrize("by_batch", [False, True])
async def test_a_reason_that_the_provider_puts_beside_a_workplaces_is_not_the_workplaces(
    world: TenantFixture, by_batch: bool
) -> None:
    place = {"name": "Kotola", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.signed_agreement(place=place)
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(2)}"
    given = await world.workplace.put(path, {"status": "absent", "absence_reason": "own_illness"})
    assert given.status_code == 201
    if by_batch:
        line = BOTH | {"agreement_id": agreement["id"], "date": world.day(2), "if_version": 1}
        batch = await world.provider_a.post("/v1/attendance-batches", {"items": [line]})
        assert batch.json()["counts"]["updated"] == 1
    else:
        assert (await world.provider_a.put(path, BOTH, If_Match='"1"')).status_code == 200
    read = (await world.workplace.get(path)).json()
    assert read.keys().isdisjoint({"absence_reason", "absence_reasons"})


@pytest.mark.parametrize("by", ["post", "put", "batch"])
async def test_a_provider_confirms_a_day_of_which_its_workplace_said_fewer_planned_minutes(
    world: TenantFixture, by: str
) -> None:
    place = {"name": "Kotola", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.signed_agreement(place=place)
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    assert (await world.provider_a.put(path, BOTH)).status_code == 201
    fewer = {"status": "absent", "planned_minutes": 180}
    assert (await world.workplace.put(path, fewer, If_Match='"1"')).status_code == 200
    entry = BOTH | {"planned_minutes": 180}
    if by == "post":
        answer = await world.provider_a.post(f"{path}/confirm", {}, If_Match='"2"')
    elif by == "put":
        answer = await world.provider_a.put(path, entry, If_Match='"2"')
    else:
        line = entry | {"agreement_id": agreement["id"], "date": world.day(3), "if_version": 2}
        answer = await world.provider_a.post("/v1/attendance-batches", {"items": [line]})
    assert answer.status_code == 200, answer.text
    assert (await world.provider_a.get(path)).json()["confirmation"] == "confirmed", answer.text
    longer = entry | {"absence_reasons": [ILL | {"minutes": 180}, DOCTOR]}
    assert (await world.provider_a.put(path, longer, If_Match='"3"')).status_code == 422


@pytest.mark.parametrize(("planned", "attended"), [(240, 121), (None, 24 * 60 - 119)])
async def test_a_part_day_cannot_be_attended_and_missed_at_once(
    world: TenantFixture, planned: int | None, attended: int
) -> None:
    """Of 240 planned minutes 120 were missed, so 120 were attended at most."""
    agreement = await world.signed_agreement()
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    entry: dict[str, Any] = {
        "status": "partial",
        "absence_reason": "own_illness",
        "absence_reasons": [ILL],
    } | ({"planned_minutes": planned} if planned else {})
    refused = await world.provider_a.put(path, entry | {"actual_minutes": attended})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/absence_reasons"), (
        refused.text
    )
    assert (await world.provider_a.put(path, entry | {"actual_minutes": attended - 1})).status_code == 201
