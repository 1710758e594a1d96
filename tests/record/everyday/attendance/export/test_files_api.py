"""Attendance as a file: the same selection as the list, right in a Finnish spreadsheet, and never a formula."""

import csv
import io
from datetime import datetime, time
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.conftest import ApiClient, TenantFixture

from walmu_api.foundation.locales import LANGUAGES
from walmu_api.record.everyday.attendance.export.columns import columns
from walmu_api.record.parties.codes.shipped import shipped_lists

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULAS = ["=1+1", "+358", "-2", "@SUM(A1)", "#REF!"]


async def days(world: TenantFixture, agreement: dict[str, Any], *entries: dict[str, Any]) -> None:
    for ago, entry in enumerate(entries, 2):
        path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(ago)}"
        answer = await world.provider_a.put(path, entry)
        assert answer.status_code == 201, answer.text


async def csv_of(speaker: ApiClient, query: str = "", language: str = "fi") -> list[dict[str, str]]:
    answer = await speaker.get(f"/v1/attendance?{query}", Accept=CSV, Accept_Language=language)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="attendance.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


async def sheet_of(speaker: ApiClient, query: str = "", language: str = "fi") -> list[list[Any]]:
    answer = await speaker.get(f"/v1/attendance?{query}", Accept=XLSX, Accept_Language=language)
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    book = load_workbook(io.BytesIO(answer.content))
    assert all(cell.data_type not in {"f", "e"} for row in book.worksheets[0].iter_rows() for cell in row)
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


PRESENT = {
    "status": "present",
    "planned_minutes": 240,
    "actual_minutes": 235,
    "arrived_at": "2026-07-01T06:05:40Z",
    "form": "group",
}
ABSENT = {"status": "absent", "absence_reason": "own_illness", "source_id": "=cmd|x"}


async def test_a_csv_tells_each_day_in_finnish(world: TenantFixture) -> None:
    agreement = await world.signed_agreement(place={"name": '@Kotola; "puu"'})
    await days(world, agreement, PRESENT, ABSENT)
    absent, present = await csv_of(world.provider_a)
    assert present == {
        "Päivä": world.day(2),
        "Sukunimi": "Esimerkki",
        "Etunimet": "Testi",
        "Paikka": '\'@Kotola; "puu"',
        "Läsnäolo": "Läsnä",
        "Poissaolon syy": "",
        "Perustelu": "",
        "Suunniteltu (min)": "240",
        "Toteutunut (min)": "235",
        "Saapui": "09:05",
        "Lähti": "",
        "Muoto": "Ryhmä",
        "Siirretty päivälle": "",
        "Korvaa päivän": "",
        "Työpaikan ilmoitus": "",
        "Oma avain": "",
        "Sopimus (tunniste)": agreement["id"],
        "Asiakas (tunniste)": agreement["client_id"],
    }
    assert (absent["Läsnäolo"], absent["Poissaolon syy"], absent["Perustelu"]) == (
        "Poissa",
        "Oma sairaus",
        "Puuttuu",
    )
    assert absent["Oma avain"] == "'=cmd|x"


async def test_labels_come_in_the_readers_language_with_the_organisers_own(world: TenantFixture) -> None:
    await world.organiser.put(
        "/v1/code-systems/absence_reason/codes/funeral", {"fi": "Hautajaiset", "sv": "Begravning"}
    )
    agreement = await world.signed_agreement()
    await days(world, agreement, {"status": "absent", "absence_reason": "funeral"})
    (data,) = await csv_of(world.organiser, language="sv")
    assert (data["Närvaro"], data["Orsak till frånvaro"], data["Motivering"]) == (
        "Frånvarande",
        "Begravning",
        "Saknas",
    )
    (data,) = await csv_of(world.organiser, language="en")
    assert (data["Attendance"], data["Reason for absence"]) == ("Absent", "funeral")


async def test_a_workbook_has_days_and_numbers_and_no_formula(world: TenantFixture) -> None:
    agreement = await world.signed_agreement(place={"name": '=HYPERLINK("x")'})
    entries = [{"status": "absent", "absence_reason": "own_illness", "source_id": each} for each in FORMULAS]
    moved = {"status": "rescheduled", "rescheduled_to": world.day(-1)}
    await days(
        world,
        agreement,
        PRESENT | {"left_at": "2026-07-01T10:00:00Z"},
        moved,
        *[e for e in entries if " " not in e],
    )
    heads, *rows = await sheet_of(world.provider_a)
    data = [dict(zip(heads, row, strict=True)) for row in rows]
    assert {row["Oma avain"] for row in data} == {None, *FORMULAS}
    last = data[-1]
    assert last["Päivä"] == datetime.fromisoformat(world.day(2))
    assert (last["Suunniteltu (min)"], last["Saapui"], last["Lähti"]) == (240, time(9, 5), time(13, 0))
    assert data[-2]["Siirretty päivälle"] == datetime.fromisoformat(world.day(-1))
    assert {row["Paikka"] for row in data} == {'=HYPERLINK("x")'}


