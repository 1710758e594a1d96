"""What must hold of a client."""

from datetime import date

import pytest

from walmu_api.record.parties.clients.rules import check

TODAY = date(2026, 10, 5)


@pytest.mark.parametrize(
    ("born", "turvakielto", "ends_on", "pointers"),
    [
        (None, False, None, []),
        (TODAY, False, None, []),
        (date(2026, 10, 6), False, None, ["/date_of_birth"]),
        (None, True, None, []),
        (None, True, TODAY, []),
        (None, False, TODAY, ["/turvakielto_ends_on"]),
        (date(2026, 10, 6), False, TODAY, ["/date_of_birth", "/turvakielto_ends_on"]),
    ],
)
def test_days_and_turvakielto_fit_together(
    born: date | None, turvakielto: bool, ends_on: date | None, pointers: list[str]
) -> None:
    found = check(born=born, turvakielto=turvakielto, turvakielto_ends_on=ends_on, today=TODAY)
    assert [finding.pointer for finding in found] == pointers
