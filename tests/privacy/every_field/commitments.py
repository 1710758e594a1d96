"""Decisions, agreements, and what the client permits."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.privacy.every_field.filling import Member
from tests.privacy.every_field.story import (
    BY_HAND,
    DISABILITY,
    INSTRUCTOR,
    REFERENCES,
    REHABILITATION,
    SERVICE,
    WORKING_AGE,
    Story,
    path_of,
)


async def decisions(story: Story) -> None:
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


async def agreements(story: Story) -> None:
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
    fixed = ("schedule.min_days_per_week", "schedule.max_days_per_week", "schedule_from")
    flexible = ("schedule.days", "schedule_from")
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
    ending = await story.record("provider A", "ending", f"{path}/end", "AgreementEnding", ends_on=day(51))
    await story.record(
        "provider A", "reopening of the agreement", f"{path}/reopen", "AgreementReopening",
        headers={"If_Match": f'"{ending["version"]}"'},
    )  # fmt: skip
    await story.say("provider A", "POST", f"{path}/end", story.sent_as("ending"))
    await _agreement_of_b(story)
    story.ids["workplace_agreement_id"] = story.ids["agreement_id"]


async def _agreement_of_b(story: Story) -> None:
    """At its own place, with a day."""
    day = story.filler.day
    agreement = await story.record(
        "provider B", "agreement of B", "/v1/agreements", "AgreementEntry", "agreement_id",
        without=("place.organisation_id", "schedule.days", "schedule_from"), kind="work_practice",
        decision_id=story.made["purchase from B"]["id"],
        service_relationship_id=story.made["relationship of B"]["id"], service_task=WORKING_AGE,
        service=REHABILITATION, hours_per_day=7.61, days_per_week=4, starts_on=day(143), ends_on=day(137),
        schedule__type="flexible", schedule__min_days_per_week=3, schedule__max_days_per_week=4,
        insurance__taken_by="organiser", work_allowance_per_day="2.41",
    )  # fmt: skip
    path = f"/v1/agreements/{agreement['id']}"
    await story.record(
        "provider B", "signing of B", f"{path}/sign", "AgreementSigning", signed_on=day(147),
        **{"signatories[].party": "client_representative", "signatories[].type": BY_HAND},
    )  # fmt: skip
    present = {"arrived_at": f"{day(141)}T08:17:17Z", "left_at": f"{day(141)}T15:43:19Z", "form": "group"}
    await story.record(
        "provider B", "day of B", f"{path}/attendance/{day(141)}", "AttendanceEntry", "attendance_id", method="PUT",
        without=("rescheduled_to", "rescheduled_from", "absence_reason", "absence_reasons"), status="present", planned_minutes=463,
        actual_minutes=467, noted_at=f"{day(140)}T06:26:31Z", **present,
    )  # fmt: skip


async def permissions(story: Story) -> None:
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
        field_groups=["client_name", "client_contact"],
        **{"purposes[]": "carrying_out_agreement", "disclosers[]": "provider"},
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
