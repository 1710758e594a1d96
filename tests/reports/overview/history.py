"""A client with a long and varied history, told over HTTP as its organiser and provider tell it."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.conftest import TenantFixture
from tests.record.case_file.documents.samples import AUTHOR, WORK_ACTIVITY

from walmu_api.record.everyday.attendance.planning import is_public_holiday

MONDAY_TO_WEDNESDAY = (1, 2, 3)


@dataclass
class History:
    """The ids of what was recorded, and the days as they were reported."""

    client: dict[str, Any]
    relationship: dict[str, Any]
    agreement: dict[str, Any]
    decision: str
    plan: str
    unit: str
    entries: dict[str, dict[str, Any]]
    """By day."""


def planned(first: date, last: date, weekdays: tuple[int, ...] = MONDAY_TO_WEDNESDAY) -> list[date]:
    days = (first + timedelta(days=at) for at in range((last - first).days + 1))
    return [day for day in days if day.isoweekday() in weekdays and not is_public_holiday(day)]


def reported(days: list[date]) -> dict[str, dict[str, Any]]:
    """Every tenth day a reason to be away, every seventeenth a part of a day, the latest not reported."""
    data: dict[str, dict[str, Any]] = {}
    for at, day in enumerate(days[:-1]):
        if at % 10 == 3:
            data[str(day)] = {"status": "absent", "absence_reason": "own_illness"}
        elif at % 17 == 5:
            data[str(day)] = {"status": "partial", "actual_minutes": 120}
        elif at % 29 == 7:
            data[str(day)] = {"status": "not_arranged"}
        else:
            data[str(day)] = {"status": "present", "actual_minutes": 240}
    return data


async def history(world: TenantFixture, *, days: int = 1095, **client: Any) -> History:
    created = await world.client(**client)
    unit = {
        "organisation_id": str(world.provider_a.organisation_id),
        "name": "Kotolan <toimintakeskus> & paja",
    }
    unit_id = (await world.organiser.post("/v1/units", unit | {"source_id": secrets.token_hex(6)})).json()[
        "id"
    ]
    relationship = await world.relationship(
        created["id"],
        starts_on=world.day(days),
        unit_id=unit_id,
        referral={"source": "disability_services", "received_on": world.day(days + 20)},
    )
    decision = await world.decision(
        relationship,
        decided_on=world.today - timedelta(days=days + 5),
        valid_from=world.today - timedelta(days=days),
    )
    agreement = await world.agreement(relationship, decision, starts_on=world.day(days))
    data = reported(planned(world.today - timedelta(days=days), world.today - timedelta(days=1)))
    lines = [{"agreement_id": agreement["id"], "date": day} | entry for day, entry in data.items()]
    answer = await world.provider_a.post("/v1/attendance-batches?mode=atomic", {"items": lines})
    assert answer.status_code == 200, answer.text
    plan = await _plan(world, relationship)
    await _assessments(world, relationship, days)
    await _measurements(world, relationship, days)
    await _diary(world, relationship)
    await _event(
        world,
        relationship,
        starts_on=relationship["starts_on"],
        kind="started",
        service=WORK_ACTIVITY,
        author=AUTHOR,
    )
    return History(created, relationship, agreement, str(decision), plan, unit_id, data)


async def _post(world: TenantFixture, path: str, entry: dict[str, Any]) -> str:
    answer = await world.provider_a.post(path, entry | {"source_id": secrets.token_hex(6)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _event(world: TenantFixture, relationship: dict[str, Any], **entry: Any) -> str:
    return await _post(world, "/v1/service-events", {"service_relationship_id": relationship["id"]} | entry)


async def _plan(world: TenantFixture, relationship: dict[str, Any]) -> str:
    return await _post(
        world,
        "/v1/plans",
        {
            "kind": "implementation_plan",
            "service_relationship_id": relationship["id"],
            "service": WORK_ACTIVITY,
            "goals": [
                {"name": "Säännöllinen viikkorytmi", "description": "Paikalla sovittuina päivinä."},
                {"name": "Avotyöpaikka <löytyy>", "description": "Tutustutaan kahteen paikkaan."},
            ],
            "written_on": world.day(90),
            "review": {"at": world.day(-30)},
            "authors": [AUTHOR],
        },
    )


async def _assessments(world: TenantFixture, relationship: dict[str, Any], days: int) -> None:
    for at, (ago, rating) in enumerate(((days - 30, 2), (days // 2, 3), (20, 4))):
        await _post(
            world,
            "/v1/assessments",
            {
                "service_relationship_id": relationship["id"],
                "form": "uniform",
                "authors": [AUTHOR],
                "written_on": world.day(ago),
                "items": [
                    {"key": "working_hours_kept", "client_view": "Hyvin.", "rating": rating},
                    {"key": "initiative", "professional_view": "Tarttuu työhön.", "rating": 3},
                ],
            }
            | (
                {"goals": [{"name": "säännöllinen  viikkorytmi", "evaluation": f"Arvio {at + 1}."}]}
                if at
                else {}
            ),
        )


async def _measurements(world: TenantFixture, relationship: dict[str, Any], days: int) -> None:
    for phase, ago, value in (("start", days - 10, 4), ("end", 10, 7)):
        scores = [{"scale": "work_ability", "value": value}, {"scale": "life_satisfaction", "value": 3}]
        await world.measurement(relationship, phase=phase, answered_on=world.day(ago), scores=scores)


async def _diary(world: TenantFixture, relationship: dict[str, Any]) -> None:
    for ago in range(7, 0, -1):
        await _post(
            world,
            "/v1/diary-entries",
            {
                "service_relationship_id": relationship["id"],
                "kind": "daily_performance",
                "author": AUTHOR,
                "written_on": world.day(ago),
                "performance": {"tasks": [f"Hionta {ago}"], "rating": "well"},
            },
        )
