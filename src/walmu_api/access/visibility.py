"""The one tenancy rule: whose records a caller may see. The policies of row-level security mirror it.

Organiser, record system and auditor see their organiser's records. A provider sees the records that name it,
while it has access to the client: from the start of a relationship to its end and a time of grace after it,
in which the days inside may still be read and corrected. A workplace sees what its own agreements name.
Everything else is 404.

ADR 13."""

from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, bindparam, select, text

from walmu_api.access.context import RequestContext
from walmu_api.foundation import records
from walmu_api.foundation.tables import Tenanted

GRACE_DAYS = 60
"""How long after its relationship a provider may still read and correct (later a policy)."""

_ORGANISATION = "cast(:organisation as uuid)"
_TODAY = "cast(:today as date)"

HAS_ACCESS = f"""exists (select from client_access a
    where a.organiser_id = {{row}}.organiser_id and a.client_id in ({{clients}})
      and a.organisation_id = {_ORGANISATION}
      and a.starts_on <= {_TODAY} and coalesce(a.ends_on, {_TODAY}) + {GRACE_DAYS} >= {_TODAY})"""


NOT_OVER = f"""exists (select from client_access a
    where a.organiser_id = {{row}}.organiser_id and a.client_id = {{row}}.client_id
      and a.organisation_id = {_ORGANISATION}
      and coalesce(a.ends_on, {_TODAY}) + {GRACE_DAYS} >= {_TODAY})"""
"""The same for the change feed, from before the start on: what the feed has passed it never tells again."""

_LAST_DAY = """least({row}.ends_on, (select r.ends_on from service_relationships r
    where r.organiser_id = {row}.organiser_id and r.id = {row}.service_relationship_id))"""
"""The last day of an agreement: its own or that of its service relationship, whichever is earlier."""

AT_WORKPLACE = f"""({{row}}.workplace_id = {_ORGANISATION} and {{row}}.status in ('signed', 'terminated')
    and {{row}}.starts_on <= {_TODAY} and {_LAST_DAY} + {GRACE_DAYS} >= {_TODAY})"""
"""An agreement whose days its workplace reads, reports and corrects: signed, begun, and not over for longer than the
time of grace."""

ANNEX = f"""({{row}}.workplace_id = {_ORGANISATION} and {{row}}.shown_version is not null
    and {{row}}.status <> 'voided' and {_LAST_DAY} >= {_TODAY})"""
"""An agreement whose annex its workplace reads: offered or signed, not void, and not over."""

SHOWN_AND_NOT_OVER = f"""({{row}}.workplace_id = {_ORGANISATION} and {{row}}.shown_version is not null
      and least({_LAST_DAY}, case when {{row}}.status = 'voided'
        then ({{row}}.recorded_at at time zone 'Europe/Helsinki')::date end) + {GRACE_DAYS} >= {_TODAY})"""
"""An agreement that was shown to its workplace and is not over; one that was voided is over since."""

NOT_OVER_FOR_WORKPLACE = f"""exists (select from agreements g
    where g.organiser_id = {{row}}.organiser_id and g.client_named = {{row}}.client_id
      and {SHOWN_AND_NOT_OVER.format(row="g")})"""
"""What the feed tells a workplace of a client: while one of its agreements was shown to it and is not over."""


def visible(row: str, *, workplaces: bool = False) -> str:
    """The SQL condition for records that name a provider, and with `workplaces` for agreements whose days their
    workplace sees.

    `:organisation` null sees all. That rows are the organiser's own is for the statement to ask."""
    own = (
        f"({row}.provider_id = {_ORGANISATION} and {HAS_ACCESS.format(row=row, clients=f'{row}.client_id')})"
    )
    if workplaces:
        own += f" or {AT_WORKPLACE.format(row=row)}"
    return f"({_ORGANISATION} is null or {own})"


SAME_TASK = f"""exists (select from service_relationships r
    where r.organiser_id = {{row}}.organiser_id and r.client_id = {{row}}.client_id
      and r.provider_id = {_ORGANISATION}
      and r.service_task ->> 'code' = {{row}}.service_task
      and r.starts_on <= least({_TODAY}, r.ends_on) and coalesce(r.ends_on, {_TODAY}) + {GRACE_DAYS} >= {_TODAY})"""
"""A provider carries out a service of the same service task for the client (457/2024, 15 §)."""

BY_ITS_AGREEMENT = f"""exists (select from agreements g
    where g.organiser_id = {{row}}.organiser_id and g.id = {{row}}.agreement_id
      and {AT_WORKPLACE.format(row="g")} and {_LAST_DAY.format(row="g")} >= {_TODAY})"""
"""In the time of grace a workplace reads its days only."""


def visible_document(row: str) -> str:
    """For the records that mirror national documents: a provider its own and what is shared with its service
    task, a workplace what it wrote itself under an agreement of its own."""
    own = (
        f"({row}.provider_id = {_ORGANISATION} and {HAS_ACCESS.format(row=row, clients=f'{row}.client_id')})"
    )
    shared = f"({row}.shared and {SAME_TASK.format(row=row)})"
    written = f"({row}.workplace_id = {_ORGANISATION} and {BY_ITS_AGREEMENT.format(row=row)})"
    return f"({_ORGANISATION} is null or {own} or {shared} or {written})"


def visible_client(row: str) -> str:
    """A client, or one whom it was merged into."""
    access = HAS_ACCESS.format(row=row, clients=f"{row}.id, {row}.merged_into")
    return f"({_ORGANISATION} is null or {access})"


def parameters(ctx: RequestContext) -> dict[str, Any]:
    """The values of `:organiser`, `:organisation` and `:today` for statements with these conditions."""
    return {"organiser": ctx.organiser_id, "organisation": ctx.tenant_scope, "today": ctx.today}


R = TypeVar("R", bound=Tenanted)


class VisibleRows(Generic[R]):
    """The rows of a table that a caller may see, by one of the conditions above."""

    def __init__(self, table: type[R], condition: str) -> None:
        self._table = table
        self._condition = text(condition).bindparams(bindparam("organisation"), bindparam("today"))

    def visible_to(self, ctx: RequestContext) -> Select[R]:
        return select(self._table).where(
            self._table.organiser_id == ctx.organiser_id,
            self._condition.bindparams(organisation=ctx.tenant_scope, today=ctx.today),
        )

    async def find(self, ctx: RequestContext, record_id: UUID, *, lock: bool = False) -> R:
        """The one row, or 404 for what is not there and for what is not yours alike."""
        return await records.find(
            ctx.session, self.visible_to(ctx).where(self._table.id == record_id), lock=lock
        )
