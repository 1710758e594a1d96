"""Agreements: what was agreed with client and place."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import or_

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import (
    body,
    idempotent_action,
    idempotent_correction,
    idempotent_create,
    requires,
)
from walmu_api.access.scopes import Scope
from walmu_api.access.visible_findings import visible_findings
from walmu_api.foundation import findings, preconditions, records, responses
from walmu_api.foundation.database import Session
from walmu_api.foundation.openapi import IfMatch, Limit, Page, PageCursor, gives, lists_as, makes
from walmu_api.foundation.persons import WorkerId
from walmu_api.foundation.problems import Finding
from walmu_api.foundation.schema_types import Day, Id, SourceId
from walmu_api.record.commitments.agreements import ending, limits, service, signing
from walmu_api.record.commitments.agreements.schemas import (
    Agreement,
    AgreementEnding,
    AgreementEntry,
    AgreementReopening,
    AgreementSigning,
    AgreementStatus,
    AgreementVoiding,
)
from walmu_api.record.commitments.agreements.tables import AgreementRow
from walmu_api.record.parties.clients import including
from walmu_api.record.parties.clients.including import Include, WithClients

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["agreements"])
Reader = Annotated[RequestContext, requires(Scope.AGREEMENTS_READ)]
Writer = Annotated[RequestContext, requires(Scope.AGREEMENTS_WRITE)]
Entry = Annotated[AgreementEntry, body(AgreementEntry)]


class AgreementPage(Page[Agreement], WithClients):
    """One page of agreements."""


@router.get("/agreements", operation_id="listAgreements", responses=lists_as(AgreementPage))
async def list_agreements(
    request: Request,
    ctx: Reader,
    client_id: Annotated[Id | None, Query(description="Only this client's.")] = None,
    service_relationship_id: Annotated[Id | None, Query(description="Only of this relationship.")] = None,
    status: Annotated[AgreementStatus | None, Query(description="Only with this status.")] = None,
    in_force_on: Annotated[Day | None, Query(description="Only signed ones that cover this day.")] = None,
    worker: Annotated[
        WorkerId | None,
        Query(description="Only those that name this worker: instructor, responsible worker or coach."),
    ] = None,
    source_id: Annotated[
        SourceId | None, Query(description="Only the record to which your own system gave this key.")
    ] = None,
    include: Include = None,
    limit: Limit = 50,
    cursor: PageCursor = None,
) -> Response:
    """List the agreements you may see. Workplaces read their annexes: `/v1/workplace-agreements`."""
    including.check(ctx, include)
    table = AgreementRow
    same = {
        table.client_id: client_id,
        table.service_relationship_id: service_relationship_id,
        table.status: status,
    }
    statement = records.narrowed(service.visible_to(ctx), table, ctx.actor, source_id, same)
    if worker is not None:
        statement = statement.where(
            or_(
                table.instructors.contains([{"id": worker}]),
                table.content["coach"]["id"].astext == worker,
                table.content["responsible_worker"]["id"].astext == worker,
            )
        )
    if in_force_on is not None:
        statement = statement.where(
            table.status.in_(("signed", "terminated")),
            table.starts_on <= in_force_on,
            table.ends_on >= in_force_on,
        )
    rows, following = await records.page(ctx.session, table, statement, limit, cursor)
    items = [service.wire(ctx.session, row) for row in rows]
    return responses.page(request, items, following, await including.clients(ctx, include))


@router.post(
    "/agreements",
    operation_id="draftAgreement",
    status_code=201,
    responses=makes(Agreement, "Recorded.", "Link"),
    dependencies=[idempotent_create],
)
async def draft_agreement(request: Request, entry: Entry, ctx: Writer) -> Response:
    """Draft an agreement. It must lie within its decision; days can be recorded once it is signed."""
    row, created = await service.draft(ctx, entry)
    location = f"/v1/agreements/{row.id}" if created else None
    return await _response(ctx.session, row, created_at=location)


@router.get("/agreements/{agreement_id}", operation_id="getAgreement", responses=gives(Agreement))
async def get_agreement(agreement_id: Id, ctx: Reader) -> Response:
    """Read one agreement."""
    row = await service.find(ctx, agreement_id)
    return responses.record(service.wire(ctx.session, row), row.version)


@router.put(
    "/agreements/{agreement_id}",
    operation_id="replaceAgreement",
    responses=gives(Agreement, "The record.", "Link"),
)
async def replace_agreement(
    request: Request, agreement_id: Id, entry: Entry, ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Change a draft, or amend a signed agreement (such as a later end under a later decision)."""
    row = await service.find(ctx, agreement_id, lock=True)
    row = await service.replace(ctx, row, entry, if_match)
    return await _response(ctx.session, row)


