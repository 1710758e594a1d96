"""When a permission holds, and for what. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, MISSING, Finding, ProblemType, check_order
from walmu_api.foundation.texts import folded

ALREADY_REVOKED = ProblemType("already-revoked", 409)
PERMISSION_NOT_VALID = ProblemType("permission-not-valid", 422, located=True)
NOT_PERMITTED = ProblemType("not-permitted", 422, located=True)
ONE_ITEM = Reason("one-item")
FOR_WORK = Reason("for-work")
SAFETY = "safety_and_support"
AT_WORK = frozenset({"carrying_out_agreement", "support_at_work"})
PROBLEMS = (ALREADY_REVOKED, NOT_PERMITTED, PERMISSION_NOT_VALID)


def check(
    *, given_on: date, valid_until: date, by_provider: bool, has_provider: bool, is_signer_known: bool
) -> list[Finding]:
    """What a permission must hold."""
    found = check_order(given_on, valid_until, "/valid_until")
    if by_provider and not has_provider:
        found.append(MISSING.at("/service_relationship_id"))
    if not is_signer_known:
        found.append(MISSING.at("/given_by/name"))
    return found


def check_item(
    *, has_item: bool, field_groups: Sequence[str], purposes: Sequence[str], is_registered: bool
) -> list[Finding]:
    """A permission for what instructors are to know is for one item, one registered workplace and the work there."""
    if SAFETY not in field_groups and not has_item:
        return []
    found = [] if has_item else [MISSING.at("/safety_and_support")]
    if list(field_groups) != [SAFETY]:
        found.append(INVALID_VALUE.at("/field_groups", reason=ONE_ITEM))
    if not is_registered:
        found.append(MISSING.at("/recipient/organisation_id"))
    if not AT_WORK.intersection(purposes):
        found.append(INVALID_VALUE.at("/purposes", reason=FOR_WORK))
    return found


def check_revocation(*, given_on: date, revoked_on: date) -> list[Finding]:
    return check_order(given_on, revoked_on, "/revoked_on")


@dataclass(frozen=True)
class Permit:
    """What decides whether something may be given."""

    status: str
    given_on: date
    valid_until: date
    is_revoked: bool
    recipient_id: UUID | None
    recipient_name: str
    purposes: frozenset[str]
    disclosers: frozenset[str]
    field_groups: frozenset[str]

    def is_valid(self, today: date) -> bool:
        """A revocation holds from the moment it is recorded, whatever day it names."""
        return self.status == "final" and not self.is_revoked and self.given_on <= today <= self.valid_until


def check_use(
    permit: Permit,
    *,
    today: date,
    recipient_id: UUID | None,
    recipient_name: str,
    purpose: str,
    discloser: str,
    field_groups: Sequence[str],
) -> list[Finding]:
    """Whether these groups may be given to this recipient for this purpose today. A recipient that is
    registered here is named by its id in both, another one by its name."""
    if not permit.is_valid(today):
        return [PERMISSION_NOT_VALID.at("/permission_id")]
    same = (
        permit.recipient_id == recipient_id
        if permit.recipient_id or recipient_id
        else folded(permit.recipient_name) == folded(recipient_name)
    )
    found = [] if same else [NOT_PERMITTED.at("/recipient")]
    found += [] if purpose in permit.purposes else [NOT_PERMITTED.at("/purpose")]
    found += [] if discloser in permit.disclosers else [NOT_PERMITTED.at("/permission_id")]
    return found + [
        NOT_PERMITTED.at(f"/field_groups/{at}")
        for at, group in enumerate(field_groups)
        if group not in permit.field_groups
    ]
