"""Ways in which an agreement ends: before its time, corrected, taken back; or voided."""

from datetime import date

from walmu_api.access.context import RequestContext
from walmu_api.foundation import preconditions
from walmu_api.foundation.problems import INVALID_VALUE, invalid
from walmu_api.foundation.statements import Statement
from walmu_api.record.commitments.agreements import rules
from walmu_api.record.commitments.agreements.rules import WITHIN_AGREEMENT
from walmu_api.record.commitments.agreements.schemas import (
    AgreementEnding,
    AgreementReopening,
    AgreementVoiding,
)
from walmu_api.record.commitments.agreements.service import change
from walmu_api.record.commitments.agreements.tables import AgreementRow

_HAS_DAYS = Statement(
    "select exists (select from attendance where organiser_id = :organiser and agreement_id = :agreement_id)"
)


async def end(
    ctx: RequestContext, row: AgreementRow, ending: AgreementEnding, if_match: str | None
) -> AgreementRow:
    """End it before its time; its days up to the end stay. Another end than was said before is a correction, and needs
    the version."""
    if row.status == "terminated" and (row.ends_on, row.end_reason) == (ending.ends_on, ending.reason):
        return row
    rules.check_act(row.status, frozenset({"signed", "terminated"}))
    if row.status == "terminated":
        preconditions.require_version(if_match, row.version)
    agreed = _agreed_end(row)
    if not row.starts_on <= ending.ends_on <= agreed:
        raise invalid(INVALID_VALUE.at("/ends_on", reason=WITHIN_AGREEMENT))
    values = {
        "status": "terminated",
        "ends_on": ending.ends_on,
        "end_reason": ending.reason,
        "content": row.content | {"agreed_ends_on": agreed.isoformat()},
        "received": None,
    }
    return await change(ctx, row, values, "ended")


def _agreed_end(row: AgreementRow) -> date:
    """The last day that was signed for, also of an agreement that has ended before it."""
    agreed = row.content.get("agreed_ends_on")
    return date.fromisoformat(agreed) if agreed is not None else row.ends_on


async def reopen(
    ctx: RequestContext, row: AgreementRow, reopening: AgreementReopening, if_match: str | None
) -> AgreementRow:
    """It was ended in error: it is signed again, to the day that was agreed on."""
    preconditions.require_version(if_match, row.version)
    rules.check_act(row.status, frozenset({"terminated"}))
    content = {name: value for name, value in row.content.items() if name != "agreed_ends_on"}
    values = {
        "status": "signed",
        "ends_on": _agreed_end(row),
        "end_reason": None,
        "content": content | {"reopen_reason": reopening.reason},
        "received": None,
    }
    return await change(ctx, row, values, "updated")


async def void(ctx: RequestContext, row: AgreementRow, voiding: AgreementVoiding) -> AgreementRow:
    """It was recorded in error or never signed after all; it stays readable. Days that rest on it would hang
    in the air."""
    if row.status == "voided" and row.content.get("void_reason") == voiding.reason:
        return row
    rules.check_act(row.status, frozenset({"draft", "signed", "terminated"}))
    if await ctx.session.fetchval(_HAS_DAYS, organiser=ctx.organiser_id, agreement_id=row.id):
        raise rules.DAYS_RECORDED()
    values = {"status": "voided", "content": row.content | {"void_reason": voiding.reason}}
    return await change(ctx, row, values, "voided")
