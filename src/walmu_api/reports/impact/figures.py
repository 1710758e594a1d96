"""From fillings of many clients to figures that may be told. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from walmu_api.record.everyday.measurements.baseline_pairs import Change, Filling, Pair, compare, pairs
from walmu_api.record.everyday.measurements.instruments.rules import Instrument
from walmu_api.reports.impact import statistics
from walmu_api.reports.impact.suppression import Cell, hidden, two_way

STAGES = ("without_baseline", "without_pair", "paired")
VERDICTS = ("improved", "unchanged", "worsened")


@dataclass
class ReportBuilder:
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
    """Of a client with pairs of several versions the one that ended last counts, so that every client counts
    once."""
    found = {client: pairs(fillings[client]) for client in rows if client in fillings}
    started = {client for client in found if any(each.phase == "start" for each in fillings[client])}
    return Group(
        rows, frozenset(started), {client: each[-1] for client, each in found.items() if each}, ended
    )


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
    def has_change_rule(self) -> bool:
        return self.threshold is not None and self.direction != "unknown"


def by_scale(of: Group, instrument: Instrument) -> list[ScaleChanges]:
    found: dict[str, list[Change]] = defaultdict(list)
    for pair in of.paired.values():
        for change in compare(pair, instrument):
            if change.not_compared is None:
                found[change.scale].append(change)
    return [
        ScaleChanges(
            scale.code,
            scale.direction,
            found[scale.code],
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


def report(
    of: Group, instrument: Instrument | None, paths: Sequence[str], *, min_count: int, min_pairs: int
) -> ReportBuilder:
    """Everything about clients and change that may be told. `paths`: every onward path that there is, taken
    or not."""
    scales = by_scale(of, instrument) if instrument is not None else []
    cells = network(of, scales, paths, measured=instrument is not None)
    suppressed = hidden(cells, min_count) if len(of.rows) >= min_count else frozenset(cells)
    builder = ReportBuilder()
    names = {"|": "clients"}
    if instrument is not None:
        names |= {f"|{name}": name for name in ("with_baseline", *STAGES)}
    for cell, name in names.items():
        builder.put(builder.report, "", name, cells[cell].value, hide=cell in suppressed)
    builder.report["rows"] = [
        _row(builder, at, row, cells, suppressed) for at, row in enumerate(sorted(set(of.rows.values())))
    ]
    builder.report["endings"] = _endings(builder, paths, cells, suppressed)
    if instrument is not None:
        few = "|paired" in suppressed or len(of.paired) < min_pairs
        days = [pair.days for pair in of.paired.values()] or [0]
        builder.put(builder.report, "", "median_interval_days", float(statistics.median(days)), hide=few)
    builder.report["scales"] = [
        _scale(builder, at, scale, instrument, suppressed, min_pairs) for at, scale in enumerate(scales)
    ]
    return builder


def _row(
    builder: ReportBuilder, at: int, row: str, cells: Mapping[str, Cell], suppressed: Iterable[str]
) -> dict[str, Any]:
    created: dict[str, Any] = {"key": row}
    for name, cell in {"clients": f"{row}|", **{stage: f"{row}|{stage}" for stage in STAGES}}.items():
        if cell in cells:
            builder.put(created, f"/rows/{at}", name, cells[cell].value, hide=cell in suppressed)
    return created


def _endings(
    builder: ReportBuilder, paths: Sequence[str], cells: Mapping[str, Cell], suppressed: Iterable[str]
) -> dict[str, Any]:
    created: dict[str, Any] = {}
    for name, cell in (("ended", "ended"), ("not_ended", "not_ended"), ("path_not_told", "to ")):
        builder.put(created, "/endings", name, cells[cell].value, hide=cell in suppressed)
    created["onward_paths"] = [{"path": path} for path in paths]
    for at, (path, each) in enumerate(zip(paths, created["onward_paths"], strict=True)):
        cell = f"to {path}"
        builder.put(
            each, f"/endings/onward_paths/{at}", "clients", cells[cell].value, hide=cell in suppressed
        )
    return created


def _scale(
    builder: ReportBuilder,
    at: int,
    scale: ScaleChanges,
    instrument: Instrument | None,
    suppressed: Iterable[str],
    min_pairs: int,
) -> dict[str, Any]:
    created: dict[str, Any] = {"scale": scale.code, "direction": scale.direction}
    counts = {"pairs": len(scale.compared), "not_compared": scale.not_compared}
    if scale.has_change_rule:
        counts |= scale.verdicts()
        created["rule_source"] = (
            instrument.change_rule.source if instrument and instrument.change_rule else None
        )
    for name, count in counts.items():
        builder.put(created, f"/scales/{at}", name, count, hide=f"{at} {name}" in suppressed)
    few = f"{at} pairs" in suppressed or len(scale.compared) < min_pairs
    for name, count in scale.verdicts().items() if scale.has_change_rule else ():
        hide = few or f"{at} {name}" in suppressed
        builder.put(
            created, f"/scales/{at}", f"{name}_share", round(count / len(scale.compared), 4), hide=hide
        )
    for name, value in _figures(scale).items():
        builder.put(created, f"/scales/{at}", name, value, hide=few)
    return created


def _figures(scale: ScaleChanges) -> dict[str, float | None]:
    before = [each.before for each in scale.compared if each.before is not None]
    after = [each.after for each in scale.compared if each.after is not None]
    found = statistics.changes(before, after, -1 if scale.direction == "lower_is_better" else 1)
    plain = {
        "mean_before": found.before.mean,
        "sd_before": found.before.sd,
        "mean_after": found.after.mean,
        "sd_after": found.after.sd,
        "mean_change": found.change.mean,
        "sd_change": found.change.sd,
        "effect_size": found.effect_size,
        "srm": found.srm,
    }
    return {name: round(value, 4) if value is not None else None for name, value in plain.items()}


def attendance(
    clients: int, attended: int, justified: int, not_justified: int, *, min_count: int
) -> ReportBuilder:
    """Days by how they went. Of too few clients nothing is told."""
    builder = ReportBuilder()
    if clients < min_count:
        builder.withheld.append("/attendance")
        return builder
    absent = justified + not_justified
    cells = {
        "attended": Cell("days", "end", attended),
        "absent": Cell("days", "absences", absent),
        "justified": Cell("absences", "end", justified),
        "not_justified": Cell("absences", "end", not_justified),
        "days": Cell("end", "days", attended + absent),
    }
    suppressed = hidden(cells, min_count)
    for name, cell in cells.items():
        builder.put(builder.report, "/attendance", name, cell.value, hide=name in suppressed)
    for name, part, whole in (
        ("attendance_rate", "attended", "days"),
        ("justified_share", "justified", "absent"),
    ):
        hide = bool({part, whole} & suppressed)
        builder.put(
            builder.report,
            "/attendance",
            name,
            None if hide else round(cells[part].value / cells[whole].value, 4),
            hide=hide,
        )
    return builder
