"""Case, interview, plans, events, notices, and a national document."""

import json
import re
from typing import Any

from tests.conftest import identity_code
from tests.privacy.every_field.filling import SCHEMAS, Member, members
from tests.privacy.every_field.story import (
    CASE_NAME,
    CASE_STATE,
    DISABILITY,
    GUARDIAN,
    NAMED,
    OFFICE,
    PERSONAL,
    REFERENCES,
    REHABILITATION,
    SERVICE,
    WORKING_AGE,
    Story,
)

from walmu_api.record.case_file.plans.rules import MEMBERS as OF_PLANS

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


async def case_file(story: Story) -> None:
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
    await plans(story)
    await events(story)


async def plans(story: Story) -> None:
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


async def events(story: Story) -> None:
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


async def notices(story: Story) -> None:
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
        "client": ["reasons"],
        "provider": ["client_contact", "work_allowance"],
        "activity_centre": ["client_contact", "travel", "place"],
        "workplace": ["client_name", "client_contact"],
    }
    for number, audience in enumerate(only):
        of = recipients.get(audience)
        values = {
            "review_period_starts_on": day(-203),
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
            **values, field_groups=groups[audience],
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


async def document(story: Story) -> None:
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
