"""Pairs and what changed between their ends."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from walmu_api.record.everyday.measurements.baseline_pairs import Filling, Pair, Reading, compare, pairs
from walmu_api.record.everyday.measurements.instruments import shipped
from walmu_api.record.everyday.measurements.instruments.rules import ChangeRule, Instrument, Threshold

KYKYVIISARI = shipped.instruments()["kykyviisari"]
WHODAS = shipped.instruments()["whodas12"]
FIRST = date(2026, 1, 1)


def filling(phase: str, day: int, number: int = 0, *, version: str = "2017", **readings: float) -> Filling:
    created = {scale: Reading(value) for scale, value in readings.items()}
    on = FIRST + timedelta(days=day)
    recorded = datetime(2026, 1, 1, tzinfo=UTC)
    return Filling(UUID(int=number), "kykyviisari", version, phase, on, recorded, created)


def ends(*fillings: Filling) -> list[tuple[int, int]]:
    return [(pair.before.id.int, pair.after.id.int) for pair in pairs(fillings)]


def ruled(points: float, scale: str, of: Instrument = KYKYVIISARI) -> Instrument:
    rule = ChangeRule("x", [Threshold(scale, points)])
    return Instrument(
        of.code,
        of.kind,
        of.names,
        of.owner,
        of.form_versions,
        of.respondents,
        of.scales,
        of.licence,
        True,
        change_rule=rule,
    )


def test_a_pair_is_the_first_start_and_the_last_end() -> None:
    assert ends(
        filling("start", 5, 1),
        filling("start", 0, 2),
        filling("end", 90, 3),
        filling("end", 120, 4),
        filling("interim", 130, 5),
        filling("follow_up", 140, 6),
    ) == [(2, 4)]


def test_without_an_end_it_is_the_follow_up_nearest_to_the_start() -> None:
    assert ends(filling("start", 0, 1), filling("follow_up", 200, 2), filling("follow_up", 100, 3)) == [
        (1, 3)
    ]


def test_what_came_before_the_start_or_has_no_start_makes_no_pair() -> None:
    assert ends(filling("start", 50, 1), filling("end", 10, 2)) == []
    assert ends(filling("end", 10, 1), filling("follow_up", 20, 2)) == []
    assert ends(filling("start", 0, 1), filling("interim", 20, 2)) == []


def test_versions_are_never_mixed() -> None:
    assert ends(filling("start", 0, 1), filling("end", 90, 2, version="2016")) == []
    both = [
        filling("start", 0, 1),
        filling("start", 3, 2, version="2016"),
        filling("end", 90, 3, version="2016"),
        filling("end", 80, 4),
    ]
    assert ends(*both) == [(1, 4), (2, 3)]


@pytest.mark.parametrize(
    ("before", "after", "points", "verdict"),
    [
        (4, 6, None, "no_published_rule"),
        (4, 6, 1.5, "improved"),
        (6, 4, 1.5, "worsened"),
        (4, 6, 2, "unchanged"),
        (4, 4, 1, "unchanged"),
    ],
)
def test_a_change_counts_when_it_exceeds_the_registered_rule(
    before: float, after: float, points: float | None, verdict: str
) -> None:
    pair = Pair(filling("start", 0, work_ability=before), filling("end", 90, work_ability=after))
    (change,) = compare(pair, ruled(points, "work_ability") if points else KYKYVIISARI)
    assert (change.difference, change.improvement, change.verdict) == (
        after - before,
        after - before,
        verdict,
    )


def test_where_less_is_better_a_smaller_value_is_an_improvement() -> None:
    pair = Pair(filling("start", 0, sum_1_5=40), filling("end", 90, sum_1_5=30))
    (change,) = compare(pair, ruled(5, "sum_1_5", WHODAS))
    assert (change.difference, change.improvement, change.verdict) == (-10, 10, "improved")


def test_where_the_direction_is_not_known_nothing_is_called_better() -> None:
    pair = Pair(filling("start", 0, work_life_relation=3), filling("end", 90, work_life_relation=5))
    (change,) = compare(pair, ruled(1, "work_life_relation"))
    assert (change.difference, change.improvement, change.verdict) == (2, None, "changed")


def test_scores_on_different_ranges_or_missing_at_one_end_are_not_compared() -> None:
    before, after = filling("start", 0, C=5, D=4), filling("end", 90, C=60)
    pair = Pair(
        before,
        Filling(
            after.id,
            after.instrument,
            "2017",
            "end",
            after.answered_on,
            after.recorded_at,
            {"C": Reading(6, 0, 10)},
        ),
    )
    changes = {change.scale: change for change in compare(pair, KYKYVIISARI)}
    assert (changes["C"].not_compared, changes["C"].difference) == ("different_range", None)
    assert (changes["D"].not_compared, changes["D"].before, changes["D"].after) == ("not_measured", 4, None)
    assert list(changes) == ["C", "D"]
