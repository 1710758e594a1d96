"""A draft on its way to the caseworker: never twice there, and its fate never lost."""

import pytest
from tests.adapters.ehr.conftest import Exchange

from walmu_api.adapters.ehr.delivery import Delivery
from walmu_api.adapters.ehr.port import Done, Failed, Outcome

pytestmark = pytest.mark.enable_socket

LOST = {"method": "POST", "path": "/decision_proposals", "kind": "drop_response"}
INTENTS = "select version, state from ehr_intents where target_id = $1 order by at, id"


async def test_a_draft_is_proposed_decided_and_comes_back(exchange: Exchange) -> None:
    draft = await exchange.draft(days_per_week=3, work_allowance_per_day="6.00", place="Kotola")
    await exchange.send_out()
    data = await exchange.decision(draft["id"])
    assert (data["status"], data["draft_state"]) == ("draft", "submitted")
    await exchange.theirs.act("decide", external_id=draft["id"])
    await exchange.take_in()
    decided = await exchange.decision(draft["id"])
    assert decided["status"] == "decided"
    assert "draft_state" not in decided
    stored = (
        "days_per_week",
        "work_allowance_per_day",
        "place",
        "legal_bases",
        "service_kind",
        "valid_from",
        "valid_to",
    )
    assert {name: decided[name] for name in stored} == {name: draft[name] for name in stored}
    assert await exchange.theirs.count(draft["id"]) == {"decision": 1, "decision_proposal": 1}
    seen = await exchange.world.provider_a.get(f"/v1/decisions/{draft['id']}")
    assert seen.status_code == 200


@pytest.mark.parametrize("kind", ["drop_response", "invalid_json", "empty"])
async def test_an_answer_that_does_not_arrive_is_verified_and_nothing_is_sent_twice(
    exchange: Exchange, kind: str
) -> None:
    draft = await exchange.draft()
    await exchange.theirs.faults(LOST | {"kind": kind})
    await exchange.send_out()
    assert (await exchange.delivery_of(draft["id"]))["state"] == "unknown"
    assert await exchange.rows(INTENTS) == [{"version": 1, "state": "in_flight"}]
    await exchange.due_now()
    await exchange.send_out()
    assert (await exchange.delivery_of(draft["id"]))["state"] == "confirmed"
    assert await exchange.rows(INTENTS) == [{"version": 1, "state": "done"}]
    assert await exchange.theirs.count(draft["id"]) == {"decision_proposal": 1}
    assert await exchange.theirs.calls("POST", "/decision_proposals") == 1


async def test_what_was_not_done_is_sent_after_it_was_looked_for(exchange: Exchange) -> None:
    draft = await exchange.draft()
    await exchange.theirs.faults(LOST | {"kind": "status", "status": 502})
    await exchange.send_out()
    assert (await exchange.delivery_of(draft["id"]))["state"] == "unknown"
    await exchange.due_now()
    await exchange.send_out()
    assert [one["state"] for one in await exchange.rows(INTENTS)] == ["not_done", "done"]
    assert await exchange.theirs.count(draft["id"]) == {"decision_proposal": 1}


async def test_a_lookup_that_fails_leaves_the_intent_open(exchange: Exchange) -> None:
    draft = await exchange.draft()
    await exchange.theirs.faults(LOST, {"method": "GET", "path": "/decision_proposals", "kind": "status"})
    await exchange.send_out()
    await exchange.due_now()
    await exchange.send_out()
    assert (await exchange.delivery_of(draft["id"]))["state"] == "unknown"
    assert await exchange.theirs.calls("POST", "/decision_proposals") == 1
    await exchange.due_now()
    await exchange.send_out()
    assert (await exchange.delivery_of(draft["id"]))["state"] == "confirmed"
    assert await exchange.theirs.count(draft["id"]) == {"decision_proposal": 1}


async def test_decided_before_its_lost_answer_was_looked_for(exchange: Exchange) -> None:
    """The proposal is no longer waiting, but it is the one that was sent."""
    draft = await exchange.draft()
    await exchange.theirs.faults(LOST)
    await exchange.send_out()
    await exchange.theirs.act("decide", external_id=draft["id"])
    await exchange.due_now()
    await exchange.send_out()
    await exchange.take_in()
    await exchange.send_out()
    assert await exchange.theirs.count(draft["id"]) == {"decision": 1, "decision_proposal": 1}
    assert (await exchange.decision(draft["id"]))["status"] == "decided"
    assert [one["state"] for one in await exchange.rows(INTENTS)] == ["done"]


