"""Which parts of a report may not be told together with what was published before. Pure (ADR 43)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from walmu_api.foundation.problems import ProblemType
from walmu_api.reports.impact.differencing import Publication
from walmu_api.reports.impact.groups import STAGES, Group, ScaleChanges
from walmu_api.reports.impact.suppression import Cell

WOULD_DISCLOSE = ProblemType("impact-would-disclose", 422)

INTERVAL = "median interval"
"""What is withheld when the median of the intervals is."""


@dataclass
class _Parts:
    """The parts of a report, one by one held against what was published."""

    publication: Publication
    suppressed: frozenset[str]
    away: set[str] = field(default_factory=set)

    def part(
        self, family: str, members: Iterable[tuple[UUID, object]], names: Iterable[str], least: int
    ) -> None:
        """These cells together: the figures of these members."""
        names = set(names)
        if not names <= self.suppressed and not self.publication.adds(family, members, least):
            self.away.update(names)

    def tells(self, name: str) -> bool:
        return name not in self.suppressed and name not in self.away


def differences(
    publication: Publication,
    of: Group,
    scales: Sequence[ScaleChanges],
    cells: Mapping[str, Cell],
    suppressed: frozenset[str],
    instrument: str,
    least: tuple[int, int],
) -> frozenset[str]:
    """The cells that may not be told together with what was published before: whole parts of the report, since what is held
    against it is of whom each part is."""
    parts, (min_count, _) = _Parts(publication, suppressed), least
    if "|" not in suppressed and not publication.adds("clients", ((c, "") for c in of.rows), min_count):
        raise WOULD_DISCLOSE(WOULD_DISCLOSE.at("/query"))
    for row, clients in _by_row(of):
        parts.part("clients", ((client, "") for client in clients), {f"{row}|"}, min_count)
        if f"{row}|" in parts.away:
            parts.away.update(name for name in cells if name.startswith(f"{row}|"))
    ends = ((client, of.ended.get(client, "") if client in of.ended else "going") for client in of.rows)
    endings = {name for name in cells if name in {"ended", "not_ended"} or name.startswith("to ")}
    parts.part("endings", ends, endings, min_count)
    if "|paired" in cells:
        _stages(parts, of, instrument, least)
    for at, scale in enumerate(scales):
        _scale(parts, at, scale, instrument, cells, least)
    return frozenset(parts.away)


def _by_row(of: Group) -> list[tuple[str, list[UUID]]]:
    return [
        (row, [client for client, key in of.rows.items() if key == row])
        for row in sorted(set(of.rows.values()))
    ]


def _stages(parts: _Parts, of: Group, instrument: str, least: tuple[int, int]) -> None:
    """How far clients were measured: all of them, and those of each row, whose stages are told as well."""
    min_count, min_pairs = least
    family, totals = f"stages {instrument}", {f"|{name}" for name in ("with_baseline", *STAGES)}
    parts.part(family, ((client, of.stage(client)) for client in of.rows), totals, min_count)
    for row, clients in _by_row(of):
        own = ((client, of.stage(client)) for client in clients)
        parts.part(family, own, {f"{row}|{stage}" for stage in STAGES}, min_count)
    if parts.tells("|paired") and len(of.paired) >= min_pairs:
        days = ((client, pair.days) for client, pair in of.paired.items())
        parts.part(f"interval {instrument}", days, {INTERVAL}, min_pairs)


def _scale(
    parts: _Parts,
    at: int,
    scale: ScaleChanges,
    instrument: str,
    cells: Mapping[str, Cell],
    least: tuple[int, int],
) -> None:
    min_count, min_pairs = least
    if "|paired" in parts.away:
        parts.away.add(f"{at} not_compared")
    whose = [(c, (each.before, each.after)) for c, each in zip(scale.clients, scale.compared, strict=True)]
    counts = {name for name in cells if name.startswith(f"{at} ")}
    parts.part(f"counts {instrument} {scale.code}", whose, counts, min_count)
    if parts.tells(f"{at} pairs") and len(scale.compared) >= min_pairs:
        parts.part(f"means {instrument} {scale.code}", whose, {means(at)}, min_pairs)


def means(scale: int) -> str:
    """What is withheld when the means of a scale are: they are held against means only, for counts are told of fewer
    people, and what only a count was told of is not known as a mean."""
    return f"{scale} means"
