"""Importing worksheets over HTTP: every line with its outcome, again unchanged, and no identity code ever said."""

import asyncio
import json
import secrets
from datetime import date
from typing import Any

import pytest
from httpx import Response
from structlog.testing import capture_logs
from tests.conftest import ApiClient, TenantFixture, identity_code
from tests.foundation.worksheets.test_reading_process import BUSY_BOOK, until
from tests.record.everyday.measurements.test_worksheets import xlsx

from walmu_api.access.guard import AppContext

pytestmark = pytest.mark.dated

MAPPING = {
    "client": {"by": "client_id", "column": "Asiakas"},
    "instrument": {"value": "kykyviisari"},
    "form_version": {"value": "2017"},
    "language": {"value": "fi"},
    "phase": {"column": "Vaihe"},
    "answered_on": {"column": "Vastattu"},
    "respondent": {"value": "client"},
    "mode": {"value": "self_online"},
    "missing": ["-"],
    "scores": [
        {"scale": "C", "column": "Osallisuus", "min": 0, "max": 10},
        {"scale": "work_ability", "column": "Työkyky"},
    ],
    "translations": [
        {"field": "phase", "text": "Alku", "value": "start"},
        {"field": "phase", "text": "Loppu", "value": "end"},
    ],
}
HEAD = "Asiakas;Vaihe;Vastattu;Osallisuus;Työkyky\n"


async def sent(
    speaker: ApiClient, file: bytes | str, mapping: Any = MAPPING, query: str = "", **headers: str
) -> Response:
    raw = file.encode() if isinstance(file, str) else file
    data = mapping if isinstance(mapping, bytes | str) else json.dumps(mapping)
    return await speaker.http.post(
        f"/v1/measurement-imports{query}",
        files={"file": ("t.csv", raw), "mapping": (None, data, "application/json")},
        headers=headers,
    )


async def done(
    speaker: ApiClient, file: bytes | str, mapping: Any = MAPPING, query: str = ""
) -> dict[str, Any]:
    answer = await sent(speaker, file, mapping, query)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def relationship_of(world: TenantFixture, **changes: Any) -> dict[str, Any]:
    return await world.relationship((await world.client())["id"], **changes)


