"""Where pauses and endings have a place, day by day."""

from datetime import date

import pytest

from walmu_api.record.everyday.service_events.rules import Event, Span, check_days, pauses

SPAN = Span(date(2026, 1, 1), date(2026, 12, 31))
OPEN = Span(date(2026, 1, 1), None)


def day(text: str | None) -> date | None:
    return date.fromisoformat(f"2026-{text}") if text else None


def event(kind: str, starts_on: str | None = None, ends_on: str | None = None) -> Event:
    return Event(kind, day(starts_on), day(ends_on))


PAUSE = event("paused", "03-01", "03-31")
OPEN_PAUSE = event("paused", "03-01")


@pytest.mark.parametrize(
    ("data", "others", "pointers"),
    [
        (event("paused", "04-01", "04-30"), [PAUSE], []),
        (event("paused", "02-01", "02-28"), [PAUSE], []),
        (event("paused", "02-01", "03-01"), [PAUSE], ["/starts_on"]),
        (event("paused", "03-31"), [PAUSE], ["/starts_on"]),
        (event("paused", "02-01"), [PAUSE], ["/starts_on"]),
        (event("paused", "06-01"), [OPEN_PAUSE], ["/starts_on"]),
        (event("paused", "06-01"), [OPEN_PAUSE, event("resumed", "06-01")], []),
        (event("paused", "05-31"), [OPEN_PAUSE, event("resumed", "06-01")], ["/starts_on"]),
        (event("paused", "06-02", "06-01"), [], ["/ends_on"]),
        (event("resumed", "03-02"), [PAUSE], []),
        (event("resumed", "03-01"), [PAUSE], ["/starts_on"]),
        (event("resumed", "04-01"), [PAUSE], []),
        (event("resumed", "04-02"), [PAUSE], ["/starts_on"]),
        (event("resumed", "09-01"), [OPEN_PAUSE], []),
        (event("resumed", "09-01"), [], ["/starts_on"]),
        (event("ended", None, "12-31"), [PAUSE], []),
        (event("ended", None, "06-30"), [event("ended", None, "07-31")], ["/kind"]),
        (event("started", "03-01"), [PAUSE, event("ended", None, "07-31")], []),
        (event("notice"), [], []),
    ],
)
def test_an_event_is_refused_where_another_stands(
    data: Event, others: list[Event], pointers: list[str]
) -> None:
    assert [finding.pointer for finding in check_days(data, SPAN, others)] == pointers


@pytest.mark.parametrize(
    ("data", "pointers", "code"),
    [
        (Event("paused", date(2025, 12, 31), None), ["/starts_on"], "outside-relationship"),
        (Event("paused", date(2026, 12, 1), date(2027, 1, 1)), ["/ends_on"], "outside-relationship"),
        (Event("ended", None, date(2027, 1, 1)), ["/ends_on"], "outside-relationship"),
        (Event("ended", None, date(2025, 12, 31)), ["/ends_on"], "out-of-order"),
    ],
)
def test_an_event_lies_within_the_relationship(data: Event, pointers: list[str], code: str) -> None:
    found = check_days(data, SPAN, [])
    assert [finding.pointer for finding in found] == pointers
    assert {finding.kind.code for finding in found} == {code}


def test_a_relationship_without_an_end_takes_any_later_day() -> None:
    assert check_days(Event("ended", None, date(2099, 1, 1)), OPEN, []) == []
    assert check_days(Event("paused", date(2099, 1, 1), None), OPEN, []) == []


def test_a_pause_ends_by_itself_or_the_day_before_the_service_resumes() -> None:
    events = [
        PAUSE,
        event("resumed", "03-15"),
        event("paused", "05-01"),
        event("resumed", "06-01"),
        event("resumed", "07-01"),
    ]
    assert pauses(events) == [(day("03-01"), day("03-14")), (day("05-01"), day("05-31"))]


def test_what_resumes_on_the_first_day_of_a_pause_does_not_shorten_it() -> None:
    assert pauses([PAUSE, event("resumed", "03-01")]) == [(day("03-01"), day("03-31"))]
