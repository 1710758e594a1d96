"""How a job goes, and its answer."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from walmu_api.access.context import RequestContext
from walmu_api.access.deferring import accepting, jobs
from walmu_api.access.deferring.schemas import ImportJob
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import requires
from walmu_api.foundation import responses
from walmu_api.foundation.openapi import gives
from walmu_api.foundation.problems import NOT_FOUND
from walmu_api.foundation.schema_types import Id

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["jobs"])


@router.get(
    "/import-jobs/{job_id}",
    operation_id="getImportJob",
    responses=gives(ImportJob, "How it goes; at the end the answer.", "Retry-After", etag=False),
)
async def get_import_job(
    job_id: Annotated[Id, Path()], ctx: Annotated[RequestContext, requires(None)]
) -> Response:
    """Read how a job goes, and its answer: a request that was sent with `Prefer: respond-async`.

    Only the system that sent it reads it, until 24 hours after its end; then it is 404. So is an
    answer about clients whom it may not see any more, and for a workplace one about an agreement that is over. While it waits or runs the
    answer has `Retry-After`. Reading a result that tells of clients is in the use log, each time."""
    job = await jobs.find(ctx, job_id)
    if job is None:
        raise NOT_FOUND()
    headers = {} if "finished_at" in job else {"Retry-After": accepting.POLL}
    return Response(accepting.shown(job), 200, headers, responses.JSON)
