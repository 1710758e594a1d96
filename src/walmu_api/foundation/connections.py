"""The connections of one process to its database: made by SQLAlchemy, which the ORM needs, and kept here
between requests.

SQLAlchemy's own pool would go through a greenlet to give a connection and another to take it back, a tenth of
a short request. The last one given back is taken first, so that a quiet process works with few, which stay
warm.

ADR 20."""

import asyncio
from typing import Any

from sqlalchemy import PoolProxiedConnection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util.concurrency import greenlet_spawn


class Connections:
    def __init__(self, engine: AsyncEngine, size: int, patience: float) -> None:
        self._engine, self._size, self._patience = engine, size, patience
        self._free = asyncio.Semaphore(size)
        self._idle: list[PoolProxiedConnection] = []
        self._closed = False
        self.in_use = 0

    async def take(self) -> PoolProxiedConnection:
        """A connection, after waiting for one if all are in use: `TimeoutError` when none comes back in time."""
        if self._free.locked():
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        else:
            await self._free.acquire()
        self.in_use += 1
        try:
            while self._idle:
                connection = self._idle.pop()
                driver: Any = connection.driver_connection
                if not driver.is_closed():
                    return connection
                await greenlet_spawn(connection.invalidate)  # the database has ended it meanwhile
            return await self._engine.raw_connection()
        except BaseException:
            self._leave()
            raise

    async def give_back(self, connection: PoolProxiedConnection) -> None:
        """For the next request. Only a connection without an open transaction may come back."""
        if self._closed:
            await greenlet_spawn(connection.close)
        else:
            self._idle.append(connection)
        self._leave()

    async def throw_away(self, connection: PoolProxiedConnection) -> None:
        """Cut, not closed: a polite goodbye would wait for a server that may be mute."""
        try:
            if connection.is_valid:  # SQLAlchemy gives up the connection of a statement that was cancelled
                driver: Any = connection.driver_connection
                driver.terminate()
                await greenlet_spawn(connection.invalidate)
        finally:
            self._leave()

    def _leave(self) -> None:
        self.in_use -= 1
        self._free.release()

    async def close(self) -> None:
        """Close those that are idle now; the others when they come back."""
        self._closed = True
        while self._idle:
            await greenlet_spawn(self._idle.pop().close)
