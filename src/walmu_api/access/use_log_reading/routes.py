"""Reading the use log: the auditor's view, itself logged."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from walmu_api.access import use_log
from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import requires
from walmu_api.access.scopes import Scope
from walmu_api.access.use_log_reading.schemas import UseLogItem
from walmu_api.foundation import responses
from walmu_api.foundation.openapi import Limit, PageCursor, lists
from walmu_api.foundation.problems import check_order, refuse
from walmu_api.foundation.schema_types import Day, Id
from walmu_api.foundation.statements import Statement

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["use log"])

LIST = Statement("""
select id, json_strip_nulls(json_build_object('id', id, 'at', to_char(at at time zone 'UTC',
  'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'client_ids', client_ids, 'organisation_id', organisation_id, 'system_id', system_id, 'person', person,
    'operation', operation,
    'resource_type', resource_type, 'question', question, 'purpose', purpose, 'request_id', request_id))::text as body
from use_log
where organiser_id = :organiser
  and (:client_id::uuid is null or client_ids && :named::uuid[] and (client_ids && :own::uuid[] or exists (
    select from client_merges m
    where m.organiser_id = :organiser and m.client_id = :client_id and m.unmerged_at is not null
      and client_ids @> array[m.read_as] and at between m.merged_at and m.unmerged_at)))
  and (:organisation_id::uuid is null or organisation_id = :organisation_id)
  and (:first::date is null or at >= :first::timestamp at time zone 'Europe/Helsinki')
  and (:last::date is null or at < (:last + 1)::timestamp at time zone 'Europe/Helsinki')
  and (:after::uuid is null or id > :after)
order by id limit :limit
""")

_ONE_PERSON = Statement("""
select client_id, read_as, unmerged_at is null as in_force from client_merges
where organiser_id = :organiser and (client_id = :client_id and unmerged_at is not null or read_as = :client_id)
""")


@router.get("/use-log", operation_id="listUseLog", responses=lists(UseLogItem))
async def list_use_log(
    request: Request,
    ctx: Annotated[RequestContext, requires(Scope.USE_LOG_READ)],
    client_id: Annotated[Id | None, Query(description="Only what was seen of this client.")] = None,
    organisation_id: Annotated[
        Id | None, Query(description="Only what systems of this organisation saw.")
    ] = None,
    first: Annotated[
        Day | None,
        Query(alias="from", description="From this day on, itself included; days are those of Finland."),
    ] = None,
    last: Annotated[Day | None, Query(alias="to", description="Up to this day, itself included.")] = None,
    limit: Limit = 100,
    cursor: PageCursor = None,
) -> Response:
    """Who saw whose data, when and why: one row for each answer, oldest first. Reading the log is written
    into it. Of a client into whom others were merged, what was seen of them too; of one that was merged for a time, what
    was seen meanwhile of the other."""
    refuse(check_order(first, last, "/query/to"))
    of_client = {"organiser": ctx.organiser_id, "client_id": client_id}
    merges = await ctx.session.fetch(_ONE_PERSON, **of_client) if client_id is not None else []
    own = {client_id, *(each["client_id"] for each in merges if each["in_force"])}
    rows = await ctx.session.fetch(
        LIST,
        own=[*own],
        named=[*own.union(each["read_as"] for each in merges)],
        organiser=ctx.organiser_id,
        client_id=client_id,
        organisation_id=organisation_id,
        first=first,
        last=last,
        after=responses.after(cursor),
        limit=limit + 1,
    )
    if client_id is not None:
        ctx.session.log_access(client_id)
    await use_log.append(ctx, "listUseLog", "use log")
    following = responses.key_text(rows[limit - 1]["id"]) if len(rows) > limit else None
    return responses.page(request, [row["body"].encode() for row in rows[:limit]], following)
