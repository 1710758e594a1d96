"""Who may register and change whose systems, over HTTP: the table of the law on audiences, attacked from inside."""

import secrets
from typing import Any

import pytest
from httpx import Response
from tests.access.assertions import NewKey, with_keys
from tests.access.assertions import token as signed
from tests.access.test_tokens_api import ask, claims_of
from tests.conftest import KEYS, ApiClient, TenantFixture, _speaker

from walmu_api.access.connected_systems import service
from walmu_api.access.system_registry import Registry
from walmu_dev.founding import add_system

SYSTEMS = "/v1/connected-systems"


def entry(organisation: object, role: str, key: NewKey | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "organisation_id": str(organisation),
        "client_id": f"new-{secrets.token_hex(5)}",
        "name": "Uusi",
        "role": role,
        "source_id": secrets.token_hex(6),
        **with_keys(key or NewKey()),
    } | changes


def refused_at(answer: Response) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {error["pointer"] for error in answer.json()["errors"]}


async def speaker_of(world: TenantFixture, role: str, at: ApiClient | None = None) -> ApiClient:
    """A system that is there already, of the organiser or of the organisation of `at`."""
    organisation = (at or world.organiser).organisation_id
    client_id = f"{role}-{secrets.token_hex(5)}"
    system = await add_system(world.owner, world.organiser_id, organisation, client_id, "x", role, KEYS)
    return _speaker(world.app, world.app_context, client_id, system, organisation, role)


async def token_status(world: TenantFixture, client_id: str, key: NewKey) -> int:
    head = {"alg": "ES256", "kid": key.kid, "typ": "JWT"}
    return (await ask(world, signed(head, claims_of(client_id), key.pem))).status_code


async def delegate(world: TenantFixture, *workplaces: ApiClient) -> Response:
    path = f"/v1/delegated-workplaces/{world.provider_a.organisation_id}"
    version = (await world.organiser.get(path)).headers["etag"]
    ids = [str(each.organisation_id) for each in workplaces]
    return await world.organiser.put(path, {"workplace_ids": ids}, If_Match=version)


async def test_a_provider_registers_a_system_of_its_own_and_gets_tokens(world: TenantFixture) -> None:
    key = NewKey()
    new = entry(world.provider_a.organisation_id, "provider", key)
    answer = await world.provider_a.post(SYSTEMS, new)
    assert answer.status_code == 201, answer.text
    assert (await world.provider_a.post(SYSTEMS, new)).status_code == 200, "the same again is harmless"
    assert await token_status(world, new["client_id"], key) == 200
    assert "proofs" not in answer.json()


@pytest.mark.parametrize("role", ["organiser", "ehr", "auditor", "operator"])
async def test_a_provider_makes_nothing_more_than_it_is(world: TenantFixture, role: str) -> None:
    for organisation in (world.provider_a.organisation_id, world.organiser.organisation_id):
        answer = await world.provider_a.post(SYSTEMS, entry(organisation, role))
        assert "/role" in refused_at(answer)


async def test_a_provider_registers_for_nobody_else(world: TenantFixture) -> None:
    for organisation, role in (
        (world.provider_b.organisation_id, "provider"),
        (world.workplace.organisation_id, "workplace"),
    ):
        answer = await world.provider_a.post(SYSTEMS, entry(organisation, role))
        assert refused_at(answer) == {"/organisation_id"}


async def test_a_provider_registers_for_a_workplace_once_the_organiser_allows_it(
    world: TenantFixture,
) -> None:
    key = NewKey()
    new = entry(world.workplace.organisation_id, "workplace", key)
    assert refused_at(await world.provider_a.post(SYSTEMS, new)) == {"/organisation_id"}
    new |= with_keys(key)
    assert (await delegate(world, world.workplace)).status_code == 200
    answer = await world.provider_a.post(SYSTEMS, new)
    assert answer.status_code == 201, answer.text
    path = answer.headers["location"]
    assert (await world.provider_a.get(path)).status_code == 200
    assert (await world.provider_b.get(path)).status_code == 404
    assert refused_at(await world.provider_b.post(SYSTEMS, new | with_keys(NewKey()))) == {"/organisation_id"}
    assert (await delegate(world)).status_code == 200
    assert (await world.provider_a.get(path)).status_code == 404, "what is taken back is seen no longer"
    changed = new | {"name": "Muu"}
    assert (await world.provider_a.put(path, changed, If_Match='"1"')).status_code == 404
    assert (await world.organiser.get(path)).json()["role"] == "workplace"


