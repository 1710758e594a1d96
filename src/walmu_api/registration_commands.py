"""`walmu-api organiser | auditor | record-system | systems`: founding parties, and what no system may do over HTTP."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from walmu_api.command_line import Organiser, contents, fail, opened, read, with_database, workers_url

if TYPE_CHECKING:
    from walmu_api.record.parties.organisations.command import Installation, NewSystem

organiser = typer.Typer(no_args_is_help=True, help="Organisers of this installation.")
auditor = typer.Typer(no_args_is_help=True, help="The auditor of an organiser.")
record_system = typer.Typer(no_args_is_help=True, help="Record systems of an organiser.")
systems = typer.Typer(no_args_is_help=True, help="Connected systems of an organiser.")
GROUPS = {"organiser": organiser, "auditor": auditor, "record-system": record_system, "systems": systems}

ClientId = Annotated[str, typer.Option(help="The OAuth client id of its connected system.")]
Keys = Annotated[
    Path, typer.Option(help="JSON with jwks and proofs, as `walmu-api systems new-key` prints it.")
]
Name = Annotated[str, typer.Option(help="What people call it.")]


def _act(act: Callable[["Installation"], Awaitable[str]], *, as_owner: bool = False) -> None:
    """Do it with the installation's database and keyring, and say what came of it."""
    from walmu_api.foundation.encryption import Keyring, KeyringError
    from walmu_api.record.parties.organisations.command import Installation

    settings = read()
    try:
        keyring = Keyring.read(settings.keyring_file)
    except KeyringError as error:
        fail(str(error))
    audience = settings.api.public_url
    done = with_database(lambda database: act(Installation(database, keyring, audience)), as_owner=as_owner)
    typer.echo(done)


def _system(client_id: str, name: str, keys: Path) -> "NewSystem":
    from walmu_api.record.parties.organisations.command import NewSystem

    return NewSystem(client_id, name, contents(keys, "keys"))


@organiser.command("create")
def create_organiser(
    name: Name,
    business_id: Annotated[str, typer.Option(help="Y-tunnus with its check digit.")],
    client_id: ClientId,
    keys: Keys,
    system_name: Annotated[str | None, typer.Option(help="What people call its first system.")] = None,
) -> None:
    """Found an organiser with its first connected system, as the tables' owner (WALMU_MIGRATION_URL)."""
    from walmu_api.record.parties.organisations.command import create_organiser as create

    system = _system(client_id, system_name or name, keys)
    _act(lambda at: create(at, name, business_id, system), as_owner=True)


@auditor.command("create")
def create_auditor(client_id: ClientId, name: Name, keys: Keys, organiser: Organiser = None) -> None:
    """The system that reads the use log. Again with other keys: they take the place of the former ones."""
    from walmu_api.record.parties.organisations.command import create_auditor as create

    system = _system(client_id, name, keys)
    _act(lambda at: create(at, organiser, system))


@record_system.command("add")
def add_record_system(
    client_id: ClientId,
    name: Name,
    keys: Keys,
    url: Annotated[str, typer.Option(help="Where it is reached.")],
    secret_file: Annotated[Path, typer.Option(help="What it knows us by, alone in a file.")],
    dialect: Annotated[str, typer.Option(help="What it speaks.")] = "lifecare_rest",
    organiser: Organiser = None,
) -> None:
    """A record system: as a connected system, and as one that the worker exchanges with. Again: its new keys, address
    and secret."""
    from walmu_api.adapters.ehr.command import Address
    from walmu_api.adapters.ehr.command import add_record_system as add
    from walmu_api.foundation.logins import WORKER
    from walmu_api.foundation.starting import require_ready

    system = _system(client_id, name, keys)
    address = Address(dialect, url, contents(secret_file, "the secret").strip())
    settings = read()

    async def done(at: "Installation") -> str:
        exchange = opened(settings, workers_url(settings), group=WORKER)
        try:
            await require_ready(exchange, "WALMU_WORKER_URL (or, without it, DATABASE_URL)")
            return await add(at, exchange, organiser, system, address)
        finally:
            await exchange.close()

    _act(done)


@systems.command("confirm")
def confirm_system(client_id: ClientId, organiser: Organiser = None) -> None:
    """Confirm a further system of the organiser itself, where no other one can do so: from now on it gets tokens."""
    from walmu_api.record.parties.organisations.command import confirm_system as confirm

    _act(lambda at: confirm(at, organiser, client_id))


@systems.command("new-key")
def new_key(
    private_key: Annotated[Path, typer.Argument(help="Where the private key (PEM) is, or is to be made.")],
    audience: Annotated[
        str | None, typer.Option(help="The issuer of the installation; without: this one's.")
    ] = None,
) -> None:
    """Print what registering a key takes: its public half, and a proof that is good once, for four minutes."""
    from pydantic_core import to_json

    from walmu_api.access import tokens
    from walmu_api.access.key_strength import thumbprint
    from walmu_api.foundation.encryption import SigningKey, new_signing_key

    issuer = audience or read().api.public_url
    try:
        if not private_key.exists():
            _write_new(private_key, new_signing_key().pem)
        pem = private_key.read_text(encoding="ascii")
        kid = thumbprint(tokens.public_jwk(SigningKey("", pem)))
        public = tokens.public_jwk(SigningKey(kid, pem))
        tokens.Key(public)  # of another curve it would be refused where it is registered
        proof = tokens.key_proof(issuer, pem, kid)
    except OSError as error:
        fail(f"{private_key} cannot be read or written: {error.strerror}.")
    except Exception:  # noqa: BLE001 - whatever the library says of it
        fail(f"{private_key} holds no private key of the curve P-256, in PEM, without a password.")
    typer.echo(to_json({"jwks": {"keys": [public]}, "proofs": [proof]}))


def _write_new(private_key: Path, pem: str) -> None:
    """For its owner alone, and whole or not at all."""
    descriptor = os.open(private_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(pem)
    except BaseException:
        private_key.unlink()
        raise
