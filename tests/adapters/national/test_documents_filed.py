"""National documents go in and come out equal; what is refused is told with its place; the same content in our JSON gives
the same document."""

import asyncio
import json
import secrets
from datetime import date
from typing import Any

import pytest
from tests.adapters.national.generated import (
    GENERATED,
    OFFICIAL,
    drawn,
    fitting,
    in_time_order,
    of_client,
    openly,
    smallest,
    without_displays_of_words,
)
from tests.conftest import ApiClient, TenantFixture, identity_code
from tests.record.case_file.documents.samples import FILED as SAMPLES
from tests.sizes import examples

from walmu_api.adapters.national.document_types import FILED
from walmu_api.adapters.national.importing.import_document import OWN_TABLES
from walmu_api.adapters.national.structures.definitions import Structure, structure_of

STORED = {each.definition.collection for each in FILED} | set(OWN_TABLES)
SENT = [each for each in GENERATED if each.writers and (each.resource is None or each.resource in STORED)]
EXAMPLES = examples(25, long=400)
APART = {"13004", "11052", "11053", "1505.1", "19012"}
"""Structures of which each document here gets a client and a service relationship of its own."""


def named(each: Structure | str) -> str:
    return each if isinstance(each, str) else each.number


def roles(each: Structure) -> list[str]:
    """Who sends it here: a decision is a draft of the organiser, and made by the record system."""
    if each.resource == "decisions":
        return ["organiser", "ehr"]
    if each.number == "19012":  # a service that ended long ago is no more the provider's to see
        return ["organiser"]
    return ["provider" if "provider" in each.writers else "organiser"]


BY = [(each, role) for each in SENT for role in roles(each)]


