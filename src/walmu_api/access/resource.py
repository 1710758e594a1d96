"""How a resource is declared: once, in its own folder.

`definition.py` of a resource holds its `ResourceDefinition`: plain data that its own service reads.
`resource.py`, above the routes, joins definition, routers and readers to a `Resource`. `record/registry.py`
lists the resources; change feed, versions, problem catalogue, contract, documents and the application read
that list (docs/add-a-resource.md).

ADR 31."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from walmu_api.access.caller import Caller
from walmu_api.access.context import RequestContext
from walmu_api.access.scopes import Scope
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.database import Session
from walmu_api.foundation.field_encryption import Seal
from walmu_api.foundation.problems import ProblemType
from walmu_api.foundation.tables import Mirrored

View = Callable[[Content, Caller], Content]
"""What of a record one audience reads: takes the members of the record and the caller, gives the members that may be
seen. Applied where answers leave the service (`access/audiences.py`), and again to an answer that was kept."""
VIEWS: dict[type[BaseModel], Mapping[str, View]] = {}
"""The views of every declared resource by its model and the role of the calling system."""


@dataclass(frozen=True)
class Disclosed:
    """What one record, or a part of it, discloses to a workplace: whose data, under which agreement, which field group."""

    client_id: str | None
    """None where the record does not name its client: then it is the only one that the answer is about."""
    agreement_id: str | None
    group: str
    """A field group of the disclosure log: a key of `documents.field_groups` in the locales."""
    content: Any
    permission_id: UUID | None = None
    """The permission by which it is told; None: the client's consent to the agreement."""


Disclosing = Callable[[Content], Iterable[Disclosed]]
DISCLOSING: dict[type[BaseModel], Disclosing] = {}
"""What the records of each model disclose to a workplace. `access/deliveries.py` asks it of every answer."""


def disclosing(group: str, *, agreement: str = "agreement_id", apart: Sequence[str] = ()) -> Disclosing:
    """A record is of one field group; the members `apart` are groups of their own, by their names. `agreement` is the
    member that names the agreement."""

    def of_record(content: Content) -> Iterable[Disclosed]:
        whose = content.get("client_id"), content.get(agreement)
        yield Disclosed(*whose, group, {name: content[name] for name in content if name not in apart})
        for name in apart:
            if name in content:
                yield Disclosed(*whose, name, content[name])

    return of_record


def unchanged(content: Content) -> Content:
    return content


def content_as_document(content: Content, _language: str) -> Content:
    return content


def entry_as_read(_structure: str, content: Content) -> Content:
    return content


@dataclass(frozen=True)
class NationalForm:
    """How records of a resource become documents of its national structures, and documents its entries. Both
    functions are pure; the mapping tables from members to fields stand in `adapters/national/structures`."""

    to_document: Callable[[Content, str], Content] = content_as_document
    """From the content of a record to the members that the mapping table names, with the sentences that are added in a
    language: Finnish in a document, the reader's on a page."""
    from_document: Callable[[str, Content], Content] = entry_as_read
    """From the OID of a structure and the members read by its table to the members of an entry."""
    takes: Callable[[str, Content], bool] | None = None
    """Which documents become this resource, given the collection that the structure's table names and the
    members that were read. None: all documents whose table names this resource."""


def kind_by_structure(structures: Mapping[str, str]) -> Callable[[str, Content], Content]:
    """Sets `kind` from the OID of the structure, for `NationalForm.from_document`. Where several kinds have
    one structure, a document is of the first of them."""

    def from_document(structure: str, content: Content) -> Content:
        return {"kind": next(kind for kind, oid in structures.items() if oid == structure), **content}

    return from_document


