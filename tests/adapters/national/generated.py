"""National documents made from our tables: a Hypothesis strategy, the smallest and the fullest document of a structure.

Identity codes are of the 900 series only. A structure with a prescribed sentence (1505.8) needs the official files, which
hold the sentence: without them it is not in `GENERATED`."""

import copy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.conftest import identity_code

from walmu_api.adapters.national.structures.definitions import Node, Structure, structures, walk
from walmu_api.adapters.national.validation.findings import CONDITIONALLY_REQUIRED, NOT_APPLICABLE, REPEATED
from walmu_api.adapters.national.validation.official_schema import Official
from walmu_api.adapters.national.validation.structure_rules import broken
from walmu_api.adapters.national.validation.value_rules import expected_system, is_empty
from walmu_api.foundation.identity_codes import born_on
from walmu_api.record.parties.codes.rules import name_of
from walmu_api.record.parties.codes.shipped import shipped_lists

Json = dict[str, Any]

OFFICIAL_FILES = Path(__file__).parents[4] / "shared" / "reference" / "sosmeta"
"""Where a workplace of ours has the official schema files; they are not in this repository."""
OFFICIAL = Official(OFFICIAL_FILES) if OFFICIAL_FILES.is_dir() else None


def _sentences() -> dict[str, str]:
    """The prescribed sentences by what our tables know of them."""
    found: dict[str, str] = {}

    def look(schema: Any, node: Node) -> None:
        inner = schema.get("items", schema)
        if node.type == "phrase":
            found[node.codes] = inner["enum"][0]
        for child in node.children:
            look(inner["properties"][child.key], child)

    for each in structures() if OFFICIAL else ():
        assert OFFICIAL is not None
        if any(node.type == "phrase" for _, node in walk(each.root)):
            look(OFFICIAL.schema(each.oid)["properties"][each.root.key], each.root)
    return found


SENTENCES = _sentences()
GENERATED = [
    each for each in structures() if all(node.type != "phrase" or SENTENCES for _, node in walk(each.root))
]


@cache
def leaf(node: Node) -> st.SearchStrategy[Any]:
    """A value of a field that is no heading."""
    match node.type:
        case "code":
            known = node.accepted or tuple(value.code for value in node.values) or _known(node)
            return st.sampled_from(known).map(lambda code: _code(node, code))
        case "identifier":
            return _identifiers(node)
        case "phrase":
            return st.just(SENTENCES[node.codes])
    simple: dict[str, st.SearchStrategy[Any]] = {
        "text": st.sampled_from(["Hyvin meni.", "Rivi 1\nRivi 2", "Ä", "”Ö” & <å> \\ /", "0", " väli "]),
        "name": st.sampled_from(["Esimerkki", "Aino-Maija", "af Ström", "Ngũgĩ", "O'Neil"]),
        "signature": st.just("A. Esimerkki"),
        "switch": st.booleans(),
        "count": st.sampled_from([1, 4, 4.5, 0]),
        "number": st.sampled_from([0, 12, 7.25, -1]),
        "quantity": st.just({"value": 2.5, "code": "h"}),
        "date": st.sampled_from(["2026-11-03", "2026-11", "2026", "2024-02-29", "1950-01-01"]),
        "day": st.sampled_from(["2026-11-03", "2024-02-29", "2026-12-31"]),
        "instant": st.sampled_from(
            [
                "2026-11-03T09:00:00+02:00",
                "2026-07-01T23:59:59.123Z",
                "2026-11-03",
                "2026-03-29T03:30:00-14:00",
            ]
        ),
    }
    return simple[node.type]


def _known(node: Node) -> tuple[str, ...]:
    found = shipped_lists().get(name_of(node.system))
    return tuple(found.codes) if found and found.codes else ("1", "2.1", "Z9")


def _code(node: Node, code: str) -> Json:
    return {"system": expected_system(node), "code": code, "display": "Selite"}


def _identifiers(node: Node) -> st.SearchStrategy[Json]:
    if node.system:
        codes_of_nobody = st.integers(1, 30_000).map(identity_code)
        return codes_of_nobody.flatmap(
            lambda value: st.sampled_from(
                [{"system": f"urn:oid:{node.system}", "value": value}, {"value": value}]
            )
        )
    return st.sampled_from(
        [{"system": "urn:oid:1.2.246.10.12345671.22.2026", "value": "311080X9ABC"}, {"value": "1.2.246.10.1"}]
    )


