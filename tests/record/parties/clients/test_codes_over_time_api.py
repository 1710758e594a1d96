"""One person, several identity codes over time; found by either, by whole words of the name, and by nobody who may not."""

from typing import Any
from uuid import UUID

import pytest
from tests.conftest import ApiClient, TenantFixture, identity_code, identity_code_of
from tests.record.everyday.measurements.test_imports_api import HEAD, MAPPING, done
from tests.record.parties.clients.test_merging_api import merge, unmerge

from walmu_api.access.guard import AppContext
from walmu_api.foundation.database import Database
from walmu_api.foundation.identity_codes import check_character
from walmu_api.foundation.statements import Statement
from walmu_api.record.parties.clients.names import index_clients_of_before

HETU = "urn:oid:1.2.246.21"
TEMPORARY = "urn:oid:1.2.246.10.12345678.22.2026"


def coded(code: str, system: str = HETU) -> dict[str, Any]:
    return {"identity": {"system": system, "value": code}}


def entry_of(client: dict[str, Any]) -> dict[str, Any]:
    server_set = {"id", "version", "recorded_at", "recorded_by"}
    return {name: value for name, value in client.items() if name not in server_set}


async def recoded(world: TenantFixture, client: dict[str, Any], code: str, why: str | None) -> dict[str, Any]:
    query = f"?identity_change={why}" if why else ""
    path = f"/v1/clients/{client['id']}"
    answer = await world.organiser.put(
        f"{path}{query}", entry_of(client) | coded(code), If_Match=f'"{client["version"]}"'
    )
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def found(speaker: ApiClient, **search: Any) -> list[str]:
    answer = await speaker.post("/v1/client-searches", search)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["items"]]


@pytest.mark.parametrize(
    ("why", "by_provider"), [("corrected", True), ("protection", False), ("gender", False), (None, False)]
)
async def test_the_code_before_leads_to_the_client(
    world: TenantFixture, why: str | None, by_provider: bool
) -> None:
    """audiences.md: one that was changed for protection or gender, for the organiser only; so is one of which nobody said why."""
    old, new = identity_code(), identity_code()
    client = await world.client(**coded(old))
    await world.relationship(client["id"])
    client = await recoded(world, client, new, why)
    assert client["identity"]["value"] == new
    assert await found(world.organiser, **coded(new)) == [client["id"]]
    assert await found(world.organiser, **coded(old)) == [client["id"]]
    assert await found(world.provider_a, **coded(new)) == [client["id"]]
    assert await found(world.provider_a, **coded(old)) == ([client["id"]] if by_provider else [])
    assert await found(world.provider_b, **coded(old)) == []
    listed = await world.organiser.get(f"/v1/clients/{client['id']}/former-identities")
    assert [(each["identity"]["value"], each["reason"]) for each in listed.json()["items"]] == [
        (old, why or "unknown")
    ]
    refused = await world.provider_a.get(f"/v1/clients/{client['id']}/former-identities")
    assert refused.status_code == 403
    for way in (
        f"/v1/clients/{client['id']}",
        "/v1/clients",
        "/v1/changes",
        f"/v1/clients/{client['id']}/versions",
    ):
        assert old not in (await world.provider_a.get(way)).text, way


async def test_a_temporary_code_is_replaced_and_leads_on(world: TenantFixture) -> None:
    client = await world.client(**coded("01019900001", TEMPORARY))
    await world.relationship(client["id"])
    client = await recoded(world, client, identity_code(), None)
    assert await found(world.provider_a, **coded("01019900001", TEMPORARY)) == [client["id"]]
    findings = await world.organiser.get("/v1/client-findings")
    assert findings.json()["items"] == [], "that a temporary code is replaced is no surprise"


async def test_a_code_that_went_to_another_is_that_ones(world: TenantFixture) -> None:
    """The clerk typed somebody else's code; it is corrected, and then the right person comes."""
    code = identity_code()
    wrong = await world.client(**coded(code))
    wrong = await recoded(world, wrong, identity_code(), "corrected")
    right = await world.client(**coded(code))
    assert await found(world.organiser, **coded(code)) == [right["id"]]
    (finding,) = (await world.organiser.get("/v1/client-findings")).json()["items"]
    assert finding == {
        "code": "possible-duplicate",
        "client_id": min(wrong["id"], right["id"]),
        "other_client_id": max(wrong["id"], right["id"]),
        "because": "same-code",
    }


