"""The stage of the matrix: two organisers, and a care path in every relation that a caller can have to it."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.access.assertions import NewKey, with_keys
from tests.access.test_use_log_api import plain, unreported
from tests.adapters.ehr.conflicting import conflict
from tests.conftest import ApiClient, TenantFixture, identity_code
from tests.http_behaviour.scene import BOUNDARY, MULTIPART, in_parts
from tests.record.case_file.documents.samples import FILED

from walmu_api.foundation.record_ids import uuid7
from walmu_api.record.everyday.measurements.imports.schemas import MeasurementMapping


def contact() -> dict[str, str]:
    """Five canaries: what nobody but the organiser and its record system is told of a client under turvakielto."""
    tag = secrets.token_hex(5)
    return {
        "street_address": f"Piilotie {tag}",
        "postal_code": f"FI-{tag}",
        "municipality": f"Salavesi {tag}",
        "email": f"kanarialintu@{tag}.test",
        "phone": f"+358 50 {int(tag, 16)}",
    }


PERSON = {"family_name": "Korhonen", "given_names": "Aino"}

FORM = {
    "name": {"fi": "Lomake"},
    "kind": "interim",
    "audience": "provider",
    "valid_from": "2026-01-01",
    "items": [{"key": "overall", "labels": {"fi": "Kokonaisuus"}, "text": True}],
}


@dataclass
class Objects:
    """One care path: its ids, what was sent to make it, and the organiser's other things."""

    client: str
    code: str
    relationship: dict[str, Any]
    decision: str
    agreement: dict[str, Any]
    day: str
    attendance: str
    justification: str
    measurement: str
    names: list[str]
    contacts: list[str]
    parties: dict[str, Any] = field(default_factory=dict)
    document: str = "1.2.246.10.9999999.11.2026.999999999"
    """The OID of the client's own document."""
    filed: dict[str, str] = field(default_factory=dict)
    """The ids of what lies in the store of documents, by kind."""

    @property
    def phone(self) -> str:
        return self.contacts[-1]

    @property
    def ids(self) -> dict[str, str]:
        """The ids by what the table of rules calls them."""
        return {
            "client": self.client,
            "relationship": self.relationship["id"],
            "decision": self.decision,
            "agreement": self.agreement["id"],
            "annex": self.agreement["id"],
            "day": self.attendance,
            "justification": self.justification,
            "measurement": self.measurement,
            "conflict": self.parties["conflict"],
            **self.filed,
        }

    @property
    def secrets(self) -> list[str]:
        return [*self.ids.values(), self.code, *self.names, *self.contacts]


async def care_path(
    world: TenantFixture, by: ApiClient, *, undecided: bool = False, **of_client: Any
) -> Objects:
    """A client served by this provider at the workplace, up to a justified absence; or only drafts."""
    name, code = f"Salanen{secrets.token_hex(6)}", identity_code()
    reached = contact()
    identity = {"system": "urn:oid:1.2.246.21", "value": code}
    client = await world.client(family_name=name, identity=identity, contact=reached, **of_client)
    relationship = await world.relationship(client["id"], provider=by)
    decided = decision = str(await world.decision(relationship))
    if undecided:
        decision = str(await world.decision(relationship, status="draft"))
    place: dict[str, Any] = {"name": "Kotola"}
    if by is world.provider_a:
        place["organisation_id"] = str(world.workplace.organisation_id)
    entry = {
        "service_relationship_id": relationship["id"],
        "decision_id": decided,
        "kind": "work_activity",
        "place": place,
        "instructors": [PERSON],
        "starts_on": world.day(120),
        "ends_on": world.day(-60),
        "schedule": {
            "type": "fixed",
            "days": [{"weekday": day, "starts_at": "09:00", "ends_at": "13:00"} for day in range(1, 6)],
        },
        "absence_reporting": "Soita.",
        "source_id": secrets.token_hex(6),
    }
    agreement = (await by.post("/v1/agreements", entry)).json()
    measured = await world.measurement(relationship, by, author=PERSON)
    day = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    created = Objects(
        client["id"],
        code,
        relationship,
        decision,
        agreement,
        day,
        str(uuid7()),
        str(uuid7()),
        measured["id"],
        [name],
        [*reached.values()],
        await parties_of(world),
    )
    created.parties["conflict"] = await conflict(world.owner, world.organiser_id, decision)
    found = await world.organiser.get(
        f"/v1/documents?client_id={client['id']}&structure=1.2.246.537.6.1505.1.2023.6.1"
    )
    created.document = found.json()["items"][0]["set_id"]
    if not undecided:
        signing = {"signed_on": world.day(120), "signatories": [{"party": "client", "name": name}]}
        created.agreement = (await by.post(f"/v1/agreements/{agreement['id']}/sign", signing)).json()
    await file_all(world, by, created, signed=not undecided)
    if undecided:
        return created
    created.attendance = (await by.put(day, {"status": "absent", "absence_reason": "own_illness"})).json()[
        "id"
    ]
    given = {"reason": "own_illness", "given_by": "client", "given_on": world.day(3)}
    created.justification = (await by.put(f"{day}/justification", given)).json()["id"]
    await tell(world, by, created)
    return created


