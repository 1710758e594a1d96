"""A real server for the contract tests: uvicorn on an embedded PostgreSQL, spoken to over HTTP only.

Its clock stands at a fixed day, so that the days in the documented examples are days that have come."""

import asyncio
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from queue import Queue

import asyncpg
import uvicorn

from contract_tests.landscape import Landscape, prepare
from walmu_api.app import build_app_context, create_app
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.logs import configure
from walmu_api.foundation.migrating import migrate, plain_url
from walmu_api.settings import read_settings
from walmu_dev.postgres.embedded import temporary_cluster
from walmu_dev.postgres.logins import make_logins

NOW = datetime(2026, 10, 8, 9, 0, tzinfo=UTC)
"""A Thursday. The examples tell of the week before."""

UNHURRIED = {"WALMU_RATE_PER_SECOND": "100000", "WALMU_RATE_BURST": "1000000"}
"""Generated requests come as fast as they can and never wait as Retry-After says: what is looked for here is another thing
than 429, which tests/access/test_admission_api.py looks for."""


@contextmanager
def running_server() -> Iterator[Landscape]:
    """The server with an organiser, its parties and a little data; everything is gone afterwards."""
    answers: Queue[Landscape | BaseException] = Queue()
    finished = threading.Event()

    def run() -> None:
        try:
            asyncio.run(_serve(answers, finished))
        except BaseException as error:  # noqa: BLE001 - told to the thread that waits
            answers.put(error)

    thread = threading.Thread(target=run, name="contract-server")
    thread.start()
    try:
        response = answers.get(timeout=120)
        if isinstance(response, BaseException):
            raise response
        yield response
    finally:
        finished.set()
        thread.join(timeout=60)


async def _serve(answers: "Queue[Landscape | BaseException]", finished: threading.Event) -> None:
    # Named as TCP, or asyncio leaves Nagle's algorithm on and every answer waits 40 ms.
    tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    with tempfile.TemporaryDirectory(prefix="walmu-contract-") as folder, tcp as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = read_settings({"WALMU_DATA_DIR": folder, "WALMU_PUBLIC_URL": url} | UNHURRIED)
        configure("critical")
        Keyring.create(settings.keyring_file)
        async with temporary_cluster() as cluster:
            await migrate(cluster.url())
            logins = await make_logins(cluster.url())
            app_context = build_app_context(settings, logins.api, logins.auditor)
            app_context.clock.set(NOW)
            server = uvicorn.Server(
                uvicorn.Config(
                    create_app(app_context),
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    http="httptools",
                )
            )
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            while not server.started and not serving.done():  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.01)
            owner = await asyncpg.connect(plain_url(cluster.url()))
            try:
                answers.put(await prepare(url, Path(folder), app_context, owner))
                await asyncio.to_thread(finished.wait)
            finally:
                await owner.close()
                server.should_exit = True
                await serving
