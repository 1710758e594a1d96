"""What holds of the work diary: which structure a kind follows, what a workplace may say, and the text that
the parts of a day's work make. Pure."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from walmu_api.foundation import validation_messages
from walmu_api.foundation.locales import words
from walmu_api.foundation.problems import INVALID_VALUE, OUT_OF_ORDER, Finding, ProblemType
from walmu_api.record.everyday.attendance.rules import AGREEMENT_NOT_SIGNED, outside_agreement

MEETING = "1.2.246.537.6.1506.19004.2022.1.10"
CONTACT = "1.2.246.537.6.1506.19005.2022.1.10"
CANCELLED = "1.2.246.537.6.1506.19006.2022.9.28"
EVERYDAY = "1.2.246.537.6.1506.19007.2022.1.10"
OTHER = "1.2.246.537.6.1506.19013.2022.1.10"
STRUCTURES = {
    "daily_performance": EVERYDAY,
    "contact": CONTACT,
    "workplace_visit": CONTACT,
    "development_discussion": CONTACT,
    "feedback_discussion": CONTACT,
    "support_to_work_community": CONTACT,
    "benefit_matter": CONTACT,
    "orientation": CONTACT,
    "network_meeting": MEETING,
    "cancelled_appointment": CANCELLED,
    "other": OTHER,
}
"""The national structure of each kind. The first kind of a structure is what a document of it becomes."""
ALWAYS = frozenset({"service_task", "services", "written_on"})
MEMBERS: Mapping[str, frozenset[str]] = {
    MEETING: frozenset({"period", "contact_manners", "participants", "description", "agreed"}),
    CONTACT: frozenset({"period", "contact_manners", "place", "participants", "description", "agreed"}),
    CANCELLED: frozenset({"contact_manners", "cancellation"}),
    EVERYDAY: frozenset({"period", "contact_manners", "description", "performance"}),
    OTHER: frozenset({"period", "description"}),
}
"""What an entry of each structure may hold besides."""
OF_WORKPLACES = frozenset({"daily_performance", "contact", "other"})
WRITTEN_BY_WORKPLACES = frozenset({"period", "description", "performance"})

NOT_IN_THIS_KIND = ProblemType("not-in-this-kind", 422, located=True)
NOT_FOR_WORKPLACES = ProblemType("not-for-workplaces", 422, located=True)
PROBLEMS = (NOT_IN_THIS_KIND, NOT_FOR_WORKPLACES)


def check(*, kind: str, given: Collection[str], starts_at: str | None, ends_at: str | None) -> list[Finding]:
    """`given`: the members that the entry has, of those that an entry may say."""
    known = MEMBERS[STRUCTURES[kind]] | ALWAYS | {"kind"}
    findings = [NOT_IN_THIS_KIND.at(f"/{name}") for name in sorted(set(given) - known)]
    if starts_at and ends_at and _is_before(ends_at, starts_at):
        findings.append(OUT_OF_ORDER.at("/period/ends_at"))
    return findings


def _is_before(written: str, other: str) -> bool:
    """Instants are compared as instants; what is only a date, or a part of one, as far as both were written."""
    if "T" in written and "T" in other:
        return datetime.fromisoformat(written) < datetime.fromisoformat(other)
    known = min(len(written.partition("T")[0]), len(other.partition("T")[0]))
    return written[:known] < other[:known]


def check_workplace(*, kind: str, given: Collection[str]) -> list[Finding]:
    """A workplace says what it saw, under its own agreement; whose service it is and who took part is the
    provider's."""
    findings = [] if kind in OF_WORKPLACES else [NOT_FOR_WORKPLACES.at("/kind")]
    beyond = set(given) - WRITTEN_BY_WORKPLACES - {"kind", "written_on"}
    return findings + [NOT_FOR_WORKPLACES.at(f"/{name}") for name in sorted(beyond)]


def check_day(*, kind: str, day: date, today: date, pointer: str) -> list[Finding]:
    """What is told has happened; only an appointment to come can be cancelled."""
    if kind == "cancelled_appointment" or day <= today:
        return []
    return [INVALID_VALUE.at(pointer, reason=validation_messages.NOT_YET)]


def check_agreement(
    *, kind: str, day: date, starts_on: date, ends_on: date, status: str, pointer: str
) -> list[Finding]:
    """An entry under an agreement tells of one of its days."""
    if status not in {"signed", "terminated"}:
        return [AGREEMENT_NOT_SIGNED.at(pointer)]
    if kind == "cancelled_appointment" or starts_on <= day <= ends_on:
        return []
    return [outside_agreement("/period", starts_on, ends_on)]


def described(performance: Mapping[str, Any] | None, language: str = "fi") -> str | None:
    """The text of a day's work for the national document, which has one field for all of it; on a page in the
    language of its reader."""
    if performance is None:
        return None
    labels = words(language, "documents.diary")
    ratings, forms = words(language, "documents.diary_ratings"), words(language, "documents.diary_forms")
    went = (ratings.get(performance.get("rating") or ""), performance.get("rating_note"))
    lines = {
        labels["tasks"]: "; ".join(performance.get("tasks") or ()),
        labels["went"]: " ".join(filter(None, went)),
        labels["support_given"]: performance.get("support_given"),
        labels["form"]: forms.get(performance.get("form") or ""),
    }
    return "\n".join(f"{label}: {text}" for label, text in lines.items() if text) or None


def in_language(text: str | None, performance: Mapping[str, Any] | None, language: str) -> str | None:
    """A description as a page shows it: put together anew where it was made of the parts of the day's work,
    else as it was written."""
    made_of_parts = language != "fi" and text is not None and text == described(performance)
    return described(performance, language) if made_of_parts else text


def as_document(content: dict[str, Any], language: str) -> dict[str, Any]:
    """The content of an entry for the table of its structure, or for a page in another language."""
    text = in_language(content.get("description"), content.get("performance"), language)
    return content if text is None else content | {"description": text}


def description(values: Mapping[str, Any], before: Mapping[str, Any]) -> str | None:
    """The description of an entry: what was said; or what its parts make, also when the one said was made
    from the parts as they were before."""
    data: str | None = values.get("description")
    if data is None or (before.get("performance") is not None and data == described(before["performance"])):
        return described(values.get("performance"))
    return data


def as_reported(data: dict[str, Any]) -> dict[str, Any]:
    """What a workplace reads of an entry that was confirmed: its own words, not what the provider made of
    them."""
    reported: dict[str, Any] | None = data.get("reported")
    if reported is None:
        return data
    values = set().union(*MEMBERS.values()) | ALWAYS | {"kind", "author", "reported", "structure"}
    return {name: value for name, value in data.items() if name not in values} | reported
