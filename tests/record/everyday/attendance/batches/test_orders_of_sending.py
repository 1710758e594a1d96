"""What is known of a day does not depend on the order or number of sends: offline senders are late, repeat themselves, and
two devices report the same days."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import TenantFixture
from tests.reports.follow_up.test_missing_api import ALL_WEEK
from tests.sizes import examples

AGOS = (3, 4, 5)
CONTENTS: tuple[dict[str, Any], ...] = (
    {"status": "present", "actual_minutes": 240},
    {"status": "partial", "actual_minutes": 90, "absence_reason": "healthcare_or_therapy"},
    {"status": "absent", "absence_reason": "own_illness"},
    {"status": "rescheduled"},
    {"status": "absent"},
)


@dataclass(frozen=True)
class Send:
    """A line on a device: what it says of a day, and which version it means to replace."""

    ago: int
    content: int
    if_version: int | None
    by_batch: bool


@dataclass
class Story:
    """For each day its first content and perhaps a correction of it; and every send of them, in the order they arrive."""

    final: dict[int, tuple[int, int]]
    sends: list[Send]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    final: dict[int, tuple[int, int]] = {}
    sends: list[Send] = []
    for ago in AGOS:
        first, corrected = draw(st.integers(0, 4)), draw(st.none() | st.integers(0, 4))
        if corrected == first:
            corrected = None
        final[ago] = (first, 1) if corrected is None else (corrected, 2)
        by_batch = st.lists(st.booleans(), min_size=1, max_size=3)
        sends += [Send(ago, first, None, each) for each in draw(by_batch)]
        if corrected is not None:
            sends += [Send(ago, corrected, 1, each) for each in draw(by_batch)]
    return Story(final, draw(st.permutations(sends)))


async def sent(world: TenantFixture, agreement: str, send: Send) -> str:
    """The code of what became of it."""
    day, entry = world.day(send.ago), CONTENTS[send.content]
    if send.by_batch:
        line = {"agreement_id": agreement, "date": day} | entry
        if send.if_version:
            line["if_version"] = send.if_version
        answer = await world.provider_a.post("/v1/attendance-batches", {"items": [line]})
        assert answer.status_code == 200, answer.text
        outcome: dict[str, Any] = answer.json()["outcomes"][0]
        return str(outcome["problems"][0]["code"] if outcome["outcome"] == "rejected" else outcome["outcome"])
    headers = {"If_Match": f'"{send.if_version}"'} if send.if_version else {}
    answer = await world.provider_a.put(f"/v1/agreements/{agreement}/attendance/{day}", entry, **headers)
    assert answer.status_code in {200, 201, 412, 428}, answer.text
    return str(answer.json().get("code", answer.status_code))


@given(stories())
@settings(
    max_examples=examples(10, long=100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_a_day_is_known_alike_in_whatever_order_it_was_sent(world: TenantFixture, story: Story) -> None:
    agreement = (await world.signed_agreement(schedule=ALL_WEEK))["id"]
    early = [send for send in story.sends if await sent(world, agreement, send) == "stale-version"]
    assert all(send.if_version for send in early), (
        "only a correction can come too early, and its sender is told"
    )
    for send in early:
        await sent(world, agreement, send)
    days = await world.pages(world.organiser, f"/v1/attendance?agreement_id={agreement}&limit=2")
    known = {item["date"]: item for item in days}
    for ago, (content, version) in story.final.items():
        item, data = known[world.day(ago)], {"absence_reason": "unknown"} | CONTENTS[content]
        assert item["version"] == version
        assert {name: item.get(name) for name in CONTENTS[content]} == CONTENTS[content]
        assert item.get("absence_reason") == (
            data["absence_reason"] if data["status"] in {"absent", "partial"} else None
        )
    journaled = await world.owner.fetch(
        "select resource_id, version from journal where organiser_id = $1 and resource_type = 'attendance' and resource_id = any($2)",
        world.organiser_id,
        [item["id"] for item in days],
    )
    assert Counter(journaled) == Counter(
        {
            (each, version): 1
            for each in {row["resource_id"] for row in journaled}
            for version in range(1, next(i["version"] for i in days if i["id"] == str(each)) + 1)
        }
    )
    query = f"from={world.day(max(AGOS))}&to={world.day(min(AGOS))}"
    summary = (await world.organiser.get(f"/v1/agreements/{agreement}/attendance-summary?{query}")).json()
    statuses = Counter(CONTENTS[content]["status"] for content, _ in story.final.values())
    assert all(
        summary["days"][status] == statuses[status]
        for status in ("present", "partial", "absent", "rescheduled")
    )
    assert summary["minutes"]["actual"] == sum(
        CONTENTS[content].get("actual_minutes", 0) for content, _ in story.final.values()
    )


@given(st.permutations(range(5)), st.permutations(range(5)))
@settings(
    max_examples=examples(5, long=50),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_of_two_devices_one_is_recorded_and_the_other_is_told(
    world: TenantFixture, first: list[int], second: list[int]
) -> None:
    """Both report the same five days, each in its own words and order, in one batch each."""
    agreement = (await world.signed_agreement())["id"]

    def batch(order: list[int], status: str) -> dict[str, Any]:
        lines = [{"agreement_id": agreement, "date": world.day(ago + 2), "status": status} for ago in order]
        return {"items": lines}

    one = (await world.provider_a.post("/v1/attendance-batches", batch(first, "present"))).json()
    other = (await world.provider_a.post("/v1/attendance-batches", batch(second, "not_arranged"))).json()
    assert (one["counts"]["created"], other["counts"]["rejected"]) == (5, 5)
    assert {line["problems"][0]["code"] for line in other["outcomes"]} == {"already-recorded"}
    assert {line["etag"] for line in other["outcomes"]} == {json.dumps("1")}
    days = await world.pages(world.organiser, f"/v1/attendance?agreement_id={agreement}")
    assert {item["status"] for item in days} == {"present"}
