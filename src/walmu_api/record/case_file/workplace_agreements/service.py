"""Reading what workplaces get of agreements. A workplace reads its own, once offered or signed and until its end;
organiser and provider read what their workplaces read."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from pydantic_core import from_json, to_json

from walmu_api.access.context import RequestContext
from walmu_api.access.resource import Present
from walmu_api.access.visibility import ANNEX, VisibleRows, visible
from walmu_api.foundation import records
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.statements import Statement
from walmu_api.record.case_file.permissions import service as permissions
from walmu_api.record.case_file.workplace_agreements import rules
from walmu_api.record.case_file.workplace_agreements.schemas import (
    SafetyAndSupport,
    SafetyAndSupportItem,
    WorkplaceAgreement,
)
from walmu_api.record.commitments.agreements.definition import AGREEMENT
from walmu_api.record.commitments.agreements.schemas import Agreement
from walmu_api.record.commitments.agreements.tables import AgreementRow
from walmu_api.record.parties.clients import service as clients

Signed = list[tuple[str | None, list[dict[str, Any]]]]
"""Place and signatures of versions, oldest first."""
_EARLIER = Statement("""
select resource_id, replaced -> 'place' ->> 'organisation_id' as place, (replaced -> 'signatures')::text as signatures
from journal where organiser_id = :organiser and resource_type = :resource_type and resource_id = any(:ids::uuid[])
  and replaced is not null
order by resource_id, version
""")
_ROWS = VisibleRows(AgreementRow, f"({visible('agreements')} or {ANNEX.format(row='agreements')})")
visible_to, find = _ROWS.visible_to, _ROWS.find


async def wires(ctx: RequestContext, rows: Iterable[AgreementRow]) -> list[bytes]:
    """The annexes of these agreements."""
    chosen = [row for row in rows if row.workplace_id is not None]
    places = await _signed_for(ctx, [row.id for row in chosen if row.signatures])
    bodies, _ = await _annexes(ctx, chosen, places)
    return bodies


async def _annexes(
    ctx: RequestContext, rows: list[AgreementRow], places: dict[UUID, Signed]
) -> tuple[list[bytes], dict[UUID, dict[str, Any]]]:
    """The annexes of these agreements, given what was signed for which place; and the clients' names by agreement."""
    ctx.session.log_access(*(row.client_id for row in rows))
    contents: dict[UUID, Content] = {
        row.id: rules.with_own_signatures(from_json(records.body(Agreement, row)), places.get(row.id, []))
        for row in rows
    }
    names = await _names(ctx, rows, contents)
    return [_body(rules.annex(contents[row.id]), names.get(row.id)) for row in rows], names


async def _signed_for(ctx: RequestContext, ids: list[UUID]) -> dict[UUID, Signed]:
    """Place and signatures of every earlier version of these agreements, oldest first."""
    if not ids:
        return {}
    async with ctx.session.without_tenant_scope():
        rows = await ctx.session.fetch(
            _EARLIER, organiser=ctx.organiser_id, ids=ids, resource_type=AGREEMENT.resource_type
        )
    found: dict[UUID, Signed] = {}
    for row in rows:
        found.setdefault(row["resource_id"], []).append((row["place"], from_json(row["signatures"] or "[]")))
    return found


def _body(annex: Content, name: dict[str, Any] | None) -> bytes:
    content = annex | ({"client_name": name} if name is not None else {})
    return (
        WorkplaceAgreement.model_validate_json(to_json(content)).model_dump_json(exclude_none=True).encode()
    )


async def safety_and_support(ctx: RequestContext, agreement_id: UUID) -> bytes:
    """What the client wants known at the place: to a workplace, only as far as the acting person may know it."""
    is_workplace = ctx.caller.system.role == "workplace"
    if is_workplace and ctx.caller.person is None:
        raise rules.ACTING_PERSON_NEEDED()
    person: dict[str, Any] = from_json(ctx.caller.person or "{}")
    row = await records.find(ctx.session, annexes(ctx).where(AgreementRow.id == agreement_id))
    ctx.session.log_access(row.client_id)
    assert row.workplace_id is not None
    found = await permissions.safety_items(ctx, row.client_id, row.workplace_id, row.id)
    items = [
        SafetyAndSupportItem(
            permission_id=permission_id, topic=item.topic, text=item.text, valid_until=entry.valid_until
        )
        for permission_id, entry in found
        if (item := entry.safety_and_support) is not None
        and (not is_workplace or rules.is_named(item.instructors, person))
    ]
    if is_workplace:
        delivered: list[tuple[Any, UUID | None]] = [
            (item.model_dump(mode="json"), item.permission_id) for item in items
        ]
        ctx.session.disclosed += [
            (row.client_id, row.id, "safety_and_support", content, permission_id)
            for content, permission_id in delivered or [(None, None)]
        ]
    return SafetyAndSupport(items=items).model_dump_json().encode()


async def _names(
    ctx: RequestContext, rows: list[AgreementRow], contents: dict[UUID, Content]
) -> dict[UUID, dict[str, Any]]:
    """The clients' names by agreement, where the workplace may have them."""
    signed = {row.id for row in rows if rules.signed_by_client(contents[row.id].get("signatures", ()))}
    permitted = await permissions.permitted(
        ctx,
        "client_name",
        {(row.client_id, row.workplace_id, row.id) for row in rows if row.workplace_id is not None},
    )
    named = [row for row in rows if row.id in signed or row.id in permitted]
    if not named:
        return {}
    ctx.session.permissions |= {
        (row.id, "client_name"): permitted[row.id] for row in named if row.id not in signed
    }
    names = await clients.names_of(ctx, {row.client_id for row in named})
    return {row.id: names[row.client_id] for row in named}


async def wire_records(ctx: RequestContext, ids: list[UUID]) -> dict[UUID, bytes]:
    """The annexes that the caller may read now, for the change feed."""
    rows = (await ctx.session.orm.scalars(visible_to(ctx).where(AgreementRow.id.in_(ids)))).all()
    chosen = [row for row in rows if row.workplace_id is not None]
    return {row.id: body for row, body in zip(chosen, await wires(ctx, chosen), strict=True)}


async def read_one(ctx: RequestContext, agreement_id: UUID) -> Present:
    """An annex with its past: of a workplace the versions of its own periods, as they were shown to it."""
    row = await records.find(ctx.session, annexes(ctx).where(AgreementRow.id == agreement_id))
    places = await _signed_for(ctx, [row.id])
    (body,), names = await _annexes(ctx, [row], places)
    own = str(ctx.caller.organisation_id) if ctx.caller.system.role == "workplace" else None

    def past(content: Content) -> Content | None:
        if not rules.was_shown(content, own):
            return None
        of_place = rules.with_own_signatures(content, places.get(row.id, []))
        shown: Content = from_json(_body(rules.annex(of_place), names.get(row.id)))
        return shown

    return Present(body, past, None)


def annexes(ctx: RequestContext) -> Any:
    """Those of the agreements whose place is a workplace that is registered here."""
    return visible_to(ctx).where(AgreementRow.workplace_id.is_not(None))
