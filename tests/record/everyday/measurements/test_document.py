"""A measurement in the words of its national document: one row for each score, which says by itself what its number means;
and back, where it is said in just these words."""

from typing import Any

import pytest

from walmu_api.record.everyday.measurements.document import Forms, as_document
from walmu_api.record.everyday.measurements.instruments import shipped

KYKYVIISARI = shipped.instruments()["kykyviisari"]
SERVICE = {
    "service_task": {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"}
}
AUTHOR = {"family_name": "Korhonen", "given_names": "Aino"}


def record(**changes: Any) -> dict[str, Any]:
    return {
        "instrument": "kykyviisari",
        "form_version": "2017",
        "language": "fi-x-selko",
        "phase": "start",
        "mode": "interview",
        "answered_on": "2026-09-07",
        "respondent": "client",
        "assisted": True,
        "written_on": "2026-09-08",
        "author": AUTHOR,
        "scores": [
            {"scale": "C", "value": 6.4, "min": 0, "max": 10, "items_answered": 12},
            {"scale": "work_ability", "value": 5.0},
            {"scale": "self_rated_health", "missing_reason": "declined"},
            {"scale": "D", "value": 3},
        ],
    } | changes


def read(data: dict[str, Any]) -> dict[str, Any] | None:
    found = Forms(shipped.instruments().values()).read(data)
    return None if found is None else found[1]


def test_each_score_is_a_row_with_name_version_language_range_number_and_words() -> None:
    data = as_document(record(), KYKYVIISARI, SERVICE)
    assert [(row["name"], row.get("value"), row["words"]) for row in data.pop("scores")] == [
        (
            "Kykyviisari (2017, fi-x-selko): Osallisuus (0–10)",
            6.4,
            "Vastaajana asiakas. Vastattu avustettuna. Vastattuja osioita 12.",
        ),
        ("Kykyviisari (2017, fi-x-selko): Työkyky (0–10)", 5.0, "Vastaajana asiakas. Vastattu avustettuna."),
        (
            "Kykyviisari (2017, fi-x-selko): Koettu terveys (1–5)",
            None,
            "Vastaajana asiakas. Vastattu avustettuna. Asiakas ei halunnut vastata.",
        ),
        ("Kykyviisari (2017, fi-x-selko): Mieli", 3, "Vastaajana asiakas. Vastattu avustettuna."),
    ]
    assert data == SERVICE | {
        "period": {"starts_at": "2026-09-07"},
        "description": "Mittaus palvelun alussa. Vastattu haastattelussa.",
        "written_on": "2026-09-08",
        "author": AUTHOR,
    }


def test_what_is_said_in_these_words_is_read_back() -> None:
    for changes in (
        {},
        {"phase": "follow_up", "mode": "phone", "assisted": False},
        {"language": "ckb", "respondent": "proxy"},
        {"scores": [{"scale": "C", "value": 0.1234567, "min": -0.5, "max": 62.5}]},
    ):
        known: dict[str, Any] = record(**changes)
        assert read(as_document(known, KYKYVIISARI, SERVICE)) == known


def test_a_scale_with_a_range_in_its_name_is_not_mistaken_for_another() -> None:
    whodas = shipped.instruments()["whodas12"]
    known = record(
        instrument="whodas12",
        form_version="12-items-1-5",
        language="fi",
        scores=[{"scale": "sum_1_5", "value": 30}],
    )
    data = as_document(known, whodas, SERVICE)
    assert data["scores"][0]["name"] == "WHODAS 2.0 (12 kohtaa) (12-items-1-5, fi): Summa (1–5) (12–60)"
    assert read(data) == known


@pytest.mark.parametrize(
    "changes",
    [
        {"description": "Mittaus palvelun alussa."},
        {"description": "Mittaus palvelun alussa. Vastattu haastattelussa. Väsynyt."},
        {"period": {}},
        {"scores": []},
        *(
            {
                "scores": [
                    {
                        "name": "Kykyviisari (2017, fi): Työkyky (0–10)",
                        "words": "Vastaajana asiakas.",
                        "value": 5.0,
                    }
                    | row
                ]
            }
            for row in (
                {"name": "Kykyviisari (2016, fi): Työkyky (0–10)"},
                {"name": "Kykyviisari (2017, de): Työkyky (0–10)"},
                {"name": "Kykyviisari (2017, fi): Jaksaminen (0–10)"},
                {"name": "Kykyviisari"},
                {"name": "Kykyviisari (2017, fi): Työkyky (x–y)"},
                {"words": "Jaksaa hyvin."},
                {"words": "Vastaajana asiakas. Jaksaa hyvin."},
                {"words": ""},
            )
        ),
    ],
)
def test_what_is_said_otherwise_is_no_measurement(changes: dict[str, Any]) -> None:
    data: dict[str, Any] = as_document(record(), KYKYVIISARI, SERVICE) | changes
    found = read(data)
    assert found is None or as_document(found, KYKYVIISARI, SERVICE) != data


def test_rows_of_two_fillings_are_not_one_measurement() -> None:
    one, other = (
        as_document(record(**changes), KYKYVIISARI, SERVICE) for changes in ({}, {"language": "fi"})
    )
    assert read(one | {"scores": one["scores"][:1] + other["scores"][1:]}) is None
    proxy = as_document(record(respondent="proxy"), KYKYVIISARI, SERVICE)
    assert read(one | {"scores": one["scores"][:1] + proxy["scores"][1:]}) is None


def test_a_name_with_two_meanings_has_none() -> None:
    assert Forms([KYKYVIISARI, KYKYVIISARI]).read(as_document(record(), KYKYVIISARI, SERVICE)) is None


def test_a_scale_that_the_registry_no_longer_has_is_told_by_its_code() -> None:
    (row,) = as_document(record(scores=[{"scale": "Z", "value": 1}]), KYKYVIISARI, SERVICE)["scores"]
    assert row["name"] == "Kykyviisari (2017, fi-x-selko): Z"


def test_a_page_has_the_same_words_in_swedish() -> None:
    data = as_document(record(), KYKYVIISARI, SERVICE, "sv")
    assert data["description"] != as_document(record(), KYKYVIISARI, SERVICE)["description"]
    assert all("Klienten har svarat. Besvarad med hjälp." in row["words"] for row in data["scores"])
