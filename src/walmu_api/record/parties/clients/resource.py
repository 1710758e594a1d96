"""Clients as the rest of the service uses them."""

from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.access.resource import Content, Present, Resource
from walmu_api.record.parties.clients import service
from walmu_api.record.parties.clients.definition import CLIENT
from walmu_api.record.parties.clients.routes import router


async def _read_one(ctx: RequestContext, client_id: UUID) -> Present:
    row = await service.find(ctx, client_id)
    scoped = ctx.tenant_scope is not None

    def past(content: Content) -> Content:
        return service.past(ctx, row, content, scoped=scoped)

    received = None if scoped else service.document(ctx, row)
    return Present(service.wire(ctx, row, scoped=scoped), past, received)


RESOURCES = (Resource(CLIENT, (router,), service.wire_records, _read_one),)
