"""`walmu-api record-system add`: the organiser's record system, as a connected system and as a target of exchange."""

from dataclasses import dataclass

from walmu_api.adapters.ehr import targets
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.record.parties.codes.command import CommandError
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
    """How the record system is reached."""

    dialect: str
    base_url: str
    secret: str


async def add_record_system(
    at: Installation, exchange: Database, named: str | None, system: NewSystem, address: Address
) -> str:
    """A record system, or its new keys, address and secret. The worker exchanges with it from now on; `exchange` is
    the database as the worker comes to it, who alone writes targets. Cut short, it is said again."""
    if address.dialect not in DIALECTS:
        raise CommandError(f"There is no dialect of this name: {', '.join(DIALECTS)}.")
    if not address.base_url.startswith(("https://", "http://")):
        raise CommandError("The address begins with https:// (or http://, inside one machine).")
    with problems_in_words():
        async with acting(at, named, "record-system add") as ctx:
            row, created = await put_system(ctx, at, system, "ehr")
        async with exchange.transaction(Tenancy(row.organiser_id)) as session:
            await targets.add(
                session,
                at.keyring,
                name=system.client_id,
                dialect=address.dialect,
                base_url=address.base_url,
                secret=address.secret,
                system_id=row.id,
            )
    return f"{row.id}: {row.client_id} is {'added' if created else 'changed'}."
