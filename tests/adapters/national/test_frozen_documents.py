"""What was given out does not change: a version of a document is told with the persons, names, addresses and codes of its
moment, to the byte, whatever becomes of the client and the parties afterwards."""

import asyncio
import hashlib
import re
from datetime import date
from typing import Any

import httpx
import pytest
from tests.access.test_use_log_api import plain
from tests.adapters.national.test_own_tables import AGREEMENT, CLIENT, DISABILITY, document, send, served
from tests.conftest import ApiClient, TenantFixture, identity_code
from tests.record.case_file.documents.samples import FILED
from tests.record.parties.clients.test_content_api import entry_of
from tests.record.parties.clients.test_merging_api import merge, unmerge

from walmu_api.adapters.national.document_index import COVERS

Json = dict[str, Any]
WORKER = {"family_name": "Korhonen", "given_names": "Aino", "title": "Työvalmentaja"}
BY_HAND = {"system": "urn:oid:1.2.246.537.5.40161", "code": "2", "display": "käsin"}
SIGNED_BY_CLIENT = {"party": "client", "name": "Testi Entinen", "type": BY_HAND}
GUARDIAN = {"family_name": "Edun", "given_names": "Valvoja", "phone": "+358 50 7654321"}
CONTACT = {"phone": "+358 40 1234567", "street_address": "Vanhatie 1", "postal_code": "15100"}


async def signed(world: TenantFixture, **of_agreement: Any) -> tuple[Json, Json]:
    """A client under a first name and address, and a signed agreement that is a whole document."""
    client = await world.client(family_name="Entinen", contact=CONTACT)
    return client, await sign(world, await world.relationship(client["id"]), **of_agreement)


async def sign(world: TenantFixture, relationship: Json, **of_agreement: Any) -> Json:
    whole = {"responsible_worker": WORKER, "author": WORKER} | of_agreement
    decision = await world.decision(relationship)
    drafted = await world.agreement(relationship, decision, sign=False, **whole)
    act = {"signed_on": world.day(120), "signatories": [SIGNED_BY_CLIENT]}
    agreement = await world.provider_a.post(f"/v1/agreements/{drafted['id']}/sign", act)
    assert agreement.status_code == 200, agreement.text
    return agreement.json()  # type: ignore[no-any-return]


async def amend(world: TenantFixture, client: Json, *, why: str | None = None, **changes: Any) -> Json:
    """The client as the organiser knows it from now on; `why` it has another code."""
    url = f"/v1/clients/{client['id']}"
    now = await world.organiser.get(url)
    asked = f"{url}?identity_change={why}" if why else url
    answer = await world.organiser.put(asked, entry_of(now.json()) | changes, If_Match=now.headers["etag"])
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def renamed(world: TenantFixture, organisation: Any, name: str) -> None:
    url = f"/v1/organisations/{organisation}"
    now = await world.organiser.get(url)
    entry = {key: value for key, value in entry_of(now.json()).items() if key != "status"}
    answer = await world.organiser.put(url, entry | {"name": name}, If_Match=now.headers["etag"])
    assert answer.status_code == 200, answer.text


async def read(speaker: ApiClient, path: str, **headers: str) -> httpx.Response:
    answer = await speaker.get(path, **headers)
    assert answer.status_code == 200, answer.text
    tag = hashlib.sha256(answer.content).hexdigest()
    assert answer.headers["etag"] == f'"{tag}"', "the hash is that of the bytes"
    return answer


def path_of(agreement: Json) -> str:
    return f"/v1/agreements/{agreement['id']}/document"


def person(answer: httpx.Response) -> str:
    return str(answer.json()["content"][AGREEMENT.root.key]["asiakas"])


async def test_a_signed_agreement_tells_the_name_that_it_was_signed_under(world: TenantFixture) -> None:
    """Nobody read it before the name was changed; signed it was."""
    client, agreement = await signed(world)
    await amend(world, client, family_name="Uusi", contact=CONTACT | {"street_address": "Uusitie 2"})
    shown = person(await read(world.organiser, path_of(agreement)))
    assert ("Entinen" in shown, "Vanhatie 1" in shown) == (True, True)
    assert ("Uusi" in shown, "Uusitie 2" in shown) == (False, False)


