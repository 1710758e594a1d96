"""How operations are documented: small builders for `responses=`, used by every routes file. The document
itself is completed in `walmu_api.contract`."""

from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, get_args

from fastapi import Header, Query
from pydantic import BaseModel, ConfigDict, Field

from walmu_api.foundation.schema_types import EXAMPLE_ID, Message, PageLimit

T = TypeVar("T")

Responses = dict[int | str, dict[str, Any]]

HEADERS: dict[str, dict[str, Any]] = {
    "Allow": {"description": "The methods that the path takes."},
    "Content-Language": {"description": "The language of the texts.", "example": "en"},
    "ETag": {
        "description": "Strong: the version in quotes. Send it in If-Match to change the record.",
        "example": '"1"',
    },
    "DocumentETag": {
        "description": "Strong: the SHA-256 of the bytes of the answer, in quotes.",
        "example": '"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
    },
    "Idempotency-Replayed": {
        "description": "`true`: the stored answer of an earlier request.",
        "example": "true",
    },
    "Link": {
        "description": "The next page, as in `next`; after a write, `rel=findings` where something in the "
        "record is doubtful.",
        "example": '</v1/clients?cursor=01919b7e1f007c3a9d2e5b8f6a1c4d01>; rel="next"',
    },
    "Location": {"description": "Relative URL of the record.", "example": f"/v1/clients/{EXAMPLE_ID}"},
    "Preference-Applied": {"description": "The preference that was followed.", "example": "respond-async"},
    "RateLimit": {
        "description": "How your system stands: requests left, and seconds until the whole quota is back.",
        "example": '"requests";r=996;t=1',
    },
    "RateLimit-Policy": {
        "description": "The quota of your system, and the seconds in which it comes back. A batch is one "
        "request.",
        "example": '"requests";q=1000;w=5',
    },
    "Retry-After": {"description": "Seconds to wait before trying again.", "example": "1"},
    "WWW-Authenticate": {"description": "How to authenticate.", "example": "Bearer"},
    "Walmu-Warnings": {
        "description": "Codes of what is doubtful in what was recorded.",
        "example": "reason-missing",
    },
    "X-Request-Id": {"description": "Yours where you sent one; quote it when you ask about a request."},
}
"""Response headers, documented once."""
for _data in HEADERS.values():
    _data["schema"] = {"type": "string"}


def header(*names: str) -> dict[str, Any]:
    """Documented headers of an answer."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def example_of(model: Any) -> dict[str, Any]:
    """The documented example of a message: its own part and those of the messages it extends. A page holds
    one item."""
    if isinstance(model, UnionType):
        return example_of(get_args(model)[0])
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        return {}
    of_parts = (getattr(part, "__pydantic_generic_metadata__", {"args": ()}) for part in model.__mro__)
    if inner := next((each["args"] for each in of_parts if each["args"]), ()):
        return {"items": [example_of(inner[0])], "next": None, "next_cursor": None}
    data: dict[str, Any] = {}
    for part in reversed(model.__mro__):
        data |= part.EXAMPLE if issubclass(part, Message) else {}
    return data


class Page(Message, Generic[T]):
    """One page of a list."""

    model_config = ConfigDict(json_schema_extra={"description": "One page of a list, in a stable order."})

    items: list[T] = Field(description="At most as many as `limit` says; empty when there are none.")
    next: str | None = Field(description="Relative URL of the next page; null on the last.")
    next_cursor: str | None = Field(
        description="The `cursor` of the next page alone, for the same filters; null on the last."
    )


IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag you read. Required to change a record that is there (428 without, 412 when "
        "stale).",
        max_length=200,
        examples=['"1"'],
    ),
]
Limit = Annotated[PageLimit, Query(description="Items on a page at most, 1–200.")]
WHOLE = 200
"""The page of a list that few read in parts."""
PageCursor = Annotated[
    str | None,
    Query(
        description="From the next link of the page before.",
        pattern=r"^[0-9a-f]{32}$",
        examples=["01919b7e1f007c3a9d2e5b8f6a1c4d01"],
    ),
]
DayCursor = Annotated[
    str | None,
    Query(
        description="From the next link of the page before.",
        pattern=r"^[0-9a-f]{32}[01][0-9a-f]{4}$",
        examples=["01919b7e1f007c3a9d2e5b8f6a1c4d010b4f2"],
    ),
]
"""The key of a page whose items are days of agreements: an agreement and a day."""

IF_NONE_MATCH_LIMIT = 200
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "An ETag you hold: 304 when it is still the one.",
    "schema": {"type": "string", "maxLength": IF_NONE_MATCH_LIMIT},
    "example": '"1"',
}


def gives(
    model: Any,
    description: str = "The record.",
    *headers: str,
    etag: bool = True,
    also: dict[str, Any] | None = None,
) -> Responses:
    """A 200 with this model; `also` are the other media types it may be asked for as, by Accept."""
    names = (*(("ETag",) if etag else ()), *headers)
    more = {"content": also} if also else {}
    return {200: {"model": model, "description": description, "headers": header(*names), **more}}


def makes(model: Any, description: str = "Recorded.", *headers: str) -> Responses:
    """A 201 with this model, or a 200 when the same content was there already."""
    created = {"model": model, "description": description, "headers": header("ETag", "Location", *headers)}
    return {201: created, **gives(model, "The same content was there already.", *headers)}


def lists(model: Any) -> Responses:
    """A page of this model."""
    return lists_as(Page[model])


def lists_as(page: Any) -> Responses:
    """A page that has more than its items."""
    return gives(page, "A page, in a stable order.", "Link", etag=False)
