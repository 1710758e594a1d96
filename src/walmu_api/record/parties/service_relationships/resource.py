"""Service relationships as the rest of the service uses them."""

from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.access.resource import Present, Resource, unchanged
from walmu_api.record.parties.service_relationships import service
from walmu_api.record.parties.service_relationships.definition import SERVICE_RELATIONSHIP
from walmu_api.record.parties.service_relationships.routes import router


async def _read_one(ctx: RequestContext, relationship_id: UUID) -> Present:
    row = await service.find(ctx, relationship_id)
    return Present(service.wire(ctx.session, row), unchanged, None)


RESOURCES = (Resource(SERVICE_RELATIONSHIP, (router,), service.wire_records, _read_one),)
