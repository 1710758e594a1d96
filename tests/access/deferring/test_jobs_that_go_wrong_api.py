"""Jobs that kill their worker, cannot be opened or are refused: nobody else suffers, and nothing is told too long."""

import asyncio
import json
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import pytest
from tests.access.deferring.test_life_of_a_job_api import LATER, posted, runner, worksheet  # noqa: F401
from tests.conftest import TenantFixture, forward
from tests.record.everyday.measurements.test_imports_api import MAPPING, relationship_of

from walmu_api.access.context import RequestContext
from walmu_api.access.deferring import jobs
from walmu_api.access.deferring.jobs import LostError
from walmu_api.access.import_jobs import running
from walmu_api.access.import_jobs.running import MOST_ATTEMPTS, Runner
from walmu_api.foundation.database import Session, Tenancy
from walmu_api.foundation.one_at_a_time import IMPORT_IN_WORK
from walmu_api.foundation.problems import Problem

pytestmark = pytest.mark.dated


async def test_a_job_that_kills_each_worker_has_failed_after_four_attempts(
    world: TenantFixture,
    runner: Runner,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker that runs out of memory over a job says nothing of it: nobody counts but the database."""
    place = (await posted(world.provider_a, await worksheet(world))).headers["Location"]
    try:
        for at in range(MOST_ATTEMPTS):
            forward(world.app_context.clock, minutes=1 + at)
            async with world.app_context.database.transaction(Tenancy(world.organiser_id)) as session:
                assert await jobs.take(session) is not None
        forward(world.app_context.clock, minutes=10)
        monkeypatch.setattr(Runner, "_answered", pytest.fail)
        await runner.look()
        failed = (await world.provider_a.get(place)).json()
        assert (failed["status"], failed["problem"]["status"]) == ("failed", 500)
    finally:
        forward(world.app_context.clock)
        await world.owner.execute("delete from import_jobs where organiser_id = $1", world.organiser_id)


async def test_a_job_that_cannot_be_opened_does_not_hold_up_those_behind_it(
    world: TenantFixture,
    runner: Runner,  # noqa: F811
) -> None:
    """A key that went meanwhile, a restored row, a request as another release wrote it."""
    file = await worksheet(world)
    odd = (await posted(world.provider_a, file)).headers["Location"]
    behind = (await posted(world.provider_a, file)).headers["Location"]
    spoil = "update import_jobs set request = 'x' where organiser_id = $1 and id = $2"
    await world.owner.execute(spoil, world.organiser_id, UUID(odd.rpartition("/")[2]))
    try:
        for _ in range(2):
            await runner.look()
        assert (await world.provider_a.get(behind)).json()["status"] == "done"
        assert (await world.provider_a.get(odd)).json()["status"] == "failed"
    finally:
        await world.owner.execute("delete from import_jobs where organiser_id = $1", world.organiser_id)


async def test_the_fault_of_one_organiser_does_not_end_the_turn_of_the_others(
    world: TenantFixture,
    runner: Runner,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = (await posted(world.provider_a, await worksheet(world))).headers["Location"]
    take = jobs.take

    async def faulty(session: Session) -> jobs.Taken | None:
        if session.organiser_id != world.organiser_id:
            raise ConnectionError
        return await take(session)

    monkeypatch.setattr(jobs, "take", faulty)
    assert await runner.look()
    assert (await world.provider_a.get(place)).json()["status"] == "done"


async def test_a_refused_atomic_batch_tells_no_longer_than_the_access_lasts_and_each_reading_is_logged(
    world: TenantFixture,
    runner: Runner,  # noqa: F811
) -> None:
    """The problem of `batch-rejected` holds the outcomes of all lines: ids, versions, from when to when the agreement is."""
    relationship = await relationship_of(world)
    place = {"name": "Kahvila", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.agreement(relationship, await world.decision(relationship), place=place)
    items = [{"agreement_id": agreement["id"], "date": world.day(1000), "status": "present"}]
    accepted = await world.workplace.post("/v1/attendance-batches?mode=atomic", {"items": items}, **LATER)
    assert await runner.look()
    job = accepted.headers["Location"]
    first = await world.workplace.get(job)
    assert first.json()["problem"]["code"] == "batch-rejected"
    assert agreement["starts_on"] in first.text
    readings = await world.use_log(operation="getImportJob")
    ended = await world.provider_a.post(
        f"/v1/agreements/{agreement['id']}/end", {"ends_on": world.day(1), "reason": "x"}
    )
    assert ended.status_code == 200, ended.text
    after = await world.workplace.get(job)
    assert ([row["client_ids"] for row in readings], after.status_code) == (
        [[UUID(relationship["client_id"])]],
        404,
    )


async def test_a_key_does_not_outlive_its_job(
    world: TenantFixture,
    runner: Runner,  # noqa: F811
) -> None:
    """Sent again on the next day with its key: a job that will never run is no answer."""
    file, key = await worksheet(world), {"Idempotency-Key": "viikko-49"}
    await posted(world.provider_a, file, **key)
    await runner.look()
    forward(world.app_context.clock, hours=25)
    try:
        again = await posted(world.provider_a, file, **key)
        assert (await world.provider_a.get(again.headers["Location"])).status_code == 200
    finally:
        forward(world.app_context.clock)


async def test_a_job_that_failed_is_asked_for_anew_with_the_same_key(
    world: TenantFixture,
    runner: Runner,  # noqa: F811
) -> None:
    """As a refusal at once is: nothing was recorded, and what was in the way may be gone."""
    file, key = "Asiakas;Vaihe\nx;y\n", {"Idempotency-Key": "viikko-50"}
    failed = (await posted(world.provider_a, file, **key)).headers["Location"]
    await runner.look()
    assert (await world.provider_a.get(failed)).json()["status"] == "failed"
    again, same = [await posted(world.provider_a, file, **key) for _ in range(2)]
    assert "Idempotency-Replayed" not in again.headers
    assert again.headers["Location"] == same.headers["Location"] != failed
    assert (await world.provider_a.get(again.headers["Location"])).json()["status"] == "queued"
    await runner.look()


async def test_two_workers_do_not_run_two_jobs_of_one_system(
    world: TenantFixture,
    runner: Runner,  # noqa: F811
) -> None:
    file = await worksheet(world)
    for _ in range(2):
        await posted(world.provider_a, file)
    database = world.app_context.database
    try:
        async with (
            database.transaction(Tenancy(world.organiser_id)) as one,
            database.transaction(Tenancy(world.organiser_id)) as other,
        ):
            first, second = [await jobs.take(session) for session in (one, other)]
        assert (first is not None, second) == (True, None)
        async with database.transaction(Tenancy(world.organiser_id)) as later:
            assert await jobs.take(later) is None, "its system has one running"
    finally:
        await world.owner.execute("delete from import_jobs where organiser_id = $1", world.organiser_id)


async def test_a_failed_heartbeat_is_followed_by_the_next_one(
    world: TenantFixture,
    runner: Runner,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A database that stumbles once must not end the lease of work that goes on."""
    beats, enough = 0, asyncio.Event()

    async def keep_alive(*_: object) -> None:
        nonlocal beats
        beats += 1
        if beats == 1:
            raise ConnectionError
        enough.set()

    async def answered(*_: object) -> None:
        await asyncio.wait_for(enough.wait(), 10)
        raise LostError

    monkeypatch.setattr(running, "HEARTBEAT", 0.01)
    monkeypatch.setattr(jobs.Taken, "keep_alive", keep_alive)
    monkeypatch.setattr(Runner, "_answered", answered)
    await posted(world.provider_a, await worksheet(world))
    try:
        await runner.look()
        assert beats >= 2
    finally:
        await world.owner.execute("delete from import_jobs where organiser_id = $1", world.organiser_id)


async def test_jobs_that_come_at_once_are_counted_together(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of two waits for the first, and sees it."""
    monkeypatch.setattr(jobs, "MOST_WAITING", 1)
    speaker = world.provider_a
    system = SimpleNamespace(id=speaker.system_id)
    caller = SimpleNamespace(system=system, organisation_id=speaker.organisation_id)
    asked = jobs.Asked("importMeasurements", "/", "", {}, "x", "x", [], None, "x")
    database = world.app_context.database

    async def add(session: Session) -> None:
        here = {"organiser_id": world.organiser_id, "cipher": world.app_context.keyring}
        await jobs.add(cast(RequestContext, SimpleNamespace(session=session, caller=caller, **here)), asked)

    async def second() -> None:
        async with database.transaction(Tenancy(world.organiser_id)) as session:
            await add(session)

    async with database.transaction(Tenancy(world.organiser_id)) as session:
        await add(session)
        waiting = asyncio.create_task(second())
        await asyncio.wait({waiting}, timeout=0.3)
    try:
        with pytest.raises(Problem) as refused:
            await waiting
        assert refused.value.kind is IMPORT_IN_WORK
    finally:
        await world.owner.execute("delete from import_jobs where organiser_id = $1", world.organiser_id)


async def test_two_files_with_one_key_are_not_one_for_the_boundary_between_their_parts(
    world: TenantFixture,
) -> None:
    """A boundary may be any characters, those that make the difference of two files too."""
    key, head = {"Idempotency-Key": "viikko-51"}, "Asiakas;Vaihe;Vastattu;Osallisuus;Tyokyky\n"
    answers = []
    for score in "5", "55":
        body = (
            f'--5\r\nContent-Disposition: form-data; name="mapping"\r\nContent-Type: application/json\r\n\r\n{json.dumps(MAPPING)}\r\n'
            f'--5\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\n\r\n{head}x;y;z;{score};1\r\n--5--\r\n'
        )
        headers = {"Content-Type": "multipart/form-data; boundary=5"} | LATER | key
        answers.append(
            await world.provider_a.http.post(
                "/v1/measurement-imports", content=body.encode(), headers=headers
            )
        )
    assert [answer.status_code for answer in answers] == [202, 422]
    assert answers[1].json()["code"] == "idempotency-key-reused"
    await world.owner.execute("delete from import_jobs where organiser_id = $1", world.organiser_id)