async def test_why_a_code_changed_may_be_told_afterwards(world: TenantFixture) -> None:
    old = identity_code()
    client = await recoded(world, await world.client(**coded(old)), identity_code(), None)
    await world.relationship(client["id"])
    (finding,) = (await world.organiser.get("/v1/client-findings")).json()["items"]
    assert finding == {"code": "identity-changed", "client_id": client["id"]}
    answer = await world.organiser.put(
        f"/v1/clients/{client['id']}?identity_change=corrected", entry_of(client)
    )
    assert (answer.status_code, answer.json()["version"]) == (200, client["version"])
    assert (await world.organiser.get("/v1/client-findings")).json()["items"] == []
    assert await found(world.provider_a, **coded(old)) == [client["id"]]


async def test_a_code_of_somebody_who_is_not_born_or_was_born_another_day_is_refused(
    world: TenantFixture,
) -> None:
    entry = {"family_name": "x", "given_names": "x", "turvakielto": False, "source_id": "u"}
    unborn = await world.organiser.post(
        "/v1/clients", entry | coded("010199A900" + check_character("010199900"))
    )
    assert (unborn.status_code, unborn.json()["errors"][0]["pointer"]) == (422, "/identity/value")
    another = await world.organiser.post(
        "/v1/clients", entry | coded("020290-999B") | {"date_of_birth": "1990-02-03"}
    )
    places = [each["pointer"] for each in another.json()["errors"]]
    assert (another.status_code, places) == (422, ["/identity/value", "/date_of_birth"])
    right = await world.organiser.post(
        "/v1/clients", entry | coded("020290-999B") | {"date_of_birth": "1990-02-02"}
    )
    assert right.status_code == 201


async def test_found_by_whole_words_of_the_name(world: TenantFixture) -> None:
    one = await world.client(
        family_name="Mäki-Virtanen", given_names="Eeva Maria", date_of_birth="1990-02-02"
    )
    other = await world.client(family_name="Virtanen", given_names="Eeva", date_of_birth="1985-02-02")
    await world.relationship(other["id"])
    assert await found(world.organiser, name="eeva VIRTANEN") == sorted([one["id"], other["id"]])
    assert await found(world.organiser, name="Ma\u0308ki") == [one["id"]], "however an ä is written"
    assert await found(world.organiser, name="eeva", date_of_birth="1990-02-02") == [one["id"]]
    assert await found(world.organiser, name="Virta") == [], "no search by beginnings"
    assert await found(world.provider_a, name="virtanen") == [other["id"]]
    both = await world.organiser.post("/v1/client-searches", {"name": "x"} | coded("020290-999B"))
    assert both.status_code == 422
    assert (await world.organiser.post("/v1/client-searches", {})).status_code == 422
    renamed = entry_of(one) | {"family_name": "Koivu"}
    await world.organiser.put(f"/v1/clients/{one['id']}", renamed, If_Match='"1"')
    assert await found(world.organiser, name="mäki") == []
    assert await found(world.organiser, name="koivu") == [one["id"]]


async def duplicates(world: TenantFixture, **query: str) -> list[tuple[str, str]]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    items = (await world.organiser.get(f"/v1/client-findings?{asked}")).json()["items"]
    return [(each["client_id"], each["other_client_id"]) for each in items]


async def test_who_may_have_been_entered_twice(world: TenantFixture) -> None:
    """A finding moves along with a merge, goes with a verdict, and does not come back; after parting each has its own."""
    same = {"family_name": "Testi", "given_names": "Tiina"}
    one = await world.client(**same, date_of_birth="1990-02-02")
    two = await world.client(
        given_names="tiina", family_name="TESTI", **coded(identity_code_of("1990-02-02"))
    )
    three = await world.client(given_names="Testi", family_name="Tiina", date_of_birth="1990-02-02")
    await world.client(**same, date_of_birth="1991-02-02")
    a, b, c = one["id"], two["id"], three["id"]
    assert await duplicates(world) == [(a, b), (a, c), (b, c)]
    assert (await merge(world, {"client": one}, {"client": two})).status_code == 200
    assert await duplicates(world) == [(b, c)], "those of both move along, and none points at itself"
    answer = await world.organiser.post(f"/v1/clients/{c}/not-same", {"from": b, "reason": "Sisarukset"})
    (apart,) = answer.json()["apart"]
    assert (answer.json()["items"], {*apart.values()} >= {b, c, "Sisarukset"}) == ([], True)
    assert await duplicates(world) == []
    assert (await unmerge(world, {"client": one})).status_code == 200
    assert await duplicates(world) == [(a, b), (a, c)]
    assert await duplicates(world, client_id=b) == [(a, b)]
    itself = await world.organiser.post(f"/v1/clients/{c}/not-same", {"from": c, "reason": "x"})
    assert (itself.status_code, itself.json()["errors"][0]["pointer"]) == (422, "/from")
    assert (await world.provider_a.get("/v1/client-findings")).status_code == 403


