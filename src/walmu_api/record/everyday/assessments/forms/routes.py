"""Assessment forms: one uniform form for the whole county is the organiser's data."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BeforeValidator, Field

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import RouteWithoutClientData
from walmu_api.access.markers import body, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import responses
from walmu_api.foundation.openapi import WHOLE, IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.schema_types import Day, whole_number
from walmu_api.record.everyday.assessments.forms import service
from walmu_api.record.everyday.assessments.forms.schemas import (
    AssessmentForm,
    AssessmentFormEntry,
    FormAudience,
    FormKey,
)

router = APIRouter(prefix="/v1", route_class=RouteWithoutClientData, tags=["assessments"])
Reader = Annotated[RequestContext, requires(Scope.ASSESSMENT_FORMS_READ)]
Writer = Annotated[RequestContext, requires(Scope.ASSESSMENT_FORMS_WRITE)]
Key = Annotated[
    str,
    Path(
        description="The form's key, or its id from the change feed.",
        examples=["uniform"],
        pattern=r"^[a-z0-9_-]{1,64}$",
    ),
]
Named = Annotated[
    FormKey,
    Path(alias="form", description="The form's key; a new one makes a new form.", examples=["uniform"]),
]
Number = Annotated[
    int,
    Field(ge=1, le=999_999_999, json_schema_extra={"format": "int32"}),
    BeforeValidator(whole_number),
    Path(description="Which version of the form, from 1.", examples=[1]),
]


@router.get("/assessment-forms", operation_id="listAssessmentForms", responses=lists(AssessmentForm))
async def list_assessment_forms(
    request: Request,
    ctx: Reader,
    in_force_on: Annotated[
        Day | None, Query(description="The versions that assessments of this day are written on.")
    ] = None,
    audience: Annotated[FormAudience | None, Query(description="Only forms that these fill in.")] = None,
    limit: Limit = WHOLE,
    cursor: PageCursor = None,
) -> Response:
    """List the assessment forms (arviointilomakkeet), each in its latest version, by key. They come with the
    product or are the organiser's own."""
    items = await service.latest(ctx.session, in_force_on, audience)
    return responses.page_of(request, items, limit, cursor)


@router.get("/assessment-forms/{form}", operation_id="getAssessmentForm", responses=gives(AssessmentForm))
async def get_assessment_form(form: Key, ctx: Reader) -> Response:
    """Read one form in its latest version."""
    data, version = await service.find(ctx.session, form)
    return responses.record(data, version)


@router.put(
    "/assessment-forms/{form}",
    operation_id="putAssessmentForm",
    status_code=201,
    responses=makes(AssessmentForm),
)
async def put_assessment_form(
    form: Named,
    entry: Annotated[AssessmentFormEntry, body(AssessmentFormEntry)],
    ctx: Writer,
    if_match: IfMatch = None,
) -> Response:
    """Make a form, or say its next version. A version never changes, so assessments keep theirs; a form is
    ended by a version with `valid_to`. A form that ships with the product is replaced for this organiser by
    saying it under its key."""
    data, version, created = await service.put(ctx, form, entry, if_match)
    return responses.record(data, version, created_at=f"/v1/assessment-forms/{form}" if created else None)


@router.get(
    "/assessment-forms/{form}/versions/{version}",
    operation_id="getAssessmentFormVersion",
    responses=gives(AssessmentForm, "The form as that version says it."),
)
async def get_assessment_form_version(form: Key, version: Number, ctx: Reader) -> Response:
    """Read one version of a form, such as the one that an assessment was written on."""
    data, number = await service.find(ctx.session, form, version)
    return responses.record(data, number)
