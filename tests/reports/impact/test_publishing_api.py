"""What was published stays, periods are fixed, and no two answers tell together of a few people."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from tests.conftest import ApiClient, TenantFixture
from tests.reports.impact.test_impact_api import impact, measured, period, quarter

MEANS = ("mean_before", "mean_after", "mean_change", "sd_change")
K = "instrument=kykyviisari"


def code(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


async def newcomer(world: TenantFixture, provider: ApiClient | None = None, **changes: Any) -> None:
    """One more client, whose score went from 1 to 9."""
    by = provider or world.provider_a
    relationship = await world.relationship((await world.client())["id"], provider=by, **changes)
    for phase, value, ago in (("start", 1, 100), ("end", 9, 10)):
        scores = [{"scale": "work_ability", "value": value}]
        await world.measurement(relationship, by, phase=phase, answered_on=world.day(ago), scores=scores)


@pytest.mark.parametrize(
    ("query", "pointer", "reason"),
    [
        ("from=2026-01-01", "/query/to", "missing"),
        ("to=2026-03-31", "/query/from", "missing"),
        ("from=2026-01-01&to=2026-03-30", "/query/from", "invalid-value"),
        ("from=2026-01-02&to=2026-03-31", "/query/from", "invalid-value"),
        ("from=2026-02-01&to=2026-04-30", "/query/from", "invalid-value"),
        ("from=2026-04-01&to=2026-09-30", "/query/from", "invalid-value"),
        ("from=2025-01-01&to=2026-12-31", "/query/from", "invalid-value"),
        ("from=2026-06-30&to=2026-01-01", "/query/to", "out-of-order"),
        ("from=2199-01-01&to=2199-12-31", "/query/to", "invalid-value"),
    ],
)
async def test_periods_are_quarters_halves_and_years_that_are_over(
    world: TenantFixture, query: str, pointer: str, reason: str
) -> None:
    answer = await world.organiser.get(f"/v1/impact?{query}")
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, reason)]


async def test_the_quarter_that_runs_is_not_reported_yet(world: TenantFixture) -> None:
    for fine in (
        "from=2026-01-01&to=2026-03-31",
        "from=2026-07-01&to=2026-09-30",
        "from=2026-01-01&to=2026-06-30",
        "from=2025-07-01&to=2025-12-31",
        "from=2025-01-01&to=2025-12-31",
        period(world),
    ):
        assert (await world.organiser.get(f"/v1/impact?{fine}")).status_code == 200, fine
    last = quarter(world)[1]
    month = (last.month % 12) + 1
    year = last.year + (month == 1)
    day = {1: 31, 4: 30, 7: 30, 10: 31}[month]
    running = f"from={year}-{month:02}-01&to={year}-{month + 2:02}-{day}"
    answer = await world.organiser.get(f"/v1/impact?{running}")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/query/to"], running


async def test_what_was_published_stays_whatever_is_recorded_later(world: TenantFixture) -> None:
    await measured(world, 12)
    first = await impact(world.organiser)
    await newcomer(world)
    assert await impact(world.organiser) == first
    assert (await impact(world.organiser, f"{K}&{period(world)}")) == first, (
        "the same question in other words"
    )


@pytest.mark.parametrize("other", ["by=provider", "provider_id={a}", "service_kind=work_activity"])
async def test_twelve_pairs_and_then_thirteen_do_not_tell_the_thirteenths_scores(
    world: TenantFixture, other: str
) -> None:
    await measured(world, 12)
    first = await impact(world.organiser)
    assert first["scales"][0]["mean_before"] == 4
    await newcomer(world)
    query = other.format(a=world.provider_a.organisation_id)
    answer = await world.organiser.get(f"/v1/impact?{K}&{query}")
    assert code(answer) == (422, "impact-would-disclose")
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/query"]
    rows = [row for row in await world.use_log(operation="getImpact") if row["question"]]
    assert len(rows) == 2, "that it was asked is logged, though it was refused"
    for _ in range(4):
        await newcomer(world)
    later = await impact(world.organiser, f"{K}&{query}")
    assert later["clients"] == 17
    assert not set(MEANS) & set(later["scales"][0]), "five are enough for a count, not for a mean"
    assert "/scales/0/mean_change" in later["withheld"]
    for _ in range(5):
        await newcomer(world)
    assert (await impact(world.organiser, f"{K}&{query}")) == later


async def test_a_pair_more_of_the_same_clients_is_noticed_too(world: TenantFixture) -> None:
    """The clients are the same; one of them has an end now."""
    await measured(world, 12)
    relationship = await world.relationship((await world.client())["id"])
    await world.measurement(relationship, scores=[{"scale": "work_ability", "value": 1}])
    for _ in range(5):
        await world.measurement(await world.relationship((await world.client())["id"]))
    first = await impact(world.organiser)
    assert (first["clients"], first["scales"][0]["mean_before"]) == (18, 4)
    scores = [{"scale": "work_ability", "value": 9}]
    await world.measurement(relationship, phase="end", answered_on=world.day(10), scores=scores)
    later = await impact(world.organiser, f"{K}&by=provider")
    assert later["clients"] == 18
    assert not {*MEANS, "pairs"} & set(later["scales"][0])
    assert not {"paired", "without_pair", "with_baseline"} & set(later)


async def test_a_score_that_was_corrected_is_noticed_too(world: TenantFixture) -> None:
    relationships = await measured(world, 12)
    await impact(world.organiser)
    path = f"/v1/measurements?client_id={relationships[0]['client_id']}&phase=end"
    (end,) = (await world.provider_a.get(path)).json()["items"]
    server = {"id", "version", "recorded_at", "recorded_by", "status", "provider_id"}
    entry = {name: value for name, value in end.items() if name not in server}
    entry["scores"] = [{"scale": "work_ability", "value": 9}]
    assert (
        await world.provider_a.put(f"/v1/measurements/{end['id']}", entry, If_Match='"1"')
    ).status_code == 200
    later = await impact(world.organiser, f"{K}&by=provider")
    assert not set(MEANS) & set(later["scales"][0])


async def test_all_less_each_provider_leaves_no_third_of_two(world: TenantFixture) -> None:
    await measured(world, 10)
    await measured(world, 10, world.provider_b)
    third = await world.organiser.post(
        "/v1/organisations", {"kind": "provider", "name": "C", "source_id": "c"}
    )
    for _ in range(2):
        client = (await world.client())["id"]
        await world.relationship(client, provider_id=third.json()["id"])
    for provider in (world.provider_a, world.provider_b):
        named = await impact(world.organiser, f"provider_id={provider.organisation_id}")
        assert named["clients"] == 10
    answer = await world.organiser.get("/v1/impact")
    assert code(answer) == (422, "impact-would-disclose")
    by_instrument = await world.organiser.get(f"/v1/impact?{K}")
    assert code(by_instrument) == (422, "impact-would-disclose"), "an instrument makes nobody of them fewer"


async def test_what_providers_asked_counts_with_what_the_organiser_asks(world: TenantFixture) -> None:
    await measured(world, 10)
    await measured(world, 10, world.provider_b)
    await newcomer(world, service_kind="job_coaching")
    assert (await impact(world.provider_a, f"{K}&service_kind=work_activity"))["clients"] == 10
    a = world.provider_a.organisation_id
    later = await impact(world.organiser, f"{K}&by=provider&service_kind=work_activity&provider_id={a}")
    assert later["clients"] == 10
    answer = await world.organiser.get(f"/v1/impact?{K}&by=provider&provider_id={a}")
    assert code(answer) == (422, "impact-would-disclose")
    assert (await impact(world.organiser, f"{K}&service_kind=work_activity"))["clients"] == 20


async def test_the_next_quarter_with_one_newcomer_is_refused_and_with_none_it_is_not(
    world: TenantFixture,
) -> None:
    await measured(world, 12, starts_on=world.day(700))
    for back in (4, 3):
        assert (await impact(world.organiser, f"{K}&{period(world, back)}"))["clients"] == 12
    await newcomer(world, starts_on=quarter(world)[0].isoformat())
    assert (await impact(world.organiser, f"{K}&{period(world, 1)}"))["clients"] == 12
    answer = await world.organiser.get(f"/v1/impact?{K}&{period(world)}")
    assert code(answer) == (422, "impact-would-disclose")


async def test_another_organisers_ledger_is_another(world: TenantFixture, elsewhere: TenantFixture) -> None:
    await measured(world, 12)
    await measured(elsewhere, 7)
    assert (await impact(world.organiser))["clients"] == 12
    assert (await impact(elsewhere.organiser))["clients"] == 7


async def test_a_provider_is_never_given_the_answer_about_another(world: TenantFixture) -> None:
    await measured(world, 12)
    a = world.provider_a.organisation_id
    for _ in range(2):
        assert (await impact(world.provider_a))["clients"] == 12
        assert (await impact(world.organiser, f"{K}&provider_id={a}"))["clients"] == 12
        assert "clients" not in await impact(world.provider_b, f"{K}&provider_id={a}")
        assert "clients" not in await impact(world.provider_b)


async def test_a_providers_own_question_is_the_organisers_about_it(world: TenantFixture) -> None:
    await measured(world, 12)
    own = await impact(world.provider_a)
    await newcomer(world)
    by_name = await impact(world.organiser, f"{K}&provider_id={world.provider_a.organisation_id}")
    assert {**by_name, "asked": {}} == {**own, "asked": {}}


async def test_a_day_that_was_recorded_late_is_noticed_too(world: TenantFixture) -> None:
    last, paths = quarter(world)[1], []

    async def record(path: str, before: int, status: str) -> None:
        answer = await world.provider_a.put(f"{path}/{last - timedelta(days=before)}", {"status": status})
        assert answer.status_code == 201, answer.text

    for _ in range(6):
        paths.append(f"/v1/agreements/{(await world.signed_agreement())['id']}/attendance")
        await record(paths[-1], 0, "present")
        await record(paths[-1], 1, "absent")
    assert (await impact(world.organiser, period(world)))["attendance"]["attended"] == 6
    await record(paths[0], 2, "present")
    later = await impact(world.organiser, f"by=provider&{period(world)}")
    assert ("attendance" in later, later["clients"]) == (False, 6)
    assert "/attendance" in later["withheld"]
    for path in paths[1:5]:
        await record(path, 2, "present")
    named = await impact(world.organiser, f"provider_id={world.provider_a.organisation_id}")
    assert named["attendance"]["attended"] == 11


async def test_an_organisers_questions_wait_for_one_another(world: TenantFixture) -> None:
    """Two that are asked at once would each be held against what was published before both."""
    await measured(world, 6)
    lock = "select pg_advisory_xact_lock(hashtextextended($1, 0))"
    async with world.owner.transaction():
        await world.owner.execute(lock, f"{world.organiser_id}|impact-publications")
        answer = await world.organiser.get(f"/v1/impact?{K}")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert (await world.organiser.get(f"/v1/impact?{K}")).status_code == 200


async def test_two_at_once_get_one_answer(world: TenantFixture) -> None:
    await measured(world, 12)
    answers = await asyncio.gather(*(impact(world.organiser) for _ in range(4)), impact(world.provider_a))
    assert all(answer == answers[0] for answer in answers[:4])
    count = "select count(*) from impact_publications where organiser_id = $1"
    assert await world.owner.fetchval(count, world.organiser_id) == 2


async def test_the_ledger_names_no_client_and_only_grows(world: TenantFixture) -> None:
    relationships = await measured(world, 12)
    await impact(world.organiser)
    (row,) = await world.owner.fetch(
        "select * from impact_publications where organiser_id = $1", world.organiser_id
    )
    text = str(dict(row))
    assert not [each for each in relationships if each["client_id"] in text or each["id"] in text]
    for statement in ("update impact_publications set answer = ''", "delete from impact_publications"):
        with pytest.raises(Exception, match="permission denied"):
            async with world.transaction() as session:
                await session.execute(statement)


async def test_means_of_a_part_are_not_what_two_means_leave(world: TenantFixture) -> None:
    """Seven pairs are enough for counts; with the means of seventeen and of ten, theirs would be worked out."""
    await measured(world, 7)
    await measured(world, 10, world.provider_b)
    a, b = world.provider_a.organisation_id, world.provider_b.organisation_id
    seven = (await impact(world.organiser, f"{K}&provider_id={a}"))["scales"][0]
    assert (seven["pairs"], set(MEANS) & set(seven)) == (7, set())
    assert (await impact(world.organiser))["scales"][0]["mean_change"] == 2
    last = await impact(world.organiser, f"{K}&provider_id={b}")
    assert (last["scales"][0]["pairs"], set(MEANS) & set(last["scales"][0])) == (10, set())
    assert {"/scales/0/mean_before", "/median_interval_days"} <= set(last["withheld"])


async def test_nor_the_other_way_round(world: TenantFixture) -> None:
    await measured(world, 7)
    await measured(world, 10, world.provider_b)
    b = world.provider_b.organisation_id
    assert (await impact(world.organiser, f"{K}&provider_id={b}"))["scales"][0]["mean_change"] == 2
    whole = await impact(world.organiser)
    assert (whole["scales"][0]["pairs"], set(MEANS) & set(whole["scales"][0])) == (17, set())
    assert "median_interval_days" not in whole


async def test_a_row_and_the_same_people_by_name_do_not_tell_of_one_who_was_measured_meanwhile(
    world: TenantFixture,
) -> None:
    """A's clients were a row of everybody's report; now they are asked for by themselves."""
    for provider in (world.provider_a, world.provider_b):
        for _ in range(7):
            await world.relationship((await world.client())["id"], provider=provider)
        await measured(world, 10, provider)
    rows = (await impact(world.organiser, f"{K}&by=provider"))["rows"]
    assert {row.get("paired") for row in rows} == {10}
    relationship = (await world.pages(world.provider_a, "/v1/service-relationships"))[0]
    for phase, ago in (("start", 100), ("end", 10)):
        scores = [{"scale": "work_ability", "value": 5}]
        await world.measurement(relationship, phase=phase, answered_on=world.day(ago), scores=scores)
    later = await impact(world.organiser, f"{K}&provider_id={world.provider_a.organisation_id}")
    assert later["clients"] == 17
    assert not {"paired", "without_pair", "without_baseline", "with_baseline"} & set(later)
    assert [set(row) for row in later["rows"]] == [{"key", "clients"}]


async def test_all_kinds_less_one_kind_less_part_of_the_other_leave_nobody(world: TenantFixture) -> None:
    """Six of eleven take part in two kinds, of whom one stands alone on another legal basis: everybody's days, less those in
    the first kind, less those in the other on the usual basis, would be this one's."""
    last = quarter(world)[1]

    async def days(relationship: dict[str, Any], attended: int) -> None:
        decision = await world.decision(relationship)
        agreement = await world.agreement(relationship, decision)
        for ago in range(2 * attended):
            path = f"/v1/agreements/{agreement['id']}/attendance/{last - timedelta(days=ago)}"
            status = "present" if ago % 2 else "absent"
            assert (await world.provider_a.put(path, {"status": status})).status_code == 201

    for at in range(11):
        client = (await world.client())["id"]
        await days(await world.relationship(client), 2)
        if at > 5:
            continue
        bases = ["SHL_710_1982_27E"] if at == 0 else ["SHL_710_1982_27D"]
        other = await world.relationship(client, service_kind="job_coaching", legal_bases=bases)
        await days(other, 3 if at == 0 else 1)
    found = []
    for query in ("", "service_kind=work_activity", "service_kind=job_coaching&legal_basis=SHL_710_1982_27D"):
        answer = await world.organiser.get(f"/v1/impact?{period(world)}&by=provider&{query}".rstrip("&"))
        assert answer.status_code == 200
        found.append("attended" in answer.json().get("attendance", {}))
    assert found == [True, True, False], "22 + 8 days, less 22, less 5, are the 3 of one person"
