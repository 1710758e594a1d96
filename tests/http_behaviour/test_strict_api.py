"""What is refused however well it is meant: odd queries, media types nobody offers, paths that servers differ about."""

import secrets
from collections.abc import Sequence
from urllib.parse import quote

import pytest
from tests.http_behaviour.scene import GUARDED, OPERATIONS, Answer, Operation, Scene, call, on_each


async def sent(scene: Scene, operation: Operation, target: str | None = None, **headers: str) -> Answer:
    """The example of the operation, with these headers in place of its own."""
    other = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    stored = [pair for pair in scene.headers(operation) if pair[0] not in {name for name, _ in other}]
    body = scene.payload(operation)
    return await call(
        scene.world.app, operation.method, target or scene.url(operation), body, [*stored, *other]
    )


@on_each(GUARDED)
async def test_an_odd_query_is_refused_and_told_where(operation: Operation, scene: Scene) -> None:
    url = scene.url(operation)
    for query, place, code in (
        ("Limit=5", "/query/Limit", "unknown-parameter"),
        ("odd", "/query/odd", "unknown-parameter"),
        ("=1", "/query/", "unknown-parameter"),
        ("limit[]=5", "/query/limit[]", "unknown-parameter"),
        ("%00=1", "/query/\0", "unknown-parameter"),
        ("a/b~=1", "/query/a~1b~0", "unknown-parameter"),
        ("x" * 500 + "=1", "/query/" + "x" * 64, "unknown-parameter"),
        (";", "/query/;", "unknown-parameter"),
    ):
        answer = await sent(scene, operation, f"{url}?{query}")
        assert (answer.status, answer.code) == (422, "invalid"), (query, answer)
        assert answer.json()["errors"][0] | {"detail": ""} == {"pointer": place, "code": code, "detail": ""}
    for parameter in operation.parameters("query"):
        name, value = parameter["name"], quote(str(parameter["example"]).lower())
        answer = await sent(scene, operation, f"{url}?{name}={value}&{name}={value}")
        assert (answer.status, answer.json()["errors"][0]["code"]) == (422, "repeated-parameter")


NOT_JSON = (
    "text/html",
    "application/xml, text/*;q=0.9",
    "application/json;q=0",
    "image/*",
    "json",
    "*/*;q=0",
    "text/csv",
    "application/problem+json",
)
TAKES_CSV = {"application/xml, text/*;q=0.9", "text/csv"}
JSON_TOO = (
    "*/*",
    "application/json;q=0.5",
    "application/*",
    "text/html, */*;q=0.1",
    "",
    "Application/JSON",
    "application/json; charset=utf-8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "application/json;q=0.001",
    ",,",
)


XHTML = "application/xhtml+xml"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PICTURES = {"drawMeasurementChanges": "image/svg+xml"}
"""Operations that answer with a picture and nothing else."""


@on_each(GUARDED)
async def test_who_does_not_take_json_gets_406_and_who_takes_it_among_others_gets_it(
    operation: Operation, scene: Scene
) -> None:
    nothing: Sequence[str] = NOT_JSON
    something: Sequence[str] = JSON_TOO
    other = PICTURES.get(operation.name)
    if other is not None:
        nothing = ("text/html", "application/json", "text/*", "image/png", "*/*;q=0")
        something = ("*/*", "image/*", "", "image/svg+xml;q=0.5", "text/html,*/*;q=0.1")
    elif operation.name == "getAttendanceTemplate":
        other, nothing = XLSX, ("text/html", "application/json", "image/*", "*/*;q=0")
        something = ("*/*", "application/*", "", f"{XLSX};q=0.5", f"application/json,{XLSX};q=0.1")
    for accepted in nothing:
        if (
            "text/csv" in operation.definition["responses"].get("200", {}).get("content", {})
            and accepted in TAKES_CSV
        ):
            continue
        answer = await sent(scene, operation, accept=accepted)
        assert (answer.status, answer.code) == (406, "not-acceptable"), accepted
    for accepted in something if operation.method == "GET" else ():
        answer = await sent(scene, operation, accept=accepted)
        page = (
            XHTML
            if XHTML in accepted and XHTML in operation.definition["responses"]["200"]["content"]
            else None
        )
        expected = other or page or "application/json"  # a browser that would rather have a page gets one
        assert (answer.status, answer.header("content-type")) == (200, expected), (accepted, answer)


