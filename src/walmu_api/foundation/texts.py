"""Texts in one form: NFC (Unicode Standard Annex 15), in which an ä is one character whoever typed it.

What comes in is brought to it at the door, so that nothing behind it need think of it. The standard library alone: the process
that reads worksheets imports this."""

import json
import re
import unicodedata
from functools import lru_cache
from typing import Any

_TEXT = re.compile(r'"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+(?:"|\\?(?=\n|\Z))')
"""A text of JSON, or what begins like one on its line: each character is looked at once, whatever is sent."""
_MAY_COMBINE = re.compile(rb"\\u(?!00|0[12])")
"""An escape of U+0300 or above. Below it nothing is written in two ways within itself."""


_PERHAPS_A_RUN = re.compile("[\u0300-\U0010ffff]{31}")
_LONGEST_RUN = 30
"""Marks on one letter, more than any writing has (the stream-safe format of the annex). Python takes 19 seconds to put 64,000
of them in order."""


def _normal(text: str) -> str:
    """In NFC, unless it has a run of marks that is no writing: that stays as it is."""
    if _PERHAPS_A_RUN.search(text) is not None and _has_run(text):
        return text
    return unicodedata.normalize("NFC", text)


def _has_run(text: str) -> bool:
    run = 0
    for character in text:
        run = run + 1 if _is_mark(character) else 0
        if run > _LONGEST_RUN:
            return True
    return False


@lru_cache(4096)
def _is_mark(character: str) -> bool:
    """Of its decomposition, as that is put in order: a few vowel signs are no marks themselves, but stand for two."""
    return unicodedata.combining(unicodedata.normalize("NFD", character)[0]) != 0


def in_nfc(value: Any) -> Any:
    """Text, or content with texts in it, in NFC."""
    if isinstance(value, str):
        return _normal(value)
    if isinstance(value, dict):
        return {in_nfc(name): in_nfc(each) for name, each in value.items()}
    return [in_nfc(each) for each in value] if isinstance(value, list) else value


def json_in_nfc(raw: bytes) -> bytes:
    """JSON, or lines of it, with its texts in NFC; the same bytes where they are. What is no JSON is left to its reader."""
    escaped = b"\\" in raw and _MAY_COMBINE.search(raw) is not None  # the first is ten times as fast
    if raw.isascii() and not escaped:
        return raw
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return raw
    if not escaped and unicodedata.is_normalized("NFC", text):
        return raw
    return _TEXT.sub(_literal, text).encode()


def _literal(found: re.Match[str]) -> str:
    """One text of JSON. As a whole JSON cannot be normalised: of `\\\\n` and a tilde it would make another letter."""
    try:
        text = json.loads(found[0])
    except ValueError:
        return found[0]
    normal = _normal(text)
    return found[0] if normal == text else json.dumps(normal)


def folded(text: str) -> str:
    """The same for all ways to write a text that a person would not tell apart: in NFC, without case, line breaks and double
    spaces. Both sides of a comparison: what was recorded before texts came in in NFC is in the form in which it was sent."""
    whole = " ".join(_normal(text).split())
    return _normal(whole.casefold())