async def test_a_workbook_shows_days_as_the_readers_country_writes_them_and_prints_on_lying_pages(
    world: TenantFixture,
) -> None:
    await days(world, await world.signed_agreement(), PRESENT)
    answer = await world.provider_a.get("/v1/attendance", Accept=XLSX, Accept_Language="fi")
    sheet: Any = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    shown = {cell.value: sheet.cell(2, cell.column).number_format for cell in sheet[1]}
    assert (shown["Päivä"], shown["Saapui"]) == ("mm-dd-yy", "h:mm"), (
        "the first is format 14, which follows the country"
    )
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.print_title_rows) == (True, "$1:$1")
    assert (sheet.print_area, sheet["P1"].value) == ("'1'!$A$1:$P$2", "Oma avain"), "but for the ids"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_is_read_whole(language: str) -> None:
    for heading, width, _ in columns(shipped_lists(), language, names=True):
        assert len(heading.render(language, {})) < width, heading.key


async def test_a_file_is_the_whole_selection_by_the_filters_of_the_list(world: TenantFixture) -> None:
    first, second = await world.signed_agreement(), await world.signed_agreement()
    for agreement in (first, second):
        await days(
            world, agreement, *[{"status": "present", "source_id": f"s{at}"} for at in range(4)], ABSENT
        )
    for query in (
        "",
        f"agreement_id={first['id']}",
        f"client_id={second['client_id']}",
        "status=absent",
        "source_id=s1",
        f"from={world.day(4)}&to={world.day(3)}",
        f"provider_id={world.provider_b.organisation_id}",
    ):
        listed = await world.pages(world.provider_a, f"/v1/attendance?limit=3&{query}")
        expected = [(item["agreement_id"], item["date"]) for item in listed]
        data = [
            (row["Sopimus (tunniste)"], row["Päivä"])
            for row in await csv_of(world.provider_a, f"limit=1&{query}")
        ]
        assert data == expected, query
    assert await csv_of(world.provider_b) == []
    assert len(await sheet_of(world.provider_b)) == 1


async def test_names_are_for_those_who_may_read_clients_and_codes_for_nobody(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client(family_name="Salainen"))["id"])
    workplace = {"name": "Kotola", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.agreement(relationship, await world.decision(relationship), place=workplace)
    await days(world, agreement, PRESENT)
    assert "Salainen" in {row["Sukunimi"] for row in await csv_of(world.organiser)}
    (data,) = await csv_of(world.workplace)
    assert "Sukunimi" not in data
    assert "Salainen" not in data.values()
    assert len(await sheet_of(world.workplace)) == 2


async def test_reading_a_file_is_one_row_of_the_use_log(world: TenantFixture) -> None:
    for _ in range(2):
        await days(world, await world.signed_agreement(), PRESENT)
    await csv_of(world.provider_a)
    (row,) = await world.use_log(operation="listAttendance")
    assert len(row["client_ids"]) == 2


@pytest.mark.parametrize("media_type", [CSV, XLSX])
async def test_too_many_days_for_one_file_are_told(
    world: TenantFixture, media_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await days(world, await world.signed_agreement(), PRESENT, PRESENT, PRESENT)
    monkeypatch.setattr("walmu_api.record.everyday.attendance.export.service.MOST_ROWS", 2)
    answer = await world.provider_a.get("/v1/attendance", Accept=media_type)
    assert (answer.status_code, answer.json()["code"]) == (422, "too-many-rows")
    assert "2 days" in answer.json()["detail"]
    assert (
        await world.provider_a.get(f"/v1/attendance?from={world.day(3)}", Accept=media_type)
    ).status_code == 200


async def test_what_is_not_offered_is_not_acceptable_and_json_stays_the_default(world: TenantFixture) -> None:
    assert (await world.provider_a.get("/v1/attendance", Accept="application/pdf")).status_code == 406
    for accepted in ("*/*", "application/json, text/csv;q=0.5"):
        answer = await world.provider_a.get("/v1/attendance", Accept=accepted)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["vary"].startswith("Accept")
