"""A client's life at random, and after every step every document that was ever given out is what it was.

The client is renamed, moves, gets another code, is protected and not, is merged into another and taken out again; the
provider changes its name; the agreement and a diary entry are changed; and whoever may, reads one version or another. What a version has
to tell is said by a memory of its own: the first bytes that were given out, and the name under which it was recorded."""

import hashlib
import zlib
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import FastAPI
from tests.access.test_use_log_api import plain
from tests.adapters.national.test_frozen_documents import CONTACT, amend, read, renamed, signed
from tests.conftest import ApiClient, TenantFixture, identity_code, make_world
from tests.record.case_file.documents.samples import FILED
from tests.record.parties.clients.test_merging_api import merge, unmerge
from tests.sizes import examples
from tests.walks import after_all, one_of, walks

from walmu_api.access.guard import AppContext

XHTML = "application/xhtml+xml"
Json = dict[str, Any]


class Life:
    """The client, another who is the same person, their documents, and what each version has to tell."""

    def __init__(self, world: TenantFixture) -> None:
        self.world = world
        self.story: list[str] = []
        self.client: Json = {}
        self.other: Json = {}
        self.names: dict[str, str] = {}
        """By client, the family name of today."""
        self.codes: dict[str, str] = {}
        """By client, the identity code of today."""
        self.former: set[str] = set()
        self.is_merged = self.is_protected = False
        self.paths: list[str] = []
        self.sets: dict[str, str] = {}
        """By the path of a record, the OID of its document."""
        self.under: dict[str, tuple[str, str]] = {}
        """By the OID of a version, the name and code under which it was recorded."""
        self.given: dict[str, bytes] = {}
        """By the OID of a version, what was first given out."""

    @classmethod
    async def begin(cls, world: TenantFixture) -> "Life":
        life = cls(world)
        client, agreement = await signed(world)
        other = await world.client(family_name="Toinen", contact=CONTACT)
        life.client, life.other = client, other
        life.names = {client["id"]: "Entinen", other["id"]: "Toinen"}
        life.codes = {each["id"]: each["identity"]["value"] for each in (client, other)}
        names = {"relationship": agreement["service_relationship_id"], "client": client["id"]}
        entry = FILED["diary-entry"].entry(names) | {"source_id": "d"}
        diary = await world.provider_a.post("/v1/diary-entries", entry)
        assert diary.status_code == 201, diary.text
        await life.recorded(f"/v1/agreements/{agreement['id']}")
        await life.recorded(f"/v1/diary-entries/{diary.json()['id']}")
        return life

    @property
    def root(self) -> Json:
        """Under whom everything is read now."""
        return self.other if self.is_merged else self.client

    async def recorded(self, path: str) -> None:
        """A version that has just been recorded."""
        record = (await self.world.organiser.get(path)).json()
        if path not in self.sets:
            items = (await self.world.organiser.get("/v1/documents?limit=200")).json()["items"]
            self.sets[path] = next(each["set_id"] for each in items if each["resource"]["id"] == record["id"])
        who = self.names[self.root["id"]], self.codes[self.root["id"]]
        self.under[f"{self.sets[path]}.{record['version']}"] = who

    async def rename(self, chance: Random) -> None:
        name = f"Nimi{len(self.story)}"
        await amend(self.world, self.root, family_name=name)
        self.former.add(self.names[self.root["id"]])
        self.names[self.root["id"]] = name

    async def move(self, chance: Random) -> None:
        await amend(self.world, self.root, contact=CONTACT | {"street_address": f"Katu {chance.random()}"})

    async def other_code(self, chance: Random) -> None:
        code = identity_code()
        why = chance.choice([None, "corrected", "protection"])
        identity = {"system": "urn:oid:1.2.246.21", "value": code}
        await amend(self.world, self.root, why=why, identity=identity)
        self.codes[self.root["id"]] = code

    async def protect(self, chance: Random) -> None:
        self.is_protected = not self.is_protected
        await amend(self.world, self.root, turvakielto=self.is_protected)

    async def rename_provider(self, chance: Random) -> None:
        await renamed(self.world, self.world.provider_a.organisation_id, f"Tuottaja {len(self.story)} Oy")

    async def merge_or_part(self, chance: Random) -> None:
        of_client, of_other = {"client": self.client}, {"client": self.other}
        if self.is_merged:
            answer = await unmerge(self.world, of_client)
        else:
            answer = await merge(self.world, of_client, of_other)
        assert answer.status_code == 200, answer.text
        self.former |= {*self.names.values()}
        self.is_merged = not self.is_merged

    async def change_record(self, chance: Random) -> None:
        path = chance.choice([*self.sets])
        now = await self.world.provider_a.get(path)
        text = (
            {"guidance": f"Ohje {len(self.story)}"}
            if "agreements" in path
            else {"description": f"Kuvaus {len(self.story)}"}
        )
        body = plain(now.json()) | text
        answer = await self.world.provider_a.put(path, body, If_Match=now.headers["etag"])
        assert answer.status_code == 200, answer.text
        await self.recorded(path)

    async def read_one(self, chance: Random) -> None:
        world = self.world
        oid = chance.choice([*self.under])
        whole, _, version = oid.rpartition(".")
        path = chance.choice([f"/v1/documents/{oid}", f"/v1/documents/{whole}?version={version}"])
        speaker = chance.choice([world.organiser, world.ehr, world.provider_a])
        if chance.random() < 0.2:
            language = chance.choice(["fi", "sv"])
            page = await read(speaker, path, Accept=XHTML, Accept_Language=language)
            await self.judge(oid, speaker, page.text)
            return
        answer = await read(speaker, path)
        if answer.json().get("extract"):
            assert speaker is world.provider_a
        else:
            assert answer.content == self.given.setdefault(oid, answer.content)
        await self.judge(oid, speaker, answer.text)

    async def judge(self, oid: str, speaker: ApiClient, text: str) -> None:
        """Whoever reads everything reads the name of then; a provider no name but that of today."""
        names = {*self.names.values()} | self.former
        if speaker is not self.world.provider_a:
            assert [each for each in self.under[oid] if each not in text] == []
            return
        today = self.names[self.root["id"]]
        hidden = {CONTACT["phone"], CONTACT["street_address"], "Katu 0"} if self.is_protected else set()
        assert [
            each for each in (names - {today}) | hidden if f">{each}<" in text or f'"{each}"' in text
        ] == []

    async def step(self, chance: Random) -> None:
        await one_of(self, ACTS, chance)
        await after_all(self, self.holds())

    async def holds(self) -> None:
        """What was ever given out is given out equal, and is what its hash is of."""
        world = self.world
        for oid, body in self.given.items():
            assert (await read(world.organiser, f"/v1/documents/{oid}")).content == body, oid
        rows = await world.owner.fetch(
            "select * from frozen_documents where organiser_id = $1", world.organiser_id
        )
        for row in rows:
            place = f"frozen_documents|document|{row['version']}"
            opened = world.app_context.keyring.decrypt(
                row["document"], place, row["organiser_id"], UUID(str(row["record_id"]))
            )
            assert hashlib.sha256(zlib.decompress(opened)).digest() == row["sha256"]

    async def end(self) -> None:
        """Every version, whether or not anybody read it in its time, is told as of its time."""
        for oid, (name, code) in self.under.items():
            answer = await read(self.world.organiser, f"/v1/documents/{oid}")
            assert answer.content == self.given.get(oid, answer.content)
            assert (name in answer.text, code in answer.text) == (True, True), oid
            assert [
                each for each in ({*self.names.values()} | self.former) - {name} if f'"{each}"' in answer.text
            ] == []


ACTS = [
    *(Life.rename, Life.move, Life.other_code, Life.protect, Life.rename_provider, Life.merge_or_part),
    *[Life.change_record] * 3,
    *[Life.read_one] * 6,
]


async def test_what_was_given_out_is_what_it_was_after_every_step(
    app: FastAPI, app_context: AppContext, owner: asyncpg.Connection
) -> None:
    async def begin() -> Life:
        return await Life.begin(await make_world(app, app_context, owner))

    await walks(begin, lives=examples(6, long=100), steps=examples(20, long=60))
