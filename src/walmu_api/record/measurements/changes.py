"""Change of one client's measurements: the pairs, as told and as drawn."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from walmu_api.access.guard import Caller
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.record.clients import service as clients
from walmu_api.record.measurements import pairs, profile, schemas, service
from walmu_api.record.measurements.instruments import service as instruments
from walmu_api.record.measurements.instruments.rules import Instrument
from walmu_api.record.measurements.tables import MeasurementRow


def filling_of(
    id_: UUID, instrument: str, form_version: str, phase: str, days: tuple[Any, Any], scores: Sequence[dict[str, Any]]
) -> pairs.Filling:
    """A row as change looks at it: scores that have a value."""
    readings = {
        score["scale"]: pairs.Reading(score["value"], score.get("min"), score.get("max"))
        for score in scores
        if score.get("value") is not None
    }
    return pairs.Filling(id_, instrument, form_version, phase, *days, readings)


async def of_client(
    session: Session, caller: Caller, client_id: UUID, instrument: str | None
) -> tuple[dict[UUID, MeasurementRow], list[tuple[pairs.Pair, Instrument]]]:
    """The pairs among the measurements of a client that the caller sees, and the rows behind them."""
    await clients.find(session, caller, client_id)
    session.saw(client_id)
    known = await instruments.in_use(session)
    table = MeasurementRow
    statement = service.visible_to(session, caller.narrowed_to, session.clock.today()).where(
        table.client_id == client_id, table.status != "entered_in_error"
    )
    if instrument is not None:
        if instrument not in known:
            raise NOT_FOUND()
        statement = statement.where(table.instrument == instrument)
    rows = {row.id: row for row in (await session.orm.scalars(statement)).all()}
    found = pairs.pairs(
        filling_of(row.id, row.instrument, row.form_version, row.phase, (row.answered_on, row.recorded_at), row.scores)
        for row in rows.values()
    )
    return rows, [(pair, known[pair.before.instrument]) for pair in found]


async def told(session: Session, caller: Caller, client_id: UUID, instrument: str | None) -> bytes:
    rows, found = await of_client(session, caller, client_id, instrument)
    items = [_told(pair, of, rows) for pair, of in found]
    document = schemas.MeasurementChanges.model_validate({"client_id": client_id, "items": items})
    return document.model_dump_json(exclude_none=True).encode()


def _told(pair: pairs.Pair, instrument: Instrument, rows: dict[UUID, MeasurementRow]) -> dict[str, Any]:
    rule = instrument.change_rule
    return {
        "instrument": pair.before.instrument, "form_version": pair.before.form_version, "days": pair.days,
        "before": schemas.ComparedMeasurement.model_validate(rows[pair.before.id]),
        "after": schemas.ComparedMeasurement.model_validate(rows[pair.after.id]),
        "scales": [schemas.ScaleChange.model_validate(each) for each in pairs.compare(pair, instrument)],
        "rule_source": rule.source if rule else None,
    }  # fmt: skip


async def drawn(session: Session, caller: Caller, client_id: UUID, instrument: str, language: str) -> bytes:
    """The profile then and now, of the version whose later end is the latest; an empty picture while there is no pair."""
    _, found = await of_client(session, caller, client_id, instrument)
    known = (await instruments.in_use(session))[instrument]
    return profile.picture(known, found[-1][0] if found else None, language)
