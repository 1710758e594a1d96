"""Giving notice of a decision, and delivering its view to a workplace: what an outsider gets is logged as it
is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import from_json, to_json
from sqlalchemy import Select, select

from walmu_api.access import audiences
from walmu_api.access.context import RequestContext
from walmu_api.foundation import records
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import CONFLICT, UNKNOWN_REFERENCE, invalid, refuse
from walmu_api.record.case_file.disclosures import service as disclosures
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.service import Facts
from walmu_api.record.case_file.documents.tables import DocumentRow, Place
from walmu_api.record.case_file.notices import rules
from walmu_api.record.case_file.notices.definition import NOTICE
from walmu_api.record.case_file.notices.schemas import (
    NoticeEntry,
    NoticeView,
    ReceivedNotice,
    ReceivedNoticeItem,
)
from walmu_api.record.case_file.permissions import rules as permission_rules
from walmu_api.record.case_file.permissions import service as permissions
from walmu_api.record.case_file.workplace_agreements import service as annexes
from walmu_api.record.commitments.agreements import service as agreements
from walmu_api.record.commitments.agreements.rules import schedule_from
from walmu_api.record.commitments.agreements.schemas import Agreement
from walmu_api.record.commitments.agreements.tables import AgreementRow
from walmu_api.record.commitments.decisions import rules as decision_rules
from walmu_api.record.commitments.decisions.schemas import Decision
from walmu_api.record.commitments.decisions.tables import DecisionRow
from walmu_api.record.parties.clients import service as clients
from walmu_api.record.parties.clients.tables import ClientRow
from walmu_api.record.parties.organisations.tables import OrganisationRow

FETCHED = "this_service"


@dataclass(frozen=True)
class NoticeBasis:
    """What a notice rests upon."""

    decision: DecisionRow
    agreement: AgreementRow | None
    recipient_id: UUID | None
    recipient_name: str
    permit: permission_rules.Permit | None


async def record(ctx: RequestContext, decision: DecisionRow, entry: NoticeEntry) -> tuple[DocumentRow, bool]:
    """A new notice with its view. What goes to a workplace at once is in the disclosure log with it."""
    if not rules.may_notify(entry.audience, ctx.caller.system.role):
        raise rules.NOT_YOUR_NOTICE()
    if decision.status in decision_rules.UNDECIDED:
        raise CONFLICT(state=decision.status)
    basis = await _as_data(ctx, decision, entry)
    client = await ctx.session.orm.get(ClientRow, (ctx.organiser_id, decision.client_id))
    assert client is not None, "a decision names a client"
    view = rules.view(
        entry.audience,
        _sources(client, basis),
        chosen=entry.field_groups,
        permitted=basis.permit.field_groups if basis.permit else None,
        is_protected=client.has_secret_contacts,
    )
    typed = NoticeView.model_validate_json(to_json(view.view)).model_dump(mode="json", exclude_none=True)
    view = rules.View(typed, view.shown, view.withheld)
    where = Place(
        decision.client_id,
        decision.provider_id,
        basis.recipient_id if entry.audience == rules.WORKPLACE else None,
        basis.agreement.service_relationship_id if basis.agreement else decision.service_relationship_id,
        basis.agreement.id if basis.agreement else None,
        None,
        decision.service_task["code"],
    )
    added = {
        "decision_id": str(decision.id),
        "view": view.view,
        "shown": view.shown,
        "withheld": view.withheld,
    }
    facts = Facts(entry.notified_on, None, added=added)
    known = await documents.known_by_source(ctx, NOTICE, entry.source_id)
    row, created = await documents.file(ctx, NOTICE, entry, where, facts, known)
    if created and entry.audience == rules.WORKPLACE and entry.manner != FETCHED:
        await _log(ctx, row, decision, basis.recipient_name, view)
    return row, created


async def _as_data(ctx: RequestContext, decision: DecisionRow, entry: NoticeEntry) -> NoticeBasis:
    """What the notice names, checked; raises with what is wrong."""
    plain = entry.model_dump(exclude_none=True)
    refuse(
        rules.check(
            plain,
            decision_kind=decision.kind,
            notified_on=entry.notified_on,
            review_from=entry.review_period_starts_on,
        )
    )
    agreement = await _agreement(ctx, decision, entry)
    if entry.meeting_record_id is not None:
        statement = documents.visible_to(ctx, None)
        found = await ctx.session.orm.scalar(statement.where(DocumentRow.id == entry.meeting_record_id))
        if found is None or found.client_id != decision.client_id:
            raise invalid(UNKNOWN_REFERENCE.at("/meeting_record_id"))
    named = entry.recipient.organisation_id if entry.recipient else None
    name = (entry.recipient.name if entry.recipient else None) or ""
    if named is not None:
        organisation = await ctx.session.orm.get(OrganisationRow, (ctx.organiser_id, named))
        elsewhere = (
            agreement is not None and entry.audience == rules.WORKPLACE and agreement.workplace_id != named
        )
        if organisation is None or elsewhere:
            raise invalid(UNKNOWN_REFERENCE.at("/recipient/organisation_id"))
        name = organisation.name
    permit = await _permit(ctx, decision, entry, named, name)
    return NoticeBasis(decision, agreement, named, name, permit)


async def _agreement(ctx: RequestContext, decision: DecisionRow, entry: NoticeEntry) -> AgreementRow | None:
    """What was agreed on the ground of the decision; a draft is not agreed yet."""
    if entry.agreement_id is None:
        return None
    statement = agreements.visible_to(ctx)
    row = await ctx.session.orm.scalar(statement.where(AgreementRow.id == entry.agreement_id))
    if row is None or (row.client_id, row.provider_id) != (decision.client_id, decision.provider_id):
        raise invalid(UNKNOWN_REFERENCE.at("/agreement_id"))
    if row.status not in {"signed", "terminated"}:
        raise CONFLICT(state=row.status)
    return row


async def _permit(
    ctx: RequestContext, decision: DecisionRow, entry: NoticeEntry, named: UUID | None, name: str
) -> permission_rules.Permit | None:
    """The permission by which a workplace is told; none is needed by those who carry out the service."""
    if entry.audience != rules.WORKPLACE or entry.permission_id is None or entry.purpose is None:
        return None
    row = await permissions.find(ctx.session, entry.permission_id, decision.client_id, entry.agreement_id)
    if row is None or row.provider_id not in {None, decision.provider_id}:
        raise invalid(UNKNOWN_REFERENCE.at("/permission_id"))
    permit = permissions.permit_of(row)
    refuse(
        permission_rules.check_use(
            permit,
            today=ctx.today,
            recipient_id=named,
            recipient_name=name,
            purpose=entry.purpose,
            discloser="organiser" if ctx.tenant_scope is None else "provider",
            field_groups=entry.field_groups or (),
        )
    )
    return permit


def _sources(client: ClientRow, basis: NoticeBasis) -> Mapping[str, Mapping[str, Any]]:
    """The records as they are told now, from which the view takes its fields."""
    found: dict[str, dict[str, Any]] = {
        "client": {
            name: getattr(client, name) for name in ("family_name", "given_names", "language", "contact")
        },
        "decision": from_json(records.body(Decision, basis.decision)),
    }
    if basis.agreement is not None:
        agreement = from_json(records.body(Agreement, basis.agreement))
        found["agreement"] = agreement | {"schedule_from": schedule_from(agreement)}
    return found


async def _log(
    ctx: RequestContext,
    row: DocumentRow,
    decision: DecisionRow,
    recipient: str,
    view: rules.View,
    *,
    fetched: bool = False,
) -> None:
    content = row.content
    person, author = content["recipient"]["person"], content["author"]
    given_on = permissions.permit_of(await _permission(ctx.session, row)).given_on
    await disclosures.log(
        ctx,
        disclosures.Delivery(
            client_id=row.client_named,
            service_relationship_id=row.service_relationship_id,
            provider_id=row.owner_id if row.owner_id == row.provider_id else None,
            notice_id=row.id,
            agreement_id=row.agreement_id,
            recipient={
                "organisation_id": content["recipient"].get("organisation_id"),
                "organisation": recipient,
            }
            | {name: person[name] for name in ("family_name", "given_names", "title") if name in person},
            purpose=content["purpose"],
            permission_id=UUID(content["permission_id"]),
            law=None,
            grounds=f"Asiakkaan lupa tiedonvaihtoon, annettu {given_on.isoformat()}",
            field_groups=view.groups,
            view=view.view,
            service_task=_displayed(decision.service_task),
            service=decision.service and _displayed(decision.service),
            discloser=author,
        ),
        fetched=fetched,
    )


def _displayed(code: dict[str, Any]) -> dict[str, Any]:
    """A code as documents hold it: one that was said without its display shows itself."""
    return {**code, "display": code.get("display") or code["code"]}


async def _permission(session: Session, row: DocumentRow) -> DocumentRow:
    found = await permissions.find(
        session, UUID(row.content["permission_id"]), row.client_id, row.agreement_id
    )
    if found is None:
        raise rules.PERMISSION_ENDED()
    return found


def of_decision(ctx: RequestContext, decision: DecisionRow) -> Select[DocumentRow]:
    statement = documents.listing(ctx, NOTICE, client_id=decision.client_id)
    return statement.where(DocumentRow.content["decision_id"].as_string() == str(decision.id))


def received(ctx: RequestContext, agreement_id: UUID | None) -> Select[DocumentRow]:
    """The notices to the calling workplace that stand, of agreements that are not over."""
    statement = documents.listing(ctx, NOTICE, agreement_id=agreement_id, status="final")
    return statement.where(
        DocumentRow.workplace_id == ctx.caller.organisation_id,
        DocumentRow.agreement_id.in_(annexes.visible_to(ctx).with_only_columns(AgreementRow.id)),
    )


def item(row: DocumentRow) -> bytes:
    """That there is a notice: nothing of the client."""
    basis = {
        "id": row.id,
        "agreement_id": row.agreement_id,
        "notified_on": row.dated_on,
        "purpose": row.content["purpose"],
    }
    return ReceivedNoticeItem.model_validate(basis).model_dump_json(exclude_none=True).encode()


async def deliver(ctx: RequestContext, notice_id: UUID) -> bytes:
    """The view for the workplace that it was made for, as far as its permission goes today; each delivery is
    logged."""
    row = await records.find(ctx.session, received(ctx, None).where(DocumentRow.id == notice_id))
    content = documents.entry_of(ctx, row)
    permit = permissions.permit_of(await _permission(ctx.session, row))
    ended = permission_rules.check_use(
        permit,
        today=ctx.today,
        recipient_id=ctx.caller.organisation_id,
        recipient_name="",
        purpose=content["purpose"],
        discloser="provider" if row.owner_id == row.provider_id else "organiser",
        field_groups=(),
    )
    view = rules.delivered(
        rules.View(content["view"], content["shown"], content["withheld"]),
        permitted=permit.field_groups,
        is_protected=await audiences.is_protected(ctx, row.client_id),
    )
    if ended or not view.shown:
        raise rules.PERMISSION_ENDED()
    if "client_name" in view.groups:
        view.view["client"] |= (await clients.names_of(ctx, {row.client_id}))[row.client_id]
    decision = await ctx.session.orm.scalar(
        select(DecisionRow).where(
            DecisionRow.organiser_id == ctx.organiser_id, DecisionRow.id == UUID(content["decision_id"])
        )
    )
    organisation = await ctx.session.orm.get(OrganisationRow, (ctx.organiser_id, ctx.caller.organisation_id))
    assert decision is not None, "the policies show a workplace the decisions of its agreements"
    assert organisation is not None, "the caller's own"
    await _log(ctx, row, decision, organisation.name, view, fetched=True)
    ctx.session.log_access(row.client_id)
    basis = {
        **from_json(item(row)),
        "view": view.view,
        "shown": view.shown,
        "withheld": view.withheld,
        "valid_until": permit.valid_until,
    }
    return ReceivedNotice.model_validate_json(to_json(basis)).model_dump_json(exclude_none=True).encode()
