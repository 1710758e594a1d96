"""A certificate that is wrong can be taken back, also when the day that it came with was corrected first; a good one outlives
its day."""

from typing import Any

import pytest
from tests.conftest import TenantFixture
from tests.reports.follow_up.test_one_derivation_api import ILL, Life

pytestmark = pytest.mark.dated
OTHERS = (7, 6, 5)


async def with_a_paper(world: TenantFixture) -> tuple[Life, str, str]:
    """Four days of illness with a certificate, the first of which was then found to be attended."""
    life = await Life.begin(world)
    of = await life.agreement(world.day(40), world.day(-60))
    for ago in (8, *OTHERS):
        await life.say(of, world.day(ago), "absent", ILL)
    path = await life.justify(
        of, world.day(8), received_on=world.day(4), valid_from=world.day(8), valid_to=world.day(5)
    )
    await life.say(of, world.day(8), "present", actual_minutes=240)
    assert await states(life, of) == ["covered"] * 3
    return life, of, path


async def states(life: Life, of: str) -> list[Any]:
    span = f"from={life.world.day(20)}&to={life.world.day(0)}"
    items = (await life.world.organiser.get(f"/v1/agreements/{of}/attendance-summary?{span}")).json()["items"]
    others = {life.world.day(ago) for ago in OTHERS}
    return [item["justification"] for item in items if item["date"] in others]


async def test_a_paper_that_outlived_its_day_can_be_rejected(world: TenantFixture) -> None:
    life, of, path = await with_a_paper(world)
    accepted = await world.organiser.post(f"{path}/review", {"decision": "accepted"})
    assert (accepted.status_code, accepted.json()["code"]) == (409, "conflict"), accepted.text
    review = {"decision": "rejected", "reason": "Väärennös"}
    answer = await world.organiser.post(f"{path}/review", review)
    assert (answer.status_code, answer.json()["state"]) == (200, "superseded"), answer.text
    again = await world.organiser.post(f"{path}/review", review)
    assert again.headers["etag"] == answer.headers["etag"]
    assert await states(life, of) == ["missing"] * 3


async def test_a_day_that_is_voided_takes_its_paper_along(world: TenantFixture) -> None:
    life, of, path = await with_a_paper(world)
    day = path.removesuffix("/justification")
    voided = await world.provider_a.post(f"{day}/void", {"reason": "Väärä asiakas"})
    assert voided.status_code == 200, voided.text
    assert await states(life, of) == ["missing"] * 3


async def test_without_a_certificate_there_is_nothing_to_reject(world: TenantFixture) -> None:
    life = await Life.begin(world)
    of = await life.agreement(world.day(40), world.day(-60))
    await life.say(of, world.day(8), "absent", ILL)
    path = await life.justify(of, world.day(8))
    await life.say(of, world.day(8), "present", actual_minutes=240)
    answer = await world.organiser.post(f"{path}/review", {"decision": "rejected", "reason": "Ei"})
    assert answer.status_code == 409, answer.text


async def test_a_new_paper_of_a_workplace_after_a_rejection_outlives_its_day(world: TenantFixture) -> None:
    place = {"name": "Kotola", "organisation_id": str(world.workplace.organisation_id)}
    agreement = f"/v1/agreements/{(await world.signed_agreement(place=place))['id']}"
    for ago in (8, 7):
        entry: dict[str, Any] = {"status": "absent", "absence_reason": ILL}
        assert (
            await world.workplace.put(f"{agreement}/attendance/{world.day(ago)}", entry)
        ).status_code == 201
    first = f"{agreement}/attendance/{world.day(8)}"
    entry = {"reason": ILL, "given_by": "client", "given_on": world.day(6)}
    assert (await world.workplace.put(f"{first}/justification", entry)).status_code == 201
    rejected = {"decision": "rejected", "reason": "Todistus puuttuu"}
    assert (await world.organiser.post(f"{first}/justification/review", rejected)).status_code == 200
    paper = {"received_on": world.day(4), "valid_from": world.day(8), "valid_to": world.day(7)}
    etag = (await world.workplace.get(f"{first}/justification")).headers["etag"]
    anew = await world.workplace.put(f"{first}/justification", entry | {"certificate": paper}, If_Match=etag)
    assert anew.status_code == 200, anew.text
    came = {"status": "present", "actual_minutes": 240}
    assert (await world.provider_a.put(first, came, If_Match='"1"')).status_code == 200
    span = f"from={world.day(20)}&to={world.day(0)}"
    items = (await world.organiser.get(f"{agreement}/attendance-summary?{span}")).json()["items"]
    assert [item["justification"] for item in items if item["date"] == world.day(7)] == ["covered"]
