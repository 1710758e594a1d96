"""Whether figures of a group tell of a few people, together with all that was published before. Pure.

Whoever has two answers subtracts them: what remains is of those who are in one group only. Three answers give a third, and so on:
whatever is a sum of published groups, each taken so many times, can be worked out, and nothing else can. So the groups are the
rows of a matrix with a column for the people who are in the same groups (an atom); what can be worked out is its row
space. In reduced form, with the large atoms first, the rows that stand on small atoms alone are all there is to find
(ADR 43)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from uuid import UUID

PERSON = 8
Member = bytes
"""Who: `PERSON` bytes. And what the figures count of this person, as the rest: when that changes, it is another member."""
Group = frozenset[Member]
MarkedMember = tuple[UUID, object]
Vector = dict[int, int]

_PRIME = 2**61 - 1
_MOST_ROWS = 12
"""More rows on small atoms than these are not looked through: they count as telling."""


class Publication:
    """The groups of an answer on its way, each held against those that were published before it."""

    def __init__(
        self,
        published: dict[str, list[Group]] | None = None,
        member: Callable[[UUID, object], Member] | None = None,
    ) -> None:
        self.published = published or {}
        self.groups: dict[str, list[Group]] = defaultdict(list)
        self._member = member or _plain_member

    def adds(self, family: str, members: Iterable[MarkedMember], least: int) -> bool:
        """Whether figures of this group may be told; then it counts among what is published. Groups of one family
        have figures that can be added up."""
        group = frozenset(self._member(client, mark) for client, mark in members)
        before = [*self.published.get(family, ()), *self.groups[family]]
        if not group or tells_of_few(before, group, least):
            return False
        self.groups[family].append(group)
        return True


def _plain_member(client: UUID, mark: object) -> Member:
    return client.bytes[-PERSON:] + repr(mark).encode()


def tells_of_few(published: Iterable[Group], group: Group, least: int) -> bool:
    """Whether something of fewer people than `least` can be worked out with this group that could not be without."""
    groups = [*dict.fromkeys(published), group]
    atoms = _atoms(groups, least)
    large = sum(len(people) >= least for people, _ in atoms)
    rows: dict[int, Vector] = {}
    for at in range(len(groups) - 1):
        _take(rows, _vector(atoms, at))
    before = {pivot: dict(row) for pivot, row in rows.items()}
    if not _take(rows, _vector(atoms, len(groups) - 1)):
        return False
    small = [row for pivot, row in rows.items() if pivot >= large]
    if len(small) > _MOST_ROWS:
        return True
    people = [each for each, _ in atoms]
    new = [bool(_left(before, row)) for row in small]
    return any(
        any(new[at] for at in some)
        and len(frozenset[bytes]().union(*(people[at] for at in _surely_left(small[row] for row in some))))
        < least
        for some in _choices(len(small), least)
    )


def _atoms(groups: Sequence[Group], least: int) -> list[tuple[frozenset[bytes], frozenset[int]]]:
    """The people that are in the same groups, and which these are; the large atoms first."""
    within: dict[Member, set[int]] = defaultdict(set)
    for at, group in enumerate(groups):
        for member in group:
            within[member].add(at)
    people: dict[frozenset[int], set[bytes]] = defaultdict(set)
    for member, ats in within.items():
        people[frozenset(ats)].add(member[:PERSON])
    found = [(frozenset(each), ats) for ats, each in people.items()]
    return sorted(found, key=lambda atom: (len(atom[0]) < least, sorted(atom[1])))


def _vector(atoms: Sequence[tuple[frozenset[bytes], frozenset[int]]], group: int) -> Vector:
    return {at: 1 for at, (_, ats) in enumerate(atoms) if group in ats}


def _left(rows: dict[int, Vector], vector: Vector) -> Vector:
    """What the rows do not account for."""
    left = dict(vector)
    for pivot in [at for at in vector if at in rows]:
        _add(left, rows[pivot], -left.get(pivot, 0))
    return left


def _take(rows: dict[int, Vector], vector: Vector) -> bool:
    """Take a vector among the rows in reduced form; false when they account for it already."""
    left = _left(rows, vector)
    if not left:
        return False
    pivot = min(left)
    inverse = pow(left[pivot], -1, _PRIME)
    new = {at: value * inverse % _PRIME for at, value in left.items()}
    for row in rows.values():
        if pivot in row:
            _add(row, new, -row[pivot])
    rows[pivot] = new
    return True


def _add(vector: Vector, other: Vector, times: int) -> None:
    for at, value in other.items():
        total = (vector.get(at, 0) + times * value) % _PRIME
        if total:
            vector[at] = total
        else:
            vector.pop(at, None)


def _choices(rows: int, least: int) -> Iterator[tuple[int, ...]]:
    """Which rows are taken together: each stands on people of its own, so fewer than `least`."""
    for many in range(1, min(rows, least - 1) + 1):
        yield from combinations(range(rows), many)


def _surely_left(rows: Iterable[Vector]) -> list[int]:
    """The atoms on which something is left, however many times each row is added or taken away: those of one row only. What
    several rows share may cancel out, and counts as if it did."""
    times = Counter(at for row in rows for at in row)
    return [at for at, count in times.items() if count == 1]