async def test_a_worksheet_is_imported_line_by_line_and_again_it_is_unchanged(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    client = relationship["client_id"]
    file = f"{HEAD}{client};alku;7.9.2026;6,4;5\n{client};LOPPU;1.10.2026;-;6\n"
    data = await done(world.provider_a, file)
    assert data["read_as"] == {"format": "csv", "encoding": "utf-8", "delimiter": ";"}
    assert data["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0}
    assert [(line["line"], line["row"], line["outcome"], line["etag"]) for line in data["outcomes"]] == [
        (1, 2, "created", '"1"'),
        (2, 3, "created", '"1"'),
    ]
    items = (await world.provider_a.get(f"/v1/measurements?client_id={client}")).json()["items"]
    first, second = sorted(items, key=lambda item: item["answered_on"])
    assert first["scores"] == [
        {"scale": "C", "value": 6.4, "min": 0, "max": 10},
        {"scale": "work_ability", "value": 5},
    ]
    assert second["scores"][0] == {"scale": "C", "missing_reason": "not_reported", "min": 0, "max": 10}
    assert (first["service_relationship_id"], first["provider_id"]) == (
        relationship["id"],
        str(world.provider_a.organisation_id),
    )
    again = await done(world.provider_a, file)
    assert again["counts"]["unchanged"] == 2
    assert [line["id"] for line in again["outcomes"]] == [first["id"], second["id"]]
    changes = [
        item for item in (await world.feed(world.provider_a))[0] if item["resource_type"] == "measurement"
    ]
    assert {(item["change"], item["resource_id"]) for item in changes} == {
        ("created", first["id"]),
        ("created", second["id"]),
    }
    assert [each for each in changes if each["record"] not in (first, second)] == []
    logged = (await world.use_log(operation="importMeasurements"))[0]
    assert [str(each) for each in logged["client_ids"]] == [client]


async def test_a_workbook_is_imported_as_well(world: TenantFixture) -> None:
    client = (await relationship_of(world))["client_id"]
    raw = xlsx(
        ["Asiakas", "Vaihe", "Vastattu", "Osallisuus", "Työkyky"],
        [client, "Alku", date(2026, 9, 7), 6.4, 5],
        [client, "Loppu", date(2026, 10, 5), "=1+1", 6],
        [client, "Loppu", 46300, 6.4, 6],
    )
    data = await done(world.provider_a, raw)
    assert [line["outcome"] for line in data["outcomes"]] == ["created", "rejected", "rejected"]
    assert data["outcomes"][2]["problems"][0]["column"] == "Vastattu", "a number is no day"
    assert data["outcomes"][1]["problems"][0]["column"] == "Osallisuus"
    assert "formula" in data["outcomes"][1]["problems"][0]["detail"]
    assert (await world.provider_a.get("/v1/measurements")).json()["items"][0]["answered_on"] == "2026-09-07"


async def test_a_line_with_more_cells_than_columns_is_rejected_and_not_cut(world: TenantFixture) -> None:
    """A decimal comma where commas part the cells: 6,4 and 5 would be kept as 6 and 4."""
    client = (await relationship_of(world))["client_id"]
    head = HEAD.replace(";", ",")
    file = f'{head}{client},Alku,7.9.2026,6,4,5\n{client},Loppu,9.3.2026,5,5,7\n{client},Loppu,9.9.2026,"6,4",5,,\n'
    answer = await sent(world.provider_a, file, **{"Accept-Language": "en"})
    data = answer.json()
    assert [line["outcome"] for line in data["outcomes"]] == ["rejected", "rejected", "created"], data
    (problem,) = data["outcomes"][0]["problems"]
    assert (problem["code"], problem["pointer"], "column" in problem) == ("invalid-value", "", False)
    assert "beyond the last named column" in problem["detail"]
    (cause,) = data["causes"]
    assert (cause["count"], cause["lines"]) == (2, [1, 2])
    (stored,) = (await world.provider_a.get("/v1/measurements")).json()["items"]
    assert [score["value"] for score in stored["scores"]] == [6.4, 5]


async def test_a_dry_run_judges_everything_and_writes_nothing(world: TenantFixture) -> None:
    client = (await relationship_of(world))["client_id"]
    data = await done(
        world.provider_a,
        f"{HEAD}{client};Alku;7.9.2026;6,4;5\n{client};Alku;8.9.2026;6,4;50\n",
        query="?dry_run=true",
    )
    assert [line["outcome"] for line in data["outcomes"]] == ["created", "rejected"]
    assert "id" not in data["outcomes"][0]
    assert (await world.provider_a.get("/v1/measurements")).json()["items"] == []
    assert len(await world.use_log(operation="importMeasurements")) == 1


async def test_a_line_that_does_not_fit_is_rejected_by_itself_and_told_where(world: TenantFixture) -> None:
    client = (await relationship_of(world))["client_id"]
    foreign = (await relationship_of(world, provider=world.provider_b))["client_id"]
    lines = [
        (f"{client};Alku;7.9.2026;6,4;5", "created", ""),
        (f"{client};Alku;7.9.2026;6,4;5", "measurement-repeated", ""),
        (f"{client};Alku;31.2.2026;6,4;5", "invalid-value", "Vastattu"),
        (f"{client};Alku;8.9.2026;x;5", "invalid-value", "Osallisuus"),
        (f"{client};Alku;9.9.2026;6,4;11", "out-of-range", "Työkyky"),
        (f"{client};Keski;9.9.2026;6,4;5", "invalid-value", "Vaihe"),
        (f"{client};;9.9.2026;6,4;5", "missing", "Vaihe"),
        (";Alku;9.9.2026;6,4;5", "missing", "Asiakas"),
        ("x;Alku;9.9.2026;6,4;5", "invalid-value", "Asiakas"),
        (f"{foreign};Alku;9.9.2026;6,4;5", "unknown-client", "Asiakas"),
        (f"{client.upper()};Alku;1.1.2027;6,4;5", "invalid-value", "Vastattu"),
        (f"{client};Alku", "invalid-value", ""),
        (f"{client};Loppu;10.9.2026;7;6", "created", ""),
    ]
    data = await done(world.provider_a, HEAD + "\n\n".join(line for line, _, _ in lines))
    got = [
        (line["problems"][0]["code"], line["problems"][0].get("column", ""))
        if line["problems"]
        else (line["outcome"], "")
        for line in data["outcomes"]
    ]
    assert got == [(code, column) for _, code, column in lines]
    assert [line["line"] for line in data["outcomes"]] == list(range(1, len(lines) + 1))
    assert data["outcomes"][-1]["row"] == 2 * len(lines), "empty rows are passed over and counted"
    assert sum(cause["count"] for cause in data["causes"]) == data["counts"]["rejected"] == len(lines) - 2
    assert foreign not in json.dumps(data)


async def test_other_content_is_never_written_over_what_is_there(world: TenantFixture) -> None:
    client = (await relationship_of(world))["client_id"]
    file = f"{HEAD}{client};Alku;7.9.2026;6,4;5\n"
    (created,) = (await done(world.provider_a, file))["outcomes"]
    data = await done(world.provider_a, file.replace(";5\n", ";6\n"))
    (line,) = data["outcomes"]
    assert (line["outcome"], line["problems"][0]["code"], line["id"], line["etag"]) == (
        "rejected",
        "measurement-recorded",
        created["id"],
        '"1"',
    )
    assert "PUT /v1/measurements/ID" in data["causes"][0]["fix"]


async def test_the_client_is_found_by_every_key(world: TenantFixture) -> None:
    code = identity_code()
    client = await world.client(
        identity={"system": "urn:oid:1.2.246.21", "value": code}, source_id="asiakas-7"
    )
    relationship = await world.relationship(client["id"], source_id="suhde-7")
    by = [
        (world.provider_a, "client_id", client["id"], relationship["id"]),
        (world.provider_a, "identity_code", code.lower(), relationship["id"]),
        (world.provider_a, "service_relationship_id", relationship["id"], relationship["id"]),
        (world.organiser, "client_source_id", "asiakas-7", None),
        (world.organiser, "service_relationship_source_id", "suhde-7", relationship["id"]),
    ]
    for day, (speaker, found_by, key, expected) in enumerate(by, 1):
        mapping = MAPPING | {"client": {"by": found_by, "column": "Asiakas"}}
        data = await done(speaker, f"{HEAD}{key};Alku;{day}.9.2026;6,4;5\n", mapping)
        assert data["counts"]["created"] == 1, (found_by, data)
        created = (await world.organiser.get(f"/v1/measurements/{data['outcomes'][0]['id']}")).json()
        assert (created["client_id"], created.get("service_relationship_id")) == (client["id"], expected), (
            found_by
        )
    for found_by in ("client_source_id", "service_relationship_source_id"):
        mapping = MAPPING | {"client": {"by": found_by, "column": "Asiakas"}}
        data = await done(
            world.provider_a, f"{HEAD}asiakas-7;Alku;7.9.2026;6,4;5\nsuhde-7;Alku;7.9.2026;6,4;5\n", mapping
        )
        assert data["causes"][0]["code"] == "unknown-client", "the keys are another system's"


async def test_identity_codes_are_never_said_again(world: TenantFixture) -> None:
    codes = [identity_code() for _ in range(4)]
    client = await world.client(identity={"system": "urn:oid:1.2.246.21", "value": codes[0]})
    await world.relationship(client["id"])
    mapping = MAPPING | {"client": {"by": "identity_code", "column": "Asiakas"}, "source_id": "Avain"}
    head = HEAD.replace("Työkyky", "Työkyky;Avain")
    broken = codes[3][:-1] + ("A" if codes[3][-1] != "A" else "B")
    file = f"{head}{codes[0]};Alku;7.9.2026;6,4;5;k1\n{codes[1]};Alku;7.9.2026;6,4;5;k2\n{broken};{codes[2]};7.9.2026;x;5;{codes[2]}\n"
    with capture_logs() as entries:
        data = await sent(world.provider_a, file, mapping)
        odd = await sent(world.provider_a, file, mapping | {codes[2]: 1, "source_id": codes[2]})
        not_there = await sent(world.provider_a, file, mapping | {"source_id": codes[2]})
    assert [line["outcome"] for line in data.json()["outcomes"]] == ["created", "rejected", "rejected"]
    values = data.text + str(data.headers) + odd.text + not_there.text + repr(entries)
    for code in (*codes, broken):
        assert code not in values
    stored = await world.owner.fetch(
        "select m::text as m from measurements m where organiser_id = $1", world.organiser_id
    )
    assert codes[0] not in str(stored)
    assert len(await world.use_log(operation="importMeasurements")) == 1


async def test_a_sender_may_give_its_own_keys(world: TenantFixture) -> None:
    client = (await relationship_of(world))["client_id"]
    head = HEAD.replace("Työkyky", "Työkyky;Avain")
    data = await done(
        world.provider_a, f"{head}{client};Alku;7.9.2026;6,4;5;k-1\n", MAPPING | {"source_id": "Avain"}
    )
    assert data["outcomes"][0]["source_id"] == "k-1"
    assert len((await world.provider_a.get("/v1/measurements?source_id=k-1")).json()["items"]) == 1


async def test_items_in_a_worksheet_need_the_organisers_switch(world: TenantFixture) -> None:
    client = (await relationship_of(world))["client_id"]
    mapping = MAPPING | {"items": [{"key": "C01", "column": "Osallisuus"}]}
    data = await done(world.provider_a, f"{HEAD}{client};Alku;7.9.2026;6,4;5\n", mapping)
    assert data["causes"][0]["code"] == "items-not-allowed"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"scores": []}, "/mapping/scores"),
        ({"phase": {}}, "/mapping/phase"),
        ({"phase": {"column": "a", "value": "b"}}, "/mapping/phase"),
        ({"phase": {"column": "Ei"}}, "/mapping/phase/column"),
        ({"odd": 1}, "/mapping/odd"),
        ({"client": {"by": "name", "column": "x"}}, "/mapping/client/by"),
        ({"sheet": "x"}, "/mapping/sheet"),
    ],
)
async def test_a_mapping_that_does_not_fit_is_told_where(
    world: TenantFixture, changes: dict[str, Any], pointer: str
) -> None:
    answer = await sent(world.provider_a, f"{HEAD}x;Alku;7.9.2026;6,4;5\n", MAPPING | changes)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (
        422,
        [pointer],
    ), answer.text


