"""The reader of multipart/form-data: named parts, each once and each within its own limit.

The body was counted as it came (`request_body.read`); Starlette's parser reads it, in a thread. Files hold
clients' data: they stay in memory and are never written to a temporary file."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping

from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, MultiPartParser, MultipartPart

from walmu_api.foundation import validation_messages
from walmu_api.foundation.problems import (
    DUPLICATE_KEY,
    INVALID_VALUE,
    MISSING,
    UNKNOWN_PROPERTY,
    Problem,
    ProblemType,
    invalid,
)

MEDIA_TYPE = "multipart/form-data"
PART_TOO_LARGE = ProblemType("part-too-large", 413)
_NOT_ENCODED = {b"7bit", b"8bit", b"binary"}
"""Transfer encodings that change nothing (RFC 2045, 6.2)."""
_CHUNK = 64 * 1024
"""The parser holds a chunk of a file twice, so it gets the body in small ones."""


class _Parser(MultiPartParser):
    """Starlette's parser; a part is refused as soon as it is unknown, repeated, encoded or over its limit."""

    spool_max_size = 0  # unlimited: nothing is written to disk

    def __init__(self, raw: bytes, boundary: bytes, limits: Mapping[str, int]) -> None:
        # The boundary alone: the parser would read the names of parts in a charset that the sender names.
        quoted = boundary.replace(b"\\", b"\\\\").replace(b'"', b'\\"').decode("latin-1")
        headers = Headers({"content-type": f'{MEDIA_TYPE}; boundary="{quoted}"'})
        super().__init__(headers, _chunks(raw), max_part_size=len(raw))
        self.limits = limits
        self.parts: dict[str, MultipartPart] = {}
        self.size = 0
        self.ended = False

    def on_headers_finished(self) -> None:
        part = self._current_part
        disposition, options = parse_options_header(part.content_disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        encoded = any(
            field == b"content-transfer-encoding" and how.strip().lower() not in _NOT_ENCODED
            for field, how in part.item_headers
        )
        if disposition.lower() != b"form-data" or encoded:
            raise _not_multipart()
        if name not in self.limits:
            raise invalid(UNKNOWN_PROPERTY.at(""))
        if name in self.parts:
            raise invalid(DUPLICATE_KEY.at(f"/{name}"))
        super().on_headers_finished()
        self.parts[name], self.size = part, 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.size += end - start
        if self.size > (limit := self.limits[self._current_part.field_name]):
            raise PART_TOO_LARGE(limit=limit)
        super().on_part_data(data, start, end)

    def on_end(self) -> None:
        self.ended = True


async def _chunks(raw: bytes) -> AsyncGenerator[bytes, None]:
    for at in range(0, len(raw), _CHUNK):
        yield raw[at : at + _CHUNK]


def _not_multipart() -> Problem:
    return invalid(INVALID_VALUE.at("", reason=validation_messages.NOT_MULTIPART))


def read(
    raw: bytes, content_type: str, limits: Mapping[str, int], optional: Collection[str] = ()
) -> dict[str, bytes]:
    """The content of the parts by name. Every one named in `limits` must be there, but for the `optional` ones, and no
    other may."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if not 1 <= len(boundary) <= 70:
        raise _not_multipart()
    return asyncio.run(_read(_Parser(_without_preamble(raw, boundary), boundary, limits), optional))


def _without_preamble(raw: bytes, boundary: bytes) -> bytes:
    """What stands above the first boundary is no part (RFC 2046, 5.1.1). Starlette's parser does not know that."""
    if raw.startswith(tuple(b"--" + boundary + behind for behind in (b"\r\n", b"--", b" ", b"\t"))):
        return raw
    at = raw.find(b"\r\n--" + boundary + b"\r\n")
    return raw[at + 2 :] if at >= 0 else raw


async def _read(parser: _Parser, optional: Collection[str]) -> dict[str, bytes]:
    try:
        form = await parser.parse()
    except MultiPartException:
        raise _not_multipart() from None
    try:
        if not parser.ended:
            raise _not_multipart()
        needed = [name for name in parser.limits if name not in optional]
        if missing := [MISSING.at(f"/{name}") for name in needed if name not in parser.parts]:
            raise invalid(*missing)
        return {
            name: part.file.file.read() if part.file is not None else bytes(part.data)
            for name, part in parser.parts.items()
        }
    finally:
        await form.close()
