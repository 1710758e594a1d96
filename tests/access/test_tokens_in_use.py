"""Tokens while things change: damaged ones, bound ones, signing keys rotated under load, a system revoked everywhere."""

import asyncio
import json
import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.access.assertions import NewKey, token, with_keys
from tests.access.test_tokens_api import access_claims, ours, same_but_instance
from tests.conftest import SIGNING, ApiClient, TenantFixture

from walmu_api.access.guard import AppContext
from walmu_api.access.system_registry import Registry
from walmu_api.access.tokens import Tokens, assertion
from walmu_api.app import create_app
from walmu_api.foundation.encryption import Keyring, _new_signing_key
from walmu_api.settings import Settings

FLIPS = 2000
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


async def test_of_two_authorization_headers_none_counts(world: TenantFixture) -> None:
    good = world.provider_a.bearer().encode()
    for second in (good, b"Bearer x"):
        answer = await world.provider_a.http.get(
            "/v1/whoami", headers=[(b"Authorization", good), (b"Authorization", second)]
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")


async def test_two_thousand_damaged_tokens_get_one_and_the_same_answer(world: TenantFixture) -> None:
    pem, head = ours(world)
    good = token(head, access_claims(world), pem).encode()
    chance, answers = random.Random(5), set()
    for _ in range(FLIPS):
        damaged = bytearray(good)
        for _ in range(chance.choice((1, 1, 1, 2, 8))):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        if damaged == good:
            continue
        headers = [(b"Authorization", b"Bearer " + bytes(damaged))]
        answer = await world.provider_a.http.get("/v1/agreements", headers=headers)
        answers.add(json.dumps(same_but_instance(answer), sort_keys=True))
    nothing = await world.provider_a.get("/v1/agreements", Authorization="Bearer kissa")
    assert answers == {json.dumps(same_but_instance(nothing), sort_keys=True)}
    assert nothing.status_code == 401
    still = await world.provider_a.get("/v1/agreements", Authorization=f"Bearer {good.decode()}")
    assert still.status_code == 200


@pytest.mark.parametrize("cnf", [{"x5t#S256": "a" * 43}, {"jkt": "a" * 43}, {}, None, "x"])
async def test_a_token_bound_to_a_key_is_no_bearer_token(world: TenantFixture, cnf: Any) -> None:
    """Whoever bound it (RFC 8705, RFC 9449) wanted proof of the key: taken without, it would be worth less than asked."""
    pem, head = ours(world)
    bound = token(head, access_claims(world, cnf=cnf), pem)
    answer = await world.provider_a.get("/v1/agreements", Authorization=f"Bearer {bound}")
    assert answer.status_code == 401
    assert same_but_instance(answer) == same_but_instance(
        await world.provider_a.get("/v1/agreements", Authorization="Bearer x")
    )


async def test_a_token_in_a_token_is_refused(world: TenantFixture) -> None:
    pem, head = ours(world)
    inner = token(head, access_claims(world), pem)
    for changed, claims in ((head | {"cty": "JWT"}, inner.encode()), (head, json.dumps(inner).encode())):
        answer = await world.provider_a.get(
            "/v1/agreements", Authorization=f"Bearer {token(changed, claims, pem)}"
        )
        assert answer.status_code == 401


def instance(
    app_context: AppContext, settings: Settings, signing: list[dict[str, str]], folder: Path
) -> httpx.AsyncClient:
    """An instance as a restart makes it: its own registry, the keyring read from its file."""
    content = json.loads(settings.keyring_file.read_text()) | {"signing": signing}
    file = folder / f"{signing[0]['kid']}-{len(signing)}.json"
    file.write_text(json.dumps(content))
    keyring = Keyring.read(file)
    created = replace(
        app_context,
        keyring=keyring,
        tokens=Tokens(settings.api.public_url, keyring.signing),
        registry=Registry(),
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app(created)), base_url="http://walmu.test")


