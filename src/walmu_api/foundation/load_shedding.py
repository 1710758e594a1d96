"""Who is let in when more come than can be served: early, in fair shares, and told when to come again.

Two limits, both of one process. A bucket for each connected system says how many requests a second it may
make in the long run; the `RateLimit` fields tell it how it stands. A request with a large body, or of an operation
that costs much, counts as several. And only so many requests are in work at
once: while there is room everybody is let in; when there is none, a system that holds less than its share
(the room divided by the systems in work) still is, and one that holds more is refused. So a careless system
slows itself, not its neighbours, and what was let in is answered in bounded time. At twice the room nobody is
let in any more: the shares themselves would be too much.

Of one system a few requests are worked on side by side (`SIDE_BY_SIDE`, large ones weigh more), and its others wait for
them: more would make each of them slower, and its neighbours as well. Whoever waits has been let in and is answered.

For a moment after each refusal the room is a quarter smaller. One process answers so many requests a second
however many are in work, so whoever is let in waits in proportion to them: under pressure fewer at once are
served as well and sooner.

A refusal is told after a short pause, for whoever asks again at once would otherwise take the time of those
let in.

ADR 27."""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from walmu_api.foundation.problems import UNAVAILABLE, Problem, ProblemType

TOO_MANY_REQUESTS = ProblemType("too-many-requests", 429)
PAUSE = 0.25
SIDE_BY_SIDE = 4
"""What one process works on at once for one system: its four smallest requests keep it and the database busy."""
COST_OF_WEIGHT = 20
"""A request that counts as so many takes one place more of them."""
PRESSED = 1.0
"""Seconds for which the room stays smaller after a refusal for want of room."""
_REMEMBERED = 10_000
BYTES_OF_ONE = 4096
"""A body counts as one more request for each so many bytes: some twenty lines of a batch."""


def cost_of(length: int, own: int = 1) -> int:
    """As how many requests one counts that has a body of this length, and counts as `own` without it."""
    return own + length // BYTES_OF_ONE


