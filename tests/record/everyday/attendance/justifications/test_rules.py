"""Justified or not, by the rule of the legal basis: the table of hard cases."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walmu_api.record.everyday.attendance.justifications import rules
from walmu_api.record.everyday.attendance.justifications.rules import (
    POLICIES,
    DayFacts,
    Policy,
    Verdict,
    runs_of,
)
from walmu_api.record.everyday.attendance.justifications.rules import validate as judge

LAW, LOCAL = [rules.REHABILITATIVE], ["SHL_710_1982_27E"]
ILL, CHILD, JOB = "own_illness", "child_illness_under_10", "employment_related"
YES, NO, OPEN = "justified", "unjustified", "undetermined"


def day(number: int) -> date:
    """Of October 2026: the 5th, 12th, 19th and 26th are Mondays."""
    return date(2026, 10, number)


def absent(*numbers: int, reason: str | None = ILL, **more: Any) -> list[DayFacts]:
    return [DayFacts(day(each), "absent", reason, **more) for each in numbers]


def validate(
    days: list[DayFacts], unreported: set[date], bases: list[str], policies: Sequence[Policy] = POLICIES
) -> dict[date, Verdict]:
    """Of a person with one agreement."""
    return judge(days, runs_of(days, unreported), bases, policies)


def results(
    days: list[DayFacts], unreported: set[date] | None = None, bases: list[str] = LAW
) -> dict[int, str]:
    return {at.day: verdict.result for at, verdict in validate(days, unreported or set(), bases).items()}


CASES: dict[str, tuple[list[DayFacts], set[date], dict[int, str]]] = {
    "three days of own illness stand by own notice": (absent(5, 6, 7), set(), {5: YES, 6: YES, 7: YES}),
    "four need a certificate": (absent(5, 6, 7, 8), set(), dict.fromkeys((5, 6, 7, 8), NO)),
    "a weekend does not break a run": (absent(8, 9, 12, 13), set(), dict.fromkeys((8, 9, 12, 13), NO)),
    "and does not lengthen it": (absent(8, 9, 12), set(), dict.fromkeys((8, 9, 12), YES)),
    "a day attended breaks a run": (
        [*absent(5, 6), DayFacts(day(7), "present"), *absent(8, 9)],
        set(),
        dict.fromkeys((5, 6, 8, 9), YES),
    ),
    "so does a part of a day": (
        [*absent(5, 6), DayFacts(day(7), "partial"), *absent(8, 9)],
        set(),
        dict.fromkeys((5, 6, 8, 9), YES),
    ),
    "a day not arranged does not": (
        [*absent(5, 6), DayFacts(day(7), "not_arranged"), *absent(8, 9)],
        set(),
        dict.fromkeys((5, 6, 8, 9), NO),
    ),
    "nor one that moved": (
        [*absent(5, 6), DayFacts(day(7), "rescheduled"), *absent(8, 9)],
        set(),
        dict.fromkeys((5, 6, 8, 9), NO),
    ),
    "another reason in between breaks it": (
        [*absent(5, 6), *absent(7, reason=JOB), *absent(8, 9)],
        set(),
        dict.fromkeys((5, 6, 7, 8, 9), YES),
    ),
    "a day without a report leaves it open": (
        absent(5, 6, 8, 9),
        {day(7)},
        dict.fromkeys((5, 6, 8, 9), OPEN),
    ),
    "but not where it does not matter": (absent(5, 7), {day(6)}, {5: YES, 7: YES}),
    "an absence without a reason leaves it open too": (
        [*absent(5, 6), *absent(7, reason="unknown"), *absent(8, 9)],
        set(),
        {5: OPEN, 6: OPEN, 7: NO, 8: OPEN, 9: OPEN},
    ),
    "what is missing before the first day may belong to it": (
        absent(6, 7, 8),
        {day(5)},
        dict.fromkeys((6, 7, 8), OPEN),
    ),
    "and after the last": (absent(5, 6, 7), {day(8)}, dict.fromkeys((5, 6, 7), OPEN)),
    "a certificate covers its days": (
        [*absent(5, 6, 7, 8, certified=True), *absent(9)],
        set(),
        {5: YES, 6: YES, 7: YES, 8: YES, 9: NO},
    ),
    "two reasons are both looked at": (absent(5, reason=ILL, second="agreed_holiday"), set(), {5: NO}),
    "and where both count the day does": (absent(5, reason=JOB, second=ILL), set(), {5: YES}),
    "a day that is ill in part is a day of the run": (
        [*absent(5, 6), *absent(7, reason=JOB, second=ILL), *absent(8)],
        set(),
        dict.fromkeys((5, 6, 7, 8), NO),
    ),
    "and needs the certificate": (
        [*absent(5, 6, 8, certified=True), *absent(7, reason=JOB, second=ILL, certified=True)],
        set(),
        dict.fromkeys((5, 6, 7, 8), YES),
    ),
    "two runs may go on side by side": (
        absent(5, 6, 7, 8, 9, reason=CHILD, second=ILL, certified=True),
        set(),
        {5: YES, 6: YES, 7: YES, 8: YES, 9: NO},
    ),
    "a half that is open leaves the day open": (
        absent(5, 6, 8, 9, second=JOB),
        {day(7)},
        dict.fromkeys((5, 6, 8, 9), OPEN),
    ),
    "unless the other half decides": (
        absent(5, 6, 8, 9, second="agreed_holiday"),
        {day(7)},
        dict.fromkeys((5, 6, 8, 9), NO),
    ),
    "a child's illness counts four days at a time": (
        absent(5, 6, 7, 8, 9, reason=CHILD),
        set(),
        {5: YES, 6: YES, 7: YES, 8: YES, 9: NO},
    ),
    "also over a weekend": (
        absent(8, 9, 12, 13, 14, reason=CHILD),
        set(),
        {8: YES, 9: YES, 12: YES, 13: YES, 14: NO},
    ),
    "and anew after a day attended": (
        [*absent(5, 6, 7, 8, reason=CHILD), DayFacts(day(9), "present"), *absent(12, reason=CHILD)],
        set(),
        dict.fromkeys((5, 6, 7, 8, 12), YES),
    ),
    "its fifth day is open while a day may break the run": (
        absent(5, 6, 8, 9, reason=CHILD),
        {day(7)},
        {5: YES, 6: YES, 8: YES, 9: OPEN},
    ),
    "job interviews and positions of trust count": (
        [*absent(5, reason=JOB), *absent(6, reason="public_trust_duty")],
        set(),
        {5: YES, 6: YES},
    ),
    "nothing else does": (
        [
            DayFacts(day(5 + at), "absent", reason)
            for at, reason in enumerate(
                (
                    "healthcare_or_therapy",
                    "agreed_holiday",
                    "other_notified",
                    "unauthorised",
                    "unknown",
                    "funeral",
                )
            )
        ],
        set(),
        dict.fromkeys(range(5, 11), NO),
    ),
    "part of a day is judged by its reason alone": (
        [DayFacts(day(at), "partial", ILL) for at in (5, 6, 7, 8, 9)],
        set(),
        dict.fromkeys((5, 6, 7, 8, 9), YES),
    ),
    "part of a day without a reason is no absence": ([DayFacts(day(5), "partial")], set(), {}),
    "the organiser's word overrides": (
        [DayFacts(day(5), "absent", "unauthorised", "accepted"), DayFacts(day(6), "absent", JOB, "rejected")],
        set(),
        {5: YES, 6: NO},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_rehabilitative_work_follows_the_law(case: str) -> None:
    days, unreported, expected = CASES[case]
    assert results(days, unreported) == expected


def test_both_are_told_where_the_organiser_overrides() -> None:
    (verdict,) = validate([DayFacts(day(5), "absent", "unauthorised", "accepted")], set(), LAW).values()
    assert (verdict.derived, verdict.rule, verdict.review, verdict.result) == (
        NO,
        "not-statutory",
        "accepted",
        YES,
    )


def test_elsewhere_the_organisers_policy_says_what_counts() -> None:
    data = {"own_illness": YES, "condition_of_day": YES, "funeral": YES, "unauthorised": NO, "unknown": NO}
    days = [DayFacts(day(5 + at), "absent", reason) for at, reason in enumerate(data)]
    assert list(results(days, bases=LOCAL).values()) == list(data.values())


def test_a_policy_holds_on_its_days() -> None:
    policies = [Policy(day(1), day(5), frozenset({"agreed_holiday"})), Policy(day(6), day(6), frozenset())]
    days = absent(5, 6, 7, reason="agreed_holiday")
    assert [each.derived for each in validate(days, set(), LOCAL, policies).values()] == [NO, YES, OPEN]


def test_where_one_basis_is_the_law_the_law_holds() -> None:
    assert results(absent(5, reason="agreed_holiday"), bases=[*LOCAL, *LAW]) == {5: NO}


STATUSES = st.sampled_from(
    ["absent", "absent", "absent", "present", "partial", "not_arranged", "rescheduled"]
)
REASONS = st.sampled_from([ILL, ILL, ILL, CHILD, "unknown", JOB])


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[DayFacts], set[date]]:
    """Days in any order, and planned days of which nothing is reported."""
    days, unreported = [], set()
    for at in range(draw(st.integers(1, 14))):
        status = draw(st.sampled_from(["unreported"]) | STATUSES)
        if status == "unreported":
            unreported.add(day(5) + timedelta(days=at))
        else:
            reason = draw(REASONS) if status == "absent" else None
            days.append(DayFacts(day(5) + timedelta(days=at), status, reason))
    return draw(st.permutations(days)), unreported


@given(stories())
def test_the_order_of_days_does_not_matter(story: tuple[list[DayFacts], set[date]]) -> None:
    days, unreported = story
    assert validate(days, unreported, LAW) == validate(
        sorted(days, key=lambda each: each.date), unreported, LAW
    )


@given(stories(), st.booleans())
def test_what_is_determined_stays_whatever_is_reported_later(
    story: tuple[list[DayFacts], set[date]], ill: bool
) -> None:
    """Every report that is still missing comes: ill, or attended. What was not open before is not changed by it."""
    days, unreported = story
    late = [DayFacts(at, "absent", ILL) if ill else DayFacts(at, "present") for at in unreported]
    before, after = validate(days, unreported, LAW), validate([*days, *late], set(), LAW)
    for at, verdict in before.items():
        if verdict.derived != OPEN:
            assert after[at].derived == verdict.derived


@given(stories(), st.data())
def test_a_renewed_or_parallel_agreement_changes_no_answer(
    story: tuple[list[DayFacts], set[date]], data: st.DataObject
) -> None:
    """A run belongs to the person: however the days fall to two agreements, each is judged as under one."""
    days, unreported = story
    ours = [each for each in days if data.draw(st.booleans())]
    theirs = [each for each in days if each not in ours]
    of_person = runs_of([*theirs, *ours], unreported)
    assert judge(ours, of_person, LAW) | judge(theirs, of_person, LAW) == validate(days, unreported, LAW)


@pytest.mark.parametrize("elsewhere", ["present", "partial", "absent", "not_arranged"])
def test_of_two_reports_of_one_day_the_one_that_says_more_of_the_person_counts(elsewhere: str) -> None:
    """Ill on three days and on the fourth under one agreement; the fourth has a second report under another one."""
    ours = absent(5, 6, 7, 8)
    other = DayFacts(day(7), elsewhere, ILL if elsewhere == "absent" else None)
    for order in ([*ours, other], [other, *ours]):
        found = judge(ours, runs_of(order, set()), LAW)
        broken = elsewhere in {"present", "partial"}
        assert {each.result for each in found.values()} == {YES if broken else NO}


def test_a_missing_report_under_one_agreement_is_no_doubt_where_another_one_tells() -> None:
    ill = absent(5, 6, 7)
    here = judge(ill, runs_of([*ill, DayFacts(day(8), "present")], {day(8)}), LAW)
    assert {each.result for each in here.values()} == {YES}
