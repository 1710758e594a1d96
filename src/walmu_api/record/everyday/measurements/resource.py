"""Measurements as the rest of the service uses them."""

from walmu_api.access.resource import Resource, sealed_reader
from walmu_api.record.everyday.measurements import service
from walmu_api.record.everyday.measurements.definition import MEASUREMENT
from walmu_api.record.everyday.measurements.imports.routes import router as imports_router
from walmu_api.record.everyday.measurements.instruments.definition import INSTRUMENT
from walmu_api.record.everyday.measurements.instruments.routes import router as instruments_router
from walmu_api.record.everyday.measurements.routes import router

RESOURCES = (
    Resource(INSTRUMENT, (instruments_router,)),
    Resource(
        MEASUREMENT,
        (router, imports_router),
        service.wire_records,
        sealed_reader(service.find, service.wire, service.seal),
    ),
)