async def fresh(http: httpx.AsyncClient, speaker: ApiClient) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": JWT_BEARER,
        "client_assertion": assertion(speaker.client_id, "http://walmu.test", SIGNING.pem, SIGNING.kid),
    }
    answer = await http.post("/oauth2/token", data=form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def test_signing_keys_are_rotated_under_load_without_a_refused_request(
    world: TenantFixture, settings: Settings, tmp_path: Path
) -> None:
    (old,) = json.loads(settings.keyring_file.read_text())["signing"]
    new = _new_signing_key()
    one = instance(world.app_context, settings, [old, new], tmp_path)
    instances = [one, one]
    held = [await fresh(one, world.provider_a)]
    answers: list[int] = []
    done = asyncio.Event()

    async def caller(number: int) -> None:
        chance = random.Random(number)
        while not done.is_set():
            if chance.random() < 0.1:
                held.append(await fresh(chance.choice(instances), world.provider_a))
            headers = {"Authorization": f"Bearer {chance.choice(held)}"}
            answers.append(
                (await chance.choice(instances).get("/v1/agreements", headers=headers)).status_code
            )

    callers = [asyncio.create_task(caller(number)) for number in range(6)]

    async def under_load() -> None:
        until = len(answers) + 100
        while len(answers) < until and not any(each.done() for each in callers):  # noqa: ASYNC110 -- no event tells
            await asyncio.sleep(0.01)

    for step in ([new, old], [new, old]):  # the second instance is restarted, then the first
        await under_load()
        instances[0 if instances[1] is not one else 1] = instance(world.app_context, settings, step, tmp_path)
    await under_load()
    done.set()
    await asyncio.gather(*callers)
    assert set(answers) == {200}
    assert len(answers) > 50
    kids = {json.loads(_header(each))["kid"] for each in held}
    assert kids == {old["kid"], new["kid"]}, "tokens of both keys were held and taken"


def _header(data: str) -> bytes:
    import base64

    part = data.split(".", maxsplit=1)[0]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def test_a_revoked_system_is_refused_by_every_instance_within_a_minute(
    world: TenantFixture, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Registry.REMEMBERED <= 30, "half a minute, whatever else happens"
    monkeypatch.setattr(Registry, "REMEMBERED", 0.5)
    signing = json.loads(settings.keyring_file.read_text())["signing"]
    both = [instance(world.app_context, settings, signing, tmp_path) for _ in range(2)]
    headers = {"Authorization": f"Bearer {await fresh(both[0], world.provider_a)}"}
    assert {(await each.get("/v1/agreements", headers=headers)).status_code for each in both} == {200}
    revoked = await world.organiser.post(f"/v1/connected-systems/{world.provider_a.system_id}/revoke", None)
    assert revoked.status_code == 200
    since = time.monotonic()
    while {(await each.get("/v1/agreements", headers=headers)).status_code for each in both} != {401}:
        assert time.monotonic() - since < 5, "ten times what it remembers"
        await asyncio.sleep(0.05)


async def test_the_tokens_of_a_removed_key_are_refused_by_every_instance_within_a_minute(
    world: TenantFixture, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Registry.REMEMBERED <= 60, "the law says so"
    monkeypatch.setattr(Registry, "REMEMBERED", 0.5)
    signing = json.loads(settings.keyring_file.read_text())["signing"]
    both = [instance(world.app_context, settings, signing, tmp_path) for _ in range(2)]
    headers = {"Authorization": f"Bearer {await fresh(both[0], world.provider_a)}"}
    assert {(await each.get("/v1/agreements", headers=headers)).status_code for each in both} == {200}
    path = f"/v1/connected-systems/{world.provider_a.system_id}"
    there = (await world.organiser.get(path)).json()
    entry = {name: there[name] for name in ("organisation_id", "client_id", "name", "role")}
    removed = await world.organiser.put(path, entry | with_keys(NewKey()), If_Match='"1"')
    assert removed.status_code == 200, removed.text
    since = time.monotonic()
    while {(await each.get("/v1/agreements", headers=headers)).status_code for each in both} != {401}:
        assert time.monotonic() - since < 5, "ten times what it remembers"
        await asyncio.sleep(0.05)
