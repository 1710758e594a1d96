"""Their words and ours, against samples written by hand from the wire's page."""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic_core import to_json

from walmu_api.adapters.ehr.dialects.lifecare_rest import mapping
from walmu_api.adapters.ehr.port import Day, Draft, MappingError
from walmu_api.foundation.texts import in_nfc

DECISION: dict[str, Any] = {
    "Id": 71,
    "Revision": 2,
    "ExternalId": "0198c0de-0000-7000-8000-000000000001",
    "Person": {
        "PersonId": "010190-900P",
        "ExternalId": None,
        "FamilyName": "Esimerkki",
        "GivenNames": "Testi",
        "ProtectedRegistration": True,
    },
    "Status": "Revoked",
    "Outcome": {"Code": 1, "Text": "Myönnetty"},
    "LegalBases": ["SHL_710_1982_27E"],
    "ServiceTask": {"Code": "20", "Text": "Vammaispalvelut"},
    "Service": {"Code": "55", "Text": "Työtoiminta"},
    "ServiceKind": "work_activity",
    "Date": "2026-03-01T00:00:00",
    "FromDate": "2026-03-02T00:00:00",
    "ToDate": None,
    "Day": 3,
    "DayType": "week",
    "Amount": "6.00",
    "AmountType": "day",
    "Travel": {"Arrangement": "bus_card", "Note": "Linja 3"},
    "Place": "Kotola",
    "Caseworker": {"Id": "cw-1", "FirstName": "Pirkko", "LastName": "Päättäjä", "Title": None},
    "Provider": {"BusinessId": "1234567-1", "ExternalId": None, "Name": "Paja Oy"},
    "RevokedDate": "2026-10-25T00:00:00",
    "Reason": "Koska.",
    "Deleted": False,
    "Modified": "2026-03-01T10:00:00.000001Z",
}


def data_of(**members: Any) -> bytes:
    return to_json(deepcopy(DECISION) | members)


def test_a_decision_of_theirs() -> None:
    decision = mapping.decision(data_of())
    assert decision.values == {
        "kind": "client",
        "outcome": "granted",
        "legal_bases": ["SHL_710_1982_27E"],
        "service_task": {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"},
        "service": {"system": "urn:oid:1.2.246.537.6.1222", "code": "55", "display": "Työtoiminta"},
        "service_kind": "work_activity",
        "decided_on": date(2026, 3, 1),
        "valid_from": date(2026, 3, 2),
        "valid_to": None,
        "days_per_week": 3,
        "work_allowance_per_day": Decimal("6.00"),
        "travel": {"arrangement": "bus_card", "note": "Linja 3"},
        "place": "Kotola",
        "reasons": "Koska.",
        "decision_maker": {"family_name": "Päättäjä", "given_names": "Pirkko"},
        "status": "revoked",
        "revoked_on": date(2026, 10, 25),
    }
    assert (decision.person.identity_code, decision.person.client_id, decision.person.turvakielto) == (
        "010190-900P",
        None,
        True,
    )
    assert (decision.provider.business_id, decision.provider.organisation_id) == ("1234567-1", None)
    assert decision.answers == "0198c0de-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    "members",
    [
        {"Outcome": {"Code": 3, "Text": "?"}},
        {"Outcome": {"Code": True, "Text": "?"}},
        {"Outcome": {"Code": "1", "Text": "?"}},
        {"Outcome": None},
        {"Status": "Paused"},
        {"Status": "Revoked", "RevokedDate": None},
        {"Status": "Decided"},
        {"DayType": "month"},
        {"DayType": None},
        {"AmountType": "month"},
        {"Amount": "6.005"},
        {"Amount": "six"},
        {"Amount": "NaN"},
        {"Amount": {}},
        {"Date": "2026-03-01"},
        {"Date": "2026-03-01T00:00:00Z"},
        {"FromDate": "2026-03-01T12:00:00"},
        {"FromDate": "2026-02-30T00:00:00"},
        {"FromDate": None},
        {"ToDate": 20260301},
        {"ServiceTask": None},
        {"ServiceTask": {"Code": 20}},
        {"Service": {"Text": "x"}},
        {"Person": None},
        {"Provider": []},
        {"Deleted": "false"},
        {"LegalBases": "SHL"},
        {"Revision": 0},
        {"Revision": None},
        {"Revision": True},
        {"Caseworker": None},
    ],
    ids=str,
)
def test_what_is_not_known_is_not_guessed(members: dict[str, Any]) -> None:
    with pytest.raises(MappingError) as raised:
        mapping.decision(data_of(**members))
    assert "010190" not in str(raised.value)


@pytest.mark.parametrize("member", sorted(set(DECISION) - {"Id", "Modified"}))
def test_a_member_that_is_missing_is_not_guessed(member: str) -> None:
    left = {name: value for name, value in DECISION.items() if name != member}
    with pytest.raises(MappingError):
        mapping.decision(to_json(left))


@pytest.mark.parametrize("content", [b"[]", b"null", b'"x"'])
def test_what_is_no_object(content: bytes) -> None:
    for read in (mapping.decision, mapping.draft_message):
        with pytest.raises(MappingError):
            read(content)


