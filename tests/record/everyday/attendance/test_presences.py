"""Which presences of one day are visits of their own."""

import pytest

from walmu_api.record.everyday.attendance.presences import Presence, visits


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ([], ""),
        ([("a", None, None)], "a"),
        ([("b", None, None), ("a", None, None)], "a"),
        ([("a", 9, 12), ("b", 12, 15)], "ab"),
        ([("a", 9, 12), ("b", 11, 15)], "a"),
        ([("a", 9, 12), ("b", 11, 14), ("c", 13, 16)], "ac"),
        ([("a", 9, None), ("b", 13, 16)], "a"),
        ([("a", None, 12), ("b", 13, None)], "ab"),
    ],
)
def test_a_presence_that_meets_no_visit_is_one(
    day: list[tuple[str, int | None, int | None]], expected: str
) -> None:
    present = [Presence(name, "present", come, go) for name, come, go in day]
    assert visits(present) == visits(reversed(present)) == [*expected]


def test_a_whole_day_goes_before_a_part() -> None:
    assert visits([Presence("a", "partial"), Presence("b", "present")]) == ["b"]
