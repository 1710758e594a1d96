"""How such records are answered: one with its ETag, a page of them."""

from fastapi import Request, Response
from sqlalchemy import Select

from walmu_api.access.guard import AppContext, Caller
from walmu_api.foundation import records, responses
from walmu_api.foundation.database import Session
from walmu_api.foundation.encryption import Keyring
from walmu_api.record.case_file.documents import service
from walmu_api.record.case_file.documents.service import ResourceDefinition
from walmu_api.record.case_file.documents.tables import DocumentRow


def keyring(request: Request) -> Keyring:
    app_context: AppContext = request.app.state.app_context
    return app_context.keyring


async def record(
    request: Request,
    caller: Caller,
    session: Session,
    kind: ResourceDefinition,
    row: DocumentRow,
    *,
    created: bool = False,
) -> Response:
    """One record; 201 with its Location when this request made it."""
    data = await service.wire(session, caller, keyring(request), kind, row)
    return responses.record(data, row.version, created_at=f"{kind.path}/{row.id}" if created else None)


async def page(
    request: Request,
    caller: Caller,
    session: Session,
    kind: ResourceDefinition,
    statement: Select[DocumentRow],
    limit: int,
    cursor: str | None,
) -> Response:
    """A page of records, in the order in which they were recorded."""
    rows, following = await records.page(session, DocumentRow, statement, limit, cursor)
    data = await service.wires(session, caller, keyring(request), (kind,), rows)
    return responses.page(request, data, following)