AUTHOR = {"family_name": "Ilmoittaja", "given_names": "Irma"}


def notice(o: "Objects", audience: str = "activity_centre", **more: Any) -> dict[str, Any]:
    """Notice of a decision, as organiser and provider may give it."""
    data = {"audience": audience, "notified_on": "2026-06-01", "manner": "in_person", "author": AUTHOR}
    return data | {"source_id": f"{audience}-{o.client}"} | more


async def tell(world: TenantFixture, by: ApiClient, created: Objects) -> None:
    """Notice to the activity centre, and to the workplace with the permission that it needs: that is disclosed."""
    path = f"/v1/decisions/{created.decision}/notices"
    created.filed["notice"] = (await by.post(path, notice(created))).json()["id"]
    if by is not world.provider_a:
        return
    workplace = {"organisation_id": str(world.workplace.organisation_id), "name": "Kotola"}
    entry = FILED["permission"].entry(created.ids) | {
        "recipient": workplace,
        "source_id": secrets.token_hex(6),
    }
    permission = (await by.post("/v1/permissions", entry)).json()["id"]
    entry = notice(
        created,
        "workplace",
        agreement_id=created.agreement["id"],
        permission_id=permission,
        purpose="carrying_out_agreement",
        recipient={"organisation_id": workplace["organisation_id"], "person": PERSON},
    )
    answer = await by.post(path, entry)
    assert answer.status_code == 201, answer.text
    created.filed["workplace-notice"] = answer.json()["id"]
    logged = await world.organiser.get(f"/v1/disclosures?client_id={created.client}")
    created.filed["disclosure"] = logged.json()["items"][0]["id"]


async def file_all(world: TenantFixture, by: ApiClient, created: Objects, *, signed: bool) -> None:
    """A record of every kind that is kept in the store of documents; a workplace writes under what is signed."""
    created.filed |= {kind: str(uuid7()) for kind in ("notice", "workplace-notice", "disclosure")}
    for kind, of in FILED.items():
        speaker = {"organiser": world.organiser, "provider": by, "workplace": world.workplace}[of.by]
        if of.by == "workplace" and not (signed and by is world.provider_a):
            created.filed[kind] = str(uuid7())
            continue
        answer = await speaker.post(
            f"/v1/{of.collection}", of.entry(created.ids) | {"source_id": secrets.token_hex(6)}
        )
        assert answer.status_code == 201, answer.text
        created.filed[kind] = answer.json()["id"]


async def parties_of(world: TenantFixture) -> dict[str, Any]:
    """Provider A, and a provider that nobody speaks for: what the matrix opens at it opens nobody's eyes."""
    entry = {"kind": "provider", "name": "Varalla", "source_id": "spare"}
    spare = (await world.organiser.post("/v1/organisations", entry)).json()["id"]
    return {"organisation": str(world.provider_a.organisation_id), "spare": spare}


