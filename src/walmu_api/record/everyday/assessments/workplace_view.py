"""What a workplace reads of an assessment that it wrote: its own words, also when the provider corrected them. Pure.

ADR 41."""

from walmu_api.access.audiences import without_acts_of_others
from walmu_api.access.caller import Caller
from walmu_api.foundation.content_types import Content
from walmu_api.record.case_file.documents.schemas import InCase
from walmu_api.record.everyday.assessments.schemas import AssessmentEntry

WORDS = frozenset(AssessmentEntry.model_fields) - frozenset(InCase.model_fields)
"""What an assessment says."""


def words(content: Content) -> Content:
    """What an assessment says, without whose it is and what the server added."""
    return {name: value for name, value in content.items() if name in WORDS}


def assessment(content: Content, caller: Caller) -> Content:
    """The record as its workplace reads it; the texts of a corrected document are the provider's."""
    data = without_acts_of_others(content, caller)
    if "reported" not in data:
        return data
    others = {name: value for name, value in data.items() if name not in WORDS | {"reported"}}
    reported: Content = data["reported"]
    return others | reported | {"document_texts": {}}
