"""Whether an absence is justified (hyväksyttävä syy; ilmoitettu), by the rule of its legal basis. Pure;
derived at reading, never stored.

In rehabilitative work activity (189/2001) the four reasons of 1290/2002, chapter 10, section 3 count: own
illness (more than three days in a run need a certificate that covers the day), illness of a child under 10
(the first four days of a run), an employment-related reason, a public position of trust. Under every other
basis the organiser's policy says which reasons count.

Of a day that was missed for two reasons both must count. A run is absent day after absent day with one reason, beside another one
too, of the person: over renewed and parallel agreements of the same basis.
Days without a plan, public holidays, pauses, days on
which the service was not arranged and days that moved do not break it; a day attended, also in part, and an
absence for another reason do. A planned day without a report, or absent without a reason yet, may turn out to
be either: where that decides, the answer is `undetermined`. The organiser's review overrides what is derived;
both are told (ADR 22)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, NamedTuple

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.record.everyday.attendance.rules import ATTENDED, OWN_ILLNESS, UNKNOWN

ReviewDecision = TypeAliasType(
    "ReviewDecision",
    Annotated[Literal["accepted", "rejected"], Field(description="The organiser's word on a justification.")],
)
DayJustification = TypeAliasType(
    "DayJustification",
    Annotated[
        Literal["missing", "given", "accepted", "rejected", "covered"],
        Field(
            description="Where the justification of an absence stands. `covered`: by the certificate that came with "
            "another day's; nothing is missing."
        ),
    ],
)
JustificationResult = TypeAliasType(
    "JustificationResult",
    Annotated[
        Literal["justified", "unjustified", "undetermined"],
        Field(description="Whether an absence is justified."),
    ],
)

REHABILITATIVE = "KTT_189_2001"
OWN_NOTICE_DAYS = 3
"""Days of own illness in a run for which the client's own notice is enough."""
CHILD_DAYS = 4
"""Days at a time on which illness of a child counts."""
CHILD_ILLNESS = "child_illness_under_10"
STATUTORY = frozenset({OWN_ILLNESS, CHILD_ILLNESS, "employment_related", "public_trust_duty"})


@dataclass(frozen=True)
class Policy:
    """Which reasons an organiser lets count, from when to when (järjestäjän linjaus)."""

    valid_from: date
    valid_to: date | None
    not_counted: frozenset[str]

    def on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


POLICIES = (Policy(date(1900, 1, 1), None, frozenset({"unauthorised", UNKNOWN})),)
"""Every organiser's until it has its own: whatever reason was notified counts."""


class DayFacts(NamedTuple):
    """What holds of a recorded day (`in_force`). `certified`: a certificate of the client's illness covers it."""

    date: date
    status: str
    reason: str | None = None
    state: DayJustification = "missing"
    certified: bool = False
    second: str | None = None
    """The other one of two reasons."""


@dataclass(frozen=True)
class Verdict:
    """`rule` names what decided. `review` is the organiser's word, `result` what holds."""

    derived: JustificationResult
    rule: str
    review: ReviewDecision | None
    result: JustificationResult


@dataclass(frozen=True)
class Run:
    """Where a day stands among the absent days that belong together: its number in the run, and how many they
    are."""

    number: int
    length: int


def is_absence(day: DayFacts) -> bool:
    """Whether there is something to justify: an absence, or a part-day with a reason."""
    return day.status == "absent" or (day.status == "partial" and day.reason is not None)


class Runs(NamedTuple):
    """The runs of a person's absences, by reason and day, as short and as long as they may turn out to be."""

    shortest: Mapping[str, Mapping[date, Run]]
    longest: Mapping[str, Mapping[date, Run]]


def runs_of(days: Sequence[DayFacts], unreported: Collection[date]) -> Runs:
    """`days` are all recorded days of a person's agreements of one basis, and `unreported` their planned days without a
    report: a run may begin before the period that is asked for, and under another agreement."""
    by_day: dict[date, DayFacts] = {}
    for day in days:
        stored = by_day.get(day.date)
        by_day[day.date] = day if stored is None else max(stored, day, key=_weight)
    open_days = {at for at in unreported if at not in by_day or _weight(by_day[at]) < _KNOWN}
    together = list(by_day.values())
    return Runs(
        *(
            {
                each: runs(together, open_days, each, doubtful=doubtful)
                for each in (OWN_ILLNESS, CHILD_ILLNESS)
            }
            for doubtful in (False, True)
        )
    )


