"""The names of columns and the words in cells that are known: each means one thing, in every language."""

from collections import Counter
from datetime import date

from walmu_api.foundation.texts import folded
from walmu_api.record.everyday.attendance.imports.schemas import FIELDS
from walmu_api.record.everyday.attendance.imports.words import headings, meanings
from walmu_api.record.parties.codes.shipped import shipped_lists


def test_no_name_of_a_column_stands_for_two_things() -> None:
    known = Counter(folded(name) for field in FIELDS for name in headings(field))
    assert [name for name, times in known.items() if times > 1] == []


def test_every_code_has_its_label_in_each_language() -> None:
    book = shipped_lists()
    known = meanings(book, [])
    for field, system in (("status", "attendance_status"), ("absence_reason", "absence_reason")):
        for code, value in book[system].codes.items():
            if code == "voided":
                assert folded(value.fi) not in known[field]
                continue
            for label in (code, value.fi, value.sv, value.en):
                assert label is not None
                assert known[field][folded(label)] == code, label
            assert value.valid_on(date(2026, 11, 30))


def test_the_words_of_a_workplace_and_of_a_list_that_is_ticked() -> None:
    known = meanings(shipped_lists(), [])
    for text, code in (
        ("sairas", "own_illness"),
        ("muu ilmoitettu", "other_notified"),
        ("ei tietoa", "unknown"),
    ):
        assert known["absence_reason"][text] == code
    for text, code in (("kyllä", "present"), ("ei", "absent"), ("x", "present"), ("osan päivää", "partial")):
        assert known["status"][text] == code
