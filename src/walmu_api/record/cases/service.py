"""What can be done with cases."""

from typing import Any

from walmu_api.access.guard import Caller
from walmu_api.access.scopes import Scope
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import refuse
from walmu_api.foundation.secrecy import Keyring
from walmu_api.record.cases import rules
from walmu_api.record.cases.schemas import Case, CaseEntry
from walmu_api.record.documents import service as documents
from walmu_api.record.documents.belonging import place
from walmu_api.record.documents.service import Facts, Kind
from walmu_api.record.documents.tables import DocumentRow

CASE = Kind("case", "cases", "cases", CaseEntry, Case, Scope.CASES_READ)


async def record(
    session: Session, caller: Caller, keyring: Keyring, entry: CaseEntry, received: dict[str, Any] | None = None
) -> tuple[DocumentRow, bool]:
    """Open a case. `received` is the national document, when it came as one."""
    where = await place(session, caller, entry)
    return await documents.file(session, caller, keyring, CASE, entry, where, _facts(session, entry, received))


async def replace(
    session: Session, caller: Caller, keyring: Keyring, row: DocumentRow, entry: CaseEntry, if_match: str | None,
    received: dict[str, Any] | None = None,
) -> DocumentRow:  # fmt: skip
    """The case as it stands now, such as when it is closed."""
    return await documents.replace(session, caller, keyring, row, entry, _facts(session, entry, received), if_match)


def _facts(session: Session, entry: CaseEntry, received: dict[str, Any] | None) -> Facts:
    refuse(rules.check(opened_on=entry.opened_on, closed_on=entry.closed_on))
    dated_on = entry.opened_on or session.clock.today()
    task = entry.service_task.code if entry.service_task is not None else None
    return Facts(dated_on, rules.STRUCTURE, service_task=task, received=received)
