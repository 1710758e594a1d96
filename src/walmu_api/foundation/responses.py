"""Answers: a record with its ETag, a page of records with its next link. What caches may do with them the guard says."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from pydantic_core import from_json, to_json
from starlette.requests import Request
from starlette.responses import Response

from walmu_api.foundation.patterns import without_odd
from walmu_api.foundation.preconditions import etag

JSON = "application/json"
_FIRST_DAY = date(1900, 1, 1).toordinal()


def record(body: bytes, version: int | str, *, created_at: str | None = None) -> Response:
    """One record. `created_at` is its relative URL when this request made it: 201 with Location."""
    headers = {"ETag": etag(version)}
    if created_at is None:
        return Response(body, 200, headers, JSON)
    return Response(body, 201, headers | {"Location": created_at}, JSON)


def plain(body: bytes) -> Response:
    return Response(body, 200, None, JSON)


def page(
    request: Request,
    items: Sequence[bytes],
    next_key: str | None,
    beside: Mapping[str, Sequence[bytes]] | None = None,
) -> Response:
    """`{"items": […], "next": url or null, "next_cursor": cursor or null}`; the next link is relative and keeps the
    filters (ADR 10). `beside` are lists of what the items refer to, by the names of their members."""
    headers, following = {}, b"null"
    cursor = b"null"
    if next_key is not None:
        asked = dict(request.query_params) | {"cursor": next_key}
        url = f"{request.scope['path']}?{urlencode(asked)}"
        headers["Link"] = f'<{url}>; rel="next"'
        following, cursor = f'"{url}"'.encode(), f'"{next_key}"'.encode()
    more = b"".join(
        b',"' + name.encode() + b'":[' + b",".join(each) + b"]" for name, each in (beside or {}).items()
    )
    tail = b'],"next":' + following + b',"next_cursor":' + cursor + more + b"}"
    return Response(b'{"items":[' + b",".join(items) + tail, 200, headers, JSON)


def page_of(request: Request, items: Iterable[bytes], limit: int, cursor: str | None) -> Response:
    """A page of a list that is there whole, of records that are not found by an id. Its cursor counts how many of them the
    pages before had, and looks like every other."""
    start = int(cursor[:32], 16) if cursor is not None else 0
    left = [*items][min(start, sys.maxsize) :]
    return page(request, left[:limit], f"{start + limit:032x}" if len(left) > limit else None)


def after(cursor: str | None) -> UUID | None:
    """The id that a page cursor goes on from. Its form is in the contract, so that one that is well formed is
    good."""
    return UUID(cursor[:32]) if cursor is not None else None


def after_day(cursor: str | None) -> date | None:
    """The day that the cursor of a list by day goes on from."""
    return date.fromordinal(_FIRST_DAY + int(cursor[32:], 16)) if cursor is not None else None


def key_text(key: UUID, day: date | None = None) -> str:
    return key.hex + (f"{day.toordinal() - _FIRST_DAY:05x}" if day is not None else "")


def without_odd_text(response: Response) -> Response:
    """The answer without characters that no text may hold, which older rows still have. PostgreSQL makes the JSON of days,
    and passes them on."""
    body = bytes(response.body)
    if not (b"\\u00" in body or b"\xef\xbf" in body) or not holds_json(response):
        return response
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    cleaned = to_json(without_odd(from_json(body)))
    return Response(cleaned, response.status_code, headers, response.media_type)


def holds_json(response: Response) -> bool:
    """Whether the answer has a body in JSON. An answer that was kept has its type among the headers only."""
    return bool(response.body) and response.headers.get("content-type", "").partition(";")[0] == JSON
