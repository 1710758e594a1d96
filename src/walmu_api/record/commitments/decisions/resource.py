"""Decisions as the rest of the service uses them."""

from walmu_api.access.resource import Resource, sealed_reader
from walmu_api.access.visibility import visible
from walmu_api.record.commitments.decisions import service
from walmu_api.record.commitments.decisions.definition import DECISION
from walmu_api.record.commitments.decisions.routes import router

_INDEX_ROWS = f"""
select 'decision', id, document_number, version, structure, client_id, provider_id, service_relationship_id,
    null, null, service_task ->> 'code', status, recorded_at, recorded_by_organisation,
    coalesce(decided_on, valid_from)
from decisions where organiser_id = :organiser and {visible("decisions")}
    and (:organisation::uuid is null or status not in ('draft', 'entered_in_error'))
"""

RESOURCES = (
    Resource(
        DECISION,
        (router,),
        service.wire_records,
        sealed_reader(service.find, service.wire, service.seal),
        index_rows=_INDEX_ROWS,
    ),
)
