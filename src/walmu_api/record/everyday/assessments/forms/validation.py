"""What an assessment form may hold, and which of its versions is in force on a day. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, UNKNOWN_REFERENCE, Finding, check_order
from walmu_api.record.everyday.assessments.forms.schemas import AssessmentFormEntry, FormItem, RatingScale

KEY_ONCE = Reason("key-twice")
STEPS_RISE = Reason("steps-rise")
NOTHING_TO_SAY = Reason("nothing-to-say")
VIEWS_ARE_TEXT = Reason("views-are-text")


@dataclass(frozen=True)
class Form:
    """One version of a form, as assessments are judged by it."""

    form: str
    version: int
    definition: AssessmentFormEntry

    def item(self, key: str) -> FormItem | None:
        return next((item for item in self.definition.items if item.key == key), None)

    def scale(self, key: str | None) -> RatingScale | None:
        return next((scale for scale in self.definition.scales or () if scale.key == key), None)


def check(entry: AssessmentFormEntry) -> list[Finding]:
    """What is wrong with a form."""
    findings = check_order(entry.valid_from, entry.valid_to, "/valid_to")
    scales = entry.scales or []
    findings += _twice([scale.key for scale in scales], "/scales/{}/key")
    findings += _twice([item.key for item in entry.items], "/items/{}/key")
    for at, scale in enumerate(scales):
        values = [step.value for step in scale.steps]
        findings += [
            INVALID_VALUE.at(f"/scales/{at}/steps/{place + 1}/value", reason=STEPS_RISE)
            for place, (low, high) in enumerate(pairwise(values))
            if high <= low
        ]
    known = {scale.key for scale in scales}
    for at, item in enumerate(entry.items):
        findings += _of_item(item, known, f"/items/{at}")
    return findings


def _of_item(item: FormItem, scales: set[str], place: str) -> Iterator[Finding]:
    if not item.text and item.scale is None:
        yield INVALID_VALUE.at(f"{place}/text", reason=NOTHING_TO_SAY)
    if not item.text and item.voices:
        yield INVALID_VALUE.at(f"{place}/voices", reason=VIEWS_ARE_TEXT)
    if item.scale is not None and item.scale not in scales:
        yield UNKNOWN_REFERENCE.at(f"{place}/scale")


def _twice(keys: Sequence[str], pointer: str) -> list[Finding]:
    return [
        INVALID_VALUE.at(pointer.format(at), reason=KEY_ONCE)
        for at, key in enumerate(keys)
        if key in keys[:at]
    ]


def in_force(versions: Iterable[Form], day: date) -> Form | None:
    """The version that assessments of this day are written on: the latest that has begun, unless it has
    ended."""
    begun = [each for each in versions if each.definition.valid_from <= day]
    last = max(begun, key=lambda each: each.version, default=None)
    if last is None or (last.definition.valid_to is not None and last.definition.valid_to < day):
        return None
    return last
