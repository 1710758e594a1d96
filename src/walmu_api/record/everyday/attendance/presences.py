"""Which presences of one day are visits of their own. Pure."""

from collections.abc import Iterable
from typing import Any, NamedTuple


class Presence(NamedTuple):
    """A day on which the client came, under one of the agreements of a decision. The id is a text or a UUID, the times are of
    one kind, whichever."""

    id: Any
    status: str
    arrived_at: Any = None
    left_at: Any = None


def visits(of_day: Iterable[Presence]) -> list[Any]:
    """The ids of those that are visits: what says more first, and each further one of which it is known that it meets none of
    them. What meets a presence that is no visit itself loses nothing by it."""
    found: list[Presence] = []
    for each in sorted(of_day, key=lambda each: (each.status != "present", each.id)):
        if all(_is_before(each, other) or _is_before(other, each) for other in found):
            found.append(each)
    return [each.id for each in found]


def _is_before(one: Presence, other: Presence) -> bool:
    known = one.left_at is not None and other.arrived_at is not None
    return known and bool(one.left_at <= other.arrived_at)
