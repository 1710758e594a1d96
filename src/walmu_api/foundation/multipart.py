"""The reader of multipart/form-data: named parts, each once and each within its own limit.

The body has been counted while it came (`bodies.read`); the grammar is python-multipart's."""

from collections.abc import Mapping
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from walmu_api.foundation import validation_messages
from walmu_api.foundation.problems import (
    DUPLICATE_KEY,
    INVALID_VALUE,
    MISSING,
    UNKNOWN_PROPERTY,
    ProblemType,
    Text,
    invalid,
)

MEDIA_TYPE = "multipart/form-data"
PART_TOO_LARGE = ProblemType(
    "part-too-large",
    413,
    Text(
        "A part of the body is too large", "Sisällön osa on liian suuri", "En del av innehållet är för stor"
    ),
    Text(
        "This part may be at most {limit} bytes.",
        "Tämä osa saa olla enintään {limit} tavua.",
        "Denna del får vara högst {limit} byte.",
    ),
)


@dataclass
class Part:
    """One part: its name and its content."""

    name: str = ""
    filename: str = ""
    content: bytes = b""


class _Reader:
    """What the grammar finds, gathered; the first thing that may not be ends it."""

    def __init__(self, limits: Mapping[str, int]) -> None:
        self.limits = limits
        self.parts: dict[str, Part] = {}
        self.part = Part()
        self.field, self.value = b"", b""
        self.headers: dict[bytes, bytes] = {}
        self.chunks: list[bytes] = []
        self.size = 0
        self.ended = False

    def on_part_begin(self) -> None:
        self.part, self.headers, self.chunks, self.size = Part(), {}, [], 0

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self.field += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]

    def on_header_end(self) -> None:
        self.headers[self.field.lower()] = self.value
        self.field, self.value = b"", b""

    def on_headers_finished(self) -> None:
        kind, options = parse_options_header(self.headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if kind.lower() != b"form-data" or b"content-transfer-encoding" in self.headers:
            raise invalid(INVALID_VALUE.at("", reason=validation_messages.NOT_MULTIPART))
        if name not in self.limits:
            raise invalid(UNKNOWN_PROPERTY.at(""))
        if name in self.parts:
            raise invalid(DUPLICATE_KEY.at(f"/{name}"))
        self.part = self.parts[name] = Part(name, options.get(b"filename", b"").decode("utf-8", "replace"))

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.size += end - start
        if self.size > (limit := self.limits[self.part.name]):
            raise PART_TOO_LARGE(limit=limit)
        self.chunks.append(data[start:end])

    def on_part_end(self) -> None:
        self.part.content = b"".join(self.chunks)

    def on_end(self) -> None:
        self.ended = True


def read(raw: bytes, content_type: str, limits: Mapping[str, int]) -> dict[str, Part]:
    """The parts by name. Every one named in `limits` must be there, and no other may."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    reader = _Reader(limits)
    callbacks = {name: getattr(reader, name) for name in dir(reader) if name.startswith("on_")}
    try:
        if not 1 <= len(boundary) <= 70:
            raise FormParserError("no boundary")
        parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]
        parser.write(raw)
        parser.finalize()
    except FormParserError:
        reader.ended = False
    if not reader.ended:
        raise invalid(INVALID_VALUE.at("", reason=validation_messages.NOT_MULTIPART))
    if missing := [MISSING.at(f"/{name}") for name in limits if name not in reader.parts]:
        raise invalid(*missing)
    return reader.parts
