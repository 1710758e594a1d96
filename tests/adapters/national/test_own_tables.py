"""Clients, decisions and agreements as national documents: what is needed beside the document, amendments, who provides."""

import secrets
from datetime import date
from typing import Any

import pytest
from tests.adapters.national.generated import fitting, of_client, smallest
from tests.conftest import ApiClient, TenantFixture, identity_code

from walmu_api.adapters.national.structures.definitions import Structure, structure_of

Json = dict[str, Any]


def known(oid: str) -> Structure:
    found = structure_of(oid)
    assert found is not None
    return found


CLIENT = known("1.2.246.537.6.1505.1.2023.6.1")
AGREEMENT = known("1.2.246.537.6.1506.13004.2023.6.21")
DISABILITY = known("1.2.246.537.6.1506.11053.2024.11.5")
WORKING_AGE = known("1.2.246.537.6.1506.11052.2023.9.8")
_TEXTS = "toiminnan_sisaltoa_koskevat_tiedot"


async def served(world: TenantFixture) -> tuple[Json, Json]:
    client = await world.client()
    return client, await world.relationship(client["id"], starts_on="2020-01-01")


def document(each: Structure, client: Json) -> Json:
    return of_client(each, fitting(each, smallest(each)), client)


async def send(speaker: ApiClient, each: Structure, relationship: Json, content: Json, **more: Any) -> Any:
    body = {"structure": each.oid, "service_relationship_id": relationship["id"], "content": content}
    return await speaker.post("/v1/documents", body | {"source_id": secrets.token_hex(8)} | more)


def wrong(answer: Any) -> list[tuple[str, str, str | None]]:
    assert answer.status_code == 422, answer.text
    return [(e["pointer"], e["code"], e.get("field")) for e in answer.json()["errors"]]


async def test_an_agreement_needs_a_decision_that_covers_its_days_and_takes_the_newest(
    world: TenantFixture,
) -> None:
    client, relationship = await served(world)
    content = document(AGREEMENT, client)
    assert wrong(await send(world.provider_a, AGREEMENT, relationship, content)) == [
        (f"/content/{AGREEMENT.root.key}", "missing", "decision_id")
    ]
    await world.decision(
        relationship, valid_from=date(2026, 11, 4), decided_on=date(2026, 11, 4)
    )  # begins too late
    older = {"valid_from": date(2020, 1, 1), "valid_to": date(2030, 1, 1), "decided_on": date(2020, 1, 1)}
    await world.decision(relationship, **older)
    newest = await world.decision(relationship, **older | {"decided_on": date(2021, 1, 1)})
    await world.decision(relationship, **older | {"decided_on": date(2022, 1, 1), "outcome": "denied"})
    sent = await send(world.provider_a, AGREEMENT, relationship, content)
    assert sent.status_code == 201, sent.text
    agreement = (await world.provider_a.get(sent.json()["resource"]["url"])).json()
    assert agreement["decision_id"] == str(newest)


async def test_an_agreement_without_its_relationship_is_told_so(world: TenantFixture) -> None:
    client, _ = await served(world)
    body = {"structure": AGREEMENT.oid, "client_id": client["id"], "content": document(AGREEMENT, client)}
    refused = await world.organiser.post("/v1/documents", body | {"source_id": "a"})
    assert wrong(refused) == [("/service_relationship_id", "missing", None)]


