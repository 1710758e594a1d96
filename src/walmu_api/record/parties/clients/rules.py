"""What must hold of a client. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from walmu_api.foundation import validation_messages
from walmu_api.foundation.identity_codes import born_on, personal_identity_code
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, Finding, ProblemType
from walmu_api.record.parties.service_relationships.rules import AFTER_DEATH

NO_CONTACTS = Reason("no-contacts")
PROTECTED = Reason("protected")
ITSELF = Reason("itself")
NOT_BORN = Reason("not-born")
BORN_ANOTHER_DAY = Reason("born-another-day")
ANOTHER_BIRTHDAY = Reason("another-birthday")
BEFORE_BIRTH = Reason("before-birth")
ONE_WAY = Reason("identity-or-name")

IDENTITY_TAKEN = ProblemType("identity-in-use", 409)
PROBLEMS = (IDENTITY_TAKEN,)


CONTACTS = frozenset({"address", "addresses", "phone", "email"})
LEGAL_REPRESENTATIVES = frozenset({"31", "32", "33"})
"""Custodian, guardian, holder of a continuing power of attorney (code set 1.2.246.537.6.1284)."""


def check(
    *,
    today: date,
    identity_code: str | None = None,
    date_of_birth: date | None = None,
    turvakielto: bool,
    turvakielto_ends_on: date | None,
    related: Sequence[Mapping[str, Any]] = (),
) -> list[Finding]:
    """`related` are the related persons as JSON; `identity_code` is canonical."""
    findings = []
    if identity_code is not None and (born := born_on(identity_code)) > today:
        findings.append(INVALID_VALUE.at("/identity/value", reason=NOT_BORN))
    elif identity_code is not None and date_of_birth not in {None, born}:
        findings += [
            INVALID_VALUE.at("/identity/value", reason=BORN_ANOTHER_DAY),
            INVALID_VALUE.at("/date_of_birth", reason=ANOTHER_BIRTHDAY),
        ]
    if turvakielto_ends_on is not None and not turvakielto:
        findings.append(INVALID_VALUE.at("/turvakielto_ends_on", reason=PROTECTED))
    for at, person in enumerate(related):
        roles = {role["code"] for role in person.get("roles", ())}
        if (
            person.get("turvakielto")
            and not roles & LEGAL_REPRESENTATIVES
            and not CONTACTS.isdisjoint(person)
        ):
            findings.append(INVALID_VALUE.at(f"/related_persons/{at}", reason=NO_CONTACTS))
        code = person.get("personal_identity_code", {}).get("value")
        pointer = f"/related_persons/{at}/personal_identity_code/value"
        if code is not None and (canonical := personal_identity_code(code)) is None:
            findings.append(INVALID_VALUE.at(pointer, reason=validation_messages.IDENTIFIER))
        elif code is not None and canonical is not None and born_on(canonical) > today:
            findings.append(INVALID_VALUE.at(pointer, reason=NOT_BORN))
    return findings


def check_days(
    days: Mapping[str, date | None], date_of_birth: date | None, identity_code: str | None
) -> list[Finding]:
    """Days of a life, by member: none is before its birth, and nobody moves after death."""
    died_on, emigrated_on = days.get("died_on"), days.get("emigrated_on")
    if died_on is not None and emigrated_on is not None and emigrated_on > died_on:
        return [INVALID_VALUE.at("/emigrated_on", reason=AFTER_DEATH)]
    born = date_of_birth or (born_on(identity_code) if identity_code is not None else None)
    return [
        INVALID_VALUE.at(f"/{name}", reason=BEFORE_BIRTH)
        for name, day in days.items()
        if day is not None and born is not None and day < born
    ]
