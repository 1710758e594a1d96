"""One business id is one provider of an organiser."""

import asyncio
from typing import Any

from tests.conftest import TenantFixture, business_id


def entry(number: str, **changes: Any) -> dict[str, Any]:
    return {"kind": "provider", "name": "Kotola", "business_id": number, "source_id": "kotola"} | changes


async def provider(world: TenantFixture, number: str, **changes: Any) -> str:
    answer = await world.organiser.post("/v1/organisations", entry(number, **changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_second_provider_of_a_business_id_is_refused_with_the_address_of_the_first(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    number = business_id()
    first = await provider(world, number)
    again = await world.organiser.post("/v1/organisations", entry(number))
    assert (again.status_code, again.json()["id"]) == (200, first)
    for changes in ({"source_id": "kotola-2"}, {"source_id": "kotola-3", "name": "Kotolan uusi"}):
        second = await world.organiser.post("/v1/organisations", entry(number, **changes))
        problem = second.json()
        assert (second.status_code, problem["code"]) == (409, "business-id-taken")
        assert problem["url"] == f"/v1/organisations/{first}"
    listed = await world.pages(world.organiser, "/v1/organisations?kind=provider")
    assert [item["id"] for item in listed if item.get("business_id") == number] == [first]
    await provider(elsewhere, number)


async def test_of_two_registrations_at_once_one_is_refused(world: TenantFixture) -> None:
    """The second waits for the first, for two seconds at most: then it is 503, and asked again it is refused."""
    number = business_id()
    entries = [entry(number, source_id=f"kotola-{at}") for at in range(2)]
    await asyncio.gather(*(world.organiser.post("/v1/organisations", each) for each in entries))
    answers = [await world.organiser.post("/v1/organisations", each) for each in entries]
    assert {answer.status_code for answer in answers} == {200, 409}
    (made,) = (answer.json()["id"] for answer in answers if answer.status_code == 200)
    assert {a.json().get("url") for a in answers} == {None, f"/v1/organisations/{made}"}


async def test_workplaces_of_one_company_are_many_and_a_provider_may_be_one_too(world: TenantFixture) -> None:
    """A chain has one business id and many places to work; each reads what was agreed for itself only."""
    number = business_id()
    await provider(world, number)
    for place in ("Kahvila Kulma", "Kahvila Tori"):
        await provider(world, number, kind="workplace", name=place, source_id=place[8:])


async def test_a_provider_without_a_business_id_is_no_second_one(world: TenantFixture) -> None:
    for key in ("a", "b"):
        answer = await world.organiser.post(
            "/v1/organisations", {"kind": "provider", "name": "Yhdistys", "source_id": key}
        )
        assert answer.status_code == 201
