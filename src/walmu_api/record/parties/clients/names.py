"""By what a client is found by name, and two are seen to be alike: keyed indexes of the words of the name and of the birthday.

Names are looked for by whole words, so that they may be sealed later; there is no search by beginnings. ADR 66."""

import re
from datetime import date
from typing import Any
from uuid import UUID

import structlog

from walmu_api.foundation.database import Database, Session, Tenancy
from walmu_api.foundation.encryption import Keyring, KeyringError
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE, born_on
from walmu_api.foundation.statements import Statement
from walmu_api.foundation.texts import folded
from walmu_api.record.parties.clients.schemas import Identity

log = structlog.get_logger()
AT_ONCE = 200
PLACE = "clients|identity"
"""What sealed codes are bound to, besides their client."""

_WITHOUT = Statement(f"""
select id, family_name, given_names, date_of_birth, identity_system, identity_sealed from clients
where organiser_id = :organiser and name_words is null order by id limit {AT_ONCE} for no key update skip locked
""")
_FILL = Statement("""
update clients set name_words = :name_words, person_index = :person_index, birthday_index = :birthday_index
where organiser_id = :organiser and id = :id
""")


def words(name: str) -> list[str]:
    """The words of a name, each once, as names are compared."""
    return sorted({*re.findall(r"\w+", folded(name))})


def word_indexes(cipher: Keyring, organiser: UUID, name: str) -> list[bytes]:
    return [cipher.blind_index(organiser, "name", word) for word in words(name)]


def birthday_index(cipher: Keyring, organiser: UUID, born: date) -> bytes:
    return cipher.blind_index(organiser, "birthday", str(born))


def columns(
    cipher: Keyring, organiser: UUID, name: str, known: Identity | None, born: date | None
) -> dict[str, Any]:
    """The columns by which a client is found by name, and by which two are seen to be alike. A name without any word is like
    no other."""
    born = born or _born(known)
    person = f"{' '.join(words(name))}|{born}" if born is not None and words(name) else None
    alike = cipher.blind_index(organiser, "person", person) if person is not None else None
    birthday = birthday_index(cipher, organiser, born) if born is not None else None
    return {
        "name_words": word_indexes(cipher, organiser, name),
        "person_index": alike,
        "birthday_index": birthday,
    }


def _born(known: Identity | None) -> date | None:
    return born_on(known.canonical) if known is not None and known.system == PERSONAL_IDENTITY_CODE else None


async def index_clients_of_before(database: Database, cipher: Keyring) -> None:
    """Index those who were recorded before there were indexes. A worker does it when it begins: only it has the keys."""
    async with database.transaction(Tenancy(None)) as session:
        organisers = [row["id"] for row in await session.fetch("select id from organisers")]
    for organiser in organisers:
        while True:
            async with database.transaction(Tenancy(organiser)) as session:
                if not await _index_some(session, cipher, organiser):
                    break


async def _index_some(session: Session, cipher: Keyring, organiser: UUID) -> bool:
    rows = await session.fetch(_WITHOUT, organiser=organiser)
    for row in rows:
        known = None
        if row["identity_sealed"] is not None:
            try:
                code = cipher.decrypt(row["identity_sealed"], PLACE, organiser, row["id"]).decode()
                known = Identity.model_construct(system=row["identity_system"], value=code)
            except KeyringError as error:  # found by name all the same
                log.error("an identity code cannot be read", client=str(row["id"]), why=str(error))
        name = f"{row['family_name']} {row['given_names']}"
        values = columns(cipher, organiser, name, known, row["date_of_birth"])
        await session.execute(_FILL, organiser=organiser, id=row["id"], **values)
    return bool(rows)
