"""A provider's life with the API, told over HTTP only: from its key to the auditor's view of what it saw."""

import httpx

from contract_tests.landscape import Landscape, build

PRESENT = {"status": "present", "actual_minutes": 240}
ABSENT = {"status": "absent", "absence_reason": "own_illness"}


def test_the_life_story_of_a_provider(landscape: Landscape) -> None:
    with landscape.provider_a.speaker() as provider:
        agreement = _begin(landscape, provider)
        day = f"/v1/agreements/{agreement}/attendance/2026-10-05"
        _record_one_day(provider, day)
        _record_many_days(provider, agreement)
        _follow_changes(provider, day)
    _another_provider_sees_nothing(landscape, agreement, day)
    _the_auditor_sees_who_saw(landscape)


def _begin(landscape: Landscape, provider: httpx.Client) -> str:
    who = build(provider.get("/v1/whoami"))
    assert who["role"] == "provider"
    assert who["organisation"]["id"] == landscape.provider_a.organisation_id
    assert who["acting_person"]["name"] == "Olli Ohjaaja"
    agreement = landscape.signed_agreement(provider)
    items = build(provider.get("/v1/agreements", params={"status": "signed", "in_force_on": "2026-10-05"}))[
        "items"
    ]
    assert agreement in {item["id"] for item in items}
    return agreement


def _record_one_day(provider: httpx.Client, day: str) -> None:
    first = provider.put(day, json=PRESENT)
    assert (first.status_code, first.headers["location"], first.headers["etag"]) == (201, day, '"1"')
    again = provider.put(day, json=PRESENT)
    assert (again.status_code, again.headers["etag"], again.content) == (200, '"1"', first.content)
    without = provider.put(day, json=ABSENT)
    assert (without.status_code, without.json()["code"]) == (428, "precondition-required")
    changed = provider.put(day, json=ABSENT, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    stale = provider.put(day, json=PRESENT, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    known = provider.get(day, headers={"If-None-Match": '"2"'})
    assert (known.status_code, known.content) == (304, b"")


def _record_many_days(provider: httpx.Client, agreement: str) -> None:
    lines = [
        {"agreement_id": agreement, "date": "2026-10-06", "source_id": "d-6", **PRESENT},
        {"agreement_id": agreement, "date": "2026-10-07", "source_id": "d-7", **ABSENT},
        {"agreement_id": agreement, "date": "2026-08-01", "source_id": "early", **PRESENT},
        {"agreement_id": agreement, "date": "2026-12-01", "source_id": "future", **PRESENT},
        {"agreement_id": agreement, "date": "2026-10-01", "source_id": "wrong", "status": "asleep"},
    ]
    data = build(provider.post("/v1/attendance-batches", json={"items": lines}))
    assert data["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 3}
    codes = {
        outcome["source_id"]: [problem["code"] for problem in outcome["problems"]]
        for outcome in data["outcomes"]
    }
    assert codes["early"] == ["day-outside-agreement"]
    assert codes["future"] == ["day-in-future"]
    assert codes["wrong"] == ["invalid-value"]
    assert {cause["code"] for cause in data["causes"]} == {
        "day-outside-agreement",
        "day-in-future",
        "invalid-value",
    }
    good = {"items": lines[:2]}
    again = build(provider.post("/v1/attendance-batches", json=good))
    assert again["counts"] == {"created": 0, "updated": 0, "unchanged": 2, "rejected": 0}


def _follow_changes(provider: httpx.Client, day: str) -> None:
    """To the end of the feed; then nothing new, and then the day that is written."""
    url = f"/v1/attendance/{build(provider.get(day))['id']}"
    seen, following = [], "/v1/changes"
    while True:
        page = build(provider.get(following))
        seen += page["items"]
        following = page["next"]
        if not page["more"]:
            break
    days = [item for item in seen if item["url"] == url]
    assert [item["change"] for item in days] == ["created", "updated"]
    assert build(provider.get(following))["items"] == []
    assert provider.put(day, json=PRESENT, headers={"If-Match": '"2"'}).status_code == 200
    (new,) = build(provider.get(following))["items"]
    assert (new["change"], new["version"], new["record"]["status"]) == ("updated", 3, "present")
    assert build(provider.get(new["url"]))["status"] == "present"


def _another_provider_sees_nothing(landscape: Landscape, agreement: str, day: str) -> None:
    """What is not yours is not there: the same answer as for what never was."""
    with landscape.provider_b.speaker() as other:
        for path in (day, f"/v1/agreements/{agreement}", f"/v1/clients/{landscape.ids['client_id']}"):
            answer = other.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path
        assert other.put(day, json=PRESENT).status_code == 404
        line = {"agreement_id": agreement, "date": "2026-10-05", **PRESENT}
        (outcome,) = build(other.post("/v1/attendance-batches", json={"items": [line]}))["outcomes"]
        assert outcome["problems"][0]["code"] == "unknown-agreement"
        assert build(other.get("/v1/attendance"))["items"] == []


def _the_auditor_sees_who_saw(landscape: Landscape) -> None:
    with landscape.auditor.speaker() as auditor:
        assert auditor.get("/v1/clients").status_code == 403
        query = {
            "client_id": landscape.ids["client_id"],
            "organisation_id": landscape.provider_a.organisation_id,
        }
        rows, following = [], str(httpx.URL("/v1/use-log", params=query))
        while following:
            page = build(auditor.get(following))
            rows += page["items"]
            following = page["next"]
        operations = {row["operation"] for row in rows}
        assert {"recordAttendance", "recordAttendanceBatch", "getAttendance", "listChanges"} <= operations
        assert {row["person"]["name"] for row in rows} == {"Olli Ohjaaja"}
        assert {row["purpose"] for row in rows} == {"carrying-out-the-service"}
        others = query | {"organisation_id": landscape.provider_b.organisation_id}
        assert build(auditor.get("/v1/use-log", params=others))["items"] == []
