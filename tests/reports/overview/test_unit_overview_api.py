"""A unit's month over HTTP: what the days of its agreements add up to, and who has not been reported."""

import secrets
from datetime import date
from typing import Any

from tests.conftest import ApiClient, TenantFixture
from tests.privacy.stage import without_server_members
from tests.record.parties.clients.test_death_api import dies

from walmu_api.reports.overview.unit_schemas import UnitOverview


async def overview(speaker: ApiClient, unit: str, month: str | None = None) -> dict[str, Any]:
    answer = await speaker.get(f"/v1/units/{unit}/overview" + (f"?month={month}" if month else ""))
    assert answer.status_code == 200, answer.text
    UnitOverview.model_validate_json(answer.content)
    return answer.json()  # type: ignore[no-any-return]


async def unit_of(world: TenantFixture, provider: ApiClient) -> str:
    entry = {
        "organisation_id": str(provider.organisation_id),
        "name": "Kotola",
        "source_id": secrets.token_hex(6),
    }
    return str((await world.organiser.post("/v1/units", entry)).json()["id"])


async def served(world: TenantFixture, unit: str, **changes: Any) -> dict[str, Any]:
    """An agreement of a client of the unit, on every weekday from Monday to Friday."""
    relationship = await world.relationship((await world.client())["id"], unit_id=unit, **changes)
    every = [{"weekday": day, "starts_at": "09:00", "ends_at": "13:00"} for day in (1, 2, 3, 4, 5)]
    decision = await world.decision(relationship)
    return await world.agreement(relationship, decision, schedule={"type": "fixed", "days": every})


async def summary(world: TenantFixture, agreement: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    path = (
        f"/v1/agreements/{agreement['id']}/attendance-summary?from={data['starts_on']}&to={data['ends_on']}"
    )
    return (await world.organiser.get(path)).json()  # type: ignore[no-any-return]


async def last_month(world: TenantFixture) -> str:
    first = world.today.replace(day=1)
    return f"{first.fromordinal(first.toordinal() - 1):%Y-%m}"


async def test_the_month_is_the_sum_of_its_agreements(world: TenantFixture) -> None:
    unit, month = await unit_of(world, world.provider_a), await last_month(world)
    one = await served(world, unit)
    other = await served(world, unit, service_kind="job_coaching")
    await served(world, await unit_of(world, world.provider_a))  # another unit's
    planned = [
        day["date"]
        for day in (await summary(world, one, await overview(world.organiser, unit, month)))["items"]
    ]
    lines = [
        {"agreement_id": one["id"], "date": planned[0], "status": "present"},
        {"agreement_id": one["id"], "date": planned[1], "status": "absent", "absence_reason": "own_illness"},
        {"agreement_id": other["id"], "date": planned[0], "status": "partial"},
        {"agreement_id": other["id"], "date": planned[2], "status": "not_arranged"},
    ]
    assert (
        await world.provider_a.post("/v1/attendance-batches?mode=atomic", {"items": lines})
    ).status_code == 200
    data = await overview(world.provider_a, unit, month)
    assert data == await overview(world.organiser, unit, month)
    summaries = [await summary(world, each, data) for each in (one, other)]
    for name in data["days"]:
        assert data["days"][name] == sum(each["days"][name] for each in summaries), name
    assert [(each["service_kind"], each["days"]) for each in data["services"]] == [
        ("job_coaching", summaries[1]["days"]),
        ("work_activity", summaries[0]["days"]),
    ]
    reported = 1 - data["days"]["unreported"] / data["days"]["planned"]
    assert (data["clients"], data["reported_share"]) == (2, round(reported, 3))
    assert data.get("attended_share") == (0.667 if reported >= 0.8 else None)
    assert data["reasons"] == [{"reason": "own_illness", "days": 1}]
    first, second, third = data["calendar"][:3]
    assert first == {"date": planned[0], "planned": 2, "attended": 2, "absent": 0, "unreported": 0}
    assert second == {"date": planned[1], "planned": 2, "attended": 0, "absent": 1, "unreported": 1}
    assert (third["planned"], third["unreported"]) == (2, 1)
    for name in ("attended", "absent", "unreported"):
        assert (
            sum(day[name] for day in data["calendar"])
            == {
                "attended": data["days"]["present"] + data["days"]["partial"],
                "absent": data["days"]["absent"],
                "unreported": data["days"]["unreported"],
            }[name]
        )
    assert len(data["missing"]) == data["days"]["unreported"]
    assert data["missing"] == sorted(data["missing"], key=lambda each: (each["date"], each["agreement_id"]))
    assert data["missing"][0]["client"] == {"family_name": "Esimerkki", "given_names": "Testi"}


async def test_who_is_missing_today_is_missing_in_the_overview_too(world: TenantFixture) -> None:
    unit = await unit_of(world, world.provider_a)
    for _ in range(3):
        await served(world, unit)
    data = await overview(world.provider_a, unit)
    today = [each for each in data["missing"] if each["date"] == str(world.today)]
    listed = (await world.provider_a.get("/v1/attendance/missing")).json()["items"]
    assert [{name: each[name] for name in listed[0]} for each in today] == listed if listed else today == []
    assert (data["month"], data["ends_on"]) == (f"{world.today:%Y-%m}", str(world.today))


async def test_a_month_is_one_that_has_begun(world: TenantFixture) -> None:
    unit = await unit_of(world, world.provider_a)
    for month, code in (
        ("2026-13", "invalid-value"),
        ("2026-1", "invalid-value"),
        ("2199-01", "day-in-future"),
    ):
        answer = await world.organiser.get(f"/v1/units/{unit}/overview?month={month}")
        assert answer.status_code == 422
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
            ("/query/month", code)
        ]


