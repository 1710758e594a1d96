"""The authorization matrix: every operation × everybody who may call × every relation to the object, as `rules.py` says.

What one may not see is answered exactly as what does not exist, changes nothing, is in no log and tells nothing."""

import csv
import io
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI
from httpx import Response
from tests.conftest import HELD, KEYS, ApiClient, TenantFixture, _speaker, forward, make_world
from tests.privacy import rules
from tests.privacy.rules import IDENTITIES, OPERATIONS, SEEN, Operation, sees
from tests.privacy.stage import Objects, Request, requests, set_the_stage

from walmu_api.access.guard import AppContext
from walmu_api.access.scopes import ROLES
from walmu_api.access.tokens import Tokens
from walmu_api.foundation.migrating import plain_url
from walmu_dev.founding import add_system

BEYOND = "ended, beyond the time of grace"
PARTY_RELATIONS = {"served by provider A", "of another organiser", "not existing"}
TABLES = (
    "journal",
    "use_log",
    "idempotency_keys",
    "client_access",
    "disclosures",
    "organisations",
    "units",
    "connected_systems",
    "clients",
    "service_relationships",
    "decisions",
    "agreements",
    "attendance",
    "justifications",
    "code_systems",
    "codes",
    "documents",
    "measurements",
    "instruments",
    "impact_limits",
)
STATE = " union all ".join(
    f"select '{table}', count(*), {'sum(version)' if TABLES.index(table) > 4 else '0'} from {table} where organiser_id = any($1)"
    for table in TABLES
)


State = dict[str, tuple[int, int]]
"""Of each table, how many rows there are of both organisers and the sum of their versions."""


@dataclass
class Matrix:
    world: TenantFixture
    elsewhere: TenantFixture
    stage: dict[str, Objects]
    operator: ApiClient
    counted_at: str = ""
    counted: State = field(default_factory=dict)

    def speaker(self, identity: str) -> ApiClient:
        ours, theirs = self.world, self.elsewhere
        known = {
            "provider B": ours.provider_b,
            "workplace": ours.workplace,
            "organiser": ours.organiser,
            "record system": ours.ehr,
            "auditor": ours.auditor,
            "operator": self.operator,
            "foreign organiser": theirs.organiser,
            "foreign provider": theirs.provider_a,
        }
        return known.get(identity, ours.provider_a)

    def token(self, identity: str, operation: str) -> dict[str, str]:
        """The Authorization header where it is not the speaker's own."""
        app_context, client = self.world.app_context, self.world.provider_a.client_id
        right = (
            "organisations:read"
            if operation in {"listCodeSystems", "getCodeSystem", "getCode"}
            else "codes:read"
        )
        own = sorted(self.world.app_context.registry._known[client, HELD][1].scopes)  # type: ignore[union-attr]
        match identity:
            case "without a token":
                return {"Authorization": ""}
            case "with an expired token":
                token = app_context.tokens.issue(client, HELD, own, None, now=time.time() - 400)
            case "with a token for another service":
                token = Tokens("http://other.test", app_context.keyring.signing).issue(
                    client, HELD, own, None, now=time.time()
                )
            case "with a token without the right":
                token = app_context.tokens.issue(client, HELD, [right], None, now=time.time())
            case "workplace":
                speaker, person = self.world.workplace, {"sub": "u-1", "name": "Aino Korhonen"}
                scopes: list[str] = sorted(ROLES["workplace"])
                token = app_context.tokens.issue(speaker.client_id, HELD, scopes, person, now=time.time())
            case _:
                return {}
        return {"Authorization": f"Bearer {token}"}

    async def state(self) -> State:
        """Counted again only if some transaction has written since: one that writes takes a number."""
        numbers = await self.world.owner.fetchval("select pg_snapshot_xmax(pg_current_snapshot())::text")
        if numbers != self.counted_at:
            both = [self.world.organiser_id, self.elsewhere.organiser_id]
            self.counted = {row[0]: (row[1], row[2]) for row in await self.world.owner.fetch(STATE, both)}
            self.counted_at = numbers
        return self.counted


