"""Who may register and change whose connected systems: registrar × target, and nothing else decides it.

The table is the law's (`docs/decisions/0038-who-may-register-whom.md`). Pure: plain values in, findings out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, UNKNOWN_REFERENCE, Finding, ProblemType

NOT_YOURS_TO_REGISTER = ProblemType("not-yours-to-register", 403)
NEEDS_ANOTHER_SYSTEM = ProblemType("needs-another-system", 409)
CLIENT_ID_TAKEN = ProblemType("client-id-taken", 409)
KEY_NOT_PROVEN = ProblemType("key-not-proven", 422, located=True)
KEY_IN_USE = ProblemType("key-in-use", 422, located=True)
CLOSED = ProblemType("closed", 422, located=True)
PROBLEMS = (NOT_YOURS_TO_REGISTER, NEEDS_ANOTHER_SYSTEM, CLIENT_ID_TAKEN, KEY_NOT_PROVEN, KEY_IN_USE, CLOSED)

ROLE_NOT_GIVEN = Reason("role-not-given")

_GIVES: Mapping[str, frozenset[str]] = {
    "organiser": frozenset({"organiser", "ehr", "provider", "workplace", "operator"}),
    "provider": frozenset({"provider", "workplace"}),
    "command line": frozenset({"organiser", "auditor", "ehr"}),
}
"""Which roles each registrar gives. The operator gives none; the auditor's is outside the organiser's rights."""


@dataclass(frozen=True)
class Registrar:
    """Who registers: the role of the calling system, its organisation, and the workplaces that the organiser lets
    this provider register for."""

    role: str
    organisation_id: UUID | None
    workplaces: frozenset[UUID] = frozenset()


COMMAND_LINE = Registrar("command line", None)
"""Whoever may run `walmu-api` with the installation's database."""


@dataclass(frozen=True)
class Target:
    """What is to be registered: a role, for an organisation of this kind."""

    role: str
    organisation_id: UUID
    kind: str


def check_registration(registrar: Registrar, target: Target) -> list[Finding]:
    """Nothing where this registrar may register such a system. An organisation that it may not register for is
    refused as one that is not there."""
    wrong = []
    if target.role not in _GIVES.get(registrar.role, ()):
        wrong.append(INVALID_VALUE.at("/role", reason=ROLE_NOT_GIVEN))
    if target.kind != kind_of(target.role) or not _its_own(registrar, target.organisation_id):
        wrong.append(UNKNOWN_REFERENCE.at("/organisation_id"))
    return wrong


def kind_of(role: str) -> str:
    """The kind of organisation that a role belongs to."""
    return role if role in {"provider", "workplace"} else "organiser"


def _its_own(registrar: Registrar, organisation_id: UUID) -> bool:
    return registrar.role != "provider" or organisation_id in {
        registrar.organisation_id,
        *registrar.workplaces,
    }


def may_change(registrar: str, role: str) -> bool:
    """Whether a registrar of this role changes a system of that one, of those that it sees."""
    return role in _GIVES.get(registrar, ())


def may_revoke(registrar: str, role: str) -> bool:
    """The operator, who gives no role and no key, may take any away but the auditor's."""
    return may_change(registrar, role) or (registrar == "operator" and role != "auditor")


def awaits_confirmation(role: str, registrar: Registrar, *, by_itself: bool) -> bool:
    """Whether new keys of a system have to be confirmed before its tokens work: an organiser's system says what
    everybody may do, so no system makes or takes over another one alone. The first is founded at the command line."""
    return role == "organiser" and registrar != COMMAND_LINE and not by_itself


def check_open(closed_on: date | None, begins_on: date, pointer: str) -> list[Finding]:
    """Nothing new begins where it is closed; what begins before that day does, also when it is told later."""
    closed = closed_on is not None and begins_on >= closed_on
    return [CLOSED.at(pointer, closed_on=closed_on)] if closed else []
