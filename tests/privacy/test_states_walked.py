"""A walk through the states that a client's record passes, and after every step every identity reads everything that it can
name (issue 12). What each may read is said by a model with memory (`walk/model.py`), written from the page of audiences:
a word that an identity may not read is found in no answer, no header and no error text, and what the page promises comes.

Four walks pass every state, in an order in which each matters; the others are drawn by Hypothesis.
`python -m tests.privacy.walk.damages` shows that they notice what they are for."""

from collections.abc import Coroutine
from datetime import datetime, time
from random import Random
from typing import Any, TypeVar

import asyncpg
import pytest
from fastapi import FastAPI
from tests.conftest import TenantFixture, make_world
from tests.privacy.walk.actions import HELPER, OTHER, PLACE_A, PLACE_B, PROVIDER_A, Walk
from tests.privacy.walk.choices import NAME, NOTICED, OTHERS, choose
from tests.privacy.walk.damages import DAMAGES
from tests.privacy.walk.reading import Reading
from tests.sizes import LONG, examples
from tests.walks import walks

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


@pytest.fixture
async def walk(world: TenantFixture, elsewhere: TenantFixture, clock: Clock) -> Walk:
    return await begun(world, elsewhere, clock)


async def after(walk: Walk, step: str, *actions: Coroutine[Any, Any, Any], deep: bool = LONG) -> None:
    """Done, and then everybody reads."""
    try:
        for action in actions:
            assert await do(walk, action), f"refused: {step}"
    finally:
        for action in actions:
            action.close()
    await look(walk, step, deep=deep)


async def later(walk: Walk, days: int, step: str, *actions: Coroutine[Any, Any, Any]) -> None:
    await after(walk, step, walk.wait(days), *actions)


async def again(walk: Walk) -> None:
    """Whatever was done is sent again under its key, by who did it and by another."""
    for at in range(len(walk.requests)):
        await do(walk, walk.retry(at))
        await do(walk, walk.retry_by_another(at, OTHERS[at % len(OTHERS)]))
    await look(walk, "everything sent again")


async def test_an_agreement_from_its_draft_to_the_end_of_all_access(walk: Walk) -> None:
    days = walk.model.days
    g = await walk.draft("A")
    await after(walk, "drafted and changed", walk.amend(g))
    await after(walk, "offered", walk.offer(g))
    await after(walk, "signed by the provider, and changed", walk.sign(g, ("provider",)), walk.amend(g))
    await after(walk, "days recorded", walk.day_by_provider(g, 3), walk.day_by_workplace(g, 4))
    await after(
        walk,
        "days justified, reviewed and corrected",
        walk.justify(PROVIDER_A, days[1]),
        walk.justify(PLACE_A, days[2]),
        walk.review(days[1]),
        walk.review(days[2]),
        walk.day_by_provider(g, 4),
    )
    await after(
        walk,
        "a day voided, diary and assessments written",
        walk.void_day(days[1]),
        walk.diary(PLACE_A, g),
        walk.diary(PROVIDER_A, g),
        walk.assess(PLACE_A, g),
        walk.assess(PROVIDER_A, g),
    )
    await after(walk, "corrected by the provider", walk.confirm_corrected(), walk.confirm_corrected())
    await after(walk, "the relationship ended long ago", walk.set_relationship_end(100))
    await again(walk)
    await after(walk, "it did not", walk.set_relationship_end(None))
    other = await walk.draft("A")
    await after(walk, "another drafted", walk.amend(other))
    await after(walk, "and signed by the client", walk.sign(other, ("client",)))
    await after(walk, "that one voided", walk.void(other))
    await after(walk, "it ends today", walk.end(g, 0), walk.pause("paused"))
    await later(walk, 1, "ended yesterday", walk.pause("resumed"))
    await again(walk)
    await later(walk, 59, "the sixtieth day after the end")
    await later(walk, 1, "nothing is read any more")
    await again(walk)


