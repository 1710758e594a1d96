"""The demo's synthetic data: two organisers, four providers, three workplaces, a hundred clients.

Organisers and systems are founded as the owner; everything else goes over HTTP as the parties themselves would do it, and
the decisions are made by the simulated caseworker. Every record has a source_id, so a seed that was cut off goes on."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from walmu_api.adapters.ehr import targets
from walmu_api.demo import daily_life, deciding, endings, measurements, people, tokens
from walmu_api.demo.deciding import SERVICE, TASK, months_before
from walmu_api.demo.greeting import Greeting, local_url
from walmu_api.demo.keys import demo_keys
from walmu_api.demo.people import INSTRUCTOR, SIGNED
from walmu_api.demo.screen import say
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.migrating import plain_url
from walmu_api.record.parties.organisations.founding import found
from walmu_api.settings import Settings

WORKPLACES = {
    "workplace-a": "Kahvila Kulma",
    "workplace-b": "Taimitarha Vihreä",
    "workplace-c": "Varastopalvelu Hylly",
}


@dataclass(frozen=True)
class Provider:
    """A provider of the demo: how many clients it serves, and how many of them have a signed agreement."""

    key: str
    organiser: str
    name: str
    business_id: str
    clients: int
    agreements: int


PROVIDERS = (
    Provider("provider-a", "organiser-a", "Kotolan toimintakeskus", "9000001-1", 40, 36),
    Provider("provider-b", "organiser-a", "Työpaja Verstas", "9000003-8", 25, 20),
    Provider("provider-c", "organiser-a", "Valmennus Välipiste", "9000004-6", 25, 20),
    Provider("provider-d", "organiser-b", "Rannikon työtoiminta", "9000005-4", 10, 8),
)
ORGANISERS = {
    "organiser-a": ("Esimerkkilän hyvinvointialue", "9000011-8"),
    "organiser-b": ("Mallimaan hyvinvointialue", "9000012-6"),
}


async def fill(settings: Settings) -> Greeting | None:
    """Make what is missing; what is there stays as it is."""
    async with httpx.AsyncClient(
        base_url=local_url(settings.api.host, settings.api.port), timeout=30
    ) as http:
        seeder = Seeder(settings, http)
        if not await seeder.is_complete():
            await seeder.fill()
        return await seeder.greeting()


class Seeder:
    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self.settings, self.http = settings, http
        self.keys = demo_keys(settings.data_dir)
        self.tokens: dict[str, str] = {}
        self.today = Clock(settings.clock_file).today()
        self.organisations: dict[str, str] = {}

    async def ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        if who not in self.tokens:
            self.tokens[who] = await asyncio.to_thread(tokens.fetch, self.settings, who)
        answer = await self.http.request(
            method, path, json=body, headers={"Authorization": f"Bearer {self.tokens[who]}"}
        )
        if answer.status_code >= 400:
            raise tokens.DemoError(
                f"The seed failed at {method} {path}: {answer.status_code} {answer.text[:500]}"
            )
        return answer.json()

    async def is_complete(self) -> bool:
        """The last thing that the seed makes is there."""
        connection = await asyncpg.connect(plain_url(self.settings.database.migration_url or ""))
        try:
            found = "select true from documents where source_id = $1"
            return bool(await connection.fetchval(found, endings.LAST))
        finally:
            await connection.close()

    async def fill(self) -> None:
        await self._organisers()
        await self._systems_and_target()
        for provider in PROVIDERS:
            await self._clients(provider)
        say("100 clients, with their relationships")
        for provider in PROVIDERS[:3]:
            await deciding.in_the_record_system(self, provider)
        await deciding.directly(self, PROVIDERS[3])
        say("Decisions by the simulated caseworker")
        for provider in PROVIDERS:
            await self._agree(provider)
        say("Signed agreements")
        await daily_life.fill(self, PROVIDERS[3])
        say(f"Everyday life of {len(daily_life.CLIENTS)} clients: days, plans, assessments, work diary")
        for provider in PROVIDERS:
            await measurements.fill(self, provider, self.number_of(provider, 0), months_before(self.day, 4))
        say("Kykyviisari results, imported from worksheets")
        for provider in PROVIDERS[2:]:
            await endings.fill(self, provider, self.number_of(provider, 0))
        say("Endings with an onward path")

    async def _organisers(self) -> None:
        owner = await asyncpg.connect(plain_url(self.settings.database.migration_url or ""))
        try:
            for key, (name, business_id) in ORGANISERS.items():
                known = await owner.fetchval("select id from organisers where business_id = $1", business_id)
                if known is None:
                    await found(owner, name, business_id, key, self._jwks(key))
        finally:
            await owner.close()
        self.organisers = {
            key: UUID((await self.ask(key, "GET", "/v1/whoami"))["organiser"]["id"]) for key in ORGANISERS
        }

    def _jwks(self, key: str) -> dict[str, Any]:
        return {"keys": [self.keys[key]["jwk"]]}

    async def _systems_and_target(self) -> None:
        """Providers, workplaces and their systems; the record system as a target."""
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
            organisation = await self.ask(provider.organiser, "POST", "/v1/organisations", entry)
            self.organisations[provider.key] = organisation["id"]
            if provider is PROVIDERS[0]:  # a seed that was cut off goes on with the days it began with
                self.day = date.fromisoformat(organisation["recorded_at"][:10])
            await self._system(provider.organiser, provider.key, self.organisations[provider.key], "provider")
        for key, name in WORKPLACES.items():
            entry = {"kind": "workplace", "name": name, "source_id": key}
            self.organisations[key] = (await self.ask("organiser-a", "POST", "/v1/organisations", entry))[
                "id"
            ]
            await self._system("organiser-a", key, self.organisations[key], "workplace")
        own = (await self.ask("organiser-a", "GET", "/v1/whoami"))["organisation"]["id"]
        ehr = await self._system("organiser-a", "ehr-a", own, "ehr")
        await self._system("organiser-a", "auditor-a", own, "auditor")
        database = Database(self.settings.database.url or "", Clock(), pool_size=2)
        async with database.transaction(Tenancy(self.organisers["organiser-a"])) as session:
            await targets.add(
                session,
                Keyring.read(self.settings.keyring_file),
                name="ehr-a",
                dialect="lifecare_rest",
                base_url=f"http://127.0.0.1:{self.settings.simulator.port}",
                secret=self.settings.simulator.api_key,
                system_id=UUID(ehr),
            )
        await database.close()

    async def _system(self, organiser: str, key: str, organisation: str, role: str) -> str:
        entry = {
            "organisation_id": organisation,
            "client_id": key,
            "name": key,
            "role": role,
            "software": "Demo 1.0",
            "jwks": self._jwks(key),
            "source_id": key,
        }
        return str((await self.ask(organiser, "POST", "/v1/connected-systems", entry))["id"])

    def number_of(self, provider: Provider, at: int) -> int:
        return sum(p.clients for p in PROVIDERS[: PROVIDERS.index(provider)]) + at

    async def _clients(self, provider: Provider) -> None:
        for at in range(provider.clients):
            number = self.number_of(provider, at)
            family_name, given_name = people.name(number)
            client = {
                "family_name": family_name,
                "given_names": given_name,
                "turvakielto": number == 6,
                "identity": {"system": "urn:oid:1.2.246.21", "value": people.identity_code(number)},
                "contact": {"phone": f"+358 40 0000 {number:03}", "municipality": "Esimerkkilä"},
                "language": "sv" if number % 9 == 4 else "fi",
                "source_id": f"seed-{provider.key}-{at}",
            }
            client_id = (await self.ask(provider.organiser, "POST", "/v1/clients", client))["id"]
            await self._relate(provider, at, client_id)

    async def _relate(self, provider: Provider, at: int, client_id: str) -> None:
        begins = months_before(self.day, 4)
        relationship = {
            "client_id": client_id,
            "provider_id": self.organisations[provider.key],
            "service_task": TASK,
            "service": SERVICE,
            "service_kind": "work_activity",
            "legal_bases": ["SHL_710_1982_27E"],
            "referral": {"source": "disability_services", "received_on": begins.isoformat()},
            "responsible_workers": {
                "organiser": {
                    "family_name": "Omatyöntekijä",
                    "given_names": "Outi",
                    "title": "sosiaalityöntekijä",
                },
                "provider": {
                    "family_name": "Ohjaaja",
                    "given_names": provider.name.split()[0],
                    "title": "ohjaaja",
                },
            },
            "starts_on": begins.isoformat(),
            "source_id": f"seed-{provider.key}-{at}",
        }
        if provider is PROVIDERS[3] and at in daily_life.CLIENTS:
            relationship["unit_id"] = await daily_life.unit(self, provider)
        await self.ask(provider.organiser, "POST", "/v1/service-relationships", relationship)

    async def client_of(self, provider: Provider, at: int) -> str:
        path = f"/v1/clients?source_id=seed-{provider.key}-{at}"
        return str((await self.ask(provider.organiser, "GET", path))["items"][0]["id"])

    async def _agree(self, provider: Provider) -> None:
        for at in range(provider.agreements):
            client_id = await self.client_of(provider, at)
            relationship = (
                await self.ask(provider.key, "GET", f"/v1/service-relationships?client_id={client_id}")
            )["items"][0]
            decision = await self._decision_of(provider, client_id)
            workplace = list(WORKPLACES)[at % 3] if provider is PROVIDERS[0] and at % 4 == 3 else None
            place = (
                {"organisation_id": self.organisations[workplace], "name": WORKPLACES[workplace]}
                if workplace
                else {"name": provider.name}
            )
            weekdays = ((1, 2, 3), (2, 3, 4), (1, 3, 5))[at % 3]
            agreement = {
                "decision_id": decision["id"],
                "service_relationship_id": relationship["id"],
                "kind": "open_work_activity" if workplace else "work_activity",
                "place": place,
                "instructors": [INSTRUCTOR],
                "responsible_worker": INSTRUCTOR,
                "author": INSTRUCTOR,
                "starts_on": decision["valid_from"],
                "ends_on": (self.day + timedelta(days=180)).isoformat(),
                "schedule": {
                    "type": "fixed",
                    "days": [{"weekday": d, "starts_at": "09:00", "ends_at": "13:00"} for d in weekdays],
                },
                "work_allowance_per_day": "6.00",
                "absence_reporting": "Soita lähiohjaajalle ennen klo 9.",
                "source_id": f"seed-{provider.key}-{at}",
            }
            response = await self.ask(provider.key, "POST", "/v1/agreements", agreement)
            signatories = (("client", "Asiakas"), ("provider", provider.name))
            signed = [{"party": party, "name": name, "type": SIGNED} for party, name in signatories]
            signing = {"signed_on": decision["valid_from"], "signatories": signed}
            await self.ask(provider.key, "POST", f"/v1/agreements/{response['id']}/sign", signing)

    async def _decision_of(self, provider: Provider, client_id: str) -> Any:
        """The client's decision, once the worker has fetched it."""
        for _ in range(300):
            found = (await self.ask(provider.key, "GET", f"/v1/decisions?client_id={client_id}"))["items"]
            if found:
                return found[0]
            await asyncio.sleep(0.1)
        raise tokens.DemoError("The worker does not fetch the decisions: see its lines above.")

    async def greeting(self) -> Greeting | None:
        """An agreement of provider A and its latest past day without attendance."""
        agreements = (await self.ask("provider-a", "GET", "/v1/agreements?status=signed&limit=1"))["items"]
        if not agreements:
            return None
        agreement = agreements[0]["id"]
        since = (self.today - timedelta(days=60)).isoformat()
        days = (await self.ask("provider-a", "GET", f"/v1/attendance?agreement_id={agreement}&from={since}"))[
            "items"
        ]
        taken = {day["date"] for day in days}
        free = (self.today - timedelta(days=back) for back in range(1, 60))
        return next(
            (Greeting(agreement, day.isoformat()) for day in free if day.isoformat() not in taken), None
        )
