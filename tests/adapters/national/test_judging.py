"""Documents with one thing wrong: each is refused, at its place, by its name."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.adapters.national.generated import GENERATED, fullest, no_codes_known, smallest
from tests.sizes import examples

from walmu_api.adapters.national.structures.conditions import Rule
from walmu_api.adapters.national.structures.definitions import Node, Structure, read_table, structures, walk
from walmu_api.adapters.national.validation.findings import pointer
from walmu_api.adapters.national.validation.structure_rules import MOST, check_structure
from walmu_api.foundation.identity_codes import check_character

Json = dict[str, Any]
Keys = tuple[int | str, ...]
by_number = {each.number: each for each in structures()}


def named(structure: Structure) -> str:
    return structure.number


def errors(structure: Structure, document: Any) -> list[tuple[str, str]]:
    found = check_structure(structure, document, no_codes_known)
    return [(each.pointer, each.kind.code) for each in found if each.severity == "error"]


def places(node: Node, value: Json, at: Keys) -> Iterator[tuple[Node, Json, Keys]]:
    """Every field of a document: its node, the object around it, and where it stands."""
    for child in node.children:
        if child.key in value:
            there = (*at, child.key)
            yield child, value, there
            for number, each in enumerate(value[child.key] if child.repeats else [value[child.key]]):
                if child.type == "heading":
                    yield from places(child, each, (*there, number) if child.repeats else there)


def at(document: Json, keys: Keys) -> Any:
    for key in keys:
        document = document[key]  # type: ignore[index]
    return document


def changed(document: Json, keys: Keys, value: Any) -> Json:
    created = copy.deepcopy(document)
    at(created, keys[:-1])[keys[-1]] = value
    return created


def without(document: Json, keys: Keys) -> Json:
    created = copy.deepcopy(document)
    del at(created, keys[:-1])[keys[-1]]
    return created


WRONG: dict[str, list[tuple[Any, str, Keys]]] = {
    "text": [
        (1, "invalid-value", ()),
        ("", "empty-value", ()),
        ("a\u0000", "invalid-value", ()),
        (None, "invalid-value", ()),
    ],
    "name": [([], "invalid-value", ()), ("", "empty-value", ()), ({"fi": "x"}, "invalid-value", ())],
    "signature": [(True, "invalid-value", ()), ("", "empty-value", ())],
    "switch": [("true", "invalid-value", ()), (1, "invalid-value", ()), (None, "invalid-value", ())],
    "count": [
        ("4", "invalid-value", ()),
        (True, "invalid-value", ()),
        (float("inf"), "invalid-value", ()),
        (10**400, "invalid-value", ()),
    ],
    "number": [
        ("4", "invalid-value", ()),
        (float("nan"), "invalid-value", ()),
        (-1e300, "invalid-value", ()),
    ],
    "phrase": [("Muu teksti", "invalid-value", ()), (1, "invalid-value", ())],
    "date": [
        (each, "invalid-value", ())
        for each in (
            "2026-02-30",
            "2025-02-29",
            "2026-13",
            "2026-11-00",
            "26-11-03",
            "3.11.2026",
            "2026-11-03T00:00:00Z",
            "2026-1-3",
            "0000",
            2026,
        )
    ],
    "day": [(each, "invalid-value", ()) for each in ("2026", "2026-11", "2026-02-30")],
    "instant": [
        (each, "invalid-value", ())
        for each in (
            "2026-11-03T09:00:00",
            "2026-11-03T09:00+02:00",
            "2026-02-30T09:00:00Z",
            "2026-11-03 09:00:00Z",
            "2026-11T09:00:00Z",
            "2026-11-03T24:00:00Z",
            "2026-11-03T09:00:00+15:00",
            "2026-11-03T",
        )
    ],
}
"""By type: a value, the code of its error, and where below the field it is told."""


def wrong_values(node: Node) -> Iterator[tuple[Any, str, Keys]]:
    yield from WRONG.get(node.type, ())
    if node.type == "identifier":
        yield from ((each, "invalid-value", ()) for each in ("020190-902D", None))
        yield {}, "missing", ("value",)
        yield {"value": "x", "extra": 1}, "unknown-property", ("extra",)
        yield {"value": ""}, "empty-value", ("value",)
        if node.system:
            wrong = "020190-902" + ("A" if check_character("020190902") != "A" else "B")
            yield {"value": wrong}, "invalid-value", ("value",)
            yield {"value": "020190-902d"}, "invalid-value", ("value",)
            yield {"value": "020190-902D", "system": "1.2.246.21"}, "wrong-code-system", ("system",)
    if node.type == "code":
        right = {"system": f"urn:oid:{node.system}", "code": (node.accepted or ("1",))[0], "display": "x"}
        if not node.system[0].isdigit():
            right["system"] = node.system
        for name in right:
            yield {key: value for key, value in right.items() if key != name}, "missing", (name,)
            yield right | {name: ""}, "empty-value", (name,)
            yield right | {name: 1}, "invalid-value", (name,)
        yield right | {"version": "1"}, "unknown-property", ("version",)
        yield "1", "invalid-value", ()
        if node.system != "*":
            for system in (
                "urn:oid:1.2.246.537.6.999999",
                "1.2.246.537.6.1221",
                right["system"] + "1",
                right["system"] + ".",
                right["system"] + ".x",
            ):
                yield right | {"system": system}, "wrong-code-system", ("system",)
        if node.accepted:
            yield right | {"code": "ei"}, "invalid-value", ("code",)


@pytest.mark.parametrize("structure", GENERATED, ids=named)
def test_each_required_field_that_is_missing_is_told_at_its_place(structure: Structure) -> None:
    for document in (fullest(structure), smallest(structure)):
        root = structure.root.key
        for node, _, keys in places(structure.root, document[root], (root,)):
            if node.required:
                assert (pointer(keys), "missing") in errors(structure, without(document, keys))


@pytest.mark.parametrize("structure", GENERATED, ids=named)
def test_each_wrong_value_of_each_field_is_told_at_its_place(structure: Structure) -> None:
    document, root = fullest(structure), structure.root.key
    for node, _, keys in places(structure.root, document[root], (root,)):
        there = (*keys, 0) if node.repeats else keys
        for value, code, below in wrong_values(node) if node.type != "heading" else ():
            found = errors(structure, changed(document, there, value))
            assert (pointer((*there, *below)), code) in found, (keys, value)


@pytest.mark.parametrize("structure", GENERATED, ids=named)
def test_unknown_keys_empty_objects_and_wrong_shapes_are_told_at_their_place(structure: Structure) -> None:
    document, root = fullest(structure), structure.root.key
    assert errors(structure, changed(document, (root, "tuntematon"), 1)) == [
        (f"/{root}/tuntematon", "unknown-property")
    ]
    for node, _, keys in places(structure.root, document[root], (root,)):
        there = (*keys, 0) if node.repeats else keys
        if node.repeats:
            assert (pointer(keys), "empty-value") in errors(structure, changed(document, keys, []))
            assert (pointer(keys), "invalid-value") in errors(
                structure, changed(document, keys, at(document, there))
            )
        if node.type == "heading":
            unknown = changed(document, (*there, "Sukunimi"), "x")
            assert (pointer((*there, "Sukunimi")), "unknown-property") in errors(structure, unknown)
            assert (pointer(there), "invalid-value") in errors(structure, changed(document, there, "x"))
            nothing = errors(structure, changed(document, there, {}))
            if (node.repeats or not node.required) and not any(
                child.required or child.rules for child in node.children
            ):
                assert (pointer(there), "empty-value") in nothing


@pytest.mark.parametrize("structure", GENERATED, ids=named)
def test_a_document_has_exactly_its_root_key(structure: Structure) -> None:
    document, root = smallest(structure), structure.root.key
    assert errors(structure, {}) == [(f"/{root}", "missing")]
    assert errors(structure, document | {"toinen": {}}) == [("/toinen", "one-root-key")]
    assert errors(structure, {"muu": document[root]}) == [("/muu", "one-root-key"), (f"/{root}", "missing")]
    assert errors(structure, [document]) == [("", "invalid-value")]
    assert errors(structure, {root: None}) == [(f"/{root}", "invalid-value")]


def settle(structure: Structure, document: Json, beside: Keys, rule: Rule, *, holds: bool) -> None:
    """Make the condition of a rule hold, or not, in a document that has every field."""
    path = rule.paths[0]
    keys: list[int | str] = [structure.root.key] if path.startswith("/") else list(beside)
    node = structure.root
    for key in (*keys[1:], *path.removeprefix("/").split(".")):
        if isinstance(key, str):
            node = node.by_key[key]
    around = at(document, tuple(keys))
    *outer, last = path.removeprefix("/").split(".")
    for key in outer:
        around = around[key][0] if isinstance(around[key], list) else around[key]
    values = sorted(rule.values)
    if node.type == "switch":
        around[last] = (values[0] == "true") == holds
    else:
        code = {"system": f"urn:oid:{node.system}", "code": values[0] if holds else "zz", "display": "x"}
        if node.accepted:
            code |= {"system": node.system if not node.system[0].isdigit() else code["system"]}
            code |= {
                "code": values[0] if holds else next(each for each in node.accepted if each not in values)
            }
        around[last] = [code] if node.repeats else code


def rules_of(structure: Structure) -> Iterator[tuple[Node, Json, Keys, Rule]]:
    document, root = fullest(structure), structure.root.key
    for node, _, keys in places(structure.root, document[root], (root,)):
        yield from ((node, copy.deepcopy(document), keys, rule) for rule in node.rules)


@pytest.mark.parametrize("structure", GENERATED, ids=named)
def test_each_conditional_rule_that_is_broken_is_told_at_its_field(structure: Structure) -> None:
    for node, document, keys, rule in rules_of(structure):
        beside, data = at(document, keys[:-1]), (pointer(keys), "conditionally-required")
        match rule.predicate:
            case "one-of":
                for path in rule.paths:
                    beside.pop(path.split(".")[0], None)
                assert data in errors(structure, document)
                beside[node.key] = at(fullest(structure), keys)
                assert data not in errors(structure, document)
            case "required-if" | "required-unless":
                settle(structure, document, keys[:-1], rule, holds=rule.predicate == "required-if")
                assert data not in errors(structure, document)
                del beside[node.key]
                assert data in errors(structure, document)
                settle(structure, document, keys[:-1], rule, holds=rule.predicate != "required-if")
                assert data not in errors(structure, document)
            case "repeats-if":
                settle(structure, document, keys[:-1], rule, holds=True)
                beside[node.key] *= 2
                assert errors(structure, document) == []
                settle(structure, document, keys[:-1], rule, holds=False)
                assert (pointer(keys), "repeated-here") in errors(structure, document)
            case _:
                settle(structure, document, keys[:-1], rule, holds=rule.predicate == "only-unless")
                found = check_structure(structure, document, no_codes_known)
                assert (pointer(keys), rule.text) in [
                    (each.pointer, each.rule)
                    for each in found
                    if each.kind.code == "not-applicable" and each.severity == "warning"
                ]


def test_every_predicate_is_used_and_broken() -> None:
    used = {rule.predicate for each in GENERATED for *_, rule in rules_of(each)}
    assert used == {"one-of", "required-if", "required-unless", "only-if", "only-unless", "repeats-if"}


def test_code_lists_have_the_last_word_where_they_are_complete() -> None:
    structure = by_number["19007"]
    document = smallest(structure)

    def data(known: bool | None) -> list[tuple[str, str, str]]:
        found = check_structure(
            structure, document, lambda system, _: known if system == "1.2.246.537.6.1221" else True
        )
        return [(each.pointer.rpartition("/")[2], each.kind.code, each.severity) for each in found]

    assert data(True) == []
    assert data(False) == [("code", "unknown-code", "error")]
    assert data(None) == [("code", "unverified-code", "warning")]


def test_system_versions_are_taken() -> None:
    structure = by_number["19007"]
    document = smallest(structure)
    place = ("merkinta_asiakkaan_arjesta", "asiakaskertomusmerkinta", "palvelutehtava", "system")
    assert errors(structure, changed(document, place, "urn:oid:1.2.246.537.6.1221.2008.1")) == []


def test_a_finding_says_our_field_in_three_languages_and_never_the_value() -> None:
    structure = by_number["13004"]
    document = fullest(structure)
    place = (structure.root.key, "asiakas", "henkilotunnus", "value")
    (found,) = [
        each
        for each in check_structure(
            structure, changed(document, place, "secret"), no_codes_known, ("content",)
        )
        if each.severity == "error"
    ]
    assert found.pointer == "/content" + pointer(place)
    assert found.our_field == "@client.personal_identity_code"
    texts = {found.render(language)["detail"] for language in ("fi", "sv", "en")}
    assert len(texts) == 3
    assert "secret" not in str([found.render(language) for language in ("fi", "sv", "en")])
    assert found.render("en")["field"] == "@client.personal_identity_code"


def test_a_document_full_of_errors_gets_the_first_hundred() -> None:
    structure = by_number["15001"]
    document = changed(fullest(structure), (structure.root.key, "laatija"), ["x"] * 50_000)
    assert len(errors(structure, document)) == MOST


def test_quantities_have_a_number_and_a_unit() -> None:
    """No structure of today has one; the national rules know them."""
    row = {
        "path": "maara",
        "type": "quantity",
        "card": "1",
        "codes": "",
        "field": "",
        "values": "",
        "rule": "",
        "fi": "Määrä",
        "sv": "x",
    }
    root = Node("juuri", "heading", "1", "Juuri", "x", children=read_table([row], {}))
    toy = Structure("1.2.246.537.6.1506.1.2026.1.1", None, frozenset(), "Juuri", "x", root)
    assert errors(toy, {"juuri": {"maara": {"value": 2.5, "code": "h"}}}) == []
    assert errors(toy, {"juuri": {"maara": {"value": "2"}}}) == [
        ("/juuri/maara/code", "missing"),
        ("/juuri/maara/value", "invalid-value"),
    ]


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["1", "99", "2026-02-30"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["system", "code", "display", "value", "rooli", "/", "~"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(
    max_examples=examples(150, long=2500),
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_anything_anywhere_is_judged_and_breaks_nothing(data: st.DataObject) -> None:
    structure = data.draw(st.sampled_from(GENERATED))
    document, root = fullest(structure), structure.root.key
    keys = data.draw(
        st.sampled_from([(root,), *(keys for *_, keys in places(structure.root, document[root], (root,)))])
    )
    found = check_structure(structure, changed(document, keys, data.draw(ANYTHING)), no_codes_known)
    assert all(each.render(language) for each in found for language in ("fi", "sv", "en"))


def test_all_structures_have_required_fields_somewhere() -> None:
    assert all(any(node.required for _, node in walk(each.root)) for each in structures())
