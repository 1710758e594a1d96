"""Findings that name a legal basis, an insurance or a decision are not given to a workplace, whichever way a finding takes."""

import re
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from tests.conftest import TenantFixture

NAMED = re.compile(
    r"decision|päätö|beslut|insur|vakuut|försäkr|legal|basis|oikeusperust|rättslig|lag\b|\blak|\d{3,4}/\d{4}|organiser|järjestäj|anordnar",
    re.IGNORECASE,
)
"""Words of the three in the languages of the service, and who may be asked for a decision."""
PRESENT = {"status": "present"}


async def at_the_workplace(world: TenantFixture) -> dict[str, Any]:
    """An agreement at the workplace, of a legal basis that wants an insurance, which is not told; its decision was
    revoked ten days ago, and that is known since today."""
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship, ehr_id="e-1")
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.agreement(relationship, decision, place=place, schedule={"type": "flexible"})
    revoked = world.today - timedelta(days=10)
    await world.receive(relationship, ehr_id="e-1", version=2, status="revoked", revoked_on=revoked)
    return agreement


def day(agreement: dict[str, Any], on: str) -> str:
    return f"/v1/agreements/{agreement['id']}/attendance/{on}"


def words_of(answer: Response) -> str:
    return answer.text + str({k: v for k, v in answer.headers.items() if k in {"walmu-warnings", "link"}})


async def test_the_findings_of_an_agreement_are_not_for_a_workplace(world: TenantFixture) -> None:
    path = f"/v1/agreements/{(await at_the_workplace(world))['id']}/findings"
    of_provider = (await world.provider_a.get(path)).json()["items"]
    assert [item["code"] for item in of_provider] == ["insurance-not-told"]
    answer = await world.workplace.get(path)
    assert answer.status_code == 403
    assert not NAMED.search(words_of(answer)), words_of(answer)


async def test_a_warning_that_names_the_decision_is_for_the_provider(world: TenantFixture) -> None:
    agreement = await at_the_workplace(world)
    answer = await world.workplace.put(day(agreement, world.day(5)), PRESENT)
    assert (answer.status_code, answer.headers.get("walmu-warnings")) == (201, None)
    absent = await world.workplace.put(day(agreement, world.day(4)), {"status": "absent"})
    assert (absent.status_code, absent.headers["walmu-warnings"]) == (201, "reason-missing")
    answer = await world.provider_a.put(day(agreement, world.day(3)), PRESENT)
    assert answer.headers["walmu-warnings"] == "revocation-not-yet-known"


@pytest.mark.parametrize("language", ["en", "fi", "sv", "fi-x-selko"])
async def test_a_refusal_sends_the_workplace_to_its_provider(world: TenantFixture, language: str) -> None:
    agreement = await at_the_workplace(world)
    path = day(agreement, world.day(0))
    assert (await world.provider_a.put(path, PRESENT)).json()["code"] == "decision-not-in-force"
    answer = await world.workplace.put(path, PRESENT, Accept_Language=language)
    assert (answer.status_code, answer.json()["code"]) == (422, "ask-provider")
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/date", "ask-provider")
    ]
    assert not NAMED.search(words_of(answer)), words_of(answer)


@pytest.mark.parametrize("mode", ["", "?mode=atomic", "?dry_run=true"])
async def test_so_do_the_outcomes_of_a_batch_and_their_causes(world: TenantFixture, mode: str) -> None:
    agreement = await at_the_workplace(world)
    lines = [{"agreement_id": agreement["id"], "date": world.day(ago)} | PRESENT for ago in (0, 1, 5, 11)]
    # yesterday as today: the revocation is known, when it is known for the day
    path = f"/v1/attendance-batches{mode}"
    for accept in ("application/json", "application/x-ndjson"):
        answer = await world.workplace.post(path, {"items": lines}, Accept=accept)
        assert answer.status_code == (422 if "atomic" in mode else 200), answer.text
        assert not NAMED.search(words_of(answer)), words_of(answer)
        assert '"ask-provider"' in answer.text
    answer = await world.workplace.post(path, {"items": lines})
    codes = [[p["code"] for p in o["problems"]] for o in answer.json()["outcomes"]]
    assert codes == [["ask-provider"], [], [], []]
    assert [(each["code"], each["count"]) for each in answer.json()["causes"]] == [("ask-provider", 1)]
    answer = await world.provider_a.post("/v1/attendance-batches?dry_run=true", {"items": lines[:1]})
    assert [each["code"] for each in answer.json()["causes"]] == ["decision-not-in-force"]


async def test_what_names_none_of_them_is_told_as_before(world: TenantFixture) -> None:
    agreement = await at_the_workplace(world)
    outside = await world.workplace.put(day(agreement, "2020-01-02"), PRESENT)
    assert (outside.status_code, outside.json()["code"]) == (422, "day-outside-agreement")