async def test_a_body_that_is_not_the_two_parts_is_refused(world: TenantFixture) -> None:
    post = world.provider_a.http.post
    path = "/v1/measurement-imports"
    good: dict[str, Any] = {"file": ("t.csv", b"a;b\n1;2"), "mapping": (None, json.dumps(MAPPING))}
    for files, code, pointer in (
        ({"file": good["file"]}, "missing", "/mapping"),
        ({"mapping": good["mapping"]}, "missing", "/file"),
        (good | {"more": (None, "x")}, "unknown-property", ""),
    ):
        answer = await post(path, files=files)
        assert (
            answer.status_code,
            answer.json()["errors"][0]["code"],
            answer.json()["errors"][0]["pointer"],
        ) == (422, code, pointer)
    twice = await post(
        path, files=[("file", good["file"]), ("file", good["file"]), ("mapping", good["mapping"])]
    )
    assert twice.json()["errors"][0]["code"] == "duplicate-key"
    for body, content_type in (
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data"),
        (b"nothing", "multipart/form-data; boundary=x"),
        (b"--x\r\nA: b\r\n\r\nc\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\n" + b"A: b\r\n" * 100, "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data; boundary=" + "y" * 200),
    ):
        answer = await post(path, content=body, headers={"Content-Type": content_type})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), (body[:30], answer.text)
    assert (await post(path, json={})).status_code == 415


