"""The one reader of request bodies: bytes → UTF-8, duplicate keys, depth → a strict model.

FastAPI would validate parsed Python objects, and a strict model then refuses dates and decimals; and it
parses before it asks who is calling. So bodies are read here, after authentication, and validated from their
bytes.

ADR 26."""

import asyncio
import codecs
import json
import re
from collections.abc import AsyncIterator, Callable
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import ClientDisconnect

from walmu_api.foundation import validation_messages
from walmu_api.foundation.identity_codes import ANYWHERE
from walmu_api.foundation.non_blank import AT_THE_DOOR
from walmu_api.foundation.problems import (
    BODY_TOO_SLOW,
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
from walmu_api.foundation.schema_types import SERVER_SET, set_by_server

MAX_DEPTH = 32
BODY_LIMIT = 256 * 1024
BATCH_LIMIT = 8 * 1024 * 1024
DISCARDED = 64 * 1024 * 1024
SECONDS = 15.0
"""How long a body may take to arrive."""


_NESTED = (dict, list)

T = TypeVar("T")
Location = tuple[int | str, ...]


class _Repeated(dict[str, Any]):
    """An object that has a member twice."""

    name = ""


_TORN = re.compile("[\ud800-\udfff]")


def _marking(repeated: list[_Repeated]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """What makes objects of their members, and keeps those that have one twice."""

    def make(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        created = dict(pairs)
        if len(created) == len(pairs):
            return created
        marked, left = _Repeated(created), set(created)
        for name, _ in pairs:
            if name not in left:
                marked.name = name
                break
            left.remove(name)
        repeated.append(marked)
        return marked

    return make


def _place(value: Any, sought: Callable[[Any], bool], at: Location = ()) -> Location | None:
    """Where the first thing that is sought stands in a body that was found too odd to be validated."""
    if sought(value):
        return at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return next(
        (found for key, part in inner if (found := _place(part, sought, (*at, key))) is not None), None
    )


def _is_torn(value: Any) -> bool:
    """Text, or the name of a member, with half of a surrogate pair: JSON can escape it, UTF-8 cannot say it."""
    texts = [value] if isinstance(value, str) else value if isinstance(value, dict) else ()
    return any(_TORN.search(text) for text in texts)


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


async def read(stream: AsyncIterator[bytes], limit: int, seconds: float = SECONDS) -> bytes:
    """Read a body, counting while reading: chunked bodies meet the same limit, and one that trickles is given
    up.

    What is over the limit is read on, up to `DISCARDED`, and forgotten: to close on a sender that is still
    sending would show it a broken connection in place of the answer."""
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in stream:
                size += len(chunk)
                if size <= limit:
                    chunks.append(chunk)
                elif size > DISCARDED:
                    break
                else:
                    chunks.clear()
    except (TimeoutError, ClientDisconnect):  # of a sender that went away, only the log hears
        raise BODY_TOO_SLOW(seconds=f"{seconds:g}").with_headers(Connection="close") from None
    if size > limit:
        raise too_large(limit, size)
    return b"".join(chunks)


def too_large(limit: int, size: int) -> Problem:
    """The server forgets the rest of a body that was refused unread; one without measure is cut."""
    problem = TOO_LARGE(limit=limit)
    return problem.with_headers(Connection="close") if size > DISCARDED else problem


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


def _malformed(raw: bytes, error: ValueError) -> Problem:
    """Why bytes are no JSON, and where: enough to mend the sender, and nothing of what it sent."""
    if not raw.strip():
        return MALFORMED(why=validation_messages.NOTHING)
    if isinstance(error, UnicodeDecodeError):
        return MALFORMED(why=validation_messages.NOT_UTF8)
    if raw.startswith(codecs.BOM_UTF8):
        return MALFORMED(why=validation_messages.BYTE_ORDER_MARK)
    if isinstance(error, json.JSONDecodeError):
        return MALFORMED(why=validation_messages.NOT_JSON_AT, line=error.lineno, column=error.colno)
    return MALFORMED(why=validation_messages.NO_NUMBER)


def parse(raw: bytes) -> Any:
    """Plain JSON with everything refused that parsers differ about. The result is only for looking at."""
    repeated: list[_Repeated] = []
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_marking(repeated), parse_constant=_refuse_constant
        )
    except RecursionError:
        raise invalid(TOO_DEEP.at("")) from None
    except ValueError as error:
        raise _malformed(raw, error) from None
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise invalid(TOO_DEEP.at(""))
    if repeated:
        at = _place(value, lambda part: part is repeated[-1]) or ()
        raise invalid(DUPLICATE_KEY.at(pointer((*at, repeated[-1].name))))
    return value


def _flat(adapter: TypeAdapter[T], raw: bytes) -> T | None:
    """A body that is one object without anything inside, such as a day, read once; nothing when it may be
    odd."""
    try:
        read = adapter.validate_json(raw, context=AT_THE_DOOR)
    except ValidationError:
        return None
    return read if isinstance(read, BaseModel) and no_member_twice(raw, len(read.model_fields_set)) else None


_LOOSE_COLON = re.compile(rb'"\s+:')
_SPACES = (b" :", b"\t", b"\r", b"\n")
"""Without any of these no colon is loose: to look for them is cheaper than the pattern."""


def no_member_twice(raw: bytes, members: int) -> bool:
    """Whether a body that a strict model read as so many members holds none twice, told by counting, without reading it
    again: each member has one `":`, unless an escaped quote or a space before the colon makes that unsure."""
    if raw.count(b'":') != members or (b"\\" in raw and b'\\"' in raw):
        return False
    return not (any(space in raw for space in _SPACES) and _LOOSE_COLON.search(raw))


def is_source_id(text: str) -> bool:
    """Whether text may be echoed as the sender's own key."""
    plain = 0 < len(text) <= 100 and text.isascii() and text.isprintable() and " " not in text
    return plain and not ANYWHERE.search(text)


def pointer(location: Location, most: int = 64) -> str:
    """A JSON Pointer. The name of an unknown member is the sender's text: an identity code in it is not said
    again, nor more than `most` characters of it, which is enough to find it, nor what UTF-8 cannot say."""
    parts = (
        ANYWHERE.sub("[identity code]", str(part))[:most].encode("utf-8", "replace").decode()
        for part in location
    )
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def finding(error: ErrorDetails, server_set: frozenset[str] = SERVER_SET) -> Finding:
    """One error of the model as a finding; the offending value is never taken along."""
    where = pointer(error["loc"])
    match error["type"]:
        case "missing":
            return MISSING.at(where)
        case "extra_forbidden":
            return (READ_ONLY if error["loc"][-1] in server_set else UNKNOWN_PROPERTY).at(where)
        case _:
            return INVALID_VALUE.at(where, **validation_messages.of(error))


def findings(error: ValidationError, parsed: Any, model: Any = None) -> list[Finding]:
    """Every error of the model. What pydantic cannot read although it is JSON is half of a surrogate pair."""
    data = error.errors(include_url=False, include_input=False)
    if data[0]["type"] == "json_invalid" and (at := _place(parsed, _is_torn)) is not None:
        return [INVALID_VALUE.at(pointer(at), reason=validation_messages.SURROGATE)]
    known = set_by_server(model) if isinstance(model, type) and issubclass(model, BaseModel) else SERVER_SET
    return [finding(each, known if len(each["loc"]) == 1 else SERVER_SET) for each in data[:100]]


def validate(adapter: TypeAdapter[T], raw: bytes, model: Any = None) -> T:
    """Bytes to a strict model, or a problem that lists every finding with its place."""
    if raw.count(b"{") == 1 and b"[" not in raw and (read := _flat(adapter, raw)) is not None:
        return read
    parsed = parse(raw)
    try:
        return adapter.validate_json(raw, context=AT_THE_DOOR)
    except ValidationError as error:
        raise invalid(*findings(error, parsed, model)) from None


__all__ = [
    "BATCH_LIMIT",
    "BODY_LIMIT",
    "Problem",
    "finding",
    "findings",
    "parse",
    "pointer",
    "read",
    "too_large",
    "validate",
]
