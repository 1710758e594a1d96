"""What can be done with the work diary: record, change, confirm, void."""

from dataclasses import replace as with_other
from datetime import date

from walmu_api.access.context import RequestContext
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import CONFLICT, MISSING, refuse
from walmu_api.record.case_file.documents import rules as document_rules
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.ownership import place, place_of
from walmu_api.record.case_file.documents.rules import without_day
from walmu_api.record.case_file.documents.service import Facts, ReceivedDocument
from walmu_api.record.case_file.documents.tables import DocumentRow, Place
from walmu_api.record.commitments.agreements.tables import AgreementRow
from walmu_api.record.document_schemas import Professional, as_national, finnish_day
from walmu_api.record.everyday.work_diary import rules
from walmu_api.record.everyday.work_diary.definition import DIARY_ENTRY
from walmu_api.record.everyday.work_diary.schemas import (
    DiaryConfirmation,
    DiaryEntryEntry,
    DiaryWords,
    StoredDiaryEntry,
)
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow


async def record(
    ctx: RequestContext, entry: DiaryEntryEntry, received: ReceivedDocument | None = None
) -> tuple[DocumentRow, bool]:
    """A new entry; a workplace's waits for its provider. `received` is the national document, when it came as
    one."""
    where = received.place if received is not None else await place(ctx, entry)
    reports = ctx.caller.system.role == "workplace"
    known = await documents.known_by_source(ctx, DIARY_ENTRY, entry.source_id)
    before = documents.entry_of(ctx, known) if known is not None else {}
    if (
        known is not None
        and without_day(before.get("reported", {})) == _report(entry)
        and known.agreement_id == where.agreement_id
    ):
        return known, False  # sent again after it was confirmed
    stored = await _stored(ctx.session, where, entry, before, complete=not reports)
    named = "/agreement_id" if entry.agreement_source_id is None else "/agreement_source_id"
    facts = await _facts(
        ctx.session, where, stored, received, reports=reports, otherwise=None, agreement_at=named
    )
    return await documents.file(ctx, DIARY_ENTRY, stored, where, facts, known)


async def replace(
    ctx: RequestContext,
    row: DocumentRow,
    entry: DiaryEntryEntry,
    if_match: str | None,
    received: ReceivedDocument | None = None,
) -> DocumentRow:
    """The entry as it should read."""
    reports = row.status == document_rules.UNCONFIRMED
    where = place_of(row)
    stored = await _stored(ctx.session, where, entry, documents.entry_of(ctx, row), complete=not reports)
    facts = await _facts(ctx.session, where, stored, received, reports=reports, otherwise=row.dated_on)
    return await documents.replace(ctx, row, stored, facts, if_match)


async def confirm(ctx: RequestContext, row: DocumentRow, confirmation: DiaryConfirmation) -> DocumentRow:
    """The provider makes a workplace's entry its own, in these words or in better ones; now it is a document.

    Confirming again in the same words changes nothing."""
    before = documents.entry_of(ctx, row)
    where, day = place_of(row), {"dated_on": row.dated_on.isoformat()}
    reported = before.get("reported") or before | day
    words = confirmation.corrected
    data = words.model_dump(exclude_none=True) if words is not None else _words(reported)
    entry = _entry(data, confirmation.author)
    stored = await _stored(ctx.session, where, entry, before | {"reported": reported}, complete=True)
    if row.status == document_rules.FINAL:
        if documents.content_of(stored) == before:
            return row
        raise CONFLICT(state=row.status)
    facts = await _facts(
        ctx.session, where, stored, None, reports=False, otherwise=row.dated_on, at="/corrected"
    )
    content = documents.content_seal(ctx, row.id).sealed(documents.content_of(stored))
    values = {
        "status": facts.status,
        "owner_id": ctx.caller.organisation_id,
        "content": content,
        "received": None,
        "dated_on": facts.dated_on,
        "structure": facts.structure,
    }
    return await documents.change(ctx, row, values, "updated")


