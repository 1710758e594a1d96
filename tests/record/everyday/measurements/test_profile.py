"""The picture of a profile: told apart without colour, said in words, with nothing from outside."""

import re
from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import pytest
from tests.record.everyday.measurements.test_pairs import KYKYVIISARI, WHODAS, filling, ruled

from walmu_api.record.everyday.measurements.baseline_pairs import Filling, Pair, Reading
from walmu_api.record.everyday.measurements.comparison_chart import picture
from walmu_api.record.everyday.measurements.instruments.rules import ChangeRule, Instrument, Names, Threshold

SVG = "{http://www.w3.org/2000/svg}"
PAIR = Pair(
    filling("start", 0, C=40, work_ability=4, self_rated_health=3, functioning=7),
    filling("end", 180, C=55, work_ability=6.5, self_rated_health=2),
)


def drawn(language: str = "fi", of: Instrument = KYKYVIISARI, pair: Pair | None = PAIR) -> Element:
    return fromstring(picture(of, pair, language))


def post_entry(root: Element, name: str) -> str:
    found = root.find(f"{SVG}{name}")
    assert found is not None
    return found.text or ""


@pytest.mark.parametrize(
    ("language", "title", "words"),
    [
        ("fi", "Kykyviisari: ennen ja nyt", "Työkyky: ennen 4, nyt 6,5, asteikolla 0–10; +2,5, parempaan."),
        (
            "sv",
            "Förmågaren: då och nu",
            "Arbetsförmåga: då 4, nu 6,5, på en skala från 0 till 10; +2,5, till det bättre.",
        ),
        (
            "en",
            "Abilitator: then and now",
            "Work ability: then 4, now 6.5, on a scale from 0 to 10; +2.5, for the better.",
        ),
    ],
)
def test_everything_in_it_is_also_said_in_words(language: str, title: str, words: str) -> None:
    root = drawn(language)
    assert post_entry(root, "title") == title
    assert words in post_entry(root, "desc")
    assert (root.get("role"), root.get("aria-labelledby"), root.get("lang")) == (
        "img",
        "title desc",
        language,
    )


def test_then_and_now_are_other_shapes_and_no_colour_is_used() -> None:
    text = picture(KYKYVIISARI, PAIR, "fi").decode()
    for colour in re.findall(r"#([0-9a-f]{6})", text):
        assert colour[:2] == colour[2:4] == colour[4:], "grey only"
    root = drawn()
    circles, squares = root.findall(f".//{SVG}circle"), root.findall(f".//{SVG}rect[@fill='#1a1a1a']")
    assert (len(circles), len(squares)) == (1 + 4, 1 + 3), "one in the legend, and one for each value"
    dashed = [line for line in root.findall(f".//{SVG}line") if line.get("stroke-dasharray")]
    assert len(dashed) == 2, "in the legend, and the health that went down"


def test_what_the_dotted_line_shows_is_said_too() -> None:
    assert "Koettu terveys: ennen 3, nyt 2, asteikolla 1–5; −1, heikompaan." in post_entry(drawn(), "desc")
    still = Pair(filling("start", 0, work_ability=4), filling("end", 180, work_ability=4))
    assert "Work ability: then 4, now 4, on a scale from 0 to 10; the same." in post_entry(
        drawn("en", pair=still), "desc"
    )


def test_a_range_that_nobody_told_is_not_made_up() -> None:
    assert "Osallisuus: ennen 40, nyt 55; +15, parempaan." in post_entry(drawn(), "desc")
    assert "100" not in [text.text for text in drawn().iter(f"{SVG}text")]
    start, end = ({"C": Reading(value, 0, 100)} for value in (40, 55))
    data = Pair(replace(PAIR.before, readings=start), replace(PAIR.after, readings=end))
    assert "Osallisuus: ennen 40, nyt 55, asteikolla 0–100; +15, parempaan." in post_entry(
        drawn(pair=data), "desc"
    )


def test_it_is_as_narrow_as_a_telephone_and_no_line_of_it_is_wider() -> None:
    """About half the size of the letters for each of them."""
    long = Names(
        "Tavoitteiden saavuttamisen asteikko GAS",
        "x",
        "A very long name of an instrument, in an organisation's own words",
    )
    of = Instrument(
        "own_x",
        "scores",
        long,
        None,
        KYKYVIISARI.form_versions,
        KYKYVIISARI.respondents,
        KYKYVIISARI.scales,
        KYKYVIISARI.licence,
        False,
    )
    for language in ("fi", "sv", "en"):
        for root in (drawn(language, of), drawn(language, of, None)):
            assert int(root.get("width") or 0) == 360
            for text in root.iter(f"{SVG}text"):
                x, size, letters = (
                    float(text.get("x") or 0),
                    float(text.get("font-size") or 14),
                    len(text.text or ""),
                )
                assert text.get("text-anchor") or x + letters * size * 0.52 <= 360, text.text


def test_a_value_missing_at_one_end_is_said_and_not_compared() -> None:
    assert "Toimintakyky: ennen 7, nyt –; ei verrata." in post_entry(drawn(), "desc")


def test_nothing_is_asked_for_from_outside_and_nothing_can_run() -> None:
    text = picture(KYKYVIISARI, PAIR, "fi").decode()
    assert not re.findall(r"href|url\(|<script|<style|<foreignObject|<image|on[a-z]+=", text)
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]


def test_words_of_an_organiser_cannot_break_out_of_the_text() -> None:
    rule = ChangeRule('</desc><script>x</script>"&', [Threshold("C", 1)])
    odd = ruled(1, "C")
    odd = Instrument(
        "own_x",
        "scores",
        Names("<b>&\"'", "x", "y"),
        None,
        odd.form_versions,
        odd.respondents,
        odd.scales,
        odd.licence,
        False,
        change_rule=rule,
    )
    root = drawn("fi", odd)
    assert "<b>&\"'" in post_entry(root, "title")
    assert "</desc><script>" in post_entry(root, "desc")
    assert root.findall(f".//{SVG}script") == []


def test_less_is_better_is_said_and_verdicts_too() -> None:
    pair = Pair(filling("start", 0, sum_1_5=40), filling("end", 90, sum_1_5=30))
    text = picture(ruled(5, "sum_1_5", WHODAS), pair, "fi").decode()
    assert "(pienempi on parempi)" in text
    assert (
        "Summa (1–5): ennen 40, nyt 30, asteikolla 12–60 (pienempi on parempi); −10, parempaan; parempi."
        in post_entry(drawn("fi", ruled(5, "sum_1_5", WHODAS), pair), "desc")
    )


def test_without_a_pair_it_says_so_and_on_other_ranges_it_compares_nothing() -> None:
    assert post_entry(drawn(pair=None), "desc") == "Verrattavia mittauksia ei vielä ole kahta."
    start = PAIR.before
    now = Filling(
        start.id,
        "kykyviisari",
        "2017",
        "end",
        PAIR.after.answered_on,
        start.recorded_at,
        {"C": Reading(6, 0, 10)},
    )
    assert "Osallisuus: ennen 40, nyt 6; ei verrata." in post_entry(drawn(pair=Pair(start, now)), "desc")
