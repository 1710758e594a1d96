"""Code systems, and what holds of a code on a day. Pure.

The product ships lists; an organiser lays its own over them. Where a list is verified, all of its codes are
known and any other is refused; where it is not, another code passes with a warning (ADR 15)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Protocol

from walmu_api.foundation import patterns, validation_messages
from walmu_api.foundation.locales import Text
from walmu_api.foundation.problems import INVALID_VALUE, OUT_OF_ORDER, UNKNOWN_CODE, Finding, ProblemType

UNVERIFIED_CODE = ProblemType("unverified-code", 422, located=True)
WRONG_CODE_SYSTEM = ProblemType("wrong-code-system", 422, located=True)
CODE_SYSTEM_CLOSED = ProblemType("code-system-closed", 409)
MAPPING_FIXED = ProblemType("mapping-fixed", 422, located=True)
PROBLEMS = (UNVERIFIED_CODE, WRONG_CODE_SYSTEM, CODE_SYSTEM_CLOSED, MAPPING_FIXED)
NATIONAL = Text("phrases.national-code-set")

SERVICE_TASK = "1.2.246.537.6.1221"
SOCIAL_SERVICE = "1.2.246.537.6.1222"


@dataclass(frozen=True, slots=True)
class CodeValue:
    """One code. A local one may be mapped to a national code: {system, code, display}."""

    code: str
    fi: str
    sv: str | None = None
    en: str | None = None
    easy_fi: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    mapping: Mapping[str, str] | None = None

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True)
class CodeList:
    """A code system. In an unverified one only a part of the codes is known: others pass with a warning."""

    name: str
    verified: bool
    source: str
    codes: Mapping[str, CodeValue]
    title: Mapping[str, str] = field(default_factory=dict)
    additions: bool = False
    system: str | None = None
    version: str | None = None
    valid_from: date | None = None

    @property
    def oid(self) -> str | None:
        return self.name if is_oid(self.name) else None

    def only(self, codes: Collection[str]) -> "CodeList":
        """The list as somebody sees it who may choose from these codes alone."""
        return replace(self, codes={code: value for code, value in self.codes.items() if code in codes})

    def has(self, code: str, day: date) -> bool:
        found = self.codes.get(code)
        return found is not None and found.valid_on(day)


Book = Mapping[str, CodeList]
"""Every code system of an organiser, by name."""


class Coded(Protocol):
    """A national code as it is sent."""

    @property
    def system(self) -> str: ...
    @property
    def code(self) -> str: ...


def is_oid(name: str) -> bool:
    return name[:1].isdigit()


def name_of(system: str) -> str:
    """The name of the list that a `system` means: an OID without its prefix, the path of a structure's own
    list with dots."""
    return system.removeprefix("urn:oid:").replace("/", ".")


def overlaid(shipped: CodeList | None, own: CodeList) -> CodeList:
    """The organiser's list over the shipped one, code by code. A national set that the organiser imported
    whole stands alone."""
    if shipped is None:
        return own
    alone = own.verified and own.oid is not None
    codes = own.codes if alone else {**shipped.codes, **own.codes}
    return replace(
        own,
        codes=codes,
        title=own.title or shipped.title,
        additions=shipped.additions,
        system=shipped.system,
        verified=own.verified or (shipped.verified and own.oid is None),
    )


def check_word(book: Book, name: str, code: str | None, day: date, pointer: str) -> list[Finding]:
    """Whether a code is in the list on the day. Not in a verified one: an error; not known in another: a
    warning."""
    known = book[name]
    if code is None or known.has(code, day):
        return []
    if known.verified or code in known.codes:
        return [UNKNOWN_CODE.at(pointer, code_system=name)]
    return [UNVERIFIED_CODE.at(pointer, code_system=name).warning()]


def check_code(book: Book, oid: str, data: Coded | None, day: date, pointer: str) -> list[Finding]:
    """The same of a national code; its system is the one that belongs here, with or without the version of
    the set."""
    if data is None:
        return []
    if not re.fullmatch(rf"urn:oid:{re.escape(oid)}(\.[0-9]+)*", data.system):
        return [WRONG_CODE_SYSTEM.at(f"{pointer}/system", expected=f"urn:oid:{oid}")]
    return check_word(book, oid, data.code, day, f"{pointer}/code")


def check_value(book: Book, new: CodeValue, before: CodeValue | None) -> list[Finding]:
    """What an organiser may say of a code: days in order, and a mapping that is known here and stays as it
    was given."""
    labels = {"fi": new.fi, "sv": new.sv, "en": new.en, "easy_fi": new.easy_fi}
    blank = [
        name for name, label in labels.items() if label is not None and patterns.UNSEEN_ONLY.fullmatch(label)
    ]
    findings = [INVALID_VALUE.at(f"/{name}", reason=validation_messages.BLANK) for name in blank]
    if new.valid_from is not None and new.valid_to is not None and new.valid_to < new.valid_from:
        findings.append(OUT_OF_ORDER.at("/valid_to"))
    if before is not None and before.mapping is not None and new.mapping != before.mapping:
        return [*findings, MAPPING_FIXED.at("/mapping")]
    if new.mapping is not None:
        known = book.get(name_of(new.mapping["system"]))
        if known is None or known.oid is None:
            findings.append(WRONG_CODE_SYSTEM.at("/mapping/system", expected=NATIONAL))
        elif known.verified and new.mapping["code"] not in known.codes:
            findings.append(UNKNOWN_CODE.at("/mapping/code", code_system=known.name))
    return findings


def ended_by(known: Mapping[str, CodeValue], data: Sequence[CodeValue], since: date) -> list[CodeValue]:
    """The codes that a whole list no longer has, ended on the day before it begins."""
    last, there = since - timedelta(days=1), {value.code for value in data}
    gone = (value for value in known.values() if value.code not in there)
    return [
        replace(value, valid_to=last) for value in gone if value.valid_to is None or value.valid_to > last
    ]
