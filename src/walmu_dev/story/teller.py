"""The story's HTTP clients: provider, organiser, auditor and simulated caseworker."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar

import httpx

from walmu_api.foundation.clock import Clock
from walmu_dev import tokens
from walmu_dev.settings import DevSettings

WEEKDAYS = (0, 1, 2)
T = TypeVar("T")


class StoryError(Exception):
    """A step that did not hold."""


def must(held: object, otherwise: str) -> None:
    if not held:
        raise StoryError(otherwise)


class Story:
    """What the story knows as it goes on."""

    def __init__(self, settings: DevSettings) -> None:
        self.settings = settings
        self.api = httpx.Client(base_url=settings.api_url, timeout=30)
        self.sim = httpx.Client(base_url=f"{settings.simulator_url}/__sim", timeout=30)
        self.tokens: dict[str, str] = {}
        self.today = Clock(settings.clock_file).today()
        last = self.today.replace(day=1) - timedelta(days=1)
        self.month = [last.replace(day=day) for day in range(1, last.day + 1)]
        self.provider_id: str = self.ask("provider-a", "GET", "/v1/whoami").json()["organisation"]["id"]
        self.decisions: list[dict[str, Any]] = []
        self.agreements: list[dict[str, Any]] = []
        self.days: dict[str, str] = {}  # "agreement/date" → id of what is recorded
        self.batch: list[dict[str, Any]] = []
        self.outcome: dict[str, Any] = {}
        self.cursor = "/v1/changes?limit=1000"

    def ask(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        for _ in range(2):
            if who not in self.tokens:
                self.tokens[who] = tokens.fetch(self.settings, who)
            named = {"Authorization": f"Bearer {self.tokens[who]}"} | {
                k.replace("_", "-"): v for k, v in headers.items()
            }
            answer = self.api.request(method, path, json=body, headers=named)
            if answer.status_code != 401:
                break
            del self.tokens[who]  # it lived its five minutes
        return answer

    def wanted(self, status: int, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.ask(who, method, path, body, **headers)
        must(
            answer.status_code == status,
            f"{method} {path} as {who}: {answer.status_code} instead of {status}: {answer.text[:400]}",
        )
        return answer.json()

    def caseworker(self, action: str, **decision: Any) -> Any:
        answer = self.sim.post("/decisions", json={"action": action, "decision": decision})
        must(answer.status_code in {200, 201}, f"the caseworker cannot {action}: {answer.text[:300]}")
        return answer.json()

    def until(self, what: str, look: Callable[[], T | None], seconds: float = 30) -> T:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if (found := look()) is not None:
                    return found
            except httpx.TransportError:
                pass  # the simulator is being started again
            time.sleep(0.15)
        raise StoryError(f"{what} did not happen within {seconds:.0f} s")

    def day_path(self, agreement: dict[str, Any], day: date) -> str:
        return f"/v1/agreements/{agreement['id']}/attendance/{day}"

    def worked_days(self) -> list[date]:
        return [day for day in self.month if day.weekday() in WEEKDAYS]
