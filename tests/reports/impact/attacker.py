"""An outsider who knows the rules and every cell that is told, and works out the rest exactly.

Cells flow between nodes, and whatever flows in flows out. So of one hidden cell the greatest value is what it has and all
that can still be sent round through it without changing a cell that is told (a maximum flow), and the least is what it has
less all that can be sent back. Counts are whole numbers, and so are these bounds: nothing is left to be reasoned further
from the sums. It shares no code with the product."""

from collections import defaultdict, deque
from collections.abc import Mapping

from walmu_api.reports.impact.suppression import Cell

ENDLESS = 10**9


def bounds(cells: Mapping[str, Cell], hidden: frozenset[str], name: str) -> tuple[int, int]:
    """The least and the greatest value that this hidden cell can have, for all that is told."""
    cell = cells[name]
    most = cell.value + _flow(cells, hidden, name, cell.head, cell.tail)
    least = cell.value - min(cell.value, _flow(cells, hidden, name, cell.tail, cell.head))
    return least, most


def _flow(cells: Mapping[str, Cell], hidden: frozenset[str], without: str, start: str, end: str) -> int:
    """The most that can be sent from one node to another along hidden cells: up without end, down to nothing."""
    room: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for name in hidden - {without}:
        cell = cells[name]
        room[cell.tail][cell.head] += ENDLESS
        room[cell.head][cell.tail] += cell.value
    sent = 0
    while sent < ENDLESS:
        came: dict[str, str] = {start: start}
        waiting = deque([start])
        while waiting and end not in came:
            node = waiting.popleft()
            for following, left in room[node].items():
                if left > 0 and following not in came:
                    came[following] = node
                    waiting.append(following)
        if end not in came:
            return sent
        way = [end]
        while way[-1] != start:
            way.append(came[way[-1]])
        steps = list(zip(way[1:], way, strict=False))
        least = min(room[tail][head] for tail, head in steps)
        for tail, head in steps:
            room[tail][head] -= least
            room[head][tail] += least
        sent += least
    return ENDLESS


def pinned(cells: Mapping[str, Cell], hidden: frozenset[str]) -> list[str]:
    """The hidden cells that have one possible value only."""
    found = {name: bounds(cells, hidden, name) for name in hidden}
    return [name for name, (least, most) in found.items() if least == most]


def known_to_be_small(cells: Mapping[str, Cell], hidden: frozenset[str], limit: int) -> list[str]:
    """The hidden cells of which it is sure that they are below the limit."""
    return [name for name in hidden if bounds(cells, hidden, name)[1] < limit]