@dataclass(frozen=True)
class ResourceDefinition:
    """What a resource is called, where it lives, who may read it, and what can go wrong with it."""

    resource_type: str
    """The name in the change feed: `work-plan`."""
    path: str
    """`/v1/work-plans`"""
    tag: str
    """The tag of the contract under which its operations stand (`contract/texts.py`)."""
    reads: Scope
    """The right to read a record."""
    model: type[BaseModel]
    """The record on the wire; `entry` is what a sender writes of it."""
    entry: type[BaseModel] | None = None
    problems: Sequence[ProblemType] = ()
    views: Mapping[str, View] = field(default_factory=dict)
    """By role of the calling system (`provider`, `workplace`, …): what of a record it reads, in every answer, in the
    feed and in versions. A role without a view reads the whole record, where it may see the record at all."""
    disclosing: Disclosing | None = None
    """What a record discloses to a workplace (`disclosing`). None where no workplace reads it."""
    national: NationalForm | None = None
    """None where the resource has no national document."""
    organisers_own: Callable[[Content], bool] = lambda _content: False
    """Which versions of a record are the organiser's business alone, such as a drafted decision."""
    reduced: type[BaseModel] | None = None
    """What the record is on the wire for who reads little of it, where that is another message."""
    versioned: bool = True
    """Whether its versions can be asked for under its own path."""
    addressed_by: Literal["id", "source_id", "path"] = "id"
    """By what a record is found below the path: its id, its own code, or nothing, where there is one per
    organiser."""
    journaled_as: str = ""
    """The type under which its changes stand in the journal, where it is a view of another resource."""
    key: str = ""
    """The name of the id in paths; left out, it follows from the type: `work_plan_id`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or f"{self.resource_type.replace('-', '_')}_id")
        object.__setattr__(self, "journaled_as", self.journaled_as or self.resource_type)
        VIEWS[self.model] = self.views
        if self.disclosing is not None:
            DISCLOSING[self.model] = self.disclosing

    @property
    def collection(self) -> str:
        return self.path.removeprefix("/v1/")

    @property
    def name(self) -> str:
        """The name in operations: `WorkPlan`; `Client` for a `ClientRecord`."""
        return self.model.__name__.removesuffix("Record")

    def url(self, record_id: object, source_id: str | None = None) -> str:
        last = {"id": record_id, "source_id": source_id, "path": None}[self.addressed_by]
        return self.path if last is None else f"{self.path}/{last}"


Past = Callable[[Content], Content | None]
Received = Content | None


@dataclass(frozen=True)
class Present:
    """A record as the caller may read it now, with what is needed to read its past."""

    body: bytes
    past: Past
    """Makes of a body that was replaced what this caller may read of it; None: nothing of that version."""
    received: Received
    """The national document that the record came as, where it came as one and the caller may read it."""


R = TypeVar("R", bound=Mirrored)


def sealed_reader(
    find: Callable[[RequestContext, UUID], Awaitable[R]],
    wire: Callable[[Session, R], bytes],
    seal: Callable[[RequestContext, UUID], Seal],
) -> "ReadOne":
    """Reads a record with a table of its own, that keeps the document that it came as under a seal."""

    async def read_one(ctx: RequestContext, record_id: UUID) -> Present:
        row = await find(ctx, record_id)
        own = seal(ctx, row.id)
        return Present(wire(ctx.session, row), own.opened_version, own.opened(row.received))

    return read_one


ReadMany = Callable[[RequestContext, list[UUID]], Awaitable[dict[UUID, bytes]]]
See = Callable[[RequestContext, Content], Awaitable[bool]]
SEES: dict[type[BaseModel], See] = {}
"""Whether the caller may see the record of an answer now, by its model. `access/audiences.py` asks it of every answer that
was kept."""
ReadOne = Callable[[RequestContext, UUID], Awaitable[Present]]


@dataclass(frozen=True)
class Resource:
    """A resource as the rest of the service uses it. What is left out, it does not have."""

    definition: ResourceDefinition
    routers: Sequence[APIRouter] = ()
    read_many: ReadMany | None = None
    """The records of these ids that the caller may see now, for the change feed and for kept answers."""
    read_one: ReadOne | None = None
    """One record with its past; 404 where the caller may not see it. With it come the operations on versions."""
    record: Callable[..., Awaitable[Any]] | None = None
    """`record(ctx, entry, received=document)`: makes a record of a national document that came in."""
    replace: Callable[..., Awaitable[Any]] | None = None
    """`replace(ctx, row, entry, if_match, received=document)`: the next version by a document."""
    index_rows: str = ""
    """Of a resource with a table of its own and a national document: the select of its rows for the index of
    documents, with the columns of `adapters/national/document_index` and the parameters of
    `access/visibility`."""
    sees: See | None = None
    """Whether the caller may see a record now, where `read_many` does not say it."""

    def __post_init__(self) -> None:
        if (sees := self.sees or (self.read_many and _among(self.read_many))) is not None:
            SEES[self.definition.model] = sees


def _among(read_many: ReadMany) -> See:
    async def sees(ctx: RequestContext, content: Content) -> bool:
        record_id = UUID(content["id"])
        return record_id in await read_many(ctx, [record_id])

    return sees
