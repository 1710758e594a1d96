"""Agreements: draft, signed, amended, ended; always within their decision."""

from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import TenantFixture

SIGNING = {
    "signatories": [
        {"party": "client", "name": "Testi Esimerkki"},
        {"party": "provider", "name": "Aino Korhonen"},
    ]
}
SERVER = {
    "id",
    "version",
    "recorded_at",
    "recorded_by",
    "client_id",
    "provider_id",
    "status",
    "structure",
    "signatures",
    "schedules",
    "signed_on",
    "end_reason",
}


def entry(agreement: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {name: value for name, value in agreement.items() if name not in SERVER} | changes


async def drafted(world: TenantFixture, **changes: Any) -> dict[str, Any]:
    return await world.signed_agreement(sign=False, **changes)


async def test_a_draft_is_signed_amended_and_ended(world: TenantFixture) -> None:
    agreement = await drafted(world)
    assert (agreement["status"], agreement["signatures"]) == ("draft", [])
    path = f"/v1/agreements/{agreement['id']}"
    changed = await world.provider_a.put(path, entry(agreement, tasks_and_goals="Puutyöt"), If_Match='"1"')
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    signed = await world.provider_a.post(
        f"{path}/sign", SIGNING | {"signed_on": world.day(1)}, If_Match='"2"'
    )
    assert (signed.json()["status"], signed.json()["signed_on"], len(signed.json()["signatures"])) == (
        "signed",
        world.day(1),
        2,
    )
    amended = await world.provider_a.put(path, entry(signed.json(), ends_on=world.day(-30)), If_Match='"3"')
    assert (amended.json()["status"], amended.json()["ends_on"]) == ("signed", world.day(-30))
    ended = await world.provider_a.post(f"{path}/end", {"ends_on": world.day(0), "reason": "Siirtyi"})
    data = ended.json()
    assert (data["status"], data["ends_on"], data["end_reason"], data["version"]) == (
        "terminated",
        world.day(0),
        "Siirtyi",
        5,
    )
    feed, _ = await world.feed(world.provider_a)
    changes = [(item["version"], item["change"]) for item in feed if item["resource_type"] == "agreement"]
    assert changes == [(1, "created"), (2, "updated"), (3, "updated"), (4, "updated"), (5, "ended")]


async def test_acts_repeated_in_the_same_words_change_nothing(world: TenantFixture) -> None:
    agreement = await drafted(world)
    path = f"/v1/agreements/{agreement['id']}"
    signing = SIGNING | {"signed_on": world.day(1)}
    first, again = (
        await world.provider_a.post(f"{path}/sign", signing),
        await world.provider_a.post(f"{path}/sign", signing),
    )
    assert (first.status_code, again.content) == (200, first.content)
    other = await world.provider_a.post(f"{path}/sign", SIGNING | {"signed_on": world.day(2)})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    ending = {"ends_on": world.day(0), "reason": "Siirtyi"}
    first, again = (
        await world.provider_a.post(f"{path}/end", ending),
        await world.provider_a.post(f"{path}/end", ending),
    )
    assert (first.status_code, again.content) == (200, first.content)
    assert (await world.provider_a.post(f"{path}/end", ending | {"reason": "Muu"})).status_code == 428


async def test_states_refuse_what_does_not_fit(world: TenantFixture) -> None:
    agreement = await drafted(world)
    path = f"/v1/agreements/{agreement['id']}"
    assert (
        await world.provider_a.post(f"{path}/end", {"ends_on": world.day(0), "reason": "x"})
    ).status_code == 409
    assert (
        await world.provider_a.post(f"{path}/sign", SIGNING | {"signed_on": world.day(-1)})
    ).status_code == 422
    assert (
        await world.provider_a.post(f"{path}/sign", SIGNING | {"signed_on": world.day(0)}, If_Match='"9"')
    ).status_code == 412
    await world.provider_a.post(f"{path}/sign", SIGNING | {"signed_on": world.day(0)})
    for outside in (world.day(121), world.day(-61)):
        assert (
            await world.provider_a.post(f"{path}/end", {"ends_on": outside, "reason": "x"})
        ).status_code == 422
    await world.provider_a.post(f"{path}/end", {"ends_on": world.day(0), "reason": "x"})
    late = await world.provider_a.put(path, entry(agreement, tasks_and_goals="x"), If_Match='"3"')
    assert (late.status_code, late.json()["code"]) == (409, "conflict")


async def test_the_same_source_id_gives_the_agreement_again(world: TenantFixture) -> None:
    agreement = await drafted(world, work_allowance_per_day="6.00")
    again = await world.provider_a.post("/v1/agreements", entry(agreement))
    assert (again.status_code, again.json()) == (200, agreement)
    other = await world.provider_a.post("/v1/agreements", entry(agreement, tasks_and_goals="x"))
    assert (other.status_code, other.json()["url"]) == (409, f"/v1/agreements/{agreement['id']}")
    same = await world.provider_a.put(f"/v1/agreements/{agreement['id']}", entry(agreement))
    assert (same.status_code, same.headers["etag"]) == (200, '"1"')


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"decision_id": None}, "/decision_id", "missing"),
        ({"ends_on": "2050-01-01"}, "/ends_on", "agreement-beyond-decision"),
        ({"starts_on": "2000-01-01"}, "/starts_on", "agreement-beyond-decision"),
        (
            {"schedule": {"type": "flexible", "max_days_per_week": 6}},
            "/schedule",
            "agreement-beyond-decision",
        ),
        ({"schedule": {"type": "fixed"}}, "/schedule", "invalid-value"),
        (
            {
                "schedule": {
                    "type": "flexible",
                    "days": [{"weekday": 1, "starts_at": "09:00", "ends_at": "10:00"}],
                }
            },
            "/schedule",
            "invalid-value",
        ),
        (
            {
                "schedule": {
                    "type": "fixed",
                    "days": [{"weekday": 1, "starts_at": "09:00", "ends_at": "09:00"}],
                }
            },
            "/schedule/days/0",
            "invalid-value",
        ),
        (
            {"schedule": {"type": "flexible", "min_days_per_week": 3, "max_days_per_week": 2}},
            "/schedule",
            "invalid-value",
        ),
        (
            {"place": {"name": "x", "organisation_id": "01a20f63-1f4e-7ad9-8185-f3a69261964b"}},
            "/place/organisation_id",
            "unknown-reference",
        ),
        (
            {"service_relationship_id": "01a20f63-1f4e-7ad9-8185-f3a69261964b"},
            "/service_relationship_id",
            "unknown-reference",
        ),
        ({"decision_id": "01a20f63-1f4e-7ad9-8185-f3a69261964b"}, "/decision_id", "unknown-reference"),
        ({"instructors": []}, "/instructors", "invalid-value"),
        ({"absence_reporting": ""}, "/absence_reporting", "invalid-value"),
        (
            {"kind": "employment", "work_allowance_per_day": "6.00"},
            "/work_allowance_per_day",
            "invalid-value",
        ),
    ],
)
async def test_what_an_agreement_may_not_hold(
    world: TenantFixture, changes: dict[str, Any], pointer: str, code: str
) -> None:
    agreement = await drafted(world)
    wanted = {
        name: value for name, value in entry(agreement, source_id="x", **changes).items() if value is not None
    }
    answer = await world.provider_a.post("/v1/agreements", wanted)
    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    amended = await world.provider_a.put(f"/v1/agreements/{agreement['id']}", wanted, If_Match='"1"')
    assert amended.status_code == 422


