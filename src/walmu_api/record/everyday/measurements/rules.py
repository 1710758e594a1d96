"""What a measurement (mittaus) may hold, by its instrument. Pure (ADR 16)."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from walmu_api.foundation import validation_messages
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, UNKNOWN_CODE, Finding, ProblemType
from walmu_api.record.everyday.measurements.instruments.rules import CODE_ONCE, Instrument, Scale
from walmu_api.record.everyday.worksheets.rules import FORMULA_VALUE

VALUE_OR_REASON = Reason("value-or-reason")
RANGE_WHOLE = Reason("range-whole")
SCORES_OR_GOALS = Reason("scores-or-goals")
GOALS_ELSEWHERE = Reason("goals-elsewhere")
BASELINES = Reason("baselines")
RESPONDENT = Reason("respondent")
LANGUAGE = Reason("language")
ANOTHER_CLIENT = Reason("another-client")
BEFORE_THE_FORM = Reason("before-the-form")

OUT_OF_RANGE = ProblemType("out-of-range", 422, located=True)
ITEMS_NOT_ALLOWED = ProblemType("items-not-allowed", 422, located=True)
INSTRUMENT_NOT_LICENSED = ProblemType("instrument-not-licensed", 422, located=True)
NOT_A_SCORE = ProblemType("not-a-score", 422, located=True)
UNKNOWN_CLIENT = ProblemType("unknown-client", 422, located=True)
MEASUREMENT_REPEATED = ProblemType("measurement-repeated", 422, located=True)
MEASUREMENT_RECORDED = ProblemType("measurement-recorded", 422, located=True)
PROBLEMS = (
    OUT_OF_RANGE,
    ITEMS_NOT_ALLOWED,
    INSTRUMENT_NOT_LICENSED,
    NOT_A_SCORE,
    UNKNOWN_CLIENT,
    MEASUREMENT_REPEATED,
    MEASUREMENT_RECORDED,
    FORMULA_VALUE,
)
COMPUTED = frozenset({"T", "T_baseline"})
"""The scores that are worked out here, from goals."""


class Score(Protocol):
    """A score as it is reported."""

    @property
    def scale(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def min(self) -> float | None: ...
    @property
    def max(self) -> float | None: ...
    @property
    def items_answered(self) -> int | None: ...
    @property
    def missing_reason(self) -> str | None: ...


class Item(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def missing_reason(self) -> str | None: ...


class Goal(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def baseline(self) -> int | None: ...


def check_form(
    instrument: Instrument,
    *,
    form_version: str,
    language: str,
    respondent: str,
    answered_on: date,
    today: date,
) -> list[Finding]:
    """Whether it may be measured with, in this version and language, by this respondent, on that day."""
    if instrument.kind == "plan":
        return [NOT_A_SCORE.at("/instrument")]
    if instrument.licence.needs_licence and not instrument.licensed:
        return [INSTRUMENT_NOT_LICENSED.at("/instrument")]
    findings: list[Finding] = []
    languages = instrument.languages_of(form_version)
    if languages is None:
        findings.append(UNKNOWN_CODE.at("/form_version", code_system=f"form_versions ({instrument.code})"))
    elif language not in languages:
        findings.append(INVALID_VALUE.at("/language", reason=LANGUAGE))
    if respondent not in instrument.respondents:
        findings.append(INVALID_VALUE.at("/respondent", reason=RESPONDENT))
    if answered_on > today:
        findings.append(INVALID_VALUE.at("/answered_on", reason=validation_messages.NOT_YET))
    elif answered_on < instrument.since(form_version):
        findings.append(INVALID_VALUE.at("/answered_on", reason=BEFORE_THE_FORM))
    return findings


def check_scores(instrument: Instrument, form_version: str, scores: Sequence[Score]) -> list[Finding]:
    """Each scale is the instrument's and the version's, comes once, and has a value within range or a reason
    for none."""
    findings: list[Finding] = []
    seen: set[str] = set()
    for at, score in enumerate(scores):
        scale, here = instrument.by_scale.get(score.scale), f"/scores/{at}"
        if scale is None or (scale.form_versions and form_version not in scale.form_versions):
            findings.append(
                UNKNOWN_CODE.at(f"{here}/scale", code_system=f"scales ({instrument.code} {form_version})")
            )
        elif score.scale in seen:
            findings.append(INVALID_VALUE.at(f"{here}/scale", reason=CODE_ONCE))
        else:
            findings += _check_score(scale, score, here)
        seen.add(score.scale)
    return findings


def _check_score(scale: Scale, score: Score, here: str) -> list[Finding]:
    if (score.value is None) == (score.missing_reason is None):
        return [INVALID_VALUE.at(f"{here}/value", reason=VALUE_OR_REASON)]
    if (score.min is None) != (score.max is None) or (
        score.min is not None and score.max is not None and score.max <= score.min
    ):
        return [INVALID_VALUE.at(f"{here}/max", reason=RANGE_WHOLE)]
    findings: list[Finding] = []
    for name, data in (("min", score.min), ("max", score.max)):
        if data is not None and not scale.min <= data <= scale.max:
            findings.append(_out(f"{here}/{name}", scale.min, scale.max))
    least, most = range_of(scale, score.min, score.max)
    if score.value is not None and not findings and not least <= score.value <= most:
        findings.append(_out(f"{here}/value", least, most))
    if (
        score.items_answered is not None
        and scale.item_count is not None
        and score.items_answered > scale.item_count
    ):
        findings.append(_out(f"{here}/items_answered", 0, scale.item_count))
    return findings


def range_of(scale: Scale, least: float | None, most: float | None) -> tuple[float, float]:
    """The range a score was reported on: the sender's where it told one, else the registry's."""
    return (least, most) if least is not None and most is not None else (scale.min, scale.max)


def _out(pointer: str, least: float, most: float) -> Finding:
    return OUT_OF_RANGE.at(pointer, least=f"{least:g}", most=f"{most:g}")


def check_items(instrument: Instrument, items: Sequence[Item] | None) -> list[Finding]:
    """Answers to single items: only when the organiser has switched them on, by our own neutral keys."""
    if items is None:
        return []
    if not instrument.item_answers:
        return [ITEMS_NOT_ALLOWED.at("/items")]
    findings: list[Finding] = []
    keys = [item.key for item in items]
    for at, item in enumerate(items):
        if not any(scale.has_item(item.key) for scale in instrument.scales):
            findings.append(UNKNOWN_CODE.at(f"/items/{at}/key", code_system=f"items ({instrument.code})"))
        elif item.key in keys[:at]:
            findings.append(INVALID_VALUE.at(f"/items/{at}/key", reason=CODE_ONCE))
        elif (item.value is None) == (item.missing_reason is None):
            findings.append(INVALID_VALUE.at(f"/items/{at}/value", reason=VALUE_OR_REASON))
    return findings


def check_goals(
    instrument: Instrument, scores: Sequence[Score], goals: Sequence[Goal] | None
) -> list[Finding]:
    """Goals belong to goal attainment scaling alone, where the T score is worked out from them; else scores
    are needed."""
    if goals is not None and instrument.kind != "goals":
        return [INVALID_VALUE.at("/goals", reason=GOALS_ELSEWHERE)]
    if bool(goals) == bool(scores):
        return [
            INVALID_VALUE.at(
                "/scores",
                reason=SCORES_OR_GOALS if instrument.kind == "goals" else validation_messages.TOO_FEW,
                min_length=1,
            )
        ]
    keys = [goal.key for goal in goals or ()]
    findings = [
        INVALID_VALUE.at(f"/goals/{at}/key", reason=CODE_ONCE)
        for at, key in enumerate(keys)
        if key in keys[:at]
    ]
    if len({goal.baseline is None for goal in goals or ()}) > 1:
        findings.append(INVALID_VALUE.at("/goals", reason=BASELINES))
    return findings
