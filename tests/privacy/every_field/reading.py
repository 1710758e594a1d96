"""What an identity finds: every operation of the contract that reads, on every id of the story, in every form that it has."""

import csv
import io
import itertools
import re
import time
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from pydantic_core import from_json
from tests.adapters.ehr.conflicting import conflict
from tests.conftest import HELD, ApiClient, TenantFixture
from tests.http_behaviour.scene import OPERATIONS, Operation
from tests.privacy.every_field.filling import TOKEN, named
from tests.privacy.every_field.page import WITH_CLIENTS
from tests.privacy.every_field.recording import joined, system
from tests.privacy.every_field.story import INSTRUCTOR, Story

from walmu_api.access.import_jobs.running import Runner
from walmu_api.access.scopes import ROLES
from walmu_api.worker import deferrable_routes

READS = [operation for operation in OPERATIONS if operation.method == "GET"]
INCLUDING = "&include=client"
ANNEX = frozenset(operation.name for operation in READS if "/workplace-agreements" in operation.path)
"""What is told to a person."""


@dataclass(frozen=True)
class Identity:
    """Who asks: a connected system, and the person it names."""

    name: str
    speaker: ApiClient
    person: dict[str, str] | None = None
    most: int | None = None
    """So many ids of each operation: of another organiser, or as the organiser; the matrix meets them on every object."""
    only: frozenset[str] = frozenset()
    """The operations in which it differs from another identity."""

    def headers(self, world: TenantFixture) -> dict[str, str]:
        if self.person is None:
            return {}
        scopes: list[str] = sorted(ROLES["workplace"])
        token = world.app_context.tokens.issue(
            self.speaker.client_id, HELD, scopes, self.person, now=time.time()
        )
        return {"Authorization": f"Bearer {token}"}


@dataclass
class Found:
    """The marks that an identity found, and by which ways."""

    ways: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    answered: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """By operation: the states of its answers."""

    def add(self, way: str, answer: httpx.Response) -> None:
        self.answered[way].add(answer.status_code)
        for mark in marks_in(answer):
            self.ways[mark].add(way)


async def identities(story: Story, elsewhere: TenantFixture) -> list[Identity]:
    """Everybody who can ask: of this organiser, and of another one."""
    world = story.world
    of_roles = {
        "organiser": world.organiser,
        "record system": world.ehr,
        "provider A": world.provider_a,
        "provider B": world.provider_b,
        "provider C": story.speakers["provider C"],
        "workplace": world.workplace,
        "auditor": world.auditor,
        "foreign organiser": elsewhere.organiser,
        "foreign provider": elsewhere.provider_a,
        "foreign workplace": elsewhere.workplace,
    }
    few = {name: 2 for name in of_roles if "foreign" in name} | {"record system": 1}
    created = [Identity(name, each, most=few.get(name)) for name, each in of_roles.items()]
    created.append(Identity("instructor", world.workplace, INSTRUCTOR))
    created.append(
        Identity(
            "somebody at the workplace", world.workplace, {"sub": "other-2", "name": "Muu Joku"}, only=ANNEX
        )
    )
    created.append(Identity("operator", await system(world, world.organiser.organisation_id, "operator")))
    created.append(Identity("another workplace", await joined(world, "workplace")))
    return created


def urls(operation: Operation, story: Story) -> Iterator[str]:
    """The operation on each id that the story has for it."""
    names = re.findall(r"{(\w+)}", operation.path)
    if "version" in names:
        for id_ in story.ids[names[0]] if names[0] != "form" else ["uniform"]:
            for version in range(1, story.versions.get(id_, 1) + 1):
                yield operation.path.format_map({names[0]: id_, "version": version})
        return
    known: dict[str, Any] = {"name": ["absence_reason"], "code": ["kq_own"], "form": ["uniform", "kq_form"]}
    known |= {"instrument_code": ["kykyviisari", "gas", "own_kq"], **story.ids}
    if "date" in names:
        known["agreement_id"] = story.ids["agreement_id"][:1]
    known["provider_id"] = [str(story.world.provider_a.organisation_id)]
    assert known.keys() >= set(names), f"the story has no {names} for {operation.name}"
    for values in itertools.product(*(known[name] for name in names)):
        url = operation.path.format_map(dict(zip(names, values, strict=True)))
        yield from (f"{url}{query}" for query in queries(operation, story))


