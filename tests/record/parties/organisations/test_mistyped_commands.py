"""A clerk who mistypes: each command that fails says so in one line, ends with 2, shows no secret and leaves nothing."""

import asyncio
import json
import os
import secrets
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from joserfc import jwk as second_jwk
from tests.access.assertions import NewKey, b64, with_keys
from tests.access.test_registration_api import SYSTEMS, entry
from tests.conftest import TenantFixture, business_id
from tests.record.parties.organisations.test_command import a_keyring
from typer.testing import CliRunner

from walmu_api.cli import app
from walmu_dev.postgres.embedded import temporary_cluster
from walmu_dev.postgres.logins import Logins

SECRET = "b4-nobody-reads-this"
OWNER = "WALMU_MIGRATION_URL (or, without it, DATABASE_URL)"
COUNTS = """
select (select count(*) from organisers), (select count(*) from connected_systems), (select count(*) from system_keys),
    (select count(*) from held_keys), (select count(*) from used_jti), (select count(*) from ehr_targets)
"""


class Clerk:
    """Who types commands, with a folder of files and the variables of an installation."""

    def __init__(self, folder: Path, world: TenantFixture, variables: dict[str, str]) -> None:
        self.folder, self.world = folder, world
        self.variables = {"WALMU_KEYRING": str(a_keyring(folder)), "WALMU_DATA_DIR": str(folder)} | variables

    def file(self, content: bytes | str | dict[str, Any]) -> str:
        raw = json.dumps(content) if isinstance(content, dict) else content
        path = self.folder / secrets.token_hex(6)
        path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
        return str(path)

    def keys(self, key: NewKey | None = None, **changes: Any) -> str:
        return self.file(with_keys(key or NewKey()) | changes)

    def command(self, name: str, /, **changes: Any) -> list[str]:
        """A good one, but for the changes."""
        options: dict[str, Any] = {"client_id": f"cli-{secrets.token_hex(4)}"}
        if name != "systems confirm":
            options |= {"name": "Uusi", "keys": self.keys()}
        if name == "organiser create":
            options |= {"business_id": business_id()}
        else:
            options |= {"organiser": str(self.world.organiser_id)}
        if name == "record-system add":
            options |= {"url": "https://ehr.example", "secret_file": self.file(SECRET)}
        line = [f"--{option.replace('_', '-')}={value}" for option, value in (options | changes).items()]
        return [*name.split(), *line]

    async def fails(self, *command: str, **variables: str) -> str:
        """The one line that is said."""
        before = await self.world.owner.fetchrow(COUNTS)
        done = await asyncio.to_thread(CliRunner().invoke, app, command, env=self.variables | variables)
        assert done.exit_code == 2, (done.output, done.exception)
        assert done.stderr.count("\n") == 1, done.stderr
        assert "Traceback" not in done.stderr
        for hidden in (SECRET, "BEGIN", '"d"'):
            assert hidden not in done.output
        assert await self.world.owner.fetchrow(COUNTS) == before, "nothing is left"
        return done.stderr


@pytest.fixture
def clerk(world: TenantFixture, logins: Logins, owner_url: str, tmp_path: Path) -> Clerk:
    issuer = {"WALMU_MIGRATION_URL": owner_url, "WALMU_PUBLIC_URL": world.app_context.public_url}
    return Clerk(tmp_path, world, logins.environment | issuer)


ALL = ("organiser create", "auditor create", "record-system add", "systems confirm")
ADDRESSES = {
    f"postgresql://u:{SECRET}@127.0.0.1:1/z": "lets nobody in (ConnectionRefusedError)",
    f"postgresql://u:{SECRET}@no-host.invalid/z": "lets nobody in (gaierror)",
    f"postgresql://u:{SECRET}@127.0.0.1:{SECRET}/z": "postgresql://login:password@host:port/name",
    f"postgresql://u:{SECRET}@[::/z": "postgresql://login:password@host:port/name",
    f"mysql://u:{SECRET}@127.0.0.1/z": "must begin with postgresql://",
}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_wrong_address_of_the_database(clerk: Clerk, name: str, address: str) -> None:
    variable = "WALMU_MIGRATION_URL" if name == "organiser create" else "DATABASE_URL"
    line = await clerk.fails(*clerk.command(name), **{variable: address})
    assert ADDRESSES[address] in line
    assert variable in line or "login:password" in line


async def test_a_database_or_login_that_is_not_there(clerk: Clerk, owner_url: str, logins: Logins) -> None:
    for url in (owner_url.replace("/walmu", "/no"), owner_url.replace("walmu_owner", "nobody")):
        line = await clerk.fails(*clerk.command("organiser create"), WALMU_MIGRATION_URL=url)
        assert "lets nobody in" in line
        assert OWNER in line
    line = await clerk.fails(*clerk.command("organiser create"), WALMU_MIGRATION_URL=logins.api)
    assert "set WALMU_MIGRATION_URL to the login of the tables' owner" in line


