"""The steps that follow what was recorded to the record system, and that show who sees it."""

from datetime import date, timedelta
from typing import Any

import httpx

from walmu_dev.story.teller import Story, must


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
