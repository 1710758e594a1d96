"""The life story of one client, told with every member of every request filled.

Provider A serves the client, first at its own place and then at the workplace; provider B serves the same client in another
service task. Each record has a name, by which the page (`page.py`) says who reads it."""

import json
import re
import secrets
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
from tests.access.assertions import NewKey, with_keys
from tests.conftest import HELD, KEYS, ApiClient, TenantFixture, _speaker, business_id, identity_code
from tests.privacy.every_field.filling import SCHEMAS, Filler, Member, mark_of, members, scalars

from walmu_api.access.scopes import ROLES
from walmu_api.record.case_file.plans.rules import MEMBERS as OF_PLANS
from walmu_dev.founding import add_system

PERSONAL = "urn:oid:1.2.246.21"
DISABILITY = {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Kq9001z"}
WORKING_AGE = {"system": "urn:oid:1.2.246.537.6.1221", "code": "30", "display": "Kq9002z"}
SERVICE = {"system": "urn:oid:1.2.246.537.6.1222", "code": "55", "display": "Kq9003z"}
REHABILITATION = {"system": "urn:oid:1.2.246.537.6.1222", "code": "33", "display": "Kq9006z"}
CASE_NAME = {"system": "urn:oid:1.2.246.537.6.1265", "code": "1", "display": "Kq9007z"}
CASE_STATE = {"system": "urn:oid:1.2.246.537.6.1501", "code": "1", "display": "Kq9008z"}
OFFICE = {"system": "urn:oid:1.2.246.537.6.202", "code": "1.2.246.10.12345671.10.1", "display": "Kq9009z"}
BY_HAND = {"system": "urn:oid:1.2.246.537.5.40161", "code": "2", "display": "Kq9004z"}
GUARDIAN = {"system": "urn:oid:1.2.246.537.6.1284", "code": "32", "display": "Kq9005z"}
ACTING = {
    "provider A": ("provider", {"sub": "kq-coach", "name": "Kq9080z"}),
    "workplace": ("workplace", {"sub": "kq-baker", "name": "Kq9081z"}),
}
"""Who acts in the systems that name a person."""
INSTRUCTOR = {"sub": "instructor-1", "name": "Kaino Ohjaaja"}


REFERENCES = ("client_source_id", "service_relationship_source_id", "agreement_source_id", "case_source_id")
"""A record of one's own, by the sender's own id."""
NAMED = (*REFERENCES, "client_id", "case_id", "agreement_id")


@dataclass
class Sent:
    """One request of the story, as it can be sent again."""

    who: str
    method: str
    path: str
    body: Any
    headers: dict[str, str]
    answer: httpx.Response


@dataclass
class Story:
    world: TenantFixture
    filler: Filler
    speakers: dict[str, ApiClient]
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By the name that the paths of the contract have for them."""
    versions: dict[str, int] = field(default_factory=dict)
    """By id: how many versions there are."""
    sent: list[Sent] = field(default_factory=list)
    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By the name of the record: how it was answered."""
    bodies: dict[str, Any] = field(default_factory=dict)

    async def say(self, who: str, method: str, path: str, body: Any, **headers: str) -> dict[str, Any]:
        headers |= {"Idempotency_Key": secrets.token_hex(8)} if method == "POST" else {}
        if method == "PUT" and "If_Match" not in headers:
            now = await self.speakers[who].get(path)
            headers |= {"If_Match": now.headers["etag"]} if "etag" in now.headers else {}
        answer = await self.speakers[who](method, path, body, **headers, **self.acting(who))
        assert answer.status_code in {200, 201}, f"{who} {method} {path}: {refusal_of(answer)}"
        self.sent.append(Sent(who, method, path, body, headers, answer))
        data: dict[str, Any] = answer.json()
        return data

    def acting(self, who: str) -> dict[str, str]:
        """The token in which a person acts, where the system names one."""
        if who not in ACTING:
            return {}
        role, person = ACTING[who]
        scopes: list[str] = sorted(ROLES[role])
        issue, now = self.world.app_context.tokens.issue, time.time()
        return {
            "Authorization": f"Bearer {issue(self.speakers[who].client_id, HELD, scopes, person, now=now)}"
        }

    async def record(
        self, who: str, name: str, path: str, schema: str, id_: str | None = None, /, **given: Any
    ) -> dict[str, Any]:
        """A record with this name in the page, filled; `__` in a name of `given` stands for a step down. `method` is
        POST unless it is said, and `without` names the paths that are left out."""
        method, without = given.pop("method", "POST"), given.pop("without", ())
        by_path = {path_of(name): self.filler.fresh(value) for name, value in given.items()}
        body = self.filler.body(schema, name, by_path, without)
        data = await self.say(who, method, path, body)
        self.made[name], self.bodies[name] = data, body
        if id_ is not None:
            self.ids[id_].append(data["id"])
        return data

    def sent_as(self, name: str) -> dict[str, Any]:
        """The body with which this record was made."""
        body: dict[str, Any] = self.bodies[name]
        return body

    async def put_otherwise(self, who: str, name: str, path: str, member: str) -> None:
        """Another word for one member; the old one is from then on that of the draft."""
        body = self.bodies[name]
        old, body[member] = body[member], f"Kq{self.filler.next():04}z"
        self.filler.of_mark[old.lower()] = {Member(f"{name} as drafted", member)}
        self.name(name, **{member: body[member]})
        await self.say(who, "PUT", path, body)

    def name(self, record: str, **marks: Any) -> None:
        """Values of this record that no request names."""
        for path, value in scalars(marks):
            self.filler.of_mark[mark_of(path, value)].add(Member(record, path))


def refusal_of(answer: httpx.Response) -> str:
    """Why a request was refused, in short."""
    wrong = answer.json().get("errors", [])
    return f"{answer.status_code} " + ("; ".join(f"{e['pointer']} {e['code']}" for e in wrong) or answer.text)


def path_of(name: str) -> str:
    return name.replace("__", ".")


async def founded(world: TenantFixture) -> dict[str, ApiClient]:
    return {
        "organiser": world.organiser,
        "record system": world.ehr,
        "provider A": world.provider_a,
        "provider B": world.provider_b,
        "provider C": await joined(world, "provider"),
        "workplace": world.workplace,
        "auditor": world.auditor,
    }


async def joined(world: TenantFixture, role: str) -> ApiClient:
    """The system of one more organisation."""
    entry = {"kind": role, "name": f"Toinen {role}", "source_id": f"too-{role}"}
    answer = await world.organiser.post("/v1/organisations", entry)
    assert answer.status_code == 201, answer.text
    return await system(world, answer.json()["id"], role)


async def system(world: TenantFixture, organisation: Any, role: str) -> ApiClient:
    client_id = f"{role}-too-{world.organiser.client_id}"
    id_ = await add_system(world.owner, world.organiser_id, organisation, client_id, "x", role, KEYS)
    return _speaker(world.app, world.app_context, client_id, id_, organisation, role)


async def recorded_life(world: TenantFixture) -> Story:
    """The whole story, up to the last of its records."""
    story = Story(world, Filler(world.today), await founded(world))
    for who, (_, person) in ACTING.items():
        story.name(f"acting person of {who}", name=person["name"])
    await _parties(story)
    await _beginning(story)
    await _decisions(story)
    await _agreements(story)
    await _permissions(story)
    await _days(story)
    await _case_file(story)
    await _diary_and_assessments(story)
    await _measurements(story)
    await _notices(story)
    await _document(story)
    return story


async def _parties(story: Story) -> None:
    world, day = story.world, story.filler.day
    a = str(world.provider_a.organisation_id)
    await story.record(
        "organiser", "organisation", "/v1/organisations", "OrganisationEntry", "organisation_id",
        kind="workplace", business_id=business_id(), oid="1.2.246.10.77777777",
    )  # fmt: skip
    unit = await story.record(
        "organiser", "unit", "/v1/units", "UnitEntry", "unit_id",
        organisation_id=a, oid="1.2.246.10.77777777.10.3",
    )  # fmt: skip
    story.ids["organisation_id"].append(a)
    assert unit
    await story.record(
        "organiser", "code", "/v1/code-systems/absence_reason/codes/kq_own", "CodeEntry", method="PUT",
        valid_from=day(2000), valid_to=day(-2000), mapping=SERVICE,
    )  # fmt: skip
    await story.record(
        "organiser", "limits", "/v1/impact-limits", "ImpactLimitsEntry", method="PUT",
        min_count=11, min_pairs=31,
    )  # fmt: skip
    await story.record(
        "organiser", "delegated workplaces", f"/v1/delegated-workplaces/{a}", "DelegatedWorkplacesEntry",
        method="PUT", **{"workplace_ids[]": str(world.workplace.organisation_id)},
    )  # fmt: skip
    await story.record(
        "organiser", "form", "/v1/assessment-forms/kq_form", "AssessmentFormEntry", method="PUT",
        kind="short", audience="workplace", valid_from=day(2001), valid_to=day(-2001),
        scales=[{"key": "kq_scale", "steps": [{"value": n, "labels": labels(9030 + n)} for n in (61, 67)]}],
        items=[{
            "key": "kq_item", "labels": labels(9033), "national_field": "strengths", "text": True,
            "scale": "kq_scale", "voices": ["workplace"], "required": True,
        }],
    )  # fmt: skip
    granted = {path_of("permission__granted_on"): day(301)}
    await story.record(
        "organiser", "instrument permitted", "/v1/instruments/kykyviisari", "InstrumentEntry", method="PUT",
        without=("definition", "change_rule", "licensed"), **granted,
    )  # fmt: skip
    scale = {"code": "kq_s", "names": names(9040), "min": 1, "max": 97, "direction": "lower_is_better"}
    scale |= {"item_count": 89, "is_total": True, "form_versions": ["kq_1"]}
    await story.record(
        "organiser", "instrument", "/v1/instruments/own_kq", "InstrumentEntry", method="PUT",
        definition={
            "names": names(9041), "owner": "Kq9042z", "form_versions": [{"code": "kq_1", "languages": ["sv"]}],
            "respondents": ["client"], "scales": [scale], "evidence": "Kq9043z",
        },
        change_rule={"source": "Kq9044z", "thresholds": [{"scale": "kq_s", "points": 7.83}]},
        **granted,
    )  # fmt: skip
    keys = with_keys(NewKey())
    await story.record(
        "organiser", "system", "/v1/connected-systems", "ConnectedSystemEntry", "system_id",
        organisation_id=a, client_id=f"kq{secrets.token_hex(8)}", role="provider", **keys,
    )  # fmt: skip


def labels(number: int) -> dict[str, str]:
    return dict.fromkeys(("fi", "sv", "easy_fi"), f"Kq{number}z")


def names(number: int) -> dict[str, str]:
    return dict.fromkeys(("fi", "sv", "en"), f"Kq{number}z")


async def _beginning(story: Story) -> None:
    world, day = story.world, story.filler.day
    a, b = str(world.provider_a.organisation_id), str(world.provider_b.organisation_id)
    client = await story.record(
        "organiser", "client", "/v1/clients", "ClientEntry", "client_id",
        without=("turvakielto_ends_on", "contacts_withheld"),
        identity={"system": PERSONAL, "value": identity_code()},
        turvakielto=False,
        secret_contacts=False,
        language="se",
        **{
            "related_persons[].turvakielto": False,
            "related_persons[].secret_contacts": False,
            "related_persons[].roles[]": GUARDIAN,
            "related_persons[].personal_identity_code": {"system": PERSONAL, "value": identity_code()},
        },
    )  # fmt: skip
    await story.record(
        "organiser", "relationship", "/v1/service-relationships", "ServiceRelationshipEntry",
        "relationship_id",
        client_id=client["id"], provider_id=a, unit_id=story.ids["unit_id"][0], service_task=DISABILITY,
        service=SERVICE, service_kind="work_activity", **{"legal_bases[]": "SHL_710_1982_27E"},
        referral__source="disability_services", referral__received_on=day(201),
        starts_on=day(181), ends_on=day(-181), **{"network[].role": "housing_unit"},
    )  # fmt: skip
    await story.record(
        "organiser", "relationship of B", "/v1/service-relationships", "ServiceRelationshipEntry",
        "relationship_id", without=("unit_id",),
        client_id=client["id"], provider_id=b, service_task=WORKING_AGE, service=REHABILITATION,
        service_kind="rehabilitative_work", **{"legal_bases[]": "KTT_189_2001"},
        referral__source="disability_services", referral__received_on=day(202),
        starts_on=day(182), ends_on=day(-182), **{"network[].role": "kela"},
    )  # fmt: skip
    await story.record(
        "organiser", "relationship of C", "/v1/service-relationships", "ServiceRelationshipEntry",
        "relationship_id", without=("unit_id",),
        client_id=client["id"], provider_id=str(story.speakers["provider C"].organisation_id),
        service_task=DISABILITY, service=SERVICE, service_kind="day_activity",
        **{"legal_bases[]": "VPL_675_2023_27"},
        referral__source="disability_services", referral__received_on=day(203),
        starts_on=day(179), ends_on=day(-179), **{"network[].role": "school"},
    )  # fmt: skip


AT_WORK = "Kq9011z"


async def _decisions(story: Story) -> None:
    """A draft that the record system decides, another that stays one, and a purchase from provider B."""
    day = story.filler.day
    client, relationship = story.made["client"], story.made["relationship"]
    other = story.made["relationship of B"]
    common = {"client_id": client["id"], "legal_bases[]": "SHL_710_1982_27E", "service_task": DISABILITY}
    common |= {"service": SERVICE, "service_kind": "work_activity", "signature__type": BY_HAND}
    common |= {"days_per_week": 7, "outcome": "granted"}
    days = {"decided_on": day(186), "valid_from": day(183), "valid_to": day(-184)}
    decided = await story.record(
        "organiser", "decision", "/v1/decisions", "DecisionEntry", "decision_id",
        without=("client_decision_id", "supersedes_id"),
        provider_id=relationship["provider_id"], service_relationship_id=relationship["id"],
        **common, **days, kind="client", work_allowance_per_day="9.37", travel__arrangement="service_line",
    )  # fmt: skip
    await decide(story, "decision", decided, relationship)
    purchase = await story.record(
        "organiser", "purchase from B", "/v1/decisions", "DecisionEntry", "decision_id",
        without=("supersedes_id",), **common | {"service_task": WORKING_AGE},
        provider_id=other["provider_id"], service_relationship_id=other["id"], kind="purchase",
        decided_on=day(187), valid_from=day(184), valid_to=day(-185), client_decision_id=decided["id"],
        work_allowance_per_day="8.37", travel__arrangement="own_bus",
    )  # fmt: skip
    await decide(story, "purchase from B", purchase, other)
    await story.record(
        "organiser", "decision not made", "/v1/decisions", "DecisionEntry", "decision_id",
        without=("client_decision_id",), **common,
        provider_id=relationship["provider_id"], service_relationship_id=relationship["id"], kind="client",
        decided_on=day(188), valid_from=day(185), valid_to=day(-186), supersedes_id=decided["id"],
        work_allowance_per_day="7.37", travel__arrangement="bus_card",
    )  # fmt: skip
    await story.record(
        "organiser", "review of the decision", f"/v1/decisions/{decided['id']}/review", "DecisionReview",
        review="appealed", review_on=day(150),
    )  # fmt: skip


async def decide(story: Story, name: str, draft: dict[str, Any], relationship: dict[str, Any]) -> None:
    """The record system's caseworker decides what was drafted, in these words."""
    days = {"decided_on", "valid_from", "valid_to"}
    names = set(story.sent[-1].body) - {"client_id", "provider_id", "service_relationship_id", "source_id"}
    names -= {"client_decision_id", "supersedes_id"}
    values = {name: draft[name] for name in names}
    values |= {name: date.fromisoformat(values[name]) for name in days}
    values["work_allowance_per_day"] = Decimal(values["work_allowance_per_day"])
    values["reasons"] = f"Kq{story.filler.next():04}z"
    story.filler.of_mark[draft["reasons"].lower()] = {Member(f"{name} as drafted", "reasons")}
    story.name(name, reasons=values["reasons"])
    _, outcome = await story.world.receive(relationship, ehr_id=name, answers=UUID(draft["id"]), **values)
    assert outcome == "updated", outcome


async def _agreements(story: Story) -> None:
    """One is signed; one is only drafted, one offered, one voided after it was offered."""
    world, day = story.world, story.filler.day
    relationship, decision = story.made["relationship"], story.made["decision"]
    common = {
        "service_relationship_id": relationship["id"],
        "decision_id": decision["id"],
        "kind": "work_activity",
        "place.organisation_id": str(world.workplace.organisation_id),
        "service_task": DISABILITY,
        "service": SERVICE,
        "hours_per_day": 6.37,
        "days_per_week": 3,
    }
    fixed = ("schedule.min_days_per_week", "schedule.max_days_per_week")
    flexible = ("schedule.days",)
    agreement = await story.record(
        "provider A", "agreement", "/v1/agreements", "AgreementEntry", "agreement_id", without=fixed,
        **common, starts_on=day(121), ends_on=day(-61), schedule__type="fixed",
        insurance__taken_by="provider", work_allowance_per_day="6.37",
        **{"schedule.days": [{"weekday": w, "starts_at": "07:13", "ends_at": "15:47"} for w in range(1, 8)]},
    )  # fmt: skip
    await story.put_otherwise("provider A", "agreement", f"/v1/agreements/{agreement['id']}", "tasks")
    await story.record(
        "provider A", "signing", f"/v1/agreements/{agreement['id']}/sign", "AgreementSigning",
        signed_on=day(123), **{"signatories[].party": "organiser", "signatories[].type": BY_HAND},
    )  # fmt: skip
    for number, (name, taken_by) in enumerate(
        (
            ("agreement drafted", "workplace"),
            ("agreement offered", "organiser"),
            ("agreement voided", "provider"),
        )
    ):
        data = await story.record(
            "provider A", name, "/v1/agreements", "AgreementEntry", "agreement_id", without=flexible,
            **common | {"hours_per_day": 5.37 - number, "days_per_week": 2}, starts_on=day(110 + number),
            ends_on=day(-50 - number), schedule__type="flexible", schedule__min_days_per_week=1,
            schedule__max_days_per_week=4, insurance__taken_by=taken_by,
            work_allowance_per_day=f"{5 - number}.37",
        )  # fmt: skip
        if name != "agreement drafted":
            await story.say("provider A", "POST", f"/v1/agreements/{data['id']}/offer", None)
        if name == "agreement voided":
            await story.record(
                "provider A", "voiding of the agreement", f"/v1/agreements/{data['id']}/void",
                "AgreementVoiding",
            )  # fmt: skip
    ended = await story.record(
        "provider A", "agreement ended", "/v1/agreements", "AgreementEntry", "agreement_id", without=flexible,
        **common | {"hours_per_day": 2.37, "days_per_week": 1}, starts_on=day(115), ends_on=day(-55),
        schedule__type="flexible", schedule__min_days_per_week=1, schedule__max_days_per_week=5,
        insurance__taken_by="workplace", work_allowance_per_day="1.37",
    )  # fmt: skip
    path = f"/v1/agreements/{ended['id']}"
    await story.record(
        "provider A", "signing of the ended", f"{path}/sign", "AgreementSigning", signed_on=day(124),
        **{"signatories[].party": "provider", "signatories[].type": BY_HAND},
    )  # fmt: skip
    await story.record("provider A", "ending", f"{path}/end", "AgreementEnding", ends_on=day(51))
    story.ids["workplace_agreement_id"] = story.ids["agreement_id"]


async def _permissions(story: Story) -> None:
    """For the name, for an item of safety, and one that is revoked again."""
    world, day = story.world, story.filler.day
    common = {
        "client_id": story.made["client"]["id"],
        "service_relationship_id": story.made["relationship"]["id"],
        "recipient__organisation_id": str(world.workplace.organisation_id),
        "given_on": day(131),
        "valid_until": day(-171),
        "given_by__role": "representative",
        "manner": "electronic",
    }
    common = {path_of(name): value for name, value in common.items()}
    common["agreement_id"] = story.made["agreement"]["id"]
    references = REFERENCES[:-1]
    await story.record(
        "provider A", "permission for the name", "/v1/permissions", "PermissionEntry", "permission_id",
        without=(*references, "safety_and_support"), **common,
        **{"field_groups[]": "client_name", "purposes[]": "carrying_out_agreement", "disclosers[]": "provider"},
    )  # fmt: skip
    await story.record(
        "provider A", "permission of safety", "/v1/permissions", "PermissionEntry", "permission_id",
        without=references, **common, safety_and_support__topic="allergy",
        **{"field_groups[]": "safety_and_support", "purposes[]": "support_at_work", "disclosers[]": "provider"},
        **{
            "safety_and_support.instructors[].name": INSTRUCTOR["name"],
            "safety_and_support.instructors[].person_id": INSTRUCTOR["sub"],
        },
    )  # fmt: skip
    revoked = await story.record(
        "organiser", "permission revoked", "/v1/permissions", "PermissionEntry", "permission_id",
        without=references, **common, safety_and_support__topic="lifting",
        **{"field_groups[]": "safety_and_support", "purposes[]": "support_at_work", "disclosers[]": "organiser"},
        **{
            "safety_and_support.instructors[].name": INSTRUCTOR["name"],
            "safety_and_support.instructors[].person_id": INSTRUCTOR["sub"],
        },
    )  # fmt: skip
    voided = await story.record(
        "provider A", "permission voided", "/v1/permissions", "PermissionEntry", "permission_id",
        without=(*references, "safety_and_support"), **common,
        **{"field_groups[]": "client_name", "purposes[]": "carrying_out_agreement", "disclosers[]": "provider"},
    )  # fmt: skip
    await story.record("provider A", "voiding", f"/v1/permissions/{voided['id']}/void", "Voiding")
    await story.record(
        "organiser", "revocation", f"/v1/permissions/{revoked['id']}/revoke", "PermissionRevocation",
        revoked_on=day(22),
    )  # fmt: skip


async def _days(story: Story) -> None:
    agreement, day = story.made["agreement"]["id"], story.filler.day
    path = f"/v1/agreements/{agreement}/attendance"

    async def recorded(who: str, name: str, ago: int, without: tuple[str, ...], **given: Any) -> None:
        at = day(ago)
        if "noted_at" not in without:
            given["noted_at"] = f"{day(ago - 1)}T06:{ago:02}:31Z"
        await story.record(
            who, name, f"{path}/{at}", "AttendanceEntry", "attendance_id", method="PUT", without=without,
            **given,
        )  # fmt: skip
        story.name(name, date=at)
        story.ids["date"].append(at)

    moved, times = ("rescheduled_to", "rescheduled_from"), ("arrived_at", "left_at", "actual_minutes")
    present = {"arrived_at": f"{day(21)}T07:13:17Z", "left_at": f"{day(21)}T15:47:19Z", "form": "individual"}
    await recorded(
        "provider A", "day of the provider", 21, (*moved, "absence_reason"), status="present",
        planned_minutes=417, actual_minutes=419, **present,
    )  # fmt: skip
    await recorded(
        "provider A", "absence of the provider", 20, (*moved, *times, "form"), status="absent",
        absence_reason="healthcare_or_therapy", planned_minutes=421,
    )  # fmt: skip
    await recorded(
        "provider A", "day moved", 19, (*times, "absence_reason", "form", "rescheduled_from"),
        status="rescheduled", planned_minutes=423, rescheduled_to=day(18),
    )  # fmt: skip
    await recorded(
        "provider A", "day instead", 18, (*times, "absence_reason", "rescheduled_to"),
        status="present", planned_minutes=427, rescheduled_from=day(19), form="group",
    )  # fmt: skip
    present = {"arrived_at": f"{day(17)}T08:13:17Z", "left_at": f"{day(17)}T14:47:19Z", "form": "work"}
    await recorded(
        "workplace", "day of the workplace", 17, (*moved, "absence_reason"), status="present",
        planned_minutes=429, actual_minutes=433, **present,
    )  # fmt: skip
    await recorded(
        "workplace", "absence of the workplace", 16, (*moved, *times, "form"), status="absent",
        absence_reason="own_illness", planned_minutes=439,
    )  # fmt: skip
    await recorded(
        "provider A", "day voided", 15, (*moved, *times, "absence_reason"), status="partial", form="group",
        planned_minutes=441,
    )  # fmt: skip
    await story.record(
        "provider A", "voiding of a day", f"{path}/{day(15)}/void", "AttendanceVoiding",
    )  # fmt: skip
    noted = {number: f"{day(number)}T06:{number}:31Z" for number in (12, 13)}
    lines = [
        {"agreement_id": agreement, "date": day(14), "status": "partial", "planned_minutes": 443,
         "actual_minutes": 449, "form": "work", "noted_at": noted[13], "source_id": "Kq9050z",
         "absence_reason": "transport_failed", "arrived_at": f"{day(14)}T09:13:17Z", "left_at": f"{day(14)}T11:47:19Z"},
        {"agreement_id": agreement, "date": day(13), "status": "rescheduled", "planned_minutes": 457,
         "noted_at": noted[12], "source_id": "Kq9051z", "rescheduled_to": day(12)},
        {"agreement_source_id": story.sent_as("agreement")["source_id"], "date": day(12), "status": "present",
         "planned_minutes": 461, "rescheduled_from": day(13), "source_id": "Kq9052z"},
    ]  # fmt: skip
    await story.record(
        "provider A", "days of a batch", "/v1/attendance-batches", "AttendanceBatch", items=lines
    )
    story.ids["date"] += [line["date"] for line in lines]
    why = {
        "certificate.received_on": day(9),
        "certificate.valid_from": day(24),
        "certificate.valid_to": day(8),
    }
    for who, name, ago, reason in (
        ("provider A", "justification", 20, "condition_of_day"),
        ("workplace", "justification of the workplace", 16, "other_notified"),
    ):
        given_by = {"provider A": "relative", "workplace": "workplace"}[who]
        await story.record(
            who, name, f"{path}/{day(ago)}/justification", "JustificationEntry", "justification_id",
            method="PUT", reason=reason, given_by=given_by, given_on=day(ago - 12), **why,
        )  # fmt: skip
    await story.record(
        "organiser", "review of the justification", f"{path}/{day(20)}/justification/review",
        "JustificationReview", decision="rejected",
    )  # fmt: skip


async def _case_file(story: Story) -> None:
    day = story.filler.day
    client, relationship = story.made["client"]["id"], story.made["relationship"]["id"]
    case = await story.record(
        "organiser", "case", "/v1/cases", "CaseEntry", "case_id",
        without=REFERENCES[:-1], service_relationship_id=relationship,
        agreement_id=story.made["agreement"]["id"],
        client_id=client, service_task=DISABILITY, opened_on=day(211), closed_on=day(206), received_on=day(212),
        name=CASE_NAME, state=CASE_STATE, deciding_unit=OFFICE, initiated_by="disability_services",
        **{
            "clients[].personal_identity_code": story.sent_as("client")["identity"],
            "related_persons[].roles[]": GUARDIAN,
            "related_persons[].personal_identity_code": {"system": PERSONAL, "value": identity_code()},
        },
    )  # fmt: skip
    await story.record(
        "provider A", "start interview", "/v1/start-interviews", "StartInterviewEntry", "start_interview_id",
        without=(*REFERENCES, "case_id"), service_relationship_id=relationship, client_id=client,
        agreement_id=story.made["agreement"]["id"], written_on=day(36),
        **{
            "skills[].esco": "http://data.europa.eu/esco/skill/Kq9013z",
            "skills[].level": "has_tried",
            "benefits[]": "rehabilitation_subsidy",
            "skills[].occupation": {"system": "urn:oid:1.2.246.537.6.74", "code": "Kq9014z", "display": "Kq9015z"},
        },
    )  # fmt: skip
    assert case
    await _plans(story)
    await _events(story)


LOCAL = {
    "current_services.services[]": ("palvelut",),
    "previous_goals[].scale": ("tavoitteen_asteikko",),
    "previous_goals[].factors[].effect": ("tukeeko_vai_vaikeuttaako_tilannetekija_tavoitteen_saavuttamista",),
    "service_evaluations[].service": ("palvelu",),
    "goals[].scale": ("tavoitteen_asteikko",),
    "goals[].factors[].effect": ("tukeeko_vai_vaikeuttaako_tilannetekija_tavoitteen_saavuttamista",),
    "planned_services[].service": ("palvelu",),
    "service_evaluations[].assessment": ("urn:oid:1.2.246.537.6.112", "K"),
    "method_evaluations[].assessment": ("urn:oid:1.2.246.537.6.112", "K"),
    "planned_services[].social_service": ("urn:oid:1.2.246.537.6.1222", "45"),
}
"""Where the structure of the client plan has codes of its own."""


def local(set_: str, code: str = "1", *, at: int) -> dict[str, str]:
    system = set_ if ":" in set_ else f"tyoikaisten_palvelujen_asiakassuunnitelma/{set_}"
    return {"system": system, "code": code, "display": f"Kq{at}z"}


async def _plans(story: Story) -> None:
    """One of each structure, with the members that it has."""
    relationship, other = story.made["relationship"], story.made["relationship of B"]
    day = story.filler.day
    for number, (who, name, kind, services, task, served) in enumerate(
        (
            ("organiser", "client plan", "client_plan", "disability_services", DISABILITY, relationship),
            ("organiser", "client plan of B", "client_plan", "working_age_services", WORKING_AGE, other),
            ("provider A", "plan", "implementation_plan", "disability_services", DISABILITY, relationship),
            ("provider B", "plan of B", "implementation_plan", "working_age_services", WORKING_AGE, other),
        )
    ):
        given = {
            "kind": kind,
            "services": services,
            "service_task": task,
            "service_relationship_id": served["id"],
        }
        work: dict[str, Any] = {"days_per_week": 3, "hours_per_day": round(5.21 + number / 100, 2)}
        work |= {"starts_on": day(241 + number), "ends_on": day(-(241 + number))}
        given["rehabilitative_work"] = work
        if name == "client plan":
            given |= {"client_id": served["client_id"], "case_id": story.made["case"]["id"]}
            given |= {"agreement_id": story.made["agreement"]["id"]}
        if name == "client plan of B":
            given |= {path: local(*code, at=9020 + at) for at, (path, code) in enumerate(LOCAL.items())}
        await story.record(
            who,
            name,
            "/v1/plans",
            "PlanEntry",
            "plan_id",
            without=(*(NAMED if name != "client plan" else REFERENCES), *beyond(kind, services)),
            **given,
        )


async def _events(story: Story) -> None:
    day = story.filler.day
    common = {"service_relationship_id": story.made["relationship"]["id"]}
    own = {"service_task": DISABILITY, "service": SERVICE}
    everything = (
        "starts_on", "ends_on", "reason", "onward_path", "onward_path_note", "transition", "shelter", "notice",
        "extra_days_elsewhere", "service_task", "service", "author", "further_information", "written_on",
    )  # fmt: skip

    async def event(who: str, name: str, kind: str, *names: str, **given: Any) -> None:
        named = REFERENCES if name == "service started" else NAMED
        without = (*named, *(each for each in everything if each not in names))
        data = common | {"kind": kind} | given
        await story.record(
            who, name, "/v1/service-events", "ServiceEventEntry", "service_event_id", without=without, **data
        )

    words = ("service_task", "service", "author", "further_information", "written_on", "transition")
    await event(
        "provider A", "service started", "started", "starts_on", *words, **own, starts_on=day(180),
        client_id=story.made["client"]["id"], agreement_id=story.made["agreement"]["id"],
        **{"transition.companions[].turvakielto": False},
    )  # fmt: skip
    await event(
        "provider A", "service paused", "paused", "starts_on", "ends_on", "reason", "extra_days_elsewhere",
        "further_information", starts_on=day(97), ends_on=day(82),
    )  # fmt: skip
    await event(
        "provider A", "service resumed", "resumed", "starts_on", "further_information", starts_on=day(81),
    )  # fmt: skip
    await event(
        "provider A", "notice to the authority", "notice", "notice", "further_information", "written_on",
    )  # fmt: skip
    await event(
        "organiser", "service of B ended", "ended", "ends_on", "reason", "onward_path", "onward_path_note", "shelter",
        *words, service_task=WORKING_AGE, service=REHABILITATION, ends_on=day(-180),
        service_relationship_id=story.made["relationship of B"]["id"], onward_path="higher_education",
        shelter__housing_afterwards="friends_or_relatives",
        **{"transition.companions[].turvakielto": False},
    )  # fmt: skip


async def _diary_and_assessments(story: Story) -> None:
    """Of the provider, and of the workplace: of these one is confirmed as it is, another corrected."""
    day, agreement = story.filler.day, story.made["agreement"]["id"]
    relationship = {"service_relationship_id": story.made["relationship"]["id"]}
    own = {"service_task": DISABILITY, "services[]": SERVICE}
    rest = ("cancellation", "performance", "place", "agreed")

    async def diary(who: str, name: str, kind: str, *without: str, **given: Any) -> dict[str, Any]:
        return await story.record(
            who, name, "/v1/diary-entries", "DiaryEntryEntry", "diary_entry_id",
            without=(*REFERENCES, *(("client_id",) if who == "workplace" else ()), *without), kind=kind,
            client_id=story.made["client"]["id"], **given,
        )  # fmt: skip

    own |= relationship
    when = {"period": {"starts_at": f"{day(31)}T09:11:00+03:00", "ends_at": f"{day(31)}T10:17:00+03:00"}}
    await diary(
        "provider A", "diary: contact", "contact", "cancellation", "performance", "agreement_id", **own, **when
    )  # fmt: skip
    when = {"period": {"starts_at": f"{day(32)}T09:12:00+03:00", "ends_at": f"{day(32)}T10:18:00+03:00"}}
    await diary(
        "provider A", "diary: daily", "daily_performance", "cancellation", "place", "agreed", "participants",
        **own, **when, agreement_id=agreement, performance__rating="with_difficulty", performance__form="individual",
    )  # fmt: skip
    await diary(
        "provider A", "diary: cancelled", "cancelled_appointment", *rest[1:], "participants", "description", "period",
        "agreement_id", **own, cancellation__reason="organisation",
    )  # fmt: skip
    when = {"period": {"starts_at": f"{day(37)}T09:15:00+03:00", "ends_at": f"{day(37)}T10:23:00+03:00"}}
    await diary(
        "provider A", "diary: meeting", "network_meeting", "cancellation", "performance", "place", "agreement_id",
        **own, **when,
    )  # fmt: skip
    corrected: list[dict[str, Any]] = []
    for number, name in enumerate(
        (
            "diary of the workplace",
            "diary of the workplace corrected",
            "diary of the workplace made a contact",
        )
    ):
        ago = 33 + number
        when = {
            "period": {"starts_at": f"{day(ago)}T09:13:00+03:00", "ends_at": f"{day(ago)}T10:19:00+03:00"}
        }
        data = await diary(
            "workplace", name, "daily_performance", *rest[:1], *rest[2:], "participants", "contact_manners",
            "services", "service_task", "service_relationship_id", "performance.form", **when,
            agreement_id=agreement, performance__rating=("mostly_well", "not_this_day", "not_this_day")[number],
        )  # fmt: skip
        corrected.append(data)
    for at, name, kind, without in (
        (
            1,
            "correction of the diary",
            "daily_performance",
            ("cancellation", "place", "agreed", "participants"),
        ),
        (2, "correction to a contact", "contact", ("cancellation", "performance")),
    ):
        span = {
            f"{side}s_at": f"{day(33 + at)}T{hour}:00+03:00"
            for side, hour in (("start", "09:14"), ("end", "10:21"))
        }
        given: dict[str, Any] = (
            {"performance.form": "individual", "performance.rating": "well"} if at == 1 else {}
        )
        given |= {"kind": kind, "service_task": DISABILITY, "services[]": SERVICE, "period": span}
        await story.record(
            "provider A", name, f"/v1/diary-entries/{corrected[at]['id']}/confirm", "DiaryConfirmation",
            without=tuple(f"corrected.{member}" for member in without),
            **{f"corrected.{member}": value for member, value in given.items()},
        )  # fmt: skip
    form: dict[str, Any] = {
        "form": "uniform_final",
        "form_version": 1,
        "items[].key": "working_hours_kept",
        "items[].rating": 4,
    }
    period: dict[str, Any] = {"period": {"starts_on": day(151), "ends_on": day(41)}, "written_on": day(40)}
    await story.record(
        "provider A", "assessment", "/v1/assessments", "AssessmentEntry", "assessment_id",
        without=(*REFERENCES, "case_id"), client_id=story.made["client"]["id"], **relationship,
        agreement_id=agreement, **form, **period,
        service_task=DISABILITY, service=SERVICE,
    )  # fmt: skip
    form |= {"form": "workplace_short", "items[].key": "overall", "items[].rating": 3}
    period = {"period": {"starts_on": day(152), "ends_on": day(42)}, "written_on": day(39)}
    data = await story.record(
        "workplace", "assessment of the workplace", "/v1/assessments", "AssessmentEntry", "assessment_id",
        without=(*REFERENCES, "client_id", "case_id", "service_relationship_id", "items[].client_view",
        "items[].professional_view", "items[].workplace_view", "goals", "recipient", "service_task", "service", "purpose", "conclusions"),
        agreement_id=agreement, **form, **period,
    )  # fmt: skip
    await story.record(
        "provider A", "confirmation of the assessment", f"/v1/assessments/{data['id']}/confirm",
        "AssessmentConfirmation",
    )  # fmt: skip


async def _measurements(story: Story) -> None:
    day = story.filler.day
    relationship = story.made["relationship"]
    common = {"client_id": relationship["client_id"], "service_relationship_id": relationship["id"]}
    await story.record(
        "provider A", "measurement", "/v1/measurements", "MeasurementEntry", "measurement_id",
        without=("goals",), **common, instrument="kykyviisari",
        form_version="2017", language="fi", phase="start", answered_on=day(101), respondent="client",
        mode="self_paper", scores=[{"scale": "work_ability", "value": 7, "min": 0, "max": 10, "algorithm": "Kq9060z", "computed_by": "Kq9061z"},
                {"scale": "C", "missing_reason": "declined"}, {"scale": "D", "value": 2.5, "items_answered": 9}],
        items=[{"key": "C01", "value": 4}, {"key": "G02", "missing_reason": "not_answered"}],
    )  # fmt: skip
    goals = [{"key": "kq", "title": "Kq9012z", "weight": 2.5, "level": -1, "baseline": -2}]
    await story.record(
        "provider A", "measurement of goals", "/v1/measurements", "MeasurementEntry", "measurement_id",
        without=("scores", "items"), **common, instrument="gas", form_version="5-level", goals=goals,
        language="fi", phase="interim", answered_on=day(102), respondent="professional", mode="phone",
    )  # fmt: skip
    voided = await story.record(
        "provider A", "measurement voided", "/v1/measurements", "MeasurementEntry", "measurement_id",
        without=("goals", "items"), **common, instrument="own_kq", form_version="kq_1", language="sv", phase="end",
        answered_on=day(103), respondent="client", mode="self_online", scores=[{"scale": "kq_s", "value": 71}],
    )  # fmt: skip
    await story.record(
        "provider A",
        "voiding of a measurement",
        f"/v1/measurements/{voided['id']}/void",
        "MeasurementVoiding",
    )


async def _notices(story: Story) -> None:
    """Of the decision to each audience; the one to the workplace needs a permission."""
    world, day = story.world, story.filler.day
    path = f"/v1/decisions/{story.made['decision']['id']}/notices"
    only = {
        "client": ("review_period_starts_on",),
        "provider": (),
        "activity_centre": ("agreement_id", "meeting_record_id"),
        "workplace": ("agreement_id", "permission_id", "purpose"),
    }
    some = {name for names in only.values() for name in names} | {"meeting_record_id"}
    recipients = {
        "workplace": world.workplace,
        "activity_centre": world.provider_a,
        "provider": world.provider_a,
    }
    groups = {
        "client": "reasons",
        "provider": "work_allowance",
        "activity_centre": "travel",
        "workplace": "client_name",
    }
    for number, audience in enumerate(only):
        of = recipients.get(audience)
        values = {
            "review_period_starts_on": day(2),
            "agreement_id": story.made["agreement"]["id"],
            "permission_id": story.made["permission for the name"]["id"],
            "meeting_record_id": story.made["diary: meeting"]["id"],
            "purpose": "carrying_out_agreement",
        }
        values = {name: value for name, value in values.items() if name in only[audience]}
        values |= {"recipient.organisation_id": str(of.organisation_id)} if of else {}
        without = (*(some - set(only[audience])), *(() if of else ("recipient.organisation_id",)))
        await story.record(
            "organiser" if audience in {"client", "provider"} else "provider A", f"notice to {audience}", path, "NoticeEntry", "notice_id",
            without=without, audience=audience, notified_on=day(5 + number), manner="in_person",
            **values, **{"field_groups[]": groups[audience]},
        )  # fmt: skip


def beyond(kind: str, services: str) -> list[str]:
    """The members that the structure of this plan does not have."""
    known = OF_PLANS[kind, services] | {
        "service_relationship_id",
        "client_id",
        "agreement_id",
        "case_id",
        "source_id",
    }

    def has(path: str) -> bool:
        names = path.replace("[]", "").split(".")
        return any(".".join(names[:depth]) in known for depth in range(1, len(names) + 1))

    return [path for path in members(SCHEMAS["PlanEntry"]) if not has(path) and path not in REFERENCES]


async def _document(story: Story) -> None:
    """The agreement once more, as a national document with other words."""
    old = (await story.world.organiser.get(f"/v1/agreements/{story.made['agreement']['id']}/document")).json()
    renewed: dict[str, str] = {}

    def anew(found: re.Match[str]) -> str:
        """Another word for each, with the member that it stands for."""
        renewed.setdefault(found[0], f"Kq{story.filler.next():04}z")
        for member in story.filler.of_mark[found[0].lower()]:
            if member.record == "agreement":
                story.filler.of_mark[renewed[found[0]].lower()].add(
                    Member("agreement as a document", member.path)
                )
        return renewed[found[0]]

    content = json.loads(re.sub(r"[Kk]q\d{4}z", anew, json.dumps(old["content"])))
    body = {
        "service_relationship_id": story.made["relationship"]["id"],
        "structure": old["envelope"]["structure"],
    }
    await story.say(
        "provider A", "POST", "/v1/documents", body | {"content": content, "source_id": "kq-document"}
    )


async def protected(story: Story, **withheld: str) -> None:
    """Turvakielto for the client, who has another name from now on, and for the guardian who is related to it."""
    body = (
        story.sent_as("client")
        | {"turvakielto": True, "turvakielto_ends_on": story.filler.day(-401)}
        | withheld
    )
    body["related_persons"] = [person | {"turvakielto": True} for person in body["related_persons"]]
    story.filler.of_mark[body["given_names"].lower()] = {Member("client before", "given_names")}
    body["given_names"] = f"Kq{story.filler.next():04}z"
    story.name("client", **{name: body[name] for name in ("given_names", "turvakielto_ends_on", *withheld)})
    story.filler.filled["ClientEntry"] |= {"turvakielto_ends_on", *withheld}
    await story.say("organiser", "PUT", f"/v1/clients/{story.made['client']['id']}", body)
