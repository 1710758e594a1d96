"""What every request passes: ids, methods, problems in three languages, metrics, and logs without identity codes."""

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from structlog.testing import capture_logs
from tests.conftest import TenantFixture, identity_code

from walmu_api.foundation import logs
from walmu_api.foundation.negotiation import language_of


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the process writes with its logs set up as in production."""
    stream = io.StringIO()
    before = structlog.get_config()
    logs.configure("debug")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(stream), cache_logger_on_first_use=False)
    yield stream
    structlog.configure(**before)


def test_of_an_error_of_a_library_the_log_tells_the_kind_and_nothing_else(written: io.StringIO) -> None:
    try:
        raise LookupError("hush")
    except LookupError:
        logging.getLogger("some.library").exception("it held %s", "hush")
    data = json.loads(written.getvalue())
    assert (data["event"], data["logger"], data["exception"]) == (
        "library log",
        "some.library",
        "LookupError",
    )
    assert "hush" not in written.getvalue()


async def test_a_request_id_is_echoed_or_made(world: TenantFixture) -> None:
    given = await world.organiser.get("/v1/whoami", X_Request_Id="ab.C_1:2-3")
    assert given.headers["x-request-id"] == "ab.C_1:2-3"
    response = await world.organiser.get("/v1/whoami")
    assert re.fullmatch(r"[0-9a-f-]{36}", response.headers["x-request-id"])
    problem = await world.organiser.get("/v1/nothing", X_Request_Id="p-1")
    assert (problem.json()["instance"], problem.headers["x-request-id"]) == ("p-1", "p-1")


@pytest.mark.parametrize(
    "odd", ["a b", "x" * 65, "ä".encode().decode("latin-1"), "<script>", identity_code(9)]
)
async def test_an_odd_request_id_or_an_identity_code_is_not_taken(world: TenantFixture, odd: str) -> None:
    answer = await world.organiser.http.get("/v1/whoami", headers=[(b"X-Request-Id", odd.encode("latin-1"))])
    assert answer.status_code == 200
    assert answer.headers["x-request-id"] != odd


async def test_the_request_id_lands_in_the_use_log(world: TenantFixture) -> None:
    client = await world.client()
    await world.organiser.get(f"/v1/clients/{client['id']}", X_Request_Id="seen-1")
    assert [row["request_id"] for row in await world.use_log(operation="getClient")] == ["seen-1"]


async def test_x_road_headers_come_back(world: TenantFixture) -> None:
    answer = await world.organiser.get("/v1/whoami", X_Road_Id="abc", X_Road_Client="FI/MUN/1/a")
    assert (answer.headers["x-road-id"], answer.headers["x-road-client"]) == ("abc", "FI/MUN/1/a")


@pytest.mark.parametrize("odd", [b"a\x01b", b"\x00", b"\xef\xbf\xbe", b"\xed\xa0\x80", b"a\x7f"])
async def test_an_x_road_header_of_odd_characters_does_not_come_back(
    world: TenantFixture, odd: bytes
) -> None:
    answer = await world.organiser.http.get("/v1/whoami", headers=[(b"X-Road-Id", odd)])
    assert (answer.status_code, "x-road-id" in answer.headers) == (200, False)


async def test_head_works_where_get_does_and_says_no_body(world: TenantFixture) -> None:
    client = await world.client()
    for path in (f"/v1/clients/{client['id']}", "/v1/clients", "/v1/whoami", "/livez", "/openapi.json"):
        get = await world.organiser.get(path)
        head = await world.organiser("HEAD", path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers.get("etag") == get.headers.get("etag")
        assert head.headers["content-length"] == get.headers["content-length"]


async def test_nothing_of_the_body_is_sent_after_head(app: FastAPI) -> None:
    """Asked of the application itself: HTTP clients drop such a body silently."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "HEAD",
        "path": "/livez",
        "raw_path": b"/livez",
        "query_string": b"",
        "headers": [],
        "root_path": "",
        "scheme": "http",
        "server": ("walmu.test", 80),
        "client": None,
        "http_version": "1.1",
    }
    await app(scope, receive, send)
    assert sent[0]["status"] == 200
    assert b"".join(message.get("body", b"") for message in sent[1:]) == b""


