"""What the record system says of a decision, where agreements hang on what it said before: a person of the organiser decides.

There is one open conflict of a decision, with the newest thing that was said; what is older than that is stale. It ends
with the organiser's verdict, or when the record system takes its word back. What hangs on the decision is held until the
verdict is carried out: `theirs` when the worker has applied the item; cannot it do so, the conflict is open again. ADR 63."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.access.merged_clients import read_under
from walmu_api.adapters.ehr.schemas import EhrConflict, EhrConflictSettling
from walmu_api.foundation import preconditions
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import CONFLICT, NOT_FOUND
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.statements import Record, Statement
from walmu_api.record.commitments.agreements import holding
from walmu_api.record.commitments.decisions.parties import Received
from walmu_api.record.commitments.decisions.tables import DecisionRow

_FOUND = f"""
select c.*, {read_under("c.client_id")} as our_client_read, {read_under("c.their_client_id")} as their_client_read,
    t.name as target, i.remote_id, i.version as remote_version,
    array(select g.id from agreements g where g.organiser_id = c.organiser_id and g.decision_id = c.decision_id
          and g.status <> 'voided' order by g.id) as agreements
from ehr_conflicts c
join ehr_targets t on t.organiser_id = c.organiser_id and t.id = c.target_id
join ehr_inbox i on i.organiser_id = c.organiser_id and i.id = c.inbox_id
where c.organiser_id = :organiser"""
_OF_DECISION = Statement(
    f"{_FOUND} and c.decision_id = :decision_id order by c.id desc limit 1 for update of c"
)
_ONE = Statement(f"{_FOUND} and c.id = :id")
_ONE_TO_SETTLE = Statement(f"{_FOUND} and c.id = :id for update of c")
_LOCK_DECISION = Statement("""
select from decisions d join ehr_conflicts c on c.organiser_id = d.organiser_id and c.decision_id = d.id
where c.organiser_id = :organiser and c.id = :id for update of d
""")
"""Before the conflict, as the intake does."""
_LIST = Statement(f"""{_FOUND} and (:after::uuid is null or c.id > :after) and (:state::text is null or c.state = :state)
order by c.id limit :limit
""")
_RAISE = Statement("""
insert into ehr_conflicts (organiser_id, id, target_id, inbox_id, kind, decision_id, client_id, provider_id,
    their_client_id, their_provider_id)
values (:organiser, :id, :target, :inbox_id, :kind, :decision_id, :client_id, :provider_id,
    :their_client_id, :their_provider_id)
returning raised_at
""")
_SAY_ANEW = Statement("""
update ehr_conflicts set version = version + 1, inbox_id = :inbox_id, kind = :kind,
    their_client_id = :their_client_id, their_provider_id = :their_provider_id
where organiser_id = :organiser and id = :id
""")
_SETTLE = Statement("""
update ehr_conflicts set version = version + 1, state = 'settled', resolution = :resolution, reason = :reason,
    settled_at = walmu_now(), settled_by_organisation = :actor_organisation,
    settled_by_system = :actor_system, settled_by_person = :actor_person::jsonb
where organiser_id = :organiser and id = :id
""")
_SET_ASIDE = Statement("""
update ehr_inbox set state = :state, reason = null, settled_at = case when :state <> 'received' then walmu_now() end
where organiser_id = :organiser and id = :inbox_id and state in ('conflict', 'quarantined')
""")
_REOPEN = Statement("""
update ehr_conflicts c set version = version + 1, state = 'open', resolution = null, reason = null, settled_at = null,
    settled_by_organisation = null, settled_by_system = null, settled_by_person = null
where organiser_id = :organiser and inbox_id = :inbox_id and resolution = 'theirs'
    and exists (select from ehr_inbox i where i.organiser_id = c.organiser_id and i.id = c.inbox_id and i.state = 'quarantined')
