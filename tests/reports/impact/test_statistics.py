"""The arithmetic of change, to the digits of published figures."""

from math import sqrt

import pytest

from walmu_api.reports.impact.statistics import (
    changes,
    smallest_detectable_change,
    spread,
    spread_of_counts,
    standard_error,
)

WORK_ABILITY = [197, 200, 366, 523, 539, 894, 808, 1166, 1286, 770, 533]
FUNCTIONING = [12, 42, 174, 387, 504, 828, 804, 1253, 1563, 1013, 702]
LIFE_SATISFACTION = [767, 3215, 2169, 931, 200]
SELF_RATED_HEALTH = [1133, 2013, 2475, 1397, 264]


@pytest.mark.parametrize(
    ("values", "counts", "mean", "sd"),
    [
        (range(11), WORK_ABILITY, "6.1364", "2.5498"),
        (range(11), FUNCTIONING, "6.8584", "2.1315"),
        (range(5, 0, -1), LIFE_SATISFACTION, "3.4694", "0.9383"),
        (range(5, 0, -1), SELF_RATED_HEALTH, "3.3233", "1.0636"),
    ],
    ids=["work ability", "functioning", "life satisfaction", "self-rated health"],
)
def test_means_and_spreads_of_7282_people_are_as_published(
    values: range, counts: list[int], mean: str, sd: str
) -> None:
    data = spread_of_counts(dict(zip(values, counts, strict=True)))
    assert (data.n, f"{data.mean:.4f}", f"{data.sd:.4f}") == (7282, mean, sd)
    one_by_one = spread(
        [float(value) for value, count in zip(values, counts, strict=True) for _ in range(count)]
    )
    assert (one_by_one.n, f"{one_by_one.mean:.4f}", f"{one_by_one.sd:.4f}") == (7282, mean, sd)


@pytest.mark.parametrize(
    ("icc", "sem", "mdc"), [(0.74, "1.30", "3.60"), (0.89, "0.85", "2.34"), (0.93, "0.67", "1.87")]
)
def test_what_measurement_error_alone_can_make_is_as_the_reference_says(
    icc: float, sem: str, mdc: str
) -> None:
    error = standard_error(2.5498, icc)
    assert (f"{error:.2f}", f"{smallest_detectable_change(error):.2f}") == (sem, mdc)


def test_the_smallest_detectable_change_of_a_published_error() -> None:
    assert f"{smallest_detectable_change(0.69):.2f}" == "1.91"
    assert f"{smallest_detectable_change(standard_error(1, 0.74)):.2f}" == "1.41"
    assert f"{smallest_detectable_change(standard_error(1, 0.93)):.2f}" == "0.73"


def test_effect_size_is_by_the_spread_at_the_start_and_srm_by_that_of_the_changes() -> None:
    before, after = [4.0, 5.0, 6.0, 9.0], [6.0, 6.0, 7.0, 9.0]
    data = changes(before, after, 1)
    assert (data.change.mean, data.before.mean, data.after.mean) == (1.0, 6.0, 7.0)
    assert data.effect_size == pytest.approx(1.0 / sqrt(14 / 3))
    assert data.srm == pytest.approx(1.0 / sqrt(2 / 3))


def test_where_less_is_better_the_signs_are_turned() -> None:
    up, down = changes([4, 6], [5, 9], 1), changes([4, 6], [5, 9], -1)
    assert (up.change.mean, down.change.mean) == (2, -2)
    assert up.effect_size == -(down.effect_size or 0)


def test_where_nothing_varies_there_is_no_ratio() -> None:
    data = changes([5, 5], [6, 6], 1)
    assert (data.effect_size, data.srm, data.change.sd) == (None, None, 0)
