"""The acts that every low-volume record shares: stamp, create once per source_id, replace, page. Functions,
no base class."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic_core import from_json, to_json
from sqlalchemy import ColumnElement, Select, and_, inspect, select
from sqlalchemy.exc import IntegrityError

from walmu_api.foundation import responses
from walmu_api.foundation.database import Session, constraint_of
from walmu_api.foundation.journal import Actor
from walmu_api.foundation.problems import DUPLICATE_SOURCE, NOT_FOUND
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.statements import Statement
from walmu_api.foundation.tables import Mirrored, OfClient, Recorded

R = TypeVar("R", bound=Recorded)
T = TypeVar("T")
Problems = dict[str, Callable[[], Exception]]
"""What a unique key that is taken means, by the name of its constraint."""
_ONE_AT_A_TIME = Statement("select pg_advisory_xact_lock(hashtextextended(:what, 0))")


def columns(entry: BaseModel) -> dict[str, Any]:
    """The members of an entry as column values: scalars as they are, nested messages as JSON."""
    plain = entry.model_dump(mode="json", exclude_none=True)
    return {
        name: plain.get(name) if _nested(value) else value
        for name, value in ((name, getattr(entry, name)) for name in type(entry).model_fields)
    }


def _nested(value: Any) -> bool:
    return isinstance(value, BaseModel) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], BaseModel)
    )


def parted(table: type[Mirrored], entry: BaseModel) -> dict[str, Any]:
    """The members of an entry as values of its table: what has no column of its own stands together in
    `content`."""
    beyond = type(entry).model_fields.keys() - inspect(table).columns.keys()
    values = {name: value for name, value in columns(entry).items() if name not in beyond}
    return values | {"content": entry.model_dump(mode="json", exclude_none=True, include=beyond)}


def members_of(model: type[BaseModel], row: Mirrored) -> dict[str, Any]:
    """The members of a row for its wire form: a column or property of that name, else what `content` says."""
    return {
        name: getattr(row, name) if hasattr(type(row), name) else row.content.get(name)
        for name in model.model_fields
    }


def body(model: type[BaseModel], row: Recorded) -> bytes:
    """A row as its wire form. Members without a value are left out (ADR 6)."""
    members = members_of(model, row) if isinstance(row, Mirrored) else row
    return model.model_validate(members).model_dump_json(exclude_none=True).encode()


def replaced(model: type[BaseModel], row: Mirrored) -> str:
    """What the journal keeps of a row that is about to change: its wire form, and the document as it came
    (sealed)."""
    plain: dict[str, Any] = from_json(body(model, row))
    return to_json(plain | ({"received": row.received} if row.received else {})).decode()


RECORDING = "pg_advisory_xact_lock_shared(hashtextextended('client-merges|' || :organiser::uuid, 0))"
"""Recording something of a client waits for the merge of two that is under way, and holds up the next one (ADR 62)."""
_BEGUN = Statement(f"select walmu_now() from (select {RECORDING}) begun")


async def now(session: Session) -> datetime:
    moment: datetime = await session.fetchval("select walmu_now()")
    return moment


async def stamp(session: Session, actor: Actor, source_id: str | None) -> dict[str, Any]:
    """What a new record carries besides its content. From now on nobody is merged: who may write the row is asked by the
    database as it was when the statement that writes it began, so the merge is waited for before that one."""
    moment = await session.fetchval(_BEGUN, organiser=session.organiser_id)
    return {
        "organiser_id": session.organiser_id,
        "id": uuid7(),
        "version": 1,
        "source_id": source_id,
        "source_system": actor.system_id if source_id else None,
        **_touch(moment, actor),
    }


def _touch(moment: datetime, actor: Actor) -> dict[str, Any]:
    return {
        "recorded_at": moment,
        "recorded_by_organisation": actor.organisation_id,
        "recorded_by_system": actor.system_id,
        "recorded_by_person": from_json(actor.person) if actor.person else None,
    }


async def one_at_a_time(session: Session, what: str) -> None:
    """Of two transactions of one organiser that do the same thing at once, the second waits for the first's
    end."""
    await session.execute(_ONE_AT_A_TIME, what=f"{session.organiser_id}|{what}")


async def by_source(
    session: Session, table: type[R], actor: Actor, source_id: str | None, seen: Select[R] | None = None
) -> R | None:
    """What this system recorded under its own key before, among the rows of `seen` when they are given. Of two senders
    at once the second waits and finds the first's."""
    if source_id is None:
        return None
    await one_at_a_time(session, f"{table.__name__}|{actor.system_id}|{source_id}")
    rows = select(table).where(table.organiser_id == session.organiser_id) if seen is None else seen
    return await session.orm.scalar(rows.where(has_source(table, actor, source_id)))


