"""The scalar types: from JSON they are read by pydantic's core, from paths and queries by Python. Both must agree."""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from walmu_api.foundation import validation_messages
from walmu_api.foundation.schema_types import Count, Day, Id, Instant, Minutes

DAYS = [
    "2026-10-05",
    "2026-02-30",
    "1899-12-31",
    "2199-12-31",
    "20261005",
    "2026-10-05\n",
    "2026-10-05T00:00:00Z",
    "1577836800",
    " 2026-10-05",
    "",
]
INSTANTS = [
    "2026-10-05T09:00:00Z",
    "2026-10-05T09:00:00.123456+14:30",
    "2026-10-05T09:00:00.1234567Z",
    "2026-10-05T09:00:00",
    "2026-10-05T24:00:00Z",
    "2026-10-05T09:00:60Z",
    "2026-10-05 09:00:00Z",
    "2026-02-30T09:00:00Z",
    "1577836800",
    "2026-10-05T09:00:00z",
]
IDS = [
    "01a20f78-e3c5-7abf-af07-67ea1fab6a6c",
    "01A20F78-E3C5-7ABF-AF07-67EA1FAB6A6C",
    "01a20f78e3c57abfaf0767ea1fab6a6c",
    "{01a20f78-e3c5-7abf-af07-67ea1fab6a6c}",
    "urn:uuid:01a20f78-e3c5-7abf-af07-67ea1fab6a6c",
    "01a20f78-e3c5-7abf-af07-67ea1fab6a6c\n",
]
NUMBERS = [0, 1, 240, 240.0, 240.5, 1440, 1441, -1, "240", True, None, 1e300, 2**31, 2**70, [1], {}]


def read(adapter: TypeAdapter[Any], value: Any, *, from_json: bool) -> Any:
    try:
        return (
            adapter.validate_json(json.dumps(value))
            if from_json
            else adapter.validate_python(value, strict=True)
        )
    except ValidationError:
        return "refused"


@pytest.mark.parametrize(
    ("kind", "values"),
    [(Day, DAYS), (Instant, INSTANTS), (Id, IDS), (Minutes, NUMBERS), (Count, NUMBERS)],
    ids=["day", "instant", "id", "minutes", "count"],
)
def test_json_and_python_accept_the_same_and_read_it_alike(kind: Any, values: list[Any]) -> None:
    adapter = TypeAdapter(kind)
    data = {repr(value): read(adapter, value, from_json=True) for value in [*values, 5, None, True, []]}
    assert data == {
        repr(value): read(adapter, value, from_json=False) for value in [*values, 5, None, True, []]
    }
    assert "refused" in data.values()
    assert set(data.values()) != {"refused"}


def test_a_refused_day_tells_how_a_day_is_written() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Day).validate_json('"5.10.2026"')
    (error,) = caught.value.errors()
    assert (error["type"], validation_messages.of(error)["reason"].render("en", {})) == (
        "reason",
        "a day of the calendar is written YYYY-MM-DD, from 1900 to 2199",
    )
