"""The covers of all documents: what there is, whose it is and who may see it, whichever table the record lies
in.

One statement over the tables of the records that have a national document; the content is fetched for those that are
shown. The set id of a document is `1.2.246.10.<business id>.11.<year>.<number>`, and `.<version>` after it names one
version: 11 is the class of documents below an organisation's own node (national OID guide)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.access.visibility import visible_document
from walmu_api.adapters.national.structures.definitions import Structure, structure_of
from walmu_api.exchange.registry import RESOURCES
from walmu_api.foundation.clock import HELSINKI
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.foundation.record_ids import instant_of
from walmu_api.foundation.statements import Statement
from walmu_api.record.case_file.documents.tables import DocumentRow

_OWN_TABLES = " union all ".join(each.index_rows for each in RESOURCES if each.index_rows)
COVERS = Statement(f"""
select * from (
    select resource_type as kind, id, document_number, version, structure, client_id, provider_id,
      service_relationship_id,
        agreement_id, case_id, service_task, status, recorded_at, recorded_by_organisation, dated_on
    from documents where organiser_id = :organiser and structure is not null and status <> 'unconfirmed'
        and (:organisation::uuid is null or resource_type <> 'case') -- the organiser and its record system
        and {visible_document("documents")}
    union all {_OWN_TABLES}
) covers
where (:client_id::uuid is null or client_id = :client_id)
    and (:service_relationship_id::uuid is null or service_relationship_id = :service_relationship_id)
    and (:structure::text is null or structure = :structure)
    and (:first::date is null or dated_on >= :first) and (:last::date is null or dated_on <= :last)
    and (:number::bigint is null or document_number = :number)
    and (:id::uuid is null or id = :id) and (:after::uuid is null or id > :after)
order by id limit :limit
""")
_BUSINESS_ID = Statement("select business_id from organisers where id = :organiser")
_DATED = {
    "agreement": ("signed_on", "starts_on"),
    "decision": ("decided_on", "valid_from"),
    "measurement": ("answered_on",),
}
"""By which member of a record its document is dated, where that is not `dated_on`, as in the rows of the index."""
_OID = re.compile(r"1\.2\.246\.10\.([0-9]{1,8})\.11\.([0-9]{4})\.([0-9]{1,18})(?:\.([1-9][0-9]{0,8}))?")


@dataclass(frozen=True)
class Cover:
    """One document, without its content."""

    kind: str
    id: UUID
    document_number: int
    version: int
    structure: str
    client_id: UUID
    provider_id: UUID | None
    service_relationship_id: UUID | None
    agreement_id: UUID | None
    case_id: UUID | None
    service_task: str | None
    status: str
    recorded_at: datetime
    recorded_by_organisation: UUID
    dated_on: date

    @classmethod
    def of(cls, row: DocumentRow) -> "Cover":
        """The cover of a record in the store of documents, without a query."""
        names = [each.name for each in fields(cls) if each.name != "kind"]
        return cls(kind=row.resource_type, **{name: getattr(row, name) for name in names})

    def of_version(self, body: Mapping[str, Any]) -> "Cover":
        """The cover of one version, of which this is the record's body."""
        recorded_at = datetime.fromisoformat(body.get("recorded_at") or self.recorded_at.isoformat())
        recorded_by = body.get("recorded_by", {}).get("organisation_id", self.recorded_by_organisation)
        if self.kind == "client":
            dated_on = recorded_at.astimezone(HELSINKI).date().isoformat()
        else:
            names = _DATED.get(self.kind, ("dated_on",))
            dated_on = next((body[name] for name in names if name in body), self.dated_on.isoformat())
        return replace(
            self,
            version=body.get("version", self.version),
            structure=body.get("structure", self.structure),
            status=body.get("status", self.status),
            recorded_at=recorded_at,
            recorded_by_organisation=UUID(str(recorded_by)),
            dated_on=date.fromisoformat(dated_on),
        )

    @property
    def definition(self) -> Structure:
        found = structure_of(self.structure)
        assert found is not None, "records hold structures that are known here"
        return found

    @property
    def year(self) -> int:
        """The year in which the record was first made: read from its id."""
        return instant_of(self.id).year


@dataclass(frozen=True)
class Asked:
    """Which covers; what is None asks for all."""

    client_id: UUID | None = None
    service_relationship_id: UUID | None = None
    structure: str | None = None
    from_: date | None = None
    to: date | None = None
    number: int | None = None
    id: UUID | None = None
    after: UUID | None = None


async def covers(ctx: RequestContext, asked: Asked, limit: int) -> list[Cover]:
    """The covers that the caller may see, in the order in which the records were first made."""
    rows: Sequence[asyncpg.Record] = await ctx.session.fetch(
        COVERS,
        **visibility.parameters(ctx),
        client_id=asked.client_id,
        service_relationship_id=asked.service_relationship_id,
        structure=asked.structure,
        first=asked.from_,
        last=asked.to,
        number=asked.number,
        id=asked.id,
        after=asked.after,
        limit=limit,
    )
    return [Cover(**dict(row)) for row in rows]


async def cover_of(ctx: RequestContext, record_id: UUID) -> Cover:
    found = await covers(ctx, Asked(id=record_id), 1)
    if not found:
        raise NOT_FOUND()
    return found[0]


async def cover_named(ctx: RequestContext, document_id: str, asked: int | None = None) -> tuple[Cover, int]:
    """The cover that an OID names, and the version: that of the OID; with the set id the one that is asked for, else
    the newest."""
    read = _OID.fullmatch(document_id)
    if read is None:
        raise NOT_FOUND()
    found = await covers(ctx, Asked(number=int(read[3])), 1)
    if not found or document_oid(await node(ctx.session), found[0]) != ".".join(document_id.split(".")[:8]):
        raise NOT_FOUND()
    version = int(read[4] or asked or found[0].version)
    if asked not in {None, version}:
        raise NOT_FOUND()
    if not 1 <= version <= found[0].version:
        raise NOT_FOUND()
    return found[0], version


async def node(session: Session) -> str:
    """The organiser's own node: its business id without hyphen and leading zeros."""
    business_id: Any = await session.fetchval(_BUSINESS_ID, organiser=session.organiser_id)
    return f"1.2.246.10.{business_id.replace('-', '').lstrip('0')}"


def document_oid(own_node: str, cover: Cover) -> str:
    """The OID of the set of versions."""
    return f"{own_node}.11.{cover.year}.{cover.document_number}"
