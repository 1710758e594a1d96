"""What the caseworker does by script: makes, amends and revokes decisions, answers proposals."""

from typing import Any, NoReturn

from fastapi import HTTPException

from walmu_api.foundation.clock import Clock
from walmu_dev.simulator.content import Content, day_text
from walmu_dev.simulator.store import DECISION, PROPOSAL, Held, Store
from walmu_dev.simulator.words import (
    DecisionWords,
    changed,
    decision_words,
    empty,
    first_version,
    proposal_words,
    verdict,
)


def _refused(status: int, why: str) -> NoReturn:
    raise HTTPException(status, why)


class Caseworker:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def create(self, words: DecisionWords) -> dict[str, Any]:
        if words.number is not None:
            _refused(422, "decision.id: a new decision gets its id here")
        body = changed(words, empty(words, self._clock.today()))
        return decision_words(self._store.add(DECISION, body | first_version(words.external_id)))

    def amend(self, words: DecisionWords) -> dict[str, Any]:
        held = self._decision(words)
        if held.body["Status"] == "Revoked":
            _refused(409, "The decision is revoked")
        return self._next_version(held, changed(words, held.body))

    def revoke(self, words: DecisionWords) -> dict[str, Any]:
        held = self._decision(words)
        if held.body["Status"] == "Revoked":
            return decision_words(held)
        revoked_on = day_text(words.revoked_on or self._clock.today())
        reason = {"Reason": words.reason} if words.reason is not None else {}
        return self._next_version(held, held.body | {"Status": "Revoked", "RevokedDate": revoked_on} | reason)

    def decide(self, words: DecisionWords) -> dict[str, Any]:
        """The proposal becomes a decision with its external id; the words may say otherwise in places."""
        proposal = self._waiting(words)
        proposed = {name: proposal.body[name] for name in Content.model_fields}
        body = changed(words, proposed | verdict(self._clock.today()))
        decision = self._store.add(DECISION, body | first_version(proposal.external_id))
        self._store.replace(proposal, proposal.body | {"Status": "Decided", "DecisionId": decision.id})
        return decision_words(decision)

    def refuse(self, words: DecisionWords) -> dict[str, Any]:
        proposal = self._waiting(words)
        change = {"Status": "Refused", "RefusalReason": words.reason or "Ei päätettävissä"}
        return proposal_words(self._store.replace(proposal, proposal.body | change))

    def _next_version(self, held: Held, body: dict[str, Any]) -> dict[str, Any]:
        return decision_words(self._store.replace(held, body | {"Revision": held.body["Revision"] + 1}))

    def _named(self, entity: str, words: DecisionWords) -> list[Held]:
        if words.number is not None:
            one = self._store.one(entity, words.number)
            return [] if one is None else [one]
        if words.external_id is None:
            _refused(422, "decision.id, decision.ehr.id or decision.external_id is needed")
        return self._store.named(entity, words.external_id)

    def _decision(self, words: DecisionWords) -> Held:
        """The newest one, where an external id was decided more than once."""
        found = self._named(DECISION, words)
        return found[-1] if found else _refused(404, "There is no such decision")

    def _waiting(self, words: DecisionWords) -> Held:
        found = self._named(PROPOSAL, words)
        if not found:
            _refused(404, "There is no such proposal")
        waiting = [one for one in found if one.body["Status"] == "Received"]
        return (
            waiting[0]
            if waiting
            else _refused(409, f"The proposal is {found[0].body['Status'].lower()} already")
        )
