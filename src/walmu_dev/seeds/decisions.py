"""The demo's decisions: made by the simulated caseworker, or stored as a record system would send them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx

from walmu_api.access.context import system_context
from walmu_api.access.system_registry import System
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.encryption import Keyring
from walmu_api.record.commitments.decisions import service as decisions
from walmu_api.record.commitments.decisions.parties import Received
from walmu_dev import people
from walmu_dev.errors import DemoError
from walmu_dev.seeds.providers import Provider, client_number
from walmu_dev.seeds.seeder import Seeder

TASK = {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"}
SERVICE = {
    "system": "urn:oid:1.2.246.537.6.1222",
    "code": "55",
    "display": "Vammaisten henkilöiden työtoiminta",
}


def _terms(day: date) -> dict[str, Any]:
    return {
        "legal_bases": ["SHL_710_1982_27E"],
        "service_kind": "work_activity",
        "decided_on": months_before(day, 4),
        "valid_from": months_before(day, 3).replace(day=1),
        "valid_to": day + timedelta(days=270),
        "days_per_week": 3,
    }


async def in_the_record_system(seeder: Seeder, provider: Provider) -> None:
    """The caseworker decides in the record system; the worker fetches it."""
    control = f"{seeder.settings.simulator_url}/__sim"
    async with httpx.AsyncClient(timeout=30) as http:
        for at in range(provider.agreements):
            key = f"seed-{provider.key}-{at}"
            held = (await http.get(f"{control}/state/decisions", params={"external_id": key})).json()["items"]
            if held:
                continue
            number = client_number(provider, at)
            family_name, given_names = people.name(number)
            decision = {name: _plain(value) for name, value in _terms(seeder.day).items()} | {
                "identity": {"system": "urn:oid:1.2.246.21", "value": people.identity_code(number)},
                "family_name": family_name,
                "given_names": given_names,
                "turvakielto": number == 6,
                "provider_business_id": provider.business_id,
                "provider_name": provider.name,
                "external_id": key,
                "work_allowance_per_day": "6.00",
                "service_task": "20",
                "service": "55",
                "place": provider.name,
                "decision_maker": {
                    "family_name": "Päättäjä",
                    "given_names": "Pirkko",
                    "title": "sosiaalityöntekijä",
                },
            }
            answer = await http.post(f"{control}/decisions", json={"action": "create", "decision": decision})
            if answer.status_code != 201:
                raise DemoError(f"The simulator refused a decision: {answer.status_code} {answer.text[:300]}")


async def directly(seeder: Seeder, provider: Provider) -> None:
    """The second organiser has no record system here: its decisions are stored as one would send them."""
    database = Database(seeder.settings.database.url or "", Clock(seeder.settings.clock_file), pool_size=2)
    organiser = seeder.organisers[provider.organiser]
    me = await seeder.ask(provider.organiser, "GET", "/v1/whoami")
    own, name = UUID(me["connected_system"]["id"]), me["connected_system"]["client_id"]
    system = System(own, organiser, UUID(me["organisation"]["id"]), name, me["role"], revoked=False)
    cipher = Keyring.read(seeder.settings.keyring_file)
    for at in range(provider.agreements):
        client_id = await seeder.client_of(provider, at)
        values = _terms(seeder.day) | {
            "kind": "client",
            "outcome": "granted",
            "service_task": TASK,
            "service": SERVICE,
            "travel": None,
            "work_allowance_per_day": Decimal("6.00"),
            "place": provider.name,
            "reasons": None,
            "status": "decided",
            "revoked_on": None,
            "decision_maker": {"family_name": "Päättäjä", "given_names": "Petri"},
        }
        received = Received(
            "founding",
            f"seed-{at}",
            1,
            None,
            UUID(client_id),
            UUID(seeder.organisations[provider.key]),
            values,
        )
        async with database.transaction(Tenancy(organiser)) as session:
            await decisions.receive(system_context(session, system, cipher), received)
    await database.close()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def months_before(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 - months
    return date(month // 12, month % 12 + 1, min(day.day, 28))
