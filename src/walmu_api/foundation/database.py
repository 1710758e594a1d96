"""The database: its connections, and the one place that commits.

A `Session` is one transaction of one caller: it opens with the runtime role and the tenant for row-level
security, in a single round trip, and closes with the request. Two ways to speak in it: `fetch…`/`execute`
pass hot statements (with named parameters, see `statements`) straight to the driver; `orm` is SQLAlchemy for
the low-volume resources. Both use one connection and one transaction.

The engine runs in driver-level autocommit on purpose: BEGIN and COMMIT are sent here and nowhere else, so
nothing that is sent on the connection can fall outside the transaction, and a transaction costs two round
trips instead of four.

ADR 2."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy.exc
from sqlalchemy import Connection, PoolProxiedConnection, Select, event, orm
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from walmu_api.foundation.clock import Clock
from walmu_api.foundation.connections import Connections
from walmu_api.foundation.logins import APP, LOOK, require_safe
from walmu_api.foundation.statements import Statement

MUTE = 2.0
"""Seconds after which a database that should answer at once (begin, rollback) counts as away."""
_TENANT_SCOPE = Statement("select set_config('walmu.organisation', :organisation, true)")


@dataclass(frozen=True)
class Tenancy:
    """Whose rows a transaction may touch. `organisation_id` narrows a provider or workplace to its own.

    Before the tenant is known, `client_id` names the connected system whose keys are looked for. `as_login`
    takes no role: such a transaction sees the catalogue and no table of ours."""

    organiser_id: UUID | None
    organisation_id: UUID | None = None
    client_id: str | None = None
    as_login: bool = False


class _OrmSession(orm.Session):
    """SQLAlchemy's session, that notes whose rows it read: `Session.clients_read`."""


@event.listens_for(_OrmSession, "loaded_as_persistent")
def _note_client(session: orm.Session, row: Any) -> None:
    client_id = row.__dict__.get(row.names_client)
    if client_id is not None:
        session.info["clients"].add(client_id)


