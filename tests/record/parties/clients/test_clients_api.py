"""Clients: identity codes sealed, contacts withheld under turvakielto, found only by who may see them."""

import asyncio
import json
from typing import Any

import pytest
from tests.conftest import ApiClient, TenantFixture, identity_code

HETU = "urn:oid:1.2.246.21"
CONTACT = {
    "phone": "+358 40 0000001",
    "email": "salaisuus@example.org",
    "street_address": "Salakuja 1",
    "postal_code": "48999",
    "municipality": "Piilokylä",
}


def identity(code: str, system: str = HETU) -> dict[str, Any]:
    return {"identity": {"system": system, "value": code}}


async def everything(world: TenantFixture, speaker: ApiClient, client_id: str, code: str) -> str:
    """All that a caller is told of a client, by every way."""
    answers = [
        await speaker.get(f"/v1/clients/{client_id}"),
        await speaker.get("/v1/clients"),
        await speaker.post("/v1/client-searches", identity(code)),
        await speaker.get("/v1/changes"),
    ]
    assert all(answer.status_code == 200 and client_id in answer.text for answer in answers)
    return "".join(answer.text for answer in answers)


async def test_turvakielto_keeps_all_but_the_phone_from_a_provider(world: TenantFixture) -> None:
    code = identity_code()
    client = await world.client(**identity(code), contact=CONTACT, turvakielto=True)
    await world.relationship(client["id"])
    data = await everything(world, world.provider_a, client["id"], code)
    assert [value for value in CONTACT.values() if value in data] == [CONTACT["phone"]], (
        "a provider may call the client, and learns nothing else"
    )
    assert '"turvakielto":true' in data
    assert (await world.organiser.get(f"/v1/clients/{client['id']}")).json()["contact"] == CONTACT


async def test_the_flag_withholds_what_was_open_before(world: TenantFixture) -> None:
    code = identity_code()
    client = await world.client(**identity(code), contact=CONTACT)
    await world.relationship(client["id"])
    assert CONTACT["municipality"] in await everything(world, world.provider_a, client["id"], code)
    entry = {
        name: client[name] for name in ("family_name", "given_names", "identity", "contact", "source_id")
    } | {"turvakielto": True}
    await world.organiser.put(f"/v1/clients/{client['id']}", entry, If_Match='"1"')
    assert CONTACT["municipality"] not in await everything(world, world.provider_a, client["id"], code)


async def test_the_identity_code_is_sealed_in_the_database(world: TenantFixture) -> None:
    code = identity_code()
    client = await world.client(**identity(code))
    entry = {name: client[name] for name in ("family_name", "turvakielto", "identity", "source_id")} | {
        "given_names": "Uusi"
    }
    await world.organiser.put(f"/v1/clients/{client['id']}", entry, If_Match='"1"')
    for table in ("clients", "journal", "use_log", "idempotency_keys"):
        rows = await world.owner.fetch(
            f"select t::text as told from {table} t where organiser_id = $1", world.organiser_id
        )
        assert not [row for row in rows if code in row["told"] or code.encode().hex() in row["told"]], table
    assert (await world.organiser.get(f"/v1/clients/{client['id']}")).json()["identity"] == {
        "system": HETU,
        "value": code,
    }


async def test_a_ciphertext_moved_to_another_client_is_no_answer(world: TenantFixture) -> None:
    one, two = await world.client(), await world.client()
    await world.owner.execute(
        "update clients set identity_sealed = (select identity_sealed from clients where id = $1) where id = $2",
        one["id"],
        two["id"],
    )
    answer = await world.organiser.get(f"/v1/clients/{two['id']}")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")


async def test_an_identity_belongs_to_one_client(world: TenantFixture, elsewhere: TenantFixture) -> None:
    code = identity_code()
    await world.client(**identity(code))
    entry = {
        "family_name": "A",
        "given_names": "B",
        "turvakielto": False,
        "source_id": "x",
        **identity(code.lower()),
    }
    other = await world.organiser.post("/v1/clients", entry)
    assert (other.status_code, other.json()["code"]) == (409, "identity-in-use")
    assert code not in other.text
    await elsewhere.client(**identity(code))
    free = await world.client()
    entry = {
        name: free[name] for name in ("family_name", "given_names", "turvakielto", "source_id")
    } | identity(code)
    changed = await world.organiser.put(f"/v1/clients/{free['id']}", entry, If_Match='"1"')
    assert (changed.status_code, changed.json()["code"]) == (409, "identity-in-use")


