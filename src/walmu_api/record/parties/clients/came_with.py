"""What comes with a client who was merged into another, and is no part of that one's own record: its non-disclosure, that its
contacts are secret, and its day of death."""

from typing import Any

from walmu_api.record.parties.clients.schemas import ClientEntry
from walmu_api.record.parties.clients.tables import ClientRow


def own(row: ClientRow, entry: ClientEntry) -> ClientEntry:
    """An entry without what came with another client, and is no part of this one's own."""
    beside: dict[str, Any] = {}
    if row.protected_with and entry.turvakielto:
        beside["turvakielto"] = row.turvakielto
    if row.withheld_with and entry.secret_contacts and not row.content.get("secret_contacts"):
        beside["secret_contacts"] = None
    if row.died_with and entry.died_on == row.died:
        beside["died_on"] = row.died_on
    return entry.model_copy(update=beside) if beside else entry


def shown(row: ClientRow) -> dict[str, Any]:
    """What is told of a client because of another one who was merged into it."""
    secret = {"secret_contacts": True} if row.withheld_with else {}
    died = {"died_on": row.died} if row.died is not None else {}
    return {"turvakielto": row.is_protected} | secret | died


def lifted(row: ClientRow, entry: ClientEntry) -> dict[str, Any]:
    """What an entry takes away of it, for the person."""
    stays = {"protected_with": entry.turvakielto, "withheld_with": bool(entry.secret_contacts)}
    gone: dict[str, Any] = {name: False for name, value in stays.items() if getattr(row, name) and not value}
    return gone | ({"died_with": None} if row.died_with and entry.died_on != row.died else {})
