"""What the record system holds, in one SQLite file that survives a kill.

All of it runs on the event loop, and nothing waits between a request's first write and its commit, which
`front` does just before the answer leaves. So one connection without locks is enough, and an acknowledged
write is on the disk."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from walmu_api.foundation.clock import Clock
from walmu_dev.simulator.content import instant_text

DECISION, PROPOSAL, ATTENDANCE = "decision", "decision_proposal", "attendance"
JOURNAL_LENGTH = 20_000

SCHEMA = """
CREATE TABLE IF NOT EXISTS held (
    id INTEGER PRIMARY KEY AUTOINCREMENT, entity TEXT NOT NULL, external_id TEXT, reporting_system TEXT,
    modified INTEGER NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS one_visit ON held (external_id, reporting_system)
    WHERE entity = 'attendance';
CREATE INDEX IF NOT EXISTS by_external_id ON held (entity, external_id);
CREATE INDEX IF NOT EXISTS by_modified ON held (entity, modified);
CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Held(NamedTuple):
    """One thing held: the body in the dialect's words, without `Id` and `Modified`."""

    id: int
    entity: str
    external_id: str | None
    modified: int
    body: dict[str, Any]

    @property
    def answer(self) -> dict[str, Any]:
        return {"Id": self.id, **self.body, "Modified": instant_text(self.modified)}


def _micros(instant: datetime) -> int:
    return round(instant.timestamp() * 1_000_000)


class Store:
    def __init__(self, file: Path, clock: Clock) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._db = sqlite3.connect(file, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(SCHEMA)
        self._last_modified: int = self.note("last_modified", 0)

    def commit(self) -> None:
        self._db.commit()

    def rollback(self) -> None:
        self._db.rollback()

    def close(self) -> None:
        self._db.close()

    def _next_modified(self) -> int:
        """Later than any before, deleted ones included: whoever pages by `gt` can then lose nothing.

        Also when the shared clock is set back."""
        self._last_modified = max(_micros(self._clock.now()), self._last_modified + 1)
        self.keep_note("last_modified", self._last_modified)
        return self._last_modified

    def add(self, entity: str, body: dict[str, Any], reporting_system: str | None = None) -> Held:
        modified, external_id = self._next_modified(), body["ExternalId"]
        row = self._db.execute(
            "INSERT INTO held (entity, external_id, reporting_system, modified, body) VALUES (?, ?, ?, ?, ?)",
            (entity, external_id, reporting_system, modified, json.dumps(body)),
        )
        return Held(row.lastrowid or 0, entity, external_id, modified, body)

    def replace(self, held: Held, body: dict[str, Any]) -> Held:
        modified = self._next_modified()
        self._db.execute(
            "UPDATE held SET body = ?, modified = ? WHERE id = ?", (json.dumps(body), modified, held.id)
        )
        return held._replace(body=body, modified=modified)

    def remove_visit(self, external_id: str, reporting_system: str) -> None:
        self._db.execute(
            "DELETE FROM held WHERE entity = ? AND external_id = ? AND reporting_system = ?",
            (ATTENDANCE, external_id, reporting_system),
        )

    def _held(self, condition: str, *values: object) -> Iterator[Held]:
        rows = self._db.execute(
            f"SELECT id, entity, external_id, modified, body FROM held {condition}", values
        )
        return (Held(key, kind, name, at, json.loads(body)) for key, kind, name, at, body in rows)

    def one(self, entity: str, id: int) -> Held | None:
        return next(self._held("WHERE entity = ? AND id = ?", entity, id), None)

    def visit(self, external_id: str, reporting_system: str) -> Held | None:
        condition = "WHERE entity = 'attendance' AND external_id = ? AND reporting_system = ?"
        return next(self._held(condition, external_id, reporting_system), None)

    def named(self, entity: str, external_id: str) -> list[Held]:
        """All that carry this external id, the one held longest first."""
        return list(self._held("WHERE entity = ? AND external_id = ? ORDER BY id", entity, external_id))

    def all(self, entity: str) -> list[Held]:
        return list(self._held("WHERE entity = ? ORDER BY id", entity))

    def page(
        self, entity: str, *, after: datetime | None, external_id: str | None, limit: int, offset: int
    ) -> list[Held]:
        """Oldest modification first."""
        condition, values = "WHERE entity = ?", [entity, limit, offset]
        if external_id is not None:
            condition += " AND external_id = ?"
            values.insert(-2, external_id)
        if after is not None:
            condition += " AND modified > ?"
            values.insert(-2, _micros(after))
        return list(self._held(f"{condition} ORDER BY modified LIMIT ? OFFSET ?", *values))

    def effects(self) -> list[dict[str, Any]]:
        """How many of each thing are held, so that a test can say *exactly one*."""
        rows = self._db.execute(
            "SELECT entity, coalesce(external_id, CAST(id AS TEXT)) AS name, count(*) FROM held"
            " GROUP BY entity, name ORDER BY min(id)"
        )
        return [{"entity": entity, "external_id": name, "count": count} for entity, name, count in rows]

    def write_journal(self, line: dict[str, Any]) -> None:
        row = self._db.execute("INSERT INTO journal (line) VALUES (?)", (json.dumps(line),))
        self._db.execute("DELETE FROM journal WHERE id <= ?", ((row.lastrowid or 0) - JOURNAL_LENGTH,))

    def journal(self, limit: int) -> list[dict[str, Any]]:
        """The newest `limit` lines, newest last."""
        rows = self._db.execute("SELECT line FROM journal ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
        return [json.loads(line) for (line,) in reversed(rows)]

    def note(self, name: str, default: Any) -> Any:
        row = self._db.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return default if row is None else json.loads(row[0])

    def keep_note(self, name: str, value: Any) -> None:
        self._db.execute("INSERT OR REPLACE INTO note (name, value) VALUES (?, ?)", (name, json.dumps(value)))
