"""Attendance: one day, many days, and why a day was not attended."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BeforeValidator

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import Form, GuardedRoute, body, idempotent_action, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import request_body, responses
from walmu_api.foundation.negotiation import language_of
from walmu_api.foundation.openapi import IfMatch, Limit, Page, gives, makes
from walmu_api.foundation.problems import check_order, refuse
from walmu_api.foundation.schema_types import Day, Id, SourceId, true_or_false
from walmu_api.record.everyday.attendance import batch_io, batches, export, justifications, rules, service
from walmu_api.record.everyday.attendance.schemas import (
    Attendance,
    AttendanceBatch,
    AttendanceEntry,
    AttendanceState,
    AttendanceVoiding,
    BatchOutcome,
    Confirmation,
    Justification,
    JustificationEntry,
    JustificationReview,
)

router = APIRouter(prefix="/v1", route_class=GuardedRoute)
Reader = Annotated[RequestContext, requires(Scope.ATTENDANCE_READ)]
Writer = Annotated[RequestContext, requires(Scope.ATTENDANCE_WRITE)]
Confirmer = Annotated[RequestContext, requires(Scope.ATTENDANCE_CONFIRM)]
Reviewer = Annotated[RequestContext, requires(Scope.JUSTIFICATIONS_REVIEW)]
TheDay = Annotated[Day, Path(description="The day, YYYY-MM-DD, in Finland.")]

BATCH_FORMS = {
    responses.JSON: Form(batch_io.read),
    batch_io.NDJSON: Form(
        batch_io.read_ndjson,
        batch_io.described("An AttendanceLine a line.", AttendanceBatch.EXAMPLE["items"]),
    ),
}
OUTCOME_LINES = {
    batch_io.NDJSON: batch_io.described(
        "A LineOutcome a line; the last line has `counts` and `causes`.",
        [
            *BatchOutcome.EXAMPLE["outcomes"],
            {name: BatchOutcome.EXAMPLE[name] for name in ("counts", "causes")},
        ],
    )
}

DayCursor = Annotated[
    str | None,
    Query(
        description="From the next link of the page before.",
        pattern=r"^[0-9a-f]{32}[01][0-9a-f]{4}$",
        examples=["01919b7e1f007c3a9d2e5b8f6a1c4d010b4f2"],
    ),
]


@router.put(
    "/agreements/{agreement_id}/attendance/{date}",
    operation_id="recordAttendance",
    tags=["attendance"],
    responses=makes(Attendance, "Recorded.", "Walmu-Warnings"),
)
async def record_attendance(
    agreement_id: Id,
    date: TheDay,
    entry: Annotated[AttendanceEntry, body(AttendanceEntry)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Record one day. The agreement and the day are the key, so a retry is harmless: equal content again is 200 with the
    same ETag and makes no version; other content needs If-Match.

    What a workplace says of a day is `unconfirmed` until its provider confirms, corrects or voids it; under If-Match the
    provider's word settles it, also in the same words."""
    data, version, created, warnings = await service.record_day(ctx, agreement_id, date, entry, if_match)
    location = f"/v1/agreements/{agreement_id}/attendance/{date}" if created else None
    response = responses.record(data, version, created_at=location)
    if warnings:
        response.headers["Walmu-Warnings"] = ", ".join(finding.kind.code for finding in warnings)
    return response


@router.get(
    "/agreements/{agreement_id}/attendance/{date}",
    operation_id="getAttendance",
    tags=["attendance"],
    responses=gives(Attendance),
)
async def get_attendance(
    agreement_id: Id,
    date: TheDay,
    ctx: Reader,
) -> Response:
    """Read one day."""
    data, version = await service.find_day(ctx, agreement_id, date)
    return responses.record(data, version)


