"""The server process: uvicorn, with a way out that nobody notices.

On SIGTERM it first says that it is leaving (`/readyz` answers 503, every answer closes its connection) and
goes on serving for a moment, so that the proxy in front can look elsewhere; then it stops listening, finishes
what is in work, and ends with 0. A second signal, or Ctrl-C, skips the moment."""

import asyncio
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from types import FrameType

import structlog
import uvicorn
from starlette.types import ASGIApp

from walmu_api.foundation.starting import StartError

log = structlog.get_logger()

FINISHES = 10
"""Seconds for what is in work when the listening stops."""


class Server(uvicorn.Server):
    """`first` is what must have happened before anything listens; it is told when the process is to leave
    instead. A process that `is_crippled` leaves as if it were told to, so that another one takes its place."""

    def __init__(
        self,
        app: ASGIApp,
        host: str,
        port: int,
        *,
        operations_port: int | None,
        trusted_proxies: Sequence[str],
        drain: float,
        leaving: Callable[[], None],
        first: Callable[[Callable[[], bool]], Awaitable[bool]],
        is_crippled: Callable[[], bool],
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=bool(trusted_proxies),
                forwarded_allow_ips=list(trusted_proxies),
                timeout_graceful_shutdown=FINISHES,
                timeout_keep_alive=20,
                http="httptools",
                ws="none",
                backlog=1024,
            )
        )
        self._operations_port = operations_port
        self._drain, self._leaving, self._first = drain, leaving, first
        self._leaves_at: float | None = None
        self._is_crippled, self.crippled = is_crippled, False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            if await self._first(self.asked_to_leave):
                beside = await self._listen_for_operations()
                await super().startup(sockets)
                self.servers += beside
                return
        except StartError as error:
            log.error("the API cannot start", why=str(error))
        self.should_exit = True

    async def _listen_for_operations(self) -> list[asyncio.Server]:
        """The same application on another port; which one a request came by, its scope says."""
        if self._operations_port is None:
            return []
        config = self.config

        def protocol() -> asyncio.Protocol:
            made: asyncio.Protocol = config.http_protocol_class(  # type: ignore[call-arg]
                config=config, server_state=self.server_state, app_state=self.lifespan.state
            )
            return made

        loop = asyncio.get_running_loop()
        try:
            return [await loop.create_server(protocol, config.host, self._operations_port)]
        except OSError as error:
            raise StartError(f"Nobody can listen on WALMU_OPERATIONS_PORT ({error.strerror}).") from None

    def asked_to_leave(self) -> bool:
        return self.should_exit or self._leaves_at is not None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            self.force_exit = sig == signal.SIGINT
        elif sig == signal.SIGTERM and self._leaves_at is None and self._drain > 0:
            self._leaving()
            self._leaves_at = time.monotonic() + self._drain
        else:
            self._leaving()
            self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        if not self.crippled and self._is_crippled():
            self.crippled = True
            log.error("a process that this one needs has ended: it leaves, so that another one is started")
            self.handle_exit(signal.SIGTERM, None)
        if self._leaves_at is not None and time.monotonic() >= self._leaves_at:
            self.should_exit = True
        return await super().on_tick(counter)
