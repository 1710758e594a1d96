"""How such records are answered: one with its ETag, a page of them."""

from fastapi import Request, Response
from sqlalchemy import Select

from walmu_api.access.guard import Caller, House
from walmu_api.foundation import answers, records
from walmu_api.foundation.database import Session
from walmu_api.foundation.secrecy import Keyring
from walmu_api.record.documents import service
from walmu_api.record.documents.service import Kind
from walmu_api.record.documents.tables import DocumentRow


def keyring(request: Request) -> Keyring:
    house: House = request.app.state.house
    return house.keyring


async def record(
    request: Request, caller: Caller, session: Session, kind: Kind, row: DocumentRow, *, made: bool = False
) -> Response:
    """One record; 201 with its Location when this request made it."""
    told = await service.wire(session, caller, keyring(request), kind, row)
    return answers.record(told, row.version, created_at=f"{kind.path}/{row.id}" if made else None)


async def page(
    request: Request, caller: Caller, session: Session, kind: Kind, statement: Select[DocumentRow], limit: int,
    cursor: str | None,
) -> Response:  # fmt: skip
    """A page of records, in the order in which they were recorded."""
    rows, following = await records.page(session, DocumentRow, statement, limit, cursor)
    told = await service.wires(session, caller, keyring(request), (kind,), rows)
    return answers.page(request, told, following)
