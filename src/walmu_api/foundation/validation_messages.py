"""Why a value does not fit, whatever it is part of; each feature declares its own reasons beside these.

`of` finds the reason of an error of pydantic: the one that a validator of ours raised, or the one for
pydantic's own."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic_core import ErrorDetails

from walmu_api.foundation import patterns
from walmu_api.foundation.locales import Reason

NOT_WELL_FORMED = Reason("not-well-formed")
TEXT = Reason("text")
NUMBER = Reason("number")
WHOLE_NUMBER = Reason("whole-number")
TRUE_OR_FALSE = Reason("true-or-false")
BLANK = Reason("blank")
LIST = Reason("list")
OBJECT = Reason("object")
ONE_OF = Reason("one-of")
PATTERN = Reason("pattern")
TOO_SHORT = Reason("too-short")
TOO_LONG = Reason("too-long")
TOO_FEW = Reason("too-few")
TOO_MANY = Reason("too-many")
TOO_SMALL = Reason("too-small")
TOO_BIG = Reason("too-big")
SURROGATE = Reason("surrogate")
NOT_JSON = Reason("not-json")
NOT_JSON_AT = Reason("not-json-at")
NOTHING = Reason("nothing")
NOT_UTF8 = Reason("not-utf8")
BYTE_ORDER_MARK = Reason("byte-order-mark")
NO_NUMBER = Reason("no-number")

DAY = Reason("day")
INSTANT = Reason("instant")
UUID = Reason("uuid")
MONEY = Reason("money")
OWN_KEY = Reason("own-key")
VISIBLE_KEY = Reason("visible-key")
CURSOR = Reason("cursor")
IDENTIFIER = Reason("identifier")
UNCHANGEABLE = Reason("unchangeable")
NOT_YET = Reason("not-yet")
NOT_MULTIPART = Reason("not-multipart")

_OF_PYDANTIC: Mapping[str, Reason] = {
    "string_type": TEXT,
    "string_unicode": SURROGATE,
    "string_pattern_mismatch": PATTERN,
    "string_too_short": TOO_SHORT,
    "string_too_long": TOO_LONG,
    "too_short": TOO_FEW,
    "too_long": TOO_MANY,
    "int_type": WHOLE_NUMBER,
    "int_parsing": WHOLE_NUMBER,
    "int_parsing_size": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "float_type": NUMBER,
    "finite_number": NUMBER,
    "bool_type": TRUE_OR_FALSE,
    "bool_parsing": TRUE_OR_FALSE,
    "list_type": LIST,
    "model_type": OBJECT,
    "dict_type": OBJECT,
    "model_attributes_type": OBJECT,
    "literal_error": ONE_OF,
    "enum": ONE_OF,
    "greater_than_equal": TOO_SMALL,
    "less_than_equal": TOO_BIG,
}
_CONTEXT_MEMBERS = ("expected", "pattern", "min_length", "max_length", "ge", "le")
"""What is said of the rule; whatever else pydantic tells may hold the value."""


_known = cache(Reason)


def of(error: ErrorDetails) -> dict[str, Any]:
    """The reason of an error, and what it names: from the rule, never from the value."""
    if error["type"] == Reason.TYPE:
        return {"reason": _known(error["ctx"]["reason"])}
    data = {name: value for name, value in error.get("ctx", {}).items() if name in _CONTEXT_MEMBERS}
    if "expected" in data:
        data["expected"] = str(data["expected"]).replace("' or '", "', '")
    if (named := patterns.WORDS.get(data.get("pattern", ""))) is not None:
        return {"reason": named}
    return {"reason": _OF_PYDANTIC.get(error["type"], NOT_WELL_FORMED), **data}
