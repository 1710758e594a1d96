"""Times of day and durations as people write them in Finland; what could be two things is none."""

from datetime import date, time

import pytest

from walmu_api.foundation.worksheets.limits import Clock, Formula, Shown, Value
from walmu_api.foundation.worksheets.number_formats import Format
from walmu_api.record.everyday.worksheets.cells import identifier_of, minutes_of, time_of


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("8:00", time(8)),
        ("08:00", time(8)),
        ("8.05", time(8, 5)),
        ("klo 8.00", time(8)),
        ("kl. 15:30", time(15, 30)),
        ("08:00:30", time(8, 0, 30)),
        ("8.00.30", time(8, 0, 30)),
        ("23:59", time(23, 59)),
        (Clock(8 * 3600), time(8)),
        *((odd, None) for odd in ("24:00", "8", "8:60", "8:0", "800", "8,00", "aamulla", 8, 8.5, True, None)),
        *(
            (odd, None)
            for odd in (Clock(90_000, elapsed=True), Shown(None, None), Formula(), date(2026, 3, 9))
        ),
    ],
    ids=repr,
)
def test_a_time_of_day(written: Value, expected: time | None) -> None:
    assert time_of(written) == expected


@pytest.mark.parametrize(
    ("written", "in_hours", "in_minutes"),
    [
        ("7,5 h", 450, 450),
        ("7,5h", 450, 450),
        ("7.5 h", 450, 450),
        ("7,25 t", 435, 435),
        ("7 h 30 min", 450, 450),
        ("7h30", 450, 450),
        ("7:30", 450, 450),
        ("07:30:00", 450, 450),
        ("7,33 tuntia", 440, 440),
        ("450 min", 450, 450),
        ("45 minuuttia", 45, 45),
        ("2 timmar", 120, 120),
        ("8", 480, 8),
        ("7,5", 450, None),
        ("8.00", 480, 8),
        (7.5, 450, None),
        (7.25, 435, None),
        (450, 27_000, 450),
        (Clock(27_000), 450, 450),
        (Clock(108_000, elapsed=True), 1800, 1800),
        *(
            (odd, None, None)
            for odd in ("7.30", "7.30 h", "7.25 h", "-1", "paljon", "7:60", "", "h", True, None)
        ),
    ],
    ids=repr,
)
def test_how_long(written: Value, in_hours: int | None, in_minutes: int | None) -> None:
    assert minutes_of(written, in_hours=True) == in_hours
    assert minutes_of(written, in_hours=False) == in_minutes


@pytest.mark.parametrize(
    ("code", "number", "expected"),
    [
        ("h:mm", 8 / 24, Clock(28_800)),
        ("hh:mm:ss", 8.5 / 24 + 7 / 86400, Clock(30_607)),
        (
            "h:mm",
            8.5 / 24 + 59 / 86400,
            Clock(30_600),
        ),  # as spreadsheets do, seconds that are not shown are cut
        ("h:mm AM/PM", 13 / 24, Clock(46_800)),
        ("[h]:mm", 30 / 24, Clock(108_000, elapsed=True)),
        ("[hh]:mm:ss", 1.5, Clock(129_600, elapsed=True)),
        ("h:mm", 46_000.25, Clock(21_600)),
        ('h" h "mm', 7.5 / 24, Clock(27_000)),
        ("d.m.yyyy h:mm", 46_000.25, None),
        ("mm:ss", 0.5, None),
        ("[mm]:ss", 0.5, None),
        ("h", 0.5, None),
        ("0.00", 0.5, None),
        ("h:mm", -0.5, None),
    ],
)
def test_a_cell_that_shows_hours_and_minutes(code: str, number: float, expected: Clock | None) -> None:
    assert Format(code).clock(number) == expected


def test_every_minute_of_a_day_is_read_as_it_was_typed() -> None:
    """Spreadsheets keep a time as a part of a day, in fifteen digits and more."""
    for minute in range(24 * 60):
        for number in (minute / 1440, float(f"{minute / 1440:.15g}"), 46_000 + minute / 1440):
            assert Format("h:mm").clock(number) == Clock(minute * 60), (minute, number)


def test_a_time_is_no_identifier() -> None:
    """8:00 is shown as 8.00 by another spreadsheet."""
    assert identifier_of(Clock(28_800)) is None
