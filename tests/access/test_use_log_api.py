"""The use log: one row for every answer that carries client data, in the same transaction; read by the auditor only."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from httpx import Response
from tests.adapters.ehr.conflicting import conflict
from tests.conftest import ApiClient, TenantFixture, forward, identity_code
from tests.http_behaviour.scene import BOUNDARY, MULTIPART, in_parts
from tests.record.case_file.documents.samples import FILED

from walmu_api.foundation.clock import Clock
from walmu_api.record.everyday.attendance.planning import is_public_holiday

ENTRY = {"family_name": "Loki", "given_names": "Testi", "turvakielto": False}
PERSON = {"family_name": "Korhonen", "given_names": "Aino"}
UNIT = {
    "system": "urn:oid:1.2.246.537.6.202",
    "code": "1.2.246.10.12345671.10.1",
    "display": "Vammaispalvelut",
}
BY_HAND = {
    "system": "urn:oid:1.2.246.537.5.40161",
    "code": "2",
    "display": "Asiakirja on allekirjoitettu käsin",
}
SERVICE = {
    "system": "urn:oid:1.2.246.537.6.1222",
    "code": "55",
    "display": "Vammaisten henkilöiden työtoiminta",
}
INFORMANT = PERSON | {
    "phone": "1",
    "postal_address": {"street_address": "Puutie 1", "postal_code": "00000", "post_office": "Kylä"},
}


async def scene(world: TenantFixture) -> dict[str, Any]:
    """A care path with something at every place."""
    code = identity_code()
    client = await world.client(identity={"system": "urn:oid:1.2.246.21", "value": code})
    unit = {
        "organisation_id": str(world.provider_a.organisation_id),
        "name": "Kotola",
        "source_id": "scene-unit",
    }
    unit_id = (await world.organiser.post("/v1/units", unit)).json()["id"]
    relationship = await world.relationship(client["id"], unit_id=unit_id)
    decision = await world.decision(
        relationship,
        service=SERVICE,
        reasons="Myönnetään.",
        informants=[INFORMANT],
        signature={"type": BY_HAND},
    )
    agreement = await world.agreement(relationship, decision)
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    at_place = await world.agreement(relationship, decision, place=place)
    day = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    absent = {"status": "absent", "absence_reason": "own_illness"}
    recorded = (await world.provider_a.put(day, absent)).json()
    justification = {"reason": "own_illness", "given_by": "client", "given_on": world.day(3)}
    given = (await world.provider_a.put(f"{day}/justification", justification)).json()
    return {
        "client": client,
        "relationship": relationship,
        "decision": str(decision),
        "conflict": await conflict(world.owner, world.organiser_id, decision),
        "agreement": agreement,
        "at_place": at_place,
        "day": day,
        "absent": absent,
        "recorded": recorded,
        "justification": justification,
        "given": given,
        "code": code,
    }


def unreported(recorded: str) -> str:
    """A planned day before the one that is recorded, by the week plan of `world.agreement`."""
    day = date.fromisoformat(recorded) - timedelta(days=1)
    while day.isoweekday() > 3 or is_public_holiday(day):
        day -= timedelta(days=1)
    return day.isoformat()


def plain(record: dict[str, Any]) -> dict[str, Any]:
    """A record as an entry: what the server set is left out."""
    server = {
        "id",
        "version",
        "recorded_at",
        "recorded_by",
        "client_id",
        "provider_id",
        "status",
        "structure",
        "signatures",
        "schedules",
        "signed_on",
    }
    return {name: value for name, value in record.items() if name not in server}


def draft_of(world: TenantFixture, scene: dict[str, Any]) -> dict[str, Any]:
    stored = ("client_id", "provider_id", "legal_bases", "service_task", "service_kind")
    return {name: scene["relationship"][name] for name in stored} | {"valid_from": world.day(0)}


async def redraft(world: TenantFixture, scene: dict[str, Any]) -> Response:
    drafted = await world.organiser.post("/v1/decisions", draft_of(world, scene) | {"source_id": "d"})
    if drafted.status_code != 201:
        return drafted
    created = drafted.json()
    entry = draft_of(world, scene) | {"source_id": "d", "days_per_week": 2}
    return await world.organiser.put(f"/v1/decisions/{created['id']}", entry, If_Match='"1"')


async def sign_again(world: TenantFixture, scene: dict[str, Any]) -> Response:
    signing = {"signed_on": world.day(120), "signatories": [{"party": "client", "name": "Testi Esimerkki"}]}
    return await world.provider_a.post(f"/v1/agreements/{scene['agreement']['id']}/sign", signing)


async def offer_draft(world: TenantFixture, scene: dict[str, Any]) -> Response:
    entry = plain(scene["at_place"]) | {"source_id": "o"}
    drafted = await world.provider_a.post("/v1/agreements", entry)
    if drafted.status_code != 201:
        return drafted
    return await world.provider_a.post(f"/v1/agreements/{drafted.json()['id']}/offer", None)


async def void_draft(world: TenantFixture, scene: dict[str, Any]) -> Response:
    drafted = await world.provider_a.post("/v1/agreements", plain(scene["agreement"]) | {"source_id": "v"})
    if drafted.status_code != 201:
        return drafted
    return await world.provider_a.post(f"/v1/agreements/{drafted.json()['id']}/void", {"reason": "Virhe"})


async def reopen_ended(world: TenantFixture, scene: dict[str, Any]) -> Response:
    drafted = await world.provider_a.post("/v1/agreements", plain(scene["agreement"]) | {"source_id": "r"})
    if drafted.status_code != 201:
        return drafted
    path = f"/v1/agreements/{drafted.json()['id']}"
    await sign_again(world, {"agreement": drafted.json()})
    ended = await world.provider_a.post(f"{path}/end", {"ends_on": world.day(1), "reason": "Muutto"})
    return await world.provider_a.post(f"{path}/reopen", {"reason": "Virhe"}, If_Match=ended.headers["etag"])


async def merge_into_another(world: TenantFixture, scene: dict[str, Any]) -> Response:
    other = (await world.organiser.post("/v1/clients", ENTRY | {"source_id": "other"})).json()
    act = {"into": other.get("id", scene["client"]["id"]), "into_version": 1, "reason": "Sama henkilö"}
    return await world.organiser.post(f"/v1/clients/{scene['client']['id']}/merge", act, If_Match='"1"')


async def unmerge_from_another(world: TenantFixture, scene: dict[str, Any]) -> Response:
    await merge_into_another(world, scene)
    path = f"/v1/clients/{scene['client']['id']}/unmerge"
    return await world.organiser.post(path, {"reason": "Eri henkilöt"}, If_Match='"2"')


async def recoded(world: TenantFixture, scene: dict[str, Any]) -> Response:
    """The client under another code, and nobody has said why."""
    entry = ENTRY | {"source_id": scene["client"]["source_id"]}
    entry["identity"] = {"system": "urn:oid:1.2.246.21", "value": identity_code()}
    return await world.organiser.put(f"/v1/clients/{scene['client']['id']}", entry, If_Match='"1"')


async def findings_of_one(world: TenantFixture, scene: dict[str, Any]) -> Response:
    await recoded(world, scene)
    return await world.organiser.get("/v1/client-findings")


async def tell_apart(world: TenantFixture, scene: dict[str, Any]) -> Response:
    other = (await world.organiser.post("/v1/clients", ENTRY | {"source_id": "other"})).json()
    verdict = {"from": other.get("id", scene["client"]["id"]), "reason": "Sisarukset"}
    return await world.organiser.post(f"/v1/clients/{scene['client']['id']}/not-same", verdict)


ABOUT_TWO = {"mergeClient", "tellClientsApart"}
"""Whose answer names another client besides."""
Call = Callable[[TenantFixture, dict[str, Any]], Awaitable[Response]]
CALLS: dict[str, Call] = {
    "listClients": lambda w, s: w.organiser.get("/v1/clients"),
    "createClient": lambda w, s: w.organiser.post("/v1/clients", ENTRY | {"source_id": "n"}),
    "getClient": lambda w, s: w.provider_a.get(f"/v1/clients/{s['client']['id']}"),
    "replaceClient": lambda w, s: w.organiser.put(
        f"/v1/clients/{s['client']['id']}", ENTRY | {"source_id": s["client"]["source_id"]}, If_Match='"1"'
    ),
    "listFormerIdentities": lambda w, s: w.organiser.get(
        f"/v1/clients/{s['client']['id']}/former-identities"
    ),
    "listClientFindings": findings_of_one,
    "tellClientsApart": tell_apart,
    "mergeClient": merge_into_another,
    "unmergeClient": unmerge_from_another,
    "searchClients": lambda w, s: w.provider_a.post(
        "/v1/client-searches", {"identity": {"system": "urn:oid:1.2.246.21", "value": s["code"]}}
    ),
    "listServiceRelationships": lambda w, s: w.provider_a.get("/v1/service-relationships"),
    "openServiceRelationship": lambda w, s: w.organiser.post(
        "/v1/service-relationships",
        {
            k: v
            for k, v in s["relationship"].items()
            if k not in {"id", "version", "recorded_at", "recorded_by"}
        }
        | {"source_id": "n"},
    ),
    "getServiceRelationship": lambda w, s: w.provider_a.get(
        f"/v1/service-relationships/{s['relationship']['id']}"
    ),
    "replaceServiceRelationship": lambda w, s: w.organiser.put(
        f"/v1/service-relationships/{s['relationship']['id']}",
        {
            k: v
            for k, v in s["relationship"].items()
            if k not in {"id", "version", "recorded_at", "recorded_by"}
        }
        | {"responsible_workers": {"organiser": PERSON, "provider": PERSON | {"title": "ohjaaja"}}},
        If_Match='"1"',
    ),
    "listDecisions": lambda w, s: w.provider_a.get("/v1/decisions"),
    "draftDecision": lambda w, s: w.organiser.post("/v1/decisions", draft_of(w, s) | {"source_id": "d"}),
    "getDecision": lambda w, s: w.provider_a.get(f"/v1/decisions/{s['decision']}"),
    "replaceDecisionDraft": redraft,
    "draftAgreement": lambda w, s: w.provider_a.post(
        "/v1/agreements", plain(s["agreement"]) | {"source_id": "n"}
    ),
    "getAgreement": lambda w, s: w.provider_a.get(f"/v1/agreements/{s['agreement']['id']}"),
    "replaceAgreement": lambda w, s: w.provider_a.put(
        f"/v1/agreements/{s['agreement']['id']}",
        plain(s["agreement"]) | {"tasks_and_goals": "Puutyöt"},
        If_Match='"2"',
    ),
    "signAgreement": sign_again,
    "voidAgreement": void_draft,
    "reviewDecision": lambda w, s: w.organiser.post(
        f"/v1/decisions/{s['decision']}/review", {"review": "final"}
    ),
    "listEhrConflicts": lambda w, s: w.organiser.get("/v1/ehr/conflicts"),
    "getEhrConflict": lambda w, s: w.organiser.get(f"/v1/ehr/conflicts/{s['conflict']}"),
    "settleEhrConflict": lambda w, s: w.organiser.post(
        f"/v1/ehr/conflicts/{s['conflict']}/settle", {"resolution": "ours", "reason": "x"}, If_Match='"1"'
    ),
    "endAgreement": lambda w, s: w.provider_a.post(
        f"/v1/agreements/{s['agreement']['id']}/end", {"ends_on": w.day(1), "reason": "Loppui"}
    ),
    "reopenAgreement": reopen_ended,
    "listAttendanceVersions": lambda w, s: w.provider_a.get(f"/v1/attendance/{s['recorded']['id']}/versions"),
    "getAttendanceVersion": lambda w, s: w.provider_a.get(f"/v1/attendance/{s['recorded']['id']}/versions/1"),
    "listJustificationVersions": lambda w, s: w.provider_a.get(
        f"/v1/justifications/{s['given']['id']}/versions"
    ),
    "getJustificationVersion": lambda w, s: w.provider_a.get(
        f"/v1/justifications/{s['given']['id']}/versions/1"
    ),
    "recordAttendance": lambda w, s: w.provider_a.put(
        f"/v1/agreements/{s['agreement']['id']}/attendance/{w.day(9)}", {"status": "present"}
    ),
    "getAttendance": lambda w, s: w.provider_a.get(s["day"]),
    "listAttendance": lambda w, s: w.provider_a.get("/v1/attendance"),
    "getAttendanceById": lambda w, s: w.provider_a.get(f"/v1/attendance/{s['recorded']['id']}"),
    "voidAttendance": lambda w, s: w.provider_a.post(f"{s['day']}/void", {"reason": "Virhe"}),
    "confirmAttendance": lambda w, s: w.provider_a.post(f"{s['day']}/confirm", None),
    "listMissingAttendance": lambda w, s: w.provider_a.get(
        f"/v1/attendance/missing?on={unreported(w.day(3))}"
    ),
    "listOpenJustifications": lambda w, s: w.organiser.get("/v1/justifications"),
    "getAttendanceSummary": lambda w, s: w.organiser.get(
        f"/v1/agreements/{s['agreement']['id']}/attendance-summary?from={w.day(9)}&to={w.day(0)}"
    ),
    "recordAttendanceBatch": lambda w, s: w.provider_a.post(
        "/v1/attendance-batches",
        {"items": [{"agreement_id": s["agreement"]["id"], "date": w.day(10), "status": "present"}]},
    ),
    "importAttendance": lambda w, s: w.provider_a(
        "POST",
        "/v1/attendance-imports",
        in_parts(f"Sopimus;Päivä;Läsnäolo\n{s['agreement']['id']};{w.day(11)};läsnä\n".encode()),
        Content_Type=f"{MULTIPART}; boundary={BOUNDARY}",
    ),
    "getAttendanceTemplate": lambda w, s: w.provider_a.get(
        f"/v1/attendance-imports/template?from={w.day(10)}&to={w.day(3)}"
    ),
    "giveJustification": lambda w, s: w.provider_a.put(
        f"{s['day']}/justification", s["justification"] | {"explanation": "Kuumetta"}, If_Match='"1"'
    ),
    "getJustification": lambda w, s: w.provider_a.get(f"{s['day']}/justification"),
    "getJustificationById": lambda w, s: w.provider_a.get(f"/v1/justifications/{s['given']['id']}"),
    "reviewJustification": lambda w, s: w.organiser.post(
        f"{s['day']}/justification/review", {"decision": "accepted"}
    ),
    "listChanges": lambda w, s: w.provider_a.get("/v1/changes"),
}
ABOUT_KEYS = {
    "registerConnectedSystem",
    "replaceConnectedSystem",
    "confirmConnectedSystem",
    "revokeConnectedSystem",
}
"""Logged though no client is in their answers: `test_registration_api`."""
WITHOUT_CLIENT_DATA = {
    "issueToken",
    "getKeys",
    "getAuthorizationServer",
    "getOpenidConfiguration",
    "isAlive",
    "isReady",
    "getMetrics",
    "whoAmI",
    "listCodeSystems",
    "getCodeSystem",
    "getCode",
    "putCode",
    "listReceivedNotices",
    "listAssessmentForms",
    "getAssessmentForm",
    "getAssessmentFormVersion",
    "putAssessmentForm",
    "listInstruments",
    "getInstrument",
    "putInstrument",
    "getImpact",
    "getImpactLimits",
    "replaceImpactLimits",
    "listOrganisations",
    "registerOrganisation",
    "getOrganisation",
    "listUnits",
    "registerUnit",
    "getUnit",
    "succeedOrganisation",
    *(f"{act}{of}" for act in ("replace", "close", "reopen") for of in ("Organisation", "Unit")),
    *(read.format(of) for read in ("list{}Versions", "get{}Version") for of in ("Organisation", "Unit")),
    "listConnectedSystems",
    "getConnectedSystem",
    "getDelegatedWorkplaces",
    "replaceDelegatedWorkplaces",
    "listUseLog",
    "listEhrTargets",
    "listEhrDeliveries",
    "listEhrInbox",
    "listDocumentStructures",
    "validateDocument",
}
CALLS |= {
    "offerAgreement": offer_draft,
    "listWorkplaceAgreements": lambda w, s: w.workplace.get("/v1/workplace-agreements"),
    "getWorkplaceAgreement": lambda w, s: w.workplace.get(f"/v1/workplace-agreements/{s['at_place']['id']}"),
    "listSafetyAndSupport": lambda w, s: w.provider_a.get(
        f"/v1/workplace-agreements/{s['at_place']['id']}/safety-and-support"
    ),
    "listWorkplaceAgreementVersions": lambda w, s: w.workplace.get(
        f"/v1/workplace-agreements/{s['at_place']['id']}/versions"
    ),
    "getWorkplaceAgreementVersion": lambda w, s: w.workplace.get(
        f"/v1/workplace-agreements/{s['at_place']['id']}/versions/2"
    ),
}
CALLS["listAgreements"] = lambda w, s: w.provider_a.get("/v1/agreements")


Act = Callable[[ApiClient, str, dict[str, Any], dict[str, Any]], Awaitable[Response]]


def _filed(kind: str, act: Act) -> Call:
    """An act on a record of this kind of the store of documents, by who wrote it."""
    of = FILED[kind]

    async def call(world: TenantFixture, scene: dict[str, Any]) -> Response:
        names = {name: scene[name]["id"] for name in ("client", "relationship", "agreement")}
        speaker = {"organiser": world.organiser, "provider": world.provider_a, "workplace": world.workplace}[
            of.by
        ]
        entry = of.entry(names) | {"source_id": f"{kind}-1"}
        response = await speaker.post(f"/v1/{of.collection}", entry)
        if response.status_code != 201:
            return response
        return await act(speaker, f"/v1/{of.collection}/{response.json()['id']}", response.json(), entry)

    return call


def _recording(kind: str) -> Call:
    of = FILED[kind]

    async def call(world: TenantFixture, scene: dict[str, Any]) -> Response:
        names = {name: scene[name]["id"] for name in ("client", "relationship", "agreement")}
        speaker = {"organiser": world.organiser, "provider": world.provider_a, "workplace": world.workplace}[
            of.by
        ]
        return await speaker.post(f"/v1/{of.collection}", of.entry(names) | {"source_id": f"{kind}-1"})

    return call


def _replacing(changed: dict[str, Any]) -> Act:
    return lambda by, url, created, entry: by.put(url, entry | changed, If_Match='"1"')


for _kind, _of in FILED.items():
    CALLS |= {
        f"record{_of.name}": _recording(_kind),
        f"list{_of.plural}": _filed(_kind, lambda by, url, created, entry: by.get(url.rpartition("/")[0])),
        f"get{_of.name}": _filed(_kind, lambda by, url, created, entry: by.get(url)),
        f"replace{_of.name}": _filed(_kind, _replacing(_of.changed)),
        f"void{_of.name}": _filed(
            _kind, lambda by, url, created, entry: by.post(f"{url}/void", {"reason": "x"})
        ),
        f"list{_of.name}Versions": _filed(_kind, lambda by, url, created, entry: by.get(f"{url}/versions")),
        f"get{_of.name}Version": _filed(_kind, lambda by, url, created, entry: by.get(f"{url}/versions/1")),
    }
    if _of.has_document:
        CALLS[f"get{_of.name}Document"] = _filed(
            _kind, lambda by, url, created, entry: by.get(f"{url}/document")
        )


async def file_one(world: TenantFixture, scene: dict[str, Any]) -> Response:
    recorded = await CALLS["recordCase"](world, scene)
    if recorded.status_code != 201:
        return recorded
    created = recorded.json()
    content = (await world.organiser.get(f"/v1/cases/{created['id']}/document")).json()["content"]
    body = {
        "client_id": scene["client"]["id"],
        "structure": created["structure"],
        "content": content,
        "source_id": "d",
    }
    return await world.organiser.post("/v1/documents", body)


async def read_one(world: TenantFixture, scene: dict[str, Any]) -> Response:
    filed = await file_one(world, scene)
    if filed.status_code != 201:
        return filed
    known = filed.json()["envelope"]
    return await world.organiser.get(f"/v1/documents/{known['document_id']}")


CALLS |= {
    "listCaseFindings": _filed("case", lambda by, url, created, entry: by.get(f"{url}/findings")),
    "listServiceRelationshipFindings": lambda w, s: w.provider_a.get(
        f"/v1/service-relationships/{s['relationship']['id']}/findings"
    ),
    "listDecisionFindings": lambda w, s: w.provider_a.get(f"/v1/decisions/{s['decision']}/findings"),
    "listDocuments": lambda w, s: w.provider_a.get("/v1/documents"),
    "fileDocument": file_one,
    "getDocument": read_one,
}


def _reading(path: str, below: str) -> Call:
    return lambda w, s: w.provider_a.get(f"/v1/{path.format(**s)}/{below}")


for _name, _path in (
    ("Client", "clients/{client[id]}"),
    ("ServiceRelationship", "service-relationships/{relationship[id]}"),
    ("Decision", "decisions/{decision}"),
    ("Agreement", "agreements/{agreement[id]}"),
):
    CALLS[f"list{_name}Versions"] = _reading(_path, "versions")
    CALLS[f"get{_name}Version"] = _reading(_path, "versions/1")


async def client_document(world: TenantFixture, scene: dict[str, Any]) -> Response:
    """Of a client of whom all is recorded that the document needs."""
    whole = ENTRY | {
        "source_id": scene["client"]["source_id"],
        "identity": scene["client"]["identity"],
        "client_relationship_identifier": {"value": "A-1"},
        "client_relationship": {"starts_on": "2026-06-01"},
        "operating_unit": UNIT,
        "organiser_units": [{"unit": UNIT, "starts_on": "2026-06-01"}],
    }
    url = f"/v1/clients/{scene['client']['id']}"
    response = await world.organiser.put(url, whole, If_Match='"1"')
    return await world.provider_a.get(f"{url}/document") if response.status_code == 200 else response


async def agreement_document(world: TenantFixture, scene: dict[str, Any]) -> Response:
    entry = plain(scene["agreement"]) | {"source_id": "n", "responsible_worker": PERSON, "author": PERSON}
    drafted = await world.provider_a.post("/v1/agreements", entry)
    if drafted.status_code != 201:
        return drafted
    url = f"/v1/agreements/{drafted.json()['id']}"
    signatory = {"party": "client", "name": "Testi Esimerkki", "type": BY_HAND}
    await world.provider_a.post(f"{url}/sign", {"signed_on": world.day(120), "signatories": [signatory]})
    return await world.provider_a.get(f"{url}/document")


Report = tuple[str, dict[str, Any]]
ENTRY_OF_A_WORKPLACE: Report = (
    "diary-entries",
    {"kind": "daily_performance", "performance": {"rating": "well"}, "author": PERSON},
)
ASSESSMENT_OF_A_WORKPLACE: Report = (
    "assessments",
    {"form": "workplace_short", "authors": [PERSON], "items": [{"key": "overall", "rating": 3}]},
)


async def _confirm(world: TenantFixture, scene: dict[str, Any], data: Report) -> Response:
    """What the workplace wrote under an agreement of its own."""
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    entry = plain(scene["agreement"]) | {"source_id": "n", "place": place}
    drafted = await world.provider_a.post("/v1/agreements", entry)
    if drafted.status_code != 201:
        return drafted
    agreement = drafted.json()["id"]
    signing = {"signed_on": world.day(120), "signatories": [{"party": "client", "name": "Testi Esimerkki"}]}
    await world.provider_a.post(f"/v1/agreements/{agreement}/sign", signing)
    collection, report = data
    written = await world.workplace.post(
        f"/v1/{collection}", report | {"agreement_id": agreement, "source_id": "r"}
    )
    if written.status_code != 201:
        return written
    return await world.provider_a.post(f"/v1/{collection}/{written.json()['id']}/confirm", {"author": PERSON})


CALLS |= {
    "confirmDiaryEntry": lambda w, s: _confirm(w, s, ENTRY_OF_A_WORKPLACE),
    "confirmAssessment": lambda w, s: _confirm(w, s, ASSESSMENT_OF_A_WORKPLACE),
    "getClientOverview": lambda w, s: w.provider_a.get(f"/v1/clients/{s['client']['id']}/overview"),
    "getUnitOverview": lambda w, s: w.provider_a.get(f"/v1/units/{s['relationship']['unit_id']}/overview"),
    "listAgreementFindings": lambda w, s: w.provider_a.get(f"/v1/agreements/{s['agreement']['id']}/findings"),
    "getClientDocument": client_document,
    "getDecisionDocument": lambda w, s: w.provider_a.get(f"/v1/decisions/{s['decision']}/document"),
    "getAgreementDocument": agreement_document,
}


STAGED = {
    "listMeasurements": "provider_a",
    "getMeasurement": "provider_a",
    "recordMeasurement": "provider_a",
    "replaceMeasurement": "provider_a",
    "voidMeasurement": "provider_a",
    "importMeasurements": "provider_a",
    "getMeasurementChanges": "provider_a",
    "drawMeasurementChanges": "provider_a",
    "listMeasurementVersions": "provider_a",
    "getMeasurementVersion": "provider_a",
    "getMeasurementDocument": "provider_a",
    "prefillAssessment": "provider_a",
    "recordNotice": "organiser",
    "listNotices": "organiser",
    "getNotice": "organiser",
    "listNoticeVersions": "organiser",
    "getNoticeVersion": "organiser",
    "voidNotice": "organiser",
    "getReceivedNotice": "workplace",
    "listDisclosures": "organiser",
    "getDisclosure": "organiser",
    "getDisclosureDocument": "organiser",
    "revokePermission": "organiser",
}
"""What needs a whole care path, and who asks: driven in tests/privacy/test_use_of_a_care_path.py."""
ANSWERED_LATER = {"getImportJob"}
"""Driven in tests/access/deferring: the work, and each reading of its answer."""


def test_every_operation_is_either_driven_here_or_carries_no_client_data(world: TenantFixture) -> None:
    named = {
        op["operationId"] for item in world.app.state.described()["paths"].values() for op in item.values()
    }
    assert named == set(CALLS) | set(STAGED) | ABOUT_KEYS | WITHOUT_CLIENT_DATA | ANSWERED_LATER


@pytest.mark.parametrize("operation", CALLS)
async def test_every_answer_with_client_data_is_one_row(world: TenantFixture, operation: str) -> None:
    data = await scene(world)
    before = len(await world.use_log(operation=operation))
    answer = await CALLS[operation](world, data)
    assert answer.status_code in {200, 201}, answer.text
    rows = (await world.use_log(operation=operation))[before:]
    assert len(rows) == 1
    (row,) = rows
    expected = answer.json()["id"] if operation == "createClient" else data["client"]["id"]
    named = {str(client) for client in row["client_ids"]}
    assert expected in named
    assert len(named) == (2 if operation in ABOUT_TWO else 1)
    assert row["request_id"] == answer.headers["x-request-id"]
    by_organiser = row["organisation_id"] == world.organiser.organisation_id
    assert row["purpose"] == ("organising-the-service" if by_organiser else "carrying-out-the-service")
    callers = (world.organiser, world.provider_a, world.workplace)
    assert row["system_id"] in {caller.system_id for caller in callers}
    assert row["resource_type"]


async def test_without_a_row_there_is_no_answer(world: TenantFixture) -> None:
    """The log shares the transaction: when it cannot be written nothing is told and nothing is recorded."""
    data = await scene(world)
    count = "select count(*) from journal where organiser_id = $1"
    before = await world.owner.fetchval(count, world.organiser_id)
    await world.owner.execute("revoke insert on use_log from walmu_app")
    try:
        answers = {operation: await call(world, data) for operation, call in CALLS.items()}
    finally:
        await world.owner.execute("grant insert on use_log to walmu_app")
    assert {operation: answer.status_code for operation, answer in answers.items()} == dict.fromkeys(
        CALLS, 500
    )
    assert not any(data["client"]["id"] in answer.text for answer in answers.values())
    assert await world.owner.fetchval(count, world.organiser_id) == before


async def test_what_is_not_there_or_not_yours_leaves_no_row(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    data = await scene(world)
    before = len(await world.use_log())
    for speaker in (world.provider_b, elsewhere.organiser):
        for path in (
            f"/v1/clients/{data['client']['id']}",
            data["day"],
            f"/v1/decisions/{data['decision']}",
            "/v1/clients/x",
        ):
            assert (await speaker.get(path)).status_code in {404, 422}
    assert (await world.provider_b.get("/v1/clients")).json()["items"] == []
    assert len(await world.use_log()) == before
    assert await elsewhere.use_log() == []


async def test_a_search_that_finds_nobody_is_a_row_without_clients(world: TenantFixture) -> None:
    answer = await world.provider_b.post(
        "/v1/client-searches", {"identity": {"system": "urn:oid:1.2.246.21", "value": identity_code()}}
    )
    assert answer.json() == {"items": []}
    (row,) = await world.use_log(operation="searchClients")
    assert row["client_ids"] == []


async def test_a_page_of_many_clients_is_one_row_with_all_of_them(world: TenantFixture) -> None:
    created = {(await world.client())["id"] for _ in range(3)}
    await world.organiser.get("/v1/clients")
    (row,) = await world.use_log(operation="listClients")
    assert {str(client) for client in row["client_ids"]} == created


async def test_the_record_system_has_its_own_purpose(world: TenantFixture) -> None:
    client = await world.client()
    await world.ehr.get(f"/v1/clients/{client['id']}")
    assert [row["purpose"] for row in await world.use_log(operation="getClient")] == [
        "keeping-the-client-record"
    ]


async def test_only_the_auditor_reads_it_and_that_is_a_row_too(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    client = await world.client()
    await world.ehr.get(f"/v1/clients/{client['id']}")
    for speaker in (world.organiser, world.provider_a, world.workplace, world.ehr):
        assert (await speaker.get("/v1/use-log")).status_code == 403
    first = (await world.auditor.get(f"/v1/use-log?client_id={client['id']}")).json()["items"]
    assert [(item["operation"], item["purpose"]) for item in first] == [
        ("createClient", "organising-the-service"),
        ("getClient", "keeping-the-client-record"),
    ]
    again = (await world.auditor.get("/v1/use-log")).json()["items"]
    assert [(item["operation"], item["purpose"], item["client_ids"]) for item in again[2:]] == [
        ("listUseLog", "supervising-use", [client["id"]])
    ]
    logged = [(row["client_ids"], row["purpose"]) for row in await world.use_log(operation="listUseLog")]
    assert [purpose for _, purpose in logged] == ["supervising-use"] * 2, "also without a client named"
    assert (await elsewhere.auditor.get("/v1/use-log")).json()["items"] == []


async def test_the_log_is_found_by_organisation_day_and_page(world: TenantFixture, clock: Clock) -> None:
    client = await world.client()
    await world.relationship(client["id"])
    for _ in range(4):
        await world.provider_a.get(f"/v1/clients/{client['id']}")
    mine = f"/v1/use-log?organisation_id={world.provider_a.organisation_id}"
    items = await world.pages(world.auditor, f"{mine}&limit=3")
    assert [item["operation"] for item in items] == ["getClient"] * 4
    assert len({item["id"] for item in items}) == 4
    today, tomorrow = world.today, world.today + timedelta(days=1)
    assert len((await world.auditor.get(f"{mine}&from={today}&to={today}")).json()["items"]) == 4
    assert (await world.auditor.get(f"{mine}&from={tomorrow}")).json()["items"] == []
    assert (await world.auditor.get(f"{mine}&to={today - timedelta(days=1)}")).json()["items"] == []
    forward(clock, days=1)
    await world.provider_a.get(f"/v1/clients/{client['id']}")
    assert len((await world.auditor.get(f"{mine}&from={tomorrow}")).json()["items"]) == 1


async def test_rows_of_far_months_still_have_a_place(world: TenantFixture, clock: Clock) -> None:
    client = await world.client()
    forward(clock, days=365 * 4)
    assert (await world.organiser.get(f"/v1/clients/{client['id']}")).status_code == 200
    assert len(await world.use_log(operation="getClient")) == 1
