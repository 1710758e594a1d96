"""What of a national document is not given to providers and workplaces: for documents that have no type of ours, the
counterpart of what our types declare (`foundation/withholding.py`). Pure.

ADR 44."""

from typing import Any

NEAR = frozenset({"asiakas", "asiakkaaseen_liittyvat_henkilot", "muut_sopijat"})
"""The client and persons near the client; everybody else in a document is reached at work."""
REACHED_BY = frozenset({"yhteystiedot", "kotikunta", "tilapainen_asuinkunta"})
HOME = frozenset(
    {
        "asiakirjojen_tiedoksianto",
        "asiakkaan_asumisjarjestelyt_turvakotijakson_jalkeen",
        "asuminen",
        "asuminen_vakivallan_tekijan_kanssa",
    }
)
"""How documents reach the client, and where the client lives."""


def without_whereabouts(content: Any, protected: bool, *, near: bool = False) -> Any:
    """A document without what tells where a protected client is, and without the contacts of persons whom it marks as
    protected themselves."""
    if isinstance(content, list):
        return [without_whereabouts(each, protected, near=near) for each in content]
    if not isinstance(content, dict):
        return content
    hidden = content.get("turvakielto") is True or content.get("salaiset_yhteystiedot") is True
    left_out = REACHED_BY if hidden or (protected and near) else frozenset()
    if protected:
        left_out |= HOME
    return {
        key: without_whereabouts(value, protected, near=key in NEAR)
        for key, value in content.items()
        if key not in left_out
    }
