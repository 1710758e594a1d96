"""What can be done to one client's record, step by step, over HTTP; each word that is written is noted in the model.

Every text is a word that stands nowhere else, so whoever is answered with it read that field of that record."""

import secrets
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import httpx
from tests.conftest import HELD, KEYS, ApiClient, TenantFixture, _speaker, identity_code
from tests.privacy.walk.model import (
    Agreement,
    Content,
    Day,
    Fact,
    Identity,
    Model,
    Notice,
    Permission,
    Relationship,
    Version,
)
from tests.record.case_file.documents.samples import AUTHOR, WORK_ACTIVITY

from walmu_api.access.scopes import ROLES
from walmu_dev.founding import add_system

HELPER = {"sub": "u-1", "name": "Aino Korhonen"}
OTHER = {"sub": "u-2", "name": "Veikko Keittiö"}
OF_ITEMS = {"field_groups": ["safety_and_support"], "purposes": ["support_at_work"]}


def words(*ways: str) -> frozenset[str]:
    return frozenset(ways)


IN_AGREEMENT = words("agreements", "agreement", "feed")
IN_ANNEX = words("annexes", "annex", "feed")
IN_CLIENT = words("clients", "client", "feed")


class Refused(Exception):
    """The service does not do this in this state; nothing happened."""


@dataclass(frozen=True)
class Sent:
    """A request that was sent under an Idempotency-Key."""

    by: Identity
    path: str
    body: Any
    key: str