async def test_permissions_given_narrowed_and_ended(walk: Walk) -> None:
    g = await walk.draft("A")
    await after(walk, "signed by the provider", walk.sign(g, ("provider",)), walk.day_by_provider(g, 3))
    h = await walk.draft("B")
    await after(
        walk,
        "a permission names the client to A, not to B",
        walk.permit("A", NAME, 1),
        walk.sign(h, ("provider",)),
    )
    p = await walk.permit("A", NOTICED, 5)
    item = await walk.permit("A", (), 5, (HELPER,))
    await after(walk, "told by a notice, and what an instructor has to know", walk.notify(g, p, NOTICED))
    await after(walk, "narrowed, and another instructor", walk.narrow(p), walk.narrow(item))
    all_of_them = await walk.permit("A", (), 1, (HELPER, OTHER))
    q = await walk.permit("A", NOTICED, 1)
    await after(walk, "for all instructors, and a second notice", walk.notify(g, q, NOTICED))
    await later(walk, 1, "their last day", walk.revoke(item))
    await later(walk, 1, "over", walk.permit("A", NAME, 3))
    r = await walk.permit("A", NOTICED, 3)
    await after(walk, "a third notice, and again for an instructor", walk.notify(g, r, NOTICED))
    void = await walk.permit("A", (), 5, (HELPER,))
    await after(walk, "revoked", walk.revoke(r), walk.revoke(walk.model.permissions[-3]))
    await after(walk, "voided", walk.revoke(void, void=True))
    assert not all_of_them.holds(walk.today)
    await again(walk)


async def test_turvakielto_on_withheld_and_off(walk: Walk) -> None:
    g = await walk.draft("A")
    await after(walk, "signed by the client", walk.sign(g, ("client",)), walk.day_by_provider(g, 3))
    p = await walk.permit("A", NOTICED, 5)
    await after(walk, "told by a notice", walk.notify(g, p, NOTICED))
    await after(walk, "turvakielto", walk.change_client(protected=True), walk.amend(g), deep=True)
    await after(walk, "contacts withheld", walk.change_client(protected=True, withheld=True))
    await after(walk, "another name", walk.change_client(protected=True, until=2, renamed=True))
    await again(walk)
    await later(walk, 2, "the last day of turvakielto")
    await later(walk, 1, "its end has passed", walk.change_client(protected=False))
    await after(walk, "on again, and the relationship ends today", walk.set_relationship_end(0))
    await later(walk, 1, "it ended yesterday", walk.change_client(protected=True))
    await after(walk, "opened again", walk.set_relationship_end(None))
    await after(walk, "it ended yesterday after all", walk.set_relationship_end(1))
    await again(walk)
    await later(walk, 59, "the sixtieth day after the end")
    await after(walk, "the next day", walk.wait(1), deep=True)
    await again(walk)


async def test_moved_to_another_workplace_and_back(walk: Walk) -> None:
    g = await walk.draft("A")
    await after(walk, "offered to A", walk.offer(g))
    await after(walk, "moved to B as a draft", walk.amend(g, "B"))
    await after(walk, "and back", walk.amend(g, "A"))
    await after(walk, "signed for A", walk.sign(g, ("client", "workplace")), walk.day_by_workplace(g, 4))
    await after(
        walk,
        "days, diary and assessment at A",
        walk.day_by_provider(g, 3),
        walk.diary(PLACE_A, g),
        walk.assess(PLACE_A, g),
    )
    await after(walk, "moved to B", walk.amend(g, "B"))
    await again(walk)
    await later(
        walk, 2, "days there", walk.day_by_provider(g, 1), walk.day_by_workplace(g, 0), walk.diary(PLACE_B, g)
    )
    await after(walk, "moved back to A", walk.amend(g, "A"))
    await later(walk, 2, "a day after the return", walk.day_by_provider(g, 1))
    await again(walk)


class Drawn:
    """What can be done next is done, or refused; after each step everybody reads."""

    def __init__(self, walk: Walk) -> None:
        self.walk, self.story = walk, walk.story

    async def step(self, chance: Random) -> None:
        """One of what is possible in this state; what is done seldom by chance has a greater weight."""
        label, action = choose(self.walk, chance)
        done = await do(self.walk, action)
        await look(self.walk, label if done else f"{label} (refused)")

    async def end(self) -> None:
        await look(self.walk, "at the end", deep=True)


async def test_walks_drawn(app: FastAPI, app_context: AppContext, owner: asyncpg.Connection) -> None:
    """In the size `check` the same few walks in every run, in the long one others each time. A failure tells the whole
    walk; it is not made shorter, as each try takes seconds."""
    instant_of_test, clock = app_context.clock.today(), app_context.clock

    async def begin() -> Drawn:
        clock.set(datetime.combine(instant_of_test, time(1, 30), HELSINKI))
        world, elsewhere = [await make_world(app, app_context, owner) for _ in range(2)]
        return Drawn(await begun(world, elsewhere, clock))

    await walks(begin, lives=examples(1, long=60), steps=examples(16, long=40))


def test_every_damage_has_its_place() -> None:
    """What is damaged on purpose stands in the code as the list of damages has it, once."""
    assert [damage.name for damage in DAMAGES if not damage.has_its_place()] == []
