"""The disclosure log as the rest of the service uses it."""

from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.access.merged_clients import read_under
from walmu_api.access.resource import Present, Resource, unchanged
from walmu_api.record.case_file.disclosures import service
from walmu_api.record.case_file.disclosures.definition import DISCLOSURE
from walmu_api.record.case_file.disclosures.routes import router


async def _read_one(ctx: RequestContext, disclosure_id: UUID) -> Present:
    return Present(service.wire(ctx.session, await service.find(ctx, disclosure_id)), unchanged, None)


_INDEX_ROWS = f"""
select 'disclosure', id, document_number, 1, '1.2.246.537.6.1506.19010.2023.9.8', {read_under("disclosures.client_id")},
    provider_id, service_relationship_id, agreement_id, null, service_task ->> 'code', 'final', disclosed_at, organisation_id,
    (disclosed_at at time zone 'Europe/Helsinki')::date
from disclosures where organiser_id = :organiser and :organisation::uuid is null and document_number is not null
"""

RESOURCES = (Resource(DISCLOSURE, (router,), service.wire_records, _read_one, index_rows=_INDEX_ROWS),)
