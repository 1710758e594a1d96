"""The one line that a change of a record leaves in the journal."""

from typing import Any

from walmu_api.access.context import RequestContext
from walmu_api.foundation import journal
from walmu_api.foundation.tables import Recorded

_PARTIES = ("provider_id", "workplace_id")


async def record_change(
    ctx: RequestContext, resource_type: str, row: Recorded, change: str, replaced: str | None, **parties: Any
) -> None:
    """Append a change of this row. Client, provider and workplace are the row's own columns, unless `parties`
    says otherwise; `replaced` is the body that the change replaced, None at creation. The client is the one whom the
    record itself names (ADR 62)."""
    client_id = getattr(row, "client_named", None) or getattr(row, "client_id", None)
    named = {"client_id": client_id} | {name: getattr(row, name, None) for name in _PARTIES} | parties
    entry = journal.Change(
        resource_type, row.id, row.version, change, source_id=row.source_id, replaced=replaced, **named
    )
    await journal.append(ctx.session, ctx.actor, entry)
