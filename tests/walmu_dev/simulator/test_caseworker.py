"""The scripted caseworker: our words in and out, the dialect's words held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.walmu_dev.simulator.conftest import Simulator


async def test_client_and_provider_are_enough_for_a_decision(simulator: Simulator) -> None:
    await simulator.sim.post("/__sim/clock", json={"now": "2028-02-28T22:30:00Z"})
    created = await simulator.decided()
    assert created["decided_on"] == created["valid_from"] == "2028-02-29"  # the day it is in Helsinki
    assert created["valid_to"] == "2029-02-28"
    assert (created["id"], created["version"], created["status"]) == ("1", "1", "decided")
    (held,) = await simulator.items("/decisions")
    assert {
        name: held[name] for name in ("Revision", "ExternalId", "Status", "Outcome", "Date", "Deleted")
    } == {
        "Revision": 1,
        "ExternalId": None,
        "Status": "Decided",
        "Outcome": {"Code": 1, "Text": "Myönnetty"},
        "Date": "2028-02-29T00:00:00",
        "Deleted": False,
    }
    assert held["ServiceTask"]["Code"] == "20"
    assert held["Service"]["Code"] == "55"
    assert held["LegalBases"] == ["SHL_710_1982_27E"]
    assert (await simulator.ehr.get("/decisions/1")).json() == held


async def test_every_word_finds_its_place_and_comes_back(simulator: Simulator) -> None:
    words = {
        "client_id": "client-9",
        "identity": {"system": "urn:oid:1.2.246.21", "value": simulator.identity_code()},
        "family_name": "Mallikas",
        "given_names": "Minna Testi",
        "turvakielto": True,
        "provider_id": "provider-9",
        "provider_business_id": "1234567-1",
        "provider_name": "Paja Oy",
        "outcome": "denied",
        "legal_bases": ["A", "B"],
        "service_kind": "day_activity",
        "decided_on": "2026-01-02",
        "valid_from": "2026-01-05",
        "valid_to": None,
        "days_per_week": 4,
        "work_allowance_per_day": "7.5",
        "travel": {"arrangement": "taxi", "note": "ovelta ovelle"},
        "place": "Paja",
        "reason": "Perustelu",
        "external_id": "decision-9",
    }
    coded = {"system": "urn:oid:1.2.246.537.6.1222", "code": "56", "display": "Päivätoiminta"}
    created = await simulator.decided(**words, service_task="15", service=coded)
    assert created.items() >= (words | {"work_allowance_per_day": "7.50", "service": "56"}).items()
    (held,) = await simulator.items("/decisions")
    assert held["Person"] == {
        "PersonId": simulator.identity_code(),
        "ExternalId": "client-9",
        "FamilyName": "Mallikas",
        "GivenNames": "Minna Testi",
        "ProtectedRegistration": True,
    }
    assert held["Provider"] == {"BusinessId": "1234567-1", "ExternalId": "provider-9", "Name": "Paja Oy"}
    assert held["Service"] == {"Code": "56", "Text": "Päivätoiminta"}
    assert (held["ServiceTask"]["Code"], held["ToDate"], held["Outcome"]["Code"]) == ("15", None, 2)
    assert (held["Day"], held["DayType"], held["Amount"], held["AmountType"]) == (4, "week", "7.50", "day")
    assert held["Travel"] == {"Arrangement": "taxi", "Note": "ovelta ovelle"}
    assert await simulator.items("/__sim/state/decisions") == [created]


async def test_an_amendment_changes_what_it_names_and_raises_the_version(simulator: Simulator) -> None:
    created = await simulator.decided(place="Paja", days_per_week=3)
    amended = await simulator.act("amend", id=int(created["id"]), valid_to="2040-01-01", days_per_week=None)
    assert amended.status_code == 200
    assert amended.json() == created | {"version": "2", "valid_to": "2040-01-01", "days_per_week": None}
    again = await simulator.act("amend", ehr={"id": created["id"]}, turvakielto=True)
    assert (again.json()["version"], again.json()["turvakielto"]) == ("3", True)
    assert (await simulator.act("amend", id="77", place="x")).status_code == 404
    assert (await simulator.act("amend", place="x")).status_code == 422


async def test_a_revocation_happens_once(simulator: Simulator) -> None:
    created = await simulator.decided(external_id="decision-1")
    revoked = await simulator.act(
        "revoke", external_id="decision-1", revoked_on="2026-05-05", reason="Muutto"
    )
    expected = {"status": "revoked", "version": "2", "revoked_on": "2026-05-05", "reason": "Muutto"}
    assert (revoked.status_code, revoked.json()) == (200, created | expected)
    again = await simulator.act("revoke", id=created["id"])
    assert (again.status_code, again.json()) == (200, revoked.json())
    assert (await simulator.act("amend", id=created["id"], place="x")).status_code == 409
    (held,) = await simulator.items("/decisions")
    assert (held["Status"], held["RevokedDate"], held["Revision"]) == ("Revoked", "2026-05-05T00:00:00", 2)


async def test_a_waiting_proposal_is_decided_with_what_the_caseworker_changes(simulator: Simulator) -> None:
    await simulator.ehr.post("/decision_proposals", json=simulator.proposal())
    decided = await simulator.act("decide", external_id="decision-1", valid_to="2026-06-30")
    assert decided.status_code == 200
    assert decided.json()["external_id"] == "decision-1"
    (decision,) = await simulator.items("/decisions")
    proposed = simulator.proposal(ToDate="2026-06-30T00:00:00")
    assert {name: decision[name] for name in proposed} == proposed
    (proposal,) = await simulator.items("/decision_proposals")
    assert (proposal["Status"], proposal["DecisionId"]) == ("Decided", decision["Id"])
    assert proposal["ToDate"] == "2026-12-31T00:00:00"
    assert (await simulator.act("decide", external_id="decision-1")).status_code == 409
    assert (await simulator.act("decide", external_id="other")).status_code == 404
    assert await simulator.items("/__sim/effects", external_id="decision-1") == [
        {"entity": "decision_proposal", "external_id": "decision-1", "count": 1},
        {"entity": "decision", "external_id": "decision-1", "count": 1},
    ]


async def test_a_refused_proposal_says_why(simulator: Simulator) -> None:
    await simulator.ehr.post("/decision_proposals", json=simulator.proposal())
    assert len(await simulator.items("/__sim/proposals", status="received")) == 1
    refused = await simulator.act("refuse", external_id="decision-1", reason="Puuttuu hakemus")
    assert refused.json()["status"] == "refused"
    (held,) = await simulator.items("/decision_proposals")
    assert (held["Status"], held["RefusalReason"]) == ("Refused", "Puuttuu hakemus")
    assert await simulator.items("/__sim/proposals", status="received") == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ({"valid_until": "2026-01-01"}, "decision.valid_until"),
        ({"valid_from": "1.1.2026"}, "decision.valid_from"),
        ({"outcome": "maybe"}, "decision.outcome"),
        ({"identity": {"system": "urn:oid:1.2.246.10.1234567.22.2026", "value": "x"}}, "decision.identity"),
        ({"identity": {"system": "urn:oid:1.2.246.21", "value": "010190-900X"}}, "Person.PersonId"),
        ({"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "ToDate is before FromDate"),
        ({"id": "5"}, "decision.id"),
        ({"provider_id": None}, "Provider"),
    ],
)
async def test_what_the_caseworker_cannot_mean_is_refused_by_name(
    simulator: Simulator, words: dict[str, Any], named: str
) -> None:
    refused = await simulator.act("create", **{"client_id": "client-1", "provider_id": "provider-1"} | words)
    assert refused.status_code == 422, refused.text
    assert named in refused.json()["detail"]
    assert await simulator.items("/decisions") == []
