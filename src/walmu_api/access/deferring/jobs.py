"""Jobs as they are stored: what was asked, sealed until it has been answered; the answer, sealed for 24 hours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID, uuid4

from pydantic_core import from_json, to_json
from starlette.responses import Response

from walmu_api.access.context import RequestContext
from walmu_api.access.visibility import ANNEX, HAS_ACCESS, parameters
from walmu_api.foundation import records
from walmu_api.foundation.database import Session
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.one_at_a_time import IMPORT_IN_WORK
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.statements import Statement

MOST_WAITING = 20
"""Jobs of one system that are not finished."""
_REQUEST, _ANSWER = "import_jobs|request", "import_jobs|answer"

_WAITING = Statement("""
select count(*) from import_jobs
where organiser_id = :organiser and system_id = :system_id and finished_at is null
""")
_ADD = Statement("""
insert into import_jobs (organiser_id, id, organisation_id, system_id, operation, request)
values (:organiser, :id, :organisation_id, :system_id, :operation, :request)
returning created_at
""")
_FIND = Statement("""
select id, operation, status, created_at, finished_at, finished_at + interval '24 hours' as available_until, lines,
    lines_judged, answer
from import_jobs
where organiser_id = :organiser and id = :id and system_id = :system_id
  and (finished_at is null or finished_at > walmu_now() - interval '24 hours')
""")
_CAN_ANSWER = Statement(f"select exists (select from ({_FIND}) j where j.status <> 'failed')")
_OVER_FOR_PROVIDER = Statement(f"""
select exists (select from (
    select cast(:organiser as uuid) as organiser_id, unnest(cast(:ids as uuid[])) as client_id) t
  where not {HAS_ACCESS.format(row="t", clients="t.client_id")})
""")
"""Whether one of these clients is none of whom the caller may read."""
_OVER_FOR_WORKPLACE = Statement(f"""
select exists (select from unnest(cast(:ids as uuid[])) t (id) where not exists (select from agreements g
    where g.organiser_id = :organiser and g.id = t.id and {ANNEX.format(row="g")}))
""")
"""Whether one of these agreements is over: then their workplace reads its days only."""
_CLAIM_ALONE = Statement("select pg_try_advisory_xact_lock(hashtextextended(:what, 0))")
"""Two claims at once would not see each other's job, and one system would have two running."""
_TAKE = Statement("""
update import_jobs set status = 'running', attempts = attempts + 1, taken_by = :taken_by,
    taken_until = walmu_now() + interval '30 seconds', lines = null, lines_judged = null
where organiser_id = :organiser and id = (
    select j.id from import_jobs j
    where j.organiser_id = :organiser and (j.status = 'queued' or j.status = 'running' and j.taken_until <= walmu_now())
      and not exists (select from import_jobs o where o.organiser_id = j.organiser_id and o.system_id = j.system_id
                      and o.status = 'running' and o.taken_until > walmu_now())
    order by j.id limit 1 for update skip locked)
returning id, attempts, request
""")
"""The next job of an organiser whose system has none running. One whose worker has not said for 30 seconds that it is
there is taken up again."""
_KEEP_ALIVE = Statement("""
update import_jobs set taken_until = walmu_now() + interval '30 seconds', lines = :lines, lines_judged = :lines_judged
where organiser_id = :organiser and id = :id and taken_by = :taken_by and status = 'running'
""")
_FINISH = Statement("""
update import_jobs set status = :status, finished_at = walmu_now(), answer = :answer, request = null, taken_by = null,
    taken_until = null
where organiser_id = :organiser and id = :id and taken_by = :taken_by and status = 'running'
returning id
""")
_FORGET = Statement("""
delete from import_jobs where organiser_id = :organiser and finished_at <= walmu_now() - interval '24 hours'
""")


class LostError(Exception):
    """Another worker has taken the job meanwhile: what was done here is rolled back."""


@dataclass(frozen=True)
class Asked:
    """A request as it came, and who made it."""

    operation: str
    path: str
    query: str
    headers: dict[str, str]
    client_id: str
    key: str
    """The thumbprint of the key that its token was given for."""
    scopes: list[str]
    person: str | None
    request_id: str
    body: bytes = b""

    def sealed_text(self) -> bytes:
        plain = {name: value for name, value in vars(self).items() if name != "body"}
        return to_json(plain) + b"\n" + self.body

    @classmethod
    def of(cls, text: bytes) -> Self:
        head, _, body = text.partition(b"\n")
        return cls(**from_json(head), body=body)


@dataclass(frozen=True)
class Taken:
    """A job that this worker carries out."""

    id: UUID
    attempts: int
    taken_by: UUID
    sealed: bytes

    def asked(self, keyring: Keyring, organiser: UUID) -> Asked:
        """Opened only after the claim is committed: one that cannot be opened holds up no other."""
        return Asked.of(keyring.decrypt(self.sealed, _REQUEST, organiser, self.id))

    def _key(self, session: Session) -> dict[str, UUID]:
        return {"organiser": session.organiser_id, "id": self.id, "taken_by": self.taken_by}

    async def keep_alive(self, session: Session, lines: int | None, lines_judged: int | None) -> None:
        await session.execute(_KEEP_ALIVE, **self._key(session), lines=lines, lines_judged=lines_judged)

    async def finish(self, session: Session, keyring: Keyring, status: str, answer: bytes) -> None:
        """In the transaction of the work, so that both are there or neither."""
        sealed = keyring.encrypt(answer, _ANSWER, session.organiser_id, self.id)
        if await session.fetchval(_FINISH, **self._key(session), status=status, answer=sealed) is None:
            raise LostError

    async def keep_answer(self, ctx: RequestContext, response: Response) -> None:
        answer = answer_about(ctx.session, ctx.session.clients_seen, bytes(response.body))
        await self.finish(ctx.session, ctx.cipher, "done", answer)


