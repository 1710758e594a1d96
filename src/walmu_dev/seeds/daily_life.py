"""Everyday life of a few of the demo's clients, all made up: attendance, plans, assessments, work diary."""

from datetime import date, timedelta
from typing import Any

from walmu_api.record.everyday.attendance.planning import is_public_holiday
from walmu_dev.seeds.providers import Provider
from walmu_dev.seeds.seeder import Seeder

CLIENTS = range(4, 8)
"""Of provider D. The days of the other providers' clients stay free for whoever tries the API."""
UNIT = "Rannikon puutyöpaja"
COACH = {"family_name": "Valmentaja", "given_names": "Vilma", "title": "työvalmentaja"}
TASKS = ("Kalusteiden hionta", "Linnunpönttöjen kokoaminen", "Pakkaaminen", "Varaston järjestäminen")
GOALS = (
    ("Säännöllinen viikkorytmi", "Paikalla sovittuina päivinä, poissaolot ilmoitetaan."),
    ("Avotyöpaikkaan tutustuminen", "Käydään kahdessa paikassa."),
)
RATINGS = {
    "working_hours_kept": (3, 4),
    "initiative": (2, 3),
    "quality_and_skills": (3, 3),
    "community_skills": (4, 3),
}
_CYCLE = {
    4: ("absent", "own_illness"),
    5: ("absent", "own_illness"),
    11: ("absent", "healthcare_or_therapy"),
    16: ("absent", "unauthorised"),
}


async def unit(seeder: Seeder, provider: Provider) -> str:
    entry = {"organisation_id": seeder.organisations[provider.key], "name": UNIT, "source_id": "seed-unit"}
    return str((await seeder.ask(provider.organiser, "POST", "/v1/units", entry))["id"])


async def fill(seeder: Seeder, provider: Provider) -> None:
    """What is there stays: days and records are known by their keys."""
    for at in CLIENTS:
        found = await seeder.ask(provider.key, "GET", f"/v1/agreements?source_id=seed-{provider.key}-{at}")
        await _client(seeder, provider.key, at, found["items"][0])


async def _client(seeder: Seeder, who: str, at: int, agreement: dict[str, Any]) -> None:
    first = date.fromisoformat(agreement["starts_on"])
    days = _planned(agreement, first, seeder.day - timedelta(days=3))
    lines = [
        {"agreement_id": agreement["id"], "date": day.isoformat()} | _day(at, n) for n, day in enumerate(days)
    ]
    await seeder.ask(who, "POST", "/v1/attendance-batches", {"items": lines})
    ill = next((line for line in lines if line.get("absence_reason") == "own_illness"), None)
    if ill is not None:
        why = {"reason": "own_illness", "given_by": "client", "given_on": ill["date"]}
        await seeder.ask(
            who, "PUT", f"/v1/agreements/{agreement['id']}/attendance/{ill['date']}/justification", why
        )

    async def record(path: str, key: str, entry: dict[str, Any]) -> None:
        data = {
            "service_relationship_id": agreement["service_relationship_id"],
            "source_id": f"seed-{at}-{key}",
        } | entry
        await seeder.ask(who, "POST", path, data)

    await record(
        "/v1/service-events", "start", {"kind": "started", "starts_on": first.isoformat(), "author": COACH}
    )
    goals = [{"name": name, "description": description} for name, description in GOALS]
    plan = {
        "kind": "implementation_plan",
        "goals": goals,
        "written_on": first.isoformat(),
        "authors": [COACH],
    }
    await record(
        "/v1/plans", "plan", plan | {"review": {"at": (seeder.day + timedelta(days=30)).isoformat()}}
    )
    for number, day in enumerate((days[len(days) // 3], days[-1])):
        items = [{"key": key, "rating": ratings[number]} for key, ratings in RATINGS.items()]
        values = [{"name": GOALS[0][0], "evaluation": ("Alkuun päästiin.", "Toteutuu enimmäkseen.")[number]}]
        entry = {
            "form": "uniform",
            "written_on": day.isoformat(),
            "items": items,
            "goals": values,
            "authors": [COACH],
        }
        await record("/v1/assessments", f"assessment-{number}", entry)
    for number, day in enumerate(days[-4:]):
        done: dict[str, Any] = {
            "tasks": [TASKS[(at + number) % len(TASKS)]],
            "rating": ("well", "mostly_well")[number % 2],
        }
        data = {
            "kind": "daily_performance",
            "performance": done,
            "written_on": day.isoformat(),
            "author": COACH,
        }
        await record("/v1/diary-entries", f"diary-{number}", data)


def _planned(agreement: dict[str, Any], first: date, last: date) -> list[date]:
    weekdays = {data["weekday"] for data in agreement["schedule"]["days"]}
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in every if day.isoweekday() in weekdays and not is_public_holiday(day)]


def _day(at: int, number: int) -> dict[str, Any]:
    status, reason = _CYCLE.get((number + 5 * at) % 19, ("present", None))
    if reason is not None:
        return {"status": status, "absence_reason": reason}
    if (number + at) % 13 == 7:
        return {"status": "partial", "actual_minutes": 120}
    return {"status": "present", "actual_minutes": 240}
