"""What columns and words of a worksheet mean, in Finnish, Swedish and English. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, get_args

from walmu_api.foundation.data_files import read_yaml
from walmu_api.foundation.locales import LANGUAGES
from walmu_api.foundation.texts import folded
from walmu_api.record.everyday.attendance.export.columns import FORMS, HEADINGS
from walmu_api.record.everyday.attendance.imports.schemas import FIELDS, AttendanceTranslation
from walmu_api.record.everyday.attendance.schemas import AttendanceStatus
from walmu_api.record.parties.codes.rules import Book

_IN_FILES = {"agreement": "agreement", "client": "client", "date": "day", "status": "attendance"}
"""What our own files call a column otherwise than the mapping does."""
_STATUSES = get_args(get_args(AttendanceStatus.__value__)[0])
Meanings = Mapping[str, str]
"""Codes by the texts that mean them, folded."""


@cache
def _known() -> Mapping[str, Any]:
    data: Mapping[str, Any] = read_yaml("walmu_api.record.everyday.attendance.imports", "words.yaml")
    return data


@cache
def headings(field: str) -> Sequence[str]:
    """The names by which a column is known to hold this: the field's own, those of our files, and what people write."""
    ours = [
        HEADINGS[name].render(language, {})
        for language in LANGUAGES
        if (name := _IN_FILES.get(field, field)) in HEADINGS
    ]
    unique = {folded(name): name for name in (field, *ours, *_known()["headings"][field])}
    return tuple(unique.values())


@cache
def all_headings() -> Sequence[str]:
    return tuple(name for field in FIELDS for name in headings(field))


def meanings(book: Book, translations: Sequence[AttendanceTranslation]) -> dict[str, Meanings]:
    """What the words in each column mean: codes, their labels in every language, what people write, and what the mapping
    says. A text that could mean two codes means none."""
    forms = {code: [text.render(language, {}) for language in LANGUAGES] for code, text in FORMS.items()}
    found = {
        "status": _meanings("status", {code: _labels(book, "attendance_status", code) for code in _STATUSES}),
        "absence_reason": _meanings(
            "absence_reason",
            {code: _labels(book, "absence_reason", code) for code in book["absence_reason"].codes},
        ),
        "form": _meanings("form", forms),
    }
    for each in translations:
        found[each.field][folded(each.text)] = each.value
    return dict(found)


def _labels(book: Book, name: str, code: str) -> Iterable[str | None]:
    value = book[name].codes.get(code)
    return (value.fi, value.sv, value.en) if value is not None else ()


def _meanings(field: str, labels: Mapping[str, Iterable[str | None]]) -> dict[str, str]:
    of_text: dict[str, set[str]] = defaultdict(set)
    for code, texts in labels.items():
        for text in (code, *texts, *_known()[field].get(code, ())):
            if text:
                of_text[folded(text)].add(code)
    return {text: codes.pop() for text, codes in of_text.items() if len(codes) == 1}
