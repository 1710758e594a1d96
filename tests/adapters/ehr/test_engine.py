"""The loops of one target: when it rests, when it goes on, and that one broken thing stops nobody."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.adapters.ehr.conftest import KEY, PERSONAL, Exchange
from tests.adapters.ehr.test_convergence import Process, worker_code
from tests.conftest import identity_code

from walmu_api import worker
from walmu_api.adapters.ehr.delivery import _wait
from walmu_api.adapters.ehr.dialects.lifecare_rest import LifecareRest
from walmu_api.adapters.ehr.engine import Engine, _repeat
from walmu_api.adapters.ehr.intake import Intake
from walmu_api.adapters.ehr.port import Failed, Failure, Outcome
from walmu_api.adapters.ehr.targets import Target
from walmu_api.settings import Settings
from walmu_dev.postgres.logins import Logins

pytestmark = pytest.mark.enable_socket

ALWAYS = {"times": 10_000, "kind": "status", "method": "POST", "path": "/reported_visits"}


async def target(exchange: Exchange) -> dict[str, Any]:
    items = (await exchange.world.organiser.get("/v1/ehr/targets")).json()["items"]
    return next(item for item in items if item["id"] == str(exchange.target.id))


async def turns(exchange: Exchange, engine: Engine, number: int) -> None:
    for _ in range(number):
        await exchange.due_now()
        await engine.send_out()


async def test_a_target_that_fails_rests_until_its_health_answers(exchange: Exchange) -> None:
    agreement = await exchange.agreement()
    day = await exchange.day(agreement)
    await exchange.planned()
    engine = exchange.engine()
    await exchange.theirs.faults({"times": 10_000, "kind": "status", "status": 503})
    await turns(exchange, engine, 3)
    data = await target(exchange)
    assert (data["resting"], data["backlog"], data["last_failure"]) == (True, 1, "transient: HTTP 503")
    calls = await exchange.theirs.calls("POST", "/reported_visits")
    await turns(exchange, engine, 5)
    assert await exchange.theirs.calls("POST", "/reported_visits") == calls
    assert await exchange.theirs.calls("GET", "/health") == 5
    await exchange.theirs.faults()
    await engine.send_out()
    assert (await exchange.delivery_of(day))["state"] == "confirmed"
    data = await target(exchange)
    assert (data["resting"], data["backlog"]) == (False, 0)


async def test_lists_that_can_be_read_do_not_say_that_it_takes_anything(exchange: Exchange) -> None:
    """The way in succeeds every half second; the way out still rests."""
    await exchange.day(await exchange.agreement())
    await exchange.planned()
    engine = exchange.engine()
    await exchange.theirs.faults(ALWAYS)
    for _ in range(3):
        await turns(exchange, engine, 1)
        await engine.take_in()
    assert (await target(exchange))["resting"]


async def test_a_target_that_is_up_but_takes_nothing_is_asked_ever_less(exchange: Exchange) -> None:
    """Its health answers and the call fails again, at every turn: no hot loop."""
    await exchange.day(await exchange.agreement())
    await exchange.planned()
    engine = exchange.engine()
    await exchange.theirs.faults(ALWAYS)
    await turns(exchange, engine, 30)
    assert await exchange.theirs.calls("POST", "/reported_visits") <= 6


async def test_credentials_that_are_refused_are_not_tried_on_and_on(exchange: Exchange) -> None:
    day = await exchange.day(await exchange.agreement())
    await exchange.planned()
    engine = exchange.engine()
    await exchange.theirs.faults({"times": 10_000, "kind": "status", "status": 401})
    await turns(exchange, engine, 8)
    assert await exchange.theirs.calls("POST", "/reported_visits") == 3
    waiting = await exchange.delivery_of(day)
    assert (waiting["state"], waiting["failure"], waiting["attempts"]) == ("retry", "auth", 0)
    await exchange.theirs.faults()
    await engine.send_out()
    assert (await exchange.delivery_of(day))["state"] == "confirmed"


async def test_whoever_asks_for_patience_gets_it(exchange: Exchange) -> None:
    """429 holds for the whole target, not only for the lane that was told."""
    days = [await exchange.day(agreement) for agreement in [await exchange.agreement() for _ in range(8)]]
    await exchange.planned()
    engine = exchange.engine()
    await exchange.theirs.faults(ALWAYS | {"status": 429, "retry_after": 600})
    await engine.send_out()
    calls = await exchange.theirs.calls("POST", "/reported_visits")
    assert calls <= 6
    await exchange.theirs.faults()
    await turns(exchange, engine, 3)
    assert await exchange.theirs.calls("POST", "/reported_visits") == calls
    exchange.world.app_context.clock.set(exchange.world.app_context.clock.now() + timedelta(seconds=700))
    for _ in range(3):
        await engine.send_out()
    assert {(await exchange.delivery_of(day))["state"] for day in days} == {"confirmed"}


async def test_an_outage_of_days_holds_nothing_back(exchange: Exchange) -> None:
    """The target was away for longer than any record may wait, and is busy when it returns: that is no record's fault."""
    day = await exchange.day(await exchange.agreement())
    await exchange.planned()
    exchange.world.app_context.clock.set(exchange.world.app_context.clock.now() + timedelta(days=6))
    await exchange.theirs.faults(ALWAYS | {"times": 1, "status": 429})
    await exchange.send_out()
    assert (await exchange.delivery_of(day))["state"] == "retry"
    await exchange.due_now()
    await exchange.send_out()
    assert (await exchange.delivery_of(day))["state"] == "confirmed"


