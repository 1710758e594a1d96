"""Every operation of the contract, ready to be called: with its example, real ids, and somebody who has the right.

Spoken to as ASGI, without a client between: clients refuse to send half of what these tests send."""

import asyncio
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote_to_bytes
from uuid import UUID

import pytest
from fastapi import FastAPI
from tests.access.assertions import NewKey, with_keys
from tests.adapters.ehr.conflicting import conflict
from tests.conftest import ApiClient, TenantFixture
from tests.record.case_file.documents.samples import FILED

from walmu_api.access.scopes import ROLES
from walmu_api.contract_file import described
from walmu_api.foundation.schema_types import EXAMPLE_ID

JSON = "application/json"
MULTIPART = "multipart/form-data"
BOUNDARY = "the-boundary"
DOCUMENT = described()


@dataclass(frozen=True)
class Operation:
    path: str
    method: str
    definition: dict[str, Any] = field(hash=False)

    @property
    def name(self) -> str:
        return str(self.definition["operationId"])

    @property
    def scopes(self) -> set[str]:
        return {scope for need in self.definition["security"] for scope in need["token"]}

    @property
    def body(self) -> dict[str, Any] | None:
        """How the JSON body is documented: schema and example."""
        media: dict[str, Any] | None = self.definition.get("requestBody", {}).get("content", {}).get(JSON)
        return media

    @property
    def form(self) -> dict[str, Any] | None:
        """How a body in parts is documented: schema and example."""
        media: dict[str, Any] | None = (
            self.definition.get("requestBody", {}).get("content", {}).get(MULTIPART)
        )
        return media

    def parameters(self, where: str) -> Iterator[dict[str, Any]]:
        yield from (parameter for parameter in self.definition["parameters"] if parameter["in"] == where)


OPERATIONS = [
    Operation(path, method.upper(), definition)
    for path, item in DOCUMENT["paths"].items()
    for method, definition in item.items()
]
"""All that the contract names."""
GUARDED = [operation for operation in OPERATIONS if operation.definition["security"]]


@dataclass
class Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)

    def header(self, name: str) -> str:
        return dict(self.headers).get(name.encode(), b"").decode("latin-1")

    @property
    def code(self) -> str:
        """The code of a problem document, and nothing else is an answer above 399."""
        assert self.header("content-type") == "application/problem+json", self
        data = self.json()
        assert data["status"] == self.status
        return str(data["code"])


async def call(
    app: FastAPI,
    method: str,
    target: str,
    body: bytes | list[bytes] = b"",
    headers: list[tuple[bytes, bytes]] | None = None,
) -> Answer:
    """One request, as the server would hand it over. `target` is the path as sent, with its query."""
    raw_path, _, query = target.partition("?")
    chunks = [body] if isinstance(body, bytes) else list(body)
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": unquote_to_bytes(raw_path).decode("utf-8", "replace"),
        "raw_path": raw_path.encode(),
        "query_string": query.encode(),
        "headers": headers or [],
        "root_path": "",
        "scheme": "http",
        "server": ("walmu.test", 80),
        "client": None,
        "http_version": "1.1",
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not chunks:
            await asyncio.Event().wait()  # nobody hangs up
        chunk = chunks.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], sent[0]["headers"], content)


_UNIT = {"system": "urn:oid:1.2.246.537.6.202", "code": "1.2.246.10.12345671.10.1", "display": "Yksikkö"}
_SIGNED = {"system": "urn:oid:1.2.246.537.5.40161", "code": "1", "display": "Sähköisesti"}
SIGNATORY = {"party": "client", "name": "Testi Esimerkki", "type": _SIGNED}
_PERSON = {"family_name": "Vastaava", "given_names": "Veera"}
WHOLE_CLIENT: dict[str, Any] = {
    "client_relationship_identifier": {"value": "A-1"},
    "client_relationship": {"starts_on": "2026-01-01"},
    "operating_unit": _UNIT,
    "organiser_units": [{"unit": _UNIT, "starts_on": "2026-01-01"}],
    "date_of_birth": "1990-01-01",
}
WHOLE_AGREEMENT: dict[str, Any] = {"responsible_worker": _PERSON, "author": _PERSON}
WHOLE_DECISION: dict[str, Any] = {
    "service": {
        "system": "urn:oid:1.2.246.537.6.1222",
        "code": "55",
        "display": "Vammaisten henkilöiden työtoiminta",
    },
    "reasons": "Palvelu myönnetään.",
    "signature": {"type": _SIGNED},
    "informants": [
        _PERSON
        | {
            "phone": "+358 50 000 0000",
            "postal_address": {
                "street_address": "Puutie 1",
                "postal_code": "00000",
                "post_office": "Esimerkkilä",
            },
        }
    ],
}
"""What their national documents require."""