""")


async def of_decision(ctx: RequestContext, decision_id: UUID) -> Record | None:
    """The last one, for a change."""
    return await ctx.session.fetchrow(_OF_DECISION, organiser=ctx.organiser_id, decision_id=decision_id)


def is_applied_by(known: Record | None, inbox_id: UUID) -> bool:
    """Whether the organiser said that this item holds."""
    return known is not None and known["resolution"] == "theirs" and known["inbox_id"] == inbox_id


async def keep(
    ctx: RequestContext,
    target_id: UUID,
    inbox_id: UUID,
    decision: DecisionRow,
    received: Received,
    known: Record | None,
) -> None:
    """Keep what was said of the decision for the organiser, and hold what hangs on it."""
    their_word = {
        "organiser": ctx.organiser_id,
        "inbox_id": inbox_id,
        "kind": "person-changed" if decision.client_id != received.client_id else "provider-changed",
        "their_client_id": received.client_id,
        "their_provider_id": received.provider_id,
    }
    if known is not None and known["state"] == "open":
        await _set_aside(ctx, known, "ignored_stale")
        await ctx.session.execute(_SAY_ANEW, id=known["id"], **their_word)
        return
    conflict_id = uuid7()
    since = await ctx.session.fetchval(
        _RAISE,
        id=conflict_id,
        target=target_id,
        decision_id=decision.id,
        client_id=decision.client_id,
        provider_id=decision.provider_id,
        **their_word,
    )
    await holding.hold(ctx, decision.id, conflict_id, since)


async def withdraw(ctx: RequestContext, known: Record) -> None:
    """The record system says again what goes together with ours."""
    await _set_aside(ctx, known, "ignored_stale")
    await _settled(ctx, known, "withdrawn", None)
    await release(ctx, known)


async def release(ctx: RequestContext, known: Record) -> None:
    """The verdict is carried out."""
    await holding.release(ctx, known["id"])


async def reopen(session: Session, inbox_id: UUID) -> None:
    """The item that the organiser chose cannot be applied: another verdict is needed, and all stays held."""
    await session.execute(_REOPEN, organiser=session.organiser_id, inbox_id=inbox_id)


async def settle(
    ctx: RequestContext, conflict_id: UUID, settling: EhrConflictSettling, if_match: str | None
) -> Record:
    """The organiser's verdict. `theirs`: the item is applied by the worker, as any other; it releases then."""
    await ctx.session.execute(_LOCK_DECISION, organiser=ctx.organiser_id, id=conflict_id)
    row = await _one(ctx, _ONE_TO_SETTLE, conflict_id)
    if (row["resolution"], row["reason"]) == (settling.resolution, settling.reason):
        return row
    preconditions.require_version(if_match, row["version"])
    if row["state"] != "open":
        raise CONFLICT(state=row["state"])
    await _set_aside(ctx, row, "received" if settling.resolution == "theirs" else "discarded")
    await _settled(ctx, row, settling.resolution, settling.reason)
    if settling.resolution == "ours":
        await release(ctx, row)
    return await _one(ctx, _ONE, conflict_id)


async def find(ctx: RequestContext, conflict_id: UUID) -> Record:
    return await _one(ctx, _ONE, conflict_id)


async def listing(
    ctx: RequestContext, *, state: str | None, after: UUID | None, limit: int
) -> Sequence[Record]:
    return await ctx.session.fetch(_LIST, organiser=ctx.organiser_id, after=after, state=state, limit=limit)


async def _one(ctx: RequestContext, statement: Statement, conflict_id: UUID) -> Record:
    row = await ctx.session.fetchrow(statement, organiser=ctx.organiser_id, id=conflict_id)
    if row is None:
        raise NOT_FOUND()
    return row


async def _set_aside(ctx: RequestContext, known: Record, state: str) -> None:
    await ctx.session.execute(_SET_ASIDE, organiser=ctx.organiser_id, inbox_id=known["inbox_id"], state=state)


async def _settled(ctx: RequestContext, known: Record, resolution: str, reason: str | None) -> None:
    await ctx.session.execute(
        _SETTLE,
        organiser=ctx.organiser_id,
        id=known["id"],
        resolution=resolution,
        reason=reason,
        **ctx.actor.parameters(),
    )


def wire(ctx: RequestContext, row: Record) -> bytes:
    ctx.session.log_access(row["our_client_read"], row["their_client_read"])
    members: dict[str, Any] = {
        "ours": {"client_id": row["our_client_read"], "provider_id": row["provider_id"]},
        "theirs": {"client_id": row["their_client_read"], "provider_id": row["their_provider_id"]},
        "settled_by": None,
    }
    if row["settled_by_system"] is not None:
        members["settled_by"] = {
            "organisation_id": row["settled_by_organisation"],
            "system_id": row["settled_by_system"],
            "person": row["settled_by_person"],
        }
    members |= {name: row[name] for name in EhrConflict.model_fields.keys() - members.keys()}
    return EhrConflict.model_validate(members).model_dump_json(exclude_none=True).encode()
