"""Lists page by page: nothing twice, nothing missing."""

import httpx
import pytest
from fastapi import FastAPI
from tests.conftest import ApiClient, TenantFixture


async def all_of(speaker: ApiClient, path: str) -> list[str]:
    ids: list[str] = []
    following: str | None = path
    while following:
        answer = await speaker.get(following)
        assert answer.status_code == 200, answer.text
        ids += [item["id"] for item in answer.json()["items"]]
        following = answer.json()["next"]
        assert following is None or answer.headers["link"] == f'<{following}>; rel="next"'
    return ids


async def test_every_list_is_read_to_its_end_one_by_one(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    for days_ago in (1, 2, 3, 9):
        path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(days_ago)}"
        assert (await world.provider_a.put(path, {"status": "present"})).status_code == 201
    await world.client()
    for path in (
        "/v1/attendance",
        "/v1/clients",
        "/v1/organisations",
        "/v1/connected-systems",
        "/v1/agreements",
    ):
        whole = await all_of(world.organiser, f"{path}?limit=200")
        assert await all_of(world.organiser, f"{path}?limit=1") == whole
        assert len(set(whole)) == len(whole) >= 1
    assert len(await all_of(world.auditor, "/v1/use-log?limit=2")) >= 6


@pytest.mark.parametrize("path", ["/v1/clients?limit=1", "/v1/changes?limit=3&resource_type=client"])
async def test_a_page_tells_its_cursor_beside_its_link(world: TenantFixture, path: str) -> None:
    """Who builds requests with a generated client passes the cursor on; who follows links needs none (ADR 10)."""
    for _ in range(3):
        await world.client()
    page, filters = (await world.organiser.get(path)).json(), path
    while page["items"]:
        cursor = page["next_cursor"]
        assert (cursor is None) == (page["next"] is None)
        if cursor is None:
            break
        assert httpx.URL(page["next"]).params["cursor"] == cursor
        following = (await world.organiser.get(f"{filters}&cursor={cursor}")).json()
        assert following["items"] == (await world.organiser.get(page["next"])).json()["items"]
        page = following
    assert page["next_cursor"] is None or path.startswith("/v1/changes")


async def test_a_list_that_is_answered_whole_ends_there(world: TenantFixture) -> None:
    for path in ("/v1/code-systems", "/v1/documents/structures", "/v1/assessment-forms", "/v1/instruments"):
        page = (await world.organiser.get(path)).json()
        assert set(page) == {"items", "next", "next_cursor"}, path
        assert (page["next"], page["next_cursor"]) == (None, None), path


async def test_a_cursor_is_of_its_list(world: TenantFixture) -> None:
    page = "0" * 32
    assert (await world.organiser.get(f"/v1/clients?cursor={page}")).status_code == 200
    assert (await world.organiser.get(f"/v1/attendance?cursor={page}1ffff")).status_code == 200
    for path in (f"/v1/attendance?cursor={page}", f"/v1/clients?cursor={page}1ffff", "/v1/clients?cursor=x"):
        answer = await world.organiser.get(path)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/cursor"), path


async def test_a_time_that_ends_before_it_begins_is_refused_and_not_empty(
    world: TenantFixture, app: FastAPI
) -> None:
    """Every list that takes `from` and `to`."""
    seen, agreement = set(), await world.signed_agreement()
    for template, item in app.state.described()["paths"].items():
        if not {"from", "to"} <= {
            parameter.get("name") for parameter in item.get("get", {}).get("parameters", ())
        }:
            continue
        path = template.format(agreement_id=agreement["id"], client_id=agreement["client_id"])
        speaker = world.auditor if path == "/v1/use-log" else world.organiser
        answer = await speaker.get(f"{path}?from={world.day(1)}&to={world.day(2)}")
        assert answer.status_code == 422, path
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
            ("/query/to", "out-of-order")
        ], path
        one_day = await speaker.get(f"{path}?from={world.day(1)}&to={world.day(1)}")
        # figures of impact are of quarters and longer (ADR 43)
        assert one_day.status_code == (422 if path == "/v1/impact" else 200), path
        seen.add(path)
    assert seen >= {"/v1/attendance", "/v1/use-log", "/v1/cases"}


@pytest.mark.parametrize("path", ["/v1/attendance?from=2026-02-30", "/v1/agreements?in_force_on=2026-02-29"])
async def test_a_day_that_the_calendar_lacks_is_told_as_such(world: TenantFixture, path: str) -> None:
    [error] = (await world.provider_a.get(path)).json()["errors"]
    assert error["detail"].endswith("a day of the calendar is written YYYY-MM-DD, from 1900 to 2199.")