class Scene:
    """One organiser with a care path up to a justified absence, and every operation as a call that works."""

    def __init__(self, world: TenantFixture) -> None:
        self.world = world
        self.ids: dict[str, str] = {}
        self.apart: dict[str, dict[str, str]] = {}
        """By operation: what it is called on where the calls of others stop working after it."""

    async def set(self) -> "Scene":
        world = self.world
        client = await world.client(**WHOLE_CLIENT)
        relationship = await world.relationship(client["id"])
        decision = await world.decision(relationship, **WHOLE_DECISION)
        agreement = await world.agreement(relationship, decision, sign=False, **WHOLE_AGREEMENT)
        signing = {"signed_on": world.day(120), "signatories": [SIGNATORY]}
        signed = await world.provider_a.post(f"/v1/agreements/{agreement['id']}/sign", signing)
        assert signed.status_code == 200, signed.text
        day = world.day(20)
        path = f"/v1/agreements/{agreement['id']}/attendance/{day}"
        recorded = await world.provider_a.put(path, {"status": "absent", "absence_reason": "own_illness"})
        why = {"reason": "own_illness", "given_by": "client", "given_on": day}
        justified = await world.provider_a.put(f"{path}/justification", why)
        measured = await world.measurement(relationship, author=_PERSON)
        await world.organiser.put("/v1/code-systems/absence_reason/codes/funeral", {"fi": "Hautajaiset"})
        unit = {
            "organisation_id": str(world.provider_a.organisation_id),
            "name": "Kotola",
            "source_id": "unit-1",
        }
        self.ids = {
            "client_id": client["id"],
            "relationship_id": relationship["id"],
            "service_relationship_id": relationship["id"],
            "decision_id": str(decision),
            "agreement_id": agreement["id"],
            "date": day,
            "attendance_id": recorded.json()["id"],
            "justification_id": justified.json()["id"],
            "name": "absence_reason",
            "code": "funeral",
            "system_id": str(world.provider_b.system_id),
            "organisation_id": str(world.provider_a.organisation_id),
            "workplace_ids": str(world.workplace.organisation_id),
            "provider_id": str(world.provider_a.organisation_id),
            "by": str(world.provider_b.organisation_id),
            "measurement_id": measured["id"],
            "conflict_id": await conflict(world.owner, world.organiser_id, decision),
            "instrument_code": "kykyviisari",
            "unit_id": (await world.organiser.post("/v1/units", unit)).json()["id"],
        }
        one, two = [(await world.client())["id"] for _ in range(2)]
        self.ids |= {"into": two, "from": two}
        merged = (await world.client())["id"]
        act = {"into": two, "into_version": 1, "reason": "x"}
        await world.organiser.post(f"/v1/clients/{merged}/merge", act, If_Match='"1"')
        self.apart |= {"mergeClient": {"client_id": one}, "unmergeClient": {"client_id": merged}}
        self.apart["giveJustification"] = {"agreement_id": await self._lasting(day)}
        for kind, of in FILED.items():
            by = {"organiser": world.organiser, "provider": world.provider_a, "workplace": world.workplace}[
                of.by
            ]
            names = {"client": client["id"], "relationship": relationship["id"], "agreement": agreement["id"]}
            response = await by.post(f"/v1/{of.collection}", of.entry(names) | {"source_id": f"{kind}-1"})
            self.ids[f"{kind.replace('-', '_')}_id"] = response.json()["id"]
        self.ids |= await self._data(client["id"], relationship, decision) | {
            "version": "1",
            "form": "uniform",
        }
        form = next(
            self.example(operation) for operation in OPERATIONS if operation.name == "putAssessmentForm"
        )
        await world.organiser.put("/v1/assessment-forms/own", form | {"name": {"fi": "Oma lomake"}})
        self.apart["putAssessmentForm"] = {"form": "own"}
        known = await world.organiser.get(f"/v1/documents?client_id={client['id']}")
        self.ids["document_id"] = known.json()["items"][0]["document_id"]
        lines = {"items": [{"agreement_id": agreement["id"], "date": day, "status": "present"}]}
        job = await world.provider_a.post("/v1/attendance-batches", lines, Prefer="respond-async")
        self.ids["job_id"] = job.json()["id"]
        return self

    async def _lasting(self, day: str) -> str:
        """An agreement with a justified absence, of a client whose service no other call ends."""
        relationship = await self.world.relationship((await self.world.client())["id"])
        agreement = await self.world.agreement(relationship, await self.world.decision(relationship))
        path = f"/v1/agreements/{agreement['id']}/attendance/{day}"
        assert (await self.world.provider_a.put(path, {"status": "absent"})).status_code == 201
        why = {"reason": "own_illness", "given_by": "client", "given_on": day}
        assert (await self.world.provider_a.put(f"{path}/justification", why)).status_code == 201
        return str(agreement["id"])

    async def _data(self, client: str, relationship: dict[str, Any], decision: UUID) -> dict[str, str]:
        """A notice to the workplace, and the disclosure that it is."""
        world = self.world
        workplace = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
        agreement = await world.agreement(relationship, decision, place=workplace)
        permit = FILED["permission"].entry({"relationship": relationship["id"]}) | {
            "recipient": workplace,
            "source_id": "lupa",
        }
        permission = (await world.provider_a.post("/v1/permissions", permit)).json()
        person = {"family_name": "Leipuri", "given_names": "Leena"}
        notice = {
            "audience": "workplace",
            "notified_on": world.day(1),
            "manner": "in_person",
            "purpose": "carrying_out_agreement",
            "agreement_id": agreement["id"],
            "permission_id": permission["id"],
            "author": person,
            "source_id": "notice",
            "recipient": {"organisation_id": workplace["organisation_id"], "person": person},
        }
        response = await world.provider_a.post(f"/v1/decisions/{decision}/notices", notice)
        other = await world.provider_a.post(
            f"/v1/decisions/{decision}/notices", notice | {"source_id": "void"}
        )
        self.apart["voidNotice"] = {"notice_id": other.json()["id"]}
        logged = (await world.organiser.get(f"/v1/disclosures?client_id={client}")).json()["items"]
        offered = await world.agreement(relationship, decision, sign=False, place=workplace)
        self.apart["getWorkplaceAgreementVersion"] = {"version": "2"}
        self.apart["offerAgreement"] = {"agreement_id": offered["id"]}
        return {
            "notice_id": response.json()["id"],
            "disclosure_id": logged[0]["id"],
            "workplace_agreement_id": agreement["id"],
        }

    def speaker(self, operation: Operation) -> ApiClient:
        world = self.world
        roles = {
            "provider": world.provider_a,
            "organiser": world.organiser,
            "auditor": world.auditor,
            "ehr": world.ehr,
        }
        roles["workplace"] = world.workplace
        if operation.name in {"getCaseDocument", "getDisclosureDocument"}:  # documents that no provider sees
            return world.organiser
        if operation.name.endswith("ConnectedSystem"):  # the one of the scene is another provider's
            return world.organiser
        if operation.name == "getImportJob":  # only the system that sent it reads it
            return world.provider_a
        return next(speaker for role, speaker in roles.items() if operation.scopes <= set(ROLES[role]))

    def headers(self, operation: Operation) -> list[tuple[bytes, bytes]]:
        """Token, type of the body, and a fresh key where the operation takes one."""
        token = self.speaker(operation).bearer().encode()
        data = [(b"authorization", token)] if operation.scopes or operation.definition["security"] else []
        data += [(b"content-type", JSON.encode())] if operation.body else []
        data += [(b"content-type", f"{MULTIPART}; boundary={BOUNDARY}".encode())] if operation.form else []
        keyed = any(parameter["name"] == "Idempotency-Key" for parameter in operation.parameters("header"))
        return data + ([(b"idempotency-key", secrets.token_hex(8).encode())] if keyed else [])

    def url(self, operation: Operation, **other: str) -> str:
        """The path with ids that are there; `other` are written as they are."""
        ids = self.ids | self.apart.get(operation.name, {})
        return operation.path.format_map({name: quote(value) for name, value in ids.items()} | other)

    def payload(self, operation: Operation) -> bytes:
        """The body as it is sent; of nothing where none is taken."""
        if operation.form is not None:
            data = operation.form["example"]
            return in_parts(data["file"].encode(), json.dumps(data["mapping"]).encode())
        return json.dumps(self.example(operation)).encode() if operation.body else b""

    def example(self, operation: Operation) -> Any:
        assert operation.body is not None
        filled = self._filled(operation.body["example"])
        if operation.name == "replaceConnectedSystem":  # what cannot be changed
            there = self.world.provider_b
            filled |= {"organisation_id": str(there.organisation_id), "client_id": there.client_id}
        if operation.name.endswith("ConnectedSystem"):  # a key is one system's, and a proof is of the moment
            filled |= with_keys(NewKey())
        return filled

    def _filled(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self._filled(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner, name) for inner in value]
        return self.ids[name] if value == EXAMPLE_ID else value


def in_parts(file: bytes, mapping: bytes = b"{}") -> bytes:
    """A worksheet and its mapping as multipart/form-data."""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=".encode()
    first = head + b'"file"; filename="t.csv"\r\n\r\n' + file
    return first + b"\r\n" + head + b'"mapping"\r\n\r\n' + mapping + f"\r\n--{BOUNDARY}--\r\n".encode()


def on_each(operations: Sequence[Operation]) -> pytest.MarkDecorator:
    """The test runs once for each of these operations."""
    return pytest.mark.parametrize("operation", operations, ids=lambda operation: str(operation.name))
