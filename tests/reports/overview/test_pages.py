"""The overviews as pages: whole, well formed, in the reader's language, nothing from outside, every picture also in words."""

import itertools
import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from tests.conftest import ApiClient, TenantFixture
from tests.reports.overview.history import History, history, planned

from walmu_api.reports.follow_up.schemas import Justified
from walmu_api.reports.overview.page import pictures
from walmu_api.reports.overview.page.rendering import Reader

X, SVG = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"


async def page(speaker: ApiClient, path: str, language: str = "fi") -> tuple[ET.Element, httpx.Response]:
    answer = await speaker.get(path, Accept="application/xhtml+xml", Accept_Language=language)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xhtml+xml")
    return ET.fromstring(answer.content), answer


def text(element: ET.Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def unit_in_a_whole_month(world: TenantFixture, of: History) -> str:
    """The unit's page of the month before: on the first of a month nothing has happened in it."""
    month = world.today.replace(day=1) - timedelta(days=1)
    return f"/v1/units/{of.unit}/overview?month={month:%Y-%m}"


@pytest.mark.parametrize("language", ["fi", "sv"])
async def test_both_pages_are_whole_and_ask_for_nothing(world: TenantFixture, language: str) -> None:
    of = await history(world, days=200)
    for path in (f"/v1/clients/{of.client['id']}/overview", unit_in_a_whole_month(world, of)):
        root, answer = await page(world.provider_a, path, language)
        assert root.get("lang") == answer.headers["content-language"] == language
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        for element in root.iter():
            assert (
                not {"href", "src", "style", "onclick"} & set(element.keys())
                or element.get("href") == "#content"
            )
        assert not re.search(r"https?://(?!www\.w3\.org/)", answer.text)
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        for element in root.iter():
            assert set((element.get("aria-labelledby") or "").split()) <= set(ids)
        levels = [
            int(element.tag[-1])
            for element in root.iter()
            if re.fullmatch(rf"{re.escape(X)}h[1-6]", element.tag)
        ]
        assert levels[0] == 1
        assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


async def test_every_picture_is_said_in_words_too(world: TenantFixture) -> None:
    of = await history(world, days=200)
    for path in (f"/v1/clients/{of.client['id']}/overview", unit_in_a_whole_month(world, of)):
        root, _ = await page(world.provider_a, path)
        drawn = list(root.iter(f"{SVG}svg"))
        assert drawn
        for picture in drawn:
            data = picture.get("aria-label") or picture.get("aria-labelledby") or picture.get("aria-hidden")
            assert data, ET.tostring(picture)[:200]
            assert picture.get("role") == "img" or picture.get("aria-hidden") == "true"


async def test_a_month_says_who_was_away_when_and_why(world: TenantFixture) -> None:
    of = await history(world, days=200)
    root, _ = await page(world.provider_a, f"/v1/clients/{of.client['id']}/overview")
    data = " ".join(picture.get("aria-label", "") for picture in root.iter(f"{SVG}svg"))
    first = root.find(f".//{X}main")
    assert first is not None
    for day, entry in of.entries.items():
        number = f"{int(day[8:])}.{int(day[5:7])}."
        words = {
            "absent": "poissa, Oma sairaus, ilmoitettu",
            "partial": "osan päivästä läsnä",
            "not_arranged": "palvelua ei järjestetä",
        }
        if entry["status"] in words:
            assert f"{number} {words[entry['status']]}" in data
    assert "kirjaus puuttuu" in data


async def test_what_people_wrote_is_text_and_nothing_else(world: TenantFixture) -> None:
    of = await history(world, days=60, family_name="<b>Ruusu</b>", given_names="A & \"B\" 'C'")
    root, answer = await page(world.organiser, f"/v1/clients/{of.client['id']}/overview")
    assert "<b>" not in answer.text
    heading = root.find(f".//{X}h1")
    assert heading is not None
    assert text(heading) == "A & \"B\" 'C' <b>Ruusu</b>"
    assert "Avotyöpaikka <löytyy>" in text(root)
    unit, _ = await page(world.organiser, unit_in_a_whole_month(world, of))
    assert "Kotolan <toimintakeskus> & paja" in text(unit)


async def test_easy_finnish_is_for_whoever_asks_for_it(world: TenantFixture) -> None:
    of = await history(world, days=200)
    path = f"/v1/clients/{of.client['id']}/overview"
    plain, easy = [
        text((await page(world.organiser, path, asked))[0]) for asked in ("fi", "fi-x-selko, fi;q=0.5")
    ]
    assert "Työaikojen noudattaminen" in plain
    assert "Tuletko ajoissa töihin?" not in plain
    assert "Tuletko ajoissa töihin?" in easy
    assert "Sujuu yleensä itse" in easy
    assert "Olit sairas." in easy


async def test_easy_finnish_fills_the_page_of_a_client_and_no_page_for_workers(world: TenantFixture) -> None:
    of = await history(world, days=200)
    easy = text((await page(world.organiser, f"/v1/clients/{of.client['id']}/overview", "fi-x-selko"))[0])
    for plain in (
        "Asiakkaan tilannekuva",
        "Poissaolot",
        "Osuus",
        "hyväksyttävä syy",
        "Tehtävät:",
        "heikompaan",
        " §",
    ):
        assert plain not in easy, plain
    assert "Näin sinulla menee" in easy
    assert "Mitä teit: Hionta 1" in easy
    assert "olit poissa, Olit sairas, kerroit poissaolosta" in easy
    unit = text((await page(world.organiser, unit_in_a_whole_month(world, of), "fi-x-selko"))[0])
    assert "Oma sairaus" in unit
    assert "Olit sairas" not in unit


async def test_a_swedish_page_says_what_is_made_of_the_record_in_swedish(world: TenantFixture) -> None:
    of = await history(world, days=200)
    shown = text((await page(world.organiser, f"/v1/clients/{of.client['id']}/overview", "sv"))[0])
    assert "Arbetsuppgifter: Hionta 1 Hur det gick: Bra." in shown
    assert "Tehtävät" not in shown
    assert "Sujuminen" not in shown
    data = (await world.organiser.get(f"/v1/clients/{of.client['id']}/overview")).json()
    assert data["diary"][0]["text"].startswith("Tehtävät: Hionta 1\nSujuminen: Hyvin."), (
        "the record keeps its Finnish"
    )


@pytest.mark.parametrize(
    ("rule", "result", "fi", "sv"),
    [
        ("statutory-reason", "justified", "hyväksyttävä syy", "godtagbar orsak"),
        ("not-statutory", "unjustified", "ei hyväksyttävää syytä", "ingen godtagbar orsak"),
        ("own-illness-certificate", "undetermined", "selvittämättä", "outrett"),
        ("organiser-policy", "justified", "ilmoitettu", "anmäld"),
        ("organiser-policy", "unjustified", "ei ilmoitettu", "inte anmäld"),
    ],
)
def test_what_holds_of_an_absence_is_said_in_the_words_of_its_legal_basis(
    rule: str, result: Any, fi: str, sv: str
) -> None:
    justified = Justified(derived=result, rule=rule, result=result)
    assert (pictures.absence(justified, "fi"), pictures.absence(justified, "sv")) == (fi, sv)


@pytest.mark.parametrize(
    ("minutes", "data"), [(240, "4 h"), (270, "4 h 30 min"), (30, "30 min"), (0, "0 min")]
)
def test_planned_time_is_told_in_hours(minutes: int, data: str) -> None:
    assert Reader("fi", False, {}).duration(minutes).replace("\u00a0", " ") == data


async def test_the_page_of_a_unit_tells_which_days_lack_a_record_and_how_long_they_were(
    world: TenantFixture,
) -> None:
    of = await history(world, days=60)
    latest = planned(world.today - timedelta(days=60), world.today - timedelta(days=1))[-1]
    path = f"/v1/units/{of.unit}/overview?month={latest:%Y-%m}"
    days = (await world.organiser.get(path)).json()["missing"]
    shown = text((await page(world.organiser, path))[0]).replace("\u00ad", "")
    assert "Kirjaus puuttuu" in shown
    assert days
    assert "4 h" in shown


async def test_turvakielto_is_said_on_the_page_and_nothing_tells_where_the_client_is(
    world: TenantFixture,
) -> None:
    contact = {"phone": "+358 50 111 2222", "municipality": "Piilokunta", "street_address": "Salakatu 1"}
    network = [{"role": "housing_unit", "organisation": "Piilokoti", "agreed": "Soitetaan ensin."}]
    client = await world.client(turvakielto=True, contact=contact)
    await world.relationship(client["id"], network=network)
    for speaker in (world.provider_a, world.organiser):
        _, answer = await page(speaker, f"/v1/clients/{client['id']}/overview")
        assert "Turvakielto" in answer.text
        data = (await speaker.get(f"/v1/clients/{client['id']}/overview")).text
        for secret in ("111 2222", "Piilokunta", "Salakatu", "Piilokoti", client["identity"]["value"]):
            assert secret not in answer.text + data


async def test_what_the_page_shows_is_what_the_record_says(world: TenantFixture) -> None:
    of = await history(world, days=200)
    path = f"/v1/clients/{of.client['id']}/overview"
    data: dict[str, Any] = (await world.organiser.get(path)).json()
    shown = text((await page(world.organiser, path))[0])
    assert f"{data['attendance']['attended_share'] * 100:.0f} %" in shown
    assert "Nyt 4: Onnistuu enimmäkseen itsenäisesti (muutos +2, asteikko 1–5)" in shown
    assert "Säännöllinen viikkorytmi" in shown
    assert "Arvio 3." in shown
    assert "Tehtävät: Hionta 1" in shown
    assert "Sopimus päättyy" in shown
    assert "Mistä ohjautui: Vammaispalvelut" in shown
    assert "4 7 +3" in shown  # work ability then, now, change
