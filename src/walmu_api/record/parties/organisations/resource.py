"""Organisations and units as the rest of the service uses them."""

from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.access.resource import Present, Resource, unchanged
from walmu_api.foundation import records
from walmu_api.record.parties.organisations import service
from walmu_api.record.parties.organisations.definition import ORGANISATION, UNIT
from walmu_api.record.parties.organisations.routes import router
from walmu_api.record.parties.organisations.schemas import Organisation, Unit


async def _read_organisation(ctx: RequestContext, organisation_id: UUID) -> Present:
    row = await service.find(ctx.session, organisation_id)
    return Present(records.body(Organisation, row), unchanged, None)


async def _read_unit(ctx: RequestContext, unit_id: UUID) -> Present:
    return Present(records.body(Unit, await service.find_unit(ctx.session, unit_id)), unchanged, None)


RESOURCES = (
    Resource(ORGANISATION, (router,), read_one=_read_organisation),
    Resource(UNIT, read_one=_read_unit),
)