class Session:
    """One transaction. Services read and write through it; only this module begins and commits."""

    def __init__(
        self, engine: AsyncEngine, pooled: PoolProxiedConnection, tenancy: Tenancy, clock: Clock
    ) -> None:
        self._engine = engine
        self._pooled = pooled
        self._orm: AsyncSession | None = None
        driver: Any = pooled.driver_connection
        self.driver: asyncpg.Connection = driver
        self.tenancy = tenancy
        self.clock = clock
        self.clients_seen: set[UUID] = set()
        self.clients_read: set[UUID] = set()
        """Whose rows were read: a refusal tells of them, though no answer holds them (ADR 42)."""
        self.clients_sought: Select[UUID] | None = None
        """Finds whom a refusal tells of besides, after the transaction has failed."""
        self.logged_anyway = False
        """Logged without a client in the answer: somebody was looked for, keys were changed."""
        self.question: str | None = None  # asked of groups: logged though no client is named
        self.use_logged = False
        self.disclosed: list[tuple[UUID, UUID, str, Any, UUID | None]] = []
        """Client, agreement, field group, content and permission of what an answer without records holds: files,
        outcomes."""
        self.permissions: dict[tuple[UUID, str], UUID] = {}
        """By agreement and field group, the permission by which the answer has it."""
        self.disclosures_logged: set[UUID] = set()
        """The clients for whom the operation itself wrote the disclosure log."""
        self._is_widened = False

    @property
    def organiser_id(self) -> UUID:
        assert self.tenancy.organiser_id is not None, "this transaction has no tenant"
        return self.tenancy.organiser_id

    @property
    def orm(self) -> AsyncSession:
        if self._orm is None:  # put around the pool's connection only where it is wanted: it costs a tenth
            connection = AsyncConnection(self._engine, Connection(self._engine.sync_engine, self._pooled))
            self._orm = AsyncSession(
                bind=connection,
                sync_session_class=_OrmSession,
                expire_on_commit=False,
                autoflush=False,
                info={"clients": self.clients_read},
            )
        return self._orm

    def log_access(self, *client_ids: UUID) -> None:
        """These clients' data is in the answer: the use log will say so, in this transaction."""
        self.clients_seen.update(client_ids)

    async def fetch(self, statement: Statement | str, /, **values: Any) -> list[asyncpg.Record]:
        return await self.driver.fetch(*_arguments(statement, values))

    async def fetchmany(
        self, statement: Statement, values: Sequence[Mapping[str, Any]]
    ) -> list[asyncpg.Record]:
        """The rows of all executions of a statement, in their order, in one round trip."""
        return await self.driver.fetchmany(statement.sql, [*map(statement.values, values)]) if values else []

    async def fetchrow(self, statement: Statement | str, /, **values: Any) -> asyncpg.Record | None:
        return await self.driver.fetchrow(*_arguments(statement, values))

    async def fetchval(self, statement: Statement | str, /, **values: Any) -> Any:
        return await self.driver.fetchval(*_arguments(statement, values))

    async def execute(self, statement: Statement | str, /, **values: Any) -> str:
        return await self.driver.execute(*_arguments(statement, values))

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Inside, a failure undoes what was done inside, with the locks that were taken, and nothing else. For statements
        only: objects of the ORM would not know of it."""
        await self.execute("savepoint inside")
        try:
            yield
        except Exception:
            await self.execute("rollback to savepoint inside")
            raise

    @asynccontextmanager
    async def without_tenant_scope(self) -> AsyncIterator[None]:
        """Inside, row-level security keeps only organisers apart: for what a provider's own statement sets in
        motion in the organiser's tables. When something fails inside, the whole transaction is rolled
        back."""
        if self.tenancy.organisation_id is None or self._is_widened:
            yield
            return
        await self.execute(_TENANT_SCOPE, organisation="")
        self._is_widened = True
        yield
        self._is_widened = False
        await self.execute(_TENANT_SCOPE, organisation=str(self.tenancy.organisation_id))


def _arguments(statement: Statement | str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """What the driver is called with. Plain text is a statement without parameters."""
    if isinstance(statement, Statement):
        return statement.sql, *statement.values(values)
    if values:
        raise TypeError("only a Statement has parameters")
    return (statement,)


class Database:
    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        group: str = APP,
        pool_size: int = 20,
        patience: float = 2,
        application: str = "walmu",
    ) -> None:
        """Every transaction takes the role of `group`. `patience` is how many seconds a request waits for a
        connection when all are in use."""
        self.group, self._login_is_safe = group, False
        self.clock = clock
        self.engine = create_async_engine(
            driver_url(url),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,  # they are kept in `connections`
            pool_reset_on_return=None,  # nothing is given back with a transaction open
            hide_parameters=True,
            connect_args={
                "timeout": 3,
                "command_timeout": 12,
                "server_settings": {
                    "application_name": application,
                    "jit": "off",
                    # Everything here goes by keys. A plan made while a table was still small would otherwise read
                    # the whole of it for each line of a batch, until the statistics catch up.
                    "enable_seqscan": "off",
                    "timezone": "UTC",
                    "statement_timeout": "10s",
                    "lock_timeout": "2s",
                    "idle_in_transaction_session_timeout": "10s",
                },
            },
        )

        self.connections = Connections(self.engine, pool_size, patience)

    async def close(self) -> None:
        await self.connections.close()
        await self.engine.dispose()

    def _opening(self, tenancy: Tenancy) -> str:
        """Role, tenant and clock in one message, by `set local`: half of what a select with `set_config`
        costs the database. Only names, UUIDs and numbers of ours are written into it, and hexadecimal."""
        role = "none" if tenancy.as_login else self.group
        organiser = tenancy.organiser_id or ""
        organisation = tenancy.organisation_id or ""
        clock = self.clock.offset.total_seconds() or ""
        sought = "" if tenancy.client_id is None else _sought(tenancy.client_id)
        return (
            f"begin; set local role {role}; set local walmu.organiser = '{organiser}';"
            f" set local walmu.organisation = '{organisation}'; set local walmu.clock = '{clock}'{sought}"
        )

    async def _begun(self, tenancy: Tenancy) -> PoolProxiedConnection:
        """A connection with its transaction open; one that died in the pool is replaced (nothing was said on
        it yet)."""
        for last in (False, False, True):
            pooled = await self.connections.take()
            try:
                driver: Any = pooled.driver_connection
                await driver.execute(self._opening(tenancy), timeout=MUTE)
            except TimeoutError:  # another connection would be as mute
                await self.connections.throw_away(pooled)
                raise
            except (
                asyncpg.PostgresConnectionError,
                asyncpg.InterfaceError,
                asyncpg.InternalClientError,  # what the driver makes of a goodbye it had not read yet
                OSError,
                asyncpg.AdminShutdownError,
            ):
                await self.connections.throw_away(pooled)
                if last:
                    raise
            except BaseException:
                await self.connections.throw_away(pooled)
                raise
            else:
                return pooled
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def transaction(self, tenancy: Tenancy) -> AsyncIterator[Session]:
        pooled = await self._begun(tenancy)
        clean = False
        try:
            session = Session(self.engine, pooled, tenancy, self.clock)
            try:
                yield session
            except BaseException:
                if pooled.is_valid:  # SQLAlchemy gives up the connection of a statement that was cancelled
                    clean = await _rolled_back(session.driver)
                raise
            if session._orm is not None:  # noqa: SLF001 - its own module
                await session._orm.flush()  # noqa: SLF001
            if await session.driver.execute("commit") != "COMMIT":
                raise asyncpg.InFailedSQLTransactionError("the transaction had failed and was rolled back")
            clean = True
        finally:
            # a connection whose state is unknown never goes back into the pool
            await (self.connections.give_back(pooled) if clean else self.connections.throw_away(pooled))

    async def require_safe_login(self) -> None:
        """Refuse to serve when the login could look past row-level security, or become who could. Looked at once."""
        if self._login_is_safe:
            return
        async with self.transaction(Tenancy(None, as_login=True)) as session:
            found = await session.fetchrow(LOOK, group=self.group)
        assert found is not None
        require_safe(self.group, dict(found))
        self._login_is_safe = True


def _sought(client_id: str) -> str:
    """In hexadecimal: the name came from outside, and stands in a statement."""
    return f"; set local walmu.client_id = '{client_id.encode().hex()}'"


async def _rolled_back(driver: asyncpg.Connection) -> bool:
    """Whether the connection is fit for the next request. What went wrong before is told, not this."""
    try:
        await driver.execute("rollback", timeout=MUTE)
    except Exception:  # noqa: BLE001 - a connection that cannot even roll back is thrown away
        return False
    return True


def driver_url(url: str) -> str:
    """The URL with SQLAlchemy's name of the driver, whichever way the operator wrote it."""
    scheme, separator, rest = url.partition("://")
    if scheme.split("+")[0] not in {"postgresql", "postgres"} or not separator:
        raise ValueError("DATABASE_URL must begin with postgresql://")
    return f"postgresql+asyncpg://{rest}"


def constraint_of(error: BaseException) -> str | None:
    """The name of the constraint that a write broke, whichever layer raised it; never its detail, which holds
    values."""
    if isinstance(error, sqlalchemy.exc.IntegrityError) and error.orig is not None:
        error = error.orig.__cause__ or error.orig
    return getattr(error, "constraint_name", None)
