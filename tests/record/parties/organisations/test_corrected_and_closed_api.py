"""Organisations and units are corrected, with what they were before; and close: nothing new begins there."""

from datetime import timedelta
from typing import Any

import pytest
from tests.access.assertions import NewKey, with_keys
from tests.conftest import TenantFixture, business_id

KOTOLA = {"kind": "provider", "name": "Kotola", "source_id": "kotola"}
CARE = {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"}
SAME = (
    *("service_relationship_id", "decision_id", "kind", "place", "instructors", "starts_on", "ends_on"),
    *("schedule", "absence_reporting"),
)
"""The members of an agreement that another one may repeat."""


async def made(world: TenantFixture, path: str, entry: dict[str, Any]) -> dict[str, Any]:
    answer = await world.organiser.post(path, entry)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def shut(world: TenantFixture, url: str, days_ago: int = 10, **headers: str) -> dict[str, Any]:
    closing = {"closed_on": world.day(days_ago), "reason": "Toiminta päättyi"}
    answer = await world.organiser.post(f"{url}/close", closing, **headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def closed_at(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_an_organisation_is_corrected_and_what_it_was_stays_readable(world: TenantFixture) -> None:
    number, right = business_id(), business_id()
    kotola = await made(world, "/v1/organisations", KOTOLA | {"business_id": number})
    url = f"/v1/organisations/{kotola['id']}"
    entry = KOTOLA | {"name": "Kotolan toimintakeskus", "business_id": right}
    assert (await world.organiser.put(url, entry)).status_code == 428
    assert (await world.organiser.put(url, entry, If_Match='"7"')).status_code == 412
    corrected = await world.organiser.put(url, entry, If_Match='"1"')
    assert (corrected.status_code, corrected.json()["version"]) == (200, 2)
    assert (corrected.json()["name"], corrected.json()["business_id"]) == (entry["name"], right)
    again = await world.organiser.put(url, corrected.json(), If_Match='"2"')
    assert (again.status_code, again.json()["version"]) == (200, 2)
    for reader in (world.organiser, world.provider_a, world.workplace, world.ehr):
        listed = (await reader.get(f"{url}/versions")).json()["items"]
        assert [(item["version"], item["change"]) for item in listed] == [(1, "created"), (2, "updated")]
        assert (await reader.get(f"{url}/versions/1")).json() == kotola
        assert (await reader.get(f"{url}/versions/2")).json() == corrected.json()
    assert (await made(world, "/v1/organisations", KOTOLA | {"business_id": number, "source_id": "b"}))["id"]


async def test_a_correction_takes_no_other_providers_business_id_and_no_other_part(
    world: TenantFixture,
) -> None:
    number = business_id()
    first = await made(world, "/v1/organisations", KOTOLA | {"business_id": number})
    second = await made(world, "/v1/organisations", KOTOLA | {"source_id": "verstas"})
    url = f"/v1/organisations/{second['id']}"
    taken = await world.organiser.put(url, KOTOLA | {"business_id": number}, If_Match='"1"')
    assert (taken.status_code, taken.json()["code"]) == (409, "business-id-taken")
    assert taken.json()["url"] == f"/v1/organisations/{first['id']}"
    other = await world.organiser.put(url, KOTOLA | {"kind": "workplace"}, If_Match='"1"')
    assert closed_at(other) == [("/kind", "invalid-value")]
    own = f"/v1/organisations/{world.organiser.organisation_id}"
    assert closed_at(await world.organiser.put(own, KOTOLA, If_Match='"1"')) == [("/kind", "invalid-value")]


async def test_twins_from_before_are_corrected_one_at_a_time(world: TenantFixture) -> None:
    number = business_id()
    await made(world, "/v1/organisations", KOTOLA | {"business_id": number})
    twin = await made(world, "/v1/organisations", KOTOLA | {"source_id": "twin"})
    await world.owner.execute(
        "update organisations set business_id = $2 where id = $1::uuid", twin["id"], number
    )
    url = f"/v1/organisations/{twin['id']}"
    renamed = KOTOLA | {"source_id": "twin", "business_id": number, "name": "Kotola (ei käytössä)"}
    assert (await world.organiser.put(url, renamed, If_Match='"1"')).status_code == 200
    del renamed["business_id"]
    answer = await world.organiser.put(url, renamed, If_Match='"2"')
    assert answer.status_code == 200
    assert "business_id" not in answer.json()


async def test_a_unit_is_corrected_and_stays_its_organisations(world: TenantFixture) -> None:
    entry = {"organisation_id": str(world.provider_a.organisation_id), "name": "Pesula", "source_id": "u"}
    unit = await made(world, "/v1/units", entry)
    url = f"/v1/units/{unit['id']}"
    answer = await world.organiser.put(url, entry | {"name": "Puutyöpaja"}, If_Match='"1"')
    assert (answer.status_code, answer.json()["name"]) == (200, "Puutyöpaja")
    assert (await world.provider_a.get(f"{url}/versions/1")).json() == unit
    moved = entry | {"organisation_id": str(world.provider_b.organisation_id)}
    refused = await world.organiser.put(url, moved, If_Match='"2"')
    assert closed_at(refused) == [("/organisation_id", "invalid-value")]


async def test_the_organisation_that_is_changed_reads_it_in_its_feed_and_no_other(
    world: TenantFixture,
) -> None:
    provider, unit = (
        world.provider_a.organisation_id,
        await made(
            world,
            "/v1/units",
            {"organisation_id": str(world.provider_a.organisation_id), "name": "P", "source_id": "u"},
        ),
    )
    speakers = (world.provider_a, world.provider_b, world.workplace)
    begins = [(await speaker.get("/v1/changes?from=now")).json()["next"] for speaker in speakers]
    await shut(world, f"/v1/organisations/{provider}")
    await shut(world, f"/v1/units/{unit['id']}")
    lines = []
    for speaker, begin in zip(speakers, begins, strict=True):
        items = (await speaker.get(begin)).json()["items"]
        lines.append([(item["resource_type"], item["change"], item["url"]) for item in items])
    assert lines[0] == [
        ("organisation", "ended", f"/v1/organisations/{provider}"),
        ("unit", "ended", f"/v1/units/{unit['id']}"),
    ]
    assert lines[1] == lines[2] == []


async def test_only_the_organiser_corrects_and_closes(world: TenantFixture) -> None:
    own = f"/v1/organisations/{world.provider_a.organisation_id}"
    for speaker in (world.provider_a, world.workplace, world.ehr, world.auditor):
        assert (await speaker.put(own, KOTOLA, If_Match='"1"')).status_code == 403
        for act in ("close", "reopen"):
            assert (await speaker.post(f"{own}/{act}", {})).status_code == 403


async def test_why_it_closed_is_read_by_the_organiser_and_by_the_closed_one(world: TenantFixture) -> None:
    url = f"/v1/organisations/{world.provider_a.organisation_id}"
    whole = await shut(world, url)
    assert whole["close_reason"] == "Toiminta päättyi"
    assert (await world.provider_a.get(url)).json() == whole
    for speaker in (world.provider_b, world.workplace, world.auditor):
        shown = (await speaker.get(url)).json()
        assert shown == {name: value for name, value in whole.items() if name != "close_reason"}
        assert (await speaker.get(f"{url}/versions/2")).json() == shown


async def test_nothing_new_begins_at_a_closed_provider_and_what_exists_goes_on(world: TenantFixture) -> None:
    client = await world.client()
    relationship = await world.relationship(client["id"])
    decision = await world.decision(relationship)
    agreement = await world.agreement(relationship, decision)
    url = f"/v1/organisations/{world.provider_a.organisation_id}"
    await shut(world, url)
    entry = {
        name: relationship[name]
        for name in (
            "provider_id",
            "service_task",
            "service_kind",
            "legal_bases",
            "referral",
            "responsible_workers",
        )
    } | {"client_id": (await world.client())["id"], "source_id": "new"}
    new = await world.organiser.post("/v1/service-relationships", entry | {"starts_on": world.day(10)})
    assert closed_at(new) == [("/provider_id", "closed")]
    unit = {"organisation_id": str(world.provider_a.organisation_id), "name": "Uusi", "source_id": "uusi"}
    assert closed_at(await world.organiser.post("/v1/units", unit)) == [("/organisation_id", "closed")]
    system = {
        "organisation_id": str(world.provider_a.organisation_id), "client_id": "kotola-uusi", "name": "K",
        "role": "provider", "source_id": "s",
    }  # fmt: skip
    registered = await world.organiser.post("/v1/connected-systems", system | with_keys(NewKey()))
    assert closed_at(registered) == [("/organisation_id", "closed")]
    drafted = {
        "client_id": client["id"], "provider_id": str(world.provider_a.organisation_id), "service_task": CARE,
        "legal_bases": ["SHL_710_1982_27E"], "service_kind": "work_activity", "valid_from": world.day(0),
        "valid_to": str(world.today + timedelta(days=100)), "source_id": "d",
    }  # fmt: skip
    assert closed_at(await world.organiser.post("/v1/decisions", drafted)) == [("/provider_id", "closed")]
    sent = {name: agreement[name] for name in SAME} | {"starts_on": world.day(5)}
    late = await world.provider_a.post("/v1/agreements", sent | {"source_id": "late"})
    assert closed_at(late) == [("/service_relationship_id", "closed")]
    # What began before is recorded and goes on.
    before = await world.organiser.post("/v1/service-relationships", entry | {"starts_on": world.day(11)})
    assert before.status_code == 201, before.text
    early = await world.provider_a.post(
        "/v1/agreements", sent | {"source_id": "early", "starts_on": world.day(11)}
    )
    assert early.status_code == 201, early.text
    day = f"/v1/agreements/{agreement['id']}/attendance/{world.day(1)}"
    assert (await world.provider_a.put(day, {"status": "present", "actual_minutes": 240})).status_code == 201
    renamed = relationship | {"ends_on": world.day(-30)}
    path = f"/v1/service-relationships/{relationship['id']}"
    changed = await world.organiser.put(path, renamed, If_Match=f'"{relationship["version"]}"')
    assert changed.status_code == 200, changed.text
    # Taken back, everything begins as before.
    assert (await world.organiser.post(f"{url}/reopen", {"reason": "Virhe"})).status_code == 428
    opened = await world.organiser.post(f"{url}/reopen", {"reason": "Virhe"}, If_Match='"2"')
    assert (opened.status_code, opened.json()["reopen_reason"]) == (200, "Virhe")
    assert not {"closed_on", "close_reason"} & opened.json().keys()
    again = await world.organiser.post(f"{url}/reopen", {"reason": "Virhe"}, If_Match='"3"')
    assert again.json() == opened.json()
    assert (await world.organiser.post("/v1/units", unit)).status_code == 201


async def test_a_draft_that_begins_after_its_place_has_closed_is_not_signed(world: TenantFixture) -> None:
    place = {"name": "Kahvila", "organisation_id": str(world.workplace.organisation_id)}
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship)
    draft = await world.agreement(relationship, decision, sign=False, starts_on=world.day(3), place=place)
    await shut(world, f"/v1/organisations/{world.workplace.organisation_id}")
    sent = {name: draft[name] for name in SAME} | {"source_id": "late"}
    late = await world.provider_a.post("/v1/agreements", sent)
    assert closed_at(late) == [("/place/organisation_id", "closed")]
    signing = {"signed_on": world.day(4), "signatories": [{"party": "client", "name": "Testi Esimerkki"}]}
    refused = await world.provider_a.post(f"/v1/agreements/{draft['id']}/sign", signing)
    assert closed_at(refused) == [("", "closed")]


async def test_closing_is_said_again_another_day_is_a_correction(world: TenantFixture) -> None:
    url = f"/v1/organisations/{world.provider_a.organisation_id}"
    first = await shut(world, url)
    assert await shut(world, url) == first
    other = {"closed_on": world.day(5), "reason": "Toiminta päättyi"}
    assert (await world.organiser.post(f"{url}/close", other)).status_code == 428
    moved = await world.organiser.post(f"{url}/close", other, If_Match=f'"{first["version"]}"')
    assert (moved.status_code, moved.json()["closed_on"]) == (200, world.day(5))
    own = await world.organiser.post(f"/v1/organisations/{world.organiser.organisation_id}/close", other)
    assert (own.status_code, own.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("days_ago", [0, 10])
async def test_no_relationship_moves_to_a_closed_unit(world: TenantFixture, days_ago: int) -> None:
    provider = str(world.provider_a.organisation_id)
    units = [
        await made(world, "/v1/units", {"organisation_id": provider, "name": name, "source_id": name})
        for name in ("a", "b")
    ]
    relationship = await world.relationship((await world.client())["id"], unit_id=units[0]["id"])
    for unit in units:
        await shut(world, f"/v1/units/{unit['id']}", days_ago)
    path = f"/v1/service-relationships/{relationship['id']}"
    moved = await world.organiser.put(path, relationship | {"unit_id": units[1]["id"]}, If_Match='"1"')
    assert closed_at(moved) == [("/unit_id", "closed")]
    stays = await world.organiser.put(path, relationship | {"ends_on": world.day(-30)}, If_Match='"1"')
    assert stays.status_code == 200, stays.text
