"""Change between two fillings of one instrument. Pure.

A pair is the first start and the last end, or the follow-up nearest to the start where there is no end:
always of the same instrument and form version. Scores on different reported ranges are not compared."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from walmu_api.record.everyday.measurements.instruments.rules import Instrument, Scale
from walmu_api.record.everyday.measurements.rules import range_of


@dataclass(frozen=True)
class Reading:
    """A score and the range it was reported on, where that was told."""

    value: float
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True)
class Filling:
    """One measurement, as far as change looks at it."""

    id: UUID
    instrument: str
    form_version: str
    phase: str
    answered_on: date
    recorded_at: datetime
    readings: Mapping[str, Reading]

    @property
    def when(self) -> tuple[date, datetime, UUID]:
        return self.answered_on, self.recorded_at, self.id


@dataclass(frozen=True)
class Pair:
    before: Filling
    after: Filling

    @property
    def days(self) -> int:
        return (self.after.answered_on - self.before.answered_on).days


@dataclass(frozen=True)
class Change:
    """One scale of a pair."""

    scale: str
    before: float | None
    after: float | None
    difference: float | None = None
    improvement: float | None = None
    not_compared: str | None = None
    threshold: float | None = None
    verdict: str | None = None


def pairs(fillings: Iterable[Filling]) -> list[Pair]:
    """One pair for each instrument and version that has one, in the order of the later ends."""
    groups: dict[tuple[str, str], list[Filling]] = defaultdict(list)
    for filling in fillings:
        groups[filling.instrument, filling.form_version].append(filling)
    found = [pair for group in groups.values() if (pair := _pair(group)) is not None]
    return sorted(found, key=lambda pair: pair.after.when)


def _pair(group: Sequence[Filling]) -> Pair | None:
    starts = [filling for filling in group if filling.phase == "start"]
    if not starts:
        return None
    first = min(starts, key=lambda filling: filling.when)
    later = [filling for filling in group if filling.answered_on >= first.answered_on]
    ends = [filling for filling in later if filling.phase == "end"]
    follow_ups = [filling for filling in later if filling.phase == "follow_up"]
    if ends:
        return Pair(first, max(ends, key=lambda filling: filling.when))
    return Pair(first, min(follow_ups, key=lambda filling: filling.when)) if follow_ups else None


def compare(pair: Pair, instrument: Instrument) -> list[Change]:
    """Every scale that either end has, in the order of the registry."""
    measured = set(pair.before.readings) | set(pair.after.readings)
    return [_change(scale, pair, instrument) for scale in instrument.scales if scale.code in measured]


def _change(scale: Scale, pair: Pair, instrument: Instrument) -> Change:
    before, after = pair.before.readings.get(scale.code), pair.after.readings.get(scale.code)
    values = before.value if before else None, after.value if after else None
    if before is None or after is None:
        return Change(scale.code, *values, not_compared="not_measured")
    if range_of(scale, before.min, before.max) != range_of(scale, after.min, after.max):
        return Change(scale.code, *values, not_compared="different_range")
    difference = round(after.value - before.value, 6)
    sign = {"higher_is_better": 1, "lower_is_better": -1}.get(scale.direction)
    improvement = difference * sign + 0.0 if sign is not None else None
    threshold = instrument.threshold(scale.code)
    return Change(
        scale.code,
        *values,
        difference,
        improvement,
        None,
        threshold,
        _verdict(difference, improvement, threshold),
    )


def _verdict(difference: float, improvement: float | None, threshold: float | None) -> str:
    if threshold is None:
        return "no_published_rule"
    if abs(difference) <= threshold:
        return "unchanged"
    if improvement is None:
        return "changed"
    return "improved" if improvement > 0 else "worsened"
