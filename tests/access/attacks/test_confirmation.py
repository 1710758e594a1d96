"""Whoever registered a system of the organiser, or changed it while it waits, does not confirm it: in whatever order
several systems take turns (law on audiences: a second pair of eyes)."""

from itertools import product

import pytest
from tests.access.assertions import NewKey, with_keys
from tests.access.test_registration_api import SYSTEMS, entry, speaker_of, token_status
from tests.conftest import ApiClient, TenantFixture

TURNS = [
    [*turns]
    for many in (1, 2, 3)
    for turns in product(("first keys", "second keys", "second name"), repeat=many)
]


async def change(caller: ApiClient, path: str, what: str) -> None:
    there = await caller.get(path)
    new = {name: there.json()[name] for name in ("organisation_id", "client_id", "name", "role", "jwks")}
    new |= with_keys(NewKey()) if what == "keys" else {"name": f"{new['name']}!"}
    answer = await caller.put(path, new, If_Match=there.headers["etag"])
    assert (answer.status_code, answer.json()["awaits_confirmation"]) == (200, True), answer.text


@pytest.mark.parametrize("turns", TURNS, ids=", ".join)
@pytest.mark.parametrize("registered", [True, False])
async def test_who_had_a_hand_in_what_waits_does_not_confirm_it(
    world: TenantFixture, registered: bool, turns: list[str]
) -> None:
    """The first system begins: it registers one, or puts a key of its own on one that is there."""
    by_name = {"first": world.organiser, "second": await speaker_of(world, "organiser")}
    if registered:
        answer = await world.organiser.post(SYSTEMS, entry(world.organiser.organisation_id, "organiser"))
        path = answer.headers["location"]
    else:
        path = f"{SYSTEMS}/{(await speaker_of(world, 'organiser')).system_id}"
        await change(world.organiser, path, "keys")
    hands = {"first"}
    for turn in turns:
        name, what = turn.split()
        await change(by_name[name], path, what)
        hands.add(name)
        for hand in hands:
            refused = await by_name[hand].post(f"{path}/confirm", None)
            assert (refused.status_code, refused.json()["code"]) == (409, "needs-another-system"), hand
    last = await speaker_of(world, "organiser") if len(hands) == 2 else by_name["second"]
    confirmed = await last.post(f"{path}/confirm", None)
    assert (confirmed.status_code, "awaits_confirmation" in confirmed.json()) == (200, False)


async def test_a_later_change_waits_for_whoever_had_no_hand_in_that_one(world: TenantFixture) -> None:
    second, third = await speaker_of(world, "organiser"), await speaker_of(world, "organiser")
    key = NewKey()
    new = entry(world.organiser.organisation_id, "organiser", key)
    path = (await world.organiser.post(SYSTEMS, new)).headers["location"]
    await change(second, path, "name")
    assert (await third.post(f"{path}/confirm", None)).status_code == 200
    await change(third, path, "keys")
    assert (await third.post(f"{path}/confirm", None)).status_code == 409
    assert await token_status(world, new["client_id"], key) == 401
    assert (await second.post(f"{path}/confirm", None)).status_code == 200
