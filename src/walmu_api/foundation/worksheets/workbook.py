"""XLSX (ISO/IEC 29500), read as it is unpacked: of a workbook only the sheet that is asked for, the texts that its
cells share, and of the styles only the formats of numbers. Macros, links, pictures and whatever else is packed with
them are never unpacked; nothing is worked out or followed.

By hand on expat, because a reader of whole workbooks builds what is never asked for, and that is what bombs are made
of (ADR 51)."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from xml.parsers import expat

from walmu_api.foundation.texts import folded
from walmu_api.foundation.worksheets import limits
from walmu_api.foundation.worksheets.cell_values import Cells
from walmu_api.foundation.worksheets.limits import NOT_A_WORKSHEET, RefusedError, Value
from walmu_api.foundation.worksheets.parts import Formats, Names, Part, Relationships, SharedTexts, Sheet

P = TypeVar("P", bound=Part)
_LONGEST_TITLE, _MOST_TITLES = 200, 20
_CHUNK = 64 * 1024
_LONGEST_TOKEN = 1024 * 1024
"""Bytes of one tag with its attributes; text between tags comes in pieces."""
_ODD = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    IndexError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
"""What the standard library raises at files that are not what they say."""


def read(
    raw: bytes, sheet: str | None, wanted: Sequence[str] | None, *, hidden_rows: bool
) -> tuple[dict[str, Any], Iterator[tuple[int, list[Value]]]]:
    """How the file was read, and the rows of a sheet by number; the first one that is not hidden when none is named. How many
    hidden rows were left out is there when all have been read."""
    with _odd_is_refused():
        book = _Book(raw)
        title, path, hidden = book.sheet(sheet)
    read_as: dict[str, Any] = {"format": "xlsx", "sheet": title[:_LONGEST_TITLE]}
    if hidden:
        read_as["hidden_sheets"] = [each[:_LONGEST_TITLE] for each in hidden[:_MOST_TITLES]]
    return read_as, book.rows(path, wanted, read_as, hidden_rows=hidden_rows)


@contextmanager
def _odd_is_refused() -> Iterator[None]:
    try:
        yield
    except expat.ExpatError as error:
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
            raise MemoryError from None
        raise RefusedError(NOT_A_WORKSHEET) from None
    except _ODD:
        raise RefusedError(NOT_A_WORKSHEET) from None


def _opened(raw: bytes) -> zipfile.ZipFile:
    """The packed file. Its directory says how large each member is, and no more than that is ever unpacked."""
    if raw.count(b"PK\x01\x02") > limits.MOST_MEMBERS:  # before the directory is made into objects
        raise RefusedError(limits.TOO_SWOLLEN)
    packed = zipfile.ZipFile(io.BytesIO(raw))
    members = packed.infolist()
    size = sum(member.file_size for member in members)
    swelling = size > limits.SWELLS_FROM and size > limits.MOST_SWELLING * len(raw)
    if len(members) > limits.MOST_MEMBERS or size > limits.MOST_UNPACKED or swelling:
        raise RefusedError(limits.TOO_SWOLLEN)
    if any(member.flag_bits & 1 for member in members):
        raise RefusedError(limits.LOCKED)
    if any(member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for member in members):
        raise RefusedError(NOT_A_WORKSHEET)
    return packed


class _Book:
    def __init__(self, raw: bytes) -> None:
        self._packed = _opened(raw)
        path = self._related("").of_kind("officeDocument")
        if path is None:
            raise RefusedError(NOT_A_WORKSHEET)
        self._related_to_book = self._related(path)
        self._names = self._read(path, Names())

    def sheet(self, name: str | None) -> tuple[str, str, list[str]]:
        """The title of a sheet, the member in which it stands, and the titles of the hidden ones that are not read."""
        worksheets = self._related_to_book.all_of_kind("worksheet")
        there = [(title, key, hidden) for title, key, hidden in self._names.sheets if key in worksheets]
        if name is None:
            found = [each for each in there if not each[2]]
        else:
            found = [each for each in there if each[0] == name] or [
                each for each in there if folded(each[0]) == folded(name)
            ]
        if not found:
            raise RefusedError(limits.SHEET if name is not None or not there else limits.ALL_HIDDEN)
        title, key, _ = found[0]
        return title, worksheets[key], [each for each, _, hidden in there if hidden and each != title]

    def rows(
        self, path: str, wanted: Sequence[str] | None, read_as: dict[str, Any], *, hidden_rows: bool
    ) -> Iterator[tuple[int, list[Value]]]:
        with _odd_is_refused():
            texts, formats = SharedTexts(), Formats()
            if (shared := self._related_to_book.of_kind("sharedStrings")) in self._packed.NameToInfo:
                self._read(shared, texts)
            if (styles := self._related_to_book.of_kind("styles")) in self._packed.NameToInfo:
                if self._packed.getinfo(styles).file_size > limits.MOST_STYLES:
                    raise RefusedError(limits.TOO_MANY_STYLES)
                self._read(styles, formats)
            names = self._names
            cells = Cells(texts.texts, formats.formats, from_1904=names.from_1904, is_stale=names.is_stale)
            sheet = Sheet(cells, wanted, hidden_rows=hidden_rows)
            for _ in self._pieces(path, sheet):
                yield from sheet.take()
            if sheet.hidden:
                read_as["hidden_rows"] = sheet.hidden

    def _related(self, path: str) -> Relationships:
        folder, name = posixpath.split(path)
        return self._read(posixpath.join(folder, "_rels", f"{name}.rels"), Relationships(folder))

    def _read(self, path: str, part: P) -> P:
        for _ in self._pieces(path, part):
            pass
        return part

    def _pieces(self, path: str, part: Part) -> Iterator[None]:
        """Feeds a member to its reader and stops after each piece; all of it, or as much as the reader wants."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_doctype
        parser.StartElementHandler = part.start
        parser.EndElementHandler = part.end
        parser.CharacterDataHandler = part.text
        fed = 0
        with self._packed.open(path) as member:
            while not part.done:
                piece = member.read(_CHUNK)
                parser.Parse(piece, not piece)
                fed += len(piece)
                if fed - parser.CurrentByteIndex > _LONGEST_TOKEN:
                    raise RefusedError(NOT_A_WORKSHEET)
                yield
                if not piece:
                    return


def _no_doctype(*_: object) -> None:
    """No part of a workbook has one; entities, of its own or from elsewhere, need one."""
    raise RefusedError(NOT_A_WORKSHEET)
