"""What a record was before: the present is in its table, the past in the journal, which keeps what each change replaced.

Whoever may see the record may see what it was, under the same rules as the record itself."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import from_json, to_json

from walmu_api.access.context import RequestContext
from walmu_api.access.scopes import Scope
from walmu_api.exchange.kinds import KINDS
from walmu_api.foundation.field_encryption import Seal
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.foundation.statements import Statement
from walmu_api.record.case_file.disclosures import service as disclosures
from walmu_api.record.case_file.disclosures.schemas import Disclosure
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.service import ResourceDefinition
from walmu_api.record.commitments.agreements import service as agreements
from walmu_api.record.commitments.agreements.schemas import Agreement
from walmu_api.record.commitments.decisions import service as decisions
from walmu_api.record.commitments.decisions.schemas import Decision
from walmu_api.record.everyday.measurements import service as measurements
from walmu_api.record.everyday.measurements.schemas import Measurement
from walmu_api.record.parties.clients import service as clients
from walmu_api.record.parties.clients.schemas import Client
from walmu_api.record.parties.service_relationships import service as relationships
from walmu_api.record.parties.service_relationships.rules import without_whereabouts
from walmu_api.record.parties.service_relationships.schemas import ServiceRelationship

Past = Callable[[dict[str, Any]], dict[str, Any]]
"""How a body that was replaced is told to this caller."""
Received = dict[str, Any] | None
Find = Callable[[RequestContext, UUID], Awaitable[tuple[bytes, Past, Received]]]
"""The record as it is told now, how it is told of the past, and the national document that it came as."""


@dataclass(frozen=True)
class Source:
    """A kind of record whose versions can be asked for."""

    resource_type: str
    collection: str
    name: str  # "Case", in the names of the operations
    tag: str
    model: type[BaseModel]
    reading: Scope
    find: Find

    @property
    def key(self) -> str:
        """The name of the id in paths, as the resource's own routes have it."""
        return (
            "relationship_id"
            if self.resource_type == "service-relationship"
            else self.resource_type.replace("-", "_") + "_id"
        )


async def _client(ctx: RequestContext, record_id: UUID) -> tuple[bytes, Past, Received]:
    row = await clients.find(ctx, record_id)
    scoped = ctx.tenant_scope is not None
    return (
        clients.wire(ctx, row, scoped=scoped),
        lambda body: clients.past(ctx, row, body, scoped=scoped),
        None if scoped else clients.document(ctx, row),
    )


async def _decision(ctx: RequestContext, record_id: UUID) -> tuple[bytes, Past, Received]:
    row = await decisions.find(ctx, record_id)
    seal = decisions.seal(ctx, row.id)
    return decisions.wire(ctx.session, row), _opening(seal), seal.opened(row.received)


async def _agreement(ctx: RequestContext, record_id: UUID) -> tuple[bytes, Past, Received]:
    row = await agreements.find(ctx, record_id)
    seal = agreements.seal(ctx, row.id)
    return agreements.wire(ctx.session, row), _opening(seal), seal.opened(row.received)


def _opening(seal: Seal) -> Past:
    """As it was, with the document opened that was kept with it."""

    def past(body: dict[str, Any]) -> dict[str, Any]:
        return body | {"received": seal.opened(body["received"])} if "received" in body else body

    return past


async def _relationship(ctx: RequestContext, record_id: UUID) -> tuple[bytes, Past, Received]:
    row = await relationships.find(ctx, record_id)
    withheld = await clients.protected_clients(ctx, {row.client_id})
    return (
        await relationships.wire(ctx, row),
        without_whereabouts if withheld else _as_it_is,
        None,
    )


async def _measurement(ctx: RequestContext, record_id: UUID) -> tuple[bytes, Past, Received]:
    row = await measurements.find(ctx, record_id)
    seal = measurements.seal(ctx, row.id)
    return measurements.wire(ctx.session, row), _opening(seal), seal.opened(row.received)


async def _disclosure(ctx: RequestContext, record_id: UUID) -> tuple[bytes, Past, Received]:
    return disclosures.wire(ctx.session, await disclosures.find(ctx, record_id)), _as_it_is, None


def _as_it_is(body: dict[str, Any]) -> dict[str, Any]:
    return body


