"""What holds of a code on a day: verified lists refuse, lists known in part warn, and every field has its own list."""

from datetime import date
from typing import Any

import pytest

from walmu_api.foundation.schema_types import Code
from walmu_api.record.parties.codes.rules import (
    CodeList,
    CodeValue,
    check_code,
    check_word,
    ended_by,
    overlaid,
)

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
DATED = CodeValue("1", "Yksi", valid_from=FIRST, valid_to=LAST)
ALWAYS = CodeValue("2", "Kaksi")
OID = "1.2.246.537.6.1222"


def listed(name: str, *codes: CodeValue, verified: bool, **more: Any) -> CodeList:
    return CodeList(name, verified, "test", {each.code: each for each in codes}, **more)


BOOK = {
    "whole": listed("whole", DATED, ALWAYS, verified=True),
    OID: listed(OID, DATED, ALWAYS, verified=False),
}


def data_of(findings: Any) -> list[tuple[str, str, str]]:
    return [(finding.pointer, finding.kind.code, finding.severity) for finding in findings]


@pytest.mark.parametrize(
    ("name", "code", "day", "expected"),
    [
        ("whole", "1", FIRST, None),
        ("whole", "1", LAST, None),
        ("whole", "1", date(2024, 12, 31), ("unknown-code", "error")),
        ("whole", "1", date(2026, 1, 1), ("unknown-code", "error")),
        ("whole", "2", date(1900, 1, 1), None),
        ("whole", "3", FIRST, ("unknown-code", "error")),
        ("whole", None, FIRST, None),
        (OID, "1", FIRST, None),
        (OID, "1", date(2026, 1, 1), ("unknown-code", "error")),
        (OID, "3", FIRST, ("unverified-code", "warning")),
    ],
)
def test_a_code_is_judged_on_its_day(
    name: str, code: str | None, day: date, expected: tuple[str, str] | None
) -> None:
    assert data_of(check_word(BOOK, name, code, day, "/x")) == ([("/x", *expected)] if expected else [])


@pytest.mark.parametrize(
    ("system", "right"),
    [
        ("urn:oid:1.2.246.537.6.1222", True),
        ("urn:oid:1.2.246.537.6.1222.2008", True),
        ("urn:oid:1.2.246.537.6.12220", False),
        ("urn:oid:1.2.246.537.6.1222.", False),
        ("urn:oid:1.2.246.537.6.1221", False),
        ("urn:oid:1x2x246x537x6x1222", False),
    ],
)
def test_a_field_takes_its_own_list_with_or_without_version(system: str, right: bool) -> None:
    found = check_code(BOOK, OID, Code.model_construct(system=system, code="2"), FIRST, "/service")
    assert data_of(found) == ([] if right else [("/service/system", "wrong-code-system", "error")])


def test_an_organisers_codes_lie_over_the_shipped_ones() -> None:
    shipped = listed("reasons", DATED, ALWAYS, verified=True, additions=True)
    own = listed("reasons", CodeValue("2", "Toisin"), CodeValue("3", "Kolme"), verified=False)
    both = overlaid(shipped, own)
    assert {code: value.fi for code, value in both.codes.items()} == {
        "1": "Yksi",
        "2": "Toisin",
        "3": "Kolme",
    }
    assert (both.verified, both.additions) == (True, True)


@pytest.mark.parametrize(("whole", "codes"), [(True, {"3"}), (False, {"1", "2", "3"})])
def test_a_national_set_imported_whole_stands_alone(whole: bool, codes: set[str]) -> None:
    own = listed(OID, CodeValue("3", "Kolme"), verified=whole)
    both = overlaid(BOOK[OID], own)
    assert (set(both.codes), both.verified) == (codes, whole)


def test_what_a_whole_list_no_longer_has_ends_before_it_begins() -> None:
    known = {each.code: each for each in (DATED, ALWAYS, CodeValue("3", "Kolme"))}
    assert ended_by(known, [CodeValue("3", "Kolme")], date(2026, 1, 1)) == [
        CodeValue("2", "Kaksi", valid_to=date(2025, 12, 31))
    ]
