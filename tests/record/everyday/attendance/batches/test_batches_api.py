"""Batches: every line judged, nothing overwritten silently, and however often it is sent the same is known."""

import asyncio
import json
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from httpx import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import ApiClient, TenantFixture
from tests.sizes import examples

from walmu_api.record.everyday.attendance.batches import service as batches
from walmu_api.record.everyday.attendance.batches.service import Change, Pending

PATH = "/v1/attendance-batches"
ZONES = (UTC, timezone(timedelta(hours=3)), timezone(timedelta(hours=-5, minutes=-30)))


async def send(speaker: ApiClient, items: list[Any], query: str = "") -> Response:
    return await speaker.post(f"{PATH}{query}", {"items": items})


def lines_of(agreement: dict[str, Any], days: list[str], **entry: Any) -> list[dict[str, Any]]:
    return [{"agreement_id": agreement["id"], "date": day, "status": "present"} | entry for day in days]


async def recorded(world: TenantFixture) -> dict[tuple[str, str], tuple[int, str]]:
    rows = await world.owner.fetch("select * from attendance where organiser_id = $1", world.organiser_id)
    return {(str(row["agreement_id"]), str(row["date"])): (row["version"], row["status"]) for row in rows}


async def journaled(world: TenantFixture) -> int:
    statement = "select count(*) from journal where organiser_id = $1 and resource_type = 'attendance'"
    found: int = await world.owner.fetchval(statement, world.organiser_id)
    return found


async def test_every_line_gets_its_outcome_and_rejected_ones_harm_no_other(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship, ehr_id="e-1")
    agreement = await world.agreement(
        relationship, decision, source_id="own-key", schedule={"type": "flexible"}
    )
    draft = await world.agreement(relationship, decision, sign=False)
    job = await world.agreement(relationship, None, kind="employment")
    denied_relationship = await world.relationship((await world.client())["id"])
    revoked = await world.agreement(
        denied_relationship, await world.decision(denied_relationship, ehr_id="e-2")
    )
    await world.receive(
        denied_relationship, ehr_id="e-2", version=2, status="revoked", revoked_on=world.today
    )
    there = f"/v1/agreements/{agreement['id']}/attendance/{world.day(20)}"
    await world.provider_a.put(there, {"status": "present"})
    good, present = agreement["id"], {"status": "present"}
    foreign = "01a20f63-1f4e-7ad9-8185-f3a69261964b"
    cases: list[tuple[dict[str, Any], str, str | None]] = [
        ({"agreement_id": good, "date": world.day(1), **present, "source_id": "a"}, "created", None),
        ({"agreement_source_id": "own-key", "date": world.day(2), **present}, "created", None),
        ({"agreement_id": good, "date": world.day(3), "status": "absent"}, "created", "reason-missing"),
        ({"agreement_id": foreign, "date": world.day(1), **present}, "rejected", "unknown-agreement"),
        ({"agreement_source_id": "nobody", "date": world.day(1), **present}, "rejected", "unknown-agreement"),
        ({"agreement_id": good, "date": world.day(121), **present}, "rejected", "day-outside-agreement"),
        (
            {"agreement_id": revoked["id"], "date": world.day(0), **present},
            "rejected",
            "decision-not-in-force",
        ),
        ({"agreement_id": draft["id"], "date": world.day(1), **present}, "rejected", "agreement-not-signed"),
        (
            {"agreement_id": job["id"], "date": world.day(1), **present},
            "rejected",
            "no-attendance-in-employment",
        ),
        ({"agreement_id": good, "date": world.day(-1), **present}, "rejected", "day-in-future"),
        (
            {"agreement_id": good, "date": world.day(4), **present, "absence_reason": "own_illness"},
            "rejected",
            "reason-not-allowed",
        ),
        (
            {"agreement_id": good, "date": world.day(4), "status": "absent", "absence_reason": "kissa"},
            "rejected",
            "duplicate-line",
        ),
        ({"agreement_id": good, "date": world.day(1), **present}, "rejected", "duplicate-line"),
        ({"agreement_source_id": "own-key", "date": world.day(1), **present}, "rejected", "duplicate-line"),
        ({"agreement_id": good, "date": world.day(20), "status": "absent"}, "rejected", "already-recorded"),
        (
            {"agreement_id": good, "date": world.day(21), **present, "if_version": 1},
            "rejected",
            "stale-version",
        ),
        ({"agreement_id": good, "date": "2026-02-30", **present}, "rejected", "invalid-value"),
        (
            {"agreement_id": good, "date": world.day(5), "status": "sick", "source_id": "b"},
            "rejected",
            "invalid-value",
        ),
        ({"agreement_id": good, "date": world.day(5)}, "rejected", "missing"),
        ({"date": world.day(5), **present}, "rejected", "invalid-value"),
        ({"agreement_id": good, "date": world.day(5), **present, "id": good}, "rejected", "read-only"),
        ({"agreement_id": good, "date": world.day(5), **present, "shoe": 1}, "rejected", "unknown-property"),
        (5, "rejected", "invalid-value"),  # type: ignore[list-item]
        ({"agreement_id": good, "date": world.day(20), **present}, "rejected", "duplicate-line"),
        ({"agreement_id": good, "date": world.day(6), **present}, "created", None),
    ]
    answer = await send(world.provider_a, [case[0] for case in cases])
    assert answer.status_code == 200, answer.text
    data = answer.json()
    got = [
        (each["outcome"], each["problems"][0]["code"] if each["problems"] else None)
        for each in data["outcomes"]
    ]
    assert got == [(outcome, code) for _, outcome, code in cases]
    assert [each["line"] for each in data["outcomes"]] == list(range(1, len(cases) + 1))
    assert [each.get("source_id") for each in data["outcomes"] if each.get("source_id")] == ["a", "b"]
    counts = {
        name: sum(case[1] == name for case in cases)
        for name in ("created", "updated", "unchanged", "rejected")
    }
    assert data["counts"] == counts
    assert sum(cause["count"] for cause in data["causes"]) == counts["rejected"]
    already = data["outcomes"][14]
    assert already["etag"] == '"1"'
    assert already["id"]
    assert len(await recorded(world)) == counts["created"] + 1
    for each in data["outcomes"]:
        for problem in each["problems"]:
            assert problem["severity"] == ("warning" if each["outcome"] != "rejected" else "error")
            assert problem["detail"]
    for each in (each for each in data["outcomes"] if each["outcome"] == "created"):
        assert (await world.provider_a.get(f"/v1/attendance/{each['id']}")).headers["etag"] == each["etag"]


