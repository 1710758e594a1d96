"""Whose turn it is in the lane of heavy requests. No process is needed for that; one is in
`contract_tests/faults/test_heavy_lane.py`."""

import asyncio

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from walmu_api.foundation.heavy_lane import Turns
from walmu_api.foundation.problems import Problem


class Sender:
    """A request whose sender stays until it is told to go."""

    def __init__(self) -> None:
        self.left = asyncio.Event()
        self.request = Request({"type": "http", "method": "GET", "headers": []}, self._receive)

    async def _receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}


class Work:
    """What is in work, in the order in which it began."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.begun, self.at_once, self.most = turns, list[str](), 0, 0
        self.goes_on = asyncio.Event()

    async def of(self, system: str, sender: Sender | None = None) -> None:
        async with self.turns.of(system), self.turns.room((sender or Sender()).request):
            self.begun.append(system)
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            await self.goes_on.wait()
            await asyncio.sleep(0)
            self.at_once -= 1


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_of_each_system_one_is_in_work_and_two_of_all() -> None:
    work = Work(Turns(at_once=2))
    tasks = [asyncio.create_task(work.of(system)) for system in ("a", "a", "a", "b", "c")]
    await settled()
    assert work.begun == ["a", "b"]
    work.goes_on.set()
    await asyncio.gather(*tasks)
    assert work.most == 2
    assert sorted(work.begun) == ["a", "a", "a", "b", "c"]
    assert work.begun.index("c") < 3, "whoever waited for the second of `a` came first"


async def test_whoever_sends_many_is_told_to_come_again_and_the_neighbour_is_not() -> None:
    work = Work(Turns(at_once=1, waiting=2, pause=0))
    tasks = [asyncio.create_task(work.of("a")) for _ in range(3)]
    await settled()
    with pytest.raises(Problem) as refused:
        await work.of("a")
    assert (refused.value.kind.code, refused.value.headers) == ("too-many-requests", {"Retry-After": "5"})
    other = asyncio.create_task(work.of("b"))
    work.goes_on.set()
    await asyncio.gather(*tasks, other)
    assert work.begun.count("b") == 1


async def test_who_waits_too_long_is_told_to_come_again_and_takes_up_no_place() -> None:
    work = Work(Turns(at_once=1, patience=0.02))
    first = asyncio.create_task(work.of("a"))
    await settled()
    with pytest.raises(Problem) as own:
        await work.of("a")
    with pytest.raises(Problem) as all_places:
        await work.of("b")
    assert (own.value.kind.status, all_places.value.kind.status) == (429, 503)
    assert all_places.value.headers == {"Retry-After": "5"}
    work.goes_on.set()
    await first
    await asyncio.gather(work.of("a"), work.of("b"))
    assert work.begun == ["a", "a", "b"]


async def test_who_has_gone_gives_the_turn_up() -> None:
    work = Work(Turns(at_once=1))
    first, sender = asyncio.create_task(work.of("a")), Sender()
    await settled()
    waiting = asyncio.create_task(work.of("b", sender))
    await settled()
    sender.left.set()
    with pytest.raises(ClientDisconnect):
        await waiting
    work.goes_on.set()
    await first
    await work.of("b")
    assert work.begun == ["a", "b"]


async def test_a_place_comes_back_however_its_request_ends() -> None:
    turns = Turns(at_once=1, patience=0.5)
    for ending in (ValueError, asyncio.CancelledError):
        with pytest.raises(ending):
            async with turns.of("a"), turns.room(Sender().request):
                raise ending
    cancelled = asyncio.create_task(Work(turns).of("b"))
    await settled()
    cancelled.cancel()
    await asyncio.gather(cancelled, return_exceptions=True)
    async with turns.of("a"), turns.room(Sender().request):
        pass
    assert turns._lines == {}
