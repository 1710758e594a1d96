"""The arithmetic of change: means, spreads, effect size and SRM by name, and what measurement error allows.
Pure.

A before–after difference is a change; nothing here makes it an effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, median, stdev


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation (n − 1) of so many values."""

    n: int
    mean: float
    sd: float | None


def spread(values: Sequence[float]) -> Spread:
    return Spread(len(values), fmean(values), stdev(values) if len(values) > 1 else None)


def spread_of_counts(counts: Mapping[float, int]) -> Spread:
    """The same of a table of frequencies."""
    n = sum(counts.values())
    mean = sum(value * count for value, count in counts.items()) / n
    squares = sum(count * (value - mean) ** 2 for value, count in counts.items())
    return Spread(n, mean, sqrt(squares / (n - 1)) if n > 1 else None)


@dataclass(frozen=True)
class Changes:
    """What pairs of values say: improvements are differences with their sign by the direction of the scale."""

    before: Spread
    after: Spread
    change: Spread
    effect_size: float | None
    srm: float | None


def changes(before: Sequence[float], after: Sequence[float], sign: int) -> Changes:
    """Effect size is the mean change by the spread at the start; the standardised response mean, by the
    spread of the changes themselves. The two are different figures and told by name."""
    improvement = spread([sign * (now - then) for then, now in zip(before, after, strict=True)])
    start = spread(before)
    return Changes(
        start,
        spread(after),
        improvement,
        _ratio(improvement.mean, start.sd),
        _ratio(improvement.mean, improvement.sd),
    )


def _ratio(mean: float, sd: float | None) -> float | None:
    return mean / sd if sd else None


def standard_error(sd: float, reliability: float) -> float:
    """SEM, from the spread and a reliability such as ICC."""
    return float(sd * sqrt(1 - reliability))


def smallest_detectable_change(sem: float) -> float:
    """SDC (MDC95) of one person: what measurement error alone may make of no change at all, in 95 of 100."""
    return 1.96 * sqrt(2) * sem


__all__ = [
    "Changes",
    "Spread",
    "changes",
    "median",
    "smallest_detectable_change",
    "spread",
    "spread_of_counts",
    "standard_error",
]