async def ended(world: TenantFixture) -> Objects:
    """The same, when the relationship ended yesterday."""
    created = await care_path(world, world.provider_a)
    yesterday = world.day(1)
    ending = {"ends_on": yesterday, "reason": "Siirtyi muualle"}
    answer = await world.provider_a.post(f"/v1/agreements/{created.agreement['id']}/end", ending)
    assert answer.status_code == 200, answer.text
    created.agreement = answer.json()
    entry = without_server_members(created.relationship) | {"ends_on": yesterday}
    path = f"/v1/service-relationships/{created.relationship['id']}"
    answer = await world.organiser.put(path, entry, If_Match='"1"')
    assert answer.status_code == 200, answer.text
    created.relationship = answer.json()
    return created


def without_server_members(record: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in record.items() if k not in {"id", "version", "recorded_at", "recorded_by"}}


def nothing_like(real: Objects) -> Objects:
    """Well-formed ids that nobody ever gave."""
    new = [str(uuid7()) for _ in range(9)]
    relationship = real.relationship | {"id": new[1], "client_id": new[0]}
    agreement = real.agreement | {
        "id": new[3],
        "service_relationship_id": new[1],
        "client_id": new[0],
        "decision_id": new[2],
        "source_id": secrets.token_hex(6),
    }
    day = f"/v1/agreements/{new[3]}/attendance/{real.day.rpartition('/')[2]}"
    parties = {"organisation": new[6], "unit": new[7], "system": real.parties["system"] | {"id": new[8]}} | {
        "spare": real.parties["spare"],
        "conflict": str(uuid7()),
    }
    filed = {kind: str(uuid7()) for kind in (*FILED, "notice", "workplace-notice", "disclosure")}
    return Objects(
        new[0],
        identity_code(),
        relationship,
        new[2],
        agreement,
        day,
        new[4],
        new[5],
        str(uuid7()),
        [],
        [],
        parties,
        filed=filed,
    )


async def with_parties(world: TenantFixture, created: Objects) -> None:
    """A unit, and a connected system that the matrix may revoke."""
    unit = {
        "organisation_id": created.parties["organisation"],
        "name": "Yksikkö",
        "source_id": secrets.token_hex(6),
    }
    created.parties["unit"] = (await world.organiser.post("/v1/units", unit)).json()["id"]
    system = {
        "organisation_id": created.parties["organisation"],
        "client_id": secrets.token_hex(8),
        "name": "x",
        "role": "provider",
        "source_id": secrets.token_hex(6),
        **with_keys(NewKey()),
    }
    created.parties["system"] = (await world.organiser.post("/v1/connected-systems", system)).json()


async def set_the_stage(world: TenantFixture, elsewhere: TenantFixture) -> dict[str, Objects]:
    """Every relation of the table of rules. The one beyond the time of grace is looked at with the clock moved on."""
    a, b = world.provider_a, world.provider_b
    stage = {
        "served by provider A": await care_path(world, a),
        "served by provider B": await care_path(world, b),
        "of another organiser": await care_path(elsewhere, elsewhere.provider_a),
        "ended, within the time of grace": await ended(world),
        "ended, beyond the time of grace": await ended(world),
        "undecided": await care_path(world, a, undecided=True),
        "under turvakielto": await care_path(world, a, turvakielto=True),
    }
    await with_parties(world, stage["served by provider A"])
    await with_parties(elsewhere, stage["of another organiser"])
    stage["not existing"] = nothing_like(stage["served by provider A"])
    for created in stage.values():
        created.parties.setdefault("system", stage["served by provider A"].parties["system"])
        created.parties.setdefault("unit", stage["served by provider A"].parties["unit"])
    return stage


Request = tuple[str, str, Any, dict[str, str]]
DOCUMENT = {"structure": "1.2.246.537.6.1506.19007.2022.1.10", "content": {}}
STALE = {"If_Match": '"0"'}
"""Who sees the record gets 412, and nothing happens."""


