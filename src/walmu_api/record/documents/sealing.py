"""Identity codes inside documents are sealed, one by one, in the row and so in the journal."""

import base64
from typing import Any
from uuid import UUID

from walmu_api.foundation.database import Session
from walmu_api.foundation.secrecy import Keyring
from walmu_api.record.documents.rules import with_identifiers

_PLACE = "documents|content"


def sealed(session: Session, keyring: Keyring, row_id: UUID, content: dict[str, Any] | None) -> Any:
    """The content with every identity code sealed for this row."""

    def seal(identifier: dict[str, Any]) -> dict[str, Any]:
        secret = keyring.encrypt(identifier["value"].encode(), _PLACE, session.organiser_id, row_id)
        rest = {name: value for name, value in identifier.items() if name != "value"}
        return rest | {"sealed": base64.b64encode(secret).decode()}

    return None if content is None else with_identifiers(content, seal)


def opened(session: Session, keyring: Keyring, row_id: UUID, content: dict[str, Any] | None) -> Any:
    """The content as it was said."""

    def open_one(identifier: dict[str, Any]) -> dict[str, Any]:
        secret = base64.b64decode(identifier["sealed"])
        value = keyring.decrypt(secret, _PLACE, session.organiser_id, row_id).decode()
        return {name: value if name == "sealed" else told for name, told in identifier.items()} | {"value": value}

    def tidy(identifier: dict[str, Any]) -> dict[str, Any]:
        told = open_one(identifier)
        told.pop("sealed")
        return told

    return None if content is None else with_identifiers(content, tidy)
