"""Which cells of a table are hidden so that no small count can be read or worked out. Pure.

A table is a set of cells between nodes, in which everything that flows into a node flows out again: a row's
cells and its total, a column's and its total. So whatever adds up, also parts of parts, is one such network,
and what an outsider can work out of the cells that are told is exactly how far each hidden one can still go
up and down in it.

First every count under the limit is hidden (whether a count of none is, each cell says). Then, for each of
these, so many others that it could as well be a count at or above the limit: the cheapest round trip through
the network is hidden along which all of it can be shifted by that much. Hidden cells along it can be shifted
too, so none has one possible value only (ADR 16)."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Node = str


@dataclass(frozen=True)
class Cell:
    """A count that flows from one node to another. `none_is_told`: that it is nobody may be said, as it says
    nothing of anybody's result (such as nobody who was not measured); else a zero is withheld like any small
    count."""

    tail: Node
    head: Node
    value: int
    zero_is_public: bool = False

    def is_small(self, limit: int) -> bool:
        return self.value < limit and not (self.value == 0 and self.zero_is_public)


def hidden(
    cells: Mapping[str, Cell],
    limit: int,
    decided: frozenset[str] = frozenset(),
    away: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """The names of the cells not to be told. Of some it was `decided` before, whatever the others are: these are told,
    unless they are among those `away`. Where they leave a small cell no way round, nothing else is told."""
    small = {name for name, cell in cells.items() if cell.is_small(limit)}
    suppressed = {*away, *small - decided}
    for name in sorted(small & suppressed):
        try:
            suppressed |= _way_round(cells, name, suppressed, limit, decided)
        except NoWayError:
            if not decided:
                raise
            return away | (cells.keys() - decided)
    return frozenset(suppressed)


class NoWayError(ValueError):
    """A cell has no way back: the cells do not flow round, or those that were decided before stand in it."""


def _way_round(
    cells: Mapping[str, Cell], name: str, suppressed: set[str], limit: int, decided: frozenset[str]
) -> set[str]:
    """The cells to hide so that this one could be `limit`: a way back from its head to its tail, the fewest
    people hidden.

    Along a cell as it flows everything can grow; against it, only so much can be taken as there is."""
    amount = limit - cells[name].value
    ways: dict[Node, list[tuple[int, Node, str]]] = defaultdict(list)
    for other, cell in cells.items():
        if other == name or (other in decided and other not in suppressed):
            continue
        cost = 0 if other in suppressed else 1 + cell.value
        ways[cell.tail].append((cost, cell.head, other))
        if cell.value >= amount:
            ways[cell.head].append((cost, cell.tail, other))
    return set(_cheapest(ways, cells[name].head, cells[name].tail))


def _cheapest(ways: Mapping[Node, Iterable[tuple[int, Node, str]]], start: Node, end: Node) -> list[str]:
    """The names along the cheapest way; a network in which all flows round always has one."""
    waiting: list[tuple[int, int, Node, tuple[str, ...]]] = [(0, 0, start, ())]
    done: set[Node] = set()
    count = 0
    while waiting:
        cost, _, node, along = heapq.heappop(waiting)
        if node == end:
            return list(along)
        if node in done:
            continue
        done.add(node)
        for more, following, name in ways[node]:
            if following not in done:
                count += 1
                heapq.heappush(waiting, (cost + more, count, following, (*along, name)))
    raise NoWayError("the cells do not flow round")


def two_way(
    rows: Mapping[str, Mapping[str, int]], columns: Iterable[str], *, zero_is_public: bool = False
) -> dict[str, Cell]:
    """A table with its totals as a network: `row|column`, `row|`, `|column` and `|`."""
    names = list(columns)
    cells = {
        f"{row}|{column}": Cell(f"row {row}", f"column {column}", counts[column], zero_is_public)
        for row, counts in rows.items()
        for column in names
    }
    cells |= {
        f"{row}|": Cell("rows", f"row {row}", sum(counts[column] for column in names))
        for row, counts in rows.items()
    }
    for column in names:
        cells[f"|{column}"] = Cell(
            f"column {column}", "columns", sum(counts[column] for counts in rows.values()), zero_is_public
        )
    cells["|"] = Cell(
        "columns", "rows", sum(sum(counts[column] for column in names) for counts in rows.values())
    )
    return cells
