"""All that a decision's national document says: drafts, purchase decisions, supersession, review and appeal."""

from typing import Any
from uuid import UUID

import pytest
from tests.conftest import TenantFixture, identity_code

from walmu_api.record.commitments.decisions import drafting, service
from walmu_api.record.commitments.decisions.parties import Received
from walmu_api.record.commitments.decisions.schemas import DecisionEntry

UNIT = {
    "system": "urn:oid:1.2.246.537.6.202",
    "code": "1.2.246.10.12345671.10.1",
    "display": "Vammaispalvelut",
}
NAME = {
    "family_name": "Päättäjä",
    "given_names": "Pirkko",
    "title": "johtava sosiaalityöntekijä",
    "unit": UNIT,
}
ADDRESS = {"street_address": "Virastotie 1", "postal_code": "00100", "post_office": "Esimerkkilä"}
CONTENT: dict[str, Any] = {
    "decided_on": "2026-10-20",
    "valid_to": "2027-12-31",
    "days_per_week": 3,
    "work_allowance_per_day": "6.00",
    "travel": {"arrangement": "bus_card"},
    "place": "Kotola",
    "reasons": "Perustelut.\nToinen rivi.",
    "service": {"system": "urn:oid:1.2.246.537.6.1222", "code": "55", "display": "Työtoiminta"},
    "decision_maker": NAME | {"phone": "1", "email": "p@example.org"},
    "decision_number": {"value": "P-2026-17", "system": "urn:oid:1.2.246.10.12345671.99"},
    "pending_since": "2026-09",
    "application_description": "Hakee työtoimintaa.",
    "outcome_code": {"system": "urn:oid:1.2.246.537.6.1248", "code": "1", "display": "Myönteinen"},
    "hours": 12.5,
    "long_term": True,
    "service_description": "Kolme päivää viikossa",
    "carried_out_as": [{"system": "urn:oid:1.2.246.537.6.1222", "code": "37", "display": "Päivätoiminta"}],
    "carried_out_otherwise": "Osin etänä",
    "personal_assistance": {"wages_and_costs": "a", "substitutes": "b"},
    "provision_manner": {"system": "urn:oid:1.2.246.537.6.1296", "code": "1", "display": "Ostopalvelu"},
    "provision_details": "Aloitus sovitaan",
    "legal_text": "SHL 27 e §",
    "hearings": [{"held": True, "opposed": False}],
    "immediate_effect": {"immediate": True, "reasons": "Kiire"},
    "notice_persons": "Edunvalvoja",
    "preparers": [NAME],
    "informants": [NAME | {"phone": "2", "postal_address": ADDRESS}],
    "appeal": {
        "means": {"system": "urn:oid:1.2.246.537.6.1211", "code": "1", "display": "Oikaisuvaatimus"},
        "instructions": "Ohje",
        "authority": {"name": "Lautakunta", "postal_address": ADDRESS, "phone": "3"},
        "recipients": [{"name": "Kirjaamo"}],
        "deadline": "30 päivää",
    },
    "further_information": "Lisää",
    "signature": {"type": {"system": "urn:oid:1.2.246.537.5.40161", "code": "1", "display": "sähköisesti"}},
}
BARE = {
    "kind",
    "client_id",
    "provider_id",
    "service_relationship_id",
    "outcome",
    "legal_bases",
    "service_task",
    "service_kind",
    "valid_from",
    "client_decision_id",
    "supersedes_id",
    "source_id",
}


async def scene(world: TenantFixture) -> dict[str, Any]:
    return await world.relationship((await world.client())["id"])


def entry(world: TenantFixture, relationship: dict[str, Any], **changes: Any) -> dict[str, Any]:
    stored = ("client_id", "provider_id", "legal_bases", "service_task", "service_kind")
    return (
        {name: relationship[name] for name in stored}
        | {"valid_from": world.day(0), "source_id": "d-1"}
        | changes
    )


