"""Decisions as the rest of the service uses them."""

from walmu_api.access.resource import Resource, sealed_reader
from walmu_api.record.commitments.decisions import service
from walmu_api.record.commitments.decisions.definition import DECISION
from walmu_api.record.commitments.decisions.routes import router

RESOURCES = (
    Resource(
        DECISION, (router,), service.wire_records, sealed_reader(service.find, service.wire, service.seal)
    ),
)