@cache
def _heading(node: Node) -> st.SearchStrategy[Json]:
    required = {child.key: _member(child) for child in node.children if child.required}
    optional = {child.key: _member(child) for child in node.children if not child.required}
    return st.fixed_dictionaries(required, optional=optional)


def _member(node: Node) -> st.SearchStrategy[Any]:
    one = _heading(node) if node.type == "heading" else leaf(node)
    return st.lists(one, min_size=1, max_size=2) if node.repeats else one


def documents(structure: Structure) -> st.SearchStrategy[Json]:
    """Documents without errors, in the national order of keys."""
    return _heading(structure.root).map(lambda drawn: {structure.root.key: mended(structure.root, drawn)})


def smallest(structure: Structure) -> Json:
    """A document of what is required, and what the rules then ask for."""
    least: Json = _least(structure.root)
    return {structure.root.key: mended(structure.root, least)}


def fullest(structure: Structure) -> Json:
    """A document that has every field, each list with one item; some do not belong together, which warns."""
    return {structure.root.key: _full(structure.root)}


def _example(node: Node) -> Any:
    if node.type == "code":
        return _code(node, (node.accepted or _known(node))[0])
    if node.type == "identifier":
        value = identity_code(7) if node.system else "311080X9ABC"
        return {"value": value} | ({"system": f"urn:oid:{node.system}"} if node.system else {})
    if node.type == "phrase":
        return SENTENCES[node.codes]
    data = {
        "text": "Teksti",
        "name": "Nimi",
        "signature": "A. Esimerkki",
        "switch": True,
        "count": 4,
        "number": 2,
        "date": "2026-11-03",
        "day": "2026-11-03",
        "instant": "2026-11-03T09:00:00+02:00",
        "quantity": {"value": 1, "code": "h"},
    }
    return copy.deepcopy(data[node.type])


def _least(node: Node) -> Any:
    if node.type != "heading":
        return _example(node)
    return {
        child.key: [_least(child)] if child.repeats else _least(child)
        for child in node.children
        if child.required
    }


def _whole(node: Node) -> Any:
    if node.type != "heading":
        return _example(node)
    return _full(node)


def _full(node: Node) -> Json:
    return {child.key: [_whole(child)] if child.repeats else _whole(child) for child in node.children}


def mended(root: Node, drawn: Json) -> Json:
    """The document with what its rules ask for, without what they do not want and without empty objects."""
    document = copy.deepcopy(drawn)
    for _ in range(6):
        before = copy.deepcopy(document)
        _prune(root, document)
        for node, each in objects(root, document):
            for child in node.children:
                _obey(child, each, document)
        if document == before:
            break
    ordered: Json = _ordered(root, document)
    return ordered


def _obey(node: Node, beside: Json, root: Json) -> None:
    for rule in node.rules:
        wrong = broken(node, rule, beside, root)
        if wrong is CONDITIONALLY_REQUIRED:
            beside[node.key] = [_whole(node)] if node.repeats else _whole(node)
        elif wrong is NOT_APPLICABLE:
            del beside[node.key]
        elif wrong is REPEATED:
            del beside[node.key][1:]


def _prune(node: Node, value: Json) -> None:
    for child in node.children:
        if child.type != "heading" or child.key not in value:
            continue
        for each in value[child.key] if child.repeats else [value[child.key]]:
            _prune(child, each)
        if child.repeats:
            value[child.key] = [each for each in value[child.key] if not is_empty(each)]
        if is_empty(value[child.key]) and not child.required:
            del value[child.key]
        elif child.card == "+" and not value[child.key]:
            value[child.key] = [_whole(child)]


def _ordered(node: Node, value: Any) -> Any:
    if node.type != "heading":
        return value
    return {
        child.key: [_ordered(child, each) for each in value[child.key]]
        if child.repeats
        else _ordered(child, value[child.key])
        for child in node.children
        if child.key in value
    }


