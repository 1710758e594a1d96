"""What is sent, gathered at the moment of sending: a day of attendance, a draft of a decision."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from pydantic_core import from_json

from walmu_api.access.context import RequestContext
from walmu_api.adapters.ehr.port import Day, Draft
from walmu_api.foundation import records
from walmu_api.foundation.identity_codes import PERSONAL_IDENTITY_CODE
from walmu_api.foundation.statements import Statement
from walmu_api.record.commitments.decisions.schemas import Decision
from walmu_api.record.commitments.decisions.tables import DecisionRow
from walmu_api.record.everyday.attendance import in_force, statements
from walmu_api.record.everyday.attendance.presences import Presence, visits
from walmu_api.record.parties.clients import service as clients
from walmu_api.record.parties.clients.tables import ClientRow

VERSION = """a.version + coalesce((select v.version from justifications v where v.organiser_id = a.organiser_id
        and v.agreement_id = a.agreement_id and v.date = a.date), 0)"""
"""Of a day as it is sent: its reason may be told later, in a record with versions of its own."""
_DAY = Statement(f"""
select g.client_id, {VERSION} as version, {statements.wire("a", "g.client_id")} as body, {in_force.reason("a")} as reason, {in_force.second_reason("a")} as second_reason, d.ehr_id,
    g.held_since is not null as held, {in_force.presences("a")} as presences,
    o.id as provider_id, o.name, o.business_id
from attendance a
join agreements g on g.organiser_id = a.organiser_id and g.id = a.agreement_id
join organisations o on o.organiser_id = a.organiser_id and o.id = a.provider_id
left join decisions d on d.organiser_id = g.organiser_id and d.id = g.decision_id and d.ehr_target = :target
    and d.client_id = g.client_id and d.provider_id = g.provider_id
{in_force.joined("a")}
where a.organiser_id = :organiser and a.id = :id
""")
_PROVIDER = Statement(
    "select id, name, business_id from organisations where organiser_id = :organiser and id = :id"
)


@dataclass(frozen=True)
class Outgoing:
    """A day as it is sent. It waits while its decision is in conflict (`held`); one presence is one visit: the one that is
    told `in_another` day is withdrawn."""

    day: Day
    held: bool
    in_another: bool


async def day(ctx: RequestContext, target: str, attendance_id: UUID, resends: int) -> Outgoing:
    """A day as it is now, with whom and whose it is, noted for the use log. A decision is named as `target` names it."""
    who = {"organiser": ctx.organiser_id, "organisation": ctx.tenant_scope}
    row = await ctx.session.fetchrow(_DAY, **who, id=attendance_id, target=target)
    assert row is not None, "days are never deleted"
    there = [Presence(*each) for each in row["presences"] or ()]
    in_another = str(attendance_id) in {each.id for each in there} - set(visits(there))
    code, _ = await _person(ctx, row["client_id"])
    ctx.session.log_access(row["client_id"])
    provider = {"id": str(row["provider_id"]), "name": row["name"], "business_id": row["business_id"]}
    sent = Day(
        str(attendance_id),
        row["version"] + resends,
        row["ehr_id"],
        code,
        str(row["client_id"]),
        provider,
        from_json(row["body"])
        | ({"absence_reason": _in_one_line(row)} if row["reason"] is not None else {})
        | ({"status": "voided"} if in_another else {}),
    )
    return Outgoing(sent, row["held"], in_another)


def _in_one_line(row: asyncpg.Record) -> str:
    """The reason, or both: a record system has one text for them."""
    return ", ".join(filter(None, (row["reason"], row["second_reason"])))


async def _person(ctx: RequestContext, client_id: UUID) -> tuple[str | None, ClientRow]:
    """The client and the personal identity code; a temporary identifier is none and stays here."""
    known, row = await clients.identity_of(ctx, client_id)
    return (known.value if known is not None and known.system == PERSONAL_IDENTITY_CODE else None), row


async def draft(ctx: RequestContext, decision_id: UUID) -> tuple[Draft | None, int]:
    """A draft as it is now, or None when it is decided by now; and its version."""
    row = await ctx.session.orm.get(DecisionRow, (ctx.organiser_id, decision_id))
    assert row is not None, "decisions are never deleted"
    if row.status != "draft":
        return None, row.version
    code, client = await _person(ctx, row.client_id)
    ctx.session.log_access(row.client_id)
    provider: Any = await ctx.session.fetchrow(_PROVIDER, organiser=ctx.organiser_id, id=row.provider_id)
    data = {
        "id": str(client.id),
        "family_name": client.family_name,
        "given_names": client.given_names,
        "turvakielto": client.is_protected,
    }
    party = {"id": str(provider["id"]), "name": provider["name"], "business_id": provider["business_id"]}
    return Draft(str(decision_id), code, data, party, from_json(records.body(Decision, row))), row.version
