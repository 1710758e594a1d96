"""What an assessment is begun with: the period's attendance, the agreement's place and tasks, the form, the goals."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.conftest import TenantFixture
from tests.record.case_file.documents.samples import AUTHOR
from tests.record.everyday.assessments.test_assessments_api import (
    at_the_workplace,
    item,
    post_entry,
    relationship_of,
)

from walmu_api.record.everyday.attendance.statistics import planned

PREFILL = "/v1/assessment-prefill"


async def recorded(world: TenantFixture, agreement: dict[str, Any]) -> None:
    """Four days: present, a part-day, an absence that was justified and accepted, one that nobody explained."""
    days = f"/v1/agreements/{agreement['id']}/attendance"
    ill = {"status": "absent", "absence_reason": "own_illness"}
    for ago, entry in (
        (20, {"status": "present"}),
        (19, {"status": "partial"}),
        (18, ill),
        (17, {"status": "absent"}),
    ):
        assert (await world.provider_a.put(f"{days}/{world.day(ago)}", entry)).status_code == 201
    why = {"reason": "own_illness", "given_by": "client", "given_on": world.day(18)}
    justification = f"{days}/{world.day(18)}/justification"
    assert (await world.provider_a.put(justification, why)).status_code == 201
    assert (
        await world.organiser.post(f"{justification}/review", {"decision": "accepted"})
    ).status_code == 200


async def test_a_prefilled_assessment_is_ready_to_be_filled_and_posted(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    agreement = await world.agreement(
        relationship, await world.decision(relationship), tasks_and_goals="Hionta"
    )
    await recorded(world, agreement)
    await post_entry(
        world.provider_a,
        {
            "service_relationship_id": relationship["id"],
            "authors": [AUTHOR],
            "written_on": world.day(50),
            "goals": [
                {"name": "Kolme päivää viikossa", "description": "Syksyn aikana", "evaluation": "Kesken."}
            ],
        },
    )
    about = f"service_relationship_id={relationship['id']}"
    answer = await world.provider_a.get(
        f"{PREFILL}?{about}&from={world.day(30)}&to={world.day(1)}&form=uniform"
    )
    draft = answer.json()
    assert answer.status_code == 200, answer.text
    schedule = agreement["schedule"]
    assert draft.pop("attendance") == {
        "planned": planned([(schedule, world.today - timedelta(days=30), world.today - timedelta(days=1))]),
        "recorded": 4,
        "present": 1,
        "partial": 1,
        "absent": 2,
        "not_arranged": 0,
        "rescheduled": 0,
        "absences": [{"reason": "own_illness", "days": 1}, {"reason": "unknown", "days": 1}],
        "justifications": {"missing": 1, "given": 0, "accepted": 1, "rejected": 0},
    }
    assert [each["key"] for each in draft.pop("items")][:2] == ["working_hours_kept", "absences_reported"]
    assert draft == {
        "service_relationship_id": relationship["id"],
        "form": "uniform",
        "form_version": 1,
        "place": "Kotola, puutyöpaja",
        "tasks": "Hionta",
        "activity_started_on": relationship["starts_on"],
        "period": {"starts_on": world.day(30), "ends_on": world.day(1)},
        "goals": [{"name": "Kolme päivää viikossa", "description": "Syksyn aikana"}],
    }
    entry = answer.json() | {"authors": [AUTHOR]}
    entry["items"][0] |= {"rating": 4}
    data = await post_entry(world.provider_a, entry)
    assert data["attendance"] == entry["attendance"]
    assert data["document_texts"]["content"].endswith(
        f"Läsnäolo\nSuunniteltuja päiviä {entry['attendance']['planned']}, kirjattuja päiviä 4, läsnä 1, osan päivästä 1, poissa 2,"
        " palvelua ei järjestetty 0, siirretty 0. Perustelut: hyväksytty 1, annettu 0, hylätty 0, puuttuu 1."
    )


async def test_a_workplace_prefills_from_its_own_agreement(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    agreement = await at_the_workplace(world, relationship)
    await recorded(world, agreement)
    answer = await world.workplace.get(f"{PREFILL}?agreement_id={agreement['id']}&form=workplace_short")
    draft = answer.json()
    assert (answer.status_code, draft["agreement_id"], draft["place"]) == (200, agreement["id"], "Leipomo")
    assert draft["period"] == {"starts_on": agreement["starts_on"], "ends_on": world.day(0)}
    assert draft["activity_started_on"] == agreement["starts_on"], (
        "of the client's service it is told no more"
    )
    assert "service_relationship_id" not in draft
    assert draft["attendance"]["recorded"] == 4
    entry = draft | {"authors": [AUTHOR], "items": [item("overall", rating=5)]}
    assert (await post_entry(world.workplace, entry))["status"] == "unconfirmed"
    refused = await world.workplace.get(f"{PREFILL}?service_relationship_id={relationship['id']}")
    assert refused.status_code == 404


async def test_after_the_end_a_workplace_is_told_neither_tasks_nor_plan_of_its_agreement(
    world: TenantFixture,
) -> None:
    """After the end it reads its own days, and nothing else of what was agreed."""
    relationship = await relationship_of(world)
    agreement = await at_the_workplace(world, relationship)
    ending = {"ends_on": world.day(1), "reason": "Siirtyi"}
    ended = await world.provider_a.post(f"/v1/agreements/{agreement['id']}/end", ending)
    assert ended.status_code == 200, ended.text
    path = f"{PREFILL}?agreement_id={agreement['id']}&form=workplace_short"
    assert (await world.workplace.get(path)).status_code == 404
    assert (await world.provider_a.get(path)).status_code == 200


async def test_what_cannot_be_prefilled_is_told_with_its_parameter(world: TenantFixture) -> None:
    relationship, other = await relationship_of(world), await relationship_of(world)
    agreement = await world.agreement(relationship, await world.decision(relationship))
    about = f"service_relationship_id={relationship['id']}"
    for query, expected in (
        (f"?{about}&form=nowhere", ("/query/form", "unknown-reference")),
        (f"?{about}&form=uniform&from=2021-01-01&to=2021-02-01", ("/query/form", "form-not-in-force")),
        (f"?{about}&from=2026-02-01&to=2026-01-01", ("/query/to", "out-of-order")),
        (
            f"?service_relationship_id={other['id']}&agreement_id={agreement['id']}",
            ("/query/agreement_id", "unknown-reference"),
        ),
    ):
        answer = await world.provider_a.get(PREFILL + query)
        assert answer.status_code == 422, answer.text
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [expected]
    assert (await world.provider_b.get(f"{PREFILL}?{about}")).status_code == 404
    blank = (await world.provider_a.get(f"{PREFILL}?form=workplace_short")).json()
    assert (set(blank), blank["items"][0]) == ({"form", "form_version", "items"}, {"key": "overall"})
    plain = (await world.provider_a.get(f"{PREFILL}?{about}")).json()
    assert {"form", "items", "goals"}.isdisjoint(plain)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-10-05", "2026-10-18", 6),
        ("2026-12-21", "2026-12-27", 2),  # the library counts Christmas Eve in
        ("2026-04-01", "2026-04-07", 2),  # Easter Monday is one
        ("2026-10-06", "2026-10-06", 0),
        ("2026-10-07", "2026-10-05", 0),
    ],
)
def test_planned_days_follow_the_week_plan_and_leave_public_holidays_out(
    first: str, last: str, days: int
) -> None:
    schedule = {
        "type": "fixed",
        "days": [{"weekday": day, "starts_at": "09:00", "ends_at": "13:00"} for day in (1, 3, 4)],
    }
    assert planned([(schedule, date.fromisoformat(first), date.fromisoformat(last))]) == days


def test_nothing_is_planned_where_days_follow_the_clients_condition() -> None:
    assert planned([({"type": "flexible"}, date(2026, 1, 1), date(2026, 2, 1))]) is None
