"""Identity codes inside JSON content are sealed one by one, so the row and the journal never hold one in the
clear."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE

PERSONAL = frozenset(
    {"henkilotunnus", "tilapainen_yksilointitunnus", "personal_identity_code", "temporary_identity_code"}
)
_OWN_NODE = "urn:oid:1.2.246.10."


def is_of_a_person(system: str | None) -> bool:
    """Whether a system identifies persons: identity codes and temporary identifiers."""
    system = system or ""
    return system == PERSONAL_IDENTITY_CODE or (system.startswith(_OWN_NODE) and ".22." in system)


def names_a_person(name: str, value: Any) -> bool:
    """Whether a member is an identifier of a person: by its name, or by the system that gave it."""
    if not isinstance(value, dict) or not isinstance(value.get("value", value.get("sealed")), str):
        return False
    return name in PERSONAL or is_of_a_person(value.get("system"))


def with_identifiers(content: Any, change: Callable[[dict[str, Any]], dict[str, Any]], name: str = "") -> Any:
    """The content with every identifier of a person changed."""
    if names_a_person(name, content):
        return change(content)
    if isinstance(content, dict):
        return {key: with_identifiers(value, change, key) for key, value in content.items()}
    if isinstance(content, list):
        return [with_identifiers(value, change, name) for value in content]
    return content


@dataclass(frozen=True)
class Seal:
    """What binds a sealed value to its place: table and column, organiser and row."""

    keyring: Keyring
    place: str  # "clients|content"
    organiser_id: UUID
    row_id: UUID

    def sealed(self, content: dict[str, Any] | None) -> Any:
        """The content with every identity code sealed for this row."""

        def seal(identifier: dict[str, Any]) -> dict[str, Any]:
            secret = self.keyring.encrypt(
                identifier["value"].encode(), self.place, self.organiser_id, self.row_id
            )
            rest = {name: value for name, value in identifier.items() if name != "value"}
            return rest | {"sealed": base64.b64encode(secret).decode()}

        return None if content is None else with_identifiers(content, seal)

    def opened(self, content: dict[str, Any] | None) -> Any:
        """The content as it was said."""

        def unseal(identifier: dict[str, Any]) -> dict[str, Any]:
            secret = base64.b64decode(identifier["sealed"])
            value = self.keyring.decrypt(secret, self.place, self.organiser_id, self.row_id).decode()
            rest = {name: data for name, data in identifier.items() if name != "sealed"}
            return rest | {"value": value}

        return None if content is None else with_identifiers(content, unseal)

    def opened_version(self, body: dict[str, Any]) -> dict[str, Any]:
        """A version of a record from the journal, with the document opened that it came as."""
        return body | {"received": self.opened(body["received"])} if "received" in body else body
