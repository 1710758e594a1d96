"""From measurements to figures: every client once, versions apart, nothing to be worked out of a whole report."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

from tests.record.everyday.measurements.test_pairs import KYKYVIISARI, ruled
from tests.reports.impact.attacker import known_to_be_small, pinned

from walmu_api.record.everyday.measurements.baseline_pairs import Filling, Reading
from walmu_api.reports.impact import figures
from walmu_api.reports.impact.groups import Days
from walmu_api.reports.impact.suppression import Cell

START = date(2026, 1, 1)


def filling(phase: str, day: int, version: str = "2017", **readings: float) -> Filling:
    created = {scale: Reading(value) for scale, value in readings.items()}
    on = START + timedelta(days=day)
    return Filling(
        UUID(int=day), "kykyviisari", version, phase, on, datetime(2026, 1, 1, tzinfo=UTC), created
    )


PATHS = ["paid_work", "other_studies", "none_yet"]


def group(
    paired: int,
    without_pair: int = 0,
    without_baseline: int = 0,
    row: str = "work_activity",
    ended: Sequence[str | None] = (),
) -> figures.Group:
    """So many clients of each kind; those with a pair went from 5 to 6, each second one from 5 to 8. The first ones ended."""
    total = paired + without_pair + without_baseline
    rows = {UUID(int=at): row for at in range(total)}
    fillings = {
        UUID(int=at): [filling("start", 0, work_ability=5)]
        + ([filling("end", 180, work_ability=6 if at % 2 else 8)] if at < paired else [])
        for at in range(paired + without_pair)
    }
    return figures.group(rows, fillings, {UUID(int=at): path for at, path in enumerate(ended)})


def data_of(of: figures.Group, min_count: int = 5, min_pairs: int = 10) -> figures.ReportBuilder:
    return figures.report(of, KYKYVIISARI, PATHS, min_count=min_count, min_pairs=min_pairs)


def test_clients_are_counted_by_how_far_they_were_measured() -> None:
    report = data_of(group(12, 7, 6)).report
    counts = {
        name: report[name]
        for name in ("clients", "with_baseline", "without_baseline", "without_pair", "paired")
    }
    assert counts == {
        "clients": 25,
        "with_baseline": 19,
        "without_baseline": 6,
        "without_pair": 7,
        "paired": 12,
    }
    assert report["median_interval_days"] == 180
    assert report["rows"] == [
        {"key": "work_activity", "clients": 25, "without_baseline": 6, "without_pair": 7, "paired": 12}
    ]


def test_mean_spread_and_effect_size_of_the_pairs() -> None:
    (scale,) = data_of(group(12, 7, 6)).report["scales"]
    assert (scale["pairs"], scale["mean_before"], scale["mean_after"], scale["mean_change"]) == (12, 5, 7, 2)
    assert (scale["sd_before"], scale["sd_change"], scale["effect_size"], scale["srm"]) == (
        0,
        1.0445,
        None,
        1.9149,
    )
    assert not [name for name in scale if name.startswith(("improved", "unchanged", "worsened"))], (
        "no rule is published"
    )


def test_means_are_told_from_ten_pairs_on_and_counts_from_five() -> None:
    nine = data_of(group(9, 7, 6))
    assert nine.report["paired"] == 9
    assert not {"mean_change", "effect_size"} & set(nine.report["scales"][0])
    assert {"/scales/0/mean_change", "/median_interval_days"} <= set(nine.withheld)
    ten = data_of(group(10, 7, 6))
    assert ten.report["scales"][0]["mean_change"] == 2
    assert "mean_change" not in data_of(group(10, 7, 6), min_pairs=11).report["scales"][0]
    assert "paired" not in data_of(group(4, 20, 20)).report
    assert "paired" not in data_of(group(10, 20, 20), min_count=11).report


def test_a_part_that_its_neighbours_would_give_away_is_withheld_with_one_of_them() -> None:
    """25 clients, 23 with a start: to tell both would tell that two were not measured."""
    report = data_of(group(16, 7, 2)).report
    assert not {"without_baseline", "clients"} <= set(report)
    assert not ("clients" in report and "with_baseline" in report)


def test_that_everybody_was_measured_may_be_told() -> None:
    report = data_of(group(12)).report
    assert (report["clients"], report["with_baseline"], report["paired"], report["without_pair"]) == (
        12,
        12,
        12,
        0,
    )
    assert report["scales"][0]["not_compared"] == 0


def test_of_too_few_clients_nothing_is_told() -> None:
    few = data_of(group(2, 1, 1))
    nowhere = {"onward_paths": [{"path": path} for path in PATHS]}
    assert {name: value for name, value in few.report.items() if name not in {"rows", "scales"}} == {
        "endings": nowhere
    }
    assert few.report["rows"] == [{"key": "work_activity"}]
    assert set(few.report["scales"][0]) == {"scale", "direction"}
    assert data_of(group(0)).report == {"rows": [], "scales": [], "endings": nowhere}


def test_improved_unchanged_and_worsened_are_counted_where_a_rule_is_registered() -> None:
    of = group(20, 7, 6)
    (scale,) = figures.report(of, ruled(1, "work_ability"), PATHS, min_count=5, min_pairs=10).report["scales"]
    assert "worsened" not in scale, "nobody: and of results a count of none is withheld like any small one"
    assert not {"improved", "unchanged", "pairs"} <= set(scale)
    assert not [
        name for name in scale if name.endswith("_share") and name.removesuffix("_share") not in scale
    ]
    (shown,) = figures.report(of, ruled(1, "work_ability"), PATHS, min_count=0, min_pairs=10).report["scales"]
    assert (shown["improved"], shown["unchanged"], shown["worsened"]) == (10, 10, 0)
    assert (shown["improved_share"], shown["unchanged_share"], shown["worsened_share"]) == (0.5, 0.5, 0)
    (few,) = figures.report(of, ruled(1, "work_ability"), PATHS, min_count=0, min_pairs=21).report["scales"]
    assert ("improved" in few, "improved_share" in few) == (True, False)


def test_versions_are_never_mixed_and_every_client_counts_once() -> None:
    client = UUID(int=1)
    mixed = figures.group({client: "x"}, {client: [filling("start", 0), filling("end", 90, "2016")]}, {})
    assert (mixed.paired, mixed.stage(client)) == ({}, "without_pair")
    both = figures.group(
        {client: "x"},
        {
            client: [
                filling("start", 0),
                filling("end", 90),
                filling("start", 1, "2016"),
                filling("end", 80, "2016"),
            ]
        },
        {},
    )
    assert both.paired[client].before.form_version == "2017"


def test_how_many_ended_and_where_they_went() -> None:
    ended: list[str | None] = [*["paid_work"] * 8, *["other_studies"] * 6, *["none_yet"] * 5, *[None] * 7]
    whole = data_of(group(40, ended=ended))
    assert whole.report["endings"] == {
        "ended": 26,
        "not_ended": 14,
        "path_not_told": 7,
        "onward_paths": [
            {"path": "paid_work", "clients": 8},
            {"path": "other_studies", "clients": 6},
            {"path": "none_yet", "clients": 5},
        ],
    }
    few = data_of(group(40, ended=ended[:-4]))
    assert "path_not_told" not in few.report["endings"]
    shown = [each["path"] for each in few.report["endings"]["onward_paths"] if "clients" in each]
    assert (few.report["endings"]["ended"], len(shown)) == (22, 2), (
        "three, whom the whole would tell: one path with them"
    )
    assert "/endings/path_not_told" in few.withheld


def test_a_path_that_nobody_took_and_an_ending_that_all_but_few_had_are_withheld() -> None:
    none = data_of(group(40, ended=["paid_work"] * 20)).report["endings"]
    assert not [each for each in none["onward_paths"][1:] if "clients" in each]
    nearly = data_of(group(40, ended=["paid_work"] * 38)).report
    assert "not_ended" not in nearly["endings"]
    assert not ("clients" in nearly and "ended" in nearly["endings"])


def whole_groups(count: int, rng: random.Random) -> Iterator[figures.Group]:
    """Clients of so many reports of all sizes."""
    for _ in range(count):
        rows: dict[UUID, str] = {}
        fillings: dict[UUID, list[Filling]] = {}
        for at in range(rng.choice([3, 12, 40, 90])):
            client = UUID(int=at)
            rows[client] = rng.choice("abc")
            values: dict[str, Any] = {
                scale: rng.randint(1, 5) for scale in ("work_ability", "C", "D") if rng.random() < 0.9
            }
            fillings[client] = [filling("start", 0, **values)] if rng.random() < 0.8 else []
            if rng.random() < 0.7:
                fillings[client].append(
                    filling("end", 90, "2017", **{name: rng.randint(1, 5) for name in values})
                )
        often = rng.choice([0.0, 0.1, 0.5, 0.95])
        ended = {
            client: rng.choice([None, *PATHS[: rng.choice([1, 3])]])
            for client in rows
            if rng.random() < often
        }
        yield figures.group(rows, fillings, ended)


def whole_reports(count: int) -> Iterator[tuple[dict[str, Cell], frozenset[str]]]:
    """The counts of these reports, and which of them are withheld."""
    rng, instrument = random.Random(7), ruled(1, "work_ability")
    for of in whole_groups(count, rng):
        scales, measured = figures.by_scale(of, instrument), rng.random() < 0.8
        cells = figures.network(of, scales, PATHS, measured=measured)
        yield cells, figures.withheld(of, scales, PATHS, 5, measured=measured)


def test_an_attacker_works_nothing_out_of_a_thousand_whole_reports() -> None:
    """Rows, stages, the parts of several scales and the onward paths together, as they are told."""
    data = suppressed = 0
    for cells, away in whole_reports(1000):
        assert not [name for name, cell in cells.items() if cell.is_small(5) and name not in away]
        nobody = {name for name, cell in cells.items() if cell.value == 0 and cell.zero_is_public}
        assert {*pinned(cells, away)} <= nobody, "that it is nobody may be known"
        assert {*known_to_be_small(cells, away, 5)} <= nobody
        ends = {name for name in cells if name.startswith("to ")}
        data, suppressed = data + len(ends - away), suppressed + len(ends & away)
    assert min(data, suppressed) > 400, "neither all nor nothing of the paths is told"


def test_a_figure_is_told_by_every_way_of_asking_for_it_or_by_none() -> None:
    """Of the same clients: without an instrument, by kind of service and by provider. What one answer hides beside a small
    count another would tell, and then the small one is known."""
    rng, instrument = random.Random(44), ruled(1, "work_ability")
    data = suppressed = 0
    for of in whole_groups(300, rng):
        otherwise = replace(of, rows={client: rng.choice("xyz") for client in of.rows})
        scales = figures.by_scale(of, instrument)
        answers = [
            (figures.network(each, with_scales, PATHS, measured=measured), withheld)
            for each, with_scales, measured in (
                (of, [], False),
                (of, scales, True),
                (otherwise, scales, True),
            )
            for withheld in [figures.withheld(each, with_scales, PATHS, 5, measured=measured)]
        ]
        for (first, first_away), (second, second_away) in combinations(answers, 2):
            both = {name for name in first.keys() & second.keys() if first[name].value == second[name].value}
            alike = {name for name in both if name.partition("|")[0] not in "xyz" or first is answers[0][0]}
            assert first_away & alike == second_away & alike
            data, suppressed = data + len(alike - first_away), suppressed + len(alike & first_away)
    assert min(data, suppressed) > 400


def test_of_whole_reports_too_the_attacker_can_win() -> None:
    """Positive control: with the small cells alone hidden, the sums give onward paths away, and other cells."""
    won = ends = 0
    for cells, _ in whole_reports(200):
        found = pinned(cells, frozenset(name for name, cell in cells.items() if cell.is_small(5)))
        won += bool(found)
        ends += any(name.startswith("to ") or name.endswith("ended") for name in found)
    assert won > 100
    assert ends > 50


def days(clients: int, attended: int, justified: int, not_justified: int) -> list[Days]:
    """So many days of so many clients; the first has all of them but one of each other's."""
    rest = clients - 1
    first = Days(UUID(int=0), START, attended - rest, justified, not_justified)
    return [first, *(Days(UUID(int=at), START, 1, 0, 0) for at in range(1, clients))]


def test_attendance_is_told_with_its_rates_and_withheld_with_them() -> None:
    whole = figures.attendance(days(8, 82, 10, 8), min_count=5)
    assert whole.report == {
        "attended": 82,
        "absent": 18,
        "justified": 10,
        "not_justified": 8,
        "days": 100,
        "attendance_rate": 0.82,
        "justified_share": 0.5556,
    }
    assert figures.attendance(days(4, 82, 10, 8), min_count=5).report == {}
    part = figures.attendance(days(8, 82, 10, 2), min_count=5)
    assert not {"not_justified", "justified_share"} & set(part.report)
    assert not {"absent", "justified"} <= set(part.report)
