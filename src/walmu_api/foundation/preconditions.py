"""ETag, If-Match and Idempotency-Key (ADR 5, 28)."""

import hashlib
import re
from dataclasses import dataclass
from uuid import UUID

from pydantic_core import from_json, to_json
from starlette.requests import Request
from starlette.responses import Response

from walmu_api.foundation import validation_messages
from walmu_api.foundation.database import Session
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.identity_codes import ANYWHERE
from walmu_api.foundation.problems import (
    IDEMPOTENCY_IN_PROGRESS,
    IDEMPOTENCY_KEY_REUSED,
    INVALID_VALUE,
    PRECONDITION_REQUIRED,
    STALE,
    invalid,
)
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.statements import Statement


def etag(version: int | str) -> str:
    return f'"{version}"'


def names(header: str, version: int | str) -> bool:
    """Whether If-Match names this version (strong comparison; `*` is any)."""
    tags = {tag.strip() for tag in header.split(",")}
    return "*" in tags or etag(version) in tags


def require_version(if_match: str | None, version: int | str) -> None:
    """428 without If-Match, 412 when it names another version."""
    if if_match is None:
        raise PRECONDITION_REQUIRED().with_headers(ETag=etag(version))
    if not names(if_match, version):
        raise STALE().with_headers(ETag=etag(version))


def require_if_given(if_match: str | None, version: int) -> None:
    """Acts (sign, end, void, review) are guarded by the record's state; If-Match is honoured when it comes."""
    if if_match is not None:
        require_version(if_match, version)


def not_modified(request: Request, response: Response) -> Response:
    """304 without a body when the reader holds these bytes already."""
    if request.scope["method"] != "GET" or response.status_code != 200:
        return response
    known = request.headers.get("if-none-match")
    tag = response.headers.get("etag")
    if known is None or tag is None:
        return response
    if known.strip() != "*" and tag not in {part.strip().removeprefix("W/") for part in known.split(",")}:
        return response
    stored = {name: response.headers[name] for name in ("etag", "vary") if name in response.headers}
    return Response(status_code=304, headers=stored)


@dataclass(frozen=True)
class Claim:
    """An Idempotency-Key taken in this transaction: claim, work and answer commit together or not at all."""

    system_id: UUID
    operation: str
    key: str
    fingerprint: bytes


_FIND = Statement("""
select row_id, fingerprint, status, answer from idempotency_keys
where organiser_id = :organiser and system_id = :system_id and operation = :operation and key = :key
  and at > walmu_now() - interval '30 days'
""")
_FORGET = Statement("""
delete from idempotency_keys
where organiser_id = :organiser and system_id = :system_id and operation = :operation and key = :key
""")
_FORGET_EXPIRED = Statement(f"{_FORGET} and at <= walmu_now() - interval '30 days'")
_KEEP = Statement("""
insert into idempotency_keys (organiser_id, system_id, operation, key, fingerprint, row_id, status, answer)
values (:organiser, :system_id, :operation, :key, :fingerprint, :row_id, :status, :answer)
""")
_TRY_LOCK = Statement("select pg_try_advisory_xact_lock(:lock)")
_STORED_HEADERS = ("location", "etag", "link", "content-type", "preference-applied", "retry-after")
_PLACE = "idempotency_keys|answer"


async def claim(
    session: Session, keyring: Keyring, system_id: UUID, operation: str, key: str, target: str, body: bytes
) -> Claim | Response:
    """Take the key, or give the stored answer. Another request with the key that has not finished: 409, no
    waiting."""
    if not re.fullmatch(r"[!-~]{1,255}", key) or ANYWHERE.search(key):
        raise invalid(INVALID_VALUE.at("/header/Idempotency-Key", reason=validation_messages.VISIBLE_KEY))
    lock = hashlib.sha256(f"{session.organiser_id}|{system_id}|{operation}|{key}".encode()).digest()
    if not await session.fetchval(_TRY_LOCK, lock=int.from_bytes(lock[:8], signed=True)):
        raise IDEMPOTENCY_IN_PROGRESS().with_headers(Retry_After="1")
    fingerprint = hashlib.sha256(target.encode() + b"\0" + body).digest()
    row = await session.fetchrow(
        _FIND, organiser=session.organiser_id, system_id=system_id, operation=operation, key=key
    )
    if row is None:
        return Claim(system_id, operation, key, fingerprint)
    if row["fingerprint"] != fingerprint:
        raise IDEMPOTENCY_KEY_REUSED()
    stored = from_json(keyring.decrypt(row["answer"], _PLACE, session.organiser_id, row["row_id"]))
    session.log_access(*(UUID(client) for client in stored["clients"]))
    return Response(
        stored["body"].encode(), row["status"], stored["headers"] | {"Idempotency-Replayed": "true"}
    )


async def keep(session: Session, keyring: Keyring, taken: Claim, response: Response) -> None:
    """Store the answer of a success; a refusal changed nothing and is simply worked out again. The role that
    requests run as may add and delete keys, never change one: an expired key goes first."""
    row_id = uuid7()
    stored = {
        "headers": {name: response.headers[name] for name in _STORED_HEADERS if name in response.headers},
        "body": bytes(response.body).decode(),
        "clients": [str(client) for client in session.clients_seen],
    }
    sealed = keyring.encrypt(to_json(stored), _PLACE, session.organiser_id, row_id)
    key = {
        "organiser": session.organiser_id,
        "system_id": taken.system_id,
        "operation": taken.operation,
        "key": taken.key,
    }
    await session.execute(_FORGET_EXPIRED, **key)
    await session.execute(
        _KEEP, **key, fingerprint=taken.fingerprint, row_id=row_id, status=response.status_code, answer=sealed
    )


async def forget(session: Session, system_id: UUID, operation: str, key: str) -> None:
    """What was answered under this key does not hold any more: the request may be worked out anew."""
    await session.execute(
        _FORGET, organiser=session.organiser_id, system_id=system_id, operation=operation, key=key
    )
