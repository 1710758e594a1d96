"""A client id is no secret: who names another system's costs it nothing, with a wrong key or with a system of their own."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.access.assertions import NewKey, with_keys
from tests.access.assertions import token as signed
from tests.access.test_registration_api import SYSTEMS, entry, token_status
from tests.access.test_tokens_api import ask, claims_of, header
from tests.conftest import SIGNING, TenantFixture

from walmu_api.foundation.load_shedding import Admission, Limits

OWN = NewKey(SIGNING.kid, SIGNING.pem)


async def borrowed(world: TenantFixture, key: NewKey, **claims: Any) -> int:
    assertion = signed(header(kid=key.kid), claims_of(world.provider_a.client_id, **claims), key.pem)
    return (await ask(world, assertion, client_id=world.provider_a.client_id)).status_code


async def traces(world: TenantFixture) -> Any:
    return await world.owner.fetchrow(
        "select (select count(*) from use_log), (select count(*) from used_jti), (select count(*) from journal)"
    )


async def test_wrong_keys_under_a_borrowed_id_cost_its_owner_nothing(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = Admission(Limits(per_second=1, burst=3, at_once=2), lambda: 0.0)
    before, stored = await traces(world), world.app_context.admission
    object.__setattr__(world.app_context, "admission", narrow)
    try:
        with capture_logs() as lines:
            for kid in (SIGNING.kid, "other"):
                wrong = NewKey(kid)
                answers = [await borrowed(world, wrong, jti="the-same") for _ in range(20)]
                assert answers == [401] * 20
            forged = await world.provider_b.get("/v1/whoami", Authorization="Bearer a.b.c")
            assert forged.status_code == 401
        own = await world.provider_a.get("/v1/whoami")
        assert (own.status_code, own.headers["RateLimit"]) == (200, '"requests";r=2;t=1')
    finally:
        object.__setattr__(world.app_context, "admission", stored)
    assert await traces(world) == before
    for hidden in (world.provider_a.client_id, str(world.provider_a.system_id)):
        assert hidden not in str(lines)
    assert await borrowed(world, OWN, jti="the-same") == 200, "whose jti it is depends on the key"


async def test_many_systems_of_one_client_id_cost_each_other_no_look(
    world: TenantFixture, elsewhere: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another organiser takes the id, and the kid, for as many organisations as it likes."""
    begun, database = 0, world.app_context.database
    really = database._begun

    async def counted(*given: Any) -> Any:
        nonlocal begun
        begun += 1
        return await really(*given)

    monkeypatch.setattr(database, "_begun", counted)
    assert await borrowed(world, OWN) == 200
    alone, begun = begun, 0
    for at in range(4):
        provider = {"kind": "provider", "name": f"Tuottaja {at}", "source_id": f"b{at}"}
        made = (await elsewhere.organiser.post("/v1/organisations", provider)).json()
        key = NewKey(SIGNING.kid)
        new = entry(made["id"], "provider", key, client_id=world.provider_a.client_id)
        assert (await elsewhere.organiser.post(SYSTEMS, new)).status_code == 201
        begun = 0
        assert await borrowed(world, key) == 200
        assert begun == alone
    begun = 0
    assert await borrowed(world, OWN) == 200
    assert begun == alone, "a statement for each of the others was another's load"


async def test_what_others_ask_for_under_the_id_is_no_load_of_the_owner(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    key = NewKey(SIGNING.kid)
    same = entry(elsewhere.provider_a.organisation_id, "provider", key, client_id=world.provider_a.client_id)
    path = (await elsewhere.organiser.post(SYSTEMS, same)).headers["location"]
    bearer = f"Bearer {(await ask(world, signed(header(), claims_of(same['client_id']), key.pem))).json()['access_token']}"
    before = (await world.provider_a.get("/v1/whoami")).headers["RateLimit"]
    for _ in range(50):
        answer = await world.provider_b.get("/v1/clients", Authorization=bearer)
        assert answer.status_code == 200
    left = int(before.split("r=")[1].split(";")[0])
    after = (await world.provider_a.get("/v1/whoami")).headers["RateLimit"]
    assert int(after.split("r=")[1].split(";")[0]) >= left - 1
    assert await world.use_log(system_id=world.provider_a.system_id) == []
    assert (await elsewhere.organiser.post(f"{path}/revoke", None)).status_code == 200
    assert await borrowed(world, OWN) == 200, "nor does the other one's end end it"


async def test_whether_an_id_is_in_use_elsewhere_is_not_told(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    """What is there and what is not give one answer, whoever registers and whatever else is wrong."""
    answers = []
    for client_id in (world.provider_a.client_id, "nobody-has-this-one"):
        new = entry(elsewhere.provider_a.organisation_id, "provider", client_id=client_id)
        unproven = await elsewhere.organiser.post(SYSTEMS, new | {"proofs": []})
        wrong_role = await elsewhere.provider_a.post(SYSTEMS, new | {"role": "ehr"} | with_keys(NewKey()))
        made = await elsewhere.provider_a.post(SYSTEMS, new | with_keys(NewKey()))
        listed = await elsewhere.pages(elsewhere.organiser, SYSTEMS)
        mine = [each["id"] for each in listed if each["client_id"] == client_id]
        answers.append(
            (
                unproven.status_code,
                [error["code"] for error in unproven.json()["errors"]],
                wrong_role.status_code,
                [error["code"] for error in wrong_role.json()["errors"]],
                (made.status_code, set(made.json()), len(mine)),
                await token_status(world, client_id, NewKey()),
            )
        )
    assert answers[0] == answers[1]


async def test_a_flood_of_wrong_keys_ends_with_itself(world: TenantFixture) -> None:
    wrong = NewKey()
    answers = await asyncio.gather(*(borrowed(world, wrong) for _ in range(24)))
    assert set(answers) <= {401, 429}
    assert await borrowed(world, OWN) == 200, "nobody is locked out"
