"""The one reader of request bodies: what parsers differ about is refused, and counted while it arrives."""

import json
from collections.abc import AsyncIterator

import pytest
from pydantic import TypeAdapter
from tests.conftest import TenantFixture, identity_code

from walmu_api.foundation import request_body
from walmu_api.foundation.problems import Problem
from walmu_api.foundation.schema_types import Line, Message, Minutes

CLIENT = {"family_name": "Esimerkki", "given_names": "Testi", "turvakielto": False, "source_id": "s-1"}


def nested(depth: int) -> bytes:
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


def refused(raw: bytes) -> tuple[int, str]:
    with pytest.raises(Problem) as caught:
        request_body.parse(raw)
    problem = caught.value
    return problem.kind.status, problem.errors[0].kind.code if problem.errors else problem.kind.code


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 400, "malformed-body"),
        (b"not json", 400, "malformed-body"),
        (b'{"a": NaN}', 400, "malformed-body"),
        (b'{"a": -Infinity}', 400, "malformed-body"),
        (b'{"a": 1} {"b": 2}', 400, "malformed-body"),
        (b"\xef\xbb\xbf{}", 400, "malformed-body"),
        ('{"a": 1}'.encode("utf-16"), 400, "malformed-body"),
        ('{"a": 1}'.encode("utf-16-le"), 400, "malformed-body"),
        (b'{"a": "\xff"}', 400, "malformed-body"),
        (b'{"a": "\xed\xa0\x80"}', 400, "malformed-body"),
        (b'{"a": ' + b"9" * 5000 + b"}", 400, "malformed-body"),
        (b'{"a": 1, "a": 1}', 422, "duplicate-key"),
        (b'{"b": [{"a": 1, "\\u0061": 2}]}', 422, "duplicate-key"),
        (nested(33), 422, "too-deep"),
        (b"[" * 33 + b"]" * 33, 422, "too-deep"),
        (b"[" * 100_000 + b"]" * 100_000, 422, "too-deep"),
    ],
)
def test_what_parsers_differ_about_is_refused(raw: bytes, status: int, code: str) -> None:
    assert refused(raw) == (status, code)


@pytest.mark.parametrize(
    ("raw", "data"),
    [
        (b"", "The body cannot be read: it is empty."),
        (b" \n", "The body cannot be read: it is empty."),
        (
            '{"a": "Käsi"}'.encode("cp1252"),
            "The body cannot be read: it is not UTF-8 (but perhaps Windows-1252 or UTF-16).",
        ),
        (
            b"\xef\xbb\xbf{}",
            "The body cannot be read: it begins with a byte order mark (BOM); JSON has none.",
        ),
        (b'{"a": 1}\n{"b": 2}', "The body cannot be read: it is not JSON from line 2, column 1 on."),
        (b"{'a': 1}", "The body cannot be read: it is not JSON from line 1, column 2 on."),
        (
            b'{"a": NaN}',
            "The body cannot be read: NaN, Infinity and numbers of thousands of digits are not JSON here.",
        ),
    ],
)
def test_a_body_that_is_no_json_is_told_why_and_where_and_never_what(raw: bytes, data: str) -> None:
    with pytest.raises(Problem) as caught:
        request_body.parse(raw)
    assert caught.value.kind.detail.render("en", caught.value.values) == data
    for language in ("fi", "sv"):
        assert "{" not in caught.value.kind.detail.render(language, caught.value.values)


async def test_what_was_read_and_is_sent_back_whole_is_refused_only_where_it_differs(
    world: TenantFixture,
) -> None:
    agreement = await world.signed_agreement()
    path = f"/v1/agreements/{agreement['id']}"
    answer = await world.provider_a.put(path, agreement | {"place": {"id": 1}}, If_Match="*")
    data = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert data == {"/place/name": "missing", "/place/id": "read-only"}
    others = {"id": str(world.organiser_id), "client_id": None, "structure": "x", "status": "voided"}
    answer = await world.provider_a.put(path, agreement | others, If_Match="*")
    assert {error["pointer"]: error["code"] for error in answer.json()["errors"]} == {
        f"/{name}": "read-only" for name in others
    }
    odd = await world.provider_a.put(path, {"clientId": 1}, If_Match="*")
    assert odd.json()["errors"][-1]["code"] == "unknown-property"
    odd = await world.provider_a.put(path, agreement | {"clientId": 1}, If_Match="*")
    assert [(e["pointer"], e["code"]) for e in odd.json()["errors"]] == [("/clientId", "unknown-property")]


def test_thirty_two_levels_are_read() -> None:
    assert request_body.parse(nested(32)) is not None