async def test_who_was_recorded_before_names_were_indexed_is_found_too(
    world: TenantFixture, worker_database: Database, app_context: AppContext
) -> None:
    """A worker of the new version has begun."""
    code = identity_code_of("1990-02-02")
    one = await world.client(family_name="Entinen", given_names="Eeva", **coded(code))
    other = await world.client(family_name="Entinen", given_names="Eeva", date_of_birth="1990-02-02")
    await world.owner.execute(
        "update clients set name_words = null, person_index = null, birthday_index = null where organiser_id = $1",
        world.organiser_id,
    )
    assert await found(world.organiser, name="entinen") == []
    await index_clients_of_before(worker_database, app_context.keyring)
    both = sorted([one["id"], other["id"]])
    assert await found(world.organiser, name="entinen", date_of_birth="1990-02-02") == both
    (alike,) = (await world.organiser.get("/v1/client-findings")).json()["items"]
    assert [alike["client_id"], alike["other_client_id"]] == both


@pytest.mark.parametrize("first", ["corrected", "temporary"])
async def test_no_code_leads_past_a_later_change_for_protection(world: TenantFixture, first: str) -> None:
    """audiences.md: a code of before protection is the organiser's, never beside the new one; so is one of before that."""
    old, between = identity_code(), identity_code()
    client = await world.client(**coded(old))
    await world.relationship(client["id"])
    client = await recoded(world, client, between, first)
    assert await found(world.provider_a, **coded(old)) == [client["id"]]
    client = await recoded(world, client, identity_code(), "protection")
    for code in (old, between):
        assert await found(world.provider_a, **coded(code)) == []
        assert await found(world.organiser, **coded(code)) == [client["id"]]
    sheet = f"{HEAD}{old};alku;7.9.2026;6,4;5\n"
    by_code = MAPPING | {"client": {"by": "identity_code", "column": "Asiakas"}}
    assert (await done(world.provider_a, sheet, by_code))["counts"]["created"] == 0
    corrected = await world.organiser.put(
        f"/v1/clients/{client['id']}?identity_change=corrected", entry_of(client)
    )
    assert corrected.status_code == 200, "it was no protection after all"
    assert await found(world.provider_a, **coded(old)) == [client["id"]]


async def test_who_has_a_code_that_cannot_be_read_is_found_by_name(
    world: TenantFixture, worker_database: Database, app_context: AppContext
) -> None:
    """And does not stand in the way of others."""
    names = ("Rikki", "Ehea")
    clients = [await world.client(family_name=each, **coded(identity_code())) for each in names]
    await world.owner.execute(
        "update clients set name_words = null, person_index = null, birthday_index = null where organiser_id = $1",
        world.organiser_id,
    )
    damaged = "update clients set identity_sealed = $2 where id = $1"
    await world.owner.execute(damaged, clients[0]["id"], b"\1\2")
    async with world.transaction() as session:
        await session.fetch(_KEY_SHARE, organiser=world.organiser_id, id=UUID(clients[1]["id"]))
        await index_clients_of_before(worker_database, app_context.keyring)
    restored = "update clients set identity_sealed = null, identity_index = null, identity_system = null where id = $1"
    await world.owner.execute(restored, clients[0]["id"])
    for name, client in zip(names, clients, strict=True):
        assert await found(world.organiser, name=name) == [client["id"]]


_KEY_SHARE = Statement("select from clients where organiser_id = :organiser and id = :id for key share")
"""As recording something of a client does."""
