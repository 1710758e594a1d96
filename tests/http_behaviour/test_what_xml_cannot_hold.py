"""What XML 1.0 cannot hold (2.2 Char: all but tab, line feed, carriage return, U+0020–D7FF, U+E000–FFFD, U+10000–10FFFF) is refused
where it comes in, as documents, pages and worksheets are XML: one stored character would break each of them for good."""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from httpx import Response
from tests.access.test_use_log_api import PERSON, plain, scene
from tests.conftest import TenantFixture
from tests.privacy.stage import Objects, care_path
from tests.record.case_file.documents.samples import FILED
from tests.record.everyday.measurements.test_imports_api import HEAD, MAPPING, sent

XHTML = "application/xhtml+xml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
        if schema.get("readOnly"):  # compared with what is there, never stored
            return
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
    "importAttendance.file": "a worksheet, of cells that are",
    "importMeasurements.file": "a worksheet, of cells that are",
}


def test_every_text_of_the_contract_says_so_by_its_pattern(world: TenantFixture) -> None:
    """But for halves of surrogate pairs, which no pattern can name."""
    named = [odd for odd in NOT_XML if not "\ud800" <= odd <= "\udfff"]
    taking, looked_at = set(), 0
    for at, schema in strings(world.app.state.described()):
        looked_at += 1
        conditional = at.endswith(("?If-Match", "?If-None-Match", "?Prefer"))  # compared, never stored
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


ANY_ID = "01a22be5-cdc8-71c7-9250-8e9d59b876ab"
IN_A_URL = ["%00", "%01", "%1F", "%EF%BF%BE", "%EF%BF%BF", "%ED%A0%80", "%FF"]


async def test_no_path_and_no_query_takes_it(world: TenantFixture) -> None:
    """Each parameter of each operation: refused at its place, before anything is looked for. Who may not ask at all is told that
    first, as is what is wrong with a body."""
    wrong, located = list[Any](), 0
    for path, item in world.app.state.described()["paths"].items():
        for method, operation in item.items():
            parameters = [each for each in operation.get("parameters", ()) if each["in"] in {"path", "query"}]
            for parameter, odd in itertools.product(parameters, IN_A_URL):
                name, where = parameter["name"], parameter["in"]
                asked = path.replace(f"{{{name}}}", f"a{odd}") + (
                    f"?{name}=a{odd}" if where == "query" else ""
                )
                answer = await world.organiser(method.upper(), re.sub(r"\{\w+\}", ANY_ID, asked), b"{}")
                places = [each["pointer"] for each in answer.json().get("errors", ())]
                located += f"/{where}/{name}" in places
                earlier = answer.status_code in {403, 415} or "requestBody" in operation
                if answer.status_code not in {403, 415, 422} or not (earlier or f"/{where}/{name}" in places):
                    wrong.append((method, path, name, odd, answer.status_code, places))
    assert wrong == []
    assert located > 1000


OLD = ["\x01", "\x1f", "\ufffe", "\uffff"]
"""What a row may hold from before it was refused; NUL and halves of surrogate pairs the database never took."""
OLD_DOCUMENTS = """update documents set content = content || jsonb_build_object(
    case resource_type when 'permission' then 'note' else 'description' end, $2::text)
where client_id = $1 and resource_type in ('permission', 'diary-entry')"""
FORMS = ("application/json", XHTML, "text/csv", XLSX, "image/svg+xml")


async def _older(world: TenantFixture, created: Objects, odd: str) -> None:
    """Texts of this care path, as an earlier version may have stored them."""
    text = f"Kanaria{odd}lintu"
    for statement in (
        "update clients set family_name = $2, content = content || jsonb_build_object('occupation', $2::text) where id = $1",
        "update agreements set absence_reporting = $2, place_name = $2, tasks_and_goals = $2 where client_id = $1",
        "update decisions set reasons = $2, place = $2 where client_id = $1",
        "update attendance set source_id = $2 where client_id = $1",
        OLD_DOCUMENTS,
    ):
        await world.owner.execute(statement, UUID(created.client), text)
    # such a row was stored before documents were kept as they are given out
    await world.owner.execute("delete from frozen_documents where organiser_id = $1", world.organiser_id)
    await world.owner.execute(
        "update organisations set name = name || $2 where organiser_id = $1", world.organiser_id, odd
    )


def _ways(created: Objects, documents: list[str]) -> list[str]:
    client, agreement, filed = created.client, created.agreement["id"], created.filed
    of_filed = ("diary-entry", "diary-entries"), ("permission", "permissions")
    return [
        *(f"/v1/clients/{client}{part}" for part in ("", "/overview", "/document", "/versions/1")),
        *("/v1/clients", "/v1/changes", "/v1/attendance", "/v1/agreements", "/v1/organisations"),
        *("/v1/documents", "/v1/workplace-agreements", "/v1/diary-entries", "/v1/units"),
        f"/v1/agreements/{agreement}",
        f"/v1/agreements/{agreement}/document",
        f"/v1/workplace-agreements/{agreement}",
        f"/v1/decisions/{created.decision}",
        f"/v1/clients/{client}/measurement-changes",
        *(f"/v1/{collection}/{filed[kind]}" for kind, collection in of_filed),
        *(f"/v1/documents/{each}" for each in documents),
    ]


async def test_what_an_earlier_version_took_is_left_out_and_breaks_nothing(world: TenantFixture) -> None:
    """Every record, list, document, page and file that was answered before such a character was there is answered after, and
    what is XML can be read."""
    created = await care_path(world, world.provider_a)
    listed = (await world.organiser.get(f"/v1/documents?client_id={created.client}")).json()["items"]
    ways = _ways(created, [each["set_id"] for each in listed])
    before: dict[tuple[int, str, str], int] = {}
    speakers = world.organiser, world.provider_a, world.workplace
    for odd in ("", *OLD):
        if odd:
            await _older(world, created, odd)
        for at, speaker in enumerate(speakers):
            for way, form in itertools.product(ways, FORMS):
                answer = await speaker.get(way, Accept=form)
                assert answer.status_code == before.setdefault((at, way, form), answer.status_code), (
                    way,
                    form,
                )
                if odd and form in {XHTML, "image/svg+xml"} and answer.status_code == 200:
                    ET.fromstring(answer.content)
    assert list(before.values()).count(200) > 60
    for form in ("application/json", XHTML):
        read = [
            await world.organiser.get(way, Accept=form) for way in ways if way.startswith("/v1/documents/")
        ]
        assert "Kanarialintu" in "".join(each.text for each in read if each.status_code == 200)
