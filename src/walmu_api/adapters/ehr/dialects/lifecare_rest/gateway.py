"""Speaking `lifecare_rest` over HTTP, and saying of every answer which class it is.

Nothing secret or personal is in an address except an id of ours. Nothing is retried here: that is the
engine's."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import httpx
from pydantic_core import from_json, to_json

from walmu_api.adapters.ehr.dialects.lifecare_rest import mapping
from walmu_api.adapters.ehr.port import (
    Day,
    DecisionMessage,
    Done,
    Draft,
    DraftMessage,
    Failed,
    Failure,
    Notice,
    Notices,
    Outcome,
    PersonMessage,
    Proposal,
)

BASE = "/lifecare/ec/api/v1"
PAGE = 200
OVERLAP = timedelta(minutes=10)
MOST_PAGES = 20
LONGEST = 10.0
"""Seconds for one call, however slowly an answer drips: less than a lane's lease."""
LONGEST_WAIT = 86_400.0
_CLASSES = {
    400: Failure.SEMANTIC_PERMANENT,
    401: Failure.AUTH,
    403: Failure.AUTH,
    404: Failure.DEPENDENCY,
    409: Failure.CONFLICT,
    412: Failure.CONFLICT,
    413: Failure.SEMANTIC_PERMANENT,
    422: Failure.SEMANTIC_PERMANENT,
    423: Failure.SEMANTIC_DEFERRED,
    429: Failure.THROTTLED,
    501: Failure.NOT_SUPPORTED,
}
_UNSURE = {408}
"""Statuses that, like all from 500 on, leave open whether something was done."""
_PROPOSALS: dict[str, Literal["waiting", "decided", "refused"]] = {
    "Received": "waiting",
    "Decided": "decided",
    "Refused": "refused",
}


