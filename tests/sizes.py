"""How much is tried by the tests that could try for ever.

`make test` and `make check` run them in the size `check`; `make test SIZE=long` takes the whole of it, for a night or
before a release. What is left out is drawn anew in every run, by the seed that pytest-randomly prints."""

import math
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice, product
from typing import Any

VARIABLE = "WALMU_TEST_SIZE"
LONG = os.environ.get(VARIABLE, "check") == "long"


def examples(check: int, *, long: int) -> int:
    """How many examples of a property are drawn."""
    return long if LONG else check


def pairs(
    places: Sequence[Any], kinds: Mapping[str, Any], check: int
) -> Iterator[tuple[Any, tuple[str, Any]]]:
    """Every kind at every place; in the size `check` so many kinds at each place, and each of them at some place."""
    if LONG or not places:
        yield from product(places, kinds.items())
        return
    each = min(len(kinds), max(check, math.ceil(len(kinds) / len(places))))
    drawn = cycle(random.sample([*kinds.items()], len(kinds)))
    for place in places:
        for kind in islice(drawn, each):
            yield place, kind
