"""Answers that were kept under an Idempotency-Key, asked for again when access to their record has ended while access to the
client has not. The page: a workplace reads until the end of access, each workplace what is of its own periods, a provider
what the organiser lets it register; kept answers are a way like every other."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from tests.access.test_registration_api import SYSTEMS, entry
from tests.conftest import ApiClient, TenantFixture
from tests.privacy.attacks.test_moved_agreements import _move
from tests.privacy.attacks.test_registration import _delegate
from tests.record.case_file.workplace_agreements.test_workplace_agreements_api import _another_workplace
from tests.record.everyday.work_diary.test_work_diary_api import PATH, Place

from walmu_api.access.guard import GuardedRoute
from walmu_api.access.resource import SEES
from walmu_api.access.scopes import ROLES

ASSESSMENT = {
    "form": "workplace_short",
    "authors": [{"family_name": "Ohjaaja", "given_names": "Olli"}],
    "items": [{"key": "overall", "rating": 4}, {"key": "support_needed", "text": "Ei erityistä."}],
}


async def _posts(world: TenantFixture, place: Place) -> list[tuple[str, Any]]:
    """What a workplace sends under a key: a report, an assessment, a day recorded in error."""
    day = f"/v1/agreements/{place.agreement['id']}/attendance/{world.day(3)}"
    assert (await world.workplace.put(day, {"status": "present"})).status_code == 201
    return [
        (PATH, place.report()),
        ("/v1/assessments", ASSESSMENT | {"agreement_id": place.agreement["id"]}),
        (f"{day}/void", {"reason": "Väärä päivä"}),
    ]


async def _sent(by: ApiClient, posts: list[tuple[str, Any]]) -> list[httpx.Response]:
    return [await by.post(path, data, Idempotency_Key=f"key-{at}") for at, (path, data) in enumerate(posts)]


@pytest.mark.parametrize("end", ["moved", "ended"])
async def test_what_a_workplace_sent_is_not_given_back_when_the_record_is_its_own_no_more(
    world: TenantFixture, end: str
) -> None:
    """Tried: a retry after the agreement moved or was over for long, while another agreement of the same client
    goes on at the workplace: only the client was asked for."""
    place = await Place.of(world)
    relationship = (await world.organiser.get(f"/v1/service-relationships/{place.relationship}")).json()
    other = await world.agreement(
        relationship, await world.decision(relationship), place=place.agreement["place"]
    )
    assert other["client_id"] == place.agreement["client_id"]
    posts = await _posts(world, place)
    first = await _sent(world.workplace, posts)
    assert [each.status_code for each in first] == [201, 201, 200], [each.text for each in first]
    again = await _sent(world.workplace, posts)
    assert [(each.status_code, each.content) for each in again] == [
        (each.status_code, each.content) for each in first
    ]
    if end == "moved":
        await _move(world, place.agreement["id"], await _another_workplace(world))
    else:
        await world.owner.execute(
            "update agreements set starts_on = $2::text::date, ends_on = $3::text::date where id = $1::text::uuid",
            place.agreement["id"],
            world.day(150),
            world.day(70),
        )
    for answer in await _sent(world.workplace, posts):
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), answer.text
        assert place.agreement["client_id"] not in answer.text


async def test_a_registration_is_not_given_back_after_the_delegation_was_taken_back(
    world: TenantFixture,
) -> None:
    """Tried: the provider's registration of a workplace's system once more under its key."""
    workplace = str(world.workplace.organisation_id)
    await _delegate(world, 1, workplace)
    sent = entry(workplace, "workplace")
    first, again = [await world.provider_a.post(SYSTEMS, sent, Idempotency_Key="k") for _ in range(2)]
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    await _delegate(world, 2)
    refused = await world.provider_a.post(SYSTEMS, sent, Idempotency_Key="k")
    assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
    assert first.json()["id"] not in refused.text


def test_every_answer_that_may_be_kept_for_a_provider_or_workplace_can_be_asked_for(app: FastAPI) -> None:
    routes = [each for each in app.routes if isinstance(each, GuardedRoute)]
    narrowed = ROLES["provider"] | ROLES["workplace"]
    retried = {each.name: each.shows for each in routes if each._retry and each._right.scope in narrowed}
    assert len(retried) > 15
    assert {name for name, model in retried.items() if model not in SEES} == set()
