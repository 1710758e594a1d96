"""Assessment forms: the shipped ones with the organiser's own versions over them."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Select, select

from walmu_api.access.context import RequestContext
from walmu_api.foundation import journal, preconditions, records
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import NOT_FOUND, STALE, refuse
from walmu_api.foundation.schema_types import RecordedBy
from walmu_api.foundation.statements import Statement
from walmu_api.record.everyday.assessments.forms import validation
from walmu_api.record.everyday.assessments.forms.schemas import AssessmentForm, AssessmentFormEntry
from walmu_api.record.everyday.assessments.forms.shipped import shipped_forms
from walmu_api.record.everyday.assessments.forms.tables import AssessmentFormRow
from walmu_api.record.everyday.assessments.forms.validation import Form

_NAMED = Statement(
    "select * from assessment_forms where organiser_id = :organiser and form = any(:forms::text[])"
)


def _rows(session: Session) -> Select[AssessmentFormRow]:
    return select(AssessmentFormRow).where(AssessmentFormRow.organiser_id == session.organiser_id)


async def latest(session: Session, in_force_on: date | None, audience: str | None) -> list[bytes]:
    """Of every form the latest version, or the one in force on a day, by the form's key."""
    rows = (await session.orm.scalars(_rows(session).order_by(AssessmentFormRow.version))).all()
    keys = sorted({row.form for row in rows} | set(shipped_forms()))
    data = []
    for key in keys:
        own = [row for row in rows if row.form == key]
        versions = _versions(key, own)
        chosen = (
            max(versions, key=lambda each: each.version)
            if in_force_on is None
            else validation.in_force(versions, in_force_on)
        )
        if chosen is not None and audience in {None, chosen.definition.audience}:
            data.append(_wire(chosen, own))
    return data


async def find(session: Session, key: str, version: int | None = None) -> tuple[bytes, int]:
    """One version of a form, or its latest; by its key or by the id that the change feed tells."""
    own = await _own(session, key)
    versions = _versions(own[0].form if own else key, own)
    found = [each for each in versions if version in {None, each.version}]
    if not found:
        raise NOT_FOUND()
    chosen = max(found, key=lambda each: each.version)
    return _wire(chosen, own), chosen.version


async def versions_of(session: Session, key: str) -> list[Form]:
    """Every version of a form that assessments may name; none for a form that is not known."""
    return _versions(key, await _own(session, key))


async def named(session: Session, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Form]:
    """These forms, by key and version; what ships is known without asking."""
    shipped = shipped_forms()
    known = {
        (key, version): form
        for key, version in wanted
        if (form := shipped.get(key)) and form.version == version
    }
    keys = {key for key, _ in wanted - known.keys()}
    if keys:
        rows = await session.fetch(_NAMED, organiser=session.organiser_id, forms=list(keys))
        known |= {(row["form"], row["version"]): _form(AssessmentFormRow(**dict(row))) for row in rows}
    return known


async def put(
    ctx: RequestContext, key: str, entry: AssessmentFormEntry, if_match: str | None
) -> tuple[bytes, int, bool]:
    """A new form, or the next version of one. The same content again is no new version."""
    await records.one_at_a_time(ctx.session, f"assessment-form|{key}")
    own = await _own(ctx.session, key)
    known = max(_versions(key, own), key=lambda each: each.version, default=None)
    if known is not None and known.definition == entry:
        return _wire(known, own), known.version, False
    if known is not None:
        preconditions.require_version(if_match, known.version)
    elif if_match is not None:
        raise STALE()
    refuse(validation.check(entry))
    stamp = await records.stamp(ctx.session, ctx.actor, None)
    stamp |= {
        "id": own[0].id if own else stamp["id"],
        "version": known.version + 1 if known is not None else 1,
    }
    row = AssessmentFormRow(
        **stamp,
        form=key,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        content=entry.model_dump(mode="json", exclude_none=True),
    )
    await records.insert(ctx.session, row)
    before = _wire(known, own).decode() if own and known is not None else None
    change = journal.Change(
        "assessment-form", row.id, row.version, "updated" if own else "created", replaced=before
    )
    await journal.append(ctx.session, ctx.actor, change)
    return _wire(_form(row), [row]), row.version, known is None


async def _own(session: Session, key: str) -> Sequence[AssessmentFormRow]:
    """The organiser's own versions, oldest first."""
    statement = _rows(session).order_by(AssessmentFormRow.version)
    rows = (await session.orm.scalars(statement.where(AssessmentFormRow.form == key))).all()
    if not rows and (row_id := _id(key)) is not None:
        rows = (await session.orm.scalars(statement.where(AssessmentFormRow.id == row_id))).all()
    return rows


def _id(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


def _versions(key: str, own: Sequence[AssessmentFormRow]) -> list[Form]:
    shipped, numbers = shipped_forms().get(key), {row.version for row in own}
    first = [shipped] if shipped is not None and shipped.version not in numbers else []
    return first + [_form(row) for row in own]


def _form(row: AssessmentFormRow) -> Form:
    return Form(row.form, row.version, AssessmentFormEntry.model_validate_json(to_json(row.content)))


def _wire(chosen: Form, own: Sequence[AssessmentFormRow]) -> bytes:
    row = next((row for row in own if row.version == chosen.version), None)
    values: dict[str, Any] = {
        name: getattr(chosen.definition, name) for name in AssessmentFormEntry.model_fields
    }
    if row is not None:
        values |= {
            "id": row.id,
            "recorded_at": row.recorded_at,
            "recorded_by": RecordedBy.model_validate(row.recorded_by),
        }
    data = AssessmentForm(
        **values, form=chosen.form, version=chosen.version, origin="shipped" if row is None else "organiser"
    )
    return data.model_dump_json(exclude_none=True).encode()
