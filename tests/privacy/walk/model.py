"""Who may read which word at which instant: a model with memory, written from the page of audiences and never from the code.

What has been done is remembered here (agreements with all their versions and places, permissions, protection), and
`Model.verdict` says of every word that was ever written whether an identity may read it now, by which way. What the page
does not give to a narrowed reader is NEVER; where the page leaves room the answer is MAY; `Model.owed` lists what the page
promises, and by which way it must come."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

GRACE = timedelta(days=60)
"""Until months can be approved a workplace reports, and a provider finishes, for so long after the end."""
FOREVER = date.max - GRACE


@dataclass(frozen=True)
class Identity:
    """Who reads: `kind` of organisation, `at` which one, and the person who acts where one does."""

    kind: str  # organiser, ehr, provider, workplace, auditor, operator, foreign
    at: str = ""
    person: str | None = None

    def __str__(self) -> str:
        return " ".join(part for part in (self.kind, self.at, self.person and f"({self.person})") if part)


@dataclass(eq=False)
class Relationship:
    provider: str
    id: str
    starts_on: date
    ends_on: date | None = None

    @property
    def last_day(self) -> date:
        return self.ends_on or FOREVER

    def is_current(self, today: date) -> bool:
        return self.starts_on <= today <= self.last_day

    def opens(self, today: date) -> bool:
        """Its provider reads: from the start to sixty days after the end."""
        return self.starts_on <= today <= self.last_day + GRACE


@dataclass(eq=False)
class Content:
    """What was written of an agreement at one time; several versions may have the same."""


@dataclass(eq=False)
class Version:
    number: int
    place: str | None
    status: str
    offered: bool
    content: Content

    @property
    def is_shown(self) -> bool:
        return self.offered or self.status in {"signed", "terminated"}


@dataclass(eq=False)
class Agreement:
    id: str
    relationship: Relationship
    starts_on: date
    ends_on: date
    versions: list[Version]
    stays: list[tuple[date, str | None]]
    """At which place from which day on, oldest first."""
    entry: dict[str, Any] = field(default_factory=dict)
    voided_on: date | None = None
    signed_for: set[str] = field(default_factory=set)
    """The workplaces for which the client signed."""

    @property
    def now(self) -> Version:
        return self.versions[-1]

    @property
    def last_day(self) -> date:
        return min(self.ends_on, self.relationship.last_day)

    @property
    def is_signed(self) -> bool:
        return self.voided_on is None and self.now.status in {"signed", "terminated"}

    def places_on(self, day: date) -> set[str | None]:
        """Where the client was on a day; on the day of a move both places say that it is theirs."""
        before = [place for since, place in self.stays if since < day]
        return {*before[-1:], *(place for since, place in self.stays if since == day)} or {self.stays[0][1]}

    @property
    def here_since(self) -> date:
        return self.stays[-1][0]


@dataclass(eq=False)
class Permission:
    id: str
    relationship: Relationship
    to: str
    groups: frozenset[str]
    given_on: date
    valid_until: date
    entry: dict[str, Any]
    version: int = 1
    ended: bool = False
    """Revoked or void."""
    instructors: frozenset[str] = frozenset()

    def holds(self, today: date) -> bool:
        return not self.ended and self.given_on <= today <= self.valid_until


@dataclass(eq=False)
class Day:
    id: str
    agreement: Agreement
    on: date
    by: str
    """Who recorded it first: `provider` or the workplace."""
    version: int = 1
    reason: str | None = None
    reason_by: str | None = None
    voided: bool = False


@dataclass(eq=False)
class Notice:
    id: str
    permission: Permission
    agreement: Agreement
    groups: frozenset[str]


@dataclass(eq=False)
class Fact:
    """A word that stands in one field of what was written, or the id of a record."""

    kind: str
    relationship: Relationship | None = None
    """Null for what is about the client alone."""
    agreement: Any = None
    content: Content | None = None
    permission: Any = None
    day: Any = None
    by: str | None = None
    """The place that wrote it or signed."""
    homes: frozenset[str] = frozenset()
    """The ways by which whoever reads the whole record must find it."""
    at_place: frozenset[str] = frozenset()
    """The ways by which the workplace must find it."""
    is_current: bool = True
    """False once it was replaced: earlier versions still hold it."""
    whereabouts: bool = False
    reachable: bool = False
    """Phone and contact address: what a provider of a current relationship reads in spite of protection."""
    for_organiser: bool = False
    names_client: bool = False
    """The client's name as it was written then: a former one is for the organiser (661/2009, 12 §)."""
    group: str | None = None
    """The field group of permissions to which it belongs."""