async def test_a_change_of_name_changes_nothing_that_was_given_out(world: TenantFixture) -> None:
    client, agreement = await signed(world)
    before = await read(world.organiser, path_of(agreement))
    version = (await world.organiser.get(f"/v1/agreements/{agreement['id']}")).json()["version"]
    await amend(world, client, family_name="Uusi")
    oid = before.json()["envelope"]["document_id"]
    for path in (path_of(agreement), f"/v1/documents/{oid}"):
        assert (await read(world.organiser, path)).content == before.content
    assert (await world.organiser.get(f"/v1/agreements/{agreement['id']}")).json()["version"] == version
    page = await read(world.organiser, path_of(agreement), Accept="application/xhtml+xml")
    svenska = await read(
        world.organiser, path_of(agreement), Accept="application/xhtml+xml", Accept_Language="sv"
    )
    for each in (page, svenska):
        assert ("Entinen" in each.text, "Uusi" in each.text) == (True, False)


async def test_an_extract_for_a_provider_is_under_the_name_of_today(world: TenantFixture) -> None:
    """A former name is the organiser's (661/2009, 12 §): what the provider gets is not the document, and says so."""
    client, agreement = await signed(world)
    before = await read(world.provider_a, path_of(agreement))
    assert "extract" not in before.json()
    assert before.content == (await read(world.organiser, path_of(agreement))).content
    await amend(world, client, family_name="Uusi")
    after = await read(world.provider_a, path_of(agreement))
    assert ("Entinen" in after.text, "Uusi" in person(after)) == (False, True)
    assert after.json()["extract"] is True
    assert after.json()["envelope"] == before.json()["envelope"]
    assert before.headers["etag"].strip('"') not in after.text, (
        "the hash of the whole would tell what is withheld"
    )
    assert "extract" not in (await read(world.organiser, path_of(agreement))).json()


async def test_a_change_of_address_changes_nothing_for_anybody(world: TenantFixture) -> None:
    client, agreement = await signed(world)
    before = await read(world.provider_a, path_of(agreement))
    assert "Vanhatie 1" in before.text
    await amend(world, client, contact={"street_address": "Uusitie 2", "phone": "+358 40 7654321"})
    for speaker in (world.provider_a, world.organiser, world.ehr):
        assert (await read(speaker, path_of(agreement))).content == before.content


async def test_turvakielto_narrows_what_a_provider_gets_and_leaves_the_document(world: TenantFixture) -> None:
    client, agreement = await signed(world, other_parties=[GUARDIAN])
    before = await read(world.provider_a, path_of(agreement))
    hidden = [*CONTACT.values(), GUARDIAN["phone"]]
    assert [each for each in hidden if each not in before.text] == []
    await amend(world, client, turvakielto=True)
    oid = before.json()["envelope"]["document_id"]
    for path in (path_of(agreement), f"/v1/documents/{oid}"):
        after = await read(world.provider_a, path)
        assert [each for each in hidden if each in after.text] == []
        assert (after.json()["extract"], "Entinen" in after.text) == (True, True)
        assert before.headers["etag"] != after.headers["etag"]
        assert (await read(world.organiser, path)).content == before.content
    for language, word in (("fi", "Tämä on ote"), ("sv", "Detta är ett utdrag")):
        page = await read(
            world.provider_a, path_of(agreement), Accept="application/xhtml+xml", Accept_Language=language
        )
        assert (word in page.text, [each for each in hidden if each in page.text]) == (True, [])
        whole = await read(
            world.organiser, path_of(agreement), Accept="application/xhtml+xml", Accept_Language=language
        )
        assert word not in whole.text


async def test_the_document_is_whole_though_a_narrowed_reader_was_first(world: TenantFixture) -> None:
    client, agreement = await signed(world, other_parties=[GUARDIAN])
    await amend(world, client, turvakielto=True)
    first = await read(world.provider_a, path_of(agreement))
    assert (first.json()["extract"], GUARDIAN["phone"] in first.text) == (True, False)
    whole = await read(world.organiser, path_of(agreement))
    assert ("extract" in whole.json(), GUARDIAN["phone"] in whole.text) == (False, True)
    assert CONTACT["phone"] not in whole.text, (
        "what is secret by now was never given out, and is not put into a new document"
    )


