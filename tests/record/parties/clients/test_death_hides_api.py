"""From the day on which a death is recorded nobody but the organiser is told how the client was reached, by any way."""

from typing import Any

import pytest
from tests.adapters.national.test_frozen_documents import CONTACT as IN_DOCUMENT
from tests.adapters.national.test_frozen_documents import GUARDIAN, path_of, read, signed
from tests.conftest import TenantFixture
from tests.record.parties.clients.test_death_api import dies, lives, put_client, served

__all__ = ["served"]


async def test_how_the_client_was_reached_is_the_organisers_from_then_on(
    world: TenantFixture, served: dict[str, Any]
) -> None:
    client = f"/v1/clients/{served['client']}"
    ways = (client, f"{client}/versions", "/v1/clients", "/v1/service-relationships?include=client")
    words = ("5550101", "5550102", "eeva@example", "Salakuja", "PL 31")
    feed = (await world.provider_a.get("/v1/changes?limit=500")).json()["next"]
    first = (await world.provider_a.get(client)).text
    assert all(word in first for word in words)
    await dies(world, served["client"], 0)  # on the very day
    for way in (*ways, feed, "/v1/changes?limit=500"):
        answer = await world.provider_a.get(way)
        assert answer.status_code in {200, 422}, (way, answer.text)
        assert not [word for word in words if word in answer.text], way
    whole = (await world.organiser.get(client)).text
    assert all(word in whole for word in words)
    await lives(world, served["client"])
    again = (await world.provider_a.get(client)).text
    assert all(word in again for word in words)


async def test_documents_given_out_before_hide_it_too(world: TenantFixture) -> None:
    client, agreement = await signed(world, other_parties=[GUARDIAN])
    before = await read(world.provider_a, path_of(agreement))
    hidden = [*IN_DOCUMENT.values(), GUARDIAN["phone"]]
    assert [each for each in hidden if each not in before.text] == []
    await dies(world, client["id"], 1)
    for path in (path_of(agreement), f"/v1/documents/{before.json()['envelope']['document_id']}"):
        after = await read(world.provider_a, path)
        assert [each for each in hidden if each in after.text] == []
        assert after.json()["extract"] is True
        assert (await read(world.organiser, path)).content == before.content
    await lives(world, client["id"])
    assert (await read(world.provider_a, path_of(agreement))).content == before.content


@pytest.mark.parametrize(("died_on", "until"), [("2025-06-10", "2027-06-10"), ("2024-02-29", "2026-02-28")])
async def test_basic_data_are_kept_for_two_years_from_death(
    world: TenantFixture, died_on: str, until: str
) -> None:
    """703/2023, annex."""
    client = await world.client()
    path = f"/v1/documents?client_id={client['id']}"
    rule = {"years": 2, "counts_from": "death_of_client", "source": "703/2023 liite"}
    assert (await world.organiser.get(path)).json()["items"][0]["retention"] == rule
    answer = await put_client(world, client["id"], died_on=died_on)
    assert answer.status_code == 200, answer.text
    assert (await world.organiser.get(path)).json()["items"][0]["retention"] == rule | {"until": until}


async def test_a_workplace_reports_the_last_days_and_is_told_of_no_death(world: TenantFixture) -> None:
    client = await world.client(contact={"phone": "040 5550104"})
    relationship = await world.relationship(client["id"])
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.agreement(relationship, await world.decision(relationship), place=place)
    annex, days = (
        f"/v1/workplace-agreements/{agreement['id']}",
        f"/v1/agreements/{agreement['id']}/attendance",
    )
    assert (await world.workplace.get(annex)).status_code == 200
    feed = (await world.workplace.get("/v1/changes?limit=500")).json()["next"]
    await dies(world, client["id"], 3)
    assert (await world.workplace.get(annex)).status_code == 404, "the agreement is over"
    last = await world.workplace.put(f"{days}/{world.day(3)}", {"status": "present", "actual_minutes": 60})
    assert last.status_code == 201, last.text
    confirmed = await world.provider_a.post(
        f"{days}/{world.day(3)}/confirm", {}, If_Match=last.headers["ETag"]
    )
    assert confirmed.status_code == 200, confirmed.text
    late = await world.workplace.put(f"{days}/{world.day(2)}", {"status": "absent"})
    assert [error["code"] for error in late.json()["errors"]] == ["day-outside-agreement"]
    answers = [late, await world.workplace.get(feed), await world.workplace.get("/v1/attendance")]
    assert not [
        word for each in answers for word in ("died", "death", "kuol", "5550104") if word in each.text
    ]
    assert (await world.workplace.get(f"/v1/clients/{client['id']}")).status_code in {403, 404}
