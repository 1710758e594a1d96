"""Admission: buckets, fair shares, pauses. The clock is the test's."""

import asyncio

import pytest

from walmu_api.foundation import load_shedding
from walmu_api.foundation.load_shedding import Admission, Limits, cost_of
from walmu_api.foundation.problems import Problem


class Moment:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def code(refusal: Problem | None) -> str | None:
    return refusal.kind.code if refusal is not None else None


def test_a_system_may_send_its_burst_at_once_and_then_as_many_a_second_as_it_is_told() -> None:
    moment = Moment()
    door = Admission(Limits(per_second=10, burst=20, at_once=50), moment)
    for _ in range(20):
        assert door.enter("a") is None
        door.leave("a")
    refusal = door.enter("a")
    assert refusal is not None
    assert (refusal.kind.code, refusal.headers) == ("too-many-requests", {"Retry-After": "1"})
    assert door.enter("b") is None, "another system has a bucket of its own"
    moment.now += 0.5
    assert [code(door.enter("a")) for _ in range(6)] == [None] * 5 + ["too-many-requests"]


def test_the_wait_that_is_told_is_long_enough() -> None:
    moment = Moment()
    door = Admission(Limits(per_second=1, burst=1, at_once=5), moment)
    assert door.enter("a") is None
    refusal = door.enter("a")
    assert refusal is not None
    moment.now += int(refusal.headers["Retry-After"])
    assert door.enter("a") is None


def test_when_there_is_no_room_a_light_system_is_let_in_and_a_heavy_one_is_not() -> None:
    door = Admission(Limits(at_once=8), Moment())
    for _ in range(8):
        assert door.enter("heavy") is None
    assert code(door.enter("heavy")) == "too-many-requests"
    for _ in range(3):
        assert door.enter("light") is None
    assert code(door.enter("light")) == "too-many-requests", "it holds its half of the room of six now"
    for _ in range(5):
        door.leave("heavy")
        assert code(door.enter("heavy")) == "too-many-requests", "it still holds its half or more"
    door.leave("heavy")
    assert door.enter("heavy") is None


def test_the_room_is_a_quarter_smaller_while_more_come_than_can_be_served() -> None:
    moment = Moment()
    door = Admission(Limits(at_once=8), moment)
    for _ in range(8):
        assert door.enter("a") is None
    assert code(door.enter("a")) == "too-many-requests"
    for expected in ("too-many-requests", "too-many-requests", None):
        door.leave("a")
        assert code(door.enter("a")) == expected, "six at once"
    moment.now += 1
    assert [code(door.enter("a")) for _ in range(3)] == [None, None, "too-many-requests"], "eight again"


def test_a_full_house_of_light_systems_is_full_for_everybody() -> None:
    door = Admission(Limits(at_once=4))
    for number in range(8):
        assert door.enter(number) is None
    refusal = door.enter("ninth")
    assert refusal is not None
    assert (refusal.kind.status, refusal.headers) == (503, {"Retry-After": "1"})
    door.leave(3)
    assert door.enter("ninth") is None


def test_nothing_is_kept_of_those_who_left() -> None:
    door = Admission(Limits(at_once=4))
    for number in range(30_000):
        assert door.enter(number) is None
        door.leave(number)
    assert len(door._systems) <= 10_001
    assert (door._in_work, door._at_work) == (0, 0)


def test_the_fields_tell_what_is_left_and_when_all_of_it_is_back() -> None:
    moment = Moment()
    door = Admission(Limits(per_second=10, burst=25, at_once=5), moment)
    assert door.enter("a") is None
    assert dict(door.fields("a")) == {
        b"ratelimit": b'"requests";r=24;t=1',
        b"ratelimit-policy": b'"requests";q=25;w=3',
    }
    moment.now += 1
    assert dict(door.fields("a"))[b"ratelimit"] == b'"requests";r=25;t=0'


