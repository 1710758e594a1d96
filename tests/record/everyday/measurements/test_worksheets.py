"""Reading worksheets: what a file is, is detected honestly; what it may not be, is refused."""

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from walmu_api.foundation.worksheets import limits, table
from walmu_api.foundation.worksheets.limits import Formula, RefusedError
from walmu_api.foundation.worksheets.reading import Worksheet, refused
from walmu_api.record.everyday.worksheets.cells import day_of, number_of

NOON = datetime(2026, 9, 7, 12, 30)  # noqa: DTZ001 - worksheets know no zones


def xlsx(*rows: list[Any], title: str = "Tulokset") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def repacked(raw: bytes, name: str, content: bytes) -> bytes:
    """The same workbook with one of its members replaced."""
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return data.getvalue()


def read(raw: bytes, sheet: str | None) -> Worksheet:
    """As the reading process does it, here in this one."""
    found = table.read(raw, sheet)
    return Worksheet(found.columns, [*found.rows], found.read_as, found.twice)


def reason(raw: bytes, sheet: str | None = None) -> str:
    """The problem that the caller is answered with."""
    with pytest.raises(RefusedError) as caught:
        read(raw, sheet)
    problem = refused(caught.value.reason, caught.value.limit)
    assert problem.kind.status == 422
    (finding,) = problem.errors
    return f"{finding.pointer} {finding.values['reason'].render('en', finding.values)}"


def refused_or_read(raw: bytes) -> int:
    """How many rows there are; none when it is refused. Whatever else is raised is a fault."""
    with suppress(RefusedError):
        return len(read(raw, None).rows)
    return 0


@pytest.mark.parametrize(
    ("text", "encoding", "delimiter", "data"),
    [
        ("Nimi;Päivä\nÅsa;1,5\n", "utf-8", ";", "utf-8"),
        ("Nimi;Päivä\r\nÅsa;1,5\r\n", "cp1252", ";", "windows-1252"),
        ('Nimi,Päivä\nÅsa,"1,5"\n', "utf-8-sig", ",", "utf-8"),
        ("Nimi\tPäivä\nÅsa\t1,5\n", "utf-8", "tab", "utf-8"),
        ("Nimi\tPäivä\r\nÅsa\t1,5\r\n", "utf-16", "tab", "utf-16"),
        ('"Nimi";"Päivä"\n"Åsa";"1,5"\n', "utf-8", ";", "utf-8"),
    ],
)
def test_encoding_and_delimiter_are_detected_and_told(
    text: str, encoding: str, delimiter: str, data: str
) -> None:
    sheet = read(text.encode(encoding), None)
    assert sheet.columns == {"Nimi": 0, "Päivä": 1}
    assert sheet.rows == [(2, ["Åsa", "1,5"])]
    assert sheet.read_as == {"format": "csv", "encoding": data, "delimiter": delimiter}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "/file at least"),
        (b"a;b\n", "/file at least"),
        (b"\n\n\n", "/file at least"),
        (b"a;b\n1;\x81\xff", "/file the file can be read neither"),
        ("a;b\n1;2".encode("utf-16-le"), "/file the file can be read neither"),
        (b"a;b\n1;\0", "/file the file can be read neither"),
        (b'a;b\n\n"1;2\n3;4', "/file the quotation marks of the line 3 "),
        (b'a;b\n1;2\n3;"4"5\n', "/file the quotation marks of the line 3 "),
        (b'sep=;\na;b\n3;"4"5\n', "/file the quotation marks of the line 3 "),
        (b"%PDF-1.7\n;\n", "/file at least"),
        (b"PK\x03\x04garbage", "/file the file can be read neither"),
        (b"a;" * 101 + b"\n1", "/file at most 100 columns"),
        (b"a;b\n" + b"x" * 4001 + b";1", "/file at most 4000"),
        (b"a\n" + b"1\n" * 20_001, "/file at most 20000"),
    ],
)
def test_what_is_no_worksheet_or_too_much_of_one_is_refused(raw: bytes, expected: str) -> None:
    assert reason(raw).startswith(expected)