async def test_only_the_organiser_says_for_which_workplaces(world: TenantFixture) -> None:
    path = f"/v1/delegated-workplaces/{world.provider_a.organisation_id}"
    begun = await world.organiser.get(path)
    assert (begun.status_code, begun.json()["workplace_ids"]) == (200, [])
    named = {"workplace_ids": [str(world.workplace.organisation_id)]}
    assert (await world.provider_a.put(path, named, If_Match='"1"')).status_code == 403
    assert (await world.organiser.put(path, named)).status_code == 428
    wrong = {"workplace_ids": [str(world.workplace.organisation_id), str(world.provider_b.organisation_id)]}
    assert refused_at(await world.organiser.put(path, wrong, If_Match='"1"')) == {"/workplace_ids/1"}
    twice = {"workplace_ids": [str(world.workplace.organisation_id)] * 2}
    assert refused_at(await world.organiser.put(path, twice, If_Match='"1"')) == {"/workplace_ids/1"}
    answer = await world.organiser.put(path, named, If_Match='"1"')
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"'), answer.text
    assert (await world.organiser.put(path, named)).headers["etag"] == '"2"', "the same again"
    assert (await world.provider_a.get(path)).json()["workplace_ids"] == named["workplace_ids"]
    assert (await world.provider_b.get(path)).status_code == 404
    for foreign in (world.workplace.organisation_id, secrets.token_hex(16)):
        other = await world.organiser.get(f"/v1/delegated-workplaces/{foreign}")
        assert other.status_code in {404, 422}
    items, _ = await world.feed(world.provider_a, "/v1/changes?resource_type=delegated-workplaces")
    assert [item["url"] for item in items] == [path]


async def test_a_provider_sees_the_systems_of_its_own_organisation_only(world: TenantFixture) -> None:
    listed = await world.pages(world.provider_a, SYSTEMS)
    assert {item["organisation_id"] for item in listed} == {str(world.provider_a.organisation_id)}
    for other in (world.organiser, world.provider_b, world.workplace, world.ehr, world.auditor):
        path = f"{SYSTEMS}/{other.system_id}"
        like_nothing = await world.provider_a.get(f"{SYSTEMS}/{world.organiser_id}")
        answer = await world.provider_a.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, like_nothing.json()["code"])
        assert (await world.provider_a.post(f"{path}/revoke", None)).status_code == 404


async def test_the_statement_narrows_by_itself(world: TenantFixture) -> None:
    """Row-level security is the second net: here it lets the whole organiser pass."""
    assert (await delegate(world, world.workplace)).status_code == 200
    async with world.transaction() as session:
        ctx = world.context(session, world.provider_a)
        statement = service.visible_to(ctx, await service.registrar_of(ctx))
        found = {row.organisation_id for row in await session.orm.scalars(statement)}
    assert found == {world.provider_a.organisation_id, world.workplace.organisation_id}


@pytest.mark.parametrize("role", ["workplace", "ehr", "auditor"])
async def test_others_register_nothing(world: TenantFixture, role: str) -> None:
    caller: ApiClient = getattr(world, role)
    for method, path, body in (
        ("POST", SYSTEMS, entry(caller.organisation_id, role)),
        ("GET", SYSTEMS, None),
        ("PUT", f"{SYSTEMS}/{caller.system_id}", entry(caller.organisation_id, role)),
        ("POST", f"{SYSTEMS}/{caller.system_id}/revoke", None),
        ("POST", f"{SYSTEMS}/{caller.system_id}/confirm", None),
    ):
        assert (await caller(method, path, body)).status_code == 403, (method, path)


async def test_an_operator_revokes_and_does_nothing_else(world: TenantFixture) -> None:
    operator = await speaker_of(world, "operator")
    for role, organisation in (
        ("organiser", operator),
        ("operator", operator),
        ("provider", world.provider_a),
    ):
        answer = await operator.post(SYSTEMS, entry(organisation.organisation_id, role))
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    path = f"{SYSTEMS}/{world.provider_a.system_id}"
    assert (await operator.put(path, entry(world.provider_a.organisation_id, "provider"))).status_code == 403
    assert (await operator.post(f"{path}/confirm", None)).status_code == 403
    revoked = await operator.post(f"{path}/revoke", None)
    assert (revoked.status_code, "revoked_on" in revoked.json()) == (200, True)
    auditor = await operator.post(f"{SYSTEMS}/{world.auditor.system_id}/revoke", None)
    assert (auditor.status_code, auditor.json()["code"]) == (403, "not-yours-to-register")


