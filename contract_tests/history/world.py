"""What the clients find: the contract tests' landscape, the record system as a target, and clients with signed
agreements under decisions that the simulated caseworker made."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from contract_tests.history.processes import Product
from contract_tests.landscape import (
    Landscape,
    agreement_entry,
    build,
    client_entry,
    prepare,
    relationship_entry,
)
from walmu_api.adapters.ehr import targets
from walmu_api.app import build_app_context
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.logins import WORKER

BEGINS = "2024-01-01"
SIGNED = {"signed_on": BEGINS, "signatories": [{"party": "client", "name": "Eeva Virtanen"}]}


@dataclass(frozen=True)
class Served:
    """A client with all that is needed to agree once more, and a signed agreement."""

    ids: dict[str, str]
    agreement: str


async def furnish(product: Product, clients: int) -> tuple[Landscape, list[Served]]:
    app_context = build_app_context(product.settings, product.logins.api, product.logins.auditor)
    owner = await asyncpg.connect(product.cluster.url())
    try:
        landscape = await prepare(product.url, product.settings.data_dir, app_context, owner)
        with landscape.organiser.speaker() as organiser:
            named = build(organiser.get("/v1/whoami"))["organiser"]["id"]
            systems = build(organiser.get("/v1/connected-systems"))["items"]
        organiser_id = await owner.fetchval(
            "select organiser_id from organisations where id = $1", UUID(named)
        )
        worker = Database(product.logins.worker, app_context.clock, group=WORKER, pool_size=1)
        async with worker.transaction(Tenancy(organiser_id)) as session:
            await targets.add(
                session,
                app_context.keyring,
                name="ehr-a",
                dialect="lifecare_rest",
                secret=product.settings.simulator.api_key,
                base_url=product.settings.simulator_url,
                system_id=next(UUID(system["id"]) for system in systems if system["client_id"] == "ehr-a"),
            )
        await worker.close()
    finally:
        await owner.close()
        await app_context.database.close()
    return landscape, await asyncio.to_thread(_serve, product, landscape, clients)


def _serve(product: Product, landscape: Landscape, clients: int) -> list[Served]:
    people: list[dict[str, str]] = []
    with (
        landscape.organiser.speaker() as organiser,
        httpx.Client(base_url=product.control, timeout=30) as caseworker,
    ):
        for number in range(clients):
            ids = dict(landscape.ids) | {
                "client_id": build(organiser.post("/v1/clients", json=client_entry()))["id"]
            }
            relationship = relationship_entry(ids) | {"starts_on": BEGINS}
            ids["service_relationship_id"] = build(
                organiser.post("/v1/service-relationships", json=relationship)
            )["id"]
            decision = {
                "client_id": ids["client_id"],
                "provider_id": ids["provider_id"],
                "decided_on": BEGINS,
                "valid_from": BEGINS,
                "valid_to": "2027-07-31",
                "days_per_week": 5,
            }
            build(caseworker.post("/decisions", json={"action": "create", "decision": decision}))
            if number % 4 == 0:
                ids["workplace_id"] = landscape.workplace.organisation_id
            people.append(ids)
    with landscape.provider_a.speaker() as provider:
        return [_agree(provider, ids) for ids in people]


def _agree(provider: httpx.Client, ids: dict[str, str]) -> Served:
    ids["decision_id"] = _decision(provider, ids["client_id"])
    agreement: str = build(provider.post("/v1/agreements", json=terms(ids)))["id"]
    build(provider.post(f"/v1/agreements/{agreement}/sign", json=SIGNED))
    return Served(ids, agreement)


def terms(ids: dict[str, str]) -> dict[str, Any]:
    """What is agreed; every fourth client is at a workplace, which then sees the days."""
    entry = agreement_entry(ids) | {"starts_on": BEGINS}
    if "workplace_id" in ids:
        entry |= {
            "kind": "open_work_activity",
            "place": {"name": "Kahvila", "organisation_id": ids["workplace_id"]},
        }
    return entry


def _decision(provider: httpx.Client, client_id: str) -> str:
    """Once the worker has fetched it; the other decision of the landscape is of another client."""
    for _ in range(300):
        if found := build(provider.get("/v1/decisions", params={"client_id": client_id}))["items"]:
            return str(found[0]["id"])
        time.sleep(0.1)
    raise TimeoutError("the worker does not fetch the decisions")
