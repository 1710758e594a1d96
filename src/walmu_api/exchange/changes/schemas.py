"""The change feed on the wire."""

from typing import Any, Literal

from pydantic import Field

from walmu_api.exchange.registry import BY_TYPE
from walmu_api.foundation.schema_types import EXAMPLE_ID, Count, Id, Instant, Line, Message

ResourceType: Any = Literal[*sorted(BY_TYPE)]
"""The types of all resources, as the registry has them."""


class ChangeItem(Message):
    """One change of one record."""

    at: Instant
    resource_type: Line
    resource_id: Id
    version: Count
    change: Literal["created", "updated", "voided", "ended", "access-granted", "access-ended"]
    client_id: Id | None = None
    source_id: Line | None = None
    url: Line
    record: dict[str, Any] | None = Field(
        None, description="The record as it is now (maybe newer than this change), only while you may see it."
    )


class Changes(Message):
    """A page of the feed. Keep `next` and ask again: it is never null."""

    EXAMPLE = {
        "items": [
            {
                "at": "2026-10-05T10:30:00.000000Z",
                "resource_type": "decision",
                "resource_id": EXAMPLE_ID,
                "version": 1,
                "change": "created",
                "client_id": EXAMPLE_ID,
                "url": f"/v1/decisions/{EXAMPLE_ID}",
            }
        ],
        "next": "/v1/changes?cursor=MS43MDAuMQ",
        "more": False,
    }

    items: list[ChangeItem]
    next: str = Field(description="Relative URL to go on from.")
    more: bool = Field(description="True: there is more already; false: ask again in a while.")