async def test_a_database_without_our_tables(clerk: Clerk) -> None:
    async with temporary_cluster() as empty:
        for name in ALL:
            url = {"DATABASE_URL": empty.url(), "WALMU_MIGRATION_URL": empty.url()}
            assert "run `walmu-api migrate` first" in await clerk.fails(*clerk.command(name), **url)


@pytest.mark.parametrize("wrong", ["the API's", "unreachable"])
async def test_a_workers_login_that_does_not_work_leaves_no_record_system(
    clerk: Clerk, logins: Logins, wrong: str
) -> None:
    url = logins.api if wrong == "the API's" else f"postgresql://u:{SECRET}@127.0.0.1:1/z"
    assert "WALMU_WORKER_URL" in await clerk.fails(*clerk.command("record-system add"), WALMU_WORKER_URL=url)


def _pem(key: Any, password: bytes | None = None) -> bytes:
    way = BestAvailableEncryption(password) if password else NoEncryption()
    made: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, way)
    return made


def _weak() -> dict[str, Any]:
    modulus = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key().public_numbers().n
    weak = {"kty": "RSA", "kid": "a", "n": b64(modulus.to_bytes(128)), "e": "AQAB"}
    return {"jwks": {"keys": [weak]}, "proofs": ["a.b.c"]}


def _private() -> dict[str, Any]:
    key = NewKey()
    private = second_jwk.ECKey.import_key(key.pem).as_dict(private=True)
    return {"jwks": {"keys": [private | {"kid": key.kid}]}, "proofs": [key.proof()]}


FILES: dict[str, tuple[Callable[[Clerk], Any], str]] = {
    "is not there": (lambda clerk: clerk.folder / "none", "No such file"),
    "is a folder": (lambda clerk: clerk.folder, "Is a directory"),
    "never ends": (lambda clerk: "/dev/zero", "too long"),
    "is empty": (lambda clerk: clerk.file(b""), "JSON object"),
    "is the private key": (lambda clerk: clerk.file(NewKey().pem), "holds a private key"),
    "has the private half": (lambda clerk: clerk.file(_private()), "holds a private key"),
    "is a private JWK": (lambda clerk: clerk.file(_private()["jwks"]["keys"][0]), "holds a private key"),
    "is in another encoding": (
        lambda clerk: clerk.file(json.dumps(with_keys(NewKey())).encode("utf-16")),
        "JSON object",
    ),
    "has a weak key": (lambda clerk: clerk.file(_weak()), "/jwks/keys/0"),
    "has no proof": (lambda clerk: clerk.keys(proofs=[]), "/jwks/keys/0"),
    "has a proof for another service": (
        lambda clerk: clerk.keys(proofs=[NewKey().proof(aud="http://other")]),
        "/jwks/keys/0",
    ),
}


@pytest.mark.parametrize("case", FILES)
async def test_a_file_of_keys_that(clerk: Clerk, case: str) -> None:
    make, line = FILES[case]
    for name in ALL[:3]:
        assert line in await clerk.fails(*clerk.command(name, keys=make(clerk)))


@pytest.mark.parametrize(
    "client_id", ["", "x", "a b", "Iso", "ä" * 4, "abc\n", "x'; drop", "-abc", "a" * 64, "abc\udcff"]
)
async def test_a_client_id_with_odd_characters(clerk: Clerk, client_id: str) -> None:
    for name in ALL:
        await clerk.fails(*clerk.command(name, client_id=client_id))


async def test_an_organiser_that_is_not_there_or_there_already(clerk: Clerk) -> None:
    for name in ALL[1:]:
        for named in ("9999999-9", "x'", "\udcff"):
            line = await clerk.fails(*clerk.command(name, organiser=named))
            assert "Name one organiser with --organiser" in line
    number = await clerk.world.owner.fetchval(
        "select business_id from organisers where id = $1", clerk.world.organiser_id
    )
    assert "already" in await clerk.fails(*clerk.command("organiser create", business_id=number))
    for changes in ({"business_id": "1234567-0"}, {"name": ""}, {"name": "a\nb"}, {"name": "a\udcff"}):
        assert "This is no" in await clerk.fails(*clerk.command("organiser create", **changes))


async def test_an_id_or_a_key_that_another_system_has(clerk: Clerk) -> None:
    world, key = clerk.world, NewKey()
    for name, other, role in (
        ("auditor create", world.organiser, "organiser"),
        ("auditor create", world.ehr, "ehr"),
        ("record-system add", world.auditor, "auditor"),
    ):
        line = await clerk.fails(*clerk.command(name, client_id=other.client_id))
        assert f"is a system of role {role} already" in line
    made = await world.organiser.post(SYSTEMS, entry(world.provider_a.organisation_id, "provider", key))
    assert made.status_code == 201
    for name in ALL[:3]:
        line = await clerk.fails(*clerk.command(name, keys=clerk.keys(key)))
        assert "/jwks/keys/0" in line
        assert made.json()["client_id"] not in line


