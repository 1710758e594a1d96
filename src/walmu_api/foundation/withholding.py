"""Members that providers and workplaces do not read, declared on their types and left out of content in one place: above all
those from which one could learn where a protected person is (turvakielto, 661/2009, 36 §). Pure.

ADR 44."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel

from walmu_api.foundation.content_types import Content, Rewriting, in_members, rewriting_in

Mark = TypeVar("Mark")
_NAMES = ("family_name", "given_names", "name")


@dataclass(frozen=True)
class Withheld:
    """Marks a member, in its annotation, that others than the organiser and its record system do not read: always, or while
    the person is protected, or once the person has another name. `when` names another member of the same object and the
    values with which that holds. With `own`, those whose record it is read it, and only others do not; a record of no
    provider is the organiser's."""

    under_protection: bool
    own: bool = False
    when: tuple[str, frozenset[str | None]] | None = None
    after_renaming: bool = False


WHEREABOUTS = Withheld(under_protection=True)
"""From which one could learn where a person is."""
OWN_PLACE = Withheld(under_protection=True, own=True)
"""The same, but whoever carries the service out knows it."""
ORGANISER_ONLY = Withheld(under_protection=False)


def former_name(member: str, *values: str | None) -> Withheld:
    """A name as it was written then, where `member` says that it may be the client's. A client who was renamed is named as
    today elsewhere, and the former name is the organiser's (661/2009, 12 §)."""
    return Withheld(under_protection=False, when=(member, frozenset(values)), after_renaming=True)


@dataclass(frozen=True)
class StillGiven:
    """Marks a member whose parts of these names are given in spite of protection to those who serve the client today,
    unless one of the others stands beside it."""

    names: frozenset[str]
    unless: frozenset[str]


@dataclass(frozen=True)
class Within:
    """Marks a member without a type of ours: what is left of it, given whether the client is protected, and whether the
    record is another organisation's."""

    left_of: Callable[[Any, bool, bool], Any]


@dataclass(frozen=True)
class Readers:
    """Those who read content: a provider or workplace; and the clients in it, with those who are protected, those of them
    whom the readers serve today, and those who once had another name."""

    organisation_id: str
    clients: Collection[str]
    protected: Collection[str]
    served: Collection[str] = ()
    renamed: Collection[str] = ()


@dataclass(frozen=True)
class _Around:
    """What holds of an object from what stands around it."""

    readers: Readers
    protected: bool
    renamed: bool
    elsewhere: bool = False
    given: frozenset[str] = frozenset()

    def at(self, content: Content) -> "_Around":
        """A record names its client, or is the client; content may itself say that a person is protected."""
        client = content.get("client_id") or content.get("id")
        protected, renamed = self.protected, self.renamed
        if client in self.readers.clients:
            protected, renamed = client in self.readers.protected, client in self.readers.renamed
        protected = protected or content.get("turvakielto") is True or content.get("secret_contacts") is True
        elsewhere = self.elsewhere
        if "recorded_by" in content:
            owners = {content.get("provider_id"), content.get("workplace_id")}
            elsewhere = self.readers.organisation_id not in owners
        return replace(self, protected=protected, renamed=renamed, elsewhere=elsewhere)

    def hides(self, name: str, mark: Withheld, content: Content) -> bool:
        if mark.under_protection and (not self.protected or name in self.given):
            return False
        if (mark.own and not self.elsewhere) or (mark.after_renaming and not self.renamed):
            return False
        return mark.when is None or content.get(mark.when[0]) in mark.when[1]

    def still_gives(self, still: StillGiven | None, content: Content) -> frozenset[str]:
        """The names below a member that are given in spite of protection."""
        if still is None or content.get("id") not in self.readers.served:
            return frozenset()
        return frozenset() if any(content.get(other) for other in still.unless) else still.names


def without_withheld(model: Any, content: Any, readers: Readers) -> Any:
    """Content of this type as these read it."""
    narrowing = _narrowing(model)
    around = _Around(readers, bool(readers.protected), bool(readers.renamed))
    return content if narrowing is None else narrowing(content, around)


@cache
def withholds(model: Any) -> bool:
    """Whether any member of this type is declared as withheld."""
    return _narrowing(model) is not None


def declared(model: type[BaseModel]) -> dict[str, Withheld]:
    """The members of a model that are withheld."""
    return _marks(model, Withheld)


def _marks(model: type[BaseModel], kind: type[Mark]) -> dict[str, Mark]:
    members = model.model_fields.items()
    return {name: mark for name, member in members for mark in member.metadata if isinstance(mark, kind)}


@cache
def _narrowing(annotation: Any) -> Rewriting | None:
    return rewriting_in(annotation, _of_members)


def _left_of(within: Within) -> Rewriting:
    return lambda content, around: within.left_of(content, around.protected, around.elsewhere)


def _of_members(model: type[BaseModel]) -> Rewriting | None:
    marks, still = declared(model), _marks(model, StillGiven)
    inner = in_members(model, _narrowing)
    inner |= {name: _left_of(within) for name, within in _marks(model, Within).items()}
    if not marks and not inner:
        return None

    def members(content: Content, around: _Around) -> Content:
        here = around.at(content)
        left = {}
        for name, value in content.items():
            if name in marks and here.hides(name, marks[name], content):
                continue
            left[name] = value
            if name in inner:
                below = replace(here, given=here.still_gives(still.get(name), content))
                left[name] = inner[name](value, below)
                if left[name] == {} and not model.model_fields[name].is_required():
                    del left[name]
        return left

    return members


def with_hidden(sent: Any, sent_seen: Any, stored: Any, seen: Any) -> Any:
    """Content that replaces what is stored: as it was sent, but what the sender does not read stays as it is. `sent_seen`
    and `seen` are what the sender reads of both."""
    if all(isinstance(each, dict) for each in (sent, sent_seen, stored, seen)):
        data = {
            name: with_hidden(value, sent_seen[name], stored[name], seen[name]) if name in seen else value
            for name, value in sent.items()
            if name in sent_seen
        }
        return data | {name: value for name, value in stored.items() if name not in seen}
    if all(isinstance(each, list) for each in (sent, sent_seen, stored, seen)):
        pairs = _pairs(sent_seen, seen)
        return [
            each if at is None else with_hidden(each, each_seen, stored[at], seen[at])
            for each, each_seen, at in zip(sent, sent_seen, pairs, strict=True)
        ]
    return sent


def _pairs(sent: list[Any], stored: list[Any]) -> list[int | None]:
    """For each part of one list its place in the other: that of an equal part, else of one with the same name."""
    free = dict(enumerate(stored))
    pairs = [_take(free, part) for part in sent]
    names = {at: _name(part) for at, part in free.items()}
    for at, part in enumerate(sent):
        if pairs[at] is None and (name := _name(part)):
            pairs[at] = _take(names, name)
    return pairs


def _take(free: dict[int, Any], wanted: Any) -> int | None:
    """The place of the first that is the wanted one, which is then no longer free."""
    at = next((at for at, each in free.items() if each == wanted), None)
    if at is not None:
        del free[at]
    return at


def _name(part: Any) -> dict[str, Any]:
    """By what a person or place is known in a list."""
    return {name: part[name] for name in _NAMES if name in part} if isinstance(part, dict) else {}
