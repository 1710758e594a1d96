"""What can be done with instruments: read the registry as the organiser uses it, switch on in it, add one's
own."""

from typing import Any

from sqlalchemy import select

from walmu_api.access.context import RequestContext
from walmu_api.foundation import journal, preconditions, records
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import NOT_FOUND, STALE, refuse
from walmu_api.foundation.statements import Statement
from walmu_api.record.everyday.measurements.instruments import rules, schemas, shipped
from walmu_api.record.everyday.measurements.instruments.tables import InstrumentRow


async def _rows(session: Session) -> dict[str, InstrumentRow]:
    statement = select(InstrumentRow).where(InstrumentRow.organiser_id == session.organiser_id)
    return {row.code: row for row in (await session.orm.scalars(statement)).all()}


_OWN = Statement("select * from instruments where organiser_id = :organiser")


async def in_use(session: Session) -> dict[str, rules.Instrument]:
    """Every instrument as this organiser uses it, by code: what ships, then its own."""
    found = await session.fetch(_OWN, organiser=session.organiser_id)
    rows = {row["code"]: InstrumentRow(**dict(row)) for row in found}
    known = {code: _used(plain, rows.get(code)) for code, plain in shipped.instruments().items()}
    return known | {code: _own(row) for code, row in sorted(rows.items()) if row.definition is not None}


async def wire_all(session: Session) -> list[bytes]:
    """Every instrument as it is told, by its code."""
    rows = await _rows(session)
    return [_wire(instrument, rows.get(code)) for code, instrument in (await in_use(session)).items()]


async def wire_one(session: Session, code: str) -> tuple[bytes, int]:
    """The instrument as it is told, and its version."""
    row = (await _rows(session)).get(code)
    instrument = _known(code, row)
    return _wire(instrument, row), _version(instrument, row)


def _known(code: str, row: InstrumentRow | None) -> rules.Instrument:
    plain = shipped.instruments().get(code)
    if plain is not None:
        return _used(plain, row)
    if row is None:
        raise NOT_FOUND()
    return _own(row)


def _version(instrument: rules.Instrument, row: InstrumentRow | None) -> int:
    """The registry's edition counts too, so that an equal ETag is equal bytes after an upgrade as well."""
    return instrument.edition + (row.version if row is not None else 0)


def _wire(instrument: rules.Instrument, row: InstrumentRow | None) -> bytes:
    data = {name: getattr(instrument, name, None) for name in schemas.Instrument.model_fields}
    data["version"] = _version(instrument, row)
    if row is not None:
        data |= {"recorded_at": row.recorded_at, "recorded_by": row.recorded_by}
        data["definition"] = _entry_of(row).definition
    return schemas.Instrument.model_validate(data).model_dump_json(exclude_none=True).encode()


def _used(plain: rules.Instrument, row: InstrumentRow | None) -> rules.Instrument:
    """What ships, with what the organiser switched on."""
    return plain if row is None else _switched(plain, row)


def _switched(plain: rules.Instrument, row: InstrumentRow) -> rules.Instrument:
    entry = _entry_of(row)
    rule = entry.change_rule
    return rules.Instrument(
        plain.code,
        plain.kind,
        plain.names,
        plain.owner,
        plain.form_versions,
        plain.respondents,
        plain.scales,
        plain.licence,
        plain.shipped,
        plain.edition,
        licensed=row.licensed,
        item_answers=row.item_answers,
        permission=rules.Permission(**dict(entry.permission)) if entry.permission else None,
        change_rule=rules.ChangeRule(
            rule.source, [rules.Threshold(t.scale, t.points) for t in rule.thresholds]
        )
        if rule
        else None,
    )


def _own(row: InstrumentRow) -> rules.Instrument:
    definition = _entry_of(row).definition
    assert definition is not None
    names = rules.Names(**dict(definition.names))
    scales = [
        rules.Scale(
            each.code,
            rules.Names(**dict(each.names)),
            each.min,
            each.max,
            True,
            each.direction,
            each.item_count,
            each.is_total,
            each.form_versions,
        )
        for each in definition.scales
    ]
    versions = [rules.FormVersion(each.code, each.languages) for each in definition.form_versions]
    plain = rules.Instrument(
        row.code,
        "scores",
        names,
        definition.owner,
        versions,
        definition.respondents,
        scales,
        rules.Licence("own", False, definition.evidence, row.recorded_at.date()),
        shipped=False,
    )
    return _switched(plain, row)


def _entry_of(row: InstrumentRow) -> schemas.InstrumentEntry:
    stored = {name: getattr(row, name) for name in schemas.InstrumentEntry.model_fields}
    return schemas.InstrumentEntry.model_validate(stored, strict=False)


async def put(
    ctx: RequestContext, code: str, entry: schemas.InstrumentEntry, if_match: str | None
) -> tuple[bytes, int, bool]:
    """Switch on in an instrument that ships, or define one's own. Answers the record, its version, whether it
    is new."""
    plain = shipped.instruments().get(code)
    if plain is None and not code.startswith(rules.OWN):
        raise NOT_FOUND()
    statement = select(InstrumentRow).where(
        InstrumentRow.organiser_id == ctx.organiser_id, InstrumentRow.code == code
    )
    row = await ctx.session.orm.scalar(statement.with_for_update())
    values = records.columns(entry)
    there = plain is not None or row is not None
    unchanged = (
        records.holds(row, values) if row is not None else there and entry == schemas.InstrumentEntry()
    )
    if unchanged:
        return *await wire_one(ctx.session, code), False
    if there:
        preconditions.require_version(if_match, _version(_known(code, row), row))
    elif if_match is not None:
        raise STALE()
    _check(ctx.session, plain, entry)
    before = _wire(_known(code, row), row).decode() if there else None
    if row is None:
        row = InstrumentRow(code=code, **values | await records.stamp(ctx.session, ctx.actor, None))
        await records.insert(ctx.session, row, {"instruments_code": STALE})
    else:
        await records.replace(ctx.session, ctx.actor, row, values)
    data, version = await wire_one(ctx.session, code)
    await _journal(ctx, row, version, before)
    return data, version, not there


def _check(session: Session, plain: rules.Instrument | None, entry: schemas.InstrumentEntry) -> None:
    given = entry.definition
    findings = rules.check_switches(
        shipped=plain is not None,
        on=entry.licensed or entry.item_answers,
        permission_given=entry.permission is not None,
        definition_given=given is not None,
    )
    scales = [scale.code for scale in (plain.scales if plain else given.scales if given else [])]
    if given is not None and plain is None:
        findings += rules.check_definition(
            [(scale.code, scale.min, scale.max) for scale in given.scales],
            [version.code for version in given.form_versions],
            [(at, version) for at, scale in enumerate(given.scales) for version in scale.form_versions],
        )
    if entry.change_rule is not None:
        findings += rules.check_change_rule([each.scale for each in entry.change_rule.thresholds], scales)
    refuse(findings)


async def _journal(ctx: RequestContext, row: InstrumentRow, version: int, before: str | None) -> None:
    change: dict[str, Any] = {"source_id": row.code, "replaced": before}
    kind = "updated" if before is not None else "created"
    await journal.append(
        ctx.session, ctx.actor, journal.Change("instrument", row.id, version, kind, **change)
    )
