"""What each kind of plan has, against the tables of the national structures; the limits of rehabilitative work."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest

from walmu_api.adapters.national.structures.definitions import Node, structure_of
from walmu_api.record.case_file.documents.schemas import InCase
from walmu_api.record.case_file.plans import rules
from walmu_api.record.case_file.plans.rules import MEMBERS, OURS_ALONE, STRUCTURES, Period, check_members
from walmu_api.record.case_file.plans.schemas import PlanEntry

Json = dict[str, Any]
KINDS = sorted(STRUCTURES)


def fields(node: Node, above: str = "") -> Iterator[tuple[str, Node]]:
    """The path in our entry of every row of a table that holds a value."""
    for child in node.children:
        if child.field.startswith("@"):
            continue
        here = f"{above}{child.field}." if child.field else above
        if child.type == "heading":
            yield from fields(child, here)
        else:
            assert child.field, child.key
            yield here[:-1], child


@cache
def entry_schema() -> Json:
    return PlanEntry.model_json_schema()


def schema_at(path: str) -> Json:
    """The JSON Schema of the entry at a path, through lists and references."""
    whole = entry_schema()
    found = whole
    for name in path.split("."):
        found = resolved(whole, found)["properties"][name]
    return resolved(whole, found, lists=False)


def resolved(whole: Json, part: Json, *, lists: bool = True) -> Json:
    while True:
        if "anyOf" in part:
            part = next(each for each in part["anyOf"] if each != {"type": "null"})
        elif "$ref" in part:
            part = whole["$defs"][part["$ref"].rpartition("/")[2]]
        elif lists and part.get("type") == "array":
            part = part["items"]
        else:
            return part


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_the_structure_is_one_of_ours_and_has_its_type(kind: tuple[str, str]) -> None:
    table = structure_of(STRUCTURES[kind])
    assert table is not None
    wanted = {
        "text": "string",
        "name": "string",
        "date": "string",
        "instant": "string",
        "switch": "boolean",
        "code": "object",
    }
    for path, node in fields(table.root):
        data = schema_at(path)
        assert (data["type"] == "array") == node.repeats, path
        one = resolved(entry_schema(), data)
        assert one["type"] == wanted[node.type], path


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_has_what_its_structure_has_and_what_is_ours_alone(kind: tuple[str, str]) -> None:
    table = structure_of(STRUCTURES[kind])
    assert table is not None
    theirs = {path for path, _ in fields(table.root)}
    known = MEMBERS[kind] - OURS_ALONE
    assert {
        path for path in theirs if not any(path == each or path.startswith(f"{each}.") for each in known)
    } == set()
    assert {
        each for each in known if not any(path == each or path.startswith(f"{each}.") for path in theirs)
    } == set()


def test_every_member_of_the_entry_is_in_some_plan() -> None:
    named = {each.split(".")[0] for members in MEMBERS.values() for each in members}
    assert named == set(PlanEntry.model_fields) - set(InCase.model_fields)


def test_what_another_plan_has_is_named_where_it_stands() -> None:
    content = {"kind": "x", "goals": [{"name": "a"}, {"name": "b", "scale": {}}], "health": {}, "authors": []}
    found = check_members(rules.IMPLEMENTATION, rules.WORKING_AGE, content)
    assert [(each.kind.code, each.pointer) for each in found] == [
        ("not-of-this-plan", "/goals/1/scale"),
        ("not-of-this-plan", "/health"),
    ]


def test_a_client_plan_of_disability_services_tells_services_and_that_the_client_was_informed() -> None:
    found = check_members(rules.CLIENT, rules.DISABILITY, {"current_services": {}})
    assert [(each.kind.code, each.pointer) for each in found] == [
        ("missing", "/current_services/description"),
        ("missing", "/client_informed"),
    ]
    assert check_members(rules.CLIENT, rules.WORKING_AGE, {}) == []


@pytest.mark.parametrize(
    ("days", "hours", "ends_on", "wrong"),
    [
        (4, 4.0, date(2026, 11, 30), None),
        (1, 7.0, date(2028, 8, 31), None),
        (5, 4.0, date(2026, 12, 1), "days_per_week"),
        (4, 3.5, date(2026, 12, 1), "hours_per_day"),
        (4, 4.0, date(2026, 11, 29), "ends_on"),
        (4, 4.0, date(2028, 9, 1), "ends_on"),
        (4, 4.0, date(2026, 8, 1), "ends_on"),
    ],
)
def test_rehabilitative_work_keeps_its_limits(
    days: int, hours: float, ends_on: date, wrong: str | None
) -> None:
    found = rules.check_rehabilitative_work(Period(days, hours, date(2026, 9, 1), ends_on))
    assert [each.pointer for each in found] == ([f"/rehabilitative_work/{wrong}"] if wrong else [])


@pytest.mark.parametrize(
    ("start", "least"),
    [
        (date(2026, 11, 30), date(2027, 2, 27)),
        (date(2027, 11, 29), date(2028, 2, 28)),
        (date(2026, 1, 31), date(2026, 4, 29)),
    ],
)
def test_three_months_from_the_end_of_a_month(start: date, least: date) -> None:
    assert rules.check_rehabilitative_work(Period(4, 4, start, least)) == []
    assert rules.check_rehabilitative_work(Period(4, 4, start, date.fromordinal(least.toordinal() - 1))) != []
