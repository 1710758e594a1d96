"""Clients who are merged and taken apart at random, while others record of them; again and again everything is where a model
with memory says.

Four clients, two of them served by one provider, one by the other, one by both and at a workplace. The model knows of each record only
whom its own sources named, and which merges hold: under whom it is read follows from that. No record is lost, none is there
twice, each reader reads its own and nothing else, and the feed from its beginning has every change of that once."""

from collections import Counter
from random import Random
from typing import Any

import asyncpg
from fastapi import FastAPI
from tests.conftest import ApiClient, TenantFixture, make_world
from tests.record.everyday.measurements.test_imports_api import MAPPING, sent
from tests.sizes import examples
from tests.walks import after_all, one_of, walks

from walmu_api.access.guard import AppContext

PRESENT = {"status": "present", "actual_minutes": 240}
LISTS = ("service-relationships", "decisions", "agreements", "attendance", "measurements")
CONTACT = {"phone": "+358 40 0000001", "street_address": "Salakuja 1"}


class People:
    """What is recorded, of whom it was said, and who is read under whom."""

    def __init__(self, world: TenantFixture) -> None:
        self.world = world
        self.story: list[str] = []
        self.names: list[str] = []
        """The clients."""
        self.into: dict[str, str] = {}
        """The merges that hold: the one, and into whom."""
        self.records: dict[str, dict[str, tuple[str, str]]] = {name: {} for name in LISTS}
        """By list and id: whom the record names, and whose it is."""
        self.agreements: list[tuple[str, str, str]] = []
        """Id, client that it names, provider."""
        self.protected: set[str] = set()
        self.dead: set[str] = set()
        """Of whom a death was recorded, today: days until then are recorded all the same."""
        self.days = 0

    @classmethod
    async def begin(cls, world: TenantFixture) -> "People":
        people = cls(world)
        for number in range(4):
            client = await world.client(family_name=f"Suku{number}", contact=CONTACT)
            people.names.append(client["id"])
        a, b = "provider_a", "provider_b"
        for number, provider in ((0, a), (1, a), (2, b), (3, a), (3, b)):
            await people.served(people.names[number], provider, at_place=(number, provider) == (3, a))
        return people

    async def served(self, client: str, provider: str, *, at_place: bool = False) -> None:
        speaker: ApiClient = getattr(self.world, provider)
        relationship = await self.world.relationship(self.root(client), speaker)
        decision = await self.world.decision(relationship)
        place: dict[str, Any] = {"name": "Kotola"}
        if at_place:
            place["organisation_id"] = str(self.world.workplace.organisation_id)
        agreement = await self.world.agreement(relationship, decision, provider=speaker, place=place)
        whose = (self.root(client), provider)  # it names the one under whom the client is read
        self.records["service-relationships"][relationship["id"]] = whose
        self.records["decisions"][str(decision)] = whose
        self.records["agreements"][agreement["id"]] = whose
        self.agreements.append((agreement["id"], *whose))

    def root(self, client: str) -> str:
        while client in self.into:
            client = self.into[client]
        return client

    async def version(self, client: str) -> int:
        return int((await self.world.organiser.get(f"/v1/clients/{client}")).json()["version"])

    async def merge(self, chance: Random) -> None:
        free = [each for each in self.names if each not in self.into]
        if len(free) < 2:
            return
        one, into = chance.sample(free, 2)
        act = {"into": into, "into_version": await self.version(into), "reason": "x"}
        answer = await self.world.organiser.post(
            f"/v1/clients/{one}/merge", act, If_Match=f'"{await self.version(one)}"'
        )
        assert answer.status_code == 200, answer.text
        self.into[one] = into

    async def unmerge(self, chance: Random) -> None:
        if not self.into:
            return
        one = chance.choice([*self.into])
        answer = await self.world.organiser.post(
            f"/v1/clients/{one}/unmerge", {"reason": "x"}, If_Match=f'"{await self.version(one)}"'
        )
        assert answer.status_code == 200, answer.text
        del self.into[one]

    async def record_day(self, chance: Random) -> None:
        agreement, named, provider = chance.choice(self.agreements)
        self.days += 1
        path = f"/v1/agreements/{agreement}/attendance/{self.world.day(self.days % 110 + 1)}"
        answer = await getattr(self.world, provider).put(path, PRESENT)
        assert answer.status_code in {200, 201}, answer.text
        self.records["attendance"][answer.json()["id"]] = (named, provider)

    async def measure(self, chance: Random) -> None:
        relationship, (named, provider) = chance.choice([*self.records["service-relationships"].items()])
        entry = self.world.measurement_entry({"id": relationship, "client_id": self.root(named)})
        answer = await getattr(self.world, provider).post("/v1/measurements", entry)
        assert answer.status_code == 201, answer.text
        self.records["measurements"][answer.json()["id"]] = (named, provider)

    async def import_measurements(self, chance: Random) -> None:
        """A worksheet, which names a client by the id that its writer knows, be it the old one."""
        _, provider = chance.choice([*self.records["service-relationships"].values()])
        served = [named for named, of in self.records["service-relationships"].values() if of == provider]
        client = chance.choice(served)
        day = f"{self.world.today:%-d.%-m.%Y}"
        file = f"Asiakas;Vaihe;Vastattu;Osallisuus;Työkyky\n{client};Alku;{day};6;5\n"
        mapping = MAPPING | {"client": {"by": "client_id", "column": "Asiakas"}}
        answer = await sent(getattr(self.world, provider), file, mapping)
        (line,) = answer.json()["outcomes"]
        if line.get("id") in self.records["measurements"]:
            return  # the same line again, or one that was recorded when it was read under another client
        assert line["outcome"] == "created", answer.text
        names = [
            each for each in served if self.root(each) == self.root(client)
        ]  # the oldest relationship first
        named = self.root(client) if self.root(client) in names else names[0]
        self.records["measurements"][line["id"]] = (named, provider)

    async def name_the_old_one(self, chance: Random) -> None:
        """A system that has not heard of it: refused, and nothing happens."""
        if not self.into:
            return
        old = chance.choice([*self.into])
        relationship, (_, provider) = chance.choice([*self.records["service-relationships"].items()])
        entry = self.world.measurement_entry({"id": relationship, "client_id": old})
        answer = await getattr(self.world, provider).post("/v1/measurements", entry)
        assert answer.status_code in {409, 422}, answer.text  # 422: a client whom this provider never saw

    async def serve_another(self, chance: Random) -> None:
        if len(self.agreements) < 9:
            await self.served(chance.choice(self.names), chance.choice(["provider_a", "provider_b"]))

    async def rename(self, chance: Random) -> None:
        await self.amend(self.root(chance.choice(self.names)), family_name=f"Suku{len(self.story)}")

    async def protect(self, chance: Random) -> None:
        client = self.root(chance.choice(self.names))
        await self.amend(client, turvakielto=True)

    async def die(self, chance: Random) -> None:
        client = self.root(chance.choice(self.names))
        if chance.random() < 0.3 and not self.has_died(client):
            await self.amend(client, died_on=self.world.day(0))
            self.dead.add(client)

    def has_died(self, client: str) -> bool:
        return any(self.root(each) == self.root(client) for each in self.dead)

    async def amend(self, client: str, **changes: Any) -> None:
        answer = await self.world.organiser.get(f"/v1/clients/{client}")
        server_set = {"id", "version", "recorded_at", "recorded_by", "merge_reason"}
        before = {name: value for name, value in answer.json().items() if name not in server_set}
        entry = before | changes
        done = await self.world.organiser.put(f"/v1/clients/{client}", entry, If_Match=answer.headers["etag"])
        assert done.status_code == 200, done.text
        if entry != before and entry["turvakielto"]:
            self.protected.add(client)  # with a change, it was said of this one

    async def step(self, chance: Random) -> None:
        await one_of(self, ACTS, chance)
        if len(self.story) % 4 == 0:
            await self.end()

    async def end(self) -> None:
        await after_all(self, self.holds())

    async def holds(self) -> None:
        for reader in ("organiser", "provider_a", "provider_b"):
            await self.of_reader(getattr(self.world, reader), None if reader == "organiser" else reader)
        await self.at_place()

    async def of_reader(self, speaker: ApiClient, provider: str | None) -> None:
        for name, known in self.records.items():
            items = await self.world.pages(speaker, f"/v1/{name}?limit=200")
            assert Counter((each["id"], each["client_id"]) for each in items) == Counter(
                (record, self.root(named)) for record, (named, of) in known.items() if provider in {None, of}
            ), name
        served = {
            self.root(named)
            for named, of in self.records["service-relationships"].values()
            if provider in {None, of}
        }
        seen = await self.world.pages(speaker, "/v1/clients?limit=200")
        roots = served if provider else {self.root(each) for each in self.names}
        assert {each["id"] for each in seen} == roots
        for client in seen:
            hidden = any(self.root(each) == client["id"] for each in self.protected)
            assert client["turvakielto"] is hidden, client["id"]
            dead = self.has_died(client["id"])
            assert client.get("died_on") == (self.world.day(0) if dead else None), client["id"]
            read = client.get("contact", {})
            assert ("street_address" in read) is (provider is None or not (hidden or dead))
            assert ("phone" in read) is (provider is None or not dead)
        for relationship in await self.world.pages(speaker, "/v1/service-relationships?limit=200"):
            expected_end = self.world.day(0) if self.has_died(relationship["client_id"]) else None
            assert relationship.get("ends_on") == expected_end, relationship["id"]
        for old in self.into:
            stub = await speaker.get(f"/v1/clients/{old}")
            expected = (200, self.root(old)) if self.root(old) in roots else (404, None)
            assert (stub.status_code, stub.json().get("merged_into")) == expected
        items = (await self.world.feed(speaker))[0]
        changes = Counter((each["resource_id"], each["version"], each["change"]) for each in items)
        assert {
            each for each, count in changes.items() if count > 1 and not each[2].startswith("access-")
        } == set()
        of_feed = {each["resource_id"] for each in items}
        for name in ("service-relationships", "agreements", "attendance", "measurements"):
            own = {record for record, (_, of) in self.records[name].items() if provider in {None, of}}
            assert own <= of_feed, name
        others = {
            record
            for known in self.records.values()
            for record, (_, of) in known.items()
            if provider is not None and of != provider
        }
        assert not others & of_feed

    async def at_place(self) -> None:
        (agreement, named, _) = next(
            each for each in self.agreements if each[1:] == (self.names[3], "provider_a")
        )
        read = await self.world.workplace.get(f"/v1/workplace-agreements/{agreement}")
        assert read.json()["client_id"] == self.root(named)
        days = await self.world.pages(self.world.workplace, f"/v1/attendance?agreement_id={agreement}")
        assert {each["client_id"] for each in days} <= {self.root(named)}
        assert (await self.world.workplace.get(f"/v1/clients/{named}")).status_code == 403


ACTS = [
    *[People.merge] * 4,
    *[People.unmerge] * 3,
    *[People.record_day] * 3,
    *[People.measure] * 2,
    *[People.import_measurements] * 2,
    *(People.name_the_old_one, People.serve_another, People.rename, People.protect, People.die),
]


async def test_everything_is_where_it_was_named_whatever_was_merged(
    app: FastAPI, app_context: AppContext, owner: asyncpg.Connection
) -> None:
    async def begin() -> People:
        return await People.begin(await make_world(app, app_context, owner))

    await walks(begin, lives=examples(10, long=100), steps=examples(24, long=60))
