"""What a record was before: the present is in its table, the past in the journal, which keeps what each
change replaced.

Whoever may see the record may see what it was, under the same rules as the record itself."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from pydantic_core import from_json, to_json

from walmu_api.access import audiences
from walmu_api.access.context import RequestContext
from walmu_api.access.resource import Received, Resource, ResourceDefinition
from walmu_api.exchange.registry import RESOURCES
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.foundation.statements import Statement

VERSIONED = tuple(each for each in RESOURCES if each.read_one is not None and each.definition.versioned)
"""The resources that have operations on their versions."""

_CHANGES = Statement("""
select version, at, change, actor_organisation, actor_system, actor_person::text, replaced::text
from journal where organiser_id = :organiser and resource_id = :id and resource_type = :resource_type
  and change not like 'access-%'
order by version
""")
_REPLACED = Statement("""
select version - 1 as version, replaced::text from journal
where organiser_id = :organiser and resource_id = :id and resource_type = :resource_type
  and change not like 'access-%' and version = any(:versions::int[])
""")
_REPLACED_LATER = Statement("""
select resource_id, at, replaced::text from journal
where organiser_id = :organiser and resource_id = any(:ids) and at > :since and replaced is not null
  and change not like 'access-%'
order by version
""")


@dataclass(frozen=True)
class Then:
    """One version: its summary, its body, and the national document that it came as."""

    summary: Mapping[str, Any]
    body: bytes
    received: Received


async def versions(ctx: RequestContext, resource: Resource, record_id: UUID) -> list[Then]:
    """Every version that the caller may see, oldest first."""
    assert resource.read_one is not None
    present, definition = await resource.read_one(ctx, record_id), resource.definition
    rows = await ctx.session.fetch(
        _CHANGES, organiser=ctx.organiser_id, id=record_id, resource_type=definition.journaled_as
    )
    now = from_json(present.body)["version"]
    replaced = await _replaced(ctx, definition, record_id, rows)
    found = []
    for row in rows:
        if row["version"] > now:
            break  # changed by another while this was read
        if row["version"] == now:
            body: tuple[bytes, Received] | None = present.body, present.received
        else:
            past = present.past(replaced[row["version"]])
            body = None if past is None else _apart(past)
        if body is not None and (
            ctx.tenant_scope is None or not definition.organisers_own(from_json(body[0]))
        ):
            found.append(Then(_summary(ctx, definition, record_id, dict(row)), *body))
    return found


async def _replaced(
    ctx: RequestContext, definition: ResourceDefinition, record_id: UUID, rows: list[asyncpg.Record]
) -> dict[int, dict[str, Any]]:
    """The bodies of earlier versions. Each stands with the change that replaced it, which may be another party's
    and hidden from the caller; the version itself is not."""
    found = {row["version"] - 1: row["replaced"] for row in rows[1:]}
    hidden = [row["version"] + 1 for row in rows[:-1] if row["version"] not in found]
    if hidden:
        async with ctx.session.without_tenant_scope():
            more = await ctx.session.fetch(
                _REPLACED,
                organiser=ctx.organiser_id,
                id=record_id,
                resource_type=definition.journaled_as,
                versions=hidden,
            )
        found |= {row["version"]: row["replaced"] for row in more}
    return {version: from_json(body) for version, body in found.items()}


def _apart(body: dict[str, Any]) -> tuple[bytes, Received]:
    """A body of the journal, and the document that was kept with it."""
    received = body.pop("received", None)
    return to_json(body), received


def _summary(
    ctx: RequestContext, definition: ResourceDefinition, record_id: UUID, row: dict[str, Any]
) -> dict[str, Any]:
    by = {"organisation_id": row["actor_organisation"], "system_id": row["actor_system"]}
    if row["actor_person"] is not None and audiences.may_name_actor(ctx.caller, by["organisation_id"]):
        by["person"] = from_json(row["actor_person"])
    return {
        "version": row["version"],
        "recorded_at": row["at"],
        "recorded_by": by,
        "change": row["change"],
        "url": f"{definition.path}/{record_id}/versions/{row['version']}",
    }


def known_at(found: list[Then], moment: datetime) -> list[Then]:
    """The version that was known at that moment: the last that had been recorded."""
    return [then for then in found if then.summary["recorded_at"] <= moment][-1:]


def one(found: list[Then], version: int) -> Then:
    for then in found:
        if then.summary["version"] == version:
            return then
    raise NOT_FOUND()


class Since:
    """What records were at moments in the past, as the journal has them."""

    def __init__(self, rows: Sequence[asyncpg.Record]) -> None:
        self._rows = rows

    @classmethod
    async def read(cls, session: Session, ids: Collection[UUID], since: datetime) -> "Since":
        """One look for all of these records, at what has changed since a moment."""
        return cls(
            await session.fetch(_REPLACED_LATER, organiser=session.organiser_id, ids=list(ids), since=since)
        )

    def body(self, record_id: UUID, moment: datetime) -> dict[str, Any] | None:
        """The record as it was at a moment, not before the one that was read since; None: as it is now. Identity codes in
        it are sealed."""
        of_record = (row for row in self._rows if row["resource_id"] == record_id and row["at"] > moment)
        found = next(of_record, None)
        return None if found is None else from_json(found["replaced"])
