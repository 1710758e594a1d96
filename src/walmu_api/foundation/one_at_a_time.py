"""One piece of heavy work at a time for each connected system, in this process; the next is told to come again."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

from walmu_api.foundation.problems import ProblemType

IMPORT_IN_WORK = ProblemType("import-in-work", 429)
_PAUSE = 0.25
"""A refusal is answered after a moment, as others are (ADR 27)."""


class OneAtATime:
    def __init__(self) -> None:
        self._at_work: set[Hashable] = set()

    @asynccontextmanager
    async def place(self, whose: Hashable) -> AsyncIterator[None]:
        if whose in self._at_work:
            await asyncio.sleep(_PAUSE)
            raise IMPORT_IN_WORK().with_headers(Retry_After="5")
        self._at_work.add(whose)
        try:
            yield
        finally:
            self._at_work.remove(whose)
