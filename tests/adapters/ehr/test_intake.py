"""What comes in: kept before it is understood, applied once and in order, and set aside with a reason when it cannot be."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json
from tests.adapters.ehr.conftest import PERSONAL, Exchange
from tests.conftest import identity_code

from walmu_api.adapters.ehr import intake
from walmu_api.adapters.ehr.port import Done, Failed, Notice, Notices, Outcome
from walmu_api.foundation.schema_types import Day

pytestmark = pytest.mark.enable_socket


async def only(exchange: Exchange) -> dict[str, Any]:
    (decision,) = await exchange.received()
    return decision


async def test_a_new_person_becomes_a_client_whom_the_provider_sees(exchange: Exchange) -> None:
    code = identity_code()
    start = (await exchange.world.provider_a.get("/v1/changes?limit=1000")).json()["next"]
    created = await exchange.decided(
        identity={"system": PERSONAL, "value": code},
        family_name="Uusi",
        days_per_week=3,
        work_allowance_per_day="6.00",
    )
    decision = await only(exchange)
    assert decision["ehr"] == {"target": "lifecare", "id": created["id"], "version": "1"}
    assert (decision["days_per_week"], decision["work_allowance_per_day"]) == (3, "6.00")
    client = (await exchange.world.provider_a.get(f"/v1/clients/{decision['client_id']}")).json()
    assert (client["family_name"], client["identity"]["value"]) == ("Uusi", code)
    relationship = await exchange.world.provider_a.get(
        f"/v1/service-relationships/{decision['service_relationship_id']}"
    )
    assert relationship.status_code == 200
    await asyncio.sleep(0.05)
    fed = (await exchange.world.provider_a.get(start)).json()["items"]
    assert ("decision", "created") in {(item["resource_type"], item["change"]) for item in fed}
    assert ("client", "access-granted") in {(item["resource_type"], item["change"]) for item in fed}


async def test_a_person_known_by_code_or_by_our_id_is_the_same_client(exchange: Exchange) -> None:
    client = await exchange.world.client()
    await exchange.decided(identity=client["identity"])
    await exchange.decided(client_id=client["id"], identity=None)
    assert {one["client_id"] for one in await exchange.received()} == {client["id"]}
    relationships = {one["service_relationship_id"] for one in await exchange.received()}
    assert len(relationships) == 1


async def test_what_is_read_twice_is_filed_once(exchange: Exchange) -> None:
    await exchange.decided()
    before = await only(exchange)
    await exchange.take_in(again=True)
    assert await only(exchange) == before
    assert len(await exchange.inbox()) == 1


async def test_the_overlap_finds_what_was_late(exchange: Exchange) -> None:
    """Something that became visible behind the position is found when the last window is read again."""
    created = await exchange.decided()
    await exchange.world.owner.execute("delete from ehr_inbox where target_id = $1", exchange.target.id)
    await exchange.take_in()
    assert await exchange.inbox() == []
    await exchange.take_in(again=True)
    assert [item["remote_id"] for item in await exchange.inbox(state="unchanged")] == [created["id"]]


async def test_amended_and_revoked(exchange: Exchange) -> None:
    created = await exchange.decided()
    await exchange.theirs.act("amend", id=created["id"], days_per_week=2)
    await exchange.take_in()
    amended = await only(exchange)
    assert (amended["days_per_week"], amended["ehr"]["version"], amended["version"]) == (2, "2", 2)
    day = exchange.world.today - timedelta(days=3)
    await exchange.theirs.act("revoke", id=created["id"], revoked_on=str(day))
    await exchange.take_in()
    revoked = await only(exchange)
    assert (revoked["status"], revoked["revoked_on"]) == ("revoked", str(day))
    (row,) = await exchange.rows(KNOWN_ON)
    assert row["revocation_known_on"] == exchange.world.today


KNOWN_ON = """
select revocation_known_on from decisions d join ehr_targets t on t.organiser_id = d.organiser_id where t.id = $1
"""


async def tell(exchange: Exchange, created: dict[str, Any], revision: int, **members: Any) -> None:
    """The record system tells of a decision again, in other words and with a version of the test's choice."""
    answer = await exchange.theirs.http.get(f"/lifecare/ec/api/v1/decisions/{created['id']}")
    content = to_json(answer.json() | {"Revision": revision} | members)
    await exchange.intake._keep(
        "decisions", Notices([Notice(created["id"], revision, content)], "2026-01-01T00:00:00.000000Z")
    )
    await exchange.intake.apply()


