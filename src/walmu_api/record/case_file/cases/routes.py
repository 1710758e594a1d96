"""Cases: what the organiser has before it and why."""

from typing import Annotated

from fastapi import Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.markers import body, idempotent_create, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import findings
from walmu_api.foundation.openapi import IfMatch, gives, makes
from walmu_api.foundation.schema_types import Id
from walmu_api.record.case_file.cases import service
from walmu_api.record.case_file.cases.definition import CASE
from walmu_api.record.case_file.cases.schemas import Case, CaseEntry
from walmu_api.record.case_file.documents import responses as document_responses
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.standard_resource import standard_routes
from walmu_api.record.case_file.documents.tables import DocumentRow

Reader = Annotated[RequestContext, requires(Scope.CASES_READ)]
Writer = Annotated[RequestContext, requires(Scope.CASES_WRITE)]
Entry = Annotated[CaseEntry, body(CaseEntry)]

router = standard_routes(
    CASE,
    writes=Scope.CASES_WRITE,
    docs={
        "list": "List the cases, in the order in which they were recorded.",
        "get": "Read one case.",
        "void": "Void a case that was opened in error; it stays readable as `voided`.",
    },
)


@router.post(
    "/cases",
    operation_id="recordCase",
    status_code=201,
    responses=makes(Case, "Recorded.", "Link"),
    dependencies=[idempotent_create],
)
async def record_case(request: Request, entry: Entry, ctx: Writer) -> Response:
    """Open a case (asian vireilletulo)."""
    row, created = await service.record(ctx, entry)
    return await _response(request, ctx, row, created=created)


@router.put("/cases/{case_id}", operation_id="replaceCase", responses=gives(Case, "The record.", "Link"))
async def replace_case(
    request: Request, case_id: Id, entry: Entry, ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Change a case, such as closing it."""
    row = await documents.find(ctx, CASE, case_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match)
    return await _response(request, ctx, row)


@router.get("/cases/{case_id}/findings", operation_id="listCaseFindings", responses=findings.LISTED)
async def list_case_findings(request: Request, case_id: Id, ctx: Reader) -> Response:
    """What is doubtful in a case, such as a code of a list of which only a part is known here."""
    row = await documents.find(ctx, CASE, case_id)
    return findings.response_of(request, await service.findings(ctx, row))


async def _response(
    request: Request, ctx: RequestContext, row: DocumentRow, *, created: bool = False
) -> Response:
    answer = await document_responses.record(ctx, CASE, row, created=created)
    found = await service.findings(ctx, row)
    return findings.linked(answer, f"{CASE.path}/{row.id}", found)
