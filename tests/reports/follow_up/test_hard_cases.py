"""Planned days, reports and runs together: the hard cases of the calendar, as a person would count them.

All under the act on rehabilitative work, with a plan from Monday to Friday. Days that were planned and not reported stand
in the table as `unreported`."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walmu_api.foundation.record_ids import uuid7
from walmu_api.record.everyday.attendance.planning import Span
from walmu_api.record.everyday.attendance.rules import AgreementFacts
from walmu_api.reports.follow_up.schemas import SummaryDay
from walmu_api.reports.follow_up.summary import Reported, judged, planned_until

LAW = ["KTT_189_2001"]
ILL, CHILD = "own_illness", "child_illness_under_10"
YES, NO, OPEN, MISSING = "justified", "unjustified", "undetermined", "unreported"
CLOCK = {"starts_at": "09:00", "ends_at": "13:00"}


def weekly(*weekdays: int, **clock: str) -> dict[str, Any]:
    return {"type": "fixed", "days": [{"weekday": day} | CLOCK | clock for day in weekdays]}


def row(status: str, reason: str | None = None, **more: Any) -> dict[str, Any]:
    """What holds of a day, and with `certificate` what came with it; which days that covers is for `data_of` to say."""
    empty = ("planned_minutes", "actual_minutes", "rescheduled_to", "confirmation", "certificate")
    return dict.fromkeys(empty) | {"status": status, "reason": reason, "state": "missing"} | more


def covered(first: date, last: date, *, state: str = "given", received: bool = True) -> dict[str, Any]:
    """An own illness with a certificate."""
    certificate = {"valid_from": first.isoformat(), "valid_to": last.isoformat()}
    return row(
        "absent",
        ILL,
        state=state,
        certificate=certificate | ({"received_on": "2026-01-01"} if received else {}),
    )


def ill(*days: date, reason: str = ILL) -> dict[date, dict[str, Any]]:
    return {day: row("absent", reason) for day in days}


@dataclass
class Case:
    entries: dict[date, dict[str, Any]]
    expected: dict[date, str]
    until: date | None = None
    """Today; without it, the last day that is spoken of."""
    plan: dict[str, Any] = field(default_factory=lambda: weekly(1, 2, 3, 4, 5))
    pauses: Sequence[Span] = ()
    ends_on: date = date(2029, 12, 31)
    relationship_ends_on: date | None = None


def data_of(case: Case, first: date) -> dict[date, str]:
    """What is told of every planned and recorded day from `first` on: what an absence is, else its status."""
    facts = AgreementFacts(
        uuid7(),
        uuid7(),
        uuid7(),
        uuid7(),
        None,
        "rehabilitative_work",
        "work_practice",
        "signed",
        first,
        case.ends_on,
        None,
        case.relationship_ends_on,
    )
    rows = [
        {
            "date": day,
            "in_another": False,
            "began_in_conflict": False,
            "parts": None,
            "second_reason": None,
            "certified": certified(day, case),
            **each,
        }
        for day, each in case.entries.items()
    ]
    until = case.until or max(case.entries)
    agreement = {"id": facts.id, "client_id": facts.client_id, "legal_bases": LAW}
    planned = planned_until(facts, case.plan, rows, until, case.pauses)
    items = judged([Reported(agreement, facts, rows, planned)], SummaryDay)[facts.id]
    return {item.date: item.justified.result if item.justified else item.status for item in items}


def certified(day: date, case: Case) -> bool:
    came = [
        each["certificate"]
        for each in case.entries.values()
        if each["certificate"] and each["certificate"].get("received_on") and each["state"] != "rejected"
    ]
    covers = any(each["valid_from"] <= day.isoformat() <= each["valid_to"] for each in came)
    return covers and case.entries[day]["reason"] == ILL


def d(text: str) -> date:
    """A day of the months in the table: `5.10.` is in 2026."""
    day, month, year = (*text.split("."), "")[:3]
    return date(int(year or 2026), int(month), int(day))


def of(result: str, *days: str) -> dict[date, str]:
    return {d(day): result for day in days}


def ill_on(*days: str, reason: str = ILL) -> dict[date, dict[str, Any]]:
    return ill(*map(d, days), reason=reason)


CHRISTMAS = ("22.12.", "23.12.", "28.12.", "29.12.")
CASES: dict[str, Case] = {
    "Christmas does not break a run": Case(ill_on(*CHRISTMAS), of(NO, *CHRISTMAS)),
    "nor does it lengthen one": Case(
        ill_on("22.12.", "23.12.", "28.12."), of(YES, "22.12.", "23.12.", "28.12.")
    ),
    "May Day makes a long weekend": Case(ill_on("29.4.", "30.4.", "4.5."), of(YES, "29.4.", "30.4.", "4.5.")),
    "Epiphany in the middle of a week is not one of four": Case(
        ill_on("5.1.", "7.1.", "8.1."), of(YES, "5.1.", "7.1.", "8.1.")
    ),
    "who came on Epiphany broke the run": Case(
        ill_on("2.1.", "5.1.", "7.1.", "8.1.") | {d("6.1."): row("present")},
        of(YES, "2.1.", "5.1.", "7.1.", "8.1.") | of("present", "6.1."),
    ),
    "from one year into the next": Case(
        ill_on("30.12.2027", "31.12.2027", "3.1.2028", "4.1.2028"),
        of(NO, "30.12.2027", "31.12.2027", "3.1.2028", "4.1.2028"),
    ),
    "leap day is a day of a run": Case(
        ill_on("28.2.2028", "29.2.2028", "1.3.2028", "2.3.2028"),
        of(NO, "28.2.2028", "29.2.2028", "1.3.2028", "2.3.2028"),
    ),
    "and a certificate may be for that day alone": Case(
        ill_on("28.2.2028", "1.3.2028", "2.3.2028")
        | {d("29.2.2028"): covered(d("29.2.2028"), d("29.2.2028"))},
        of(NO, "28.2.2028", "1.3.2028", "2.3.2028") | of(YES, "29.2.2028"),
    ),
    "the day the clocks go forward is one day": Case(
        ill_on("27.3.", "28.3.", "29.3."),
        of(YES, "27.3.", "28.3.", "29.3."),
        plan=weekly(1, 2, 3, 4, 5, 6, 7),
    ),
    "and four with it are four": Case(
        ill_on("27.3.", "28.3.", "29.3.", "30.3."),
        of(NO, "27.3.", "28.3.", "29.3.", "30.3."),
        plan=weekly(1, 2, 3, 4, 5, 6, 7),
    ),
    "so is the day they go back": Case(
        ill_on("24.10.", "25.10.", "26.10."),
        of(YES, "24.10.", "25.10.", "26.10."),
        plan=weekly(1, 2, 3, 4, 5, 6, 7),
    ),
    "a pause in the middle does not break a run": Case(
        ill_on("8.10.", "9.10.", "19.10.", "20.10."),
        of(NO, "8.10.", "9.10.", "19.10.", "20.10."),
        pauses=[(d("12.10."), d("16.10."))],
    ),
    "a pause that was told afterwards takes the missing days away": Case(
        ill_on("8.10.", "9.10.", "13.10."),
        of(YES, "8.10.", "9.10.", "13.10."),
        pauses=[(d("12.10."), d("12.10."))],
    ),
    "without it they leave the run open": Case(
        ill_on("8.10.", "9.10.", "13.10."), of(OPEN, "8.10.", "9.10.", "13.10.") | of(MISSING, "12.10.")
    ),
    "who came during a pause broke the run": Case(
        ill_on("8.10.", "9.10.", "19.10.", "20.10.") | {d("14.10."): row("present")},
        of(YES, "8.10.", "9.10.", "19.10.", "20.10.") | of("present", "14.10."),
        pauses=[(d("12.10."), d("16.10."))],
    ),
    "an absence recorded in a pause is a day of the run all the same": Case(
        ill_on("8.10.", "9.10.", "12.10.", "19.10."),
        of(NO, "8.10.", "9.10.", "12.10.", "19.10."),
        pauses=[(d("12.10."), d("16.10."))],
    ),
    "a voided day in the middle is missing again, and the run open": Case(  # what is voided is no row any more
        ill_on("5.10.", "6.10.", "8.10.", "9.10."),
        of(OPEN, "5.10.", "6.10.", "8.10.", "9.10.") | of(MISSING, "7.10."),
    ),
    "a voided day that was not planned is nothing": Case(
        ill_on("9.10.", "12.10.", "13.10."), of(YES, "9.10.", "12.10.", "13.10.")
    ),
    "a day that moved leaves the run to the day it moved to": Case(
        ill_on("5.10.", "6.10.", "8.10.", "9.10.", "10.10.")
        | {d("7.10."): row("rescheduled", rescheduled_to=d("10.10."))},
        of(NO, "5.10.", "6.10.", "8.10.", "9.10.", "10.10.") | of("rescheduled", "7.10."),
    ),
    "attended on the day it moved to, the run ends there": Case(
        ill_on("8.10.", "9.10.", "12.10.", "13.10.")
        | {d("7.10."): row("rescheduled", rescheduled_to=d("10.10.")), d("10.10."): row("present")},
        of(YES, "8.10.", "9.10.", "12.10.", "13.10.") | of("rescheduled", "7.10.") | of("present", "10.10."),
    ),
    "not yet reported, it leaves what follows open": Case(
        ill_on("8.10.", "9.10.", "12.10.") | {d("7.10."): row("rescheduled", rescheduled_to=d("10.10."))},
        of(OPEN, "8.10.", "9.10.", "12.10.") | of("rescheduled", "7.10.") | of(MISSING, "10.10."),
    ),
    "one that moved to a day to come leaves nothing open": Case(
        ill_on("8.10.", "9.10.", "12.10.") | {d("7.10."): row("rescheduled", rescheduled_to=d("17.10."))},
        of(YES, "8.10.", "9.10.", "12.10.") | of("rescheduled", "7.10."),
    ),
    "of two days that were swapped each is judged where it was spent": Case(
        ill_on("5.10.", "6.10.", "8.10.", "9.10.", "12.10.")
        | {
            d("7.10."): row("rescheduled", rescheduled_to=d("10.10.")),
            d("10.10."): row("present", rescheduled_from=d("7.10.")),
        },
        of(NO, "5.10.", "6.10.", "8.10.", "9.10.")
        | of(YES, "12.10.")
        | of("rescheduled", "7.10.")
        | of("present", "10.10."),
    ),
    "a certificate for the first days leaves the rest of a long run without": Case(
        ill_on("6.10.", "7.10.", "8.10.", "9.10.") | {d("5.10."): covered(d("5.10."), d("6.10."))},
        of(YES, "5.10.", "6.10.") | of(NO, "7.10.", "8.10.", "9.10."),
    ),
    "one for the last days does not reach back": Case(
        ill_on("5.10.", "6.10.", "7.10.") | {d("8.10."): covered(d("8.10."), d("9.10.")), **ill_on("9.10.")},
        of(NO, "5.10.", "6.10.", "7.10.") | of(YES, "8.10.", "9.10."),
    ),
    "two certificates that touch cover what lies in both": Case(
        ill_on("6.10.", "8.10.")
        | {d("5.10."): covered(d("5.10."), d("6.10.")), d("7.10."): covered(d("7.10."), d("8.10."))},
        of(YES, "5.10.", "6.10.", "7.10.", "8.10."),
    ),
    "two that overlap do too": Case(
        ill_on("6.10.", "8.10.")
        | {d("5.10."): covered(d("5.10."), d("7.10.")), d("7.10."): covered(d("6.10."), d("8.10."))},
        of(YES, "5.10.", "6.10.", "7.10.", "8.10."),
    ),
    "with a day between them that neither covers": Case(
        ill_on("6.10.", "7.10.", "9.10.")
        | {d("5.10."): covered(d("5.10."), d("6.10.")), d("8.10."): covered(d("8.10."), d("9.10."))},
        of(YES, "5.10.", "6.10.", "8.10.", "9.10.") | of(NO, "7.10."),
    ),
    "with a weekend between them nothing is uncovered": Case(
        ill_on("9.10.", "13.10.")
        | {d("8.10."): covered(d("8.10."), d("9.10.")), d("12.10."): covered(d("12.10."), d("13.10."))},
        of(YES, "8.10.", "9.10.", "12.10.", "13.10."),
    ),
    "one that was promised and has not come covers nothing": Case(
        ill_on("5.10.", "6.10.", "7.10.") | {d("8.10."): covered(d("5.10."), d("8.10."), received=False)},
        of(NO, "5.10.", "6.10.", "7.10.", "8.10."),
    ),
    "one that the organiser accepted covers the others too": Case(
        ill_on("5.10.", "6.10.", "7.10.") | {d("8.10."): covered(d("5.10."), d("8.10."), state="accepted")},
        of(YES, "5.10.", "6.10.", "7.10.", "8.10."),
    ),
    "a day that was rejected is still a day of illness in the run": Case(
        ill_on("5.10.", "6.10.", "8.10.") | {d("7.10."): row("absent", ILL, state="rejected")},
        of(NO, "5.10.", "6.10.", "7.10.", "8.10."),
    ),
    "and in a short one it is the only day without": Case(
        ill_on("5.10.", "6.10.") | {d("7.10."): row("absent", ILL, state="rejected")},
        of(YES, "5.10.", "6.10.") | of(NO, "7.10."),
    ),
    "what was justified as illness is illness, whatever the day says": Case(
        ill_on("5.10.", "6.10.", "8.10.") | {d("7.10."): row("absent", ILL, state="given")},
        of(NO, "5.10.", "6.10.", "7.10.", "8.10."),
    ),
    "a part-day because of illness breaks the run and is judged alone": Case(
        ill_on("5.10.", "6.10.", "8.10.", "9.10.") | {d("7.10."): row("partial", ILL)},
        of(YES, "5.10.", "6.10.", "7.10.", "8.10.", "9.10."),
    ),
    "the child fell ill first, then the parent: two runs": Case(
        ill_on("5.10.", "6.10.", "7.10.", reason=CHILD) | ill_on("8.10.", "9.10.", "12.10."),
        of(YES, "5.10.", "6.10.", "7.10.", "8.10.", "9.10.", "12.10."),
    ),
    "today counts as not reported yet": Case(
        ill_on("5.10.", "6.10.", "7.10."),
        of(OPEN, "5.10.", "6.10.", "7.10.") | of(MISSING, "8.10."),
        until=d("8.10."),
    ),
    "and tomorrow as nothing": Case(
        ill_on("5.10.", "6.10.", "7.10."), of(YES, "5.10.", "6.10.", "7.10."), until=d("7.10.")
    ),
    "after the last day of the agreement nothing is missing": Case(
        ill_on("7.10.", "8.10.", "9.10."),
        of(YES, "7.10.", "8.10.", "9.10."),
        until=d("30.10."),
        ends_on=d("9.10."),
    ),
    "nor after that of the service relationship": Case(
        ill_on("7.10.", "8.10.", "9.10."),
        of(YES, "7.10.", "8.10.", "9.10."),
        until=d("30.10."),
        relationship_ends_on=d("9.10."),
    ),
    "what was recorded after it, before it was told, lengthens no run and is not judged": Case(
        ill_on("7.10.", "8.10.", "9.10.", "12.10."),
        of(YES, "7.10.", "8.10.", "9.10.") | of("absent", "12.10."),
        relationship_ends_on=d("9.10."),
    ),
    "a plan amended to have no Thursdays leaves the absence that was recorded on one": Case(
        ill_on("6.10.", "7.10.", "8.10.", "9.10."),
        of(NO, "6.10.", "7.10.", "8.10.", "9.10."),
        plan=weekly(1, 2, 3, 5),
    ),
    "and one amended to have Saturdays misses those before": Case(
        ill_on("8.10.", "9.10.", "12.10."),
        of(OPEN, "8.10.", "9.10.", "12.10.") | of(MISSING, "10.10."),
        plan=weekly(1, 2, 3, 4, 5, 6),
    ),
    "with a plan for Mondays a run is counted in Mondays": Case(
        ill_on("5.10.", "12.10.", "19.10.", "26.10."),
        of(NO, "5.10.", "12.10.", "19.10.", "26.10."),
        plan=weekly(1),
    ),
    "where days follow the client's condition, in the days that were said": Case(
        ill_on("5.10.", "12.10.", "19.10."),
        of(YES, "5.10.", "12.10.", "19.10."),
        plan={"type": "flexible"},
        until=d("30.10."),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_days_are_told_as_a_person_would_count_them(name: str) -> None:
    case = CASES[name]
    assert data_of(case, min(case.entries)) == case.expected


@given(st.sampled_from(list(CASES)), st.randoms())
def test_in_whatever_order_the_days_were_said(name: str, random: Any) -> None:
    case, days = CASES[name], list(CASES[name].entries)
    random.shuffle(days)
    assert (
        data_of(replace(case, entries={day: case.entries[day] for day in days}), min(days)) == case.expected
    )


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (row("present"), YES),
        (row("absent", ILL), NO),
        (row("absent", CHILD), YES),
        (row("not_arranged"), NO),
        (row("partial"), YES),
    ],
)
def test_a_late_report_closes_what_was_open(report: dict[str, Any], expected: str) -> None:
    """Ill on Monday, Tuesday, Thursday and Friday; what Wednesday was is told last."""
    days = ("5.10.", "6.10.", "8.10.", "9.10.")
    open_ = data_of(Case(ill_on(*days), {}), d("5.10."))
    assert {open_[d(day)] for day in days} == {OPEN}
    closed = data_of(Case(ill_on(*days) | {d("7.10."): report}, {}), d("5.10."))
    assert {closed[d(day)] for day in days} == {expected}


@pytest.mark.parametrize(
    ("day", "minutes"),
    [(date(2026, 3, 29), 180), (date(2026, 10, 25), 300), (date(2028, 2, 29), 240), (date(2026, 3, 30), 240)],
)
def test_a_night_shift_is_as_long_as_it_really_was(day: date, minutes: int) -> None:
    facts = AgreementFacts(
        uuid7(),
        uuid7(),
        uuid7(),
        uuid7(),
        None,
        "work_activity",
        "work_activity",
        "signed",
        day - timedelta(days=1),
        day,
        None,
        None,
    )
    plan = weekly(1, 2, 3, 4, 5, 6, 7, starts_at="01:00", ends_at="05:00")
    assert planned_until(facts, plan, [], day, ())[day] == minutes