async def test_an_older_version_is_ignored(exchange: Exchange) -> None:
    created = await exchange.decided()
    await tell(exchange, created, 5, Day=2, DayType="week")
    await tell(exchange, created, 4, Day=4, DayType="week")
    assert (await only(exchange))["days_per_week"] == 2
    assert [item["version"] for item in await exchange.inbox(state="ignored_stale")] == [4]


async def test_revoked_taken_back_and_revoked_again(exchange: Exchange) -> None:
    """A revocation is known from the day it was told: an earlier one that was taken back does not count."""
    created = await exchange.decided()
    today = exchange.world.today
    await tell(exchange, created, 2, Status="Revoked", RevokedDate=f"{today}T00:00:00")
    await exchange.world.owner.execute(
        "update decisions set revocation_known_on = $2 where organiser_id = $1",
        exchange.target.organiser_id,
        today - timedelta(days=20),
    )
    await tell(exchange, created, 3)
    assert (await only(exchange))["status"] == "decided"
    await tell(exchange, created, 4, Status="Revoked", RevokedDate=f"{today - timedelta(days=10)}T00:00:00")
    (row,) = await exchange.rows(KNOWN_ON)
    assert row["revocation_known_on"] == today


async def test_a_revocation_moved_to_an_earlier_day_is_known_from_then(exchange: Exchange) -> None:
    created = await exchange.decided()
    today = exchange.world.today
    await tell(exchange, created, 2, Status="Revoked", RevokedDate=f"{today + timedelta(days=30)}T00:00:00")
    await exchange.world.owner.execute(
        "update decisions set revocation_known_on = $2 where organiser_id = $1",
        exchange.target.organiser_id,
        today - timedelta(days=20),
    )
    await tell(exchange, created, 3, Status="Revoked", RevokedDate=f"{today - timedelta(days=10)}T00:00:00")
    (row,) = await exchange.rows(KNOWN_ON)
    assert row["revocation_known_on"] == today


async def test_amended_to_another_provider_it_belongs_to_that_relationship(exchange: Exchange) -> None:
    created = await exchange.decided()
    before = await only(exchange)
    other = str(exchange.world.provider_b.organisation_id)
    await exchange.theirs.act("amend", id=created["id"], provider_id=other)
    await exchange.take_in()
    after = await only(exchange)
    assert after["provider_id"] == other
    assert after["service_relationship_id"] != before["service_relationship_id"]


async def test_entered_in_error_the_provider_is_told(exchange: Exchange) -> None:
    created = await exchange.decided()
    await asyncio.sleep(0.05)
    start = (await exchange.world.provider_a.get("/v1/changes?limit=1000")).json()["next"]
    await tell(exchange, created, 2, Deleted=True)
    await asyncio.sleep(0.05)
    fed = (await exchange.world.provider_a.get(start)).json()["items"]
    assert [(item["resource_type"], item["change"]) for item in fed] == [("decision", "voided")]


async def test_one_that_cannot_be_filed_is_set_aside_and_the_others_go_on(exchange: Exchange) -> None:
    theirs, provider = exchange.theirs, str(exchange.world.provider_a.organisation_id)

    async def create(**words: Any) -> str:
        person = {"identity": {"system": PERSONAL, "value": identity_code()}, "provider_id": provider}
        return str((await theirs.act("create", **person | words))["id"])

    unknown_provider = await create(provider_id=None, provider_business_id="1234567-1")
    unknown_client = await create(identity=None, client_id="0198c0de-0000-7000-8000-000000000000")
    odd_code = await create(service_kind="gardening")
    fine = await create()
    await exchange.take_in()
    assert [one["ehr"]["id"] for one in await exchange.received()] == [fine]
    reasons = {item["remote_id"]: item["reason"] for item in await exchange.inbox(state="quarantined")}
    assert reasons == {
        unknown_provider: "Provider is none of ours",
        unknown_client: "Person.ExternalId is no client of ours",
        odd_code: "invalid service_kind:literal_error",
    }
    target = (await exchange.world.organiser.get("/v1/ehr/targets")).json()["items"][0]
    assert target["quarantined"] == 3


def test_why_a_decision_is_set_aside_names_places_and_kinds_of_errors_and_no_value() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(dict[str, Day]).validate_json('{"valid_from": "kissa", "valid_to": 5}')
    assert intake._reason(caught.value) == "invalid valid_from:value_error valid_to:value_error"