async def test_two_creations_of_one_identity_at_once_make_one_client(world: TenantFixture) -> None:
    entry = {"family_name": "A", "given_names": "B", "turvakielto": False, **identity(identity_code())}
    answers = await asyncio.gather(
        *(world.organiser.post("/v1/clients", entry | {"source_id": f"s{at}"}) for at in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_the_separator_is_part_of_the_identity(world: TenantFixture) -> None:
    code = identity_code()
    client = await world.client(**identity(code))
    search = {"identity": {"system": HETU, "value": code[:6] + "Y" + code[7:]}}
    assert (await world.organiser.post("/v1/client-searches", search)).json() == {"items": []}
    for spelling in (code, code.lower()):
        found = await world.organiser.post("/v1/client-searches", identity(spelling))
        assert [item["id"] for item in found.json()["items"]] == [client["id"]]


async def test_a_search_finds_nothing_for_unknown_and_foreign_alike(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    code = identity_code()
    await world.client(**identity(code))
    unknown = await world.provider_b.post("/v1/client-searches", identity(identity_code()))
    for speaker in (world.provider_b, elsewhere.organiser):
        foreign = await speaker.post("/v1/client-searches", identity(code))
        assert (foreign.status_code, foreign.content) == (200, unknown.content)
        own = {"x-request-id", "ratelimit"}  # the request's, and what the system has left
        assert {k: v for k, v in foreign.headers.items() if k not in own} == {
            k: v for k, v in unknown.headers.items() if k not in own
        }


@pytest.mark.parametrize("value", ["010190-9991", "kissa", "010190-999", "010190-999X\n", "０１0190-999X"])
async def test_what_is_no_identity_code_is_refused_without_saying_it(
    world: TenantFixture, value: str
) -> None:
    answer = await world.organiser.post("/v1/client-searches", identity(value))
    assert answer.status_code == 422
    assert json.dumps(value)[1:-1] not in answer.text


async def test_a_temporary_identity_is_an_identity_too(world: TenantFixture) -> None:
    system = "urn:oid:1.2.246.10.2795153.22.2026"
    client = await world.client(**identity("31108019abc", system))
    assert client["identity"] == {"system": system, "value": "31108019ABC"}
    found = await world.organiser.post("/v1/client-searches", identity("31108019ABC", system))
    assert [item["id"] for item in found.json()["items"]] == [client["id"]]


async def test_the_same_source_id_gives_the_client_and_other_content_a_conflict_with_its_address(
    world: TenantFixture,
) -> None:
    entry = {
        "family_name": "A",
        "given_names": "B",
        "turvakielto": False,
        "source_id": "s",
        "contact": CONTACT,
        **identity(identity_code()),
    }
    first = await world.organiser.post("/v1/clients", entry)
    again = await world.organiser.post("/v1/clients", entry)
    assert (first.status_code, again.status_code, again.content) == (201, 200, first.content)
    assert "location" not in again.headers
    other = await world.organiser.post("/v1/clients", entry | {"given_names": "C"})
    assert (other.status_code, other.json()["code"]) == (409, "duplicate-source")
    assert other.json()["url"] == f"/v1/clients/{first.json()['id']}"


async def test_names_keep_every_letter(world: TenantFixture) -> None:
    client = await world.client(family_name="Ågren-O'Šćłøß 中文", given_names="é" * 200)
    assert (await world.organiser.get(f"/v1/clients/{client['id']}")).json()[
        "family_name"
    ] == "Ågren-O'Šćłøß 中文"
    assert client["given_names"] == "é" * 200


async def test_lists_are_complete_without_doubles_while_clients_are_added(world: TenantFixture) -> None:
    before = [(await world.client())["id"] for _ in range(7)]
    seen: list[str] = []
    link: str | None = "/v1/clients?limit=2"
    while link is not None:
        answer = (await world.organiser.get(link)).json()
        seen += [item["id"] for item in answer["items"]]
        link = answer["next"]
        if len(seen) < 7:
            await world.client()
    assert len(seen) == len(set(seen))
    assert [each for each in seen if each in before] == before


async def test_the_organiser_finds_a_client_by_its_own_key(world: TenantFixture) -> None:
    client = await world.client(source_id="own-1")
    await world.client()
    found = await world.organiser.get("/v1/clients?source_id=own-1")
    assert [item["id"] for item in found.json()["items"]] == [client["id"]]
    assert (await world.ehr.get("/v1/clients?source_id=own-1")).json()["items"] == []


async def test_the_same_source_id_from_many_at_once_makes_one_client(world: TenantFixture) -> None:
    entry = {"family_name": "A", "given_names": "B", "turvakielto": False, "source_id": "s"}
    answers = await asyncio.gather(*(world.organiser.post("/v1/clients", entry) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    others = [entry | {"source_id": "t", "given_names": f"N{at}"} for at in range(4)]
    answers = await asyncio.gather(*(world.organiser.post("/v1/clients", other) for other in others))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len({answer.json().get("url", answer.headers.get("location")) for answer in answers}) == 1
