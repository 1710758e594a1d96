"""`walmu-api record-system add`: the organiser's record system, as a connected system and as a target of exchange."""

import re
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from walmu_api.adapters.ehr import targets
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.record.parties.codes.command import CommandError, organiser
from walmu_api.record.parties.organisations.command import (
    Installation,
    NewSystem,
    acting,
    problems_in_words,
    put_system,
)

DIALECTS = ("lifecare_rest",)


@dataclass(frozen=True)
class Address:
    """How the record system is reached. `secret` is the file as the operator has it."""

    dialect: str
    base_url: str
    secret: bytes


async def add_record_system(
    at: Installation, exchange: Database, named: str | None, system: NewSystem, address: Address
) -> str:
    """A record system, or its new keys, address and secret. The worker exchanges with it from now on; `exchange` is
    the database as the worker comes to it, who alone writes targets. Cut short between the two, it is said again."""
    _require_usable(address)
    organiser_id = await organiser(at.database, named)
    with problems_in_words():
        # begun first: a worker's login that does not work leaves no system without an address
        async with exchange.transaction(Tenancy(organiser_id)) as session:
            async with acting(at, str(organiser_id), "record-system add") as ctx:
                row, created = await put_system(ctx, at, system, "ehr")
            await targets.add(
                session,
                at.keyring,
                name=system.client_id,
                dialect=address.dialect,
                base_url=address.base_url,
                secret=address.secret.decode(),
                system_id=row.id,
            )
    return f"{row.id}: {row.client_id} is {'added' if created else 'changed'}."


def _require_usable(address: Address) -> None:
    if address.dialect not in DIALECTS:
        raise CommandError(f"There is no dialect of this name: {', '.join(DIALECTS)}.")
    if not _is_address(address.base_url):
        raise CommandError(
            "The address is https://host[:port][/path] (or http://, inside one machine), without a password in it."
        )
    if not re.fullmatch(rb"[!-~]+", address.secret):
        raise CommandError("The file of the secret holds it alone, in one line of letters, digits and signs.")


def _is_address(url: str) -> bool:
    with suppress(ValueError):
        parts = urlsplit(url)
        return (
            re.fullmatch(r"https?://[!-~]+", url) is not None
            and bool(parts.hostname)
            and (parts.port or 1) > 0
            and not {"@", "?", "#"} & set(url)
        )
    return False
