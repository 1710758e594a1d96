"""Clients in groups, and every count of a report as one network of cells. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from walmu_api.record.everyday.measurements.baseline_pairs import Change, Filling, Pair, compare, pairs
from walmu_api.record.everyday.measurements.instruments.rules import Instrument
from walmu_api.reports.impact.suppression import Cell, two_way

STAGES = ("without_baseline", "without_pair", "paired")
VERDICTS = ("improved", "unchanged", "worsened")


@dataclass(frozen=True)
class Group:
    """The clients by row, and the pair of each that has one."""

    rows: Mapping[UUID, str]
    started: frozenset[UUID]
    paired: Mapping[UUID, Pair]
    ended: Mapping[UUID, str | None]
    """Those whose service has ended, with the onward path that the ending tells."""

    def stage(self, client: UUID) -> str:
        if client in self.paired:
            return "paired"
        return "without_pair" if client in self.started else "without_baseline"


def group(
    rows: Mapping[UUID, str], fillings: Mapping[UUID, Sequence[Filling]], ended: Mapping[UUID, str | None]
) -> Group:
    """Of a client with pairs of several versions the one that ended last counts, so that every client counts
    once."""
    found = {client: pairs(fillings[client]) for client in rows if client in fillings}
    started = {client for client in found if any(each.phase == "start" for each in fillings[client])}
    return Group(
        rows, frozenset(started), {client: each[-1] for client, each in found.items() if each}, ended
    )


@dataclass(frozen=True)
class Days:
    """The days of one client in one quarter and one service relationship: the smallest piece that questions divide."""

    client_id: UUID
    quarter: date
    attended: int
    justified: int
    not_justified: int


@dataclass(frozen=True)
class ScaleChanges:
    """One scale among the pairs."""

    code: str
    direction: str
    compared: list[Change]
    clients: list[UUID]
    """Whose changes these are, in the same order."""
    not_compared: int
    threshold: float | None

    def verdicts(self) -> dict[str, int]:
        counts = Counter(each.verdict for each in self.compared)
        return {name: counts[name] for name in VERDICTS}

    @property
    def has_change_rule(self) -> bool:
        return self.threshold is not None and self.direction != "unknown"


def by_scale(of: Group, instrument: Instrument) -> list[ScaleChanges]:
    found: dict[str, list[Change]] = defaultdict(list)
    whose: dict[str, list[UUID]] = defaultdict(list)
    for client, pair in of.paired.items():
        for change in compare(pair, instrument):
            if change.not_compared is None:
                found[change.scale].append(change)
                whose[change.scale].append(client)
    return [
        ScaleChanges(
            scale.code,
            scale.direction,
            found[scale.code],
            whose[scale.code],
            len(of.paired) - len(found[scale.code]),
            instrument.threshold(scale.code),
        )
        for scale in instrument.scales
        if found[scale.code]
    ]


def network(
    of: Group, scales: Sequence[ScaleChanges], paths: Iterable[str], *, measured: bool
) -> dict[str, Cell]:
    """All counts of a report as one network, so that none can be worked out of the others: rows and stages,
    what adds up to the baseline, one after the other the parts that each scale makes of the same pairs, and,
    of the same clients, who ended and where they went."""
    cells = _stages(of, scales) if measured else _rows(of)
    whole, ended = cells["|"], Counter(of.ended.values())
    cells["|"] = Cell(whole.tail, "told", whole.value)
    cells["not_ended"] = Cell("told", whole.head, whole.value - ended.total())
    cells["ended"] = Cell("told", "ended", ended.total())
    return cells | {f"to {path or ''}": Cell("ended", whole.head, ended[path]) for path in (None, *paths)}


def _rows(of: Group) -> dict[str, Cell]:
    return two_way({row: {"all": count} for row, count in Counter(of.rows.values()).items()}, ["all"])


def _stages(of: Group, scales: Sequence[ScaleChanges]) -> dict[str, Cell]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for client, row in of.rows.items():
        counts[row][of.stage(client)] += 1
    cells = two_way(
        {row: {stage: builder[stage] for stage in STAGES} for row, builder in counts.items()},
        STAGES,
        zero_is_public=True,
    )
    unpaired, paired = cells["|without_pair"], cells["|paired"]
    cells["|without_pair"] = Cell(unpaired.tail, "baseline", unpaired.value, unpaired.zero_is_public)
    cells["|with_baseline"] = Cell("baseline", "columns", unpaired.value + paired.value)
    stations = ["baseline" if at == len(scales) else f"pairs {at}" for at in range(len(scales) + 1)]
    cells["|paired"] = Cell(paired.tail, stations[0], paired.value, paired.zero_is_public)
    for at, scale in enumerate(scales):
        start, end, middle = stations[at], stations[at + 1], f"compared {at}"
        cells[f"{at} not_compared"] = Cell(start, end, scale.not_compared, zero_is_public=True)
        cells[f"{at} pairs"] = Cell(start, middle if scale.has_change_rule else end, len(scale.compared))
        if scale.has_change_rule:
            cells |= {f"{at} {name}": Cell(middle, end, count) for name, count in scale.verdicts().items()}
    return cells
