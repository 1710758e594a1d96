"""Single days of attendance: record, read, void, confirm and list them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import body, follows_merges, heavy_files, idempotent_action, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import responses
from walmu_api.foundation.negotiation import language_of
from walmu_api.foundation.openapi import DayCursor, IfMatch, Limit, Page, gives, makes
from walmu_api.foundation.problems import check_order, refuse
from walmu_api.foundation.schema_types import Day, Id, SourceId
from walmu_api.record.everyday.attendance.days import service
from walmu_api.record.everyday.attendance.export import service as export
from walmu_api.record.everyday.attendance.parameters import DayFilters, TheDay
from walmu_api.record.everyday.attendance.schemas import (
    Attendance,
    AttendanceEntry,
    AttendanceState,
    AttendanceVoiding,
    Confirmation,
)

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["attendance"])
Reader = Annotated[RequestContext, requires(Scope.ATTENDANCE_READ)]
Writer = Annotated[RequestContext, requires(Scope.ATTENDANCE_WRITE)]
Confirmer = Annotated[RequestContext, requires(Scope.ATTENDANCE_CONFIRM)]


@router.put(
    "/agreements/{agreement_id}/attendance/{date}",
    operation_id="recordAttendance",
    responses=makes(Attendance, "Recorded.", "Walmu-Warnings"),
)
async def record_attendance(
    agreement_id: Id,
    date: TheDay,
    entry: Annotated[AttendanceEntry, body(AttendanceEntry)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Record one day. The agreement and the day are the key, so a retry is harmless: equal content again is
    200 with the same ETag and makes no version; other content needs If-Match.

    What a workplace says of a day is `unconfirmed` until its provider confirms, corrects or voids it; under
    If-Match the provider's word settles it, also in the same words."""
    data, version, created, warnings = await service.record_day(ctx, agreement_id, date, entry, if_match)
    location = f"/v1/agreements/{agreement_id}/attendance/{date}" if created else None
    response = responses.record(data, version, created_at=location)
    if warnings:
        response.headers["Walmu-Warnings"] = ", ".join(finding.kind.code for finding in warnings)
    return response


@router.get(
    "/agreements/{agreement_id}/attendance/{date}", operation_id="getAttendance", responses=gives(Attendance)
)
async def get_attendance(agreement_id: Id, date: TheDay, ctx: Reader) -> Response:
    """Read one day."""
    data, version = await service.find_day(ctx, agreement_id, date)
    return responses.record(data, version)


@router.post(
    "/agreements/{agreement_id}/attendance/{date}/void",
    operation_id="voidAttendance",
    responses=gives(Attendance),
    dependencies=[idempotent_action],
)
async def void_attendance(
    agreement_id: Id,
    date: TheDay,
    voiding: Annotated[AttendanceVoiding, body(AttendanceVoiding)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Void a day that was recorded in error. It stays readable as `voided`, counts nowhere and is missing
    again; a device that sends the old content once more does not bring it back: to record the day anew, send
    its ETag."""
    data, version = await service.void_day(ctx, agreement_id, date, voiding.reason, if_match)
    return responses.record(data, version)


@router.post(
    "/agreements/{agreement_id}/attendance/{date}/confirm",
    operation_id="confirmAttendance",
    responses=gives(Attendance),
    dependencies=[idempotent_action],
)
async def confirm_attendance(
    agreement_id: Id, date: TheDay, ctx: Confirmer, if_match: IfMatch = None
) -> Response:
    """Confirm what a workplace said of a day, as it is; to correct it, PUT it under If-Match. A day that does
    not wait for its provider stays as it is. Send If-Match, so that you confirm what you read; it is honoured
    when it comes.

    Many days at once: send them as a batch with `if_version`."""
    data, version = await service.confirm_day(ctx, agreement_id, date, if_match)
    return responses.record(data, version)


@router.get(
    "/attendance",
    operation_id="listAttendance",
    responses=gives(
        Page[Attendance], "A page, in a stable order.", "Link", etag=False, also=export.DESCRIBED
    ),
    dependencies=[heavy_files(export.DESCRIBED), follows_merges],
)
async def list_attendance(
    request: Request,
    ctx: Reader,
    agreement_id: Annotated[Id | None, Query(description="Only of this agreement.")] = None,
    client_id: Annotated[Id | None, Query(description="Only this client's.")] = None,
    provider_id: Annotated[Id | None, Query(description="Only at this provider.")] = None,
    first: Annotated[
        Day | None, Query(alias="from", description="From this day on, itself included.")
    ] = None,
    last: Annotated[Day | None, Query(alias="to", description="Up to this day, itself included.")] = None,
    status: Annotated[AttendanceState | None, Query(description="Only with this status.")] = None,
    source_id: Annotated[
        SourceId | None, Query(description="Only the record to which your own system gave this key.")
    ] = None,
    confirmation: Annotated[
        Confirmation | None,
        Query(description="Only what workplaces said: what waits for its provider, or what was settled."),
    ] = None,
    limit: Limit = 100,
    cursor: DayCursor = None,
) -> Response:
    """List days, in the order of agreement and date. `to` before `from` is 422 `out-of-order`, not an empty
    list.

    With `Accept: text/csv` or the media type of XLSX the whole selection is one file for a spreadsheet
    (`limit` and `cursor` do not matter), with headings and labels by `Accept-Language`, and the clients'
    names where you may read clients. More than 10,000 days are 422 `too-many-rows`."""
    refuse(check_order(first, last, "/query/to"))
    filters: DayFilters = {
        "agreement_id": agreement_id,
        "client_id": client_id,
        "provider_id": provider_id,
        "first": first,
        "last": last,
        "status": status,
        "source_id": source_id,
        "confirmation": confirmation,
    }
    media_type = request.state.answer_type
    if media_type != responses.JSON:
        language = language_of(request.headers.get("accept-language"))
        file = await export.export_days(ctx, filters, media_type=media_type, language=language)
        return _file(file, media_type, language)
    items, following = await service.list_days(ctx, filters, limit=limit, cursor=cursor)
    response = responses.page(request, items, following)
    response.headers["Vary"] = "Accept"
    return response


def _file(content: bytes, media_type: str, language: str) -> Response:
    name = "attendance.csv" if media_type == export.CSV else "attendance.xlsx"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Language": language,
        "Vary": "Accept, Accept-Language",
    }
    return Response(content, 200, headers, media_type)


@router.get("/attendance/{attendance_id}", operation_id="getAttendanceById", responses=gives(Attendance))
async def get_attendance_by_id(attendance_id: Id, ctx: Reader) -> Response:
    """Read one day by its id, as the change feed names it."""
    data, version = await service.find_by_id(ctx, attendance_id)
    return responses.record(data, version)
