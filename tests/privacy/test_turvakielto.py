"""Turvakielto: contacts of a protected client are for the organiser and its record system; a provider that serves the client
reads the phone on the client's record, unless the organiser withholds it.

That no operation tells them to anybody else is in the matrix (relation "under turvakielto"). Here: what was open before the
flag was set, what is kept (answers, journal, log), and that the flag reaches every place at once."""

from typing import Any

from structlog.testing import capture_logs
from tests.access.test_use_log_api import BY_HAND, INFORMANT, SERVICE
from tests.conftest import ApiClient, TenantFixture
from tests.privacy.stage import PERSON, Objects, care_path, without_server_members

PLACES = (
    "/v1/clients",
    "/v1/clients/{0.client}",
    "/v1/service-relationships",
    "/v1/decisions",
    "/v1/agreements",
    "/v1/attendance",
    "/v1/changes",
    "/v1/changes?resource_type=client",
    "/v1/whoami",
)


async def protect(world: TenantFixture, created: Objects, **changes: Any) -> None:
    path = f"/v1/clients/{created.client}"
    now = await world.organiser.get(path)
    entry = without_server_members(now.json()) | {"turvakielto": True} | changes
    answer = await world.organiser.put(path, entry, If_Match=now.headers["etag"])
    assert answer.status_code == 200, answer.text


async def post_entry(speaker: ApiClient, created: Objects) -> str:
    """Everything that an organisation is told, headers included."""
    answers = [await speaker.get(path.format(created)) for path in PLACES]
    search = {"identity": {"system": "urn:oid:1.2.246.21", "value": created.code}}
    answers.append(await speaker.post("/v1/client-searches", search))
    return "".join(answer.text + str(answer.headers) for answer in answers)


async def test_the_flag_set_later_hides_at_once_what_was_open_before(world: TenantFixture) -> None:
    created = await care_path(world, world.provider_a)
    path = f"/v1/clients/{created.client}"
    before = await world.provider_a.get(path)
    assert [
        each for each in created.contacts if each not in await post_entry(world.provider_a, created)
    ] == []
    await protect(world, created)
    assert (await world.provider_a.get(path, If_None_Match=before.headers["etag"])).status_code == 200
    for speaker in (world.provider_a, world.provider_b, world.workplace, world.auditor):
        data = await post_entry(speaker, created)
        given = [created.phone] if speaker is world.provider_a else []
        assert [each for each in created.contacts if each in data] == given
    for speaker in (world.organiser, world.ehr):
        data = await post_entry(speaker, created)
        assert [each for each in created.contacts if each not in data] == []


async def test_what_was_replaced_is_never_given_to_a_provider(world: TenantFixture) -> None:
    """The journal keeps the body that a change replaced, contacts included: for the organiser's own history."""
    created = await care_path(world, world.provider_a)
    await protect(world, created, contact={"phone": "+358 50 1"}, turvakielto=False)
    await protect(world, created, contacts_withheld="Uhka jatkuu")
    stored = await world.owner.fetch(
        "select replaced::text from journal where resource_id = $1", created.client
    )
    assert [row for row in stored if created.contacts[0] in (row["replaced"] or "")]
    data = await post_entry(world.provider_a, created)
    assert [each for each in (*created.contacts, "+358 50 1") if each in data] == []


async def test_an_answer_kept_from_before_the_flag_holds_no_contact_for_a_provider(
    world: TenantFixture,
) -> None:
    created = await care_path(world, world.provider_a)
    ending = {"ends_on": world.day(-1), "reason": "x"}
    end = f"/v1/agreements/{created.agreement['id']}/end"
    await world.provider_a.post(end, ending, Idempotency_Key="k")
    await protect(world, created)
    again = await world.provider_a.post(end, ending, Idempotency_Key="k")
    assert again.headers["idempotency-replayed"] == "true"
    assert [each for each in created.contacts if each in again.text + str(again.headers)] == []


