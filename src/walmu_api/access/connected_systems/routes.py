"""Who you are, and the register of connected systems."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic_core import from_json

from walmu_api.access.connected_systems import delegation, service
from walmu_api.access.connected_systems.schemas import (
    ConnectedSystem,
    ConnectedSystemEntry,
    DelegatedWorkplaces,
    DelegatedWorkplacesEntry,
    Limits,
    NamedThing,
    ThisOrganisation,
    ThisSystem,
    WhoAmI,
)
from walmu_api.access.connected_systems.tables import ConnectedSystemRow
from walmu_api.access.context import RequestContext
from walmu_api.access.guard import GuardedRoute
from walmu_api.access.markers import body, idempotent_action, idempotent_create, requires
from walmu_api.access.scopes import Scope
from walmu_api.foundation import load_shedding, records, request_body, responses
from walmu_api.foundation.load_shedding import Admission
from walmu_api.foundation.openapi import IfMatch, Limit, PageCursor, gives, lists, makes
from walmu_api.foundation.schema_types import Id
from walmu_api.foundation.statements import Statement

router = APIRouter(prefix="/v1", route_class=GuardedRoute)
Reader = Annotated[RequestContext, requires(Scope.CONNECTED_SYSTEMS_READ)]
Writer = Annotated[RequestContext, requires(Scope.CONNECTED_SYSTEMS_WRITE)]
Entry = Annotated[ConnectedSystemEntry, body(ConnectedSystemEntry)]


def _issuer(request: Request) -> str:
    """Whom proofs of keys are made for."""
    return str(request.app.state.app_context.public_url)


_WHO = Statement("""
select s.name as system_name, o.id, o.kind, o.name, r.id as organiser_id, r.name as organiser_name
from connected_systems s
join organisations o on o.organiser_id = s.organiser_id and o.id = s.organisation_id
join organisations r on r.organiser_id = s.organiser_id and r.kind = 'organiser'
where s.organiser_id = :organiser and s.id = :system_id
""")


@router.get("/whoami", operation_id="whoAmI", tags=["access"], responses=gives(WhoAmI, "You.", etag=False))
async def who_am_i(request: Request, ctx: Annotated[RequestContext, requires(None)]) -> Response:
    """Which organisation and rights your token stands for."""
    admission: Admission = request.app.state.app_context.admission
    row = await ctx.session.fetchrow(_WHO, organiser=ctx.organiser_id, system_id=ctx.caller.system.id)
    assert row is not None
    data = WhoAmI(
        connected_system=ThisSystem(
            id=ctx.caller.system.id, client_id=ctx.caller.system.client_id, name=row["system_name"]
        ),
        organiser=NamedThing(id=row["organiser_id"], name=row["organiser_name"]),
        organisation=ThisOrganisation(id=row["id"], kind=row["kind"], name=row["name"]),
        role=ctx.caller.system.role,
        scopes=sorted(ctx.caller.scopes),
        acting_person=from_json(ctx.caller.person) if ctx.caller.person else None,
        limits=Limits(
            body_bytes=request_body.BODY_LIMIT,
            batch_bytes=request_body.BATCH_LIMIT,
            batch_lines=10_000,
            page_limit=200,
            token_seconds=300,
            requests_per_second=admission.limits.per_second,
            requests_in_one_go=admission.limits.burst,
            requests_at_once=admission.limits.at_once,
            requests_side_by_side=load_shedding.SIDE_BY_SIDE,
            bytes_of_one_request=load_shedding.BYTES_OF_ONE,
        ),
    )
    return responses.plain(data.model_dump_json(exclude_none=True).encode())


@router.post(
    "/connected-systems",
    operation_id="registerConnectedSystem",
    tags=["connected systems"],
    status_code=201,
    responses=makes(ConnectedSystem),
    dependencies=[idempotent_create],
)
async def register(request: Request, entry: Entry, ctx: Writer) -> Response:
    """Register a system that will call this API for one organisation, with its public keys.

    Each key comes with a proof that its holder made. The organiser registers for itself, its record system, its providers and workplaces; a provider for itself, and for
    the workplaces that the organiser named. A further system of the organiser itself gets tokens once another one has
    confirmed it."""
    registrar = await service.registrar_of(ctx)
    row, created = await service.register(ctx, entry, registrar, _issuer(request))
    location = f"/v1/connected-systems/{row.id}" if created else None
    return responses.record(await service.wire(ctx.session, row), row.version, created_at=location)


@router.get(
    "/connected-systems",
    operation_id="listConnectedSystems",
    tags=["connected systems"],
    responses=lists(ConnectedSystem),
)
async def list_systems(
    request: Request, ctx: Reader, limit: Limit = 50, cursor: PageCursor = None
) -> Response:
    """List the connected systems of the organiser; a provider reads its own and those of its workplaces."""
    statement = service.visible_to(ctx, await service.registrar_of(ctx))
    rows, following = await records.page(ctx.session, ConnectedSystemRow, statement, limit, cursor)
    return responses.page(request, [await service.wire(ctx.session, row) for row in rows], following)


@router.get(
    "/connected-systems/{system_id}",
    operation_id="getConnectedSystem",
    tags=["connected systems"],
    responses=gives(ConnectedSystem),
)
async def get_system(system_id: Id, ctx: Reader) -> Response:
    """Read one connected system."""
    row = await service.find(ctx, system_id)
    return responses.record(await service.wire(ctx.session, row), row.version)


@router.put(
    "/connected-systems/{system_id}",
    operation_id="replaceConnectedSystem",
    tags=["connected systems"],
    responses=gives(ConnectedSystem),
)
async def replace_system(
    request: Request, system_id: Id, entry: Entry, ctx: Writer, if_match: IfMatch = None
) -> Response:
    """Change the name, software or keys of a connected system. With the old and the new key side by side,
    keys change without a pause. A new key comes with its proof; the tokens of a removed one end within half a
    minute."""
    row = await service.find(ctx, system_id, lock=True)
    registrar = await service.registrar_of(ctx)
    row = await service.replace(ctx, row, entry, if_match, registrar, _issuer(request))
    return responses.record(await service.wire(ctx.session, row), row.version)


@router.post(
    "/connected-systems/{system_id}/confirm",
    operation_id="confirmConnectedSystem",
    tags=["connected systems"],
    responses=gives(ConnectedSystem),
    dependencies=[idempotent_action],
)
async def confirm_system(
    system_id: Id,
    ctx: Annotated[RequestContext, requires(Scope.CONNECTED_SYSTEMS_CONFIRM)],
    if_match: IfMatch = None,
) -> Response:
    """Confirm a system of the organiser that another system registered, or gave new keys.

    From now on it gets tokens. With `If-Match` what is confirmed is what was read."""
    row = await service.find(ctx, system_id, lock=True)
    row = await service.confirm(ctx, row, if_match)
    return responses.record(await service.wire(ctx.session, row), row.version)


@router.post(
    "/connected-systems/{system_id}/revoke",
    operation_id="revokeConnectedSystem",
    tags=["connected systems"],
    responses=gives(ConnectedSystem),
    dependencies=[idempotent_action],
)
async def revoke_system(
    system_id: Id, ctx: Annotated[RequestContext, requires(Scope.CONNECTED_SYSTEMS_REVOKE)]
) -> Response:
    """Revoke a connected system. Its tokens are refused from now on, everywhere within half a minute."""
    row = await service.find(ctx, system_id, lock=True)
    row = await service.revoke(ctx, row)
    return responses.record(await service.wire(ctx.session, row), row.version)


@router.get(
    "/delegated-workplaces/{provider_id}",
    operation_id="getDelegatedWorkplaces",
    tags=["connected systems"],
    responses=gives(DelegatedWorkplaces),
)
async def get_delegated_workplaces(
    provider_id: Id, ctx: Annotated[RequestContext, requires(Scope.DELEGATED_WORKPLACES_READ)]
) -> Response:
    """Read for which workplaces a provider may register connected systems."""
    data, version = await delegation.read(ctx, provider_id)
    return responses.record(data, version)


@router.put(
    "/delegated-workplaces/{provider_id}",
    operation_id="replaceDelegatedWorkplaces",
    tags=["connected systems"],
    responses=gives(DelegatedWorkplaces),
)
async def replace_delegated_workplaces(
    provider_id: Id,
    entry: Annotated[DelegatedWorkplacesEntry, body(DelegatedWorkplacesEntry)],
    ctx: Annotated[RequestContext, requires(Scope.DELEGATED_WORKPLACES_WRITE)],
    if_match: IfMatch = None,
) -> Response:
    """Say for which workplaces a provider may register connected systems and change their keys. The provider then sees
    all systems of these workplaces."""
    data, version = await delegation.say(ctx, provider_id, entry, if_match)
    return responses.record(data, version)
