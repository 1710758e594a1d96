"""Patterns of texts, and what is said in words where a pattern would say little."""

import re

from walmu_api.foundation.problems import Text

_UNSEEN = r"\u0000-\u0020\u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff"
"""Blanks of every width, and what has none: a text of nothing else says nothing."""
SEEN = f"[^{_UNSEEN}]"
UNSEEN_ONLY = re.compile(f"[{_UNSEEN}]*")
LINE = r"^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$"
LINES = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$"


def non_blank_pattern(pattern: str) -> str:
    """The same pattern for texts that say something, as the contract has it."""
    part = pattern.removeprefix("^").removesuffix("$")
    return f"^{part}{SEEN}{part}$"


VISIBLE = Text(
    "visible ASCII characters without spaces are expected",
    "arvossa saa olla vain näkyviä ASCII-merkkejä, ei välilyöntejä",
    "synliga ASCII-tecken utan mellanslag förväntas",
)
ONE_LINE = Text(
    "text on one line is expected, without control characters or marks of direction",
    "arvon on oltava yksirivistä tekstiä ilman ohjaus- ja suuntamerkkejä",
    "text på en rad förväntas, utan styrtecken och riktningstecken",
)
SEVERAL_LINES = Text(
    "text without control characters or marks of direction is expected",
    "arvon on oltava tekstiä ilman ohjaus- ja suuntamerkkejä",
    "text utan styrtecken och riktningstecken förväntas",
)
TIME_OF_DAY = Text(
    "a time of day is written HH:MM, from 00:00 to 23:59",
    "kellonaika kirjoitetaan muodossa TT:MM, 00:00–23:59",
    "ett klockslag skrivs TT:MM, från 00:00 till 23:59",
)
PAGE_CURSOR = Text(
    "it is not a cursor from a next link of this list",
    "kursori ei ole tämän luettelon next-linkistä",
    "markören är inte från en next-länk i denna lista",
)
PARTIAL_DATE = Text(
    "a date of the calendar is written YYYY, YYYY-MM or YYYY-MM-DD, from 1800 to 2199",
    "päivämäärä kirjoitetaan VVVV, VVVV-KK tai VVVV-KK-PP, vuosilta 1800–2199",
    "ett datum skrivs ÅÅÅÅ, ÅÅÅÅ-MM eller ÅÅÅÅ-MM-DD, åren 1800–2199",
)
WRITTEN_INSTANT = Text(
    "an instant is written YYYY-MM-DDThh:mm:ss with Z or ±hh:mm, or as a date",
    "ajanhetki kirjoitetaan VVVV-KK-PPThh:mm:ss ja Z tai ±hh:mm, tai päivämääränä",
    "en tidpunkt skrivs ÅÅÅÅ-MM-DDThh:mm:ss med Z eller ±hh:mm, eller som ett datum",
)
DOCUMENT_OID = Text(
    "the OID of a document is expected, as its envelope has it",
    "arvon on oltava asiakirjan OID, kuten kuoressa",
    "dokumentets OID förväntas, så som kuvertet har den",
)
STRUCTURE_OID = Text(
    "the OID of a structure with its version is expected, as the list of structures has it",
    "arvon on oltava rakenteen OID versioineen, kuten rakenneluettelossa",
    "strukturens OID med version förväntas, så som i förteckningen över strukturer",
)
CODE_SYSTEM = Text(
    "the system of a code is written urn:oid: and its OID",
    "koodin system kirjoitetaan urn:oid: ja luettelon OID",
    "kodens system skrivs urn:oid: och förteckningens OID",
)
ELEVEN_DIGITS = Text("11 digits are expected", "arvossa on oltava 11 numeroa", "11 siffror förväntas")

WORDS = {
    LINE: ONE_LINE,
    LINES: SEVERAL_LINES,
    r"^[!-~]+$": VISIBLE,
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": TIME_OF_DAY,
    r"^[0-9a-f]{32}$": PAGE_CURSOR,
    r"^[0-9a-f]{32}[01][0-9a-f]{4}$": PAGE_CURSOR,
    r"^(18|19|20|21)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$": PARTIAL_DATE,
    r"^(18|19|20|21)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])"
    r"(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?)?)?$": WRITTEN_INSTANT,
    r"^1\.2\.246\.10\.[0-9]{1,8}\.11\.[0-9]{4}\.[0-9]{1,18}(\.[1-9][0-9]{0,8})?$": DOCUMENT_OID,
    r"^1\.2\.246\.537\.6\.150[56](\.[0-9]{1,5}){4}$": STRUCTURE_OID,
    r"^urn:oid:[0-9.]{3,80}$": CODE_SYSTEM,
    r"^[0-9]{11}$": ELEVEN_DIGITS,
}
"""Patterns that say more in words. A test holds them against those of the contract."""
