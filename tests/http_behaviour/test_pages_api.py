"""Every list pages alike: `limit`, `cursor` and `next`, whatever it lists (api.md, "Requests")."""

from typing import Any

import pytest
from tests.http_behaviour.scene import DOCUMENT, GUARDED, Operation, Scene, on_each

FEED = "listChanges"
"""The feed is no list: it never ends, and its pages are longer."""
ASKED = {"listMissingAttendance": "on={day}", "listReceivedNotices": "agreement_id={workplace_agreement_id}"}
"""What some lists must be asked."""


def schema_of(operation: Operation) -> dict[str, Any]:
    answer = operation.definition["responses"].get("200", {}).get("content", {}).get("application/json", {})
    name = answer.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return dict(DOCUMENT["components"]["schemas"].get(name, {}))


LISTS = [
    o
    for o in GUARDED
    if o.method == "GET" and {"items", "next"} <= schema_of(o).get("properties", {}).keys() and o.name != FEED
]


def test_all_lists_are_known() -> None:
    assert len(LISTS) >= 38
    named = {o.name for o in GUARDED if o.name.startswith("list")} - {o.name for o in LISTS}
    assert {name for name in named if not name.endswith("Findings")} == {
        FEED,
        "listSafetyAndSupport",
        "listFormerIdentities",
    }, "what one record holds comes with it, whole"


@on_each(LISTS)
def test_a_list_has_the_parameters_of_all(operation: Operation) -> None:
    parameters = {each["name"]: each for each in operation.parameters("query")}
    limit = parameters["limit"]["schema"]
    assert (limit["minimum"], limit["maximum"]) == (1, 200)
    assert parameters["limit"]["description"] == "Items on a page at most, 1–200."
    assert parameters["cursor"]["description"] == "From the next link of the page before."
    assert "Link" in operation.definition["responses"]["200"]["headers"]


@on_each(LISTS)
async def test_a_list_is_read_page_by_page(operation: Operation, scene: Scene) -> None:
    speaker = scene.speaker(operation)
    query = ASKED.get(operation.name, "").format(day=scene.world.day(3), **scene.ids)
    url = f"{scene.url(operation)}?{query}"
    whole = await scene.world.pages(speaker, f"{url}&limit=200")
    link: str | None = f"{url}&limit=1"
    items: list[Any] = []
    while link is not None and len(items) < 5:
        answer = await speaker.get(link)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= 1
        items += page["items"]
        link = page["next"]
        assert answer.headers.get("link") == (None if link is None else f'<{link}>; rel="next"')
        assert link is None or "limit=1" in link
    assert items == whole[: len(items)]
    assert len(items) == len(whole) or link is not None


@pytest.mark.parametrize("path", ["/v1/instruments", "/v1/code-systems", "/v1/documents/structures"])
async def test_a_cursor_is_well_formed_or_refused_and_behind_the_last_item_is_nothing(
    scene: Scene, path: str
) -> None:
    answer = await scene.world.organiser.get(f"{path}?cursor=x")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/cursor")
    answer = await scene.world.organiser.get(f"{path}?cursor={'f' * 32}")
    assert (answer.status_code, answer.json()["items"], answer.json()["next"]) == (200, [], None)
    assert (await scene.world.organiser.get(f"{path}?limit=201")).status_code == 422