def has_source(table: type[Recorded], actor: Actor, source_id: str) -> ColumnElement[bool]:
    """A source_id names a record only together with the system that gave it."""
    return and_(table.source_system == actor.system_id, table.source_id == source_id)


def narrowed(
    statement: Select[T], table: type[Recorded], actor: Actor, source_id: str | None, same: Mapping[Any, Any]
) -> Select[T]:
    """The filters of a list that were asked for: the calling system's own key, and values by their column."""
    statement = statement.where(*(column == value for column, value in same.items() if value is not None))
    return statement if source_id is None else statement.where(has_source(table, actor, source_id))


async def insert(session: Session, row: R, problems: Problems | None = None) -> R:
    """Add a row; a unique key that is taken becomes the problem that names it."""
    session.orm.add(row)
    await _flush(session, problems)
    if isinstance(
        row, OfClient
    ):  # whose it is follows from what it hangs on, be that of another one since it was read
        await session.orm.refresh(row, ["client_id"])
    return row


async def _flush(session: Session, problems: Problems | None) -> None:
    try:
        await session.orm.flush()
    except IntegrityError as error:
        constraint = constraint_of(error) or ""
        if constraint.endswith("_source"):
            raise DUPLICATE_SOURCE() from None
        if problems and constraint in problems:
            raise problems[constraint]() from None
        raise


def holds(row: Recorded, values: dict[str, Any]) -> bool:
    """Whether the row has this content already: then saying it again changes nothing."""
    return all(getattr(row, name) == value for name, value in values.items())


async def replace(
    session: Session, actor: Actor, row: Recorded, values: dict[str, Any], problems: Problems | None = None
) -> bool:
    """Give the row new content and the next version; False (and no version) when nothing differs. A source_id
    belongs to the system that gave it."""
    if holds(row, values):
        return False
    if values.get("client_id", before := getattr(row, "client_id", None)) != before:
        values = {"client_named": values["client_id"]} | values
    if values.get("source_id", row.source_id) != row.source_id:
        values = values | {"source_system": actor.system_id if values["source_id"] else None}
    for name, value in (values | _touch(await now(session), actor)).items():
        setattr(row, name, value)
    row.version += 1
    await _flush(session, problems)
    return True


async def find(session: Session, statement: Select[T], *, lock: bool = False) -> T:
    """The one row, or 404 for what is not there and for what is not yours alike."""
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = await session.orm.scalar(statement)
    if row is None:
        raise NOT_FOUND()
    return row


async def page(
    session: Session, table: type[R], statement: Select[R], limit: int, cursor: str | None
) -> tuple[Sequence[R], str | None]:
    """A page in the order of the ids (which is the order of making), and the key of the next."""
    if (key := responses.after(cursor)) is not None:
        statement = statement.where(table.id > key)
    rows = (await session.orm.scalars(statement.order_by(table.id).limit(limit + 1))).all()
    more = len(rows) > limit
    return rows[:limit], responses.key_text(rows[limit - 1].id) if more else None
