"""A day with two half-day reasons, as everything that derives from it tells it: both of them, and one verdict."""

import csv
import io
from typing import Any

import pytest
from tests.conftest import TenantFixture
from tests.reports.follow_up.test_one_derivation_api import ILL, LAW, Life

pytestmark = pytest.mark.dated
DOCTOR, JOB = "healthcare_or_therapy", "employment_related"
LOCAL = "SHL_710_1982_27E"


def halves(*reasons: str) -> dict[str, Any]:
    return {"absence_reasons": [{"reason": each, "minutes": 120} for each in reasons]}


async def begun(world: TenantFixture, basis: str = LAW) -> tuple[Life, str]:
    life = await Life.begin(world, basis)
    return life, await life.agreement(world.day(40), world.day(-60))


async def test_two_hours_ill_and_two_at_the_doctor(world: TenantFixture) -> None:
    """By the act only the illness counts, by notice both."""
    for basis, result in (LAW, "unjustified"), (LOCAL, "justified"):
        life, of = await begun(world, basis)
        await life.say(of, world.day(3), "absent", ILL, planned_minutes=240, **halves(ILL, DOCTOR))
        day = (await life.read(of))[world.day(3)]
        assert (day["absence_reason"], day["absence_reasons"]) == (
            ILL,
            halves(ILL, DOCTOR)["absence_reasons"],
        )
        assert day["justified"]["result"] == result


async def test_every_place_tells_both(world: TenantFixture) -> None:
    life, of = await begun(world)
    await life.say(of, world.day(3), "absent", ILL, planned_minutes=240, **halves(ILL, DOCTOR))
    client = life.relationship["client_id"]
    for reason in (ILL, DOCTOR):
        found = await world.organiser.get(f"/v1/justifications?client_id={client}&reason={reason}")
        (listed,) = found.json()["items"]
        assert listed["absence_reasons"] == halves(ILL, DOCTOR)["absence_reasons"]
    overview = (await world.organiser.get(f"/v1/clients/{client}/overview")).json()["attendance"]
    once = [{"reason": DOCTOR, "days": 1}, {"reason": ILL, "days": 1}]
    assert overview["reasons"] == once
    draft = (await world.provider_a.get(f"/v1/assessment-prefill?agreement_id={of}")).json()["attendance"]
    assert sorted(draft["absences"], key=lambda each: each["reason"]) == once
    assert (draft["absent"], sum(draft["justifications"].values())) == (1, 1), "one day, which waits once"
    file = await world.provider_a.get(f"/v1/attendance?client_id={client}", Accept="text/csv", Accept_Language="en")  # fmt: skip
    (row,) = csv.DictReader(io.StringIO(file.text.lstrip("\ufeff")), delimiter=";")
    assert row["Reason for absence"] == "Own illness (120 min), Health care or therapy (120 min)"
    page = await world.organiser.get(
        f"/v1/clients/{client}/overview", Accept="application/xhtml+xml", Accept_Language="fi"
    )
    assert "<td>Oma sairaus (120 min), Terveydenhuolto tai terapia (120 min)</td>" in page.text


async def test_the_justification_is_of_the_day(world: TenantFixture) -> None:
    """Given with either reason it leaves both; given with a third one, that is the reason."""
    life, of = await begun(world)
    for ago, given in (5, ILL), (4, DOCTOR), (3, "unauthorised"):
        await life.say(of, world.day(ago), "absent", ILL, **halves(ILL, DOCTOR))
        await life.accept(await life.justify(of, world.day(ago), given))
    days = await life.read(of)
    found = [
        (days[at]["absence_reason"], len(days[at].get("absence_reasons", ())))
        for at in map(world.day, (5, 4, 3))
    ]
    assert found == [(ILL, 2), (ILL, 2), ("unauthorised", 0)]
    assert [days[at]["justified"]["result"] for at in map(world.day, (5, 4, 3))] == ["justified"] * 3


@pytest.mark.parametrize(
    ("then", "stays"),
    [
        (halves(ILL, DOCTOR), True),
        ({"absence_reasons": [{"reason": ILL, "minutes": 30}, {"reason": DOCTOR, "minutes": 30}]}, True),
        (halves(ILL, JOB), False),
        (halves(ILL), False),
        ({}, False),
    ],
)
async def test_an_acceptance_is_of_both_reasons(
    world: TenantFixture, then: dict[str, Any], stays: bool
) -> None:
    life, of = await begun(world)
    for ago in (3, 4):
        await life.say(of, world.day(ago), "absent", ILL, **halves(ILL, DOCTOR))
        await life.accept(await life.justify(of, world.day(ago)))
    await life.say(of, world.day(3), "absent", ILL, planned_minutes=240, **then)
    line = {"agreement_id": of, "date": world.day(4), "status": "absent", "absence_reason": ILL}
    line |= {"if_version": 1, "planned_minutes": 240} | then
    assert (await world.provider_a.post("/v1/attendance-batches", {"items": [line]})).json()["counts"][
        "updated"
    ]
    days = await life.read(of)
    assert [days[world.day(ago)]["justification"] for ago in (3, 4)] == [
        "accepted" if stays else "missing"
    ] * 2


async def test_a_second_reason_beside_an_accepted_one_is_a_new_absence(world: TenantFixture) -> None:
    life, of = await begun(world)
    await life.say(of, world.day(3), "absent", ILL)
    await life.accept(await life.justify(of, world.day(3)))
    await life.say(of, world.day(3), "absent", ILL, **halves(ILL, "unauthorised"))
    assert (await life.read(of))[world.day(3)]["justification"] == "missing"


async def test_a_day_of_which_half_was_illness_needs_the_certificate_of_the_run(world: TenantFixture) -> None:
    """Four days in a run; on the last one half of the day was an errand of work. The certificate is for the illness; the
    other half is still to be justified."""
    life, of = await begun(world)
    for ago in (8, 7, 6):
        await life.say(of, world.day(ago), "absent", ILL)
    await life.say(of, world.day(5), "absent", JOB, **halves(JOB, ILL))
    days = await life.read(of)
    assert [days[world.day(ago)]["justified"]["result"] for ago in (8, 7, 6, 5)] == ["unjustified"] * 4
    await life.justify(
        of, world.day(8), received_on=world.day(4), valid_from=world.day(8), valid_to=world.day(5)
    )
    days = await life.read(of)
    assert [days[world.day(ago)]["justified"]["result"] for ago in (8, 7, 6, 5)] == ["justified"] * 4
    states = [days[world.day(ago)]["justification"] for ago in (8, 7, 6, 5)]
    assert states == ["given", "covered", "covered", "missing"]


async def test_ill_in_the_afternoon(world: TenantFixture) -> None:
    life, of = await begun(world)
    await life.say(of, world.day(3), "partial", ILL, actual_minutes=120, **halves(ILL))
    day = (await life.read(of))[world.day(3)]
    assert (day["status"], day["absence_reasons"], day["justified"]["result"]) == (
        "partial",
        halves(ILL)["absence_reasons"],
        "justified",
    )
