"""Pages for people, and what every path says of its methods."""

import html

import pytest

from tests.conftest import TenantFixture
from walmu_api.contract import KINDS
from walmu_api.foundation.locales import LANGUAGES

PAGES = (
    "/docs",
    "/docs/start.js",
    "/docs/files/swagger-ui.css",
    "/openapi.json",
    "/docs/licence",
    "/problems",
    "/problems/invalid",
)


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_read_with_get_and_head_and_says_so(world: TenantFixture, path: str) -> None:
    given = await world.provider_a("GET", path)
    head = await world.provider_a("HEAD", path)
    assert (given.status_code, head.status_code, head.content) == (200, 200, b"")
    refused = await world.provider_a("POST", path)
    assert (refused.status_code, refused.json()["code"]) == (405, "method-not-allowed")
    asked = await world.provider_a("OPTIONS", path)
    assert asked.status_code == 204
    assert refused.headers["allow"] == asked.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_problem_has_its_page_and_a_place_in_the_index(
    world: TenantFixture, language: str
) -> None:
    index = await world.provider_a.get("/problems", Accept_Language=language)
    assert index.headers["content-language"] == language
    assert f'<html lang="{language}">' in index.text
    for code, kind in KINDS.items():
        assert f'href="/problems/{code}"' in index.text
        page = await world.provider_a.get(f"/problems/{code}", Accept_Language=language)
        assert page.status_code == 200
        assert html.escape(kind.title.render(language, {})) in page.text
        assert "{" not in page.text.split("</style>")[1].replace("/{id}/", "/"), code
        assert "script" not in page.headers["content-security-policy"]


async def test_the_type_of_a_problem_is_a_page_that_is_there(world: TenantFixture) -> None:
    answer = await world.provider_a.get("/v1/clients/nothing")
    assert (await world.provider_a.get(answer.json()["type"])).status_code == 200
    assert (await world.provider_a.get("/problems/no-such-code")).status_code == 404


async def test_an_if_none_match_longer_than_documented_is_refused(world: TenantFixture) -> None:
    client = await world.client()
    path = f"/v1/clients/{client['id']}"
    assert (await world.organiser.get(path, If_None_Match='"1"')).status_code == 304
    answer = await world.organiser.get(path, If_None_Match="x" * 201)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/header/If-None-Match")
