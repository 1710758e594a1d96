"""What comes from the record system: kept in the inbox first, then applied in order.

The inbox is unique by target, stream, remote id and version, so what is polled twice is there once; the
cursor moves only with what is kept. What cannot be understood is quarantined; nothing is guessed."""

from typing import Any
from uuid import UUID

import structlog
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from walmu_api.access import merged_clients
from walmu_api.access.context import RequestContext
from walmu_api.adapters.ehr import conflicts, drafts, persons, providers
from walmu_api.adapters.ehr.port import DecisionMessage, Failed, MappingError, Notices, RecordSystem
from walmu_api.adapters.ehr.providers import our_id
from walmu_api.adapters.ehr.targets import Target
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problem_responses import from_database
from walmu_api.foundation.problems import Problem
from walmu_api.foundation.record_ids import uuid7s
from walmu_api.foundation.statements import Record, Statement
from walmu_api.record.commitments.decisions import service as decisions
from walmu_api.record.commitments.decisions.parties import Received
from walmu_api.record.commitments.decisions.schemas import DecisionEntry

log = structlog.get_logger()
_PLACE = "ehr_inbox|content"
DECISIONS, DRAFTS = "decisions", "drafts"

_POSITION = Statement("""
select position from ehr_cursors where organiser_id = :organiser and target_id = :target and stream = :stream
""")
_MOVE = Statement("""
insert into ehr_cursors (organiser_id, target_id, stream, position)
  values (:organiser, :target, :stream, :position)
on conflict (organiser_id, target_id, stream) do update
  set position = greatest(ehr_cursors.position, excluded.position)
""")
_KNOWN = Statement("""
select remote_id, version from ehr_inbox where organiser_id = :organiser and target_id = :target
  and stream = :stream and remote_id = any(:remote_ids::text[])
""")
_KEEP = Statement("""
insert into ehr_inbox (organiser_id, id, target_id, stream, remote_id, version, content_sealed)
values (:organiser, :id, :target, :stream, :remote_id, :version, :content)
  on conflict (organiser_id, target_id, stream, remote_id, version) do nothing
""")
_NEXT = Statement("""
select id, stream, remote_id, version, content_sealed from ehr_inbox
where organiser_id = :organiser and target_id = :target and state = 'received' order by id limit 1 for update
""")
_LOCK = Statement("select pg_try_advisory_xact_lock(hashtextextended(:what, 0))")
_SETTLE = Statement("""
update ehr_inbox set state = :state, reason = :reason, settled_at = walmu_now()
where organiser_id = :organiser and id = :id and state = 'received'
""")


