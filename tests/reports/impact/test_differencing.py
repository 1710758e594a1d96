"""Nothing of a few people can be worked out of several answers: an attacker subtracts whatever was published.

The attacker knows the groups and reckons with fractions; it shares no code with the product."""

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from uuid import UUID

import pytest

from walmu_api.reports.impact.differencing import Publication

LEAST = 5


def reduced(groups: Sequence[frozenset[int]], people: Sequence[int]) -> list[list[Fraction]]:
    """The groups as rows, one column a person, in reduced echelon form."""
    rows = [[Fraction(person in group) for person in people] for group in groups]
    done: list[list[Fraction]] = []
    for column in range(len(people)):
        at = next((row for row in rows if row[column]), None)
        if at is None:
            continue
        rows.remove(at)
        at = [value / at[column] for value in at]
        rows = [[a - row[column] * b for a, b in zip(row, at, strict=True)] for row in rows]
        done = [[a - row[column] * b for a, b in zip(row, at, strict=True)] for row in done]
        done.append(at)
    return done


def worked_out(groups: Sequence[frozenset[int]], *, most: int) -> list[frozenset[int]]:
    """The sets of so few people whose sum the attacker knows."""
    people = sorted({person for group in groups for person in group})
    rows = reduced(groups, people)
    pivots = [next(at for at, value in enumerate(row) if value) for row in rows]
    found = []
    for many in range(1, most + 1):
        for some in combinations(range(len(people)), many):
            left = [Fraction(at in some) for at in range(len(people))]
            for pivot, row in zip(pivots, rows, strict=True):
                if left[pivot]:
                    left = [a - left[pivot] * b for a, b in zip(left, row, strict=True)]
            if not any(left):
                found.append(frozenset(people[at] for at in some))
    return found


PRIME = 1_000_003


def rank(rows: Sequence[Sequence[int]]) -> int:
    left, found = [[*row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        at = next((each for each in range(found, len(left)) if left[each][column] % PRIME), None)
        if at is None:
            continue
        left[found], left[at] = left[at], left[found]
        inverse = pow(left[found][column], -1, PRIME)
        for each in range(found + 1, len(left)):
            if times := left[each][column] * inverse % PRIME:
                left[each] = [(a - times * b) % PRIME for a, b in zip(left[each], left[found], strict=True)]
        found += 1
    return found


def known_of(groups: Sequence[frozenset[int]], *, most: int) -> list[tuple[int, ...]]:
    """The sets of so few people of whom the attacker knows anything: a difference of two, say, who may be one of them."""
    people = sorted({person for group in groups for person in group})
    rows = [[int(person in group) for person in people] for group in groups]
    whole = rank(rows)
    return [
        some
        for many in range(1, most + 1)
        for some in combinations(range(len(people)), many)
        if rank([[value for at, value in enumerate(row) if at not in some] for row in rows]) < whole
    ]


def questions(rng: random.Random) -> Iterator[frozenset[int]]:
    """Groups as reports ask for them: by period, provider, kind and all, of people who come and go."""
    size = rng.randint(8, 16)
    come = {person: rng.randint(0, 3) for person in range(size)}
    gone = {person: come[person] + rng.randint(0, 3) for person in range(size)}
    provider = {person: rng.randint(0, 2) for person in range(size)}
    kind = {person: rng.randint(0, 1) for person in range(size)}
    for _ in range(12):
        first = rng.randint(0, 3)
        last = rng.randint(first, 4)
        of = rng.choice([None, 0, 1, 2]), rng.choice([None, None, 0, 1])
        yield frozenset(
            person
            for person in range(size)
            if come[person] <= last
            and gone[person] >= first
            and of[0] in {None, provider[person]}
            and of[1] in {None, kind[person]}
        )


def members(group: frozenset[int]) -> list[tuple[UUID, object]]:
    return [(UUID(int=person), "") for person in group]


def published(asked: Iterator[frozenset[int]]) -> list[frozenset[int]]:
    publication = Publication()
    return [group for group in asked if publication.adds("x", members(group), LEAST)]


def test_an_attacker_works_out_nothing_of_a_few_in_two_hundred_series() -> None:
    rng = random.Random(20261130)
    several = 0
    for _ in range(200):
        groups = published(questions(rng))
        assert worked_out(groups, most=2) == [], groups
        several += len(set(groups)) > 1
    assert several > 20, "not everything after the first answer is refused"


def test_nor_how_two_differ_in_eighty_series() -> None:
    rng = random.Random(438)
    for _ in range(80):
        groups = published(questions(rng))
        assert known_of(groups, most=2) == [], groups


def test_two_who_differ_in_groups_that_others_divide() -> None:
    """p and x, q and x: together they are many, but who is q learns of p what x hides. x is of two parts, because y has
    one of them."""
    large, p, q = frozenset(range(100, 106)), frozenset({1}), frozenset({2})
    x, half = frozenset(range(10, 16)), frozenset(range(13, 16))
    y = frozenset(range(20, 26))
    asked = [large | p | q, y | half, p | x, q | x]
    assert known_of(asked, most=2) == [(0, 1)]
    assert published(iter(asked)) == asked[:3]


def test_nor_of_three_or_four() -> None:
    rng = random.Random(7)
    for _ in range(30):
        groups = published(questions(rng))
        assert worked_out(groups, most=4) == [], groups


def test_the_attacker_can_win() -> None:
    """Positive control: with every group of five or more published, most series give somebody away."""
    rng = random.Random(1)
    won = sum(
        bool(worked_out([group for group in questions(rng) if len(group) >= LEAST], most=2))
        for _ in range(50)
    )
    assert won > 10


def test_fifty_four_and_then_fifty_five() -> None:
    assert published(iter([frozenset(range(54)), frozenset(range(55))])) == [frozenset(range(54))]
    assert len(published(iter([frozenset(range(54)), frozenset(range(59))]))) == 2


def test_all_less_each_provider_but_one() -> None:
    """Two providers by name, then everybody: what is left is the third, of two people."""
    a, b, c = frozenset(range(10)), frozenset(range(10, 20)), frozenset({20, 21})
    assert published(iter([a, b, a | b | c])) == [a, b]
    assert published(iter([a | b | c, a, b])) == [a | b | c, a]


def test_half_of_three_unions() -> None:
    """a∪b, b∪c and a∪c, added and halved: what no subtraction of two finds."""
    a, b, c = frozenset({1, 2, 3}), frozenset(range(10, 13)), frozenset(range(20, 23))
    assert published(iter([a | b, b | c, a | c])) == [a | b, b | c]


def test_the_same_group_again_tells_nothing_new() -> None:
    group = frozenset(range(7))
    assert published(iter([group, group])) == [group, group]


@pytest.mark.parametrize(("changed", "allowed"), [(1, False), (4, False), (5, True)])
def test_a_score_that_was_corrected_is_a_difference_too(changed: int, allowed: bool) -> None:
    """The same people, of whom some have other figures than when they were published."""
    publication = Publication()
    assert publication.adds("x", [(UUID(int=person), 4) for person in range(20)], LEAST)
    after = [(UUID(int=person), 5 if person < changed else 4) for person in range(20)]
    assert publication.adds("x", after, LEAST) is allowed


def test_figures_that_do_not_add_up_are_not_held_against_each_other() -> None:
    publication = Publication()
    assert publication.adds("x", members(frozenset(range(54))), LEAST)
    assert publication.adds("y", members(frozenset(range(55))), LEAST)
