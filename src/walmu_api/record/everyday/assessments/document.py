"""An assessment as the national document tells it, and back. Pure.

**Out.** When an assessment is recorded, `texts` writes what the document says: the views of an item under
fixed labels, its rating in words, items of the form under the content fields of 1003 or, in a summary, one
after the other under their headings. They are kept with the record (`document_texts`), so that a document
that was given out stays as it is. `document_content` lays the stored content out as the mapping tables of
1003 and 16009 name their fields; who confirmed a workplace's assessment is its first author.

**In.** `entry_from_document` makes the content of an entry from those fields: each text unsplit in its item,
no form, so that it goes out again letter by letter."""

from collections.abc import Iterable
from typing import Any

from walmu_api.foundation.schema_types import values_of
from walmu_api.record.everyday.assessments.forms.schemas import FormItem, NationalField
from walmu_api.record.everyday.assessments.forms.validation import Form
from walmu_api.record.everyday.assessments.rules import WORK
from walmu_api.record.everyday.assessments.schemas import (
    AssessedItem,
    AssessmentEntry,
    DocumentTexts,
    GoalEvaluation,
    PeriodAttendance,
)
from walmu_api.record.everyday.assessments.validation import answers

CONTENT_OF_WORK = tuple(name for name in values_of(NationalField) if name != "onward")
_COPIED_MEMBERS = (
    "recipient",
    "service_task",
    "service",
    "participants",
    "place",
    "activity_started_on",
    "period",
    "tasks",
    "distribution",
    "further_information",
    "legal_notice",
    "written_on",
    "authors",
)
"""Members that a table names as they are; the texts are in `document_texts`."""
_PURPOSE = {"interim": "Väliarviointi", "final": "Loppuarviointi", "short": "Lyhyt arviointi"}
_VOICES = (
    ("client_view", "Asiakkaan näkemys"),
    ("professional_view", "Ammattihenkilön näkemys"),
    ("workplace_view", "Työpaikan näkemys"),
)

Part = tuple[str, str | None]
"""A heading and what stands under it."""


def document_content(content: dict[str, Any], _language: str = "fi") -> dict[str, Any]:
    """The stored content under the names of the mapping tables; each table takes the names that it has."""
    data = {name: content[name] for name in _COPIED_MEMBERS if name in content}
    if (confirmed := content.get("confirmation")) is not None:
        data["authors"] = [confirmed["author"], *data["authors"]]
        data |= {name: value for name, value in confirmed.items() if name == "participants"}
    data |= content["document_texts"]
    return data


def entry_from_document(_structure: str, data: dict[str, Any]) -> dict[str, Any]:
    """The content of an entry from the fields of a mapping table. The fields tell which: `content` is of
    summaries."""
    items = [{"key": key, "text": data[key]} for key in (*CONTENT_OF_WORK, "content") if key in data]
    rest = {name: value for name, value in data.items() if name not in {*CONTENT_OF_WORK, "content"}}
    return rest | ({"items": items} if items else {})


def texts(structure: str, entry: AssessmentEntry, form: Form) -> DocumentTexts:
    """What the document says, in Finnish; the same entry on the same form gives the same words."""
    return _texts_of_work(entry, form) if structure == WORK else _texts_of_summary(entry, form)


def _texts_of_work(entry: AssessmentEntry, form: Form) -> DocumentTexts:
    parts: dict[str, list[Part]] = {name: [] for name in (*CONTENT_OF_WORK, "onward")}
    parts["onward"].append(("", entry.onward))
    data = _texts(entry, form)
    shared = [asked.national_field for asked, _ in data]
    for asked, text in data:
        field = asked.national_field or "other_observations"
        first = not any(known for _, known in parts[field])
        alone = first and asked.national_field is not None and shared.count(asked.national_field) == 1
        parts[field].append(("" if alone else asked.labels.fi, text))
    parts["goals_reached"] += _goals(entry.goals)
    parts["other_observations"].append(("Läsnäolo arvioitavalla jaksolla", _attendance(entry.attendance)))
    return DocumentTexts(**{name: joined(each) for name, each in parts.items()})


