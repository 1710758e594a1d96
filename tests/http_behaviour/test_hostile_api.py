"""Whatever is put at whatever place of whatever operation: a documented answer, never a fault, never the value again."""

import json

from structlog.testing import capture_logs
from tests.http_behaviour.hostile import CANARY, CODE, HEADERS, LITERALS, TEXTS, places, put, whole_bodies
from tests.http_behaviour.scene import DOCUMENT, OPERATIONS, Answer, Operation, Scene, call, in_parts, on_each
from tests.sizes import pairs

from walmu_api.access.connected_systems.token_routes import JWT_BEARER
from walmu_api.foundation.request_body import pointer

WITH_BODY = [operation for operation in OPERATIONS if operation.body]
WITH_PARAMETERS = [operation for operation in OPERATIONS if operation.definition["parameters"]]


def validate(operation: Operation, answer: Answer, entries: object, what: object) -> None:
    """What holds of every answer."""
    assert answer.status < 500, (what, answer)
    assert str(answer.status) in operation.definition["responses"], (what, answer)
    headers = [each for each in answer.headers if operation.name != "putCode" or each[0] != b"location"]
    data = repr(entries) + repr(headers)
    if answer.status >= 400:
        assert answer.code, what
        data += answer.content.decode()
    assert CODE not in answer.header("location"), (
        "a code that was added has an address; never a personal identity code"
    )
    for secret in (CANARY, CODE, CODE.lower()):
        assert secret not in data, (what, secret, data[:2000])
    assert "y" * 65 not in data, what
    if operation.name == "recordAttendanceBatch":
        assert CODE.encode() not in answer.content, what


@on_each(WITH_BODY)
async def test_a_body_with_anything_at_any_place(operation: Operation, scene: Scene) -> None:
    assert operation.body is not None
    url = scene.url(operation)
    everywhere = [*places(scene.example(operation), operation.body["schema"], DOCUMENT)]
    for at, (name, literal) in pairs(everywhere, LITERALS, check=8):
        with capture_logs() as entries:
            body = put(scene.example(operation), at, literal)
            answer = await call(scene.world.app, operation.method, url, body, scene.headers(operation))
        validate(operation, answer, entries, (at, name))
        if answer.status == 422 and answer.code == "invalid":
            found = [error["pointer"] for error in answer.json()["errors"]]
            assert any(
                f"{place}/".startswith(f"{p}/") or p.startswith(f"{place}/")
                for p in found
                for place in together(at, literal)
            ), (at, name, found)


OF_A_SCORE = ("min", "value", "max")
"""Numbers that are judged against each other: which of them is wrong nobody can know."""


def together(at: tuple[str | int, ...], literal: str) -> list[str]:
    """Where a problem with what stands at this place may be told: there, or, of a number or of none, at what it is
    judged against. What is wrong with a proof is told at its key."""
    if at[:1] == ("proofs",):
        return ["/jwks/keys", pointer(at)]
    judged = literal == "null" or literal[0] in "-0123456789"
    of_a_score = judged and at[:1] == ("scores",) and at[-1] in OF_A_SCORE
    return [pointer((*at[:-1], member)) for member in OF_A_SCORE] if of_a_score else [pointer(at)]


@on_each([operation for operation in OPERATIONS if operation.form])
async def test_a_mapping_with_anything_at_any_place(operation: Operation, scene: Scene) -> None:
    assert operation.form is not None
    example, url = operation.form["example"], scene.url(operation)
    everywhere = [*places(example["mapping"], operation.form["schema"]["properties"]["mapping"], DOCUMENT)]
    for at, (name, literal) in pairs(everywhere, LITERALS, check=8):
        body = in_parts(example["file"].encode(), put(example["mapping"], at, literal))
        with capture_logs() as entries:
            answer = await call(scene.world.app, operation.method, url, body, scene.headers(operation))
        validate(operation, answer, entries, (at, name))