def test_a_deleted_one_was_entered_in_error() -> None:
    assert mapping.decision(data_of(Deleted=True)).values["status"] == "entered_in_error"


def test_the_fate_of_a_draft() -> None:
    answer = {"ExternalId": "x", "RefusalReason": None}
    assert not mapping.draft_message(to_json(answer | {"Status": "Received"})).refused
    assert not mapping.draft_message(to_json(answer | {"Status": "Decided"})).refused
    refused = mapping.draft_message(
        to_json({"ExternalId": "x", "RefusalReason": "Ei\n\x00nyt", "Status": "Refused"})
    )
    assert (refused.decision_id, refused.refused, refused.reason) == ("x", True, "Ei nyt")
    for odd in ({"Status": "Paused"}, {"Status": ["Refused"]}, {"Status": "Refused", "RefusalReason": 7}):
        with pytest.raises(MappingError):
            mapping.draft_message(to_json(answer | odd))


PROVIDER = {"id": "p-1", "name": "Paja Oy", "business_id": None}


def day(**content: Any) -> dict[str, Any]:
    entry = {"date": "2026-03-28", "status": "present", "actual_minutes": 240} | content
    return mapping.visit(Day("a-1", 3, "71", "010190-900P", "c-1", PROVIDER, entry))


def test_a_day_of_ours() -> None:
    assert day() == {
        "ExternalId": "a-1",
        "ReportingSystem": "walmu",
        "ExternalVersion": 3,
        "DecisionId": 71,
        "Person": {"PersonId": "010190-900P", "ExternalId": "c-1"},
        "Provider": {"BusinessId": None, "ExternalId": "p-1", "Name": "Paja Oy"},
        "Date": "2026-03-28T00:00:00",
        "Status": "Completed",
        "CancelledReason": None,
        "PlannedMinutes": None,
        "ActualMinutes": 240,
    }


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("present", "Completed"),
        ("partial", "CompletedAndChangedTime"),
        ("absent", "Cancelled"),
        ("not_arranged", "NotArranged"),
        ("rescheduled", "Cancelled"),
    ],
)
def test_every_status_of_a_day_has_a_word(status: str, word: str) -> None:
    visit = day(status=status, absence_reason="own_illness" if status == "absent" else None)
    assert (visit["Status"], visit["CancelledReason"]) == (
        word,
        "own_illness" if status == "absent" else None,
    )


text = some.text(some.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)
days = some.dates(date(1990, 1, 1), date(2190, 1, 1)).map(date.isoformat)
optional = {
    "service": some.fixed_dictionaries({"code": some.sampled_from(["55", "56"]), "display": text}),
    "valid_to": days,
    "days_per_week": some.integers(1, 7),
    "work_allowance_per_day": some.integers(0, 10**8).map(lambda cents: f"{cents // 100}.{cents % 100:02}"),
    "travel": some.fixed_dictionaries(
        {"arrangement": some.sampled_from(["bus_card", "none"])}, optional={"note": text}
    ),
    "place": text,
    "reasons": text,
}
required = {
    "legal_bases": some.lists(text, min_size=1, max_size=3),
    "service_task": some.fixed_dictionaries({"code": some.sampled_from(["10", "20"]), "display": text}),
    "service_kind": some.sampled_from(["work_activity", "halfway_stop"]),
    "valid_from": days,
}


@given(content=some.fixed_dictionaries(required, optional=optional), protected=some.booleans())
def test_what_we_propose_comes_back_as_it_was(content: dict[str, Any], protected: bool) -> None:
    """Our draft, in their words, decided, in our words again: every member is kept, its texts in NFC as what comes in is."""
    content = in_nfc(content)
    client = {"id": "c-1", "family_name": "Å", "given_names": "Ö", "turvakielto": protected}
    proposal = mapping.proposal(Draft("d-1", "010190-900P", client, PROVIDER, content))
    verdict = {
        name: DECISION[name] for name in ("Outcome", "Date", "Caseworker", "Deleted", "Id", "Modified")
    }
    answer = {**proposal, **verdict, "Revision": 1, "Status": "Decided", "RevokedDate": None}
    decision = mapping.decision(to_json(answer))
    back = decision.values
    for name in ("legal_bases", "service_kind", "days_per_week", "travel", "place", "reasons"):
        assert back[name] == content.get(name), name
    for name in ("valid_from", "valid_to"):
        assert (back[name] and back[name].isoformat()) == content.get(name)
    assert (back["work_allowance_per_day"] and f"{back['work_allowance_per_day']:.2f}") == (
        content.get("work_allowance_per_day")
        if back["work_allowance_per_day"]
        else back["work_allowance_per_day"]
    )
    for name in ("service_task", "service"):
        stored = back[name] and {"code": back[name]["code"], "display": back[name]["display"]}
        assert stored == content.get(name)
    person = decision.person
    assert (person.identity_code, person.client_id, person.turvakielto) == ("010190-900P", "c-1", protected)
    assert (decision.answers, decision.provider.organisation_id) == ("d-1", "p-1")
