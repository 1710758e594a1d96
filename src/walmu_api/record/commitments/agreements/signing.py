"""How an agreement is offered to its workplace, and how it is signed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from walmu_api.access.context import RequestContext
from walmu_api.record.commitments.agreements import open_parties, rules, service
from walmu_api.record.commitments.agreements.parts import AgreementSignature
from walmu_api.record.commitments.agreements.schemas import AgreementSigning
from walmu_api.record.commitments.agreements.tables import AgreementRow
from walmu_api.record.document_schemas import is_day


async def offer(ctx: RequestContext, row: AgreementRow) -> AgreementRow:
    """Let the workplace read its annex of a draft, before anybody signs. Again it changes nothing."""
    if row.offered_on is not None and row.status == "draft":
        return row
    rules.check_act(row.status, frozenset({"draft"}))
    if row.workplace_id is None:
        raise rules.NO_WORKPLACE()
    return await service.change(ctx, row, {"offered_on": ctx.today}, "updated")


async def sign(ctx: RequestContext, row: AgreementRow, entry: AgreementSigning) -> AgreementRow:
    """From now on its days may be recorded. Signing again in the same words changes nothing."""
    day = entry.signed_on.isoformat()
    signatures = [
        s.model_dump(mode="json", exclude_none=True) | {"signed_on": day} for s in entry.signatories
    ]
    return await _sign(ctx, row, signatures, entry.signed_on, received=None)


async def sign_as_documented(
    ctx: RequestContext, row: AgreementRow, signatures: Sequence[AgreementSignature], written_on: str | None
) -> AgreementRow:
    """The signatures of a national document: it was signed on the last day that they tell, else on the day of
    the document. Where neither is told it stays as it is: a draft, until somebody says when it was signed."""
    days = [s.signed_on for s in signatures if is_day(s.signed_on)] or [written_on]
    data = [s.model_dump(mode="json", exclude_none=True) for s in signatures]
    if not signatures or not is_day(days[0]):
        return (
            await service.change(ctx, row, {"signatures": data}, "updated") if row.status == "draft" else row
        )
    last = max(date.fromisoformat(str(day)) for day in days)
    return await _sign(ctx, row, data, last, received=row.received, again=True)


async def _sign(
    ctx: RequestContext,
    row: AgreementRow,
    signatures: list[dict[str, Any]],
    signed_on: date,
    *,
    received: dict[str, Any] | None,
    again: bool = False,
) -> AgreementRow:
    """`again`: an amended document brings the signatures of the amendment."""
    if row.status == "signed" and (row.signatures, row.signed_on) == (signatures, signed_on):
        return row
    rules.check_act(row.status, frozenset({"draft", "signed"}) if again else frozenset({"draft"}))
    if row.status == "draft":
        await open_parties.require_to_sign(ctx, row)
    values = {"status": "signed", "signatures": signatures, "signed_on": signed_on, "received": received}
    return await service.change(ctx, row, values, "updated")
