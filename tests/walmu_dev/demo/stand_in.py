"""Run by the tests in a process of its own: a demo whose API, worker and simulator are tiny."""

# ruff: noqa: T201

import asyncio
import http.server
import os
import sys
import time

from walmu_dev.demo.processes import Program
from walmu_dev.demo.supervisor import Supervisor
from walmu_dev.greeting import Greeting
from walmu_dev.settings import DevSettings, read_dev_settings


class Yes(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


async def migrate(settings: DevSettings) -> DevSettings:
    print(f"migrate with {settings.database.url}", flush=True)
    return settings


async def seed(settings: DevSettings) -> Greeting:
    print(f"seeding: {settings.seeding_file.exists()}", flush=True)
    return Greeting("an-agreement", "2026-11-24")


def demo() -> int:
    settings = read_dev_settings()
    api, simulator = settings.api.port, settings.simulator.port
    me = (sys.executable, __file__)
    programs = [
        Program("api", (*me, "serve", str(api)), f"http://127.0.0.1:{api}/readyz"),
        Program("worker", (*me, "work")),
        Program("simulator", (*me, "serve", str(simulator)), f"http://127.0.0.1:{simulator}/livez"),
    ]
    if "BROKEN_API" in os.environ:
        programs[0] = Program("api", (*me, "break"), programs[0].ready_url)
    return asyncio.run(Supervisor(settings, programs, migrate=migrate, seed=seed).run())


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["demo"]:
            sys.exit(demo())
        case ["serve", port]:
            print(f"process {os.getpid()}", flush=True)
            http.server.HTTPServer(("127.0.0.1", int(port)), Yes).serve_forever()
        case ["work"]:
            print(f"process {os.getpid()} with {os.environ['DATABASE_URL']} {'x' * 100_000}", flush=True)
            time.sleep(60)
        case ["break"]:
            sys.exit("This API is broken")
