"""What can go wrong, named. Pure: how a problem travels over HTTP is in `problem_responses`.

A `ProblemType` is one entry of the catalogue: a stable code and a status; its texts stand in `locales`, by the code.
Each feature declares its own kinds; `app` collects them. A `Problem` is a kind that happened; a `Finding`
points at the place in the input. No text ever holds the offending value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from walmu_api.foundation.locales import Text, sentences


@dataclass(frozen=True)
class ProblemType:
    """One entry of the catalogue of problems. Its detail may name values in braces."""

    code: str
    status: int
    texts: str = ""
    """Where its texts stand in `problems` of the locales, when not under its code."""
    located: bool = False
    """Whether it stands in `errors` or in the outcome of a line, with its place, and never at the top of a
    problem."""
    names_basis: bool = False
    """Whether it names a legal basis, an insurance or a decision: then it is not for workplaces."""

    @cached_property
    def title(self) -> Text:
        return Text(f"problems.{self.texts or self.code}.title")

    @cached_property
    def detail(self) -> Text:
        return Text(f"problems.{self.texts or self.code}.detail")

    @cached_property
    def fix(self) -> Text | None:
        """What to do about it, where there is something to do."""
        text = Text(f"problems.{self.texts or self.code}.fix")
        return text if text.key in sentences("en") else None

    def at(self, pointer: str, /, **values: Any) -> "Finding":
        return Finding(self, pointer, values)

    def __call__(self, *errors: "Finding", **values: Any) -> "Problem":
        return Problem(self, errors, values)


@dataclass(frozen=True)
class Finding:
    """What is wrong (or doubtful) at one place of the input. `pointer` is a JSON Pointer, `` the whole."""

    kind: ProblemType
    pointer: str
    values: Mapping[str, Any] = field(default_factory=dict)
    severity: str = "error"
    rule: str | None = None

    def render(self, language: str) -> dict[str, str]:
        data = {
            "pointer": self.pointer,
            "code": self.kind.code,
            "detail": self.kind.detail.render(language, self.values),
        }
        if self.rule:
            data["rule"] = self.rule
        if self.kind.fix:
            data["fix"] = self.kind.fix.render(language, self.values)
        return data

    def warning(self) -> "Finding":
        return Finding(self.kind, self.pointer, self.values, "warning", self.rule)


class Problem(Exception):
    """A request that cannot be done; carries everything its answer says."""

    def __init__(
        self, kind: ProblemType, errors: Sequence[Finding] = (), values: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.errors = tuple(errors)
        self.values = values or {}
        self.headers: dict[str, str] = {}
        self.members: dict[str, Any] = {}

    def with_headers(self, **headers: str) -> "Problem":
        self.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self

    def with_members(self, **members: Any) -> "Problem":
        """Further members of the problem document, e.g. the outcomes of an atomic batch."""
        self.members.update(members)
        return self


NOT_FOUND = ProblemType("not-found", 404)
METHOD_NOT_ALLOWED = ProblemType("method-not-allowed", 405)
NOT_ACCEPTABLE = ProblemType("not-acceptable", 406)
TOO_LARGE = ProblemType("too-large", 413)
BODY_TOO_SLOW = ProblemType("body-too-slow", 408)
UNSUPPORTED_MEDIA_TYPE = ProblemType("unsupported-media-type", 415)
MALFORMED = ProblemType("malformed-body", 400)
INVALID = ProblemType("invalid", 422)
PRECONDITION_REQUIRED = ProblemType("precondition-required", 428)
STALE = ProblemType("stale-version", 412)
DUPLICATE_SOURCE = ProblemType("duplicate-source", 409)
IDEMPOTENCY_KEY_REQUIRED = ProblemType("idempotency-key-required", 400)
IDEMPOTENCY_KEY_REUSED = ProblemType("idempotency-key-reused", 422)
IDEMPOTENCY_IN_PROGRESS = ProblemType("idempotency-in-progress", 409)
CONFLICT = ProblemType("conflict", 409)
UNAVAILABLE = ProblemType("unavailable", 503)
SEEDING = ProblemType("seeding", 503)
INTERNAL = ProblemType("internal", 500)

MISSING = ProblemType("missing", 422, located=True)
UNKNOWN_PROPERTY = ProblemType("unknown-property", 422, located=True)
READ_ONLY = ProblemType("read-only", 422, located=True)
UNKNOWN_PARAMETER = ProblemType("unknown-parameter", 422, located=True)
REPEATED_PARAMETER = ProblemType("repeated-parameter", 422, located=True)
DUPLICATE_KEY = ProblemType("duplicate-key", 422, located=True)
TOO_DEEP = ProblemType("too-deep", 422, located=True)
INVALID_VALUE = ProblemType("invalid-value", 422, located=True)
UNKNOWN_CODE = ProblemType("unknown-code", 422, located=True)
UNKNOWN_REFERENCE = ProblemType("unknown-reference", 422, located=True)
OUT_OF_ORDER = ProblemType("out-of-order", 422, located=True)

GENERAL = tuple(value for value in list(globals().values()) if isinstance(value, ProblemType))


def invalid(*errors: Finding) -> Problem:
    return Problem(INVALID, errors)


def check_order(start: date | None, end: date | None, pointer: str) -> list[Finding]:
    """Of two days that bound a time, both named, the second is not before the first."""
    return [OUT_OF_ORDER.at(pointer)] if start is not None and end is not None and end < start else []


def refuse(findings: Sequence[Finding]) -> None:
    """Raise when any finding is an error; warnings pass."""
    if errors := [f for f in findings if f.severity == "error"]:
        raise invalid(*errors)
