"""Text that must say something: of blanks only it is refused where it comes in."""

from typing import Any

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from walmu_api.foundation import patterns, validation_messages
from walmu_api.foundation.locales import Reason

AT_THE_DOOR = {"at_the_door": True}
"""The context in which a body is validated; what is stored is read without it."""


def _stored(value: Any, info: ValidationInfo) -> Any:
    """A text of blanks only: refused at the door, told as it is where it was recorded before that was so."""
    if (
        info.context is AT_THE_DOOR
        and isinstance(value, str)
        and value
        and patterns.UNSEEN_ONLY.fullmatch(value)
    ):
        raise validation_messages.BLANK.error()
    return value


class SaysSomething:
    """Text that does not consist of blanks only. A call into Python is made for those that do."""

    _seen = core_schema.union_schema(
        [
            core_schema.str_schema(pattern=patterns.SEEN, strict=True),
            core_schema.with_info_plain_validator_function(_stored),
        ],
        mode="left_to_right",
        custom_error_type=Reason.TYPE,
        custom_error_message=Reason.MESSAGE,
        custom_error_context=validation_messages.BLANK.context,
    )

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = handler(source)
        shown = {"pydantic_js_functions": [lambda _schema, data: self._shown(data(inner))]}
        return core_schema.chain_schema([self._seen, inner], metadata=shown)

    @staticmethod
    def _shown(data: dict[str, Any]) -> dict[str, Any]:
        return data | {"pattern": patterns.non_blank_pattern(data["pattern"])}
