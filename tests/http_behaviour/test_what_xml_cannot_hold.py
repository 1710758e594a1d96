"""What XML 1.0 cannot hold (2.2 Char: all but tab, line feed, carriage return, U+0020–D7FF, U+E000–FFFD, U+10000–10FFFF) is refused
where it comes in, as documents, pages and worksheets are XML: one stored character would break each of them for good."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from httpx import Response
from tests.access.test_use_log_api import PERSON, plain, scene
from tests.conftest import TenantFixture
from tests.record.case_file.documents.samples import FILED
from tests.record.everyday.measurements.test_imports_api import HEAD, MAPPING, sent

NOT_XML = [chr(code) for code in range(32) if chr(code) not in "\t\n\r"] + [
    "\ufffe",
    "\uffff",
    "\ud800",
    "\udfff",
]
ALLOWED = ["\t", "\n", "\r", "\ufffd", "\U0001f600", "\U0001fffe"]
SOME = ["\0", "\x01", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800", "\udfff"]
"""Of each sort one or two, over HTTP."""


def refused(answer: Response, pointer: str) -> None:
    assert answer.status_code == 422, answer.text
    places = [(error["pointer"], error["code"]) for error in answer.json()["errors"]]
    assert places == [(pointer, "invalid-value")], answer.text


def escaped(body: Any) -> bytes:
    """As JSON may say it: half of a surrogate pair too."""
    return json.dumps(body).encode()


@pytest.mark.parametrize("odd", SOME, ids=ascii)
async def test_no_text_of_a_record_takes_it(world: TenantFixture, odd: str) -> None:
    text, data = f"a{odd}b", await scene(world)
    client = {"family_name": text, "given_names": "Testi", "turvakielto": False, "source_id": "x-1"}
    refused(await world.organiser.post("/v1/clients", escaped(client)), "/family_name")
    client |= {"family_name": "Testi", "contact": {"phone": text}}
    refused(await world.organiser.post("/v1/clients", escaped(client)), "/contact/phone")
    drafted = plain(data["agreement"]) | {"source_id": "n", "absence_reporting": text}
    refused(await world.provider_a.post("/v1/agreements", escaped(drafted)), "/absence_reporting")
    day = data["day"].rpartition("/")[0] + f"/{world.day(9)}"
    entry = {"status": "present", "source_id": text}
    refused(await world.provider_a.put(day, escaped(entry)), "/source_id")
    refused(await world.provider_a.post(f"{data['day']}/void", escaped({"reason": text})), "/reason")
    code = {"fi": text, "valid_from": "2026-01-01"}
    refused(await world.organiser.put("/v1/code-systems/absence_reason/codes/own_odd", escaped(code)), "/fi")


@pytest.mark.parametrize("odd", SOME, ids=ascii)
async def test_no_line_of_a_batch_takes_it(world: TenantFixture, odd: str) -> None:
    agreement = await world.signed_agreement()
    line = {
        "agreement_id": agreement["id"],
        "date": world.day(2),
        "status": "present",
        "source_id": f"a{odd}",
    }
    ndjson = await world.provider_a(
        "POST", "/v1/attendance-batches", escaped(line), Content_Type="application/x-ndjson"
    )
    for answer in (ndjson, await world.provider_a.post("/v1/attendance-batches", escaped({"items": [line]}))):
        assert answer.status_code == 200, answer.text
        (outcome,) = answer.json()["outcomes"]
        assert (outcome["outcome"], outcome["problems"][0]["pointer"]) == ("rejected", "/source_id")


@pytest.mark.parametrize("odd", SOME, ids=ascii)
async def test_no_document_takes_it(world: TenantFixture, odd: str) -> None:
    client = await world.client()
    created = (
        await world.organiser.post(
            "/v1/cases", FILED["case"].entry({"client": client["id"]}) | {"source_id": "c"}
        )
    ).json()
    content = (await world.organiser.get(f"/v1/cases/{created['id']}/document")).json()["content"]
    (root,) = content
    body = {"client_id": client["id"], "structure": created["structure"], "source_id": "d"}
    at, whole = first_text(content)
    answer = await world.organiser.post(
        "/v1/documents", escaped(body | {"content": put(content, at, f"{whole}{odd}")})
    )
    refused(answer, "/content/" + "/".join(map(str, at)))
    answer = await world.organiser.post(
        "/v1/documents", escaped(body | {"content": {root: content[root] | {f"x{odd}": "y"}}})
    )
    assert answer.status_code == 422, answer.text


def first_text(value: Any, at: tuple[str | int, ...] = ()) -> tuple[tuple[str | int, ...], str]:
    """The first text that is no code, date or number."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, part in inner:
        if isinstance(part, str) and name == "display":
            return (*at, name), part
        if isinstance(part, dict | list) and (found := first_text(part, (*at, name)))[0]:
            return found
    return (), ""


