"""What carries client data is stored by no cache (RFC 9111, 5.2.2.5); asking with If-None-Match works as before."""

import pytest
from tests.access.test_use_log_api import scene
from tests.conftest import TenantFixture

CLIENT_DATA = (
    "/v1/clients/{client[id]}",
    "/v1/service-relationships/{relationship[id]}",
    "/v1/decisions/{decision}",
    "/v1/agreements/{agreement[id]}",
    "/v1/attendance/{recorded[id]}",
    "/v1/justifications/{given[id]}",
    "/v1/clients/{client[id]}/versions/1",
)
ABOUT_NOBODY = (
    "/v1/code-systems/urn:oid:1.2.246.537.6.1221",
    "/v1/organisations/{agreement[provider_id]}",
    "/v1/assessment-forms/workplace_short",
    "/v1/instruments/kykyviisari",
)


@pytest.mark.parametrize(
    ("path", "caching"),
    [(each, "no-store") for each in CLIENT_DATA] + [(each, "no-cache") for each in ABOUT_NOBODY],
)
async def test_a_record_and_its_304_say_the_same_of_caches(
    world: TenantFixture, path: str, caching: str
) -> None:
    url = path.format(**await scene(world))
    answer = await world.organiser.get(url)
    assert (answer.status_code, answer.headers.get_list("cache-control")) == (200, [caching]), answer.text
    again = await world.organiser.get(url, If_None_Match=answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers.get_list("cache-control") == [caching]
    assert again.headers["etag"] == answer.headers["etag"]


async def test_an_answer_that_is_repeated_for_its_key_is_not_stored_either(world: TenantFixture) -> None:
    entry = {"family_name": "Salanen", "given_names": "Testi", "turvakielto": False}
    for replayed in (None, "true"):
        answer = await world.organiser.post("/v1/clients", entry, Idempotency_Key="no-store-1")
        assert (answer.status_code, answer.headers.get("idempotency-replayed")) == (201, replayed)
        assert answer.headers.get_list("cache-control") == ["no-store"]


async def test_an_empty_list_about_clients_and_the_feed_are_not_stored(world: TenantFixture) -> None:
    for path in ("/v1/clients", "/v1/attendance", "/v1/documents", "/v1/changes", "/v1/measurements"):
        answer = await world.organiser.get(path)
        assert answer.headers.get_list("cache-control") == ["no-store"], path


async def test_an_overview_page_and_a_file_are_not_stored(world: TenantFixture) -> None:
    data = await scene(world)
    for path, accept in (
        (f"/v1/clients/{data['client']['id']}/overview", "application/xhtml+xml"),
        ("/v1/attendance", "text/csv"),
    ):
        answer = await world.provider_a.get(path, Accept=accept)
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, accept)
        assert answer.headers.get_list("cache-control") == ["no-store"]
