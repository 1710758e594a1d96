"""Agreements as the rest of the service uses them."""

from walmu_api.access.resource import Resource, sealed_reader
from walmu_api.access.visibility import visible
from walmu_api.record.commitments.agreements import service
from walmu_api.record.commitments.agreements.definition import AGREEMENT
from walmu_api.record.commitments.agreements.routes import router

_INDEX_ROWS = f"""
select 'agreement' as kind, id, document_number, version, structure, client_id, provider_id,
  service_relationship_id,
    id as agreement_id, null::uuid as case_id, null::text as service_task, status, recorded_at,
    recorded_by_organisation, coalesce(signed_on, starts_on) as dated_on
from agreements where organiser_id = :organiser and {visible("agreements")}
"""

RESOURCES = (
    Resource(
        AGREEMENT,
        (router,),
        service.wire_records,
        sealed_reader(service.find, service.wire, service.seal),
        index_rows=_INDEX_ROWS,
    ),
)