def _filed(kind: ResourceDefinition) -> Find:
    async def find(ctx: RequestContext, record_id: UUID) -> tuple[bytes, Past, Received]:
        row = await documents.find(ctx, kind, record_id)
        protected = await clients.protected_clients(ctx, {row.client_id})

        def past(body: dict[str, Any]) -> dict[str, Any]:
            return documents.shown(ctx, kind, row, body, protected)

        data = await documents.wire(ctx, kind, row)
        return data, past, past(row.received) if row.received is not None else None

    return find


def _in_store(kind: ResourceDefinition) -> Source:
    return Source(
        kind.resource_type,
        kind.collection,
        kind.model.__name__,
        kind.tag,
        kind.model,
        kind.reading,
        _filed(kind),
    )


SOURCES = (
    Source("client", "clients", "Client", "clients", Client, Scope.CLIENTS_READ, _client),
    Source(
        "service-relationship",
        "service-relationships",
        "ServiceRelationship",
        "service relationships",
        ServiceRelationship,
        Scope.SERVICE_RELATIONSHIPS_READ,
        _relationship,
    ),
    Source("decision", "decisions", "Decision", "decisions", Decision, Scope.DECISIONS_READ, _decision),
    Source(
        "agreement", "agreements", "Agreement", "agreements", Agreement, Scope.AGREEMENTS_READ, _agreement
    ),
    Source(
        "measurement",
        "measurements",
        "Measurement",
        "measurements",
        Measurement,
        Scope.MEASUREMENTS_READ,
        _measurement,
    ),
    *(_in_store(kind) for kind in KINDS),
)

PASSED = _in_store(documents.DOCUMENT)
"""Documents without a resource: their versions are named by the OIDs of the documents."""
DISCLOSED = Source(
    "disclosure", "disclosures", "Disclosure", "disclosures", Disclosure, Scope.DISCLOSURES_READ, _disclosure
)
"""A row of a log has one version only."""
BY_KIND = {source.resource_type: source for source in (*SOURCES, PASSED, DISCLOSED)}

_CHANGES = Statement("""
select version, at, change, actor_organisation, actor_system, actor_person::text, replaced::text
from journal where organiser_id = :organiser and resource_id = :id and resource_type = :resource_type
  and change not like 'access-%'
order by version
""")
_DRAFT = {"draft", "entered_in_error"}


@dataclass(frozen=True)
class Then:
    """One version: its summary, its body, and the national document that it came as."""

    summary: Mapping[str, Any]
    body: bytes
    received: Received


async def versions(ctx: RequestContext, source: Source, record_id: UUID) -> list[Then]:
    """Every version that the caller may see, oldest first. A decision is a provider's business once it is decided."""
    present, past, received = await source.find(ctx, record_id)
    rows = await ctx.session.fetch(
        _CHANGES, organiser=ctx.organiser_id, id=record_id, resource_type=source.resource_type
    )
    bodies = [_apart(past(from_json(row["replaced"]))) for row in rows[1:]] + [(present, received)]
    data = []
    for row, (body, document) in zip(rows, bodies, strict=False):
        undecided = source.resource_type == "decision" and from_json(body)["status"] in _DRAFT
        if ctx.tenant_scope is None or not undecided:
            data.append(Then(_summary(source, record_id, dict(row)), body, document))
    return data


def _apart(body: dict[str, Any]) -> tuple[bytes, Received]:
    """A body of the journal, and the document that was kept with it."""
    received = body.pop("received", None)
    return to_json(body), received


def _summary(source: Source, record_id: UUID, row: dict[str, Any]) -> dict[str, Any]:
    by = {"organisation_id": row["actor_organisation"], "system_id": row["actor_system"]}
    if row["actor_person"] is not None:
        by["person"] = from_json(row["actor_person"])
    return {
        "version": row["version"],
        "recorded_at": row["at"],
        "recorded_by": by,
        "change": row["change"],
        "url": f"/v1/{source.collection}/{record_id}/versions/{row['version']}",
    }


def known_at(found: list[Then], moment: datetime) -> list[Then]:
    """The version that was known at that moment: the last that had been recorded."""
    return [then for then in found if then.summary["recorded_at"] <= moment][-1:]


def one(found: list[Then], version: int) -> Then:
    for then in found:
        if then.summary["version"] == version:
            return then
    raise NOT_FOUND()
