"""What can be done with start interviews.

Their content is laid out otherwise than their documents: `document.document_content` makes of it what the
mapping table of 16009 names, `document.entry_from_document` an entry of what came in."""

from datetime import date

from walmu_api.access.context import RequestContext
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import refuse
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.ownership import place
from walmu_api.record.case_file.documents.service import Facts, ReceivedDocument
from walmu_api.record.case_file.documents.tables import DocumentRow
from walmu_api.record.case_file.start_interviews import rules
from walmu_api.record.case_file.start_interviews.definition import START_INTERVIEW
from walmu_api.record.case_file.start_interviews.schemas import StartInterviewEntry
from walmu_api.record.parties.codes import service as codes


async def record(
    ctx: RequestContext, entry: StartInterviewEntry, received: ReceivedDocument | None = None
) -> tuple[DocumentRow, bool]:
    """Record a start interview. `received` is the national document, when it came as one."""
    where = received.place if received is not None else await place(ctx, entry)
    known = await documents.known_by_source(ctx, START_INTERVIEW, entry.source_id)
    entry, facts = await _written(
        ctx.session, entry, known.dated_on if known is not None else ctx.today, received
    )
    return await documents.file(ctx, START_INTERVIEW, entry, where, facts, known)


async def replace(
    ctx: RequestContext,
    row: DocumentRow,
    entry: StartInterviewEntry,
    if_match: str | None,
    received: ReceivedDocument | None = None,
) -> DocumentRow:
    """Say a start interview anew."""
    entry, facts = await _written(ctx.session, entry, row.dated_on, received)
    return await documents.replace(ctx, row, entry, facts, if_match)


async def _written(
    session: Session, entry: StartInterviewEntry, day: date, received: ReceivedDocument | None
) -> tuple[StartInterviewEntry, Facts]:
    """The entry with its day, judged. Left out, the day stays the one it was first recorded with."""
    entry = entry.model_copy(update={"written_on": entry.written_on or day})
    data = documents.content_of(entry)
    known = (await codes.book_now(session))["benefit"].codes
    refuse(
        rules.check(
            skills=data.get("skills", ()), benefits=data.get("benefits", ()), known_benefits=frozenset(known)
        )
    )
    return entry, Facts(entry.written_on or day, rules.STRUCTURE, received=received)