def _words(content: Content) -> Content:
    return {name: value for name, value in content.items() if name in DiaryWords.model_fields}


def _entry(words: Content, author: Professional) -> DiaryEntryEntry:
    return DiaryEntryEntry.model_validate(words | {"author": author})


def _report(entry: DiaryEntryEntry) -> Content:
    """What a workplace says, as it is kept."""
    data = documents.content_of(entry)
    text = rules.description(data, {})
    return data | ({"description": text} if text else {})


async def _stored(
    session: Session, where: Place, entry: DiaryEntryEntry, before: Content, *, complete: bool
) -> StoredDiaryEntry:
    """The entry with what it leaves out: the description that its parts make and, where it is to be
    `complete`, day and service. What was there before is kept rather than worked out again."""
    data = entry.model_dump(exclude_none=True)
    added: Content = {"description": rules.description(data, before), "reported": before.get("reported")}
    if complete:
        added["written_on"] = (
            entry.written_on or before.get("written_on") or session.clock.today().isoformat()
        )
        added |= await _service(session, where, entry, before)
    return StoredDiaryEntry.model_validate(
        data | {name: value for name, value in added.items() if value is not None}
    )


async def _service(session: Session, where: Place, entry: DiaryEntryEntry, before: Content) -> Content:
    """Service task and services: as said, as they were, or those of the relationship, where they are told
    with displays."""
    task, services = (
        entry.service_task or before.get("service_task"),
        entry.services or before.get("services"),
    )
    first_time = before.get("service_task") is None
    if first_time and (task is None or services is None) and where.service_relationship_id is not None:
        key = (session.organiser_id, where.service_relationship_id)
        relationship = await session.orm.get(ServiceRelationshipRow, key)
        assert relationship is not None
        task = task or as_national(relationship.service_task)
        if services is None and (service := as_national(relationship.service)) is not None:
            services = [service]
    return {"service_task": task, "services": services}


async def _facts(
    session: Session,
    where: Place,
    stored: StoredDiaryEntry,
    received: ReceivedDocument | None,
    *,
    reports: bool,
    otherwise: date | None,
    at: str = "",
    agreement_at: str = "/agreement_id",
) -> Facts:
    """What the store needs to know; raises with every finding. `at`: where in the body the entry stands."""
    given = {name for name in DiaryWords.model_fields if getattr(stored, name) is not None}
    period, cancellation = stored.period, stored.cancellation
    starts_at, ends_at = (period.starts_at, period.ends_at) if period else (None, None)
    findings = rules.check(kind=stored.kind, given=given, starts_at=starts_at, ends_at=ends_at)
    if reports:
        findings += rules.check_workplace(kind=stored.kind, given=given)
    planned_at = cancellation.planned_at if cancellation else None
    today = session.clock.today()
    day = finnish_day(starts_at, ends_at, planned_at) or otherwise or finnish_day(stored.written_on) or today
    findings += rules.check_day(
        kind=stored.kind, day=day, today=today, pointer="/period" if period else "/written_on"
    )
    if where.agreement_id is not None:
        agreement = await session.orm.get(AgreementRow, (session.organiser_id, where.agreement_id))
        assert agreement is not None
        findings += rules.check_agreement(
            kind=stored.kind,
            day=day,
            starts_on=agreement.starts_on,
            ends_on=agreement.ends_on,
            status=agreement.status,
            pointer=agreement_at,
        )
    if not reports and stored.service_task is None:
        findings.append(MISSING.at("/service_task"))
    refuse([with_other(finding, pointer=at + finding.pointer) for finding in findings])
    if reports:
        return Facts(day, None, status=document_rules.UNCONFIRMED)
    task = stored.service_task.code if stored.service_task else None
    return Facts(day, rules.STRUCTURES[stored.kind], service_task=task, received=received)