async def test_what_is_too_large_is_refused_while_it_comes(world: TenantFixture) -> None:
    big = await sent(world.provider_a, b"x" * (8 * 1024 * 1024 + 1))
    assert (big.status_code, big.json()["code"]) == (413, "part-too-large")
    bigger = await sent(world.provider_a, b"x" * (9 * 1024 * 1024))
    assert (bigger.status_code, bigger.json()["code"]) == (413, "too-large")
    mapping = await sent(world.provider_a, b"a\n1", " " * (64 * 1024 + 1))
    assert (mapping.status_code, mapping.json()["code"]) == (413, "part-too-large")


async def test_twenty_thousand_lines_take_one_request_and_every_line_is_reported(
    world: TenantFixture,
) -> None:
    clients = [(await relationship_of(world))["client_id"] for _ in range(10)]
    lines = [
        f"{clients[at % 10]};{'Alku' if at % 2 else 'Loppu'};7.9.2026;{at % 10},5;{at % 12};k-{at}"
        for at in range(20_000)
    ]
    file = HEAD.replace("Työkyky", "Työkyky;Avain") + "\n".join(lines)
    mapping = MAPPING | {"source_id": "Avain"}
    data = await done(world.provider_a, file, mapping)
    rejected = sum(at % 12 == 11 for at in range(20_000))
    assert data["counts"] == {
        "created": 20_000 - rejected,
        "updated": 0,
        "unchanged": 0,
        "rejected": rejected,
    }
    assert [line["line"] for line in data["outcomes"]] == list(range(1, 20_001))
    assert [(cause["code"], cause["count"], len(cause["lines"])) for cause in data["causes"]] == [
        ("out-of-range", rejected, 20)
    ]
    again = await done(world.provider_a, file, mapping)
    assert again["counts"]["unchanged"] == 20_000 - rejected


