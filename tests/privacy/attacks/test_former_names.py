"""A client who changed name or identity code, for protection or for gender. 661/2009, 12 §, and the page: the former one is for the
organiser only, never beside the new one. The product does not know why a name changed, so no former one is given."""

import json
from typing import Any

import pytest
from tests.adapters.national.generated import GENERATED, fitting, of_client, smallest
from tests.adapters.national.test_documents_filed import send, sender
from tests.conftest import ApiClient, TenantFixture, identity_code_of
from tests.record.case_file.notices.test_notices_api import Scene
from tests.record.case_file.permissions.to_workplaces import permission_entry, permit
from tests.record.parties.clients.test_content_api import entry_of

from walmu_api.record.case_file.permissions.schemas import PermissionEntry

SEX = {"system": "urn:oid:1.2.246.537.5.1", "code": "2", "display": "Kanaria"}
FORMER = {
    "family_name": "Kanaria",
    "given_names": "Kanaria Kalevi",
    "date_of_birth": "1991-01-31",
    "sex": SEX,
    "other_names": [{"name": "Kanarianen"}],
    "related_persons": [{"family_name": "Kanaria", "given_names": "Äiti"}],
}
NEW = {
    "family_name": "Uusi",
    "given_names": "Nimi",
    "date_of_birth": "1991-02-01",
    "sex": SEX | {"code": "1", "display": "Mies"},
    "related_persons": [{"family_name": "Suojattu", "given_names": "Äiti"}],
    "occupation": "Leipuri",
}


async def _renamed(world: TenantFixture, client: dict[str, Any], *, with_code: bool = True) -> dict[str, Any]:
    """The client under a new name, and a new code."""
    new = identity_code_of(str(NEW["date_of_birth"]))
    code = {"system": "urn:oid:1.2.246.21", "value": new} if with_code else client["identity"]
    entry = {name: value for name, value in entry_of(client).items() if name != "other_names"} | NEW
    if not with_code:
        del entry["date_of_birth"]
    answer = await world.organiser.put(
        f"/v1/clients/{client['id']}", entry | {"identity": code}, If_Match=f'"{client["version"]}"'
    )
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def _former(speaker: ApiClient, client: dict[str, Any], former_code: str) -> list[str]:
    """Which of what was before a caller is told, by every way to the past of a client."""
    path = f"/v1/clients/{client['id']}"
    listed = (await speaker.get(f"{path}/versions")).json()["items"]
    assert [each["version"] for each in listed] == [1, 2]
    known = await speaker.get(f"{path}/versions?known_at={listed[0]['recorded_at']}")
    assert [each["version"] for each in known.json()["items"]] == [1]
    ways = [path, "/v1/clients", "/v1/changes", *[f"{path}/versions/{each}" for each in (1, 2)]]
    documents = (await speaker.get(f"/v1/documents?client_id={client['id']}")).json()["items"]
    of_client = [each["set_id"] for each in documents if each["number"] == "1505"]
    ways += [f"/v1/documents/{each}.{version}" for each in of_client for version in (1, 2)]
    answers = [await speaker.get(way) for way in ways]
    assert {each.status_code for each in answers} <= {200, 409}, [each.text for each in answers]
    text = "".join(each.text for each in answers)
    assert client["family_name"] in text
    return [each for each in ("Kanaria", "1991-01-31", former_code) if each in text]


async def test_a_provider_reads_earlier_versions_under_the_name_of_today(world: TenantFixture) -> None:
    """Tried: versions, `known_at` and documents of earlier versions."""
    first = await world.client(**FORMER)
    await world.relationship(first["id"])
    second = await _renamed(world, first)
    code = first["identity"]["value"]
    assert await _former(world.provider_a, second, code) == []
    assert (await world.provider_a.get(f"/v1/clients/{first['id']}/versions/1")).json().items() >= {
        "family_name": "Uusi",
        "given_names": "Nimi",
    }.items()
    assert "Kanaria" in await _former(world.organiser, second, code), "the organiser reads what was"


async def test_the_feed_has_no_document_with_a_former_name(world: TenantFixture) -> None:
    """Tried: the feed's record of a document that has no resource of its own: it is kept as it came."""
    each = next(known for known in GENERATED if known.resource is None and known.writers)
    client = await world.client(**{name: FORMER[name] for name in ("family_name", "given_names")})
    relationship = await world.relationship(client["id"], starts_on="2020-01-01")
    content = of_client(each, fitting(each, smallest(each)), client)
    content = json.loads(json.dumps(content, ensure_ascii=False).replace('"Nimi"', '"Kanaria"'))
    sent = await send(sender(world, each), each, content, relationship)
    assert sent.status_code == 201, sent.text
    await _renamed(world, client)
    for speaker, expected in ((world.provider_a, False), (world.organiser, True)):
        items = (await world.feed(speaker, "/v1/changes?resource_type=document"))[0]
        (record,) = [item["record"] for item in items]
        person = str(record["content"][each.root.key].get("asiakas"))
        assert ("Kanaria" in person, client["identity"]["value"] in person) == (expected, expected)
    read = await world.provider_a.get(f"/v1/documents/{sent.json()['envelope']['document_id']}")
    assert "Uusi" in str(read.json()["content"][each.root.key]["asiakas"])


