"""For which provider of ours a decision of the record system is. Nothing is guessed: what is not clear is set aside."""

from uuid import UUID

from walmu_api.adapters.ehr.port import DecisionMessage, MappingError, PartyMessage
from walmu_api.foundation.database import Session
from walmu_api.foundation.identity_codes import business_id
from walmu_api.foundation.statements import Statement
from walmu_api.record.commitments.decisions import service as decisions
from walmu_api.record.parties.organisations import service as organisations

_PROVIDERS = Statement("""
select id, id = :id::uuid as named, business_id = :business_id::text as has_number from organisations
where organiser_id = :organiser and kind = 'provider' and (id = :id::uuid or business_id = :business_id::text)
""")


async def served_by(session: Session, target: str, decision: DecisionMessage, remote_id: str) -> UUID:
    """The provider that is named, or who has taken its place when the decision begins. One that was filed for it already
    stays: agreements and days hang on it."""
    provider_id = await _named(session, decision.provider)
    filed = await decisions.find_by_ehr_id(session, target, remote_id)
    if filed is not None and filed.provider_id == provider_id:
        return provider_id
    return await organisations.in_place_of(session, provider_id, decision.values["valid_from"])


async def _named(session: Session, party: PartyMessage) -> UUID:
    """Whom it names: by our id, else by business id. A business id beside our id must not be that of another provider."""
    ours = our_id(party.organisation_id) if party.organisation_id else None
    number = business_id(str(party.business_id)) if party.business_id else None
    if ours is None and party.business_id and number is None:
        raise MappingError("Provider.BusinessId is no business id")
    rows = await session.fetch(_PROVIDERS, organiser=session.organiser_id, id=ours, business_id=number)
    found = [row for row in rows if ours is None or row["named"]]
    if not found:
        raise MappingError("Provider is none of ours")
    if ours is None and len(found) > 1:
        raise MappingError("Provider.BusinessId is that of several providers")
    if not found[0]["has_number"] and len(rows) > 1:
        raise MappingError("Provider.ExternalId and Provider.BusinessId are not the same provider")
    return UUID(str(found[0]["id"]))


def our_id(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise MappingError("an ExternalId is no id of ours") from None
