"""The scalar types: what the JSON Schema accepts the model accepts, and the other way round."""

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ConfigDict, TypeAdapter, ValidationError
from tests.sizes import examples

from walmu_api.foundation import schema_types, validation_messages
from walmu_api.foundation.non_blank import AT_THE_DOOR

TYPES: dict[str, Any] = {
    "Day": schema_types.Day,
    "Instant": schema_types.Instant,
    "Money": schema_types.Money,
    "Id": schema_types.Id,
    "Minutes": schema_types.Minutes,
    "Line": schema_types.Line,
    "Lines": schema_types.Lines,
    "TimeOfDay": schema_types.TimeOfDay,
    "Count": schema_types.Count,
    "SourceId": schema_types.SourceId,
}
ADAPTERS = {name: TypeAdapter[Any](each, config=ConfigDict(strict=True)) for name, each in TYPES.items()}


def schema_of(name: str) -> Any:
    return jsonschema_rs.Draft202012Validator(ADAPTERS[name].json_schema(), validate_formats=True)


SCHEMAS = {name: schema_of(name) for name in TYPES}


def accepts(name: str, value: Any) -> bool:
    try:
        ADAPTERS[name].validate_json(json.dumps(value), context=AT_THE_DOOR)
    except ValidationError:
        return False
    return True


near = st.one_of(
    st.from_regex(schema_types._DAY, fullmatch=True),
    st.from_regex(schema_types._INSTANT, fullmatch=True),
    st.from_regex(schema_types._UUID, fullmatch=True),
    st.from_regex(schema_types._MONEY, fullmatch=True),
    st.from_regex(schema_types._TIME, fullmatch=True),
    st.dates().map(str),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    st.uuids().map(str),
    st.text(max_size=250),
    st.characters(max_codepoint=0x2100),
)
values = st.one_of(
    near,
    near.map(lambda text: text + "\n"),
    near.map(lambda text: " " + text),
    near.map(str.upper),
    st.integers(min_value=-(2**65), max_value=2**65),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(min_value=-3, max_value=1500).map(float),
    st.booleans(),
    st.none(),
    st.lists(near, max_size=1),
)


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=examples(80, long=1000), deadline=None)
@given(value=values)
@example("2026-02-30")
@example("2024-02-29")
@example("2026-02-29T10:00:00Z")
@example("1899-12-31")
@example("2200-01-01")
@example("2026-10-05T10:00:00+14:59")
@example("2026-10-05t10:00:00z")
@example("2026-10-05T10:00:60Z")
@example("2026-10-05T10:00:00.1234567Z")
@example("2026-10-05T10:00:00")
@example("0001-01-01T00:00:00+14:00")
@example("9999-12-31T23:59:59-14:00")
@example("1e2")
@example("007.00")
@example("12345678.00")
@example("{01a20f63-1f4e-7ad9-8185-f3a69261964b}")
@example("01a20f631f4e7ad98185f3a69261964b")
@example("\u202e")
@example("x" * 200)
@example("x" * 201)
@example("é" * 200)
@example("\U0001f600" * 200)
@example(240.0)
@example(-0.0)
@example(1440)
@example(1441)
@example(True)
@example("٢٠٢٦-10-05")
def test_schema_and_model_accept_the_same(name: str, value: Any) -> None:
    assert accepts(name, value) == SCHEMAS[name].is_valid(value), value


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("Instant", "2026-10-05T10:00:00+03:00", '"2026-10-05T07:00:00.000000Z"'),
        ("Instant", "2026-10-05T10:00:00.5Z", '"2026-10-05T10:00:00.500000Z"'),
        ("Money", "6.00", '"6.00"'),
        ("Day", "2026-10-05", '"2026-10-05"'),
        ("Minutes", 240.0, "240"),
        ("Id", "01A20F63-1F4E-7AD9-8185-F3A69261964B", '"01a20f63-1f4e-7ad9-8185-f3a69261964b"'),
    ],
)
def test_every_value_has_one_spelling_when_it_leaves(name: str, value: Any, text: str) -> None:
    adapter = ADAPTERS[name]
    assert adapter.dump_json(adapter.validate_json(json.dumps(value))).decode() == text


def test_errors_never_hold_the_input() -> None:
    class Thing(schema_types.Message):
        day: schema_types.Day

    with pytest.raises(ValidationError) as caught:
        Thing.model_validate_json('{"day": "kissa"}')
    assert "kissa" not in str(caught.value)


@pytest.mark.parametrize("blank", [" ", "   ", "\u00a0", "\u200b", "\u3000\ufeff"])
def test_a_text_of_blanks_says_nothing_and_is_refused_at_the_door_only(blank: str) -> None:
    for name in ("Line", "Lines"):
        with pytest.raises(ValidationError) as caught:
            ADAPTERS[name].validate_json(json.dumps(blank), context=AT_THE_DOOR)
        assert "of blanks only" in validation_messages.of(caught.value.errors()[0])["reason"].render("en", {})
        assert not SCHEMAS[name].is_valid(blank)
        for data in (f" {blank}a{blank}", "-", "\U0001f469\u200d\U0001f469"):
            assert ADAPTERS[name].validate_json(json.dumps(data), context=AT_THE_DOOR) == data
        assert ADAPTERS[name].validate_json(json.dumps(blank)) == blank, (
            "what was recorded before is still told"
        )
