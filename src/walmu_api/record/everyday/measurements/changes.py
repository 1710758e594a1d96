"""Change of one client's measurements: the pairs, as told and as drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.record.everyday.measurements import baseline_pairs, comparison_chart, schemas, service
from walmu_api.record.everyday.measurements.instruments import service as instruments
from walmu_api.record.everyday.measurements.instruments.rules import Instrument
from walmu_api.record.parties.clients import service as clients


def filling_of(
    id_: UUID,
    instrument: str,
    form_version: str,
    phase: str,
    days: tuple[Any, Any],
    scores: Sequence[dict[str, Any]],
) -> baseline_pairs.Filling:
    """A row as change looks at it: scores that have a value."""
    readings = {
        score["scale"]: baseline_pairs.Reading(score["value"], score.get("min"), score.get("max"))
        for score in scores
        if score.get("value") is not None
    }
    return baseline_pairs.Filling(id_, instrument, form_version, phase, *days, readings)


@dataclass(frozen=True)
class Changes:
    """The measurements of a client that the caller sees, and the pairs among them."""

    rows: Sequence[asyncpg.Record]
    pairs: Sequence[tuple[baseline_pairs.Pair, Instrument]]

    def items(self) -> list[schemas.ChangePair]:
        by_id = {row["id"]: row for row in self.rows}
        return [_change_pair(pair, of, by_id) for pair, of in self.pairs]


async def of_client(
    ctx: RequestContext,
    client_id: UUID,
    instrument: str | None = None,
    known: Mapping[str, Instrument] | None = None,
) -> Changes:
    """What changed for a client whom the caller sees. `known` are the instruments in use, where they have
    been read."""
    rows = await ctx.session.fetch(
        service.OF_CLIENT, **visibility.parameters(ctx), client_id=client_id, instrument=instrument
    )
    found = baseline_pairs.pairs(
        filling_of(
            row["id"],
            row["instrument"],
            row["form_version"],
            row["phase"],
            (row["answered_on"], row["recorded_at"]),
            row["scores"],
        )
        for row in rows
    )
    if found and known is None:
        known = await instruments.in_use(ctx.session)
    return Changes(
        rows, [(pair, known[pair.before.instrument]) for pair in found] if known is not None else ()
    )


async def _asked(
    ctx: RequestContext, client_id: UUID, instrument: str | None
) -> tuple[Changes, Mapping[str, Instrument]]:
    await clients.find(ctx, client_id)
    ctx.session.log_access(client_id)
    known = await instruments.in_use(ctx.session)
    if instrument is not None and instrument not in known:
        raise NOT_FOUND()
    return await of_client(ctx, client_id, instrument, known), known


async def changes_body(ctx: RequestContext, client_id: UUID, instrument: str | None) -> bytes:
    changes, _ = await _asked(ctx, client_id, instrument)
    document = schemas.MeasurementChanges(client_id=client_id, items=changes.items())
    return document.model_dump_json(exclude_none=True).encode()


def _change_pair(
    pair: baseline_pairs.Pair, instrument: Instrument, rows: Mapping[UUID, asyncpg.Record]
) -> schemas.ChangePair:
    rule = instrument.change_rule
    ends = {"before": rows[pair.before.id], "after": rows[pair.after.id]}
    return schemas.ChangePair.model_validate(
        {
            "instrument": pair.before.instrument,
            "form_version": pair.before.form_version,
            "days": pair.days,
            "scales": [
                schemas.ScaleChange.model_validate(each) for each in baseline_pairs.compare(pair, instrument)
            ],
            "rule_source": rule.source if rule else None,
        }
        | {
            name: {member: row[member] for member in schemas.ComparedMeasurement.model_fields}
            for name, row in ends.items()
        }
    )


async def drawn(ctx: RequestContext, client_id: UUID, instrument: str, language: str) -> bytes:
    """The profile then and now, of the version whose later end is the latest; an empty picture while there is
    no pair."""
    changes, known = await _asked(ctx, client_id, instrument)
    return comparison_chart.picture(
        known[instrument], changes.pairs[-1][0] if changes.pairs else None, language
    )