async def test_a_place_is_given_back_however_its_request_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_shedding, "PAUSE", 0)
    door = Admission(Limits(at_once=1))
    for ending in (ValueError, asyncio.CancelledError):
        with pytest.raises(ending):
            async with door.place("a"):
                with pytest.raises(Problem):
                    await door.place("a").__aenter__()
                raise ending
    assert door._in_work == 0


def test_a_body_counts_as_one_more_request_for_each_four_kilobytes() -> None:
    lengths = (0, 300, 4095, 4096, 100_000, 8 * 1024 * 1024)
    assert [cost_of(length) for length in lengths] == [1, 1, 1, 2, 25, 2049]


def test_a_large_request_waits_until_the_bucket_holds_what_it_costs() -> None:
    moment = Moment()
    door = Admission(Limits(per_second=10, burst=100, at_once=50), moment)
    assert door.enter("a", 70) is None
    refusal = door.enter("a", 70)
    assert refusal is not None
    assert (refusal.kind.code, refusal.headers) == ("too-many-requests", {"Retry-After": "4"})
    assert door.enter("a", 30) is None, "a smaller one may go on"
    moment.now += 7
    assert door.enter("a", 70) is None
    moment.now += 10
    assert door.enter("a", 5000) is None, "one that costs more than the bucket ever holds needs all of it"
    assert code(door.enter("a")) == "too-many-requests"


def test_what_a_body_cost_that_came_without_its_length_is_owed() -> None:
    moment = Moment()
    door = Admission(Limits(per_second=10, burst=20, at_once=50), moment)
    assert door.enter("a") is None
    door.charge("a", 40)
    assert dict(door.fields("a"))[b"ratelimit"] == b'"requests";r=0;t=3', "never more than the bucket holds"
    refusal = door.enter("a")
    assert refusal is not None
    assert refusal.headers == {"Retry-After": "1"}
    moment.now += 1
    assert door.enter("a") is None


async def test_of_one_system_a_few_are_worked_on_side_by_side_and_the_others_wait() -> None:
    door, goes_on = Admission(Limits(at_once=16)), asyncio.Event()
    begun: list[str] = []

    async def work(name: str, system: str, cost: int = 1) -> None:
        async with door.place(system, cost):
            begun.append(name)
            await goes_on.wait()

    small = [asyncio.create_task(work(f"a{number}", "a")) for number in range(7)]
    other = asyncio.create_task(work("b", "b"))
    await asyncio.sleep(0.01)
    assert begun == ["a0", "a1", "a2", "a3", "b"], "the neighbour does not wait for them"
    small[4].cancel()
    await asyncio.gather(small[4], return_exceptions=True)
    goes_on.set()
    await asyncio.gather(*small, other, return_exceptions=True)
    assert begun == ["a0", "a1", "a2", "a3", "b", "a5", "a6"]
    assert (door._in_work, door._systems["a"].weight) == (0, 0)


async def test_large_requests_weigh_more() -> None:
    door, goes_on = Admission(Limits(at_once=16)), asyncio.Event()
    begun: list[int] = []

    async def work(cost: int) -> None:
        async with door.place("a", cost):
            begun.append(cost)
            await goes_on.wait()

    tasks = [asyncio.create_task(work(cost)) for cost in (36, 37, 1, 500)]
    await asyncio.sleep(0.01)
    assert begun == [36, 37], "two of 150 kB, and nothing beside them"
    goes_on.set()
    await asyncio.gather(*tasks)
    assert begun == [36, 37, 1, 500]
    assert door._systems["a"].weight == 0


def test_a_debt_is_not_forgotten_because_many_others_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """An IPv6 sender has more networks than are remembered: they must not wash the others' buckets clean."""
    monkeypatch.setattr(load_shedding, "_REMEMBERED", 10)
    door = Admission(Limits(per_second=1, burst=2, at_once=50), Moment())
    for _ in range(2):
        assert door.enter("greedy") is None
        door.leave("greedy")
    for number in range(100):
        assert door.enter(number) is None
        door.leave(number)
    assert code(door.enter("greedy")) == "too-many-requests"
    assert len(door._systems) <= 10
