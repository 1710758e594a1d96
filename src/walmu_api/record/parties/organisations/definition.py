"""Organisations and their units: declared."""

from walmu_api.access.resource import ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.parties.organisations.rules import PROBLEMS, VIEWS
from walmu_api.record.parties.organisations.schemas import Organisation, OrganisationEntry, Unit, UnitEntry

ORGANISATION = ResourceDefinition(
    "organisation",
    "/v1/organisations",
    "organisations",
    Scope.ORGANISATIONS_READ,
    Organisation,
    OrganisationEntry,
    problems=PROBLEMS,
    views=VIEWS,
)
UNIT = ResourceDefinition(
    "unit", "/v1/units", "organisations", Scope.ORGANISATIONS_READ, Unit, UnitEntry, views=VIEWS
)
