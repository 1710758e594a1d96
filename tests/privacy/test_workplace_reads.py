"""What a workplace reads of days and their justifications, by every way; expected values are those of the page of
audiences (docs/audiences.md): date, status, minutes, arrival, leaving, form, its own origin and confirmation; of
reasons only its own; of a justification its own words and the state."""

import re
import time
from typing import Any

import pytest
from tests.conftest import HELD, ApiClient, TenantFixture
from tests.record.everyday.attendance.days.test_workplace_api import own_and_other

TWELVE = (
    *(
        "own_illness",
        "child_illness_under_10",
        "employment_related",
        "public_trust_duty",
        "healthcare_or_therapy",
    ),
    *("agreed_holiday", "other_service_same_day", "transport_failed", "condition_of_day", "other_notified"),
    *("unauthorised", "unknown"),
)
ITS_REASONS = ("own_illness", "other_notified", "unknown")
READ = {
    *("id", "version", "recorded_at", "recorded_by", "agreement_id", "client_id", "date", "status"),
    *("planned_minutes", "actual_minutes", "arrived_at", "left_at", "form", "origin", "confirmation"),
    *("rescheduled_to", "rescheduled_from"),
}
PERSON = {"sub": "coach-7", "name": "Valmentaja Kanaria"}


def person(world: TenantFixture, speaker: ApiClient, role_scopes: str) -> str:
    """A token in which a person acts."""
    tokens = world.app_context.tokens
    return f"Bearer {tokens.issue(speaker.client_id, HELD, role_scopes.split(), PERSON, now=time.time())}"


def in_full(world: TenantFixture, ago: int = 3, **changes: Any) -> dict[str, Any]:
    """A day with every member that a provider can send of an absence for a part of a day."""
    return {
        "status": "partial",
        "absence_reason": "condition_of_day",
        "planned_minutes": 240,
        "actual_minutes": 100,
        "arrived_at": f"{world.day(ago)}T09:00:00+02:00",
        "left_at": f"{world.day(ago)}T10:40:00+02:00",
        "form": "work",
        "noted_at": f"{world.day(ago)}T20:00:00Z",
        "source_id": "kanaria-oma-avain",
        "rescheduled_from": world.day(ago + 1),
    } | changes


async def every_way(world: TenantFixture, path: str) -> list[dict[str, Any]]:
    """The record of a day as the workplace gets it: alone, by id, in the list and in the feed."""
    speaker = world.workplace
    alone = (await speaker.get(path)).json()
    by_id = (await speaker.get(f"/v1/attendance/{alone['id']}")).json()
    listed = [day for day in await world.pages(speaker, "/v1/attendance") if day["id"] == alone["id"]]
    fed = [item["record"] for item in (await world.feed(speaker))[0] if item["resource_id"] == alone["id"]]
    assert listed
    assert fed
    return [alone, by_id, *listed, *fed]


@pytest.fixture
async def days(world: TenantFixture) -> str:
    own, _ = await own_and_other(world)
    return f"/v1/agreements/{own['id']}/attendance"


async def test_of_a_providers_day_it_reads_what_the_page_names_by_every_way(
    world: TenantFixture, days: str
) -> None:
    path = f"{days}/{world.day(3)}"
    token = person(world, world.provider_a, "attendance:read attendance:write")
    sent = in_full(world)
    created = await world.provider_a.put(path, sent, Authorization=token)
    assert created.status_code == 201, created.text
    assert created.json()["recorded_by"]["person"] == PERSON
    for record in await every_way(world, path):
        assert record.keys() <= READ
        assert {name: record[name] for name in READ & sent.keys()} == {
            name: created.json()[name] for name in READ & sent.keys()
        }
        assert "person" not in record["recorded_by"]
    file = await world.workplace.get("/v1/attendance", Accept="text/csv", Accept_Language="fi")
    whole = (await world.provider_a.get("/v1/attendance", Accept="text/csv", Accept_Language="fi")).text
    assert "kanaria-oma-avain" in whole
    assert "vointi" in whole
    assert "kanaria-oma-avain" not in file.text
    assert "vointi" not in file.text
    assert (await world.provider_a.get(path)).json() == created.json(), "the provider reads all of it"


