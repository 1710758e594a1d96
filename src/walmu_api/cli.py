"""`walmu-api …`: every command of the product. Heavy imports wait until their command is chosen."""

import asyncio
import gc
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from types import FunctionType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from walmu_api.command_line import (
    Organiser,
    auditors_url,
    database_url,
    fail,
    owners_url,
    read,
    with_database,
    workers_url,
)
from walmu_api.registration_commands import GROUPS

ROOM = 16_000
"""Words that the first frame of a long-lived process claims of the interpreter's stack: 125 KiB of a chunk of 256."""


def _with_room(function: Callable[[], None]) -> Callable[[], None]:
    """All that the function calls stands on one chunk of the interpreter's stack: at the edge of a chunk, each
    call in a loop would ask the kernel for memory (ADR 37)."""
    assert isinstance(function, FunctionType)
    function.__code__ = function.__code__.replace(co_stacksize=ROOM)
    return function


class Commands(TyperGroup):
    """Our commands, and what other packages add by the entry-point group `walmu_api.commands`: looked for when
    a command is none of ours, so that no start of the service waits for it. The runtime image has none."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.commands:
            self._take_in()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: Any) -> list[str]:
        self._take_in()
        return super().list_commands(ctx)

    def _take_in(self) -> None:
        from importlib.metadata import entry_points
        from importlib.util import find_spec

        for entry in entry_points(group="walmu_api.commands"):
            if find_spec(entry.module.partition(".")[0]):
                added: Any = typer.main.get_command(entry.load())
                self.commands = {**added.commands, **self.commands}


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
keys = typer.Typer(no_args_is_help=True, help="The keyring: secrets of this installation.")
app.add_typer(keys, name="keys")
codes = typer.Typer(no_args_is_help=True, help="Code systems of an organiser.")
app.add_typer(codes, name="codes")
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


@app.command()
@_with_room
def serve() -> None:
    """The HTTP API."""
    gc.disable()  # until it serves: what a start builds stays, and the collector would walk through it again and again
    from walmu_api.adapters.national.validation.official_schema import Official, OfficialFilesMissing
    from walmu_api.app import build_app_context, create_app, serve_heavy
    from walmu_api.foundation.encryption import KeyringError
    from walmu_api.foundation.heavy_lane import Lane
    from walmu_api.foundation.heavy_process import keeping
    from walmu_api.foundation.logs import configure
    from walmu_api.foundation.server import Server
    from walmu_api.foundation.starting import await_databases

    settings = read()
    configure(settings.log_level)
    try:
        app_context = build_app_context(settings, database_url(settings), auditors_url(settings))
        official = Official(settings.sosmeta_dir) if settings.sosmeta_dir is not None else None
    except (KeyringError, OfficialFilesMissing) as error:
        fail(str(error))
    api = create_app(app_context, official)
    leaving = partial(setattr, api.state, "leaving", True)
    with keeping(partial(serve_heavy, api, settings.log_level)) as keeper:
        api.state.app_context = replace(app_context, lane=Lane(keeper.path, keeper.end_work))
        server = Server(
            api,
            settings.api.host,
            settings.api.port,
            operations_port=settings.api.operations_port,
            trusted_proxies=settings.api.trusted_proxies,
            drain=settings.api.drain,
            leaving=leaving,
            first=partial(await_databases, app_context.databases),
            is_crippled=keeper.has_ended,
        )
        server.run()
    served = (server.started or api.state.leaving) and not server.crippled
    raise typer.Exit(0 if served else 3)


@app.command()
@_with_room
def worker() -> None:
    """The background loops: exchange with the record systems."""
    from walmu_api.foundation.encryption import KeyringError
    from walmu_api.foundation.logs import configure
    from walmu_api.foundation.starting import StartError, log
    from walmu_api.worker import run

    settings = read()
    configure(settings.log_level)
    try:
        asyncio.run(run(settings, workers_url(settings)))
    except KeyringError as error:
        fail(str(error))
    except StartError as error:
        log.error("the worker cannot start", why=str(error))
        raise typer.Exit(3) from None


@app.command()
def migrate() -> None:
    """Bring the database to this version (WALMU_MIGRATION_URL, default DATABASE_URL)."""
    from walmu_api.foundation import migrating

    try:
        asyncio.run(migrating.migrate(owners_url(read())))
    except migrating.MigrationError as error:
        fail(str(error))


@app.command()
def restored() -> None:
    """After the database was restored from a backup: begin a new era of the journal, as the tables' owner.

    Cursors of the change feed that were given before are answered 410 `cursor-expired` from now on, so that
    every consumer reads again from the beginning. Run it once after each restore, before the API serves.
    Running it again is harmless, but makes the consumers begin again once more."""
    from walmu_api.foundation import migrating, restoring

    try:
        era = asyncio.run(restoring.begin_era(owners_url(read())))
    except migrating.MigrationError as error:
        fail(str(error))
    typer.echo(
        f"The journal is in era {era} now. Cursors of the change feed from era {era - 1} and before are answered 410: "
        "consumers read again from the beginning."
    )


@app.command()
def openapi(
    check: Annotated[bool, typer.Option(help="Fail when the file differs from the code.")] = False,
    file: Annotated[Path, typer.Option(help="Where the contract is kept.")] = Path("openapi/walmu-v1.yaml"),
) -> None:
    """Write the contract to its file, or check that it is the one."""
    from walmu_api.contract_file import written

    reviewed = file.read_text(encoding="utf-8") if file.exists() else ""
    text = written(reviewed)
    if not check:
        try:
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            fail(f"{file} cannot be written: {error.strerror}.")
    elif reviewed != text:
        fail(f"{file} differs from the code: run `make openapi`, read the difference, commit it.")


@keys.command("create")
def create_keys() -> None:
    """Make a new keyring. An existing one is never overwritten."""
    from walmu_api.foundation.encryption import Keyring

    settings = read()
    try:
        Keyring.create(settings.keyring_file)
    except FileExistsError:
        fail(f"There is a keyring at {settings.keyring_file} already; it stays as it is.")
    except OSError as error:
        fail(
            f"{settings.keyring_file} cannot be written: {error.strerror}. Set WALMU_DATA_DIR or WALMU_KEYRING."
        )
    typer.echo(
        f"Made {settings.keyring_file}. Back it up apart from the database: without it the identity codes are lost."
    )


@codes.command("import")
def import_codes(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV (comma or semicolon) or a JSON array, in UTF-8.", exists=True, dir_okay=False
        ),
    ],
    system: Annotated[
        str, typer.Option(help="Our name of the list, or the OID of a national code set without its version.")
    ],
    organiser: Organiser = None,
    verified: Annotated[
        bool | None,
        typer.Option(
            "--verified/--unverified", help="The file is the whole list; without: it adds to the list."
        ),
    ] = None,
    source: Annotated[str | None, typer.Option(help="Where the list is from.")] = None,
    title: Annotated[str | None, typer.Option(help="The list's name in Finnish.")] = None,
    list_version: Annotated[
        str | None, typer.Option(help="The version: the end of the versioned OID, such as 2008.")
    ] = None,
    valid_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From when this version is in use.")
    ] = None,
) -> None:
    """Import a list of codes: all of the file or nothing; again, nothing changes. Columns: docs/codes.md."""
    from walmu_api.record.parties.codes.command import import_file
    from walmu_api.record.parties.codes.service import Imported

    begins = valid_from.date() if valid_from else None
    data = Imported(system.removeprefix("urn:oid:"), verified, source, title, list_version, begins)
    typer.echo(with_database(lambda database: import_file(database, organiser, data, file.read_bytes())))


@codes.command("list")
def list_codes(organiser: Organiser = None) -> None:
    """The code systems of an organiser: name, version, how many codes, whether all are known, title, source."""
    from walmu_api.record.parties.codes.command import listed

    for line in with_database(lambda database: listed(database, organiser)):
        typer.echo(line)


if __name__ == "__main__":
    sys.exit(app())
