"""Signed agreements, each on a decision that the worker has fetched from the record system."""

import asyncio
from datetime import timedelta
from typing import Any

from walmu_dev.errors import DemoError
from walmu_dev.people import INSTRUCTOR, SIGNED
from walmu_dev.seeds.providers import PROVIDERS, WORKPLACES, Provider
from walmu_dev.seeds.seeder import Seeder


async def fill(seeder: Seeder, provider: Provider) -> None:
    for at in range(provider.agreements):
        client_id = await seeder.client_of(provider, at)
        path = f"/v1/service-relationships?client_id={client_id}"
        relationship = (await seeder.ask(provider.key, "GET", path))["items"][0]
        decision = await _decision_of(seeder, provider, client_id)
        agreement = _agreement(seeder, provider, at) | {
            "decision_id": decision["id"],
            "service_relationship_id": relationship["id"],
            "starts_on": decision["valid_from"],
        }
        agreement_id = (await seeder.ask(provider.key, "POST", "/v1/agreements", agreement))["id"]
        signatories = (("client", "Asiakas"), ("provider", provider.name))
        signatures = [{"party": party, "name": name, "type": SIGNED} for party, name in signatories]
        signing = {"signed_on": decision["valid_from"], "signatories": signatures}
        await seeder.ask(provider.key, "POST", f"/v1/agreements/{agreement_id}/sign", signing)


def _agreement(seeder: Seeder, provider: Provider, at: int) -> dict[str, Any]:
    workplace = list(WORKPLACES)[at % 3] if provider is PROVIDERS[0] and at % 4 == 3 else None
    place = {"name": provider.name}
    if workplace:
        place = {"organisation_id": seeder.organisations[workplace], "name": WORKPLACES[workplace]}
    weekdays = ((1, 2, 3), (2, 3, 4), (1, 3, 5))[at % 3]
    days = [{"weekday": weekday, "starts_at": "09:00", "ends_at": "13:00"} for weekday in weekdays]
    return {
        "kind": "open_work_activity" if workplace else "work_activity",
        "place": place,
        "instructors": [INSTRUCTOR],
        "responsible_worker": INSTRUCTOR,
        "author": INSTRUCTOR,
        "ends_on": (seeder.day + timedelta(days=180)).isoformat(),
        "schedule": {"type": "fixed", "days": days},
        "work_allowance_per_day": "6.00",
        "absence_reporting": "Soita lähiohjaajalle ennen klo 9.",
        "source_id": f"seed-{provider.key}-{at}",
    }


async def _decision_of(seeder: Seeder, provider: Provider, client_id: str) -> Any:
    """The client's decision, once the worker has fetched it."""
    for _ in range(300):
        decisions = (await seeder.ask(provider.key, "GET", f"/v1/decisions?client_id={client_id}"))["items"]
        if decisions:
            return decisions[0]
        await asyncio.sleep(0.1)
    raise DemoError("The worker does not fetch the decisions: see its lines above.")