@pytest.fixture(scope="module")
async def matrix(app: FastAPI, app_context: AppContext, owner_url: str) -> AsyncIterator[Matrix]:
    owner = await asyncpg.connect(plain_url(owner_url))
    world, elsewhere = await make_world(app, app_context, owner), await make_world(app, app_context, owner)
    client_id = f"operator-{world.organiser.client_id}"
    organisation = world.organiser.organisation_id
    system = await add_system(owner, world.organiser_id, organisation, client_id, "x", "operator", KEYS)
    operator = _speaker(app, app_context, client_id, system, organisation, "operator")
    await world.provider_a.get("/v1/whoami")
    yield Matrix(world, elsewhere, await set_the_stage(world, elsewhere), operator)
    for speaker in (*world.speakers, *elsewhere.speakers, operator):
        await speaker.close()
    await owner.close()


@contextmanager
def at_its_time(matrix: Matrix, relation: str) -> Iterator[None]:
    if relation != BEYOND:
        yield
        return
    clock = matrix.world.app_context.clock
    forward(clock, days=90)
    try:
        yield
    finally:
        forward(clock)


def test_every_operation_is_in_the_table(app: FastAPI) -> None:
    named = {op["operationId"] for item in app.state.described()["paths"].values() for op in item.values()}
    assert named == set(OPERATIONS)


def test_there_are_two_thousand_cells() -> None:
    assert sum(len(relations_of(OPERATIONS[name])) for name in OPERATIONS) * len(IDENTITIES) >= 2000


def relations_of(operation: Operation) -> list[str]:
    if operation.about == "nothing":
        return ["not existing"]
    return [
        relation
        for relation in SEEN
        if operation.about not in {"party", "unit", "system"} or relation in PARTY_RELATIONS
    ]


def same(answer: Response) -> tuple[Any, ...]:
    """What must not differ between what is foreign and what is not there: everything but the id of the request."""
    data = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    data.pop("instance", None)
    return (
        answer.status_code,
        data,
        {k: v for k, v in answer.headers.items() if k not in {"x-request-id", "ratelimit"}},
    )


@pytest.mark.parametrize("identity", IDENTITIES)
async def test_every_cell_is_as_the_table_says(matrix: Matrix, identity: str) -> None:
    wrong: list[str] = []
    before, asked = await matrix.state(), dict[str, dict[str, Request]]()
    for name, operation in OPERATIONS.items():
        like_nothing: tuple[Any, ...] | None = None
        for relation in sorted(relations_of(operation), key=lambda each: each != "not existing"):
            with at_its_time(matrix, relation):
                if relation not in asked:
                    asked[relation] = requests(matrix.stage[relation], matrix.world.today)
                cell = await Cell.run(matrix, identity, name, relation, asked[relation][name], before)
            before = cell.after
            found = cell.validate()
            if relation == "not existing":
                like_nothing = same(cell.answer)
            elif (
                cell.is_denied
                and same(cell.answer) != like_nothing
                and operation.answers not in {"feed", "public"}
            ):
                found += ["is not answered as what does not exist"]
            wrong += [f"{name} × {relation}: {each} ({cell.answer.status_code})" for each in found]
    assert not wrong, "\n".join(wrong)


