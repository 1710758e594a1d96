"""Identity codes inside documents are sealed, one by one, in the row and so in the journal."""

from typing import Any
from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.foundation.field_encryption import Seal

_PLACE = "documents|content"


def sealed(ctx: RequestContext, row_id: UUID, content: dict[str, Any] | None) -> Any:
    """The content with every identity code sealed for this row."""
    return Seal(ctx.cipher, _PLACE, ctx.organiser_id, row_id).sealed(content)


def opened(ctx: RequestContext, row_id: UUID, content: dict[str, Any] | None) -> Any:
    """The content as it was said."""
    return Seal(ctx.cipher, _PLACE, ctx.organiser_id, row_id).opened(content)