async def drafted(world: TenantFixture, relationship: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = await world.organiser.post("/v1/decisions", entry(world, relationship, **changes))
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def read(world: TenantFixture, decision: Any) -> dict[str, Any]:
    answer = await world.provider_a.get(f"/v1/decisions/{decision}")
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


@pytest.mark.dated
async def test_a_draft_keeps_all_that_it_was_said_to_hold(world: TenantFixture) -> None:
    assert set(CONTENT) | BARE == set(DecisionEntry.model_fields)
    relationship = await scene(world)
    draft = await drafted(world, relationship, **CONTENT)
    assert {name: draft[name] for name in CONTENT} == CONTENT
    assert "review" not in draft
    path = f"/v1/decisions/{draft['id']}"
    data = entry(world, relationship, **CONTENT)
    assert (await world.organiser.post("/v1/decisions", data)).json() == draft
    fewer = {name: value for name, value in data.items() if name not in {"appeal", "hearings"}}
    second = (await world.organiser.put(path, fewer, If_Match='"1"')).json()
    assert (second["version"], "appeal" in second, "hearings" in second) == (2, False, False)
    assert (await world.organiser.get(f"{path}/versions/1")).json() == draft


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"client_decision_id": "01a20f63-1f4e-7ad9-8185-f3a69261964b"}, "/client_decision_id"),
        (
            {"kind": "purchase", "client_decision_id": "01a20f63-1f4e-7ad9-8185-f3a69261964b"},
            "/client_decision_id",
        ),
        ({"supersedes_id": "01a20f63-1f4e-7ad9-8185-f3a69261964b"}, "/supersedes_id"),
        (
            {"decision_number": {"value": "010190-999W", "system": "urn:oid:1.2.246.21"}},
            "/decision_number/system",
        ),
        ({"informants": [NAME]}, "/informants/0/postal_address"),
        ({"hours": -1}, "/hours"),
    ],
)
async def test_what_its_content_may_not_be(
    world: TenantFixture, changes: dict[str, Any], pointer: str
) -> None:
    answer = await world.organiser.post("/v1/decisions", entry(world, await scene(world), **changes))
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


async def test_it_refers_only_to_decisions_of_the_same_client_and_kind(world: TenantFixture) -> None:
    relationship, other = await scene(world), await scene(world)
    own, foreign = await world.decision(relationship), await world.decision(other)
    purchase = await drafted(world, relationship, kind="purchase", client_decision_id=str(own))
    for wrong in (
        {"kind": "purchase", "client_decision_id": str(foreign)},
        {"supersedes_id": str(foreign)},
        {"supersedes_id": purchase["id"]},
        {"kind": "purchase", "client_decision_id": purchase["id"]},
    ):
        answer = await world.organiser.post(
            "/v1/decisions", entry(world, relationship, source_id="d-2", **wrong)
        )
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown-reference"), wrong
    itself = entry(world, relationship, kind="purchase", supersedes_id=purchase["id"])
    answer = await world.organiser.put(f"/v1/decisions/{purchase['id']}", itself, If_Match='"1"')
    assert answer.json()["errors"][0]["pointer"] == "/supersedes_id"


async def test_the_provider_sees_its_purchase_decision_once_it_is_decided(world: TenantFixture) -> None:
    relationship = await scene(world)
    own = await world.decision(relationship)
    draft = await drafted(world, relationship, kind="purchase", client_decision_id=str(own))
    assert (await world.provider_a.get(f"/v1/decisions/{draft['id']}")).status_code == 404
    await world.receive(
        relationship, ehr_id="p-1", answers=UUID(draft["id"]), kind="purchase", hours=20.0, preparers=[NAME]
    )
    data = await read(world, draft["id"])
    assert (data["kind"], data["client_decision_id"], data["hours"]) == ("purchase", str(own), 20)
    assert (data["preparers"], data["status"], data["review"]) == ([NAME], "decided", "none")
    assert (await world.provider_b.get(f"/v1/decisions/{draft['id']}")).status_code == 404


async def test_what_the_record_system_does_not_say_is_not_decided(world: TenantFixture) -> None:
    relationship = await scene(world)
    draft = await drafted(world, relationship, hours=20, appeal={"instructions": "x"})
    await world.receive(relationship, ehr_id="e-1", answers=UUID(draft["id"]), hours=10)
    data = await read(world, draft["id"])
    assert (data["hours"], "appeal" in data) == (10, False)
    assert (await world.receive(relationship, ehr_id="e-1", hours=10))[1] == "unchanged"
    assert (await world.receive(relationship, ehr_id="e-1", version=2, hours=11))[1] == "updated"


