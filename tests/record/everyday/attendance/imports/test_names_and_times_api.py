"""What lines of a worksheet name, as other programs write it, and times that a day does not have once."""

import io
from calendar import SUNDAY
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from tests.conftest import TenantFixture
from tests.record.everyday.attendance.imports.sheets import XLSX, done, sent
from tests.record.everyday.attendance.imports.test_imports_api import ANY_DAY, EVERY_DAY, agreement_of


async def test_an_own_key_in_capitals_is_found(world: TenantFixture) -> None:
    """Systems on Windows write GUIDs in capitals, as their own keys too."""
    key = "3F2504E0-4F89-11D3-9A0C-0305E82C3301"
    await agreement_of(world, source_id=key, schedule=ANY_DAY)
    data = await done(world.provider_a, f"Sopimus;Pvm;Tila\n{key};{world.day(1)};läsnä\n")
    assert data["counts"]["created"] == 1, data["causes"]


async def test_the_template_with_own_keys_in_capitals_comes_back(world: TenantFixture) -> None:
    key = "3F2504E0-4F89-11D3-9A0C-0305E82C3302"
    await agreement_of(world, source_id=key, schedule=EVERY_DAY)
    answer = await world.provider_a.get(
        f"/v1/attendance-imports/template?from={world.day(9)}&to={world.day(2)}",
        Accept=XLSX,
        Accept_Language="fi",
    )
    assert answer.status_code == 200, answer.text
    book: Any = load_workbook(io.BytesIO(answer.content))
    sheet = book.active
    heads = [each.value for each in sheet[1]]
    sheet.cell(2, heads.index("Läsnäolo") + 1).value = "läsnä"
    file = io.BytesIO()
    book.save(file)
    data = await done(world.provider_a, file.getvalue())
    assert data["counts"]["created"] == 1, data["causes"]


async def test_an_own_key_of_a_client_in_capitals_is_found(world: TenantFixture) -> None:
    key = "3F2504E0-4F89-11D3-9A0C-0305E82C3303"
    client = await world.client()
    await world.owner.execute(
        "update clients set source_id = $2, source_system = $3 where id = $1",
        UUID(client["id"]),
        key,
        world.provider_a.system_id,
    )
    relationship = await world.relationship(client["id"])
    await agreement_of(world, relationship, schedule=ANY_DAY)
    data = await done(world.provider_a, f"Asiakas;Pvm;Tila\n{key};{world.day(1)};läsnä\n")
    assert data["counts"]["created"] == 1, data["causes"]


async def test_a_workplace_looks_nobody_up_by_code(world: TenantFixture) -> None:
    client = await world.client()
    relationship = await world.relationship(client["id"])
    await agreement_of(
        world,
        relationship,
        schedule=ANY_DAY,
        place={"name": "K", "organisation_id": str(world.workplace.organisation_id)},
    )
    column = await sent(
        world.workplace, f"Hetu;Pvm;Tila\n{client['identity']['value']};{world.day(1)};läsnä\n"
    )
    assert column.status_code == 403, column.text
    constant = await sent(
        world.workplace,
        f"Pvm;Tila\n{world.day(1)};läsnä\n",
        {"identity_code": {"value": client["identity"]["value"]}},
    )
    assert constant.status_code == 403, "a constant is a code too"


def last_sunday(month: int, today: date) -> date:
    """The last time that the clocks changed in this month: the last Sunday of it (directive 2000/84/EC)."""
    day = date(today.year, month, 31)
    day -= timedelta(days=(day.weekday() - SUNDAY) % 7)
    return day if day < today else last_sunday(month, date(today.year - 1, 12, 31))


@pytest.mark.parametrize(("month", "come"), [(3, "3:00"), (3, "3:30"), (10, "3:00"), (10, "3:59")])
async def test_a_time_that_there_is_not_once_is_refused(world: TenantFixture, month: int, come: str) -> None:
    """In spring there is no half past three, in autumn there are two."""
    await agreement_of(world, source_id="S-1", schedule=ANY_DAY)
    day = last_sunday(month, world.today)
    data = await done(
        world.provider_a, f"Sopimus;Pvm;Tila;Tuli;Lähti\nS-1;{day};läsnä;{come};8:00\n", query="?dry_run=true"
    )
    (outcome,) = data["outcomes"]
    assert outcome["outcome"] == "rejected"
    (finding,) = outcome["problems"]
    assert (finding["code"], finding["pointer"]) == ("invalid-value", "/arrived_at"), finding
