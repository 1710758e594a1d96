"""Assessments and start interviews as their national documents tell them: every row of the tables has its field, both ways."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from walmu_api.adapters.national.structures.definitions import Node, structure_of
from walmu_api.record.case_file.documents.schemas import InCase
from walmu_api.record.case_file.start_interviews import document as interviews
from walmu_api.record.case_file.start_interviews.schemas import StartInterviewEntry
from walmu_api.record.everyday.assessments import document, rules, validation
from walmu_api.record.everyday.assessments.forms.schemas import AssessmentFormEntry
from walmu_api.record.everyday.assessments.forms.shipped import NATIONAL, shipped_forms
from walmu_api.record.everyday.assessments.forms.validation import Form
from walmu_api.record.everyday.assessments.schemas import AssessmentEntry, DocumentTexts, WrittenAssessment

AUTHORS = [
    {
        "family_name": "Korhonen",
        "given_names": "Aino",
        "title": "ohjaaja",
        "unit": {
            "system": "urn:oid:1.2.246.537.6.202",
            "code": "1.2.246.10.12345671.10.1",
            "display": "Kotola",
        },
    },
]
OURS_ALONE = {
    "form": "what is asked is ours",
    "form_version": "the same",
    "items": "each into its content field, or into the content of a summary",
    "goals": "told in words, in goals_reached or in the content",
    "attendance": "told in words, in other_observations or in the content",
}
"""Members of an assessment that no row of a table names, and where they go instead."""
EXPECTED = {
    "text": {"string"},
    "name": {"string"},
    "date": {"string"},
    "day": {"string"},
    "code": {"object"},
    "heading": {"object"},
}


def schema_of(model: Any) -> dict[str, Any]:
    return TypeAdapter(model).json_schema()


def member(schema: dict[str, Any], whole: dict[str, Any], name: str) -> dict[str, Any]:
    """The schema of a member, without the choice of leaving it out."""
    found: dict[str, Any] = resolved(schema, whole)["properties"][name]
    return resolved(found, whole)


def resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    for choice in schema.get("anyOf", ()):
        if choice != {"type": "null"}:
            return resolved(choice, whole)
    if "$ref" in schema:
        return resolved(whole["$defs"][schema["$ref"].rsplit("/", 1)[1]], whole)
    return schema


def document_schema() -> dict[str, Any]:
    """What the tables may name: the members of an entry, and the texts that are made of them."""
    entry, texts = schema_of(AssessmentEntry), schema_of(DocumentTexts)
    return {"properties": entry["properties"] | texts["properties"], "$defs": entry["$defs"]}


def check_rows(node: Node, schema: dict[str, Any], whole: dict[str, Any], seen: set[str]) -> None:
    for child in node.children:
        if child.field.startswith("@"):
            continue
        if child.type == "heading" and not child.field:
            check_rows(child, schema, whole, seen)
            continue
        assert child.field, f"{child.key} is not mapped"
        found = member(schema, whole, child.field)
        seen.add(child.field)
        if child.repeats:
            assert found["type"] == "array", child.key
            found = resolved(found["items"], whole)
        assert found["type"] in EXPECTED[child.type], (child.key, found)
        assert child.type != "day" or found["format"] == "date", child.key
        if child.type == "heading":
            check_rows(child, found, whole, set())


@pytest.mark.parametrize("oid", [rules.WORK, rules.SUMMARY])
def test_every_row_of_the_table_has_a_field_of_its_type(oid: str) -> None:
    table, schema, seen = structure_of(oid), document_schema(), set[str]()
    assert table is not None
    check_rows(table.root, schema, schema, seen)
    assert len(seen) > 8


def test_every_member_of_an_assessment_has_its_place_in_the_documents() -> None:
    mapped: set[str] = set()
    for oid in (rules.WORK, rules.SUMMARY):
        table = structure_of(oid)
        assert table is not None
        check_rows(table.root, document_schema(), document_schema(), mapped)
    ours = set(AssessmentEntry.model_fields) - set(InCase.model_fields)
    assert ours - mapped == set(OURS_ALONE)


def written(oid: str, entry: dict[str, Any], form: Form) -> dict[str, Any]:
    """An entry as the service keeps it."""
    data = AssessmentEntry.model_validate(entry)
    stored = WrittenAssessment.model_validate(entry | {"document_texts": document.texts(oid, data, form)})
    return stored.model_dump(mode="json", exclude_none=True)


WORK_DOCUMENT = {
    "participants": "Eeva\nAino",
    "place": "Kotola",
    "activity_started_on": "2026-03",
    "tasks": "Hionta",
    "period": {"starts_on": "2026", "ends_on": "2026-09-30"},
    "onward": "Jatketaan.",
    "distribution": "Asiakas",
    "further_information": "–",
    "legal_notice": "Laki 189/2001",
    "written_on": "2026-10-05",
    "authors": AUTHORS,
} | {name: f"  Teksti: {name}\n\nArvio: 3 " for name in document.CONTENT_OF_WORK}
SUMMARY_DOCUMENT = {
    "recipient": {
        "name": "Työllisyysalue",
        "address": {"post_office": "Seinäjoki"},
        "contact_person": {"family_name": "A", "given_names": "B"},
    },
    "service_task": {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"},
    "service": {"system": "urn:oid:1.2.246.537.6.1222", "code": "55", "display": "Työtoiminta"},
    "period": {"starts_on": "2026-09-01"},
    "purpose": "Loppuarvio",
    "content": "Osallistujat\n\nSujui.",
    "conclusions": "Hyvä.",
    "further_information": "x",
    "legal_notice": "y",
    "written_on": "2026-10-05",
    "authors": AUTHORS,
}


@pytest.mark.parametrize(("oid", "data"), [(rules.WORK, WORK_DOCUMENT), (rules.SUMMARY, SUMMARY_DOCUMENT)])
def test_a_document_that_comes_in_goes_out_letter_by_letter(oid: str, data: dict[str, Any]) -> None:
    table = structure_of(oid)
    assert table is not None
    form = validation.without_form(oid, shipped_forms()[NATIONAL])
    required = {"authors", *({"participants"} if oid == rules.WORK else ())}
    for left_out in (set(), *({name} for name in data if name not in required), set(data) - required):
        some = {name: value for name, value in data.items() if name not in left_out}
        entry = document.entry_from_document(oid, some)
        assert (
            validation.check(
                AssessmentEntry.model_validate_json(_json(entry)), oid, form, "provider", complete=True
            )
            == []
        )
        stored = written(oid, _python(entry), form)
        assert document.document_content(stored) == some


def _json(entry: dict[str, Any]) -> bytes:
    return bytes(TypeAdapter(dict[str, Any]).dump_json(entry))


def _python(entry: dict[str, Any]) -> dict[str, Any]:
    data = AssessmentEntry.model_validate_json(_json(entry))
    return {name: getattr(data, name) for name in AssessmentEntry.model_fields}


def test_items_that_share_a_field_stand_under_their_labels_and_those_without_one_are_not_lost() -> None:
    items = [
        {"key": "mood", "labels": {"fi": "Mieliala"}, "text": True},
        {"key": "other", "labels": {"fi": "Muuta"}, "text": True, "national_field": "other_observations"},
        {"key": "tools", "labels": {"fi": "Työkalut"}, "text": True, "national_field": "quality_and_skills"},
        {
            "key": "care",
            "labels": {"fi": "Huolellisuus"},
            "text": True,
            "national_field": "quality_and_skills",
        },
        {"key": "path", "labels": {"fi": "Polku"}, "text": True, "national_field": "onward"},
    ]
    data = {
        "name": {"fi": "x"},
        "kind": "final",
        "audience": "provider",
        "valid_from": "2026-01-01",
        "items": items,
    }
    form = Form("own", 1, AssessmentFormEntry.model_validate_json(_json(data)))
    entry = AssessmentEntry.model_validate(
        {
            "authors": AUTHORS,
            "items": [{"key": each["key"], "text": f"{each['key']}!"} for each in reversed(items)],
        }
    )
    assert document.texts(rules.WORK, entry, form).model_dump(exclude_none=True) == {
        "quality_and_skills": "Työkalut\ntools!\n\nHuolellisuus\ncare!",
        "onward": "path!",
        "other_observations": "Mieliala\nmood!\n\nMuuta\nother!",
    }
    assert document.texts(rules.SUMMARY, entry, form).model_dump(exclude_none=True) == {
        "purpose": "Loppuarviointi",
        "conclusions": "Polku\npath!",
        "content": "Mieliala\nmood!\n\nMuuta\nother!\n\nTyökalut\ntools!\n\nHuolellisuus\ncare!",
    }


def test_who_confirmed_a_workplaces_assessment_is_the_first_author_of_its_document() -> None:
    confirmation = {"author": {"family_name": "A", "given_names": "B"}, "participants": "Kaikki"}
    stored = {"authors": AUTHORS, "document_texts": {"content": "x"}, "confirmation": confirmation}
    data = document.document_content(stored)
    assert (data["authors"], data["participants"]) == ([confirmation["author"], *AUTHORS], "Kaikki")


def test_a_start_interview_is_a_summary_and_its_situation_alone_goes_in_and_out_unchanged() -> None:
    data = {
        "purpose": "Alkuhaastattelu",
        "content": "Tilanne on hyvä.",
        "written_on": "2026-09-02",
        "authors": AUTHORS,
    }
    entry = interviews.entry_from_document(rules.SUMMARY, data)
    assert StartInterviewEntry.model_validate_json(_json(entry)).situation == "Tilanne on hyvä."
    assert interviews.document_content(entry) == data
    table, schema = structure_of(rules.SUMMARY), document_schema()
    assert table is not None
    assert set(data) <= set(schema["properties"])
