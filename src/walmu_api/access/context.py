"""`RequestContext`: what a use case needs of the request, or of the worker's step, that it serves.

ADR 32."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from walmu_api.access.caller import Caller
from walmu_api.access.system_registry import System
from walmu_api.foundation.database import Session
from walmu_api.foundation.encryption import Keyring
from walmu_api.foundation.journal import Actor


@dataclass(frozen=True)
class RequestContext:
    """The transaction, who calls, the day, and the keys. It asks the database nothing by itself.

    Services take it first: `find(ctx, id)`, `visible_to(ctx)`. What needs only the session takes the session,
    the foundation takes `(session, actor)`, and rules take plain values (by an import contract)."""

    session: Session
    caller: Caller
    today: date
    """The day in Helsinki: one for the whole request."""
    cipher: Keyring

    @property
    def organiser_id(self) -> UUID:
        return self.caller.organiser_id

    @property
    def tenant_scope(self) -> UUID | None:
        """The organisation whose records alone may be seen; None for the whole organiser."""
        return self.caller.tenant_scope

    @property
    def actor(self) -> Actor:
        return self.caller.actor


def system_context(session: Session, system: System, cipher: Keyring, request_id: str = "") -> RequestContext:
    """The context of what a connected system does outside a request, such as one step of a worker."""
    return RequestContext(
        session, Caller(system, frozenset(), None, request_id), session.clock.today(), cipher
    )
