"""Everything that an identity can name is read, and held against the model: no word that it may not read, by no way, and each
word that the page promises it by the way that the page names."""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from tests.privacy.walk.actions import AUDITOR, EHR, EVERYBODY, FOREIGN, OPERATOR, ORGANISER, PROVIDER_B, Walk
from tests.privacy.walk.model import Agreement, Fact, Identity

MARKS = re.compile(
    r"kanaria[0-9a-f]{8}|99\d{8}|\d\d:\d\d\.\d{6}"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
LISTS = {
    "clients": "/v1/clients",
    "client": "/v1/clients/{client}",
    "client versions": "/v1/clients/{client}/versions",
    "client document": "/v1/clients/{client}/document",
    "overview": "/v1/clients/{client}/overview",
    "relationships": "/v1/service-relationships",
    "decisions": "/v1/decisions",
    "agreements": "/v1/agreements",
    "annexes": "/v1/workplace-agreements",
    "days": "/v1/attendance",
    "missing": "/v1/attendance/missing",
    "open justifications": "/v1/justifications",
    "clients of agreements": "/v1/agreements?include=client",
    "clients of missing": "/v1/attendance/missing?include=client",
    "clients of open justifications": "/v1/justifications?include=client",
    "diary entries": "/v1/diary-entries",
    "assessments": "/v1/assessments",
    "plans": "/v1/plans",
    "permissions": "/v1/permissions",
    "service events": "/v1/service-events",
    "documents": "/v1/documents?client_id={client}",
    "received list": "/v1/received-notices",
    "notices": "/v1/decisions/{decision}/notices",
    "disclosures": "/v1/disclosures?client_id={client}",
    "use log": "/v1/use-log",
    "deliveries": "/v1/ehr/deliveries",
    "organisations": "/v1/organisations",
    "whoami": "/v1/whoami",
}
OF_RECORDS = {
    "service-relationships": ("", "/findings", "/versions/1"),
    "decisions": ("", "/findings", "/versions/1", "/document"),
    "agreements": ("", "/findings", "/attendance-summary", "/versions", "/document"),
    "attendance": ("",),
    "justifications": ("",),
    "permissions": ("", "/versions", "/versions/1"),
    "service-events": ("", "/document"),
    "plans": ("", "/versions/1", "/document"),
    "diary-entries": ("", "/versions", "/versions/1", "/versions/2", "/document"),
    "assessments": ("", "/versions", "/versions/1", "/versions/3", "/document"),
    "notices": ("",),
}
NAMES = {
    "service-relationships": "relationship",
    "decisions": "decision",
    "agreements": "agreement",
    "justifications": "justification",
    "notices": "notice",
}
NOT_FOR_WORKPLACES = frozenset(
    {
        *("tasks_and_goals", "other_matters", "other_duration_matters", "guidance", "further_information"),
        *("legal_notice", "work_allowance_per_day", "legal_bases", "decision_id", "other_parties"),
        *("responsible_worker", "case_id", "void_reason", "end_reason", "review", "review_on", "noted_at"),
        *("turvakielto", "contacts_withheld", "service_task", "services", "structure", "document_texts"),
    }
)
"""Members of records that the page names nowhere among what a workplace reads, whatever they hold."""


OPEN_FAULTS: tuple[re.Pattern[str], ...] = ()
"""What is wrong in the product and not mended yet, named as narrowly as can be."""


@dataclass(frozen=True)
class Ask:
    way: str
    url: str
    agreement: Agreement | None = None
    number: int | None = None
    about: Fact | None = None
    """The id that the address names, as a fact."""
    accept: str = "application/json"


AT_ONCE = 3
FROM_THE_START = "/v1/changes?limit=1000"
IN_TURN = (ORGANISER, EHR, AUDITOR, OPERATOR, FOREIGN, PROVIDER_B)
ALWAYS = tuple(who for who in EVERYBODY if who not in IN_TURN)


@dataclass
class Reading:
    """What every identity was answered after one step, and what was wrong with it."""

    walk: Walk
    turn: int = 0
    deep: bool = False
    wrong: list[str] = field(default_factory=list)
    asked: int = 0

    def answers(self) -> None:
        """What the last action was answered, as things stand after it."""
        for who, way, answer in self.walk.answers:
            self._judge(who, Ask(way, ""), answer)
        self.walk.answers.clear()

    async def everybody(self) -> None:
        """A few at a time: this is no test of load."""
        places = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for who in EVERYBODY if self.deep else (*ALWAYS, IN_TURN[self.turn % len(IN_TURN)]):
                group.create_task(self._one(who, places))

    async def _one(self, who: Identity, places: asyncio.Semaphore) -> None:
        headers = self.walk.headers(who)
        found: dict[str, set[str]] = defaultdict(set)
        async with places:
            for ask in asks(self.walk, who, deep=self.deep, turn=self.turn):
                answer = await self.walk.speaker(who).get(ask.url, Accept=ask.accept, **headers)
                found[ask.way] |= self._judge(who, ask, answer)
            if who.person is None or self.deep:
                await self._follow(who, headers, "feed", FROM_THE_START, found)
                cursor = self.walk.cursors.get(who, FROM_THE_START)
                following = await self._follow(who, headers, "feed from its cursor", cursor, found)
                self.walk.cursors[who] = following
        for way, word in self.walk.model.owed(who):
            if way in found and word not in found[way] and (self.deep or way not in IN_THIRDS):
                fact = self.walk.model.facts[word]
                self.wrong.append(f"{who}: {way} must tell {describe(fact)}, and does not")

    async def _follow(
        self, who: Identity, headers: dict[str, str], way: str, link: str, found: dict[str, set[str]]
    ) -> str:
        """The feed from a link on; the link to go on from."""
        more = True
        while more:
            answer = await self.walk.speaker(who).get(link, **headers)
            found[way] |= self._judge(who, Ask(way, "/v1/changes"), answer)
            if answer.status_code != 200:
                break
            link, more = answer.json()["next"], answer.json()["more"]
        return link

    # Judging

    def _judge(self, who: Identity, ask: Ask, answer: httpx.Response) -> set[str]:
        self.asked += 1
        words = set()
        for way, text in parts(ask.way, answer):
            here = {
                word for word in MARKS.findall(text) if word in self.walk.model.facts and word not in ask.url
            }
            words |= here
            for word in here:
                fact = self.walk.model.facts[word]
                if not self.walk.model.may_read(who, way, fact):
                    self._say(who, ask, answer, f"tells {describe(fact)} {inside(answer, word)}")
        if answer.status_code not in {200, 201, 304, 403, 404, 409, 412, 422}:
            self._say(who, ask, answer, "is no answer to expect")
        if ask.about is not None and answer.status_code == 200 and not self._may_be_asked(who, ask):
            self._say(who, ask, answer, f"opens {describe(ask.about)}")
        if who.kind == "workplace" and answer.status_code in {200, 201}:
            self._judge_members(who, ask, answer)
            self._judge_version(who, ask, answer, words)
        return words

    def _may_be_asked(self, who: Identity, ask: Ask) -> bool:
        assert ask.about is not None
        return self.walk.model.may_read(who, ask.way, ask.about)

    def _judge_members(self, who: Identity, ask: Ask, answer: httpx.Response) -> None:
        if "json" not in answer.headers.get("content-type", ""):
            return
        days = {(day.agreement.id, day.on.isoformat()): day for day in self.walk.model.days}
        for value in objects(answer.json()):
            hidden = {name for name in NOT_FOR_WORKPLACES & value.keys() if value[name]}
            if ask.way in {"received", "answer", "kept answer"}:
                hidden -= {"tasks_and_goals", "void_reason"}
            if hidden:
                self._say(who, ask, answer, f"has the members {sorted(hidden)}")
            day = days.get((value.get("agreement_id", ""), value.get("date", "")))
            if (
                day is not None
                and "status" in value
                and "absence_reason" in str([*value])
                and day.reason_by != who.at
            ):
                self._say(who, ask, answer, f"tells why the client was absent on {day.on}")

    def _judge_version(self, who: Identity, ask: Ask, answer: httpx.Response, words: set[str]) -> None:
        """Of a version the words of that version, and in a list of versions those of its own periods."""
        g, model = ask.agreement, self.walk.model
        if g is None:
            return
        if ask.number is not None:
            version = next(each for each in g.versions if each.number == ask.number)
            if not model.may_read_version(g, who.at, version):
                self._say(who, ask, answer, f"opens version {ask.number}")
            for fact in (model.facts[word] for word in words):
                if fact.kind == "annex" and fact.content is not version.content:
                    self._say(who, ask, answer, f"tells another version's words for version {ask.number}")
        elif ask.way == "annex versions":
            numbers = {each["version"] for each in answer.json()["items"]}
            allowed = {v.number for v in g.versions if model.may_read_version(g, who.at, v)}
            if not numbers <= allowed:
                self._say(who, ask, answer, f"lists the versions {sorted(numbers - allowed)}")
            if "known_at" not in ask.url and model.reads_annex(g, who.at) and numbers != allowed:
                self._say(who, ask, answer, f"does not list the versions {sorted(allowed - numbers)}")

    @property
    def found(self) -> list[str]:
        """What was wrong, each once, without what is known and being mended."""
        return [
            each for each in dict.fromkeys(self.wrong) if not any(known.search(each) for known in OPEN_FAULTS)
        ]

    def _say(self, who: Identity, ask: Ask, answer: httpx.Response, what: str) -> None:
        self.wrong.append(f"{who}: {ask.way} ({answer.status_code}) {what}")


def describe(fact: Fact) -> str:
    group = f" [{fact.group}]" if fact.group else ""
    where = " whereabouts" if fact.whereabouts else ""
    return f"{fact.kind}{group}{where} of {fact.relationship.provider if fact.relationship else 'the client'}"


def parts(way: str, answer: httpx.Response) -> Iterator[tuple[str, str]]:
    """The ways of an answer: of the feed each item is one, as the record that it holds."""
    if not way.startswith("feed") or answer.status_code != 200:
        yield way, answer.text + str(answer.headers)
        return
    data = answer.json()
    for item in data.pop("items"):
        yield f"feed of {item['resource_type']}", json.dumps(item)
    yield way, json.dumps(data) + str(answer.headers)


def inside(answer: httpx.Response, word: str) -> str:
    """The members of the answer in which the word stands."""
    if "json" not in answer.headers.get("content-type", ""):
        return ""
    return "at " + " ".join(sorted(set(_members(answer.json(), word, ""))))


def _members(value: Any, word: str, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        kind = f"({value['resource_type']})" if "resource_type" in value else ""
        for name, each in value.items():
            yield from _members(each, word, f"{path}{kind}/{name}")
    elif isinstance(value, list):
        for each in value:
            yield from _members(each, word, path)
    elif word in str(value):
        yield path


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = [*value.values()]
    if isinstance(value, list):
        for each in value:
            yield from objects(each)


NARROWED = frozenset({"provider", "workplace"})
"""Whose share depends on the state: they ask after every step. The others read nothing or everything of a client: in the
size `check` one of them in turn, in its shorter walks."""
SELDOM = ("/document", "/findings", "/attendance-summary")
"""What is made of records that are read anyway."""
SELDOM_LISTED = frozenset(
    {
        *("client document", "missing", "open justifications", "documents", "deliveries"),
        *("organisations", "whoami", "clients of missing", "clients of open justifications"),
    }
)
"""What has no text of a record, or has it from records that are read anyway."""
CLOSED_TO_WORKPLACES = frozenset(
    {
        *(
            "clients",
            "client",
            "client versions",
            "client document",
            "overview",
            "relationships",
            "decisions",
        ),
        *(
            "agreements",
            "open justifications",
            "permissions",
            "plans",
            "service events",
            "documents",
            "notices",
        ),
        *("disclosures", "use log", "deliveries"),
        *("clients of agreements", "clients of missing", "clients of open justifications"),
        *("service-relationships", "service-events"),
    }
)
"""Lists and collections that are refused to the role, whatever the state: asked for in deep readings."""


THIRDS = 3
IN_THIRDS = frozenset({"agreement", "day", "justification"})


def asks(walk: Walk, who: Identity, *, deep: bool, turn: int) -> Iterator[Ask]:
    """Everything that this identity can name. In the size `check` lists, feed, annexes and notices are asked for after every
    step, single records (which the lists hold too) in thirds."""
    if who.person is None:
        yield from _lists(walk, who, deep=deep)
        if deep or who.kind in NARROWED:
            yield Ask("file of days", "/v1/attendance", accept="text/csv")
        for at, ask in enumerate(_records(walk, who, deep=deep)):
            if deep or at % THIRDS == turn % THIRDS:
                yield ask
    for g in walk.model.agreements:
        yield from _annex(walk, who, g, deep=deep, turn=turn)
    for notice in walk.model.notices if who.kind == "workplace" else ():
        yield Ask("received", f"/v1/received-notices/{notice.id}")


def _lists(walk: Walk, who: Identity, *, deep: bool) -> Iterator[Ask]:
    named = {"client": walk.client, "decision": walk.decisions["A"]}
    for way, url in LISTS.items():
        if deep or (
            way not in SELDOM_LISTED and (who.kind != "workplace" or way not in CLOSED_TO_WORKPLACES)
        ):
            yield Ask(way, url.format(**named))


def _records(walk: Walk, who: Identity, *, deep: bool) -> Iterator[Ask]:
    if not deep and who.kind not in NARROWED:
        return
    for collection, record_id, fact in walk.records:
        name = NAMES.get(collection, "record")
        for part in OF_RECORDS[collection]:
            if deep or not (
                part in SELDOM or (who.kind == "workplace" and collection in CLOSED_TO_WORKPLACES)
            ):
                way = name if part == "" else f"{name} {part.split('/')[1]}"
                yield Ask(way, f"/v1/{collection}/{record_id}{part}", about=fact if part == "" else None)
    for version in range(1, walk.client_version + 1) if who.kind == "provider" else ():
        yield Ask("client versions", f"/v1/clients/{walk.client}/versions/{version}")
    for day in walk.model.days:
        path = f"/v1/agreements/{day.agreement.id}/attendance/{day.on}"
        yield Ask("day", path, about=walk.model.facts[day.id])
        yield Ask("justification", f"{path}/justification")


def _annex(walk: Walk, who: Identity, g: Agreement, *, deep: bool, turn: int) -> Iterator[Ask]:
    path = f"/v1/workplace-agreements/{g.id}"
    yield Ask("annex", path)
    yield Ask("items", f"{path}/safety-and-support")
    if who.kind not in NARROWED or who.person is not None:
        return
    yield Ask("annex versions", f"{path}/versions", g)
    if who.kind == "provider" and not deep:
        return
    yield Ask("prefill", f"/v1/assessment-prefill?agreement_id={g.id}")
    for version in g.versions if deep else g.versions[turn % THIRDS :: THIRDS]:
        yield Ask("annex version", f"{path}/versions/{version.number}", g, version.number)
    instants = walk.instants[g.id] if who.kind == "workplace" else []
    for at in instants if deep else instants[turn % THIRDS :: THIRDS]:
        yield Ask("annex versions", f"{path}/versions?known_at={at}", g)