async def test_taken_in_before_its_lost_answer_was_looked_for(exchange: Exchange) -> None:
    draft = await exchange.draft()
    await exchange.theirs.faults(LOST)
    await exchange.send_out()
    await exchange.theirs.act("decide", external_id=draft["id"])
    await exchange.take_in()
    await exchange.due_now()
    await exchange.send_out()
    assert (await exchange.delivery_of(draft["id"]))["state"] == "superseded"
    assert [one["state"] for one in await exchange.rows(INTENTS)] == ["done"]


async def test_refused_before_its_lost_answer_was_looked_for(exchange: Exchange) -> None:
    draft = await exchange.draft()
    await exchange.theirs.faults(LOST)
    await exchange.send_out()
    await exchange.theirs.act("refuse", external_id=draft["id"], reason="Ei puollettu")
    await exchange.take_in()
    await exchange.due_now()
    await exchange.send_out()
    data = await exchange.decision(draft["id"])
    assert (data["draft_state"], data["draft_reason"]) == ("refused", "Ei puollettu")
    assert await exchange.theirs.count(draft["id"]) == {"decision_proposal": 1}


async def test_an_edited_draft_replaces_what_waits(exchange: Exchange) -> None:
    draft = await exchange.draft()
    await exchange.send_out()
    await exchange.edit(draft, place="Verstas")
    await exchange.send_out()
    (waiting,) = await exchange.theirs.items("proposals")
    assert waiting["place"] == "Verstas"
    assert (await exchange.decision(draft["id"]))["draft_state"] == "submitted"


