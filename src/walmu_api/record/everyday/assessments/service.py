"""What can be done with assessments.

Their content is laid out otherwise than their documents: `document.document_content` makes of it what the
mapping tables of 1003 and 16009 name, `document.entry_from_document` an entry of what came in."""

from datetime import date

from pydantic_core import to_json

from walmu_api.access.context import RequestContext
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.database import Session
from walmu_api.foundation.problems import CONFLICT, DUPLICATE_SOURCE, MISSING, invalid, refuse
from walmu_api.record.case_file.documents import rules as document_rules
from walmu_api.record.case_file.documents import service as documents
from walmu_api.record.case_file.documents.ownership import place, place_of
from walmu_api.record.case_file.documents.service import Facts, ReceivedDocument
from walmu_api.record.case_file.documents.tables import DocumentRow, Place
from walmu_api.record.document_schemas import NationalCode
from walmu_api.record.everyday.assessments import document, rules, validation
from walmu_api.record.everyday.assessments.definition import ASSESSMENT
from walmu_api.record.everyday.assessments.forms import service as forms
from walmu_api.record.everyday.assessments.forms.shipped import NATIONAL, shipped_forms
from walmu_api.record.everyday.assessments.forms.validation import Form
from walmu_api.record.everyday.assessments.schemas import (
    AssessmentConfirmation,
    AssessmentEntry,
    AssessmentReport,
    WrittenAssessment,
)
from walmu_api.record.everyday.assessments.workplace_view import WORDS, words
from walmu_api.record.parties.service_relationships.tables import ServiceRelationshipRow


async def record(
    ctx: RequestContext, entry: AssessmentEntry, received: ReceivedDocument | None = None
) -> tuple[DocumentRow, bool]:
    """Record an assessment; one by a workplace waits for the provider. `received`: the national document, if
    it came as one."""
    where = received.place if received is not None else await place(ctx, entry)
    known = await documents.known_by_source(ctx, ASSESSMENT, entry.source_id)
    before = documents.entry_of(ctx, known) if known is not None else {}
    if known is not None and ctx.caller.system.role == "workplace":
        own = words(before.get("reported") or before)
        again, _ = await _written(ctx.session, where, entry, own, received)
        if words(documents.content_of(again)) != own or known.agreement_id != where.agreement_id:
            raise DUPLICATE_SOURCE().with_members(url=f"{ASSESSMENT.path}/{known.id}")
        return known, False  # sent again, whatever the provider made of it since
    written, facts = await _written(ctx.session, where, entry, before, received)
    return await documents.file(ctx, ASSESSMENT, written, where, facts, known)


async def replace(
    ctx: RequestContext,
    row: DocumentRow,
    entry: AssessmentEntry,
    if_match: str | None,
    received: ReceivedDocument | None = None,
) -> DocumentRow:
    """Say an assessment anew. It keeps the version of its form, unless the entry names another."""
    before = documents.entry_of(ctx, row)
    written, facts = await _written(ctx.session, place_of(row), entry, before, received)
    corrects = row.workplace_id is not None and _says(documents.content_of(written)) != _says(before)
    if corrects and "confirmation" in before and "reported" not in before:
        report = AssessmentReport.model_validate_json(to_json(words(before) | {"dated_on": row.dated_on}))
        written = written.model_copy(update={"reported": report})
    return await documents.replace(ctx, row, written, facts, if_match)


async def confirm(ctx: RequestContext, row: DocumentRow, data: AssessmentConfirmation) -> DocumentRow:
    """The provider takes a workplace's assessment for its own: now it is a document. In the same words again
    nothing changes."""
    before, content = (documents.entry_of(ctx, row), data.model_dump(mode="json", exclude_none=True))
    if row.status == document_rules.FINAL:
        if before.get("confirmation") == content:
            return row
        raise CONFLICT(state=row.status)
    stored = {name: value for name, value in before.items() if name in AssessmentEntry.model_fields}
    entry = AssessmentEntry.model_validate_json(to_json(stored))
    written, facts = await _written(
        ctx.session, place_of(row), entry, before | {"confirmation": content}, None
    )
    values = {
        "status": facts.status,
        "owner_id": ctx.caller.organisation_id,
        "structure": facts.structure,
        "content": documents.content_seal(ctx, row.id).sealed(documents.content_of(written)),
    }
    return await documents.change(ctx, row, values, "updated")


def _says(content: Content) -> Content:
    return {name: value for name, value in content.items() if name in WORDS}


async def _written(
    session: Session, where: Place, entry: AssessmentEntry, before: Content, received: ReceivedDocument | None
) -> tuple[WrittenAssessment, Facts]:
    """The entry completed, judged, and with the texts of its document. `before`: what is recorded already,
    with the confirmation of a workplace's assessment."""
    key, row = where.service_relationship_id, None
    if key is not None:
        row = await session.orm.get(ServiceRelationshipRow, (session.organiser_id, key))
    if row is None:
        raise invalid(MISSING.at("/service_relationship_id"))
    by_workplace, confirmation = where.workplace_id is not None, before.get("confirmation")
    waits = by_workplace and confirmation is None
    structure = (
        received.structure if received is not None else rules.structure(row.service_kind, row.legal_bases)
    )
    entry = _completed(session, entry, structure, None if waits else row, before)
    form = await _form(session, entry, structure, before)
    complete = waits or "participants" in (confirmation or {}) or entry.participants is not None
    audience = "workplace" if by_workplace else "provider"
    findings = validation.check(entry, structure, form, audience, complete=complete, waits=waits)
    refuse(findings + (validation.check_period(entry) if received is None else []))
    data = {name: getattr(entry, name) for name in AssessmentEntry.model_fields}
    written = WrittenAssessment(
        **data | ({"form_version": form.version} if entry.form is not None else {}),
        confirmation=None if confirmation is None else AssessmentConfirmation.model_validate(confirmation),
        document_texts=document.texts(structure, entry, form),
        reported=before.get("reported"),
    )
    assert entry.written_on is not None
    if waits:
        return written, Facts(entry.written_on, None, status=document_rules.UNCONFIRMED)
    return written, Facts(entry.written_on, structure, received=received)


def _completed(
    session: Session,
    entry: AssessmentEntry,
    structure: str,
    row: ServiceRelationshipRow | None,
    before: Content,
) -> AssessmentEntry:
    """What was left out and is known: as it was when the assessment was first recorded, so that a retry is
    the same. What a workplace wrote is completed when it is confirmed: of the relationship it reads nothing."""
    data: Content = {"written_on": session.clock.today()}
    if "written_on" in before:
        data["written_on"] = date.fromisoformat(before["written_on"])
    for name in ("service_task", "service") if row is not None and structure == rules.SUMMARY else ():
        code = before.get(name) or getattr(row, name)
        if code is not None and code.get("display") is not None:
            data[name] = NationalCode.model_validate(code)
    if entry.form is not None and entry.form == before.get("form"):
        data["form_version"] = before["form_version"]
    return entry.model_copy(
        update={name: value for name, value in data.items() if getattr(entry, name) is None}
    )


async def _form(session: Session, entry: AssessmentEntry, structure: str, before: Content) -> Form:
    if entry.form is None:
        if entry.form_version is not None:
            raise invalid(MISSING.at("/form"))
        return validation.without_form(structure, shipped_forms()[NATIONAL])
    versions = await forms.versions_of(session, entry.form)
    stored = before.get("form_version") if before.get("form") == entry.form else None
    assert entry.written_on is not None
    chosen = validation.choose(versions, entry.form_version, entry.written_on, stored)
    if not isinstance(chosen, Form):
        raise invalid(chosen)
    return chosen