@on_each([operation for operation in OPERATIONS if operation.form])
async def test_a_worksheet_with_anything_in_any_cell(operation: Operation, scene: Scene) -> None:
    assert operation.form is not None
    example, url = operation.form["example"], scene.url(operation)
    rows = example["file"].encode().split(b"\n")
    mapping = json.dumps(example["mapping"]).encode()
    for column in range(len(rows[0].split(b";"))):
        for name, literal in LITERALS.items():
            cells = rows[1].split(b";")
            cells[column] = literal.encode("latin-1")[:5000]
            body = in_parts(b"\n".join([rows[0], b";".join(cells)]), mapping)
            with capture_logs() as entries:
                answer = await call(scene.world.app, operation.method, url, body, scene.headers(operation))
            validate(operation, answer, entries, (column, name))
            assert CODE.encode() not in answer.content


@on_each(WITH_BODY)
async def test_a_body_that_is_odd_as_a_whole(operation: Operation, scene: Scene) -> None:
    example = json.dumps(scene.example(operation)).encode()
    for name, body in whole_bodies(example).items():
        with capture_logs() as entries:
            answer = await call(
                scene.world.app, operation.method, scene.url(operation), body, scene.headers(operation)
            )
        validate(operation, answer, entries, name)
        assert answer.status in {400, 413, 422}, (name, answer)


@on_each(WITH_PARAMETERS)
async def test_a_path_or_query_with_anything(operation: Operation, scene: Scene) -> None:
    body = scene.payload(operation)
    in_path, in_query = (
        [each["name"] for each in operation.parameters(place)] for place in ("path", "query")
    )
    targets = {
        (parameter, name): scene.url(operation, **{parameter: text})
        for parameter, (name, text) in pairs(in_path, TEXTS, check=7)
        if text
    } | {
        (parameter, name): f"{scene.url(operation)}?{parameter}={text}"
        for parameter, (name, text) in pairs(in_query, TEXTS, check=7)
    }
    for what, target in targets.items():
        with capture_logs() as entries:
            answer = await call(scene.world.app, operation.method, target, body, scene.headers(operation))
        validate(operation, answer, entries, what)
        if answer.status == 422 and answer.code == "invalid" and not body:
            assert any(error["pointer"].endswith(f"/{what[0]}") for error in answer.json()["errors"]), (
                what,
                answer,
            )


@on_each(WITH_PARAMETERS)
async def test_a_header_with_anything(operation: Operation, scene: Scene) -> None:
    body = scene.payload(operation)
    named = {parameter["name"].lower() for parameter in operation.parameters("header")}
    everywhere = sorted(named | {"accept-language", "x-request-id", "traceparent", "user-agent"})
    for header, (name, value) in pairs(everywhere, HEADERS, check=4):
        stored = [pair for pair in scene.headers(operation) if pair[0] != header.encode()]
        with capture_logs() as entries:
            headers = [*stored, (header.encode(), value)]
            answer = await call(scene.world.app, operation.method, scene.url(operation), body, headers)
        if header == "x-request-id" and name == "canary":
            continue  # it is what comes back
        validate(operation, answer, entries, (header, name))


async def test_a_token_request_with_anything(scene: Scene) -> None:
    (operation,) = [each for each in OPERATIONS if each.name == "issueToken"]
    good = {
        "grant_type": "client_credentials",
        "client_assertion_type": JWT_BEARER.replace(":", "%3A"),
        "client_assertion": "a.b.c",
    }
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    for field in (*good, "scope", "client_id"):
        for name, text in TEXTS.items():
            form = "&".join(f"{key}={value}" for key, value in (good | {field: text}).items())
            for body in (form.encode(), f"{form}&{field}={text}".encode(), f"{text}&{form}".encode()):
                with capture_logs() as entries:
                    answer = await call(scene.world.app, "POST", "/oauth2/token", body, headers)
                validate(operation, answer, entries, (field, name))
                assert answer.status in {400, 401, 422}, (field, name)
