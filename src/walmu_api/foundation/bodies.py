"""The one reader of request bodies: bytes → UTF-8, duplicate keys, depth → a strict model.

FastAPI would validate parsed Python objects, and a strict model then refuses dates and decimals; and it parses before
it asks who is calling. So bodies are read here, after authentication, and validated from their bytes."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any, NoReturn, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from walmu_api.foundation.identifiers import ANYWHERE
from walmu_api.foundation.problems import (
    DUPLICATE_KEY,
    INVALID_VALUE,
    MALFORMED,
    MISSING,
    READ_ONLY,
    TOO_DEEP,
    TOO_LARGE,
    UNKNOWN_PROPERTY,
    Finding,
    Problem,
    invalid,
)
from walmu_api.foundation.wire import SERVER_SET

MAX_DEPTH = 32
BODY_LIMIT = 256 * 1024
BATCH_LIMIT = 8 * 1024 * 1024


_NESTED = (dict, list)

T = TypeVar("T")


class _DuplicateKeyError(ValueError):
    pass


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _DuplicateKeyError
    return made


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


async def read(stream: AsyncIterator[bytes], limit: int) -> bytes:
    """Read a body, counting while reading: chunked bodies meet the same limit."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > limit:
            raise TOO_LARGE(limit=limit).with_headers(Connection="close")
        chunks.append(chunk)
    return b"".join(chunks)


def _depth(value: Any) -> int:
    deepest, level = 0, [value] if isinstance(value, _NESTED) else []
    while level:
        deepest += 1
        if deepest > MAX_DEPTH + 1:
            break
        level = [
            inner
            for item in level
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, _NESTED)
        ]
    return deepest


def parse(raw: bytes) -> Any:
    """Plain JSON with everything refused that parsers differ about. The result is only for looking at."""
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_refuse_constant)
    except _DuplicateKeyError:
        raise invalid(DUPLICATE_KEY.at("")) from None
    except RecursionError:
        raise invalid(TOO_DEEP.at("")) from None
    except ValueError:  # not UTF-8, not JSON, NaN, numbers of thousands of digits
        raise MALFORMED() from None
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise invalid(TOO_DEEP.at(""))
    return value


_LOOSE_COLON = re.compile(rb'"\s+:')


def no_member_twice(raw: bytes, members: int) -> bool:
    """Whether a body that a strict model read as so many members holds none twice, told by counting, without reading it
    again: each member has one `":`, unless an escaped quote or a space before the colon makes that unsure."""
    return raw.count(b'":') == members and b'\\"' not in raw and not _LOOSE_COLON.search(raw)


def is_source_id(text: str) -> bool:
    """Whether text may be echoed as the sender's own key."""
    plain = 0 < len(text) <= 100 and text.isascii() and text.isprintable() and " " not in text
    return plain and not ANYWHERE.search(text)


def pointer(location: tuple[int | str, ...]) -> str:
    """A JSON Pointer. The name of an unknown member is the sender's text: an identity code in it is not said again."""
    parts = (ANYWHERE.sub("[identity code]", str(part)) for part in location)
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def finding(error: ErrorDetails) -> Finding:
    """One error of the model as a finding; the offending value is never taken along."""
    where = pointer(error["loc"])
    match error["type"]:
        case "missing":
            return MISSING.at(where)
        case "extra_forbidden":
            return (READ_ONLY if error["loc"][-1] in SERVER_SET else UNKNOWN_PROPERTY).at(where)
        case "value_error":
            reason = error["msg"].removeprefix("Value error, ")
            return INVALID_VALUE.at(where, reason=reason)
        case "uuid_parsing" | "json_invalid":
            return INVALID_VALUE.at(where, reason="not well formed")
        case _:
            reason = error["msg"].removeprefix("Input ").rstrip(".")
            return INVALID_VALUE.at(where, reason=reason)


def findings(error: ValidationError) -> list[Finding]:
    return [finding(e) for e in error.errors(include_url=False, include_context=False, include_input=False)][:100]


def validate(adapter: TypeAdapter[T], raw: bytes) -> T:
    """Bytes to a strict model, or a problem that lists every finding with its place."""
    parse(raw)
    try:
        return adapter.validate_json(raw)
    except ValidationError as error:
        raise invalid(*findings(error)) from None


__all__ = [
    "BATCH_LIMIT",
    "BODY_LIMIT",
    "Problem",
    "finding",
    "findings",
    "parse",
    "pointer",
    "read",
    "validate",
]
