"""Goal attainment scaling: the T score (Kiresuk and Sherman 1968). Pure."""

from collections.abc import Sequence
from math import sqrt

CORRELATION = 0.30
"""Between goals, as the method assumes it."""
ALGORITHM = "kiresuk-sherman-0.30"


def t_score(levels: Sequence[int], weights: Sequence[float]) -> float:
    """50 when every goal (level −2…+2) is reached as expected; 10 is the standard deviation of one goal."""
    if not levels or len(levels) != len(weights):
        raise ValueError("each goal has a level and a weight")
    if any(level not in range(-2, 3) for level in levels) or any(weight <= 0 for weight in weights):
        raise ValueError("levels are -2 to +2, weights above 0")
    attained = sum(weight * level for weight, level in zip(weights, levels, strict=True))
    spread = (1 - CORRELATION) * sum(weight**2 for weight in weights) + CORRELATION * sum(weights) ** 2
    return 50 + 10 * attained / sqrt(spread)