def answer_about(work: Session, clients: Iterable[UUID], body: bytes) -> bytes:
    """A result or a problem, behind a line with whose data it holds: both logs are written again when it is read."""
    about = {
        "clients": list(clients),
        "disclosed": work.disclosed,
        "permissions": [[*place, permission] for place, permission in work.permissions.items()],
    }
    return to_json(about) + b"\n" + body


async def add(ctx: RequestContext, asked: Asked) -> dict[str, Any]:
    """A job that waits, as it is shown."""
    key = {"organiser": ctx.organiser_id, "system_id": ctx.caller.system.id}
    # requests that come at once would not see each other's job
    await records.one_at_a_time(ctx.session, f"import_jobs|{ctx.caller.system.id}")
    if await ctx.session.fetchval(_WAITING, **key) >= MOST_WAITING:
        raise IMPORT_IN_WORK().with_headers(Retry_After="30")
    job = uuid7()
    sealed = ctx.cipher.encrypt(asked.sealed_text(), _REQUEST, ctx.organiser_id, job)
    created_at = await ctx.session.fetchval(
        _ADD,
        **key,
        id=job,
        organisation_id=ctx.caller.organisation_id,
        operation=asked.operation,
        request=sealed,
    )
    return {"id": job, "operation": asked.operation, "status": "queued", "created_at": created_at}


async def find(ctx: RequestContext, job: UUID) -> dict[str, Any] | None:
    """A job of the calling system, with its result, while the caller may see those of whom that tells; they are noted for
    the logs. Result and problem are JSON, several megabytes maybe: nobody reads them here."""
    row = await ctx.session.fetchrow(
        _FIND, organiser=ctx.organiser_id, id=job, system_id=ctx.caller.system.id
    )
    if row is None:
        return None
    data = {name: value for name, value in row.items() if value is not None}
    lines, judged = data.pop("lines", None), data.pop("lines_judged", None)
    if data["status"] == "running" and lines is not None:
        data["progress"] = {"lines": lines, "lines_judged": judged}
    if (sealed := data.pop("answer", None)) is not None:
        text, _, body = ctx.cipher.decrypt(sealed, _ANSWER, ctx.organiser_id, job).partition(b"\n")
        about = from_json(text)
        if await _is_over(ctx, about):
            return None
        _note(ctx.session, about)
        data["problem" if data["status"] == "failed" else "result"] = body
    return data


async def can_answer(ctx: RequestContext, job: UUID) -> bool:
    """Whether this job has a result, or may come to one."""
    key = {"organiser": ctx.organiser_id, "id": job, "system_id": ctx.caller.system.id}
    answers: bool = await ctx.session.fetchval(_CAN_ANSWER, **key)
    return answers


async def _is_over(ctx: RequestContext, answer: Mapping[str, Any]) -> bool:
    if ctx.tenant_scope is None:
        return False
    if ctx.caller.system.role == "workplace":
        statement, ids = _OVER_FOR_WORKPLACE, [agreement for _, agreement, *_ in answer["disclosed"]]
    else:
        statement, ids = _OVER_FOR_PROVIDER, answer["clients"]
    over: bool = await ctx.session.fetchval(statement, ids=ids, **parameters(ctx))
    return over


def _note(session: Session, answer: Mapping[str, Any]) -> None:
    session.log_access(*map(UUID, answer["clients"]))
    session.disclosed += [
        (UUID(client), UUID(agreement), group, content, UUID(permission) if permission else None)
        for client, agreement, group, content, permission in answer["disclosed"]
    ]
    session.permissions |= {
        (UUID(agreement), group): UUID(permission) for agreement, group, permission in answer["permissions"]
    }


async def take(session: Session) -> Taken | None:
    """The next job of this organiser, for this worker: claimed, not opened yet. None while another worker is claiming
    one: it is looked for again."""
    if not await session.fetchval(_CLAIM_ALONE, what=f"import_jobs|{session.organiser_id}"):
        return None
    taken_by = uuid4()
    row = await session.fetchrow(_TAKE, organiser=session.organiser_id, taken_by=taken_by)
    if row is None:
        return None
    return Taken(row["id"], row["attempts"], taken_by, row["request"])


async def forget(session: Session) -> None:
    await session.execute(_FORGET, organiser=session.organiser_id)


def prefers_later(values: Iterable[str]) -> bool:
    """Whether `Prefer` names `respond-async` (RFC 7240): one of its values, with or without parameters."""
    parts = (part for value in values for part in value.split(","))
    return any(part.partition(";")[0].strip().lower() == "respond-async" for part in parts)
