"""What every step of the seed works with: HTTP as each party, and what earlier steps have made."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import httpx

from walmu_api.foundation.clock import Clock
from walmu_dev import tokens
from walmu_dev.errors import DemoError
from walmu_dev.keys import demo_keys
from walmu_dev.seeds.providers import Provider
from walmu_dev.settings import DevSettings


class Seeder:
    day: date
    """The day on which this installation's seed began."""

    def __init__(self, settings: DevSettings, http: httpx.AsyncClient) -> None:
        self.settings, self.http = settings, http
        self.keys = demo_keys(settings.data_dir)
        self.tokens: dict[str, str] = {}
        self.today = Clock(settings.clock_file).today()
        self.organisers: dict[str, UUID] = {}
        self.organisations: dict[str, str] = {}

    async def ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        response = await self.http.request(method, path, json=body, headers=await self.authorization(who))
        if response.status_code >= 400:
            raise DemoError(
                f"The seed failed at {method} {path}: {response.status_code} {response.text[:500]}"
            )
        return response.json()

    async def authorization(self, who: str) -> dict[str, str]:
        if who not in self.tokens:
            self.tokens[who] = await asyncio.to_thread(tokens.fetch, self.settings, who)
        return {"Authorization": f"Bearer {self.tokens[who]}"}

    async def client_of(self, provider: Provider, at: int) -> str:
        path = f"/v1/clients?source_id=seed-{provider.key}-{at}"
        return str((await self.ask(provider.organiser, "GET", path))["items"][0]["id"])
