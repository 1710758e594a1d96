"""XLSX as spreadsheets, libraries and people write it: rows as a person sees them on the screen, or a refusal that says where.

What is seen is what Excel and LibreOffice show: number formats (ISO/IEC 29500-1, 18.8.30), days of both counts (18.17.4.1), hidden
rows and sheets (18.3.1.73, 18.2.19)."""

import unicodedata
from datetime import date, datetime
from typing import Any

import pytest
from tests.foundation.worksheets.bombs import MAIN, book, sheet
from tests.record.everyday.measurements.worksheets.making import (
    HEAD,
    HEAD_ROW,
    Row,
    after_sheets,
    by_hand,
    cell,
    outcome,
    row,
    saved,
    sheets,
    shown_as,
    workbook,
)

DAY = 46090
"""9.3.2026 counted from 1900; 44628 counted from 1904."""
ONE = ("h2-1", "Loppu", "9.3.2026", 5, 7)
GOOD: list[Row] = [("h2-1", "2026-03-09", 5, 7)]
TWO = ("h2-2", "Alku", "10.3.2026", 6.4, 8)
BOTH: list[Row] = [*GOOD, ("h2-2", "2026-03-10", 6.4, 8)]
NOT_ONE = "/file not-a-worksheet"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
FROM_1904 = '<workbookPr date1904="1"/>'
OWN = 'xmlns:own="urn:own"'


def client(content: Any, code: str = "") -> bytes:
    return shown_as({"A2": code} if code else {}, (content, *ONE[1:]))


def known(text: str) -> list[Row]:
    return [(text, "2026-03-09", 5, 7)]


def answered(content: Any, code: str = "", book_has: str = "") -> bytes:
    """A day in a cell of this format."""
    day = cell("C2", content, style=1 if code else 0)
    return by_hand(
        HEAD_ROW, row(2, "h2-1", "Loppu", day, 5, 7), codes=[code] if code else [], book_has=book_has
    )


def score(made: str, codes: tuple[str, ...] = (), **parts: str) -> bytes:
    """A cell by hand in the column of the first score."""
    return by_hand(HEAD_ROW, row(2, "h2-1", "Loppu", "9.3.2026", made, 7), codes=codes, **parts)


def scored(value: float, code: str) -> bytes:
    return shown_as({"D2": code}, (*ONE[:3], value, 7))


def formula(of: str = "5", kind: str = "", after: str = "") -> bytes:
    made = f'<c r="D2"{kind}><f>2+3</f>{of}</c>'
    return score(made, workbook=after_sheets(after))


def many(*cells: str) -> bytes:
    return score("".join(cells))


def hidden_rows(*places: int) -> bytes:
    made, there = workbook(ONE, TWO)
    for place in places:
        there.row_dimensions[place].hidden = True
    return saved(made)


def rows(name: str, key: str = "h2-1") -> str:
    return name and HEAD_ROW + row(2, key, *ONE[1:])


def far_below() -> bytes:
    made, there = workbook(ONE, TWO)
    there["A90000"].number_format = "0.00"
    there["CZ1048576"].number_format = "0.00"
    return saved(made)


def prefixed() -> bytes:
    """As the Open XML SDK writes it."""
    plain = sheet(HEAD_ROW + row(2, *ONE))
    named = plain.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    return book(sheet1=named)


