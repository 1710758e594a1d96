"""Batches as NDJSON: the same rules and outcomes as the JSON form, line by line."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.conftest import ApiClient, TenantFixture, identity_code

PATH = "/v1/attendance-batches"
NDJSON = "application/x-ndjson"


def rows(lines: list[Any]) -> bytes:
    return b"\n".join(json.dumps(line).encode() for line in lines) + b"\n"


async def send(speaker: ApiClient, body: bytes, query: str = "", **headers: str) -> httpx.Response:
    return await speaker("POST", f"{PATH}{query}", body, Content_Type=NDJSON, **headers)


def lines_of(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.headers["content-type"] == NDJSON
    assert answer.content.endswith(b"}\n")
    return [json.loads(line) for line in answer.content.splitlines()]


async def test_both_forms_judge_and_tell_the_same(world: TenantFixture) -> None:
    agreement = (await world.signed_agreement())["id"]
    lines: list[Any] = [
        {"agreement_id": agreement, "date": world.day(3), "status": "present", "source_id": "a"},
        {"agreement_id": agreement, "date": world.day(4), "status": "absent"},
        {"agreement_id": agreement, "date": world.day(3), "status": "present"},
        {"agreement_id": agreement, "date": world.day(400), "status": "present"},
        {"agreement_id": agreement, "date": "2026-02-30", "status": "kissa", "source_id": "odd"},
        {
            "agreement_id": agreement,
            "date": world.day(5),
            "status": "present",
            "extra": 1,
            "source_id": identity_code(),
        },
        {"agreement_source_id": "nobody", "date": world.day(5), "status": "present"},
        {"agreement_id": agreement, "date": world.day(6), "status": "present", "planned_minutes": 240.0},
        {"agreement_id": agreement, "date": world.day(7), "status": "\ud800"},
        [],
        None,
        5,
        {},
    ]
    for query in ("?dry_run=true", "", "", "?mode=atomic"):
        plain = await world.provider_a("POST", f"{PATH}{query}", json.dumps({"items": lines}).encode())
        data = await send(world.provider_a, rows(lines), query)
        assert data.status_code == plain.status_code
        first, second = plain.json(), data.json()
        for one in (first, second):
            one.pop("instance", None)
        if query == "":  # what the first recorded is there for the second
            for one in (first, second):
                one["outcomes"] = [
                    {k: v for k, v in o.items() if k not in {"outcome", "id", "etag", "problems"}}
                    for o in one["outcomes"]
                ]
                one.pop("counts"), one.pop("causes")
        assert second == first
    assert identity_code(0)[-5:] not in data.text


async def test_a_line_that_is_not_json_harms_no_other(world: TenantFixture) -> None:
    agreement = (await world.signed_agreement(schedule={"type": "flexible"}))["id"]
    good = [{"agreement_id": agreement, "date": world.day(day), "status": "present"} for day in (3, 4, 5)]
    first, second, third = (json.dumps(line).encode() for line in good)
    body = b"\n".join(
        [
            first,
            b"{",
            b"",
            second + b"\r",
            b"\xff",
            b'{"status": NaN}',
            b'{"status": "a", "status": "b"}',
            b"[" * 40 + b"]" * 40,
            b"\xef\xbb\xbf" + first,
            first + b" " + second,
            b"9" * 5000,
            b'{"date": 1e400}',
            b"   " + third + b"  ",
            b"",
            b" \t\r",
            b"",
        ]
    )
    answer = await send(world.provider_a, body)
    assert answer.status_code == 200, answer.text
    data = answer.json()
    assert [one["line"] for one in data["outcomes"] if one["outcome"] == "created"] == [1, 4, 13]
    assert data["counts"] == {"created": 3, "updated": 0, "unchanged": 0, "rejected": 10}
    codes = {one["line"]: one["problems"][0]["code"] for one in data["outcomes"] if one["problems"]}
    assert codes == dict.fromkeys((2, 3, 5, 6, 9, 10, 11), "invalid-value") | {
        7: "duplicate-key",
        8: "too-deep",
        12: "missing",
    }
    swedish = await send(world.provider_a, body, Accept_Language="sv")
    assert "raden är inte JSON" in swedish.json()["outcomes"][1]["problems"][0]["detail"]


async def test_the_answer_comes_as_lines_to_who_asks(world: TenantFixture) -> None:
    agreement = (await world.signed_agreement())["id"]
    body = rows(
        [{"agreement_id": agreement, "date": world.day(day), "status": "present"} for day in (3, 3, 4)]
    )
    plain = (await send(world.provider_a, body, "?dry_run=true")).json()
    answer = await send(world.provider_a, body, "?dry_run=true", Accept=f"{NDJSON}, application/json;q=0.5")
    *outcomes, last = lines_of(answer)
    assert (outcomes, last) == (plain["outcomes"], {"counts": plain["counts"], "causes": plain["causes"]})
    assert answer.headers["vary"] == "Accept, Accept-Language"
    for accepted in ("*/*", f"application/json, {NDJSON};q=0.9", f"application/json, {NDJSON}"):
        answer = await send(world.provider_a, body, "?dry_run=true", Accept=accepted)
        assert answer.headers["content-type"] == "application/json"
    refused = await send(world.provider_a, body, "?mode=atomic", Accept=NDJSON)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"\n \r\n\t", 422),
        (b"{}\n" * 10_000, 200),
        (b"{}\n" * 10_001, 422),
        (b"\n" * 20_000 + b"{}", 422),
        (b"{}" + b"\n" * 20_000, 200),
        (b"{}\n" + b" " * (8 * 1024 * 1024 - 3), 200),
        (b"{}\n" + b" " * (8 * 1024 * 1024 - 2), 413),
    ],
    ids=range(8),
)
async def test_the_limits_are_those_of_the_json_form(world: TenantFixture, body: bytes, status: int) -> None:
    answer = await send(world.provider_a, body)
    assert answer.status_code == status, answer.text[:500]
    if status == 200:
        assert answer.json()["counts"]["rejected"] == body.count(b"{")


async def test_ten_thousand_lines_are_recorded(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"], starts_on="2020-01-01")
    decision = await world.decision(
        relationship, valid_from=world.today - timedelta(days=2500), valid_to=None
    )
    agreements = [
        await world.agreement(relationship, decision, starts_on=world.day(2400), ends_on=world.day(0))
        for _ in range(5)
    ]
    lines = [
        {"agreement_id": agreement["id"], "date": world.day(day), "status": "present", "actual_minutes": 240}
        for agreement in agreements
        for day in range(1, 2001)
    ]
    *outcomes, last = lines_of(await send(world.provider_a, rows(lines), Accept=NDJSON))
    assert last["counts"] == {"created": 10_000, "updated": 0, "unchanged": 0, "rejected": 0}
    assert [one["line"] for one in outcomes] == list(range(1, 10_001))
    again = (await world.provider_a.post(PATH, {"items": lines})).json()
    assert again["counts"]["unchanged"] == 10_000
    assert [one["id"] for one in again["outcomes"]] == [one["id"] for one in outcomes]