def test_what_stands_below_very_many_empty_rows_is_not_passed_over_in_silence() -> None:
    empty = b"\n;" * (2 * limits.MOST_LINES + 5)
    assert [number for number, _ in read(b"a;b\n1;2" + empty + b"\n", None).rows] == [2]
    assert "goes on below row" in reason(b"a;b\n1;2" + empty + b"\n3;4\n")


def test_a_workbook_is_read_with_its_dates_and_without_formulas_that_nobody_worked_out() -> None:
    raw = xlsx(["Nimi", "Päivä", "Arvo"], ["Åsa", NOON, 6.4], [], ["=x", 46272, "=1+1"])
    sheet = read(raw, None)
    assert sheet.rows == [(2, ["Åsa", date(2026, 9, 7), 6.4]), (4, [Formula(None), 46272, Formula(None)])]
    assert sheet.read_as == {"format": "xlsx", "sheet": "Tulokset"}


@pytest.mark.parametrize(
    ("raw", "beyond"),
    [
        (b"a,b\n6,4,5", True),
        (b"a,b,\n6,4,5", True),
        (b"a;b\n6;;;5", True),
        (b"a,b\n6,4,, ,\n", False),
        (b"a,,b\n6,x,4\n", False),
        (xlsx(["a", "b"], [6, 4, None, 5]), True),
        (xlsx(["a", "b"], [6, 4, "=1+1"]), True),
        (xlsx(["a", "b", "=1+1"], [6, 4, 5]), False),
        (xlsx(["a", "b"], [6, 4, " "]), False),
    ],
    ids=range(9),
)
@pytest.mark.parametrize("wanted", [None, ["b"]])
def test_what_stands_beyond_the_last_name_is_not_cut_in_silence(
    raw: bytes, beyond: bool, wanted: list[str] | None
) -> None:
    """Such a row has one cell more."""
    found = table.read(raw, None, wanted)
    ((_, row),) = found.rows
    if wanted is not None:
        assert (found.columns, len(row)) == ({"b": 0}, 2 if beyond else 1)
    else:
        assert row[-1:] == [True] if beyond else row[-1] is not True


