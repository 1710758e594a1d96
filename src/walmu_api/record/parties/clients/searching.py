"""Looking for clients by name."""

from collections.abc import Sequence
from datetime import date

from walmu_api.access.context import RequestContext
from walmu_api.record.parties.clients import names
from walmu_api.record.parties.clients.service import visible_to
from walmu_api.record.parties.clients.tables import ClientRow


async def by_name(
    ctx: RequestContext, name: str, date_of_birth: date | None, limit: int
) -> Sequence[ClientRow]:
    """The clients whose present names have all of these words; nobody, where there is no word."""
    if not (asked := names.word_indexes(ctx.cipher, ctx.organiser_id, name)):
        return ()
    statement = visible_to(ctx).where(ClientRow.merged_into.is_(None), ClientRow.name_words.contains(asked))
    if date_of_birth is not None:
        statement = statement.where(
            ClientRow.birthday_index == names.birthday_index(ctx.cipher, ctx.organiser_id, date_of_birth)
        )
    return (await ctx.session.orm.scalars(statement.order_by(ClientRow.id).limit(limit))).all()
