"""A decision as its document says it: the outcome's code, the legal text, the sentences on days, allowance, travel, place."""

import pytest

from walmu_api.foundation.problems import Problem
from walmu_api.record.commitments.decisions.document import as_document, from_document, provision
from walmu_api.record.parties.codes.shipped import shipped_lists

LAWS = {code: value.fi for code, value in shipped_lists()["legal_basis"].codes.items()}
BASE = {"outcome": "granted", "legal_bases": ["SHL_710_1982_27E"]}


def test_what_has_no_field_stands_in_fixed_sentences_after_what_was_said() -> None:
    data = BASE | {
        "days_per_week": 3,
        "work_allowance_per_day": "12.50",
        "travel": {"arrangement": "bus_card", "note": "kesällä ei"},
        "place": "Kotola",
        "provision_details": "Aloitus sovitaan.",
    }
    assert as_document(data, LAWS)["provision_details"].splitlines() == [
        "Aloitus sovitaan.",
        "Päiviä viikossa 3.",
        "Työosuusraha 12,50 euroa läsnäolopäivältä.",
        "Matkat bussikortilla.",
        "Lisätieto matkoista: kesällä ei",
        "Paikka: Kotola",
    ]
    assert provision(BASE) == ""
    assert "provision_details" not in as_document(BASE, LAWS)


@pytest.mark.parametrize("arrangement", ["allowance", "service_line", "own_bus", "bus_card", "none"])
def test_every_travel_arrangement_has_its_sentence(arrangement: str) -> None:
    assert provision({"travel": {"arrangement": arrangement}}).startswith("Matk")


def test_the_legal_text_names_the_bases_unless_it_was_said() -> None:
    two = BASE | {"legal_bases": ["SHL_710_1982_27E", "X_1"]}
    assert as_document(two, LAWS)["legal_text"] == "Sosiaalihuoltolaki 710/1982 27 e §\nX_1"
    assert as_document(two | {"legal_text": "Näin."}, LAWS)["legal_text"] == "Näin."


def test_only_proven_outcomes_have_a_code() -> None:
    granted = as_document(BASE, LAWS)["outcome_code"]
    assert (granted["code"], granted["display"]) == ("1", "Myönteinen")
    assert as_document(BASE | {"outcome": "denied"}, LAWS)["outcome_code"]["code"] == "2"
    assert "outcome_code" not in as_document(BASE | {"outcome": "partly_granted"}, LAWS)
    own = {"system": "urn:oid:1.2.246.537.6.1248", "code": "3", "display": "x"}
    assert as_document(BASE | {"outcome_code": own}, LAWS)["outcome_code"] == own


def test_of_a_code_that_is_not_known_nothing_is_guessed() -> None:
    read = {"outcome_code": {"code": "2"}, "decided_on": "2026-10-01", "@client": []}
    assert from_document(read) == {
        "outcome_code": {"code": "2"},
        "outcome": "denied",
        "decided_on": "2026-10-01",
        "valid_from": "2026-10-01",
    }
    assert from_document(read | {"valid_from": "2026-11-01"})["valid_from"] == "2026-11-01"
    with pytest.raises(Problem):
        from_document({"outcome_code": {"code": "3"}})


def test_a_page_has_the_same_sentences_in_swedish() -> None:
    data = {
        "days_per_week": 3,
        "work_allowance_per_day": "6.00",
        "travel": {"arrangement": "bus_card", "note": "Linja 3"},
        "place": "Kotola",
    }
    assert provision(data, "sv").splitlines() == [
        "Dagar per vecka 3.",
        "Arbetspenning 6,00 euro per närvarodag.",
        "Resor med busskort.",
        "Tilläggsuppgift om resorna: Linja 3",
        "Plats: Kotola",
    ]