async def test_the_outcome_is_its_schema(world: TenantFixture) -> None:
    import jsonschema_rs

    from walmu_api.record.everyday.attendance.batches.schemas import BatchOutcome

    agreement = await world.signed_agreement()
    items = [
        *lines_of(agreement, [world.day(1), world.day(1)]),
        {"x": 1},
        *lines_of(agreement, [world.day(2)], status="absent"),
    ]
    data = (await send(world.provider_a, items)).json()
    schema = jsonschema_rs.Draft202012Validator(
        BatchOutcome.model_json_schema(mode="serialization"), validate_formats=True
    )
    assert [str(error) for error in schema.iter_errors(data)] == []


async def test_causes_group_what_is_really_wrong(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    outside = lines_of(agreement, [world.day(121 + at) for at in range(30)])
    unknown = [
        {"agreement_source_id": key, "date": world.day(1), "status": "present"} for key in ("x", "y", "x")
    ]
    data = (await send(world.provider_a, outside + unknown)).json()
    causes = [(cause["code"], cause["count"], len(cause["lines"])) for cause in data["causes"]]
    assert causes == [
        ("day-outside-agreement", 30, 20),
        ("unknown-agreement", 2, 2),
        ("unknown-agreement", 1, 1),
    ]
    assert data["causes"][0]["fix"]
    assert agreement["starts_on"] in data["causes"][0]["detail"]


async def test_sent_again_everything_is_unchanged_and_nothing_is_written(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    items = lines_of(agreement, [world.day(at) for at in range(1, 21)])
    first = (await send(world.provider_a, items)).json()
    before, rows = await journaled(world), await recorded(world)
    again = (await send(world.provider_a, items)).json()
    assert again["counts"] == {"created": 0, "updated": 0, "unchanged": 20, "rejected": 0}
    assert [(each["id"], each["etag"]) for each in again["outcomes"]] == [
        (each["id"], each["etag"]) for each in first["outcomes"]
    ]
    assert (before, rows) == (20, await recorded(world))
    assert await journaled(world) == 20


@pytest.mark.parametrize(
    "at", ["1910-01-02T00:00:00.000001", "2026-03-29T00:59:59.999999", "2189-12-30T23:59:59.999998"]
)
@pytest.mark.parametrize("member", ["arrived_at", "left_at", "noted_at"])
async def test_an_instant_is_the_same_in_every_zone_and_another_a_microsecond_later(
    world: TenantFixture, member: str, at: str
) -> None:
    agreement, data = await world.signed_agreement(), datetime.fromisoformat(f"{at}+00:00")
    items = [
        lines_of(agreement, [world.day(1)], **{member: data.astimezone(zone).isoformat()}) for zone in ZONES
    ]
    later = lines_of(agreement, [world.day(1)], **{member: (data + timedelta(microseconds=1)).isoformat()})
    outcomes = [(await send(world.provider_a, each)).json()["outcomes"][0] for each in [*items, later]]
    assert [each["outcome"] for each in outcomes] == ["created", "unchanged", "unchanged", "rejected"]


async def test_a_recorded_day_is_changed_under_its_version_only(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    day = [world.day(1)]
    await send(world.provider_a, lines_of(agreement, day))
    blind = (await send(world.provider_a, lines_of(agreement, day, status="absent"))).json()["outcomes"][0]
    stale = (await send(world.provider_a, lines_of(agreement, day, status="absent", if_version=2))).json()[
        "outcomes"
    ][0]
    assert (blind["problems"][0]["code"], blind["etag"], stale["problems"][0]["code"]) == (
        "already-recorded",
        '"1"',
        "stale-version",
    )
    right = (await send(world.provider_a, lines_of(agreement, day, status="absent", if_version=1))).json()[
        "outcomes"
    ][0]
    assert (right["outcome"], right["etag"]) == ("updated", '"2"')
    again = (await send(world.provider_a, lines_of(agreement, day, status="absent", if_version=1))).json()[
        "outcomes"
    ][0]
    assert (again["outcome"], again["etag"]) == ("unchanged", '"2"')
    replaced = "select replaced from journal where organiser_id = $1 and resource_type = 'attendance' and version = 2"
    assert json.loads(await world.owner.fetchval(replaced, world.organiser_id))["status"] == "present"


async def test_an_atomic_batch_is_all_or_nothing(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    good = lines_of(agreement, [world.day(1), world.day(2)])
    refused = await send(world.provider_a, good + lines_of(agreement, [world.day(-1)]), "?mode=atomic")
    assert (refused.status_code, refused.json()["code"]) == (422, "batch-rejected")
    assert refused.json()["causes"][0]["code"] == "day-in-future"
    assert len(refused.json()["outcomes"]) == 3
    assert (await recorded(world), await journaled(world)) == ({}, 0)
    done = await send(world.provider_a, good, "?mode=atomic")
    assert (done.status_code, done.json()["counts"]["created"]) == (200, 2)


async def test_a_dry_run_judges_everything_and_writes_nothing(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    items = lines_of(agreement, [world.day(1), world.day(-1)])
    dry = (await send(world.provider_a, items, "?dry_run=true")).json()
    assert dry["counts"] == {"created": 1, "updated": 0, "unchanged": 0, "rejected": 1}
    assert "id" not in dry["outcomes"][0]
    assert (await recorded(world), await journaled(world)) == ({}, 0)
    wet = (await send(world.provider_a, items, "?dry_run=false")).json()
    assert (wet["counts"], wet["causes"]) == (dry["counts"], dry["causes"])
    for odd in ("?dry_run=1", "?dry_run=True", "?mode=all", "?dry_run="):
        assert (await send(world.provider_a, items, odd)).status_code == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[]", 422),
        (b"{}", 422),
        (b'{"items": []}', 422),
        (b'{"items": {}}', 422),
        (b'{"items": [{}], "x": 1}', 422),
        (b"", 400),
        (b'{"items": [{"status": "\\ud800"}]}', 200),
        (b'{"items": [{"status": "a", "status": "b"}]}', 422),
        (b'{"items": [null, 1e400]}', 200),
        (b'{"items": [{"planned_minutes": ' + b"9" * 400 + b"}]}", 200),
        (b'{"items": [{"source_id": "a\\u0000b"}]}', 200),
    ],
)
async def test_what_is_no_batch_is_refused_whole_and_odd_lines_by_themselves(
    world: TenantFixture, body: bytes, status: int
) -> None:
    answer = await world.provider_a("POST", PATH, body)
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.json()["counts"]["created"] == 0


async def test_ten_thousand_lines_are_taken_and_one_more_is_not(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"], starts_on="2020-01-01")
    decision = await world.decision(
        relationship, valid_from=world.today - timedelta(days=2500), valid_to=None
    )
    agreements = [
        await world.agreement(relationship, decision, starts_on=world.day(2400), ends_on=world.day(0))
        for _ in range(5)
    ]
    items = [
        line
        for agreement in agreements
        for line in lines_of(agreement, [world.day(at) for at in range(2000)])
    ]
    random.Random(1).shuffle(items)
    answer = await send(world.provider_a, items)
    assert answer.json()["counts"] == {"created": 10_000, "updated": 0, "unchanged": 0, "rejected": 0}
    again = await send(world.provider_a, items)
    assert again.json()["counts"]["unchanged"] == 10_000
    assert await journaled(world) == 10_000
    assert len(await world.use_log(operation="recordAttendanceBatch")) == 2
    more = await send(world.provider_a, [*items, items[0]])
    assert more.status_code == 422


async def test_batches_at_once_record_each_day_once_and_say_so(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All three are judged before any of them writes, so each meets what the others recorded only when it writes."""
    validated, write, late = asyncio.Barrier(3), batches._write, set[int]()

    async def together(ctx: Any, lines: list[Change]) -> list[Pending]:
        if id(ctx.session) not in late:
            late.add(id(ctx.session))
            await validated.wait()
        return await write(ctx, lines)

    monkeypatch.setattr(batches, "_write", together)
    agreement = await world.signed_agreement()
    days = [world.day(at) for at in range(100)]
    sent = [lines_of(agreement, days), lines_of(agreement, list(reversed(days)))]
    sent += [lines_of(agreement, days[50:] + days[:50], status="absent", absence_reason="own_illness")]
    answers = await asyncio.gather(*(send(world.provider_a, items) for items in sent))
    assert [answer.status_code for answer in answers] == [200, 200, 200], [
        answer.text[:300] for answer in answers
    ]
    there = await recorded(world)
    assert len(there) == 100
    assert await journaled(world) == 100
    created: list[str] = []
    for items, answer in zip(sent, answers, strict=True):
        for line, outcome in zip(items, answer.json()["outcomes"], strict=True):
            version, status = there[agreement["id"], line["date"]]
            assert version == 1
            expected = {"unchanged", "created"} if status == line["status"] else {"rejected"}
            assert outcome["outcome"] in expected
            created += [line["date"]] if outcome["outcome"] == "created" else []
    assert sorted(created) == sorted(days)


@settings(
    max_examples=examples(6, long=60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_order_and_number_of_sends_never_change_what_is_known(
    world: TenantFixture, data: st.DataObject
) -> None:
    """Whatever way a set of days is cut into batches, in whatever order and however often: the same is known."""
    agreement = await world.signed_agreement()
    days = [world.day(at) for at in range(1, 9)]
    lines = lines_of(agreement, days)
    sends = data.draw(st.lists(st.lists(st.sampled_from(range(8)), min_size=1, max_size=10), max_size=4))
    for chosen in [*sends, data.draw(st.permutations(range(8)))]:
        answer = await send(world.provider_a, [lines[at] for at in chosen])
        assert answer.status_code == 200
    there = {day: there for (each, day), there in (await recorded(world)).items() if each == agreement["id"]}
    assert there == dict.fromkeys(days, (1, "present"))
    rows = await world.owner.fetchval(
        "select count(*) from journal j join attendance a on a.organiser_id = j.organiser_id and a.id = j.resource_id"
        " where a.organiser_id = $1 and a.agreement_id = $2",
        world.organiser_id,
        agreement["id"],
    )
    assert rows == 8


async def test_details_are_in_the_language_asked_for(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    answer = await world.provider_a.post(
        PATH, {"items": lines_of(agreement, [world.day(-1)])}, Accept_Language="fi"
    )
    assert answer.headers["content-language"] == "fi"
    assert answer.json()["causes"][0]["detail"] == "Läsnäolo kirjataan, kun se on toteutunut."


async def test_the_body_of_a_batch_may_be_eight_megabytes(world: TenantFixture) -> None:
    small = await world.provider_a("POST", PATH, b'{"items": [1]}' + b" " * (8 * 1024 * 1024 - 14))
    large = await world.provider_a("POST", PATH, b'{"items": [1]}' + b" " * (8 * 1024 * 1024))
    assert (small.status_code, large.status_code) == (200, 413)
