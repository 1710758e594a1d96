"""Every environment variable, read once. One frozen class per concern, passed down, never imported as a
global."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from walmu_api.foundation.load_shedding import Limits

LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


class SettingsError(Exception):
    """A variable that cannot be used; the text says which one and what would be right."""


def read_integer(environment: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    text = environment.get(name, str(default))
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingsError(f"{name} must be a whole number from {least} to {most}.")
    return int(text)


def _database(environment: Mapping[str, str], name: str) -> str | None:
    url = environment.get(name) or None
    if url is not None and not re.match(r"postgres(ql)?(\+[a-z0-9]+)?://", url):
        raise SettingsError(f"{name} must begin with postgresql://.")
    return url


def _log_level(environment: Mapping[str, str]) -> str:
    level = environment.get("WALMU_LOG_LEVEL", "info").lower()
    if level not in LOG_LEVELS:
        raise SettingsError(f"WALMU_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}.")
    return level


def _operations_port(environment: Mapping[str, str], port: int) -> int | None:
    if not environment.get("WALMU_OPERATIONS_PORT"):
        return None
    found = read_integer(environment, "WALMU_OPERATIONS_PORT", 0, least=1, most=65535)
    if found == port:
        raise SettingsError("WALMU_OPERATIONS_PORT must be another port than WALMU_PORT.")
    return found


def _trusted_proxies(environment: Mapping[str, str]) -> tuple[str, ...]:
    text = environment.get("WALMU_TRUSTED_PROXIES", "")
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        for each in found:
            ip_network(each)
    except ValueError:
        raise SettingsError(
            "WALMU_TRUSTED_PROXIES must be addresses or networks with commas between them."
        ) from None
    return found


@dataclass(frozen=True)
class DatabaseSettings:
    """Where the record is kept, and as whom each process comes to it (docs/database-logins.md). Only the demo
    does without `DATABASE_URL`."""

    url: str | None  # DATABASE_URL: the API's login
    migration_url: str | None  # WALMU_MIGRATION_URL: the owner's login, default: DATABASE_URL
    worker_url: str | None = None  # WALMU_WORKER_URL: the worker's login, default: DATABASE_URL
    auditor_url: str | None = None  # WALMU_AUDITOR_URL: the login with which the API reads the use log
    pool_size: int = 20  # WALMU_DATABASE_POOL


@dataclass(frozen=True)
class ApiSettings:
    host: str  # WALMU_HOST
    port: int  # WALMU_PORT
    public_url: str  # WALMU_PUBLIC_URL: issuer, audience and base of problem types
    drain: int = 1  # WALMU_DRAIN_SECONDS: between SIGTERM and the end of listening
    operations_port: int | None = None  # WALMU_OPERATIONS_PORT: `/metrics` is there alone
    trusted_proxies: tuple[str, ...] = ()  # WALMU_TRUSTED_PROXIES: whose X-Forwarded-For names the client
    seeding_file: Path | None = None  # WALMU_SEEDING_FILE: while it is there, `/readyz` says `seeding`


@dataclass(frozen=True)
class Settings:
    data_dir: Path  # WALMU_DATA_DIR
    database: DatabaseSettings
    api: ApiSettings
    log_level: str  # WALMU_LOG_LEVEL
    sosmeta_dir: Path | None = None  # WALMU_SOSMETA_DIR: the official schema files of the national structures
    limits: Limits = field(
        default_factory=Limits
    )  # WALMU_RATE_PER_SECOND, WALMU_RATE_BURST, WALMU_REQUESTS_AT_ONCE

    @property
    def keyring_file(self) -> Path:
        """The secrets of this installation; `WALMU_KEYRING` names another place."""
        return Path(os.environ.get("WALMU_KEYRING", self.data_dir / "keyring.json"))

    @property
    def clock_file(self) -> Path:
        """Shared by API, worker and simulator, so that a test can move all three clocks at once."""
        return self.data_dir / "clock"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    env = os.environ if environment is None else environment
    port = read_integer(env, "WALMU_PORT", 8080, least=1, most=65535)
    host = env.get("WALMU_HOST", "127.0.0.1")
    return Settings(
        data_dir=Path(env.get("WALMU_DATA_DIR", ".walmu")).absolute(),
        database=DatabaseSettings(
            url=_database(env, "DATABASE_URL"),
            migration_url=_database(env, "WALMU_MIGRATION_URL") or _database(env, "DATABASE_URL"),
            worker_url=_database(env, "WALMU_WORKER_URL") or _database(env, "DATABASE_URL"),
            auditor_url=_database(env, "WALMU_AUDITOR_URL"),
            pool_size=read_integer(env, "WALMU_DATABASE_POOL", 20, least=1, most=500),
        ),
        api=ApiSettings(
            host=host,
            port=port,
            public_url=env.get("WALMU_PUBLIC_URL", f"http://{host}:{port}").rstrip("/"),
            drain=read_integer(env, "WALMU_DRAIN_SECONDS", 1, least=0, most=60),
            operations_port=_operations_port(env, port),
            trusted_proxies=_trusted_proxies(env),
            seeding_file=Path(env["WALMU_SEEDING_FILE"]) if env.get("WALMU_SEEDING_FILE") else None,
        ),
        sosmeta_dir=Path(env["WALMU_SOSMETA_DIR"]).absolute() if env.get("WALMU_SOSMETA_DIR") else None,
        log_level=_log_level(env),
        limits=Limits(
            per_second=read_integer(env, "WALMU_RATE_PER_SECOND", Limits.per_second, least=1, most=100_000),
            burst=read_integer(env, "WALMU_RATE_BURST", Limits.burst, least=1, most=1_000_000),
            at_once=read_integer(env, "WALMU_REQUESTS_AT_ONCE", Limits.at_once, least=1, most=1000),
        ),
    )
