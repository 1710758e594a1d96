"""The code systems of an organiser: the shipped ones with its own over them, remembered by each process until
they change."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID
from zlib import crc32

import asyncpg
from pydantic_core import to_json

from walmu_api.foundation import journal, preconditions, records
from walmu_api.foundation.database import Session
from walmu_api.foundation.journal import Actor
from walmu_api.foundation.problems import NOT_FOUND, STALE, Finding, refuse
from walmu_api.foundation.record_ids import uuid7
from walmu_api.record.parties.codes import rules, statements
from walmu_api.record.parties.codes.rules import Book, CodeList, CodeValue
from walmu_api.record.parties.codes.schemas import OwnCode, OwnCodeEntry
from walmu_api.record.parties.codes.shipped import shipped_lists

_PLAIN = attrgetter("code", "fi", "sv", "en", "easy_fi", "valid_from", "valid_to")
MANY_ORGANISERS = 1000
_remembered: dict[UUID, tuple[int, Book]] = {}
"""By organiser: the revision of its lists and what they were then."""


async def book(session: Session, revision: int | None) -> Book:
    """The lists of the organiser, given the `statements.REVISION` that a statement of this transaction has
    just read. Only an organiser whose lists changed since costs a query. Not for a transaction that changes
    lists: it may be undone."""
    if revision is None:
        return shipped_lists()
    known = _remembered.get(session.organiser_id)
    if known is None or known[0] != revision:
        if len(_remembered) >= MANY_ORGANISERS:
            _remembered.clear()
        rows = await session.fetch(statements.SYSTEMS, organiser=session.organiser_id, name=None)
        known = (sum(row["version"] for row in rows), _laid_over(rows))
        _remembered[session.organiser_id] = known
    return known[1]


async def book_now(session: Session) -> Book:
    """The same where no other statement reads the revision along: writes of few, single records."""
    return await book(
        session, await session.fetchval(statements.REVISION_NOW, organiser=session.organiser_id)
    )


def _laid_over(rows: Sequence[asyncpg.Record]) -> Book:
    shipped = shipped_lists()
    return {**shipped, **{row["name"]: rules.overlaid(shipped.get(row["name"]), _list(row)) for row in rows}}


def _list(row: asyncpg.Record) -> CodeList:
    codes = [_value(*data) for data in row["codes"] or ()]
    name = row["name"]
    return CodeList(
        name,
        row["verified"],
        row["source"],
        {each.code: each for each in codes},
        row["title"] or {},
        additions=not rules.is_oid(name),
        system=f"urn:oid:{name}" if rules.is_oid(name) else None,
        version=row["national_version"],
        valid_from=row["valid_from"],
    )


def _value(
    code: str,
    fi: str,
    sv: str | None,
    en: str | None,
    easy_fi: str | None,
    first: str | None,
    last: str | None,
    mapping: dict[str, str] | None,
) -> CodeValue:
    return CodeValue(code, fi, sv, en, easy_fi, _day(first), _day(last), mapping)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


async def find(session: Session, name: str) -> CodeList:
    """A list by its name, by its OID or `system`, or by the id that the change feed tells."""
    lists = await book_now(session)
    found = lists.get(rules.name_of(name))
    if found is None and (row_id := _id(name)) is not None:
        own = await session.fetchval(statements.NAME, organiser=session.organiser_id, id=row_id)
        found = lists.get(own or "")
    if found is None:
        raise NOT_FOUND()
    return found


def _id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


async def find_code(session: Session, name: str, code: str) -> tuple[bytes, int | str]:
    """One code and its version."""
    row = await session.fetchrow(
        statements.CODE, organiser=session.organiser_id, name=rules.name_of(name), code=code
    )
    if row is not None:
        return _wire(row), row["version"]
    value = (await find(session, name)).codes.get(code)
    if value is None:
        raise NOT_FOUND()
    return _shipped(value)


def _shipped(value: CodeValue) -> tuple[bytes, str]:
    """A code as it ships, and what stands for its version: another release of the product may say it
    otherwise."""
    data = OwnCode.model_validate(value).model_dump_json(exclude_none=True).encode()
    return data, f"0-{crc32(data):08x}"


def _wire(row: asyncpg.Record) -> bytes:
    recorded_by = {
        "organisation_id": row["recorded_by_organisation"],
        "system_id": row["recorded_by_system"],
        "person": row["recorded_by_person"],
    }
    data = dict(row) | {"recorded_by": recorded_by}
    known = {name: data[name] for name in OwnCode.model_fields}
    return OwnCode.model_validate(known).model_dump_json(exclude_none=True).encode()


async def put_code(
    session: Session, actor: Actor, name: str, code: str, entry: OwnCodeEntry, if_match: str | None
) -> bool:
    """Add a code of the organiser's own or say it otherwise. Whether it is new."""
    await records.one_at_a_time(session, f"codes|{name}")
    own, shipped = await _own(session, name), shipped_lists().get(name)
    known = rules.overlaid(shipped, own) if own is not None else shipped
    if known is None:
        raise NOT_FOUND()
    new = CodeValue(code=code, **_plain(entry))
    before = known.codes.get(code)
    if before == new:
        return False
    row = await session.fetchrow(statements.CODE, organiser=session.organiser_id, name=name, code=code)
    if before is not None:
        preconditions.require_version(if_match, row["version"] if row is not None else _shipped(before)[1])
    elif if_match is not None:
        raise STALE()
    if not known.additions:
        raise rules.CODE_SYSTEM_CLOSED()
    refuse(rules.check_value(shipped_lists() | await _nationals(session, new), new, before))
    await _put(session, actor, own or replace(known, codes={}, title={}), [new], [before] if before else [])
    return before is None


