"""What of a national document is not given to providers and workplaces: for documents that have no type of ours, the
counterpart of what our types declare (`foundation/withholding.py`). Pure.

ADR 44."""

from collections.abc import Collection
from typing import Any

from walmu_api.foundation.content_types import Content
from walmu_api.foundation.texts import folded

CLIENT = "asiakas"
RELATED = frozenset({"asiakkaaseen_liittyvat_henkilot", "muut_asiaan_liittyvat_henkilot", "muut_sopijat"})
"""Persons near the client; everybody else in a document is reached at work."""
RECIPIENT, SIGNATURE = "vastaanottaja", "allekirjoitus"
IDENTITY = frozenset({"henkilotunnus", "tilapainen_yksilointitunnus"})
"""Of related persons these are the organiser's alone (457/2024, 15 §)."""
PLACES = frozenset(
    {
        "paikka",
        "tyotoimintapaikka",
        "paikka_jossa_toiminta_toteutetaan",
        "kuntouttavan_tyotoiminnan_jarjestamispaikka",
    }
)
"""Where the client comes; whoever carries the service out knows it."""
REACHED_BY = frozenset({"yhteystiedot", "kotikunta", "tilapainen_asuinkunta"})
HOME = frozenset(
    {
        "asiakirjojen_tiedoksianto",
        "asiakkaan_asumisjarjestelyt_turvakotijakson_jalkeen",
        "asuminen",
        "asuminen_vakivallan_tekijan_kanssa",
        "asunnottomuus",
        "varhaiskasvatus_tai_opetus",
    }
)
"""How documents reach the client, where the client lives and goes to school."""


def without_client(record: Content, _caller: object) -> Content:
    """A record of such a document as a provider has it in its feed: the person is `client_id`. The document itself names the
    client as of today; the name that it came with may be a former one, which is the organiser's (661/2009, 12 §)."""
    content = {
        root: {key: value for key, value in parts.items() if key != CLIENT}
        for root, parts in record["content"].items()
    }
    return record | {"content": content}


def without_former_signature(content: Any, former: Collection[str], under: str = "") -> Any:
    """A document without signatures that hold a former name of the client, of which `former` has the parts, folded."""
    if isinstance(content, list):
        return [without_former_signature(each, former, under) for each in content]
    if not isinstance(content, dict):
        return content
    return {
        key: without_former_signature(value, former, key)
        for key, value in content.items()
        if not (under == SIGNATURE and isinstance(value, str) and _holds(value, former))
    }


def _holds(text: str, names: Collection[str]) -> bool:
    return any(name in folded(text) for name in names)


def without_whereabouts(content: Any, protected: bool, elsewhere: bool = False, under: str = "") -> Any:
    """A document without what tells where a protected client is, without the contacts of persons whom it marks as
    protected themselves, and without the identity codes of related persons. `elsewhere`: it is another organisation's;
    `under`: the key of this part."""
    if isinstance(content, list):
        return [without_whereabouts(each, protected, elsewhere, under) for each in content]
    if not isinstance(content, dict):
        return content
    left_out = IDENTITY if under in RELATED else frozenset()
    hidden = content.get("turvakielto") is True or content.get("salaiset_yhteystiedot") is True
    if hidden or (protected and under in {CLIENT, RECIPIENT, *RELATED}):
        left_out |= REACHED_BY
    if protected and under in RELATED:
        left_out |= {"organisaatio"}
    if protected and under == SIGNATURE:
        left_out |= {"paikka"}
    if protected:
        left_out |= HOME | (PLACES if elsewhere else frozenset())
    return {
        key: without_whereabouts(value, protected, elsewhere, key)
        for key, value in content.items()
        if key not in left_out
    }
