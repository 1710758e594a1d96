"""The readable page: whole, well formed, in the reader's language, and nothing from outside."""

import itertools
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from tests.adapters.national.generated import GENERATED, fullest, smallest
from tests.conftest import TenantFixture
from tests.record.case_file.documents.samples import AUTHOR
from tests.record.case_file.documents.samples import FILED as SAMPLES

from walmu_api.adapters.national.exporting.page import view
from walmu_api.adapters.national.exporting.page.rendering import PAGES, page
from walmu_api.adapters.national.structures.definitions import Structure, walk

X = "{http://www.w3.org/1999/xhtml}"
ENVELOPE: dict[str, Any] = {
    "document_id": "1.2.246.10.12345671.11.2026.17.2",
    "version": 2,
    "replaces": "1.2.246.10.12345671.11.2026.17.1",
    "structure": "x",
    "number": "1",
    "status": "final",
    "recorded_at": "2026-11-03T22:30:00.000000Z",
    "dated_on": "2026-11-03",
    "organiser": {"id": "x", "name": "Esimerkin <hyvinvointialue> & co", "business_id": "1234567-1"},
    "producer": {"id": "y", "name": "Kotola ry"},
    "registry": {"display": "Sosiaalihuollon asiakasrekisteri"},
    "retention": {"years": 10, "counts_from": "closing_of_last_case", "source": "x"},
}


def named(each: Structure) -> str:
    return each.number


def data_of(each: Structure, content: dict[str, Any], language: str = "fi", **envelope: Any) -> ET.Element:
    return ET.fromstring(page(each, {"envelope": ENVELOPE | envelope, "content": content}, language))


def text(element: ET.Element) -> str:
    return "\n".join(element.itertext())


@pytest.mark.parametrize("each", GENERATED, ids=named)
@pytest.mark.parametrize("language", ["fi", "sv"])
def test_a_page_shows_every_label_and_value_once_and_in_order(each: Structure, language: str) -> None:
    root = data_of(each, fullest(each), language)
    assert root.get("lang") == language
    labels = [node.fi if language == "fi" else node.sv for _, node in walk(each.root)]
    main = root.find(f"{X}body/{X}main")
    assert main is not None
    shown = [
        (one.text or "").strip()
        for one in main.iter()
        if one.tag in {f"{X}dt", *(f"{X}h{level}" for level in range(2, 7))}
    ]
    assert shown == labels
    assert len(list(main.iter(f"{X}dd"))) == sum(node.type != "heading" for _, node in walk(each.root))
    assert data_of(each, smallest(each), language) is not None


