"""Who may not see what: every operation as a foreign organiser's caller and as provider B, with ids of this organiser."""

from typing import Any

import pytest
from httpx import Response
from tests.access.test_use_log_api import draft_of, plain, scene
from tests.conftest import KEYS, Speaker, World

PERSON = {"family_name": "Korhonen", "given_names": "Aino"}
GUARDED_WITHOUT_IDS = {"whoAmI", "listCodeSystems", "getCodeSystem", "registerOrganisation"}
PUBLIC = {"issueToken", "getKeys", "getAuthorizationServer", "isAlive", "isReady", "getMetrics"}


def requests(world: World, s: dict[str, Any]) -> dict[str, tuple[str, str, Any]]:
    client, relationship, agreement = s["client"]["id"], s["relationship"], s["agreement"]
    again = {k: v for k, v in relationship.items() if k not in {"id", "version", "recorded_at", "recorded_by"}} | {
        "source_id": "m"
    }
    system = {
        "organisation_id": str(world.provider_a.organisation_id), "client_id": world.provider_a.client_id + "-x", "name": "x",
        "role": "provider", "jwks": KEYS, "source_id": "m",
    }  # fmt: skip
    person = {"family_name": "A", "given_names": "B", "turvakielto": False, "source_id": "m"}
    line = {"agreement_id": agreement["id"], "date": world.day(8), "status": "present"}
    a, day = f"/v1/agreements/{agreement['id']}", s["day"]
    return {
        "listClients": ("GET", "/v1/clients", None),
        "createClient": ("POST", "/v1/clients", person),
        "getClient": ("GET", f"/v1/clients/{client}", None),
        "replaceClient": ("PUT", f"/v1/clients/{client}", person),
        "searchClients": (
            "POST",
            "/v1/client-searches",
            {"identity": {"system": "urn:oid:1.2.246.21", "value": s["code"]}},
        ),
        "listServiceRelationships": ("GET", f"/v1/service-relationships?client_id={client}", None),
        "openServiceRelationship": ("POST", "/v1/service-relationships", again),
        "getServiceRelationship": ("GET", f"/v1/service-relationships/{relationship['id']}", None),
        "replaceServiceRelationship": ("PUT", f"/v1/service-relationships/{relationship['id']}", again),
        "listDecisions": ("GET", f"/v1/decisions?client_id={client}", None),
        "draftDecision": ("POST", "/v1/decisions", draft_of(world, s) | {"source_id": "m"}),
        "getDecision": ("GET", f"/v1/decisions/{s['decision']}", None),
        "replaceDecisionDraft": ("PUT", f"/v1/decisions/{s['decision']}", draft_of(world, s)),
        "listAgreements": ("GET", f"/v1/agreements?client_id={client}", None),
        "draftAgreement": ("POST", "/v1/agreements", plain(agreement) | {"source_id": "m"}),
        "getAgreement": ("GET", a, None),
        "replaceAgreement": ("PUT", a, plain(agreement)),
        "signAgreement": (
            "POST",
            f"{a}/sign",
            {"signed_on": world.day(1), "signatories": [{"party": "client", "name": "x"}]},
        ),
        "endAgreement": ("POST", f"{a}/end", {"ends_on": world.day(1), "reason": "x"}),
        "recordAttendance": ("PUT", day, {"status": "present"}),
        "getAttendance": ("GET", day, None),
        "listAttendance": ("GET", f"/v1/attendance?agreement_id={agreement['id']}", None),
        "getAttendanceById": ("GET", f"/v1/attendance/{s['recorded']['id']}", None),
        "recordAttendanceBatch": ("POST", "/v1/attendance-batches", {"items": [line]}),
        "giveJustification": ("PUT", f"{day}/justification", s["justification"]),
        "getJustification": ("GET", f"{day}/justification", None),
        "getJustificationById": ("GET", f"/v1/justifications/{s['given']['id']}", None),
        "reviewJustification": ("POST", f"{day}/justification/review", {"decision": "accepted"}),
        "listChanges": ("GET", "/v1/changes", None),
        "listEhrTargets": ("GET", "/v1/ehr/targets", None),
        "listEhrDeliveries": ("GET", "/v1/ehr/deliveries", None),
        "listEhrInbox": ("GET", "/v1/ehr/inbox", None),
        "listUseLog": ("GET", f"/v1/use-log?client_id={client}", None),
        "listOrganisations": ("GET", "/v1/organisations", None),
        "getOrganisation": ("GET", f"/v1/organisations/{world.provider_a.organisation_id}", None),
        "listUnits": ("GET", f"/v1/units?organisation_id={world.provider_a.organisation_id}", None),
        "registerUnit": (
            "POST",
            "/v1/units",
            {"organisation_id": str(world.provider_a.organisation_id), "name": "x", "source_id": "m"},
        ),
        "getUnit": ("GET", f"/v1/units/{s['unit']}", None),
        "listConnectedSystems": ("GET", "/v1/connected-systems", None),
        "registerConnectedSystem": ("POST", "/v1/connected-systems", system),
        "getConnectedSystem": ("GET", f"/v1/connected-systems/{world.provider_a.system_id}", None),
        "replaceConnectedSystem": ("PUT", f"/v1/connected-systems/{world.provider_a.system_id}", system),
        "revokeConnectedSystem": ("POST", f"/v1/connected-systems/{world.provider_a.system_id}/revoke", None),
    }


