"""What the client wants the instructors of the place to know in order to be safe: one permission for each item, named
instructors only, gone with the permission at once. Expected values are those of the page of audiences."""

import time
from typing import Any

import pytest
from httpx import Response
from tests.conftest import HELD, TenantFixture
from tests.record.case_file.permissions.to_workplaces import permission_entry, permit

SEIZURE = "Kohtauksessa käännä kyljelle ja soita 112."
INSTRUCTOR = {"sub": "u-1", "name": "Aino Korhonen"}
CHEF = {"sub": "u-2", "name": "Veikko Keittiö"}


def item(text: str = SEIZURE, **changes: Any) -> dict[str, Any]:
    return {"topic": "first_aid", "text": text, "instructors": [{"name": "Aino Korhonen"}]} | changes


async def signed(world: TenantFixture) -> dict[str, Any]:
    place = {"name": "Kahvila", "organisation_id": str(world.workplace.organisation_id)}
    return await world.signed_agreement(place=place)


def of_item(**changes: Any) -> dict[str, Any]:
    """What makes a permission one for an item."""
    groups = {"field_groups": ["safety_and_support"], "purposes": ["support_at_work"]}
    return groups | {"safety_and_support": item()} | changes


async def permit_item(world: TenantFixture, agreement: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return await permit(world, agreement, **of_item(**changes))


async def read_as(
    world: TenantFixture, agreement: dict[str, Any], person: dict[str, str] | None = INSTRUCTOR
) -> Response:
    token = world.app_context.tokens.issue(
        world.workplace.client_id, HELD, ["workplace-agreements:read"], person, now=time.time()
    )
    path = f"/v1/workplace-agreements/{agreement['id']}/safety-and-support"
    return await world.workplace.get(path, Authorization=f"Bearer {token}")


async def test_the_named_instructor_reads_the_clients_words(world: TenantFixture) -> None:
    agreement = await signed(world)
    permission = await permit_item(world, agreement)
    answer = await read_as(world, agreement)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    expected = {"permission_id": permission["id"], "topic": "first_aid", "text": SEIZURE}
    assert answer.json() == {"items": [expected | {"valid_until": world.day(-10)}]}
    row = (await world.use_log())[-1]
    assert (row["operation"], [*map(str, row["client_ids"])]) == (
        "listSafetyAndSupport",
        [agreement["client_id"]],
    )


async def test_nobody_else_does_and_nobody_learns_that_there_is_something(world: TenantFixture) -> None:
    agreement, other = await signed(world), await signed(world)
    await permit_item(world, agreement)
    nothing = await read_as(world, other)
    assert (nothing.status_code, nothing.json()) == (200, {"items": []})
    for_chef = await read_as(world, agreement, CHEF)
    assert (for_chef.status_code, for_chef.json()) == (200, {"items": []})
    assert for_chef.headers.get("etag") == nothing.headers.get("etag")
    for about in (agreement, other):
        answer = await read_as(world, about, None)
        assert (answer.status_code, answer.json()["code"]) == (403, "acting-person-needed")


async def test_it_is_in_no_list_and_not_in_the_feed(world: TenantFixture) -> None:
    agreement = await signed(world)
    await permit_item(world, agreement)
    speaker, path = world.workplace, f"/v1/workplace-agreements/{agreement['id']}"
    for url in (path, f"{path}/versions", f"{path}/versions/2", "/v1/workplace-agreements", "/v1/changes"):
        answer = await speaker.get(url)
        assert answer.status_code == 200
        assert "112" not in answer.text
    fed, _ = await world.feed(speaker)
    assert not [each for each in fed if each["resource_type"] == "permission"]
    assert (await speaker.get("/v1/permissions")).status_code == 403


@pytest.mark.parametrize("ending", ["revoked", "expired", "narrowed to another", "voided"])
async def test_it_ends_with_the_permission_at_once(world: TenantFixture, ending: str) -> None:
    agreement = await signed(world)
    permission = await permit_item(world, agreement)
    stays = await permit_item(
        world, agreement, source_id="lupa-2", safety_and_support=item("Puhu hitaasti.", topic="communication")
    )
    path = f"/v1/permissions/{permission['id']}"
    if ending == "revoked":
        answer = await world.provider_a.post(
            f"{path}/revoke", {"revoked_on": world.day(0), "reason": "Asiakas perui"}
        )
    elif ending == "expired":
        changed = permission_entry(world, agreement, **of_item(valid_until=world.day(1)))
        answer = await world.provider_a.put(path, changed, If_Match='"1"')
    elif ending == "voided":
        answer = await world.provider_a.post(f"{path}/void", {"reason": "Väärälle asiakkaalle"})
    else:
        changed = permission_entry(
            world, agreement, **of_item(safety_and_support=item(instructors=[{"name": "Veikko Keittiö"}]))
        )
        answer = await world.provider_a.put(path, changed, If_Match='"1"')
    assert answer.status_code == 200, answer.text
    items = (await read_as(world, agreement)).json()["items"]
    assert [each["permission_id"] for each in items] == [stays["id"]]


async def test_it_ends_with_the_agreement_and_is_not_another_workplaces(world: TenantFixture) -> None:
    agreement = await signed(world)
    elsewhere = {"organisation_id": str(world.provider_b.organisation_id), "name": "Toinen"}
    await permit_item(world, agreement, recipient=elsewhere)
    assert (await read_as(world, agreement)).json() == {"items": []}
    ending = {"ends_on": world.day(1), "reason": "Siirtyi"}
    ended = await world.provider_a.post(f"/v1/agreements/{agreement['id']}/end", ending)
    assert ended.status_code == 200, ended.text
    assert (await read_as(world, agreement)).status_code == 404


@pytest.mark.parametrize(
    ("person", "named", "reads"),
    [
        ({"sub": "u-1", "name": "AINO  korhonen"}, {"name": "Aino Korhonen"}, True),
        ({"sub": "u-1", "name": "Korhonen Aino"}, {"name": "Aino Korhonen"}, False),
        ({"sub": "u-1"}, {"name": "Aino Korhonen"}, False),
        ({"sub": "u-1"}, {"name": "Aino Korhonen", "person_id": "u-1"}, True),
        ({"sub": "u-9", "name": "Aino Korhonen"}, {"name": "Aino Korhonen", "person_id": "u-1"}, False),
    ],
)
async def test_a_person_is_known_by_id_where_one_is_named_else_by_name(
    world: TenantFixture, person: dict[str, str], named: dict[str, str], reads: bool
) -> None:
    agreement = await signed(world)
    await permit_item(world, agreement, safety_and_support=item(instructors=[named]))
    items = (await read_as(world, agreement, person)).json()["items"]
    assert [each["text"] for each in items] == ([SEIZURE] if reads else [])


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"field_groups": ["safety_and_support", "client_name"]}, "/field_groups", "invalid-value"),
        ({"field_groups": ["client_name"]}, "/field_groups", "invalid-value"),
        ({"safety_and_support": None}, "/safety_and_support", "missing"),
        ({"recipient": {"name": "Kahvila"}}, "/recipient/organisation_id", "missing"),
        ({"purposes": ["finding_work"]}, "/purposes", "invalid-value"),
        ({"safety_and_support": item(instructors=[])}, "/safety_and_support/instructors", "invalid-value"),
    ],
)
async def test_one_permission_for_one_item_and_one_workplace(
    world: TenantFixture, changes: dict[str, Any], pointer: str, code: str
) -> None:
    sent = {
        n: v
        for n, v in permission_entry(world, await signed(world), **of_item(**changes)).items()
        if v is not None
    }
    answer = await world.provider_a.post("/v1/permissions", sent)
    assert answer.status_code == 422, answer.text
    assert (pointer, code) in [(each["pointer"], each["code"]) for each in answer.json()["errors"]]


async def test_organiser_and_provider_see_what_the_instructors_of_their_workplace_read(
    world: TenantFixture,
) -> None:
    agreement = await signed(world)
    await permit_item(world, agreement)
    path = f"/v1/workplace-agreements/{agreement['id']}/safety-and-support"
    for speaker in (world.organiser, world.provider_a):
        assert [each["text"] for each in (await speaker.get(path)).json()["items"]] == [SEIZURE]
    assert (await world.provider_b.get(path)).status_code == 404
