"""Which parts of a report may not be told together with what was published before. Pure (ADR 43)."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from walmu_api.foundation.problems import ProblemType
from walmu_api.reports.impact.differencing import Publication
from walmu_api.reports.impact.groups import STAGES, Group, ScaleChanges
from walmu_api.reports.impact.suppression import Cell

WOULD_DISCLOSE = ProblemType("impact-would-disclose", 422)


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
    min_count, min_pairs = least
    away: set[str] = set()

    def part(family: str, members: Iterable[tuple[UUID, object]], names: Iterable[str], enough: int) -> None:
        names = set(names)
        if not names <= suppressed and not publication.adds(family, members, enough):
            away.update(names)

    if "|" not in suppressed and not publication.adds("clients", ((c, "") for c in of.rows), min_count):
        raise WOULD_DISCLOSE(WOULD_DISCLOSE.at("/query"))
    for row in sorted(set(of.rows.values())):
        own = ((client, "") for client, key in of.rows.items() if key == row)
        part("clients", own, {f"{row}|"}, min_count)
        if away & {f"{row}|"}:
            away.update(name for name in cells if name.startswith(f"{row}|"))
    ends = ((client, of.ended.get(client, "") if client in of.ended else "going") for client in of.rows)
    part("endings", ends, (n for n in cells if n in {"ended", "not_ended"} or n.startswith("to ")), min_count)
    stages = {name for name in cells if name.rpartition("|")[2] in {"with_baseline", *STAGES}}
    if stages:
        among = ((client, of.stage(client)) for client in of.rows)
        part(f"stages {instrument}", among, stages, min_count)
    for at, scale in enumerate(scales):
        own_cells = {name for name in cells if name.startswith(f"{at} ")}
        if stages & away:
            away.add(f"{at} not_compared")
        whose = (
            (c, (each.before, each.after)) for c, each in zip(scale.clients, scale.compared, strict=True)
        )
        enough = min_pairs if len(scale.compared) >= min_pairs else min_count
        part(f"scale {instrument} {scale.code}", whose, own_cells, enough)
    return frozenset(away)