NO_PLACES = row(1, *HEAD, places=False)
SEEN: dict[str, tuple[Any, ...]] = {
    # producers
    "openpyxl": (saved(workbook(ONE, TWO)[0]), BOTH),
    "days in cells of days": (saved(workbook((*ONE[:2], date(2026, 3, 9), 5, 7), (*TWO[:2], datetime(2026, 3, 10, 23, 59), 6.4, 8))[0]), BOTH),  # noqa: DTZ001
    "prefixes": (prefixed(), GOOD),
    "the strict form": (by_hand(HEAD_ROW, row(2, *ONE), space=STRICT), GOOD),
    "a day as ISO 8601": (by_hand(HEAD_ROW, row(2, "h2-1", "Loppu", cell("C2", "2026-03-09T12:00:00", kind="d"), 5, 7)), GOOD),
    "a time as ISO 8601": (by_hand(HEAD_ROW, row(2, "h2-1", "Loppu", cell("C2", "12:00:00", kind="d"), 5, 7)), ["/answered_on cell-day"]),
    "attributes and elements of others": (
        by_hand(HEAD_ROW, row(2, *ONE, attributes=f' {OWN} own:descent="0.2" spans="1:5"') + f"<own:row {OWN}><own:c/></own:row>"), GOOD
    ),
    "cells that do not say where they stand": (by_hand(NO_PLACES, row(2, *ONE, places=False)), GOOD),
    "empty cells that do not say where": (by_hand(NO_PLACES, row(2, *ONE[:3], None, 7, places=False)), [("h2-1", "2026-03-09", None, 7)]),
    "too few of them": (by_hand(NO_PLACES, row(2, *ONE[:3], 7, places=False)), [" short-row"]),
    "too many of them": (by_hand(NO_PLACES, row(2, *ONE, 7, places=False)), [" beyond-columns"]),
    "the last cells not written": (by_hand(HEAD_ROW, row(2, *ONE[:4])), [("h2-1", "2026-03-09", 5, None)]),
    "a cell of the middle not written": (by_hand(HEAD_ROW, row(2, *ONE[:3], None, 7)), [("h2-1", "2026-03-09", None, 7)]),
    "a word beyond the last name": (saved(workbook((*ONE, "x"))[0]), [" beyond-columns"]),
    "blank rows first and between": (by_hand(row(3, *HEAD), row(9, *ONE)), GOOD),
    "cells in disorder": (many('<c r="E2"><v>7</v></c>', '<c r="D2"><v>5</v></c>'), NOT_ONE),
    "a cell twice": (many('<c r="D2"><v>5</v></c>', '<c r="D2"><v>6</v></c>'), NOT_ONE),
    "a cell of another row": (score('<c r="D3"><v>5</v></c>'), NOT_ONE),
    # one value of a cell
    "a value in what is added to a cell": (score(f'<c r="D2"><v>6</v><extLst><ext xmlns="{MAIN}"><v>4</v></ext></extLst></c>'), [("h2-1", "2026-03-09", 6, 7)]),
    "a value of another namespace": (score(f'<c r="D2"><v>6</v><own:v {OWN}>4</own:v></c>'), [("h2-1", "2026-03-09", 6, 7)]),
    "an element within a value": (score(f'<c r="D2"><v>6<own:x {OWN}>4</own:x></v></c>'), [("h2-1", "2026-03-09", 6, 7)]),
    "two values": (score('<c r="D2"><v>6</v><v>4</v></c>'), NOT_ONE),
    "a value and a text": (score('<c r="D2"><v>1</v><is><t>2</t></is></c>'), NOT_ONE),
    "a text and a value": (score('<c r="D2" t="inlineStr"><is><t>2</t></is><v>1</v></c>'), NOT_ONE),
    "a text that is pronounced": (score('<c r="D2" t="inlineStr"><is><t>6</t><rPh sb="0" eb="1"><t>4</t></rPh></is></c>'), [("h2-1", "2026-03-09", 6, 7)]),
    "a row within a row": (by_hand(HEAD_ROW, row(2, *ONE, f'<c r="F2"><row r="9">{cell("A9", "x")}</row></c>')), GOOD),
    # identifiers
    "a number": (client(123), known("123")),
    "a number in zeros": (client(123, "00000"), known("00123")),
    "a number in more zeros than digits": (client(1234567, "00000"), known("1234567")),
    "a number with a word": (client(123, '"H-"000'), known("H-123")),
    "a number with a year": (client(7, '"2026-"000'), known("2026-007")),
    "a number in groups": (client(1234567, "000-00-00"), known("123-45-67")),
    "a number without decimals that has some": (client(123.4, "0"), ["/client as-text"]),
    "a number with decimals": (client(123, "0.00"), ["/client as-text"]),
    "a number with thousands": (client(123456, "#,##0"), ["/client as-text"]),
    "a number in thousands": (client(123000, "0,"), ["/client as-text"]),
    "a number in percent": (client(1.23, "0%"), ["/client as-text"]),
    "a number as a fraction": (client(123, "# ?/?"), ["/client as-text"]),
    "a number in powers": (client(123, "0.00E+00"), ["/client as-text"]),
    "a number of fifteen digits": (client(123456789012345), known("123456789012345")),
    "a number of sixteen digits": (client(1234567890123456), ["/client as-text"]),
    "a fraction": (client(12.5), ["/client as-text"]),
    "a day for a client": (client(date(2026, 3, 9)), ["/client as-text"]),
    "true for a client": (client(True), ["/client as-text"]),
    "an error for a client": (client("#REF!"), ["/client as-text"]),
    "a text of digits": (client("00123"), known("00123")),
    "a text with a format of numbers": (client("00123", "0"), known("00123")),
    "a text with a format of texts": (client("123", '"H-"@'), known("H-123")),
    "a number in a format of which nothing is known": (client(123, "[>100]0;0"), ["/client as-text"]),
    "a number in a style of numbers that is not there": (by_hand(HEAD_ROW, row(2, cell("A2", 123, style=7), *ONE[1:])), NOT_ONE),
    # days
    "the year": (answered(2026), ["/answered_on cell-day"]),
    "the year in a cell of days": (answered(2026, "d.m.yyyy"), ["/answered_on before-the-form"]),
    "a number for a day": (answered(DAY), ["/answered_on cell-day"]),
    "a number with decimals for a day": (answered(DAY, "0.00"), ["/answered_on cell-day"]),
    "a number, counted from 1904": (answered(44621, book_has=FROM_1904), ["/answered_on cell-day"]),
    "a day, counted from 1904": (answered(44621, "d.m.yyyy", FROM_1904), [("h2-1", "2026-03-02", 5, 7)]),
    "a day, counted from 1900": (answered(44621, "d.m.yyyy", '<workbookPr date1904="0"/>'), [("h2-1", "2022-03-01", 5, 7)]),
    "a day to come": (answered(DAY + 365, "d.m.yyyy"), ["/answered_on not-yet"]),
    "2155": (answered(93_200, "d.m.yyyy"), ["/answered_on not-yet"]),
    "a day below zero": (answered(-5, "d.m.yyyy"), ["/answered_on cell-day"]),
    **{
        f"a day as {code}": (answered(DAY + 0.5, code), GOOD)
        for code in ("d.m.yyyy", "yyyy-mm-dd", "m/d/yy", "[$-40B]d. mmmm yyyy", "[$-F800]dddd, mmmm dd, yyyy", "yyyy\\-mm\\-dd\\ hh:mm", "D.M.YYYY;@", "d.m.yyyy h:mm")
    },
    **{
        f"a day shown as {code}": (answered(DAY, code), ["/answered_on cell-day"])
        for code in ("yyyy", "mmm yy", "d.m.", "h:mm", "[h]:mm", "dddd", "0", "General", "@", ";;;", "0%", '"9.3.2026"')
    },
    # scores
    "noise of binary numbers": (score('<c r="D2"><v>6.3999999999999995</v></c>'), [("h2-1", "2026-03-09", 6.4, 7)]),
    "powers of ten": (score('<c r="D2"><v>6.4E0</v></c>'), [("h2-1", "2026-03-09", 6.4, 7)]),
    "a text with a comma": (score(cell("D2", "6,4")), [("h2-1", "2026-03-09", 6.4, 7)]),
    "decimals that are shown": (scored(6.4, "0.0"), [("h2-1", "2026-03-09", 6.4, 7)]),
    "accounting": (scored(5, '_-* #,##0_-;\\-* #,##0_-;_-* "-"??_-;_-@_-'), GOOD),
    "accounting at zero": (scored(0, '_-* #,##0_-;\\-* #,##0_-;_-* "-"??_-;_-@_-'), [("h2-1", "2026-03-09", None, 7)]),
    "a word behind": (scored(5, '0" pistettä"'), GOOD),
    "colours": (scored(5, "[Red]0;[Blue]-0"), GOOD),
    "percent": (scored(0.65, "0%"), ["/scores/0/value number"]),
    "hidden by its format": (scored(5, ";;;"), ["/scores/0/value number"]),
    "below zero without its sign": (scored(-5, "0;0"), ["/scores/0/value number"]),
    "words for numbers": (scored(1, '[=1]"kyllä";"ei"'), ["/scores/0/value number"]),
    "a digit in a word": (scored(5, '"1"0'), ["/scores/0/value number"]),
    "a time": (scored(0.25, "h:mm"), ["/scores/0/value number"]),
    "a day for a score": (scored(5, "d.m.yyyy"), ["/scores/0/value number"]),
    "true": (score(cell("D2", 1, kind="b")), ["/scores/0/value number"]),
    "an error": (score(cell("D2", "#DIV/0!", kind="e")), ["/scores/0/value number"]),
    "an error that stands for nothing": (score(cell("D2", "#N/A", kind="e")), [("h2-1", "2026-03-09", None, 7)]),
    # formulas
    "a formula": (formula("<v>5</v>"), [(*GOOD[0], "formula-value /scores/0/value")]),
    "a formula that gives a text": (formula("<v>5,5</v>", ' t="str"'), [("h2-1", "2026-03-09", 5.5, 7, "formula-value /scores/0/value")]),
    "a formula that gives an empty text": (formula("<v></v>", ' t="str"'), [("h2-1", "2026-03-09", None, 7)]),
    "a formula that nobody worked out": (formula("<v/>"), ["/scores/0/value formula"]),
    "a formula without a value": (formula(""), ["/scores/0/value formula"]),
    "a formula that waits to be worked out": (formula("<v>0</v>", after='<calcPr fullCalcOnLoad="1"/>'), ["/scores/0/value formula"]),
    "a formula that was worked out": (formula("<v>5</v>", after='<calcPr calcId="191029"/>'), [(*GOOD[0], "formula-value /scores/0/value")]),
    "a formula that gives an error": (formula("<v>#REF!</v>", ' t="e"'), ["/scores/0/value number"]),
    "openpyxl, a formula": (saved(workbook((*ONE[:3], "=2+3", 7))[0]), ["/scores/0/value formula"]),
    # hidden
    "hidden rows": (hidden_rows(2), BOTH[1:]),
    "hidden rows that are asked for": (hidden_rows(2), BOTH, {"hidden_rows": True}),
    "all rows hidden": (hidden_rows(2, 3), "/file all-hidden"),
    "the first row hidden": (hidden_rows(1), "/mapping/client/column column"),
    "a row of no height": (by_hand(HEAD_ROW, row(2, *ONE), row(3, *TWO, attributes=' ht="0" customHeight="1"')), GOOD),
    "a hidden first sheet": (sheets(("A", "hidden", rows("A", "x")), ("B", "visible", rows("B"))), GOOD),
    "a very hidden first sheet": (sheets(("A", "veryHidden", rows("A", "x")), ("B", "visible", rows("B"))), GOOD),
    "a hidden sheet that is asked for": (sheets(("A", "hidden", rows("A")), ("B", "visible", rows("B", "x"))), GOOD, {"sheet": "A"}),
    "every sheet hidden": (sheets(("A", "hidden", rows("A"))), "/file all-hidden"),
    "a sheet in capitals": (sheets(("B", "visible", rows("B", "x")), ("Päätös", "visible", rows("A"))), GOOD, {"sheet": unicodedata.normalize("NFD", "PÄÄTÖS")}),
    "a sheet that is not there": (sheets(("A", "visible", rows("A"))), "/mapping/sheet sheet", {"sheet": "B"}),
    # far away
    "a format far below": (far_below(), BOTH),
    "a word far below": (by_hand(HEAD_ROW, row(2, *ONE), row(90_000, "x")), "/file too-deep-down"),
    # names of columns
    "capitals and line breaks": (saved(workbook(ONE, head=("ASIAKAS", "Vaihe ", "Vastattu\n", "osallisuus", "TYÖKYKY"))[0]), GOOD),
    "a name of two lines": (saved(workbook(ONE, head=(*HEAD[:3], "Osallisuus\n (0–10)", "Työkyky"))[0]), GOOD, {"scores": [{"scale": "C", "column": "osallisuus (0–10)", "min": 0, "max": 10}, {"scale": "work_ability", "column": "Työkyky"}]}),
    "NFD": (saved(workbook((*ONE[:1], unicodedata.normalize("NFD", "päätös"), *ONE[2:]), head=[unicodedata.normalize("NFD", each) for each in HEAD])[0]), GOOD),
    "two columns that nobody asks for": (saved(workbook((*ONE, 1, 2), head=(*HEAD, "Muuta", "Muuta"))[0]), GOOD),
    "two columns of the name": (saved(workbook((*ONE, 6), head=(*HEAD, "Osallisuus"))[0]), "/mapping/scores/0/column column-twice"),
    "merged cells": (by_hand(HEAD_ROW, row(2, *ONE), row(3, None, *TWO[1:])), [*GOOD, "/client missing"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
async def test_a_workbook_ends_in_what_a_person_sees_or_in_a_refusal_that_says_where(name: str) -> None:
    raw, expected, *changes = SEEN[name]
    assert await outcome(raw, **(changes[0] if changes else {})) == expected
