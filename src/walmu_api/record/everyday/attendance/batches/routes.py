"""Batches: many days of attendance in one request."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator

from walmu_api.access.bodies import Form
from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import body, deferrable, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import request_body, responses
from walmu_api.foundation.negotiation import language_of
from walmu_api.foundation.openapi import gives
from walmu_api.foundation.schema_types import true_or_false
from walmu_api.record.everyday.attendance import rules
from walmu_api.record.everyday.attendance.batches import parsing, service
from walmu_api.record.everyday.attendance.batches.parsing import NDJSON, ParsedLine, describe_ndjson
from walmu_api.record.everyday.attendance.batches.schemas import AttendanceBatch, BatchMode, BatchOutcome

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["attendance"])
Writer = Annotated[RequestContext, requires(Scope.ATTENDANCE_WRITE)]

BATCH_FORMS = {
    responses.JSON: Form(parsing.parse_json),
    NDJSON: Form(
        parsing.parse_ndjson, describe_ndjson("An AttendanceLine a line.", AttendanceBatch.EXAMPLE["items"])
    ),
}
OUTCOME_LINES = {
    NDJSON: describe_ndjson(
        "A LineOutcome a line; the last line has `counts` and `causes`.",
        [
            *BatchOutcome.EXAMPLE["outcomes"],
            {name: BatchOutcome.EXAMPLE[name] for name in ("counts", "causes")},
        ],
    )
}


@router.post(
    "/attendance-batches",
    operation_id="recordAttendanceBatch",
    responses=gives(
        BatchOutcome, "One outcome for each line.", "Content-Language", etag=False, also=OUTCOME_LINES
    ),
    dependencies=[deferrable],
)
async def record_batch(
    request: Request,
    lines: Annotated[
        Sequence[ParsedLine], body(AttendanceBatch, limit=request_body.BATCH_LIMIT, forms=BATCH_FORMS)
    ],
    ctx: Writer,
    mode: Annotated[
        BatchMode,
        Query(description="`atomic`: all lines are stored or none; `partial`: those that are right."),
    ] = "partial",
    dry_run: Annotated[
        bool,
        BeforeValidator(true_or_false),
        Query(description="True: every rule runs and every outcome is told, and nothing is stored."),
    ] = False,
) -> Response:
    """Record many days at once: up to 10,000 lines and 8 MB, as one JSON document or as NDJSON (a line for
    each day).

    Rejected lines never harm the others. Nothing is ever overwritten silently, so a batch may be sent again
    at any time: what is there answers `unchanged`. To change a day, send `if_version`; a provider that sends
    a workplace's day so, in the same words, confirms it. `causes` groups the rejected lines by what is really
    wrong.

    In NDJSON a line that is not JSON is rejected by itself, and blank lines may stand at the end. With
    `Accept: application/x-ndjson` the answer has one outcome a line, and a last line with `counts` and
    `causes`."""
    language = language_of(request.headers.get("accept-language"))
    data, refused = await service.record(
        ctx, lines, atomic=mode == "atomic", dry_run=dry_run, language=language
    )
    if refused:
        raise rules.BATCH_REJECTED().with_members(**data.as_members())
    body_of = data.as_ndjson() if request.state.answer_type == NDJSON else data.as_json()
    headers = {"Content-Language": language, "Vary": "Accept, Accept-Language"}
    return Response(body_of, 200, headers, request.state.answer_type)
