"""`walmu-api demo`: the whole product on this machine with one command."""

import asyncio
import io
import sys

from walmu_api.demo import hooks
from walmu_api.demo.children import Program
from walmu_api.demo.greeting import local_url
from walmu_api.demo.screen import say
from walmu_api.demo.supervisor import Supervisor
from walmu_api.settings import Settings, SettingsError, read_settings


def programs(settings: Settings) -> list[Program]:
    def program(name: str, command: str, ready_url: str | None = None) -> Program:
        return Program(name, (sys.executable, "-m", "walmu_api.cli", command), ready_url)

    api = local_url(settings.api.host, settings.api.port)
    return [
        program("api", "serve", f"{api}/readyz"),
        program("worker", "worker"),
        program("simulator", "simulate-ehr", f"http://127.0.0.1:{settings.simulator.port}/livez"),
    ]


def demo() -> int:
    """Run until Ctrl-C; the exit code of the process."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a child's line must not end the demo
    try:
        settings = read_settings()
        say(f"Walmu API with its data in {settings.data_dir}")
        supervisor = Supervisor(settings, programs(settings), migrate=hooks.migrate, seed=hooks.seed)
        return asyncio.run(supervisor.run())
    except SettingsError as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:  # before the supervisor listens for it: nothing has been started
        return 0