async def test_the_auditor_is_outside_the_organisers_rights(world: TenantFixture) -> None:
    made = await world.organiser.post(SYSTEMS, entry(world.organiser.organisation_id, "auditor"))
    assert refused_at(made) == {"/role"}
    path = f"{SYSTEMS}/{world.auditor.system_id}"
    there = (await world.organiser.get(path)).json()
    fixed = {name: there[name] for name in ("organisation_id", "client_id", "name", "role")}
    keyed = await world.organiser.put(path, fixed | with_keys(NewKey()), If_Match='"1"')
    assert (keyed.status_code, keyed.json()["code"]) == (403, "not-yours-to-register")
    revoked = await world.organiser.post(f"{path}/revoke", None)
    assert (revoked.status_code, revoked.json()["code"]) == (403, "not-yours-to-register")
    assert (await world.auditor.get("/v1/use-log")).status_code == 200


@pytest.mark.parametrize("role", ["organiser", "ehr", "operator"])
async def test_the_organiser_registers_its_own_kinds_for_itself_only(world: TenantFixture, role: str) -> None:
    for kind in (world.provider_a, world.workplace):
        answer = await world.organiser.post(SYSTEMS, entry(kind.organisation_id, role))
        assert refused_at(answer) == {"/organisation_id"}
    own = await world.organiser.post(SYSTEMS, entry(world.organiser.organisation_id, role))
    assert own.status_code == 201, own.text


async def test_a_system_never_changes_its_role(world: TenantFixture) -> None:
    path = f"{SYSTEMS}/{world.provider_a.system_id}"
    there = (await world.provider_a.get(path)).json()
    for role in ("organiser", "ehr", "workplace", "auditor", "operator"):
        fixed = {name: there[name] for name in ("organisation_id", "client_id", "name", "jwks")}
        answer = await world.provider_a.put(path, fixed | {"role": role}, If_Match='"1"')
        assert refused_at(answer) == {"/role"}
    moved = {name: there[name] for name in ("client_id", "name", "role", "jwks")}
    moved["organisation_id"] = str(world.organiser.organisation_id)
    assert refused_at(await world.provider_a.put(path, moved, If_Match='"1"')) == {"/organisation_id"}


async def test_a_second_system_of_the_organiser_waits_for_another_one(world: TenantFixture) -> None:
    key, second = NewKey(), await speaker_of(world, "organiser")
    new = entry(world.organiser.organisation_id, "organiser", key)
    answer = await world.organiser.post(SYSTEMS, new)
    assert (answer.status_code, answer.json()["awaits_confirmation"]) == (201, True)
    path = answer.headers["location"]
    assert await token_status(world, new["client_id"], key) == 401
    own = await world.organiser.post(f"{path}/confirm", None)
    assert (own.status_code, own.json()["code"]) == (409, "needs-another-system")
    acting = await world.organiser.put(path, new | {"name": "Toinen nimi"}, If_Match='"1"')
    assert acting.json()["awaits_confirmation"] is True, "a change is no confirmation"
    for stranger in (world.provider_a, world.ehr, world.workplace):
        assert (await stranger.post(f"{path}/confirm", None)).status_code == 403
    assert await token_status(world, new["client_id"], key) == 401
    read_before = await second.post(f"{path}/confirm", None, If_Match='"1"')
    assert read_before.status_code == 412, "what was read is not what is there"
    confirmed = await second.post(f"{path}/confirm", None, If_Match='"2"')
    assert confirmed.status_code == 200, confirmed.text
    assert "awaits_confirmation" not in confirmed.json()
    assert await token_status(world, new["client_id"], key) == 200
    again = await second.post(f"{path}/confirm", None)
    assert (again.status_code, again.headers["etag"]) == (200, confirmed.headers["etag"])


async def test_a_key_put_on_another_system_of_the_organiser_waits_too(world: TenantFixture) -> None:
    """Else one system could confirm its own by putting a key of its own on the one that may."""
    second, key = await speaker_of(world, "organiser"), NewKey()
    path = f"{SYSTEMS}/{second.system_id}"
    there = (await world.organiser.get(path)).json()
    fixed = {name: there[name] for name in ("organisation_id", "client_id", "name", "role")}
    put = await world.organiser.put(path, fixed | with_keys(key), If_Match='"1"')
    assert put.json()["awaits_confirmation"] is True
    assert await token_status(world, second.client_id, key) == 401
    assert (await world.organiser.post(f"{path}/confirm", None)).status_code == 409
    third = await speaker_of(world, "organiser")
    assert (await third.post(f"{path}/confirm", None)).status_code == 200
    assert await token_status(world, second.client_id, key) == 200