def put(value: Any, at: tuple[str | int, ...], text: str) -> Any:
    if not at:
        return text
    if isinstance(value, dict):
        return value | {at[0]: put(value[at[0]], at[1:], text)}
    return [put(part, at[1:], text) if place == at[0] else part for place, part in enumerate(value)]


@pytest.mark.parametrize("odd", SOME, ids=ascii)
async def test_no_worksheet_and_no_mapping_takes_it(world: TenantFixture, odd: str) -> None:
    mapping = MAPPING | {"author": PERSON | {"title": f"a{odd}"}}
    answer = await sent(world.provider_a, HEAD + "x;alku;1.6.2026;5;7\n", mapping)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == "/mapping/author/title"


def strings(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every text that a request may hold, by its place."""
    schemas, seen = document["components"]["schemas"], set[str]()

    def walk(schema: dict[str, Any], at: str) -> Iterator[tuple[str, dict[str, Any]]]:
        if "$ref" in schema:
            at = schema["$ref"].rsplit("/", 1)[1]
            if at in seen:
                return
            seen.add(at)
            schema = schemas[at]
        for several in ("anyOf", "oneOf", "allOf"):
            for each in schema.get(several, ()):
                yield from walk(each, at)
        if schema.get("type") == "string":
            yield at, schema
        if "items" in schema:
            yield from walk(schema["items"], f"{at}[]")
        for name, member in schema.get("properties", {}).items():
            yield from walk(member, f"{at}.{name}")

    for item in document["paths"].values():
        for operation in item.values():
            name = operation["operationId"]
            for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
                if media_type != "application/x-www-form-urlencoded":  # tokens are not stored
                    yield from walk(content["schema"], name)
            for parameter in operation.get("parameters", ()):
                yield from walk(parameter["schema"], f"{name}?{parameter['name']}")


NOT_STORED = {
    "recordAttendanceBatch": "NDJSON, of lines that are",
    "importMeasurements.file": "a worksheet, of cells that are",
}


def test_every_text_of_the_contract_says_so_by_its_pattern(world: TenantFixture) -> None:
    """But for halves of surrogate pairs, which no pattern can name."""
    named = [odd for odd in NOT_XML if not "\ud800" <= odd <= "\udfff"]
    taking, looked_at = set(), 0
    for at, schema in strings(world.app.state.described()):
        looked_at += 1
        conditional = at.endswith(("?If-Match", "?If-None-Match"))  # compared, never stored
        if "enum" in schema or "const" in schema or conditional or at in NOT_STORED:
            continue
        if "pattern" not in schema or any(re.search(schema["pattern"], f"a{odd}b") for odd in named):
            taking.add(at)
    assert taking == set()
    assert looked_at > 500


async def test_what_xml_can_hold_is_taken_where_lines_are_told(world: TenantFixture) -> None:
    for number, fine in enumerate(ALLOWED):
        contact = {"street_address": f"a{fine}b"}
        entry = {
            "family_name": "T",
            "given_names": "T",
            "turvakielto": False,
            "source_id": f"f-{number}",
            "contact": contact,
        }
        answer = await world.organiser.post("/v1/clients", entry)
        assert answer.status_code == 201, (ascii(fine), answer.text)
