"""`walmu-api codes`: an operator imports and lists the code systems of an organiser.

It runs as the role that requests run as, under the organiser's tenancy, and is recorded as done by the
organiser."""

import json
import re
from collections.abc import Iterator
from uuid import UUID

from walmu_api.foundation.database import Database, Session, Tenancy
from walmu_api.foundation.journal import Actor
from walmu_api.foundation.problems import Problem
from walmu_api.foundation.statements import Statement
from walmu_api.record.parties.codes import importing, service
from walmu_api.record.parties.codes.service import Imported

NAME = r"[a-z][a-z0-9_]{0,63}|[0-2](\.(0|[1-9][0-9]{0,15})){3,20}"
SHOWN = 50
PERSON = json.dumps({"sub": "walmu-api codes", "name": "Operator at the command line"})

_ORGANISERS = "select id, name, business_id from organisers order by name"
_SYSTEM = Statement("""
select s.organisation_id, s.id from connected_systems s
  join organisations o on o.organiser_id = s.organiser_id and o.id = s.organisation_id
where s.organiser_id = :organiser and o.kind = 'organiser' and s.role = 'organiser' order by s.id limit 1
""")


class CommandError(Exception):
    """What keeps the command from being done, for the operator to read."""


async def organiser(database: Database, named: str | None) -> UUID:
    """The organiser of this business id or id; without a name the only one there is."""
    async with database.transaction(Tenancy(None)) as session:
        rows = await session.fetch(_ORGANISERS)
    found = [row["id"] for row in rows if named in {None, str(row["id"]), row["business_id"]}]
    if len(found) != 1:
        known = "; ".join(f"{row['business_id']} {row['name']}" for row in rows) or "none"
        raise CommandError(f"Name one organiser with --organiser: {known}.")
    return UUID(str(found[0]))


async def import_file(database: Database, named: str | None, data: Imported, raw: bytes) -> str:
    """The file as a list of the organiser, whole or not at all. Answers what came of it."""
    if not re.fullmatch(NAME, data.name):
        raise CommandError(
            "--system is a name of ours (a–z, 0–9, _) or the OID of a national code set without its version."
        )
    read = importing.read(raw)
    if read.wrong:
        raise CommandError(_as_data([f"line {each.line}: {each.text}" for each in read.wrong]))
    organiser_id = await organiser(database, named)
    try:
        async with database.transaction(Tenancy(organiser_id)) as session:
            outcome = await service.import_list(session, await _actor(session), data, read.values)
    except Problem as problem:
        raise CommandError(_as_data(list(_lines(problem, read)))) from None
    return f"{data.name}: {outcome.created} added, {outcome.updated} changed, {outcome.unchanged} as they were, {outcome.ended} ended."


async def _actor(session: Session) -> Actor:
    row = await session.fetchrow(_SYSTEM, organiser=session.organiser_id)
    if row is None:
        raise CommandError("The organiser has no connected system of its own yet.")
    return Actor(row["organisation_id"], row["id"], PERSON)


def _as_data(lines: list[str]) -> str:
    more = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n".join(["Nothing was imported:", *lines[:SHOWN], *more])


def _lines(problem: Problem, read: importing.Read) -> Iterator[str]:
    if not problem.errors:
        yield problem.kind.detail.render("en", problem.values)
    for finding in problem.errors:
        _, at, pointer = finding.pointer.split("/", 2)
        yield f"line {read.lines[int(at)]}: /{pointer}: {finding.render('en')['detail']}"


async def listed(database: Database, named: str | None) -> Iterator[str]:
    """One line for each code system of the organiser."""
    async with database.transaction(Tenancy(await organiser(database, named))) as session:
        lists = await service.book_now(session)
    return (
        f"{each.name}\t{each.version or '-'}\t{len(each.codes)} codes\t{'verified' if each.verified else 'known in part'}"
        f"\t{each.title.get('fi', '')}\t{each.source}"
        for each in lists.values()
    )