async def test_an_agreement_is_signed_when_its_document_tells_the_day_and_amended_by_the_next(
    world: TenantFixture,
) -> None:
    client, relationship = await served(world)
    await world.decision(relationship, valid_from=date(2020, 1, 1), valid_to=date(2030, 1, 1))
    content = document(AGREEMENT, client)
    root = content[AGREEMENT.root.key]
    unsigned = (await send(world.provider_a, AGREEMENT, relationship, content)).json()
    assert unsigned["envelope"]["status"] == "draft"
    root["allekirjoitus"][0]["paivamaara"] = "2026-11-02"
    signed = await send(
        world.provider_a, AGREEMENT, relationship, content, replaces=unsigned["envelope"]["document_id"]
    )
    assert (signed.status_code, signed.json()["envelope"]["status"]) == (200, "signed")
    root[_TEXTS]["toiminnan_kesto"]["paattymispaiva"] = "2026-12-31"
    root["allekirjoitus"][0]["paivamaara"] = "2026-11-03"
    newest = signed.json()["envelope"]["document_id"]
    amended = await send(world.provider_a, AGREEMENT, relationship, content, replaces=newest)
    assert amended.status_code == 200, amended.text
    agreement = (await world.provider_a.get(amended.json()["resource"]["url"])).json()
    assert (agreement["status"], agreement["signed_on"], agreement["ends_on"]) == (
        "signed",
        "2026-11-03",
        "2026-12-31",
    )
    response = await world.provider_a.get(f"{amended.json()['resource']['url']}/document")
    assert response.json()["content"] == content
    late = await send(world.provider_a, AGREEMENT, relationship, document(AGREEMENT, client), replaces=newest)
    assert (late.status_code, late.json()["code"]) == (412, "stale-version")


async def test_the_same_key_with_another_document_is_refused(world: TenantFixture) -> None:
    client, relationship = await served(world)
    await world.decision(relationship, valid_from=date(2020, 1, 1), valid_to=date(2030, 1, 1))
    for speaker, each in (
        (world.provider_a, AGREEMENT),
        (world.organiser, DISABILITY),
        (world.ehr, DISABILITY),
    ):
        content = document(each, client)
        first = await send(speaker, each, relationship, content, source_id="a")
        again = await send(speaker, each, relationship, content, source_id="a")
        assert (first.status_code, again.status_code) == (201, 200), (first.text, again.text)
        assert first.json()["envelope"] == again.json()["envelope"]
        content[each.root.key]["asiakas" if each is not AGREEMENT else "laatija"] = (
            [content[each.root.key]["asiakas"][0] | {"sukunimi": "Toisin"}]
            if each is not AGREEMENT
            else {"sukunimi": "Toisin", "etunimet": "Kirjoitettu"}
        )
        other = await send(speaker, each, relationship, content, source_id="a")
        assert (other.status_code, other.json()["code"]) == (409, "duplicate-source"), other.text


async def test_the_record_system_decides_a_draft_and_amends_its_decision_by_documents(
    world: TenantFixture,
) -> None:
    client, relationship = await served(world)
    content = document(DISABILITY, client)
    draft = (await send(world.organiser, DISABILITY, relationship, content)).json()
    assert (
        draft["envelope"]["status"],
        (await world.provider_a.get(draft["resource"]["url"])).status_code,
    ) == ("draft", 404)
    content[DISABILITY.root.key]["paatos"]["ratkaisu_ja_perustelut"] = "Myönnetään."
    decided = await send(
        world.ehr, DISABILITY, relationship, content, replaces=draft["envelope"]["document_id"]
    )
    assert decided.status_code == 200, decided.text
    assert decided.json()["resource"] == draft["resource"]
    content[DISABILITY.root.key]["paatos"]["ratkaisu_ja_perustelut"] = "Oikaistu."
    amended = await send(
        world.ehr, DISABILITY, relationship, content, replaces=decided.json()["envelope"]["document_id"]
    )
    assert amended.status_code == 200, amended.text
    decision = (await world.provider_a.get(draft["resource"]["url"])).json()
    assert (
        decision["status"],
        decision["reasons"],
        decision["ehr"]["target"],
        decision["ehr"]["version"],
    ) == ("decided", "Oikaistu.", "documents", "2")
    assert decision["service_relationship_id"] == relationship["id"]
    response = await world.provider_a.get(f"{draft['resource']['url']}/document")
    assert response.json()["content"] == content


async def test_a_new_version_is_of_the_same_client(world: TenantFixture) -> None:
    mine, theirs = await served(world), await served(world)
    for client, relationship in (mine, theirs):
        await world.decision(relationship, valid_from=date(2020, 1, 1), valid_to=date(2030, 1, 1))
        await send(world.organiser, CLIENT, relationship, document(CLIENT, client))
    for speaker, each in (
        (world.organiser, CLIENT),
        (world.provider_a, AGREEMENT),
        (world.organiser, DISABILITY),
        (world.ehr, DISABILITY),
    ):
        before = (await send(speaker, each, mine[1], document(each, mine[0]))).json()["envelope"][
            "document_id"
        ]
        refused = await send(speaker, each, theirs[1], document(each, theirs[0]), replaces=before)
        assert wrong(refused) == [("/replaces", "unknown-reference", None)]


