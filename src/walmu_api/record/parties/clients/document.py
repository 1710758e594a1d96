"""A client as the client-relationship document (1505.1) says it, and back. The names are those of its table.
Pure."""

from collections.abc import Mapping
from typing import Any

from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE


def as_document(record: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a client (as JSON), ready for the table: the identity under its kind, one address from
    its parts."""
    data = {name: value for name, value in record.items() if name != "identity"}
    if identity := record.get("identity"):
        personal = identity["system"] == PERSONAL_IDENTITY_CODE
        data["personal_identity_code" if personal else "temporary_identity_code"] = dict(identity)
    contact = record.get("contact")
    parts = (
        {name: contact[name] for name in ("street_address", "postal_code") if name in contact}
        if contact
        else {}
    )
    if contact and parts and "addresses" not in contact:
        data["contact"] = contact | {"addresses": [parts]}
    return data


def from_document(ours: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an entry from what the table read."""
    codes = ("personal_identity_code", "temporary_identity_code")
    data = {name: value for name, value in ours.items() if name not in codes and not name.startswith("@")}
    for name in codes:
        if identifier := ours.get(name):
            data["identity"] = {"system": PERSONAL_IDENTITY_CODE} | identifier
            break
    return data
