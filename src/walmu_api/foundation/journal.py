"""The journal: one row per change of a record, appended in the transaction of the change.

Feed, versions and deliveries read it. Order and cursor are (era, txid, seq); a reader serves only
transactions older than the oldest one still running, so nothing that commits late is ever passed over. `era`
grows after a restore.

ADR 3."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from walmu_api.foundation import validation_messages
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import INVALID_VALUE, ProblemType, invalid
from walmu_api.foundation.statements import Statement

CURSOR_EXPIRED = ProblemType("cursor-expired", 410)


@dataclass(frozen=True)
class Change:
    """What the journal keeps of one change. `replaced` is the body that it replaced, nothing at creation."""

    resource_type: str
    resource_id: UUID
    version: int
    change: str  # created | updated | voided | ended | access-granted | access-ended
    client_id: UUID | None = None
    provider_id: UUID | None = None
    workplace_id: UUID | None = None
    source_id: str | None = None
    replaced: str | None = None


@dataclass(frozen=True)
class Actor:
    """Who does it: written into journal and records."""

    organisation_id: UUID
    system_id: UUID
    person: str | None = None  # JSON text of the acting person, as named in the token

    def parameters(self) -> dict[str, UUID | str | None]:
        """The values of `:actor_organisation`, `:actor_system` and `:actor_person`."""
        return {
            "actor_organisation": self.organisation_id,
            "actor_system": self.system_id,
            "actor_person": self.person,
        }


_OF_ACTOR = ("actor_organisation", "actor_system", "actor_person")
_COLUMNS = (
    *("resource_type", "resource_id", "version", "change", "client_id", "provider_id", "workplace_id"),
    *("source_id", "replaced", *_OF_ACTOR),
)


def _insert(expressions: Mapping[str, str], source: str = "") -> str:
    columns, values = ", ".join(_COLUMNS), ", ".join(expressions[name] for name in _COLUMNS)
    return (
        f"insert into journal (organiser_id, era, {columns})"
        f" select :organiser, (select era from journal_era), {values}{source}"
    )


def insert_from(
    source: str,
    resource_type: str,
    change: str,
    *,
    replaced: str = "null",
    workplace_id: str = "workplace_id",
) -> str:
    """The SQL that appends a row for each row of `source`, in the statement that wrote them.

    It takes `id`, `version`, `client_id`, `provider_id`, `workplace_id` and `source_id` from the source. The
    statement needs the parameters `:organiser` and the actor's."""
    values = {name: name for name in _COLUMNS} | {name: f":{name}" for name in _OF_ACTOR}
    values |= {"resource_type": f"'{resource_type}'", "resource_id": "id", "change": f"'{change}'"}
    return _insert(values | {"replaced": replaced, "workplace_id": workplace_id}, f" from {source}")


APPEND = Statement(_insert({name: f":{name}" for name in _COLUMNS}))


async def append(session: Session, actor: Actor, change: Change) -> None:
    await session.execute(
        APPEND,
        organiser=session.organiser_id,
        resource_type=change.resource_type,
        resource_id=change.resource_id,
        version=change.version,
        change=change.change,
        client_id=change.client_id,
        provider_id=change.provider_id,
        workplace_id=change.workplace_id,
        source_id=change.source_id,
        replaced=change.replaced,
        **actor.parameters(),
    )


LAST_SEQ = 2**62
"""After every row of its transaction."""


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in the journal; opaque outside. A place in an earlier era also says in which era it was given
    to a reader: one that begins again after a restore goes through what was before it, one that did not begin
    again must."""

    era: int
    txid: int
    seq: int
    given_in: int | None = field(default=None, compare=False)

    def text(self) -> str:
        given = f".{self.given_in}" if self.given_in not in {None, self.era} else ""
        return (
            base64.urlsafe_b64encode(f"{self.era}.{self.txid}.{self.seq}{given}".encode())
            .decode()
            .rstrip("=")
        )

    @classmethod
    def read(cls, text: str) -> "Cursor":
        try:
            plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        except ValueError:
            plain = ""
        if re.fullmatch(r"[0-9]{1,6}\.[0-9]{1,18}\.[0-9]{1,19}(\.[0-9]{1,6})?", plain):
            cursor = cls(*map(int, plain.split(".")))
            if cursor.seq <= LAST_SEQ:
                return cursor
        raise invalid(INVALID_VALUE.at("/query/cursor", reason=validation_messages.CURSOR))


_HORIZON = """
select era, pg_snapshot_xmin(pg_current_snapshot()) as txid,
  pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn() as durable
