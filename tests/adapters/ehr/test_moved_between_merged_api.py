"""Decisions that move, and clients who are merged and parted: each decision is of whom the record system names last."""

import asyncio
from typing import Any

import pytest
from tests.adapters.ehr.conftest import PERSONAL, Exchange
from tests.adapters.ehr.test_moved_decisions_api import conflicts, read, say, settle, summary
from tests.conftest import identity_code
from tests.record.parties.clients.test_codes_over_time_api import coded
from tests.record.parties.clients.test_merging_api import merge, unmerge

pytestmark = pytest.mark.enable_socket


def who(code: str, **more: Any) -> dict[str, Any]:
    return {"identity": {"system": PERSONAL, "value": code}} | more


async def of_theirs(exchange: Exchange, theirs: dict[str, Any]) -> dict[str, Any]:
    (filed,) = [one for one in await exchange.received() if one["ehr"]["id"] == theirs["id"]]
    return filed


async def pair(exchange: Exchange) -> tuple[list[str], list[dict[str, Any]]]:
    """Two clients with a code each, both served by the first provider."""
    codes = [identity_code(), identity_code()]
    clients = [{"client": await exchange.world.client(**coded(code))} for code in codes]
    for each in clients:
        each["relationship"] = await exchange.world.relationship(each["client"]["id"])
    return codes, clients


async def amended(exchange: Exchange, theirs: dict[str, Any], **words: Any) -> dict[str, Any]:
    await exchange.theirs.act("amend", id=theirs["id"], **words)
    await exchange.take_in()
    return await of_theirs(exchange, theirs)


async def agreed(exchange: Exchange, theirs: dict[str, Any]) -> dict[str, Any]:
    """An agreement on this decision, with a day."""
    world, filed = exchange.world, await of_theirs(exchange, theirs)
    path = f"/v1/service-relationships/{filed['service_relationship_id']}"
    relationship = (await world.organiser.get(path)).json()
    any_day = {"type": "flexible"}
    agreement = await world.agreement(relationship, filed["id"], starts_on=world.day(50), schedule=any_day)
    assert (await say(exchange, agreement, 2)).status_code == 201
    return agreement


@pytest.mark.parametrize("moves", ["from another", "from the one", "to the one"])
async def test_what_moved_to_one_of_two_while_they_were_one_is_its_own_after_parting(
    exchange: Exchange, moves: str
) -> None:
    codes, (a, b) = await pair(exchange)
    code, owner = (codes[1], b) if moves == "from the one" else (codes[0], a)
    before = {"from another": {}, "from the one": who(codes[0]), "to the one": who(codes[1])}[moves]
    theirs = await exchange.decided(**before)
    assert (await merge(exchange.world, a, b)).status_code == 200
    assert (await amended(exchange, theirs, **who(code)))["client_id"] == b["client"]["id"]
    assert (await unmerge(exchange.world, a)).status_code == 200
    after = await of_theirs(exchange, theirs)
    assert after["client_id"] == owner["client"]["id"]
    path = f"/v1/service-relationships/{after['service_relationship_id']}"
    relationship = (await exchange.world.organiser.get(path)).json()
    assert relationship["client_id"] == after["client_id"]


async def test_a_decision_that_says_the_person_as_before_stays_with_its_relationship(
    exchange: Exchange,
) -> None:
    """Made while both were one, for the one whom its provider serves; amended in days alone."""
    codes = [identity_code(), identity_code()]
    a, b = [{"client": await exchange.world.client(**coded(code))} for code in codes]
    await exchange.world.relationship(a["client"]["id"])
    assert (await merge(exchange.world, a, b)).status_code == 200
    theirs = await exchange.decided(**who(codes[1]))
    agreement = await agreed(exchange, theirs)
    assert (await amended(exchange, theirs, days_per_week=2))["days_per_week"] == 2
    assert (await unmerge(exchange.world, a)).status_code == 200
    assert (await of_theirs(exchange, theirs))["client_id"] == a["client"]["id"]
    assert (await summary(exchange, agreement))[1] == 1