async def test_nothing_to_withhold_is_told_no_otherwise(world: TenantFixture) -> None:
    """An extract tells nothing about whether something is withheld: under protection every document is one."""
    client, agreement = await signed(world)
    await amend(world, client, contact=None, turvakielto=True)
    assert (await read(world.provider_a, path_of(agreement))).json()["extract"] is True


async def test_a_document_keeps_the_code_of_its_day_and_the_next_version_has_the_new_one(
    world: TenantFixture,
) -> None:
    client, agreement = await signed(world)
    before = await read(world.organiser, path_of(agreement))
    code = identity_code()
    await amend(world, client, identity={"system": "urn:oid:1.2.246.21", "value": code})
    after = await read(world.organiser, path_of(agreement))
    assert after.content == before.content
    assert (client["identity"]["value"] in person(after), code in person(after)) == (True, False)
    changed = {name: value for name, value in plain(agreement).items() if name != "structure"}
    amended = await world.provider_a.put(
        f"/v1/agreements/{agreement['id']}",
        changed | {"guidance": "Viikoittain"},
        If_Match=f'"{agreement["version"]}"',
    )
    assert amended.status_code == 200, amended.text
    newest = await read(world.organiser, path_of(agreement))
    assert code in person(newest)


async def test_a_document_that_nobody_read_keeps_the_code_of_its_day(world: TenantFixture) -> None:
    client, agreement = await signed(world)
    codes = [client["identity"]["value"], identity_code(), identity_code()]
    for code in codes[1:]:
        await amend(world, client, identity={"system": "urn:oid:1.2.246.21", "value": code})
    shown = person(await read(world.organiser, path_of(agreement)))
    assert [each for each in codes if each in shown] == codes[:1]


@pytest.mark.parametrize(
    ("why", "keeps"),
    [("temporary", True), ("corrected", True), ("protection", False), ("gender", False), (None, False)],
)
async def test_a_provider_reads_the_code_of_then_unless_it_was_changed_to_protect(
    world: TenantFixture, why: str | None, keeps: bool
) -> None:
    """audiences.md: a code changed for protection or gender is for the organiser only; so is one of which nobody said why."""
    client, agreement = await signed(world)
    before = await read(world.provider_a, path_of(agreement))
    code = identity_code()
    await amend(world, client, why=why, identity={"system": "urn:oid:1.2.246.21", "value": code})
    after = await read(world.provider_a, path_of(agreement))
    assert (after.content == before.content, "extract" in after.json()) == (keeps, not keeps)
    former = client["identity"]["value"]
    assert (former in person(after), code in person(after)) == (keeps, not keeps)
    assert (await read(world.organiser, path_of(agreement))).content == before.content


async def test_a_changed_record_is_a_new_version_and_the_old_one_is_equal_to_the_byte(
    world: TenantFixture,
) -> None:
    client, agreement = await signed(world)
    before = await read(world.organiser, path_of(agreement))
    ended = await world.provider_a.post(
        f"/v1/agreements/{agreement['id']}/end", {"ends_on": world.day(10), "reason": "Muutto"}
    )
    assert ended.status_code == 200, ended.text
    await amend(world, client, family_name="Uusi")
    envelope = before.json()["envelope"]
    for path in (envelope["document_id"], f"{envelope['set_id']}?version={envelope['version']}"):
        assert (await read(world.organiser, f"/v1/documents/{path}")).content == before.content
    newest = (await read(world.organiser, f"/v1/documents/{envelope['set_id']}")).json()["envelope"]
    assert (newest["version"], newest["replaces"]) == (envelope["version"] + 1, envelope["document_id"])
    assert (newest["status"], envelope["status"]) == ("terminated", "signed")


