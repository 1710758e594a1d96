"""The commands of this package. They join `walmu-api` by the entry-point group `walmu_api.commands`.

Heavy imports wait until their command is chosen."""

from typing import Annotated, NoReturn

import typer

from walmu_api.settings import SettingsError
from walmu_dev.settings import DevSettings, read_dev_settings

app = typer.Typer()


def _settings() -> DevSettings:
    try:
        return read_dev_settings()
    except SettingsError as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)


@app.command()
def demo() -> None:
    """The whole product on this machine: database, API, worker, simulated record system, synthetic data."""
    from walmu_dev.demo.run import demo as run_demo

    raise typer.Exit(run_demo())


@app.command()
def simulate_ehr() -> None:
    """A LifeCare-style record system, simulated: a server of its own."""
    import sqlite3

    from walmu_dev.simulator.server import run

    settings = _settings()
    try:
        run(settings)
    except (sqlite3.Error, OSError) as error:
        _fail(
            f"The record system cannot keep its state in {settings.data_dir} ({error}). Set WALMU_DATA_DIR."
        )


@app.command()
def token(
    as_: Annotated[str, typer.Option("--as", help="provider-a, organiser-a, workplace-a, auditor-a …")],
) -> None:
    """An access token for the running demo, bare, so that a shell can keep it."""
    from walmu_dev.errors import DemoError
    from walmu_dev.tokens import fetch

    try:
        typer.echo(fetch(_settings(), as_))
    except DemoError as error:
        _fail(str(error))


@app.command()
def story() -> None:
    """Run the main job's story against the running demo, or start one for it."""
    from walmu_dev.story.run import run_story

    raise typer.Exit(run_story(_settings()))
