"""What can be done with plans: the organiser's client plans are shared with the providers of the service
task, a provider writes the implementation plans of its relationships."""

from datetime import date
from typing import Any
from uuid import UUID

from walmu_api.access.caller import Caller
from walmu_api.access.context import RequestContext
from walmu_api.foundation import validation_messages
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import INVALID_VALUE, MISSING, invalid, refuse
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.ownership import place
from walmu_api.record.case_file.documents.service import Facts, ReceivedDocument
from walmu_api.record.case_file.documents.tables import DocumentRow
from walmu_api.record.case_file.plans import rules
from walmu_api.record.case_file.plans.definition import PLAN
from walmu_api.record.case_file.plans.schemas import PlanEntry
from walmu_api.record.document_schemas import as_national, is_day
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow


async def record(
    ctx: RequestContext, entry: PlanEntry, received: ReceivedDocument | None = None
) -> tuple[DocumentRow, bool]:
    """A new plan. `received` is the national document, when it came as one."""
    _require_writer(ctx.caller, entry)
    where = received.place if received is not None else await place(ctx, entry)
    if entry.kind == rules.IMPLEMENTATION and where.service_relationship_id is None:
        raise invalid(MISSING.at("/service_relationship_id"))
    entry = _completed(entry, await _relationship(ctx.session, where.service_relationship_id))
    facts = _facts(ctx.session, entry, received)
    known = await documents.known_by_source(ctx, PLAN, entry.source_id)
    return await documents.file(ctx, PLAN, entry, where, facts, known)


async def replace(
    ctx: RequestContext,
    row: DocumentRow,
    entry: PlanEntry,
    if_match: str | None,
    received: ReceivedDocument | None = None,
) -> DocumentRow:
    """The plan as it stands after a review. A client plan stays a client plan."""
    _require_writer(ctx.caller, entry)
    if entry.kind != documents.entry_of(ctx, row)["kind"]:
        raise invalid(INVALID_VALUE.at("/kind", reason=validation_messages.UNCHANGEABLE))
    entry = _completed(entry, await _relationship(ctx.session, row.service_relationship_id))
    return await documents.replace(ctx, row, entry, _facts(ctx.session, entry, received), if_match)


def _require_writer(caller: Caller, entry: PlanEntry) -> None:
    if not rules.may_write(entry.kind, caller.system.role):
        raise rules.NOT_YOUR_PLAN()


async def _relationship(session: Session, relationship_id: UUID | None) -> ServiceRelationshipRow | None:
    if relationship_id is None:
        return None
    return await session.orm.get(ServiceRelationshipRow, (session.organiser_id, relationship_id))


def _completed(entry: PlanEntry, relationship: ServiceRelationshipRow | None) -> PlanEntry:
    """The entry with what the relationship tells where it was left out."""
    relationship_task = relationship.service_task["code"] if relationship is not None else None
    services = rules.services_of(
        entry.services, entry.service_task.code if entry.service_task else relationship_task
    )
    if services is None:
        raise invalid(MISSING.at("/services"))
    data: dict[str, Any] = {"services": services}
    if entry.kind == rules.IMPLEMENTATION and entry.service is None:
        data["service"] = as_national(relationship.service) if relationship is not None else None
        if data["service"] is None:
            raise invalid(MISSING.at("/service"))
    return entry.model_copy(update=data)


def _facts(session: Session, entry: PlanEntry, received: ReceivedDocument | None) -> Facts:
    assert entry.services is not None, "completed before"
    found = rules.check_members(entry.kind, entry.services, documents.content_of(entry))
    if (data := entry.rehabilitative_work) is not None:
        period = rules.Period(data.days_per_week, data.hours_per_day, data.starts_on, data.ends_on)
        found += rules.check_rehabilitative_work(period)
    refuse(found)
    day = entry.written_on
    dated_on = date.fromisoformat(day) if day is not None and is_day(day) else session.clock.today()
    task = rules.DISABILITY_TASK if entry.services == rules.DISABILITY else None
    return Facts(
        dated_on,
        rules.STRUCTURES[entry.kind, entry.services],
        shared=entry.kind == rules.CLIENT,
        service_task=entry.service_task.code if entry.service_task else task,
        received=received,
    )
