"""CSV as spreadsheets, statistics programs and people write it: rows as a person sees them, or a refusal that says where."""

import unicodedata

import pytest
from tests.record.everyday.measurements.worksheets.making import HEAD, Row, outcome, text

ONE = ("h2-1", "Loppu", "9.3.2026", "5", "7")
GOOD: list[Row] = [("h2-1", "2026-03-09", 5, 7)]
TWO = ("h2-2", "Alku", "2026-03-10", "6,4", "8")
SECOND: Row = ("h2-2", "2026-03-10", 6.4, 8)
PLAIN = text(ONE, TWO)
BOTH = [*GOOD, SECOND]
NOT_ONE = "/file not-a-worksheet"
UNNAMED = "/mapping/scores/1/column column"


def nfd(plain: str) -> str:
    return unicodedata.normalize("NFD", plain)


def quoted(*rows: tuple[str, ...], by: str = ",", end: str = "\n") -> str:
    return "".join(by.join(f'"{each}"' for each in row) + end for row in (HEAD, *rows))


WRITTEN: dict[str, tuple[bytes, list[Row] | str]] = {
    # encodings
    "Excel in Finnish": (PLAIN.encode("cp1252"), BOTH),
    "Excel, CSV UTF-8": (PLAIN.encode("utf-8-sig"), BOTH),
    "UTF-8 without mark": (PLAIN.encode(), BOTH),
    "Latin 1": (PLAIN.encode("latin-1"), BOTH),
    "Latin 9": (PLAIN.encode("iso8859-15"), BOTH),
    "Excel, Unicode text": (text(ONE, TWO, by="\t").encode("utf-16"), BOTH),
    "UTF-16, semicolons": (PLAIN.encode("utf-16"), BOTH),
    "UTF-16, big end first": (b"\xfe\xff" + PLAIN.encode("utf-16-be"), BOTH),
    "UTF-16 without mark": (PLAIN.encode("utf-16-le"), NOT_ONE),
    "UTF-16 cut in a character": (PLAIN.encode("utf-16")[:-1], NOT_ONE),
    "UTF-32": (PLAIN.encode("utf-32"), NOT_ONE),
    "old Mac": (PLAIN.encode("mac-roman"), UNNAMED),
    "DOS": (PLAIN.encode("cp850"), UNNAMED),
    "DOS, American": (PLAIN.encode("cp437"), UNNAMED),
    "UTF-8 read as Windows-1252 and saved again": (PLAIN.encode().decode("cp1252").encode(), UNNAMED),
    "NFD, as Macs write it": (nfd(text(("h2-1", "Päätös", "9.3.2026", "5", "7"))).encode(), GOOD),
    # ends of lines
    "line feeds": (text(ONE, TWO, end="\n").encode(), BOTH),
    "carriage returns": (text(ONE, TWO, end="\r").encode(), BOTH),
    "no end of the last line": (PLAIN.rstrip().encode(), BOTH),
    "blank lines first, between and last": (b"\r\n;;;;\r\n" + PLAIN.replace("\r\n", "\r\n\r\n").encode(), BOTH),
    "blanks around everything": (text(*(tuple(f" {each} " for each in row) for row in (ONE, TWO))).encode(), BOTH),
    "hard spaces around everything": (text(tuple(f"\u00a0{each}\u00a0" for each in ONE)).encode(), GOOD),
    # delimiters and quotes
    "commas, quoted": (quoted(ONE, TWO).encode(), BOTH),
    "Google Sheets": (text(ONE, (*TWO[:3], '"6,4"', "8"), by=",").encode(), BOTH),
    "LibreOffice, semicolons, quoted": (quoted(ONE, TWO, by=";").encode(), BOTH),
    "pandas": (text((*TWO[:3], "6.4", "8.0"), by=",", end="\n").encode(), [SECOND]),
    "tabs": (text(ONE, TWO, by="\t").encode(), BOTH),
    "sep=": (b"sep=;\r\n" + PLAIN.encode("cp1252"), BOTH),
    "sep= in quotes": (b'"sep=,"\r\n' + quoted(ONE, TWO).encode(), BOTH),
    "sep= of a stroke": (b"SEP=|\n" + text(ONE, TWO, by="|").encode(), BOTH),
    "strokes that nobody names": (text(ONE, TWO, by="|").encode(), "/mapping/client/column column"),
    "commas in a name": (
        text((*ONE, "a, b"), head=(*HEAD, "Osallisuus (0, 1, 2, 3, 4, 5, 6)")).encode(), GOOD
    ),
    "semicolons in a name": (
        text((*ONE, "x"), by=",", head=(*HEAD, "Muuta; a; b; c; d; e; f; g")).encode(), GOOD
    ),
    "a comma in every row": (text((*ONE, "a, b, c, d, e, f"), head=(*HEAD, "a, b, c, d, e, f")).encode(), GOOD),
    "R, write.csv": (
        ('"","' + '","'.join(HEAD) + '"\n"1","h2-1","Loppu","9.3.2026",5,7\n').encode(), GOOD
    ),
    "R, write.table": (text(("1", *ONE), by="\t", end="\n").encode(), [" beyond-columns"]),
    "a text of many lines": (text((*ONE, '"yksi\r\nkaksi;\r\n"'), (*TWO, ""), head=(*HEAD, "Muuta")).encode(), BOTH),
    "a quotation mark in a text": (text((*ONE, 'sanoi "ei"'), head=(*HEAD, "Muuta")).encode(), GOOD),
    "a quotation mark that does not close": (text(("h2-1", "Loppu", '"9.3.2026', "5", "7"), TWO).encode(), "/file stray-quote"),
    "text behind a quotation mark": (text(TWO, ("h2-1", '"Loppu"x', *ONE[2:])).encode(), "/file stray-quote"),
    "a blank before a quotation mark": (text((*TWO[:3], ' "6,4"', "8"), by=",").encode(), [" beyond-columns"]),
    # rows that do not fit the first one
    "a decimal comma between commas": (text(TWO, by=",").encode(), [" beyond-columns"]),
    "two whole numbers for one": (b"Asiakas,Vaihe,Vastattu,Osallisuus,Ty\xc3\xb6kyky\nh2-1,Loppu,9.3.2026,5,5,7", [" beyond-columns"]),
    "a cell too few": (text(("h2-1", "Loppu", "9.3.2026", "7"), TWO).encode(), [" short-row", SECOND]),
    "a cell of the middle left out": (text(("h2-1", "9.3.2026", "5", "7"), TWO).encode(), [" short-row", SECOND]),
    "the last cells empty, as LibreOffice writes them": (
        text((*ONE, "", ""), head=(*HEAD, "Muuta", "Lisää")).encode(), GOOD
    ),
    "the last cells left out, as Excel writes them": (text(ONE, head=(*HEAD, "Muuta", "")).encode(), [" short-row"]),
    "empty cells beyond the last name": (text((*ONE, "", "")).encode(), GOOD),
    "a word beyond the last name": (text((*ONE, "", "x")).encode(), [" beyond-columns"]),
    "delimiters at the ends of all lines": (PLAIN.replace("\r\n", ";\r\n").encode(), BOTH),
    "a sum below": (text(ONE, ("Yhteensä", "", "", "5", "7")).encode(), [*GOOD, "/phase missing"]),
    "a title above": (b"Mittaukset 2026;;;;\r\n" + PLAIN.encode(), "/mapping/client/column column"),
    "no rows": (text().encode(), "/file too-few"),
    "nothing": (b"", "/file too-few"),
    # names of columns
    "capitals": (text(ONE, head=[each.upper() for each in HEAD]).encode(), GOOD),
    "double spaces and line breaks": (
        text(ONE, head=("Asiakas ", " Vaihe", '"Vastattu\r\n"', "Osallisuus", "Työkyky")).encode(), GOOD
    ),
    "a name of two lines": (text(ONE, head=(*HEAD[:3], '"Osalli\nsuus"', "Työkyky")).encode(), "/mapping/scores/0/column column"),
    "two columns of one name that nobody asks for": (text((*ONE, "1", "2"), head=(*HEAD, "Muuta", "Muuta")).encode(), GOOD),
    "two columns of the name": (text((*ONE, "6"), head=(*HEAD, "Osallisuus")).encode(), "/mapping/scores/0/column column-twice"),
    "a column of nearly the name": (text((*ONE, "6"), head=(*HEAD, "osallisuus")).encode(), GOOD),
    "two columns of nearly the name": (
        text((*ONE, "6"), head=(*HEAD[:3], "OSALLISUUS", "Työkyky", "osallisuus")).encode(), "/mapping/scores/0/column column-twice"
    ),
    # identifiers
    "zeros at the front": (text(("00123", *ONE[1:])).encode(), [("00123", "2026-03-09", 5, 7)]),
    "zeros as a text formula": (text(('="00123"', *ONE[1:])).encode(), [("00123", "2026-03-09", 5, 7)]),
    "zeros as a quoted text formula": (text(('"=""00123"""', *ONE[1:])).encode(), [("00123", "2026-03-09", 5, 7)]),
    "a formula": (text(("=A1", *ONE[1:])).encode(), ["/client formula"]),
    "a formula for a score": (text((*ONE[:3], "=1+4", "7")).encode(), ["/scores/0/value formula"]),
    "no client": (text(("", *ONE[1:])).encode(), ["/client missing"]),
    "an error for a client": (text(("#REF!", *ONE[1:])).encode(), ["/client as-text"]),
    "an error for a client, in Finnish": (text(("#VIITTAUS!", *ONE[1:])).encode(), ["/client as-text"]),
    # days
    "a day with zeros": (text((*ONE[:2], "09.03.2026", *ONE[3:])).encode(), GOOD),
    **{
        f"the day {day}": (text((*ONE[:2], day, *ONE[3:])).encode(), [f"/answered_on {why}"])
        for day, why in {
            "9.3.26": "cell-day", "3/9/2026": "cell-day", "9/3/2026": "cell-day", "9-3-2026": "cell-day",
            "2026": "cell-day", "46090": "cell-day", "44621": "cell-day", "20260309": "cell-day", "31.2.2026": "cell-day",
            "9.3.2026 0:00": "cell-day", "maaliskuu 2026": "cell-day", "########": "cell-day",
            "18.7.1905": "before-the-form", "31.12.2016": "before-the-form",
            "1.12.2026": "not-yet", "9.3.2155": "not-yet",
        }.items()
    },
    # scores
    "a decimal point": (text((*TWO[:3], "6.4", "8")).encode(), [SECOND]),
    "a minus": (text((*ONE[:3], "−1", "7")).encode(), ["/scores/0/value out-of-range"]),
    "nothing for a score": (text((*ONE[:3], "", "7")).encode(), [("h2-1", "2026-03-09", None, 7)]),
    "a dash for a score": (text((*ONE[:3], " - ", "7")).encode(), [("h2-1", "2026-03-09", None, 7)]),
    "an error that stands for nothing": (text((*ONE[:3], "#n/a", "7")).encode(), [("h2-1", "2026-03-09", None, 7)]),
    **{
        f"the score {score}": (text((*ONE[:3], score, "7")).encode(), ["/scores/0/value number"])
        for score in ("65 %", "65%", "#N/A!", "6,4,5", "1e0", "5 p", "+5", "5-6", "1 000", "5.3.", "maalis.5", "ei", "TOSI")
    },
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
async def test_csv_ends_in_what_a_person_sees_or_in_a_refusal_that_says_where(name: str) -> None:
    raw, expected = WRITTEN[name]
    assert await outcome(raw) == expected
