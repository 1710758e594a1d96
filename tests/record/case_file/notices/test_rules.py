"""The table of who is told what, and the view that follows from it."""

from typing import Any

import pytest

from walmu_api.foundation.locales import words
from walmu_api.foundation.schema_types import values_of
from walmu_api.record.case_file.disclosures.schemas import DisclosedGroup
from walmu_api.record.case_file.notices import rules
from walmu_api.record.case_file.notices.rules import AUDIENCES, FIELDS
from walmu_api.record.case_file.notices.schemas import (
    NoticeAudience,
    NoticeView,
    ViewedAgreement,
    ViewedClient,
    ViewedDecision,
)
from walmu_api.record.case_file.permissions.schemas import FieldGroup, Purpose
from walmu_api.record.commitments.agreements.schemas import Agreement, SchedulePeriod
from walmu_api.record.commitments.decisions.schemas import Decision
from walmu_api.record.parties.clients.schemas import ClientRecord

CONTACT = {"phone": "+358 50 1", "municipality": "Salavesi"}
SOURCES: dict[str, dict[str, Any]] = {
    "client": {
        "family_name": "Virtanen",
        "given_names": "Eeva",
        "language": "fi",
        "contact": CONTACT,
        "identity": "secret",
    },
    "decision": {
        name: name
        for _, name in [each for fields in FIELDS.values() for each in fields if each[0] == "decision"]
    },
    "agreement": {
        name: name
        for _, name in [each for fields in FIELDS.values() for each in fields if each[0] == "agreement"]
    },
}


def test_every_group_has_fields_words_and_a_place_in_the_view() -> None:
    assert set(values_of(FieldGroup)) == set(FIELDS)
    for language in ("fi", "sv"):
        named = set(words(language, "documents.field_groups"))
        assert named == set(values_of(FieldGroup)) | set(values_of(DisclosedGroup))
    assert set(values_of(Purpose)) == set(words("fi", "documents.purposes"))
    assert set(values_of(NoticeAudience)) == set(AUDIENCES)
    schema = NoticeView.model_json_schema()["$defs"]
    models = {"client": "ViewedClient", "decision": "ViewedDecision", "agreement": "ViewedAgreement"}
    in_groups: dict[str, set[str]] = {}
    for fields in FIELDS.values():
        for source, name in fields:
            in_groups.setdefault(source, set()).add(name)
    assert {source: set(schema[model]["properties"]) for source, model in models.items()} == in_groups


def test_a_view_can_say_whatever_its_records_say() -> None:
    """Each member has the type that it has in the record."""
    for view, record in (
        (ViewedClient, ClientRecord),
        (ViewedDecision, Decision),
        (ViewedAgreement, Agreement),
    ):
        theirs = record.model_json_schema()["properties"]
        theirs["schedule_from"] = SchedulePeriod.model_json_schema()["properties"]["valid_from"]
        for name, data in view.model_json_schema()["properties"].items():
            assert form(data) == form(theirs[name]), name


def form(part: dict[str, Any]) -> dict[str, Any]:
    """A property without its words and without how many items or whether it may be missing."""
    one = next((each for each in part.get("anyOf", []) if each != {"type": "null"}), part)
    aside = {"title", "description", "examples", "default", "minItems", "maxItems"}
    return {name: value for name, value in one.items() if name not in aside}


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_view_has_what_its_audience_may_get_and_names_the_rest(audience: str) -> None:
    data = rules.view(audience, SOURCES, chosen=None, permitted=None, is_protected=False)
    assert set(data.groups) == set(AUDIENCES[audience])
    assert {each["group"] for each in data.withheld} == set(FIELDS) - set(data.groups)
    expected = {field for group in data.groups for field in FIELDS[group]}
    assert {(source, name) for source, fields in data.view.items() for name in fields} == expected
    assert "secret" not in str(data)


def test_a_workplace_never_gets_anything_of_the_decision_but_the_place() -> None:
    data = rules.view("workplace", SOURCES, chosen=None, permitted=set(FIELDS), is_protected=False)
    assert data.view["decision"] == {"place": "place"}


@pytest.mark.parametrize("audience", AUDIENCES)
def test_under_turvakielto_no_audience_is_told_how_the_client_is_reached(audience: str) -> None:
    data = rules.view(audience, SOURCES, chosen=None, permitted=set(FIELDS), is_protected=True)
    assert "contact" not in data.view["client"]
    reasons = {each["group"]: each["reason"] for each in data.withheld}
    assert reasons["client_contact"] == ("turvakielto" if audience != "client" else "not_needed")


def test_what_a_workplace_is_told_later_lacks_what_ended_since_and_says_of_nothing_why() -> None:
    groups = {"client_name", "client_contact", "schedule"}
    before = rules.view("workplace", SOURCES, chosen=None, permitted=groups, is_protected=False)
    assert before.view["client"]["contact"] == CONTACT
    protected = rules.delivered(before, permitted=groups, is_protected=True)
    narrowed = rules.delivered(before, permitted=groups - {"client_contact"}, is_protected=False)
    assert protected == narrowed
    assert protected.view["client"] == {"family_name": "Virtanen", "given_names": "Eeva"}
    assert "client_contact" not in protected.groups
    assert {each["reason"] for each in protected.withheld} == {"not_needed"}
    only = rules.view("workplace", SOURCES, chosen=["client_contact"], permitted=groups, is_protected=False)
    assert rules.delivered(only, permitted=groups, is_protected=True).view == {}


def test_a_narrower_choice_and_a_narrower_permission_are_told_apart() -> None:
    data = rules.view(
        "workplace",
        SOURCES,
        chosen=["client_name"],
        permitted={"client_name", "schedule"},
        is_protected=False,
    )
    assert data.view == {"client": {"family_name": "Virtanen", "given_names": "Eeva"}}
    reasons = {each["group"]: each["reason"] for each in data.withheld}
    assert (reasons["schedule"], reasons["client_language"], reasons["reasons"]) == (
        "not_chosen",
        "not_permitted",
        "not_needed",
    )


def test_a_group_of_which_nothing_is_known_is_neither_shown_nor_withheld() -> None:
    data = rules.view(
        "provider",
        {"client": {"family_name": "V", "given_names": "E", "language": None}, "decision": {}},
        chosen=None,
        permitted=None,
        is_protected=False,
    )
    assert data.groups == ["client_name"]
    assert "client_language" not in {each["group"] for each in data.withheld}