@pytest.mark.parametrize("with_code", [True, False])
@pytest.mark.parametrize("number", ["15001", "19007"])
async def test_a_document_that_came_under_a_former_name_is_read_under_the_name_of_today(
    world: TenantFixture, number: str, with_code: bool
) -> None:
    """Tried: a national document that the record system sent before the change, which was given out as it came."""
    each = next(known for known in GENERATED if known.number == number)
    client = await world.client(**{name: FORMER[name] for name in ("family_name", "given_names")})
    relationship = await world.relationship(client["id"], starts_on="2020-01-01")
    content = of_client(each, fitting(each, smallest(each)), client)
    content = json.loads(json.dumps(content, ensure_ascii=False).replace('"Nimi"', '"Kanaria"'))
    if number == "15001":
        kind = content[each.root.key]["allekirjoitus"][0]
        content[each.root.key]["allekirjoitus"] = [
            kind | {"nimi": "Kalevi Kanaria", "allekirjoitus": "K. KANARIA"},
            kind | {"nimi": "Ohjaaja Testi"},
        ]
    sent = await send(sender(world, each), each, content, relationship)
    assert sent.status_code == 201, sent.text
    path = f"/v1/documents/{sent.json()['envelope']['document_id']}"
    assert (await world.provider_a.get(path)).json()["content"] == content
    now = await _renamed(world, client, with_code=with_code)
    read = await world.provider_a.get(path)
    person = read.json()["content"][each.root.key]["asiakas"]
    data = str(person)
    signatures = str(read.json()["content"][each.root.key].get("allekirjoitus"))
    assert ("kanaria" in signatures.casefold(), "Ohjaaja Testi" in signatures) == (False, number == "15001")
    assert ("Kanaria" in data, client["identity"]["value"] in data) == (False, not with_code), data
    assert (now["family_name"] in data, now["identity"]["value"] in data) == (True, True), data
    assert (await world.organiser.get(path)).json()["content"] == content


@pytest.mark.parametrize("speaker", ["workplace", "provider_a"])
async def test_a_notice_has_no_former_name(world: TenantFixture, speaker: str) -> None:
    """Tried: a notice that was made before the name was changed, as its workplace fetches it and its provider reads it."""
    scene = await Scene.set(world, family_name="Kanaria", given_names="Kalevi")
    notice = await scene.notify(scene.to_workplace(), by=world.provider_a)
    path = {"workplace": "received-notices", "provider_a": "notices"}[speaker]
    await _renamed(world, scene.client)
    after = await getattr(world, speaker).get(f"/v1/{path}/{notice['id']}")
    assert (after.status_code, "Kanaria" in after.text) == (200, False)
    if speaker == "workplace":
        client = after.json()["view"]["client"]
        assert (client["family_name"], client["given_names"]) == ("Uusi", "Nimi")
    assert "Kanaria" in (await world.organiser.get(f"/v1/notices/{notice['id']}")).text


async def test_signatures_and_permissions_hold_no_former_name(world: TenantFixture) -> None:
    """Tried: an agreement that the client signed, and a permission that the client gave, before the name was changed."""
    client = await world.client(family_name="Kanaria", given_names="Kalevi")
    relationship = await world.relationship(client["id"])
    place = {"name": "Kahvila", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.agreement(
        relationship, await world.decision(relationship), sign=False, place=place
    )
    path = f"/v1/agreements/{agreement['id']}"
    signatories = [
        {"party": "client", "name": "Kalevi Kanaria", "signature": "K. Kanaria", "place": "Lahti"},
        {"party": "provider", "name": "Ohjaaja Testi"},
    ]
    act = {"signed_on": world.day(0), "signatories": signatories}
    signed = await world.provider_a.post(f"{path}/sign", act)
    assert signed.status_code == 200, signed.text
    given_by = {"role": "client", "name": "Kalevi Kanaria"}
    permission = await permit(world, signed.json(), given_by=given_by)
    ways = {
        "provider_a": [
            path,
            f"{path}/versions/2",
            f"/v1/agreements?client_id={client['id']}",
            f"/v1/permissions?client_id={client['id']}",
            f"/v1/permissions/{permission['id']}/versions/1",
            "/v1/changes",
        ],
        "workplace": [
            f"/v1/workplace-agreements/{agreement['id']}",
            f"/v1/workplace-agreements/{agreement['id']}/versions/2",
            "/v1/changes",
        ],
    }
    read = {who: [await getattr(world, who).get(way) for way in each] for who, each in ways.items()}
    for who, answers in read.items():
        assert ["Kanaria" in each.text for each in answers] == [True] * len(answers), who
    await _renamed(world, client)
    for who, each in ways.items():
        for way in each:
            answer = await getattr(world, who).get(way)
            assert (answer.status_code, "Kanaria" in answer.text) == (200, False), (who, way)
            assert way == "/v1/changes" or "Ohjaaja Testi" in answer.text or "permissions" in way, (who, way)
    assert "Kanaria" in (await world.organiser.get(path)).text
    entry = {name: value for name, value in permission.items() if name in PermissionEntry.model_fields}
    again = await world.provider_a.put(
        f"/v1/permissions/{permission['id']}",
        entry | {"given_by": {"role": "client"}, "note": "x"},
        If_Match=f'"{permission["version"]}"',
    )
    assert again.status_code == 200, again.text
    stored = await world.organiser.get(f"/v1/permissions/{permission['id']}")
    assert stored.json()["given_by"] == given_by, "what the sender does not read stays"


async def test_a_permission_of_a_representative_says_who_it_was(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    entry = permission_entry(world, agreement, given_by={"role": "representative"})
    answer = await world.provider_a.post("/v1/permissions", entry)
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/given_by/name", "missing")
    ]
