"""What must hold of service, legal bases and dates; used by relationships and decisions alike. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from walmu_api.access.visibility import GRACE_DAYS
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, Finding
from walmu_api.record.parties.codes.rules import (
    SERVICE_TASK,
    SOCIAL_SERVICE,
    Book,
    Coded,
    check_code,
    check_word,
)

AFTER_DEATH = Reason("after-death")


def last_day(set_ends_on: date | None, died_on: date | None) -> date | None:
    """The day on which a service ends: as was set, and not after the death of the client."""
    return min((day for day in (set_ends_on, died_on) if day is not None), default=None)


def is_read(starts_on: date, ends_on: date | None, today: date) -> bool:
    """Whether the client of a service that has begun is read by its provider: to its end, and in the time of grace after it."""
    return ends_on is None or (ends_on >= starts_on and ends_on + timedelta(days=GRACE_DAYS) >= today)


def check_begins(starts_on: date, died_on: date | None) -> list[Finding]:
    """Nothing begins after the death of the client."""
    late = died_on is not None and starts_on > died_on
    return [INVALID_VALUE.at("/starts_on", reason=AFTER_DEATH)] if late else []


def check_codes(
    book: Book,
    *,
    service_task: Coded,
    service: Coded | None,
    legal_bases: Sequence[str],
    referral_source: str | None,
    day: date,
) -> list[Finding]:
    """What the code systems say of a service's codes on the day: errors, and warnings where a list is known
    in part only."""
    return [
        *check_code(book, SERVICE_TASK, service_task, day, "/service_task"),
        *check_code(book, SOCIAL_SERVICE, service, day, "/service"),
        *(
            finding
            for at, code in enumerate(legal_bases)
            for finding in check_word(book, "legal_basis", code, day, f"/legal_bases/{at}")
        ),
        *check_word(book, "referral_source", referral_source, day, "/referral/source"),
    ]


def check_roles(book: Book, roles: Sequence[str], day: date) -> list[Finding]:
    """The roles of the network, as the list has them on `day`."""
    return [
        finding
        for at, role in enumerate(roles)
        for finding in check_word(book, "network_role", role, day, f"/network/{at}/role")
    ]