async def test_an_organisers_system_changes_its_own_keys_without_waiting(world: TenantFixture) -> None:
    key = NewKey()
    path = f"{SYSTEMS}/{world.organiser.system_id}"
    there = (await world.organiser.get(path)).json()
    fixed = {name: there[name] for name in ("organisation_id", "client_id", "name", "role")}
    keys = {"keys": [*there["jwks"]["keys"], key.public]}
    put = await world.organiser.put(path, fixed | {"jwks": keys, "proofs": [key.proof()]}, If_Match='"1"')
    assert (put.status_code, "awaits_confirmation" in put.json()) == (200, False), put.text
    assert await token_status(world, world.organiser.client_id, key) == 200


async def test_a_record_system_made_over_http_confirms_nothing(world: TenantFixture) -> None:
    """The organiser registers record systems alone: one that it made would be no second pair of eyes."""
    new = entry(world.organiser.organisation_id, "ehr")
    assert (await world.organiser.post(SYSTEMS, new)).status_code == 201
    pending = await world.organiser.post(SYSTEMS, entry(world.organiser.organisation_id, "organiser"))
    path = f"{pending.headers['location']}/confirm"
    assert (await world.ehr.post(path, None)).status_code == 403


async def test_a_client_id_of_another_organiser_is_free(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    """Whether somebody else has it is not to be learnt: both have it, and each key opens its own door."""
    ours, theirs = NewKey("2026-10"), NewKey("2026-10")
    new = entry(world.provider_a.organisation_id, "provider", ours)
    assert (await world.organiser.post(SYSTEMS, new)).status_code == 201
    same = new | {"organisation_id": str(elsewhere.provider_a.organisation_id)} | with_keys(theirs)
    answer = await elsewhere.organiser.post(SYSTEMS, same)
    assert (answer.status_code, answer.json()["client_id"]) == (201, new["client_id"]), answer.text
    for key, where in ((ours, world), (theirs, elsewhere)):
        head = {"alg": "ES256", "kid": "2026-10", "typ": "JWT"}
        given = await ask(world, signed(head, claims_of(new["client_id"]), key.pem))
        bearer = f"Bearer {given.json()['access_token']}"
        who = (await world.organiser.get("/v1/whoami", Authorization=bearer)).json()
        assert who["organiser"]["id"] == str(where.organiser.organisation_id)
        assert who["organisation"]["id"] == str(where.provider_a.organisation_id)


async def test_two_systems_of_one_client_id_do_not_spend_each_others_assertions(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    ours, theirs = NewKey(), NewKey()
    new = entry(world.provider_a.organisation_id, "provider", ours)
    await world.organiser.post(SYSTEMS, new)
    same = new | {"organisation_id": str(elsewhere.provider_a.organisation_id)} | with_keys(theirs)
    await elsewhere.organiser.post(SYSTEMS, same)
    for key, status in ((ours, 200), (theirs, 200), (ours, 401)):
        head = {"alg": "ES256", "kid": key.kid, "typ": "JWT"}
        assertion = signed(head, claims_of(new["client_id"], jti="the-same"), key.pem)
        assert (await ask(world, assertion)).status_code == status


async def test_a_client_id_is_unique_where_the_registrar_sees_it(world: TenantFixture) -> None:
    new = entry(world.provider_a.organisation_id, "provider")
    assert (await world.organiser.post(SYSTEMS, new)).status_code == 201
    again = new | {"source_id": "x"} | with_keys(NewKey())
    answer = await world.organiser.post(SYSTEMS, again)
    assert (answer.status_code, answer.json()["code"]) == (409, "client-id-taken")
    own = await world.provider_a.post(SYSTEMS, again | with_keys(NewKey()))
    assert (own.status_code, own.json()["code"]) == (409, "client-id-taken")
    of_b = new | {"organisation_id": str(world.provider_b.organisation_id)} | with_keys(NewKey())
    assert (await world.provider_b.post(SYSTEMS, of_b)).status_code == 201, (
        "what it may not see tells nothing"
    )


async def test_a_removed_key_ends_its_tokens_and_spares_those_of_the_others(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Registry.REMEMBERED <= 60, "in every process: each remembers a system no longer than this"
    monkeypatch.setattr(Registry, "REMEMBERED", 0.0)
    old, lasting = NewKey(), NewKey()
    new = entry(world.provider_a.organisation_id, "provider", **with_keys(old, lasting))
    path = (await world.organiser.post(SYSTEMS, new)).headers["location"]
    bearers = []
    for key in (old, lasting):
        head = {"alg": "ES256", "kid": key.kid, "typ": "JWT"}
        given = await ask(world, signed(head, claims_of(new["client_id"]), key.pem))
        bearers.append(f"Bearer {given.json()['access_token']}")

    async def statuses() -> list[int]:
        return [
            (await world.provider_a.get("/v1/whoami", Authorization=bearer)).status_code for bearer in bearers
        ]

    assert await statuses() == [200, 200]
    assert (
        await world.organiser.put(path, new | with_keys(lasting, proven=()), If_Match='"1"')
    ).status_code == 200
    assert await statuses() == [401, 200]


async def test_another_key_under_the_same_kid_does_not_save_the_old_ones_tokens(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Registry, "REMEMBERED", 0.0)
    old, following = NewKey("current"), NewKey("current")
    new = entry(world.provider_a.organisation_id, "provider", old)
    path = (await world.organiser.post(SYSTEMS, new)).headers["location"]
    head = {"alg": "ES256", "kid": "current", "typ": "JWT"}
    given = await ask(world, signed(head, claims_of(new["client_id"]), old.pem))
    bearer = f"Bearer {given.json()['access_token']}"
    assert (await world.organiser.put(path, new | with_keys(following), If_Match='"1"')).status_code == 200
    assert (await world.provider_a.get("/v1/whoami", Authorization=bearer)).status_code == 401
    assert await token_status(world, new["client_id"], following) == 200


async def fed(world: TenantFixture, speaker: ApiClient, system: str) -> list[str]:
    items, _ = await world.feed(speaker, "/v1/changes?resource_type=connected-system")
    return [item["change"] for item in items if item["resource_id"] == system]


async def test_every_key_change_is_told_to_organiser_and_owner_and_logged(world: TenantFixture) -> None:
    key, following = NewKey(), NewKey()
    new = entry(world.provider_a.organisation_id, "provider", key)
    made = (await world.provider_a.post(SYSTEMS, new)).json()
    path = f"{SYSTEMS}/{made['id']}"
    rotated = new | with_keys(key, following, proven=(following,))
    assert (await world.provider_a.put(path, rotated, If_Match='"1"')).status_code == 200
    assert (
        await world.provider_a.put(path, rotated | {"proofs": []} | {"name": "Muu"}, If_Match='"2"')
    ).status_code == 200
    assert (
        await world.provider_a.put(
            path, rotated | with_keys(following, proven=()) | {"name": "Muu"}, If_Match='"3"'
        )
    ).status_code == 200
    assert (await world.organiser.post(f"{path}/revoke", None)).status_code == 200
    changes = ["created", "updated", "updated", "updated", "ended"]
    assert await fed(world, world.organiser, made["id"]) == changes
    assert await fed(world, world.provider_a, made["id"]) == changes
    for stranger in (world.provider_b, world.workplace):
        assert await fed(world, stranger, made["id"]) == []
    rows = await world.use_log(resource_type="connected systems")
    assert [(row["operation"], row["organisation_id"], list(row["client_ids"])) for row in rows] == [
        ("registerConnectedSystem", world.provider_a.organisation_id, []),
        ("replaceConnectedSystem", world.provider_a.organisation_id, []),
        ("replaceConnectedSystem", world.provider_a.organisation_id, []),
        ("revokeConnectedSystem", world.organiser.organisation_id, []),
    ], "a new name is no change of keys"


async def test_a_workplace_is_told_of_its_own_keys(world: TenantFixture) -> None:
    made = await world.organiser.post(SYSTEMS, entry(world.workplace.organisation_id, "workplace"))
    assert await fed(world, world.workplace, made.json()["id"]) == ["created"]
    assert await fed(world, world.provider_a, made.json()["id"]) == []


async def test_a_refused_change_leaves_nothing(world: TenantFixture) -> None:
    for bad in (
        entry(world.provider_b.organisation_id, "provider"),
        entry(world.provider_a.organisation_id, "provider", proofs=[]),
    ):
        assert (await world.provider_a.post(SYSTEMS, bad)).status_code == 422
    assert await world.use_log(resource_type="connected systems") == []
    items, _ = await world.feed(world.organiser, "/v1/changes?resource_type=connected-system")
    assert items == []
