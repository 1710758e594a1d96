"""What can be asked of impact, and the organiser's limits."""

import asyncio
from collections import defaultdict
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from pydantic_core import from_json, to_json
from sqlalchemy import select

from walmu_api.access.context import RequestContext
from walmu_api.foundation import journal, preconditions, records
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import STALE, UNKNOWN_CODE, invalid
from walmu_api.record.everyday.measurements.baseline_pairs import Filling
from walmu_api.record.everyday.measurements.changes import filling_of
from walmu_api.record.everyday.measurements.instruments import service as instruments
from walmu_api.record.everyday.measurements.instruments.rules import Instrument
from walmu_api.record.parties.codes import service as codes
from walmu_api.reports.impact import figures, ledger, population
from walmu_api.reports.impact.differencing import Publication
from walmu_api.reports.impact.schemas import (
    LEAST_COUNT,
    LEAST_PAIRS,
    ImpactLimits,
    ImpactLimitsEntry,
    ImpactReport,
)
from walmu_api.reports.impact.tables import ImpactLimitsRow


async def _row(session: Session, *, lock: bool = False) -> ImpactLimitsRow | None:
    statement = select(ImpactLimitsRow).where(ImpactLimitsRow.organiser_id == session.organiser_id)
    return await session.orm.scalar(statement.with_for_update() if lock else statement)


def _limits(row: ImpactLimitsRow | None) -> ImpactLimits:
    if row is None:
        return ImpactLimits(min_count=LEAST_COUNT, min_pairs=LEAST_PAIRS, version=1)
    data = {name: getattr(row, name) for name in ImpactLimits.model_fields}
    return ImpactLimits.model_validate(data | {"version": row.version + 1})


def _wire(row: ImpactLimitsRow | None) -> bytes:
    return _limits(row).model_dump_json(exclude_none=True).encode()


async def limits(session: Session) -> tuple[bytes, int]:
    """The limits in force, as they are told, and their version."""
    row = await _row(session)
    return _wire(row), _limits(row).version


async def put_limits(
    ctx: RequestContext, entry: ImpactLimitsEntry, if_match: str | None
) -> tuple[bytes, int]:
    """Raise the limits under If-Match."""
    row = await _row(ctx.session, lock=True)
    before = _limits(row)
    values = records.columns(entry)
    if all(getattr(before, name) == value for name, value in values.items()):
        return _wire(row), before.version
    preconditions.require_version(if_match, before.version)
    if row is None:
        row = ImpactLimitsRow(**values | await records.stamp(ctx.session, ctx.actor, None))
        await records.insert(ctx.session, row, {"impact_limits_once": STALE})
    else:
        await records.replace(ctx.session, ctx.actor, row, values)
    replaced = before.model_dump_json(exclude_none=True)
    change = journal.Change("impact-limits", row.id, row.version + 1, "updated", replaced=replaced)
    await journal.append(ctx.session, ctx.actor, change)
    return _wire(row), row.version + 1


async def report(ctx: RequestContext, asked: population.Question) -> bytes:
    """The figures that may be told. They are of groups: no client is seen in them. That somebody asked is in the use log, with
    what was asked. A question has one answer for good, the one that was published when it was asked first (ADR 43)."""
    in_force = _limits(await _row(ctx.session))
    instrument = await _instrument(ctx.session, asked.instrument)
    question = _question(ctx, asked, in_force, instrument)
    found = await ledger.published(ctx, question)
    if isinstance(found, Publication):
        document = await _figures(ctx, asked, instrument, in_force, found)
        await ledger.publish(ctx, question, to_json(document).decode(), found)
    else:
        document = from_json(found)
    document |= {"asked": _asked(asked), "limits": _as_data(in_force)}
    return (
        ImpactReport.model_validate_json(to_json(document))
        .model_dump_json(exclude_none=True, by_alias=True)
        .encode()
    )


def _question(
    ctx: RequestContext, asked: population.Question, in_force: ImpactLimits, instrument: Instrument | None
) -> str:
    """What makes two questions the same one: whom they are about, and what may be told by which rule. A provider's own
    question is the organiser's about that provider; one about another provider is its own, of nobody."""
    provider = asked.provider_id if asked.provider_id is not None else ctx.tenant_scope
    foreign = ctx.tenant_scope if provider != ctx.tenant_scope else None
    parts = _asked(asked) | {"provider_id": provider, "asked_by": foreign} | _as_data(in_force)
    rule = instrument.change_rule if instrument is not None else None
    return to_json(
        parts | {"change_rule": repr(rule) if rule is not None else None}, exclude_none=True
    ).decode()


async def _figures(
    ctx: RequestContext,
    asked: population.Question,
    instrument: Instrument | None,
    in_force: ImpactLimits,
    publication: Publication,
) -> dict[str, Any]:
    whom = await population.of(ctx, asked)
    days = await population.days(ctx.session, whom, asked)
    paths = list((await codes.book_now(ctx.session))["onward_path"].codes)
    measured = (
        await population.measurements(ctx.session, whom, instrument.code) if instrument is not None else []
    )
    fillings: dict[UUID, list[Filling]] = defaultdict(list)
    for row in measured:
        filling = filling_of(
            row.id,
            row.instrument,
            row.form_version,
            row.phase,
            (row.answered_on, row.recorded_at),
            from_json(row.scores),
        )
        fillings[row.client_id].append(filling)

    def worked_out() -> dict[str, Any]:
        of = figures.group(whom.rows, fillings, whom.ended)
        data = figures.report(
            of,
            instrument,
            paths,
            min_count=in_force.min_count,
            min_pairs=in_force.min_pairs,
            publication=publication,
        )
        attendance = figures.attendance(days, min_count=in_force.min_count, publication=publication)
        return data.report | {
            "attendance": attendance.report or None,
            "withheld": data.withheld + attendance.withheld,
        }

    return await asyncio.to_thread(worked_out)


async def _instrument(session: Session, code: str | None) -> Instrument | None:
    if code is None:
        return None
    found = (await instruments.in_use(session)).get(code)
    if found is None:
        raise invalid(UNKNOWN_CODE.at("/query/instrument", code_system="instruments"))
    return found


def _asked(asked: population.Question) -> dict[str, Any]:
    data = {
        name: getattr(asked, name)
        for name in ("service_kind", "legal_basis", "provider_id", "instrument", "by")
    }
    return data | {"from": asked.first, "to": asked.last}


def text_of(asked: population.Question) -> str:
    """What was asked, for the use log."""
    return urlencode({name: value for name, value in _asked(asked).items() if value is not None})


def _as_data(limits_: ImpactLimits) -> dict[str, int]:
    return {"min_count": limits_.min_count, "min_pairs": limits_.min_pairs}