from journal_era
"""


@dataclass(frozen=True)
class Horizon:
    """Up to where the journal can be read without passing over anything: every transaction before `end` has
    ended. Those of earlier eras have too, whatever their numbers: a restored cluster may count from lower
    ones.

    A crash of the database forgets the numbers of transactions of which nothing had reached the disk, such as
    the last ones that were rolled back, and gives them out again. `end` may be remembered outside only when
    `durable`: then all of them are on the disk. A row that was read always is, and so is the own
    transaction's number once it has committed."""

    end: Cursor
    durable: bool


async def horizon(session: Session, cursor: Cursor | None) -> Horizon:
    """The horizon now. A cursor that was given in another era may point into history that a restore undid."""
    row = await session.fetchrow(_HORIZON)
    assert row is not None
    if cursor is not None and (cursor.era if cursor.given_in is None else cursor.given_in) != row["era"]:
        raise CURSOR_EXPIRED()
    return Horizon(Cursor(row["era"], row["txid"] - 1, LAST_SEQ), row["durable"])


_LAST = Statement("""
select era, txid::text::bigint as txid, seq from journal
where organiser_id = :organiser and (era, txid, seq) <= (:end_era, :end_txid::xid8, :end_seq::bigint)
order by era desc, journal.txid desc, seq desc limit 1
""")
_EARLY = Statement("""
with recursive bounds as (
    select e.era, first.txid::text::bigint as low, last.txid::text::bigint + 1 as high
    from generate_series((select era from journal_era), 1, -1) e (era)
    cross join lateral (select txid, at from journal where organiser_id = :organiser and era = e.era
        order by txid, seq limit 1) first
    cross join lateral (select txid from journal where organiser_id = :organiser and era = e.era
        order by txid desc, seq desc limit 1) last
    where first.at < :early
    order by e.era desc limit 1),
halved as (
    select era, low, high from bounds
    union all
    select h.era, case when found.at < :early then found.txid else h.low end,
        case when found.at < :early then h.high else h.middle end
    from (select *, (low + high) / 2 as middle from halved) h
    left join lateral (select txid::text::bigint as txid, at from journal
        where organiser_id = :organiser and era = h.era and txid >= h.middle::text::xid8
        order by journal.txid, seq limit 1) found on true
    where h.high - h.low > 1)
select era, low from halved order by high - low limit 1
""")
LONGEST_WRITE = timedelta(hours=1)
"""Longer than any transaction that writes into the journal."""


async def before(session: Session, instant: datetime, horizon: Horizon) -> Cursor:
    """A place before everything that was recorded at this instant or later.

    The journal is in the order of transactions, and the time of a row is when it was written: one that began earlier
    may have written later. But no row before one that is older by the longest write can be from the instant or after it. Such a
    row is looked for by halving: forty looks into the primary key, however many rows there are."""
    row = await session.fetchrow(_EARLY, organiser=session.organiser_id, early=instant - LONGEST_WRITE)
    found = Cursor(row["era"], row["low"], LAST_SEQ) if row is not None else Cursor(0, 0, 0)
    return replace(min(found, horizon.end), given_in=horizon.end.era)


async def last(session: Session, horizon: Horizon) -> Cursor:
    """The place of the last row that a reader may be given now. Unlike the horizon itself it is always on the disk."""
    end = horizon.end
    row = await session.fetchrow(
        _LAST, organiser=session.organiser_id, end_era=end.era, end_txid=end.txid, end_seq=end.seq
    )
    return (
        Cursor(row["era"], row["txid"], row["seq"], end.era) if row is not None else Cursor(0, 0, 0, end.era)
    )
