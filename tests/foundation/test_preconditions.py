"""Idempotency-Key: a retry is harmless."""

from tests.conftest import World

PROVIDER = {"kind": "provider", "name": "Kotolan toimintakeskus"}


async def test_the_same_key_and_body_again_get_the_stored_answer(world: World) -> None:
    first = await world.organiser.post("/v1/organisations", PROVIDER, Idempotency_Key="k-1")
    assert first.status_code == 201, first.text
    again = await world.organiser.post("/v1/organisations", PROVIDER, Idempotency_Key="k-1")
    assert (again.status_code, again.headers["idempotency-replayed"], again.content) == (201, "true", first.content)
    assert again.headers["location"] == first.headers["location"]


async def test_an_act_takes_a_key_as_well(world: World) -> None:
    agreement = await world.signed_agreement()
    ending = {"ends_on": world.day(100), "reason": "Asiakas muuttaa"}
    path = f"/v1/agreements/{agreement['id']}/end"
    first = await world.provider_a.post(path, ending, Idempotency_Key="k-2")
    assert first.status_code == 200, first.text
    again = await world.provider_a.post(path, ending, Idempotency_Key="k-2")
    assert (again.status_code, again.content) == (200, first.content)