async def test_rehabilitative_work_keeps_its_limits(world: TenantFixture) -> None:
    relationship = await world.relationship(
        (await world.client())["id"], service_kind="rehabilitative_work", legal_bases=["KTT_189_2001"]
    )
    decision = await world.decision(relationship)
    days = [{"weekday": day, "starts_at": "09:00", "ends_at": "12:30"} for day in range(1, 6)]
    agreement = await world.agreement(relationship, decision, sign=False)
    answer = await world.provider_a.put(
        f"/v1/agreements/{agreement['id']}",
        entry(agreement, schedule={"type": "fixed", "days": days}),
        If_Match='"1"',
    )
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/schedule", "/schedule"]


async def test_a_decision_of_another_client_or_provider_does_not_carry_it(world: TenantFixture) -> None:
    relationship, other = (
        await world.relationship((await world.client())["id"]),
        await world.relationship((await world.client())["id"]),
    )
    at_b = await world.relationship(relationship["client_id"], provider=world.provider_b)
    agreement = await world.agreement(relationship, await world.decision(relationship), sign=False)
    for foreign in (await world.decision(other), await world.decision(at_b)):
        answer = await world.organiser.post(
            "/v1/agreements", entry(agreement, source_id=str(foreign), decision_id=str(foreign))
        )
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == "/decision_id"


async def test_a_longer_decision_lets_it_be_prolonged(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    short = await world.decision(relationship, valid_to=world.today + timedelta(days=60))
    agreement = await world.agreement(relationship, short)
    path = f"/v1/agreements/{agreement['id']}"
    refused = await world.provider_a.put(path, entry(agreement, ends_on=world.day(-90)), If_Match='"2"')
    assert refused.json()["errors"][0]["code"] == "agreement-beyond-decision"
    longer = await world.decision(relationship)
    prolonged = await world.provider_a.put(
        path, entry(agreement, ends_on=world.day(-90), decision_id=str(longer)), If_Match='"2"'
    )
    assert (prolonged.status_code, prolonged.json()["status"]) == (200, "signed")


async def test_once_signed_it_stays_with_its_relationship(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    other = await world.relationship(agreement["client_id"], service_kind="job_coaching")
    answer = await world.provider_a.put(
        f"/v1/agreements/{agreement['id']}",
        entry(agreement, service_relationship_id=other["id"]),
        If_Match='"2"',
    )
    assert answer.json()["errors"][0]["pointer"] == "/service_relationship_id"


async def test_lists_know_their_filters(world: TenantFixture) -> None:
    first, second = await world.signed_agreement(source_id="own"), await drafted(world)

    async def ids(query: str) -> list[str]:
        answer = await world.provider_a.get(f"/v1/agreements?{query}")
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert await ids("") == [first["id"], second["id"]]
    assert await ids("status=draft") == [second["id"]]
    assert await ids(f"client_id={second['client_id']}") == [second["id"]]
    assert await ids(f"service_relationship_id={first['service_relationship_id']}") == [first["id"]]
    assert await ids(f"in_force_on={world.day(0)}") == [first["id"]]
    assert await ids(f"in_force_on={world.day(121)}") == []
    assert await ids("source_id=own") == [first["id"]]
    assert len(await world.pages(world.provider_a, "/v1/agreements?limit=1")) == 2
