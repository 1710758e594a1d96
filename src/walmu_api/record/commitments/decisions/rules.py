"""When a decision is in force, and what a draft must hold. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from walmu_api.foundation import validation_messages
from walmu_api.foundation.field_encryption import is_of_a_person
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import CONFLICT, INVALID_VALUE, Finding, ProblemType, check_order

PURCHASE = Reason("purchase")
WAGES = Reason("wages")

DECISION_NOT_IN_FORCE = ProblemType("decision-not-in-force", 422, names_basis=True)
REVOCATION_NOT_YET_KNOWN = ProblemType("revocation-not-yet-known", 422, located=True, names_basis=True)
UNDECIDED = ("draft", "entered_in_error")
"""States of a decision that is nobody's business outside the organiser."""
PROBLEMS = (DECISION_NOT_IN_FORCE, REVOCATION_NOT_YET_KNOWN)
DISABILITY_SERVICES = "20"
STRUCTURES = {
    True: "1.2.246.537.6.1506.11053.2024.11.5",  # vammaispalvelupäätös
    False: "1.2.246.537.6.1506.11052.2023.9.8",  # työikäisten palvelupäätös
}


def structure(service_task: str) -> str:
    """The national structure follows from the service task, not from the legal basis."""
    return STRUCTURES[service_task == DISABILITY_SERVICES]


@dataclass(frozen=True)
class Force:
    """What decides whether a day is covered."""

    status: str
    outcome: str
    valid_from: date
    valid_to: date | None
    revoked_on: date | None
    revocation_known_on: date | None

    @property
    def decided(self) -> bool:
        """Not while it is drafted, nor one that went to another client or provider."""
        return self.status not in {"draft", "entered_in_error", "moved"} and self.outcome != "denied"

    @property
    def covers(self) -> str:
        """The days it covers, said as an interval."""
        if not self.decided:
            return "-"
        last = self.valid_to
        if self.revoked_on is not None:
            before = self.revoked_on - timedelta(days=1)
            last = before if last is None else min(last, before)
        return f"{self.valid_from}–{last or ''}" if last is None or last >= self.valid_from else "-"

    def on(self, day: date) -> Finding | None:
        """Nothing when the decision covers the day; else what is wrong or, before a revocation could be
        known, doubtful (ADR 9)."""
        if self.decided and self.valid_from <= day and (self.valid_to is None or day <= self.valid_to):
            if self.revoked_on is None or day < self.revoked_on:
                return None
            if self.revocation_known_on is not None and day < self.revocation_known_on:
                return REVOCATION_NOT_YET_KNOWN.at("/date").warning()
        return DECISION_NOT_IN_FORCE.at("/date", covers=self.covers)


def check_draft(
    *,
    valid_from: date,
    valid_to: date | None,
    service_kind: str,
    has_allowance: bool,
    kind: str = "client",
    refers_to_client_decision: bool = False,
    number_system: str | None = None,
) -> list[Finding]:
    """What a decision may hold. `number_system` is the system of the decision's own number."""
    findings = check_order(valid_from, valid_to, "/valid_to")
    if service_kind == "wage_subsidised_work" and has_allowance:
        findings.append(INVALID_VALUE.at("/work_allowance_per_day", reason=WAGES))
    if kind != "purchase" and refers_to_client_decision:
        findings.append(INVALID_VALUE.at("/client_decision_id", reason=PURCHASE))
    if is_of_a_person(number_system):
        findings.append(INVALID_VALUE.at("/decision_number/system", reason=validation_messages.OWN_KEY))
    return findings


REVIEWED = frozenset({"decided", "revoked", "superseded", "ended"})
"""What is decided may be reviewed and appealed."""


def check_review(status: str) -> None:
    if status not in REVIEWED:
        raise CONFLICT(state=status)


def after_supersession(older: str, *, newer: str, newer_before: str | None) -> str:
    """The status of a decision when the one that takes its place is told: superseded when that is decided,
    decided again when that was an error."""
    if older == "decided" and newer in REVIEWED:
        return "superseded"
    if older == "superseded" and newer == "entered_in_error" and newer_before in REVIEWED:
        return "decided"
    return older
