"""A worksheet as it comes: a file, and how its columns are to be read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter

from walmu_api.foundation import multipart, request_body
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, Finding, Problem, refuse
from walmu_api.foundation.texts import json_in_nfc
from walmu_api.foundation.worksheets.reading import Worksheet

COLUMN = Reason("column")
COLUMN_TWICE = Reason("column-twice")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIMITS = {"file": request_body.BATCH_LIMIT, "mapping": 64 * 1024}
LIMIT = request_body.BATCH_LIMIT + 128 * 1024
"""The file, the mapping, and what stands between them."""

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Upload(Generic[M]):
    """A file as it came, and how its columns are to be read."""

    mapping: M
    file: bytes


class Parts(Generic[M]):
    """Reads the two parts of the body. Without a `default`, the mapping must be there."""

    def __init__(self, mapping: type[M], default: M | None = None) -> None:
        self._adapter: TypeAdapter[M] = TypeAdapter(mapping)
        self._default = default

    def __call__(self, raw: bytes, content_type: str) -> Upload[M]:
        optional = {"mapping"} if self._default is not None else set[str]()
        found = multipart.read(raw, content_type, LIMITS, optional)
        if self._default is not None and "mapping" not in found:
            return Upload(self._default, found["file"])
        try:
            mapping = request_body.validate(self._adapter, json_in_nfc(found["mapping"]))
        except Problem as problem:
            placed = [Finding(f.kind, f"/mapping{f.pointer}", f.values) for f in problem.errors]
            raise Problem(problem.kind, placed, problem.values) from None
        return Upload(mapping, found["file"])


def check_columns(named: Mapping[str, str], sheet: Worksheet) -> None:
    """Refuses columns that the mapping names, by their places in it, and that are not there or stand twice."""
    odd = [_odd(at, column, sheet) for at, column in named.items() if column not in sheet.columns]
    refuse(odd[:100])


def _odd(at: str, column: str, sheet: Worksheet) -> Finding:
    if (letters := sheet.twice.get(column)) is not None:
        return INVALID_VALUE.at(f"/mapping{at}", reason=COLUMN_TWICE, columns=letters)
    return INVALID_VALUE.at(f"/mapping{at}", reason=COLUMN)


def described(mapping: str, about_mapping: str, example: Mapping[str, Any], required: Collection[str]) -> Any:
    """The two parts in the contract."""
    return {
        "schema": {
            "type": "object",
            "required": [*required],
            "additionalProperties": False,
            "properties": {
                "file": {
                    "type": "string",
                    "format": "binary",
                    "description": "CSV (UTF-8, UTF-16 or Windows-1252; semicolon, comma or tab) or XLSX; the first "
                    "row has the names of the columns. "
                    "Up to 20,000 lines, 100 columns and 8 MB.",
                },
                "mapping": {"$ref": f"#/components/schemas/{mapping}", "description": about_mapping},
            },
        },
        "encoding": {
            "file": {"contentType": f"text/csv, {XLSX}"},
            "mapping": {"contentType": "application/json"},
        },
        "example": example,
    }
