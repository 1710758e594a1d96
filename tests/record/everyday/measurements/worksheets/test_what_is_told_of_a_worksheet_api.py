"""What an import tells of the worksheet: hidden parts, formulas, columns of one name, and days that cannot be."""

import pytest
from tests.conftest import ApiClient, TenantFixture
from tests.record.everyday.measurements.test_imports_api import HEAD, MAPPING, done, relationship_of, sent
from tests.record.everyday.measurements.worksheets.making import HEAD_ROW, cell, row, sheets

pytestmark = pytest.mark.dated


def rows(client: str) -> str:
    five = '<c r="D2"><f>2+3</f><v>5</v></c>'
    return (
        HEAD_ROW
        + row(2, client, "Alku", "7.9.2026", five, 7)
        + row(3, client, "Loppu", "8.9.2026", 5, 7, attributes=' hidden="1"')
        + row(4, cell("A4", None, style=0), attributes=' hidden="1"')
        + row(5, client, "Loppu", "9.9.2026", '<c r="D5"><f>2+3</f></c>', 7)
    )


async def test_hidden_sheets_and_rows_are_told_and_a_formula_is_a_warning(world: TenantFixture) -> None:
    client = (await relationship_of(world))["client_id"]
    raw = sheets(("Vanhat", "hidden", rows("x")), ("Uudet", "visible", rows(client)))
    data = await done(world.provider_a, raw)
    assert data["read_as"] == {
        "format": "xlsx",
        "sheet": "Uudet",
        "hidden_sheets": ["Vanhat"],
        "hidden_rows": 1,
    }
    assert data["counts"] == {"created": 1, "updated": 0, "unchanged": 0, "rejected": 1}
    first, second = data["outcomes"]
    (warning,) = first["problems"]
    assert (first["row"], warning["severity"], warning["code"]) == (2, "warning", "formula-value")
    assert (warning["pointer"], warning["column"]) == ("/scores/0/value", "Osallisuus")
    (error,) = second["problems"]
    assert (second["row"], error["severity"], error["code"]) == (5, "error", "invalid-value")
    assert (await world.provider_a.get("/v1/measurements")).json()["items"][0]["scores"][0]["value"] == 5
    asked = await done(world.provider_a, raw, MAPPING | {"hidden_rows": True, "sheet": "uudet"})
    assert "hidden_rows" not in asked["read_as"]
    assert [line["outcome"] for line in asked["outcomes"]] == ["unchanged", "created", "rejected"]


async def test_two_columns_of_a_name_are_told_by_their_letters_where_the_mapping_names_it(
    world: TenantFixture,
) -> None:
    file = f"{HEAD.strip()};työkyky;OSALLISUUS;Osallisuus\nx;Alku;7.9.2026;1;2;3;4;5\n"
    answer = await sent(world.provider_a, file, **{"Accept-Language": "en"})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"]) == (422, "/mapping/scores/0/column")
    assert error["detail"].endswith("D, H."), error["detail"]


async def test_a_stray_quotation_mark_is_told_with_its_line(world: TenantFixture) -> None:
    file = f'{HEAD}x;Alku;7.9.2026;1;2\nx;"Alku"x;7.9.2026;1;2\n'
    answer = await sent(world.provider_a, file, **{"Accept-Language": "en"})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"]) == (422, "/file")
    assert "line 3" in error["detail"], error["detail"]


async def test_an_answer_is_not_older_than_its_form(world: TenantFixture) -> None:
    """The Abilitator's version is of 2017; goal attainment scaling, the oldest instrument there is, of 1968."""
    client = (await relationship_of(world))["client_id"]

    async def measured(speaker: ApiClient, day: str) -> list[str]:
        body = {
            "client_id": client,
            "source_id": f"m-{day}",
            "instrument": "kykyviisari",
            "form_version": "2017",
            "language": "fi",
            "phase": "start",
            "answered_on": day,
            "respondent": "client",
            "mode": "self_online",
            "scores": [{"scale": "work_ability", "value": 5}],
        }
        answer = await speaker.post("/v1/measurements", body)
        assert answer.status_code in {201, 422}, answer.text
        return [error["pointer"] for error in answer.json().get("errors", [])]

    assert await measured(world.provider_a, "1905-07-18") == ["/answered_on"]
    assert await measured(world.provider_a, "2016-12-31") == ["/answered_on"]
    assert await measured(world.provider_a, "2017-01-01") == []