async def test_a_system_that_is_revoked_is_neither_confirmed_nor_keyed_anew(clerk: Clerk) -> None:
    world = clerk.world
    for role, name in (("organiser", "systems confirm"), ("ehr", "record-system add")):
        new = entry(world.organiser.organisation_id, role)
        path = (await world.organiser.post(SYSTEMS, new)).headers["location"]
        assert (await world.organiser.post(f"{path}/revoke", None)).status_code == 200
        line = await clerk.fails(*clerk.command(name, client_id=new["client_id"]))
        assert "is revoked" in line


@pytest.mark.parametrize(
    "url",
    [
        *("", "ehr", "ftp://e", "https://", "https:// ", "http://a b", f"https://u:{SECRET}@e"),
        *("https://e:99999", "https://e/\n", "https://ä", "https://e?x", "https://e#x", "https://[e"),
    ],
)
async def test_an_address_of_a_record_system_that_is_none(clerk: Clerk, url: str) -> None:
    assert "The address is https://" in await clerk.fails(*clerk.command("record-system add", url=url))


@pytest.mark.parametrize("secret", [b"", b"\n", b"\xff\xfe", b"a\nb", "ä".encode(), b"a b"])
async def test_a_file_of_a_secret_that_holds_none(clerk: Clerk, secret: bytes) -> None:
    line = await clerk.fails(*clerk.command("record-system add", secret_file=clerk.file(secret)))
    assert "The file of the secret" in line
    missing = clerk.command("record-system add", secret_file=clerk.folder / "none")
    assert "No such file" in await clerk.fails(*missing)


async def test_a_key_that_new_key_cannot_use(clerk: Clerk) -> None:
    good = ec.generate_private_key(ec.SECP256R1())
    public = good.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for content in (
        b"",
        b"kissa",
        public,
        _pem(good, b"password"),
        _pem(ec.generate_private_key(ec.SECP384R1())),
        _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    ):
        line = await clerk.fails("systems", "new-key", clerk.file(content))
        assert "holds no private key of the curve P-256" in line
    for path in (clerk.folder, clerk.folder / "no" / "k.pem"):
        assert "cannot be read or written" in await clerk.fails("systems", "new-key", str(path))
    line = await clerk.fails("systems", "new-key", clerk.file(_pem(good)), WALMU_PORT="x")
    assert "WALMU_PORT" in line


async def test_what_waits_for_nothing_is_said_not_to_be_confirmed(clerk: Clerk) -> None:
    command = clerk.command("systems confirm", client_id=clerk.world.organiser.client_id)
    done = await asyncio.to_thread(CliRunner().invoke, app, command, env=clerk.variables)
    assert (done.exit_code, "waits for nothing" in done.stdout) == (0, True)


def _heeds_ctrl_c() -> None:
    """What is started in the background by a shell ignores it, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(("name", "table"), [("organiser create", "used_jti"), ("auditor create", "journal")])
@pytest.mark.parametrize("interrupted", [True, False])
async def test_one_that_is_cut_short_leaves_nothing(
    clerk: Clerk, owner_url: str, name: str, table: str, interrupted: bool
) -> None:
    """In the middle, by Ctrl-C or because somebody holds the table."""
    holder = await asyncpg.connect(owner_url)
    before = await clerk.world.owner.fetchrow(COUNTS)
    command = clerk.command(name)
    try:
        await holder.execute(f"begin; lock table {table} in share row exclusive mode")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "walmu_api.cli", *command),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | clerk.variables,
            preexec_fn=_heeds_ctrl_c,
        )
        waits = "select count(*) from pg_locks where not granted and relation = $1::text::regclass"
        while interrupted and not await clerk.world.owner.fetchval(waits, table):
            assert process.returncode is None
            await asyncio.sleep(0.05)
        if interrupted:
            process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
    finally:
        await holder.close()
    assert (process.returncode, out) == (2, b""), err.decode()
    assert err.decode() in {
        "Interrupted. Run the command again: nothing is recorded twice.\n",
        "The database did not do it (LockNotAvailableError). Run the command again: nothing is recorded twice.\n",
    }
    assert (b"Interrupted" in err) is interrupted
    assert await clerk.world.owner.fetchrow(COUNTS) == before
    again = await asyncio.to_thread(CliRunner().invoke, app, command, env=clerk.variables)
    assert again.exit_code == 0, "the same line, with the same proof, is good"
