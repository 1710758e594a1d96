"""Taking a request in as a job: 202, with the address at which its answer will be."""

from typing import Any
from uuid import UUID

from python_multipart.multipart import parse_options_header
from starlette.requests import Request
from starlette.responses import Response

from walmu_api.access.caller import Caller
from walmu_api.access.context import RequestContext
from walmu_api.access.deferring import jobs
from walmu_api.access.deferring.jobs import Asked
from walmu_api.access.deferring.schemas import ImportJob
from walmu_api.foundation import preconditions, responses
from walmu_api.foundation.database import Database
from walmu_api.foundation.encryption import Keyring

POLL = "2"
"""Seconds after which it is worth asking again."""
_HEADERS = ("content-type", "accept-language")
"""What of a request decides its answer; a result is JSON."""


def url_of(job: UUID) -> str:
    return f"/v1/import-jobs/{job}"


def _job_at(accepted: Response) -> UUID:
    return UUID(accepted.headers["location"].rpartition("/")[2])


def _content(request: Request, body: bytes) -> bytes:
    """What two requests have in common when they ask for the same: programs draw the boundary between parts anew."""
    _, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    return (b"\r\n" + body).replace(b"\r\n--" + boundary, b"\r\n--") if boundary else body


def shown(job: dict[str, Any]) -> bytes:
    """The job in JSON; its answer is that already."""
    answers = [b',"%s":%s' % (name.encode(), job.pop(name)) for name in ("result", "problem") if name in job]
    plain = ImportJob.model_validate(job).model_dump_json(exclude_none=True).encode()
    return plain[:-1] + b"".join(answers) + b"}"


async def accept(
    database: Database, keyring: Keyring, caller: Caller, operation: str, request: Request, body: bytes
) -> Response:
    """A new job; with an Idempotency-Key that was used for the same request, the job of that one, unless it failed or is
    gone: a refusal is worked out again, and an address where nothing is would be no answer."""
    key = request.headers.get("idempotency-key")
    async with database.transaction(caller.tenancy) as session:
        ctx = RequestContext(session, caller, session.clock.today(), keyring)
        claimed: preconditions.Claim | None = None
        if key is not None:
            target = f"{request.url.path}?{request.url.query}"
            of = (session, keyring, caller.system.id, operation, key, target, _content(request, body))
            found = await preconditions.claim(*of)
            if isinstance(found, Response) and not await jobs.can_answer(ctx, _job_at(found)):
                await preconditions.forget(session, caller.system.id, operation, key)
                found = await preconditions.claim(*of)
            if isinstance(found, Response):
                return found
            claimed = found
        asked = Asked(
            operation=operation,
            path=request.url.path,
            query=request.url.query,
            headers={name: request.headers[name] for name in _HEADERS if name in request.headers},
            client_id=caller.system.client_id,
            key=request.scope["walmu_key"],
            scopes=sorted(caller.scopes),
            person=caller.person,
            request_id=caller.request_id,
            body=body,
        )
        job = await jobs.add(ctx, asked)
        headers = {
            "Location": url_of(UUID(str(job["id"]))),
            "Preference-Applied": "respond-async",
            "Retry-After": POLL,
        }
        response = Response(shown(job), 202, headers, responses.JSON)
        if claimed is not None:
            await preconditions.keep(session, keyring, claimed, response)
    return response
