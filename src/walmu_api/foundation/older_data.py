"""Reading what an earlier version stored: texts may have characters in them that are refused today."""

from typing import Any, Self

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from walmu_api.foundation.patterns import without_odd


class ReadsOlderData(BaseModel):
    """A message that leaves such characters out when it is made of what is stored."""

    @classmethod
    def model_validate(cls, obj: Any, **how: Any) -> Self:
        """Of what is stored. Bodies are read by `request_body`, which refuses what this leaves out of older data: one
        character that no text may hold would else break the record, and every list and feed that it stands in."""
        try:
            return super().model_validate(obj, **how)
        except ValidationError:
            members = {name: getattr(obj, name) for name in cls.model_fields if hasattr(obj, name)}
            return super().model_validate(without_odd(obj if isinstance(obj, dict) else members), **how)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **how: Any) -> Self:
        """The same of JSON."""
        try:
            return super().model_validate_json(json_data, **how)
        except ValidationError:
            return super().model_validate_json(to_json(without_odd(from_json(json_data))), **how)
