"""The envelope of a document: what the law requires beside the content (703/2023, 37 and 38 §)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from walmu_api.adapters.national.document_index import Cover, document_oid, node
from walmu_api.adapters.national.structures.definitions import Structure
from walmu_api.exchange.registry import BY_TYPE
from walmu_api.exchange.versions.service import Since
from walmu_api.foundation.database import Session
from walmu_api.foundation.schema_types import instant_text
from walmu_api.foundation.statements import Statement

_PARTIES = Statement("""
select id, kind, name, business_id, oid from organisations
where organiser_id = :organiser and (id = any(:ids) or kind = 'organiser')
""")
_RELATIONSHIPS = Statement("""
select id, service_task, service, legal_bases from service_relationships where organiser_id = :organiser
  and id = any(:ids)
""")
_DEATHS = Statement("""
select id, least(died_on, died_with) as died_on from clients where organiser_id = :organiser and id = any(:ids)
    and (died_on is not null or died_with is not null)
""")
REGISTER = {
    "system": "urn:oid:1.2.246.537.6.1264",
    "code": "1",
    "display": "Sosiaalihuollon asiakasrekisteri",
}
DISABILITY_SERVICES = "20"


class Envelopes:
    """Makes envelopes: parties and relationships are named as they were when the version was recorded. They are read once
    for a page."""

    def __init__(
        self,
        own_node: str,
        parties: Mapping[UUID, Any],
        relationships: Mapping[UUID, Any],
        since: Since,
        deaths: Mapping[UUID, date],
    ) -> None:
        self._node, self._parties, self._relationships, self._since = own_node, parties, relationships, since
        self._deaths = deaths
        self._organiser = next(key for key, party in parties.items() if party["kind"] == "organiser")

    @classmethod
    async def of(cls, session: Session, covers: Sequence[Cover]) -> "Envelopes":
        named = [cover.provider_id for cover in covers] + [cover.recorded_by_organisation for cover in covers]
        parties = await session.fetch(
            _PARTIES, organiser=session.organiser_id, ids=[each for each in named if each is not None]
        )
        related = [
            cover.service_relationship_id for cover in covers if cover.service_relationship_id is not None
        ]
        relationships = await session.fetch(_RELATIONSHIPS, organiser=session.organiser_id, ids=related)
        first = min((cover.recorded_at for cover in covers), default=session.clock.now())
        named_now = [row["id"] for row in (*parties, *relationships)]
        return cls(
            await node(session),
            {row["id"]: dict(row) for row in parties},
            {row["id"]: dict(row) for row in relationships},
            await Since.read(session, named_now, first),
            await _deaths(session, covers),
        )

    def envelope(self, cover: Cover) -> dict[str, Any]:
        """The envelope of the version that the cover is of."""
        structure = cover.definition
        set_id = document_oid(self._node, cover)
        version = cover.version
        relationship = self._then(self._relationships, cover.service_relationship_id, cover)
        organiser = self._party(self._organiser, cover)
        producer = self._party(cover.provider_id, cover)
        data = {
            "document_id": f"{set_id}.{version}",
            "set_id": set_id,
            "version": version,
            "replaces": f"{set_id}.{version - 1}" if version > 1 else None,
            "structure": structure.oid,
            "number": structure.number,
            "name": {"fi": structure.fi, "sv": structure.sv},
            "status": cover.status,
            "client_id": str(cover.client_id),
            "service_relationship_id": _text(cover.service_relationship_id),
            "agreement_id": _text(cover.agreement_id),
            "case_id": _text(cover.case_id),
            "resource": link(cover),
            "service_task": relationship and relationship["service_task"],
            "service": relationship and relationship["service"],
            "legal_bases": relationship and relationship["legal_bases"],
            "controller": organiser,
            "organiser": organiser,
            "producer": producer,
            "chain": [organiser, *([producer] if producer else [])],
            "processing_basis": "on_behalf_of_organiser" if producer else "organiser",
            "author_organisation": self._party(cover.recorded_by_organisation, cover),
            "recorded_at": instant_text(cover.recorded_at),
            "dated_on": cover.dated_on.isoformat(),
            "registry": REGISTER,
            "secrecy": "703/2023 4 §",
            "retention": _retention(cover, structure, self._deaths.get(cover.client_id)),
        }
        return {name: value for name, value in data.items() if value is not None}

    def _party(self, organisation: UUID | None, cover: Cover) -> dict[str, Any] | None:
        found = self._then(self._parties, organisation, cover)
        return _named(found) if found is not None else None

    def _then(self, rows: Mapping[UUID, Any], key: UUID | None, cover: Cover) -> Mapping[str, Any] | None:
        """What an envelope names, as it was when the version was recorded."""
        if key is None or key not in rows:
            return None
        then = self._since.body(key, cover.recorded_at)
        return rows[key] if then is None else {name: then.get(name) for name in rows[key]}


def link(cover: Cover) -> dict[str, Any]:
    """The record that a document is, where it has a resource of its own."""
    data = {"type": cover.kind, "id": str(cover.id)}
    definition = BY_TYPE[cover.kind].definition
    return data | ({"url": definition.url(cover.id)} if definition.national is not None else {})


def _named(party: Mapping[str, Any]) -> dict[str, Any]:
    data = {
        "id": str(party["id"]),
        "name": party["name"],
        "business_id": party["business_id"],
        "oid": party["oid"],
    }
    return {name: value for name, value in data.items() if value is not None}


def _text(key: UUID | None) -> str | None:
    return str(key) if key is not None else None


async def _deaths(session: Session, covers: Sequence[Cover]) -> dict[UUID, date]:
    """Days of death of clients whose own documents these are."""
    if not (clients := {cover.client_id for cover in covers if cover.kind == "client"}):
        return {}
    rows = await session.fetch(_DEATHS, organiser=session.organiser_id, ids=list(clients))
    return {row["id"]: row["died_on"] for row in rows}


_AFTER_DEATH = 2
"""Years for which basic data are kept (703/2023, annex)."""


def _retention(cover: Cover, structure: Structure, died_on: date | None) -> dict[str, Any] | None:
    """How long it is kept (703/2023, annex), where the service task is one whose rule is known here."""
    if structure.number == "1505.1":
        data = {"years": _AFTER_DEATH, "counts_from": "death_of_client", "source": "703/2023 liite"}
        return data | ({"until": _years_after(died_on, _AFTER_DEATH).isoformat()} if died_on else {})
    if cover.service_task == DISABILITY_SERVICES:
        return {"years": 10, "counts_from": "closing_of_last_case", "source": "703/2023 liite"}
    return None


def _years_after(day: date, years: int) -> date:
    """The same day of a later year, or the last of its month where that has none such (150/1930, 3 §)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=day.day - 1)
