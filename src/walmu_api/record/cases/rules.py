"""What holds of a case. Pure."""

from datetime import date

from walmu_api.foundation.problems import Finding, check_order

STRUCTURE = "1.2.246.537.6.1505.2.2022.6.28"


def check(*, opened_on: date | None, closed_on: date | None) -> list[Finding]:
    return check_order(opened_on, closed_on, "/closed_on") if opened_on is not None else []
