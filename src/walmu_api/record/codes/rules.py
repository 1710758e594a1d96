"""Code lists and what holds of them on a day. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class CodeValue:
    code: str
    fi: str
    sv: str | None = None
    en: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class CodeList:
    """A code system. In an unverified one only a part of the codes is known: others pass with a warning."""

    name: str
    verified: bool
    source: str
    codes: Mapping[str, CodeValue]

    def has(self, code: str, day: date) -> bool:
        found = self.codes.get(code)
        return found is not None and found.valid_on(day)
