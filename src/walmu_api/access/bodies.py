"""Bodies as operations declare them: which media types, how each is read, and what a process of its own does with
one."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

from walmu_api.foundation import request_body
from walmu_api.foundation.negotiation import content_type
from walmu_api.foundation.problems import UNSUPPORTED_MEDIA_TYPE
from walmu_api.foundation.worksheets.reading import Worksheets

T = TypeVar("T")
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
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise request_body.too_large(limit, int(length))
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
    return await asyncio.to_thread(form.parse, raw) if len(raw) > ASIDE else form.parse(raw)


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of long work that ends when the caller hangs up: nobody would read what came of it."""
    task, gone = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientDisconnect
        return task.result()
    finally:
        for each in (task, gone):
            each.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
