"""Goal attainment scaling: the T score, to the digits of published arithmetic."""

import pytest

from walmu_api.record.everyday.measurements.gas import t_score

VECTORS = [
    ([0], [1], "50.0000"),
    ([1], [1], "60.0000"),
    ([1, 1, 1], [1, 1, 1], "63.6931"),
    ([-1, 0, 2], [1, 1, 1], "54.5644"),
    ([-1, 0, 2], [2, 3, 1], "50.0000"),
    ([-2, -2, -2], [1, 1, 1], "22.6139"),
    ([-1, -1], [1, 1], "37.5965"),
    ([2] * 5, [1] * 5, "80.1511"),
]


@pytest.mark.parametrize(("levels", "weights", "expected"), VECTORS)
def test_the_t_score_is_the_reference_to_four_digits(
    levels: list[int], weights: list[float], expected: str
) -> None:
    assert f"{t_score(levels, weights):.4f}" == expected


def test_only_the_proportion_of_weights_counts() -> None:
    assert t_score([-1, 0, 2], [2, 3, 1]) == pytest.approx(t_score([-1, 0, 2], [20, 30, 10]))


@pytest.mark.parametrize(
    ("levels", "weights"),
    [([], []), ([3], [1]), ([-3], [1]), ([0], [0]), ([0], [-1]), ([0, 1], [1]), ([0], [1, 1])],
)
def test_what_is_no_goal_is_refused(levels: list[int], weights: list[float]) -> None:
    with pytest.raises(ValueError, match=r"goal|levels"):
        t_score(levels, weights)