async def test_a_browser_that_opens_a_page_or_the_contract_is_not_turned_away(scene: Scene) -> None:
    for path in ("/docs", "/problems", "/openapi.json", "/livez", "/.well-known/jwks.json", "/metrics"):
        assert (await call(scene.world.app, "GET", path, headers=[(b"accept", b"text/html")])).status == 200


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/json", 200),
        ("Application/JSON", 200),
        ("application/json;charset=UTF-8", 200),
        ('application/json; charset="utf-8"', 200),
        ("application/json; charset=utf8", 200),
        ("application/json ; profile=x; charset=utf-8;", 200),
        ("application/json; charset=utf-16", 415),
        ("application/json; charset=latin-1", 415),
        ("application/problem+json", 415),
        ("text/json", 415),
        ("application/jsonp", 415),
        ("json", 415),
        ("", 415),
        ("*/*", 415),
        ("application/json, text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
    ],
)
async def test_variants_of_the_content_type(scene: Scene, media_type: str, status: int) -> None:
    (operation,) = [each for each in GUARDED if each.name == "searchClients"]
    answer = await sent(scene, operation, content_type=media_type)
    assert answer.status == status, answer


@pytest.mark.parametrize(("coding", "status"), [("gzip", 415), ("br", 415), ("identity", 200)])
async def test_a_compressed_body_is_415(scene: Scene, coding: str, status: int) -> None:
    (operation,) = [each for each in GUARDED if each.name == "searchClients"]
    assert (await sent(scene, operation, content_encoding=coding)).status == status


async def test_two_content_types_are_none(scene: Scene) -> None:
    (operation,) = [each for each in GUARDED if each.name == "searchClients"]
    twice = [*scene.headers(operation), (b"content-type", b"text/plain")]
    answer = await call(scene.world.app, "POST", scene.url(operation), b"{}", twice)
    assert answer.code == "unsupported-media-type"


@pytest.mark.parametrize("path", sorted({operation.path for operation in OPERATIONS}))
async def test_a_path_that_servers_differ_about_leads_nowhere(path: str, scene: Scene) -> None:
    operation = next(each for each in OPERATIONS if each.path == path)
    url = scene.url(operation)
    first, _, rest = url[1:].partition("/")
    odd = [
        f"{url}/",
        f"/{url}",
        f"{url}//",
        f"/./{url[1:]}",
        f"/x/..{url}",
        f"{url}/.",
        f"{url}/x/..",
        f"{url}%2F",
        f"{url}%2f..",
        f"/{first}//{rest}",
        f"{url}%00",
    ]
    odd += [f"/{first}%2F{rest}"] if rest else []
    for target in odd:
        answer = await sent(scene, operation, target)
        # An id with a NUL in it is an id that is not well formed.
        assert answer.code == "not-found" or (answer.status == 422 and target.endswith("%00")), (
            target,
            answer,
        )
        asked = await call(scene.world.app, "OPTIONS", target)
        assert asked.status in {404, 405} or target.endswith("%00"), (target, asked)


@on_each([o for o in GUARDED if not o.definition.get("requestBody")])
async def test_a_body_where_none_is_taken_is_not_looked_at(operation: Operation, scene: Scene) -> None:
    headers = [*scene.headers(operation), (b"content-type", b"text/plain"), (b"content-length", b"3")]
    answer = await call(scene.world.app, operation.method, scene.url(operation), b"\xff{\0", headers)
    assert answer.status == 200, answer


@on_each([o for o in GUARDED if o.method == "GET"])
async def test_head_says_what_get_says_without_a_body(operation: Operation, scene: Scene) -> None:
    for wrong in ({}, {"accept": "text/html"}, {"authorization": "Bearer x"}):
        get = await sent(scene, operation, None, **wrong)
        head = await call(
            scene.world.app,
            "HEAD",
            scene.url(operation),
            b"",
            [
                *(p for p in scene.headers(operation) if p[0].decode() not in wrong),
                *((k.encode(), v.encode()) for k, v in wrong.items()),
            ],
        )
        assert (head.status, head.content) == (get.status, b"")
        if operation.name != "listUseLog":  # which grows by reading it
            assert head.header("content-type") == get.header("content-type")


async def test_a_header_sent_twice_is_never_a_fault(scene: Scene) -> None:
    for operation in GUARDED:
        key = secrets.token_hex(4).encode()
        for name in (
            b"authorization",
            b"accept",
            b"accept-language",
            b"if-match",
            b"if-none-match",
            b"idempotency-key",
            b"x-request-id",
        ):
            headers = [*scene.headers(operation), (name, b"x" + key), (name, b"y")]
            body = scene.payload(operation)
            answer = await call(scene.world.app, operation.method, scene.url(operation), body, headers)
            assert answer.status < 500, (operation.name, name, answer)
