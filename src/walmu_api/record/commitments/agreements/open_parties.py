"""That an agreement begins at a provider and a workplace that are open."""

from uuid import UUID

from walmu_api.access.context import RequestContext
from walmu_api.record.commitments.agreements.schemas import AgreementEntry
from walmu_api.record.commitments.agreements.tables import AgreementRow
from walmu_api.record.parties.organisations import service as organisations


async def require(
    ctx: RequestContext, entry: AgreementEntry, provider_id: UUID, before: AgreementRow | None
) -> None:
    """Nothing new begins at a closed provider or place. What stands as it did `before` goes on."""
    place = entry.place.organisation_id
    begins = entry.starts_on if before is None or entry.starts_on != before.starts_on else None
    await organisations.require(ctx.session, provider_id, "provider", "/service_relationship_id", begins)
    if place is not None:
        if before is not None and place != before.workplace_id:
            begins = max(entry.starts_on, ctx.today)
        await organisations.require(ctx.session, place, "workplace", "/place/organisation_id", begins)


async def require_to_sign(ctx: RequestContext, row: AgreementRow) -> None:
    """A draft that begins where it is closed by then binds nobody any more."""
    await organisations.require(ctx.session, row.provider_id, "provider", "", row.starts_on)
    if row.workplace_id is not None:
        await organisations.require(ctx.session, row.workplace_id, "workplace", "", row.starts_on)
