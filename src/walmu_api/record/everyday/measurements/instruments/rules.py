"""What an instrument (mittari) is, and what an organiser may say of one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, MISSING, Finding, ProblemType

CODE_ONCE = Reason("code-once")
SHIPPED = Reason("shipped")
RANGE = Reason("range")
FORM_VERSION = Reason("form-version")
SCALE = Reason("scale")

OWN = "own_"
"""With this the codes of an organiser's own instruments begin, so that none that ships later takes one away."""
FIRST_FORM = date(1968, 1, 1)
"""Goal attainment scaling (Kiresuk and Sherman 1968) is the oldest instrument here: no form is taken for older."""
OPEN_RANGE = (0.0, 100.0)
"""What is taken where the owner publishes no range: it only catches slips."""

PERMISSION_NEEDED = ProblemType("permission-needed", 422, located=True)
PROBLEMS = (PERMISSION_NEEDED,)


@dataclass(frozen=True)
class Names:
    fi: str
    sv: str
    en: str

    def in_language(self, language: str) -> str:
        data: str = getattr(self, language, self.en)
        return data


@dataclass(frozen=True)
class Scale:
    """One figure that an instrument gives. `form_versions` names those that have it; empty for all."""

    code: str
    names: Names
    min: float
    max: float
    range_known: bool
    direction: str
    item_count: int | None = None
    is_total: bool = False
    form_versions: Sequence[str] = ()

    def has_item(self, key: str) -> bool:
        """Our own neutral keys, such as C01: the scale and a number, never a text."""
        number = key.removeprefix(self.code)
        return self.item_count is not None and number in {f"{at:02}" for at in range(1, self.item_count + 1)}


@dataclass(frozen=True)
class FormVersion:
    code: str
    languages: Sequence[str]
    since: date = FIRST_FORM
    """No day before it has answers to this version."""


@dataclass(frozen=True)
class Threshold:
    scale: str
    points: float


@dataclass(frozen=True)
class ChangeRule:
    """A change greater than so many points counts; and who says so."""

    source: str
    thresholds: Sequence[Threshold]


@dataclass(frozen=True)
class Permission:
    """The evidence that an owner allows something."""

    licence: str
    granted_by: str
    granted_on: date
    reference: str | None = None


@dataclass(frozen=True)
class Licence:
    terms: str
    needs_licence: bool
    evidence: str
    checked_on: date


@dataclass(frozen=True)
class Instrument:
    """An instrument as one organiser uses it: the registry's part and the organiser's."""

    code: str
    kind: str
    names: Names
    owner: str | None
    form_versions: Sequence[FormVersion]
    respondents: Sequence[str]
    scales: Sequence[Scale]
    licence: Licence
    shipped: bool
    edition: int = 0
    licensed: bool = False
    item_answers: bool = False
    permission: Permission | None = None
    change_rule: ChangeRule | None = None
    by_scale: Mapping[str, Scale] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_scale", {scale.code: scale for scale in self.scales})

    def languages_of(self, form_version: str) -> Sequence[str] | None:
        return next((each.languages for each in self.form_versions if each.code == form_version), None)

    def since(self, form_version: str) -> date:
        return next((each.since for each in self.form_versions if each.code == form_version), FIRST_FORM)

    def threshold(self, scale: str) -> float | None:
        """The points that a change of this scale must exceed to count; None where nobody has published any."""
        rule = self.change_rule
        return next((each.points for each in rule.thresholds if each.scale == scale), None) if rule else None


def check_switches(
    *, shipped: bool, on: bool, permission_given: bool, definition_given: bool
) -> list[Finding]:
    """What ships cannot be defined again; what is switched on in it has evidence; what is one's own has a
    definition."""
    findings: list[Finding] = []
    if shipped and definition_given:
        findings.append(INVALID_VALUE.at("/definition", reason=SHIPPED))
    if not shipped and not definition_given:
        findings.append(MISSING.at("/definition"))
    if shipped and on and not permission_given:
        findings.append(PERMISSION_NEEDED.at("/permission"))
    return findings


def check_definition(
    ranges: Sequence[tuple[str, float, float]], versions: Sequence[str], only_in: Sequence[tuple[int, str]]
) -> list[Finding]:
    """Codes once, ranges the right way round, form versions that are there."""
    findings = _once([code for code, _, _ in ranges], "/definition/scales") + _once(
        versions, "/definition/form_versions"
    )
    findings += [
        INVALID_VALUE.at(f"/definition/scales/{at}/max", reason=RANGE)
        for at, (_, least, most) in enumerate(ranges)
        if most <= least
    ]
    findings += [
        INVALID_VALUE.at(f"/definition/scales/{at}/form_versions", reason=FORM_VERSION)
        for at, version in only_in
        if version not in versions
    ]
    return findings


def check_change_rule(thresholds: Sequence[str], scales: Sequence[str]) -> list[Finding]:
    findings = _once(thresholds, "/change_rule/thresholds")
    findings += [
        INVALID_VALUE.at(f"/change_rule/thresholds/{at}/scale", reason=SCALE)
        for at, code in enumerate(thresholds)
        if code not in scales
    ]
    return findings


def _once(codes: Sequence[str], pointer: str) -> list[Finding]:
    return [
        INVALID_VALUE.at(f"{pointer}/{at}", reason=CODE_ONCE)
        for at, code in enumerate(codes)
        if code in codes[:at]
    ]
