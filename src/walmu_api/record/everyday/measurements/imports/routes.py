"""Importing measurements from a worksheet."""

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
from walmu_api.foundation.openapi import gives
from walmu_api.foundation.schema_types import EXAMPLE_ID, true_or_false
from walmu_api.record.everyday.measurements.imports import import_lines, service
from walmu_api.record.everyday.measurements.imports.schemas import MeasurementMapping
from walmu_api.record.everyday.worksheets.schemas import ImportOutcome
from walmu_api.record.everyday.worksheets.upload import LIMIT, described

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["measurements"])
SHOWN = described(
    "MeasurementMapping",
    "Which column holds what; a part of type application/json.",
    {
        "file": f"Asiakas;Vaihe;Vastattu;Osallisuus;Työkyky\n{EXAMPLE_ID};Alku;7.9.2026;6,4;5\n{EXAMPLE_ID};Loppu;5.10.2026;7,1;55\n",
        "mapping": MeasurementMapping.EXAMPLE,
    },
    required=("file", "mapping"),
)
FORMS = {multipart.MEDIA_TYPE: Form(import_lines.parts, SHOWN, takes_type=True, then=import_lines.read)}


@router.post(
    "/measurement-imports",
    operation_id="importMeasurements",
    responses=gives(ImportOutcome, "One outcome for each line.", "Content-Language", etag=False),
    dependencies=[heavy, deferrable],
)
async def import_measurements(
    request: Request,
    data: Annotated[import_lines.Import, body(MeasurementMapping, limit=LIMIT, forms=FORMS)],
    ctx: Annotated[RequestContext, requires(Scope.MEASUREMENTS_WRITE)],
    dry_run: Annotated[
        bool,
        BeforeValidator(true_or_false),
        Query(description="True: every rule runs and every outcome is told, and nothing is stored."),
    ] = False,
) -> Response:
    """Import measurements from a worksheet, as the institute's service or a spreadsheet gives it: up to
    20,000 lines in one request, each with its outcome.

    `mapping` says which column holds what, and how the client is found. A line that does not fit is rejected
    by itself; `causes` groups the rejected ones. The same worksheet may be sent again at any time: what is
    there answers `unchanged`, and nothing is overwritten: to change a measurement, replace it. Formulas are
    not worked out: the value that was saved is taken, with a warning. Hidden rows and sheets are left out and
    told of."""
    language = language_of(request.headers.get("accept-language"))
    outcome = await service.run(ctx, data, dry_run=dry_run, language=language)
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    return Response(outcome, 200, headers, responses.JSON)
