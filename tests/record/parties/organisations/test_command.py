"""`walmu-api organiser create`, `auditor create`, `systems confirm`, `record-system add`: what founding takes, and leaves."""

import asyncio
import json
import os
import secrets
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.access.assertions import NewKey, token, with_keys
from tests.access.test_registration_api import SYSTEMS, entry, token_status
from tests.access.test_tokens_api import ask, claims_of
from tests.conftest import TenantFixture, business_id

from walmu_api.access.system_registry import Registry
from walmu_api.adapters.ehr.command import Address, add_record_system
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.database import Database
from walmu_api.foundation.logins import WORKER
from walmu_api.record.parties.codes.command import CommandError
from walmu_api.record.parties.organisations.command import (
    Installation,
    NewSystem,
    confirm_system,
    create_auditor,
    create_organiser,
)
from walmu_dev.postgres.logins import Logins

ADDRESS = Address("lifecare_rest", "https://ehr.example", b"a-secret")


def new(key: NewKey, client_id: str = "", **members: Any) -> NewSystem:
    keys = with_keys(key) | members
    return NewSystem(client_id or f"cli-{secrets.token_hex(5)}", "Järjestelmä", json.dumps(keys).encode())


def at(world: TenantFixture, database: Database | None = None) -> Installation:
    context = world.app_context
    return Installation(database or context.database, context.keyring, context.public_url)


async def bearer(world: TenantFixture, client_id: str, key: NewKey) -> dict[str, str]:
    head = {"alg": "ES256", "kid": key.kid, "typ": "JWT"}
    given = await ask(world, token(head, claims_of(client_id), key.pem))
    assert given.status_code == 200, given.text
    return {"Authorization": f"Bearer {given.json()['access_token']}"}


async def test_an_organiser_is_founded_with_a_system_that_can_begin(
    world: TenantFixture, owner_url: str
) -> None:
    key, number = NewKey(), business_id()
    system = new(key)
    owner = Database(owner_url, Clock(), pool_size=1)
    try:
        outcome = await create_organiser(at(world, owner), "Ita\u0308-Uudenmaan alue", number, system)
        with pytest.raises(CommandError, match="already"):
            await create_organiser(at(world, owner), "Toinen", number, new(NewKey()))
    finally:
        await owner.close()
    assert system.client_id in outcome
    caller = await bearer(world, system.client_id, key)
    who = (await world.organiser.get("/v1/whoami", **caller)).json()
    assert (who["role"], who["organisation"]["kind"]) == ("organiser", "organiser")
    assert who["organiser"]["name"] == who["organisation"]["name"] == "Itä-Uudenmaan alue"
    assert who["organiser"]["id"] == who["organisation"]["id"]
    provider = {"kind": "provider", "name": "Uusi tuottaja", "source_id": "p"}
    assert (await world.organiser.post("/v1/organisations", provider, **caller)).status_code == 201
    fed = (await world.organiser.get("/v1/changes", **caller)).json()["items"]
    assert [(each["resource_type"], each["change"]) for each in fed] == [
        ("connected-system", "created"),
        ("organisation", "created"),
    ]
    rows = await world.owner.fetch(
        "select operation, purpose, system_id, person ->> 'sub' as sub from use_log where organiser_id ="
        " (select organiser_id from organisations where id = $1::text::uuid)",
        who["organiser"]["id"],
    )
    assert [(row["operation"], row["purpose"], row["sub"]) for row in rows] == [
        ("walmu-api organiser create", "technical-operation", "walmu-api")
    ]
    assert str(rows[0]["system_id"]) == who["connected_system"]["id"]


@pytest.mark.parametrize(
    ("number", "members"),
    [
        ("1234567-0", {}),
        (None, {"proofs": []}),
        (None, {"jwks": {"keys": []}}),
        (None, {"jwks": 5}),
        (None, {"role": "auditor"}),
        (None, {"surplus": 1}),
    ],
)
async def test_what_is_wrong_with_a_founding_is_said_and_nothing_stays(
    world: TenantFixture, owner_url: str, number: str | None, members: dict[str, Any]
) -> None:
    number = number or business_id()
    owner = Database(owner_url, Clock(), pool_size=1)
    try:
        with pytest.raises(CommandError):
            await create_organiser(at(world, owner), "X", number, new(NewKey(), **members))
    finally:
        await owner.close()
    found = await world.owner.fetchval("select count(*) from organisers where business_id = $1", number)
    assert found == 0


async def test_a_file_that_is_no_json_is_refused(world: TenantFixture) -> None:
    for raw in (b"", b"kissa", b"[]", b"\xff", b"5"):
        with pytest.raises(CommandError, match="JSON"):
            await create_auditor(at(world), str(world.organiser_id), NewSystem("aud", "X", raw))


async def test_an_auditor_is_founded_and_keyed_anew(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Registry, "REMEMBERED", 0.0)
    first, second = NewKey(), NewKey()
    system = new(first)
    await create_auditor(at(world), str(world.organiser_id), system)
    caller = await bearer(world, system.client_id, first)
    assert (await world.auditor.get("/v1/use-log", **caller)).status_code == 200
    outcome = await create_auditor(at(world), str(world.organiser_id), new(second, system.client_id))
    assert "has these keys" in outcome
    assert (await world.auditor.get("/v1/use-log", **caller)).status_code == 401
    assert await token_status(world, system.client_id, first) == 401
    assert await token_status(world, system.client_id, second) == 200
    operations = [row["operation"] for row in await world.use_log(operation="walmu-api auditor create")]
    assert len(operations) == 2
    items, _ = await world.feed(world.organiser, "/v1/changes?resource_type=connected-system")
    assert [item["change"] for item in items] == ["created", "updated"]


