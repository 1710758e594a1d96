"""The tables against the official schema files: the same keys in the same order, nothing missing, nothing more; and what
holds of the tables by themselves."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from tests.adapters.national.generated import OFFICIAL

from walmu_api.adapters.national.structures import definitions
from walmu_api.adapters.national.structures.definitions import (
    ANY_SYSTEM,
    Node,
    Structure,
    national_key,
    structures,
    walk,
)
from walmu_api.adapters.national.validation.value_rules import is_national
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE

ALL = structures()
DATE = "^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1]))?)?$"
KINDS = {
    "Teksti": {"text"},
    "Nimi": {"name"},
    "Pvm": {"date", "day"},
    "Hetki": {"instant"},
    "Kytkin": {"switch"},
    "Koodi": {"code"},
    "Tunnus": {"identifier"},
    "Lkm": {"count"},
    "Numero": {"number"},
    "Määrä": {"quantity"},
    "Prosentti": {"quantity"},
    "Mitta": {"quantity"},
    "Fraasi": {"phrase"},
    "Allekirjoitus": {"signature"},
    "Otsikko": {"heading"},
    None: {"heading"},
}
JSON_TYPES = {
    "switch": "boolean",
    "count": "number",
    "number": "number",
    "heading": "object",
    "code": "object",
    "identifier": "object",
    "quantity": "object",
}


def named(structure: Structure) -> str:
    return structure.number


def post_entry(meta: dict[str, Any], what: str, language: str = "fi") -> str | None:
    return next((each["value"] for each in meta.get(what, ()) if each["lang"] in {language, ""}), None)


def official_fields(
    node: Node, schema: dict[str, Any], path: str
) -> Iterator[tuple[str, Node, dict[str, Any], bool]]:
    """Each field of ours with its official schema; that both sides have the same ones is asserted on the way."""
    assert [child.key for child in node.children] == list(schema["properties"]), path
    assert {child.key for child in node.children if child.required} == set(schema["required"]), path
    assert schema["additionalProperties"] is False
    for child in node.children:
        there = schema["properties"][child.key]
        assert child.repeats == (there["type"] == "array"), f"{path}.{child.key}"
        if child.repeats:
            assert there["minItems"] == int(child.required)
            there = there["items"]
        yield f"{path}.{child.key}", child, there, there["sosmeta"]["required"]
        if child.type == "heading":
            yield from official_fields(child, there, f"{path}.{child.key}")


def expected_codes(node: Node, schema: dict[str, Any]) -> None:
    system, code = schema["properties"]["system"], schema["properties"]["code"]
    assert schema["required"] == ["system", "code", "display"]
    assert list(node.accepted) == code.get("enum", [])
    if node.system == ANY_SYSTEM:
        assert system == {"type": "string"} | {key: system[key] for key in system if key == "sosmeta"}
    elif is_national(node):
        assert system["pattern"] == "^urn:oid:" + node.system.replace(".", "\\.") + r"(\.\d+)*$"
    else:
        assert system["enum"] == [node.system]


def expected_type(node: Node, schema: dict[str, Any], *, required: bool) -> None:
    meta = schema["sosmeta"]
    assert node.type in KINDS[post_entry(meta, "representation")]
    assert schema["type"] == JSON_TYPES.get(node.type, "string")
    match node.type:
        case "code":
            expected_codes(node, schema)
        case "identifier":
            assert schema["required"] == ["value"]
            assert (post_entry(meta, "systemUri") or "") == (f"urn:oid:{node.system}" if node.system else "")
            assert (node.key == "henkilotunnus") == (f"urn:oid:{node.system}" == PERSONAL_IDENTITY_CODE)
        case "phrase":
            assert ["sha256:" + hashlib.sha256(each.encode()).hexdigest() for each in schema["enum"]] == [
                node.codes
            ]
        case "date" | "day":
            assert schema["pattern"] == DATE
        case "instant":
            assert schema["pattern"].startswith(DATE[:-6])
        case "text" | "name":
            assert schema.get("minLength", 0) == int(required)


@pytest.mark.parametrize("structure", ALL, ids=named)
def test_every_row_says_what_the_official_schema_says(structure: Structure) -> None:
    if OFFICIAL is None:
        return  # the last line of the run says so
    schema = OFFICIAL.schema(structure.oid)
    meta = schema["sosmeta"]
    assert meta["oid"] == structure.oid
    assert meta["documentDefinitionVersion"] == structure.valid_from.isoformat()
    assert schema["required"] == [structure.root.key] == list(schema["properties"])
    root = schema["properties"][structure.root.key]
    assert (post_entry(root["sosmeta"], "name"), post_entry(root["sosmeta"], "name", "sv")) == (
        structure.fi,
        structure.sv,
    )
    fields = list(official_fields(structure.root, root, ""))
    assert len(fields) == len(list(walk(structure.root)))
    for path, node, there, required in fields:
        labels = (
            (post_entry(there["sosmeta"], "name") or "").strip(),
            (post_entry(there["sosmeta"], "name", "sv") or "").strip(),
        )
        assert labels == (node.fi, node.sv), path
        expected_type(node, there, required=required)


@pytest.mark.parametrize("structure", ALL, ids=named)
def test_every_field_marked_conditional_has_a_rule_or_a_line_in_the_readme(structure: Structure) -> None:
    if OFFICIAL is None:
        return
    readme = definitions.table_text("README.md")
    root = OFFICIAL.schema(structure.oid)["properties"][structure.root.key]
    for path, node, there, _ in official_fields(structure.root, root, ""):
        if there["sosmeta"]["conditionalRequired"] and not node.rules:
            named_in_a_rule = any(
                node.key in part.split(".")
                for _, other in walk(structure.root)
                for rule in other.rules
                for part in rule.paths
            )
            assert named_in_a_rule or node.key in readme, path


def test_thirty_three_structures_are_known() -> None:
    assert len(ALL) == 33
    assert Counter(each.number for each in ALL).most_common(1)[0][1] == 1
    assert {each.number for each in ALL if not each.writers} == {"19010"}
    provider = {each.number for each in ALL if "provider" in each.writers}
    assert provider == {
        "13004",
        "1003",
        "15021",
        "15024",
        "16009",
        "4002",
        "19002",
        "19004",
        "19005",
        "19006",
        "19007",
        "19012",
        "19013",
        "19015",
    }
    assert all({"organiser", "ehr"} <= each.writers for each in ALL if each.number != "19010")


@pytest.mark.parametrize("structure", ALL, ids=named)
def test_every_key_follows_from_its_finnish_label(structure: Structure) -> None:
    for path, node in walk(structure.root):
        assert national_key(node.fi) == node.key, path


def test_digits_and_hyphens_of_a_label_are_spelled_in_its_key() -> None:
    assert national_key("Kasvatus- ja 2 §:n Ylöspäin, é/Å?") == "kasvatus__ja_kaksi_n_ylospain_ea"


@pytest.mark.parametrize("structure", ALL, ids=named)
def test_rules_look_at_fields_that_are_there(structure: Structure) -> None:
    for node in (structure.root, *(node for _, node in walk(structure.root))):
        for child in node.children:
            for rule in child.rules:
                for path in rule.paths:
                    at = structure.root if path.startswith("/") else node
                    for key in path.removeprefix("/").split("."):
                        at = at.by_key[key]
                    assert not rule.values or at.type in {"code", "switch"}, rule.text
                    assert at.type != "switch" or rule.values <= {"true", "false"}
                assert not (child.required and rule.predicate != "repeats-if"), rule.text
                assert (rule.predicate == "repeats-if") <= child.repeats


def test_all_tables_are_read_in_a_moment() -> None:
    """150 milliseconds are the bound for the start of the server; here with room for a busy machine."""
    for cached in (definitions.structure_of, definitions._index, definitions._components):
        cached.cache_clear()
    started = time.process_time()
    structures()
    assert time.process_time() - started < 0.15
