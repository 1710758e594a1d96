"""Clients as the rest of the service uses them."""

from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.access.resource import Present, Resource
from walmu_api.access.visibility import visible_client
from walmu_api.foundation.content_types import Content
from walmu_api.record.parties.clients import service
from walmu_api.record.parties.clients.definition import CLIENT
from walmu_api.record.parties.clients.routes import router


async def _read_one(ctx: RequestContext, client_id: UUID) -> Present:
    row = await service.find(ctx, client_id)
    today = row if row.merged_into is None else await service.find(ctx, row.merged_into)

    def past(content: Content) -> Content:
        return service.past(ctx, row, content, today)

    received = None if ctx.tenant_scope is not None else service.document(ctx, row)
    return Present(service.wire(ctx, row), past, received)


_INDEX_ROWS = f"""
select 'client', id, document_number, version, '1.2.246.537.6.1505.1.2023.6.1', id, null, null,
    null, null, null, 'final', recorded_at, recorded_by_organisation,
    (recorded_at at time zone 'Europe/Helsinki')::date
from clients where organiser_id = :organiser and (merged_into is null or :number::bigint is not null) and {visible_client("clients")}
"""

RESOURCES = (Resource(CLIENT, (router,), service.wire_records, _read_one, index_rows=_INDEX_ROWS),)