class Intake:
    """The way in, for one target."""

    def __init__(self, database: Database, keyring: Keyring, target: Target, system: RecordSystem) -> None:
        self.database, self.keyring, self.target, self.system = database, keyring, target, system
        self.tenancy = Tenancy(target.organiser_id)

    async def poll(self, *, again: bool) -> Failed | None:
        """Keep what changed over there; the failure, if there was one."""
        for stream, ask in ((DECISIONS, self.system.decision_changes), (DRAFTS, self.system.draft_changes)):
            async with self.database.transaction(self.tenancy) as session:
                position = await session.fetchval(
                    _POSITION, organiser=session.organiser_id, target=self.target.id, stream=stream
                )
            outcome = await ask(position, again=again)
            if isinstance(outcome, Failed):
                return outcome
            if outcome.value.items or outcome.value.position != position:
                await self._keep(stream, outcome.value)
        return None

    async def _keep(self, stream: str, notices: Notices) -> None:
        async with self.database.transaction(self.tenancy) as session:
            place = {"organiser": session.organiser_id, "target": self.target.id, "stream": stream}
            ids = list({notice.remote_id for notice in notices.items})
            rows = await session.fetch(_KNOWN, **place, remote_ids=ids)
            known = {(row["remote_id"], row["version"]) for row in rows}
            for row_id, notice in zip(sorted(uuid7s(len(notices.items))), notices.items, strict=True):
                if (notice.remote_id, notice.version) in known:
                    continue
                sealed = self.keyring.encrypt(notice.content, _PLACE, session.organiser_id, row_id)
                await session.execute(
                    _KEEP,
                    **place,
                    id=row_id,
                    remote_id=notice.remote_id,
                    version=notice.version,
                    content=sealed,
                )
            await session.execute(_MOVE, **place, position=notices.position)

    async def apply(self, most: int = 200) -> int:
        """Apply what waits, each in its own transaction and in order; how many were applied."""
        for count in range(most):
            if not await self._apply_next():
                return count
        return most

    async def _apply_next(self, failed_before: UUID | None = None) -> bool:
        """The next one. What fails is tried twice: the first time a race may have been lost, say for the same
        new person."""
        row_id, stream, content = None, None, b""
        try:
            async with self.database.transaction(self.tenancy) as session:
                if not await session.fetchval(_LOCK, what=f"ehr-intake|{self.target.id}"):
                    return False  # another worker is at it
                row = await session.fetchrow(_NEXT, organiser=session.organiser_id, target=self.target.id)
                if row is None:
                    return False
                row_id, stream = row["id"], row["stream"]
                content = self.keyring.decrypt(row["content_sealed"], _PLACE, session.organiser_id, row["id"])
                state = await self._file(self.target.context(session, self.keyring), row, content)
                await session.execute(
                    _SETTLE, organiser=session.organiser_id, id=row_id, state=state, reason=None
                )
        except Exception as error:
            if row_id is None or from_database(error) is not None:
                raise
            if row_id != failed_before:
                return await self._apply_next(failed_before=row_id)
            if stream == DECISIONS:
                await self._take_over(content)
            await self._quarantine(row_id, error)
        return True

    async def _take_over(self, content: bytes) -> None:
        """What protects a person whom we know holds, whatever becomes of the decision that tells it: each by itself, as far as
        it can be understood."""
        for take_over in (persons.protect, persons.left):
            try:
                async with self.database.transaction(self.tenancy) as session:
                    await merged_clients.as_they_are(session)
                    ctx = self.target.context(session, self.keyring)
                    person = self.system.read_person(content)
                    await take_over(ctx, await persons.known(ctx, person), person)
            except Exception as error:
                if from_database(error) is not None:
                    raise

    async def _quarantine(self, row_id: UUID, error: Exception) -> None:
        """One that cannot be filed is set aside with its reason; the others go on."""
        reason = _reason(error)
        log.warning("quarantined", inbox=str(row_id), reason=reason)
        async with self.database.transaction(self.tenancy) as session:
            await session.execute(
                _SETTLE, organiser=session.organiser_id, id=row_id, state="quarantined", reason=reason
            )
            await conflicts.reopen(session, row_id)

    async def _file(self, ctx: RequestContext, item: Record, content: bytes) -> str:
        remote_id = item["remote_id"]
        if item["stream"] == DRAFTS:
            data = self.system.read_draft(content)
            if not data.refused:
                return "unchanged"
            decision_id = our_id(data.decision_id)
            if await drafts.is_stale(ctx.session, self.target.id, decision_id, remote_id):
                return "ignored_stale"
            filed = await decisions.draft_fares(ctx, decision_id, "refused", data.reason)
            return "applied" if filed else "ignored_stale"
        filed_before = await decisions.find_by_ehr_id(ctx.session, self.target.name, remote_id)
        known = await conflicts.of_decision(ctx, filed_before.id) if filed_before is not None else None
        moves = conflicts.is_applied_by(known, item["id"])
        if known is not None and item["version"] <= known["remote_version"] and not moves:
            return "ignored_stale"
        decision = self.system.read_decision(content)
        await merged_clients.as_they_are(ctx.session)
        named = await persons.client(ctx, decision.person)
        client_id = await merged_clients.follow(ctx, named)
        provider_id = await providers.served_by(ctx.session, self.target.name, decision, remote_id)
        values = _checked(decision, client_id, provider_id)
        answers = _maybe_id(decision.answers)
        received = Received(
            self.target.name,
            remote_id,
            item["version"],
            answers,
            client_id,
            provider_id,
            values | {"travel": decision.values["travel"]},
            client_named=named,
            moves=moves,
        )
        row, outcome = await decisions.receive(ctx, received)
        if outcome == "conflict":
            assert row is not None
            await conflicts.keep(ctx, self.target.id, item["id"], row, received, known)
            return "conflict"
        if known is not None and moves:
            await conflicts.release(ctx, known)
        elif known is not None and known["state"] == "open":
            await conflicts.withdraw(ctx, known)
        return {"stale": "ignored_stale", "unchanged": "unchanged"}.get(outcome, "applied")


_adapter = TypeAdapter(DecisionEntry)


def _checked(decision: DecisionMessage, client_id: UUID, provider_id: UUID) -> dict[str, Any]:
    """The content held against our own schema: a decision of theirs is filed as it is, never as another."""
    content = {
        name: value
        for name, value in decision.values.items()
        if name in DecisionEntry.model_fields and value is not None
    }
    entry = _adapter.validate_python({**content, "client_id": client_id, "provider_id": provider_id})
    stored = {
        name: getattr(entry, name) for name in ("decided_on", "valid_from", "valid_to", "days_per_week")
    }
    return dict(decision.values) | stored


def _maybe_id(text: str | None) -> UUID | None:
    """Another system's ExternalId answers no draft of ours."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _reason(error: Exception) -> str:
    """Why, without any value."""
    if isinstance(error, MappingError):
        return str(error)
    if isinstance(error, Problem):
        return " ".join(
            [error.kind.code, *(f"{finding.pointer}:{finding.kind.code}" for finding in error.errors[:5])]
        )
    if not isinstance(error, ValidationError):
        return type(error).__name__
    places = [
        "/".join(map(str, data["loc"])) + ":" + _type(data) for data in error.errors(include_input=False)[:5]
    ]
    return "invalid " + " ".join(places)


def _type(error: ErrorDetails) -> str:
    """What the validators of our own messages find is one type here."""
    return "value_error" if error["type"] == Reason.TYPE else error["type"]
