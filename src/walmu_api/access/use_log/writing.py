"""Appending to the use log. The six things the law wants: whose data, which data, user, organisation, purpose, time."""

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from walmu_api.access.context import RequestContext
from walmu_api.foundation.identifiers import uuid7
from walmu_api.foundation.schema_types import ActingPerson

if TYPE_CHECKING:
    from walmu_api.access.caller import Caller

APPEND = """
insert into use_log (organiser_id, id, client_ids, organisation_id, system_id, person, operation, resource_type, purpose, request_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""

_PURPOSES = {
    "organiser": "organising-the-service",  # palvelun järjestäminen
    "provider": "carrying-out-the-service",  # palvelun toteuttaminen
    "workplace": "carrying-out-the-service",
    "ehr": "keeping-the-client-record",  # asiakastietojen kirjaaminen
    "auditor": "supervising-use",  # käytön valvonta
    "operator": "technical-operation",  # tekninen ylläpito
}


_acting = TypeAdapter(ActingPerson)


def person_text(claim: Any) -> str | None:
    """The acting person as JSON text; what is not one is left out rather than stored."""
    if claim is None:
        return None
    try:
        return to_json(_acting.validate_python(claim), exclude_none=True).decode()
    except ValidationError:
        return None


def purpose(caller: "Caller") -> str:
    """The purpose of use follows from role and relationship; the sender does not choose it."""
    return _PURPOSES[caller.system.role]


async def append(ctx: RequestContext, operation: str, resource_type: str) -> None:
    """One row for one answer, whatever number of clients it carries."""
    await ctx.session.execute(
        APPEND,
        ctx.organiser_id,
        uuid7(),
        list(ctx.session.clients_seen),
        ctx.caller.organisation_id,
        ctx.caller.system.id,
        ctx.caller.person,
        operation,
        resource_type,
        purpose(ctx.caller),
        ctx.caller.request_id,
    )
    ctx.session.use_logged = True
