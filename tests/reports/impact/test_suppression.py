"""No cell below the limit is told, and none can be worked out of what is told: an attacker tries on a thousand tables."""

import random

import pytest
from tests.reports.impact.attacker import bounds, known_to_be_small, pinned

from walmu_api.reports.impact.suppression import Cell, hidden, two_way

LIMIT = 5


def table(*rows: list[int], zero_is_public: bool = False) -> dict[str, Cell]:
    columns = [f"c{at}" for at in range(len(rows[0]))]
    counts = {f"r{at}": dict(zip(columns, row, strict=True)) for at, row in enumerate(rows)}
    return two_way(counts, columns, zero_is_public=zero_is_public)


def random_table(rng: random.Random) -> dict[str, Cell]:
    """A few or many rows, mostly small or mostly large counts, with and without zeros."""
    high = rng.choice([3, 6, 10, 40, 200])
    rows, columns = rng.randint(1, 7), rng.randint(1, 6)
    none = rng.choice([0.0, 0.3])
    counts = [
        [0 if rng.random() < none else rng.randint(0, high) for _ in range(columns)] for _ in range(rows)
    ]
    return table(*counts, zero_is_public=rng.random() < 0.5)


def random_parts(rng: random.Random) -> dict[str, Cell]:
    """A whole in parts, several times over, and parts of parts: as the scales of a report are."""
    cells = random_table(rng)
    whole = cells["|"]
    cells["|"] = Cell(whole.tail, "station 0", whole.value)
    stations = rng.randint(1, 4)
    for at in range(stations):
        end = "rows" if at == stations - 1 else f"station {at + 1}"
        left = whole.value
        for part in range(3):
            taken = rng.randint(0, left) if part < 2 else left
            cells[f"{at} part {part}"] = Cell(f"station {at}", end, taken)
            left -= taken
    return cells


@pytest.mark.parametrize("make", [random_table, random_parts])
def test_an_attacker_pins_no_hidden_cell_of_a_thousand_tables(make: object) -> None:
    rng = random.Random(20260907)
    data = suppressed = 0
    for _ in range(1000):
        cells = make(rng)  # type: ignore[operator]
        away = hidden(cells, LIMIT)
        shown = [cell for name, cell in cells.items() if name not in away]
        assert all(cell.value >= LIMIT or (cell.value == 0 and cell.zero_is_public) for cell in shown)
        assert pinned(cells, away) == [], cells
        assert known_to_be_small(cells, away, LIMIT) == [], cells
        data += len(cells) - len(away)
        suppressed += len(away)
    assert min(data, suppressed) > 5000, "neither all nor nothing is told"


def test_the_attacker_can_win() -> None:
    """Positive control: with the small cells alone hidden, nearly every table gives one away."""
    rng = random.Random(1)
    won = sum(
        bool(pinned(cells, frozenset(name for name, cell in cells.items() if cell.value < LIMIT)))
        for cells in (random_table(rng) for _ in range(200))
    )
    assert won > 100


def test_the_attackers_bounds_are_those_of_trying_everything() -> None:
    cells = table([3, 7], [6, 2])
    away = frozenset({"r0|c0", "r0|c1", "r1|c0", "r1|c1"})
    possible = [x for x in range(11) if 10 - x >= 0 and 9 - x >= 0 and 8 - (9 - x) >= 0]
    assert bounds(cells, away, "r0|c0") == (min(possible), max(possible)) == (1, 9)


def test_a_table_of_large_counts_is_told_whole() -> None:
    assert hidden(table([5, 6], [7, 8]), LIMIT) == frozenset()


def test_one_small_cell_takes_the_fewest_people_with_it() -> None:
    away = hidden(table([2, 40, 10], [50, 90, 80], [11, 60, 12]), LIMIT)
    assert away == {"r0|c0", "r0|c2", "r2|c0", "r2|c2"}


def test_a_zero_is_hidden_like_any_small_count_unless_it_may_be_told() -> None:
    assert hidden(table([0, 40], [50, 90], zero_is_public=True), LIMIT) == frozenset()
    away = hidden(table([0, 40], [50, 90]), LIMIT)
    assert "r0|c0" in away
    assert pinned(table([0, 40], [50, 90]), away) == []


def test_a_higher_limit_hides_more() -> None:
    cells = table([12, 40], [50, 90])
    assert hidden(cells, 5) == frozenset()
    assert hidden(cells, 15) >= {"r0|c0"}


def test_cells_that_do_not_flow_round_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="flow round"):
        hidden({"a": Cell("x", "y", 1)}, LIMIT)