def paths_of(document: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    for path, item in document["paths"].items():
        methods = {method.upper() for method in item}
        yield (
            path.replace("{date}", "2026-10-05"),
            methods | ({"HEAD"} if "GET" in methods else set()) | {"OPTIONS"},
        )


async def test_options_and_405_name_every_method_of_a_path(world: TenantFixture) -> None:
    data = dict(paths_of(world.app.state.described()))
    assert len(data) > 20
    for path, methods in data.items():
        options = await world.organiser("OPTIONS", path)
        assert (options.status_code, options.content) == (204, b"")
        assert set(options.headers["allow"].split(", ")) == methods, path
        for wrong in {"GET", "POST", "PUT", "DELETE", "PATCH"} - methods:
            refused = await world.organiser(wrong, path)
            assert (refused.status_code, refused.json()["code"]) == (405, "method-not-allowed"), (wrong, path)
            assert set(refused.headers["allow"].split(", ")) == methods, path


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/clients/",
        "/v2/clients",
        "/v1/klients",
        "/%00",
        "/v1/clients/%2e%2e",
        "/docs/files/../x",
    ],
)
async def test_an_unknown_path_is_a_problem_document(world: TenantFixture, path: str) -> None:
    answer = await world.organiser.get(path)
    assert answer.status_code in {404, 422}, path
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) >= {"type", "title", "status", "detail", "code", "instance"}


@pytest.mark.parametrize("path", ["/v1/clients", "/v1/nothing", "/oauth2/token"])
async def test_problems_speak_the_language_asked_for(world: TenantFixture, path: str) -> None:
    data = {
        language: await world.organiser("DELETE", path, Accept_Language=language)
        for language in ("fi", "en", "sv", "fi;q=0.2, en;q=0.9")
    }
    assert data["fi"].json()["title"] != data["en"].json()["title"]
    assert data["fi"].headers["content-language"] == "fi"
    assert data["fi"].headers["vary"] == "Accept-Language"
    assert data["fi"].json()["code"] == data["en"].json()["code"]
    assert data["sv"].headers["content-language"] == "sv"
    assert len({answer.json()["title"] for answer in data.values()}) == 3
    assert data["fi;q=0.2, en;q=0.9"].headers["content-language"] == "en"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("fi", "fi"),
        ("fi-FI", "fi"),
        ("FI", "fi"),
        ("*", "en"),
        ("sv, fi;q=0.5", "sv"),
        ("sv-FI", "sv"),
        ("de, sv-FI;q=0.5, fi;q=0.4", "sv"),
        ("se, fi;q=0.5", "fi"),
        ("sv;q=0, *", "en"),
        ("en;q=0, fi;q=0.1, *;q=0.5", "sv"),
        ("*;q=0.1, fi;q=0.2", "fi"),
        ("FI ; Q=0.9, sv;q=0.5", "fi"),
        ("*;q=0", "en"),
        ("fi;q=0", "en"),
        ("fi;q=nan", "en"),
        ("fi;q=x", "en"),
        ("en;q=0.1, fi;q=0.2", "fi"),
        ("fi;q=" + "9" * 400, "fi"),
        ("," * 1000 + "fi", "en"),
    ],
)
def test_the_best_of_our_languages_is_chosen(header: str | None, language: str) -> None:
    assert language_of(header) == language


async def test_the_page_behind_a_problem_type_is_there(world: TenantFixture) -> None:
    problem = (await world.organiser.get("/v1/nothing")).json()
    assert problem["type"] == "http://walmu.test/problems/not-found"
    page = await world.organiser.get("/problems/not-found", Accept_Language="fi")
    assert page.status_code == 200
    assert "Ei löytynyt" in page.text
    assert (await world.organiser.get("/problems/no-such")).status_code == 404


async def test_the_log_names_operation_and_system_and_never_the_address(world: TenantFixture) -> None:
    client = await world.client()
    with capture_logs() as entries:
        await world.organiser.get(f"/v1/clients/{client['id']}")
    (entry,) = [each for each in entries if each["event"] == "request"]
    assert (entry["operation"], entry["status"], entry["system"]) == (
        "getClient",
        200,
        str(world.organiser.system_id),
    )
    assert client["id"] not in json.dumps(entry, default=str)