async def test_secret_contacts_are_in_no_document_made_of_a_record(world: TenantFixture) -> None:
    client = await world.client(contact={"phone": "+358 50 000 0000"}, secret_contacts=True)
    relationship = await world.relationship(client["id"], starts_on="2020-01-01")
    await world.decision(relationship, valid_from=date(2020, 1, 1), valid_to=date(2030, 1, 1))
    sent = (await send(world.provider_a, AGREEMENT, relationship, document(AGREEMENT, client))).json()
    await world.owner.execute("update agreements set received = null where id = $1", sent["resource"]["id"])
    for reader in (
        world.provider_a,
        world.organiser,
    ):  # nothing is withheld from the organiser: it is not told at all
        response = await reader.get(f"{sent['resource']['url']}/document")
        assert response.status_code == 200, response.text
        assert "+358 50 000 0000" not in response.text


@pytest.mark.parametrize("flag", ["turvakielto", "salaiset_yhteystiedot"])
async def test_a_provider_is_told_no_secret_contacts_of_a_document_as_it_came(
    world: TenantFixture, flag: str
) -> None:
    client, relationship = await served(world)
    await world.decision(relationship, valid_from=date(2020, 1, 1), valid_to=date(2030, 1, 1))
    hidden = ("+358 50 111", "Salatie 1", "+358 50 222", "Lähitie 2")
    near = {
        "sukunimi": "Läheinen",
        "etunimet": "Lea",
        "yhteystiedot": {"puhelinnumero": hidden[2], "osoite": [{"lahiosoite": hidden[3]}]},
    }
    content, agreed = document(CLIENT, client), document(AGREEMENT, client)
    root = content[CLIENT.root.key]
    root["asiakas"]["yhteystiedot"] = {"puhelinnumero": hidden[0], "osoite": [{"lahiosoite": hidden[1]}]}
    root["asiakkaaseen_liittyvat_henkilot"] = [near]
    agreed[AGREEMENT.root.key]["asiakas"]["yhteystiedot"] = {
        "puhelinnumero": hidden[0],
        "osoite": {"lahiosoite": hidden[1]},
    }
    sent = [await send(world.organiser, CLIENT, relationship, content)]
    sent.append(await send(world.provider_a, AGREEMENT, relationship, agreed))
    root["asiakas"][flag] = True
    sent.append(await send(world.organiser, CLIENT, relationship, content))
    urls = [f"/v1/documents/{answer.json()['envelope']['document_id']}" for answer in sent]
    urls += [f"{answer.json()['resource']['url']}/document" for answer in sent]
    for url in urls:
        for kind in ("application/json", "application/xhtml+xml"):
            response = await world.provider_a.get(url, Accept=kind)
            assert response.status_code == 200, response.text
            assert [each for each in hidden if each in response.text] == [], url
    assert [each for each in hidden if each not in (await world.organiser.get(urls[2])).text] == []


async def test_the_structure_of_a_decision_is_that_of_its_service_task(world: TenantFixture) -> None:
    client, relationship = await served(world)
    refused = await send(world.ehr, WORKING_AGE, relationship, document(WORKING_AGE, client))
    assert wrong(refused) == [("/structure", "invalid-value", None)]


async def test_a_decision_whose_outcome_is_not_known_here_is_told_with_its_place(
    world: TenantFixture,
) -> None:
    client, relationship = await served(world)
    content = document(DISABILITY, client)
    content[DISABILITY.root.key]["paatos"]["ratkaisun_laji"]["code"] = "7"
    assert wrong(await send(world.ehr, DISABILITY, relationship, content)) == [
        (f"/content/{DISABILITY.root.key}/paatos/ratkaisun_laji", "unknown-code", "outcome_code")
    ]