def _plain(entry: OwnCodeEntry) -> dict[str, Any]:
    mapping = entry.mapping.model_dump() if entry.mapping is not None else None
    return {name: getattr(entry, name) for name in OwnCodeEntry.model_fields} | {"mapping": mapping}


async def _own(session: Session, name: str) -> CodeList | None:
    row = await session.fetchrow(statements.SYSTEMS, organiser=session.organiser_id, name=name)
    return _list(row) if row is not None else None


async def _nationals(session: Session, value: CodeValue) -> dict[str, CodeList]:
    """The organiser's own state of the set that a code is mapped to: read, not remembered."""
    name = rules.name_of(value.mapping["system"]) if value.mapping else ""
    own = await _own(session, name)
    return {name: rules.overlaid(shipped_lists().get(name), own)} if own is not None else {}


@dataclass(frozen=True)
class Imported:
    """What an import says of the list itself; what it leaves out stays as it is."""

    name: str
    verified: bool | None = None
    source: str | None = None
    title: str | None = None
    version: str | None = None
    valid_from: date | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of an import."""

    created: int
    updated: int
    unchanged: int
    ended: int


async def import_list(session: Session, actor: Actor, data: Imported, values: Sequence[CodeValue]) -> Outcome:
    """Lay a list over what is there. Whole (`verified`): codes that it no longer has end on the day before it
    begins. The same again changes nothing. Raises a problem whose pointers begin with the place of the code
    in the file."""
    await records.one_at_a_time(session, f"codes|{data.name}")
    own, shipped = await _own(session, data.name), shipped_lists().get(data.name)
    if shipped is not None and shipped.oid is None and not shipped.additions:
        raise rules.CODE_SYSTEM_CLOSED()
    there = own.codes if own is not None else {}
    before = {**(shipped.codes if shipped else {}), **there}
    refuse(await _check(session, values, before))
    changed = [value for value in values if there.get(value.code) != value]
    begins = data.valid_from or session.clock.today()
    ended = rules.ended_by(there, values, begins) if data.verified else []
    system = _described(data, own or _empty(data.name))
    if changed or ended or own is None or replace(system, codes=own.codes) != own:
        replaced = [there[value.code] for value in (*changed, *ended) if value.code in there]
        await _put(session, actor, system, [*changed, *ended], replaced)
    created = sum(value.code not in there for value in changed)
    return Outcome(created, len(changed) - created, len(values) - len(changed), len(ended))


async def _check(
    session: Session, values: Sequence[CodeValue], before: Mapping[str, CodeValue]
) -> list[Finding]:
    nationals: dict[str, CodeList] = dict(shipped_lists())
    for one_of_each in {value.mapping["system"]: value for value in values if value.mapping}.values():
        nationals.update(await _nationals(session, one_of_each))
    return [
        replace(finding, pointer=f"/{at}{finding.pointer}")
        for at, value in enumerate(values)
        for finding in rules.check_value(nationals, value, before.get(value.code))
    ]


def _empty(name: str) -> CodeList:
    return CodeList(name, verified=False, source="imported", codes={})


def _described(data: Imported, own: CodeList) -> CodeList:
    return replace(
        own,
        verified=own.verified if data.verified is None else data.verified,
        source=data.source or own.source,
        title={"fi": data.title} if data.title else own.title,
        version=data.version or own.version,
        valid_from=data.valid_from or own.valid_from,
    )


async def _put(
    session: Session,
    actor: Actor,
    system: CodeList,
    values: Sequence[CodeValue],
    replaced: Sequence[CodeValue],
) -> None:
    """Write list and codes, with one row in the journal that keeps what the changed codes were."""
    title = to_json(system.title).decode() if system.title else None
    row = await session.fetchrow(
        statements.PUT_SYSTEM,
        organiser=session.organiser_id,
        id=uuid7(),
        name=system.name,
        national_version=system.version,
        valid_from=system.valid_from,
        title=title,
        verified=system.verified,
        source=system.source,
        **actor.parameters(),
    )
    assert row is not None
    if values:
        rows = [
            (*_PLAIN(value), to_json(value.mapping).decode() if value.mapping else None) for value in values
        ]
        await session.execute(
            statements.PUT_CODES,
            organiser=session.organiser_id,
            system_id=row["id"],
            **actor.parameters(),
            **statements.CODES.values(rows),
        )
    before = {"name": system.name, "codes": [_without_none(value) for value in replaced]}
    change = journal.Change(
        "code-system",
        row["id"],
        row["version"],
        "created" if row["version"] == 1 else "updated",
        replaced=to_json(before).decode() if row["version"] > 1 else None,
    )
    await journal.append(session, actor, change)


def _without_none(value: CodeValue) -> dict[str, Any]:
    return {name: each for name, each in asdict(value).items() if each is not None}
