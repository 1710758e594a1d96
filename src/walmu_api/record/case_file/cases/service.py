"""What can be done with cases."""

from pydantic_core import to_json

from walmu_api.access.context import RequestContext
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import Finding, refuse
from walmu_api.record.case_file.cases import rules
from walmu_api.record.case_file.cases.definition import CASE
from walmu_api.record.case_file.cases.schemas import CaseEntry
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.ownership import place
from walmu_api.record.case_file.documents.service import Facts, ReceivedDocument
from walmu_api.record.case_file.documents.tables import DocumentRow
from walmu_api.record.parties.codes import service as codes


async def record(
    ctx: RequestContext,
    entry: CaseEntry,
    received: ReceivedDocument | None = None,
) -> tuple[DocumentRow, bool]:
    """Open a case. `received` is the national document, when it came as one."""
    where = received.place if received is not None else await place(ctx, entry)
    facts = _facts(ctx.session, entry, received)
    known = await documents.known_by_source(ctx, CASE, entry.source_id)
    if known is None:
        refuse(await _check_codes(ctx.session, entry))
    return await documents.file(ctx, CASE, entry, where, facts, known)


async def replace(
    ctx: RequestContext,
    row: DocumentRow,
    entry: CaseEntry,
    if_match: str | None,
    received: ReceivedDocument | None = None,
) -> DocumentRow:
    """The case as it stands now, such as when it is closed."""
    facts = _facts(ctx.session, entry, received)
    if documents.content_of(entry) != documents.entry_of(ctx, row):
        refuse(await _check_codes(ctx.session, entry))
    return await documents.replace(ctx, row, entry, facts, if_match)


async def findings(ctx: RequestContext, row: DocumentRow) -> list[Finding]:
    """What is doubtful in a case that stands."""
    ctx.session.log_access(row.client_id)
    data = CaseEntry.model_validate_json(to_json(documents.entry_of(ctx, row)))
    return [finding.warning() for finding in await _check_codes(ctx.session, data)]


async def _check_codes(session: Session, entry: CaseEntry) -> list[Finding]:
    today = session.clock.today()
    opened_on = entry.opened_on or today
    return rules.check_codes(
        await codes.book_now(session),
        name=entry.name,
        state=entry.state,
        service_task=entry.service_task,
        deciding_unit=entry.deciding_unit,
        initiated_by=entry.initiated_by,
        roles=[person.roles or () for person in entry.related_persons or ()],
        opened_on=opened_on,
        received_on=entry.received_on or opened_on,
        today=today,
    )


def _facts(session: Session, entry: CaseEntry, received: ReceivedDocument | None) -> Facts:
    refuse(rules.check(opened_on=entry.opened_on, closed_on=entry.closed_on))
    dated_on = entry.opened_on or session.clock.today()
    task = entry.service_task.code if entry.service_task is not None else None
    return Facts(dated_on, rules.STRUCTURE, service_task=task, received=received)
