"""How operations are documented: small builders for `responses=`, used by every routes file. The document itself is
completed in `walmu_api.contract`."""

from typing import Annotated, Any, Generic, TypeVar

from fastapi import Header, Path, Query
from pydantic import Field

from walmu_api.foundation.wire import Message, PageLimit

T = TypeVar("T")

Responses = dict[int | str, dict[str, Any]]


class Page(Message, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(description="Relative URL of the next page; null on the last.")


IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag you read. Required to change a record that is there (428 without, 412 when stale).",
        max_length=200,
    ),
]
Limit = Annotated[PageLimit, Query(description="Items on a page, 1–200.")]
PageCursor = Annotated[
    str | None,
    Query(description="From the next link of the page before.", max_length=200, pattern=r"^[A-Za-z0-9_-]+$"),
]

_ETAG = {"description": "Strong: the version in quotes.", "schema": {"type": "string"}}
_LOCATION = {"description": "Relative URL of the record.", "schema": {"type": "string"}}


def gives(model: Any, description: str = "The record.", *, etag: bool = True) -> Responses:
    """A 200 with this model."""
    told: dict[str, Any] = {"model": model, "description": description}
    if etag:
        told["headers"] = {"ETag": _ETAG}
    return {200: told}


def makes(model: Any, description: str = "Recorded.") -> Responses:
    """A 201 with this model, or a 200 when the same content was there already."""
    return {
        201: {"model": model, "description": description, "headers": {"ETag": _ETAG, "Location": _LOCATION}},
        **gives(model, "The same content was there already."),
    }


def lists(model: Any) -> Responses:
    """A page of this model."""
    return gives(Page[model], "A page, in a stable order.", etag=False)


def path_id(description: str) -> Any:
    return Path(description=description)
