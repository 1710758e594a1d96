"""Of every answer the class that says what follows: against the simulator, and against a server that answers rubbish."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.adapters.ehr.conftest import KEY, RecordSystem
from tests.conftest import identity_code

from walmu_api.adapters.ehr import delivery_queue
from walmu_api.adapters.ehr.dialects.lifecare_rest import LifecareRest, gateway
from walmu_api.adapters.ehr.port import (
    Day,
    Done,
    Draft,
    Failed,
    Failure,
    NotConfigured,
    Notices,
    Outcome,
    Proposal,
)

pytestmark = pytest.mark.enable_socket

PROVIDER = {"id": "p-1", "name": "Paja Oy", "business_id": None}
CONTENT = {
    "legal_bases": ["SHL_710_1982_27E"],
    "service_task": {"code": "20"},
    "service_kind": "work_activity",
    "valid_from": "2026-03-01",
}
CLIENT = {"id": "c-1", "family_name": "Esimerkki", "given_names": "Testi", "turvakielto": False}
DRAFT = Draft("d-1", None, CLIENT, PROVIDER, CONTENT)


def day() -> Day:
    return Day("a-1", 1, None, identity_code(1), "c-1", PROVIDER, {"date": "2026-03-02", "status": "present"})


@asynccontextmanager
async def speaking(url: str, key: str = KEY) -> AsyncIterator[LifecareRest]:
    system = LifecareRest(url, key)
    yield system
    await system.close()


@pytest.fixture
async def system(record_system: RecordSystem) -> AsyncIterator[LifecareRest]:
    async with speaking(record_system.url) as opened:
        yield opened


def failure(outcome: Outcome[Any]) -> Failure:
    assert isinstance(outcome, Failed)
    return outcome.failure


STATUSES = [
    (400, Failure.SEMANTIC_PERMANENT, Failure.SEMANTIC_PERMANENT),
    (401, Failure.AUTH, Failure.AUTH),
    (403, Failure.AUTH, Failure.AUTH),
    (404, Failure.DEPENDENCY, Failure.DEPENDENCY),
    (408, Failure.TRANSIENT, Failure.UNKNOWN_OUTCOME),
    (409, Failure.CONFLICT, Failure.CONFLICT),
    (412, Failure.CONFLICT, Failure.CONFLICT),
    (413, Failure.SEMANTIC_PERMANENT, Failure.SEMANTIC_PERMANENT),
    (418, Failure.SEMANTIC_PERMANENT, Failure.SEMANTIC_PERMANENT),
    (422, Failure.SEMANTIC_PERMANENT, Failure.SEMANTIC_PERMANENT),
    (423, Failure.SEMANTIC_DEFERRED, Failure.SEMANTIC_DEFERRED),
    (429, Failure.THROTTLED, Failure.THROTTLED),
    (500, Failure.TRANSIENT, Failure.UNKNOWN_OUTCOME),
    (501, Failure.NOT_SUPPORTED, Failure.NOT_SUPPORTED),
    (503, Failure.TRANSIENT, Failure.UNKNOWN_OUTCOME),
    (504, Failure.TRANSIENT, Failure.UNKNOWN_OUTCOME),
    (302, Failure.MALFORMED_REMOTE, Failure.UNKNOWN_OUTCOME),
]
SPOILT = [
    ("drop_response", Failure.TRANSIENT),
    ("invalid_json", Failure.MALFORMED_REMOTE),
    ("empty", Failure.MALFORMED_REMOTE),
    ("html_login", Failure.MALFORMED_REMOTE),
]


async def test_every_status_and_fault_has_its_class(
    record_system: RecordSystem, system: LifecareRest
) -> None:
    """The same fault is harmless for what may be repeated, and an unknown outcome for what may not."""
    for status, repeatable, once in STATUSES:
        fault = {"kind": "status", "status": status, "retry_after": 7}
        await record_system.faults(fault, fault)
        visit, proposed = await system.upsert_attendance(day()), await system.submit_draft(DRAFT)
        assert (failure(visit), failure(proposed)) == (repeatable, once), status
        assert isinstance(visit, Failed)
        assert visit.retry_after == (7 if status >= 400 else None)
    for kind, repeatable in SPOILT:
        await record_system.faults({"kind": kind, "times": 2})
        assert failure(await system.upsert_attendance(day())) == repeatable, kind
        assert failure(await system.submit_draft(DRAFT)) == Failure.UNKNOWN_OUTCOME, kind
    assert isinstance(await system.upsert_attendance(day()), Done)


async def test_a_wrong_key(record_system: RecordSystem) -> None:
    async with speaking(record_system.url, "another") as system:
        assert failure(await system.health()) == Failure.AUTH


async def test_nobody_there() -> None:
    """Nothing can have been done, so it is no unknown outcome either."""
    async with speaking("http://127.0.0.1:1") as system:
        for outcome in (await system.health(), await system.submit_draft(DRAFT)):
            assert failure(outcome) == Failure.TRANSIENT


async def test_a_draft_is_found_with_how_it_fares(record_system: RecordSystem, system: LifecareRest) -> None:
    assert await system.find_draft("d-1") == Done(None)
    first = await system.submit_draft(DRAFT)
    assert isinstance(first, Done)
    assert await system.find_draft("d-1") == Done(Proposal(first.value, "waiting"))
    await record_system.act("refuse", external_id="d-1")
    assert await system.find_draft("d-1") == Done(Proposal(first.value, "refused"))
    second = await system.submit_draft(DRAFT)
    assert isinstance(second, Done)
    assert await system.find_draft("d-1") == Done(Proposal(second.value, "waiting"))
    await record_system.act("decide", external_id="d-1")
    assert await system.find_draft("d-1") == Done(Proposal(second.value, "decided"))
    assert failure(await system.replace_draft(second.value, DRAFT)) == Failure.CONFLICT
    assert failure(await system.replace_draft("999", DRAFT)) == Failure.DEPENDENCY


async def test_changes_come_page_after_page(
    record_system: RecordSystem, system: LifecareRest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "PAGE", 2)
    created = [
        (await record_system.act("create", client_id=f"c-{at}", provider_id="p-1"))["id"] for at in range(5)
    ]
    outcome = await system.decision_changes(None, again=False)
    assert isinstance(outcome, Done)
    assert [notice.remote_id for notice in outcome.value.items] == created
    nothing_new = await system.decision_changes(outcome.value.position, again=False)
    assert nothing_new == Done(Notices([], outcome.value.position))
    once_more = await system.decision_changes(outcome.value.position, again=True)
    assert isinstance(once_more, Done)
    assert (len(once_more.value.items), once_more.value.position) == (5, outcome.value.position)


def test_no_call_outlives_a_lease() -> None:
    assert gateway.LONGEST < delivery_queue.LEASE


def test_positions_compare_as_text() -> None:
    whole, part = gateway._instant("2026-03-01T10:00:00Z"), gateway._instant("2026-03-01T10:00:00.000001Z")
    assert whole < part
    assert gateway._earlier(part) == "2026-03-01T09:50:00.000001Z"


async def test_without_a_dialect_every_call_fails_loudly() -> None:
    system = NotConfigured()
    assert failure(await system.upsert_attendance(day())) == Failure.NOT_SUPPORTED
    await system.close()


@asynccontextmanager
async def answering(act: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[LifecareRest]:
    """A server that reads a request and then does whatever the test wants."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await act(writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with speaking(f"http://127.0.0.1:{port}") as system:
        try:
            yield system
        finally:
            server.close()


