"""Who is let in when more come than can be served: early, in fair shares, and told when to come back.

Two limits, both per process. A bucket per connected system says how many requests a second it may make in the long run;
`RateLimit` fields tell it how it stands. And a number of requests may be in work at once: while there is room everybody is
let in; when there is none, a system that holds less than its share (the room divided by the systems that are here) still
is, and one that holds more is told to wait. So a careless system slows itself, not its neighbours, and what was let in is
answered in bounded time. Pure but for the monotonic clock."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from walmu_api.foundation.problems import Kind, Text

TOO_MANY_REQUESTS = Kind(
    "too-many-requests",
    429,
    Text("Too many requests", "Liian monta pyyntöä"),
    Text(
        "Your system sends more than its share: wait as Retry-After says, and send batches instead of single days.",
        "Järjestelmäsi lähettää enemmän kuin osuutensa: odota Retry-After-otsakkeen ajan ja lähetä päivät erinä.",
    ),
)


@dataclass(frozen=True)
class Limits:
    """Requests a second in the long run, at once from the start, and in work at the same time."""

    rate: float = 100.0
    burst: int = 400
    room: int = 48


@dataclass
class _Standing:
    """How one system stands."""

    tokens: float
    at: float
    in_work: int = 0


class Admission:
    def __init__(self, limits: Limits, now: Callable[[], float] = time.monotonic) -> None:
        self.limits, self._now = limits, now
        self._systems: dict[Hashable, _Standing] = {}
        self._in_work = 0

    def enter(self, system: Hashable) -> float | None:
        """None when the request may go on (then `leave` must follow), else the seconds to wait."""
        standing = self._standing(system)
        if standing.tokens < 1:
            return (1 - standing.tokens) / self.limits.rate
        if self._in_work >= self.limits.room and standing.in_work >= self._share():
            return 1.0
        standing.tokens -= 1
        standing.in_work += 1
        self._in_work += 1
        return None

    def leave(self, system: Hashable) -> None:
        self._systems[system].in_work -= 1
        self._in_work -= 1

    def remaining(self, system: Hashable) -> int:
        """What the bucket still holds, for the `RateLimit` field."""
        return int(self._standing(system).tokens)

    def _share(self) -> int:
        here = sum(1 for standing in self._systems.values() if standing.in_work)
        return max(1, self.limits.room // max(1, here))

    def _standing(self, system: Hashable) -> _Standing:
        moment = self._now()
        standing = self._systems.get(system)
        if standing is None:
            if len(self._systems) > 10_000:
                self._systems = {s: kept for s, kept in self._systems.items() if kept.in_work}
            standing = self._systems[system] = _Standing(float(self.limits.burst), moment)
        standing.tokens = min(float(self.limits.burst), standing.tokens + (moment - standing.at) * self.limits.rate)
        standing.at = moment
        return standing