ON_CLIENT = frozenset(
    {
        *("clients", "client", "client versions", "feed of client"),
        *("clients of agreements", "clients of missing", "clients of open justifications"),
    }
)
"""The ways of the client's record itself; three lists give it along."""


@dataclass
class Model:
    today: date
    agreements: list[Agreement] = field(default_factory=list)
    permissions: list[Permission] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    relationships: dict[str, Relationship] = field(default_factory=dict)
    protected: bool = False
    protected_until: date | None = None
    withheld: bool = False
    renamed: bool = False
    facts: dict[str, Fact] = field(default_factory=dict)

    @property
    def protection_holds(self) -> bool:
        return self.protected and (self.protected_until is None or self.today <= self.protected_until)

    # What a workplace sees of an agreement

    def reads_annex(self, g: Agreement, place: str) -> bool:
        """Offered or signed and not void, at this place, and not over."""
        return g.voided_on is None and g.now.place == place and g.now.is_shown and self.today <= g.last_day

    def may_read_version(self, g: Agreement, place: str, version: Version) -> bool:
        """Versions of its own periods; after a move it may go on reading what it signed until the end."""
        return (
            g.voided_on is None and version.place == place and version.is_shown and self.today <= g.last_day
        )

    def may_read_content(self, g: Agreement, place: str, content: Content | None) -> bool:
        return any(
            self.may_read_version(g, place, each)
            for each in g.versions
            if content is None or each.content is content
        )

    def name_is_given(self, g: Agreement, place: str) -> bool:
        """By a permission that names the client's name, or since the client signed for this place."""
        return place in g.signed_for or any(
            p.to == place
            and p.relationship is g.relationship
            and "client_name" in p.groups
            and p.holds(self.today)
            for p in self.permissions
        )

    def knows_agreement(self, g: Agreement, place: str) -> bool:
        """Whether it may know at all that there is one: it was shown to it, and the end is no 60 days ago."""
        over = min(g.last_day, g.voided_on or FOREVER) + GRACE
        return self.today <= over and any(v.place == place and v.is_shown for v in g.versions)

    def may_read_day(self, day: Day, place: str) -> bool:
        g = day.agreement
        return self.knows_agreement(g, place) and place in g.places_on(day.on)

    def must_read_day(self, day: Day, place: str) -> bool:
        """Of an agreement that runs here: what was recorded of the days since the client came."""
        g = day.agreement
        return (
            g.is_signed
            and g.now.place == place
            and g.starts_on <= self.today <= g.last_day
            and g.places_on(day.on) == {place}
            and (len(g.stays) == 1 or day.on >= g.here_since)
        )

    def must_read_own(self, g: Agreement, place: str) -> bool:
        return g.is_signed and g.now.place == place and g.starts_on <= self.today <= g.last_day

    # Who may read a word

    def may_read(self, who: Identity, way: str, fact: Fact) -> bool:
        if who.kind in {"organiser", "ehr"}:
            return True
        if who.kind == "provider":
            return self._provider_may(who.at, way, fact)
        if who.kind == "workplace":
            return self._workplace_may(who, way, fact)
        return who.kind == "auditor" and self._logged(
            way, fact
        )  # operator and other organisers: nothing of a client

    def _logged(self, way: str, fact: Fact) -> bool:
        """The auditor reads who used and who disclosed what, and nothing of what it holds."""
        return way in {"use log", "disclosures"} and (
            fact.kind in {"person", "author"} or fact.kind.startswith("id of")
        )

    def _provider_may(self, provider: str, way: str, fact: Fact) -> bool:
        if fact.kind == "person" and fact.by == provider:
            return True  # who acts for it
        own = self.relationships.get(provider)
        if own is None or not own.opens(self.today) or fact.for_organiser:
            return False
        if fact.relationship is not None and fact.relationship is not own:
            return False
        if not self.protection_holds or not fact.whereabouts:
            return True
        return fact.reachable and way in ON_CLIENT and own.is_current(self.today) and not self.withheld

    def _workplace_may(self, who: Identity, way: str, fact: Fact) -> bool:
        """What is not named here a workplace does not read."""
        if fact.for_organiser:
            return False
        if way == "received":
            return fact.kind.startswith("id of") or self._is_noticed(who.at, fact)
        rules: dict[str, Callable[[str, Fact], bool]] = {
            "name": self._name_is_read,
            "item": lambda _, fact: way == "items" and self._item_is_open(who, fact),
            "annex": lambda place, fact: (
                self.may_read_content(fact.agreement, place, fact.content)
                or (way == "file of days" and self._is_place_of_days(place, fact))
            ),
            "signature": lambda place, fact: (
                fact.by == place and self.may_read_content(fact.agreement, place, None)
            ),
            "day": lambda place, fact: self.may_read_day(fact.day, place),
            "own words": lambda place, fact: fact.by == place and self.knows_agreement(fact.agreement, place),
            "own report": self._own_report_is_read,
            "id of report": self._own_report_is_read,
            "id of agreement": self._id_is_known,
            "id of relationship": self._relationship_is_known,
            "id of day": lambda place, fact: self.may_read_day(fact.day, place),
            "id of permission": lambda place, fact: fact.permission.to == place,
            "id of notice": lambda place, fact: fact.permission.to == place,
        }
        rule = rules.get(fact.kind)
        return rule is not None and rule(who.at, fact)

    def _own_report_is_read(self, place: str, fact: Fact) -> bool:
        """Diary and assessments: after the end of its agreement a workplace reads its days only."""
        g = fact.agreement
        return fact.by == place and self.knows_agreement(g, place) and self.today <= g.last_day

    def _relationship_is_known(self, place: str, fact: Fact) -> bool:
        """To which relationship its own entries belong: an id that opens nothing."""
        return any(
            g.relationship is fact.relationship and self.knows_agreement(g, place) for g in self.agreements
        )

    def _is_place_of_days(self, place: str, fact: Fact) -> bool:
        """In a file each day stands with the place at which it was: the reader itself."""
        here = any(v.content is fact.content and v.place == place for v in fact.agreement.versions)
        return fact.group == "place" and here and self.knows_agreement(fact.agreement, place)

    def _name_is_read(self, place: str, _: Fact) -> bool:
        return any(
            self.may_read_content(g, place, None) and self.name_is_given(g, place) for g in self.agreements
        )

    def _id_is_known(self, place: str, fact: Fact) -> bool:
        """An id tells nothing new to whom the agreement was shown, as long as anything of the client is not over."""
        shown = any(v.place == place and v.is_shown for v in fact.agreement.versions)
        return shown and any(self.knows_agreement(g, place) for g in self.agreements)

    def _is_noticed(self, place: str, fact: Fact) -> bool:
        """By a notice to this place whose permission holds now, and names the field group."""
        return any(
            notice.permission.to == place
            and notice.permission.holds(self.today)
            and fact.group in notice.groups & notice.permission.groups
            and fact.agreement in {None, notice.agreement}
            for notice in self.notices
        ) and not (fact.whereabouts and self.protection_holds)

    def _item_is_open(self, who: Identity, fact: Fact) -> bool:
        """A permission for the item holds, this person is named, and the agreement's annex is read here."""
        p = fact.permission
        return bool(
            fact.is_current
            and p.to == who.at
            and p.holds(self.today)
            and who.person in p.instructors
            and any(
                self.may_read_content(g, who.at, None)
                for g in self.agreements
                if g.relationship is p.relationship
            )
        )

    # What is promised

    def owed(self, who: Identity) -> Iterator[tuple[str, str]]:
        """The ways and the words that must come by them."""
        for word, fact in self.facts.items():
            for way in self._owed_ways(who, fact) if fact.is_current else ():
                yield way, word

    def _owed_ways(self, who: Identity, fact: Fact) -> frozenset[str]:
        if who.kind in {"organiser", "ehr"}:
            return fact.homes
        if who.kind == "provider":
            if fact.whereabouts and self.protected and not self.protection_holds:
                return frozenset()  # the page does not say that the day of its end lifts it by itself
            return frozenset(
                way
                for way in fact.homes
                if self._provider_may(who.at, "feed of client" if way == "feed" else way, fact)
            )
        if who.kind == "workplace" and self._workplace_must(who, fact):
            return fact.at_place
        return frozenset()

    def _workplace_must(self, who: Identity, fact: Fact) -> bool:
        place, g = who.at, fact.agreement
        if fact.for_organiser:
            return False
        open_here = [each for each in self.agreements if self.reads_annex(each, place)]
        if fact.kind == "name":
            return any(self.name_is_given(each, place) for each in open_here)
        if fact.kind == "item":
            return self._item_is_open(who, fact) and any(
                each.relationship is fact.relationship for each in open_here
            )
        if fact.kind in {"annex", "signature"}:
            is_now = fact.content is None or fact.content is g.now.content
            return g in open_here and is_now and fact.by in {None, place}
        if fact.kind not in {"day", "own words", "own report"} or fact.by not in {None, place}:
            return False
        return self.must_read_own(g, place) and (fact.day is None or self.must_read_day(fact.day, place))
