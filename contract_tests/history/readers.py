"""Who reads all the time: followers of the feed, and the caseworker at the record system."""

import asyncio
import contextlib
import json
from pathlib import Path
from random import Random
from typing import Any

import httpx

from contract_tests.history.events import Item
from contract_tests.history.speaker import ApiClient

FEED = "/v1/changes?limit=500"


def item_of(data: dict[str, Any]) -> Item:
    """An agreement is the same agreement by the name under which a workplace reads its part."""
    return Item(
        data["resource_type"].removeprefix("workplace-"),
        data["resource_id"],
        data["version"],
        data["change"],
        data.get("source_id"),
        data["at"],
    )


class Follower:
    """Keeps every page with the cursor to go on from in a file, and begins there whenever it is started."""

    def __init__(self, speaker: ApiClient, file: Path) -> None:
        self.speaker, self.file = speaker, file

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; started anew now and then, as a process that is killed would be."""
        while not stop.is_set():
            following = self._position()
            for _ in range(self.speaker.rng.randint(5, 50)):
                if stop.is_set():
                    return
                following, more = await self._read_on(following)
                await asyncio.sleep(0 if more else self.speaker.rng.uniform(0.02, 0.2))

    async def catch_up(self) -> None:
        following, more = await self._read_on(self._position())
        while more:
            following, more = await self._read_on(following)

    async def _read_on(self, following: str) -> tuple[str, bool]:
        _, page = await self.speaker.act("feed", "GET", following, patience=10)
        assert page is not None, "the feed refuses its own cursor"
        stored = {"items": [item_of(item) for item in page["items"]], "next": page["next"]}
        if page["items"] or following != page["next"]:
            with self.file.open("a") as file:
                file.write(json.dumps(stored) + "\n")
        return page["next"], page["more"]

    def _pages(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []

    def _position(self) -> str:
        pages = self._pages()
        return str(pages[-1]["next"]) if pages else FEED

    def items(self) -> list[Item]:
        return [Item(*item) for page in self._pages() for item in page["items"]]


class Caseworker:
    """Decides or refuses what is proposed; amends and revokes what was decided. Speaks to the record system only."""

    def __init__(self, control: str, rng: Random) -> None:
        self.rng = rng
        self._http = httpx.AsyncClient(base_url=control, timeout=3)
        self._decided: list[str] = []

    async def close(self) -> None:
        await self._http.aclose()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with contextlib.suppress(
                httpx.HTTPError
            ):  # it was killed: what was said is asked for at the next look
                await self.answer()
                await self._think_again()
            await asyncio.sleep(self.rng.uniform(0.1, 0.5))

    async def answer(self) -> int:
        """What waits is answered; how much that was."""
        waiting = await self.all("/proposals?status=received")
        for proposal in waiting:
            refuse = self.rng.random() < 0.15
            await self._do("refuse" if refuse else "decide", external_id=proposal["external_id"])
            if not refuse:
                self._decided.append(proposal["external_id"])
        return len(waiting)

    async def _think_again(self) -> None:
        if self._decided and self.rng.random() < 0.4:
            one = self.rng.choice(self._decided)
            await self._do("amend", external_id=one, days_per_week=self.rng.randint(1, 5))
        if self._decided and self.rng.random() < 0.1:
            one = self._decided.pop(self.rng.randrange(len(self._decided)))
            await self._do("revoke", external_id=one, revoked_on="2027-01-01")

    async def _do(self, action: str, **decision: Any) -> None:
        await self._http.post("/decisions", json={"action": action, "decision": decision})

    async def all(self, path: str) -> list[dict[str, Any]]:
        answer = (await self._http.get(path, timeout=30)).raise_for_status()
        items: list[dict[str, Any]] = answer.json()["items"]
        return items
