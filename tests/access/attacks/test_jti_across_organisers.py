"""What was signed once is good once in the whole installation: a key that moves to another organiser takes no spent
proof and no spent assertion with it (law on audiences: single-use `jti`)."""

import asyncio
import secrets
from typing import Any

from tests.access.assertions import NewKey, with_keys
from tests.access.assertions import token as signed
from tests.access.test_registration_api import SYSTEMS, entry, refused_at
from tests.access.test_tokens_api import ask, claims_of
from tests.conftest import TenantFixture


async def moved(
    world: TenantFixture, elsewhere: TenantFixture, key: NewKey, new: dict[str, Any]
) -> dict[str, Any]:
    """The registration that takes a key elsewhere, after it was taken from its first system."""
    path = (await world.organiser.post(SYSTEMS, new)).headers["location"]
    gone = await world.organiser.put(path, new | with_keys(NewKey()), If_Match='"1"')
    assert gone.status_code == 200, gone.text
    return new | {"organisation_id": str(elsewhere.provider_a.organisation_id)}


async def test_a_proof_spent_at_one_organiser_is_spent_at_every_other(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    key = NewKey()
    new = await moved(world, elsewhere, key, entry(world.provider_a.organisation_id, "provider", key))
    for caller in (elsewhere.organiser, elsewhere.provider_a):
        assert refused_at(await caller.post(SYSTEMS, new)) == {"/jwks/keys/0"}
    fresh = new | {"proofs": [key.proof()]}
    assert (await elsewhere.provider_a.post(SYSTEMS, fresh)).status_code == 201


async def test_a_proof_sent_to_two_organisers_at_once_is_good_at_one(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    key = NewKey()
    new = entry(world.provider_a.organisation_id, "provider", key)
    answers = await asyncio.gather(
        *(
            at.organiser.post(SYSTEMS, new | {"organisation_id": str(at.provider_a.organisation_id)})
            for at in (world, elsewhere)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422]


async def test_an_assertion_spent_at_one_organiser_is_spent_at_every_other(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    key = NewKey()
    new = entry(world.provider_a.organisation_id, "provider", key)
    path = (await world.organiser.post(SYSTEMS, new)).headers["location"]
    head = {"alg": "ES256", "kid": key.kid, "typ": "JWT"}
    assertion = signed(head, claims_of(new["client_id"], jti=secrets.token_hex(8)), key.pem)
    assert (await ask(world, assertion)).status_code == 200
    assert (await world.organiser.put(path, new | with_keys(NewKey()), If_Match='"1"')).status_code == 200
    there = new | {"organisation_id": str(elsewhere.provider_a.organisation_id)} | with_keys(key)
    assert (await elsewhere.organiser.post(SYSTEMS, there)).status_code == 201
    assert (await ask(world, assertion)).status_code == 401, "whoever kept the old one gets nothing by it"
    fresh = signed(head, claims_of(new["client_id"]), key.pem)
    assert (await ask(world, fresh)).status_code == 200
