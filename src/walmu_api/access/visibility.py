"""The one tenancy rule: whose records a caller may see. The policies of row-level security mirror it.

Organiser, record system and auditor see their organiser's records. A provider sees the records that name it, while it
has access to the client: from the start of a relationship to its end and a time of grace after it, in which the days
inside may still be read and corrected. A workplace sees what its own agreements name. Everything else is 404."""

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from walmu_api.access.guard import Caller

GRACE_DAYS = 60
"""How long after its relationship a provider may still read and correct (the organiser's setting, later a policy)."""

HAS_ACCESS = f"""exists (select from client_access a
    where a.organiser_id = {{row}}.organiser_id and a.client_id = {{row}}.{{client}} and a.organisation_id = {{organisation}}
      and a.starts_on <= {{today}} and coalesce(a.ends_on, {{today}}) + {GRACE_DAYS} >= {{today}})"""


def visible(row: str, *, organisation: str, today: str, workplaces: bool = False) -> str:
    """The SQL condition for records that name a provider (and maybe a workplace); `organisation` null sees all.

    `organisation` and `today` are parameters such as `$2` and `$3`."""
    access = HAS_ACCESS.format(
        row=row,
        client="client_id",
        organisation=f"cast({organisation} as uuid)",
        today=f"cast({today} as date)",
    )
    own = f"({row}.provider_id = cast({organisation} as uuid) and {access})"
    if workplaces:
        own += (
            f" or ({row}.workplace_id = cast({organisation} as uuid) and {row}.starts_on <= cast({today} as date)"
            f" and {row}.ends_on + {GRACE_DAYS} >= cast({today} as date))"
        )
    return f"(cast({organisation} as uuid) is null or {own})"


def visible_client(row: str, *, organisation: str, today: str) -> str:
    access = HAS_ACCESS.format(
        row=row, client="id", organisation=f"cast({organisation} as uuid)", today=f"cast({today} as date)"
    )
    return f"(cast({organisation} as uuid) is null or {access})"


def scope_of(caller: "Caller", today: date) -> tuple[object, date]:
    """The two values that go with `visible`."""
    return caller.narrowed_to, today
