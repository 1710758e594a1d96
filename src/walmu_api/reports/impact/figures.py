"""From fillings of many clients to figures that may be told. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from walmu_api.record.everyday.measurements.instruments.rules import Instrument
from walmu_api.reports.impact import statistics
from walmu_api.reports.impact.differencing import Publication
from walmu_api.reports.impact.groups import STAGES, Days, Group, ScaleChanges, by_scale, group, network
from walmu_api.reports.impact.publishing import INTERVAL, differences, means
from walmu_api.reports.impact.suppression import Cell, hidden


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


def report(
    of: Group,
    instrument: Instrument | None,
    paths: Sequence[str],
    *,
    min_count: int,
    min_pairs: int,
    publication: Publication | None = None,
) -> ReportBuilder:
    """Everything about clients and change that may be told. `paths`: every onward path that there is, taken
    or not. `publication`: what was published before, and what this report adds to it."""
    scales = by_scale(of, instrument) if instrument is not None else []
    measured = instrument is not None
    cells = network(of, scales, paths, measured=measured)
    suppressed = withheld(of, scales, paths, min_count, measured=measured)
    if len(of.rows) >= min_count:
        code, least = instrument.code if instrument is not None else "", (min_count, min_pairs)
        suppressed |= differences(publication or Publication(), of, scales, cells, suppressed, code, least)
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
        few = bool({"|paired", INTERVAL} & suppressed) or len(of.paired) < min_pairs
        days = [pair.days for pair in of.paired.values()] or [0]
        builder.put(builder.report, "", "median_interval_days", float(statistics.median(days)), hide=few)
    builder.report["scales"] = [
        _scale(builder, at, scale, instrument, suppressed, min_pairs) for at, scale in enumerate(scales)
    ]
    return builder


EVERYBODY = "."
"""The one row of those whom nothing divides: no kind of service, and no provider's id."""


def withheld(
    of: Group, scales: Sequence[ScaleChanges], paths: Sequence[str], min_count: int, *, measured: bool
) -> frozenset[str]:
    """Which cells are not told. A figure is decided without those that fewer questions tell, so that it is told by every way
    of asking for it or by none: the whole and its endings, then the rows, then the stages and scales of all, then each
    row's."""
    if len(of.rows) < min_count:
        return frozenset(network(of, scales, paths, measured=measured))
    whole = replace(of, rows=dict.fromkeys(of.rows, EVERYBODY))
    layers = [network(each, [], paths, measured=False) for each in (whole, of)]
    if measured:
        layers += [network(each, scales, paths, measured=True) for each in (whole, of)]
    decided: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()
    for cells in layers:
        away |= hidden(cells, min_count, decided, away & cells.keys())
        decided |= cells.keys()
    return away & layers[-1].keys()


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
    suppressed: frozenset[str],
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
    few = bool({f"{at} pairs", means(at)} & suppressed) or len(scale.compared) < min_pairs
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
    days: Sequence[Days], *, min_count: int, publication: Publication | None = None
) -> ReportBuilder:
    """Days by how they went. Of too few clients nothing is told, nor what would tell of them together with what was
    published before."""
    builder = ReportBuilder()
    alike: Counter[Days] = Counter()
    members = []
    for each in days:  # what a relationship counts is one piece; a second one of the same figures is another
        mark = (each.quarter, each.attended, each.justified, each.not_justified)
        members.append((each.client_id, (*mark, alike[each]) if alike[each] else mark))
        alike[each] += 1
    few = len({each.client_id for each in days}) < min_count
    if few or not (publication or Publication()).adds("attendance", members, min_count):
        builder.withheld.append("/attendance")
        return builder
    attended, justified, not_justified = (
        sum(getattr(each, name) for each in days) for name in ("attended", "justified", "not_justified")
    )
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


__all__ = ["Group", "ReportBuilder", "attendance", "by_scale", "group", "network", "report"]
