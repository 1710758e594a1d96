"""What a workplace reads of a diary entry that it wrote. Pure.

ADR 41."""

from walmu_api.access.audiences import without_acts_of_others
from walmu_api.access.caller import Caller
from walmu_api.foundation.content_types import Content
from walmu_api.record.everyday.work_diary import rules


def entry(content: Content, caller: Caller) -> Content:
    """The record as its workplace reads it."""
    return rules.as_reported(without_acts_of_others(content, caller))