async def test_a_client_relationship_document_of_another_person_is_refused(world: TenantFixture) -> None:
    client, relationship = await served(world)
    content = document(CLIENT, client)
    content[CLIENT.root.key]["asiakas"]["henkilotunnus"]["value"] = identity_code()
    refused = await send(world.organiser, CLIENT, relationship, content)
    assert wrong(refused) == [(f"/content/{CLIENT.root.key}/asiakas", "client-mismatch", None)]


async def test_a_client_keeps_what_the_document_cannot_hold_and_another_providers_block_is_a_new_version(
    world: TenantFixture,
) -> None:
    client, relationship = await served(world)
    url = f"/v1/clients/{client['id']}"
    entry = {
        name: client[name] for name in ("family_name", "given_names", "turvakielto", "identity", "source_id")
    }
    beside = {
        "language": "sv",
        "died_on": world.day(2),
        "emigrated_on": world.day(9),
        "contacts_withheld": "x",
    }
    await world.organiser.put(url, entry | beside, If_Match='"1"')
    content = document(CLIENT, client)
    first = (await send(world.organiser, CLIENT, relationship, content)).json()["envelope"]
    same = (await send(world.organiser, CLIENT, relationship, content)).json()["envelope"]
    assert (first["version"], same["version"]) == (3, 3)
    content[CLIENT.root.key]["sosiaalihuollon_palvelutehtava"] = [
        {"palvelutehtava": {"system": "urn:oid:1.2.246.537.6.1221", "code": "15", "display": "Päihdehuolto"}}
    ]
    sent = await send(world.organiser, CLIENT, relationship, content, replaces=same["document_id"])
    assert sent.json()["envelope"]["version"] == 4
    assert (await world.organiser.get(f"{url}/document")).json()["content"] == content
    data = (await world.organiser.get(url)).json()
    assert {name: data.get(name) for name in beside} == beside
    assert data["source_id"] == client["source_id"]


async def test_who_provides_the_services_is_told_by_service_task_with_the_unit_that_has_an_oid(
    world: TenantFixture,
) -> None:
    client, relationship = await served(world)
    content = document(CLIENT, client)
    await send(world.organiser, CLIENT, relationship, content)
    task = {"system": "urn:oid:1.2.246.537.6.1221", "code": "15", "display": "Päihdehuolto"}
    unit = {"organisation_id": str(world.provider_a.organisation_id), "name": "Puutyöpaja", "source_id": "u"}
    response = await world.organiser.post("/v1/units", unit | {"oid": "1.2.246.10.12345671.10.7"})
    assert response.status_code == 201, response.text
    service = {"system": "urn:oid:1.2.246.537.6.1222", "code": "45", "display": "Sosiaaliohjaus"}
    await world.relationship(
        client["id"],
        service_task=task,
        service=service,
        unit_id=response.json()["id"],
        legal_bases=["SHL_1301_2014_17"],
    )
    await world.owner.execute("update clients set received = null where id = $1", client["id"])
    data = (await world.organiser.get(f"/v1/clients/{client['id']}/document")).json()
    assert data["content"][CLIENT.root.key]["sosiaalihuollon_palvelutehtava"] == [
        {
            "palvelutehtava": task,
            "palveluntuottaja": [
                {
                    "sosiaalipalvelu": [service],
                    "palveluyksikon_nimi": {
                        "system": "urn:oid:1.2.246.537.6.202",
                        "code": "1.2.246.10.12345671.10.7",
                        "display": "Puutyöpaja",
                    },
                    "asiakkuuden_alkamispvm": world.day(180),
                }
            ],
        },
        {"palvelutehtava": relationship["service_task"]},
    ]


async def test_a_record_that_lacks_what_its_structure_wants_is_told_with_every_finding(
    world: TenantFixture,
) -> None:
    _, relationship = await served(world)
    agreement = await world.agreement(relationship, await world.decision(relationship))
    refused = await world.provider_a.get(f"/v1/agreements/{agreement['id']}/document")
    assert (refused.status_code, refused.json()["code"]) == (409, "document-incomplete")
    assert {e["field"] for e in refused.json()["errors"]} >= {"responsible_worker", "author"}