def queries(operation: Operation, story: Story) -> list[str]:
    """What it is asked for: the whole, in pages as long as they come."""
    parameters = {each["name"] for each in operation.parameters("query")}
    now = story.world.app_context.clock.now() + timedelta(minutes=1)
    known = {
        "listMissingAttendance": [f"?on={story.filler.day(10)}"],
        "prefillAssessment": [
            *(f"?agreement_id={id_}&form=workplace_short" for id_ in story.ids["agreement_id"]),
            *(f"?service_relationship_id={id_}&form=uniform" for id_ in story.ids["relationship_id"]),
        ],
        "getMeasurementChanges": ["?instrument=kykyviisari", "?instrument=gas"],
        "drawMeasurementChanges": ["?instrument=kykyviisari"],
        "listChanges": ["?limit=1000"],
        "getImpact": ["", "?by=provider"],
    }
    plain = known.get(operation.name, ["?limit=200"] if "limit" in parameters else [""])
    if "include" in parameters:
        return [*plain, *(f"{query}{INCLUDING}" for query in plain)]
    if operation.name not in known and "known_at" in parameters:
        return ["", f"?known_at={now:%Y-%m-%dT%H:%M:%SZ}"]
    return plain


def media(operation: Operation) -> list[str]:
    return [*operation.definition["responses"]["200"].get("content", {"*/*": None})]


async def read(identity: Identity, story: Story, only: Collection[str] = ()) -> Found:
    """Everything that this identity is told, by every operation, or by these."""
    found, headers = Found(), identity.headers(story.world)
    for operation in READS:
        if (only and operation.name not in only) or (identity.only and operation.name not in identity.only):
            continue
        for url in itertools.islice(urls(operation, story), identity.most):
            problem = await _read_in_each_form(identity, operation, url, found, headers)
            if problem == "forbidden" or not operation.definition["security"]:
                break
    await search(identity, story, found, headers)
    return found


async def _read_in_each_form(
    identity: Identity, operation: Operation, url: str, found: Found, headers: dict[str, str]
) -> str:
    """As JSON, as a page, as a file; the code of the problem, if it is one in the first."""
    forms = media(operation)[:1] if identity.name == "organiser" else media(operation)
    for accept in forms:
        if problem := await _read_on(identity, operation, url, found, Accept=accept, **headers):
            return problem
    return ""


async def _read_on(identity: Identity, operation: Operation, url: str, found: Found, **headers: str) -> str:
    """Page after page; the code of the problem where there is one."""
    following: str | None = url
    while following is not None:
        answer = await identity.speaker.get(following, **headers)
        found.add(operation.name + (WITH_CLIENTS if INCLUDING in url else ""), answer)
        following = following_of(operation, answer)
    return str(answer.json()["code"]) if answer.status_code >= 400 else ""


async def search(identity: Identity, story: Story, found: Found, headers: dict[str, str]) -> None:
    """By the client's identity code; the code itself, that was sent, counts for nothing."""
    answer = await identity.speaker.post(
        "/v1/client-searches", {"identity": story.sent_as("client")["identity"]}, **headers
    )
    found.add("searchClients", answer)


def following_of(operation: Operation, answer: httpx.Response) -> str | None:
    if answer.status_code != 200 or answer.headers["content-type"] != "application/json":
        return None
    data = answer.json()
    if not isinstance(data, dict) or data.get("more") is False:
        return None
    return data.get("next")


def marks_in(answer: httpx.Response) -> set[str]:
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if kind.endswith("json"):
        return set(_of_value(from_json(answer.content)))
    if kind == "text/csv":
        return set(_of_value([*csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";")]))
    if kind.endswith("sheet"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
            text = "\n".join(file.read(name).decode() for name in file.namelist() if name.startswith("xl/"))
        return {mark.lower() for mark in TOKEN.findall(text)}
    return {mark.lower() for mark in TOKEN.findall(answer.text)}


def _of_value(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _of_value(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _of_value(inner, name)
    elif value is not None:
        tokens = TOKEN.findall(value) if isinstance(value, str) else []
        yield from (token.lower() for token in tokens)
        if not tokens:
            yield named(name, value)


async def collect(story: Story) -> None:
    """The ids that come of themselves: of documents, and of disclosures, of which there are none before somebody read."""
    await story.world.workplace.get("/v1/workplace-agreements")
    client = story.made["client"]["id"]
    for path, name, id_ in (
        ("documents", "document_id", "document_id"),
        ("disclosures", "disclosure_id", "id"),
    ):
        items = await story.world.pages(story.world.organiser, f"/v1/{path}?client_id={client}&limit=200")
        story.ids[name] = sorted({item[id_] for item in items})
    batch = {
        "items": [{"agreement_id": story.ids["agreement_id"][0], "date": "2026-01-01", "status": "present"}]
    }
    path = "/v1/attendance-batches?dry_run=true"
    accepted = await story.world.workplace.post(path, batch, Prefer="respond-async")
    await Runner(story.world.app_context, deferrable_routes()).look()
    story.ids["job_id"] = [accepted.json()["id"]]
    if "conflict_id" not in story.ids:
        decision = story.ids["decision_id"][0]
        story.ids["conflict_id"] = [await conflict(story.world.owner, story.world.organiser_id, decision)]
    for item in (await story.world.feed(story.world.organiser, "/v1/changes?limit=1000"))[0]:
        story.versions[item["resource_id"]] = max(item["version"], story.versions.get(item["resource_id"], 1))
