"""The resources whose records are national documents: how their content is read, and how a document becomes one of them.

A kind of the store brings its `record` and `replace`; a kind whose content is laid out otherwise than its document brings
the two functions between (`content_of`, `entry_of`)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from walmu_api.access.guard import Caller
from walmu_api.access.scopes import Scope
from walmu_api.adapters.national.definitions import Structure
from walmu_api.foundation.database import Session
from walmu_api.foundation.secrecy import Keyring
from walmu_api.record.cases import service as cases
from walmu_api.record.cases.service import CASE
from walmu_api.record.documents.service import Kind
from walmu_api.record.documents.tables import DocumentRow
from walmu_api.record.plans import rules as plan_rules
from walmu_api.record.plans import service as plans
from walmu_api.record.plans.service import PLAN


class Record(Protocol):
    async def __call__(
        self, session: Session, caller: Caller, keyring: Keyring, entry: Any, received: dict[str, Any] | None = None
    ) -> tuple[DocumentRow, bool]: ...


class Replace(Protocol):
    async def __call__(
        self, session: Session, caller: Caller, keyring: Keyring, row: DocumentRow, entry: Any, if_match: str | None,
        received: dict[str, Any] | None = None,
    ) -> DocumentRow: ...  # fmt: skip


def _same(content: dict[str, Any]) -> dict[str, Any]:
    return content


def _same_entry(_structure: Structure, ours: dict[str, Any]) -> dict[str, Any]:
    return ours


_PLANS = {oid: kind for kind, oid in plan_rules.STRUCTURES.items()}


def _plan_entry(structure: Structure, ours: dict[str, Any]) -> dict[str, Any]:
    """The structure says which plan it is."""
    kind, services = _PLANS[structure.oid]
    return ours | {"kind": kind, "services": services}


@dataclass(frozen=True)
class Filed:
    """A kind of the store: `content_of` makes of its content what the table maps, `entry_of` the other way."""

    kind: Kind
    tag: str
    writing: Scope
    record: Record
    replace: Replace
    content_of: Callable[[dict[str, Any]], dict[str, Any]] = _same
    entry_of: Callable[[Structure, dict[str, Any]], dict[str, Any]] = _same_entry


FILED: dict[str, Filed] = {
    each.kind.resource_type: each
    for each in (
        Filed(CASE, "cases", Scope.CASES_WRITE, cases.record, cases.replace),
        Filed(PLAN, "plans", Scope.PLANS_WRITE, plans.record, plans.replace, entry_of=_plan_entry),
    )
}
"""By type of resource."""
