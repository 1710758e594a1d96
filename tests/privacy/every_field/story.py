"""The story as it is told so far: what was sent, how it was answered, and the ids that came of it."""

import secrets
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx
from tests.conftest import HELD, ApiClient, TenantFixture
from tests.privacy.every_field.filling import Filler, Member, mark_of, scalars

from walmu_api.access.scopes import ROLES

PERSONAL = "urn:oid:1.2.246.21"


def coded(code_set: str, code: str) -> dict[str, str]:
    """A code of this national set; its label is written anew in each place (`Filler.fresh`)."""
    return {"system": f"urn:oid:1.2.246.537.{code_set}", "code": code, "display": "x"}


DISABILITY, WORKING_AGE = coded("6.1221", "20"), coded("6.1221", "30")
SERVICE, REHABILITATION = coded("6.1222", "55"), coded("6.1222", "33")
CASE_NAME, CASE_STATE = coded("6.1265", "1"), coded("6.1501", "1")
OFFICE = coded("6.202", "1.2.246.10.12345671.10.1")
BY_HAND, GUARDIAN = coded("5.40161", "2"), coded("6.1284", "32")
ACTING = {
    "provider A": ("provider", {"sub": "kq-coach", "name": "Kq9080z"}),
    "workplace": ("workplace", {"sub": "kq-baker", "name": "Kq9081z"}),
}
"""Who acts in the systems that name a person."""
INSTRUCTOR = {"sub": "instructor-1", "name": "Kaino Ohjaaja"}
REFERENCES = ("client_source_id", "service_relationship_source_id", "agreement_source_id", "case_source_id")
"""A record of one's own, by the sender's own id."""
NAMED = (*REFERENCES, "client_id", "case_id", "agreement_id")


@dataclass
class Sent:
    """One request of the story, as it can be sent again."""

    who: str
    method: str
    path: str
    body: Any
    headers: dict[str, str]
    answer: httpx.Response


@dataclass
class Story:
    world: TenantFixture
    filler: Filler
    speakers: dict[str, ApiClient]
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By the name that the paths of the contract have for them."""
    versions: dict[str, int] = field(default_factory=dict)
    """By id: how many versions there are."""
    sent: list[Sent] = field(default_factory=list)
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By the name of the record: how it was answered."""
    bodies: dict[str, Any] = field(default_factory=dict)

    async def say(self, who: str, method: str, path: str, body: Any, **headers: str) -> dict[str, Any]:
        headers |= {"Idempotency_Key": secrets.token_hex(8)} if method == "POST" else {}
        if method == "PUT" and "If_Match" not in headers:
            now = await self.speakers[who].get(path)
            headers |= {"If_Match": now.headers["etag"]} if "etag" in now.headers else {}
        answer = await self.speakers[who](method, path, body, **headers, **self.acting(who))
        assert answer.status_code in {200, 201}, f"{who} {method} {path}: {refusal_of(answer)}"
        self.sent.append(Sent(who, method, path, body, headers, answer))
        data: dict[str, Any] = answer.json()
        return data

    def acting(self, who: str) -> dict[str, str]:
        """The token in which a person acts, where the system names one."""
        if who not in ACTING:
            return {}
        role, person = ACTING[who]
        scopes: list[str] = sorted(ROLES[role])
        issue, now = self.world.app_context.tokens.issue, time.time()
        return {
            "Authorization": f"Bearer {issue(self.speakers[who].client_id, HELD, scopes, person, now=now)}"
        }

    async def record(
        self, who: str, name: str, path: str, schema: str, id_: str | None = None, /, **given: Any
    ) -> dict[str, Any]:
        """A record with this name in the page, filled; `__` in a name of `given` stands for a step down. `method` is
        POST unless it is said, `headers` are sent along, and `without` names the paths that are left out."""
        method, without = given.pop("method", "POST"), given.pop("without", ())
        headers = given.pop("headers", {})
        by_path = {path_of(name): self.filler.fresh(value) for name, value in given.items()}
        body = self.filler.body(schema, name, by_path, without)
        data = await self.say(who, method, path, body, **headers)
        self.made[name], self.bodies[name] = data, body
        if id_ is not None:
            self.ids[id_].append(data["id"])
        return data

    def sent_as(self, name: str) -> dict[str, Any]:
        """The body with which this record was made."""
        body: dict[str, Any] = self.bodies[name]
        return body

    async def put_otherwise(self, who: str, name: str, path: str, member: str) -> None:
        """Another word for one member; the old one is from then on that of the draft."""
        body = self.bodies[name]
        old, body[member] = body[member], f"Kq{self.filler.next():04}z"
        self.filler.of_mark[old.lower()] = {Member(f"{name} as drafted", member)}
        self.name(name, **{member: body[member]})
        await self.say(who, "PUT", path, body)

    def name(self, record: str, **marks: Any) -> None:
        """Values of this record that no request names."""
        for path, value in scalars(marks):
            self.filler.of_mark[mark_of(path, value)].add(Member(record, path))


def refusal_of(answer: httpx.Response) -> str:
    """Why a request was refused, in short."""
    wrong = answer.json().get("errors", [])
    return f"{answer.status_code} " + ("; ".join(f"{e['pointer']} {e['code']}" for e in wrong) or answer.text)


def path_of(name: str) -> str:
    return name.replace("__", ".")
