"""A vendor sends a worksheet that takes a while, and fetches the answer later."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from httpx import Response
from tests.conftest import ApiClient, TenantFixture, forward, identity_code
from tests.record.everyday.attendance.imports.sheets import sent as days_sent
from tests.record.everyday.measurements.test_imports_api import HEAD, MAPPING, relationship_of, sent

from walmu_api.access.deferring import jobs
from walmu_api.access.guard import AppContext
from walmu_api.access.import_jobs.running import Runner
from walmu_api.access.system_registry import Registry
from walmu_api.foundation.database import Tenancy
from walmu_api.worker import deferrable_routes

pytestmark = pytest.mark.dated
LATER = {"Prefer": "respond-async"}
MISSING = "/v1/import-jobs/01919b7e-1f00-7c3a-9d2e-5b8f6a1c4d99"


@pytest.fixture
async def runner(app_context: AppContext) -> Runner:
    """The part of the worker that carries jobs out, with a registry of its own."""
    runner = Runner(replace(app_context, registry=Registry()), deferrable_routes())
    while await runner.look():  # what other tests left behind
        pass
    return runner


async def posted(speaker: ApiClient, file: str, query: str = "", **headers: str) -> Response:
    answer = await sent(speaker, file, MAPPING, query, **LATER | headers)
    assert answer.status_code == 202, answer.text
    return answer


async def worksheet(world: TenantFixture, lines: int = 2) -> str:
    client = (await relationship_of(world))["client_id"]
    return HEAD + "".join(f"{client};Alku;{day}.9.2026;6,4;5\n" for day in range(1, lines + 1))


async def test_a_worksheet_is_taken_in_carried_out_and_its_answer_fetched(
    world: TenantFixture, runner: Runner
) -> None:
    file = await worksheet(world)
    accepted = await posted(world.provider_a, file)
    assert accepted.headers["Preference-Applied"] == "respond-async"
    assert int(accepted.headers["Retry-After"]) >= 1
    place = accepted.headers["Location"]
    job = accepted.json()
    assert place == f"/v1/import-jobs/{job['id']}"
    assert (job["status"], job["operation"]) == ("queued", "importMeasurements")
    waiting = await world.provider_a.get(place)
    assert (waiting.status_code, waiting.json()) == (200, job)
    assert waiting.headers["Retry-After"] == "2"
    assert waiting.headers["Cache-Control"] == "no-store"

    assert await runner.look()
    answer = await world.provider_a.get(place)
    done = answer.json()
    assert (done["status"], "Retry-After" in answer.headers) == ("done", False)
    assert done["result"]["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0}
    assert done["available_until"] > done["finished_at"] >= done["created_at"]

    at_once = (await sent(world.provider_a, file)).json()
    assert at_once["counts"]["unchanged"] == 2
    assert [line["id"] for line in at_once["outcomes"]] == [line["id"] for line in done["result"]["outcomes"]]


async def test_only_the_system_that_asked_reads_it(world: TenantFixture, runner: Runner) -> None:
    place = (await posted(world.provider_a, await worksheet(world))).headers["Location"]
    await runner.look()
    for other in (world.provider_b, world.organiser, world.workplace, world.ehr, world.auditor):
        refused, missing = await other.get(place), await other.get(MISSING)
        assert refused.status_code == 404
        assert refused.json() | {"instance": ""} == missing.json() | {"instance": ""}
    assert (await world.provider_a.get(place)).status_code == 200


async def test_the_same_key_gives_the_same_job(world: TenantFixture, runner: Runner) -> None:
    file = await worksheet(world)
    key = {"Idempotency-Key": "vienti-1"}
    first, again = [await posted(world.provider_a, file, **key) for _ in range(2)]
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Preference-Applied"] == "respond-async"
    other = await sent(world.provider_a, f"{file}\n", MAPPING, **LATER | key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    dry = await sent(world.provider_a, file, MAPPING, "?dry_run=true", **LATER | key)
    assert (dry.status_code, dry.json()["code"]) == (422, "idempotency-key-reused")
    assert await runner.look()
    assert not await runner.look()


async def test_a_job_whose_worker_was_killed_is_taken_up_again_and_has_its_effect_once(
    world: TenantFixture, runner: Runner
) -> None:
    place = (await posted(world.provider_a, await worksheet(world))).headers["Location"]
    async with world.app_context.database.transaction(Tenancy(world.organiser_id)) as session:
        lost = await jobs.take(session)
    assert lost is not None
    assert (await world.provider_a.get(place)).json()["status"] == "running"
    assert not await runner.look(), "its worker may still be there"
    forward(world.app_context.clock, minutes=1)
    try:
        assert await runner.look()
        done = (await world.provider_a.get(place)).json()
        assert done["result"]["counts"]["created"] == 2
        await runner.carry_out(world.organiser_id, lost)  # the first worker was only slow
        assert (await world.provider_a.get(place)).json() == done
        items = (await world.provider_a.get("/v1/measurements")).json()["items"]
        assert {item["version"] for item in items} == {1}
        assert len(items) == 2
    finally:
        forward(world.app_context.clock)


async def test_a_job_that_is_lost_in_its_work_has_no_effect(
    world: TenantFixture, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = (await posted(world.provider_a, await worksheet(world))).headers["Location"]
    finish, reached = jobs.Taken.finish, asyncio.Event()

    async def at_the_end(*of: Any) -> None:
        reached.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(jobs.Taken, "finish", at_the_end)
    working = asyncio.create_task(runner.look())
    await reached.wait()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    monkeypatch.setattr(jobs.Taken, "finish", finish)
    assert (await world.provider_a.get("/v1/measurements")).json()["items"] == []
    forward(world.app_context.clock, minutes=1)
    try:
        assert await runner.look()
        assert (await world.provider_a.get(place)).json()["result"]["counts"]["created"] == 2
    finally:
        forward(world.app_context.clock)


async def test_after_24_hours_it_is_gone(world: TenantFixture, runner: Runner) -> None:
    place = (await posted(world.provider_a, await worksheet(world))).headers["Location"]
    await runner.look()
    forward(world.app_context.clock, hours=23)
    assert (await world.provider_a.get(place)).status_code == 200
    forward(world.app_context.clock, hours=25)
    try:
        assert (await world.provider_a.get(place)).status_code == 404
        runner._forgotten = -1000
        await runner.look()
        count = "select count(*) from import_jobs where organiser_id = $1"
        assert await world.owner.fetchval(count, world.organiser_id) == 0
    finally:
        forward(world.app_context.clock)


async def test_what_was_sent_and_answered_is_sealed(world: TenantFixture, runner: Runner) -> None:
    code = identity_code()
    client = await world.client(identity={"system": "urn:oid:1.2.246.21", "value": code})
    await world.relationship(client["id"])
    mapping = MAPPING | {"client": {"by": "identity_code", "column": "Asiakas"}}
    file = f"{HEAD}{code};Alku;7.9.2026;6,4;5\n"
    place = (await sent(world.provider_a, file, mapping, **LATER)).headers["Location"]
    select = "select request, answer from import_jobs where organiser_id = $1 and id = $2"
    of = (world.organiser_id, UUID(place.rpartition("/")[2]))
    [(request, answer)] = await world.owner.fetch(select, *of)
    assert answer is None
    assert code.encode() not in request
    assert b"Osallisuus" not in request
    await runner.look()
    [(request, answer)] = await world.owner.fetch(select, *of)
    assert request is None
    assert client["id"].encode() not in answer
    assert (await world.provider_a.get(place)).json()["result"]["counts"]["created"] == 1


async def test_work_and_each_reading_are_in_the_use_log(world: TenantFixture, runner: Runner) -> None:
    file = await worksheet(world)
    place = (await posted(world.provider_a, file)).headers["Location"]
    await world.provider_a.get(place)
    assert await world.use_log(operation="getImportJob") == []
    assert await world.use_log(operation="importMeasurements") == []
    await runner.look()
    (work,) = await world.use_log(operation="importMeasurements")
    await world.provider_a.get(place)
    await world.provider_a.get(place)
    readings = await world.use_log(operation="getImportJob")
    assert [row["client_ids"] for row in readings] == [work["client_ids"]] * 2
    assert work["system_id"] == readings[0]["system_id"] == world.provider_a.system_id


async def test_what_the_operation_refuses_is_the_problem_of_the_job(
    world: TenantFixture, runner: Runner
) -> None:
    answer = await posted(world.provider_a, "Asiakas;Vaihe\nx;y\n", **{"Accept-Language": "fi"})
    place = answer.headers["Location"]
    assert await runner.look()
    failed = (await world.provider_a.get(place)).json()
    at_once = (
        await sent(world.provider_a, "Asiakas;Vaihe\nx;y\n", MAPPING, **{"Accept-Language": "fi"})
    ).json()
    assert failed["status"] == "failed"
    assert "result" not in failed
    assert failed["problem"] | {"instance": ""} == at_once | {"instance": ""}
    assert failed["problem"]["instance"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("body", "code"), [({"mapping": "{}"}, 422), ({"mapping": "{"}, 400)], ids=["not valid", "no JSON"]
)
async def test_a_mapping_that_does_not_fit_is_refused_at_once(
    world: TenantFixture, body: dict[str, str], code: int
) -> None:
    answer = await sent(world.provider_a, HEAD, body["mapping"], **LATER)
    assert answer.status_code == code


async def test_the_right_is_asked_again_when_it_runs(world: TenantFixture, runner: Runner) -> None:
    place = (await posted(world.provider_a, await worksheet(world))).headers["Location"]
    revoke = "update connected_systems set revoked_on = {} where organiser_id = $1 and id = $2"
    of = (world.organiser_id, world.provider_a.system_id)
    await world.owner.execute(revoke.format("current_date"), *of)
    try:
        assert await runner.look()
    finally:
        await world.owner.execute(revoke.format("null"), *of)
    failed = (await world.provider_a.get(place)).json()
    assert (failed["status"], failed["problem"]["code"]) == ("failed", "invalid-token")
    assert (await world.provider_a.get("/v1/measurements")).json()["items"] == []


async def test_a_batch_of_days_may_be_answered_later_too(world: TenantFixture, runner: Runner) -> None:
    relationship = await relationship_of(world)
    agreement = await world.agreement(relationship, await world.decision(relationship))
    items = [{"agreement_id": agreement["id"], "date": world.day(1), "status": "present"}]
    accepted = await world.provider_a.post("/v1/attendance-batches", {"items": items}, **LATER)
    assert accepted.status_code == 202, accepted.text
    assert accepted.json()["operation"] == "recordAttendanceBatch"
    assert await runner.look()
    done = (await world.provider_a.get(accepted.headers["Location"])).json()
    at_once = await world.provider_a.post("/v1/attendance-batches", {"items": items})
    assert done["status"] == "done", done
    assert [line["outcome"] for line in done["result"]["outcomes"]] == ["created"]
    assert [line["id"] for line in at_once.json()["outcomes"]] == [
        line["id"] for line in done["result"]["outcomes"]
    ]


async def test_days_on_a_worksheet_may_be_answered_later_too(world: TenantFixture, runner: Runner) -> None:
    relationship = await relationship_of(world)
    await world.agreement(relationship, await world.decision(relationship), source_id="S-1")
    file = f"Sopimus;Päivä;Läsnä\nS-1;{world.day(1)};kyllä\nS-1;{world.day(2)};ehkä\n"
    accepted = await days_sent(world.provider_a, file, Prefer="respond-async")
    assert accepted.status_code == 202, accepted.text
    assert accepted.json()["operation"] == "importAttendance"
    assert await runner.look()
    job = (await world.provider_a.get(accepted.headers["Location"])).json()
    assert job["status"] == "done", job
    assert [line["outcome"] for line in job["result"]["outcomes"]] == ["created", "rejected"]
    at_once = (await days_sent(world.provider_a, file)).json()
    assert at_once["counts"]["unchanged"] == 1
    assert at_once["outcomes"][0]["id"] == job["result"]["outcomes"][0]["id"]


async def test_an_answer_ends_with_the_access_to_whom_it_tells_of(
    world: TenantFixture, runner: Runner
) -> None:
    """A refusal of a line says from when to when the agreement is; after its end the workplace reads its days only."""
    relationship = await relationship_of(world)
    place = {"name": "Kahvila", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.agreement(relationship, await world.decision(relationship), place=place)
    items = [{"agreement_id": agreement["id"], "date": world.day(1000), "status": "present"}]
    accepted = await world.workplace.post("/v1/attendance-batches", {"items": items}, **LATER)
    assert await runner.look()
    job = accepted.headers["Location"]
    first = await world.workplace.get(job)
    assert (first.status_code, agreement["starts_on"] in first.text) == (200, True)
    ended = await world.provider_a.post(
        f"/v1/agreements/{agreement['id']}/end", {"ends_on": world.day(1), "reason": "x"}
    )
    assert ended.status_code == 200, ended.text
    assert (await world.workplace.get(job)).status_code == 404


async def test_a_system_has_twenty_jobs_waiting_and_one_running(world: TenantFixture, runner: Runner) -> None:
    file = await worksheet(world)
    for _ in range(jobs.MOST_WAITING):
        await posted(world.provider_a, file)
    refused = await sent(world.provider_a, file, MAPPING, **LATER)
    assert (refused.status_code, refused.json()["code"]) == (429, "import-in-work")
    assert int(refused.headers["Retry-After"]) >= 1
    async with world.app_context.database.transaction(Tenancy(world.organiser_id)) as session:
        assert await jobs.take(session) is not None
        assert await jobs.take(session) is None
        await session.execute("update import_jobs set status = 'queued', taken_by = null, taken_until = null")
    while await runner.look():
        pass


@pytest.mark.parametrize(
    ("header", "later"),
    [
        ("respond-async", True),
        ("return=minimal, respond-async; wait=10", True),
        ("Respond-Async", True),
        ("return=minimal", False),
        ("respond-asynchronously", False),
        ("", False),
    ],
)
def test_prefer_is_read_as_its_standard_says(header: str, later: bool) -> None:
    assert jobs.prefers_later([header]) is later


async def test_other_operations_take_no_notice_of_the_preference(world: TenantFixture) -> None:
    answer = await world.provider_a.get("/v1/measurements", **LATER)
    assert answer.status_code == 200
    assert "Preference-Applied" not in answer.headers


async def test_the_database_keeps_either_the_request_or_the_answer(world: TenantFixture) -> None:
    insert = (
        "insert into import_jobs (organiser_id, id, organisation_id, system_id, operation, status, answer)"
        " values ($1, gen_random_uuid(), $1, $1, 'x', 'done', 'x')"
    )
    with pytest.raises(asyncpg.CheckViolationError):
        await world.owner.execute(insert, world.organiser_id)
