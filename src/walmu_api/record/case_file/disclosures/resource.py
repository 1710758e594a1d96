"""The disclosure log as the rest of the service uses it."""

from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.access.resource import Present, Resource, unchanged
from walmu_api.record.case_file.disclosures import service
from walmu_api.record.case_file.disclosures.definition import DISCLOSURE
from walmu_api.record.case_file.disclosures.routes import router


async def _read_one(ctx: RequestContext, disclosure_id: UUID) -> Present:
    return Present(service.wire(ctx.session, await service.find(ctx, disclosure_id)), unchanged, None)


RESOURCES = (Resource(DISCLOSURE, (router,), service.wire_records, _read_one),)