async def test_a_code_that_belongs_to_another_client_is_not_filed(exchange: Exchange) -> None:
    """Our id says one client, the identity code another: nobody's record may get the decision."""
    one, other = await exchange.world.client(), await exchange.world.client()
    await exchange.decided(client_id=one["id"], identity=other["identity"])
    assert await exchange.received() == []
    assert {item["reason"] for item in await exchange.inbox(state="quarantined")} == {
        "Person.ExternalId and Person.PersonId are not the same client"
    }


async def test_one_without_a_readable_version_stops_nobody(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = [
        await exchange.theirs.act(
            "create",
            identity={"system": PERSONAL, "value": identity_code()},
            provider_id=str(exchange.world.provider_a.organisation_id),
        )
        for _ in range(4)
    ]
    original = exchange.system._call

    async def spoilt(method: str, path: str, **options: Any) -> Outcome[Any]:
        outcome = await original(method, path, **options)
        if path == "/decisions" and isinstance(outcome, Done):
            for item, revision in zip(outcome.value["Items"], (None, "two", 10**30), strict=False):
                item["Revision"] = revision
        return outcome

    monkeypatch.setattr(exchange.system, "_call", spoilt)
    await exchange.take_in()
    assert [one["ehr"]["id"] for one in await exchange.received()] == [created[3]["id"]]
    assert {item["reason"] for item in await exchange.inbox(state="quarantined")} == {
        "Revision is no version"
    }


async def test_a_race_that_was_lost_once_is_tried_again(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person is recorded through the API in the moment between looking and inserting."""
    from walmu_api.record.parties.clients import service as clients

    code = identity_code()
    original, calls = clients.create, 0

    async def meanwhile(*values: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:
            await exchange.world.client(identity={"system": PERSONAL, "value": code})
        return await original(*values)

    monkeypatch.setattr("walmu_api.adapters.ehr.persons.clients.create", meanwhile)
    await exchange.decided(identity={"system": PERSONAL, "value": code})
    assert await exchange.inbox(state="quarantined") == []
    assert len(await exchange.received()) == 1


async def test_the_position_moves_only_with_what_is_kept(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies while keeping: neither position nor item is there, and the next poll finds both."""

    def die(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("walmu_api.foundation.encryption.Keyring.encrypt", die)
        with pytest.raises(KeyboardInterrupt):
            await exchange.decided()
    assert (
        await exchange.rows("select 1 from ehr_cursors where target_id = $1 and stream = 'decisions'") == []
    )
    await exchange.take_in()
    assert len(await exchange.received()) == 1


async def test_a_refusal_is_told_in_our_words(exchange: Exchange) -> None:
    """Whatever the caseworker typed, the draft can be read afterwards, and holds no identity code."""
    draft = await exchange.draft()
    await exchange.send_out()
    code = identity_code()
    await exchange.theirs.act(
        "refuse",
        external_id=draft["id"],
        reason=f"Ei puollettu.\n\nAsiakas {code} muuttaa.\t" + "Pitkä. " * 60,
    )
    await exchange.take_in()
    reason = (await exchange.decision(draft["id"]))["draft_reason"]
    assert reason.startswith("Ei puollettu. Asiakas [identity code] muuttaa. Pitkä.")
    assert len(reason) <= 200


async def test_a_decision_that_answers_somebody_elses_draft_is_filed_by_itself(exchange: Exchange) -> None:
    draft = await exchange.draft()
    await exchange.decided(external_id=draft["id"])
    await exchange.decided(external_id="of-another-system")
    assert (await exchange.decision(draft["id"]))["status"] == "draft"
    assert len(await exchange.received()) == 3


async def test_nothing_personal_is_kept_in_clear(exchange: Exchange) -> None:
    code = identity_code()
    await exchange.decided(identity={"system": PERSONAL, "value": code}, provider_id="nobody")
    (item,) = await exchange.inbox(state="quarantined")
    assert code not in str(item)
    for table in ("ehr_inbox", "ehr_deliveries", "ehr_intents", "ehr_cursors"):
        for row in await exchange.rows(f"select * from {table} where target_id = $1"):
            assert code not in str(row)


async def test_a_poll_that_fails_keeps_its_position(exchange: Exchange) -> None:
    await exchange.decided()
    before = await exchange.rows(
        "select stream, position from ehr_cursors where target_id = $1 order by stream"
    )
    await exchange.theirs.faults({"kind": "html_login", "method": "GET"})
    failed = await exchange.intake.poll(again=False)
    assert isinstance(failed, Failed)
    assert (
        await exchange.rows("select stream, position from ehr_cursors where target_id = $1 order by stream")
        == before
    )


async def test_non_disclosure_told_for_a_known_client_holds_and_is_never_lifted_by_a_message(
    exchange: Exchange,
) -> None:
    client = await exchange.world.client(contact={"municipality": "Esimerkkilä"})
    path = f"/v1/clients/{client['id']}"
    await exchange.decided(identity=client["identity"], turvakielto=True)
    assert (await exchange.world.organiser.get(path)).json()["turvakielto"] is True
    assert "contact" not in (await exchange.world.provider_a.get(path)).json()
    await exchange.decided(identity=client["identity"], turvakielto=False)
    assert (await exchange.world.organiser.get(path)).json()["turvakielto"] is True


async def test_a_death_told_by_the_record_system_ends_the_service_and_is_never_taken_back_by_a_message(
    exchange: Exchange,
) -> None:
    world = exchange.world
    client = await world.client(contact={"phone": "040 5550109"})
    relationship = await world.relationship(client["id"])
    path, service = f"/v1/clients/{client['id']}", f"/v1/service-relationships/{relationship['id']}"
    who = {"identity": client["identity"], "valid_from": world.day(100)}
    await exchange.decided(**who, died_on=world.day(3), emigrated_on=world.day(200))
    now = (await world.organiser.get(path)).json()
    assert (now["died_on"], now["emigrated_on"]) == (world.day(3), world.day(200))
    assert "contact" not in (await world.provider_a.get(path)).json()
    assert (await world.organiser.get(service)).json()["ends_on"] == world.day(3)
    version = now["version"]
    await exchange.decided(**who)
    await exchange.decided(**who, died_on=world.day(3))
    now = (await world.organiser.get(path)).json()
    assert (now["died_on"], now["version"]) == (world.day(3), version)
    await exchange.decided(**who, died_on=world.day(5))
    assert (await world.organiser.get(service)).json()["ends_on"] == world.day(5), "corrected"


@pytest.mark.parametrize("day", [-1, 60_000])
async def test_a_death_that_cannot_be_is_set_aside(exchange: Exchange, day: int) -> None:
    client = await exchange.world.client()
    await exchange.decided(identity=client["identity"], died_on=exchange.world.day(day))
    assert len(await exchange.inbox(state="quarantined")) == 1
    assert "died_on" not in (await exchange.world.organiser.get(f"/v1/clients/{client['id']}")).json()


async def test_texts_of_the_record_system_come_in_in_nfc_and_what_no_text_may_hold_is_set_aside(
    exchange: Exchange,
) -> None:
    apart = "Va\u0308ino\u0308 A\u030akerblom"
    await exchange.decided(family_name=apart, place=apart)
    decision = await only(exchange)
    client = (await exchange.world.organiser.get(f"/v1/clients/{decision['client_id']}")).json()
    assert (client["family_name"], decision["place"]) == ("Väinö Åkerblom", "Väinö Åkerblom")
    for odd in ({"family_name": "a\ufffeb"}, {"place": "a\uffffb"}):
        await exchange.decided(identity={"system": PERSONAL, "value": identity_code()}, **odd)
    assert len(await exchange.received()) == 1
    assert len(await exchange.inbox(state="quarantined")) == 2


async def test_another_code_with_our_id_is_the_same_clients(exchange: Exchange) -> None:
    """A temporary identifier first, then the final code, then a corrected one; each later decision by the code alone."""
    world = exchange.world
    temporary = {"system": "urn:oid:1.2.246.10.12345678.22.2026", "value": "01019900002"}
    client = await world.client(identity=temporary)
    codes = [identity_code(), identity_code()]
    for code in codes:
        await exchange.decided(client_id=client["id"], identity={"system": PERSONAL, "value": code})
        await exchange.decided(identity={"system": PERSONAL, "value": code})
    await exchange.decided(identity={"system": PERSONAL, "value": codes[0]})  # late, by the code before
    assert {one["client_id"] for one in await exchange.received()} == {client["id"]}
    assert len(await exchange.received()) == 5
    now = (await world.organiser.get(f"/v1/clients/{client['id']}")).json()
    assert now["identity"]["value"] == codes[1]
    former = await world.organiser.get(f"/v1/clients/{client['id']}/former-identities")
    assert [(each["identity"]["value"], each["reason"]) for each in former.json()["items"]] == [
        (temporary["value"], "temporary"),
        (codes[0], "unknown"),
    ]
    findings = await world.organiser.get("/v1/client-findings")
    assert findings.json()["items"] == [{"code": "identity-changed", "client_id": client["id"]}]
