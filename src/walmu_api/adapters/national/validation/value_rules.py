"""The single values of a national document: texts, dates, codes, identifiers, numbers. Pure.

Each check yields what is wrong as (kind, place below the value, what the text names)."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from walmu_api.adapters.national.structures.definitions import ANY_SYSTEM, Node
from walmu_api.adapters.national.validation import findings
from walmu_api.adapters.national.validation.findings import EMPTY, Location
from walmu_api.foundation import patterns, validation_messages
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE, personal_identity_code
from walmu_api.foundation.locales import Text
from walmu_api.foundation.problems import INVALID_VALUE, MISSING, UNKNOWN_PROPERTY, ProblemType
from walmu_api.record.parties.codes.rules import WRONG_CODE_SYSTEM

Wrong = tuple[ProblemType, Location, Mapping[str, Any]]

_DATE = re.compile(r"((?:18|19|20|21)[0-9]{2})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_TIME = re.compile(
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
)
_NOT_TEXT = re.compile(rf"[{patterns.NOT_TEXT}\ud800-\udfff]")
_LARGEST = 10**15
"""Beyond this a number is not the same in every reader of JSON."""


def _invalid(reason: Text, at: Location = (), **data: Any) -> Wrong:
    return INVALID_VALUE, at, {"reason": reason, **data}


def is_date(value: str, *, whole: bool = False) -> bool:
    """YYYY, YYYY-MM or YYYY-MM-DD, and a day that the calendar has."""
    found = _DATE.fullmatch(value)
    if found is None or (whole and found[3] is None):
        return False
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return False
    return True


def is_instant(value: str) -> bool:
    """A whole date with a time, seconds and zone; or a date alone."""
    day, separator, time = value.partition("T")
    return is_date(day, whole=True) and _TIME.fullmatch(time) is not None if separator else is_date(day)


def is_empty(value: Any) -> bool:
    """Nothing at all: a text that is empty or of blanks, or an object or list that holds nothing else."""
    if isinstance(value, dict | list):
        return all(is_empty(inner) for inner in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and patterns.UNSEEN_ONLY.fullmatch(value) is not None


def text(_node: Node, value: Any, at: Location = ()) -> Iterator[Wrong]:
    if not isinstance(value, str):
        yield _invalid(validation_messages.TEXT, at)
    elif _NOT_TEXT.search(value):
        yield _invalid(findings.CONTROLS, at)
    elif patterns.UNSEEN_ONLY.fullmatch(value):
        yield EMPTY, at, {}


def _form(holds: Callable[[str], bool], reason: Text) -> Callable[[Node, Any], Iterator[Wrong]]:
    """A text of a certain form."""

    def check(node: Node, value: Any) -> Iterator[Wrong]:
        wrong = list(text(node, value))
        yield from wrong
        if not wrong and not holds(value):
            yield _invalid(reason)

    return check


def _phrase(node: Node, value: Any) -> Iterator[Wrong]:
    if not isinstance(value, str):
        yield _invalid(validation_messages.TEXT)
    elif "sha256:" + hashlib.sha256(value.encode("utf-8", "replace")).hexdigest() != node.codes:
        yield _invalid(findings.FIXED_SENTENCE)


def _switch(_node: Node, value: Any) -> Iterator[Wrong]:
    if not isinstance(value, bool):
        yield _invalid(validation_messages.TRUE_OR_FALSE)


def _number(_node: Node, value: Any, at: Location = ()) -> Iterator[Wrong]:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 - NaN
        yield _invalid(validation_messages.NUMBER, at)
    elif abs(value) > _LARGEST:
        yield _invalid(findings.TOO_LARGE_NUMBER, at)


def _members(value: Any, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Iterator[Wrong]:
    """A closed object."""
    if not isinstance(value, dict):
        yield _invalid(validation_messages.OBJECT)
        return
    yield from ((UNKNOWN_PROPERTY, (name,), {}) for name in value if name not in {*required, *optional})
    yield from ((MISSING, (name,), {}) for name in required if name not in value)


def _code(node: Node, value: Any) -> Iterator[Wrong]:
    yield from _members(value, ("system", "code", "display"))
    if not isinstance(value, dict):
        return
    for name in ("system", "code", "display"):
        if name in value:
            yield from text(node, value[name], (name,))
    system, code = value.get("system"), value.get("code")
    if isinstance(system, str) and system and not _is_system(node, system):
        yield WRONG_CODE_SYSTEM, ("system",), {"expected": expected_system(node)}
    accepted = tuple(known.code for known in node.values) or node.accepted
    if isinstance(code, str) and code and accepted and code not in accepted:
        yield _invalid(validation_messages.ONE_OF, ("code",), expected=", ".join(accepted))


def expected_system(node: Node) -> str:
    """The system of a code as documents write it."""
    return f"urn:oid:{node.system}" if is_national(node) else node.system


def is_national(node: Node) -> bool:
    """Whether the codes come from a national list; else the list is internal to the structure."""
    return node.system[0].isdigit()


def _is_system(node: Node, system: str) -> bool:
    if node.system == ANY_SYSTEM:
        return True
    if not is_national(node):
        return system == node.system
    version = system.removeprefix(f"urn:oid:{node.system}")
    return version != system and re.fullmatch(r"(\.[0-9]+)*", version) is not None


def _identifier(node: Node, value: Any) -> Iterator[Wrong]:
    yield from _members(value, ("value",), ("system",))
    if not isinstance(value, dict):
        return
    wrong = [
        each for name in ("system", "value") if name in value for each in text(node, value[name], (name,))
    ]
    yield from wrong
    if wrong or not node.system:
        return
    system = f"urn:oid:{node.system}"
    if value.get("system", system) != system:
        yield WRONG_CODE_SYSTEM, ("system",), {"expected": system}
    elif (
        system == PERSONAL_IDENTITY_CODE
        and "value" in value
        and personal_identity_code(value["value"]) != value["value"]
    ):
        yield _invalid(validation_messages.IDENTIFIER, ("value",))


def _quantity(node: Node, value: Any) -> Iterator[Wrong]:
    yield from _members(value, ("value", "code"))
    if isinstance(value, dict) and "value" in value:
        yield from _number(node, value["value"], ("value",))
    if isinstance(value, dict) and "code" in value:
        yield from text(node, value["code"], ("code",))


CHECKS: Mapping[str, Callable[[Node, Any], Iterator[Wrong]]] = {
    "code": _code,
    "count": _number,
    "date": _form(is_date, patterns.PARTIAL_DATE),
    "day": _form(lambda value: is_date(value, whole=True), findings.WHOLE_DATE),
    "identifier": _identifier,
    "instant": _form(is_instant, patterns.WRITTEN_INSTANT),
    "name": text,
    "number": _number,
    "phrase": _phrase,
    "quantity": _quantity,
    "signature": text,
    "switch": _switch,
    "text": text,
}
"""By type of field."""
