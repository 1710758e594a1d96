"""A walk through the states that a client's record passes, and after every step every identity reads everything that it can
name (issue 12). What each may read is said by a model with memory (`walk/model.py`), written from the page of audiences:
a word that an identity may not read is found in no answer, no header and no error text, and what the page promises comes.

One walk passes every state once, in an order in which each matters; the others are drawn by Hypothesis.
`python -m tests.privacy.walk.damages` shows that the walk notices what it is for."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, time
from random import Random
from typing import Any, TypeVar

import asyncpg
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from tests.conftest import TenantFixture, make_world
from tests.privacy.walk.actions import HELPER, OTHER, PLACE_A, PLACE_B, PROVIDER_A, Walk
from tests.privacy.walk.choices import NAME, NOTICED, OTHERS, choose
from tests.privacy.walk.damages import DAMAGES
from tests.privacy.walk.reading import Reading
from tests.sizes import LONG, examples

from walmu_api.access.guard import AppContext
from walmu_api.foundation.clock import HELSINKI, Clock

T = TypeVar("T")


async def begun(world: TenantFixture, elsewhere: TenantFixture, clock: Clock) -> Walk:
    """At half past one at night, when the day in UTC is still the one before, and no walk reaches the next by itself."""
    start = datetime.combine(clock.today(), time(1, 30), HELSINKI)
    clock.set(start)
    return await Walk.begin(world, elsewhere, start)


async def look(walk: Walk, step: str, *, deep: bool = LONG) -> None:
    """Everybody reads."""
    walk.story.append(step)
    reading = Reading(walk, len(walk.story), deep=deep)
    await reading.everybody()
    _judge(reading)


async def do(walk: Walk, action: Coroutine[Any, Any, Any]) -> bool:
    """An action, and what it was answered."""
    done = await walk.attempt(action)
    reading = Reading(walk)
    reading.answers()
    _judge(reading)
    return done


def _judge(reading: Reading) -> None:
    story = ["After", *reading.walk.story, "it is wrong that", *reading.found]
    assert not reading.found, "\n".join(story)


async def test_every_state_is_walked_once(
    world: TenantFixture, elsewhere: TenantFixture, clock: Clock
) -> None:
    walk = await begun(world, elsewhere, clock)
    days = walk.model.days

    async def after(step: str, *actions: Coroutine[Any, Any, Any], deep: bool = LONG) -> None:
        try:
            for action in actions:
                assert await do(walk, action), f"refused: {step}"
        finally:
            for action in actions:
                action.close()
        await look(walk, step, deep=deep)

    async def again(step: str) -> None:
        """Whatever was done is sent again under its key, by who did it and by others."""
        for at in range(len(walk.requests)):
            await do(walk, walk.retry(at))
            await do(walk, walk.retry_by_another(at, OTHERS[at % len(OTHERS)]))
        await look(walk, step)

    g = await walk.draft("A")
    await after("drafted for A", walk.amend(g))
    await after("offered", walk.offer(g))
    await after("changed while it is offered", walk.amend(g))
    await after("signed by the provider", walk.sign(g, ("provider",)))
    await walk.permit("A", NAME, 3)
    await after("a permission names the client", walk.amend(g))
    await after("days recorded", walk.day_by_provider(g, 3), walk.day_by_workplace(g, 4))
    await after(
        "days justified, reviewed and corrected",
        walk.justify(PROVIDER_A, days[1]),
        walk.justify(PLACE_A, days[2]),
        walk.review(days[1]),
        walk.review(days[2]),
        walk.day_by_provider(g, 4),
    )
    await after("a day voided", walk.void_day(days[1]))
    await after(
        "diary and assessments written",
        walk.diary(PLACE_A, g),
        walk.diary(PROVIDER_A, g),
        walk.assess(PLACE_A, g),
        walk.assess(PROVIDER_A, g),
    )
    await after("corrected by the provider", walk.confirm_corrected(), walk.confirm_corrected())
    p = await walk.permit("A", NOTICED, 5)
    item = await walk.permit("A", (), 5, (HELPER,))
    await after("told by a notice, and what an instructor has to know", walk.notify(g, p, NOTICED))
    await after("turvakielto", walk.change_client(protected=True), deep=True)
    await after(
        "contacts withheld, and another name", walk.change_client(protected=True, withheld=True, renamed=True)
    )
    await after("turvakielto until the day after tomorrow", walk.change_client(protected=True, until=2))
    await after("the permission is narrowed, and the instructor another", walk.narrow(p), walk.narrow(item))
    walk.pass_time(2)
    await after("the last day of turvakielto")
    await again("everything sent again")
    await after("moved to B", walk.amend(g, "B"))
    walk.pass_time(2)
    await after("days there", walk.day_by_provider(g, 1), walk.day_by_workplace(g, 0), walk.diary(PLACE_B, g))
    await again("everything sent again after the move")
    await after("moved back to A", walk.amend(g, "A"))
    walk.pass_time(2)
    await after("a day after the return", walk.day_by_provider(g, 1))
    signed = await walk.draft("A")
    await walk.permit("A", (), 1, (HELPER, OTHER))
    await after(
        "signed by the client, who wants all instructors to know", walk.sign(signed, ("client", "workplace"))
    )
    await after("it ends today, by permission one day later", walk.end(signed, 0), walk.revoke(item))
    walk.pass_time(1)
    await after("ended yesterday", walk.revoke(p, void=True), walk.pause("paused"))
    walk.pass_time(1)
    await after("the permission is over", walk.pause("resumed"), walk.change_client(protected=False))
    other = await walk.draft("B")
    await after("signed for B", walk.sign(other, ("client",)))
    await after("voided", walk.void(other))
    await after("the relationship ended yesterday", walk.set_relationship_end(1))
    await again("everything sent again after the end")
    await after("opened again", walk.set_relationship_end(None))
    await after(
        "ended again under turvakielto", walk.set_relationship_end(0), walk.change_client(protected=True)
    )
    walk.pass_time(60)
    await after("the sixtieth day after the end")
    walk.pass_time(1)
    await after("all access is over", deep=True)
    await again("everything sent again when access is over")


class Bridge:
    """Hypothesis is not asynchronous: it runs in a thread of its own, and the steps in the loop of the tests."""

    def __init__(self, begin: Callable[[], Coroutine[Any, Any, Walk]]) -> None:
        self.begin, self.loop = begin, asyncio.get_running_loop()

    def __call__(self, step: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(step, self.loop).result()


class Walking(RuleBasedStateMachine):
    """What can be done next is done, or refused; after each step everybody reads."""

    bridge: Bridge

    def __init__(self) -> None:
        super().__init__()
        self.walk = self.bridge(self.bridge.begin())

    def teardown(self) -> None:
        self.bridge(look(self.walk, "at the end", deep=True))

    @rule(seed=st.integers(0, 2**20))
    def step(self, seed: int) -> None:
        """One of what is possible in this state; what is done seldom by chance has a greater weight."""
        chance = Random(f"{seed} after {len(self.walk.story)} steps")
        label, action = choose(self.walk, chance)
        done = self.bridge(do(self.walk, action))
        self.bridge(look(self.walk, label if done else f"{label} (refused)"))


async def test_walks_drawn(app: FastAPI, app_context: AppContext, owner: asyncpg.Connection) -> None:
    """In the size `check` the same few walks in every run, in the long one others each time. A failure tells the whole
    walk; it is not made shorter, as each try takes seconds."""
    instant_of_test, clock = app_context.clock.today(), app_context.clock

    async def begin() -> Walk:
        clock.set(datetime.combine(instant_of_test, time(1, 30), HELSINKI))
        return await begun(
            await make_world(app, app_context, owner), await make_world(app, app_context, owner), clock
        )

    Walking.bridge = Bridge(begin)
    drawn = settings(
        max_examples=examples(1, long=60),
        stateful_step_count=examples(16, long=40),
        derandomize=not LONG,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    await asyncio.to_thread(run_state_machine_as_test, Walking, settings=drawn)


def test_every_damage_has_its_place() -> None:
    """What is damaged on purpose stands in the code as the list of damages has it, once."""
    assert [damage.name for damage in DAMAGES if not damage.has_its_place()] == []
