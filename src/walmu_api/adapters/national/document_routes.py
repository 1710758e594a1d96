"""National documents: sent, listed, read; and the document of every record that is one."""

from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BeforeValidator, Field
from pydantic_core import to_json

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import body, heavy_above, idempotent_create, requires
from walmu_api.access.resource import SEES, ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.adapters.national.document_index import Asked, Cover, cover_named, cover_of, covers
from walmu_api.adapters.national.document_types import WITH_DOCUMENT
from walmu_api.adapters.national.exporting import export_document, frozen
from walmu_api.adapters.national.exporting.envelope import Envelopes
from walmu_api.adapters.national.exporting.page.code_labels import labels_in
from walmu_api.adapters.national.exporting.page.rendering import PAGES, page
from walmu_api.adapters.national.importing import import_document
from walmu_api.adapters.national.schemas import (
    LARGE,
    DocumentOid,
    DocumentToFile,
    Envelope,
    FiledDocument,
    NationalDocument,
    StructureOid,
)
from walmu_api.foundation import responses
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.openapi import Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.pages import XHTML, documented, language_of_page
from walmu_api.foundation.preconditions import etag
from walmu_api.foundation.problems import Problem, check_order, refuse
from walmu_api.foundation.schema_types import Day, Id, whole_number
from walmu_api.record.case_file.documents import filters
from walmu_api.record.parties.codes import service as codes

router = APIRouter(prefix="/v1", route_class=GuardedRoute)
Reader = Annotated[RequestContext, requires(Scope.DOCUMENTS_READ)]
Writer = Annotated[RequestContext, requires(Scope.DOCUMENTS_WRITE)]
PAGE = documented("A readable page of the same content; labels in Finnish or Swedish.", "Päätös")
GIVEN = gives(NationalDocument, "The document, or an extract.", etag=False, also=PAGE)
GIVEN[200]["headers"] = {"ETag": {"$ref": "#/components/headers/DocumentETag"}}
Version = Annotated[
    int | None,
    Field(ge=1, le=999_999_999, json_schema_extra={"format": "int32"}),
    BeforeValidator(whole_number),
    Query(description="Which version, where `document_id` is the OID of the set.", examples=[1]),
]


@router.get("/documents", operation_id="listDocuments", tags=["documents"], responses=lists(Envelope))
async def list_documents(
    request: Request,
    ctx: Reader,
    client_id: filters.ClientId = None,
    service_relationship_id: filters.RelationshipId = None,
    structure: Annotated[
        StructureOid | None, Query(description="Only of this structure and version.")
    ] = None,
    from_: Annotated[Day | None, Query(alias="from", description="Dated on this day or later.")] = None,
    to: Annotated[Day | None, Query(description="Dated on this day or before.")] = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the documents you may see by their envelopes.

    Whatever record a document is; in the order in which the records were first made."""
    refuse(check_order(from_, to, "/query/to"))
    asked = Asked(client_id, service_relationship_id, structure, from_, to, after=responses.after(cursor))
    found = await covers(ctx, asked, limit + 1)
    shown = found[:limit]
    envelopes, hashes = await Envelopes.of(ctx.session, shown), await frozen.hashes(ctx, shown)
    ctx.session.log_access(*{cover.client_id for cover in shown})
    hashed = [{"sha256": hashes[cover.id]} if cover.id in hashes else {} for cover in shown]
    items = [to_json(envelopes.envelope(cover) | each) for cover, each in zip(shown, hashed, strict=True)]
    return responses.page(request, items, responses.key_text(shown[-1].id) if len(found) > limit else None)


@router.post(
    "/documents",
    operation_id="fileDocument",
    tags=["documents"],
    status_code=201,
    responses=makes(FiledDocument),
    dependencies=[idempotent_create, heavy_above(LARGE)],
)
async def file_document(
    request: Request, document: Annotated[DocumentToFile, body(DocumentToFile)], ctx: Writer
) -> Response:
    """Send a national document: it becomes the record that it is, and is given out equal. What is refused is
    told with the place in the document and our name of it. Who may send which structure stands in `GET
    /v1/documents/structures`.

    A client-relationship document (1505.1) says the addressed client anew; its `source_id` is not kept. An
    agreement (13004) and a decision (11053, 11052) need `service_relationship_id`. An agreement is under the
    newest decision in force that covers its days. A decision is a draft when the organiser sends it, decided
    when the record system does. Results of a test (19015) are a measurement when they are written just as we
    give one out, for a service relationship; else a document without resource."""
    cover, created = await import_document.file(ctx, request.app.state.official, document)
    envelope = (await Envelopes.of(ctx.session, [cover])).envelope(cover)
    resource = envelope["resource"]
    data = {"envelope": envelope} | ({"resource": resource} if "url" in resource else {})
    location = resource.get("url", f"/v1/documents/{envelope['document_id']}")
    return responses.record(to_json(data), cover.version, created_at=location if created else None)


async def _sees_filed(ctx: RequestContext, content: Content) -> bool:
    """Whether the caller may see now what a document became."""
    try:
        await cover_named(ctx, content["envelope"]["document_id"])
    except Problem:
        return False
    return True


SEES[FiledDocument] = _sees_filed


@router.get("/documents/{document_id}", operation_id="getDocument", tags=["documents"], responses=GIVEN)
async def get_document(
    request: Request, document_id: Annotated[DocumentOid, Path()], ctx: Reader, version: Version = None
) -> Response:
    """Read a document by its OID: any version, or by the OID of the set its newest.

    A version that was given out does not change: it is told to the byte as it was, with the persons, names, addresses and
    codes of its moment, and its `ETag` is the SHA-256 of those bytes. Who may not read all of it gets an `extract`."""
    cover, named = await cover_named(ctx, document_id, version)
    return await _answer(request, ctx, cover, named)


async def _answer(request: Request, ctx: RequestContext, cover: Cover, version: int) -> Response:
    official = request.app.state.official
    if request.state.answer_type != XHTML:
        given = await export_document.document(ctx, official, cover, version)
        return Response(given.body, 200, {"ETag": _tag(given.body)}, responses.JSON)
    language = language_of_page(request.headers.get("accept-language"))
    given = await export_document.document(ctx, official, cover, version, language)
    labels = labels_in(await codes.book_now(ctx.session), language)
    body = page(cover.definition, given.data, language, labels)
    return Response(body, 200, PAGES.headers(language) | {"ETag": _tag(body)}, XHTML)


def _tag(body: bytes) -> str:
    return etag(sha256(body).hexdigest())


def _add(definition: ResourceDefinition) -> None:
    one: Any = Annotated[Id, Path(alias=definition.key)]

    async def get_document_of(request: Request, record_id: one, ctx: Reader) -> Response:
        """Read a record as its national document. 409 `document-incomplete` names what it lacks."""
        cover = await cover_of(ctx, record_id)
        return await _answer(request, ctx, cover, cover.version)

    router.add_api_route(
        f"/{definition.collection}/{{{definition.key}}}/document",
        get_document_of,
        operation_id=f"get{definition.name}Document",
        tags=[definition.tag],
        responses=GIVEN,
    )


for _resource in WITH_DOCUMENT:
    _add(_resource.definition)