@dataclass(frozen=True)
class Limits:
    """Requests a second in the long run, in one go after a rest, and in work at the same time."""

    per_second: int = 1000
    burst: int = 5000
    at_once: int = 16
    """More at once makes everyone slower and nobody faster: one process does one thing at a time."""

    @property
    def at_once_pressed(self) -> int:
        return max(1, self.at_once * 3 // 4)

    @property
    def policy(self) -> str:
        """The `RateLimit-Policy` field: the whole quota, and the seconds in which all of it comes back."""
        return f'"requests";q={self.burst};w={math.ceil(self.burst / self.per_second)}'


TOKENS = Limits(per_second=20, burst=300, at_once=8)
"""Requests for tokens of one client address: who asks is not known yet, and finding out costs a signature. Where
systems share an address, some thousand of them still renew their tokens."""


@dataclass(slots=True)
class _Standing:
    """How one system stands: what its bucket held at a moment, and what it has in work."""

    tokens: float
    at: float
    in_work: int = 0
    weight: int = 0  # of what is worked on
    waiting: deque[tuple[int, asyncio.Future[None]]] = field(default_factory=deque)

    async def take_turn(self, weight: int) -> None:
        """When it is its turn. `end_turn` must follow."""
        if not self.waiting and self._has_room(weight):
            self.weight += weight
            return
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append((weight, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.end_turn(weight)
            raise

    def end_turn(self, weight: int) -> None:
        self.weight -= weight
        while self.waiting and (self._has_room(self.waiting[0][0]) or self.waiting[0][1].done()):
            following, turn = self.waiting.popleft()
            if not turn.done():  # else it was given up
                self.weight += following
                turn.set_result(None)

    def _has_room(self, weight: int) -> bool:
        return self.weight == 0 or self.weight + weight <= SIDE_BY_SIDE


class Admission:
    def __init__(self, limits: Limits, now: Callable[[], float] = time.monotonic) -> None:
        self.limits, self._now = limits, now
        self._policy = limits.policy.encode()
        self._systems: dict[Hashable, _Standing] = {}
        self._in_work = 0
        self._at_work = 0  # systems that have something in work
        self._pressed_until = -math.inf

    @asynccontextmanager
    async def place(self, system: Hashable, cost: int = 1) -> AsyncIterator[None]:
        """A place for one request of this system; without one, 429 or 503 with Retry-After."""
        refusal = self.enter(system, cost)
        if refusal is not None:
            await asyncio.sleep(PAUSE)
            raise refusal
        standing, weight = self._systems[system], min(SIDE_BY_SIDE, 1 + cost // COST_OF_WEIGHT)
        try:
            await standing.take_turn(weight)
            try:
                yield
            finally:
                standing.end_turn(weight)
        finally:
            self.leave(system)

    def enter(self, system: Hashable, cost: int = 1) -> Problem | None:
        """None when the request may go on; `leave` must follow then."""
        standing = self._standing(system)
        cost = min(cost, self.limits.burst)
        if standing.tokens < cost:
            return refused(TOO_MANY_REQUESTS, (cost - standing.tokens) / self.limits.per_second)
        if self._in_work >= 2 * self.limits.at_once:
            return refused(UNAVAILABLE, 1)
        room = self.limits.at_once if standing.at >= self._pressed_until else self.limits.at_once_pressed
        if self._in_work >= room and standing.in_work >= self._share(standing, room):
            self._pressed_until = standing.at + PRESSED
            return refused(TOO_MANY_REQUESTS, 1)
        standing.tokens -= cost
        self._at_work += standing.in_work == 0
        standing.in_work += 1
        self._in_work += 1
        return None

    def charge(self, system: Hashable, cost: int) -> None:
        """What was known only while the body arrived. The bucket may be in debt then: the next request waits."""
        self._standing(system).tokens -= min(cost, self.limits.burst)

    def leave(self, system: Hashable) -> None:
        standing = self._systems[system]
        standing.in_work -= 1
        self._at_work -= standing.in_work == 0
        self._in_work -= 1

    def fields(self, system: Hashable) -> list[tuple[bytes, bytes]]:
        """`RateLimit` and `RateLimit-Policy` as headers: what is left, and the seconds until all of it is
        back."""
        left = self._standing(system).tokens
        full_in = math.ceil((self.limits.burst - left) / self.limits.per_second)
        data = f'"requests";r={max(0, int(left))};t={full_in}'
        return [(b"ratelimit", data.encode()), (b"ratelimit-policy", self._policy)]

    def _share(self, standing: _Standing, room: int) -> int:
        here = self._at_work + (standing.in_work == 0)
        return max(1, room // here)

    def _forget_half(self, moment: float) -> None:
        """Those nearest to a full bucket, which a newcomer has as well: nobody loses a debt by many others coming."""
        idle = [
            (stored.tokens + (moment - stored.at) * self.limits.per_second, at, name)
            for at, (name, stored) in enumerate(self._systems.items())
            if not stored.in_work
        ]
        for _, _, name in sorted(idle, reverse=True)[: _REMEMBERED // 2]:
            del self._systems[name]

    def _standing(self, system: Hashable) -> _Standing:
        moment = self._now()
        burst = float(self.limits.burst)
        standing = self._systems.get(system)
        if standing is None:
            if len(self._systems) >= _REMEMBERED:
                self._forget_half(moment)
            standing = self._systems[system] = _Standing(burst, moment)
        standing.tokens = min(burst, standing.tokens + (moment - standing.at) * self.limits.per_second)
        standing.at = moment
        return standing


def refused(kind: ProblemType, wait: float) -> Problem:
    """A refusal that says in how many seconds to come again."""
    return kind().with_headers(Retry_After=str(max(1, math.ceil(wait))))