async def test_a_reason_is_read_by_the_workplace_that_gave_it_and_as_long_as_it_stands(
    world: TenantFixture, days: str
) -> None:
    path = f"{days}/{world.day(3)}"
    given = await world.workplace.put(path, {"status": "absent", "absence_reason": "own_illness"})
    assert (given.status_code, given.json()["absence_reason"]) == (201, "own_illness"), given.text
    assert (await world.provider_a.post(f"{path}/confirm", None)).status_code == 200
    assert all(record["absence_reason"] == "own_illness" for record in await every_way(world, path))
    same = {"status": "absent", "absence_reason": "own_illness", "planned_minutes": 200}
    assert (await world.provider_a.put(path, same, If_Match='"2"')).status_code == 200
    assert all(record["absence_reason"] == "own_illness" for record in await every_way(world, path))
    other = same | {"absence_reason": "child_illness_under_10"}
    corrected = await world.provider_a.put(path, other, If_Match='"3"')
    assert (corrected.json()["absence_reason"], "absence_reason_by" in corrected.json()) == (
        "child_illness_under_10",
        False,
    )
    assert all(record.keys() <= READ for record in await every_way(world, path))


async def test_it_may_give_three_reasons_and_no_other(world: TenantFixture, days: str) -> None:
    for ago, reason in enumerate(TWELVE, 1):
        entry = {"status": "absent", "absence_reason": reason}
        answer = await world.workplace.put(f"{days}/{world.day(ago)}", entry)
        line = entry | {"agreement_id": days.split("/")[3], "date": world.day(ago + 20)}
        batch = (await world.workplace.post("/v1/attendance-batches", {"items": [line]})).json()
        assert "counts" in batch, batch
        if reason in ITS_REASONS:
            assert (answer.status_code, answer.json()["absence_reason"]) == (201, reason)
            assert batch["counts"]["created"] == 1
        else:
            assert answer.status_code == 422, reason
            assert answer.json()["errors"][0]["pointer"] == "/absence_reason"
            assert batch["counts"]["rejected"] == 1


async def test_twelve_reasons_give_one_transcript(world: TenantFixture, days: str) -> None:
    """Whatever reason the provider gave, the workplace gets the same answers, byte by byte but for ids and times."""
    transcripts = {}
    for at, reason in enumerate(TWELVE):
        ago = 3 + 2 * at
        entry = {"status": "absent", "absence_reason": reason, "source_id": f"avain-{reason}"}
        assert (await world.provider_a.put(f"{days}/{world.day(ago)}", entry)).status_code == 201
        transcripts[reason] = await _guesses(world, days, ago, entry["source_id"])
    first = transcripts[TWELVE[0]]
    for reason, transcript in transcripts.items():
        for ours, theirs in zip(transcript, first, strict=True):
            assert ours == theirs, reason


