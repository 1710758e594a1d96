"""Legal bases, referral sources and dates: codes are judged on a day."""

from datetime import date

import pytest

from walmu_api.foundation.problems import check_order
from walmu_api.foundation.schema_types import Code
from walmu_api.record.parties.codes.shipped import shipped_lists
from walmu_api.record.parties.service_relationships.rules import check_codes


@pytest.mark.parametrize(
    ("code", "day", "known"),
    [
        ("KTT_189_2001", "2010-01-01", True),
        ("VPL_675_2023_27", "2024-12-31", False),
        ("VPL_675_2023_27", "2025-01-01", True),
        ("KVL_519_1977_35", "2024-12-31", True),
        ("KVL_519_1977_35", "2025-01-01", False),
        ("SHL_1301_2014_17", "2026-01-01", True),
        ("shl_1301_2014_17", "2026-01-01", False),
    ],
)
def test_a_legal_basis_holds_on_its_days(code: str, day: str, known: bool) -> None:
    found = check_codes(
        shipped_lists(),
        service_task=Code(system="urn:oid:1.2.246.537.6.1221", code="20"),
        service=None,
        legal_bases=["KTT_189_2001", code],
        referral_source=None,
        day=date.fromisoformat(day),
    )
    assert [finding.pointer for finding in found] == ([] if known else ["/legal_bases/1"])


def test_the_end_is_not_before_the_start() -> None:
    day, before = date(2026, 1, 2), date(2026, 1, 1)
    assert check_order(day, day, "/x") == []
    assert check_order(day, None, "/x") == []
    assert [finding.pointer for finding in check_order(day, before, "/x")] == ["/x"]
