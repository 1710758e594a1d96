"""Agreements over HTTP."""

from typing import Any

from tests.conftest import World

from walmu_api.record.agreements.schemas import AgreementEntry


def entered(agreement: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in agreement.items() if name in AgreementEntry.model_fields}


async def test_the_same_draft_again_is_the_agreement_that_is_there(world: World) -> None:
    agreement = await world.signed_agreement(sign=False)
    again = await world.provider_a.post("/v1/agreements", entered(agreement))
    assert (again.status_code, again.json()["id"]) == (200, agreement["id"])
    other = await world.provider_a.post("/v1/agreements", entered(agreement) | {"absence_reporting": "Soita."})
    assert (other.status_code, other.json()["code"]) == (409, "duplicate-source")


async def test_an_agreement_is_replaced_under_if_match_only(world: World) -> None:
    agreement = await world.signed_agreement(sign=False)
    path, entry = f"/v1/agreements/{agreement['id']}", entered(agreement)
    assert (await world.provider_a.put(path, entry)).headers["etag"] == '"1"'
    changed = entry | {"tasks_and_goals": "Kaluste kuntoon"}
    assert (await world.provider_a.put(path, changed)).status_code == 428
    answer = await world.provider_a.put(path, changed, If_Match='"1"')
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"'), answer.text
    assert answer.json()["tasks_and_goals"] == "Kaluste kuntoon"
