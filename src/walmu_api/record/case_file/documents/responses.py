"""How such records are answered: one with its ETag, a page of them."""

from fastapi import Request, Response
from sqlalchemy import Select

from walmu_api.access.context import RequestContext
from walmu_api.foundation import records, responses
from walmu_api.record.case_file.documents import service
from walmu_api.record.case_file.documents.service import ResourceDefinition
from walmu_api.record.case_file.documents.tables import DocumentRow


async def record(
    request: Request,
    ctx: RequestContext,
    kind: ResourceDefinition,
    row: DocumentRow,
    *,
    created: bool = False,
) -> Response:
    """One record; 201 with its Location when this request made it."""
    data = await service.wire(ctx, kind, row)
    return responses.record(data, row.version, created_at=f"{kind.path}/{row.id}" if created else None)


async def page(
    request: Request,
    ctx: RequestContext,
    kind: ResourceDefinition,
    statement: Select[DocumentRow],
    limit: int,
    cursor: str | None,
) -> Response:
    """A page of records, in the order in which they were recorded."""
    rows, following = await records.page(ctx.session, DocumentRow, statement, limit, cursor)
    data = await service.wires(ctx, (kind,), rows)
    return responses.page(request, data, following)
