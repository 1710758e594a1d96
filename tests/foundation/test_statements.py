"""Statements with named parameters: what is a parameter and what is not; a call names all of them."""

from collections.abc import Mapping
from typing import Any

import pytest

from walmu_api.foundation.statements import Arrays, Statement


@pytest.mark.parametrize(
    ("source", "sql", "names"),
    [
        ("select 1", "select 1", ()),
        ("select :a, :b, :a", "select $1, $2, $1", ("a", "b")),
        ("select :a::uuid[], b::text", "select $1::uuid[], b::text", ("a",)),
        ("select 'at :noon', 'it''s :b', :c", "select 'at :noon', 'it''s :b', $1", ("c",)),
        ('select "a:b", :c -- not :d\n, :e', 'select "a:b", $1 -- not :d\n, $2', ("c", "e")),
        ("select '{\"id\":\"' || :id || '\"}'", "select '{\"id\":\"' || $1 || '\"}'", ("id",)),
        ("x := :a", "x := $1", ("a",)),
        ("select secs => :seconds_2", "select secs => $1", ("seconds_2",)),
        ("select '$1', :a", "select '$1', $1", ("a",)),
    ],
)
def test_names_become_the_parameters_of_the_driver(source: str, sql: str, names: tuple[str, ...]) -> None:
    statement = Statement(source)
    assert (statement.sql, statement.names, str(statement)) == (sql, names, source)


def test_a_position_is_refused_when_the_statement_is_made() -> None:
    with pytest.raises(ValueError, match=r"\$2"):
        Statement("select :a, $2")


def test_a_statement_is_composed_into_another_by_its_names() -> None:
    inner = Statement("select :b, :a")
    outer = Statement(f"with seen as ({inner}) select :a from seen")
    assert outer.sql == "with seen as (select $1, $2) select $2 from seen"
    assert outer.bound(a=1, b=2) == (outer.sql, 2, 1)


@pytest.mark.parametrize(
    ("source", "given", "missing", "unknown"),
    [
        ("select :a, :b", {"a": 1}, "b", ""),
        ("select :a, :b", {"a": 1, "b": 2, "c": 3}, "", "c"),
        ("select :a, :b", {"a": 1, "c": 3}, "b", "c"),
        ("select :a", {}, "a", ""),
        ("select :a", {"b": 1}, "a", "b"),
        ("select 1", {"a": 1}, "", "a"),
    ],
)
def test_a_call_names_every_parameter_and_nothing_else(
    source: str, given: Mapping[str, Any], missing: str, unknown: str
) -> None:
    named = [f"'{name}'" if name else "" for name in (missing, unknown)]
    with pytest.raises(TypeError) as refused:
        Statement(source).bound(**given)
    assert str(refused.value) == f"missing parameters: [{named[0]}], unknown parameters: [{named[1]}]"


@pytest.mark.parametrize(
    ("source", "values"), [("select 1", ()), ("select :a", (7,)), ("select :b, :a", (8, 7))]
)
def test_values_come_in_the_order_of_the_parameters(source: str, values: tuple[int, ...]) -> None:
    known = {"a": 7, "b": 8}
    statement = Statement(source)
    assert statement.values({name: known[name] for name in known if name in statement.names}) == values


def test_rows_are_sent_as_one_array_for_each_column() -> None:
    arrays = Arrays("e", {"id": "uuid", "day": "date", "minutes": "int2"})
    statement = Statement(f"select e.id from {arrays}")
    assert statement.names == ("e_id", "e_day", "e_minutes")
    assert (
        statement.sql == "select e.id from unnest($1::uuid[], $2::date[], $3::int2[]) as e (id, day, minutes)"
    )
    values = arrays.values([("a", 1, None), ("b", None, None)])
    assert values == {"e_id": ["a", "b"], "e_day": [1, None], "e_minutes": None}


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Arrays("e", {"id": "uuid", "day": "date"}).values([("a",)])