async def served(
    world: TenantFixture, each: Structure | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    client = await world.client()
    changes: dict[str, Any] = {"starts_on": "2020-01-01"}
    if each is not None and each.number == "11052":
        task = {"system": "urn:oid:1.2.246.537.6.1221", "code": "15", "display": "Päihdehuolto"}
        changes |= {"service_task": task, "legal_bases": ["SHL_1301_2014_17"]}
    relationship = await world.relationship(client["id"], **changes)
    if each is not None and each.number == "13004":
        await world.decision(
            relationship, valid_from=date(2020, 1, 1), valid_to=date(2030, 12, 31), days_per_week=7
        )
    return client, relationship


def sender(world: TenantFixture, each: Structure, role: str | None = None) -> ApiClient:
    speakers = {"provider": world.provider_a, "organiser": world.organiser, "ehr": world.ehr}
    return speakers[role or roles(each)[0]]


async def send(
    speaker: ApiClient, each: Structure, content: dict[str, Any], relationship: dict[str, Any], **more: Any
) -> Any:
    body = {
        "structure": each.oid,
        "service_relationship_id": relationship["id"],
        "content": content,
        "source_id": secrets.token_hex(8),
    }
    return await speaker.post("/v1/documents", body | more)


@pytest.mark.parametrize(("each", "role"), BY, ids=named)
async def test_generated_documents_go_in_and_come_out_equal(
    world: TenantFixture, each: Structure, role: str
) -> None:
    common = await served(world, each)
    speaker = sender(world, each, role)
    wrong: list[str] = []

    async def there_and_back(document: dict[str, Any]) -> None:
        client, relationship = await served(world, each) if each.number in APART else common
        content = of_client(each, fitting(each, openly(in_time_order(document))), client)
        sent = await send(speaker, each, content, relationship)
        if sent.status_code != (200 if each.resource == "clients" else 201):
            wrong.append(f"{sent.status_code} {sent.text}")
            return
        envelope = sent.json()["envelope"]
        got = await speaker.get(f"/v1/documents/{envelope['document_id']}")
        data = got.json()
        if got.status_code != 200 or data["content"] != content:
            wrong.append(f"{got.status_code} {json.dumps(content, ensure_ascii=False)} → {got.text}")
        elif data["envelope"] != envelope:
            wrong.append(f"another envelope {data['envelope']}")
        elif OFFICIAL is not None and list(OFFICIAL.findings(each, data["content"])):
            wrong.append("not by the official schema")
        if (
            each.resource not in {None, "clients", "measurements"}
            and sent.headers["location"] != sent.json()["resource"]["url"]
        ):
            wrong.append(f"location {sent.headers['location']}")

    documents = drawn(each, EXAMPLES)
    for start in range(0, len(documents), 8):
        await asyncio.gather(*(there_and_back(document) for document in documents[start : start + 8]))
    assert not wrong, f"{len(wrong)} of {len(documents)}: {wrong[0]}"


ALWAYS_RECORDS = [(each, role) for each, role in BY if each.resource not in {None, "measurements"}]
"""What is generated of 19015 is no measurement: those have tests of their own (`test_measurement_documents`)."""


@pytest.mark.parametrize(("each", "role"), ALWAYS_RECORDS, ids=named)
async def test_the_record_says_the_same_without_the_document_that_it_came_as(
    world: TenantFixture, each: Structure, role: str
) -> None:
    """The mapping alone, both ways: only the client is told as the client's record tells it, and a word of ours for a code
    gives the display of the table."""
    client, relationship = await served(world, each)
    speaker = sender(world, each, role)
    table = each.resource if each.resource in OWN_TABLES else "documents"
    document_from_record = [
        child.key for child in each.root.children if child.field in {"@client", "@providers"}
    ]
    for document in drawn(each, examples(8, long=100)):
        if each.number in APART:
            client, relationship = await served(world, each)
        content = of_client(each, fitting(each, openly(in_time_order(document))), client)
        sent = (await send(speaker, each, content, relationship)).json()
        assert "envelope" in sent, json.dumps(sent)
        await world.owner.execute(
            f"update {table} set received = null where id = $1", sent["envelope"]["resource"]["id"]
        )
        data = (await speaker.get(f"{sent['resource']['url']}/document")).json()
        assert "content" in data, json.dumps(data)
        mine, theirs = (
            without_displays_of_words(each, one)[each.root.key] for one in (data["content"], content)
        )
        filled = ("paivamaara", "palvelutehtava", "sosiaalipalvelu")  # what was left out, the record knows
        known = {name: mine.get(name) for name in filled} | theirs
        assert {k: v for k, v in mine.items() if k not in document_from_record} == {
            k: v
            for k, v in as_recorded(each, known).items()
            if k not in document_from_record and v is not None
        }
        if each.number == "1505.1":
            continue
        (key,) = document_from_record
        person = mine[key][0] if isinstance(mine[key], list) else mine[key]
        assert person["henkilotunnus"] == client["identity"]
        if isinstance(mine[key], list):
            assert len(mine[key]) == (len(theirs[key]) if each.number == "1505.2" else 1)


def as_recorded(each: Structure, root: dict[str, Any]) -> dict[str, Any]:
    """What the record adds of its own: a decision is valid from its day when it tells no other; a client's identifier has
    its system, and a person no empty name."""
    data: dict[str, Any] = json.loads(json.dumps(root))
    if each.resource == "decisions":
        first = {"alkamispaiva": data["paatos"]["paatospaivamaara"]}
        data["paatos"]["paatoksen_voimassaolo"] = first | data["paatos"].get("paatoksen_voimassaolo", {})
    if each.resource == "clients" and "tilapainen_yksilointitunnus" in data["asiakas"]:
        del data["asiakas"]["tilapainen_yksilointitunnus"]
    return data


async def test_the_person_in_the_document_must_be_the_client(world: TenantFixture) -> None:
    each = structure_of("1.2.246.537.6.1505.2.2022.6.28")
    assert each is not None
    client, relationship = await served(world)
    other = of_client(
        each, smallest(each), {"identity": {"system": "urn:oid:1.2.246.21", "value": identity_code()}}
    )
    refused = await send(world.organiser, each, other, relationship)
    assert refused.status_code == 422
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [
        ("/content/asia_asiakirja/asiakas", "client-mismatch")
    ]
    spelled = of_client(each, smallest(each), client)
    assert (await send(world.organiser, each, spelled, relationship)).status_code == 201


async def test_who_may_not_send_a_structure_is_told_so(world: TenantFixture) -> None:
    each = structure_of("1.2.246.537.6.1506.8004.2023.5.31")
    disclosure = structure_of("1.2.246.537.6.1506.19010.2023.9.8")
    assert each is not None
    assert disclosure is not None
    _, relationship = await served(world)
    refused = await send(world.provider_a, each, smallest(each), relationship)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-your-structure")
    refused = await send(world.organiser, disclosure, smallest(disclosure), relationship)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-your-structure")


async def test_a_new_version_replaces_the_newest_only(world: TenantFixture) -> None:
    each = structure_of("1.2.246.537.6.1505.2.2022.6.28")
    assert each is not None
    client, relationship = await served(world)
    first, second = (of_client(each, in_time_order(one), client) for one in drawn(each, 12)[-2:])
    created = (await send(world.organiser, each, first, relationship)).json()["envelope"]
    replaced = await send(world.organiser, each, second, relationship, replaces=created["document_id"])
    envelope = replaced.json()["envelope"]
    assert (replaced.status_code, envelope["version"], envelope["replaces"]) == (
        200,
        2,
        created["document_id"],
    )
    for document_id, content in (
        (created["document_id"], first),
        (envelope["document_id"], second),
        (created["set_id"], second),
    ):
        assert (await world.organiser.get(f"/v1/documents/{document_id}")).json()["content"] == content
    late = await send(world.organiser, each, first, relationship, replaces=created["document_id"])
    assert (late.status_code, late.json()["code"]) == (412, "stale-version")


async def test_a_new_version_is_of_the_same_client_and_the_same_kind(world: TenantFixture) -> None:
    case, referral = (
        structure_of("1.2.246.537.6.1505.2.2022.6.28"),
        structure_of("1.2.246.537.6.1506.8004.2023.5.31"),
    )
    assert case is not None
    assert referral is not None
    (one, at_one), (other, at_other) = await served(world), await served(world)
    created = {}
    for each in (case, referral):
        created[each] = (
            await send(world.organiser, each, of_client(each, smallest(each), one), at_one)
        ).json()["envelope"]
        content = of_client(each, smallest(each), other)
        refused = await send(world.organiser, each, content, at_other, replaces=created[each]["document_id"])
        assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [
            ("/replaces", "unknown-reference")
        ]
        assert (await world.organiser.get(f"/v1/documents/{created[each]['set_id']}")).json()["envelope"][
            "version"
        ] == 1
    content = of_client(case, smallest(case), one)
    other_kind = await send(world.organiser, case, content, at_one, replaces=created[referral]["document_id"])
    assert [(e["pointer"], e["code"]) for e in other_kind.json()["errors"]] == [
        ("/replaces", "unknown-reference")
    ]


async def test_another_spelling_is_another_document(world: TenantFixture) -> None:
    """The record in our words is the same; what is given out is what was sent last, and never silently what was sent before."""
    each = structure_of("1.2.246.537.6.1506.19007.2022.1.10")
    assert each is not None
    client, relationship = await served(world)
    first = of_client(each, smallest(each), client)
    second = json.loads(json.dumps(first))
    second[each.root.key]["asiakas"][0]["etunimet"] = "Toisin Kirjoitettu"
    created = (await send(world.provider_a, each, first, relationship, source_id="a")).json()["envelope"]
    again = await send(world.provider_a, each, first, relationship, source_id="a")
    assert (again.status_code, again.json()["envelope"]) == (200, created)
    refused = await send(world.provider_a, each, second, relationship, source_id="a")
    assert (refused.status_code, refused.json()["code"]) == (409, "duplicate-source")
    replaced = await send(
        world.provider_a, each, second, relationship, source_id="a", replaces=created["document_id"]
    )
    assert replaced.json()["envelope"]["version"] == 2
    for document_id, content in ((created["document_id"], first), (created["set_id"], second)):
        assert (await world.provider_a.get(f"/v1/documents/{document_id}")).json()["content"] == content


async def test_a_document_of_ours_and_one_that_was_sent_are_equal(world: TenantFixture) -> None:
    """The same case in our JSON and as a document gives equal bytes."""
    client, relationship = await served(world)
    entry = SAMPLES["case"].entry({"client": client["id"], "relationship": relationship["id"]})
    data = (await world.organiser.post("/v1/cases", entry | {"source_id": "a"})).json()
    given = await world.organiser.get(f"/v1/cases/{data['id']}/document")
    assert given.status_code == 200, given.text
    each = structure_of(given.json()["envelope"]["structure"])
    assert each is not None
    sent = await send(world.organiser, each, given.json()["content"], relationship)
    assert sent.status_code == 201, sent.text
    back = await world.organiser.get(f"{sent.json()['resource']['url']}/document")
    assert json.dumps(back.json()["content"]) == json.dumps(given.json()["content"])
    resource = (await world.organiser.get(sent.json()["resource"]["url"])).json()
    assert {name: resource[name] for name in entry if name != "client_id"} == {
        n: entry[n] for n in entry if n != "client_id"
    }


async def test_documents_of_every_table_are_listed_by_their_envelopes(world: TenantFixture) -> None:
    client, relationship = await served(world)
    decision = await world.decision(relationship)
    agreement = await world.agreement(relationship, decision)
    entry = SAMPLES["case"].entry({"client": client["id"]}) | {"source_id": "a"}
    case = (await world.organiser.post("/v1/cases", entry)).json()
    items = await world.pages(world.organiser, f"/v1/documents?client_id={client['id']}&limit=1")
    assert [item["resource"]["id"] for item in items] == [
        client["id"],
        str(decision),
        agreement["id"],
        case["id"],
    ]
    assert len({item["document_id"] for item in items}) == 4
    assert [item["number"] for item in items] == ["1505.1", "11053", "13004", "1505.2"]
    seen = await world.pages(world.provider_a, f"/v1/documents?client_id={client['id']}")
    assert [item["resource"]["id"] for item in seen] == [client["id"], str(decision), agreement["id"]]
    assert await world.pages(world.provider_b, f"/v1/documents?client_id={client['id']}") == []


async def test_a_case_is_no_provider_s_to_read_as_a_document_either(world: TenantFixture) -> None:
    """It may name the relationship; other persons and their identity codes stand in it (scope cases:read)."""
    each = structure_of("1.2.246.537.6.1505.2.2022.6.28")
    assert each is not None
    client, relationship = await served(world)
    sent = (await send(world.organiser, each, of_client(each, smallest(each), client), relationship)).json()
    paths = (f"{sent['resource']['url']}/document", f"/v1/documents/{sent['envelope']['document_id']}")
    for path in paths:
        assert (await world.organiser.get(path)).status_code == 200
        assert (await world.provider_a.get(path)).status_code == 404, path
    listed = await world.provider_a.get(f"/v1/documents?structure={each.oid}")
    assert listed.json()["items"] == []


async def test_a_text_of_blanks_is_empty(world: TenantFixture) -> None:
    each = structure_of("1.2.246.537.6.1506.19007.2022.1.10")
    assert each is not None
    client, relationship = await served(world)
    content = of_client(each, smallest(each), client)
    for blank in (" ", "\u00a0\n", "\u200b"):
        content[each.root.key]["asiakaskertomusmerkinta"]["tapahtuma"] = {"kuvaus": blank}
        refused = await send(world.provider_a, each, content, relationship)
        place = f"/content/{each.root.key}/asiakaskertomusmerkinta/tapahtuma"
        data = [(e["pointer"], e["code"]) for e in refused.json()["errors"]]
        assert (f"{place}/kuvaus", "empty-value") in data, refused.text
    content[each.root.key]["asiakaskertomusmerkinta"]["tapahtuma"] = {"kuvaus": " Hyvin meni. "}
    sent = (await send(world.provider_a, each, content, relationship)).json()
    given = await world.provider_a.get(f"/v1/documents/{sent['envelope']['document_id']}")
    assert given.json()["content"] == content


async def test_the_oid_of_a_document_has_one_spelling_and_what_is_none_is_told_in_words(
    world: TenantFixture,
) -> None:
    client = await world.client()
    found = (await world.organiser.get(f"/v1/documents?client_id={client['id']}")).json()["items"][0]
    other = await world.organiser.get(f"/v1/documents/{found['set_id']}.01")
    (error,) = other.json()["errors"]
    assert (other.status_code, error["pointer"]) == (422, "/path/document_id")
    assert (
        error["detail"]
        == "The value does not fit: the OID of a document is expected, as its envelope has it."
    )
