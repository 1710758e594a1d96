"""Rows for the national entry of a test: one for each scale, which say by themselves what their number means."""

from typing import Any

from walmu_api.record.measurements.instruments import shipped
from walmu_api.record.measurements.results import rows


def test_each_score_is_a_row_with_name_version_language_number_and_words() -> None:
    scores: list[dict[str, Any]] = [
        {"scale": "C", "value": 6.4, "min": 0, "max": 10}, {"scale": "work_ability", "value": 5.0},
        {"scale": "self_rated_health", "missing_reason": "declined"},
    ]  # fmt: skip
    made = rows(
        shipped.instruments()["kykyviisari"],
        form_version="2017",
        language="fi-x-selko",
        respondent="client",
        assisted=True,
        scores=scores,
    )
    assert [(row.name, row.number, row.words) for row in made] == [
        ("Kykyviisari (2017, fi-x-selko): Osallisuus (0–10)", 6.4, "Vastaajana asiakas. Vastattu avustettuna."),
        ("Kykyviisari (2017, fi-x-selko): Työkyky (0–10)", 5.0, "Vastaajana asiakas. Vastattu avustettuna."),
        ("Kykyviisari (2017, fi-x-selko): Koettu terveys (1–5)", None,
         "Vastaajana asiakas. Vastattu avustettuna. Asiakas ei halunnut vastata."),
    ]  # fmt: skip


def test_it_is_said_in_swedish_too() -> None:
    (row,) = rows(
        shipped.instruments()["kykyviisari"], form_version="2017", language="sv", respondent="client", assisted=False,
        scores=[{"scale": "work_ability", "value": 5.0}], told_in="sv",
    )  # fmt: skip
    assert (row.name, row.words) == ("Förmågaren (2017, sv): Arbetsförmåga (0–10)", "Besvarat av klienten.")
