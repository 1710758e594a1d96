"""What must hold of a client."""

from datetime import date

import pytest

from walmu_api.record.parties.clients.rules import check

TODAY = date(2026, 10, 5)


@pytest.mark.parametrize(
    ("turvakielto", "ends_on", "pointers"),
    [(False, None, []), (True, None, []), (True, TODAY, []), (False, TODAY, ["/turvakielto_ends_on"])],
)
def test_days_and_turvakielto_fit_together(
    turvakielto: bool, ends_on: date | None, pointers: list[str]
) -> None:
    found = check(today=TODAY, turvakielto=turvakielto, turvakielto_ends_on=ends_on)
    assert [finding.pointer for finding in found] == pointers