async def test_two_imports_of_the_same_worksheet_at_once_record_each_line_once(world: TenantFixture) -> None:
    client = (await relationship_of(world))["client_id"]
    tag = secrets.token_hex(3)
    file = HEAD.replace("Työkyky", "Työkyky;Avain") + "\n".join(
        f"{client};Alku;7.9.2026;1;1;{tag}-{at}" for at in range(300)
    )
    mapping = MAPPING | {"source_id": "Avain"}
    answers = await asyncio.gather(*(sent(world.provider_a, file, mapping) for _ in range(4)))
    imported = [answer.json()["counts"] for answer in answers if answer.status_code == 200]
    assert sorted(each["created"] for each in imported) == [0] * (len(imported) - 1) + [300]
    assert all(each["created"] + each["unchanged"] == 300 for each in imported)
    for answer in answers:
        if answer.status_code == 200:
            continue
        assert (answer.status_code, answer.json()["code"]) == (429, "import-in-work")
        assert answer.headers["Retry-After"] == "5"
    assert (await done(world.provider_a, file, mapping))["counts"]["unchanged"] == 300


async def test_two_systems_import_at_the_same_time(world: TenantFixture) -> None:
    client = (await relationship_of(world))["client_id"]
    file = HEAD + "\n".join(f"{client};Alku;{day}.9.2026;1;1" for day in range(1, 30))
    data = await asyncio.gather(done(world.provider_a, file), done(world.organiser, file))
    assert [each["counts"]["created"] for each in data] == [29, 29]


async def test_who_hangs_up_ends_the_reading_of_its_worksheet_and_may_send_again(
    world: TenantFixture, app_context: AppContext
) -> None:
    request = world.provider_a.http.build_request(
        "POST",
        "/v1/measurement-imports",
        files={"file": ("t.xlsx", BUSY_BOOK), "mapping": (None, json.dumps(MAPPING), "application/json")},
    )
    scope = {
        "type": "http",
        "method": "POST",
        "path": request.url.path,
        "raw_path": request.url.raw_path,
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
    }
    coming = iter([{"type": "http.request", "body": await request.aread(), "more_body": False}])
    hung_up, answers = asyncio.Event(), []

    async def receive() -> dict[str, Any]:
        if (message := next(coming, None)) is None:
            await hung_up.wait()
        return message or {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        answers.append(message)

    serving = asyncio.create_task(world.provider_a.app(scope, receive, send))
    await until(lambda: bool(app_context.worksheets.running))
    (process,) = app_context.worksheets.running
    hung_up.set()
    await serving
    await until(lambda: process.returncode is not None)
    assert (process.returncode, answers) == (-9, [])
    await done(world.provider_a, f"{HEAD}x;Alku;7.9.2026;6,4;5\n")