async def _guesses(world: TenantFixture, days: str, ago: int, key: str) -> list[str]:
    """What a workplace can try on a day; each answer without ids, dates and times."""
    speaker, path = world.workplace, f"{days}/{world.day(ago)}"
    answers = [await speaker.get(path)]
    tries = [{"status": "absent"}] + [{"status": "absent", "absence_reason": code} for code in TWELVE]
    tries += [{"status": "absent", "source_id": f"avain-{code}"} for code in TWELVE]
    for entry in tries:
        answers.append(await speaker.put(path, entry))
        line = entry | {"agreement_id": days.split("/")[3], "date": world.day(ago)}
        answers.append(await speaker.post("/v1/attendance-batches", {"items": [line]}))
        answers.append(await speaker.post("/v1/attendance-batches", {"items": [line | {"if_version": 9}]}))
        answers.append(
            await speaker.post("/v1/attendance-batches?dry_run=true", {"items": [line | {"if_version": 1}]})
        )
    for code in TWELVE:
        answers.append(  # noqa: PERF401
            await speaker.get(
                f"/v1/attendance?from={world.day(ago)}&to={world.day(ago)}&source_id=avain-{code}"
            )
        )
    justification = {"reason": "own_illness", "given_by": "workplace", "given_on": world.day(ago)}
    answers.append(await speaker.get(f"{path}/justification"))
    answers.append(await speaker.put(path, {"status": "absent", "planned_minutes": 60}, If_Match='"1"'))
    answers.append(
        await speaker.put(path, {"status": "absent", "absence_reason": "own_illness"}, If_Match='"2"')
    )
    answers.append(await speaker.get(path))
    answers.append(await speaker.get(f"/v1/attendance?source_id={key}"))
    answers.append(await speaker.put(f"{path}/justification", justification))
    answers.append(await speaker.post(f"{path}/void", {"reason": "Väärä päivä"}))
    return [_without_ids(answer.status_code, answer.headers, answer.text) for answer in answers]


def _without_ids(status: int, headers: Any, text: str) -> str:
    shown = [headers.get(name, "") for name in ("etag", "walmu-warnings", "link")]
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "<id>", text)
    return f"{status} {shown} " + re.sub(r"\d{4}-\d\d-\d\d(T[0-9:.]+(Z|[+-]\d\d:\d\d))?", "<day>", text)


async def test_what_it_does_not_read_it_does_not_erase(world: TenantFixture, days: str) -> None:
    hidden = ("absence_reason", "noted_at", "source_id")
    for ago, by_batch in ((3, False), (5, True)):
        path, sent = f"{days}/{world.day(ago)}", in_full(world, ago)
        before = (await world.provider_a.put(path, sent)).json()
        entry = {"status": "partial", "actual_minutes": 90}
        if by_batch:
            line = entry | {"agreement_id": days.split("/")[3], "date": world.day(ago), "if_version": 1}
            data = (await world.workplace.post("/v1/attendance-batches", {"items": [line]})).json()
            assert data["counts"]["updated"] == 1, data
        else:
            assert (await world.workplace.put(path, entry, If_Match='"1"')).status_code == 200
        after = (await world.provider_a.get(path)).json()
        assert after["actual_minutes"] == 90
        assert {name: after[name] for name in hidden} == {name: before[name] for name in hidden}
        assert (await world.workplace.get(path)).json().keys() <= READ


async def test_the_same_again_is_the_same_whoever_recorded_it_last(world: TenantFixture, days: str) -> None:
    path = f"{days}/{world.day(3)}"
    entry = {
        "status": "present",
        "actual_minutes": 200,
        "source_id": "laite-1",
        "noted_at": f"{world.day(3)}T10:00:00Z",
    }
    assert (await world.workplace.put(path, entry)).status_code == 201
    assert (await world.provider_a.post(f"{path}/confirm", None)).status_code == 200
    again = await world.workplace.put(path, entry)
    assert (again.status_code, again.headers["etag"]) == (200, '"2"')
    line = entry | {"agreement_id": days.split("/")[3], "date": world.day(3)}
    data = (await world.workplace.post("/v1/attendance-batches", {"items": [line]})).json()
    assert data["counts"]["unchanged"] == 1


async def test_why_the_provider_voided_a_day_is_not_told(world: TenantFixture, days: str) -> None:
    path = f"{days}/{world.day(3)}"
    await world.provider_a.put(path, {"status": "present"})
    assert (await world.provider_a.post(f"{path}/void", {"reason": "Kanaria sairaalassa"})).status_code == 200
    for record in await every_way(world, path):
        assert record["status"] == "voided"
        assert record.keys() <= READ
    for guess in ("Kanaria sairaalassa", "jotain muuta"):
        answer = await world.workplace.post(f"{path}/void", {"reason": guess})
        assert (answer.status_code, answer.json().keys() <= READ) == (200, True)


