"""Bodies as operations declare them: which media types, how each is read, and what a process of its own does with
one."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from walmu_api.foundation import request_body
from walmu_api.foundation.negotiation import content_type
from walmu_api.foundation.problems import UNSUPPORTED_MEDIA_TYPE
from walmu_api.foundation.texts import json_in_nfc
from walmu_api.foundation.worksheets.reading import Worksheets

ASIDE = 256 * 1024
"""Bytes from which on reading a body would be felt by others: some 1,200 lines, five milliseconds."""


@dataclass(frozen=True)
class Form:
    """A media type of a body: how it is read (multipart with its Content-Type), what the contract shows but
    for the model.

    `then` is what a process of its own does with it (ADR 51): before the transaction, and only while the caller is
    there."""

    parse: Callable[..., Any]
    shown: Mapping[str, Any] | None = None
    takes_type: bool = False
    then: Callable[[Any, Worksheets], Coroutine[Any, Any, Any]] | None = None


def form_of(request: Request, limit: int, forms: Mapping[str, Form]) -> Form:
    """The form of the body that is announced; 413 or 415 before anything of it is read."""
    if (length := declared(request)) > limit:
        raise request_body.too_large(limit, length)
    data = request.headers.getlist("content-type")
    media_type, in_utf8 = content_type(data[0] if len(data) == 1 else "")
    packed = request.headers.get("content-encoding", "identity").strip().lower() != "identity"
    if media_type not in forms or not in_utf8 or packed:
        raise UNSUPPORTED_MEDIA_TYPE(expected=", ".join(forms))
    return forms[media_type]


async def parsed(form: Form, raw: bytes, request: Request) -> Any:
    """A large body beside the loop, so that other requests are answered meanwhile; a file always, as it may
    be packed."""
    if form.takes_type:
        return await asyncio.to_thread(form.parse, raw, request.headers["content-type"])
    if len(raw) > ASIDE:
        return await asyncio.to_thread(_parsed, form, raw)
    return _parsed(form, raw)


def _parsed(form: Form, raw: bytes) -> Any:
    """Texts come in in NFC (ADR 65)."""
    return form.parse(json_in_nfc(raw))


def declared(request: Request) -> int:
    """The length of the body as its sender tells it; 0 when it does not."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() else 0