def http(body: bytes, head: bytes = b"200 OK", *more: bytes, length: int | None = None) -> bytes:
    size = str(len(body) if length is None else length).encode()
    headers = [b"content-type: application/json", b"content-length: " + size, b"connection: close", *more]
    return b"HTTP/1.1 " + head + b"\r\n" + b"\r\n".join(headers) + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("answer", "repeatable"),
    [
        (b"", Failure.TRANSIENT),
        (b"\x00\xff rubbish\r\n\r\n", Failure.TRANSIENT),
        (http(b'{"Id": 1', length=400), Failure.TRANSIENT),
        (http(b"nothing like gzip", b"200 OK", b"content-encoding: gzip"), Failure.TRANSIENT),
        (http(b"{}"), Failure.MALFORMED_REMOTE),
        (http(b"[]"), Failure.MALFORMED_REMOTE),
        (http(b'{"Id": null}'), Failure.MALFORMED_REMOTE),
        (http(b'{"Id": {"a": 1}}'), Failure.MALFORMED_REMOTE),
        (http(b'{"Id": "\xff"}'), Failure.MALFORMED_REMOTE),
        (http(b"", b"204 No Content"), Failure.MALFORMED_REMOTE),
    ],
    ids=range(10),
)
async def test_rubbish(answer: bytes, repeatable: Failure) -> None:
    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    async with answering(act) as system:
        assert failure(await system.upsert_attendance(day())) == repeatable
        assert failure(await system.submit_draft(DRAFT)) == Failure.UNKNOWN_OUTCOME
        assert isinstance(await system.find_draft("d-1"), Failed)
        assert isinstance(await system.health(), Failed)
        assert isinstance(await system.decision_changes(None, again=True), Failed)


@pytest.mark.parametrize(
    "items",
    [
        b"null",
        b"[7]",
        b"[{}]",
        b'[{"Id": 1}]',
        b'[{"Id": 1, "Modified": 7}]',
        b'[{"Id": [], "Modified": "2026-03-01T10:00:00Z"}]',
    ],
)
async def test_a_list_of_another_shape(items: bytes) -> None:
    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(http(b'{"Items": ' + items + b"}"))

    async with answering(act) as system:
        for outcome in (
            await system.decision_changes(None, again=False),
            await system.draft_changes(None, again=False),
        ):
            assert failure(outcome) == Failure.MALFORMED_REMOTE


@pytest.mark.parametrize(
    ("after", "seconds"), [("3", 3), ("9" * 400, 86_400), ("²", None), ("Wed, 21 Oct 2026", None)]
)
async def test_when_to_come_back(after: str, seconds: float | None) -> None:
    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(http(b"{}", b"429 Too Many", b"retry-after: " + after.encode("latin-1")))

    async with answering(act) as system:
        outcome = await system.health()
        assert isinstance(outcome, Failed)
        assert outcome.retry_after == seconds


async def test_an_answer_that_drips_forever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, the whole never: still less than a lane's lease."""
    monkeypatch.setattr(gateway, "LONGEST", 0.3)

    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(http(b"{", length=10_000))
        for _ in range(30):
            writer.write(b" ")
            await asyncio.sleep(0.05)

    began = time.monotonic()

    async with answering(act) as system:
        assert failure(await system.submit_draft(DRAFT)) == Failure.UNKNOWN_OUTCOME
        assert time.monotonic() - began < 1
