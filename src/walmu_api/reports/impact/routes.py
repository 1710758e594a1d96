"""Impact: figures of groups of clients, and the limits below which they are withheld."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import body, heavy, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import responses
from walmu_api.foundation.openapi import IfMatch, gives
from walmu_api.foundation.problems import refuse
from walmu_api.foundation.schema_types import CodeWord, Day, Id
from walmu_api.record.everyday.measurements.instruments.schemas import InstrumentCode
from walmu_api.record.parties.service_relationships.schemas import ServiceKind
from walmu_api.reports.impact import periods, service
from walmu_api.reports.impact.population import Question
from walmu_api.reports.impact.schemas import ImpactGrouping, ImpactLimits, ImpactLimitsEntry, ImpactReport

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["impact"])
Reader = Annotated[RequestContext, requires(Scope.IMPACT_READ)]


@router.get(
    "/impact",
    operation_id="getImpact",
    responses=gives(ImpactReport, "The figures.", etag=False),
    dependencies=[heavy],
)
async def get_impact(
    ctx: Reader,
    service_kind: Annotated[
        ServiceKind | None, Query(description="Only relationships of this kind of service.")
    ] = None,
    legal_basis: Annotated[
        CodeWord | None,
        Query(description="Only relationships on this legal basis.", examples=["SHL_710_1982_27E"]),
    ] = None,
    provider_id: Annotated[
        Id | None, Query(description="Only at this provider; a provider sees its own alone.")
    ] = None,
    first: Annotated[
        Day | None,
        Query(
            alias="from",
            description="The first day of the period: only relationships in force on it or later. Left out with `to`, the period is "
            "the quarter that ended last.",
            examples=["2026-01-01"],
        ),
    ] = None,
    last: Annotated[
        Day | None,
        Query(
            alias="to",
            description="The last day of the period: only relationships that had begun by it.",
            examples=["2026-06-30"],
        ),
    ] = None,
    instrument: Annotated[
        InstrumentCode | None,
        Query(description="Figures of change by this instrument; without it, of clients and attendance."),
    ] = None,
    by: Annotated[
        ImpactGrouping, Query(description="By what the clients are divided into rows.")
    ] = "service_kind",
) -> Response:
    """Read what changed for groups of clients: how many were measured, how their scores changed, how they
    attended, how many ended and to which onward path.

    A difference is called change, never effect. Counts under the organiser's limit (5 at least) are withheld,
    and so is whatever would give one away; means are told from 10 pairs on at least. `withheld` names what is
    not told.

    Periods are calendar quarters, half-years and years that are over. A question is published when it is first
    asked, by anybody of the organiser: from then on it has that answer, whatever is recorded later, so ask when the period's
    records are complete. Parts that would tell of a few people together with what was published before are withheld;
    where the whole question would, it is refused: 422 `impact-would-disclose`. That you asked, and what, is in the use
    log."""
    refuse(periods.check(first, last, ctx.today))
    if first is None or last is None:
        first, last = periods.latest_quarter(ctx.today)
    asked = Question(service_kind, legal_basis, provider_id, first, last, instrument, by)
    ctx.session.question = service.text_of(asked)
    return responses.plain(await service.report(ctx, asked))


@router.get("/impact-limits", operation_id="getImpactLimits", responses=gives(ImpactLimits))
async def get_impact_limits(ctx: Reader) -> Response:
    """Read the limits below which figures of impact are withheld."""
    data, version = await service.limits(ctx.session)
    return responses.record(data, version)


@router.put("/impact-limits", operation_id="replaceImpactLimits", responses=gives(ImpactLimits))
async def replace_impact_limits(
    entry: Annotated[ImpactLimitsEntry, body(ImpactLimitsEntry)],
    ctx: Annotated[RequestContext, requires(Scope.IMPACT_WRITE)],
    if_match: IfMatch = None,
) -> Response:
    """Raise the limits. They can be lowered again to what the product begins with, never below it."""
    data, version = await service.put_limits(ctx, entry, if_match)
    return responses.record(data, version)