@pytest.mark.parametrize(
    ("value", "shown_as", "expected"),
    [
        (0.65, "0%", None),
        (0.655, "0.00%", None),
        (1, "0.0%", None),
        (6.4, '0.0"%"', 6.4),
        (6.4, "0.0", 6.4),
        (0.25, "h:mm", None),
        (0.2708333333, "hh:mm:ss", None),
        (0, "d.m.yyyy", None),
        (46272, "mmm yyyy", None),
        (-5, "0;0", None),
        (5, ";;;", None),
        (6400, "0,", None),
        (5, '"1"0', None),
        (0, '0;-0;"-"', None),
        (5, "[=5]0;0", None),
        (-5, "0;[Red]-0", -5),
        (6400, "# ##0", 6400),
        (6.5, "# ?/?", 6.5),
    ],
)
def test_a_number_that_is_shown_as_something_else_is_no_number(
    value: float, shown_as: str, expected: float | None
) -> None:
    """Who looks at 65 % does not mean a score of 0.65."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a"])
    sheet.append([value])
    sheet["A2"].number_format = shown_as
    data = io.BytesIO()
    book.save(data)
    ((_, row),) = read(data.getvalue(), None).rows
    assert number_of(row[0]) == expected
    assert day_of(row[0]) is None


def test_the_named_sheet_is_read_and_one_that_is_not_there_is_told() -> None:
    raw = xlsx(["a"], [1])
    assert read(raw, "Tulokset").rows == [(2, [1])]
    assert reason(raw, "Muu") == "/mapping/sheet the workbook has no such sheet"
    assert reason(b"a\n1", "Muu") == "/mapping/sheet the workbook has no such sheet"


def test_a_workbook_that_swells_is_refused_before_it_is_unpacked() -> None:
    bomb = repacked(xlsx(["a"], [1]), "xl/worksheets/sheet1.xml", b"<x/>" + b" " * (limits.MOST_UNPACKED + 1))
    assert len(bomb) < 1024 * 1024
    assert reason(bomb) == "/file unpacked, the file is too large"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for number in range(limits.MOST_MEMBERS + 1):
            packed.writestr(f"{number}", b"")
    assert reason(data.getvalue()) == "/file unpacked, the file is too large"


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row>
<row r="2"><c r="A2"><v>1</v></c></row></sheetData></worksheet>"""
ROW = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>
<row r="%s"><c r="%s"><v>1</v></c></row></sheetData></worksheet>"""


@pytest.mark.parametrize("entity", [b"&b;", b"&c;"])
def test_entities_of_xml_are_not_followed(entity: bytes) -> None:
    hostile = repacked(xlsx(["a"], [1]), "xl/worksheets/sheet1.xml", ENTITIES % entity)
    assert reason(hostile) == "/file the file can be read neither as CSV nor as XLSX"


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        (b"999999999", b"A999999999"),
        (b"-1", b"A1"),
        (b"x", b"A2"),
        (b"2", b"ZZZZZZ2"),
        (b"2", b"2A"),
        (b"2", b""),
    ],
)
def test_a_workbook_that_lies_of_its_places_is_refused_in_good_time(row: bytes, cell: bytes) -> None:
    hostile = repacked(xlsx(["a"], [1]), "xl/worksheets/sheet1.xml", ROW % (row, cell))
    assert refused_or_read(hostile) <= 1


def test_every_cut_and_every_changed_byte_of_a_workbook_is_a_refusal_or_a_reading() -> None:
    raw = xlsx(["a", "b"], [1, "x"], [2, "y"])
    odd = [raw[:size] for size in range(4, len(raw), 97)]
    odd += [raw[:at] + bytes([raw[at] ^ 0x5A]) + raw[at + 1 :] for at in range(4, len(raw), 41)]
    assert len([refused_or_read(each) for each in odd]) > 100


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7.9.2026", date(2026, 9, 7)),
        ("07.09.2026", date(2026, 9, 7)),
        ("2026-09-07", date(2026, 9, 7)),
        (46272, None),
        (46272.75, None),
        ("46272", None),
        (2026, None),
        ("2026", None),
        (date(2026, 9, 7), date(2026, 9, 7)),
        ("7/9/2026", None),
        ("9-7-2026", None),
        ("31.2.2026", None),
        ("7.9.26", None),
        (True, None),
        (-1, None),
        (10**9, None),
        (float("inf"), None),
        (float("nan"), None),
        ("2026-09-07T00:00:00", None),
        ("0001-01-01", None),
        ("1.1.9999", None),
        ("", None),
        (date(1, 1, 1), None),
        ("٧.٩.٢٠٢٦", None),
    ],
    ids=lambda each: repr(each)[:40],
)
def test_days_as_worksheets_write_them(value: Any, expected: date | None) -> None:
    assert day_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("6,4", 6.4),
        ("6.4", 6.4),
        ("−2", -2),
        ("-2,5", -2.5),
        (6, 6),
        (6.4, 6.4),
        ("1e3", None),
        ("1 000", None),
        ("NaN", None),
        ("inf", None),
        (True, None),
        (float("nan"), None),
        (float("inf"), None),
        ("6,4,5", None),
        ("", None),
        (date(2026, 1, 1), None),
        ("٦", None),
        ("9" * 400, None),
    ],
    ids=lambda each: repr(each)[:40],
)
def test_numbers_as_worksheets_write_them(value: Any, expected: float | None) -> None:
    assert number_of(value) == expected
