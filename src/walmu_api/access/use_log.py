"""Appending to the use log. The six things the law wants: whose data, which data, user, organisation,
purpose, time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from walmu_api.access.context import RequestContext
from walmu_api.foundation.database import Database
from walmu_api.foundation.problems import Problem
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.schema_types import ActingPerson
from walmu_api.foundation.statements import Statement

_EXPRESSIONS = {
    "id": ":log_id",
    "client_ids": ":client_ids",
    "organisation_id": ":actor_organisation",
    "system_id": ":actor_system",
    "person": ":actor_person::jsonb",
    "operation": ":operation",
    "resource_type": ":resource_type",
    "purpose": ":purpose",
    "request_id": ":request_id",
}


def _insert(expressions: Mapping[str, str], source: str = "") -> str:
    columns, values = ", ".join(expressions), ", ".join(expressions.values())
    return f"insert into use_log (organiser_id, {columns}) select :organiser, {values}{source}"


def insert_from(source: str, resource_type: str, *, clients: str) -> str:
    """The SQL that appends a row for each row of `source`, in the statement that read or wrote them.

    `clients` is an array; `parameters` has the values."""
    own = {"client_ids": clients, "resource_type": f"'{resource_type}'"}
    return _insert(_EXPRESSIONS | own, f" from {source}")


APPEND = Statement(_insert(_EXPRESSIONS | {"question": ":question"}))

_PURPOSES = {
    "organiser": "organising-the-service",  # palvelun järjestäminen
    "provider": "carrying-out-the-service",  # palvelun toteuttaminen
    "workplace": "carrying-out-the-service",
    "ehr": "keeping-the-client-record",  # asiakastietojen kirjaaminen
    "auditor": "supervising-use",  # käytön valvonta
    "operator": "technical-operation",  # tekninen ylläpito
}
"""The purpose of use follows from role and relationship; the sender does not choose it."""


_acting = TypeAdapter(ActingPerson)


def person_text(claim: Any) -> str | None:
    """The acting person as JSON text; what is not one is left out rather than stored."""
    if claim is None:
        return None
    try:
        return to_json(_acting.validate_python(claim), exclude_none=True).decode()
    except ValidationError:
        return None


def parameters(ctx: RequestContext, operation: str) -> dict[str, UUID | str]:
    """What a statement with `insert_from` needs besides `:organiser` and the actor's parameters."""
    return {
        "log_id": uuid7(),
        "operation": operation,
        "purpose": _PURPOSES[ctx.caller.system.role],
        "request_id": ctx.caller.request_id,
    }


async def append(ctx: RequestContext, operation: str, resource_type: str) -> None:
    """One row for one answer, whatever number of clients it carries."""
    await ctx.session.execute(
        APPEND,
        organiser=ctx.organiser_id,
        client_ids=list(ctx.session.clients_seen),
        resource_type=resource_type,
        question=ctx.session.question,
        **ctx.actor.parameters(),
        **parameters(ctx, operation),
    )
    ctx.session.use_logged = True


_TELLS = frozenset({403, 409, 412, 422, 428})
"""Refusals that tell something of what was read before them. 404 and 400 tell nothing of a client."""


async def append_refusal(
    database: Database, ctx: RequestContext, problem: Problem, operation: str, resource_type: str
) -> None:
    """One row for a refusal that tells something of a client's record, in a transaction of its own: the work is rolled
    back, that it was told is not (ADR 42)."""
    refused = ctx.session
    clients, sought = refused.clients_seen | refused.clients_read, refused.clients_sought
    if problem.kind.status not in _TELLS or not (
        clients or sought is not None or refused.logged_anyway or refused.question
    ):
        return
    async with database.transaction(refused.tenancy) as session:
        session.question = refused.question
        session.log_access(*clients)
        if sought is not None:
            session.log_access(*await session.orm.scalars(sought))
        await append(replace(ctx, session=session), operation, resource_type)
