"""The text that the parts of a day's work make; which words a workplace is told."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from walmu_api.foundation.locales import words
from walmu_api.foundation.schema_types import Lines
from walmu_api.record.everyday.work_diary.rules import as_document, as_reported, check, described, description
from walmu_api.record.everyday.work_diary.schemas import Performance
from walmu_api.record.parties.codes.shipped import shipped_lists

WHOLE = {
    "tasks": ["Hionta", "Siivous"],
    "rating": "with_difficulty",
    "rating_note": "Väsyi.",
    "support_given": "Kuvat.",
    "form": "individual",
}


@pytest.mark.parametrize(
    ("performance", "text"),
    [
        (None, None),
        ({}, None),
        (
            WHOLE,
            "Tehtävät: Hionta; Siivous\nSujuminen: Vaikeuksia oli. Väsyi.\nAnnettu tuki: Kuvat.\nMuoto: yksilö",
        ),
        ({"rating": "well"}, "Sujuminen: Hyvin."),
        ({"rating_note": "Väsyi."}, "Sujuminen: Väsyi."),
        ({"form": "group", "tasks": ["A"]}, "Tehtävät: A\nMuoto: ryhmä"),
    ],
)
def test_the_parts_of_a_days_work_make_its_description(
    performance: dict[str, Any] | None, text: str | None
) -> None:
    assert described(performance) == text


def test_a_page_has_what_was_made_of_the_parts_in_its_language_and_what_was_written_as_it_was() -> None:
    swedish = "Arbetsuppgifter: Hionta; Siivous\nHur det gick: Med svårigheter. Väsyi.\nStöd som gavs: Kuvat.\nForm: individuell"
    created: dict[str, Any] = {"performance": WHOLE, "description": described(WHOLE)}
    assert as_document(created, "sv") == created | {"description": swedish}
    assert as_document(created, "fi") == created
    written = created | {"description": "Hyvä päivä."}
    assert as_document(written, "sv") == written
    assert as_document({"performance": None}, "sv") == {"performance": None}


def test_the_longest_parts_make_a_description_that_still_fits() -> None:
    longest = {
        "tasks": ["x" * 200] * 10,
        "rating": "not_this_day",
        "rating_note": "x" * 800,
        "support_given": "x" * 800,
        "form": "individual",
    }
    Performance.model_validate(longest)
    TypeAdapter(Lines).validate_python(described(longest))


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "pointers"),
    [
        ("2026-10-05T09:00:00Z", "2026-10-05T09:00:00Z", []),
        ("2026-10-05T09:00:00Z", "2026-10-05T11:59:59+03:00", ["/period/ends_at"]),
        ("2026-10-05T09:00:00Z", "2026-10-05", []),
        ("2026-10-05T09:00:00Z", "2026-10-04", ["/period/ends_at"]),
        ("2026-10", "2026-10-04T09:00:00.123456789Z", []),
        ("2026-11", "2026", []),
        ("2026", "2025-12-31", ["/period/ends_at"]),
        (None, "2026", []),
    ],
)
def test_a_period_is_in_order_as_far_as_it_was_written(
    starts_at: str | None, ends_at: str | None, pointers: list[str]
) -> None:
    found = check(kind="contact", given=["period"], starts_at=starts_at, ends_at=ends_at)
    assert [finding.pointer for finding in found] == pointers


def test_a_rating_is_said_as_its_code_list_says_it() -> None:
    assert {
        code: f"{value.fi}." for code, value in shipped_lists()["performance_rating"].codes.items()
    } == words("fi", "documents.diary_ratings")


def test_a_description_made_of_parts_is_made_anew_with_them_and_a_written_one_stays() -> None:
    before = {"performance": {"rating": "well"}, "description": "Sujuminen: Hyvin."}
    changed = {"performance": {"rating": "mostly_well"}}
    assert description(changed | {"description": "Sujuminen: Hyvin."}, before) == "Sujuminen: Pääosin hyvin."
    assert description(changed | {"description": "Omin sanoin"}, before) == "Omin sanoin"
    assert description(changed, before) == "Sujuminen: Pääosin hyvin."
    assert description({"description": "Omin sanoin"}, {}) == "Omin sanoin"


def test_a_workplace_is_told_its_own_words_and_not_what_they_became() -> None:
    data = {
        "id": "1",
        "status": "final",
        "kind": "contact",
        "description": "B",
        "agreed": "C",
        "services": [],
        "author": {"x": 1},
        "reported": {"kind": "other", "description": "A", "author": {"x": 2}},
    }
    assert as_reported(data) == {
        "id": "1",
        "status": "final",
        "kind": "other",
        "description": "A",
        "author": {"x": 2},
    }
    assert as_reported({"id": "1", "description": "B"}) == {"id": "1", "description": "B"}
