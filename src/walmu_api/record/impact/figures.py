"""From fillings of many clients to figures that may be told. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from walmu_api.record.impact import statistics
from walmu_api.record.impact.suppression import Cell, hidden, two_way
from walmu_api.record.measurements.instruments.rules import Instrument
from walmu_api.record.measurements.pairs import Change, Filling, Pair, compare, pairs

STAGES = ("without_baseline", "without_pair", "paired")
VERDICTS = ("improved", "unchanged", "worsened")


@dataclass
class Told:
    """A report on its way: what may be told, and the places of what may not."""

    report: dict[str, Any] = field(default_factory=dict)
    withheld: list[str] = field(default_factory=list)

    def put(self, into: dict[str, Any], at: str, name: str, value: Any, *, hide: bool) -> None:
        if hide:
            self.withheld.append(f"{at}/{name}")
        else:
            into[name] = value


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
    """Of a client with pairs of several versions the one that ended last counts, so that every client counts once."""
    found = {client: pairs(fillings[client]) for client in rows if client in fillings}
    started = {client for client in found if any(each.phase == "start" for each in fillings[client])}
    return Group(rows, frozenset(started), {client: each[-1] for client, each in found.items() if each}, ended)


@dataclass(frozen=True)
class ScaleChanges:
    """One scale among the pairs."""

    code: str
    direction: str
    compared: list[Change]
    not_compared: int
    threshold: float | None

    def verdicts(self) -> dict[str, int]:
        counts = Counter(each.verdict for each in self.compared)
        return {name: counts[name] for name in VERDICTS}

    @property
    def judged(self) -> bool:
        return self.threshold is not None and self.direction != "unknown"


def by_scale(of: Group, instrument: Instrument) -> list[ScaleChanges]:
    found: dict[str, list[Change]] = defaultdict(list)
    for pair in of.paired.values():
        for change in compare(pair, instrument):
            if change.not_compared is None:
                found[change.scale].append(change)
    return [
        ScaleChanges(
            scale.code, scale.direction, found[scale.code], len(of.paired) - len(found[scale.code]),
            instrument.threshold(scale.code),
        )
        for scale in instrument.scales
        if found[scale.code]
    ]  # fmt: skip


def network(of: Group, scales: Sequence[ScaleChanges], paths: Iterable[str], *, measured: bool) -> dict[str, Cell]:
    """All counts of a report as one network, so that none can be worked out of the others: rows and stages, what adds up
    to the baseline, one after the other the parts that each scale makes of the same pairs, and, of the same clients, who
    ended and where they went."""
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
        {row: {stage: told[stage] for stage in STAGES} for row, told in counts.items()}, STAGES, none_is_told=True
    )
    unpaired, paired = cells["|without_pair"], cells["|paired"]
    cells["|without_pair"] = Cell(unpaired.tail, "baseline", unpaired.value, unpaired.none_is_told)
    cells["|with_baseline"] = Cell("baseline", "columns", unpaired.value + paired.value)
    stations = ["baseline" if at == len(scales) else f"pairs {at}" for at in range(len(scales) + 1)]
    cells["|paired"] = Cell(paired.tail, stations[0], paired.value, paired.none_is_told)
    for at, scale in enumerate(scales):
        start, end, middle = stations[at], stations[at + 1], f"compared {at}"
        cells[f"{at} not_compared"] = Cell(start, end, scale.not_compared, none_is_told=True)
        cells[f"{at} pairs"] = Cell(start, middle if scale.judged else end, len(scale.compared))
        if scale.judged:
            cells |= {f"{at} {name}": Cell(middle, end, count) for name, count in scale.verdicts().items()}
    return cells


def report(of: Group, instrument: Instrument | None, paths: Sequence[str], *, min_count: int, min_pairs: int) -> Told:
    """Everything about clients and change that may be told. `paths`: every onward path that there is, taken or not."""
    scales = by_scale(of, instrument) if instrument is not None else []
    cells = network(of, scales, paths, measured=instrument is not None)
    kept_back = hidden(cells, min_count) if len(of.rows) >= min_count else frozenset(cells)
    told = Told()
    names = {"|": "clients"}
    if instrument is not None:
        names |= {f"|{name}": name for name in ("with_baseline", *STAGES)}
    for cell, name in names.items():
        told.put(told.report, "", name, cells[cell].value, hide=cell in kept_back)
    told.report["rows"] = [
        _row(told, at, row, cells, kept_back) for at, row in enumerate(sorted(set(of.rows.values())))
    ]
    told.report["endings"] = _endings(told, paths, cells, kept_back)
    if instrument is not None:
        few = "|paired" in kept_back or len(of.paired) < min_pairs
        days = [pair.days for pair in of.paired.values()] or [0]
        told.put(told.report, "", "median_interval_days", float(statistics.median(days)), hide=few)
    told.report["scales"] = [
        _scale(told, at, scale, instrument, kept_back, min_pairs) for at, scale in enumerate(scales)
    ]
    return told


def _row(told: Told, at: int, row: str, cells: Mapping[str, Cell], kept_back: Iterable[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"key": row}
    for name, cell in {"clients": f"{row}|", **{stage: f"{row}|{stage}" for stage in STAGES}}.items():
        if cell in cells:
            told.put(made, f"/rows/{at}", name, cells[cell].value, hide=cell in kept_back)
    return made


def _endings(told: Told, paths: Sequence[str], cells: Mapping[str, Cell], kept_back: Iterable[str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, cell in (("ended", "ended"), ("not_ended", "not_ended"), ("path_not_told", "to ")):
        told.put(made, "/endings", name, cells[cell].value, hide=cell in kept_back)
    made["onward_paths"] = [{"path": path} for path in paths]
    for at, (path, each) in enumerate(zip(paths, made["onward_paths"], strict=True)):
        cell = f"to {path}"
        told.put(each, f"/endings/onward_paths/{at}", "clients", cells[cell].value, hide=cell in kept_back)
    return made


def _scale(
    told: Told, at: int, scale: ScaleChanges, instrument: Instrument | None, kept_back: Iterable[str], min_pairs: int
) -> dict[str, Any]:
    made: dict[str, Any] = {"scale": scale.code, "direction": scale.direction}
    counts = {"pairs": len(scale.compared), "not_compared": scale.not_compared}
    if scale.judged:
        counts |= scale.verdicts()
        made["rule_source"] = instrument.change_rule.source if instrument and instrument.change_rule else None
    for name, count in counts.items():
        told.put(made, f"/scales/{at}", name, count, hide=f"{at} {name}" in kept_back)
    few = f"{at} pairs" in kept_back or len(scale.compared) < min_pairs
    for name, count in scale.verdicts().items() if scale.judged else ():
        hide = few or f"{at} {name}" in kept_back
        told.put(made, f"/scales/{at}", f"{name}_share", round(count / len(scale.compared), 4), hide=hide)
    for name, value in _figures(scale).items():
        told.put(made, f"/scales/{at}", name, value, hide=few)
    return made


def _figures(scale: ScaleChanges) -> dict[str, float | None]:
    before = [each.before for each in scale.compared if each.before is not None]
    after = [each.after for each in scale.compared if each.after is not None]
    found = statistics.changes(before, after, -1 if scale.direction == "lower_is_better" else 1)
    plain = {
        "mean_before": found.before.mean, "sd_before": found.before.sd, "mean_after": found.after.mean, "sd_after": found.after.sd,
        "mean_change": found.change.mean, "sd_change": found.change.sd, "effect_size": found.effect_size, "srm": found.srm,
    }  # fmt: skip
    return {name: round(value, 4) if value is not None else None for name, value in plain.items()}


def attendance(clients: int, attended: int, justified: int, not_justified: int, *, min_count: int) -> Told:
    """Days by how they went. Of too few clients nothing is told."""
    told = Told()
    if clients < min_count:
        told.withheld.append("/attendance")
        return told
    absent = justified + not_justified
    cells = {
        "attended": Cell("days", "end", attended), "absent": Cell("days", "absences", absent), "justified": Cell("absences", "end", justified),
        "not_justified": Cell("absences", "end", not_justified), "days": Cell("end", "days", attended + absent),
    }  # fmt: skip
    kept_back = hidden(cells, min_count)
    for name, cell in cells.items():
        told.put(told.report, "/attendance", name, cell.value, hide=name in kept_back)
    for name, part, whole in (("attendance_rate", "attended", "days"), ("justified_share", "justified", "absent")):
        hide = bool({part, whole} & kept_back)
        told.put(
            told.report,
            "/attendance",
            name,
            None if hide else round(cells[part].value / cells[whole].value, 4),
            hide=hide,
        )
    return told
