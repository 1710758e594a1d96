"""What any record system can do for us, in our words. A dialect speaks to one kind of system and implements
this.

Every call returns an `Outcome`: done with a value, or failed with a class that says what to do next. None
raises for what the other side did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Generic, Literal, Protocol, TypeVar

T = TypeVar("T")


class Failure(StrEnum):
    """What kind of failure, and so what follows."""

    TRANSIENT = "transient"  # try again later
    THROTTLED = "throttled"  # try again when the other side says
    AUTH = "auth"  # our credentials: stop and tell
    CONFLICT = "conflict"  # the other side holds something newer or else
    SEMANTIC_PERMANENT = "semantic_permanent"  # refused for good: a person must look
    SEMANTIC_DEFERRED = "semantic_deferred"  # refused for now: later, not at once
    DEPENDENCY = "dependency"  # something it needs is not there yet
    NOT_SUPPORTED = "not_supported"  # the target cannot do this
    MALFORMED_REMOTE = "malformed_remote"  # an answer that is none
    UNKNOWN_OUTCOME = "unknown_outcome"  # maybe done: verify before anything is sent again


@dataclass(frozen=True)
class Done(Generic[T]):
    value: T


@dataclass(frozen=True)
class Failed:
    failure: Failure
    detail: str
    retry_after: float | None = None


Outcome = Done[T] | Failed


@dataclass(frozen=True)
class PersonMessage:
    """A person as the record system names them."""

    identity_code: str | None
    client_id: str | None  # our id, where the system holds it
    family_name: str
    given_names: str
    turvakielto: bool
    died_on: date | None = None
    emigrated_on: date | None = None


@dataclass(frozen=True)
class PartyMessage:
    business_id: str | None
    organisation_id: str | None  # our id, where the system holds it


@dataclass(frozen=True)
class DecisionMessage:
    """A decision of the record system: content in our words, ready to be filed."""

    person: PersonMessage
    provider: PartyMessage
    answers: str | None  # the draft of ours that it decides
    values: Mapping[str, Any]


@dataclass(frozen=True)
class DraftMessage:
    """How a draft of ours fares."""

    decision_id: str
    refused: bool
    reason: str | None


@dataclass(frozen=True)
class Notice:
    """One thing that changed at the other side, as it came: kept before it is understood."""

    remote_id: str
    version: int
    content: bytes


@dataclass(frozen=True)
class Notices:
    items: Sequence[Notice]
    position: str | None  # where to go on


@dataclass(frozen=True)
class Draft:
    """A draft of a decision on its way to the caseworker."""

    decision_id: str
    identity_code: str | None
    client: Mapping[str, Any]
    provider: Mapping[str, Any]
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Day:
    """A day of attendance on its way out."""

    attendance_id: str
    version: int
    decision_remote_id: str | None
    identity_code: str | None
    client_id: str
    provider: Mapping[str, Any]
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Proposal:
    """A draft of ours as the record system holds it."""

    remote_id: str
    state: Literal["waiting", "decided", "refused"]


class MappingError(Exception):
    """What came cannot be said in our words: it is quarantined, never guessed. The text holds no value."""


class RecordSystem(Protocol):
    """The port."""

    async def health(self) -> Outcome[None]: ...

    async def decision_changes(self, position: str | None, *, again: bool) -> Outcome[Notices]:
        """What changed since `position`; `again` reads a window before it once more, for what was late."""
        ...

    async def draft_changes(self, position: str | None, *, again: bool) -> Outcome[Notices]: ...

    def read_decision(self, content: bytes) -> DecisionMessage: ...

    def read_person(self, content: bytes) -> PersonMessage:
        """Whom a decision is about, though the rest of it cannot be read."""
        ...

    def read_draft(self, content: bytes) -> DraftMessage: ...

    async def submit_draft(self, draft: Draft) -> Outcome[str]:
        """Not idempotent: an intent is written before, and `find_draft` resolves an unknown outcome."""
        ...

    async def replace_draft(self, remote_id: str, draft: Draft) -> Outcome[str]: ...

    async def find_draft(self, decision_id: str) -> Outcome[Proposal | None]:
        """The proposal made of a draft, the newest where there are several."""
        ...

    async def upsert_attendance(self, day: Day) -> Outcome[str]: ...

    async def close(self) -> None: ...


class NotConfigured:
    """The default: every call fails loudly, so that nobody believes that something was sent."""

    def __getattr__(self, name: str) -> Any:
        async def refuse(*_values: Any, **_options: Any) -> Failed:
            return Failed(Failure.NOT_SUPPORTED, f"no dialect is configured ({name})")

        return refuse

    async def close(self) -> None:
        return None
