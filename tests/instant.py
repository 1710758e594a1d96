"""The instant at which a run of the tests stands: drawn once, the same for every test and every worker.

No test reads the machine's clock for the day it is. A run draws an instant, prints it, and every test begins at it;
`--instant=2027-10-31T01:30:00Z` or the environment variable `WALMU_TEST_INSTANT` repeats the run at the same one. Most
instants drawn are hard: minutes and hours around which a day, a month, a year or the time zone's offset changes."""

import os
import random
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from walmu_api.foundation.clock import HELSINKI, Clock
from walmu_api.settings import Settings

VARIABLE = "WALMU_TEST_INSTANT"
FIRST, LAST = date(2027, 1, 1), date(2028, 8, 31)
"""The days drawn from. The documents that tests file are dated in 2026, and their permissions end in September 2028."""
OF_THE_EXAMPLES = date(2026, 11, 30)
"""The day on which tests stand that send the contract's examples, or days of 2026 for which "before today" matters."""
_test: list[datetime] = []
EVENING, MIDNIGHT, NIGHT = time(23, 59), time(0, 0), time(1, 30)
"""One minute before the day's end, its first moment, and an hour at which the day in UTC is still the one before."""


def of_this_run() -> datetime:
    return parse(os.environ[VARIABLE])


def begin(*, day: date | None = None) -> None:
    """A test begins: at the instant of the run, or as late on another day."""
    at = of_this_run()
    _test[:] = [at if day is None else _in_helsinki(day, at.astimezone(HELSINKI).time())]


def of_this_test() -> datetime:
    return _test[0] if _test else of_this_run()


def choose(at: datetime) -> None:
    """For this process, its workers and whatever they start."""
    os.environ[VARIABLE] = f"{at:%Y-%m-%dT%H:%M:%SZ}"


def described() -> str:
    return f"instant: {os.environ[VARIABLE]}, {of_this_run().astimezone(HELSINKI):%A %H:%M} in Helsinki"


def parse(instant: str) -> datetime:
    parsed = datetime.fromisoformat(instant)
    if parsed.tzinfo is None:
        raise ValueError(f"{instant} has no offset; write 2027-10-31T01:30:00Z")
    return parsed.astimezone(UTC)


def draw(seed: int) -> datetime:
    """Three times out of four a hard instant, otherwise any second of the days above."""
    chance = random.Random(seed)
    if chance.random() < 0.75:
        return chance.choice(hard_instants())
    return _in_helsinki(FIRST, MIDNIGHT) + timedelta(
        days=chance.randint(0, (LAST - FIRST).days), seconds=chance.randrange(86_400)
    )


def hard_instants() -> list[datetime]:
    """The instants at which a test with a careless idea of days fails."""
    found = {at for year in range(FIRST.year, LAST.year + 1) for at in _hard(year)}
    return sorted(at for at in found if FIRST <= at.astimezone(HELSINKI).date() <= LAST)


def _hard(year: int) -> Iterator[datetime]:
    spring, autumn = (_last_sunday(year, month) for month in (3, 10))
    for changed in (spring, autumn):
        at = datetime.combine(changed, time(1), UTC)  # all of Europe changes its clocks at one o'clock UTC
        yield from (at - timedelta(minutes=30), at - timedelta(seconds=1), at, at + timedelta(minutes=30))
        yield from _around(changed)
        for before in (1, 60, 120):  # whoever adds as many days comes upon the change
            yield _in_helsinki(changed - timedelta(days=before), time(23, 30))
            yield _in_helsinki(changed - timedelta(days=before), time(0, 30))
    for month in range(1, 13):
        last = date(year, month, monthrange(year, month)[1])
        yield from _around(last)
    if monthrange(year, 2)[1] == 29:
        yield _in_helsinki(date(year, 2, 29), time(12))
    yield from _around(date(year, 12, 24))


def _around(day: date) -> Iterator[datetime]:
    """Its evening, and the beginning and the small hours of the day after."""
    after = day + timedelta(days=1)
    yield from (_in_helsinki(day, EVENING), _in_helsinki(after, MIDNIGHT), _in_helsinki(after, NIGHT))


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, monthrange(year, month)[1])
    return last - timedelta(days=last.isoweekday() % 7)


def _in_helsinki(day: date, at: time) -> datetime:
    return datetime.combine(day, at, HELSINKI).astimezone(UTC)


def set_clock_of(settings: Settings) -> None:
    """Let the processes that share the clock of these settings begin at the instant of the test."""
    Clock(settings.clock_file).set(of_this_test())
