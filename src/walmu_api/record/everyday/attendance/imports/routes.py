"""Days on a worksheet, and the worksheet to fill in."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator

from walmu_api.access.bodies import Form
from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import body, deferrable, heavy, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import multipart, responses
from walmu_api.foundation.negotiation import language_of
from walmu_api.foundation.openapi import gives, header
from walmu_api.foundation.schema_types import Day, Id, true_or_false
from walmu_api.record.everyday.attendance.export import service as export
from walmu_api.record.everyday.attendance.imports import import_lines, service, template
from walmu_api.record.everyday.attendance.imports.schemas import AttendanceMapping
from walmu_api.record.everyday.worksheets.schemas import ImportOutcome
from walmu_api.record.everyday.worksheets.upload import LIMIT, described

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["attendance"])
Reader = Annotated[RequestContext, requires(Scope.ATTENDANCE_READ)]
Writer = Annotated[RequestContext, requires(Scope.ATTENDANCE_WRITE)]
SHOWN = described(
    "AttendanceMapping",
    "What the columns hold, where their names do not say it; a part of type application/json.",
    {
        "file": "Nro;Pvm;Tila;Syy;Tunnit\nS-0012;5.10.2026;P;;7,5 h\nS-0012;6.10.2026;poissa;oma sairaus;\n",
        "mapping": AttendanceMapping.EXAMPLE,
    },
    required=("file",),
)
FORMS = {multipart.MEDIA_TYPE: Form(import_lines.parts, SHOWN, takes_type=True, then=import_lines.read)}
TEMPLATES = {
    export.XLSX: {
        "schema": {"type": "string", "format": "binary", "description": "A workbook with one sheet."},
        "example": "PK…",
    },
    export.CSV: {
        "schema": {
            "type": "string",
            "description": "Semicolons, UTF-8 with a byte order mark; a planned day a line.",
        },
        "example": "\ufeffPäivä;Sukunimi;Etunimet;Paikka;Läsnäolo\r\n2026-10-05;Esimerkki;Testi;Kotola;\r\n",
    },
}


@router.post(
    "/attendance-imports",
    operation_id="importAttendance",
    responses=gives(ImportOutcome, "One outcome for each line.", "Content-Language", etag=False),
    dependencies=[heavy, deferrable],
)
async def import_attendance(
    request: Request,
    data: Annotated[import_lines.Import, body(AttendanceMapping, limit=LIMIT, forms=FORMS)],
    ctx: Writer,
    dry_run: Annotated[
        bool,
        BeforeValidator(true_or_false),
        Query(description="True: every rule runs and every outcome is told, and nothing is stored."),
    ] = False,
) -> Response:
    """Record the days of a worksheet, CSV or XLSX, up to 20,000 lines, each with the outcome of a batch.

    Columns are recognised by their names in Finnish, Swedish or English, words by their meaning (`läsnä`,
    `poissa`, `kyllä`, `ei`, labels of codes), days and durations as people write them; `mapping` says what is
    not known. A line names its agreement, or its client where the day falls under one agreement. What is not
    understood is rejected with its row and column. The same worksheet may be sent again at any time: what is
    there answers `unchanged`; a recorded day changes only with a column of its version. Rows that say nothing
    of their day yet are passed over."""
    language = language_of(request.headers.get("accept-language"))
    outcome = await service.run(ctx, data, dry_run=dry_run, language=language)
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    return Response(outcome, 200, headers, responses.JSON)


@router.get(
    "/attendance-imports/template",
    operation_id="getAttendanceTemplate",
    responses={
        200: {"description": "The worksheet.", "headers": header("Content-Language"), "content": TEMPLATES}
    },
    response_class=Response,
)
async def get_template(
    request: Request,
    ctx: Reader,
    first: Annotated[
        Day | None, Query(alias="from", description="From this day on; left out, from this Monday on.")
    ] = None,
    last: Annotated[
        Day | None, Query(alias="to", description="Up to this day, itself included; left out, one week.")
    ] = None,
    provider_id: Annotated[Id | None, Query(description="Only at this provider.")] = None,
) -> Response:
    """Read a worksheet to fill in: planned days of which nothing is recorded yet.

    The people are those whose days you read, by name where you may read clients; an agreement without fixed
    days has one row to fill its day in. Send it back with `POST /v1/attendance-imports`. At most 62 days."""
    media_type, language = request.state.answer_type, language_of(request.headers.get("accept-language"))
    file = await template.file(
        ctx, first, last, provider_id=provider_id, media_type=media_type, language=language
    )
    name = "attendance-template.csv" if media_type == export.CSV else "attendance-template.xlsx"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Language": language,
        "Vary": "Accept, Accept-Language",
    }
    return Response(file, 200, headers, media_type)
