"""Clients: declared."""

from walmu_api.access.resource import NationalForm, ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.parties.clients import rules
from walmu_api.record.parties.clients.schemas import ClientEntry, ClientRecord, MergedClient

CLIENT = ResourceDefinition(
    "client",
    "/v1/clients",
    "clients",
    Scope.CLIENTS_READ,
    ClientRecord,
    ClientEntry,
    problems=rules.PROBLEMS,
    national=NationalForm(),
    reduced=MergedClient,
)
