"""Patterns of texts, and what is said in words where a pattern would say little."""

import re
from typing import Any

from walmu_api.foundation.locales import Reason

_UNSEEN = (
    r"\u0000-\u0020\u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff\ufffe\uffff"
)
"""Blanks of every width, and what has none: a text of nothing else says nothing."""
SEEN = f"[^{_UNSEEN}]"
UNSEEN_ONLY = re.compile(f"[{_UNSEEN}]*")
NOT_TEXT = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffe\uffff"
"""What no text may hold: control characters, marks of direction, and the two characters that XML cannot hold. Documents, pages
and worksheets are XML: one such character that is stored breaks them for good. Halves of surrogate pairs no pattern can
name; the reader of bodies refuses them."""
_ODD = re.compile(f"[{NOT_TEXT}\ud800-\udfff]")
NOT_IN_A_LINE = NOT_TEXT.replace(r"\u0000-\u0008\u000b\u000c\u000e-\u001f", r"\u0000-\u001f")
LINE = f"^[^{NOT_IN_A_LINE}]*$"
LINES = f"^[^{NOT_TEXT}]*$"


def without_odd(value: Any) -> Any:
    """Text, or content with texts in it, without what no text may hold. Nothing new comes in with it; older data may have
    it."""
    if isinstance(value, str):
        return (_ODD.sub("", value) or "\ufffd") if _ODD.search(value) else value
    if isinstance(value, dict):
        return {without_odd(name): without_odd(each) for name, each in value.items()}
    return [without_odd(each) for each in value] if isinstance(value, list) else value


def non_blank_pattern(pattern: str) -> str:
    """The same pattern for texts that say something, as the contract has it."""
    part = pattern.removeprefix("^").removesuffix("$")
    return f"^{part}{SEEN}{part}$"


VISIBLE = Reason("visible")
ONE_LINE = Reason("one-line")
SEVERAL_LINES = Reason("several-lines")
TIME_OF_DAY = Reason("time-of-day")
PAGE_CURSOR = Reason("page-cursor")
PARTIAL_DATE = Reason("partial-date")
WRITTEN_INSTANT = Reason("written-instant")
DOCUMENT_OID = Reason("document-oid")
STRUCTURE_OID = Reason("structure-oid")
CODE_SYSTEM = Reason("code-system")
ELEVEN_DIGITS = Reason("eleven-digits")

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