class LifecareRest:
    """One target that speaks this dialect."""

    def __init__(
        self, base_url: str, api_key: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url.rstrip("/") + BASE,
            headers={"X-API-Key": api_key, "Accept": "application/json"},
            timeout=httpx.Timeout(10, connect=2),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=16),
            transport=transport,
            trust_env=False,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def _call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: dict[str, str] | None = None,
        repeatable: bool = True,
    ) -> Outcome[Any]:
        """One exchange. `repeatable` false: whatever leaves us unsure is an unknown outcome."""
        unsure = Failure.TRANSIENT if repeatable else Failure.UNKNOWN_OUTCOME
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            async with asyncio.timeout(LONGEST):
                answer = await self._http.request(
                    method,
                    path,
                    content=to_json(body) if body is not None else None,
                    params=query,
                    headers=headers,
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return Failed(Failure.TRANSIENT, "the record system does not answer")
        except (httpx.HTTPError, TimeoutError) as error:
            return Failed(unsure, f"the answer did not arrive ({type(error).__name__})")
        if answer.status_code >= 400:
            return _failed(answer, unsure)
        return _value(answer, Failure.MALFORMED_REMOTE if repeatable else Failure.UNKNOWN_OUTCOME)

    async def health(self) -> Outcome[None]:
        outcome = await self._call("GET", "/health")
        if isinstance(outcome, Failed):
            return outcome
        up = isinstance(outcome.value, dict) and outcome.value.get("Status") == "Up"
        return Done(None) if up else Failed(Failure.TRANSIENT, "the record system says that it is not up")

    async def decision_changes(self, position: str | None, *, again: bool) -> Outcome[Notices]:
        return await self._changes("/decisions", position, again, "Revision")

    async def draft_changes(self, position: str | None, *, again: bool) -> Outcome[Notices]:
        return await self._changes("/decision_proposals", position, again, None)

    async def _changes(
        self, path: str, position: str | None, again: bool, version: str | None
    ) -> Outcome[Notices]:
        """What changed since `position`, page after page. `again` reads the last ten minutes once more, for
        what was late."""
        since = _earlier(position) if again and position is not None else position
        notices: list[Notice] = []
        for _ in range(MOST_PAGES):
            query = {"limit": str(PAGE)} | ({"gt": since} if since is not None else {})
            outcome = await self._call("GET", path, query=query)
            if isinstance(outcome, Failed):
                return outcome
            try:
                items = outcome.value["Items"]
                notices += [_notice(item, version) for item in items]
                since = _instant(items[-1]["Modified"]) if items else since
            except (KeyError, TypeError, ValueError, AttributeError):
                return Failed(Failure.MALFORMED_REMOTE, "the list has another shape")
            if len(items) < PAGE:
                break
        following = max(filter(None, (since, position)), default=None)
        return Done(Notices(notices, following))

    def read_decision(self, content: bytes) -> DecisionMessage:
        return mapping.decision(content)

    def read_person(self, content: bytes) -> PersonMessage:
        return mapping.person(content)

    def read_draft(self, content: bytes) -> DraftMessage:
        return mapping.draft_message(content)

    async def submit_draft(self, draft: Draft) -> Outcome[str]:
        outcome = await self._call(
            "POST", "/decision_proposals", body=mapping.proposal(draft), repeatable=False
        )
        return _id(outcome, Failure.UNKNOWN_OUTCOME)

    async def replace_draft(self, remote_id: str, draft: Draft) -> Outcome[str]:
        return _id(await self._call("PUT", f"/decision_proposals/{remote_id}", body=mapping.proposal(draft)))

    async def find_draft(self, decision_id: str) -> Outcome[Proposal | None]:
        outcome = await self._call("GET", "/decision_proposals", query={"q": f"ExternalId='{decision_id}'"})
        if isinstance(outcome, Failed):
            return outcome
        try:
            items = [item for item in outcome.value["Items"] if item["ExternalId"] == decision_id]
            newest = max(items, key=lambda item: int(item["Id"]), default=None)
            return Done(newest and Proposal(str(newest["Id"]), _PROPOSALS[newest["Status"]]))
        except (KeyError, TypeError, ValueError):
            return Failed(Failure.MALFORMED_REMOTE, "the list has another shape")

    async def upsert_attendance(self, day: Day) -> Outcome[str]:
        if day.content["status"] == "voided":
            return await self._withdraw(day)
        return _id(await self._call("POST", "/reported_visits", body=mapping.visit(day)))

    async def _withdraw(self, day: Day) -> Outcome[str]:
        """A day recorded in error is taken back."""
        outcome = await self._call("DELETE", "/reported_visits", query=mapping.withdrawn(day))
        return outcome if isinstance(outcome, Failed) else Done("")


def _failed(answer: httpx.Response, unsure: Failure) -> Failed:
    after = answer.headers.get("retry-after", "")
    status = answer.status_code
    otherwise = unsure if status >= 500 or status in _UNSURE else Failure.SEMANTIC_PERMANENT
    seconds = min(float(after), LONGEST_WAIT) if after.isascii() and after.isdigit() else None
    return Failed(_CLASSES.get(status, otherwise), f"HTTP {status}", seconds)


def _value(answer: httpx.Response, otherwise: Failure) -> Outcome[Any]:
    if answer.status_code == 204:
        return Done(None)
    media_type = answer.headers.get("content-type", "").split(";")[0].strip()
    if answer.status_code >= 300 or media_type != "application/json":
        return Failed(otherwise, f"HTTP {answer.status_code} with another content")
    try:
        return Done(from_json(answer.content))
    except ValueError:
        return Failed(otherwise, "the answer is not JSON")


def _id(outcome: Outcome[Any], otherwise: Failure = Failure.MALFORMED_REMOTE) -> Outcome[str]:
    if isinstance(outcome, Failed):
        return outcome
    found = outcome.value.get("Id") if isinstance(outcome.value, dict) else None
    return Done(str(found)) if type(found) is int else Failed(otherwise, "the answer has no Id")


def _notice(item: dict[str, Any], version: str | None) -> Notice:
    """One that has no usable version is kept as version 0, and set aside when it is read: it must not stop
    the others."""
    number: Any = item.get(version) if version else _as_number(item["Modified"])
    usable = type(number) is int and 0 < number < 2**63
    return Notice(str(int(item["Id"])), number if usable else 0, to_json(item))


def _instant(text: str) -> str:
    """Always with six digits, so that positions compare as text."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _earlier(position: str) -> str:
    return _instant(str(datetime.fromisoformat(position) - OVERLAP))


def _as_number(instant: str) -> int:
    """The instant as microseconds: a version for what has none."""
    return int(datetime.fromisoformat(instant).timestamp() * 1_000_000)