REFERS = {"openServiceRelationship", "draftDecision", "draftAgreement", "registerUnit", "registerConnectedSystem"}
EMPTY = {
    "listClients", "searchClients", "listServiceRelationships", "listDecisions", "listAgreements", "listAttendance", "listUnits", "listUseLog",
    "listEhrTargets", "listEhrDeliveries", "listEhrInbox",
}  # fmt: skip
SHARED_BY_THE_PARTIES = {"listOrganisations", "getOrganisation", "listUnits", "getUnit"}


async def whole(world: World) -> dict[str, Any]:
    told = await scene(world)
    unit = {"organisation_id": str(world.provider_a.organisation_id), "name": "Yksikkö", "source_id": "u"}
    return told | {"unit": (await world.organiser.post("/v1/units", unit)).json()["id"]}


async def state(world: World) -> list[Any]:
    counts = [
        await world.owner.fetchval(f"select count(*) from {table} where organiser_id = $1", world.organiser_id)
        for table in (
            "journal",
            "use_log",
            "clients",
            "service_relationships",
            "decisions",
            "agreements",
            "attendance",
            "justifications",
        )
    ]
    return [
        *counts,
        await world.owner.fetchval(
            "select sum(version) from connected_systems where organiser_id = $1", world.organiser_id
        ),
    ]


def ids_of(world: World, s: dict[str, Any]) -> list[str]:
    return [s["client"]["id"], s["relationship"]["id"], s["decision"], s["agreement"]["id"], s["recorded"]["id"], s["given"]["id"], s["unit"],
            str(world.provider_a.system_id), s["code"]]  # fmt: skip


def check(name: str, answer: Response, ids: list[str], asked: str) -> None:
    """404 as for what is not there; an empty list; or the refusal of a reference, which says no more."""
    told = answer.json()
    if name in REFERS:
        assert (answer.status_code, {error["code"] for error in told["errors"]}) == (422, {"unknown-reference"}), name
    elif name in EMPTY:
        assert (answer.status_code, told["items"]) == (200, []), name
    elif name == "recordAttendanceBatch":
        assert (told["counts"]["rejected"], told["causes"][0]["code"]) == (1, "unknown-agreement")
    elif name == "createClient":
        assert answer.status_code == 201
    elif name not in {"listChanges", "listConnectedSystems", "listOrganisations"}:
        assert (answer.status_code, told["code"]) == (404, "not-found"), name
    assert not [each for each in ids if each in answer.text and each not in asked], name


def test_the_matrix_knows_every_operation(world: World) -> None:
    named = {op["operationId"] for item in world.app.state.document["paths"].values() for op in item.values()}
    unknown: dict[str, Any] = {"id": "x", "version": 1}
    fake = dict.fromkeys(("client", "relationship", "agreement", "recorded", "given"), unknown) | {
        "day": "", "code": "", "decision": "", "unit": "", "justification": {},
    }  # fmt: skip
    fake["relationship"] = unknown | dict.fromkeys(
        ("client_id", "provider_id", "legal_bases", "service_task", "service_kind"), "x"
    )
    assert named == set(requests(world, fake)) | GUARDED_WITHOUT_IDS | PUBLIC


@pytest.mark.parametrize("role", ["organiser", "provider_a", "workplace", "auditor", "ehr"])
async def test_a_foreign_organisers_caller_gets_404_or_nothing(world: World, elsewhere: World, role: str) -> None:
    told = await whole(world)
    before = await state(world)
    speaker: Speaker = getattr(elsewhere, role)
    tried = 0
    for name, (method, path, body) in requests(world, told).items():
        answer = await speaker(method, path, body)
        if answer.status_code == 403:
            assert answer.json()["code"] == "forbidden"
            continue
        tried += 1
        check(name, answer, ids_of(world, told), path + str(body))
    assert tried >= {"organiser": 36, "provider_a": 20, "workplace": 14, "auditor": 5, "ehr": 19}[role]
    assert await state(world) == before


async def test_provider_b_gets_404_or_nothing_of_provider_as_client(world: World) -> None:
    told = await whole(world)
    before = await state(world)
    for name, (method, path, body) in requests(world, told).items():
        answer = await world.provider_b(method, path, body)
        if answer.status_code == 403 or name in SHARED_BY_THE_PARTIES:
            continue
        check(name, answer, ids_of(world, told), path + str(body))
    after = await state(world)
    assert after[1] - before[1] == 1, "the search that found nobody is in the use log"
    assert [*after[:1], *after[2:]] == [*before[:1], *before[2:]]


async def test_what_is_foreign_and_what_is_not_there_are_answered_alike(world: World) -> None:
    told = await whole(world)
    for kind, real in (
        ("clients", told["client"]["id"]),
        ("agreements", told["agreement"]["id"]),
        ("decisions", told["decision"]),
    ):
        foreign = await world.provider_b.get(f"/v1/{kind}/{real}")
        nothing = await world.provider_b.get(f"/v1/{kind}/01a20f63-1f4e-7ad9-8185-f3a69261964b")
        answers = []
        for answer in (foreign, nothing):
            body = answer.json()
            body.pop("instance")
            headers = {k: v for k, v in answer.headers.items() if k not in {"x-request-id", "ratelimit"}}
            answers.append((answer.status_code, body, headers))
        assert answers[0] == answers[1]


async def test_every_answer_says_nosniff_and_how_long_it_may_be_kept(world: World) -> None:
    told = await whole(world)
    for name, (method, path, body) in requests(world, told).items():
        answer = await world.provider_a(method, path, body)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] in {"no-cache", "no-store"}, name
