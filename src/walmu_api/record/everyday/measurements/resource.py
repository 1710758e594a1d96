"""Measurements as the rest of the service uses them."""

from walmu_api.access.resource import Resource, sealed_reader
from walmu_api.access.visibility import visible
from walmu_api.record.everyday.measurements import service
from walmu_api.record.everyday.measurements.definition import MEASUREMENT
from walmu_api.record.everyday.measurements.imports.routes import router as imports_router
from walmu_api.record.everyday.measurements.instruments.definition import INSTRUMENT
from walmu_api.record.everyday.measurements.instruments.routes import router as instruments_router
from walmu_api.record.everyday.measurements.routes import router

_INDEX_ROWS = f"""
select 'measurement', id, document_number, version, '1.2.246.537.6.1506.19015.2022.6.28', client_id,
  provider_id,
    service_relationship_id, null, null, null, status, recorded_at, recorded_by_organisation, answered_on
from measurements where organiser_id = :organiser and {visible("measurements")}
"""

RESOURCES = (
    Resource(INSTRUMENT, (instruments_router,)),
    Resource(
        MEASUREMENT,
        (router, imports_router),
        service.wire_records,
        sealed_reader(service.find, service.wire, service.seal),
        index_rows=_INDEX_ROWS,
    ),
)
