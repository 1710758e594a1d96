"""The change feed on the wire."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from walmu_api.access.resource import DISCLOSING, Disclosed
from walmu_api.exchange.registry import BY_TYPE
from walmu_api.foundation.content_types import Content
from walmu_api.foundation.schema_types import Count, Id, Instant, Line, Message

ResourceType: Any = TypeAliasType(  # the values are the registry's
    "ResourceType", Annotated[Literal[*sorted(BY_TYPE)], Field(description="The type of a record.")]
)
ChangeKind = TypeAliasType(
    "ChangeKind",
    Annotated[
        Literal[
            "created", "updated", "voided", "ended", "merged", "unmerged", "access-granted", "access-ended"
        ],
        Field(description="What happened to the record."),
    ],
)


class ChangeItem(Message):
    """One change of one record."""

    at: Instant = Field(description="When the change was recorded (server clock).")
    resource_type: Line = Field(
        description="What kind of record changed; new kinds may come, pass over those you do not know."
    )
    resource_id: Id = Field(description="Id of the record that changed.")
    version: Count = Field(description="Version of the record that the change made.")
    change: ChangeKind = Field(
        description="What happened. `access-granted`, `access-ended`: your reading of it began or ended. `merged`, `unmerged`: "
        "the client `resource_id` is the same person as the client `client_id`, and what was recorded of it is read under "
        "that one from now on; or no longer."
    )
    client_id: Id | None = Field(
        None, description="The client whom the record is about; left out where it is about none."
    )
    source_id: Line | None = Field(
        None, description="The key that the record's sender gave it, where you may see it."
    )
    url: Line = Field(description="Relative URL of the record.")
    record: dict[str, Any] | None = Field(
        None, description="The record as it is now (maybe newer than this change), only while you may see it."
    )


def _of_item(item: Content) -> Iterable[Disclosed]:
    """What the record of an item discloses. An item without its record holds ids only."""
    disclosing = BY_TYPE[item["resource_type"]].definition.disclosing
    return disclosing(item["record"]) if "record" in item and disclosing is not None else ()


DISCLOSING[ChangeItem] = _of_item


class Changes(Message):
    """A page of the feed. Keep `next` and ask again: it is never null."""

    items: list[ChangeItem] = Field(description="The changes, oldest first; may be empty.")
    next: str = Field(description="Relative URL to go on from.")
    next_cursor: str = Field(description="The `cursor` to go on from alone, for the same filters.")
    more: bool = Field(description="True: there is more already; false: ask again in a while.")