async def test_the_command_does_not_make_an_auditor_of_another_system(world: TenantFixture) -> None:
    with pytest.raises(CommandError, match="of role organiser already"):
        await create_auditor(at(world), str(world.organiser_id), new(NewKey(), world.organiser.client_id))


async def test_a_key_of_another_system_is_refused_at_the_command_line_too(world: TenantFixture) -> None:
    key = NewKey()
    await create_auditor(at(world), str(world.organiser_id), new(key))
    with pytest.raises(CommandError, match="/jwks/keys/0"):
        await create_auditor(at(world), str(world.organiser_id), new(key))


@pytest.fixture
async def exchange(logins: Logins, clock: Clock) -> AsyncIterator[Database]:
    """The database as the worker comes to it."""
    database = Database(logins.worker, clock, group=WORKER, pool_size=1)
    yield database
    await database.close()


async def test_a_record_system_is_a_connected_system_and_a_target(
    world: TenantFixture, exchange: Database
) -> None:
    key = NewKey()
    system, organiser = new(key), str(world.organiser_id)
    await add_record_system(at(world), exchange, organiser, system, ADDRESS)
    caller = await bearer(world, system.client_id, key)
    assert (await world.ehr.get("/v1/whoami", **caller)).json()["role"] == "ehr"
    moved = Address("lifecare_rest", "https://other.example", b"another")
    outcome = await add_record_system(at(world), exchange, organiser, new(key, system.client_id), moved)
    assert "changed" in outcome
    (target,) = (await world.organiser.get("/v1/ehr/targets")).json()["items"]
    assert target["name"] == system.client_id
    row = await world.owner.fetchrow(
        "select base_url, secret_sealed from ehr_targets where organiser_id = $1", world.organiser_id
    )
    assert row is not None
    assert row["base_url"] == "https://other.example"
    assert b"another" not in row["secret_sealed"]


@pytest.mark.parametrize(
    "address", [Address("x", "https://e", b"s"), Address("lifecare_rest", "file:///etc", b"s")]
)
async def test_a_record_system_that_cannot_be_reached_is_refused(
    world: TenantFixture, exchange: Database, address: Address
) -> None:
    with pytest.raises(CommandError):
        await add_record_system(at(world), exchange, str(world.organiser_id), new(NewKey()), address)
    assert (await world.organiser.get("/v1/ehr/targets")).json()["items"] == []


async def test_the_second_system_of_an_organiser_is_confirmed_at_the_command_line(
    world: TenantFixture,
) -> None:
    key = NewKey()
    pending = entry(world.organiser.organisation_id, "organiser", key)
    assert (await world.organiser.post(SYSTEMS, pending)).status_code == 201
    assert await token_status(world, pending["client_id"], key) == 401
    await confirm_system(at(world), str(world.organiser_id), pending["client_id"])
    assert await token_status(world, pending["client_id"], key) == 200
    with pytest.raises(CommandError, match="no connected system"):
        await confirm_system(at(world), str(world.organiser_id), world.provider_a.client_id)


async def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "walmu_api.cli",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | environment,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_the_commands_from_end_to_end(
    world: TenantFixture, logins: Logins, owner_url: str, tmp_path: Path
) -> None:
    """As an operator types them: a key, its proof, an organiser, its auditor."""
    environment = {
        "WALMU_MIGRATION_URL": owner_url,
        **logins.environment,
        "WALMU_PUBLIC_URL": world.app_context.public_url,
        "WALMU_KEYRING": str(a_keyring(tmp_path)),
    }
    number, files = business_id(), {}
    for name in ("organiser", "auditor"):
        private = tmp_path / f"{name}.pem"
        code, out, err = await run("systems", "new-key", str(private), **environment)
        assert code == 0, err
        assert stat.S_IMODE(private.stat().st_mode) == 0o600
        assert "PRIVATE" not in out
        files[name] = tmp_path / f"{name}.json"
        files[name].write_text(out)
    tag = secrets.token_hex(4)
    founding = ["organiser", "create", "--name", "Alue", "--business-id", number, "--client-id", f"org-{tag}"]
    code, out, err = await run(*founding, "--keys", str(files["organiser"]), **environment)
    assert (code, "is founded" in out) == (0, True), err
    code, out, err = await run(*founding, "--keys", str(files["organiser"]), **environment)
    assert (code, "already" in err, "Traceback" in err) == (2, True, False)
    auditor = ["auditor", "create", "--name", "Tarkastus", "--client-id", f"aud-{tag}", "--organiser", number]
    code, out, err = await run(*auditor, "--keys", str(files["auditor"]), **environment)
    assert (code, "is the auditor" in out) == (0, True), err
    spoilt = tmp_path / "no-key.pem"
    spoilt.write_text("kissa")
    code, out, err = await run("systems", "new-key", str(spoilt), **environment)
    assert (code, out, "Traceback" in err) == (2, "", False)


def a_keyring(folder: Path) -> Path:
    """A keyring of its own: the commands ask it for nothing but that it is there."""
    from walmu_api.foundation.encryption import Keyring

    Keyring.create(folder / "keyring.json")
    return folder / "keyring.json"