@router.get(
    "/agreements/{agreement_id}/findings", operation_id="listAgreementFindings", responses=findings.LISTED
)
async def list_agreement_findings(agreement_id: Id, request: Request, ctx: Reader) -> Response:
    """What is doubtful in an agreement, such as an insurance that is not told. The organiser also reads here that a
    system of the workplace fetched the client's data without naming the person (`recipient-not-named`).

    Limits hold for the person, over all agreements in force at one time that you see: more days a week, by the week plans or
    attended, than their decision grants (`decision-days-exceeded`), or than act 189/2001 allows
    (`rehabilitative-days-exceeded`), and hours of the week plan at two places (`same-hours-elsewhere`). What holds over several providers only the organiser sees."""
    row = await service.find(ctx, agreement_id)
    return findings.response_of(request, visible_findings(ctx, await _findings(ctx.session, row)))


@router.post(
    "/agreements/{agreement_id}/offer",
    operation_id="offerAgreement",
    responses=gives(Agreement),
    dependencies=[idempotent_action],
)
async def offer_agreement(agreement_id: Id, ctx: Writer, if_match: IfMatch = None) -> Response:
    """Offer a draft to its workplace, which may read its annex from now on (`/v1/workplace-agreements`); once
    signed, it reads it anyway. Without a workplace it is 409 `no-workplace`. If-Match is honoured when it
    comes."""
    row = await service.find(ctx, agreement_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await signing.offer(ctx, row)
    return responses.record(service.wire(ctx.session, row), row.version)


@router.post(
    "/agreements/{agreement_id}/sign",
    operation_id="signAgreement",
    responses=gives(Agreement, "Signed.", "Link"),
    dependencies=[idempotent_action],
)
async def sign_agreement(
    agreement_id: Id,
    entry: Annotated[AgreementSigning, body(AgreementSigning)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Record that an agreement was signed. From then on its days may be recorded. If-Match is honoured when
    it comes."""
    row = await service.find(ctx, agreement_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await signing.sign(ctx, row, entry)
    return await _response(ctx.session, row)


@router.post(
    "/agreements/{agreement_id}/end",
    operation_id="endAgreement",
    responses=gives(Agreement),
    dependencies=[idempotent_correction],
)
async def end_agreement(
    agreement_id: Id,
    data: Annotated[AgreementEnding, body(AgreementEnding)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """End a signed agreement before its time, or correct the end that was said.

    Days up to the end stay; those recorded after it can still be corrected and voided, and have a `finding` in the
    attendance summary. If-Match is honoured when it comes; another end or reason than was said before needs it (428)."""
    row = await service.find(ctx, agreement_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await ending.end(ctx, row, data, if_match)
    return responses.record(service.wire(ctx.session, row), row.version)


@router.post(
    "/agreements/{agreement_id}/reopen",
    operation_id="reopenAgreement",
    responses=gives(Agreement),
    dependencies=[idempotent_correction],
)
async def reopen_agreement(
    agreement_id: Id,
    reopening: Annotated[AgreementReopening, body(AgreementReopening)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Take the end of an agreement back that was ended in error.

    It is `signed` again, up to `agreed_ends_on`. Needs If-Match (428 without); 409 `conflict` unless it is `terminated`."""
    row = await service.find(ctx, agreement_id, lock=True)
    row = await ending.reopen(ctx, row, reopening, if_match)
    return responses.record(service.wire(ctx.session, row), row.version)


@router.post(
    "/agreements/{agreement_id}/void",
    operation_id="voidAgreement",
    responses=gives(Agreement),
    dependencies=[idempotent_action],
)
async def void_agreement(
    agreement_id: Id,
    voiding: Annotated[AgreementVoiding, body(AgreementVoiding)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Void an agreement that was recorded in error or never signed; it stays readable as `voided`. One under
    which days are recorded is ended instead: 409 `days-recorded`."""
    row = await service.find(ctx, agreement_id, lock=True)
    preconditions.require_if_given(if_match, row.version)
    row = await ending.void(ctx, row, voiding)
    return responses.record(service.wire(ctx.session, row), row.version)


async def _response(session: Session, row: AgreementRow, created_at: str | None = None) -> Response:
    answer = responses.record(service.wire(session, row), row.version, created_at=created_at)
    return findings.linked(answer, f"/v1/agreements/{row.id}", await _findings(session, row))


async def _findings(session: Session, row: AgreementRow) -> list[Finding]:
    of_person = [finding.warning() for finding in await limits.findings(session, row)]
    return [*await service.findings(session, row), *of_person]
