"""What a day tells of has happened: no certificate came tomorrow, nothing was signed next month.

Every operation is sent its own documented example, with one such day moved to tomorrow. Which members tell of what has
happened is said by their names, in the words of the field; the contract tells where they are."""

import copy
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import TenantFixture
from walmu_api.contract_file import described

HAPPENED = {
    "received_on", "given_on", "written_on", "opened_on", "decided_on", "signed_on", "notified_on",
    "revoked_on", "granted_on", "checked_on", "date_of_birth", "confirmed_on", "pending_since",
}  # fmt: skip
ALSO = {
    ("EmploymentPlanEntry", "dated_on"),
    ("DecisionReview", "review_on"),
    ("CaseEntry", "closed_on"),  # an organisation may be said to close later
    ("CaseReplacement", "closed_on"),
}
CONTRACT = described()
SCHEMAS: dict[str, Any] = CONTRACT["components"]["schemas"]
Place = tuple[str | int, ...]


def places(schema: dict[str, Any], example: Any, name: str = "", at: Place = ()) -> Iterator[Place]:
    """Where in a body a day of what has happened may stand, as far as the example has the objects around it; lists by
    their first item."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = SCHEMAS[name]
    for part in [*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())]:
        yield from places(part, example, name, at)
    if isinstance(example, list) and example and "items" in schema:
        yield from places(schema["items"], example[0], name, (*at, 0))
    if isinstance(example, dict):
        for member, inner in schema.get("properties", {}).items():
            if not inner.get("readOnly") and (member in HAPPENED or (name, member) in ALSO):
                yield *at, member
            yield from places(inner, example.get(member), name, (*at, member))


def cases() -> Iterator[Any]:
    for path, item in CONTRACT["paths"].items():
        for method, operation in item.items():
            media = operation.get("requestBody", {}).get("content", {}).get("application/json")
            for place in sorted(set(places(media["schema"], media["example"])), key=str) if media else ():
                label = f"{operation['operationId']}-{'.'.join(map(str, place))}"
                yield pytest.param(method, path, media["example"], place, id=label)


async def refused_at(world: TenantFixture, method: str, path: str, body: Any) -> set[str]:
    """The places at which a value is refused that is fine but for its time."""
    for speaker in world.speakers:
        answer = await speaker(method.upper(), path.replace("{", "").replace("}", ""), body)
        if answer.status_code not in {401, 403}:
            errors = answer.json().get("errors", ()) if answer.status_code == 422 else ()
            return {each["pointer"] for each in errors if each["code"] == "invalid-value"}
    raise AssertionError("nobody may call it")


@pytest.mark.dated
@pytest.mark.parametrize(("method", "path", "example", "place"), [*cases()])
async def test_a_day_of_what_has_happened_is_none_to_come(
    world: TenantFixture, method: str, path: str, example: Any, place: Place
) -> None:
    pointer = "".join(f"/{part}" for part in place)
    for days, expected in (0, False), (1, True):
        body = copy.deepcopy(example)
        inner = body
        for part in place[:-1]:
            inner = inner[part]
        inner[place[-1]] = str(world.today + timedelta(days=days))
        if place[-1] == "date_of_birth":
            body.pop("identity", None)  # it tells another birthday
        assert (pointer in await refused_at(world, method, path, body)) is expected, days


def test_there_are_such_days_to_try() -> None:
    """The names are looked for in the contract: without them the test above would hold nothing."""
    found = {case.values[3][-1] for case in cases()}
    assert found >= HAPPENED - {"confirmed_on", "checked_on"}
