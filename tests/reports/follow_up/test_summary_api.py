"""A period summed up: planned, recorded and missing days, and what is justified, as a county would ask."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import TenantFixture, forward
from tests.reports.follow_up.test_missing_api import ALL_WEEK, FLEXIBLE, event

from walmu_api.foundation.clock import Clock
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.statements import Record
from walmu_api.record.everyday.attendance.rules import AgreementFacts
from walmu_api.reports.follow_up.schemas import AttendanceSummary, SummaryDay
from walmu_api.reports.follow_up.summary import Reported, judged, summed

LAW = "KTT_189_2001"
MONDAY = date(2027, 1, 11)
"""After Epiphany; the clock stands on the Friday of the week after."""


def at(days: int) -> str:
    return (MONDAY + timedelta(days=days)).isoformat()


@pytest.fixture
def friday(world: TenantFixture, clock: Clock) -> None:
    forward(clock, days=(MONDAY + timedelta(days=11) - world.today).days)


async def agreement(world: TenantFixture, basis: str = LAW, **changes: Any) -> str:
    kind: dict[str, Any] = {"service_kind": "rehabilitative_work"} if basis == LAW else {}
    relationship = await world.relationship((await world.client())["id"], legal_bases=[basis], **kind)
    decision = await world.decision(
        relationship, legal_bases=[basis], service_kind=relationship["service_kind"]
    )
    plan = {"schedule": {"type": "fixed", "days": ALL_WEEK["days"][:4]}} | changes
    return str((await world.agreement(relationship, decision, starts_on=at(0), **plan))["id"])


async def say(world: TenantFixture, of: str, day: int, **entry: Any) -> str:
    path = f"/v1/agreements/{of}/attendance/{at(day)}"
    answer = await world.provider_a.put(path, entry)
    assert answer.status_code == 201, answer.text
    return path


async def ill(world: TenantFixture, of: str, *days: int) -> None:
    for day in days:
        await say(world, of, day, status="absent", absence_reason="own_illness")


async def summary(world: TenantFixture, of: str, first: int = 0, last: int = 11) -> dict[str, Any]:
    answer = await world.organiser.get(
        f"/v1/agreements/{of}/attendance-summary?from={at(first)}&to={at(last)}"
    )
    assert answer.status_code == 200, answer.text
    assert "etag" not in answer.headers
    data: dict[str, Any] = answer.json()
    AttendanceSummary.model_validate_json(answer.content)
    return data


def results(data: dict[str, Any]) -> dict[str, str]:
    return {item["date"]: item["justified"]["result"] for item in data["items"] if "justified" in item}


@pytest.mark.usefixtures("friday")
async def test_a_week_and_a_half_day_by_day_and_in_sums(world: TenantFixture) -> None:
    of = await agreement(world)
    await say(world, of, 0, status="present", actual_minutes=260)
    await say(world, of, 1, status="partial", actual_minutes=100, absence_reason="healthcare_or_therapy")
    await say(world, of, 2, status="not_arranged")
    await ill(world, of, 3)
    await say(world, of, 8, status="rescheduled", rescheduled_to=at(11))
    await say(world, of, 9, status="absent")
    path = await say(world, of, 10, status="present", actual_minutes=240)
    await world.provider_a.post(f"{path}/void", {"reason": "Väärä asiakas"})
    data = await summary(world, of)
    assert data["days"] == {
        "planned": 9,
        "present": 1,
        "partial": 1,
        "absent": 2,
        "not_arranged": 1,
        "rescheduled": 1,
        "unreported": 3,
    }
    assert data["minutes"] == {"planned": 9 * 270, "actual": 360}
    assert data["absences"] == {"justified": 0, "unjustified": 2, "undetermined": 1}, (
        "four more days may prove ill"
    )
    assert [item["date"] for item in data["items"] if item["status"] == "unreported"] == [
        at(7),
        at(10),
        at(11),
    ]
    assert {item["justification"] for item in data["items"] if "justified" in item} == {"missing"}


@pytest.mark.usefixtures("friday")
async def test_illness_over_a_weekend_is_one_run_and_a_certificate_covers_it(world: TenantFixture) -> None:
    of = await agreement(world)
    await ill(world, of, 2, 3, 7, 8)
    data = await summary(world, of)
    assert results(data) == {
        at(2): "unjustified",
        at(3): "unjustified",
        at(7): "unjustified",
        at(8): "unjustified",
    }
    assert results(await summary(world, of, 7, 8)) == {at(7): "unjustified", at(8): "unjustified"}, (
        "began before"
    )
    certificate = {"required": True, "received_on": at(9), "valid_from": at(2), "valid_to": at(7)}
    why = {"reason": "own_illness", "given_by": "client", "given_on": at(9), "certificate": certificate}
    path = f"/v1/agreements/{of}/attendance/{at(7)}/justification"
    assert (await world.provider_a.put(path, why)).status_code == 201
    data = await summary(world, of)
    assert results(data) == {at(2): "justified", at(3): "justified", at(7): "justified", at(8): "unjustified"}
    assert {item["justified"]["rule"] for item in data["items"] if "justified" in item} == {
        "own-illness-certificate"
    }


@pytest.mark.usefixtures("friday")
async def test_a_report_still_missing_leaves_it_open_and_a_pause_does_not(world: TenantFixture) -> None:
    of = await agreement(world)
    await ill(world, of, 0, 1, 3, 7)
    assert set(results(await summary(world, of)).values()) == {"undetermined"}
    relationship = (await world.organiser.get(f"/v1/agreements/{of}")).json()["service_relationship_id"]
    await event(world, relationship, "paused", MONDAY + timedelta(days=2), reason="Loma", ends_on=at(2))
    data = await summary(world, of)
    assert set(results(data).values()) == {"unjustified"}
    assert at(2) not in {item["date"] for item in data["items"]}


@pytest.mark.usefixtures("friday")
async def test_the_organisers_word_stands_beside_what_is_derived(world: TenantFixture) -> None:
    of = await agreement(world)
    path = await say(world, of, 0, status="absent", absence_reason="agreed_holiday")
    why = {"reason": "agreed_holiday", "given_by": "client", "given_on": at(0)}
    assert (await world.provider_a.put(f"{path}/justification", why)).status_code == 201
    (item,) = (await summary(world, of, 0, 0))["items"]
    assert item["justified"] == {"derived": "unjustified", "rule": "not-statutory", "result": "unjustified"}
    await world.organiser.post(f"{path}/justification/review", {"decision": "accepted"})
    (item,) = (await summary(world, of, 0, 0))["items"]
    assert item["justified"] == {
        "derived": "unjustified",
        "rule": "not-statutory",
        "review": "accepted",
        "result": "justified",
    }
    assert item["justification"] == "accepted"


@pytest.mark.usefixtures("friday")
async def test_under_another_basis_whatever_was_notified_counts(world: TenantFixture) -> None:
    of = await agreement(world, "SHL_710_1982_27E")
    for day, reason in enumerate(("agreed_holiday", "unauthorised", None)):
        await say(world, of, day, status="absent", **({"absence_reason": reason} if reason else {}))
    data = await summary(world, of, 0, 2)
    assert list(results(data).values()) == ["justified", "unjustified", "unjustified"]
    assert data["legal_bases"] == ["SHL_710_1982_27E"]


@pytest.mark.usefixtures("friday")
async def test_a_flexible_agreement_misses_nothing(world: TenantFixture) -> None:
    of = await agreement(world, schedule=FLEXIBLE)
    await say(world, of, 0, status="present", actual_minutes=90)
    data = await summary(world, of)
    assert (data["days"]["unreported"], data["days"]["planned"], data["minutes"]["actual"]) == (0, 0, 90)


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ("from=2026-03-01&to=2026-02-01", "out-of-order", "/query/to"),
        ("from=2025-01-01&to=2026-01-02", "period-too-long", "/query/to"),
        ("from=2025-01-01", "period-too-long", "/query/to"),
        ("from=2199-01-01", "out-of-order", "/query/to"),
    ],
)
async def test_a_period_is_in_order_and_a_year_at_most(
    world: TenantFixture, query: str, code: str, pointer: str
) -> None:
    of = (await world.signed_agreement())["id"]
    answer = await world.organiser.get(f"/v1/agreements/{of}/attendance-summary?{query}")
    assert answer.status_code == 422
    assert [(each["code"], each["pointer"]) for each in answer.json()["errors"]] == [(code, pointer)]
    whole = await world.organiser.get(f"/v1/agreements/{of}/attendance-summary?from=2025-01-01&to=2026-01-01")
    assert whole.status_code == 200
    assert (await world.provider_b.get(f"/v1/agreements/{of}/attendance-summary?{query}")).status_code in {
        404,
        422,
    }


@pytest.mark.usefixtures("friday")
async def test_a_period_left_out_is_the_month_so_far(world: TenantFixture) -> None:
    of = await agreement(world)
    data = (await world.organiser.get(f"/v1/agreements/{of}/attendance-summary")).json()
    assert (data["starts_on"], data["ends_on"]) == ("2027-01-01", world.today.isoformat())
    data = (await world.organiser.get(f"/v1/agreements/{of}/attendance-summary?to=2027-02-28")).json()
    assert (data["starts_on"], data["ends_on"]) == ("2027-02-01", "2027-02-28")
    assert data["items"] == []


FACTS = AgreementFacts(
    uuid7(),
    uuid7(),
    uuid7(),
    uuid7(),
    None,
    "work_activity",
    "work_activity",
    "signed",
    date(2026, 9, 1),
    date(2026, 9, 30),
    None,
    None,
)
MINUTES = st.none() | st.integers(0, 1440)
ROW = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["present", "partial", "absent", "not_arranged", "rescheduled"]),
        "reason": st.sampled_from([None, "own_illness", "unknown", "agreed_holiday"]),
        "planned_minutes": MINUTES,
        "actual_minutes": MINUTES,
        "rescheduled_to": st.none(),
        "state": st.sampled_from(["missing", "given", "accepted", "rejected", "covered"]),
        "certified": st.booleans(),
        "began_in_conflict": st.booleans(),
        "second_reason": st.sampled_from([None, "child_illness_under_10", "agreed_holiday"]),
        "parts": st.none(),
        "in_another": st.booleans(),
        "confirmation": st.sampled_from([None, "unconfirmed", "confirmed"]),
    }
)
DAYS = st.dates(date(2026, 9, 1), date(2026, 9, 30))


@given(
    st.dictionaries(DAYS, ROW),
    st.dictionaries(DAYS, st.integers(0, 600)),
    st.sampled_from([LAW, "VPL_675_2023_27"]),
)
def test_the_sums_are_the_sums_of_the_days(
    recorded: dict[date, dict[str, Any]], planned: Mapping[date, int], basis: str
) -> None:
    rows: list[Record] = [{"date": day, **row} for day, row in recorded.items()]
    agreement: Record = {"id": FACTS.id, "client_id": FACTS.client_id, "legal_bases": [basis]}
    items = judged([Reported(agreement, FACTS, rows, planned)], SummaryDay)[FACTS.id]
    data = summed(
        items,
        agreement_id="01919b7e-1f00-7c3a-9d2e-5b8f6a1c4d01",
        client_id="01919b7e-1f00-7c3a-9d2e-5b8f6a1c4d01",
        starts_on=date(2026, 9, 1),
        ends_on=date(2026, 9, 30),
        legal_bases=[basis],
    )
    assert [item.date for item in items] == sorted({*recorded, *planned})
    statuses = Counter(item.status for item in items)
    days = data.days.model_dump()
    assert sum(days.values()) - days["planned"] == len(items)
    assert all(days[status] == number for status, number in statuses.items())
    assert statuses["unreported"] == len(planned.keys() - recorded.keys())
    assert data.minutes.actual == sum(row["actual_minutes"] or 0 for row in recorded.values())
    assert data.unconfirmed == sum(row["confirmation"] == "unconfirmed" for row in recorded.values())
    assert sum(data.absences.model_dump().values()) == sum(item.justified is not None for item in items)
    halves = [
        summed([i for i in items if (i.date.day < 15) == first], **vars_of(data)) for first in (True, False)
    ]
    for name in ("days", "minutes", "absences"):
        parts = Counter[str]()
        for half in halves:
            parts.update(getattr(half, name).model_dump())
        assert dict(parts) == getattr(data, name).model_dump()


def vars_of(data: AttendanceSummary) -> dict[str, Any]:
    return {
        name: getattr(data, name)
        for name in ("agreement_id", "client_id", "starts_on", "ends_on", "legal_bases")
    }
