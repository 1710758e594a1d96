"""A document of an examination (19015) that says a measurement in just the words in which we give one out becomes one. Any
other is kept as it is: what it holds beyond a measurement is not lost."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import to_json

from walmu_api.adapters.national import mapping
from walmu_api.adapters.national.client_context import CLIENT
from walmu_api.adapters.national.document_index import cover_named
from walmu_api.adapters.national.exporting import table_export
from walmu_api.adapters.national.importing.import_context import (
    Filing,
    located_in_document,
    replaced_by,
    require_same_person,
)
from walmu_api.adapters.national.validation.findings import NOT_A_MEASUREMENT, pointer
from walmu_api.foundation import preconditions
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import DUPLICATE_SOURCE, invalid
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.definition import DOCUMENT
from walmu_api.record.case_file.documents.ownership import place
from walmu_api.record.case_file.documents.tables import Place
from walmu_api.record.everyday.measurements import service as measurements
from walmu_api.record.everyday.measurements.document import Forms, as_document, with_undocumented_members
from walmu_api.record.everyday.measurements.instruments import service as instruments
from walmu_api.record.everyday.measurements.schemas import MeasurementEntry
from walmu_api.record.everyday.measurements.tables import MeasurementRow


async def file_measurement(filing: Filing) -> tuple[UUID, bool] | None:
    """The measurement, and whether it is new; None for a document that is none. What was filed as the one does not become
    the other: neither by a new version nor under the same source_id."""
    ctx, document = filing.ctx, filing.document
    known = await measurements.known_by_source(ctx, document.source_id)
    if await _is_stored_as_document(filing):
        return None
    where = await place(ctx, document)
    entry = await _entry(filing, where)
    if entry is None:
        if document.replaces is not None:
            raise invalid(NOT_A_MEASUREMENT.at(pointer(("content", filing.sought.root.key))))
        if known is not None:
            raise DUPLICATE_SOURCE().with_members(url=f"/v1/measurements/{known.id}")
        return None
    replaced = await replaced_by(filing, "measurement", where.client_id)
    with located_in_document(filing):
        if replaced is None:
            row, created = await measurements.create(ctx, entry, document.content)
            return row.id, created
        row = await measurements.find(ctx, replaced[0].id, lock=True)
        tag = preconditions.etag(replaced[1])
        entry = await _beside(ctx.session, row, entry)
        await measurements.replace(ctx, row, entry, tag, document.content)
    return row.id, False


async def _is_stored_as_document(filing: Filing) -> bool:
    ctx, document = filing.ctx, filing.document
    if document.replaces is not None:
        cover, _ = await cover_named(ctx, document.replaces)
        return cover.kind != "measurement"
    stored = await documents.known_by_source(ctx, DOCUMENT, document.source_id)
    return stored is not None and stored.structure == filing.sought.oid


async def _entry(filing: Filing, where: Place) -> MeasurementEntry | None:
    """The measurement that the document is, when the document made of it would say all that this one says."""
    ctx, document = filing.ctx, filing.document
    ours = mapping.to_ours(filing.sought, document.content)
    await require_same_person(filing, ours, where.client_id)
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


async def _beside(session: Session, row: MeasurementRow, entry: MeasurementEntry) -> MeasurementEntry:
    """The entry, with what no document tells of the measurement that it replaces."""
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
