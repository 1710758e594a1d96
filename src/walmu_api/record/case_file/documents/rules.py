"""What holds of every record that mirrors a national document: what of a protected person is not shown. Pure."""

from typing import Any

from walmu_api.foundation.problems import ProblemType

UNCONFIRMED = "unconfirmed"
FINAL = "final"
VOIDED = "voided"
ALREADY_VOIDED = ProblemType("already-voided", 409)
CLIENT_NEEDED = ProblemType("client-needed", 422, located=True)
NOT_YOURS_TO_CHANGE = ProblemType("not-yours-to-change", 403)
PROBLEMS = (ALREADY_VOIDED, CLIENT_NEEDED, NOT_YOURS_TO_CHANGE)

_REACHED_BY = frozenset(
    {
        "yhteystiedot",
        "kotikunta",
        "tilapainen_asuinkunta",
        "contact",
        "address",
        "addresses",
        "phone",
        "email",
        "municipality",
    }
)
_THE_CLIENT = frozenset({"asiakas", "client", "clients"})
_NEAR = frozenset({"companions", "related_persons"})
"""Persons near the client: where they are reached often is where the client lives."""


def without_whereabouts(content: Any, *, protected: bool, name: str = "") -> Any:
    """The content without what tells where a protected person is (661/2009, 36 §): the client's own contacts
    when the client is protected, those of persons near the client too, and those of anybody whom the content
    itself marks."""
    if isinstance(content, list):
        return [without_whereabouts(each, protected=protected, name=name) for each in content]
    if not isinstance(content, dict):
        return content
    hidden = content.get("turvakielto") is True or (protected and name in _THE_CLIENT | _NEAR)
    return {
        key: without_whereabouts(value, protected=protected, name=key)
        for key, value in content.items()
        if not (hidden and key in _REACHED_BY)
    }
