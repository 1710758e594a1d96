"""An examination document (19015) becomes a measurement when it is written exactly as we export one. Any
other is stored verbatim, so that what it holds beyond a measurement is not lost."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import to_json

from walmu_api.adapters.national import mapping
from walmu_api.adapters.national.client_context import CLIENT
from walmu_api.adapters.national.exporting import table_export
from walmu_api.adapters.national.importing.import_context import (
    Filing,
    located_in_document,
    replaced_by,
    require_same_person,
)
from walmu_api.adapters.national.importing.verbatim_import import known_verbatim, store_verbatim
from walmu_api.adapters.national.validation.findings import NOT_A_MEASUREMENT, pointer
from walmu_api.foundation import preconditions
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import DUPLICATE_SOURCE, invalid
from walmu_api.record.everyday.measurements import service as measurements
from walmu_api.record.everyday.measurements.document import Forms, as_document, with_undocumented_members
from walmu_api.record.everyday.measurements.instruments import service as instruments
from walmu_api.record.everyday.measurements.schemas import MeasurementEntry
from walmu_api.record.everyday.measurements.tables import MeasurementRow


async def file_measurement(filing: Filing) -> tuple[UUID, bool]:
    """The measurement that the document is, or the document stored verbatim. What was filed as the one does not become the
    other: neither by a new version nor under the same source_id."""
    ctx, document = filing.ctx, filing.document
    known = await measurements.known_by_source(ctx, document.source_id)
    stored = await known_verbatim(filing)
    replaces_verbatim = filing.replaces is not None and filing.replaces[0].kind != "measurement"
    if replaces_verbatim or (stored is not None and stored.structure == filing.structure.oid):
        return await store_verbatim(filing, stored)
    entry = await _entry(filing)
    if entry is None:
        if filing.replaces is not None:
            raise invalid(NOT_A_MEASUREMENT.at(pointer(("content", filing.structure.root.key))))
        if known is not None:
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/measurements/{known.id}")
        return await store_verbatim(filing, stored)
    replaced = replaced_by(filing, "measurement")
    with located_in_document(filing):
        if replaced is None:
            row, created = await measurements.create(ctx, entry, filing.content)
            return row.id, created
        cover, version = replaced
        row = await measurements.find(ctx, cover.id, lock=True)
        entry = await _with_undocumented(ctx.session, row, entry)
        await measurements.replace(ctx, row, entry, preconditions.etag(version), filing.content)
    return row.id, False


async def _entry(filing: Filing) -> MeasurementEntry | None:
    """The measurement, when the document that we would export of it equals this one; else None."""
    ctx, document, where = filing.ctx, filing.document, filing.place
    ours = mapping.to_ours(filing.structure, filing.content)
    await require_same_person(filing, ours)
    if (
        where.service_relationship_id is None
        or where.agreement_id
        or where.case_id
        or len(ours.pop(CLIENT)) > 1
    ):
        return None
    read = Forms((await instruments.in_use(ctx.session)).values()).read(ours)
    if read is None:
        return None
    instrument, members = read
    named = {"client_id": where.client_id, "service_relationship_id": where.service_relationship_id}
    try:
        entry = MeasurementEntry.model_validate(
            members | named | {"source_id": document.source_id}, strict=False
        )
    except ValidationError:
        return None
    if measurements.validate(entry, instrument, ctx.today):
        return None
    of_service = await table_export.of_service(ctx.session, str(where.service_relationship_id))
    created = as_document(entry.model_dump(mode="json", exclude_none=True), instrument, of_service)
    return entry if all(_same(value, created.get(name)) for name, value in ours.items()) else None


async def _with_undocumented(
    session: Session, row: MeasurementRow, entry: MeasurementEntry
) -> MeasurementEntry:
    """The entry, with the members of the replaced measurement that no document holds."""
    if (row.instrument, row.form_version) != (entry.instrument, entry.form_version):
        return entry
    before = {"scores": row.scores, "items": row.items, "goals": row.goals, "source_id": row.source_id}
    members = entry.model_dump(mode="json", exclude_none=True)
    instrument = (await instruments.in_use(session))[row.instrument]
    return MeasurementEntry.model_validate_json(
        to_json(with_undocumented_members(members, before, instrument))
    )


def _same(data: Any, created: Any) -> bool:
    """Equal; of a code, which one it is."""
    if isinstance(data, list) and isinstance(created, list):
        return len(data) == len(created) and all(map(_same, data, created))
    if isinstance(data, Mapping) and isinstance(created, Mapping) and "code" in data:
        return bool(data["code"] == created.get("code"))
    return bool(data == created)
