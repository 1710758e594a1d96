"""The steps in which the provider works: decisions arrive, agreements are signed, attendance is recorded."""

import secrets
import time
import uuid
from datetime import timedelta
from typing import Any

from walmu_dev import people
from walmu_dev.story.teller import WEEKDAYS, Story, must

CLIENTS = 38


def catch_up(story: Story) -> str:
    """The provider's feed up to now."""
    seen = 0
    while True:
        page = story.wanted(200, "provider-a", "GET", story.cursor)
        seen += len(page["items"])
        story.cursor = page["next"]
        if not page["more"]:
            return f"Provider A has read its feed so far: {seen} changes"


def decide(story: Story) -> str:
    """27 e §, provider A, three days a week, 6.00 € a day."""
    first = secrets.randbelow(people.SPACE - 2000) + 1000
    for at in range(CLIENTS):
        family_name, given_names = people.name(first + at)
        story.decisions.append(
            story.caseworker(
                "create",
                identity={"system": "urn:oid:1.2.246.21", "value": people.identity_code(first + at)},
                family_name=family_name,
                given_names=given_names,
                provider_id=story.provider_id,
                legal_bases=["SHL_710_1982_27E"],
                decided_on=str(story.month[0]),
                valid_from=str(story.month[0]),
                valid_to=str(story.today + timedelta(days=90)),
                days_per_week=3,
                work_allowance_per_day="6.00",
            )
        )
    return f"The caseworker decided for {CLIENTS} clients: 27 e §, three days a week, 6.00 € a day"


def appear(story: Story) -> str:
    """Each decision is in the provider's feed, with the client that it is about."""
    wanted = {decision["id"] for decision in story.decisions}
    found: dict[str, dict[str, Any]] = {}
    began = time.monotonic()

    def look() -> bool | None:
        page = story.wanted(200, "provider-a", "GET", story.cursor)
        story.cursor = page["next"]
        for item in page["items"]:
            if item["resource_type"] == "decision" and (record := item.get("record")):
                found[record["ehr"]["id"]] = record
        return True if wanted <= set(found) else None

    story.until("the decisions in provider A's feed", look)
    story.decisions = [found[decision["id"]] for decision in story.decisions]
    for decision in story.decisions:
        must(
            decision["status"] == "decided" and decision["work_allowance_per_day"] == "6.00",
            "a decision came out otherwise",
        )
    return f"Provider A sees them in its feed after {time.monotonic() - began:.1f} s"


def sign(story: Story) -> str:
    for at, decision in enumerate(story.decisions):
        entry = {
            "decision_id": decision["id"],
            "service_relationship_id": decision["service_relationship_id"],
            "kind": "work_activity",
            "place": {"name": "Kotolan toimintakeskus"},
            "instructors": [{"family_name": "Lähiohjaaja", "given_names": "Liisa"}],
            "starts_on": decision["valid_from"],
            "ends_on": str(story.today + timedelta(days=30)),
            "schedule": {
                "type": "fixed",
                "days": [{"weekday": d + 1, "starts_at": "09:00", "ends_at": "13:00"} for d in WEEKDAYS],
            },
            "work_allowance_per_day": "6.00",
            "absence_reporting": "Soita lähiohjaajalle ennen klo 9.",
            "source_id": f"story-{decision['id']}-{at}",
        }
        created = story.wanted(201, "provider-a", "POST", "/v1/agreements", entry)
        signing = {"signed_on": str(story.month[0]), "signatories": [{"party": "client", "name": "Asiakas"}]}
        story.agreements.append(
            story.wanted(200, "provider-a", "POST", f"/v1/agreements/{created['id']}/sign", signing)
        )
    return f"Provider A signed {len(story.agreements)} agreements"


def post_the_month(story: Story) -> str:
    """About 500 lines, some wrong on purpose; one outcome each, and grouped causes."""
    first, days = story.agreements[0], story.worked_days()
    lines: list[dict[str, Any]] = [
        {
            "agreement_id": agreement["id"],
            "date": str(day),
            "status": "present",
            "planned_minutes": 240,
            "actual_minutes": 240,
        }
        for agreement in story.agreements
        for day in days
    ]
    lines[1] = lines[1] | {
        "status": "absent",
        "actual_minutes": None,
    }  # an absence without a reason: kept, with a warning
    good = len(lines)
    wrong = {
        "unknown-agreement": {"agreement_id": str(uuid.uuid4()), "date": str(days[0]), "status": "present"},
        "day-outside-agreement": {
            "agreement_id": first["id"],
            "date": str(story.today + timedelta(days=31)),
            "status": "present",
        },
        "duplicate-line": lines[5],
        "day-in-future": {
            "agreement_id": first["id"],
            "date": str(story.today + timedelta(days=3)),
            "status": "present",
        },
    }
    story.batch = lines + list(wrong.values())
    story.outcome = data = story.wanted(
        200, "provider-a", "POST", "/v1/attendance-batches", {"items": story.batch}
    )
    must(
        data["counts"] == {"created": good, "updated": 0, "unchanged": 0, "rejected": 4},
        f"other counts: {data['counts']}",
    )
    must(
        [o["line"] for o in data["outcomes"]] == list(range(1, good + 5)),
        "the outcomes are not one for each line",
    )
    codes = [o["problems"][0]["code"] for o in data["outcomes"][good:]]
    must(codes == list(wrong), f"the wrong lines answer {codes}")
    must(
        {cause["code"]: cause["count"] for cause in data["causes"]} == dict.fromkeys(wrong, 1),
        f"other causes: {data['causes']}",
    )
    must(
        "reason-missing" in {p["code"] for p in data["outcomes"][1]["problems"]}, "the absence has no warning"
    )
    for line, outcome in zip(story.batch[:good], data["outcomes"][:good], strict=True):
        story.days[f"{line['agreement_id']}/{line['date']}"] = outcome["id"]
    return (
        f"The month as one batch: {good} lines recorded, "
        "4 rejected with one outcome and cause each, 1 warning"
    )


def send_again(story: Story) -> str:
    data = story.wanted(200, "provider-a", "POST", "/v1/attendance-batches", {"items": story.batch})
    counts = {"created": 0, "updated": 0, "unchanged": len(story.days), "rejected": 4}
    must(data["counts"] == counts, f"other counts: {data['counts']}")
    return f"The whole batch again: {counts['unchanged']} unchanged"


def correct(story: Story) -> str:
    """One day under If-Match; without it nothing is overwritten."""
    path = story.day_path(story.agreements[2], story.worked_days()[3])
    entry = {
        "status": "partial",
        "absence_reason": "healthcare_or_therapy",
        "planned_minutes": 240,
        "actual_minutes": 150,
    }
    story.wanted(428, "provider-a", "PUT", path, entry)
    story.wanted(412, "provider-a", "PUT", path, entry, If_Match='"7"')
    changed = story.wanted(200, "provider-a", "PUT", path, entry, If_Match='"1"')
    must(changed["version"] == 2, "the correction made no version")
    return "One day corrected under If-Match (428 without, 412 when stale)"


def justify(story: Story) -> str:
    path = story.day_path(story.agreements[0], story.worked_days()[1])
    must(
        story.wanted(200, "provider-a", "GET", path)["absence_reason"] == "unknown",
        "the reason is not unknown",
    )
    entry = {"reason": "own_illness", "given_by": "client", "given_on": str(story.today)}
    data = story.wanted(201, "provider-a", "PUT", f"{path}/justification", entry)
    must(data["state"] == "given", "the justification has another state")
    return "A justification given for the absence without a reason"