async def test_of_a_justification_it_reads_its_own_words_and_the_state(
    world: TenantFixture, days: str
) -> None:
    theirs, own = f"{days}/{world.day(3)}", f"{days}/{world.day(4)}"
    for path in (theirs, own):
        await world.provider_a.put(path, {"status": "absent"})
    words = {
        "reason": "condition_of_day",
        "given_by": "relative",
        "given_on": world.day(3),
        "explanation": "Kanaria väsynyt",
        "certificate": {"required": True, "received_on": world.day(2)},
        "source_id": "kanaria-perustelu",
    }
    assert (await world.provider_a.put(f"{theirs}/justification", words)).status_code == 201
    of_its_own = {
        "reason": "own_illness",
        "given_by": "workplace",
        "given_on": world.day(4),
        "explanation": "Soitti",
    }
    given = await world.workplace.put(f"{own}/justification", of_its_own)
    assert (given.status_code, of_its_own.items() <= given.json().items()) == (201, True)
    for path in (theirs, own):
        review = {"decision": "rejected", "reason": "Kanaria hylätty"}
        assert (await world.organiser.post(f"{path}/justification/review", review)).status_code == 200
    state = {
        "id",
        "version",
        "recorded_at",
        "recorded_by",
        "agreement_id",
        "client_id",
        "date",
        "state",
        "entered_by",
    }
    for path, members in ((theirs, state), (own, state | of_its_own.keys())):
        alone = (await world.workplace.get(f"{path}/justification")).json()
        by_id = (await world.workplace.get(f"/v1/justifications/{alone['id']}")).json()
        fed = [
            item["record"]
            for item in (await world.feed(world.workplace))[0]
            if item["resource_id"] == alone["id"]
        ]
        for record in (alone, by_id, *fed):
            assert (record["state"], record.keys()) == ("rejected", members)
    full = (await world.provider_a.get(f"{theirs}/justification")).json()
    assert words.items() <= full.items()
    assert full["review"]["reason"] == "Kanaria hylätty"


async def test_it_neither_probes_nor_replaces_a_justification_of_others(
    world: TenantFixture, days: str
) -> None:
    path = f"{days}/{world.day(3)}"
    await world.provider_a.put(path, {"status": "absent"})
    words = {"reason": "own_illness", "given_by": "client", "given_on": world.day(3)}
    assert (await world.provider_a.put(f"{path}/justification", words)).status_code == 201
    for reason in ("own_illness", "agreed_holiday"):
        for headers in ({}, {"If_Match": '"1"'}):
            answer = await world.workplace.put(f"{path}/justification", words | {"reason": reason}, **headers)
            assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert words.items() <= (await world.provider_a.get(f"{path}/justification")).json().items()


async def test_a_retry_under_its_key_works_for_a_workplace_too(world: TenantFixture, days: str) -> None:
    path = f"{days}/{world.day(3)}"
    assert (await world.workplace.put(path, {"status": "present"})).status_code == 201
    first, again = [
        await world.workplace.post(f"{path}/void", {"reason": "Väärä"}, Idempotency_Key="k-1")
        for _ in range(2)
    ]
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_kept_answer_shows_no_more_than_a_new_one(world: TenantFixture, days: str) -> None:
    path = f"{days}/{world.day(3)}"
    assert (await world.provider_a.put(path, in_full(world))).status_code == 201
    for _ in range(2):
        answer = await world.workplace.post(f"{path}/void", {"reason": "Väärä"}, Idempotency_Key="k-2")
        assert (answer.status_code, answer.json()["status"]) == (200, "voided"), answer.text
        assert answer.json().keys() <= READ | {"void_reason"}
        assert "kanaria" not in answer.text
