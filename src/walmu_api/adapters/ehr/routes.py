"""Seeing how exchange with the record systems goes."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import requires
from walmu_api.access.scopes import Scope
from walmu_api.adapters.ehr.schemas import DeliveryState, EhrDelivery, EhrInboxItem, EhrTarget, InboxState
from walmu_api.adapters.ehr.targets import OPENS_AFTER
from walmu_api.foundation import responses
from walmu_api.foundation.database import Session
from walmu_api.foundation.openapi import Limit, PageCursor, lists
from walmu_api.foundation.schema_types import Id
from walmu_api.foundation.statements import Statement

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["exchange"])
Reader = Annotated[RequestContext, requires(Scope.EHR_READ)]

_TARGETS = Statement(f"""
select t.id, t.name, t.dialect, t.active, s.revoked_on, t.last_success_at, t.last_failure_at, t.last_failure,
    t.failures_in_a_row >= {OPENS_AFTER} as resting,
    count(d.id) filter (where d.state in ('pending', 'retry', 'unknown'))::int as backlog,
    min(d.queued_at) filter (where d.state in ('pending', 'retry', 'unknown')) as oldest_waiting_at,
    (count(d.id) filter (where d.state = 'quarantined')
     + (select count(*) from ehr_inbox i where i.organiser_id = t.organiser_id and i.target_id = t.id
     and i.state = 'quarantined')
    )::int as quarantined
from ehr_targets t join connected_systems s on s.organiser_id = t.organiser_id and s.id = t.system_id
left join ehr_deliveries d on d.organiser_id = t.organiser_id and d.target_id = t.id
where t.organiser_id = :organiser and (:after::uuid is null or t.id > :after)
group by t.organiser_id, t.id, s.revoked_on order by t.id limit :limit
""")
_DELIVERIES = Statement("""
select d.id, t.name as target, d.resource_type, d.resource_id, d.wanted_version, d.sent_version, d.state,
  d.attempts,
    d.due_at, d.remote_id, d.failure, d.detail, d.queued_at, d.confirmed_at
from ehr_deliveries d join ehr_targets t on t.organiser_id = d.organiser_id and t.id = d.target_id
where d.organiser_id = :organiser and (:after::uuid is null or d.id > :after)
  and (:state::text is null or d.state = :state)
  and (:resource_id::uuid is null or d.resource_id = :resource_id)
order by d.id limit :limit
""")
_INBOX = Statement("""
select i.id, t.name as target, i.stream, i.remote_id, i.version, i.state, i.reason, i.received_at,
  i.settled_at
from ehr_inbox i join ehr_targets t on t.organiser_id = i.organiser_id and t.id = i.target_id
where i.organiser_id = :organiser and (:after::uuid is null or i.id > :after)
  and (:state::text is null or i.state = :state)
order by i.id limit :limit
""")


async def _page(
    request: Request,
    session: Session,
    statement: Statement,
    model: type[BaseModel],
    limit: int,
    cursor: str | None,
    **values: Any,
) -> Response:
    rows = await session.fetch(
        statement, organiser=session.organiser_id, after=responses.after(cursor), limit=limit + 1, **values
    )
    items = [
        model.model_validate(dict(row)).model_dump_json(exclude_none=True).encode() for row in rows[:limit]
    ]
    return responses.page(
        request, items, responses.key_text(rows[limit - 1]["id"]) if len(rows) > limit else None
    )


@router.get("/ehr/targets", operation_id="listEhrTargets", responses=lists(EhrTarget))
async def list_targets(
    request: Request, ctx: Reader, limit: Limit = 50, cursor: PageCursor = None
) -> Response:
    """The record systems: when they last answered, what waits for them, what is held back, and whether their
    connected system was revoked."""
    return await _page(request, ctx.session, _TARGETS, EhrTarget, limit, cursor)


@router.get("/ehr/deliveries", operation_id="listEhrDeliveries", responses=lists(EhrDelivery))
async def list_deliveries(
    request: Request,
    ctx: Reader,
    state: Annotated[DeliveryState | None, Query(description="Only in this state.")] = None,
    resource_id: Annotated[Id | None, Query(description="Only of this record.")] = None,
    limit: Limit = 100,
    cursor: PageCursor = None,
) -> Response:
    """What is to reach the record systems, and how far it is."""
    return await _page(
        request, ctx.session, _DELIVERIES, EhrDelivery, limit, cursor, state=state, resource_id=resource_id
    )


@router.get("/ehr/inbox", operation_id="listEhrInbox", responses=lists(EhrInboxItem))
async def list_inbox(
    request: Request,
    ctx: Reader,
    state: Annotated[InboxState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: PageCursor = None,
) -> Response:
    """What came from the record systems, and what became of it; a quarantined item tells why."""
    return await _page(request, ctx.session, _INBOX, EhrInboxItem, limit, cursor, state=state)
