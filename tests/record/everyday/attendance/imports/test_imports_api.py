"""Days on a worksheet, as a coach writes them: each line with the outcome that a batch gives, again unchanged, and never a value
that nobody wrote."""

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from httpx import Response
from openpyxl import Workbook, load_workbook
from tests.conftest import ApiClient, TenantFixture
from tests.record.everyday.attendance.imports.sheets import CSV, XLSX, done, sent

ANY_DAY = {"type": "flexible", "max_days_per_week": 7}
"""Public holidays too."""
EVERY_DAY = {
    "type": "fixed",
    "days": [{"weekday": day, "starts_at": "09:00", "ends_at": "13:00"} for day in range(1, 8)],
}


def finnish(day: str) -> str:
    """9.3.2026"""
    at = date.fromisoformat(day)
    return f"{at.day}.{at.month}.{at.year}"


async def stored(speaker: ApiClient, agreement: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await speaker.get(f"/v1/attendance?agreement_id={agreement['id']}")
    return answer.json()["items"]  # type: ignore[no-any-return]


async def agreement_of(
    world: TenantFixture, relationship: dict[str, Any] | None = None, **changes: Any
) -> dict[str, Any]:
    relationship = relationship or await world.relationship((await world.client())["id"])
    return await world.agreement(relationship, await world.decision(relationship, days_per_week=7), **changes)


def outcomes_of(data: dict[str, Any]) -> list[tuple[int, str, list[tuple[str, str, str | None]]]]:
    """Each line's row, outcome, and what is said of which column."""
    return [
        (
            line["row"],
            line["outcome"],
            [(each["code"], each["pointer"], each.get("column")) for each in line["problems"]],
        )
        for line in data["outcomes"]
    ]


async def test_a_coach_writes_a_week_as_people_write_and_sends_it_twice(world: TenantFixture) -> None:
    agreement = await agreement_of(world, source_id="S-0012", schedule=ANY_DAY)
    days = [world.day(ago) for ago in (5, 4, 3, 2, 1)]
    head = "Sopimusnumero;Pvm;Läsnä;Syy;Tunnit;Saapui;Lähti\n"
    rows = (
        ("läsnä", "", "7,5 h", "8:00", "15.30"),
        ("Kyllä", "", "4", "", ""),
        ("ei", "oma sairaus", "", "", ""),
        ("POISSA", "", "", "", ""),
        ("osan päivää", "Terveydenhuolto tai terapia", "2 h 15 min", "9:00", ""),
    )
    file = head + "".join(
        f"S-0012;{finnish(day)};{';'.join(row)}\n" for day, row in zip(days, rows, strict=True)
    )
    data = await done(world.provider_a, file)
    assert data["counts"] == {"created": 5, "updated": 0, "unchanged": 0, "rejected": 0}, data
    assert outcomes_of(data) == [
        (2, "created", []),
        (3, "created", []),
        (4, "created", []),
        (5, "created", [("reason-missing", "/absence_reason", "Syy")]),
        (6, "created", []),
    ]
    assert data["read_as"]["columns"] == [
        {"field": "agreement", "column": "Sopimusnumero"},
        {"field": "date", "column": "Pvm"},
        {"field": "status", "column": "Läsnä"},
        {"field": "absence_reason", "column": "Syy"},
        {"field": "actual_hours", "column": "Tunnit"},
        {"field": "arrived_at", "column": "Saapui"},
        {"field": "left_at", "column": "Lähti"},
    ]
    items = await stored(world.provider_a, agreement)
    assert [
        (item["date"], item["status"], item.get("absence_reason"), item.get("actual_minutes"))
        for item in items
    ] == [
        (days[0], "present", None, 450),
        (days[1], "present", None, 240),
        (days[2], "absent", "own_illness", None),
        (days[3], "absent", "unknown", None),
        (days[4], "partial", "healthcare_or_therapy", 135),
    ]
    again = await done(world.provider_a, file)
    assert again["counts"] == {"created": 0, "updated": 0, "unchanged": 5, "rejected": 0}
    assert await stored(world.provider_a, agreement) == items
    assert [line["id"] for line in again["outcomes"]] == [item["id"] for item in items]


@pytest.mark.dated
async def test_a_time_of_day_is_finnish_time(world: TenantFixture) -> None:
    agreement = await agreement_of(world, source_id="S-1", starts_on="2026-10-01", schedule=ANY_DAY)
    file = "Sopimus;Päivä;Läsnäolo;Saapui;Lähti\nS-1;23.10.2026;Läsnä;8:00;klo 12.15\nS-1;26.10.2026;Läsnä;8:00;12:15\n"
    assert (await done(world.provider_a, file))["counts"]["created"] == 2
    assert [(item["arrived_at"], item["left_at"]) for item in await stored(world.provider_a, agreement)] == [
        ("2026-10-23T05:00:00.000000Z", "2026-10-23T09:15:00.000000Z"),
        ("2026-10-26T06:00:00.000000Z", "2026-10-26T10:15:00.000000Z"),
    ]


async def test_headings_and_words_are_read_in_swedish_and_english_too(world: TenantFixture) -> None:
    agreement = await agreement_of(world, source_id="S-1", schedule=ANY_DAY)
    swedish = f"Avtal,Datum,Närvaro,Orsak till frånvaro,Minuter\nS-1,{world.day(3)},närvarande,,\nS-1,{world.day(2)},frånvarande,Egen sjukdom,\n"
    assert (await done(world.provider_a, swedish))["counts"]["created"] == 2
    english = f"Agreement\tDate\tAttendance\tMinutes\nS-1\t{world.day(1)}\tPresent\t240\n"
    assert (await done(world.provider_a, english))["counts"]["created"] == 1
    items = await stored(world.provider_a, agreement)
    assert [(item["status"], item.get("absence_reason"), item.get("actual_minutes")) for item in items] == [
        ("present", None, None),
        ("absent", "own_illness", None),
        ("present", None, 240),
    ]


async def test_the_organisers_own_reason_goes_by_its_name(world: TenantFixture) -> None:
    agreement = await agreement_of(world, source_id="S-1", schedule=ANY_DAY)
    code = {"fi": "Kyyti ei tullut", "sv": "Skjutsen kom inte", "valid_from": "2020-01-01"}
    answer = await world.organiser.put("/v1/code-systems/absence_reason/codes/own_ride", code)
    assert answer.status_code in {200, 201}, answer.text
    file = f"Sopimus;Päivä;Läsnäolo;Poissaolon syy\nS-1;{world.day(1)};poissa;KYYTI EI  TULLUT\n"
    assert (await done(world.provider_a, file))["counts"]["created"] == 1
    (item,) = await stored(world.provider_a, agreement)
    assert item["absence_reason"] == "own_ride"


async def test_what_is_not_known_is_refused_with_its_row_and_column_and_never_said_again(
    world: TenantFixture,
) -> None:
    await agreement_of(world, source_id="S-1", schedule=ANY_DAY)
    day = finnish(world.day(1))
    rows = [
        (f"S-1;{day};ehkä;;;", [("unknown-code", "/status", "Läsnä")]),
        (f"S-1;{day};poissa;kissa karkasi;;", [("unknown-code", "/absence_reason", "Syy")]),
        ("S-1;tiistai;läsnä;;;", [("invalid-value", "/date", "Pvm")]),
        ("S-1;31.2.2026;läsnä;;;", [("invalid-value", "/date", "Pvm")]),
        (f"S-1;{day};läsnä;;paljon;", [("invalid-value", "/actual_hours", "Tunnit")]),
        (f"S-1;{day};läsnä;;7.30;", [("invalid-value", "/actual_hours", "Tunnit")]),
        (f"S-1;{day};läsnä;;25 h;", [("invalid-value", "/actual_hours", "Tunnit")]),
        (f"S-1;{day};läsnä;;;8", [("invalid-value", "/arrived_at", "Saapui")]),
        (f"S-1;{day};läsnä;;;24:30", [("invalid-value", "/arrived_at", "Saapui")]),
        (f"S-9;{day};läsnä;;;", [("unknown-agreement", "/agreement", "Sopimus")]),
        (f";{day};läsnä;;;", [("missing", "/agreement", "Sopimus")]),
        ("S-1;;läsnä;;;", [("missing", "/date", "Pvm")]),
        (f"S-1;{day};;oma sairaus;;", [("missing", "/status", "Läsnä")]),
        (f"S-1;{day};läsnä;;;;x", [("invalid-value", "", None)]),
    ]
    file = "Sopimus;Pvm;Läsnä;Syy;Tunnit;Saapui\n" + "".join(f"{row}\n" for row, _ in rows)
    data = await done(world.provider_a, file)
    assert outcomes_of(data) == [(at, "rejected", why) for at, (_, why) in enumerate(rows, 2)]
    text = json.dumps(data, ensure_ascii=False)
    assert not any(odd in text for odd in ("ehkä", "kissa", "tiistai", "paljon", "S-9"))
    assert data["causes"][0]["count"] >= 1


async def test_a_client_is_enough_where_the_day_falls_under_one_agreement(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship, days_per_week=7)
    whole: dict[str, Any] = {"schedule": ANY_DAY}
    earlier = await world.agreement(
        relationship, decision, starts_on=world.day(60), ends_on=world.day(31), **whole
    )
    later = await world.agreement(
        relationship, decision, starts_on=world.day(30), ends_on=world.day(-9), **whole
    )
    beside = await world.agreement(
        relationship, decision, starts_on=world.day(3), ends_on=world.day(-9), source_id="S-2", **whole
    )
    client = relationship["client_id"]
    file = (
        "Asiakas;Sopimus;Päivä;Läsnäolo\n"
        f"{client};;{world.day(40)};läsnä\n{client};;{world.day(20)};läsnä\n{client};;{world.day(2)};läsnä\n"
        f"{client};S-2;{world.day(1)};läsnä\n{client};;{world.day(70)};läsnä\n"
    )
    data = await done(world.provider_a, file)
    assert outcomes_of(data) == [
        (2, "created", []),
        (3, "created", []),
        (4, "rejected", [("ambiguous-agreement", "/client", "Asiakas")]),
        (5, "created", []),
        (6, "rejected", [("day-outside-agreement", "/date", "Päivä")]),
    ]
    (cause,) = [each for each in data["causes"] if each["code"] == "ambiguous-agreement"]
    assert "fix" in cause
    for agreement, day in ((earlier, 40), (later, 20), (beside, 1)):
        assert [item["date"] for item in await stored(world.provider_a, agreement)] == [world.day(day)]


async def test_two_names_of_a_line_must_lead_to_the_same(world: TenantFixture) -> None:
    """A row that was moved by one, with somebody else's agreement: nobody can tell whose day it is."""
    one = await agreement_of(world, source_id="S-1", schedule=ANY_DAY)
    other = await agreement_of(world, source_id="S-2", schedule=ANY_DAY)
    file = f"Sopimus;Asiakas;Päivä;Läsnäolo\nS-1;{other['client_id']};{world.day(1)};läsnä\nS-1;{one['client_id']};{world.day(1)};läsnä\n"
    assert outcomes_of(await done(world.provider_a, file)) == [
        (2, "rejected", [("names-disagree", "/client", "Asiakas")]),
        (3, "created", []),
    ]


async def test_clients_go_by_the_systems_own_numbers_and_by_identity_codes(world: TenantFixture) -> None:
    client = await world.client(source_id="A-17")
    agreement = await agreement_of(world, await world.relationship(client["id"]), schedule=ANY_DAY)
    await world.owner.execute(
        "update clients set source_system = $1 where id::text = $2", world.provider_a.system_id, client["id"]
    )
    code = client["identity"]["value"]
    file = f"Asiakasnumero;Hetu;Päivä;Läsnäolo\nA-17;;{world.day(3)};läsnä\n;{code};{world.day(2)};läsnä\n;{code[:-1]};{world.day(1)};läsnä\n"
    data = await done(world.provider_a, file)
    assert outcomes_of(data) == [
        (2, "created", []),
        (3, "created", []),
        (4, "rejected", [("invalid-value", "/identity_code", "Hetu")]),
    ]
    assert code not in json.dumps(data)
    assert len(await stored(world.provider_a, agreement)) == 2


async def test_what_names_a_client_who_was_merged_leads_to_the_one_into_whom(world: TenantFixture) -> None:
    one, other = await world.client(), await world.client()
    await world.relationship(one["id"])
    agreement = await agreement_of(world, await world.relationship(other["id"]), schedule=ANY_DAY)
    merging = {"into": other["id"], "into_version": 1, "reason": "Sama henkilö"}
    merged = await world.organiser.post(f"/v1/clients/{one['id']}/merge", merging, If_Match='"1"')
    assert merged.status_code == 200, merged.text
    file = (
        f"Asiakas;Hetu;Päivä;Läsnäolo\n{one['id']};;{world.day(2)};läsnä\n"
        f";{one['identity']['value']};{world.day(1)};läsnä\n"
    )
    assert [outcome for _, outcome, _ in outcomes_of(await done(world.provider_a, file))] == ["created"] * 2
    assert len(await stored(world.provider_a, agreement)) == 2


async def test_others_agreements_and_clients_are_as_if_they_were_not_there(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"], world.provider_b)
    agreement = await world.agreement(
        relationship,
        await world.decision(relationship, days_per_week=7),
        provider=world.provider_b,
        schedule=ANY_DAY,
    )
    nobody = "01a20f63-1f4e-7ad9-8185-f3a69261964b"
    file = "Sopimus;Asiakas;Päivä;Läsnäolo\n" + "".join(
        f"{names};{world.day(1)};läsnä\n"
        for names in (f"{agreement['id']};", f"{nobody};", f";{agreement['client_id']}", f";{nobody}")
    )
    data = await done(world.provider_a, file)
    foreign, unknown, foreigner, stranger = (
        [line[name] for name in ("outcome", "problems")] for line in data["outcomes"]
    )
    assert foreign == unknown
    assert foreigner == stranger
    assert stranger[0] == "rejected"


async def test_columns_go_by_a_mapping_too_and_the_rest_by_their_names(world: TenantFixture) -> None:
    agreement = await agreement_of(world, source_id="S-1", schedule=ANY_DAY)
    mapping = {
        "agreement": {"value": "S-1"},
        "status": {"column": "Merkintä"},
        "actual_minutes": {"column": "Kesto"},
        "translations": [{"field": "status", "text": "P", "value": "present"}],
        "missing": ["-"],
    }
    file = f"Päivä;Merkintä;Kesto;Läsnä\n{world.day(2)};p;120;ei\n{world.day(1)};poissa;-;kyllä\n"
    data = await done(world.provider_a, file, mapping)
    assert data["counts"]["created"] == 2, data
    items = await stored(world.provider_a, agreement)
    assert [(item["status"], item.get("actual_minutes")) for item in items] == [
        ("present", 120),
        ("absent", None),
    ]
    answer = await sent(world.provider_a, file, mapping | {"status": {"column": "Mikä"}})
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/mapping/status/column", "invalid-value")
    ]


@pytest.mark.parametrize(
    ("head", "places"),
    [
        ("Sopimus;Läsnäolo", ["/mapping/date"]),
        ("Päivä;Läsnäolo", ["/mapping/agreement"]),
        ("Sopimus;Päivä", ["/mapping/status"]),
        ("Sopimus;Päivä;Läsnäolo;Pvm", ["/mapping/date"]),
        ("Sopimus;Päivä;Läsnäolo;Tunnit;Minuutit", ["/mapping/actual_minutes"]),
        ("a;b;c", ["/mapping/agreement", "/mapping/date", "/mapping/status"]),
    ],
)
async def test_a_file_whose_columns_do_not_say_enough_is_refused_with_what_is_missing(
    world: TenantFixture, head: str, places: list[str]
) -> None:
    answer = await sent(world.provider_a, f"{head}\nx;y;z;å;ö\n")
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == places


async def test_columns_that_nobody_asks_for_do_not_matter(world: TenantFixture) -> None:
    await agreement_of(world, source_id="S-1", schedule=ANY_DAY)
    file = f"Sopimus;Huom;Päivä;Läsnäolo;Huom\nS-1;a;{world.day(1)};läsnä;b\n"
    assert (await done(world.provider_a, file))["counts"]["created"] == 1


async def test_a_recorded_day_changes_only_by_the_version_that_was_read(world: TenantFixture) -> None:
    agreement = await agreement_of(world, source_id="S-1", schedule=ANY_DAY)
    there = f"/v1/agreements/{agreement['id']}/attendance/{world.day(1)}"
    await world.provider_a.put(there, {"status": "present"})
    file = f"Sopimus;Päivä;Läsnäolo;Syy;Versio\nS-1;{world.day(1)};poissa;oma sairaus;"
    assert outcomes_of(await done(world.provider_a, f"{file}\n")) == [
        (2, "rejected", [("already-recorded", "/if_version", "Versio")])
    ]
    assert outcomes_of(await done(world.provider_a, f"{file}1\n")) == [(2, "updated", [])]
    assert (await world.provider_a.get(there)).json()["version"] == 2


async def test_a_dry_run_tells_and_writes_nothing(world: TenantFixture) -> None:
    agreement = await agreement_of(world, source_id="S-1", schedule=ANY_DAY)
    file = f"Sopimus;Päivä;Läsnäolo\nS-1;{world.day(1)};läsnä\nS-1;{world.day(1)};poissa\n"
    data = await done(world.provider_a, file, query="?dry_run=true")
    assert outcomes_of(data) == [(2, "created", []), (3, "rejected", [("duplicate-line", "/date", "Päivä")])]
    assert "id" not in data["outcomes"][0]
    assert await stored(world.provider_a, agreement) == []


async def test_a_workbook_holds_days_times_and_durations_as_excel_keeps_them(world: TenantFixture) -> None:
    agreement = await agreement_of(world, source_id="00123", schedule=ANY_DAY)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Sopimus", "Päivä", "Läsnä", "Tunnit", "Saapui"])
    for ago, hours, shown in (
        (3, timedelta(hours=7, minutes=30), "[h]:mm"),
        (2, 7.5, "General"),
        (1, 0.25, "h:mm"),
    ):
        sheet.append([123, date.fromisoformat(world.day(ago)), "Kyllä", hours, 8.5 / 24])
        row = sheet.max_row
        sheet.cell(row, 1).number_format = "00000"
        sheet.cell(row, 4).number_format = shown
        sheet.cell(row, 5).number_format = "h:mm"
    file = io.BytesIO()
    book.save(file)
    data = await done(world.provider_a, file.getvalue())
    assert data["counts"]["created"] == 3, data
    items = await stored(world.provider_a, agreement)
    assert [item["actual_minutes"] for item in items] == [450, 450, 360]
    local = {item["arrived_at"][11:16] for item in items}
    assert local <= {"05:30", "06:30"}


async def template(speaker: ApiClient, query: str, accept: str = CSV) -> Response:
    answer = await speaker.get(f"/v1/attendance-imports/template{query}", Accept=accept, Accept_Language="fi")
    assert answer.status_code == 200, answer.text
    return answer


def rows_of(answer: Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


async def test_a_template_has_the_planned_days_of_ones_own_people_and_comes_back_filled_in(
    world: TenantFixture,
) -> None:
    agreement = await agreement_of(world, source_id="=1+1", schedule=EVERY_DAY)
    relationship = await world.relationship((await world.client())["id"], world.provider_b)
    await world.agreement(
        relationship,
        await world.decision(relationship, days_per_week=7),
        provider=world.provider_b,
        schedule=EVERY_DAY,
    )
    first, last = world.day(6), world.day(-1)
    await world.provider_a.put(f"/v1/agreements/{agreement['id']}/attendance/{first}", {"status": "present"})
    answer = await template(world.provider_a, f"?from={first}&to={last}", XLSX)
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    at = {name: place for place, name in enumerate(heads, 1)}
    names = [
        (row[at["Sukunimi"] - 1], row[at["Sopimus (tunniste)"] - 1])
        for row in sheet.iter_rows(2, values_only=True)
    ]
    assert set(names) == {("Esimerkki", "=1+1")}
    planned = [str(row[at["Päivä"] - 1])[:10] for row in sheet.iter_rows(2, values_only=True)]
    assert len(planned) >= 4
    assert first not in planned
    assert planned == sorted(planned)
    minutes = {row[at["Suunniteltu (min)"] - 1] for row in sheet.iter_rows(2, values_only=True)}
    assert minutes == {240}
    assert sheet.cell(2, at["Sopimus (tunniste)"]).data_type == "s"
    sheet.cell(2, at["Läsnäolo"]).value = "Läsnä"
    sheet.cell(3, at["Läsnäolo"]).value = "poissa"
    sheet.cell(3, at["Poissaolon syy"]).value = "Oma sairaus"
    filled = io.BytesIO()
    book.save(filled)
    data = await done(world.provider_a, filled.getvalue())
    assert [outcome for _, outcome, _ in outcomes_of(data)] == ["created", "created"]
    assert data["read_as"]["unfilled_rows"] == len(planned) - 2
    again = await done(world.provider_a, filled.getvalue())
    assert again["counts"] == {"created": 0, "updated": 0, "unchanged": 2, "rejected": 0}
    left = rows_of(await template(world.provider_a, f"?from={first}&to={last}"))
    assert [row["Päivä"] for row in left] == planned[2:]
    assert {row["Sopimus (tunniste)"] for row in left} == {agreement["id"]}


async def test_a_template_in_csv_comes_back_too(world: TenantFixture) -> None:
    place = {"name": "=1+1"}
    agreement = await agreement_of(world, source_id="00123", schedule=EVERY_DAY, place=place)
    answer = await template(world.provider_a, f"?from={world.day(6)}&to={world.day(1)}")
    assert rows_of(answer)[0]["Paikka"] == "'=1+1"
    head, line, *_ = answer.content.decode("utf-8-sig").splitlines()
    cells = line.split(";")
    cells[head.split(";").index("Läsnäolo")] = "Läsnä"
    data = await done(world.provider_a, f"{head}\r\n{';'.join(cells)}\r\n")
    assert data["counts"]["created"] == 1, data
    (item,) = await stored(world.provider_a, agreement)
    assert (item["date"], item["planned_minutes"]) == (cells[0], 240)


async def test_a_flexible_agreement_has_a_row_to_fill_its_day_in(world: TenantFixture) -> None:
    agreement = await agreement_of(
        world, schedule={"type": "flexible", "min_days_per_week": 1, "max_days_per_week": 3}
    )
    (row,) = rows_of(await template(world.provider_a, ""))
    assert (row["Päivä"], row["Sopimus (tunniste)"]) == ("", agreement["id"])


async def test_a_template_begins_with_this_week_and_has_its_bounds(world: TenantFixture) -> None:
    await agreement_of(world, schedule=EVERY_DAY)
    monday = world.today - timedelta(days=world.today.weekday())
    days = [row["Päivä"] for row in rows_of(await template(world.provider_a, ""))]
    assert set(days) <= {(monday + timedelta(days=at)).isoformat() for at in range(7)}
    for query, code in (
        (f"?from={world.day(1)}&to={world.day(2)}", "out-of-order"),
        (f"?from={world.day(100)}&to={world.day(1)}", "period-too-long"),
    ):
        answer = await world.provider_a.get(f"/v1/attendance-imports/template{query}")
        assert answer.status_code == 422, answer.text
        assert answer.json()["code"] in {code, "invalid"} or answer.json()["errors"][0]["code"] == code


async def test_a_workplace_has_its_own_people_in_it_without_their_names(world: TenantFixture) -> None:
    place = {"organisation_id": str(world.workplace.organisation_id), "name": "Kahvila"}
    agreement = await agreement_of(world, place=place, schedule=EVERY_DAY, source_id="S-1")
    await agreement_of(world, schedule=EVERY_DAY)
    answer = await template(world.workplace, f"?from={world.day(3)}&to={world.day(0)}")
    rows = rows_of(answer)
    assert {row["Sopimus (tunniste)"] for row in rows} == {agreement["id"]}
    assert "Sukunimi" not in rows[0]
    assert "Esimerkki" not in answer.text
    file = f"Sopimus;Hetu;Päivä;Läsnäolo\n;010190-900A;{world.day(1)};läsnä\n"
    assert (await sent(world.workplace, file)).status_code == 403
    file = f"Sopimus;Päivä;Läsnäolo\n{agreement['id']};{world.day(1)};läsnä\n"
    assert outcomes_of(await done(world.workplace, file)) == [(2, "created", [])]
