"""The work list of justifications, for the provider that has to give them and the organiser that reviews them."""

from typing import Any

import pytest
from tests.conftest import TenantFixture


async def absence(world: TenantFixture, agreement: dict[str, Any], ago: int, **entry: Any) -> str:
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(ago)}"
    answer = await world.provider_a.put(path, {"status": "absent"} | entry)
    assert answer.status_code == 201, answer.text
    return path


async def justify(world: TenantFixture, path: str, reason: str = "own_illness") -> dict[str, Any]:
    why = {"reason": reason, "given_by": "client", "given_on": world.day(1)}
    answer = await world.provider_a.put(f"{path}/justification", why)
    assert answer.status_code in {200, 201}, answer.text
    data: dict[str, Any] = answer.json()
    return data


async def states(world: TenantFixture, query: str = "") -> list[tuple[str, str]]:
    items = await world.pages(world.organiser, f"/v1/justifications?limit=2{query}")
    return [(item["date"], item["state"]) for item in items]


async def test_an_absence_goes_through_its_states_and_leaves_the_list_when_accepted(
    world: TenantFixture,
) -> None:
    agreement = await world.signed_agreement()
    path, day = await absence(world, agreement, 3), world.day(3)
    assert await states(world) == [(day, "missing")]
    given = await justify(world, path)
    (item,) = (await world.provider_a.get("/v1/justifications")).json()["items"]
    assert item == {
        "agreement_id": agreement["id"],
        "client_id": agreement["client_id"],
        "date": day,
        "status": "absent",
        "absence_reason": "unknown",
        "state": "given",
        "id": given["id"],
        "reason": "own_illness",
        "given_on": world.day(1),
    }
    rejection = {"decision": "rejected", "reason": "Todistus puuttuu"}
    assert (await world.organiser.post(f"{path}/justification/review", rejection)).status_code == 200
    (item,) = (await world.provider_a.get("/v1/justifications?state=rejected")).json()["items"]
    assert item["review"] == rejection | {"reviewed_on": world.day(0)}
    assert (
        await world.organiser.post(f"{path}/justification/review", {"decision": "accepted"})
    ).status_code == 200
    assert await states(world) == []


async def test_only_absences_and_part_days_with_a_reason_are_in_it(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    await absence(world, agreement, 9, status="present")
    await absence(world, agreement, 8, status="partial")
    await absence(world, agreement, 7, status="partial", absence_reason="healthcare_or_therapy")
    await absence(world, agreement, 6, status="not_arranged")
    await absence(world, agreement, 5, status="rescheduled")
    await absence(world, agreement, 4)
    voided = await absence(world, agreement, 3)
    assert (await world.provider_a.post(f"{voided}/void", {"reason": "Virhe"})).status_code == 200
    assert await states(world) == [(world.day(7), "missing"), (world.day(4), "missing")]
    assert await states(world, "&reason=unknown") == [(world.day(4), "missing")]


async def test_it_is_narrowed_by_client_provider_days_and_state(world: TenantFixture) -> None:
    first, second = await world.signed_agreement(), await world.signed_agreement()
    for ago in (9, 5, 2):
        await absence(world, first, ago)
    path = await absence(world, second, 4)
    await justify(world, path)
    everything = [
        (world.day(9), "missing"),
        (world.day(5), "missing"),
        (world.day(2), "missing"),
        (world.day(4), "given"),
    ]
    assert sorted(await states(world)) == sorted(everything)
    assert await states(world, "&state=given") == [(world.day(4), "given")]
    assert await states(world, f"&client_id={second['client_id']}") == [(world.day(4), "given")]
    assert await states(world, f"&from={world.day(5)}&to={world.day(3)}&state=missing") == [
        (world.day(5), "missing")
    ]
    assert await states(world, f"&provider_id={world.provider_b.organisation_id}") == []
    assert len(await states(world, f"&provider_id={world.provider_a.organisation_id}")) == 4
    assert (await world.provider_b.get("/v1/justifications")).json()["items"] == []
    assert len(await world.pages(world.ehr, "/v1/justifications?limit=1")) == 4


@pytest.mark.parametrize(
    ("query", "code"),
    [("from=2026-03-01&to=2026-02-01", "out-of-order"), ("state=accepted", "invalid-value")],
)
async def test_what_makes_no_sense_is_told(world: TenantFixture, query: str, code: str) -> None:
    answer = await world.organiser.get(f"/v1/justifications?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code), answer.text
