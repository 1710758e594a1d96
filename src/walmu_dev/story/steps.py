"""The steps of the story, each a function that says in one sentence what held."""

import secrets
import time
import uuid
from datetime import date, timedelta
from typing import Any

import httpx

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
        [p["code"] for p in data["outcomes"][1]["problems"]] == ["reason-missing"],
        "the absence has no warning",
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


def stop_the_record_system(story: Story) -> str:
    """It dies while attendance comes in, and loses answers that it has acted on."""
    plan = [{"method": "POST", "path": "/reported_visits", "times": 5, "kind": "drop_response"}]
    story.sim.post("/faults", json={"faults": plan})
    story.until("the first deliveries", lambda: _held(story) or None)
    story.sim.post("/stop")
    story.until("the record system's death", lambda: None if _alive(story) else True)
    story.until("the record system's return", lambda: _alive(story) or None)
    held = _held(story)
    return f"The record system was killed in between; it came back holding {len(held)} of our days"


def _alive(story: Story) -> bool:
    try:
        return httpx.get(f"{story.settings.simulator_url}/livez", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _held(story: Story) -> dict[str, int]:
    items = story.sim.get("/effects", params={"entity": "attendance"}).json()["items"]
    mine = set(story.days.values())
    return {item["external_id"]: item["count"] for item in items if item["external_id"] in mine}


def exactly_once(story: Story) -> str:
    wanted = set(story.days.values())

    def look() -> dict[str, int] | None:
        held = _held(story)
        return held if set(held) == wanted else None

    held = story.until("every day at the record system", look, 90)
    must(set(held.values()) == {1}, "a day is held more than once")
    corrected = story.days[f"{story.agreements[2]['id']}/{story.worked_days()[3]}"]
    state = story.sim.get("/state/attendance", params={"external_id": corrected}).json()["items"]
    must(
        [(s["ActualMinutes"], s["ExternalVersion"]) for s in state] == [(150, 2)],
        f"the correction is not there: {state}",
    )
    return f"The record system holds each of {len(held)} days exactly once, the correction included"


def extend(story: Story) -> str:
    """A draft through the API, a lost answer, a decision: the same decision once on both sides."""
    before = story.decisions[1]
    valid_to = str(date.fromisoformat(before["valid_to"]) + timedelta(days=180))
    stored = (
        "client_id",
        "provider_id",
        "service_relationship_id",
        "legal_bases",
        "service_task",
        "service",
        "service_kind",
        "days_per_week",
    )
    draft = {name: before[name] for name in stored} | {
        "valid_from": str(date.fromisoformat(before["valid_to"]) + timedelta(days=1)),
        "valid_to": valid_to,
        "work_allowance_per_day": "6.00",
        "source_id": f"extension-{before['id']}",
    }
    story.sim.post(
        "/faults",
        json={
            "faults": [{"method": "POST", "path": "/decision_proposals", "times": 1, "kind": "drop_response"}]
        },
    )
    created = story.wanted(201, "organiser-a", "POST", "/v1/decisions", draft)
    story.wanted(404, "provider-a", "GET", f"/v1/decisions/{created['id']}")
    path = f"/v1/decisions/{created['id']}"
    story.until(
        "the draft at the record system",
        lambda: story.wanted(200, "organiser-a", "GET", path).get("draft_state") == "submitted" or None,
        60,
    )
    story.caseworker("decide", external_id=created["id"])

    def look() -> dict[str, Any] | None:
        seen = story.ask("provider-a", "GET", path)
        return seen.json() if seen.status_code == 200 and seen.json()["status"] == "decided" else None

    decided = story.until("the decided extension", look)
    theirs = story.sim.get("/state/decisions", params={"external_id": created["id"]}).json()["items"]
    effects = story.sim.get("/effects", params={"external_id": created["id"]}).json()["items"]
    must(
        [t["id"] for t in theirs] == [decided["ehr"]["id"]]
        and theirs[0]["valid_to"] == decided["valid_to"] == valid_to,
        "the sides differ",
    )
    must(
        {e["entity"]: e["count"] for e in effects} == {"decision": 1, "decision_proposal": 1},
        f"not exactly once: {effects}",
    )
    return (
        "The organiser's draft extension, its answer lost on the way, was decided: "
        "both sides show the same decision once"
    )


def revoke(story: Story) -> str:
    decision, agreement = story.decisions[3], story.agreements[3]
    story.caseworker("revoke", id=decision["ehr"]["id"], revoked_on=str(story.today))
    path = f"/v1/decisions/{decision['id']}"
    story.until(
        "the revocation", lambda: story.wanted(200, "provider-a", "GET", path)["status"] == "revoked" or None
    )
    refused = story.wanted(
        422, "provider-a", "PUT", story.day_path(agreement, story.today), {"status": "present"}
    )
    must(refused["code"] == "decision-not-in-force", f"refused as {refused['code']}")
    story.wanted(200, "provider-a", "GET", story.day_path(agreement, story.worked_days()[0]))
    return "The caseworker revoked one: later days are refused with decision-not-in-force, earlier ones stay"


def keep_apart(story: Story) -> str:
    decision, agreement = story.decisions[0], story.agreements[0]
    paths = (
        f"/v1/clients/{decision['client_id']}",
        f"/v1/decisions/{decision['id']}",
        f"/v1/agreements/{agreement['id']}",
        story.day_path(agreement, story.worked_days()[0]),
        f"/v1/service-relationships/{decision['service_relationship_id']}",
    )
    for path in paths:
        story.wanted(404, "provider-b", "GET", path)
    must(
        not story.wanted(200, "provider-b", "GET", f"/v1/attendance?client_id={decision['client_id']}")[
            "items"
        ],
        "provider B lists days",
    )
    cursor = "/v1/changes?limit=1000"
    clients = {d["client_id"] for d in story.decisions}
    while True:
        page = story.wanted(200, "provider-b", "GET", cursor)
        must(
            not clients & {item.get("client_id") for item in page["items"]},
            "provider B's feed names a client of A",
        )
        cursor = page["next"]
        if not page["more"]:
            return "Provider B sees none of it: 404 everywhere, nothing in lists and feed"


def audit(story: Story) -> str:
    client = story.decisions[0]["client_id"]
    rows = story.wanted(200, "auditor-a", "GET", f"/v1/use-log?client_id={client}&limit=200")["items"]
    seen = {(row["organisation_id"] == story.provider_id, row["operation"], row["purpose"]) for row in rows}
    must(
        (True, "recordAttendanceBatch", "carrying-out-the-service") in seen, "the batch is not in the use log"
    )
    must(
        any(not own and operation == "deliverAttendance" for own, operation, _ in seen),
        "the deliveries are not in the use log",
    )
    story.wanted(403, "provider-a", "GET", "/v1/use-log")
    return f"The auditor sees who saw that client's data and why: {len(rows)} answers"


STEPS = (
    catch_up,
    decide,
    appear,
    sign,
    post_the_month,
    send_again,
    correct,
    justify,
    stop_the_record_system,
    exactly_once,
    extend,
    revoke,
    keep_apart,
    audit,
)