@dataclass
class Cell:
    """One operation by one caller on one object: what came of it, and what the table says of it."""

    identity: str
    name: str
    relation: str
    objects: Objects
    request: Request
    answer: Response
    before: State
    after: State
    own_organisations: set[str]

    @classmethod
    async def run(
        cls, matrix: Matrix, identity: str, name: str, relation: str, request: Request, before: State
    ) -> "Cell":
        objects = matrix.stage[relation]
        method, path, body, headers = request
        headers = headers | matrix.token(identity, name)
        answer = await matrix.speaker(identity)(method, path, body, **headers)
        after = await matrix.state()
        world = matrix.elsewhere if identity.startswith("foreign") else matrix.world
        own = {str(speaker.organisation_id) for speaker in world.speakers}
        return cls(identity, name, relation, objects, request, answer, before, after, own)

    @property
    def changed(self) -> set[str]:
        """The tables that are not as the cell before left them."""
        return {table for table in self.after if self.after[table] != self.before[table]}

    @property
    def rule(self) -> Operation:
        return OPERATIONS[self.name]

    @property
    def refused_at_the_door(self) -> tuple[int, str] | None:
        """401 or 403, where the table says so."""
        if self.rule.answers == "public":
            return None
        if self.identity in {"without a token", "with an expired token", "with a token for another service"}:
            return 401, "invalid-token"
        role = IDENTITIES[self.identity]
        if role is None:
            return None if self.name in rules.NEEDS_NO_RIGHT else (403, "forbidden")
        return None if role in self.rule.who else (403, "forbidden")

    @property
    def is_seen(self) -> bool:
        return self.rule.answers in {"free", "public"} or sees(self.relation, self.identity, self.rule.about)

    @property
    def items(self) -> list[dict[str, Any]]:
        """Those of a list; of a file, its rows with the agreement's id as a list would have it."""
        if self.answer.headers["content-type"].startswith("text/csv"):
            rows = csv.DictReader(io.StringIO(self.answer.content.decode("utf-8-sig")), delimiter=";")
            return [row | {"agreement_id": row["Agreement (id)"]} for row in rows]
        found: list[dict[str, Any]] = self.answer.json().get("items", [])
        return found

    @property
    def is_denied(self) -> bool:
        return self.refused_at_the_door is not None or (
            not self.is_seen and (self.rule.answers != "list" or not self.items)
        )

    def validate(self) -> list[str]:
        """What is not as the table says."""
        door = self.refused_at_the_door
        if door is not None:
            found = (
                [] if (self.answer.status_code, self.answer.json()["code"]) == door else [f"expected {door}"]
            )
        else:
            found = getattr(self, f"_judge_{self.rule.answers}")()
        if self.is_denied and self.rule.answers != "feed":
            allowed = {"use_log"} if self.name in rules.LOGS_ALSO_NOTHING and door is None else set()
            found += [f"changed {self.changed}"] if self.changed - allowed else []
        if self.answer.headers.get("x-content-type-options") != "nosniff":
            found.append("may be taken for something else")
        caching = self.answer.headers.get_list("cache-control")
        if caching != ["no-store"] and self.rule.answers != "public" and self._may_hold_client_data:
            found.append("may be kept by a cache")
        if self.rule.answers != "public" and caching not in (["no-store"], ["no-cache"]):
            found.append("may be kept unasked")
        return found + self._leaks()

    @property
    def _may_hold_client_data(self) -> bool:
        """What is about no client may be kept, if it is asked for anew; a refusal never."""
        about_nobody = self.rule.answers == "free" or self.rule.about == "party"
        return self.answer.status_code >= 400 or not about_nobody or self.name == "createClient"

    def _leaks(self) -> list[str]:
        """Words of the object that are in an answer that may not hold them."""
        data = self.answer.text + str(self.answer.headers)
        hidden: list[str] = []
        if not self.is_seen or self.refused_at_the_door is not None:
            seen = SEEN[self.relation].get(self.identity, rules.NOT_THERE)
            asked = self.request[1] + str(self.request[2])
            if self.rule.answers != "feed" and not (
                self.rule.about == "log" and self.answer.status_code == 200
            ):
                hidden = [each for each in self.objects.secrets if each not in asked] if not seen else []
        if self.relation == "under turvakielto" and self.identity not in rules.HAS_CONTACTS:
            may_call = self.identity == "provider A" and self.name in rules.CLIENT_RECORD
            hidden += [
                each for each in self.objects.contacts if not (may_call and each == self.objects.phone)
            ]
        return [f"tells {each}" for each in hidden if each in data]

    def _judge_public(self) -> list[str]:
        return [] if self.answer.status_code in {200, 400} else ["is public"]

    def _judge_free(self) -> list[str]:
        # other cells add clients by the way: what would tell of these few is refused (ADR 43)
        if self.name == "getImpact" and self.answer.json().get("code") == "impact-would-disclose":
            return []
        return [] if self.answer.status_code in {200, 201} else ["is for everybody with the right"]

    @property
    def _only_reads(self) -> bool:
        """Another organisation recorded it. The record system speaks for the organiser."""
        recorded_by, role = rules.CHANGED_BY.get(self.name), IDENTITIES[self.identity]
        return recorded_by is not None and recorded_by != {"ehr": "organiser"}.get(role or "", role)

    def _judge_one(self) -> list[str]:
        if not self.is_seen:
            data = (self.answer.status_code, self.answer.json().get("code"))
            return [] if data == (404, "not-found") else ["expected 404"]
        if self._only_reads:
            data = (self.answer.status_code, self.answer.json().get("code"))
            return [] if data == (403, "not-yours-to-change") else ["expected to be refused as a reader"]
        read = (
            {200, 409} if self.name.endswith("Document") else {200}
        )  # 409: the record lacks what its structure wants
        expected = read if self.request[0] == "GET" else {200, 201, 409, 412, 428}
        if self.relation == "undecided" and self.name == "recordAttendance":
            expected = {422}  # it is seen, and not signed
        return [] if self.answer.status_code in expected else [f"expected one of {expected}"]

    def _judge_list(self) -> list[str]:
        if self.answer.status_code != 200:
            return ["expected a list"]
        items = self.items
        if self.rule.about == "log":
            foreign = {item["organisation_id"] for item in items} - self.own_organisations
            return [f"shows the use by {foreign}"] if foreign else []
        ids = self.objects.ids | {"party": "", "system": "", "unreported": self.objects.agreement["id"]}
        wanted = ids[self.rule.about] or self._party()
        key = "agreement_id" if self.rule.about == "unreported" else "id"
        there = wanted in {item.get(key, item.get("client_id")) for item in items}
        return [] if there == self.is_seen else [f"expected {'an item' if self.is_seen else 'no item'}"]

    def _party(self) -> str:
        kind = {"listUnits": "unit", "listConnectedSystems": "system"}.get(self.name, "organisation")
        found = self.objects.parties[kind]
        return str(found["id"] if kind == "system" else found)

    def _judge_refers(self) -> list[str]:
        if self.is_seen:
            return [] if self.answer.status_code in {200, 201} else ["expected success"]
        data = self.answer.json()
        codes = {error["code"] for error in data.get("errors", [])}
        return [] if (self.answer.status_code, codes) == (422, {"unknown-reference"}) else ["expected 422"]

    def _judge_batch(self) -> list[str]:
        if self.answer.status_code != 200:
            return ["expected outcomes"]
        unknown = bool(
            {"unknown-agreement", "unknown-client"}
            & {cause["code"] for cause in self.answer.json()["causes"]}
        )
        return [] if unknown != self.is_seen else [f"expected it {'known' if self.is_seen else 'unknown'}"]

    def _judge_feed(self) -> list[str]:
        if self.answer.status_code != 200:
            return ["expected a feed"]
        data: dict[str, list[dict[str, Any]]] = {}
        for item in self.answer.json()["items"]:
            data.setdefault(item["resource_id"], []).append(item)
        seen = SEEN[self.relation].get(self.identity, rules.NOT_THERE) - rules.LACKS.get(
            self.relation, rules.NOT_THERE
        )
        if self.relation == "not existing":
            seen = rules.NOT_THERE
        return [
            f"{what}: {found}"
            for what, id_ in self.objects.ids.items()
            if what not in {"annex", "conflict"}  # the agreement's lines are its own, and a held one has one
            for found in _feed(data.get(id_, []), what, what in seen)
        ]


def _feed(items: list[dict[str, Any]], what: str, seen: bool) -> list[str]:
    """That access has ended is told, without the record; of what is not seen nothing else is."""
    if seen:
        return [] if items else ["expected in the feed"]
    rest = [item["change"] for item in items if item["change"] != "access-ended" or "record" in item]
    return [f"in the feed: {rest}"] if rest and (what, items) else []
