"""The contract as it is sent: compressed, asked for again, and tag by tag."""

import json
import re
from typing import Any

import httpx
import pytest

from tests.conftest import TenantFixture
from walmu_api.contract.texts import TAGS

PARTS = [f"/openapi/{tag.replace(' ', '-')}.json" for tag in TAGS]


async def fetched(world: TenantFixture, path: str, **headers: str) -> httpx.Response:
    return await world.provider_a.get(path, **headers)


@pytest.mark.parametrize("path", ["/openapi.json", PARTS[0], "/openapi/connected-systems.json"])
async def test_it_is_sent_as_the_reader_takes_it(world: TenantFixture, path: str) -> None:
    seen: dict[str, tuple[str, Any]] = {}
    for accepted, encoding in (
        ("gzip", "gzip"),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip"),
        ("*", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip;q=0.2, identity", None),
        ("br", None),
        ("", None),
    ):
        answer = await fetched(world, path, Accept_Encoding=accepted)
        assert (answer.status_code, answer.headers.get("content-encoding")) == (200, encoding)
        assert answer.headers["vary"] == "Accept-Encoding"
        assert re.fullmatch(r'"[^"]+"', answer.headers["etag"])
        seen.setdefault(answer.headers["etag"], (accepted, answer.json()))
        again = await fetched(
            world, path, Accept_Encoding=accepted, If_None_Match=f'"x", {answer.headers["etag"]}'
        )
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])
        assert again.headers["vary"] == "Accept-Encoding"
    assert len(seen) == 2, "each encoding has bytes of its own, and so a strong ETag of its own"
    (_, one), (_, other) = seen.values()
    assert one == other


async def test_compressed_it_is_a_fraction(world: TenantFixture) -> None:
    answer = await fetched(world, "/openapi.json", Accept_Encoding="gzip")
    plain = await fetched(world, "/openapi.json", Accept_Encoding="identity")
    assert int(answer.headers["content-length"]) * 8 < len(plain.content)


async def test_each_tag_is_a_document_of_its_own(world: TenantFixture) -> None:
    whole = (await fetched(world, "/openapi.json")).json()
    assert [each["externalDocs"]["url"] for each in whole["tags"]] == PARTS
    shown: dict[str, set[str]] = {}
    for path, (tag, meaning) in zip(PARTS, TAGS.items(), strict=True):
        answer = await fetched(world, path)
        assert answer.status_code == 200, path
        part = answer.json()
        for address, item in part["paths"].items():
            for method, operation in item.items():
                assert tag in operation["tags"]
                assert operation == whole["paths"][address][method]
                shown.setdefault(address, set()).add(method)
        assert [(each["name"], each["description"]) for each in part["tags"]] == [(tag, meaning)]
        for kind in ("schemas", "responses", "headers"):
            used = set(re.findall(rf'"#/components/{kind}/([^"/]+)"', json.dumps(part)))
            assert used == set(part["components"][kind]), "all that is used, and nothing else"
            assert all(whole["components"][kind][name] == part["components"][kind][name] for name in used)
        assert part["components"]["securitySchemes"] == whole["components"]["securitySchemes"]
    assert shown == {address: set(item) for address, item in whole["paths"].items()}


async def test_there_is_no_part_for_what_is_no_tag(world: TenantFixture) -> None:
    for name in ("nothing", "connected%20systems", "Access", "..", "x" * 500):
        answer = await fetched(world, f"/openapi/{name}.json")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        assert answer.headers["content-type"] == "application/problem+json"
