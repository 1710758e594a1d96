"""What holds of a case. Pure."""

from collections.abc import Sequence
from datetime import date

from walmu_api.foundation.problems import Finding, check_order
from walmu_api.record.parties.codes.rules import SERVICE_TASK, Book, Coded, check_code, check_word

STRUCTURE = "1.2.246.537.6.1505.2.2022.6.28"
NAME, STATE, UNIT, ROLE = (f"1.2.246.537.6.{number}" for number in (1265, 1501, 202, 1284))
"""The code sets: what a case is about, how it stands, units, roles of persons."""


def check(*, opened_on: date | None, closed_on: date | None) -> list[Finding]:
    return check_order(opened_on, closed_on, "/closed_on") if opened_on is not None else []


def check_codes(
    book: Book,
    *,
    name: Coded | None,
    state: Coded | None,
    service_task: Coded | None,
    deciding_unit: Coded,
    initiated_by: str | None,
    roles: Sequence[Sequence[Coded]],
    opened_on: date,
    received_on: date,
    today: date,
) -> list[Finding]:
    """The codes of a case, on the day that each is of: the opening, the receipt, and for the state today.
    `roles` are those of each related person."""
    return [
        *check_code(book, NAME, name, opened_on, "/name"),
        *check_code(book, STATE, state, today, "/state"),
        *check_code(book, SERVICE_TASK, service_task, opened_on, "/service_task"),
        *check_code(book, UNIT, deciding_unit, opened_on, "/deciding_unit"),
        *check_word(book, "referral_source", initiated_by, received_on, "/initiated_by"),
        *(
            finding
            for person, data in enumerate(roles)
            for number, role in enumerate(data)
            for finding in check_code(
                book, ROLE, role, opened_on, f"/related_persons/{person}/roles/{number}"
            )
        ),
    ]