def objects(node: Node, value: Json) -> Iterator[tuple[Node, Json]]:
    """Every object of a document with its node."""
    yield node, value
    for child in node.children:
        if child.type == "heading" and child.key in value:
            for each in value[child.key] if child.repeats else [value[child.key]]:
                yield from objects(child, each)


def no_codes_known(_system: str, _code: str) -> bool | None:
    """Code lists that know nothing."""
    return None


__all__ = [
    "GENERATED",
    "OFFICIAL",
    "OFFICIAL_FILES",
    "documents",
    "fullest",
    "mended",
    "no_codes_known",
    "objects",
    "smallest",
]


def drawn(structure: Structure, count: int) -> list[Json]:
    """So many generated documents, the smallest and the fullest that is without errors first."""
    created: list[Json] = [smallest(structure)]

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(documents(structure))
    def take(document: Json) -> None:
        created.append(document)

    take()
    return created[:count]


def of_client(structure: Structure, document: Json, client: Json) -> Json:
    """The document with this client as its person: the first of several keeps the spelling of the name, not the identifier."""
    data = copy.deepcopy(document)
    node = next(
        (each for each in structure.root.children if each.field == "@client" or each.key == "asiakas"), None
    )
    found = data[structure.root.key].get(node.key) if node else None
    if found:
        person = found[0] if isinstance(found, list) else found
        person.pop("tilapainen_yksilointitunnus", None)
        person["henkilotunnus"] = {
            "system": client["identity"]["system"],
            "value": client["identity"]["value"],
        }
        if "syntymaaika" in person:
            person["syntymaaika"] = born_on(client["identity"]["value"]).isoformat()
    return {structure.root.key: mended(structure.root, data[structure.root.key])}


def in_time_order(value: Any) -> Any:
    """The document with every period told from its beginning to its end."""
    if isinstance(value, list):
        return [in_time_order(each) for each in value]
    if not isinstance(value, dict):
        return value
    data = {key: in_time_order(each) for key, each in value.items()}
    for first, last in (
        ("alkamispaiva", "paattymispaiva"),
        ("alkamishetki", "paattymishetki"),
        ("avauspaiva", "paattymispaiva"),
        ("asiakkuuden_alkamispvm", "asiakkuuden_paattymispvm"),
    ):
        if first in data and last in data and str(data[first])[:10] > str(data[last])[:10]:
            data[first], data[last] = data[last], data[first]
    return data


def openly(value: Any) -> Any:
    """The document with nobody under turvakielto, whose whereabouts a provider is not told again."""
    if isinstance(value, list):
        return [openly(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: False if key == "turvakielto" else openly(each) for key, each in value.items()}


def fitting(structure: Structure, document: Json) -> Json:
    """The document as our rules want it: nothing before it is valid, no one born in the future, no end of a protection that
    does not hold, no number of a decision that could be a person's."""
    data = copy.deepcopy(document)
    root = data[structure.root.key]
    for child in structure.root.children:  # what our record cannot be without
        if child.key in {"paatos", "toiminnan_sisaltoa_koskevat_tiedot"} and child.key not in root:
            root[child.key] = _least(child)
    if structure.resource == "decisions":
        decision = root["paatos"]
        decision.pop("paatostunnus", None)
        valid = decision.get("paatoksen_voimassaolo", {})
        if valid.get("paattymispaiva", "9999") < valid.get("alkamispaiva", decision["paatospaivamaara"]):
            del decision["paatoksen_voimassaolo"]
    if structure.number == "1505.1":
        root["asiakas"].pop("turvakiellon_paattymispaiva", None)
        units = (
            "palvelunjarjestajan_palveluyksikko"  # told once, and not where the record has no place for them
        )
        for block in root.get("sosiaalihuollon_palvelutehtava", []):
            if units in block:
                root.setdefault(units, block.pop(units))
        if root["asiakas"].get("syntymaaika", "") > "2026-11-03":
            root["asiakas"]["syntymaaika"] = "2024-02-29"
    return data


def without_displays_of_words(structure: Structure, document: Json) -> Json:
    """The document without the displays of codes that are words of ours."""
    data = copy.deepcopy(document)
    for node, value in objects(structure.root, data[structure.root.key]):
        for child in node.children:
            if child.values and child.key in value:
                for code in value[child.key] if child.repeats else [value[child.key]]:
                    code.pop("display")
    return data
