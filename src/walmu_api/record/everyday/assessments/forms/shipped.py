"""The forms that come with the product, read once. Every organiser has them without any act."""

from collections.abc import Mapping
from functools import cache

from pydantic_core import to_json

from walmu_api.foundation.data_files import read_yaml
from walmu_api.record.everyday.assessments.forms.schemas import AssessmentFormEntry
from walmu_api.record.everyday.assessments.forms.validation import Form

NATIONAL = "uniform"
"""The form whose items are the content fields of structure 1003, under the same keys."""


@cache
def shipped_forms() -> Mapping[str, Form]:
    forms = read_yaml("walmu_api.record.everyday.assessments.forms", "shipped.yaml")["forms"]
    return {
        key: Form(key, 1, AssessmentFormEntry.model_validate_json(to_json(form)))
        for key, form in sorted(forms.items())
    }