@pytest.mark.parametrize("verdict", ["ours", "theirs"])
async def test_a_conflict_between_two_who_turn_out_to_be_one_says_so(
    exchange: Exchange, verdict: str
) -> None:
    codes, (a, b) = await pair(exchange)
    theirs = await exchange.decided(**who(codes[0]))
    agreement = await agreed(exchange, theirs)
    await amended(exchange, theirs, **who(codes[1]))
    (conflict,) = await conflicts(exchange)
    assert (await merge(exchange.world, a, b)).status_code == 200
    (same,) = await conflicts(exchange)
    stays = {"client_id": b["client"]["id"], "provider_id": agreement["provider_id"]}
    assert (same["ours"], same["theirs"]) == (stays, stays)
    settled = await settle(exchange, conflict, verdict)
    assert settled["state"] == "settled"
    assert "hold" not in await read(exchange, agreement)
    assert (await summary(exchange, agreement))[1] == 1
    assert (await unmerge(exchange.world, a)).status_code == 200
    owner = {"ours": a, "theirs": b}[verdict]
    assert (await of_theirs(exchange, theirs))["client_id"] == owner["client"]["id"]
    assert (await summary(exchange, agreement))[1] == {"ours": 1, "theirs": 0}[verdict]


async def test_a_conflict_over_one_person_ends_when_the_record_system_says_it_again(
    exchange: Exchange,
) -> None:
    codes, (a, b) = await pair(exchange)
    theirs = await exchange.decided(**who(codes[0]))
    agreement = await agreed(exchange, theirs)
    await amended(exchange, theirs, **who(codes[1]))
    assert len(await conflicts(exchange)) == 1
    assert (await merge(exchange.world, a, b)).status_code == 200
    assert (await amended(exchange, theirs, days_per_week=2))["days_per_week"] == 2
    (settled,) = await conflicts(exchange, "settled")
    assert settled["resolution"] == "withdrawn"
    assert "hold" not in await read(exchange, agreement)


async def test_a_conflict_names_the_client_under_whom_its_parties_are_read(exchange: Exchange) -> None:
    codes, (a, b) = await pair(exchange)
    c, d = [{"client": await exchange.world.client()} for _ in range(2)]
    theirs = await exchange.decided(**who(codes[0]))
    await agreed(exchange, theirs)
    await amended(exchange, theirs, **who(codes[1]))
    (before,) = await conflicts(exchange)
    for one, into in ((b, c), (a, d)):
        assert (await merge(exchange.world, one, into)).status_code == 200
    (conflict,) = await conflicts(exchange)
    assert [conflict[side]["client_id"] for side in ("ours", "theirs")] == [
        d["client"]["id"],
        c["client"]["id"],
    ]
    log = await exchange.world.use_log(operation="listEhrConflicts")
    assert {d["client"]["id"], c["client"]["id"]} == {str(each) for each in log[-1]["client_ids"]}
    for one in (a, b):
        assert (await unmerge(exchange.world, one)).status_code == 200
    assert await conflicts(exchange) == [before]


async def test_a_decision_comes_while_its_client_is_merged(exchange: Exchange) -> None:
    """With protection: the intake has the client and wants to record the decision, the merge has the record and wants the
    client."""
    for _ in range(4):
        codes, (a, b) = await pair(exchange)
        of_one = who(codes[0], client_id=a["client"]["id"], turvakielto=True)
        theirs = await exchange.decided_over_there(**of_one)
        assert await exchange.intake.poll(again=False) is None
        _, merged = await asyncio.gather(exchange.intake.apply(), merge(exchange.world, a, b))
        assert merged.status_code in {200, 412}, merged.text
        if merged.status_code == 412:  # protected meanwhile, in a version of its own
            assert (await merge(exchange.world, a, b)).status_code == 200
        assert (await of_theirs(exchange, theirs))["client_id"] == b["client"]["id"]
