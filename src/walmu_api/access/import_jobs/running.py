"""Carrying jobs out: the request as it came, asked again of its own route by the worker.

The same path as at once: the caller is looked for anew, the right, the body, the rules and both logs. The answer is kept
in the transaction of the work, so a job whose worker was killed has had no effect, and is taken up again (ADR 52)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

import structlog
from pydantic_core import to_json
from starlette.requests import Request

from walmu_api.access.caller import Caller
from walmu_api.access.context import RequestContext
from walmu_api.access.deferring import jobs
from walmu_api.access.deferring.jobs import Asked, LostError, Taken
from walmu_api.access.guard import AppContext, GuardedRoute
from walmu_api.access.tokens import INVALID_TOKEN
from walmu_api.foundation import problem_responses
from walmu_api.foundation.database import Tenancy
from walmu_api.foundation.negotiation import language_of
from walmu_api.foundation.pacing import Progress, progress_of
from walmu_api.foundation.problems import INTERNAL, UNAVAILABLE, Problem

log = structlog.get_logger()
MOST_ATTEMPTS = 4
HEARTBEAT = 5.0
LOOK = 0.5
"""Seconds between two looks for jobs."""
FORGET = 60.0


class Runner:
    """Carries out the jobs of all organisers, one after another."""

    def __init__(self, app_context: AppContext, routes: Mapping[str, GuardedRoute]) -> None:
        self._app_context, self._routes = app_context, routes
        self._forgotten = -FORGET

    async def run(self, stop: asyncio.Event) -> None:
        """Until the worker is told to stop. What is in work then is taken up by the next one."""
        while not stop.is_set():
            found = False
            try:
                found = await self.look()
            except Exception as error:  # noqa: BLE001 - the database may be away for a while
                log.error("jobs cannot be read", kind=type(error).__name__)
            if not found:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), LOOK)

    async def look(self) -> bool:
        """Carry out the next job of each organiser. Whether there was any."""
        database = self._app_context.database
        async with database.transaction(Tenancy(None)) as session:
            organisers = [row["id"] for row in await session.fetch("select id from organisers")]
        now = asyncio.get_running_loop().time()
        forgets = now - self._forgotten >= FORGET
        if forgets:
            self._forgotten = now
        found = False
        for organiser in organisers:
            try:
                async with database.transaction(Tenancy(organiser)) as session:
                    if forgets:
                        await jobs.forget(session)
                    job = await jobs.take(session)
                if job is not None:
                    found = True
                    await self.carry_out(organiser, job)
            except Exception as error:  # noqa: BLE001 - the fault of one organiser must not end the others' turn
                log.error("jobs of an organiser fail", organiser=str(organiser), kind=type(error).__name__)
        return found

    async def carry_out(self, organiser: UUID, job: Taken) -> None:
        """Work and answer together; a problem is the answer, too. A fault that may pass leaves the job to be taken
        up again. One that never came to an end, in as many attempts as there are, is not even opened any more: a worker
        that dies over a job counts no attempts itself."""
        asked = self._opened(organiser, job) if job.attempts <= MOST_ATTEMPTS else None
        if asked is None:
            log.error("job given up", job=str(job.id), attempts=job.attempts)
            return await self._fail(organiser, job, None, INTERNAL())
        progress, request = Progress(), _request(job, asked)
        try:
            async with self._alive(organiser, job, progress):
                await self._answered(request, asked, progress)
        except LostError:
            log.warning("a job was taken up by another worker", job=str(job.id))
        except Problem as problem:
            if problem.kind is not UNAVAILABLE or job.attempts >= MOST_ATTEMPTS:
                await self._fail(organiser, job, asked, problem, request)
        except Exception as error:  # noqa: BLE001 - one job must not end the others
            log.error("job failed", job=str(job.id), kind=type(error).__name__, attempts=job.attempts)
            passing = problem_responses.from_database(error)
            if passing is None or job.attempts >= MOST_ATTEMPTS:
                await self._fail(organiser, job, asked, passing or INTERNAL())

    def _opened(self, organiser: UUID, job: Taken) -> Asked | None:
        """None where its key is gone, its row damaged, or another release wrote it."""
        try:
            return job.asked(self._app_context.keyring, organiser)
        except Exception as error:  # noqa: BLE001 - whatever it is, trying again will not mend it
            log.error("job cannot be opened", job=str(job.id), kind=type(error).__name__)
            return None

    async def _answered(self, request: Request, asked: Asked, progress: Progress) -> None:
        registry = self._app_context.registry
        system = await registry.find(self._app_context.database, asked.client_id, asked.key)
        if system is None or not system.may_call:
            raise INVALID_TOKEN()
        scopes = frozenset(asked.scopes) & system.scopes
        caller = Caller(system, scopes, asked.person, asked.request_id)
        token = progress_of.set(progress)
        try:
            route = self._routes[asked.operation]
            await route.answer_as(caller, request, asked.body, self._app_context)
        finally:
            progress_of.reset(token)

    @contextlib.asynccontextmanager
    async def _alive(self, organiser: UUID, job: Taken, progress: Progress) -> AsyncIterator[None]:
        async def beat() -> None:
            while True:
                await asyncio.sleep(HEARTBEAT)
                try:
                    async with self._app_context.database.transaction(Tenancy(organiser)) as session:
                        await job.keep_alive(session, progress.lines, progress.judged)
                except Exception as error:  # noqa: BLE001 - the next beat may succeed, and six make up the lease
                    log.warning("a job could not be kept alive", job=str(job.id), kind=type(error).__name__)

        beating = asyncio.create_task(beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    async def _fail(
        self,
        organiser: UUID,
        job: Taken,
        asked: Asked | None,
        problem: Problem,
        request: Request | None = None,
    ) -> None:
        """One that was not opened names itself, for want of the request's id. What the operation refused may tell of
        clients whom it read (ADR 42)."""
        language = language_of(asked.headers.get("accept-language") if asked else None)
        instance = asked.request_id if asked else str(job.id)
        document = problem_responses.document(problem, language, self._app_context.public_url, instance)
        ctx: RequestContext | None = request.scope.get("walmu_context") if request else None
        async with self._app_context.database.transaction(Tenancy(organiser)) as session:
            work = ctx.session if ctx else session
            answer = jobs.answer_about(work, work.clients_seen | work.clients_read, to_json(document))
            with contextlib.suppress(LostError):
                await job.finish(session, self._app_context.keyring, "failed", answer)


def _request(job: Taken, asked: Asked) -> Request:
    """The request as it came, but for what asks to answer later."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": asked.path,
        "raw_path": asked.path.encode(),
        "root_path": "",
        "query_string": asked.query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in asked.headers.items()],
        "walmu_request_id": asked.request_id,
        "walmu_keeps": job.keep_answer,
    }
    return Request(scope, _nobody_hangs_up)


async def _nobody_hangs_up() -> Any:
    await asyncio.Event().wait()
