"""Following attendance up: who has not reported, which justifications are open, and a period summed up."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import responses
from walmu_api.foundation.openapi import DayCursor, Limit, PageCursor, gives, lists_as
from walmu_api.foundation.problems import check_order, invalid, refuse
from walmu_api.foundation.schema_types import CodeWord, Day, Id
from walmu_api.record.everyday.attendance.rules import DAY_IN_FUTURE, PERIOD_TOO_LONG
from walmu_api.record.parties.clients import including
from walmu_api.record.parties.clients.including import Include
from walmu_api.reports.follow_up import open_justifications, summary
from walmu_api.reports.follow_up.missing import missing
from walmu_api.reports.follow_up.schemas import (
    AttendanceSummary,
    MissingReportPage,
    OpenJustificationPage,
    OpenJustificationState,
)

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["attendance"])
Reader = Annotated[RequestContext, requires(Scope.ATTENDANCE_READ)]
ReaderOfReasons = Annotated[RequestContext, requires(Scope.JUSTIFICATIONS_READ)]
LONGEST_PERIOD = 366
"""Days: a year."""


@router.get(
    "/attendance/missing", operation_id="listMissingAttendance", responses=lists_as(MissingReportPage)
)
async def list_missing_attendance(
    request: Request,
    ctx: Reader,
    on: Annotated[Day | None, Query(description="The day; left out, today. It is past or today.")] = None,
    provider_id: Annotated[Id | None, Query(description="Only at this provider.")] = None,
    include: Include = None,
    limit: Limit = 100,
    cursor: PageCursor = None,
) -> Response:
    """List who has not reported: clients whose agreement plans the day and of whom nothing is recorded.

    Planned are the days of a fixed week plan, but for Finnish public holidays and pauses of the service, and
    days that another day was moved to. Whatever is recorded is a report, `not_arranged` too; a voided day is
    none. Nothing is missing under agreements that are not signed, are over, are voided, have a flexible
    schedule or are employment, nor where the decision is not in force."""
    including.check(ctx, include)
    today = ctx.today
    if on is not None and on > today:
        raise invalid(DAY_IN_FUTURE.at("/query/on"))
    items, following = await missing(ctx, on=on or today, provider_id=provider_id, limit=limit, cursor=cursor)
    return responses.page(request, items, following, await including.clients(ctx, include))


@router.get(
    "/justifications", operation_id="listOpenJustifications", responses=lists_as(OpenJustificationPage)
)
async def list_open_justifications(
    request: Request,
    ctx: ReaderOfReasons,
    state: Annotated[
        OpenJustificationState | None, Query(description="Only in this state; left out, all that are open.")
    ] = None,
    client_id: Annotated[Id | None, Query(description="Only this client's.")] = None,
    provider_id: Annotated[Id | None, Query(description="Only at this provider.")] = None,
    first: Annotated[
        Day | None, Query(alias="from", description="From this day on, itself included.")
    ] = None,
    last: Annotated[Day | None, Query(alias="to", description="Up to this day, itself included.")] = None,
    reason: Annotated[
        CodeWord | None,
        Query(description="Only with this reason; `unknown` are those of which none was told."),
    ] = None,
    include: Include = None,
    limit: Limit = 100,
    cursor: DayCursor = None,
) -> Response:
    """List absences whose justification (perustelu) is open, in the order of agreement and date.

    Open are `missing`, `given` and not yet reviewed, and `rejected` and not yet replaced. A part-day is among
    them when it has a reason."""
    including.check(ctx, include)
    refuse(check_order(first, last, "/query/to"))
    items, following = await open_justifications.listing(
        ctx,
        client_id=client_id,
        provider_id=provider_id,
        first=first,
        last=last,
        state=state,
        reason=reason,
        limit=limit,
        cursor=cursor,
    )
    return responses.page(request, items, following, await including.clients(ctx, include))


@router.get(
    "/agreements/{agreement_id}/attendance-summary",
    operation_id="getAttendanceSummary",
    responses=gives(AttendanceSummary, "The period.", etag=False),
)
async def get_attendance_summary(
    agreement_id: Id,
    ctx: ReaderOfReasons,
    first: Annotated[
        Day | None,
        Query(
            alias="from", description="From this day on; left out, from the first day of the month of `to`."
        ),
    ] = None,
    last: Annotated[
        Day | None,
        Query(alias="to", description="Up to and with this day, at most 366 days; left out, today."),
    ] = None,
) -> Response:
    """Sum up a period of an agreement, with its days and whether absences are justified.

    It tells what was planned, what was recorded and what is missing up to today, and for each absence what
    the rule of the legal basis says and the organiser's review over it.

    By the act on rehabilitative work (189/2001) the four reasons of 1290/2002, chapter 10, section 3 count;
    own illness of more than three days in a run needs a certificate that covers the day, and a child's
    illness counts four days at a time. Under other bases any reason that was notified counts. Days that are
    not planned do not break a run."""
    last = last or ctx.today
    first = first or last.replace(day=1)
    refuse(check_order(first, last, "/query/to"))
    if last - first >= timedelta(days=LONGEST_PERIOD):
        raise invalid(PERIOD_TOO_LONG.at("/query/to", days=LONGEST_PERIOD))
    return responses.plain(await summary.summary(ctx, agreement_id, first, last))