async def test_what_its_own_content_keeps_back_for_days_is_held(exchange: Exchange) -> None:
    day = await exchange.day(await exchange.agreement())
    await exchange.theirs.faults(ALWAYS | {"status": 423})
    await exchange.send_out()
    assert (await exchange.delivery_of(day))["state"] == "retry"
    exchange.world.app_context.clock.set(exchange.world.app_context.clock.now() + timedelta(days=6))
    await exchange.send_out()
    assert (await exchange.delivery_of(day))["state"] == "quarantined"


async def test_one_lane_that_breaks_lets_the_others_end_their_turn(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of the database in one lane is told only after the others have ended: nothing runs on unseen.

    A lane that broke is free again, and a turn that begins late may take it once more: that one has to have ended, too."""
    for agreement in [await exchange.agreement() for _ in range(3)]:
        await exchange.day(agreement)
    await exchange.planned()
    original, begun, ended = exchange.system.upsert_attendance, list[str](), list[str]()

    async def one_breaks(data: Any) -> Outcome[str]:
        begun.append(data.client_id)
        if len(begun) == 1:
            raise asyncpg.ConnectionDoesNotExistError
        await asyncio.sleep(0.2)
        outcome = await original(data)
        ended.append(data.client_id)
        return outcome

    monkeypatch.setattr(exchange.system, "upsert_attendance", one_breaks)
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await exchange.engine().send_out()
    assert sorted(ended) == sorted(begun[1:])
    assert len(set(begun)) == 3


async def test_a_turn_that_fails_is_tried_again_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("walmu_api.adapters.ehr.engine.PAUSE", 0.01)
    stop, calls = asyncio.Event(), 0

    async def turn() -> bool:
        nonlocal calls
        calls += 1
        raise OSError

    ending = asyncio.create_task(_repeat(stop, "out", turn))
    await asyncio.sleep(0.4)
    stop.set()
    await ending
    assert 3 <= calls <= 6


async def until(look: Callable[[], Awaitable[bool]], seconds: float = 12) -> None:
    for _ in range(int(seconds * 10)):
        if await look():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it did not happen")


async def test_a_worker_told_to_stop_ends_what_is_in_flight(
    exchange: Exchange, settings: Settings, logins: Logins, tmp_path: Path
) -> None:
    """It stops before a call that takes half a minute has ended; the next worker finds what was left open."""
    draft = await exchange.draft()
    proposals = {"method": "POST", "path": "/decision_proposals", "kind": "latency", "seconds": 30.0}
    await exchange.theirs.faults(proposals)
    environment = {"WALMU_WORKER_URL": logins.worker, "WALMU_DATA_DIR": str(settings.data_dir)}
    process = Process(worker_code(), environment, tmp_path / "worker.log")
    try:
        open_intents = "select 1 from ehr_intents where target_id = $1 and state = 'in_flight'"

        async def in_flight() -> bool:
            return bool(await exchange.rows(open_intents))

        await until(in_flight)
        assert await process.stop() == 0
        assert await in_flight(), "the call had not ended"
        assert await exchange.theirs.count(draft["id"]) == {}
        assert "Traceback" not in process.log.read_text()
        process.start()

        async def confirmed() -> bool:
            return bool((await exchange.delivery_of(draft["id"]))["state"] == "confirmed")

        await until(confirmed)
        assert await exchange.theirs.count(draft["id"]) == {"decision_proposal": 1}
        assert await process.stop() == 0
    finally:
        await process.kill()


async def test_targets_come_go_and_fail_without_stopping_the_worker(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is switched off ends, what has another address begins anew, what broke is begun again."""
    database, keyring, stop = exchange.database, exchange.keyring, asyncio.Event()
    running: dict[worker.Key, asyncio.Task[None]] = {}
    begun = list[str]()

    async def exchanging(_: Any, __: Any, target: Target, stop: asyncio.Event) -> None:
        begun.append(target.base_url)
        if target.base_url == "http://broken":
            raise ValueError
        await stop.wait()

    monkeypatch.setattr(worker, "_exchange", exchanging)
    change = "update ehr_targets set base_url = $2, active = $3 where id = $1"
    expected = [
        (exchange.theirs.url, True, 1),
        ("http://broken", True, 1),
        ("http://broken", True, 1),
        ("http://x", False, 0),
    ]
    for url, active, number in expected:
        await exchange.world.owner.execute(change, exchange.target.id, url, active)
        await worker._keep_up(running, await mine(exchange), database, keyring, stop)
        await asyncio.sleep(0)
        assert len(running) == number
    assert begun == [exchange.theirs.url, "http://broken", "http://broken"]


async def mine(exchange: Exchange) -> dict[worker.Key, Target]:
    wanted = await worker._wanted(exchange.database, exchange.keyring)
    return {
        key: target for key, target in wanted.items() if target.organiser_id == exchange.target.organiser_id
    }


async def test_two_workers_file_each_thing_once(exchange: Exchange) -> None:
    for _ in range(8):
        await exchange.theirs.act(
            "create",
            identity={"system": PERSONAL, "value": identity_code()},
            provider_id=str(exchange.world.provider_a.organisation_id),
        )
    other = LifecareRest(exchange.theirs.url, KEY)
    second = Intake(exchange.database, exchange.keyring, exchange.target, other)
    for intake in (exchange.intake, second):
        assert await intake.poll(again=True) is None
    await asyncio.gather(*(intake.apply() for intake in (exchange.intake, second)))
    await exchange.intake.apply()
    await other.close()
    assert len(await exchange.received()) == 8
    assert len(await exchange.inbox(state="applied")) == 8


@pytest.mark.parametrize(
    ("failure", "attempts", "least", "most"),
    [
        (Failure.TRANSIENT, 0, 4, 6),
        (Failure.UNKNOWN_OUTCOME, 1, 0.5, 2),
        (Failure.UNKNOWN_OUTCOME, 2, 4, 6),
        (Failure.UNKNOWN_OUTCOME, 4, 1440, 2160),
        (Failure.DEPENDENCY, 1, 4, 6),
        (Failure.DEPENDENCY, 2, 240, 360),
        (Failure.SEMANTIC_DEFERRED, 99, 69_120, 103_680),
    ],
)
def test_the_schedule(failure: Failure, attempts: int, least: float, most: float) -> None:
    for _ in range(20):
        assert least <= _wait(Failed(failure, "-"), attempts) <= most
    assert _wait(Failed(failure, "-", retry_after=17.0), attempts) == 17
