"""A draft on its way to the caseworker. Proposing is not idempotent, so nothing is proposed blindly.

An intent is written before the call. What is known or may have arrived is looked for first, and what is found
decides: waiting and of another content, it is replaced; decided, the decision is on its way in; refused, only
a newer draft is proposed again. That a proposal arrived is noted in one transaction: intent, delivery and the
draft's own state."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.access import use_log
from walmu_api.adapters.ehr import outgoing
from walmu_api.adapters.ehr.channel import Channel
from walmu_api.adapters.ehr.delivery_queue import Lane
from walmu_api.adapters.ehr.port import Done, Draft, Failed, Failure, Outcome, Proposal
from walmu_api.foundation.database import Session
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.statements import Statement
from walmu_api.record.commitments.decisions import service as decisions

_INTENT = Statement("""
insert into ehr_intents (organiser_id, id, target_id, delivery_id, operation, version)
    values (:organiser, :id, :target, :delivery_id, :operation, :version)
""")
_OPEN_INTENT = Statement("""
select id, version from ehr_intents where organiser_id = :organiser and delivery_id = :delivery_id
    and state = 'in_flight'
""")
_SETTLE_INTENT = Statement("""
update ehr_intents set state = :state, settled_at = walmu_now() where organiser_id = :organiser
  and delivery_id = :delivery_id and state = 'in_flight'
""")
_ARRIVED = Statement("""
update ehr_deliveries set remote_id = :remote_id, sent_version = :version where organiser_id = :organiser
    and id = :delivery_id
""")
_LOCK_DRAFT = Statement(
    "select from decisions where organiser_id = :organiser and id = :decision_id for update"
)
_REFUSED = Statement("""
select true from ehr_inbox
where organiser_id = :organiser and target_id = :target and stream = 'drafts' and remote_id = :remote_id
  and state = 'applied' limit 1
""")
_ANOTHER_WAITS = Statement("""
select true from ehr_deliveries d
where d.organiser_id = :organiser and d.target_id = :target and d.resource_type = 'decision'
  and d.resource_id = :decision_id and d.remote_id <> :remote_id
  and not exists (select from ehr_intents i
                  where i.organiser_id = :organiser and i.delivery_id = d.id and i.state = 'in_flight')
""")


@dataclass(frozen=True)
class DraftOutcome:
    """What became of the draft, and the version that was tried. `state` where the outcome does not tell."""

    outcome: Outcome[Any]
    version: int
    state: str | None = None


async def deliver(channel: Channel, lane: Lane, delivery: asyncpg.Record) -> DraftOutcome:
    async with channel.database.transaction(channel.tenancy) as session:
        await lane.hold(session)
        ctx = channel.target.context(session, channel.keyring, str(delivery["id"]))
        draft, version = await outgoing.draft(ctx, delivery["resource_id"])
        intent = await session.fetchrow(
            _OPEN_INTENT, organiser=session.organiser_id, delivery_id=delivery["id"]
        )
        if draft is None:  # it is decided, so the proposal did arrive and is none any more
            await _settle(session, delivery, "done")
            return DraftOutcome(Done(None), version, "superseded")
        await use_log.append(ctx, "deliverDraft", "decisions")
    found: Proposal | None = None
    if intent is not None or delivery["remote_id"] is not None:
        looked = await channel.system.find_draft(draft.decision_id)
        if isinstance(looked, Failed):
            return DraftOutcome(looked, version, "unknown" if intent is not None else None)
        found = looked.value
    if intent is not None and (found is None or found.remote_id == delivery["remote_id"]):
        async with channel.database.transaction(channel.tenancy) as session:
            await lane.hold(session)
            await _settle(session, delivery, "not_done")
        intent = None
    if found is None:
        return await _propose(channel, lane, delivery, draft, version)
    sent = max(delivery["sent_version"] or 0, intent["version"] if intent else 0)
    await _arrived(channel, lane, delivery, found.remote_id, sent)
    return await _go_on(channel, lane, delivery, draft, version, found, sent)


async def _go_on(
    channel: Channel,
    lane: Lane,
    delivery: asyncpg.Record,
    draft: Draft,
    version: int,
    found: Proposal,
    sent: int,
) -> DraftOutcome:
    """There is a proposal already: what is still to be said."""
    if found.state == "decided":
        return DraftOutcome(Done(found.remote_id), version, "superseded")
    if sent >= delivery["wanted_version"]:
        return DraftOutcome(Done(found.remote_id), sent)
    if found.state == "refused":
        return await _propose(channel, lane, delivery, draft, version)
    async with channel.database.transaction(channel.tenancy) as session:
        await lane.hold(session)
    outcome = await channel.system.replace_draft(found.remote_id, draft)
    if isinstance(outcome, Done):
        await _arrived(channel, lane, delivery, outcome.value, version)
    return DraftOutcome(
        outcome, version
    )  # a conflict: it was answered this moment, and the next look tells how


async def _propose(
    channel: Channel, lane: Lane, delivery: asyncpg.Record, draft: Draft, version: int
) -> DraftOutcome:
    async with channel.database.transaction(channel.tenancy) as session:
        await lane.hold(session)
        intent: UUID = uuid7()
        await session.execute(
            _INTENT,
            organiser=session.organiser_id,
            id=intent,
            target=channel.target.id,
            delivery_id=delivery["id"],
            operation="submit_draft",
            version=version,
        )
    outcome = await channel.system.submit_draft(draft)
    if isinstance(outcome, Done):
        await _arrived(channel, lane, delivery, outcome.value, version)
    elif outcome.failure is not Failure.UNKNOWN_OUTCOME:
        async with channel.database.transaction(channel.tenancy) as session:
            await lane.hold(session)
            await _settle(session, delivery, "not_done")
    return DraftOutcome(outcome, version)


async def _arrived(
    channel: Channel, lane: Lane, delivery: asyncpg.Record, remote_id: str, version: int
) -> None:
    """The proposal is there: noted once and for all, so that a kill right after leads to no second one."""
    async with channel.database.transaction(channel.tenancy) as session:
        await lane.hold(session)
        await _settle(session, delivery, "done")
        organiser = session.organiser_id
        await session.execute(
            _ARRIVED, organiser=organiser, delivery_id=delivery["id"], remote_id=remote_id, version=version
        )
        await session.execute(_LOCK_DRAFT, organiser=organiser, decision_id=delivery["resource_id"])
        if not await session.fetchval(
            _REFUSED, organiser=organiser, target=channel.target.id, remote_id=remote_id
        ):
            await decisions.draft_fares(
                channel.target.context(session, channel.keyring), delivery["resource_id"], "submitted", None
            )


async def _settle(session: Session, delivery: asyncpg.Record, state: str) -> None:
    await session.execute(
        _SETTLE_INTENT, organiser=session.organiser_id, delivery_id=delivery["id"], state=state
    )


async def is_stale(session: Session, target_id: UUID, decision_id: UUID, remote_id: str) -> bool:
    """Whether an answer concerns an earlier proposal than the one that waits now. The draft is locked."""
    draft = {"organiser": session.organiser_id, "decision_id": decision_id}
    await session.execute(_LOCK_DRAFT, **draft)
    return bool(await session.fetchval(_ANOTHER_WAITS, **draft, target=target_id, remote_id=remote_id))
