"""`walmu-api demo`: the whole product on this machine with one command."""

import asyncio
import io
import sys

from walmu_api.settings import SettingsError
from walmu_dev.console import say
from walmu_dev.demo import hooks
from walmu_dev.demo.processes import Program
from walmu_dev.demo.supervisor import Supervisor
from walmu_dev.settings import DevSettings, read_dev_settings


def programs(settings: DevSettings) -> list[Program]:
    def program(name: str, command: str, ready_url: str | None = None) -> Program:
        return Program(name, (sys.executable, "-m", "walmu_api.cli", command), ready_url)

    return [
        program("api", "serve", f"{settings.api_url}/livez"),
        program("worker", "worker"),
        program("simulator", "simulate-ehr", f"{settings.simulator_url}/livez"),
    ]


def demo() -> int:
    """Run until Ctrl-C; the exit code of the process."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a child's line must not end the demo
    try:
        settings = read_dev_settings()
        say(f"Walmu API with its data in {settings.data_dir}")
        supervisor = Supervisor(settings, programs(settings), migrate=hooks.migrate, seed=hooks.seed)
        return asyncio.run(supervisor.run())
    except SettingsError as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:  # before the supervisor listens for it: nothing has been started
        return 0
