"""What the clients did and were told, and what was found afterwards: the two things that the checker compares.

Every write carries marks of its own, one for each record it is to change, put where the record keeps them (source_id,
the name of the place, the name of who signed). So each version of each record tells which write made it."""

import itertools
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple


class Place(NamedTuple):
    """Where a write took effect: this version of this record."""

    record: str
    version: int


class Item(NamedTuple):
    """A change as the feed tells it, without the record, which is as it is now."""

    kind: str
    record: str
    version: int
    change: str
    source_id: str | None
    at: str


@dataclass(frozen=True)
class Event:
    """`info`: the outcome of this attempt is unknown. `told` says for each mark where it took effect."""

    type: Literal["invoke", "info", "ok", "fail"]
    op: str
    what: str
    at: float
    marks: tuple[str, ...] = ()
    response: Mapping[str, Place] = field(default_factory=dict)
    request_id: str = ""
    client_data: bool = False
    status: int = 0


class History:
    """Events in the order in which they happened. One event loop writes it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._numbers = itertools.count(1)

    def mark(self) -> str:
        return f"m-{next(self._numbers)}"

    def invoke(self, what: str, marks: Sequence[str]) -> Event:
        created = Event("invoke", f"op-{next(self._numbers)}", what, time.monotonic(), tuple(marks))
        self.events.append(created)
        return created

    def note(
        self,
        type: Literal["info", "ok", "fail"],
        of: Event,
        request_id: str,
        status: int = 0,
        response: Mapping[str, Place] | None = None,
        *,
        client_data: bool = False,
    ) -> None:
        self.events.append(
            Event(
                type,
                of.op,
                of.what,
                time.monotonic(),
                of.marks,
                response or {},
                request_id,
                client_data,
                status,
            )
        )

    def tally(self) -> dict[str, int]:
        """How many operations were acknowledged, refused, and for a while unknown."""
        ends = {event.op: event.type for event in self.events}
        unknown = {event.op for event in self.events if event.type == "info"}
        counted = Counter(ends.values())
        return {
            "acknowledged": counted["ok"],
            "refused": counted["fail"],
            "unresolved": counted["invoke"] + counted["info"],
            "unknown, then resolved": sum(ends[op] in {"ok", "fail"} for op in unknown),
            "marks acknowledged": len(
                {mark for event in self.events if event.type == "ok" for mark in event.response}
            ),
        }


@dataclass
class Final:
    """What is there when everything has come to rest: here, in the feeds, in the use log, and in the record system."""

    live: dict[str, list[Item]]  # by reader: the feed as it was read while processes were killed
    after: dict[str, list[Item]]  # by reader: the feed read from the beginning, afterwards
    records: dict[str, list[dict[str, Any]]]  # by kind
    clients: set[str]  # those under whom records are read
    use_log: Counter[str]  # rows by request id
    days_there: list[tuple[str, int]]  # what the record system holds: id and version
    decisions_there: list[dict[str, Any]]
    proposals_there: list[dict[str, Any]]
    target: str = "ehr-a"
