"""What a system hears of its limits, and what those cost who never say who they are."""

from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from tests.conftest import TenantFixture

from walmu_api.foundation.load_shedding import Admission, Limits


@pytest.fixture
def tight(world: TenantFixture, monkeypatch: pytest.MonkeyPatch) -> TenantFixture:
    """A house whose systems have three requests each."""
    narrow = Admission(Limits(per_second=1, burst=3, at_once=2), lambda: 0.0)
    object.__setattr__(world.app_context, "admission", narrow)
    return world


@pytest.fixture(autouse=True)
def as_before(world: TenantFixture) -> Any:
    stored = {name: getattr(world.app_context, name) for name in ("admission", "token_gate")}
    yield
    for name, value in stored.items():
        object.__setattr__(world.app_context, name, value)


async def test_every_answer_tells_how_the_system_stands(tight: TenantFixture) -> None:
    data = [
        await tight.provider_a.get(path) for path in ("/v1/whoami", "/v1/clients?nothing=1", "/v1/use-log")
    ]
    assert [answer.status_code for answer in data] == [200, 422, 403]
    assert [answer.headers["RateLimit"] for answer in data] == [
        f'"requests";r={r};t={3 - r}' for r in (2, 1, 0)
    ]
    assert {answer.headers["RateLimit-Policy"] for answer in data} == {'"requests";q=3;w=3'}
    limits = data[0].json()["limits"]
    assert [limits[f"requests_{name}"] for name in ("per_second", "in_one_go", "at_once")] == [1, 3, 2]


async def test_a_system_beyond_its_quota_is_refused_before_its_body_is_read(tight: TenantFixture) -> None:
    for _ in range(3):
        assert (await tight.provider_a.get("/v1/whoami")).status_code == 200
    refused = await tight.provider_a.post("/v1/attendance-batches", b"{not JSON")
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-requests")
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["RateLimit"] == '"requests";r=0;t=3'
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert (await tight.provider_b.get("/v1/whoami")).status_code == 200


async def test_who_has_not_shown_who_it_is_gets_401_without_the_database(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none_is_taken() -> None:
        raise AssertionError("a connection was taken")

    monkeypatch.setattr(world.app_context.database.connections, "take", none_is_taken)
    for token in ("", "Bearer x", "Bearer a.b.c", f"Bearer {'a' * 5000}"):
        answer = await world.provider_a.get("/v1/whoami", Authorization=token)
        assert answer.status_code == 401
        assert "RateLimit" not in answer.headers


FORM = {
    "grant_type": "client_credentials",
    "client_assertion": "a.b.c",
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
}


async def token_asked_from(world: TenantFixture, address: str) -> Response:
    transport = ASGITransport(world.app, client=(address, 4711))
    async with AsyncClient(transport=transport, base_url="http://walmu.test") as http:
        return await http.post("/oauth2/token", data=FORM)


async def test_assertions_are_checked_a_few_at_a_time(world: TenantFixture) -> None:
    object.__setattr__(world.app_context, "token_gate", Admission(Limits(at_once=0)))
    answer = await world.organiser.http.post("/oauth2/token", data=FORM)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")


async def test_an_address_that_asks_for_too_many_tokens_waits_and_the_others_do_not(
    world: TenantFixture,
) -> None:
    """Three wrong ones: told alike that they are wrong, and then that there are too many, whatever they name."""
    narrow = Admission(Limits(per_second=1, burst=3, at_once=8), lambda: 0.0)
    object.__setattr__(world.app_context, "token_gate", narrow)
    answers = [await token_asked_from(world, "198.51.100.7") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[3].headers["Retry-After"] == "1"
    assert answers[3].json()["code"] == "too-many-requests"
    assert "RateLimit" not in answers[3].headers, (
        "the bucket is the address's, and nobody has shown who it is"
    )
    assert (await token_asked_from(world, "198.51.100.8")).status_code == 401
    assert (await world.provider_a.get("/v1/whoami")).status_code == 200


async def test_of_ipv6_a_network_is_one_address(world: TenantFixture) -> None:
    narrow = Admission(Limits(per_second=1, burst=2, at_once=8), lambda: 0.0)
    object.__setattr__(world.app_context, "token_gate", narrow)
    hosts = ("2001:db8:1:1::1", "2001:db8:1:1:ffff::2", "2001:db8:1:1::3", "2001:db8:1:2::1")
    assert [(await token_asked_from(world, host)).status_code for host in hosts] == [401, 401, 429, 401]
