"""A connected system on the wire, as a careful one behaves: what is unknown is sent again until it is known."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import httpx

from contract_tests.history.events import Event, History, Place
from contract_tests.landscape import Party

IMPATIENCE = 2.5
"""Seconds until an answer is given up and its outcome unknown: shorter than the longest standstill."""
Reading = Callable[[Any], Mapping[str, Place]]


def nothing(_data: Any) -> dict[str, Place]:
    return {}


class ApiClient:
    def __init__(self, party: Party, history: History, rng: Random) -> None:
        self.history, self.rng = history, rng
        self._party, self._token = party, ""
        self._http = httpx.AsyncClient(base_url=party.url, timeout=IMPATIENCE)

    async def close(self) -> None:
        await self._http.aclose()

    async def act(
        self,
        what: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        marks: Sequence[str] = (),
        response: Reading = nothing,
        headers: Mapping[str, str] | None = None,
        patience: float = IMPATIENCE,
    ) -> tuple[Event, Any]:
        """Until it is acknowledged or refused; the document of the answer, None when it was refused."""
        op = self.history.invoke(what, marks)
        attempt = 0
        while True:
            attempt += 1
            request_id = f"{op.op}.{attempt}"
            answer = await self._ask(
                method, path, body, {**(headers or {}), "X-Request-Id": request_id}, patience
            )
            if answer is not None and answer.status_code < 300:
                document = answer.json()
                places = response(document)
                self.history.note(
                    "ok", op, request_id, response=places, client_data=_carries_client_data(document)
                )
                return self.history.events[-1], document
            if answer is not None and not _later(answer):
                if (known := _made_before(answer)) is not None and marks:
                    self.history.note("ok", op, request_id, response={marks[0]: known})
                else:
                    self.history.note("fail", op, request_id, answer.status_code)
                return self.history.events[-1], None
            self.history.note("info", op, request_id, answer.status_code if answer is not None else 0)
            await asyncio.sleep(self.rng.uniform(0.05, 0.5))

    async def _ask(
        self, method: str, path: str, body: Any, headers: dict[str, str], patience: float
    ) -> httpx.Response | None:
        try:
            while True:
                self._token = self._token or await asyncio.to_thread(self._party.token)
                headers["Authorization"] = f"Bearer {self._token}"
                answer = await self._http.request(method, path, json=body, headers=headers, timeout=patience)
                if answer.status_code != 401:
                    return answer
                self._token = ""  # it lived its five minutes
        except (httpx.HTTPError, AssertionError):  # the latter: no token now
            return None


def _later(answer: httpx.Response) -> bool:
    """Nothing final: a fault of theirs, too much at once, or the same request still running."""
    return answer.status_code >= 500 or answer.status_code == 429 or "retry-after" in answer.headers


def _made_before(answer: httpx.Response) -> Place | None:
    """A retry whose record has gone on since: the refusal names what the first attempt made."""
    if (
        answer.status_code != 409
        or (problem := answer.json())["code"] != "duplicate-source"
        or "url" not in problem
    ):
        return None
    return Place(problem["url"].rsplit("/", 1)[1], 1)


def _carries_client_data(document: Any) -> bool:
    if not isinstance(document, dict):
        return False
    if "items" in document:
        return any(
            "client_id" in (item.get("record") or item)
            for item in document["items"]
            if "url" not in item or "record" in item
        )
    if "outcomes" in document:
        return any("id" in outcome for outcome in document["outcomes"])
    return "client_id" in document


async def pages(speaker: ApiClient, what: str, path: str) -> list[dict[str, Any]]:
    """All items of a list."""
    items: list[dict[str, Any]] = []
    following: str | None = path
    while following:
        event, page = await speaker.act(what, "GET", following, patience=30)
        assert page is not None, f"{following}: {event.status}"
        items += page["items"]
        following = page["next"] if page.get("more", True) else None
    return items
