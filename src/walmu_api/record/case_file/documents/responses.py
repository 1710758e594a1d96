"""How such records are answered: one with its ETag, a page of them."""

from fastapi import Request, Response
from sqlalchemy import Select

from walmu_api.access.context import RequestContext
from walmu_api.access.resource import ResourceDefinition
from walmu_api.foundation import records, responses
from walmu_api.record.case_file.documents import service
from walmu_api.record.case_file.documents.tables import DocumentRow


async def record(
    ctx: RequestContext, definition: ResourceDefinition, row: DocumentRow, *, created: bool = False
) -> Response:
    """One record; 201 with its Location when this request made it."""
    data = await service.wire(ctx, definition, row)
    return responses.record(data, row.version, created_at=f"{definition.path}/{row.id}" if created else None)


async def page(
    request: Request,
    ctx: RequestContext,
    definition: ResourceDefinition,
    statement: Select[DocumentRow],
    limit: int,
    cursor: str | None,
) -> Response:
    """A page of records, in the order in which they were recorded."""
    rows, following = await records.page(ctx.session, DocumentRow, statement, limit, cursor)
    data = await service.wires(ctx, definition, rows)
    return responses.page(request, data, following)
