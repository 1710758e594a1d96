"""An agreement as its national document (13004) says it, and back. The names are those of the table of the
structure.

What the structure has no field for stands as fixed sentences in its free texts, in Finnish in every document;
a page has them in the language of its reader. The structured values stay ours. Pure."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from walmu_api.foundation.locales import words
from walmu_api.record.commitments.agreements.rules import minutes, schedule_from
from walmu_api.record.commitments.decisions.document import work_allowance

_KINDS = {
    "open_work_activity": "open_work_activity",
    "halfway_stop": "halfway_stop",
    "wage_subsidised_work": "employment",
}
"""Which agreement a service is carried out under, where the document does not tell it."""


def as_document(record: Mapping[str, Any], language: str = "fi") -> dict[str, Any]:
    """The members of an agreement (as JSON), ready for the table."""
    data = dict(record)
    schedule = record["schedule"]
    sentences = [_week(schedule, language)]
    if schedule["type"] == "fixed":
        data |= _of_the_week(schedule["days"]) | _texts(record)
    elif "days_per_week" not in record:
        least, most = schedule.get("min_days_per_week"), schedule.get("max_days_per_week")
        if least is not None and least == most:
            data["days_per_week"] = most
        elif least or most:
            days = words(language, "documents.agreement.days_per_week")
            sentences.append(days.format(least=least or "", most=most or ""))
    if len(record.get("schedules", ())) > 1:
        first = date.fromisoformat(schedule_from(record))
        begins = words(language, "documents.agreement.schedule_from")
        sentences.append(begins.format(first=f"{first.day}.{first.month}.{first.year}"))
    _put(data, "other_duration_matters", sentences)
    _put(data, "other_matters", [*_money(record, language), *_noted(record, language)])
    return data


def _texts(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in ("hours_per_day", "days_per_week") if name in record}


def _of_the_week(days: list[dict[str, Any]]) -> dict[str, Any]:
    """Hours a day where all days are of one length, and days a week."""
    lengths = {minutes(day["starts_at"], day["ends_at"]) for day in days}
    data: dict[str, Any] = {"days_per_week": len(days)}
    if len(lengths) == 1:
        data["hours_per_day"] = _plain(lengths.pop() / 60)
    return data


def _plain(number: float) -> float:
    """4 hours are 4, not 4.0."""
    return int(number) if number == int(number) else round(number, 2)


def _week(schedule: Mapping[str, Any], language: str) -> str:
    names = words(language, "pages.weekdays")
    planned = [
        f"{names[day['weekday'] - 1]} {_clock(day['starts_at'])}–{_clock(day['ends_at'])}"
        for day in schedule.get("days") or []
    ]
    return str(words(language, "documents.agreement.week").format(days=", ".join(planned))) if planned else ""


def _clock(time: str) -> str:
    return f"{int(time[:2])}.{time[3:]}"


def _money(record: Mapping[str, Any], language: str) -> list[str]:
    amount = record.get("work_allowance_per_day")
    return [work_allowance(amount, language)] if amount else []


def _noted(record: Mapping[str, Any], language: str) -> list[str]:
    meal, insurance = record.get("meal"), record.get("insurance")
    sentences = []
    if meal is not None:
        name = "meal" if meal["provided"] else "no_meal"
        sentences += [words(language, "documents.agreement")[name], meal.get("note", "")]
    if insurance is not None:
        sentences += [
            words(language, "documents.insurance")[insurance["taken_by"]],
            insurance.get("note", ""),
        ]
    return sentences


def _put(data: dict[str, Any], name: str, sentences: list[str]) -> None:
    """What was said, then the sentences, a line each."""
    lines = [line for line in (data.get(name, ""), *sentences) if line]
    if lines:
        data[name] = "\n".join(lines)


def from_document(ours: Mapping[str, Any], *, service_kind: str) -> dict[str, Any]:
    """The members of an entry from what the table read, but for whose it is and its decision. A document tells
    no week plan: its days are flexible. Its signatures are no part of the entry: they are the act of signing."""
    data = {name: value for name, value in ours.items() if name != "signatures" and not name.startswith("@")}
    schedule: dict[str, Any] = {"type": "flexible"}
    if 1 <= data.get("days_per_week", 0) <= 7:
        schedule["max_days_per_week"] = math.ceil(data["days_per_week"])
    return data | {"schedule": schedule, "kind": _KINDS.get(service_kind, "work_activity")}
