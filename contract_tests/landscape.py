"""Who and what the contract tests find: one organiser, its parties with real keys, and a care path up to a recorded day.

Everything is made over HTTP, but for what is not made there: founding, and the decision, which the record system makes."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey
from tests.adapters.ehr.conflicting import conflict

from walmu_api.access.context import system_context
from walmu_api.access.guard import AppContext
from walmu_api.access.system_registry import System
from walmu_api.access.tokens import assertion, key_proof
from walmu_api.foundation.database import Tenancy
from walmu_api.record.case_file.cases.schemas import CaseEntry
from walmu_api.record.case_file.permissions.schemas import PermissionEntry
from walmu_api.record.case_file.plans.schemas import PlanEntry
from walmu_api.record.case_file.start_interviews.schemas import StartInterviewEntry
from walmu_api.record.commitments.decisions import service as decisions
from walmu_api.record.commitments.decisions.parties import Received
from walmu_dev.founding import add_system, found

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class SigningKey:
    """A key pair as a connected system holds it."""

    def __init__(self) -> None:
        self.kid = secrets.token_hex(4)
        self.pem = (
            ec.generate_private_key(ec.SECP256R1())
            .private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            .decode()
        )

    @property
    def public(self) -> dict[str, Any]:
        return {**ECKey.import_key(self.pem).as_dict(private=False), "kid": self.kid, "use": "sig"}

    def proven(self, url: str) -> dict[str, Any]:
        """The members of a registration that say and prove this key."""
        return {"jwks": {"keys": [self.public]}, "proofs": [key_proof(url, self.pem, self.kid)]}


@dataclass
class Party:
    """A connected system: it signs its assertions itself and gets its tokens where everyone does."""

    url: str
    client_id: str
    organisation_id: str
    key: SigningKey
    system_id: str = ""

    def token_form(self) -> dict[str, str]:
        act = {"sub": "u-1", "name": "Olli Ohjaaja"}
        signed = assertion(self.client_id, self.url, self.key.pem, self.key.kid, act)
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": JWT_BEARER,
            "client_assertion": signed,
        }

    def token(self) -> str:
        answer = httpx.post(f"{self.url}/oauth2/token", data=self.token_form())
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def speaker(self) -> httpx.Client:
        """An HTTP client that carries a fresh token."""
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {self.token()}"}, timeout=30
        )


@dataclass
class Landscape:
    url: str
    folder: Path
    organiser: Party
    provider_a: Party
    provider_b: Party
    workplace: Party
    auditor: Party
    ids: dict[str, str] = field(default_factory=dict)

    def drafted_agreement(self, provider: httpx.Client, **changes: Any) -> str:
        return str(build(provider.post("/v1/agreements", json=agreement_entry(self.ids) | changes))["id"])

    @property
    def place(self) -> dict[str, str]:
        return {"name": "Leipomo", "organisation_id": self.workplace.organisation_id}

    def drafted_at_workplace(self, provider: httpx.Client) -> str:
        return self.drafted_agreement(provider, place=self.place)

    def signed_at_workplace(self, provider: httpx.Client) -> str:
        return self.signed_agreement(provider, place=self.place)

    def reported_entry(self, provider: httpx.Client) -> str:
        """An entry of the work diary that the workplace wrote and nobody has confirmed."""
        report = {
            "agreement_id": self.signed_at_workplace(provider),
            "kind": "daily_performance",
            "performance": {"rating": "well"},
            "author": {"family_name": "Ohjaaja", "given_names": "Olli"},
            "source_id": secrets.token_hex(8),
        }
        with self.workplace.speaker() as workplace:
            return str(build(workplace.post("/v1/diary-entries", json=report))["id"])

    def day_in_error(self, provider: httpx.Client) -> str:
        """A day recorded by mistake, of the agreement that is there."""
        path = f"/v1/agreements/{self.ids['agreement_id']}/attendance/2026-09-29"
        build(provider.put(path, json={"status": "present"}))
        return "2026-09-29"

    def waiting_job(self, http: httpx.Client) -> str:
        """A batch of one line, to be answered later."""
        line = {"agreement_id": self.ids["agreement_id"], "date": "2026-09-29", "status": "present"}
        later = {"Prefer": "respond-async"}
        answer = http.post("/v1/attendance-batches", json={"items": [line]}, headers=later)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def notice_to_workplace(self, provider: httpx.Client) -> str:
        """A notice to the workplace, given by permission in person: that is disclosed."""
        permission = PermissionEntry.EXAMPLE | {
            "service_relationship_id": self.ids["service_relationship_id"],
            "recipient": self.place,
            "source_id": secrets.token_hex(8),
        }
        person = {"family_name": "Leipuri", "given_names": "Leena"}
        notice = {
            "audience": "workplace",
            "notified_on": "2026-10-05",
            "manner": "in_person",
            "purpose": "carrying_out_agreement",
            "agreement_id": self.signed_at_workplace(provider),
            "author": person,
            "source_id": secrets.token_hex(8),
            "permission_id": build(provider.post("/v1/permissions", json=permission))["id"],
            "recipient": {"organisation_id": self.workplace.organisation_id, "person": person},
        }
        return str(
            build(provider.post(f"/v1/decisions/{self.ids['decision_id']}/notices", json=notice))["id"]
        )

    def signed_agreement(self, provider: httpx.Client, **changes: Any) -> str:
        agreement = self.drafted_agreement(provider, **changes)
        signatory = {"party": "client", "name": "Eeva Virtanen", "type": SIGNED}
        signing = {"signed_on": "2026-08-31", "signatories": [signatory]}
        build(provider.post(f"/v1/agreements/{agreement}/sign", json=signing))
        return agreement

    def ended_agreement(self, provider: httpx.Client) -> str:
        agreement = self.signed_agreement(provider)
        build(
            provider.post(
                f"/v1/agreements/{agreement}/end", json={"ends_on": "2026-10-31", "reason": "Muutto"}
            )
        )
        return agreement

    def two_clients(self, *, merged: bool) -> tuple[str, str]:
        """Two who are one person."""
        with self.organiser.speaker() as organiser:
            entry = {"family_name": "Kaksi", "given_names": "Kertaa", "turvakielto": False}
            ids = [
                str(
                    build(organiser.post("/v1/clients", json=entry | {"source_id": secrets.token_hex(6)}))[
                        "id"
                    ]
                )
                for _ in range(2)
            ]
            if merged:
                act = {"into": ids[1], "into_version": 1, "reason": "Sama henkilö"}
                build(organiser.post(f"/v1/clients/{ids[0]}/merge", json=act, headers={"If-Match": '"1"'}))
        return ids[0], ids[1]

    def awaiting_assessment(self, provider: httpx.Client) -> str:
        """What the workplace wrote under an agreement of its own, and nobody confirmed yet."""
        short = {
            "agreement_id": self.signed_at_workplace(provider),
            "form": "workplace_short",
            "items": [{"key": "overall", "rating": 4}],
            "authors": [{"family_name": "Leipuri", "given_names": "Leena"}],
            "source_id": secrets.token_hex(6),
        }
        with self.workplace.speaker() as workplace:
            return str(build(workplace.post("/v1/assessments", json=short))["id"])


def build(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code in {200, 201}, answer.text
    data: dict[str, Any] = answer.json()
    return data


SIGNED = {
    "system": "urn:oid:1.2.246.537.5.40161",
    "code": "2",
    "display": "Asiakirja on allekirjoitettu käsin",
}
UNIT = {
    "system": "urn:oid:1.2.246.537.6.202",
    "code": "1.2.246.10.27951535.10.1",
    "display": "Vammaispalvelut",
}
"""A unit of the organiser, as documents name it."""


def client_entry() -> dict[str, Any]:
    return {
        "family_name": "Virtanen",
        "given_names": "Eeva Maria",
        "turvakielto": False,
        "date_of_birth": "1990-01-01",
        "client_relationship_identifier": {"value": "A-1"},
        "client_relationship": {"starts_on": "2026-06-01"},
        "operating_unit": UNIT,
        "organiser_units": [{"unit": UNIT, "starts_on": "2026-06-01"}],
        "source_id": secrets.token_hex(8),
    }


def relationship_entry(ids: dict[str, str]) -> dict[str, Any]:
    return {
        "client_id": ids["client_id"],
        "provider_id": ids["provider_id"],
        "service_kind": "work_activity",
        "service_task": {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"},
        "legal_bases": ["SHL_710_1982_27E"],
        "referral": {"source": "disability_services", "received_on": "2026-06-01"},
        "responsible_workers": {
            "organiser": {"family_name": "Korhonen", "given_names": "Aino"},
            "provider": {"family_name": "Ohjaaja", "given_names": "Olli"},
        },
        "starts_on": "2026-08-01",
        "source_id": secrets.token_hex(8),
    }


def agreement_entry(ids: dict[str, str]) -> dict[str, Any]:
    return {
        "decision_id": ids["decision_id"],
        "service_relationship_id": ids["service_relationship_id"],
        "kind": "work_activity",
        "place": {"name": "Kotola, puutyöpaja"},
        "instructors": [{"family_name": "Ohjaaja", "given_names": "Olli"}],
        "starts_on": "2026-09-01",
        "ends_on": "2026-12-31",
        "schedule": {
            "type": "fixed",
            "days": [{"weekday": d, "starts_at": "09:00", "ends_at": "13:00"} for d in (1, 3)],
        },
        "absence_reporting": "Soita ennen klo 9.",
        "source_id": secrets.token_hex(8),
        "responsible_worker": {"family_name": "Vastaava", "given_names": "Veera"},
        "author": {"family_name": "Ohjaaja", "given_names": "Olli"},
    }


def measurement_entry(ids: dict[str, str]) -> dict[str, Any]:
    return {
        "client_id": ids["client_id"],
        "service_relationship_id": ids["service_relationship_id"],
        "instrument": "kykyviisari",
        "form_version": "2017",
        "language": "fi",
        "phase": "start",
        "answered_on": "2026-09-07",
        "respondent": "client",
        "mode": "interview",
        "scores": [{"scale": "work_ability", "value": 5}],
        "source_id": secrets.token_hex(8),
    }


async def prepare(url: str, folder: Path, app_context: AppContext, owner: asyncpg.Connection) -> Landscape:
    """Found the organiser, register its parties, and walk the care path once."""
    first = SigningKey()
    founded = await found(
        owner, "Esimerkin hyvinvointialue", "2795153-5", "organiser-a", {"keys": [first.public]}
    )
    organiser = Party(url, "organiser-a", str(founded.organisation_id), first, str(founded.system_id))
    ehr_key = SigningKey()
    ehr = await add_system(
        owner,
        founded.organiser_id,
        founded.organisation_id,
        "ehr-a",
        "Asiakastieto",
        "ehr",
        {"keys": [ehr_key.public]},
    )
    auditor = Party(url, "auditor-a", organiser.organisation_id, SigningKey())
    of_auditor = "auditor-a", "Tarkastus", "auditor", {"keys": [auditor.key.public]}
    await add_system(owner, founded.organiser_id, founded.organisation_id, *of_auditor)
    landscape = await asyncio.to_thread(_register, url, folder, organiser, auditor)
    await asyncio.to_thread(_open, landscape)
    organiser_ids = founded.organiser_id, founded.organisation_id
    system = System(ehr, *organiser_ids, "ehr-a", "ehr", revoked=False)
    async with app_context.database.transaction(Tenancy(founded.organiser_id)) as session:
        ctx = system_context(session, system, app_context.keyring)
        row, _ = await decisions.receive(ctx, _decision(landscape.ids))
        assert row is not None
        landscape.ids["decision_id"] = str(row.id)
    await asyncio.to_thread(_walk, landscape)
    landscape.ids["conflict_id"] = await conflict(owner, founded.organiser_id, landscape.ids["decision_id"])
    return landscape


def _register(url: str, folder: Path, organiser: Party, auditor: Party) -> Landscape:
    """The parties, each as an organisation and a connected system, over HTTP."""
    with organiser.speaker() as http:

        def system(client_id: str, role: str, organisation_id: str) -> Party:
            party = Party(url, client_id, organisation_id, SigningKey())
            entry = {
                "organisation_id": organisation_id,
                "client_id": client_id,
                "name": client_id,
                "role": role,
                "source_id": client_id,
                **party.key.proven(url),
            }
            party.system_id = build(http.post("/v1/connected-systems", json=entry))["id"]
            return party

        def party(kind: str, name: str) -> Party:
            entry = {"kind": kind, "name": name, "source_id": name}
            return system(name, kind, build(http.post("/v1/organisations", json=entry))["id"])

        return Landscape(
            url,
            folder,
            organiser,
            party("provider", "provider-a"),
            party("provider", "provider-b"),
            party("workplace", "workplace-a"),
            auditor,
        )


def _open(landscape: Landscape) -> None:
    ids = landscape.ids
    ids |= {
        "provider_id": landscape.provider_a.organisation_id,
        "organisation_id": landscape.provider_a.organisation_id,
        "workplace_ids": landscape.workplace.organisation_id,
    }
    ids["system_id"] = _spare_system(landscape)
    with landscape.organiser.speaker() as http:
        unit = {"organisation_id": ids["provider_id"], "name": "Kotola, puutyöpaja", "source_id": "unit-1"}
        ids["unit_id"] = build(http.post("/v1/units", json=unit))["id"]
        identified = client_entry() | {"identity": {"system": "urn:oid:1.2.246.21", "value": "010190-999W"}}
        ids["client_id"] = build(http.post("/v1/clients", json=identified))["id"]
        ids["service_relationship_id"] = ids["relationship_id"] = build(
            http.post("/v1/service-relationships", json=relationship_entry(ids))
        )["id"]
        ids |= {"name": "absence_reason", "code": "funeral"}
        build(http.put("/v1/code-systems/absence_reason/codes/funeral", json={"fi": "Hautajaiset"}))


def _spare_system(landscape: Landscape) -> str:
    """A connected system that may be revoked without taking the callers' tokens away."""
    entry = {
        "organisation_id": landscape.provider_b.organisation_id,
        "client_id": "spare-1",
        "name": "Vara",
        "role": "provider",
        "source_id": "spare-1",
        **SigningKey().proven(landscape.url),
    }
    with landscape.organiser.speaker() as http:
        return str(build(http.post("/v1/connected-systems", json=entry))["id"])


