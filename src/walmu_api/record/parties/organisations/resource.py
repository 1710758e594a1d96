"""Organisations and units as the rest of the service uses them."""

from walmu_api.access.resource import Resource
from walmu_api.record.parties.organisations.definition import ORGANISATION, UNIT
from walmu_api.record.parties.organisations.routes import router

RESOURCES = (Resource(ORGANISATION, (router,)), Resource(UNIT))
