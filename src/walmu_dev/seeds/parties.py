"""Organisers, providers and workplaces with their connected systems, and the record system as a target."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

from walmu_api.access.tokens import key_proof
from walmu_api.adapters.ehr.command import Address, add_record_system
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.logins import WORKER
from walmu_api.foundation.statements import Statement
from walmu_api.record.parties.organisations.command import (
    Installation,
    NewSystem,
    create_auditor,
    create_organiser,
)
from walmu_dev.seeds.providers import ORGANISERS, PROVIDERS, WORKPLACES
from walmu_dev.seeds.seeder import Seeder


async def fill(seeder: Seeder) -> None:
    await _organisers(seeder)
    await _providers(seeder)
    await _workplaces(seeder)
    await _record_system_and_auditor(seeder)


async def _organisers(seeder: Seeder) -> None:
    """As the owner of the tables: no API creates an organiser."""
    async with _installation(seeder, seeder.settings.database.migration_url) as at:
        for key, (name, business_id) in ORGANISERS.items():
            if await _founded(at, business_id) is None:
                await create_organiser(at, name, business_id, _new(seeder, key, name))
            founded = await _founded(at, business_id)
            assert founded is not None
            seeder.organisers[key] = founded


async def _founded(at: Installation, business_id: str) -> UUID | None:
    statement = Statement("select id from organisers where business_id = :business_id")
    async with at.database.transaction(Tenancy(None)) as session:
        found: UUID | None = await session.fetchval(statement, business_id=business_id)
        return found


async def _record_system_and_auditor(seeder: Seeder) -> None:
    """At the command line as well; the first organiser has both."""
    organiser = ORGANISERS["organiser-a"][1]
    settings = seeder.settings
    address = Address("lifecare_rest", settings.simulator_url, settings.simulator.api_key.encode())
    exchange = Database(
        settings.database.worker_url or "", Clock(settings.clock_file), group=WORKER, pool_size=2
    )
    async with _installation(seeder, settings.database.url) as at:
        await add_record_system(at, exchange, organiser, _new(seeder, "ehr-a"), address)
        await exchange.close()
        await create_auditor(at, organiser, _new(seeder, "auditor-a"))


@asynccontextmanager
async def _installation(seeder: Seeder, url: str | None) -> AsyncIterator[Installation]:
    settings = seeder.settings
    database = Database(url or "", Clock(settings.clock_file), pool_size=2)
    try:
        yield Installation(database, Keyring.read(settings.keyring_file), settings.api.public_url)
    finally:
        await database.close()


async def _providers(seeder: Seeder) -> None:
    for provider in PROVIDERS:
        contact = {
            "family_name": "Ohjaaja",
            "given_names": provider.name.split()[0],
            "title": "vastuutyöntekijä",
        }
        entry = {
            "kind": "provider",
            "name": provider.name,
            "business_id": provider.business_id,
            "contact": contact,
            "source_id": provider.key,
        }
        organisation = await seeder.ask(provider.organiser, "POST", "/v1/organisations", entry)
        seeder.organisations[provider.key] = organisation["id"]
        if provider is PROVIDERS[0]:  # an interrupted seed continues with the days it began with
            seeder.day = date.fromisoformat(organisation["recorded_at"][:10])
        await _system(seeder, provider.organiser, provider.key, organisation["id"], "provider")


async def _workplaces(seeder: Seeder) -> None:
    for key, name in WORKPLACES.items():
        entry = {"kind": "workplace", "name": name, "source_id": key}
        seeder.organisations[key] = (await seeder.ask("organiser-a", "POST", "/v1/organisations", entry))[
            "id"
        ]
        await _system(seeder, "organiser-a", key, seeder.organisations[key], "workplace")


async def _system(seeder: Seeder, organiser: str, key: str, organisation: str, role: str) -> None:
    entry = {
        "organisation_id": organisation,
        "client_id": key,
        "name": key,
        "role": role,
        "software": "Demo 1.0",
        "source_id": key,
        **_keys(seeder, key),
    }
    await seeder.ask(organiser, "POST", "/v1/connected-systems", entry)


def _new(seeder: Seeder, key: str, name: str | None = None) -> NewSystem:
    return NewSystem(key, name or key, json.dumps(_keys(seeder, key)).encode())


def _keys(seeder: Seeder, key: str) -> dict[str, Any]:
    """What registering a key takes: its public half and a proof."""
    held = seeder.keys[key]
    proof = key_proof(seeder.settings.api.public_url, held["pem"], held["kid"])
    return {"jwks": {"keys": [held["jwk"]]}, "proofs": [proof]}