async def test_a_unit_is_seen_by_its_provider_and_the_organiser(world: TenantFixture) -> None:
    unit = await unit_of(world, world.provider_a)
    agreement = await served(world, unit)
    for speaker, status in (
        (world.provider_b, 404),
        (world.workplace, 403),
        (world.auditor, 403),
        (world.ehr, 200),
    ):
        assert (await speaker.get(f"/v1/units/{unit}/overview")).status_code == status
    before = len(await world.use_log())
    await overview(world.provider_a, unit)
    rows = (await world.use_log())[before:]
    assert [(row["operation"], [str(each) for each in row["client_ids"]]) for row in rows] == [
        ("getUnitOverview", [agreement["client_id"]])
    ]


async def test_clients_that_the_provider_sees_no_longer_are_not_in_it(world: TenantFixture) -> None:
    unit = await unit_of(world, world.provider_a)
    agreement = await served(world, unit)
    month = f"{world.today.fromordinal(world.today.toordinal() - 110):%Y-%m}"
    assert (await overview(world.provider_a, unit, month))["clients"] == 1
    path = f"/v1/service-relationships/{agreement['service_relationship_id']}"
    known = (await world.organiser.get(path)).json()
    entry = without_server_members(known) | {"ends_on": world.day(100)}
    assert (await world.organiser.put(path, entry, If_Match='"1"')).status_code == 200
    assert (await overview(world.organiser, unit, month))["clients"] == 1
    assert (await overview(world.provider_a, unit, month))["clients"] == 0


async def test_whose_service_ended_before_the_month_is_none_of_its_clients(world: TenantFixture) -> None:
    """The agreement runs on; the client died in the month before."""
    unit, month = await unit_of(world, world.provider_a), await last_month(world)
    agreement = await served(world, unit)
    first = date.fromisoformat(f"{month}-01")
    await dies(world, agreement["client_id"], (world.today - first).days)
    data = await overview(world.organiser, unit)
    assert (data["clients"], data["services"]) == (0, [])
    data = await overview(world.organiser, unit, month)
    assert (data["clients"], len(data["services"])) == (1, 1)
