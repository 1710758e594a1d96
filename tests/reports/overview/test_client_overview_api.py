"""A client's overview over HTTP: one sees at once how it goes, and nothing that one may not see."""

import time
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from tests.conftest import HELD, ApiClient, TenantFixture
from tests.record.case_file.documents.samples import WORK_ACTIVITY
from tests.reports.overview.history import History, history, planned

from walmu_api.access.scopes import ROLES
from walmu_api.reports.overview.schemas import ClientOverview


async def overview(speaker: ApiClient, client_id: str, **headers: str) -> dict[str, Any]:
    answer = await speaker.get(f"/v1/clients/{client_id}/overview", **headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    ClientOverview.model_validate_json(answer.content)
    return answer.json()  # type: ignore[no-any-return]


async def summary(world: TenantFixture, of: History, first: str, last: str) -> dict[str, Any]:
    path = f"/v1/agreements/{of.agreement['id']}/attendance-summary?from={first}&to={last}"
    return (await world.organiser.get(path)).json()  # type: ignore[no-any-return]


async def test_three_years_are_told_at_a_glance(world: TenantFixture) -> None:
    of = await history(world)
    data = await overview(world.organiser, of.client["id"])
    assert (data["as_of"], data["client"]["family_name"]) == (str(world.today), "Esimerkki")
    (served,) = data["service_relationships"]
    assert (served["id"], served["paused"], served["unit"]["id"]) == (of.relationship["id"], False, of.unit)
    assert served["responsible_workers"] == of.relationship["responsible_workers"]
    assert [each["id"] for each in data["decisions"]] == [of.decision]
    assert [each["id"] for each in data["agreements"]] == [of.agreement["id"]]
    assert [(each["resource_type"], each["on"]) for each in data["ends_next"]] == [
        ("plan", world.day(-30)),
        ("agreement", of.agreement["ends_on"]),
        ("decision", world.day(-180)),
    ]
    assert [point["rating"] for point in data["ratings"][0]["items"][0]["points"]] == [2, 3, 4]
    assert [item["change"] for item in data["ratings"][0]["items"]] == [2, 0]
    assert data["measurements"][0]["scales"][0]["difference"] == 3.0
    assert [goal["name"] for goal in data["goals"]] == ["Säännöllinen viikkorytmi", "Avotyöpaikka <löytyy>"]
    assert [each["evaluation"] for each in data["goals"][0]["evaluations"]] == ["Arvio 3.", "Arvio 2."]
    assert [each["text"].splitlines()[0] for each in data["diary"]] == [
        f"Tehtävät: Hionta {ago}" for ago in range(1, 6)
    ]
    assert [step["what"] for step in data["path"]] == [
        "referred",
        "decided",
        "agreed",
        "started",
        "measured",
        "assessed",
        "assessed",
        "plan",
        "assessed",
        "measured",
    ]


async def test_the_year_says_what_the_summary_of_the_agreement_says(world: TenantFixture) -> None:
    """The same days, the same verdicts, the same sums, although the overview does not read the years before."""
    of = await history(world)
    year = (await overview(world.organiser, of.client["id"]))["attendance"]
    data = await summary(world, of, year["starts_on"], year["ends_on"])
    assert [{name: day[name] for name in day if name != "agreement_id"} for day in year["items"]] == data[
        "items"
    ]
    assert {name: year[name] for name in ("days", "minutes", "absences")} == {
        name: data[name] for name in ("days", "minutes", "absences")
    }
    assert len(year["months"]) == 12
    for name in year["days"]:
        assert sum(month["days"][name] for month in year["months"]) == year["days"][name], name
    known = [day["status"] for day in year["items"] if day["status"] in {"present", "partial", "absent"}]
    assert year["attended_share"] == round(1 - known.count("absent") / len(known), 3)
    assert year["reasons"] == [{"reason": "own_illness", "days": known.count("absent")}]


async def test_a_run_that_began_before_the_year_and_a_certificate_given_then_still_count(
    world: TenantFixture,
) -> None:
    """Rehabilitative work: a run of illness over the border of the year, covered by a certificate that came with an earlier
    day of illness; a day that moved from before into the year."""
    relationship = await world.relationship(
        (await world.client())["id"],
        starts_on=world.day(500),
        legal_bases=["KTT_189_2001"],
        service_kind="rehabilitative_work",
    )
    decision = await world.decision(
        relationship, legal_bases=["KTT_189_2001"], valid_from=world.today - timedelta(days=2 * 365)
    )
    every = [{"weekday": day, "starts_at": "09:00", "ends_at": "13:00"} for day in (1, 2, 3, 4)]
    agreement = await world.agreement(
        relationship, decision, starts_on=world.day(500), schedule={"type": "fixed", "days": every}
    )
    first = (await overview(world.organiser, relationship["client_id"]))["attendance"]["starts_on"]
    border = world.today.fromisoformat(first)
    before, after = timedelta(days=30), timedelta(days=20)
    days = planned(border - before, border + after, weekdays=(1, 2, 3, 4))
    at = next(place for place, day in enumerate(days) if day >= border)
    run = [str(day) for day in days[at - 4 : at + 4]]
    ill = {"agreement_id": agreement["id"], "status": "absent", "absence_reason": "own_illness"}
    lines = [ill | {"date": day} for day in run]
    lines.append({"agreement_id": agreement["id"], "date": str(days[at - 5]), "status": "present"})
    lines.append(ill | {"date": str(days[at - 6])})
    saturday = days[at + 6] + timedelta(days=6 - days[at + 6].isoweekday())
    moved = {"status": "rescheduled", "rescheduled_to": str(saturday)}
    lines.append({"agreement_id": agreement["id"], "date": str(days[at - 7])} | moved)
    assert (
        await world.provider_a.post("/v1/attendance-batches?mode=atomic", {"items": lines})
    ).status_code == 200
    of = History({"id": relationship["client_id"]}, relationship, agreement, str(decision), "", "", {})

    async def data() -> list[Any]:
        year = (await overview(world.organiser, relationship["client_id"]))["attendance"]
        values = await summary(world, of, year["starts_on"], year["ends_on"])
        assert [
            {name: day[name] for name in day if name != "agreement_id"} for day in year["items"]
        ] == values["items"]
        return [day["justified"]["result"] for day in year["items"][:4]]

    assert await data() == ["unjustified"] * 4
    certificate = {"required": True, "received_on": run[0], "valid_from": run[0], "valid_to": run[-1]}
    why = {"reason": "own_illness", "given_by": "client", "given_on": run[0], "certificate": certificate}
    path = f"/v1/agreements/{agreement['id']}/attendance/{days[at - 6]}/justification"
    assert (await world.provider_a.put(path, why)).status_code == 201
    assert await data() == ["justified"] * 4


async def test_who_may_not_read_a_part_is_not_told_that_it_is_there(world: TenantFixture) -> None:
    of = await history(world, days=100)
    whole = await overview(world.organiser, of.client["id"])
    parts = {
        "service-relationships:read": {"service_relationships"},
        "decisions:read": {"decisions"},
        "agreements:read": {"agreements", "attendance"},
        "attendance:read": {"attendance"},
        "assessments:read": {"ratings"},
        "measurements:read": {"measurements"},
        "plans:read": {"goals"},
        "diary-entries:read": {"diary"},
    }
    for scope, gone in parts.items():
        data = await overview(
            world.organiser, of.client["id"], Authorization=bearer(world, ROLES["organiser"] - {scope})
        )
        assert set(whole) - set(data) == gone, scope
    data = await overview(world.organiser, of.client["id"], Authorization=bearer(world, {"clients:read"}))
    assert data == {name: whole[name] for name in ("as_of", "client")} | {"ends_next": [], "path": []}


def bearer(world: TenantFixture, scopes: Collection[str]) -> str:
    """A token of the organiser's system for some of its rights."""
    return f"Bearer {world.app_context.tokens.issue(world.organiser.client_id, HELD, sorted(scopes), None, now=time.time())}"


async def test_a_provider_sees_its_own_and_another_nothing(world: TenantFixture) -> None:
    of = await history(world, days=100)
    other = await world.relationship(of.client["id"], world.provider_b, starts_on=world.day(60))
    seen = await overview(world.provider_a, of.client["id"])
    assert seen == await overview(world.organiser, of.client["id"]) | {
        name: seen[name] for name in ("service_relationships", "path")
    }
    assert [each["id"] for each in seen["service_relationships"]] == [of.relationship["id"]]
    its = await overview(world.provider_b, of.client["id"])
    assert [each["id"] for each in its["service_relationships"]] == [other["id"]]
    assert (its["agreements"], its["decisions"], its["diary"], its["ratings"], its["measurements"]) == (
        [],
        [],
        [],
        [],
        [],
    )
    assert (its["attendance"]["items"], [step["what"] for step in its["path"]]) == ([], ["referred"])
    stranger = await world.client()
    assert (await world.provider_a.get(f"/v1/clients/{stranger['id']}/overview")).status_code == 404
    assert (await world.workplace.get(f"/v1/clients/{of.client['id']}/overview")).status_code == 403


async def test_a_shared_client_plan_shows_its_goals_to_the_provider_and_a_plan_of_an_ended_service_to_nobody(
    world: TenantFixture,
) -> None:
    of = await history(world, days=100)
    plan = {
        "kind": "client_plan",
        "client_id": of.client["id"],
        "services": "disability_services",
        "service_task": of.relationship["service_task"],
        "goals": [{"name": "Oma koti"}],
        "current_services": {"description": "Työtoiminta."},
        "client_informed": True,
        "authors": [{"family_name": "Laine", "given_names": "Sari"}],
        "source_id": "p",
    }
    answer = await world.organiser.post("/v1/plans", plan)
    assert answer.status_code == 201, answer.text
    names = [goal["name"] for goal in (await overview(world.provider_a, of.client["id"]))["goals"]]
    assert names == ["Oma koti", "Säännöllinen viikkorytmi", "Avotyöpaikka <löytyy>"]
    ending = {
        "service_relationship_id": of.relationship["id"],
        "kind": "ended",
        "ends_on": world.day(1),
        "author": plan["authors"][0],
    }
    ended = await world.provider_a.post(
        "/v1/service-events",
        ending | {"service": WORK_ACTIVITY, "source_id": "e", "onward_path": "paid_work"},
    )
    assert ended.status_code == 201, ended.text
    data = await overview(world.organiser, of.client["id"])
    assert [goal["name"] for goal in data["goals"]] == [
        "Oma koti",
        "säännöllinen  viikkorytmi",
    ]  # as the assessment has it
    end = {
        "on": world.day(1),
        "what": "ended",
        "resource_type": "service-event",
        "id": ended.json()["id"],
        "code": "paid_work",
    }
    assert end in data["path"]


async def test_reading_it_is_one_row_of_the_use_log(world: TenantFixture) -> None:
    of = await history(world, days=40)
    before = len(await world.use_log())
    await overview(world.provider_a, of.client["id"])
    rows = (await world.use_log())[before:]
    assert [(row["operation"], [str(each) for each in row["client_ids"]]) for row in rows] == [
        ("getClientOverview", [of.client["id"]])
    ]


async def test_a_new_client_has_an_overview_too(world: TenantFixture) -> None:
    client = await world.client()
    data = await overview(world.organiser, client["id"])
    assert data["attendance"]["items"] == data["path"] == data["goals"] == data["ratings"] == []
    assert "attended_share" not in data["attendance"]
    page = await world.organiser.get(f"/v1/clients/{client['id']}/overview", Accept="application/xhtml+xml")
    assert page.status_code == 200
    assert "Läsnäoloja ei ole kirjattu." in page.text


async def test_where_days_follow_the_clients_condition_nothing_is_planned_or_missing(
    world: TenantFixture,
) -> None:
    relationship = await world.relationship((await world.client())["id"])
    schedule = {"type": "flexible", "min_days_per_week": 1, "max_days_per_week": 4}
    agreement = await world.agreement(relationship, await world.decision(relationship), schedule=schedule)
    day = f"/v1/agreements/{agreement['id']}/attendance/{world.day(1)}"
    assert (await world.provider_a.put(day, {"status": "present"})).status_code == 201
    year = (await overview(world.organiser, relationship["client_id"]))["attendance"]
    assert [year["days"][name] for name in ("planned", "present", "unreported")] == [0, 1, 0]
    assert "attended_share" not in year
