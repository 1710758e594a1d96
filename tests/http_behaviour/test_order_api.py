"""Of two things wrong with a request, the earlier one is told: on every operation, for every pair that can meet."""

import secrets
import time
from dataclasses import dataclass, field, replace
from itertools import combinations

import pytest
from tests.conftest import HELD
from tests.http_behaviour.scene import GUARDED, JSON, Answer, Operation, Scene, call, on_each

NOWHERE = "01919b7e-1f00-7c3a-9d2e-5b8f6a1c4dee"


@dataclass(frozen=True)
class Sent:
    """A request; what is wrong with it is put in piece by piece."""

    target: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def having(self, **headers: str) -> "Sent":
        return replace(
            self, headers=self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        )


def right(scene: Scene, operation: Operation) -> Sent:
    headers = {name.decode(): value.decode() for name, value in scene.headers(operation)}
    body = scene.payload(operation)
    return Sent(scene.url(operation), body, headers | ({"content-length": str(len(body))} if body else {}))


def scopeless(scene: Scene, operation: Operation) -> str:
    caller = scene.speaker(operation).client_id
    return "Bearer " + scene.world.app_context.tokens.issue(
        caller, HELD, ["nothing:read"], None, now=time.time()
    )


def wrongs(scene: Scene, operation: Operation, good: Sent) -> dict[str, Sent]:
    """What can be wrong with a call of this operation, in the order of refusals; each changes another part of it."""
    into = {"client_id", "relationship_id", "decision_id", "agreement_id", "system_id", "measurement_id"}
    lost = {name: NOWHERE for name in scene.ids if "{" + name + "}" in operation.path and name in into}
    matched = any(parameter["name"] == "If-Match" for parameter in operation.parameters("header"))
    able = {
        "401 invalid-token": good.having(authorization="Bearer x"),
        "413 too-large": good.having(content_length=str(9 * 1024 * 1024)) if good.body else good,
        "415 unsupported-media-type": good.having(content_type="text/plain") if good.body else good,
        "406 not-acceptable": good.having(accept="text/html"),
        "403 forbidden": good.having(authorization=scopeless(scene, operation)) if operation.scopes else good,
        "400 malformed-body": replace(good, body=b"{") if operation.body else good,
        "422 invalid": replace(good, target=good.target + "?odd=1"),
        "404 not-found": replace(good, target=scene.url(operation, **lost)) if lost else good,
        "412 stale-version": good.having(if_match='"99"') if matched else good,
    }
    return {name: sent for name, sent in able.items() if sent != good}


def both(good: Sent, one: Sent, other: Sent) -> Sent | None:
    """The two wrongs in one request, unless they are about the same part of it."""
    changed = [
        {name for name in ("body", *{*sent.headers, *good.headers}) if _part(sent, name) != _part(good, name)}
        for sent in (one, other)
    ]
    if changed[0] & changed[1]:
        return None
    path = (other if other.target.split("?")[0] != good.target else one).target.split("?")[0]
    query = "?odd=1" if "?" in one.target + other.target else ""
    body = one.body if one.body != good.body else other.body
    headers = {
        **good.headers,
        **{
            name: _part(s, name)
            for s, names in zip((one, other), changed, strict=True)
            for name in names - {"body"}
        },
    }
    return Sent(path + query, body, headers)


def _part(sent: Sent, name: str) -> str:
    return sent.body.decode() if name == "body" else sent.headers.get(name, "")


async def send(scene: Scene, method: str, sent: Sent) -> Answer:
    headers = [(name.encode(), value.encode()) for name, value in sent.headers.items()]
    fresh = [
        (name, secrets.token_hex(8).encode() if name == b"idempotency-key" else value)
        for name, value in headers
    ]
    return await call(scene.world.app, method, sent.target, sent.body, fresh)


@on_each(GUARDED)
async def test_the_earlier_refusal_is_told(operation: Operation, scene: Scene) -> None:
    good = right(scene, operation)
    able = wrongs(scene, operation, good)
    for name, sent in able.items():
        answer = await send(scene, operation.method, sent)
        assert f"{answer.status} {answer.code}" == name, answer
    met = 0
    for (name, first), (later, second) in combinations(able.items(), 2):
        if (together := both(good, first, second)) is not None:
            answer = await send(scene, operation.method, together)
            assert f"{answer.status} {answer.code}" == name, (name, later, answer)
            met += 1
    assert met >= 2


@on_each(GUARDED)
async def test_no_such_route_and_no_such_method_come_before_everything(
    operation: Operation, scene: Scene
) -> None:
    for wrong in wrongs(scene, operation, right(scene, operation)).values():
        nowhere = replace(wrong, target=wrong.target.split("?")[0] + "/no/such")
        assert (await send(scene, operation.method, nowhere)).code == "not-found"
        assert (await send(scene, "PATCH", wrong)).code == "method-not-allowed"


@on_each([o for o in GUARDED if o.method == "PUT"])
async def test_to_change_what_is_there_without_a_version_is_428(operation: Operation, scene: Scene) -> None:
    answer = await send(scene, "PUT", right(scene, operation))
    assert (answer.status, answer.code) == (428, "precondition-required"), answer


@pytest.mark.parametrize("name", ["signAgreement", "endAgreement"])
async def test_a_stale_version_is_told_before_the_state(name: str, scene: Scene) -> None:
    """What was ended cannot be signed, and is ended otherwise with its version only: 409 and 428, unless the caller has not
    seen it yet: 412."""
    (operation,) = [each for each in GUARDED if each.name == name]
    sent = right(scene, operation)
    path = f"/v1/agreements/{scene.ids['agreement_id']}/end"
    await scene.world.provider_a.post(path, {"ends_on": scene.world.day(1), "reason": "x"})
    assert (await send(scene, "POST", sent.having(if_match='"99"'))).status == 412
    assert (await send(scene, "POST", sent)).status == {"signAgreement": 409, "endAgreement": 428}[name]


def test_every_guarded_operation_takes_json_alone_but_the_batch_and_the_imports() -> None:
    more = {o.name for o in GUARDED if set(o.definition.get("requestBody", {}).get("content", {})) - {JSON}}
    assert more == {"recordAttendanceBatch", "importMeasurements", "importAttendance"}
