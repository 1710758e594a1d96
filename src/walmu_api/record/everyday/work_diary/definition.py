"""The work diary: declared."""

from walmu_api.access.resource import NationalForm, ResourceDefinition, disclosing, kind_by_structure
from walmu_api.access.scopes import Scope
from walmu_api.record.everyday.work_diary import rules, workplace_view
from walmu_api.record.everyday.work_diary.schemas import DiaryEntry, DiaryEntryEntry

DIARY_ENTRY = ResourceDefinition(
    "diary-entry",
    "/v1/diary-entries",
    "work diary",
    Scope.DIARY_ENTRIES_READ,
    DiaryEntry,
    DiaryEntryEntry,
    problems=rules.PROBLEMS,
    disclosing=disclosing("diary"),
    views={"workplace": workplace_view.entry},
    national=NationalForm(rules.as_document, kind_by_structure(rules.STRUCTURES)),
)