async def test_nobody_narrowed_may_write_clients_so_no_kept_answer_of_theirs_has_contacts() -> None:
    from walmu_api.access.scopes import ROLES, Scope

    writers = {role for role, scopes in ROLES.items() if Scope.CLIENTS_WRITE in scopes}
    assert writers == {"organiser"}, (
        "kept answers are replayed as they were: see what the new writer may be told"
    )


async def test_contacts_are_in_no_log_and_no_record_but_the_clients(world: TenantFixture) -> None:
    with capture_logs() as lines:
        created = await care_path(world, world.provider_a, turvakielto=True)
        for speaker in world.speakers:
            await post_entry(speaker, created)
    assert lines
    assert [each for each in created.contacts if each in str(lines)] == []
    tables = "use_log service_relationships decisions agreements attendance justifications idempotency_keys ehr_inbox journal"
    for table in tables.split():
        rows = await world.owner.fetch(
            f"select t::text as row from {table} t where organiser_id = $1", world.organiser_id
        )
        assert not [each for each in created.contacts for row in rows if each in row["row"]], table


async def test_a_list_cannot_be_asked_by_where_a_client_lives(world: TenantFixture) -> None:
    created = await care_path(world, world.provider_a, turvakielto=True)
    for name in ("municipality", "postal_code", "sort", "contact.municipality", "q"):
        answer = await world.provider_a.get(f"/v1/clients?{name}={created.contacts[2].split()[-1]}")
        assert answer.status_code == 422
        assert [each for each in created.contacts if each in answer.text] == []


NEAR = {
    "family_name": "Kanaria",
    "given_names": "Edunvalvoja",
    "addresses": [{"street_address": "Kanariakuja 1", "postal_code": "48999", "post_office": "KANARIALA"}],
    "phone": "+358 50 7654321",
    "email": "kanaria@example.org",
}
WHERE = ("Kanariakuja", "48999", "KANARIALA", "7654321", "kanaria@", "Kanariatien pysäkiltä")


async def test_who_is_near_and_where_one_is_picked_up_is_not_told_by_agreement_or_decision(
    world: TenantFixture,
) -> None:
    """Tried on 2026-11-29: a provider got the address of a protected client's guardian by `other_parties`. The page:
    contacts of other parties and the route of travel are whereabouts, in records, documents and the feed."""
    client = await world.client()
    relationship = await world.relationship(client["id"])
    travel = {"arrangement": "service_line", "note": "Haetaan Kanariatien pysäkiltä"}
    in_full = {"service": SERVICE, "reasons": "Myönnetään.", "informants": [INFORMANT]}
    decision = await world.decision(relationship, travel=travel, signature={"type": BY_HAND}, **in_full)
    workers: dict[str, Any] = {"responsible_worker": PERSON, "author": PERSON}
    agreement = await world.agreement(relationship, decision, sign=False, other_parties=[NEAR], **workers)
    signatory = {"party": "client", "name": "Testi Esimerkki", "type": BY_HAND}
    signing = {"signed_on": world.day(120), "signatories": [signatory]}
    signed = await world.provider_a.post(f"/v1/agreements/{agreement['id']}/sign", signing)
    assert signed.status_code == 200, signed.text
    ways = [f"/v1/{kind}" for kind in ("agreements", "decisions", "changes")]
    for record in (f"/v1/agreements/{agreement['id']}", f"/v1/decisions/{decision}"):
        versions = (await world.organiser.get(f"{record}/versions")).json()["items"]
        ways += [record, f"{record}/document", *(version["url"] for version in versions)]

    async def found_by(speaker: ApiClient) -> list[str]:
        answers = [await speaker.get(way) for way in ways]
        assert [answer.status_code for answer in answers] == [200] * len(ways)
        return [word for word in WHERE if any(word in answer.text for answer in answers)]

    assert await found_by(world.provider_a) == list(WHERE)
    entry = without_server_members(client) | {"turvakielto": True}
    protected = await world.organiser.put(f"/v1/clients/{client['id']}", entry, If_Match='"1"')
    assert protected.status_code == 200, protected.text
    assert await found_by(world.provider_a) == []
    assert await found_by(world.organiser) == list(WHERE)
