"""An agreement as its document says it: hours and days of a week plan, and the sentences for what has no field."""

from typing import Any

import pytest

from walmu_api.record.commitments.agreements.document import as_document, from_document

BASE: dict[str, Any] = {"kind": "work_activity", "schedule": {"type": "flexible"}}


def fixed(*days: tuple[int, str, str]) -> dict[str, Any]:
    return {
        "type": "fixed",
        "days": [{"weekday": d, "starts_at": start, "ends_at": end} for d, start, end in days],
    }


def test_a_week_plan_of_equal_days_tells_hours_and_days() -> None:
    data = as_document(BASE | {"schedule": fixed((1, "09:00", "13:00"), (3, "09:00", "13:00"))})
    assert (data["hours_per_day"], data["days_per_week"]) == (4, 2)
    assert data["other_duration_matters"] == "Viikkosuunnitelma: ma 9.00–13.00, ke 9.00–13.00."
    half = as_document(BASE | {"schedule": fixed((5, "09:00", "13:30"))})
    assert (half["hours_per_day"], half["days_per_week"]) == (4.5, 1)


def test_days_of_unlike_length_tell_no_hours_a_day() -> None:
    data = as_document(BASE | {"schedule": fixed((1, "09:00", "13:00"), (2, "09:00", "12:00"))})
    assert ("hours_per_day" in data, data["days_per_week"]) == (False, 2)


def test_what_was_said_stands_before_what_is_derived() -> None:
    values = BASE | {
        "schedule": fixed((1, "09:00", "13:00")),
        "hours_per_day": 3,
        "other_duration_matters": "Tauot sovitaan.",
    }
    data = as_document(values)
    assert data["hours_per_day"] == 3
    assert data["other_duration_matters"].splitlines()[0] == "Tauot sovitaan."


@pytest.mark.parametrize(
    ("schedule", "days", "sentence"),
    [
        ({"min_days_per_week": 2, "max_days_per_week": 2}, 2, None),
        ({"min_days_per_week": 1, "max_days_per_week": 3}, None, "Päiviä viikossa 1–3."),
        ({}, None, None),
    ],
)
def test_a_flexible_schedule_tells_its_range(
    schedule: dict[str, Any], days: int | None, sentence: str | None
) -> None:
    data = as_document(BASE | {"schedule": {"type": "flexible", **schedule}})
    assert (data.get("days_per_week"), data.get("other_duration_matters")) == (days, sentence)


def test_allowance_meal_and_insurance_are_sentences_among_other_matters() -> None:
    data = as_document(
        BASE
        | {
            "work_allowance_per_day": "6.00",
            "meal": {"provided": True, "note": "Lounas."},
            "other_matters": "Matkat itse.",
            "insurance": {"taken_by": "provider"},
        }
    )
    assert data["other_matters"].splitlines() == [
        "Matkat itse.",
        "Työosuusraha 6,00 euroa läsnäolopäivältä.",
        "Ateria sisältyy päivään.",
        "Lounas.",
        "Tapaturmavakuutuksen ottaa palveluntuottaja.",
    ]
    assert "other_matters" not in as_document(BASE)


def test_a_document_becomes_a_flexible_entry_without_signatures() -> None:
    read = {"place": {"name": "x"}, "days_per_week": 2.5, "signatures": [{}], "@client": {}}
    assert from_document(read, service_kind="halfway_stop") == {
        "place": {"name": "x"},
        "days_per_week": 2.5,
        "kind": "halfway_stop",
        "schedule": {"type": "flexible", "max_days_per_week": 3},
    }
    assert from_document({}, service_kind="rehabilitative_work")["kind"] == "work_activity"
    assert from_document({}, service_kind="wage_subsidised_work")["kind"] == "employment"


def test_a_page_has_the_same_sentences_in_swedish() -> None:
    values = BASE | {
        "schedule": fixed((1, "09:00", "13:00"), (7, "09:00", "13:00")),
        "work_allowance_per_day": "6.00",
        "meal": {"provided": False},
        "insurance": {"taken_by": "workplace"},
    }
    data = as_document(values, "sv")
    assert data["other_duration_matters"] == "Veckoplan: må 9.00–13.00, sö 9.00–13.00."
    assert data["other_matters"].splitlines() == [
        "Arbetspenning 6,00 euro per närvarodag.",
        "En måltid ingår inte i dagen.",
        "Arbetsplatsen tecknar olycksfallsförsäkringen.",
    ]
    some = {"type": "flexible", "min_days_per_week": 1, "max_days_per_week": 3}
    assert as_document(BASE | {"schedule": some}, "sv")["other_duration_matters"] == "Dagar per vecka 1–3."


def test_a_plan_that_was_amended_tells_from_which_day_on_it_holds() -> None:
    first, then = fixed((1, "09:00", "13:00")), fixed((2, "09:00", "13:00"))
    periods = [
        {"valid_from": "2026-09-01", "schedule": first},
        {"valid_from": "2026-12-07", "schedule": then},
    ]
    data = as_document(BASE | {"schedule": then, "schedules": periods})
    assert data["other_duration_matters"].splitlines() == [
        "Viikkosuunnitelma: ti 9.00–13.00.",
        "Nämä päivät ja tunnit ovat voimassa 7.12.2026 alkaen.",
    ]
    alone = as_document(BASE | {"schedule": first, "schedules": periods[:1]})
    assert alone["other_duration_matters"] == "Viikkosuunnitelma: ma 9.00–13.00."
