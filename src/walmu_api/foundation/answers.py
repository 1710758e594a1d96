"""Answers: a record with its ETag, a page of records with its next link."""

import base64
from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from walmu_api.foundation.preconditions import etag
from walmu_api.foundation.problems import INVALID_VALUE, invalid

JSON = "application/json"


def record(body: bytes, version: int, *, created_at: str | None = None) -> Response:
    """One record. `created_at` is its relative URL when this request made it: 201 with Location."""
    headers = {"ETag": etag(version), "Cache-Control": "no-cache"}
    if created_at is None:
        return Response(body, 200, headers, JSON)
    return Response(body, 201, headers | {"Location": created_at}, JSON)


def plain(body: bytes) -> Response:
    return Response(body, 200, {"Cache-Control": "no-store"}, JSON)


def page(request: Request, items: Sequence[bytes], next_key: str | None) -> Response:
    """`{"items": […], "next": url or null}`; the next link is relative and keeps the filters."""
    headers = {"Cache-Control": "no-cache"}
    following = b"null"
    if next_key is not None:
        asked = dict(request.query_params) | {"cursor": next_key}
        url = f"{request.scope['path']}?{urlencode(asked)}"
        headers["Link"] = f'<{url}>; rel="next"'
        following = b'"' + url.encode() + b'"'
    return Response(b'{"items":[' + b",".join(items) + b'],"next":' + following + b"}", 200, headers, JSON)


def after(cursor: str | None, parts: int = 1) -> list[str] | None:
    """The key that an opaque page cursor holds."""
    if cursor is None:
        return None
    try:
        plain_text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        key = plain_text.split("|")
        if len(key) != parts:
            raise ValueError
        UUID(key[0])
    except ValueError:
        raise invalid(INVALID_VALUE.at("/query/cursor", reason="not a cursor that this list gave")) from None
    return key


def key_text(*parts: object) -> str:
    return base64.urlsafe_b64encode("|".join(map(str, parts)).encode()).decode().rstrip("=")