@dataclass
class Walk:
    world: TenantFixture
    elsewhere: TenantFixture
    workplace_b: ApiClient
    operator: ApiClient
    start: datetime
    model: Model = field(init=False)
    requests: list[Sent] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    answers: list[tuple[Identity, str, httpx.Response]] = field(default_factory=list)
    """What the actions of this step were answered."""
    records: list[tuple[str, str, Fact]] = field(default_factory=list)
    """Every record that can be asked for: collection, id, and the id as a fact."""
    instants: dict[str, list[str]] = field(default_factory=dict)
    """When the versions of an agreement were recorded."""
    cursors: dict[Identity, str] = field(default_factory=dict)
    """Where each identity goes on in the feed."""
    passed: int = 0
    paused: bool = False

    # The stage

    @classmethod
    async def begin(cls, world: TenantFixture, elsewhere: TenantFixture, start: datetime) -> "Walk":
        entry = {"kind": "workplace", "name": "Toinen paikka", "source_id": "toinen"}
        created = await world.organiser.post("/v1/organisations", entry)
        other = created.json()["id"]
        speakers = []
        for organisation, role in ((other, "workplace"), (world.organiser.organisation_id, "operator")):
            client_id = f"{role}-{world.organiser.client_id}"
            system = await add_system(
                world.owner, world.organiser_id, organisation, client_id, client_id, role, KEYS
            )
            speakers.append(_speaker(world.app, world.app_context, client_id, system, organisation, role))
        walk = cls(world, elsewhere, speakers[0], speakers[1], start)
        walk.model = Model(world.today)
        await walk._open()
        return walk

    async def _open(self) -> None:
        """A client whom provider A serves, and provider B in another service task."""
        self.code = identity_code()
        self.client_entry: dict[str, Any] = {
            "family_name": "Esimerkki",
            "given_names": self._name(),
            "turvakielto": False,
            "source_id": secrets.token_hex(6),
            "identity": {"system": "urn:oid:1.2.246.21", "value": self.code},
        }
        answer = await self.world.organiser.post("/v1/clients", self.client_entry | self._about_client())
        assert answer.status_code == 201, answer.text
        self.client = answer.json()["id"]
        self.client_version = 1
        await self._serve("A", "20")
        await self._serve("B", "5")

    def _name(self) -> str:
        ways = words("annex", "annexes", "feed")
        return self.word(Fact("name", homes=IN_CLIENT, at_place=ways, group="client_name"))

    def _about_client(self) -> dict[str, Any]:
        """What the record of the client holds, in new words."""
        self.supersede("client")

        def where(**more: Any) -> str:
            return self.word(
                Fact("client", homes=IN_CLIENT, whereabouts=True, group="client_contact", **more)
            )

        inner = Fact("client", homes=IN_CLIENT)
        return {
            "occupation": self.word(inner),
            "contact": {
                "phone": self.number(
                    Fact("client", homes=IN_CLIENT, whereabouts=True, reachable=True, group="client_contact")
                ),
                "email": f"{where()}@example.org",
                "street_address": where(),
                "municipality": where(),
                "contact_address": {
                    "street_address": where(reachable=True),
                    "postal_code": "48100",
                    "post_office": "Kotka",
                },
            },
            "home_municipality": {
                "municipality": {"system": "urn:oid:1.2.246.537.6.21", "code": "285", "display": where()}
            },
            "related_persons": [
                {
                    "family_name": self.word(inner),
                    "given_names": "Läheinen",
                    "phone": self.number(Fact("client", homes=IN_CLIENT, whereabouts=True)),
                    "addresses": [
                        {"street_address": where(), "postal_code": "48100", "post_office": "Kotka"}
                    ],
                }
            ],
        }

    async def _serve(self, provider: str, task: str) -> None:
        world, speaker = self.world, self.provider(provider)
        entry = await world.relationship(
            self.client,
            speaker,
            service_task={"system": "urn:oid:1.2.246.537.6.1221", "code": task, "display": "Palvelutehtävä"},
        )
        starts_on = date.fromisoformat(entry["starts_on"])
        relationship = Relationship(provider, entry["id"], starts_on)
        self.model.relationships[provider] = relationship
        self.relationship_entries = getattr(self, "relationship_entries", {}) | {provider: entry}
        self.record("service-relationships", entry["id"], Fact("id of relationship", relationship))
        reasons = self.word(Fact("decision", relationship, homes=words("decisions", "feed")))
        note = self.word(Fact("decision", relationship, homes=words("decisions", "feed"), whereabouts=True))
        decision = await world.decision(
            entry, reasons=reasons, travel={"arrangement": "service_line", "note": note}
        )
        self.decisions = getattr(self, "decisions", {}) | {provider: str(decision)}
        self.record("decisions", str(decision), Fact("id of decision", relationship))
        if provider == "A":
            await self._plan(relationship)
            return
        await self.draft(None, provider)
        await self.sign(self.model.agreements[0], ("client",))
        await self.day_by_provider(self.model.agreements[0], 3)
        self.model.agreements.clear()  # nothing more is done with it
        self.answers.clear()

    async def attempt(self, action: Coroutine[Any, Any, Any]) -> bool:
        """Done, or refused as if it had never been tried."""
        current = {word: fact.is_current for word, fact in self.model.facts.items()}
        try:
            await action
        except Refused:
            for word in [*self.model.facts]:
                if word in current:
                    self.model.facts[word].is_current = current[word]
                else:
                    del self.model.facts[word]
            return False
        return True

    async def _plan(self, relationship: Relationship) -> None:
        """Goals, which no workplace reads, also not in an assessment that is prepared for it."""
        fact = Fact("inner", relationship, homes=words("plans", "feed"))
        entry = {
            "kind": "implementation_plan",
            "service_relationship_id": relationship.id,
            "service": WORK_ACTIVITY,
            "goals": [{"name": self.word(fact), "description": self.word(fact)}],
            "situation": self.word(fact),
            "authors": [AUTHOR],
            "source_id": secrets.token_hex(6),
        }
        data = await self.say(PROVIDER_A, "POST", "/v1/plans", entry)
        self.record("plans", data["id"], Fact("id of plan", relationship))

    # Words

    def note(self, word: str, fact: Fact) -> str:
        self.model.facts[word] = fact
        return word

    def word(self, fact: Fact) -> str:
        return self.note(f"kanaria{secrets.token_hex(4)}", _copy(fact))

    def number(self, fact: Fact) -> str:
        digits = f"99{secrets.randbelow(10**8):08}"
        return f"+358 40 {self.note(digits, _copy(fact))}"

    def moment(self, day: date, fact: Fact) -> str:
        """A time of arrival that no other has."""
        at = f"{secrets.randbelow(60):02}:{secrets.randbelow(60):02}.{secrets.randbelow(9 * 10**5) + 10**5}"
        return f"{day.isoformat()}T09:{self.note(at, fact)}+02:00"

    def supersede(self, kind: str, **of: Any) -> None:
        """What was written of this before is no longer current."""
        for fact in self.model.facts.values():
            if fact.kind == kind and all(getattr(fact, name) is value for name, value in of.items()):
                fact.is_current = False

    def record(self, collection: str, record_id: str, fact: Fact) -> None:
        self.note(record_id, fact)
        self.records.append((collection, record_id, fact))

    # Speaking

    def provider(self, name: str) -> ApiClient:
        return self.world.provider_a if name == "A" else self.world.provider_b

    def workplace(self, name: str) -> ApiClient:
        return self.world.workplace if name == "A" else self.workplace_b

    def speaker(self, who: Identity) -> ApiClient:
        if who.kind == "provider":
            return self.provider(who.at)
        if who.kind == "workplace":
            return self.workplace(who.at)
        if who.kind == "foreign":
            return self.elsewhere.organiser
        if who.kind == "operator":
            return self.operator
        return getattr(self.world, who.kind)  # type: ignore[no-any-return]

    def headers(self, who: Identity) -> dict[str, str]:
        """The token of a person who acts, where one does; at provider A it is always somebody."""
        if who.person is None and who != PROVIDER_A:
            return {}
        if who == PROVIDER_A:
            self.coach = getattr(self, "coach", None) or self.word(
                Fact("person", self.model.relationships.get("A"), by="A")
            )
            person = {"sub": "coach-7", "name": self.coach}
        else:
            person = HELPER if who.person == HELPER["name"] else OTHER
        speaker, role = self.speaker(who), "provider" if who.kind == "provider" else "workplace"
        tokens = self.world.app_context.tokens
        token = tokens.issue(speaker.client_id, HELD, sorted(ROLES[role]), person, now=time.time())
        return {"Authorization": f"Bearer {token}"}

    async def say(
        self, who: Identity, method: str, path: str, body: Any, *, version: int | None = None
    ) -> dict[str, Any]:
        """Done, and remembered under its key so that it can be sent again."""
        headers = self.headers(who)
        if version is not None:
            headers["If_Match"] = f'"{version}"'
        if method == "POST":
            headers["Idempotency_Key"] = secrets.token_hex(8)
        answer = await self.speaker(who)(method, path, body, **headers)
        self.answers.append((who, "answer", answer))
        if answer.status_code in {403, 404, 409, 412, 422}:
            raise Refused(str(who), method, path, answer.text)
        assert answer.status_code in {200, 201}, (str(who), method, path, answer.text)
        if method == "POST":
            self.requests.append(Sent(who, path, body, headers["Idempotency_Key"]))
        return answer.json()  # type: ignore[no-any-return]

    @property
    def today(self) -> date:
        return self.world.today

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    # Agreements

    def _place(self, place: str | None, of: Fact) -> dict[str, Any]:
        address = {"street_address": self.word(of), "postal_code": "48100", "post_office": "Kotka"}
        named = {"name": self.word(of), "addresses": [address]}
        if place is not None:
            named["organisation_id"] = str(self.workplace(place).organisation_id)
        return named

    def _text(
        self, relationship: Relationship, place: str | None, agreement: Agreement | None
    ) -> tuple[dict[str, Any], Content, list[Fact]]:
        content, facts = Content(), []

        def shown(group: str | None = None) -> Fact:
            facts.append(
                Fact(
                    "annex",
                    relationship,
                    agreement,
                    content,
                    homes=IN_AGREEMENT,
                    at_place=IN_ANNEX,
                    group=group,
                )
            )
            return facts[-1]

        def inner(group: str | None = None, **more: Any) -> Fact:
            facts.append(
                Fact("inner", relationship, agreement, content, homes=IN_AGREEMENT, group=group, **more)
            )
            return facts[-1]

        def put(fact: Fact, *, number: bool = False) -> str:
            word = f"99{secrets.randbelow(10**8):08}" if number else f"kanaria{secrets.token_hex(4)}"
            return self.note(word, fact)

        def named(fact: Fact) -> dict[str, Any]:
            return {"family_name": put(fact), "given_names": "Olli"}

        author = Fact("author", relationship, agreement, content, homes=IN_AGREEMENT)
        facts.append(author)
        at = {
            "name": put(shown("place")),
            "addresses": [
                {"street_address": put(shown("place")), "postal_code": "48100", "post_office": "Kotka"}
            ],
        }
        if place is not None:
            at["organisation_id"] = str(self.workplace(place).organisation_id)
        entry = {
            "place": at,
            "instructors": [named(shown("instructors"))],
            "absence_reporting": put(shown("absence_reporting")),
            "tasks": put(shown()),
            "work_instructions": [{"title": "Ohje", "text": put(shown())}],
            "coach": named(shown())
            | {"phone": f"+358 40 {put(shown(), number=True)}", "email": f"{put(inner())}@example.org"},
            "insurance": {"taken_by": "organiser", "note": put(inner())},
            "tasks_and_goals": put(inner("tasks_and_goals")),
            "other_matters": put(inner()),
            "other_duration_matters": put(inner()),
            "guidance": put(inner()),
            "further_information": put(inner()),
            "legal_notice": put(inner()),
            "responsible_worker": named(inner()),
            "author": named(author),
            "other_parties": [
                named(inner()) | {"phone": f"+358 50 {put(inner(whereabouts=True), number=True)}"}
            ],
        }
        return entry, content, facts

    async def draft(self, place: str | None, provider: str = "A") -> Agreement:
        relationship = self.model.relationships[provider]
        text, content, facts = self._text(relationship, place, None)
        source = self.word(Fact("inner", relationship, homes=words("agreements", "agreement")))
        fixed = {
            "service_relationship_id": relationship.id,
            "decision_id": self.decisions[provider],
            "kind": "work_activity",
            "starts_on": max(self.ago(40), relationship.starts_on).isoformat(),
            "ends_on": self.ago(-40).isoformat(),
            "schedule": {
                "type": "fixed",
                "days": [{"weekday": day, "starts_at": "09:00", "ends_at": "13:00"} for day in range(1, 6)],
            },
            "source_id": source,
        }
        who = Identity("provider", provider)
        data = await self.say(who, "POST", "/v1/agreements", fixed | text)
        g = Agreement(
            data["id"],
            relationship,
            date.fromisoformat(fixed["starts_on"]),
            date.fromisoformat(fixed["ends_on"]),
            [Version(1, place, "draft", False, content)],
            [(date.fromisoformat(fixed["starts_on"]), place)],
            fixed | text,
        )
        for fact in (*facts, self.model.facts[source]):
            fact.agreement = g
        self.model.agreements.append(g)
        self.instants[g.id] = [data["recorded_at"]]
        self.record("agreements", g.id, Fact("id of agreement", relationship, g))
        return g

    def _next(self, g: Agreement, data: dict[str, Any], **changes: Any) -> None:
        self.instants[g.id].append(data["recorded_at"])
        now = g.now
        values = {
            "place": now.place,
            "status": data["status"],
            "offered": now.offered,
            "content": now.content,
        }
        g.versions.append(Version(data["version"], **(values | changes)))

    async def offer(self, g: Agreement) -> None:
        data = await self.say(PROVIDER_A, "POST", f"/v1/agreements/{g.id}/offer", None)
        self._next(g, data, offered=True)

    async def sign(self, g: Agreement, parties: Sequence[str]) -> None:
        place = g.now.place
        fact = Fact(
            "signature",
            g.relationship,
            g,
            by=place,
            homes=words("agreements", "agreement", "feed"),
            at_place=IN_ANNEX,
        )
        signatories = [
            {"party": party, "name": self._clients_name(fact) if party == "client" else self.word(fact)}
            for party in parties
        ]
        signing = {"signed_on": self.today.isoformat(), "signatories": signatories}
        who = Identity("provider", g.relationship.provider)
        data = await self.say(who, "POST", f"/v1/agreements/{g.id}/sign", signing)
        if place is not None and "client" in parties:
            g.signed_for.add(place)
        self._next(g, data)

    async def amend(self, g: Agreement, place: str | None = "same") -> None:
        """New words everywhere; with a place, moved there."""
        moves = place != "same"
        to = place if moves else g.now.place
        text, content, _ = self._text(g.relationship, to, g)
        entry = g.entry | text
        data = await self.say(PROVIDER_A, "PUT", f"/v1/agreements/{g.id}", entry, version=g.now.number)
        g.entry = entry
        self._supersede(g)
        offered = g.now.offered and (not moves or to == g.now.place)
        if moves and to != g.now.place:
            g.stays.append((self.today, to))
        self._next(g, data, place=to, content=content, offered=offered)

    def _supersede(self, g: Agreement) -> None:
        for fact in self.model.facts.values():
            if fact.agreement is g and fact.content is g.now.content:
                fact.is_current = False

    async def end(self, g: Agreement, ago: int) -> None:
        reason = self.word(Fact("inner", g.relationship, g, homes=IN_AGREEMENT))
        ends_on = max(self.ago(ago), g.starts_on)
        ending = {"ends_on": ends_on.isoformat(), "reason": reason}
        data = await self.say(PROVIDER_A, "POST", f"/v1/agreements/{g.id}/end", ending)
        g.ends_on = ends_on
        self._next(g, data)

    async def void(self, g: Agreement) -> None:
        reason = self.word(Fact("inner", g.relationship, g, homes=words("agreement")))
        data = await self.say(PROVIDER_A, "POST", f"/v1/agreements/{g.id}/void", {"reason": reason})
        self._next(g, data)
        g.voided_on = self.today

    # The service relationship

    async def set_relationship_end(self, ago: int | None) -> None:
        """Ended on a day, or opened again."""
        relationship = self.model.relationships["A"]
        entry = self.relationship_entries["A"]
        entered = {
            k: v
            for k, v in entry.items()
            if k not in {"id", "version", "recorded_at", "recorded_by", "status", "ends_on"}
        }
        ends_on = None if ago is None else self.ago(ago)
        if ends_on is not None:
            entered["ends_on"] = ends_on.isoformat()
        path = f"/v1/service-relationships/{relationship.id}"
        data = await self.say(ORGANISER, "PUT", path, entered, version=entry["version"])
        self.relationship_entries["A"] = data
        relationship.ends_on = ends_on

    async def pause(self, kind: str) -> None:
        relationship = self.model.relationships["A"]
        entry = {
            "service_relationship_id": relationship.id,
            "kind": kind,
            "starts_on": self.today.isoformat(),
            "source_id": secrets.token_hex(6),
        }
        if kind == "paused":
            entry["reason"] = self.word(Fact("inner", relationship, homes=words("service events", "feed")))
        data = await self.say(PROVIDER_A, "POST", "/v1/service-events", entry)
        self.record("service-events", data["id"], Fact("id of event", relationship))
        self.paused = kind == "paused"

    # Permissions

    async def permit(
        self, place: str, groups: Sequence[str], days: int, item_for: Sequence[dict[str, str]] = ()
    ) -> Permission:
        relationship = self.model.relationships["A"]
        written = Fact("inner", relationship, homes=words("permissions"))
        until = self.ago(-days)
        entry: dict[str, Any] = {
            "service_relationship_id": relationship.id,
            "recipient": {"organisation_id": str(self.workplace(place).organisation_id), "name": "Paikka"},
            "field_groups": [*groups],
            "purposes": ["carrying_out_agreement"],
            "disclosers": ["organiser", "provider"],
            "given_on": self.today.isoformat(),
            "valid_until": until.isoformat(),
            "given_by": {"role": "client", "name": self._clients_name(written)},
            "note": self.word(written),
            "manner": "written",
            "source_id": self.word(written),
        }
        if item_for:
            entry |= OF_ITEMS | {
                "safety_and_support": {
                    "topic": "first_aid",
                    "text": "",
                    "instructors": [{"name": each["name"]} for each in item_for],
                }
            }
        p = Permission(
            "",
            relationship,
            place,
            frozenset(entry["field_groups"]),
            self.today,
            until,
            entry,
            instructors=frozenset(each["name"] for each in item_for),
        )
        if item_for:
            entry["safety_and_support"]["text"] = self.word(
                Fact("item", relationship, permission=p, homes=words("permissions"), at_place=words("items"))
            )
        data = await self.say(PROVIDER_A, "POST", "/v1/permissions", entry)
        p.id = data["id"]
        self.model.permissions.append(p)
        self.record("permissions", p.id, Fact("id of permission", relationship, permission=p))
        return p

    async def narrow(self, p: Permission, *, until: int | None = None) -> None:
        """Fewer field groups, another instructor in place of those who were named, or an earlier last day."""
        entry, changed = dict(p.entry), replace(p)
        if until is not None:
            changed.valid_until = self.ago(until)
            changed.given_on = min(p.given_on, changed.valid_until)
            entry["given_on"], entry["valid_until"] = (
                day.isoformat() for day in (changed.given_on, changed.valid_until)
            )
        elif p.instructors:
            entry["safety_and_support"] = entry["safety_and_support"] | {
                "instructors": [{"name": OTHER["name"]}]
            }
            changed.instructors = frozenset({OTHER["name"]})
        else:
            entry["field_groups"] = ["schedule"]
            changed.groups = frozenset({"schedule"})
        data = await self.say(PROVIDER_A, "PUT", f"/v1/permissions/{p.id}", entry, version=p.version)
        vars(p).update(vars(changed) | {"version": data["version"], "entry": entry})

    async def revoke(self, p: Permission, *, void: bool = False) -> None:
        reason = self.word(Fact("inner", p.relationship))
        body = {"reason": reason} if void else {"revoked_on": self.today.isoformat(), "reason": reason}
        data = await self.say(
            PROVIDER_A, "POST", f"/v1/permissions/{p.id}/{'void' if void else 'revoke'}", body
        )
        p.version, p.ended = data["version"], True

    async def notify(self, g: Agreement, p: Permission, groups: Sequence[str]) -> Notice:
        fact = Fact("inner", g.relationship, homes=words("notices"))
        entry = {
            "audience": "workplace",
            "notified_on": self.today.isoformat(),
            "manner": "this_service",
            "recipient": {
                "organisation_id": str(self.workplace(p.to).organisation_id),
                "person": {"family_name": self.word(Fact("person", g.relationship)), "given_names": "Leena"},
            },
            "agreement_id": g.id,
            "permission_id": p.id,
            "purpose": "carrying_out_agreement",
            "field_groups": [*groups],
            "author": {"family_name": self.word(replace(fact, kind="author")), "given_names": "Aino"},
            "note": self.word(fact),
            "source_id": secrets.token_hex(6),
        }
        path = f"/v1/decisions/{self.decisions['A']}/notices"
        data = await self.say(PROVIDER_A, "POST", path, entry)
        notice = Notice(data["id"], p, g, frozenset(groups))
        self.model.notices.append(notice)
        self.record("notices", notice.id, Fact("id of notice", g.relationship, permission=p))
        return notice

    def _clients_name(self, fact: Fact) -> str:
        """As written today. The page does not promise it to anybody else once the client was renamed."""
        promised: dict[str, Any] = (
            {"homes": frozenset(), "at_place": frozenset()} if self.model.renamed else {}
        )
        return self.word(replace(fact, names_client=True, **promised))

    # Protection

    async def change_client(
        self, *, protected: bool, until: int | None = None, withheld: bool = False, renamed: bool = False
    ) -> None:
        """The record of the client in new words; `renamed` under another name, and the former one is the organiser's only."""
        former = self.client_entry["given_names"]
        fixed = self.client_entry | ({"given_names": self._name()} if renamed else {})
        entry = fixed | self._about_client() | {"turvakielto": protected}
        if until is not None:
            entry["turvakielto_ends_on"] = self.ago(-until).isoformat()
        if withheld:
            entry["contacts_withheld"] = self.word(Fact("client", homes=IN_CLIENT, for_organiser=True))
        data = await self.say(
            ORGANISER, "PUT", f"/v1/clients/{self.client}", entry, version=self.client_version
        )
        self.client_version, self.client_entry = data["version"], fixed
        if renamed:
            self.note(former, Fact("former name", for_organiser=True))
            for fact in self.model.facts.values():
                fact.for_organiser |= fact.names_client
            self.model.renamed = True
        self.model.protected, self.model.withheld = protected, withheld
        self.model.protected_until = None if until is None else self.ago(-until)

    # Everyday

    async def day_by_provider(self, g: Agreement, ago: int) -> None:
        await self._day(Identity("provider", g.relationship.provider), g, ago)

    async def day_by_workplace(self, g: Agreement, ago: int) -> None:
        assert g.now.place is not None
        await self._day(Identity("workplace", g.now.place), g, ago)

    async def _day(self, who: Identity, g: Agreement, ago: int) -> None:
        on = self.ago(ago)
        day = next((each for each in self.model.days if each.agreement is g and each.on == on), None)
        if day is None:
            day = Day("", g, on, "provider" if who.kind == "provider" else who.at)
        self.supersede("day", day=day)
        arrival = Fact(
            "day",
            g.relationship,
            g,
            day=day,
            homes=words("days", "day", "feed"),
            at_place=words("days", "day", "feed"),
        )
        entry = {"status": "partial", "arrived_at": self.moment(on, arrival)}
        if who.kind == "provider":
            entry["absence_reason"] = "condition_of_day"
            if not day.id:
                entry["source_id"] = self.word(Fact("inner", g.relationship, g, homes=words("days")))
        else:
            entry["absence_reason"] = "other_notified"
        if day.id and who.kind == "provider" and getattr(day, "source", None):
            entry["source_id"] = day.source  # type: ignore[attr-defined]
        path = f"/v1/agreements/{g.id}/attendance/{on}"
        data = await self.say(who, "PUT", path, entry, version=day.version if day.id else None)
        day.reason, day.reason_by = entry["absence_reason"], who.at if who.kind == "workplace" else None
        day.version = data["version"]
        if not day.id:
            day.id, day.source = data["id"], entry.get("source_id")  # type: ignore[attr-defined]
            self.model.days.append(day)
            self.record("attendance", day.id, Fact("id of day", g.relationship, g, day=day))

    async def void_day(self, day: Day) -> None:
        g = day.agreement
        reason = self.word(Fact("inner", g.relationship, g))
        path = f"/v1/agreements/{g.id}/attendance/{day.on}/void"
        data = await self.say(PROVIDER_A, "POST", path, {"reason": reason})
        day.version, day.voided = data["version"], True
        self.supersede("day", day=day)

    async def justify(self, who: Identity, day: Day) -> None:
        g = day.agreement
        own = who.kind == "workplace"
        fact = Fact(
            "own words" if own else "inner",
            g.relationship,
            g,
            day=day,
            by=who.at if own else None,
            homes=words("justification"),
            at_place=words("justification"),
        )
        entry = {
            "reason": "own_illness",
            "given_by": "workplace" if own else "client",
            "given_on": day.on.isoformat(),
            "explanation": self.word(fact),
        }
        if not own:
            entry["source_id"] = self.word(Fact("inner", g.relationship, g))
        path = f"/v1/agreements/{g.id}/attendance/{day.on}/justification"
        data = await self.say(who, "PUT", path, entry)
        day.justified = data["id"]  # type: ignore[attr-defined]
        self.record("justifications", data["id"], Fact("id of day", g.relationship, g, day=day))

    async def review(self, day: Day) -> None:
        g = day.agreement
        reason = self.word(Fact("inner", g.relationship, g, homes=words("justification")))
        path = f"/v1/agreements/{g.id}/attendance/{day.on}/justification/review"
        await self.say(ORGANISER, "POST", path, {"decision": "rejected", "reason": reason})

    # Diary and assessments

    async def diary(self, who: Identity, g: Agreement) -> None:
        own = who.kind == "workplace"
        fact = Fact(
            "own report" if own else "inner",
            g.relationship,
            g,
            by=who.at if own else None,
            homes=words("diary entries", "feed"),
            at_place=words("diary entries", "feed"),
        )
        entry: dict[str, Any] = {
            "kind": "daily_performance",
            "author": {"family_name": self.word(fact), "given_names": "Olli"},
            "period": {"starts_at": f"{self.ago(1)}T09:00:00+02:00"},
            "performance": {"tasks": [self.word(fact)], "rating": "well", "rating_note": self.word(fact)},
            "source_id": secrets.token_hex(6),
        }
        entry |= {"agreement_id": g.id} if own else {"service_relationship_id": g.relationship.id}
        data = await self.say(who, "POST", "/v1/diary-entries", entry)
        self.record(
            "diary-entries",
            data["id"],
            Fact("id of report" if own else "id of inner", g.relationship, g, by=fact.by),
        )
        if own:
            self.unconfirmed.append(("diary-entries", data["id"], g, entry))

    async def assess(self, who: Identity, g: Agreement) -> None:
        own = who.kind == "workplace"
        ways = words("assessments", "feed")
        fact = Fact(
            "own report" if own else "inner",
            g.relationship,
            g,
            by=who.at if own else None,
            homes=ways,
            at_place=ways,
        )
        entry: dict[str, Any] = {
            "agreement_id": g.id,
            "authors": [{"family_name": self.word(fact), "given_names": "Olli"}],
            "participants": self.word(fact),
            "source_id": secrets.token_hex(6),
        }
        if own:
            overall, support = (
                {"key": key, "text": self.word(fact)} for key in ("overall", "support_needed")
            )
            entry |= {"form": "workplace_short", "items": [overall | {"rating": 4}, support]}
        else:
            item = {"client_view": self.word(fact), "professional_view": self.word(fact), "rating": 4}
            entry |= {"form": "uniform", "items": [{"key": "working_hours_kept"} | item]}
        data = await self.say(who, "POST", "/v1/assessments", entry)
        self.record(
            "assessments",
            data["id"],
            Fact("id of report" if own else "id of inner", g.relationship, g, by=fact.by),
        )
        if own:
            self.unconfirmed.append(("assessments", data["id"], g, entry))

    @property
    def unconfirmed(self) -> list[tuple[str, str, Agreement, dict[str, Any]]]:
        """What workplaces wrote and the provider has not looked at yet."""
        return self.__dict__.setdefault("_unconfirmed", [])  # type: ignore[no-any-return]

    async def confirm_corrected(self) -> None:
        """The provider makes other words of what the workplace wrote."""
        collection, record_id, g, entry = self.unconfirmed.pop(0)
        fact = Fact(
            "inner",
            g.relationship,
            g,
            homes=words("diary entries" if collection == "diary-entries" else "assessments", "feed"),
        )
        path = f"/v1/{collection}/{record_id}"
        author = {"family_name": self.word(fact), "given_names": "Vilma", "title": "työvalmentaja"}
        if collection == "diary-entries":
            corrected = {
                "kind": "daily_performance",
                "performance": {"tasks": [self.word(fact)], "rating": "mostly_well"},
            }
            await self.say(PROVIDER_A, "POST", f"{path}/confirm", {"author": author, "corrected": corrected})
            return
        data = await self.say(PROVIDER_A, "POST", f"{path}/confirm", {"author": author})
        items = [
            {"key": "overall", "rating": 2, "text": self.word(fact)},
            {"key": "support_needed", "text": self.word(fact)},
        ]
        await self.say(PROVIDER_A, "PUT", path, entry | {"items": items}, version=data["version"])
        self._former(entry)

    def _former(self, entry: dict[str, Any]) -> None:
        """The workplace's words that were replaced: it reads them on, the others find them in versions."""
        for item in entry["items"]:
            self.model.facts[item["text"]].homes = frozenset()

    # Again, and later

    async def retry(self, at: int) -> None:
        """The same under the same key: the answer is judged by what may be read now."""
        sent = self.requests[at % len(self.requests)]
        answer = await self._again(sent, sent.by)
        assert answer.status_code in {200, 201, 403, 404, 409, 412, 422}, answer.text
        self.answers.append((sent.by, "kept answer", answer))

    async def retry_by_another(self, at: int, who: Identity) -> None:
        sent = self.requests[at % len(self.requests)]
        if self.speaker(sent.by) is not self.speaker(who) and not self._may_write(who, sent):
            self.answers.append((who, "anothers key", await self._again(sent, who)))

    def _may_write(self, who: Identity, sent: Sent) -> bool:
        """Who may do the same itself would change the record behind the model's back."""
        if who.kind == "workplace":
            return sent.by.kind == who.kind and any(g.now.place == who.at for g in self.model.agreements)
        return who.kind == "organiser" or (who == PROVIDER_A and sent.by.kind == "workplace")

    async def _again(self, sent: Sent, who: Identity) -> httpx.Response:
        headers = self.headers(who) | {"Idempotency_Key": sent.key}
        return await self.speaker(who).post(sent.path, sent.body, **headers)

    async def wait(self, days: int) -> None:
        self.pass_time(days)

    def pass_time(self, days: int) -> None:
        self.passed += days
        self.world.app_context.clock.set(self.start + timedelta(days=self.passed))
        self.model.today = self.today


def _copy(fact: Fact) -> Fact:
    return Fact(**vars(fact))


ORGANISER, EHR, AUDITOR, OPERATOR = (Identity(kind) for kind in ("organiser", "ehr", "auditor", "operator"))
PROVIDER_A, PROVIDER_B = Identity("provider", "A"), Identity("provider", "B")
PLACE_A, PLACE_B = Identity("workplace", "A"), Identity("workplace", "B")
NAMED_AT_B = Identity("workplace", "B", HELPER["name"])
"""Who has the name of an instructor of A."""
NAMED, NOT_NAMED = Identity("workplace", "A", HELPER["name"]), Identity("workplace", "A", OTHER["name"])
FOREIGN = Identity("foreign")
EVERYBODY = (
    *(ORGANISER, EHR, PROVIDER_A, PROVIDER_B, PLACE_A, PLACE_B, NAMED, NOT_NAMED, NAMED_AT_B),
    *(AUDITOR, OPERATOR, FOREIGN),
)