_KNOWN = 2


def _weight(day: DayFacts) -> int:
    """Of two reports of one day, under two agreements, the one that says more of the person: to have been there, else to
    have been away for a reason."""
    if day.status in ATTENDED:
        return 3
    return 0 if day.status != "absent" else 1 if day.reason in {None, UNKNOWN} else _KNOWN


def validate(
    days: Sequence[DayFacts], of_person: Runs, bases: Iterable[str], policies: Sequence[Policy] = POLICIES
) -> dict[date, Verdict]:
    """Every absence of an agreement."""
    by_policy = REHABILITATIVE not in bases
    data: dict[date, Verdict] = {}
    for day in filter(is_absence, days):
        derived, rule = _by_policy(day, policies) if by_policy else _by_law(day, of_person)
        data[day.date] = _reviewed(day, derived, rule)
    return data


def _reviewed(day: DayFacts, derived: JustificationResult, rule: str) -> Verdict:
    if day.state == "accepted":
        return Verdict(derived, rule, "accepted", "justified")
    if day.state == "rejected":
        return Verdict(derived, rule, "rejected", "unjustified")
    return Verdict(derived, rule, None, derived)


def _by_policy(day: DayFacts, policies: Sequence[Policy]) -> tuple[JustificationResult, str]:
    policy = next((each for each in policies if each.on(day.date)), None)
    if policy is None:
        return "undetermined", "no-policy"
    counts = day.reason is not None and not policy.not_counted & {day.reason, day.second}
    return ("justified" if counts else "unjustified"), "organiser-policy"


_ALONE = Run(1, 1)
"""An absence on a day on which the person was elsewhere."""


_WORST_FIRST: tuple[JustificationResult, ...] = ("unjustified", "undetermined", "justified")


def _by_law(day: DayFacts, of_person: Runs) -> tuple[JustificationResult, str]:
    """Of two reasons the one decides that counts less."""
    reasons = (day.reason,) if day.second is None else (day.reason, day.second)
    found = [_reason_by_law(day, each, of_person) for each in reasons]
    return min(found, key=lambda each: _WORST_FIRST.index(each[0]))


def _reason_by_law(day: DayFacts, reason: str | None, of_person: Runs) -> tuple[JustificationResult, str]:
    if reason not in STATUTORY:
        return "unjustified", "not-statutory"
    if day.status != "absent" or reason not in {OWN_ILLNESS, CHILD_ILLNESS}:
        return "justified", "statutory-reason"
    at_least = of_person.shortest[reason].get(day.date, _ALONE)
    at_most = of_person.longest[reason].get(day.date, _ALONE)
    if reason == CHILD_ILLNESS:
        return _limited(at_least.number <= CHILD_DAYS, at_most.number <= CHILD_DAYS), "child-illness-days"
    if day.certified:
        return "justified", "own-illness-certificate"
    answer = _limited(at_least.length <= OWN_NOTICE_DAYS, at_most.length <= OWN_NOTICE_DAYS)
    return answer, "own-illness-notice" if answer == "justified" else "own-illness-certificate"


def _limited(if_short: bool, if_long: bool) -> JustificationResult:
    if if_short != if_long:
        return "undetermined"
    return "justified" if if_short else "unjustified"


def runs(
    days: Sequence[DayFacts], unreported: Collection[date], reason: str, *, doubtful: bool
) -> dict[date, Run]:
    """The run of every day absent for the reason. Planned days without a report and absences without a reason yet break a
    run, or, with `doubtful`, count as days of it."""
    on = {day.date: day for day in days}
    current: list[date | None] = []  # None: a doubtful day
    found: dict[date, Run] = {}
    for at in sorted({*on, *unreported}):
        day = None if at in unreported else on[at]
        if day is not None and day.status in {"not_arranged", "rescheduled", "voided"}:
            continue
        if day is None or (day.status == "absent" and day.reason in {None, UNKNOWN}):
            current = [*current, None] if doubtful else []
        elif day.status == "absent" and reason in {day.reason, day.second}:
            current.append(at)
        else:
            current = []
        found |= _numbered(current)
    return found


def _numbered(run: Sequence[date | None]) -> dict[date, Run]:
    return {at: Run(number, len(run)) for number, at in enumerate(run, 1) if at is not None}