async def test_a_version_that_nobody_read_in_its_time_is_told_as_it_was_then(world: TenantFixture) -> None:
    """Its state, its day, who recorded it and when were those of the newest version."""
    client, agreement = await signed(world)
    ended = await world.organiser.post(
        f"/v1/agreements/{agreement['id']}/end", {"ends_on": world.day(10), "reason": "Muutto"}
    )
    assert ended.status_code == 200, ended.text
    await amend(world, client, family_name="Uusi")
    newest = (await read(world.organiser, path_of(agreement))).json()["envelope"]
    then = await read(world.organiser, f"/v1/documents/{newest['replaces']}")
    envelope = then.json()["envelope"]
    assert (envelope["status"], envelope["recorded_at"]) == ("signed", agreement["recorded_at"])
    assert envelope["author_organisation"]["id"] == str(world.provider_a.organisation_id)
    assert ("Entinen" in person(then), "Uusi" in person(then)) == (True, False)


async def test_parties_are_named_as_they_were(world: TenantFixture) -> None:
    """One document was read before the provider changed its name, the other only signed."""
    _, agreement = await signed(world)
    _, unread = await signed(world)
    before = await read(world.organiser, path_of(agreement))
    name = before.json()["envelope"]["producer"]["name"]
    await renamed(world, world.provider_a.organisation_id, "Uusi Nimi Oy")
    assert (await read(world.organiser, path_of(agreement))).content == before.content
    assert (await read(world.organiser, path_of(unread))).json()["envelope"]["producer"]["name"] == name
    listed = (await world.organiser.get("/v1/documents?limit=200")).json()["items"]
    assert {each["producer"]["name"] for each in listed if each["number"] == "13004"} == {name}
    _, later = await signed(world)
    assert "Uusi Nimi Oy" in (await read(world.organiser, path_of(later))).text


async def test_what_the_record_system_was_given_it_is_given_again(world: TenantFixture) -> None:
    client, agreement = await signed(world)
    delivered = await read(world.ehr, path_of(agreement))
    await amend(world, client, family_name="Uusi", turvakielto=True)
    again = await read(world.ehr, f"/v1/documents/{delivered.json()['envelope']['document_id']}")
    assert again.content == delivered.content
    same = await world.ehr.get(path_of(agreement), If_None_Match=delivered.headers["etag"])
    assert (same.status_code, same.content) == (304, b"")


async def test_a_document_that_came_goes_out_under_the_parties_of_then(world: TenantFixture) -> None:
    client, relationship = await served(world)
    await world.decision(relationship, valid_from=date(2020, 1, 1), valid_to=date(2030, 1, 1))
    content = document(AGREEMENT, client)
    sent = (await send(world.provider_a, AGREEMENT, relationship, content)).json()
    await renamed(world, world.provider_a.organisation_id, "Uusi Nimi Oy")
    await amend(world, client, family_name="Uusi")
    given = (await read(world.organiser, f"/v1/documents/{sent['envelope']['document_id']}")).json()
    assert given == {"envelope": sent["envelope"], "content": content}


async def test_two_first_readers_at_once_are_given_one_document(world: TenantFixture) -> None:
    _, agreement = await signed(world)
    path, speakers = path_of(agreement), [world.organiser, world.provider_a, world.ehr] * 4
    answers = await asyncio.gather(*(read(each, path) for each in speakers))
    assert len({each.content for each in answers}) == 1
    rows = await world.owner.fetch(
        "select encode(sha256, 'hex') as sha256 from frozen_documents where record_id = $1", agreement["id"]
    )
    assert [f'"{row["sha256"]}"' for row in rows] == [answers[0].headers["etag"]]