def measurement_of(o: Objects, today: Any) -> dict[str, Any]:
    return {
        "client_id": o.client,
        "service_relationship_id": o.relationship["id"],
        "instrument": "kykyviisari",
        "form_version": "2017",
        "language": "fi",
        "phase": "start",
        "answered_on": (today - timedelta(days=2)).isoformat(),
        "respondent": "client",
        "mode": "interview",
        "scores": [{"scale": "work_ability", "value": 5}],
        "source_id": f"m-{o.client}",
    }


def worksheet_of(o: Objects) -> bytes:
    mapping = MeasurementMapping.EXAMPLE | {"client": {"by": "service_relationship_id", "column": "Asiakas"}}
    file = f"Asiakas;Vaihe;Vastattu;Osallisuus;Työkyky\n{o.relationship['id']};Alku;7.9.2026;6;5\n"
    return in_parts(file.encode(), json.dumps(mapping).encode())


def requests(o: Objects, today: Any) -> dict[str, Request]:
    """Each operation on these objects; what would change a record lacks its If-Match, so that nothing ever changes."""
    agreement = f"/v1/agreements/{o.agreement['id']}"
    entry = {k: v for k, v in plain(o.agreement).items() if k not in {"end_reason", "agreed_ends_on"}}
    named = {"client_id": o.client, "provider_id": o.parties["spare"], "source_id": f"m-{o.client}"}
    relationship = without_server_members(o.relationship)
    decision = {name: relationship[name] for name in ("legal_bases", "service_task", "service_kind")} | named
    system, recorded = o.parties["system"], o.day.rpartition("/")[2]
    person = {"family_name": "A", "given_names": "B", "turvakielto": False, "source_id": secrets.token_hex(6)}
    new_system = without_server_members(system) | {
        "client_id": secrets.token_hex(8),
        "source_id": secrets.token_hex(6),
        **with_keys(NewKey()),
    }
    new_system["organisation_id"] = o.parties["organisation"]
    line = {
        "agreement_id": o.agreement["id"],
        "date": recorded,
        "status": "absent",
        "absence_reason": "own_illness",
    }
    justification = {
        "reason": "own_illness",
        "given_by": "client",
        "given_on": recorded,
        "explanation": "Toinen",
    }
    yesterday = (today - timedelta(days=1)).isoformat()
    sign = {"signed_on": yesterday, "signatories": [{"party": "client", "name": "x"}]}
    end = {"ends_on": yesterday, "reason": "x"}
    identity = {"identity": {"system": "urn:oid:1.2.246.21", "value": o.code}}
    unit = {"organisation_id": o.parties["organisation"], "name": "x", "source_id": secrets.token_hex(6)}
    of_parties = {
        "Organisation": f"/v1/organisations/{o.parties['organisation']}",
        "Unit": f"/v1/units/{o.parties['unit']}",
    }
    measured = measurement_of(o, today)
    get = {
        "getKeys": "/.well-known/jwks.json",
        "getAuthorizationServer": "/.well-known/oauth-authorization-server",
        "getOpenidConfiguration": "/.well-known/openid-configuration",
        "isAlive": "/livez",
        "isReady": "/readyz",
        "getMetrics": "/metrics",
        "whoAmI": "/v1/whoami",
        "listCodeSystems": "/v1/code-systems",
        "getCodeSystem": "/v1/code-systems/absence_reason",
        "getCode": "/v1/code-systems/absence_reason/codes/unknown",
        "listServiceRelationshipFindings": f"/v1/service-relationships/{o.relationship['id']}/findings",
        "listDecisionFindings": f"/v1/decisions/{o.decision}/findings",
        "listClients": "/v1/clients?limit=200",
        "getClient": f"/v1/clients/{o.client}",
        "listServiceRelationships": f"/v1/service-relationships?client_id={o.client}",
        "getServiceRelationship": f"/v1/service-relationships/{o.relationship['id']}",
        "listDecisions": f"/v1/decisions?client_id={o.client}",
        "getDecision": f"/v1/decisions/{o.decision}",
        "listAgreements": f"/v1/agreements?client_id={o.client}&include=client",
        "getAgreement": agreement,
        "listAgreementFindings": f"{agreement}/findings",
        "listWorkplaceAgreements": f"/v1/workplace-agreements?client_id={o.client}",
        "getWorkplaceAgreement": f"/v1/workplace-agreements/{o.agreement['id']}",
        "listSafetyAndSupport": f"/v1/workplace-agreements/{o.agreement['id']}/safety-and-support",
        "getAttendance": o.day,
        "listAttendance": f"/v1/attendance?agreement_id={o.agreement['id']}",
        "getAttendanceById": f"/v1/attendance/{o.attendance}",
        "listMissingAttendance": f"/v1/attendance/missing?on={unreported(recorded)}&limit=200",
        "listOpenJustifications": f"/v1/justifications?state=given&client_id={o.client}&include=client",
        "getAttendanceSummary": f"{agreement}/attendance-summary?from={recorded}&to={recorded}",
        "getJustification": f"{o.day}/justification",
        "getJustificationById": f"/v1/justifications/{o.justification}",
        "listInstruments": "/v1/instruments",
        "getInstrument": "/v1/instruments/kykyviisari",
        "getImpactLimits": "/v1/impact-limits",
        "listMeasurements": f"/v1/measurements?client_id={o.client}",
        "getMeasurement": f"/v1/measurements/{o.measurement}",
        "getClientOverview": f"/v1/clients/{o.client}/overview",
        "getUnitOverview": f"/v1/units/{o.parties['unit']}/overview",
        "getMeasurementChanges": f"/v1/clients/{o.client}/measurement-changes",
        "getImpact": "/v1/impact?instrument=kykyviisari",
        "drawMeasurementChanges": f"/v1/clients/{o.client}/measurement-changes.svg?instrument=kykyviisari",
        "listChanges": "/v1/changes?limit=1000",
        "getImportJob": "/v1/import-jobs/01919b7e-1f00-7c3a-9d2e-5b8f6a1c4d99",
        "listUseLog": f"/v1/use-log?client_id={o.client}",
        "listOrganisations": "/v1/organisations?limit=200",
        "getOrganisation": f"/v1/organisations/{o.parties['organisation']}",
        "listUnits": f"/v1/units?organisation_id={o.parties['organisation']}",
        "getUnit": f"/v1/units/{o.parties['unit']}",
        "listConnectedSystems": "/v1/connected-systems?limit=200",
        "getConnectedSystem": f"/v1/connected-systems/{system['id']}",
        "getDelegatedWorkplaces": f"/v1/delegated-workplaces/{o.parties['organisation']}",
        "listAssessmentForms": "/v1/assessment-forms",
        "getAssessmentForm": "/v1/assessment-forms/uniform",
        "getAssessmentFormVersion": "/v1/assessment-forms/uniform/versions/1",
        "prefillAssessment": f"/v1/assessment-prefill?service_relationship_id={o.relationship['id']}&form=uniform",
        "listEhrTargets": "/v1/ehr/targets",
        "listEhrDeliveries": "/v1/ehr/deliveries",
        "listEhrInbox": "/v1/ehr/inbox",
        "listEhrConflicts": "/v1/ehr/conflicts",
        "getEhrConflict": f"/v1/ehr/conflicts/{o.parties['conflict']}",
        "listDocuments": f"/v1/documents?client_id={o.client}",
        "getDocument": f"/v1/documents/{o.document}",
        "listDocumentStructures": "/v1/documents/structures",
    }
    change: dict[str, Request] = {
        "issueToken": ("POST", "/oauth2/token", None, {"Content_Type": "application/x-www-form-urlencoded"}),
        "fileDocument": ("POST", "/v1/documents", national(o), {}),
        "validateDocument": ("POST", "/v1/document-validations", DOCUMENT, {}),
        "searchClients": ("POST", "/v1/client-searches", identity, {}),
        "putCode": (
            "PUT",
            f"/v1/code-systems/absence_reason/codes/{secrets.token_hex(6)}",
            {"fi": "Muu"},
            {},
        ),
        "createClient": ("POST", "/v1/clients", person, {}),
        "replaceClient": ("PUT", f"/v1/clients/{o.client}", person, {}),
        "listFormerIdentities": ("GET", f"/v1/clients/{o.client}/former-identities", None, {}),
        "listClientFindings": ("GET", "/v1/client-findings", None, {}),
        "tellClientsApart": (
            "POST",
            f"/v1/clients/{o.client}/not-same",
            {"from": o.client, "reason": "x"},
            STALE,
        ),
        "mergeClient": (
            "POST",
            f"/v1/clients/{o.client}/merge",
            {"into": o.client, "into_version": 1, "reason": "x"},
            STALE,
        ),
        "unmergeClient": ("POST", f"/v1/clients/{o.client}/unmerge", {"reason": "x"}, STALE),
        "openServiceRelationship": ("POST", "/v1/service-relationships", relationship | named, {}),
        "replaceServiceRelationship": (
            "PUT",
            f"/v1/service-relationships/{o.relationship['id']}",
            relationship | named,
            {},
        ),
        "draftDecision": ("POST", "/v1/decisions", decision | {"valid_from": today.isoformat()}, {}),
        "replaceDecisionDraft": (
            "PUT",
            f"/v1/decisions/{o.decision}",
            decision | {"valid_from": today.isoformat()},
            {},
        ),
        "reviewDecision": ("POST", f"/v1/decisions/{o.decision}/review", {"review": "final"}, STALE),
        "settleEhrConflict": (
            "POST",
            f"/v1/ehr/conflicts/{o.parties['conflict']}/settle",
            {"resolution": "ours", "reason": "x"},
            STALE,
        ),
        "draftAgreement": ("POST", "/v1/agreements", entry, {}),
        "replaceAgreement": ("PUT", agreement, entry | {"tasks_and_goals": "Toinen"}, {}),
        "offerAgreement": ("POST", f"{agreement}/offer", None, STALE),
        "signAgreement": ("POST", f"{agreement}/sign", sign, STALE),
        "endAgreement": ("POST", f"{agreement}/end", end, STALE),
        "reopenAgreement": ("POST", f"{agreement}/reopen", {"reason": "x"}, STALE),
        "voidAgreement": ("POST", f"{agreement}/void", {"reason": "x"}, STALE),
        "recordAttendance": ("PUT", o.day, {"status": "present"}, {}),
        "voidAttendance": ("POST", f"{o.day}/void", {"reason": "x"}, STALE),
        "confirmAttendance": ("POST", f"{o.day}/confirm", None, STALE),
        "recordAttendanceBatch": ("POST", "/v1/attendance-batches", {"items": [line]}, {}),
        "getAttendanceTemplate": (
            "GET",
            f"/v1/attendance-imports/template?from={unreported(recorded)}&to={unreported(recorded)}",
            None,
            {"Accept": "text/csv"},
        ),
        "importAttendance": (
            "POST",
            "/v1/attendance-imports?dry_run=true",
            in_parts(f"Sopimus;Päivä;Läsnäolo\n{line['agreement_id']};{line['date']};läsnä\n".encode()),
            {"Content_Type": f"{MULTIPART}; boundary={BOUNDARY}"},
        ),
        "giveJustification": ("PUT", f"{o.day}/justification", justification, {}),
        "reviewJustification": ("POST", f"{o.day}/justification/review", {"decision": "accepted"}, STALE),
        "putAssessmentForm": ("PUT", "/v1/assessment-forms/of_the_matrix", FORM, {}),
        "confirmAssessment": (
            "POST",
            f"/v1/assessments/{o.filed['assessment']}/confirm",
            {"author": PERSON},
            STALE,
        ),
        "putInstrument": ("PUT", "/v1/instruments/kykyviisari", {}, {}),
        "recordMeasurement": ("POST", "/v1/measurements", measured, {}),
        "replaceMeasurement": ("PUT", f"/v1/measurements/{o.measurement}", measured | {"phase": "end"}, {}),
        "voidMeasurement": ("POST", f"/v1/measurements/{o.measurement}/void", {"reason": "x"}, STALE),
        "importMeasurements": (
            "POST",
            "/v1/measurement-imports?dry_run=true",
            worksheet_of(o),
            {"Content_Type": f"{MULTIPART}; boundary={BOUNDARY}"},
        ),
        "replaceImpactLimits": ("PUT", "/v1/impact-limits", {"min_count": 5, "min_pairs": 10}, {}),
        "registerOrganisation": (
            "POST",
            "/v1/organisations",
            {"kind": "provider", "name": "x", "source_id": secrets.token_hex(6)},
            {},
        ),
        "registerUnit": ("POST", "/v1/units", unit, {}),
        **{
            f"{act}{of}": ("POST", f"{path}/{act}", body, STALE)
            for act, body in (
                ("close", {"closed_on": today.isoformat(), "reason": "x"}),
                ("reopen", {"reason": "x"}),
            )
            for of, path in of_parties.items()
        },
        "succeedOrganisation": (
            "POST",
            f"{of_parties['Organisation']}/succeed",
            {"by": o.parties["spare"], "from": today.isoformat(), "reason": "x"},
            STALE,
        ),
        "replaceOrganisation": ("PUT", of_parties["Organisation"], {"kind": "provider", "name": "y"}, {}),
        "replaceUnit": ("PUT", of_parties["Unit"], unit, {}),
        "registerConnectedSystem": (
            "POST",
            "/v1/connected-systems",
            {k: v for k, v in new_system.items() if k != "revoked_on"},
            {},
        ),
        "replaceConnectedSystem": (
            "PUT",
            f"/v1/connected-systems/{system['id']}",
            {k: v for k, v in without_server_members(system).items() if k != "revoked_on"} | {"name": "y"},
            {},
        ),
        "confirmConnectedSystem": ("POST", f"/v1/connected-systems/{system['id']}/confirm", None, {}),
        "revokeConnectedSystem": ("POST", f"/v1/connected-systems/{system['id']}/revoke", None, {}),
        "replaceDelegatedWorkplaces": (
            "PUT",
            f"/v1/delegated-workplaces/{o.parties['organisation']}",
            {"workplace_ids": []},
            {},
        ),
    }
    return (
        {name: ("GET", path, None, {}) for name, path in get.items()}
        | change
        | of_the_store(o)
        | of_notices(o)
        | versions_of(o)
    )


