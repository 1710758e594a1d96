"""A revocation ends what was given before it within 60 seconds, in a process that remembers systems (law on audiences)."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from tests.access.assertions import NewKey, with_keys
from tests.access.assertions import token as signed
from tests.access.test_registration_api import SYSTEMS, entry
from tests.access.test_tokens_api import ask, claims_of, header
from tests.conftest import TenantFixture


@pytest.mark.parametrize("how", ["revoked", "key removed", "key of another system put on it"])
async def test_a_token_in_use_ends_within_a_minute(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Asked again and again, so that nothing that is remembered grows old by itself."""
    later = 0.0
    real = time.monotonic
    moved = SimpleNamespace(monotonic=lambda: real() + later)
    monkeypatch.setattr("walmu_api.access.system_registry.time", moved)
    role = "organiser" if how.startswith("key of") else "provider"
    of = world.organiser if role == "organiser" else world.provider_a
    key, second = NewKey(), world.organiser
    new: dict[str, Any] = entry(of.organisation_id, role, key)
    path = (await world.organiser.post(SYSTEMS, new)).headers["location"]
    await world.owner.execute(
        "update connected_systems set unconfirmed_by = null where organiser_id = $1", world.organiser_id
    )
    given = await ask(world, signed(header(kid=key.kid), claims_of(new["client_id"]), key.pem))
    bearer = f"Bearer {given.json()['access_token']}"

    async def status() -> int:
        return (await world.provider_b.get("/v1/whoami", Authorization=bearer)).status_code

    assert await status() == 200
    if how == "revoked":
        answer = await second.post(f"{path}/revoke", None)
    else:
        etag = (await second.get(path)).headers["etag"]
        keys = NewKey()
        changed = (
            new | with_keys(keys) if how == "key removed" else new | with_keys(key, keys, proven=(keys,))
        )
        answer = await second.put(path, changed, If_Match=etag)
    assert answer.status_code == 200, answer.text
    for seconds in range(0, 59, 5):
        later = float(seconds)
        last = await status()
    assert last == 401
    again = await ask(world, signed(header(kid=key.kid), claims_of(new["client_id"]), key.pem))
    assert again.status_code == 401
