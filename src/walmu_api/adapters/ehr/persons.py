"""The person whom the record system names, as a client of ours.

What protects a person (non-disclosure, a death) is taken over where it is told. That it has ended is not: lifting a protection
is for a person of the organiser."""

from uuid import UUID

from walmu_api.access import merged_clients
from walmu_api.access.context import RequestContext
from walmu_api.adapters.ehr.port import MappingError, PersonMessage
from walmu_api.adapters.ehr.providers import our_id
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE
from walmu_api.foundation.statements import Statement
from walmu_api.record.parties.clients import leaving, protecting
from walmu_api.record.parties.clients import service as clients
from walmu_api.record.parties.clients.schemas import ClientEntry, Identity

_IS_CLIENT = Statement("select true from clients where organiser_id = :organiser and id = :client_id")


async def client(ctx: RequestContext, person: PersonMessage) -> UUID:
    """The client that the decision is about; a new person becomes one."""
    client_id = await known(ctx, person, adopts=True) or await _new(ctx, person)
    await protect(ctx, client_id, person)
    await left(ctx, client_id, person)
    return client_id


async def known(ctx: RequestContext, person: PersonMessage, *, adopts: bool = False) -> UUID | None:
    """The client whom we know as this person: by our id, else by identity code. A code beside our id must not be that of
    somebody else; one that is new is the client's, who `adopts` it."""
    if person.client_id is None:
        code = _identity(person)
        if code is None:
            raise MappingError("Person has neither PersonId nor ExternalId")
        row = await clients.by_identity(ctx, code)
        return await clients.owner_of(ctx, code) or row.id if row is not None else None
    client_id = our_id(person.client_id)
    if not await ctx.session.fetchval(_IS_CLIENT, organiser=ctx.organiser_id, client_id=client_id):
        raise MappingError("Person.ExternalId is no client of ours")
    if (code := _identity(person)) is not None:
        owner, root = await clients.by_identity(ctx, code), await merged_clients.follow(ctx, client_id)
        if owner is None and adopts:
            await clients.adopt(ctx, client_id, code)
        if owner is not None and owner.id != root:
            raise MappingError("Person.ExternalId and Person.PersonId are not the same client")
    return client_id


async def protect(ctx: RequestContext, client_id: UUID | None, person: PersonMessage) -> None:
    if client_id is not None and person.turvakielto:
        await protecting.protect(ctx, client_id)


async def left(ctx: RequestContext, client_id: UUID | None, person: PersonMessage) -> None:
    if client_id is not None:
        await leaving.left(ctx, client_id, died_on=person.died_on, emigrated_on=person.emigrated_on)


async def _new(ctx: RequestContext, person: PersonMessage) -> UUID:
    entry = ClientEntry(
        family_name=person.family_name,
        given_names=person.given_names,
        identity=_identity(person),
        turvakielto=person.turvakielto,
    )
    return (await clients.create(ctx, entry))[0].id


def _identity(person: PersonMessage) -> Identity | None:
    code = person.identity_code
    return Identity(system=PERSONAL_IDENTITY_CODE, value=code) if code is not None else None
