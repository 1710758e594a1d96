"""The resources whose records are national documents: how their content is read, and how a document becomes one of them.

A kind of the store brings its `record` and `replace`; a kind whose content is laid out otherwise than its document brings
the two functions between (`content_of`, `entry_of`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from walmu_api.access.context import RequestContext
from walmu_api.adapters.national.structures.definitions import Structure
from walmu_api.record.case_file.cases import service as cases
from walmu_api.record.case_file.cases.service import CASE
from walmu_api.record.case_file.documents.service import ResourceDefinition
from walmu_api.record.case_file.documents.tables import DocumentRow, Place
from walmu_api.record.case_file.plans import rules as plan_rules
from walmu_api.record.case_file.plans import service as plans
from walmu_api.record.case_file.plans.service import PLAN
from walmu_api.record.case_file.start_interviews import document as interview_document
from walmu_api.record.case_file.start_interviews import service as start_interviews
from walmu_api.record.case_file.start_interviews.service import START_INTERVIEW
from walmu_api.record.everyday.assessments import document as assessment_document
from walmu_api.record.everyday.assessments import service as assessments
from walmu_api.record.everyday.assessments.service import ASSESSMENT
from walmu_api.record.everyday.service_events import rules as event_rules
from walmu_api.record.everyday.service_events import service as service_events
from walmu_api.record.everyday.service_events.service import SERVICE_EVENT
from walmu_api.record.everyday.work_diary import rules as diary_rules
from walmu_api.record.everyday.work_diary import service as work_diary
from walmu_api.record.everyday.work_diary.service import DIARY_ENTRY


class Record(Protocol):
    async def __call__(
        self,
        ctx: RequestContext,
        entry: Any,
        received: dict[str, Any] | None = None,
        where: Place | None = None,
    ) -> tuple[DocumentRow, bool]: ...


class Replace(Protocol):
    async def __call__(
        self,
        ctx: RequestContext,
        row: DocumentRow,
        entry: Any,
        if_match: str | None,
        received: dict[str, Any] | None = None,
    ) -> DocumentRow: ...


def _same(content: dict[str, Any]) -> dict[str, Any]:
    return content


def _same_entry(_structure: Structure, ours: dict[str, Any]) -> dict[str, Any]:
    return ours


_PLANS = {oid: kind for kind, oid in plan_rules.STRUCTURES.items()}


def _plan_entry(structure: Structure, ours: dict[str, Any]) -> dict[str, Any]:
    """The structure says which plan it is."""
    kind, services = _PLANS[structure.oid]
    return ours | {"kind": kind, "services": services}


@dataclass(frozen=True)
class Filed:
    """A kind of the store: `content_of` makes of its content what the table maps, `entry_of` the other way."""

    kind: ResourceDefinition
    record: Record
    replace: Replace
    content_of: Callable[[dict[str, Any]], dict[str, Any]] = _same
    entry_of: Callable[[Structure, dict[str, Any]], dict[str, Any]] = _same_entry
    only: Callable[[Structure, dict[str, Any]], bool] | None = None
    """Which documents are of this kind, where the structure alone does not tell."""

    def takes(self, structure: Structure, ours: dict[str, Any]) -> bool:
        """Whether a document becomes a record of this kind."""
        if self.only is not None:
            return self.only(structure, ours)
        return structure.resource == self.kind.collection


def _of_kind(structures: Mapping[str, str]) -> Callable[[Structure, dict[str, Any]], dict[str, Any]]:
    """Where several kinds of a resource have one structure, a document is of the first of them."""

    def entry_of(structure: Structure, ours: dict[str, Any]) -> dict[str, Any]:
        return {"kind": next(kind for kind, oid in structures.items() if oid == structure.oid), **ours}

    return entry_of


def _is_start_interview(structure: Structure, ours: dict[str, Any]) -> bool:
    """A summary whose purpose says so."""
    return structure.resource == ASSESSMENT.collection and ours.get("purpose") == interview_document.PURPOSE


FILED: dict[str, Filed] = {
    each.kind.resource_type: each
    for each in (
        Filed(CASE, cases.record, cases.replace),
        Filed(PLAN, plans.record, plans.replace, entry_of=_plan_entry),
        Filed(
            START_INTERVIEW,
            start_interviews.record,
            start_interviews.replace,
            interview_document.document_content,
            interview_document.entry_from_document,
            _is_start_interview,
        ),
        Filed(
            ASSESSMENT,
            assessments.record,
            assessments.replace,
            assessment_document.document_content,
            assessment_document.entry_from_document,
        ),
        Filed(DIARY_ENTRY, work_diary.record, work_diary.replace, entry_of=_of_kind(diary_rules.STRUCTURES)),
        Filed(
            SERVICE_EVENT,
            service_events.record,
            service_events.replace,
            entry_of=_of_kind(event_rules.STRUCTURES),
        ),
    )
}
"""By type of resource."""
COLLECTIONS = frozenset(face.kind.collection for face in FILED.values())
