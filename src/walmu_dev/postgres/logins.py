"""The logins of the demo's and the tests' processes, made by the owner of the tables once they are there.

An operator makes them by hand (docs/database-logins.md). These are the same under names of their own, so that a
demo on somebody's server never changes the password of a login that is in use."""

import secrets
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import asyncpg

from walmu_api.foundation.logins import APP, AUDITOR, VARIABLES, WORKER
from walmu_api.foundation.migrating import plain_url
from walmu_dev.postgres.embedded import EmbeddedPostgres


@dataclass(frozen=True)
class Logins:
    """The database as each process comes to it."""

    api: str
    worker: str
    auditor: str

    @property
    def environment(self) -> dict[str, str]:
        """For API and worker."""
        return {VARIABLES[APP]: self.api, VARIABLES[WORKER]: self.worker, VARIABLES[AUDITOR]: self.auditor}


def logins_of(cluster: EmbeddedPostgres) -> Logins:
    """What `make_logins` makes in an embedded cluster, where the socket's folder is the authentication."""
    return Logins(*(cluster.url(user=_named(group)) for group in (APP, WORKER, AUDITOR)))


async def make_logins(owner_url: str) -> Logins:
    """Make what is missing. Where the owner needs a password, each login gets a new one."""
    connection = await asyncpg.connect(plain_url(owner_url))
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(7270002)")  # one demo at a time
            return Logins(*[await _made(connection, group, owner_url) for group in (APP, WORKER, AUDITOR)])
    finally:
        await connection.close()


async def _made(connection: asyncpg.Connection, group: str, owner_url: str) -> str:
    login = _named(group)
    if not await connection.fetchval("select true from pg_roles where rolname = $1", login):
        await connection.execute(f"create role {login} login noinherit in role {group}")
    parts = urlsplit(owner_url)
    host = parts.netloc.rpartition("@")[2]
    if parts.password is None:
        return parts._replace(netloc=f"{login}@{host}").geturl()
    password = secrets.token_hex(24)
    await connection.execute(f"alter role {login} password '{password}'")
    return parts._replace(netloc=f"{login}:{quote(password)}@{host}").geturl()


def _named(group: str) -> str:
    return f"{group}_demo"