async def test_no_identity_code_reaches_a_log_whatever_way_it_is_sent(
    world: TenantFixture, written: io.StringIO
) -> None:
    code = identity_code()
    sent = {"family_name": code, "given_names": code, "turvakielto": False, "source_id": code}
    speak = world.organiser
    answers = [
        await speak.get(f"/v1/clients/{code}"),
        await speak.get(f"/{code}"),
        await speak.get(f"/v1/clients?source_id={code}"),
        await speak.get(f"/v1/clients?{code}=x"),
        await speak.get(f"/v1/changes?cursor={code}"),
        await speak.get("/v1/whoami", X_Request_Id=code, Traceparent=code, User_Agent=code, X_Road_Id=code),
        await speak.get("/v1/whoami", Authorization=f"Bearer {code}"),
        await speak.post(
            "/v1/clients", sent | {"identity": {"system": "urn:oid:1.2.246.21", "value": code[:-1] + "?"}}
        ),
        await speak.post("/v1/clients", sent | {"identity": {"system": "urn:oid:1.2.246.21", "value": code}}),
        await speak.post("/v1/clients", sent, Idempotency_Key=code),
        await speak.post(
            "/v1/client-searches", {"identity": {"system": "urn:oid:1.2.246.21", "value": code}}
        ),
        await speak(code, "/v1/clients"),
        await speak.post("/oauth2/token", code.encode()),
    ]
    assert len([line for line in written.getvalue().splitlines() if '"event":"request"' in line]) == len(
        answers
    )
    assert code.lower() not in written.getvalue().lower()
    problems = [answer.text for answer in answers if answer.status_code >= 400]
    assert len(problems) > 5
    assert not any(code in text for text in problems)
    assert code not in (await speak.get("/metrics")).text


def test_the_last_stage_takes_out_what_looks_like_an_identity_code(written: io.StringIO) -> None:
    code = identity_code()
    log = structlog.get_logger()
    log.info("a", text=f"x {code} y", nested={"list": [code.lower()]})
    try:
        raise ValueError(code)
    except ValueError:
        log.exception("b")
    assert code.lower() not in written.getvalue().lower()
    assert written.getvalue().count("[identity code]") == 2
    assert '"exception":"ValueError"' in written.getvalue()


async def test_an_unexpected_error_is_a_problem_and_its_text_is_not_logged(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch, written: io.StringIO
) -> None:
    async def fails(*_: Any) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr("walmu_api.record.parties.clients.service.find", fails)
    answer = await world.organiser.get(f"/v1/clients/{world.organiser_id}")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text + written.getvalue()
    assert "RuntimeError" in written.getvalue()


async def test_health_needs_no_token_and_readiness_asks_the_database(
    world: TenantFixture, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/livez", "/readyz", "/metrics"):
        assert (await world.organiser.get(path, Authorization="")).status_code == 200

    async def refuses(*_: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(world.app_context.database, "_begun", refuses)
    ready = await world.organiser.get("/readyz")
    assert (ready.status_code, ready.json()["code"]) == (503, "unavailable")
    assert (await world.organiser.get("/livez")).status_code == 200


async def test_the_demo_is_not_ready_before_its_data_is_there(
    world: TenantFixture, app: FastAPI, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seeding = tmp_path / "seeding"
    monkeypatch.setitem(app.state._state, "app_context", replace(world.app_context, seeding_file=seeding))
    seeding.touch()
    ready = await world.organiser.get("/readyz")
    assert (ready.status_code, ready.json()["code"], ready.headers["retry-after"]) == (503, "seeding", "2")
    seeding.unlink()
    assert (await world.organiser.get("/readyz")).status_code == 200


async def test_a_path_that_takes_no_method_at_all_is_not_found(world: TenantFixture) -> None:
    answer = await world.organiser.post("/docs/files/", {})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_metrics_count_by_operation_and_status(world: TenantFixture) -> None:
    await world.organiser.get("/v1/whoami")
    text = (await world.organiser.get("/metrics")).text
    assert 'walmu_requests_total{operation="whoAmI",status="200"}' in text
    assert str(world.organiser.system_id) not in text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?a=1", "unknown-parameter"),
        ("?limit=1&limit=2", "repeated-parameter"),
        ("?limit=01", "invalid-value"),
        ("?limit=0", "invalid-value"),
        ("?limit=201", "invalid-value"),
        ("?limit=99999999999999999999", "invalid-value"),
        ("?source_id=%00", "invalid-value"),
        ("?source_id=%ff", "invalid-value"),
        ("?cursor=x", "invalid-value"),
        ("?cursor=e3g", "invalid-value"),
        ("?source_id=", "invalid-value"),
    ],
)
async def test_query_parameters_are_strict(world: TenantFixture, query: str, code: str) -> None:
    answer = await world.organiser.get(f"/v1/clients{query}")
    assert answer.status_code == 422, answer.text
    assert [error["code"] for error in answer.json()["errors"]] == [code]