@pytest.mark.parametrize("each", GENERATED, ids=named)
def test_headings_go_down_step_by_step_from_one_title(each: Structure) -> None:
    root = data_of(each, fullest(each))
    levels = [int(one.tag[-1]) for one in root.iter() if re.fullmatch(rf"{re.escape(X)}h[1-6]", one.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_values_are_written_as_people_in_finland_write_them() -> None:
    for kind, value, fi, sv in (
        ("date", "2026-11-03", "3.11.2026", "3.11.2026"),
        ("date", "2026-11", "11/2026", "11/2026"),
        ("date", "2026", "2026", "2026"),
        ("instant", "2026-11-03T09:05:00+02:00", "3.11.2026 klo 9.05", "3.11.2026 kl. 9.05"),
        ("instant", "2026-11-03T09:05:00.5Z", "3.11.2026 klo 9.05 (UTC)", "3.11.2026 kl. 9.05 (UTC)"),
        ("instant", "2026-11-03", "3.11.2026", "3.11.2026"),
        ("switch", True, "Kyllä", "Ja"),
        ("switch", False, "Ei", "Nej"),
        ("quantity", {"value": 2.5, "code": "h"}, "2,5 h", "2,5 h"),
        ("count", 4, "4", "4"),
        ("number", 0.5, "0,5", "0,5"),
        ("code", {"code": "1", "display": "Myönteinen"}, "Myönteinen", "Myönteinen"),
    ):
        assert (view.written(kind, value, "fi"), view.written(kind, value, "sv")) == (fi, sv)


def test_text_of_others_is_text_and_nothing_else() -> None:
    each = next(one for one in GENERATED if one.number == "19007")
    content = smallest(each)
    wild = "<script>alert(1)</script> & ]]> \"'\nToinen rivi"
    content[each.root.key]["laatija"]["sukunimi"] = wild
    root = data_of(each, content)
    assert wild in text(root)
    assert not list(root.iter(f"{X}script"))


def test_the_page_needs_nothing_from_outside_and_says_when_it_is_void() -> None:
    each = next(one for one in GENERATED if one.number == "19007")
    root = data_of(each, smallest(each), status="voided")
    assert not [one for one in root.iter() if one.get("src") or (one.get("href") or "#")[0] != "#"]
    assert "mitätöity" in text(root)
    assert "4.11.2026 klo 0.30" in text(root), "recorded at, in Finland's time"
    assert "sha256-" in PAGES.headers("fi")["Content-Security-Policy"]


async def test_a_record_is_read_as_a_page_by_accept(world: TenantFixture) -> None:
    client = await world.client(family_name="Äyräpää")
    entry = SAMPLES["case"].entry({"client": client["id"]}) | {"source_id": "a"}
    case = (await world.organiser.post("/v1/cases", entry)).json()
    path = f"/v1/cases/{case['id']}/document"
    answer = await world.organiser.get(path, Accept="application/xhtml+xml", Accept_Language="sv")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xhtml+xml")
    assert (answer.headers["content-language"], answer.headers["cache-control"]) == ("sv", "no-store")
    assert "Ärendehandling" in answer.text
    assert "Äyräpää" in answer.text
    english = await world.organiser.get(path, Accept="application/xhtml+xml", Accept_Language="en")
    assert 'lang="fi"' in english.text
    assert (await world.organiser.get(path)).headers["content-type"] == "application/json"
    assert (await world.organiser.get(path, Accept="text/html")).status_code == 406


async def test_a_swedish_page_has_our_sentences_and_the_names_of_codes_in_swedish_and_the_document_stays(
    world: TenantFixture,
) -> None:
    task = {"system": "urn:oid:1.2.246.537.6.1221", "code": "15", "display": "Päihdehuolto"}
    relationship = await world.relationship(
        (await world.client())["id"], service_task=task, legal_bases=["SHL_1301_2014_17"]
    )
    entry = {
        "service_relationship_id": relationship["id"],
        "kind": "daily_performance",
        "author": AUTHOR,
        "source_id": "d",
        "written_on": world.day(1),
        "performance": {"tasks": ["Hionta"], "rating": "mostly_well", "form": "group"},
    }
    response = await world.provider_a.post("/v1/diary-entries", entry)
    assert response.status_code == 201, response.text
    path = f"/v1/diary-entries/{response.json()['id']}/document"
    document = (await world.organiser.get(path)).json()
    swedish, finnish = [
        (await world.organiser.get(path, Accept="application/xhtml+xml", Accept_Language=language)).text
        for language in ("sv", "fi")
    ]
    assert "Arbetsuppgifter: Hionta\nHur det gick: Mestadels bra.\nForm: grupp" in swedish
    assert "Tehtävät: Hionta\nSujuminen: Pääosin hyvin.\nMuoto: ryhmä" in finnish
    assert [name in finnish for name in ("Päihdehuolto", "Missbrukarvård")] == [True, False]
    assert [name in swedish for name in ("Päihdehuolto", "Missbrukarvård")] == [False, True]
    assert "Tehtävät: Hionta\\nSujuminen: Pääosin hyvin.\\nMuoto: ryhmä" in str(document["content"])
    assert (await world.organiser.get(path)).json() == document
