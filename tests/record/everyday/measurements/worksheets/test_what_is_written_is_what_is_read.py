"""Values go out as spreadsheets write them, in any dialect of CSV and through openpyxl in any number format, and come back as a person
sees them on the screen, or are refused at their place."""

import csv
import io
import string
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from tests.record.everyday.measurements.worksheets.making import HEAD, Row, outcome, saved, workbook
from tests.sizes import examples

NAMES = st.text(alphabet=string.ascii_letters + string.digits + "-_.:åäöÅÄÖ", min_size=1, max_size=12).filter(
    lambda name: name != "-"
)
DAYS = st.dates(date(2017, 1, 1), date(2026, 11, 30))
TENTHS = st.integers(0, 100).map(lambda tenths: tenths / 10)
PHASES = st.sampled_from([("Alku", "start"), ("LOPPU", "end"), ("päätös", "end")])
REMARKS = st.text(alphabet=string.ascii_letters + " ,;\t\r\n\"'åäö", max_size=20)
LINES = st.lists(st.tuples(NAMES, PHASES, DAYS, TENTHS | st.none(), TENTHS, REMARKS), min_size=1, max_size=12)

WAYS_OF_DAYS = st.sampled_from(
    [
        lambda day: f"{day.day}.{day.month}.{day.year}",
        lambda day: f"{day:%d.%m.%Y}",
        lambda day: f"{day:%Y-%m-%d}",
    ]
)
WAYS_OF_NUMBERS = st.sampled_from(
    [
        lambda number: f"{number:g}",
        lambda number: f"{number:g}".replace(".", ","),
        lambda number: f"{number:.2f}",
    ]
)
DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(";,\t"),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
        "lineterminator": st.sampled_from(["\n", "\r\n", "\r"]),
    }
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"])


def recorded(lines: list[Any]) -> list[Row]:
    return [(name, day.isoformat(), first, second) for name, _, day, first, second, _ in lines]


@settings(max_examples=examples(60, long=2000), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, DIALECTS, ENCODINGS, WAYS_OF_DAYS, WAYS_OF_NUMBERS, st.integers(0, 3), st.booleans())
async def test_csv_of_every_dialect_is_read_as_it_was_written(
    lines: list[Any], dialect: Any, encoding: str, days: Any, numbers: Any, blank: int, named: bool
) -> None:
    made = io.StringIO(newline="")
    end = dialect["lineterminator"]
    made.write(f"sep={dialect['delimiter']}{end}" if named else "")
    made.write(end * blank)
    writer = csv.writer(made, **dialect)
    writer.writerow([*HEAD, "Huomautus (a, b; c)"])
    for name, (phase, _), day, first, second, remark in lines:
        # Python's writer leaves ends of lines that are not its own without quotes
        whole = " ".join(remark.splitlines()) if dialect["quoting"] == csv.QUOTE_MINIMAL else remark
        shown = "" if first is None else numbers(first)
        writer.writerow([name, phase, days(day), shown, numbers(second), whole])
    assert await outcome(made.getvalue().encode(encoding)) == recorded(lines)


@settings(max_examples=examples(60, long=2000), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    LINES,
    st.sampled_from(["d.m.yyyy", "yyyy-mm-dd", "m/d/yyyy h:mm", "[$-40B]d. mmmm yyyy;@"]),
    st.sampled_from(["General", "0.0", "0.00", '0.0" p"', "#,##0.0", "[Blue]0.0", "@"]),
    st.booleans(),
)
async def test_a_workbook_is_read_as_it_was_written(
    lines: list[Any], day_format: str, number_format: str, from_1904: bool
) -> None:
    made, sheet = workbook(head=(*HEAD, "Huomautus"))
    if from_1904:
        made.epoch = CALENDAR_MAC_1904
    for at, (name, (phase, _), day, first, second, remark) in enumerate(lines, 2):
        sheet.append([name, phase, day, first, second, remark.replace("\r", "")])
        sheet.cell(at, 3).number_format = day_format
        for column in (4, 5):
            sheet.cell(at, column).number_format = number_format
    assert await outcome(saved(made)) == recorded(lines)


@settings(max_examples=examples(200, long=5000), deadline=None)
@given(
    st.integers(0, 10**12), st.integers(0, 14), st.sampled_from(["", "H-", "2026-", "nro "]), st.booleans()
)
async def test_a_number_with_zeros_and_words_is_the_identifier_that_is_shown(
    number: int, zeros: int, word: str, behind: bool
) -> None:
    """Excel, LibreOffice: as many digits as there are zeros, more where the number has more; words in quotes stand as they are."""
    made, sheet = workbook((number, "Alku", date(2026, 3, 9), 5, 7))
    code = "0" * max(zeros, 1)
    sheet["A2"].number_format = f'{code}"{word}"' if behind else f'"{word}"{code}'
    digits = str(number).rjust(zeros, "0")
    shown = f"{digits}{word}" if behind else f"{word}{digits}"
    assert await outcome(saved(made)) == [(shown.strip(), "2026-03-09", 5, 7)]


SEEN_OTHERWISE = st.sampled_from(
    [
        "0%",
        "0.0%",
        "h:mm",
        "[h]:mm",
        "mmm yy",
        "yyyy",
        "0,",
        ";;;",
        '"x"',
        '[>3]"paljon";"vähän"',
        '0"0"',
        "d.m.",
    ]
)


@settings(max_examples=examples(100, long=2000), deadline=None)
@given(st.integers(1, 10), SEEN_OTHERWISE, st.sampled_from("ACD"))
async def test_a_number_that_is_seen_as_something_else_is_refused_at_its_place(
    number: int, code: str, column: str
) -> None:
    made, sheet = workbook(("h2-1", "Alku", date(2026, 3, 9), 5, 7))
    sheet[f"{column}2"] = number
    sheet[f"{column}2"].number_format = code
    places = {"A": "/client as-text", "C": "/answered_on cell-day", "D": "/scores/0/value number"}
    shown_as_words = {'"x"': "x", '0"0"': f"{number}0"}
    expected: list[Row] = [places[column]]
    if column == "A" and code in shown_as_words:
        expected = [(shown_as_words[code], "2026-03-09", 5, 7)]
    assert await outcome(saved(made)) == expected


@settings(max_examples=examples(100, long=2000), deadline=None)
@given(LINES, st.integers(0, 11), st.integers(0, 4), st.booleans())
async def test_a_cell_too_few_or_too_many_rejects_its_row_and_no_other(
    lines: list[Any], which: int, at: int, more: bool
) -> None:
    which %= len(lines)
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=";")
    writer.writerow(HEAD)
    for number, (name, (phase, _), day, first, second, _) in enumerate(lines):
        cells = [name, phase, day.isoformat(), "-" if first is None else first, second]
        if number == which:
            cells = [*cells[:at], "1", *cells[at:]] if more else [*cells[:at], *cells[at + 1 :]]
        writer.writerow(cells)
    expected = recorded(lines)
    expected[which] = " beyond-columns" if more else " short-row"
    assert await outcome(made.getvalue().encode()) == expected
