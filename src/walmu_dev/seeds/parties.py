"""Organisers, providers and workplaces with their connected systems, and the record system as a target."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from walmu_api.adapters.ehr import targets
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.logins import WORKER
from walmu_api.foundation.migrating import plain_url
from walmu_api.record.parties.organisations.founding import found
from walmu_dev.seeds.providers import ORGANISERS, PROVIDERS, WORKPLACES
from walmu_dev.seeds.seeder import Seeder


async def fill(seeder: Seeder) -> None:
    await _organisers(seeder)
    await _providers(seeder)
    await _workplaces(seeder)
    own = (await seeder.ask("organiser-a", "GET", "/v1/whoami"))["organisation"]["id"]
    await _target(seeder, UUID(await _system(seeder, "organiser-a", "ehr-a", own, "ehr")))
    await _system(seeder, "organiser-a", "auditor-a", own, "auditor")


async def _organisers(seeder: Seeder) -> None:
    """As the owner of the tables: no API creates an organiser."""
    owner = await asyncpg.connect(plain_url(seeder.settings.database.migration_url or ""))
    try:
        for key, (name, business_id) in ORGANISERS.items():
            known = await owner.fetchval("select id from organisers where business_id = $1", business_id)
            if known is None:
                await found(owner, name, business_id, key, _jwks(seeder, key))
    finally:
        await owner.close()
    for key in ORGANISERS:
        seeder.organisers[key] = UUID((await seeder.ask(key, "GET", "/v1/whoami"))["organiser"]["id"])


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


async def _target(seeder: Seeder, system_id: UUID) -> None:
    settings = seeder.settings
    database = Database(settings.database.worker_url or "", Clock(), group=WORKER, pool_size=2)
    async with database.transaction(Tenancy(seeder.organisers["organiser-a"])) as session:
        await targets.add(
            session,
            Keyring.read(settings.keyring_file),
            name="ehr-a",
            dialect="lifecare_rest",
            base_url=settings.simulator_url,
            secret=settings.simulator.api_key,
            system_id=system_id,
        )
    await database.close()


async def _system(seeder: Seeder, organiser: str, key: str, organisation: str, role: str) -> str:
    entry = {
        "organisation_id": organisation,
        "client_id": key,
        "name": key,
        "role": role,
        "software": "Demo 1.0",
        "jwks": _jwks(seeder, key),
        "source_id": key,
    }
    return str((await seeder.ask(organiser, "POST", "/v1/connected-systems", entry))["id"])


def _jwks(seeder: Seeder, key: str) -> dict[str, Any]:
    return {"keys": [seeder.keys[key]["jwk"]]}