async def test_a_body_is_counted_while_it_arrives() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 1_000_000

    with pytest.raises(Problem) as caught:
        await request_body.read(endless(), 1000)
    assert (caught.value.kind.code, read) == ("too-large", 1 + request_body.DISCARDED // 1_000_000)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"family_name": "\\ud800"',
        b'{"family_name": "a\\u0000b"',
        b'{"family_name": "\\u202egnirts"',
        b'{"family_name": 1e400',
        b'{"family_name": 9223372036854775808',
        b'{"family_name": null',
        b'{"family_name": ["a"]',
        b'{"family_name": ""',
        b'{"family_name": "' + b"x" * 201 + b'"',
    ],
)
async def test_a_hostile_value_is_422_and_never_echoed(world: TenantFixture, raw: bytes) -> None:
    rest = (
        json.dumps({**CLIENT, "given_names": "Kaiku"} | {"family_name": None})[1:].split(", ", 1)[1].encode()
    )
    answer = await world.organiser("POST", "/v1/clients", raw + b", " + rest)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "invalid"
    assert "Kaiku" not in answer.text
    assert "gnirts" not in answer.text


async def test_a_chunked_body_meets_the_same_limit(world: TenantFixture) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b" " * 1024

    answer = await world.organiser.http.request(
        "POST", "/v1/clients", content=chunks(), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_a_declared_length_over_the_limit_is_refused_unread(world: TenantFixture) -> None:
    answer = await world.organiser("POST", "/v1/clients", b" " * (request_body.BODY_LIMIT + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/xml", "application/json; charset=latin-1", ""]
)
async def test_what_is_not_json_is_415(world: TenantFixture, media_type: str) -> None:
    answer = await world.organiser("POST", "/v1/clients", b"{}", Content_Type=media_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


async def test_right_and_caller_are_checked_before_the_body_is_read(world: TenantFixture) -> None:
    broken = b"\xff" * 10
    answer = await world.provider_a("POST", "/v1/clients", broken)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    answer = await world.provider_a("POST", "/v1/clients", broken, Authorization="Bearer x")
    assert answer.status_code == 401


async def test_what_the_server_sets_is_read_only_and_what_nobody_knows_is_named(world: TenantFixture) -> None:
    answer = await world.organiser.post("/v1/clients", CLIENT | {"version": 2, "shoe_size": 43})
    errors = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert errors == {"/version": "read-only", "/shoe_size": "unknown-property"}


async def test_an_identity_code_as_the_name_of_a_member_or_parameter_is_not_echoed(
    world: TenantFixture,
) -> None:
    code = identity_code()
    body = await world.organiser.post("/v1/clients", CLIENT | {code: 1})
    query = await world.organiser.get(f"/v1/clients?{code}=1")
    assert (body.status_code, query.status_code) == (422, 422)
    assert code not in body.text + query.text


def test_every_finding_has_a_json_pointer() -> None:
    class Thing(Message):
        names: list[Line]

    with pytest.raises(Problem) as caught:
        request_body.validate(TypeAdapter(Thing), b'{"names": ["a", 2], "~/": 1}')
    assert [finding.pointer for finding in caught.value.errors] == ["/names/1", "/~0~1"]


@pytest.mark.parametrize(
    ("raw", "members", "sure"),
    [
        (b'{"a":1,"b":[{"c":2}]}', 3, True),
        (b'{"a":1,"a":2}', 1, False),
        (b'{"a":1,"\\u0061":2}', 1, False),
        (b'{"a":1,"a" :2}', 1, False),
        (b'{"a":1,"b"\n:2}', 2, False),
        (b'{"a":"\\":","b":1}', 2, False),
        (b'{"a":"x","a":"\\":"}', 2, False),
        (b'{"a":":","a" :1}', 2, False),
        (b'{"a":":","a"\t:1}', 2, False),
        (b'{"a":":","a" \r\n :1}', 2, False),
    ],
)
def test_counting_members_never_misses_one_that_is_there_twice(raw: bytes, members: int, sure: bool) -> None:
    assert request_body.no_member_twice(raw, members) is sure


class Day(Message):
    status: Line
    minutes: Minutes | None = None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"status": "x", "status": "x"}', "duplicate-key"),
        (b'{"status" :":", "status": "x"}', "duplicate-key"),
        (b'{"status": "x", "\\u0073tatus": "x"}', "duplicate-key"),
        (b'{"status": "x"} {}', "malformed-body"),
        (b'{"status": "x", "minutes": NaN}', "malformed-body"),
        (b'\xef\xbb\xbf{"status": "x"}', "malformed-body"),
        (b'{"status": "\xff"}', "malformed-body"),
        (b'{"status": "x", "minutes": ' + b"9" * 5000 + b"}", "malformed-body"),
        (b'{"status": "\\ud800"}', "invalid-value"),
        (b'{"status": "x", "other": 1}', "unknown-property"),
        (b"{}", "missing"),
    ],
)
def test_a_flat_body_is_judged_as_strictly_as_any_other(raw: bytes, code: str) -> None:
    with pytest.raises(Problem) as caught:
        request_body.validate(TypeAdapter(Day), raw)
    problem = caught.value
    assert (problem.errors[0].kind.code if problem.errors else problem.kind.code) == code
    assert request_body.validate(TypeAdapter(Day), b'{"status" : "a \\"b\\" {c}"}').status == 'a "b" {c}'
