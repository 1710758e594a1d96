"""Agreements as the rest of the service uses them."""

from walmu_api.access.resource import Resource, sealed_reader
from walmu_api.record.commitments.agreements import service
from walmu_api.record.commitments.agreements.definition import AGREEMENT
from walmu_api.record.commitments.agreements.routes import router

RESOURCES = (
    Resource(
        AGREEMENT, (router,), service.wire_records, sealed_reader(service.find, service.wire, service.seal)
    ),
)