def _texts_of_summary(entry: AssessmentEntry, form: Form) -> DocumentTexts:
    around: list[Part] = [
        ("Osallistujat", entry.participants),
        ("Työtoimintapaikka", entry.place),
        ("Toiminta alkanut", entry.activity_started_on),
        ("Työtehtävät", entry.tasks),
    ]
    data = [(asked, text) for asked, text in _texts(entry, form) if asked.national_field != "onward"]
    items = [("" if asked.key == "content" else asked.labels.fi, text) for asked, text in data]
    after = [
        *_goals(entry.goals),
        ("Läsnäolo", _attendance(entry.attendance)),
        ("Jakelu", entry.distribution),
    ]
    onward = [("Jatkosuunnitelmat", entry.onward)]
    onward += [
        (asked.labels.fi, text) for asked, text in _texts(entry, form) if asked.national_field == "onward"
    ]
    return DocumentTexts(
        purpose=entry.purpose or (_PURPOSE[form.definition.kind] if form.form else None),
        content=joined([*around, *items, *after]),
        conclusions=joined([("", entry.conclusions), *onward]),
    )


def joined(parts: Iterable[Part]) -> str | None:
    """Each text under its heading; a text without one stands as it is."""
    data = [f"{heading}\n{text}" if heading else text for heading, text in parts if text]
    return "\n\n".join(data) or None


def _texts(entry: AssessmentEntry, form: Form) -> list[tuple[FormItem, str]]:
    """The items that are answered, in the order of the form."""
    given = {item.key: item for item in entry.items or () if answers(item)}
    return [
        (asked, _item(given[asked.key], asked, form)) for asked in form.definition.items if asked.key in given
    ]


def _item(item: AssessedItem, asked: FormItem, form: Form) -> str:
    views = [f"{label}: {getattr(item, name)}" for name, label in _VOICES if getattr(item, name) is not None]
    data = [*([item.text] if item.text is not None else []), *views]
    scale = form.scale(asked.scale)
    if item.rating is not None and scale is not None:
        word = next(step.labels.fi for step in scale.steps if step.value == item.rating)
        data.append(f"Arvio: {word} ({item.rating}, asteikko {scale.steps[0].value}–{scale.steps[-1].value})")
    return "\n".join(data)


def _goals(goals: list[GoalEvaluation] | None) -> list[Part]:
    return [(f"Tavoite: {goal.name}", _goal(goal)) for goal in goals or ()]


def _goal(goal: GoalEvaluation) -> str:
    data = [goal.description] if goal.description is not None else []
    for label, code in (
        ("Asiakkaan arvio", goal.client_evaluation),
        ("Ammattihenkilön arvio", goal.professional_evaluation),
    ):
        data += [f"{label}: {code.display}"] if code is not None else []
    data += [goal.evaluation] if goal.evaluation is not None else []
    return "\n".join(data) or "Ei vielä arvioitu."


def _attendance(figures: PeriodAttendance | None) -> str | None:
    if figures is None:
        return None
    planned = [f"suunniteltuja päiviä {figures.planned}"] if figures.planned is not None else []
    counted = (
        ("kirjattuja päiviä", figures.recorded),
        ("läsnä", figures.present),
        ("osan päivästä", figures.partial),
        ("poissa", figures.absent),
        ("palvelua ei järjestetty", figures.not_arranged),
        ("siirretty", figures.rescheduled),
    )
    just = figures.justifications
    return (
        ", ".join([*planned, *(f"{label} {days}" for label, days in counted)]).capitalize()
        + f". Perustelut: hyväksytty {just.accepted}, annettu {just.given}, hylätty {just.rejected}, puuttuu {just.missing}."
    )
