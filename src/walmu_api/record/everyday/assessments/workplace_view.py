"""What a workplace reads of an assessment that it wrote: its own words, also when the provider corrected them. Pure.

ADR 41."""

from walmu_api.access.audiences import without_acts_of_others
from walmu_api.access.caller import Caller
from walmu_api.foundation.content_types import Content
from walmu_api.record.case_file.documents.schemas import InCase
from walmu_api.record.everyday.assessments.schemas import AssessmentEntry

WORDS = frozenset(AssessmentEntry.model_fields) - frozenset(InCase.model_fields)
"""What an assessment says."""
_OF_THE_SERVICE = frozenset({"service_task", "service"})
"""What confirming adds from the relationship; a workplace does not write it."""
_WRITTEN = WORDS - _OF_THE_SERVICE
_OF_OTHERS = _OF_THE_SERVICE | {"structure", "confirmation", "reported", "document_texts"}
"""What the provider said or the server added. The structure follows from the legal basis."""


def words(content: Content) -> Content:
    """What a workplace said in an assessment, without whose it is and what was added."""
    return {name: value for name, value in content.items() if name in _WRITTEN}


def assessment(content: Content, caller: Caller) -> Content:
    """The record as its workplace reads it: its own words and the state, not what the provider made of them."""
    data = without_acts_of_others(content, caller)
    if "reported" in data:
        data = {name: value for name, value in data.items() if name not in WORDS} | data["reported"]
    own = {name: value for name, value in data.items() if name not in _OF_OTHERS}
    return own | {"document_texts": {}}