def _decision(ids: dict[str, str]) -> Received:
    values = {
        "kind": "client",
        "outcome": "granted",
        "legal_bases": ["SHL_710_1982_27E"],
        "service": {
            "system": "urn:oid:1.2.246.537.6.1222",
            "code": "55",
            "display": "Vammaisten henkilöiden työtoiminta",
        },
        "service_task": {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"},
        "service_kind": "work_activity",
        "decided_on": date(2026, 7, 15),
        "valid_from": date(2026, 8, 1),
        "valid_to": date(2027, 7, 31),
        "days_per_week": 5,
        "work_allowance_per_day": None,
        "travel": None,
        "place": None,
        "reasons": "Palvelu myönnetään hakemuksen mukaan.",
        "revoked_on": None,
        "signature": {"type": SIGNED},
        "informants": [
            {
                "family_name": "Neuvoja",
                "given_names": "Nea",
                "phone": "+358 50 000 0000",
                "postal_address": {
                    "street_address": "Puutie 1",
                    "postal_code": "00000",
                    "post_office": "Esimerkkilä",
                },
            }
        ],
        "decision_maker": {"family_name": "Päättäjä", "given_names": "Pirkko"},
        "status": "decided",
    }
    return Received("lifecare", "P-1", 1, None, UUID(ids["client_id"]), UUID(ids["provider_id"]), values)


def _walk(landscape: Landscape) -> None:
    """A signed agreement, two days, one of them an absence with its justification."""
    ids = landscape.ids
    with landscape.provider_a.speaker() as http:
        ids["agreement_id"] = landscape.signed_agreement(http)
        days = f"/v1/agreements/{ids['agreement_id']}/attendance"
        build(http.put(f"{days}/2026-09-28", json={"status": "present", "actual_minutes": 240}))
        ids["date"] = "2026-09-30"
        absence = {"status": "absent", "absence_reason": "own_illness"}
        ids["attendance_id"] = build(http.put(f"{days}/{ids['date']}", json=absence))["id"]
        why = {"reason": "own_illness", "given_by": "client", "given_on": "2026-09-30"}
        ids["justification_id"] = build(http.put(f"{days}/{ids['date']}/justification", json=why))["id"]
        ids["diary_entry_id"] = landscape.reported_entry(http)
        event = {
            "service_relationship_id": ids["service_relationship_id"],
            "kind": "resumed",
            "starts_on": "2026-10-05",
        }
        pause = event | {
            "kind": "paused",
            "starts_on": "2026-10-01",
            "reason": "Loma",
            "source_id": "tauko-1",
        }
        build(http.post("/v1/service-events", json=pause))
        ids["service_event_id"] = build(
            http.post("/v1/service-events", json=event | {"source_id": "jatkuu-1"})
        )["id"]
        ids["measurement_id"] = build(http.post("/v1/measurements", json=measurement_entry(ids)))["id"]
        ids["notice_id"] = landscape.notice_to_workplace(http)
        ids["assessment_id"] = landscape.awaiting_assessment(http)
        for name, kind, entry in (
            ("permission_id", "permissions", PermissionEntry),
            ("plan_id", "plans", PlanEntry),
            ("start_interview_id", "start-interviews", StartInterviewEntry),
        ):
            of_client = {"service_relationship_id": ids["service_relationship_id"], "source_id": f"{kind}-1"}
            ids[name] = build(http.post(f"/v1/{kind}", json=entry.EXAMPLE | of_client))["id"]
    ids |= {"name": "absence_reason", "instrument_code": "kykyviisari"}
    ids |= {"version": "1", "form": "uniform_final"}
    with landscape.organiser.speaker() as http:
        disclosed = build(http.get(f"/v1/disclosures?client_id={ids['client_id']}"))["items"]
        ids["disclosure_id"] = disclosed[0]["id"]
        case = CaseEntry.EXAMPLE | {"client_id": ids["client_id"], "source_id": "asia-1"}
        ids["case_id"] = build(http.post("/v1/cases", json=case))["id"]
        ids["document_id"] = build(http.get(f"/v1/cases/{ids['case_id']}/document"))["envelope"][
            "document_id"
        ]
