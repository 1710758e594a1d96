"""Every delivery of client data to a workplace is in the disclosure log, in the transaction of the answer.

The guard passes every answer through `log_answer`, whatever operation made it. Whose data it is, and of which field
group, follows from the model that the operation declares (`access/resource.py`, `disclosing`); files and outcomes, which
hold no records, are noted by what writes them (`Session.disclosed`).

ADR 45."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import from_json, to_json
from starlette.responses import Response

from walmu_api.access import use_log
from walmu_api.access.context import RequestContext
from walmu_api.access.resource import DISCLOSING, Disclosed, Disclosing
from walmu_api.foundation import journal, responses
from walmu_api.foundation.content_types import in_members, in_model
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.statements import Arrays, Statement

CONSENT = "consent, 703/2023 6 §"
"""The basis where no permission is."""
PURPOSE = "carrying_out_agreement"
UNDECLARED = "other"
"""The field group of an answer that declares nothing: it is logged all the same."""

_ROWS = Arrays(
    "part",
    {
        "id": "uuid",
        "client_id": "uuid",
        "agreement_id": "uuid",
        "permission_id": "uuid",
        "field_groups": "text",
        "content_hash": "text",
    },
)


def _with_display(code: str) -> str:
    """A code as documents hold it: one without a display shows itself."""
    return f"{code} || jsonb_build_object('display', coalesce({code} ->> 'display', {code} ->> 'code'))"


_DOCUMENTED = """(select delivered.id, 1 as version, delivered.client_named as client_id, null::uuid as provider_id,
    null::uuid as workplace_id, null::text as source_id
  from delivered join first on first.subject_id = delivered.agreement_id where leads) documented"""
"""The first delivery of an agreement to this workplace: the one that becomes a document 19010."""
LOG = Statement(f"""
with delivered as (
    select part.*, coalesce(a.client_named, part.client_id) as client_named, a.provider_id, a.service_relationship_id, {_with_display("r.service_task")} as service_task,
        {_with_display("r.service")} as service,
        coalesce(a.content -> 'author', r.responsible_workers -> 'provider') as discloser,
        row_number() over (partition by part.agreement_id order by part.permission_id nulls first, part.id) = 1 as leads
    from {_ROWS}
        left join agreements a on a.organiser_id = :organiser and a.id = part.agreement_id
        left join service_relationships r on r.organiser_id = a.organiser_id and r.id = a.service_relationship_id
), first as (
    insert into first_disclosures (organiser_id, recipient_id, subject_id)
    select distinct :organiser::uuid, :actor_organisation::uuid, agreement_id from delivered
    where agreement_id is not null order by agreement_id
    on conflict do nothing returning subject_id
), logged as (
    insert into disclosures (organiser_id, id, document_number, client_id, service_relationship_id, provider_id,
        agreement_id, recipient, recipient_id, recipient_person, purpose, permission_id, law, field_groups, content_hash,
        service_task, service, discloser, grounds, organisation_id, system_id, person)
    select :organiser, d.id,
        case when d.leads and d.agreement_id in (select subject_id from first)
            then nextval('document_numbers') end,
        d.client_named, d.service_relationship_id, d.provider_id, d.agreement_id,
        :recipient::jsonb || jsonb_build_object('organisation_id', o.id, 'organisation', o.name), o.id, :recipient_person,
        '{PURPOSE}', d.permission_id, case when d.permission_id is null then '{CONSENT}' end,
        string_to_array(d.field_groups, ' '), d.content_hash, d.service_task, d.service, d.discloser,
        case when d.permission_id is null then 'Asiakkaan suostumus (703/2023 6 §)'
            else 'Asiakkaan lupa tiedonvaihtoon' end,
        :actor_organisation, :actor_system, :actor_person::jsonb
    from delivered d join organisations o on o.organiser_id = :organiser and o.id = :actor_organisation
    order by d.id
    on conflict do nothing
)
{journal.insert_from(_DOCUMENTED, "disclosure", "created")}
""")


def content_hash(content: Any) -> str:
    """The same content has the same hash, whatever the order of its members."""
    return "sha256:" + hashlib.sha256(to_json(_sorted(content))).hexdigest()


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(each) for each in value] if isinstance(value, list) else value


def recipient_person(ctx: RequestContext) -> str:
    """The person's id in the sender's system; empty where the token names nobody (`act`): then the system is the
    recipient."""
    return str(from_json(ctx.caller.person)["sub"]) if ctx.caller.person is not None else ""


async def log_answer(
    ctx: RequestContext, operation: str, resource_type: str, model: Any, response: Response
) -> None:
    """An answer in the use log, and in the disclosure log where it goes to a workplace."""
    session = ctx.session
    if (session.clients_seen or session.logged_anyway or session.question) and not session.use_logged:
        await use_log.append(ctx, operation, resource_type)
    if session.clients_seen and ctx.caller.system.role == "workplace":
        await _log(ctx, model, response)


async def _log(ctx: RequestContext, model: Any, response: Response) -> None:
    """A row for each client, agreement and basis in this answer. What the same person was given before on the same day is
    not logged again."""
    rows = _rows(ctx, _disclosed(ctx, model, response))
    if not rows:
        return
    person = {"person": from_json(ctx.caller.person)} if ctx.caller.person is not None else {}
    await ctx.session.execute(
        LOG,
        organiser=ctx.organiser_id,
        recipient=to_json(person).decode(),
        recipient_person=recipient_person(ctx),
        **_ROWS.values(rows),
        **ctx.actor.parameters(),
    )


def _disclosed(ctx: RequestContext, model: Any, response: Response) -> list[Disclosed]:
    """What the answer holds, each part with its client. No client of the answer is left out."""
    session = ctx.session
    found = [Disclosed(str(client), str(agreement), *rest) for client, agreement, *rest in session.disclosed]
    find = _finder(model)
    if find is not None and responses.holds_json(response):
        found += _each(from_json(bytes(response.body)), find)
    seen = session.clients_seen
    if len(seen) == 1:
        (only,) = map(str, seen)
        found = [replace(each, client_id=each.client_id or only) for each in found]
    named = {each.client_id for each in found}
    left = {str(client) for client in seen - session.disclosures_logged} - named
    whole = bytes(response.body).hex() if left else ""
    return [each for each in found if each.client_id] + [
        Disclosed(client, None, UNDECLARED, whole) for client in left
    ]


def _rows(ctx: RequestContext, found: Iterable[Disclosed]) -> list[tuple[Any, ...]]:
    """By client, agreement and basis, always in the same order, so that two answers do not wait for each other."""
    parts: dict[tuple[UUID, UUID | None, UUID | None], list[Disclosed]] = {}
    for each in found:
        assert each.client_id is not None
        agreement = UUID(each.agreement_id) if each.agreement_id else None
        permission = each.permission_id
        if permission is None and agreement is not None:
            permission = ctx.session.permissions.get((agreement, each.group))
        parts.setdefault((UUID(each.client_id), agreement, permission), []).append(each)
    return [
        (
            uuid7(),
            *whose,
            " ".join(sorted({each.group for each in of_it})),
            content_hash([each.content for each in of_it]),
        )
        for whose, of_it in sorted(parts.items(), key=lambda item: str(item[0]))
    ]


@cache
def _finder(annotation: Any) -> Disclosing | None:
    """Finds what content of this type discloses; None where nothing in it is a client's."""
    return in_model(annotation, lambda model: DISCLOSING.get(model) or _of_members(model))


def _of_members(model: type[BaseModel]) -> Disclosing | None:
    inner = in_members(model, _finder)
    if not inner:
        return None
    return lambda content: chain.from_iterable(_each(content.get(name), find) for name, find in inner.items())


def _each(content: Any, find: Disclosing) -> Iterable[Disclosed]:
    if isinstance(content, list):
        return chain.from_iterable(_each(each, find) for each in content)
    return () if content is None else find(content)