async def test_each_version_is_kept_with_its_own_content_while_it_is_changed(world: TenantFixture) -> None:
    """Readers at once with a writer: none keeps the content of one version under the OID of another."""
    client = await world.client()
    names = {"client": client["id"], "relationship": (await world.relationship(client["id"]))["id"]}
    entry = FILED["diary-entry"].entry(names)
    url = f"/v1/diary-entries/{(await world.provider_a.post('/v1/diary-entries', entry | {'source_id': 'd'})).json()['id']}"
    done = asyncio.Event()

    async def write() -> None:
        for version in range(1, 16):
            body = entry | {"source_id": "d", "description": f"Kuvaus {version + 1}."}
            answer = await world.provider_a.put(url, body, If_Match=f'"{version}"')
            assert answer.status_code == 200, answer.text
        done.set()

    async def look(speaker: ApiClient) -> None:
        while not done.is_set():
            await read(speaker, f"{url}/document")

    await asyncio.gather(write(), *(look(each) for each in (world.organiser, world.provider_a, world.ehr)))
    newest = (await read(world.organiser, f"{url}/document")).json()["envelope"]
    assert newest["version"] == 16
    for version in range(2, 17):
        given = (await read(world.organiser, f"/v1/documents/{newest['set_id']}?version={version}")).json()
        assert (given["envelope"]["version"], f"Kuvaus {version}." in str(given["content"])) == (
            version,
            True,
        )


async def test_documents_keep_their_words_when_their_client_is_merged_into_another(
    world: TenantFixture,
) -> None:
    """One was read before, the other only signed: both name the client who signed."""
    client, agreement = await signed(world)
    relationship = await world.relationship(client["id"])
    unread = await sign(world, relationship)
    before = await read(world.organiser, path_of(agreement))
    other = await world.client(family_name="Toinen")
    merged = await merge(world, {"client": client}, {"client": other})
    assert merged.status_code == 200, merged.text
    assert (await read(world.organiser, path_of(agreement))).content == before.content
    first = await read(world.organiser, path_of(unread))
    assert first.json()["envelope"]["client_id"] == client["id"]
    assert client["identity"]["value"] in person(first)
    assert ("Entinen" in person(first), "Toinen" in person(first)) == (True, False)
    shown = await read(world.provider_a, path_of(agreement))
    assert (shown.json()["extract"], "Entinen" in shown.text) == (True, False)
    separated = await unmerge(world, {"client": client})
    assert separated.status_code == 200, separated.text
    for path, as_before in ((path_of(agreement), before), (path_of(unread), first)):
        assert (await read(world.organiser, path)).content == as_before.content


async def test_a_document_of_after_the_merge_names_the_client_under_whom_it_is_read(
    world: TenantFixture,
) -> None:
    client, agreement = await signed(world)
    other = await world.client(family_name="Toinen")
    merged = await merge(world, {"client": client}, {"client": other})
    assert merged.status_code == 200, merged.text
    ending = {"ends_on": world.day(10), "reason": "Muutto"}
    ended = await world.provider_a.post(f"/v1/agreements/{agreement['id']}/end", ending)
    assert ended.status_code == 200, ended.text
    newest = await read(world.organiser, path_of(agreement))
    assert (newest.json()["envelope"]["client_id"], "Toinen" in person(newest)) == (other["id"], True)
    then = await read(world.organiser, f"/v1/documents/{newest.json()['envelope']['replaces']}")
    assert (then.json()["envelope"]["client_id"], "Entinen" in person(then)) == (client["id"], True)


async def test_the_document_of_a_client_who_was_merged_is_that_of_before(world: TenantFixture) -> None:
    client, relationship = await served(world)
    sent = await send(world.organiser, CLIENT, relationship, document(CLIENT, client))
    before = await read(world.organiser, f"/v1/documents/{sent.json()['envelope']['document_id']}")
    merged = await merge(world, {"client": client}, {"client": await world.client(family_name="Toinen")})
    assert merged.status_code == 200, merged.text
    oid = before.json()["envelope"]["document_id"]
    assert (await read(world.organiser, f"/v1/documents/{oid}")).content == before.content
    shown = await read(world.provider_a, f"/v1/documents/{oid}")
    assert (shown.json()["extract"], shown.json()["envelope"]["document_id"]) == (True, oid)
    listed = await world.organiser.get(f"/v1/documents?client_id={client['id']}")
    assert oid.rpartition(".")[0] not in {each["set_id"] for each in listed.json()["items"]}