def national(o: Objects) -> dict[str, Any]:
    """A document that a provider may send, about the client."""
    content = {
        "merkinta_asiakkaan_arjesta": {
            "asiakas": [
                {
                    "sukunimi": "A",
                    "etunimet": "B",
                    "henkilotunnus": {"system": "urn:oid:1.2.246.21", "value": o.code},
                }
            ],
            "asiakaskertomusmerkinta": {
                "palvelutehtava": {
                    "system": "urn:oid:1.2.246.537.6.1221",
                    "code": "20",
                    "display": "Vammaispalvelut",
                }
            },
            "laatija": {"sukunimi": "A", "etunimet": "B"},
        }
    }
    named = {"service_relationship_id": o.relationship["id"], "source_id": f"d-{o.client}"}
    return named | {"structure": DOCUMENT["structure"], "content": content}


def of_notices(o: Objects) -> dict[str, Request]:
    one, disclosure = f"/v1/notices/{o.filed['notice']}", f"/v1/disclosures/{o.filed['disclosure']}"
    of_decision = f"/v1/decisions/{o.decision}/notices"
    revocation = {"revoked_on": "2026-06-02", "reason": "x"}
    return {
        "revokePermission": ("POST", f"/v1/permissions/{o.filed['permission']}/revoke", revocation, STALE),
        "listNotices": ("GET", of_decision, None, {}),
        "recordNotice": ("POST", of_decision, notice(o, source_id=f"m-{o.client}"), {}),
        "getNotice": ("GET", one, None, {}),
        "voidNotice": ("POST", f"{one}/void", {"reason": "x"}, STALE),
        "listNoticeVersions": ("GET", f"{one}/versions", None, {}),
        "getNoticeVersion": ("GET", f"{one}/versions/1", None, {}),
        "listReceivedNotices": ("GET", f"/v1/received-notices?agreement_id={o.agreement['id']}", None, {}),
        "getReceivedNotice": ("GET", f"/v1/received-notices/{o.filed['workplace-notice']}", None, {}),
        "listCaseFindings": ("GET", f"/v1/cases/{o.filed['case']}/findings", None, {}),
        "listDisclosures": ("GET", f"/v1/disclosures?client_id={o.client}", None, {}),
        "getDisclosure": ("GET", disclosure, None, {}),
        "getDisclosureDocument": ("GET", f"{disclosure}/document", None, {}),
    }


