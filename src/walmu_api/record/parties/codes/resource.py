"""Code systems as the rest of the service uses them."""

from walmu_api.access.resource import Resource
from walmu_api.record.parties.codes.definition import CODE_SYSTEM
from walmu_api.record.parties.codes.routes import router

RESOURCES = (Resource(CODE_SYSTEM, (router,)),)
