"""Judging an assessment by its form and its structure. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from walmu_api.foundation.problems import INVALID_VALUE, MISSING, OUT_OF_ORDER, UNKNOWN_REFERENCE, Finding
from walmu_api.record.document_schemas import is_day
from walmu_api.record.everyday.assessments.forms.schemas import AssessmentFormEntry, FormItem, Labels
from walmu_api.record.everyday.assessments.forms.validation import Form, in_force
from walmu_api.record.everyday.assessments.rules import (
    ANSWERED_ONCE,
    FORM_NOT_IN_FORCE,
    ITEM_MISSING,
    ITEM_NOT_ON_FORM,
    NO_PLACE_ON_ITEM,
    OF_THE_PROVIDER,
    ONLY_IN_SUMMARIES,
    OTHER_AUDIENCE,
    RATING_OUTSIDE_SCALE,
    SUMMARY,
    WORK,
)
from walmu_api.record.everyday.assessments.schemas import AssessedItem, AssessmentEntry

_VIEWS = {"client_view": "client", "professional_view": "professional", "workplace_view": "workplace"}
_SUMMARIES_ONLY = ("recipient", "service_task", "service", "purpose", "conclusions")
_BY_ITSELF = Labels(fi="Sisältö")


def without_form(of: str, national: Form) -> Form:
    """What stands in for a form where none is named: the content fields of the structure, in words only.
    `national` is the form whose items are those of 1003."""
    voices = list(_VIEWS.values())
    if of == SUMMARY:
        items = [FormItem(key="content", labels=_BY_ITSELF, text=True, voices=voices)]  # type: ignore[arg-type]
    else:
        items = [
            item.model_copy(update={"scale": None, "required": False}) for item in national.definition.items
        ]
    data = AssessmentFormEntry(
        name=_BY_ITSELF, kind="interim", audience="provider", valid_from=date(1900, 1, 1), items=items
    )
    return Form("", 0, data)


def choose(versions: Sequence[Form], version: int | None, day: date, stored: int | None) -> Form | Finding:
    """The version of the form that holds: the one that was named, which is in force on the day, or the one
    that is in force. `kept` is the version that the record has already: it stays good."""
    if not versions:
        return UNKNOWN_REFERENCE.at("/form")
    current = in_force(versions, day)
    named = next((each for each in versions if each.version == version), None)
    if version is None:
        return current or FORM_NOT_IN_FORCE.at("/form")
    if named is None:
        return UNKNOWN_REFERENCE.at("/form_version")
    if current is not named and version != stored:
        return FORM_NOT_IN_FORCE.at("/form_version")
    return named


def check(
    entry: AssessmentEntry, of: str, form: Form, audience: str, *, complete: bool, waits: bool = False
) -> list[Finding]:
    """Everything that is wrong with an assessment on this form. `complete`: it holds all that its document
    needs. `waits`: a workplace writes it, and learns nothing of the structure, which follows from the legal basis."""
    findings: list[Finding] = []
    if form.definition.audience != audience:
        findings.append(OTHER_AUDIENCE.at("/form", audience=form.definition.audience))
        if waits:
            return findings
    if waits:
        findings += [
            INVALID_VALUE.at(f"/{name}", reason=OF_THE_PROVIDER)
            for name in _SUMMARIES_ONLY
            if getattr(entry, name) is not None
        ]
    elif of == WORK:
        findings += [] if complete else [MISSING.at("/participants")]
        findings += [
            INVALID_VALUE.at(f"/{name}", reason=ONLY_IN_SUMMARIES)
            for name in _SUMMARIES_ONLY
            if getattr(entry, name) is not None
        ]
    seen: set[str] = set()
    for at, item in enumerate(entry.items or ()):
        if item.key in seen:
            findings.append(INVALID_VALUE.at(f"/items/{at}/key", reason=ANSWERED_ONCE))
        seen.add(item.key)
        findings += _of_item(item, form, f"/items/{at}")
    answered = {item.key for item in entry.items or () if answers(item)}
    findings += [
        ITEM_MISSING.at("/items", item=asked.key)
        for asked in form.definition.items
        if asked.required and asked.key not in answered
    ]
    return findings


def answers(item: AssessedItem) -> bool:
    return any(getattr(item, name) is not None for name in ("text", *_VIEWS, "rating"))


def _of_item(item: AssessedItem, form: Form, place: str) -> Iterator[Finding]:
    asked = form.item(item.key)
    if asked is None:
        yield ITEM_NOT_ON_FORM.at(f"{place}/key")
        return
    if item.text is not None and not asked.text:
        yield NO_PLACE_ON_ITEM.at(f"{place}/text")
    for name, voice in _VIEWS.items():
        if getattr(item, name) is not None and voice not in (asked.voices or ()):
            yield NO_PLACE_ON_ITEM.at(f"{place}/{name}")
    scale = form.scale(asked.scale)
    if item.rating is not None and scale is None:
        yield NO_PLACE_ON_ITEM.at(f"{place}/rating")
    elif item.rating is not None and scale is not None:
        steps = [step.value for step in scale.steps]
        if item.rating not in steps:
            yield RATING_OUTSIDE_SCALE.at(f"{place}/rating", steps=", ".join(map(str, steps)))


def check_period(entry: AssessmentEntry) -> list[Finding]:
    """Of what is said in our JSON; a document that arrives is taken as it was written."""
    period = entry.period
    if period is None or not (is_day(period.starts_on) and is_day(period.ends_on)):
        return []
    assert period.starts_on is not None
    assert period.ends_on is not None
    return [OUT_OF_ORDER.at("/period/ends_on")] if period.ends_on < period.starts_on else []
