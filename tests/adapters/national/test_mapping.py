"""Documents to our record and back, by the rows of a table alone."""

import csv
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.adapters.national.generated import GENERATED, documents, fullest, no_codes_known
from tests.sizes import examples

from walmu_api.adapters.national.mapping import Unmapped, to_national, to_ours
from walmu_api.adapters.national.structures.definitions import Node, Structure, read_table, structures, walk
from walmu_api.adapters.national.validation.structure_rules import check_structure
from walmu_api.adapters.national.validation.value_rules import expected_system

TABLE = """path,type,card,codes,field,values,rule,fi,sv
asiakas,@person,+,,@client,,,Asiakas,Klient
palvelutehtava,code,1,1.2.246.537.6.1221,@relationship.service_task,,,Palvelutehtävä,x
sisalto,heading,?,,,,,Sisältö,x
sisalto.kesto,heading,1,,,,,Kesto,x
sisalto.kesto.alkaa,day,?,,period.starts_on,,,Alkaa,x
sisalto.kesto.paattyy,date,?,,period.ends_on,,,Päättyy,x
sisalto.tunnit,count,?,,hours,,,Tunnit,x
sisalto.tavoite,heading,*,,goals,,,Tavoite,x
sisalto.tavoite.nimi,text,?,,name,,,Nimi,x
sisalto.tavoite.keinot,heading,?,,,,,Keinot,x
sisalto.tavoite.keinot.kuvaus,text,*,,means,,,Kuvaus,x
ratkaisu,code,1,1.2.246.537.6.1248,outcome,granted=1 Myönteinen päätös; denied=2 Kielteinen,,Ratkaisu,x
sivupaatos,code,*,1.2.246.537.6.1248,further,granted=1 Myönteinen päätös; denied=2 Kielteinen,,Sivupäätös,x
kaytossa,switch,?,,used,,,Käytössä,x
laatija,@person,1,,author,,,Laatija,x
""".splitlines()
PERSON = (
    Node("sukunimi", "name", "1", "Sukunimi", "x", field="family_name"),
    Node("henkilotunnus", "identifier", "?", "Henkilötunnus", "x", codes="1.2.246.21", field="identity"),
)


def toy(lines: list[str]) -> Structure:
    root = Node(
        "koe", "heading", "1", "Koe", "x", children=read_table(csv.DictReader(lines), {"person": PERSON})
    )
    return Structure("1.2.246.537.6.1506.1.2026.1.1", None, frozenset(), "Koe", "x", root)


TOY = toy(TABLE)
WHOLE = {
    "koe": {
        "asiakas": [{"sukunimi": "A"}, {"sukunimi": "B", "henkilotunnus": {"value": "020190-902D"}}],
        "palvelutehtava": {"system": "urn:oid:1.2.246.537.6.1221.7", "code": "20", "display": "vanha nimi"},
        "sisalto": {
            "kesto": {"alkaa": "2026-01-02", "paattyy": "2026"},
            "tunnit": 4.5,
            "tavoite": [{"nimi": "n", "keinot": {"kuvaus": ["a", "b"]}}, {"nimi": "m"}],
        },
        "ratkaisu": {"system": "urn:oid:1.2.246.537.6.1248", "code": "1", "display": "Myönteinen päätös"},
        "kaytossa": False,
        "laatija": {"sukunimi": "C"},
    }
}


def canonical(node: Node, value: Any) -> Any:
    """The document with system and display of our words as the table gives them."""
    if node.values:
        data = {
            known.code: {"system": expected_system(node), "code": known.code, "display": known.display}
            for known in node.values
        }
        return [data[each["code"]] for each in value] if node.repeats else data[value["code"]]
    if node.type != "heading":
        return value
    created = {}
    for child in node.children:
        if child.key in value:
            inner = value[child.key]
            whole = child.type != "heading" or not child.repeats
            created[child.key] = (
                canonical(child, inner) if whole else [canonical(child, each) for each in inner]
            )
    return created


def test_headings_are_flattened_words_are_ours_and_the_context_stands_under_its_own_key() -> None:
    assert to_ours(TOY, WHOLE) == {
        "@client": [{"family_name": "A"}, {"family_name": "B", "identity": {"value": "020190-902D"}}],
        "@relationship": {
            "service_task": {"system": "urn:oid:1.2.246.537.6.1221.7", "code": "20", "display": "vanha nimi"}
        },
        "period": {"starts_on": "2026-01-02", "ends_on": "2026"},
        "hours": 4.5,
        "goals": [{"name": "n", "means": ["a", "b"]}, {"name": "m"}],
        "outcome": "granted",
        "used": False,
        "author": {"family_name": "C"},
    }


