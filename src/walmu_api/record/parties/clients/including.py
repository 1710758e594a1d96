"""`include=client`: the clients of the items beside them, in one answer of a list."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import FORBIDDEN
from walmu_api.access.scopes import Scope
from walmu_api.foundation.schema_types import Message
from walmu_api.record.parties.clients import service
from walmu_api.record.parties.clients.schemas import ClientRecord

Include = Annotated[
    Literal["client"] | None,
    Query(
        description="`client`: also the records of the clients of the items, in `clients`; needs the right `clients:read`."
    ),
]


class WithClients(Message):
    """A page with the clients of its items."""

    clients: list[ClientRecord] | None = Field(
        None,
        description="With `include=client`: the clients of the items of this page, each once, as you may read them. An item "
        "names its own in `client_id`.",
    )


def check(ctx: RequestContext, include: Literal["client"] | None) -> None:
    """Whoever asks for records of clients has the right to read them."""
    if include is not None and Scope.CLIENTS_READ not in ctx.caller.scopes:
        raise FORBIDDEN(scope=Scope.CLIENTS_READ.value)


async def clients(ctx: RequestContext, include: Literal["client"] | None) -> Mapping[str, Sequence[bytes]]:
    """The clients whom the answer is about, in one statement. They are in the use log already."""
    if include is None:
        return {}
    found = await service.wire_records(ctx, sorted(ctx.session.clients_seen))
    return {"clients": [found[client_id] for client_id in sorted(found)]}