def of_the_store(o: Objects) -> dict[str, Request]:
    data: dict[str, Request] = {}
    for kind, of in FILED.items():
        path, one = f"/v1/{of.collection}", f"/v1/{of.collection}/{o.filed[kind]}"
        entry = of.entry(o.ids) | {"source_id": f"m-{kind}-{o.client}"}
        data |= {
            f"list{of.plural}": ("GET", f"{path}?client_id={o.client}", None, {}),
            f"get{of.name}": ("GET", one, None, {}),
            f"record{of.name}": ("POST", path, entry, {}),
            f"replace{of.name}": ("PUT", one, entry | of.changed, {}),
            f"void{of.name}": ("POST", f"{one}/void", {"reason": "x"}, STALE),
            f"list{of.name}Versions": ("GET", f"{one}/versions", None, {}),
            f"get{of.name}Version": ("GET", f"{one}/versions/1", None, {}),
        } | ({f"get{of.name}Document": ("GET", f"{one}/document", None, {})} if of.has_document else {})
    confirmation = {"author": {"family_name": "A", "given_names": "B"}}
    data["confirmDiaryEntry"] = (
        "POST",
        f"/v1/diary-entries/{o.filed['diary-entry']}/confirm",
        confirmation,
        STALE,
    )
    return data


def versions_of(o: Objects) -> dict[str, Request]:
    data: dict[str, Request] = {}
    for name, path in (
        ("Client", f"clients/{o.client}"),
        ("ServiceRelationship", f"service-relationships/{o.relationship['id']}"),
        ("Decision", f"decisions/{o.decision}"),
        ("Agreement", f"agreements/{o.agreement['id']}"),
        ("Measurement", f"measurements/{o.measurement}"),
        ("Organisation", f"organisations/{o.parties['organisation']}"),
        ("Unit", f"units/{o.parties['unit']}"),
    ):
        data[f"list{name}Versions"] = ("GET", f"/v1/{path}/versions", None, {})
        data[f"get{name}Version"] = ("GET", f"/v1/{path}/versions/1", None, {})
        if name not in {"ServiceRelationship", "Organisation", "Unit"}:
            data[f"get{name}Document"] = ("GET", f"/v1/{path}/document", None, {})
    for name, path in (
        ("Attendance", f"attendance/{o.attendance}"),
        ("Justification", f"justifications/{o.justification}"),
    ):
        data[f"list{name}Versions"] = ("GET", f"/v1/{path}/versions", None, {})
        data[f"get{name}Version"] = ("GET", f"/v1/{path}/versions/1", None, {})
    annex = f"/v1/workplace-agreements/{o.agreement['id']}/versions"
    data["listWorkplaceAgreementVersions"] = ("GET", annex, None, {})
    data["getWorkplaceAgreementVersion"] = ("GET", f"{annex}/{o.agreement['version']}", None, {})
    return data
