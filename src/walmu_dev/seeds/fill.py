"""The demo's synthetic data: two organisers, four providers, three workplaces, a hundred clients.

Organisers are created as the owner of the tables; everything else goes over HTTP, as the parties themselves
would do it, and the decisions are made by the simulated caseworker. Every record has a source_id, so an
interrupted seed continues."""

from datetime import timedelta

import asyncpg
import httpx

from walmu_api.foundation.migrating import plain_url
from walmu_dev.console import say
from walmu_dev.greeting import Greeting
from walmu_dev.seeds import agreements, clients, daily_life, decisions, endings, measurements, parties
from walmu_dev.seeds.providers import PROVIDERS, client_number
from walmu_dev.seeds.seeder import Seeder
from walmu_dev.settings import DevSettings


async def fill(settings: DevSettings) -> Greeting | None:
    """Make what is missing; what is there stays as it is."""
    async with httpx.AsyncClient(base_url=settings.api_url, timeout=30) as http:
        seeder = Seeder(settings, http)
        if not await _is_complete(settings):
            await _fill(seeder)
        return await _greeting(seeder)


async def _is_complete(settings: DevSettings) -> bool:
    """The last thing that the seed makes is there."""
    connection = await asyncpg.connect(plain_url(settings.database.migration_url or ""))
    try:
        found = "select true from documents where source_id = $1"
        return bool(await connection.fetchval(found, endings.LAST))
    finally:
        await connection.close()


async def _fill(seeder: Seeder) -> None:
    await parties.fill(seeder)
    for provider in PROVIDERS:
        await clients.fill(seeder, provider)
    say("100 clients, with their relationships")
    for provider in PROVIDERS[:3]:
        await decisions.in_the_record_system(seeder, provider)
    await decisions.directly(seeder, PROVIDERS[3])
    say("Decisions by the simulated caseworker")
    for provider in PROVIDERS:
        await agreements.fill(seeder, provider)
    say("Signed agreements")
    await daily_life.fill(seeder, PROVIDERS[3])
    say(f"Everyday life of {len(daily_life.CLIENTS)} clients: days, plans, assessments, work diary")
    for provider in PROVIDERS:
        begins = decisions.months_before(seeder.day, 4)
        await measurements.fill(seeder, provider, client_number(provider, 0), begins)
    say("Kykyviisari results, imported from worksheets")
    for provider in PROVIDERS[2:]:
        await endings.fill(seeder, provider, client_number(provider, 0))
    say("Endings with an onward path")


async def _greeting(seeder: Seeder) -> Greeting | None:
    """An agreement of provider A and its latest past day without attendance."""
    signed = (await seeder.ask("provider-a", "GET", "/v1/agreements?status=signed&limit=1"))["items"]
    if not signed:
        return None
    agreement = signed[0]["id"]
    since = (seeder.today - timedelta(days=60)).isoformat()
    path = f"/v1/attendance?agreement_id={agreement}&from={since}"
    taken = {day["date"] for day in (await seeder.ask("provider-a", "GET", path))["items"]}
    days = ((seeder.today - timedelta(days=back)).isoformat() for back in range(1, 60))
    return next((Greeting(agreement, day) for day in days if day not in taken), None)