async def test_the_older_decision_is_superseded_when_the_newer_is_decided(world: TenantFixture) -> None:
    relationship = await scene(world)
    older, _ = await world.receive(relationship, ehr_id="old")
    draft = await drafted(world, relationship, supersedes_id=str(older))
    assert (await read(world, older))["status"] == "decided"
    _, link = await world.feed(world.provider_a)
    await world.receive(relationship, ehr_id="new", answers=UUID(draft["id"]))
    assert (await read(world, older))["status"] == "superseded"
    assert (await read(world, draft["id"]))["supersedes_id"] == str(older)
    items, _ = await world.feed(world.provider_a, link)
    assert {item["resource_id"] for item in items} == {str(older), draft["id"]}
    await world.receive(relationship, ehr_id="old", version=2, days_per_week=2)
    assert (await read(world, older))["status"] == "superseded", (
        "later words on the old one do not bring it back"
    )
    await world.receive(relationship, ehr_id="new", version=2, status="entered_in_error")
    assert (await read(world, older))["status"] == "decided"


async def test_review_and_appeal_are_noted_by_the_organiser(world: TenantFixture) -> None:
    relationship = await scene(world)
    decision, _ = await world.receive(relationship, ehr_id="e-1")
    path = f"/v1/decisions/{decision}"
    asked = {"review": "review_requested", "review_on": world.day(1), "review_note": "Oikaisuvaatimus tuli"}
    assert (await world.provider_a.post(f"{path}/review", asked)).status_code == 403
    first = await world.organiser.post(f"{path}/review", asked)
    assert (first.status_code, {name: first.json()[name] for name in asked}) == (200, asked)
    assert (await world.organiser.post(f"{path}/review", asked)).content == first.content
    assert (await world.organiser.post(f"{path}/review", asked, If_Match='"1"')).status_code == 412
    await world.receive(relationship, ehr_id="e-1", version=2, days_per_week=2)
    assert (await read(world, decision))["review"] == "review_requested", (
        "what the record system says later keeps it"
    )
    final = (await world.organiser.post(f"{path}/review", {"review": "final"})).json()
    assert (final["review"], "review_on" in final, "review_note" in final) == ("final", False, False)
    late = await world.organiser.post(f"{path}/review", {"review": "appealed", "review_on": world.day(-1)})
    assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "/review_on")
    draft = await drafted(world, relationship)
    refused = await world.organiser.post(f"/v1/decisions/{draft['id']}/review", asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_a_document_as_it_came_is_kept_sealed_until_the_decision_is_said_anew(
    world: TenantFixture,
) -> None:
    relationship, code = await scene(world), identity_code()
    came = {"paatos": {"asiakas": [{"henkilotunnus": {"system": "urn:oid:1.2.246.21", "value": code}}]}}
    data = DecisionEntry.model_validate(entry(world, relationship))
    async with world.transaction() as session:
        ctx = world.context(session)
        row, _ = await drafting.draft(ctx, data, came)
        assert service.document(ctx, row) == came
    await world.receive(relationship, ehr_id="e-1", answers=row.id)
    assert await world.owner.fetchval("select received from decisions where id = $1", row.id) is None
    values = {
        name: getattr(row, name)
        for name in (
            "kind",
            "outcome",
            "legal_bases",
            "service_task",
            "service",
            "service_kind",
            "decided_on",
            "valid_from",
            "valid_to",
            "days_per_week",
            "work_allowance_per_day",
            "travel",
            "place",
            "reasons",
            "revoked_on",
            "decision_maker",
        )
    } | {"status": "decided", "decided_on": world.today}
    received = Received(
        "lifecare",
        "e-2",
        1,
        None,
        UUID(relationship["client_id"]),
        UUID(relationship["provider_id"]),
        values,
        came,
    )
    async with world.transaction() as session:
        ctx = world.context(session)
        filed, outcome = await service.receive(ctx, received)
        assert filed is not None
        assert (outcome, service.document(ctx, filed)) == ("created", came)
        assert (await service.receive(ctx, received))[1] == "unchanged"
    rows = await world.owner.fetch(
        "select t::text as told from decisions t where organiser_id = $1", world.organiser_id
    )
    assert not [each for each in rows if code in each["told"]]
