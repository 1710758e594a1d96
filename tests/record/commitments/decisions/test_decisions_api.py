"""Decisions: the organiser drafts, the record system decides, amends and revokes; drafts are not the provider's business."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import TenantFixture

from walmu_api.record.commitments.decisions import service


async def drafted(world: TenantFixture, relationship: dict[str, Any], **changes: Any) -> dict[str, Any]:
    stored = ("client_id", "provider_id", "legal_bases", "service_task", "service_kind")
    entry = {name: relationship[name] for name in stored} | {"valid_from": world.day(0), "source_id": "d-1"}
    answer = await world.organiser.post("/v1/decisions", entry | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def scene(world: TenantFixture) -> dict[str, Any]:
    return await world.relationship((await world.client())["id"])


async def data_of(world: TenantFixture, link: str) -> tuple[list[tuple[str, bool]], str]:
    items, link = await world.feed(world.provider_a, link)
    return [(item["change"], "record" in item) for item in items if item["resource_type"] == "decision"], link


async def test_a_draft_is_invisible_to_the_provider_by_every_way(world: TenantFixture) -> None:
    relationship = await scene(world)
    draft = await drafted(world, relationship)
    assert draft["status"] == "draft"
    assert (await world.provider_a.get(f"/v1/decisions/{draft['id']}")).status_code == 404
    for query in ("", "?status=draft", f"?client_id={draft['client_id']}", f"?in_force_on={world.day(0)}"):
        assert (await world.provider_a.get(f"/v1/decisions{query}")).json()["items"] == []
    assert (await data_of(world, "/v1/changes"))[0] == []
    agreement = {
        "service_relationship_id": relationship["id"],
        "decision_id": draft["id"],
        "kind": "work_activity",
        "place": {"name": "x"},
        "instructors": [{"family_name": "A", "given_names": "B"}],
        "starts_on": world.day(0),
        "ends_on": world.day(0),
        "schedule": {"type": "flexible"},
        "absence_reporting": "x",
        "source_id": "a",
    }
    answer = await world.provider_a.post("/v1/agreements", agreement)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/decision_id")
    assert (await world.organiser.get(f"/v1/decisions/{draft['id']}")).status_code == 200


async def test_a_draft_that_is_answered_becomes_the_decision(world: TenantFixture) -> None:
    relationship = await scene(world)
    draft = await drafted(world, relationship)
    _, link = await world.feed(world.provider_a)
    from uuid import UUID

    row, outcome = await world.receive(relationship, ehr_id="e-1", answers=UUID(draft["id"]))
    assert (str(row), outcome) == (draft["id"], "updated")
    decided = (await world.provider_a.get(f"/v1/decisions/{draft['id']}")).json()
    assert (decided["status"], decided["version"], decided["ehr"]) == (
        "decided",
        2,
        {"target": "lifecare", "id": "e-1", "version": "1"},
    )
    assert decided["service_relationship_id"] == relationship["id"]
    assert (await data_of(world, link))[0] == [("updated", True)]


async def test_a_draft_of_another_client_is_not_answered_by_it(world: TenantFixture) -> None:
    from uuid import UUID

    draft = await drafted(world, await scene(world))
    other = await scene(world)
    row, outcome = await world.receive(other, ehr_id="e-1", answers=UUID(draft["id"]))
    assert (outcome, str(row) == draft["id"]) == ("created", False)


async def test_what_the_record_system_says_twice_is_once_and_late_words_change_nothing(
    world: TenantFixture,
) -> None:
    relationship = await scene(world)
    first, outcome = await world.receive(relationship, ehr_id="e-1", days_per_week=3)
    assert outcome == "created"
    assert await world.receive(relationship, ehr_id="e-1", days_per_week=3) == (first, "unchanged")
    assert await world.receive(relationship, ehr_id="e-1", version=3, days_per_week=4) == (first, "updated")
    assert await world.receive(relationship, ehr_id="e-1", version=2, days_per_week=2) == (first, "stale")
    seen = (await world.provider_a.get(f"/v1/decisions/{first}")).json()
    assert (seen["days_per_week"], seen["version"], seen["ehr"]["version"]) == (4, 2, "3")
    versions = "select version, change from journal where organiser_id = $1 and resource_type = 'decision' order by seq"
    assert [tuple(row) for row in await world.owner.fetch(versions, world.organiser_id)] == [
        (1, "created"),
        (2, "updated"),
    ]


async def test_a_revocation_is_known_from_the_day_it_came(world: TenantFixture) -> None:
    relationship = await scene(world)
    decision, _ = await world.receive(relationship, ehr_id="e-1")
    revoked: dict[str, Any] = {"status": "revoked", "revoked_on": world.today - timedelta(days=5)}
    await world.receive(relationship, ehr_id="e-1", version=2, **revoked)
    known = "select revocation_known_on from decisions where id = $1"
    assert await world.owner.fetchval(known, decision) == world.today
    await world.receive(
        relationship, ehr_id="e-1", version=3, **revoked | {"reasons": "Perusteltu uudelleen"}
    )
    assert await world.owner.fetchval(known, decision) == world.today
    for days_ago, listed in ((6, 1), (5, 0), (0, 0)):
        answer = await world.provider_a.get(f"/v1/decisions?in_force_on={world.day(days_ago)}")
        assert len(answer.json()["items"]) == listed


async def test_the_provider_is_told_that_a_decision_was_an_error_and_sees_it_no_more(
    world: TenantFixture,
) -> None:
    relationship = await scene(world)
    decision, _ = await world.receive(relationship, ehr_id="e-1")
    seen, link = await data_of(world, "/v1/changes")
    assert seen == [("created", True)]
    await world.receive(relationship, ehr_id="e-1", version=2, status="entered_in_error")
    assert (await data_of(world, link))[0] == [("voided", False)]
    assert (await world.provider_a.get(f"/v1/decisions/{decision}")).status_code == 404


async def test_a_decision_without_a_relationship_opens_one(world: TenantFixture) -> None:
    client = await world.client()
    template = await world.relationship((await world.client())["id"])
    decision, _ = await world.receive(template | {"client_id": client["id"]})
    seen = (await world.provider_a.get(f"/v1/decisions/{decision}")).json()
    opened = (
        await world.provider_a.get(f"/v1/service-relationships/{seen['service_relationship_id']}")
    ).json()
    assert (opened["client_id"], opened["referral"]["source"]) == (client["id"], "not_recorded")
    assert (await world.provider_a.get(f"/v1/clients/{client['id']}")).status_code == 200
    again, _ = await world.receive(template | {"client_id": client["id"]}, ehr_id="later")
    assert (await world.provider_a.get(f"/v1/decisions/{again}")).json()["service_relationship_id"] == opened[
        "id"
    ]


async def test_a_refused_decision_opens_nothing(world: TenantFixture) -> None:
    client = await world.client()
    template = await world.relationship((await world.client())["id"])
    await world.receive(template | {"client_id": client["id"]}, outcome="denied")
    assert (await world.provider_a.get(f"/v1/clients/{client['id']}")).status_code == 404


async def test_a_draft_may_be_replaced_and_a_decision_may_not(world: TenantFixture) -> None:
    from uuid import UUID

    relationship = await scene(world)
    draft = await drafted(world, relationship)
    path = f"/v1/decisions/{draft['id']}"
    server = {"id", "version", "recorded_at", "recorded_by", "status", "structure"}
    entry = {name: value for name, value in draft.items() if name not in server}
    async with world.transaction() as session:
        assert await service.draft_fares(
            world.context(session), UUID(draft["id"]), "refused", "Täydennä perustelut"
        )
    refused = (await world.organiser.get(path)).json()
    assert (refused["draft_state"], refused["draft_reason"], refused["version"]) == (
        "refused",
        "Täydennä perustelut",
        2,
    )
    changed = await world.organiser.put(path, entry | {"reasons": "Täydennetty"}, If_Match='"2"')
    assert (changed.status_code, "draft_state" in changed.json()) == (200, False)
    await world.receive(relationship, answers=UUID(draft["id"]))
    late = await world.organiser.put(path, entry, If_Match='"4"')
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    async with world.transaction() as session:
        assert not await service.draft_fares(world.context(session), UUID(draft["id"]), "refused", "x")


async def test_a_draft_sent_again_is_the_same_draft(world: TenantFixture) -> None:
    relationship = await scene(world)
    first = await drafted(
        world, relationship, work_allowance_per_day="6.00", travel={"arrangement": "bus_card"}
    )
    stored = ("client_id", "provider_id", "legal_bases", "service_task", "service_kind")
    entry = {name: relationship[name] for name in stored} | {"valid_from": world.day(0), "source_id": "d-1"}
    entry |= {"work_allowance_per_day": "6.00", "travel": {"arrangement": "bus_card"}}
    answers = await asyncio.gather(*(world.organiser.post("/v1/decisions", entry) for _ in range(3)))
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, first)] * 3
    other = await world.organiser.post("/v1/decisions", entry | {"work_allowance_per_day": "7.00"})
    assert (other.status_code, other.json()["url"]) == (409, f"/v1/decisions/{first['id']}")


async def test_a_draft_sent_again_after_it_was_decided_is_answered_with_the_decision(
    world: TenantFixture,
) -> None:
    from uuid import UUID

    relationship = await scene(world)
    stored = ("client_id", "provider_id", "legal_bases", "service_task", "service_kind")
    entry = {name: relationship[name] for name in stored} | {
        "valid_from": world.day(0),
        "source_id": "d-1",
        "work_allowance_per_day": "6.00",
        "travel": {"arrangement": "bus_card"},
    }
    first = await world.organiser.post("/v1/decisions", entry)
    assert first.status_code == 201, first.text
    path = f"/v1/decisions/{first.json()['id']}"
    corrected = entry | {"reasons": "Jatko"}
    assert (await world.organiser.put(path, corrected, If_Match='"1"')).status_code == 200
    await world.receive(
        relationship, answers=UUID(first.json()["id"]), valid_to=world.today + timedelta(days=30)
    )
    await world.receive(relationship, ehr_id="other")
    now = await world.organiser.get(path)
    assert (now.json()["status"], now.json()["version"]) == ("decided", 3)
    again = await world.organiser.post("/v1/decisions", corrected)
    assert (again.status_code, again.content, again.headers["etag"]) == (200, now.content, '"3"')
    for other in (entry, corrected | {"reasons": "Muu"}):
        answer = await world.organiser.post("/v1/decisions", other)
        assert (answer.status_code, answer.json()["url"]) == (409, path)
    assert (await world.organiser.get(path)).headers["etag"] == '"3"'


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"valid_to": "2020-01-01"}, "/valid_to", "out-of-order"),
        ({"legal_bases": ["KVL_519_1977_35"]}, "/legal_bases/0", "unknown-code"),
        (
            {"service_kind": "wage_subsidised_work", "work_allowance_per_day": "6.00"},
            "/work_allowance_per_day",
            "invalid-value",
        ),
        ({"work_allowance_per_day": 6}, "/work_allowance_per_day", "invalid-value"),
        ({"work_allowance_per_day": "6"}, "/work_allowance_per_day", "invalid-value"),
        ({"days_per_week": 8}, "/days_per_week", "invalid-value"),
        ({"status": "decided"}, "/status", "read-only"),
        ({"client_id": "01a20f63-1f4e-7ad9-8185-f3a69261964b"}, "/client_id", "unknown-reference"),
        (
            {"service_relationship_id": "01a20f63-1f4e-7ad9-8185-f3a69261964b"},
            "/service_relationship_id",
            "unknown-reference",
        ),
    ],
)
async def test_what_a_draft_may_not_hold(
    world: TenantFixture, changes: dict[str, Any], pointer: str, code: str
) -> None:
    relationship = await scene(world)
    stored = ("client_id", "provider_id", "legal_bases", "service_task", "service_kind")
    entry = {name: relationship[name] for name in stored} | {"valid_from": world.day(0), "source_id": "d"}
    answer = await world.organiser.post("/v1/decisions", entry | changes)
    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


async def test_only_the_organiser_drafts(world: TenantFixture) -> None:
    for speaker in (world.provider_a, world.ehr, world.workplace, world.auditor):
        assert (await speaker.post("/v1/decisions", {})).status_code == 403


async def test_the_structure_follows_from_the_service_task(world: TenantFixture) -> None:
    relationship = await scene(world)
    task = {"system": "urn:oid:1.2.246.537.6.1221", "code": "12", "display": "Työikäisten palvelut"}
    disability, working_age = (
        await drafted(world, relationship),
        await drafted(world, relationship, source_id="d-2", service_task=task),
    )
    assert (disability["structure"][:24], working_age["structure"][:24]) == (
        "1.2.246.537.6.1506.11053",
        "1.2.246.537.6.1506.11052",
    )
