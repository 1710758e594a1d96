"""The record systems that an organiser exchanges with: how to reach them, and how it goes."""

from dataclasses import dataclass
from uuid import UUID

from walmu_api.access.context import RequestContext, system_context
from walmu_api.access.system_registry import System
from walmu_api.adapters.ehr.port import Failed, NotConfigured, RecordSystem
from walmu_api.foundation.database import Session
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.record_ids import uuid7
from walmu_api.foundation.statements import Statement

_PLACE = "ehr_targets|secret"
OPENS_AFTER = 3
"""So many failures in a row, and the target rests until its health answers again."""


@dataclass(frozen=True)
class Target:
    organiser_id: UUID
    id: UUID
    name: str
    dialect: str
    base_url: str
    secret: str
    system_id: UUID
    organisation_id: UUID
    failures_in_a_row: int

    def context(self, session: Session, cipher: Keyring, request_id: str = "") -> RequestContext:
        """As whom the changes of this target are recorded, and who gets the client data of a delivery."""
        system = System(
            self.system_id, self.organiser_id, self.organisation_id, self.name, "ehr", revoked=False
        )
        return system_context(session, system, cipher, request_id)


def gateway(target: Target) -> RecordSystem:
    """What speaks the target's dialect; one that nobody wrote fails loudly at every call."""
    if target.dialect == "lifecare_rest":
        from walmu_api.adapters.ehr.dialects.lifecare_rest import LifecareRest  # noqa: PLC0415 - only the worker calls

        return LifecareRest(target.base_url, target.secret)
    return NotConfigured()


_ACTIVE = Statement("""
select t.*, s.organisation_id from ehr_targets t
join connected_systems s on s.organiser_id = t.organiser_id and s.id = t.system_id
where t.organiser_id = :organiser and t.active order by t.id
""")
_IN_FORCE = Statement("""
select true from ehr_targets t join connected_systems s on s.organiser_id = t.organiser_id and s.id = t.system_id
where t.organiser_id = :organiser and t.id = :id and t.active and s.revoked_on is null
""")
_NAMED = Statement("select id from ehr_targets where organiser_id = :organiser and name = :name")
_ADD = Statement("""
insert into ehr_targets (organiser_id, id, name, dialect, base_url, secret_sealed, system_id)
values (:organiser, :id, :name, :dialect, :base_url, :secret, :system_id)
  on conflict (organiser_id, name) do update
    set base_url = excluded.base_url, secret_sealed = :secret, active = true
returning id
""")
_SUCCESS = Statement("""
update ehr_targets set last_success_at = walmu_now(), failures_in_a_row = :in_a_row
where organiser_id = :organiser and id = :id and (failures_in_a_row <> :in_a_row
    or last_success_at is null or last_success_at < walmu_now() - interval '5 s')
""")
_FAILURE = Statement("""
update ehr_targets set last_failure_at = walmu_now(), last_failure = :failure, failures_in_a_row = :in_a_row
where organiser_id = :organiser and id = :id
""")


async def active(session: Session, keyring: Keyring) -> list[Target]:
    rows = await session.fetch(_ACTIVE, organiser=session.organiser_id)
    return [
        Target(
            row["organiser_id"],
            row["id"],
            row["name"],
            row["dialect"],
            row["base_url"],
            keyring.decrypt(row["secret_sealed"], _PLACE, session.organiser_id, row["id"]).decode()
            if row["secret_sealed"]
            else "",
            row["system_id"],
            row["organisation_id"],
            row["failures_in_a_row"],
        )
        for row in rows
    ]


async def in_force(session: Session, target: Target) -> bool:
    """Whether anything may be exchanged with it: not once its connected system is revoked."""
    return bool(await session.fetchval(_IN_FORCE, organiser=session.organiser_id, id=target.id))


async def add(
    session: Session,
    keyring: Keyring,
    *,
    name: str,
    dialect: str,
    base_url: str,
    secret: str,
    system_id: UUID,
) -> None:
    """A target, or its new address and secret."""
    known = await session.fetchval(_NAMED, organiser=session.organiser_id, name=name)
    target_id = known or uuid7()
    sealed = keyring.encrypt(secret.encode(), _PLACE, session.organiser_id, target_id)
    await session.execute(
        _ADD,
        organiser=session.organiser_id,
        id=target_id,
        name=name,
        dialect=dialect,
        base_url=base_url,
        secret=sealed,
        system_id=system_id,
    )


async def note(session: Session, target: Target, failed: Failed | None, in_a_row: int) -> None:
    """Remember how the last exchange went, and how many failed in a row."""
    values = {"organiser": target.organiser_id, "id": target.id, "in_a_row": in_a_row}
    if failed is None:
        await session.execute(_SUCCESS, **values)
    else:
        await session.execute(_FAILURE, **values, failure=f"{failed.failure}: {failed.detail}")