async def test_the_hash_is_told_in_lists_to_who_may_read_all_of_it(world: TenantFixture) -> None:
    client, agreement = await signed(world)
    listing = f"/v1/documents?client_id={client['id']}&structure={AGREEMENT.oid}"

    async def listed(speaker: ApiClient) -> list[str | None]:
        return [each.get("sha256") for each in (await speaker.get(listing)).json()["items"]]

    assert await listed(world.organiser) == [None], "not given out yet"
    given = await read(world.provider_a, path_of(agreement))
    assert [f'"{each}"' for each in await listed(world.organiser)] == [given.headers["etag"]]
    assert await listed(world.provider_a) == [None]


async def test_what_is_destroyed_takes_its_documents_along(world: TenantFixture) -> None:
    (_, agreement), (_, other) = await signed(world), await signed(world)
    for each in (agreement, other):
        await read(world.organiser, path_of(each))
    count = "select count(*) from frozen_documents where record_id = $1"
    await world.owner.execute("delete from agreements where id = $1", agreement["id"])
    assert [await world.owner.fetchval(count, each["id"]) for each in (agreement, other)] == [0, 1]
    assert (await world.organiser.get(path_of(agreement))).status_code == 404


async def test_no_table_of_records_with_documents_is_forgotten(world: TenantFixture) -> None:
    rows = await world.owner.fetch(
        "select tgrelid::regclass::text from pg_trigger where tgname = 'forget_frozen_documents'"
    )
    assert {row[0] for row in rows} == {*re.findall(r"from (\w+) where organiser_id", COVERS.source)}


async def test_a_drafted_version_stays_the_organisers_though_it_was_given_out(world: TenantFixture) -> None:
    client, relationship = await served(world)
    content = document(DISABILITY, client)
    draft = (await send(world.organiser, DISABILITY, relationship, content)).json()["envelope"]
    await read(world.organiser, f"/v1/documents/{draft['document_id']}")
    content[DISABILITY.root.key]["paatos"]["ratkaisu_ja_perustelut"] = "Myönnetään."
    decided = await send(world.ehr, DISABILITY, relationship, content, replaces=draft["document_id"])
    assert decided.status_code == 200, decided.text
    await read(world.provider_a, f"/v1/documents/{decided.json()['envelope']['document_id']}")
    assert (await world.provider_a.get(f"/v1/documents/{draft['document_id']}")).status_code == 404


async def test_every_reading_is_in_the_use_log(world: TenantFixture) -> None:
    _, agreement = await signed(world)
    for _ in range(2):
        await read(world.organiser, path_of(agreement))
    rows = [row for row in await world.use_log() if row["operation"] == "getAgreementDocument"]
    assert len(rows) == 2


async def test_the_hash_is_that_of_the_bytes_whatever_stands_in_them(world: TenantFixture) -> None:
    odd = "Merkki \ufffd, \\u00e4 ja \u201d 1.0 \U0001f600"
    _, agreement = await signed(world, guidance=odd)
    for speaker in (world.organiser, world.provider_a, world.ehr):
        assert odd in str((await read(speaker, path_of(agreement))).json()["content"]).replace("\\\\", "\\")


async def test_documents_lie_sealed(world: TenantFixture) -> None:
    client, agreement = await signed(world)
    given = await read(world.organiser, path_of(agreement))
    row = await world.owner.fetchrow("select * from frozen_documents where record_id = $1", agreement["id"])
    assert row is not None
    assert b"Entinen" in given.content
    stored = b"".join(value for value in row.values() if isinstance(value, bytes))
    assert b"Entinen" not in stored
    assert client["identity"]["value"].encode() not in stored


@pytest.mark.parametrize(("asked", "status"), [(1, 404), (2, 200), (3, 404), (0, 422), ("a", 422)])
async def test_a_version_is_asked_for_by_the_oid_or_beside_it(
    world: TenantFixture, asked: Any, status: int
) -> None:
    """`?version=` that is another than the OID names is no document."""
    _, agreement = await signed(world)
    envelope = (await read(world.organiser, path_of(agreement))).json()["envelope"]
    assert envelope["version"] == 2
    answer = await world.organiser.get(f"/v1/documents/{envelope['document_id']}?version={asked}")
    assert answer.status_code == status