@router.post(
    "/agreements/{agreement_id}/attendance/{date}/void",
    operation_id="voidAttendance",
    tags=["attendance"],
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
    """Void a day that was recorded in error. It stays readable as `voided`, counts nowhere and is missing again; a device
    that sends the old content once more does not bring it back: to record the day anew, send its ETag."""
    data, version = await service.void_day(ctx, agreement_id, date, voiding.reason, if_match)
    return responses.record(data, version)


@router.post(
    "/agreements/{agreement_id}/attendance/{date}/confirm",
    operation_id="confirmAttendance",
    tags=["attendance"],
    responses=gives(Attendance),
    dependencies=[idempotent_action],
)
async def confirm_attendance(
    agreement_id: Id, date: TheDay, ctx: Confirmer, if_match: IfMatch = None
) -> Response:
    """Confirm what a workplace said of a day, as it is; to correct it, PUT it under If-Match. A day that does not wait for
    its provider stays as it is. Send If-Match, so that you confirm what you read; it is honoured when it comes.

    Many days at once: send them as a batch with `if_version`."""
    data, version = await service.confirm_day(ctx, agreement_id, date, if_match)
    return responses.record(data, version)


@router.get(
    "/attendance",
    operation_id="listAttendance",
    tags=["attendance"],
    responses=gives(
        Page[Attendance], "A page, in a stable order.", "Link", etag=False, also=export.DESCRIBED
    ),
)
async def list_attendance(
    request: Request,
    ctx: Reader,
    agreement_id: Annotated[Id | None, Query(description="Only of this agreement.")] = None,
    client_id: Annotated[Id | None, Query(description="Only this client's.")] = None,
    provider_id: Annotated[Id | None, Query(description="Only at this provider.")] = None,
    first: Annotated[Day | None, Query(alias="from", description="From this day on.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Up to and with this day.")] = None,
    status: Annotated[AttendanceState | None, Query(description="Only with this status.")] = None,
    source_id: Annotated[SourceId | None, Query(description="The key your own system gave.")] = None,
    confirmation: Annotated[
        Confirmation | None,
        Query(description="Only what workplaces said: what waits for its provider, or what was settled."),
    ] = None,
    limit: Limit = 100,
    cursor: DayCursor = None,
) -> Response:
    """List days, in the order of agreement and date. `to` before `from` is 422 `out-of-order`, not an empty list.

    With `Accept: text/csv` or the media type of XLSX the whole selection is one file for a spreadsheet (`limit` and `cursor`
    do not matter), with headings and labels by `Accept-Language`, and the clients' names where you may read clients. More
    than 10,000 days are 422 `too-many-rows`."""
    refuse(check_order(first, last, "/query/to"))
    asked: service.Asked = {
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
        file = await service.whole_selection(ctx, asked, media_type=media_type, language=language)
        return _file(file, media_type, language)
    items, following = await service.list_days(ctx, asked, limit=limit, cursor=cursor)
    response = responses.page(request, items, following)
    response.headers["Vary"] = "Accept"
    return response


def _file(content: bytes, media_type: str, language: str) -> Response:
    name = "attendance.csv" if media_type == export.CSV else "attendance.xlsx"
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Language": language,
        "Vary": "Accept, Accept-Language",
    }
    return Response(content, 200, headers, media_type)


@router.get(
    "/attendance/{attendance_id}",
    operation_id="getAttendanceById",
    tags=["attendance"],
    responses=gives(Attendance),
)
async def get_attendance_by_id(
    attendance_id: Id,
    ctx: Reader,
) -> Response:
    """Read one day by its id, as the change feed names it."""
    data, version = await service.find_by_id(ctx, attendance_id)
    return responses.record(data, version)


@router.get(
    "/justifications/{justification_id}",
    operation_id="getJustificationById",
    tags=["attendance"],
    responses=gives(Justification),
)
async def get_justification_by_id(
    justification_id: Id,
    ctx: Reader,
) -> Response:
    """Read one justification by its id, as the change feed names it."""
    data, version = await justifications.find_by_id(ctx, justification_id)
    return responses.record(data, version)


@router.post(
    "/attendance-batches",
    operation_id="recordAttendanceBatch",
    tags=["attendance"],
    responses=gives(
        BatchOutcome, "One outcome for each line.", "Content-Language", etag=False, also=OUTCOME_LINES
    ),
)
async def record_batch(
    request: Request,
    rows: Annotated[
        list[batch_io.BatchLine], body(AttendanceBatch, limit=request_body.BATCH_LIMIT, forms=BATCH_FORMS)
    ],
    ctx: Writer,
    mode: Annotated[
        Literal["partial", "atomic"], Query(description="`atomic`: all lines or none.")
    ] = "partial",
    dry_run: Annotated[
        bool, BeforeValidator(true_or_false), Query(description="Run every rule, write nothing.")
    ] = False,
) -> Response:
    """Record many days at once: up to 10,000 lines and 8 MB, as one JSON document or as NDJSON (a line for each day).

    Rejected lines never harm the others. Nothing is ever overwritten silently, so a batch may be sent again at any time:
    what is there answers `unchanged`. To change a day, send `if_version`; a provider that sends a workplace's day so, in
    the same words, confirms it. `causes` groups the rejected lines by what is
    really wrong.

    In NDJSON a line that is not JSON is rejected by itself, and blank lines may stand at the end. With
    `Accept: application/x-ndjson` the answer has one outcome a line, and a last line with `counts` and `causes`."""
    language = language_of(request.headers.get("accept-language"))
    data, refused = await batches.record(
        ctx, rows, atomic=mode == "atomic", dry_run=dry_run, language=language
    )
    if refused:
        raise rules.BATCH_REJECTED().with_members(**data.as_members())
    body_of = data.as_ndjson() if request.state.answer_type == batch_io.NDJSON else data.as_json()
    headers = {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept, Accept-Language"}
    return Response(body_of, 200, headers, request.state.answer_type)


@router.put(
    "/agreements/{agreement_id}/attendance/{date}/justification",
    operation_id="giveJustification",
    tags=["attendance"],
    responses=makes(Justification),
)
async def give_justification(
    agreement_id: Id,
    date: TheDay,
    entry: Annotated[JustificationEntry, body(JustificationEntry)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Say why a day was not attended. A new justification replaces a rejected one; an accepted one stays."""
    row, created = await justifications.justify(ctx, agreement_id, date, entry, if_match)
    location = f"/v1/agreements/{agreement_id}/attendance/{date}/justification" if created else None
    return responses.record(justifications.wire(ctx.session, row), row.version, created_at=location)


@router.get(
    "/agreements/{agreement_id}/attendance/{date}/justification",
    operation_id="getJustification",
    tags=["attendance"],
    responses=gives(Justification),
)
async def get_justification(
    agreement_id: Id,
    date: TheDay,
    ctx: Reader,
) -> Response:
    """Read the justification of a day; 404 while it is missing."""
    row = await justifications.find(ctx, agreement_id, date)
    return responses.record(justifications.wire(ctx.session, row), row.version)


@router.post(
    "/agreements/{agreement_id}/attendance/{date}/justification/review",
    operation_id="reviewJustification",
    tags=["attendance"],
    responses=gives(Justification),
    dependencies=[idempotent_action],
)
async def review_justification(
    agreement_id: Id,
    date: TheDay,
    data: Annotated[JustificationReview, body(JustificationReview)],
    ctx: Reviewer,
    if_match: IfMatch = None,
) -> Response:
    """Accept or reject a justification. What the provider said stays beside what the organiser decided."""
    row = await justifications.review(ctx, agreement_id, date, data, if_match)
    return responses.record(justifications.wire(ctx.session, row), row.version)
