"""A client with three years of history, for the overview: days, assessments, measurements, a plan, a diary."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

Post = Callable[..., Awaitable[dict[str, Any]]]
YEARS = timedelta(days=1095)
AUTHOR = {"family_name": "Valmentaja", "given_names": "Vilma", "title": "työvalmentaja"}


async def tell(post: Post, relationship_id: str, agreement_id: str, client_id: str, today: date) -> None:
    """Three days a week for three years, every tenth of them missed for a reason; all that goes with it."""
    days = [today - timedelta(days=at) for at in range(YEARS.days, 0, -1)]
    lines = [
        {"agreement_id": agreement_id, "date": day.isoformat()}
        | (
            {"status": "absent", "absence_reason": "own_illness"}
            if at % 10 == 3
            else {"status": "present", "actual_minutes": 240}
        )
        for at, day in enumerate(day for day in days if day.isoweekday() in {1, 2, 3})
    ]
    await post("/v1/attendance-batches", {"items": lines}, "provider")

    async def record(path: str, key: str, entry: dict[str, Any]) -> None:
        data = {"service_relationship_id": relationship_id, "source_id": f"history-{key}"} | entry
        await post(path, data, "provider")

    goals = [{"name": "Viikkorytmi", "description": "Paikalla sovittuina päivinä."}]
    service = {
        "system": "urn:oid:1.2.246.537.6.1222",
        "code": "55",
        "display": "Vammaisten henkilöiden työtoiminta",
    }
    plan = {"kind": "implementation_plan", "goals": goals, "service": service, "authors": [AUTHOR]}
    await record("/v1/plans", "plan", plan | {"written_on": days[30].isoformat()})
    for at in range(6):
        items = [
            {"key": key, "rating": 1 + (at + place) % 5}
            for place, key in enumerate(("working_hours_kept", "initiative"))
        ]
        written = {
            "form": "uniform",
            "items": items,
            "authors": [AUTHOR],
            "written_on": days[100 + 150 * at].isoformat(),
        }
        await record("/v1/assessments", f"assessment-{at}", written)
    for phase, at in (("start", 10), ("end", 1000)):
        scores = [{"scale": scale, "value": 3 + at % 4} for scale in ("work_ability", "functioning")]
        await record(
            "/v1/measurements",
            phase,
            {
                "client_id": client_id,
                "instrument": "kykyviisari",
                "form_version": "2017",
                "language": "fi",
                "phase": phase,
                "answered_on": days[at].isoformat(),
                "respondent": "client",
                "assisted": False,
                "mode": "interview",
                "scores": scores,
            },
        )
    for at in range(50):
        performance = {"tasks": ["Kalusteiden hionta"], "rating": "well"}
        entry = {
            "kind": "daily_performance",
            "performance": performance,
            "written_on": days[-1 - at].isoformat(),
        }
        await record("/v1/diary-entries", f"diary-{at}", entry | {"author": AUTHOR})
