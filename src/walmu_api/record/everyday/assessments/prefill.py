"""What is known before an assessment is written: attendance, place and tasks, the form's items, the goals set
last time."""

from datetime import date
from typing import Any
from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import UNKNOWN_REFERENCE, check_order, invalid, refuse
from walmu_api.record.case_file.documents import rules as document_rules
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.tables import DocumentRow
from walmu_api.record.case_file.workplace_agreements import service as workplace_agreements
from walmu_api.record.commitments.agreements import service as agreements
from walmu_api.record.commitments.agreements.tables import AgreementRow
from walmu_api.record.document_schemas import DayPeriod
from walmu_api.record.everyday.assessments import validation
from walmu_api.record.everyday.assessments.definition import ASSESSMENT
from walmu_api.record.everyday.assessments.forms import service as forms
from walmu_api.record.everyday.assessments.forms.validation import Form
from walmu_api.record.everyday.assessments.schemas import (
    AbsencesByReason,
    AssessedItem,
    AssessmentDraft,
    GoalEvaluation,
    JustifiedSoFar,
    PeriodAttendance,
)
from walmu_api.record.everyday.attendance import statistics
from walmu_api.record.parties.service_relationships import service as relationships
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow


async def prefill(
    ctx: RequestContext,
    *,
    service_relationship_id: UUID | None,
    agreement_id: UUID | None,
    from_: date | None,
    to: date | None,
    form: str | None,
) -> AssessmentDraft:
    """A draft to be filled in and posted. The caller sees the relationship, or names an agreement of its own, a
    workplace one that it still reads; who names neither gets the form's items and no more."""
    by_workplace = ctx.caller.system.role == "workplace"
    find = workplace_agreements.find if by_workplace else agreements.find
    named = await find(ctx, agreement_id) if agreement_id is not None else None
    relationship_id = named.service_relationship_id if named is not None else service_relationship_id
    if relationship_id is None:
        return AssessmentDraft(**await _form(ctx.session, form, to or ctx.today))
    if named is not None and service_relationship_id not in {None, relationship_id}:
        raise invalid(UNKNOWN_REFERENCE.at("/query/agreement_id"))
    relationship = await _relationship(ctx, relationship_id, named)
    ctx.session.log_access(relationship.client_id)
    found = [named] if named is not None else await _agreements(ctx, relationship_id)
    first = from_ or min((each.starts_on for each in found), default=relationship.starts_on)
    last = to or ctx.today
    refuse(check_order(first, last, "/query/to"))
    within = [each for each in found if each.starts_on <= last and each.ends_on >= first]
    at = max(within, key=lambda each: each.starts_on, default=None)
    return AssessmentDraft(
        service_relationship_id=None if by_workplace else relationship_id,
        agreement_id=agreement_id,
        place=at.place_name if at else None,
        activity_started_on=(
            named.starts_on if named and by_workplace else relationship.starts_on
        ).isoformat(),
        tasks=_tasks(at, by_workplace=by_workplace) if at else None,
        period=DayPeriod(starts_on=first.isoformat(), ends_on=last.isoformat()),
        goals=None if by_workplace else await _goals(ctx, relationship_id),
        attendance=await _attendance(ctx, within, first, last, relationship.ends_on),
        **await _form(ctx.session, form, last),
    )


def _tasks(agreement: AgreementRow, *, by_workplace: bool) -> str | None:
    """A workplace reads the tasks at the place, without the goals."""
    return agreement.content.get("tasks") if by_workplace else agreement.tasks_and_goals


async def _relationship(
    ctx: RequestContext, relationship_id: UUID, named: AgreementRow | None
) -> ServiceRelationshipRow:
    """A workplace sees no relationship; its own agreement leads to the one it belongs to."""
    if named is None:
        return await relationships.find(ctx, relationship_id)
    row = await ctx.session.orm.get(ServiceRelationshipRow, (ctx.organiser_id, relationship_id))
    assert row is not None
    return row


async def _agreements(ctx: RequestContext, relationship_id: UUID) -> list[AgreementRow]:
    statement = agreements.visible_to(ctx).where(
        AgreementRow.service_relationship_id == relationship_id,
        AgreementRow.status.in_(("signed", "terminated")),
    )
    return list((await ctx.session.orm.scalars(statement)).all())


async def _form(session: Session, key: str | None, day: date) -> dict[str, Any]:
    """The form in the version in force on the day, with its items to be answered."""
    if key is None:
        return {}
    chosen = validation.choose(await forms.versions_of(session, key), None, day, None)
    if not isinstance(chosen, Form):
        raise invalid(chosen.kind.at("/query/form"))
    items = [AssessedItem(key=item.key) for item in chosen.definition.items]
    return {"form": chosen.form, "form_version": chosen.version, "items": items}


async def _goals(ctx: RequestContext, relationship_id: UUID) -> list[GoalEvaluation] | None:
    """The goals of the assessment before, still to be evaluated."""
    table = DocumentRow
    statement = documents.listing(ctx, ASSESSMENT, service_relationship_id=relationship_id)
    statement = statement.where(table.status != document_rules.VOIDED, table.content.op("?")("goals"))
    row = await ctx.session.orm.scalar(statement.order_by(table.dated_on.desc(), table.id.desc()).limit(1))
    if row is None:
        return None
    stored: list[dict[str, Any]] = documents.entry_of(ctx, row)["goals"]
    return [GoalEvaluation(name=goal["name"], description=goal.get("description")) for goal in stored]


async def _attendance(
    ctx: RequestContext, within: list[AgreementRow], first: date, last: date, ended_on: date | None
) -> PeriodAttendance:
    """Nothing is planned after the end of the service."""
    plans_end = last if ended_on is None else min(ended_on, last)
    counted = await statistics.count(ctx, [each.id for each in within], first, last)
    return PeriodAttendance(
        planned=statistics.planned(
            [(each.plan, max(each.starts_on, first), min(each.ends_on, plans_end)) for each in within]
        ),
        recorded=sum(counted.days.values()),
        **{status: counted.days[status] for status in statistics.STATUSES},
        absences=[
            AbsencesByReason(reason=reason, days=days) for reason, days in sorted(counted.absences.items())
        ],
        justifications=JustifiedSoFar(**{state: counted.justified[state] for state in statistics.JUSTIFIED}),
    )