def test_back_it_is_the_same_document_with_keys_in_the_national_order() -> None:
    ours = to_ours(TOY, WHOLE)
    back = to_national(TOY, dict(reversed(ours.items())))
    assert back == WHOLE
    assert list(back["koe"]) == ["asiakas", "palvelutehtava", "sisalto", "ratkaisu", "kaytossa", "laatija"]
    assert list(back["koe"]["sisalto"]) == ["kesto", "tunnit", "tavoite"]


@settings(
    max_examples=examples(100, long=1500),
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(documents(TOY))
def test_any_document_comes_back_as_it_went_in(document: dict[str, Any]) -> None:
    assert [each for each in check_structure(TOY, document, no_codes_known) if each.severity == "error"] == []
    expected = {"koe": canonical(TOY.root, document["koe"])}
    back = to_national(TOY, to_ours(TOY, document))
    assert back == expected
    assert str(back) == str(expected)  # the order of keys too
    assert to_ours(TOY, back) == to_ours(TOY, document)


def test_a_code_without_a_word_of_ours_is_refused_by_judging() -> None:
    document = {
        "koe": WHOLE["koe"]
        | {"ratkaisu": {"system": "urn:oid:1.2.246.537.6.1248", "code": "3", "display": "x"}}
    }
    found = check_structure(TOY, document, no_codes_known)
    assert ("/koe/ratkaisu/code", "invalid-value") in [(each.pointer, each.kind.code) for each in found]


def test_what_has_no_place_in_our_record_is_refused_not_lost() -> None:
    lost = toy([*TABLE, "muuta,text,?,,,,,Muuta,x"])
    with pytest.raises(Unmapped, match="muuta"):
        to_ours(lost, {"koe": WHOLE["koe"] | {"muuta": "x"}})
    repeated = toy([*TABLE, "muut,heading,*,,,,,Muut,x", "muut.nimi,text,?,,name,,,Nimi,x"])
    with pytest.raises(Unmapped, match="muut"):
        to_ours(repeated, {"koe": WHOLE["koe"] | {"muut": [{"nimi": "x"}]}})


@pytest.mark.parametrize(
    "row",
    [
        "x,text,2,,,,,X,x",
        "x,word,1,,,,,X,x",
        "x,heading,1,,,,,X,x",
        "x,code,1,1,,granted,,X,x",
        "x,text,1,,,,iff(a),X,x",
    ],
)
def test_a_row_that_says_nonsense_is_refused_when_it_is_read(row: str) -> None:
    with pytest.raises(ValueError, match=r"row|values|rule"):
        toy([*TABLE, row])


def names_in_one_object(node: Node) -> list[list[str]]:
    """The names of ours that meet in one mapped object, for each such object."""
    own: list[str] = []
    inner: list[list[str]] = []
    for child in node.children:
        passed = child.type == "heading" and not child.field
        below = names_in_one_object(child) if child.type == "heading" else [[]]
        own += below[0] if passed else [child.field]
        inner += below[1:] if passed else below if child.type == "heading" else []
    return [own, *inner]


def is_mapped(structure: Structure) -> bool:
    """Whether every row that needs a field of ours has one."""
    return all(node.field for _, node in walk(structure.root) if node.type != "heading" or node.repeats)


def test_our_names_do_not_meet_in_one_object() -> None:
    for structure in (TOY, *filter(is_mapped, structures())):
        for names in names_in_one_object(structure.root):
            assert len(names) == len(set(names)), (structure.number, names)


@pytest.mark.parametrize(
    "structure", [each for each in GENERATED if is_mapped(each)] or [TOY], ids=lambda each: each.number
)
def test_structures_whose_rows_are_all_mapped_go_both_ways(structure: Structure) -> None:
    @settings(
        max_examples=examples(30, long=500),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(documents(structure), st.just(fullest(structure))))
    def both_ways(document: dict[str, Any]) -> None:
        key = structure.root.key
        assert to_national(structure, to_ours(structure, document)) == {
            key: canonical(structure.root, document[key])
        }

    both_ways()


def test_the_rows_that_components_fill_in_are_used_for_every_client() -> None:
    """The clients of documents come from the context, under one name."""
    for structure in structures():
        client = structure.root.by_key.get("asiakas")
        assert client is None or client.field == ("" if structure.number == "1505.1" else "@client")
