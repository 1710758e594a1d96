"""Walks at random through what can happen, drawn by Hypothesis: how they are run, whatever they go through.

Hypothesis is not asynchronous: it runs in a thread of its own, and the steps in the loop of the tests."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from random import Random
from typing import Any, Protocol, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.sizes import LONG

L = TypeVar("L", bound="Life")


class Life(Protocol):
    """What a walk goes through."""

    story: list[str]
    """What has happened, for who reads a failure."""

    async def step(self, chance: Random) -> None: ...

    async def end(self) -> None: ...


async def walks(begin: Callable[[], Coroutine[Any, Any, L]], *, lives: int, steps: int) -> None:
    """In the size `check` the same few walks in every run, in the long one others each time."""
    loop = asyncio.get_running_loop()

    def wait_for(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    class Walking(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.life = wait_for(begin())

        @rule(seed=st.integers(0, 2**20))
        def step(self, seed: int) -> None:
            wait_for(self.life.step(Random(f"{seed} after {len(self.life.story)} steps")))

        def teardown(self) -> None:
            wait_for(self.life.end())

    drawn = settings(
        max_examples=lives,
        stateful_step_count=steps,
        derandomize=not LONG,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    await asyncio.to_thread(run_state_machine_as_test, Walking, settings=drawn)


async def one_of(life: L, acts: Sequence[Callable[[L, Random], Awaitable[None]]], chance: Random) -> None:
    """One of the acts, noted in the story."""
    act = chance.choice(acts)
    life.story.append(act.__name__)
    await after_all(life, act(life, chance))


async def after_all(life: Life, work: Awaitable[None]) -> None:
    """What is found wrong is told with what came before it."""
    try:
        await work
    except AssertionError as error:
        raise AssertionError(f"after {life.story}: {error}") from error
