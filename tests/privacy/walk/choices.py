"""What can be done next, in this state: the steps from which a drawn walk chooses."""

from collections.abc import Callable, Coroutine, Iterator
from random import Random
from typing import Any

from tests.privacy.walk.actions import FOREIGN, HELPER, OTHER, PLACE_A, PLACE_B, PROVIDER_A, PROVIDER_B, Walk
from tests.privacy.walk.model import Agreement, Identity, Permission

NAME = ("client_name",)
NOTICED = ("client_name", "place", "client_contact", "tasks_and_goals")
OTHERS = (PLACE_A, PLACE_B, PROVIDER_B, FOREIGN)
Action = Callable[[], Coroutine[Any, Any, Any]]
Choice = tuple[int, str, Action]
"""Weight, what is said of it, and what is done."""


def choose(walk: Walk, chance: Random) -> tuple[str, Coroutine[Any, Any, Any]]:
    possible = [*_possible(walk, chance)]
    ((_, label, action),) = chance.choices(possible, [weight for weight, _, _ in possible])
    return label, action()


def _possible(walk: Walk, chance: Random) -> Iterator[Choice]:
    open_ones = [g for g in walk.model.agreements if g.voided_on is None]
    if len(open_ones) < 2:
        place = chance.choice("AB")
        yield 6 if not open_ones else 1, f"drafted for {place}", lambda: walk.draft(place)
    if open_ones:
        g = chance.choice(open_ones)
        yield from _of_agreement(walk, g, chance, f"agreement {open_ones.index(g)}")
    yield from _of_permissions(walk, chance)
    yield from _of_days(walk, chance)
    yield from _of_client(walk, chance)
    if walk.unconfirmed:
        yield 2, "what the workplace wrote is confirmed and corrected", walk.confirm_corrected
    if walk.requests:
        at, who = chance.randrange(len(walk.requests)), chance.choice(OTHERS)
        yield 2, f"request {at} is sent again", lambda: walk.retry(at)
        yield 1, f"request {at} is sent again by {who}", lambda: walk.retry_by_another(at, who)
    days = chance.choice((1, 1, 2, 11, 31, 61))
    yield 2, f"{days} days later", lambda: walk.wait(days)


def _of_agreement(walk: Walk, g: Agreement, chance: Random, name: str) -> Iterator[Choice]:
    here = g.now.place
    there = "B" if here == "A" else "A"
    yield 1, f"{name} is amended", lambda: walk.amend(g)
    yield 2, f"{name} is moved to {there}", lambda: walk.amend(g, there)
    if not g.is_signed:
        parties = chance.choice((("client", "workplace"), ("provider",)))
        if not g.now.offered:
            yield 2, f"{name} is offered", lambda: walk.offer(g)
        yield 4, f"{name} is signed by {parties}", lambda: walk.sign(g, parties)
    if not any(day.agreement is g for day in walk.model.days):
        yield 1, f"{name} is voided", lambda: walk.void(g)
    if g.is_signed and here is not None:
        ago = chance.choice((1, 0, -10))
        yield 1, f"{name} ended {ago} days ago", lambda: walk.end(g, ago)
        yield from _everyday(walk, g, chance, name)


def _everyday(walk: Walk, g: Agreement, chance: Random, name: str) -> Iterator[Choice]:
    ago, place = chance.randint(0, 3), Identity("workplace", g.now.place or "")
    yield 2, f"{name}: the provider records the day {ago} days ago", lambda: walk.day_by_provider(g, ago)
    yield 2, f"{name}: the workplace records the day {ago} days ago", lambda: walk.day_by_workplace(g, ago)
    for who in (PROVIDER_A, place):
        yield 1, f"{name}: {who} writes into the diary", lambda who=who: walk.diary(who, g)  # type: ignore[misc]
        yield 1, f"{name}: {who} assesses", lambda who=who: walk.assess(who, g)  # type: ignore[misc]
    for p in (p for p in walk.model.permissions if not p.ended and not p.instructors and p.to == g.now.place):
        groups = sorted(p.groups)
        yield 1, f"{name}: notice of {groups}", lambda p=p, groups=groups: walk.notify(g, p, groups)  # type: ignore[misc]


def _of_permissions(walk: Walk, chance: Random) -> Iterator[Choice]:
    place, days, groups = chance.choice("AB"), chance.choice((0, 1, 10)), chance.choice((NAME, NOTICED))
    yield 2, f"{place} is permitted {groups} for {days} days", lambda: walk.permit(place, groups, days)
    who = chance.choice(((HELPER,), (HELPER, OTHER)))
    yield 2, f"{len(who)} instructors may know for {days} days", lambda: walk.permit("A", (), days, who)
    for at, p in enumerate(walk.model.permissions):
        if not p.ended:
            yield 1, f"permission {at}: {(done := _withdrawn(walk, p, chance))[0]}", done[1]


def _withdrawn(walk: Walk, p: Permission, chance: Random) -> tuple[str, Action]:
    return chance.choice(
        (
            ("narrowed", lambda: walk.narrow(p)),
            ("ended yesterday", lambda: walk.narrow(p, until=1)),
            ("revoked", lambda: walk.revoke(p)),
            ("voided", lambda: walk.revoke(p, void=True)),
        )
    )


def _of_days(walk: Walk, chance: Random) -> Iterator[Choice]:
    days = [day for day in walk.model.days if not day.voided and day.agreement.relationship.provider == "A"]
    if not days:
        return
    day = chance.choice(days)
    place = Identity("workplace", day.agreement.now.place or "A")
    yield 1, f"the day {day.on} is justified by the provider", lambda: walk.justify(PROVIDER_A, day)
    yield 1, f"the day {day.on} is justified by the workplace", lambda: walk.justify(place, day)
    yield 1, f"the justification of {day.on} is reviewed", lambda: walk.review(day)
    yield 1, f"the day {day.on} is voided", lambda: walk.void_day(day)


def _of_client(walk: Walk, chance: Random) -> Iterator[Choice]:
    until, withheld = chance.choice((None, 0, 3)), chance.choice((True, False, False))
    label = f"turvakielto {'for ever' if until is None else f'for {until} days'}{', withheld' if withheld else ''}"
    yield 2, label, lambda: walk.change_client(protected=True, until=until, withheld=withheld)
    yield 1, "another name", lambda: walk.change_client(protected=walk.model.protected, renamed=True)
    if walk.model.protected:
        yield 2, "no turvakielto any more", lambda: walk.change_client(protected=False)
    ago = chance.choice((1, 0, -5))
    yield 1, f"the relationship ended {ago} days ago", lambda: walk.set_relationship_end(ago)
    if walk.model.relationships["A"].ends_on is not None:
        yield 4, "the relationship is opened again", lambda: walk.set_relationship_end(None)
    kind = "resumed" if walk.paused else "paused"
    yield 1, kind, lambda: walk.pause(kind)