async def test_edited_while_it_is_in_flight(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = await exchange.draft()
    original = exchange.system.submit_draft

    async def meanwhile(data: object) -> Outcome[str]:
        await exchange.edit(draft, place="Verstas")
        await exchange.planned()
        return await original(data)  # type: ignore[arg-type]

    monkeypatch.setattr(exchange.system, "submit_draft", meanwhile)
    await exchange.send_out()
    (waiting,) = await exchange.theirs.items("proposals")
    assert waiting["place"] == "Verstas"


async def test_refused_in_flight_the_edited_one_is_still_tried(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first version is refused for good while a better one is being planned: the better one is sent."""
    draft = await exchange.draft()
    original = exchange.system.submit_draft

    async def meanwhile(data: object) -> Outcome[str]:
        if draft.pop("first", True):
            draft["first"] = False
            await exchange.edit(draft, place="Verstas")
            await exchange.planned()
        return await original(data)  # type: ignore[arg-type]

    await exchange.theirs.faults(LOST | {"kind": "status", "status": 422})
    monkeypatch.setattr(exchange.system, "submit_draft", meanwhile)
    await exchange.send_out()
    assert (await exchange.delivery_of(draft["id"]))["state"] == "confirmed"


async def test_decided_while_it_is_being_replaced(exchange: Exchange) -> None:
    """No second proposal for what was decided a moment ago: the decision is on its way in."""
    draft = await exchange.draft()
    await exchange.send_out()
    await exchange.theirs.act("decide", external_id=draft["id"])
    await exchange.edit(draft, place="Verstas")
    await exchange.send_out()
    assert (await exchange.delivery_of(draft["id"]))["state"] == "superseded"
    await exchange.take_in()
    assert await exchange.theirs.count(draft["id"]) == {"decision": 1, "decision_proposal": 1}
    assert (await exchange.decision(draft["id"]))["status"] == "decided"


async def test_refused_and_drafted_again(exchange: Exchange) -> None:
    draft = await exchange.draft()
    await exchange.send_out()
    await exchange.theirs.act("refuse", external_id=draft["id"], reason="Puutteellinen")
    await exchange.take_in()
    assert (await exchange.decision(draft["id"]))["draft_state"] == "refused"
    await exchange.send_out()
    assert await exchange.theirs.count(draft["id"]) == {"decision_proposal": 1}  # nothing new was said
    edited = await exchange.edit(draft, place="Verstas")
    assert "draft_state" not in edited
    await exchange.theirs.faults(LOST)
    await exchange.send_out()
    await exchange.due_now()
    await exchange.send_out()
    assert (await exchange.decision(draft["id"]))["draft_state"] == "submitted"
    assert await exchange.theirs.count(draft["id"]) == {"decision_proposal": 2}
    await exchange.theirs.act("decide", external_id=draft["id"])
    await exchange.take_in()
    assert (await exchange.decision(draft["id"]))["status"] == "decided"


async def test_a_refusal_that_overtakes_the_answer_stays(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caseworker refuses and the poll files it before the sender has noted that the draft arrived."""
    draft = await exchange.draft()
    original = exchange.system.submit_draft

    async def meanwhile(data: object) -> Outcome[str]:
        outcome = await original(data)  # type: ignore[arg-type]
        await exchange.theirs.act("refuse", external_id=draft["id"], reason="Heti")
        await exchange.take_in()
        return outcome

    monkeypatch.setattr(exchange.system, "submit_draft", meanwhile)
    await exchange.send_out()
    assert (await exchange.decision(draft["id"]))["draft_state"] == "refused"


async def test_a_late_refusal_of_an_earlier_proposal_is_stale(exchange: Exchange) -> None:
    draft = await exchange.draft()
    await exchange.send_out()
    await exchange.theirs.act("refuse", external_id=draft["id"])
    await exchange.edit(draft, place="Verstas")
    await exchange.send_out()
    assert (await exchange.delivery_of(draft["id"]))["state"] == "confirmed"
    await exchange.take_in()
    assert (await exchange.decision(draft["id"]))["draft_state"] == "submitted"


async def test_killed_between_intent_and_call(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = await exchange.draft()

    async def killed(_: object) -> Outcome[str]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(exchange.system, "submit_draft", killed)
        patch.setattr(Delivery, "_settle", _nothing)
        await exchange.planned()
        with pytest.raises(KeyboardInterrupt):
            await exchange.delivery.process_client_queue()
    await after_the_lease(exchange)
    assert [one["state"] for one in await exchange.rows(INTENTS)] == ["not_done", "done"]
    assert await exchange.theirs.count(draft["id"]) == {"decision_proposal": 1}


@pytest.mark.parametrize("last", ["submit_draft", "noted", "_settle"])
async def test_killed_after_the_call(exchange: Exchange, monkeypatch: pytest.MonkeyPatch, last: str) -> None:
    """Wherever the process dies after the proposal was made, it is not made again."""
    draft = await exchange.draft()
    original = exchange.system.submit_draft

    async def killed(data: object) -> Outcome[str]:
        await original(data)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    async def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Delivery, "_settle", die if last == "_settle" else _nothing)
        if last == "submit_draft":
            patch.setattr(exchange.system, "submit_draft", killed)
        elif last == "noted":
            patch.setattr("walmu_api.record.commitments.decisions.service.draft_fares", die)
        await exchange.planned()
        with pytest.raises(KeyboardInterrupt):
            await exchange.delivery.process_client_queue()
    await after_the_lease(exchange)
    assert await exchange.theirs.count(draft["id"]) == {"decision_proposal": 1}
    assert (await exchange.delivery_of(draft["id"]))["state"] == "confirmed"
    assert (await exchange.decision(draft["id"]))["draft_state"] == "submitted"
    assert {one["state"] for one in await exchange.rows(INTENTS)} == {"done"}


async def test_without_looking_it_would_be_there_twice(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: verification is what keeps it single."""
    draft = await exchange.draft()
    await exchange.theirs.faults(LOST)
    await exchange.send_out()

    async def blind(_: str) -> Done[None] | Failed:
        return Done(None)

    monkeypatch.setattr(exchange.system, "find_draft", blind)
    await exchange.due_now()
    await exchange.send_out()
    assert await exchange.theirs.count(draft["id"]) == {"decision_proposal": 2}


async def after_the_lease(exchange: Exchange) -> None:
    await exchange.world.owner.execute(
        "update ehr_lanes set leased_until = clock_timestamp() - interval '1 s' where target_id = $1",
        exchange.target.id,
    )
    await exchange.due_now()
    await exchange.send_out()


async def _nothing(*_: object) -> None:
    return None
