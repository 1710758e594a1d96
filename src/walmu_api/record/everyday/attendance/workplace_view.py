"""What a workplace reads of a day, and how what it sends meets what it does not read. Pure.

A workplace reads day, status, minutes, arrival, leaving, form, origin and confirmation; a reason where it gave it
itself. What it does not read it can neither guess nor erase: it is left out of every comparison, and stays when the
workplace records the day anew.

ADR 41."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from walmu_api.access.audiences import without_acts_of_others
from walmu_api.access.caller import Caller
from walmu_api.foundation.content_types import Content
from walmu_api.record.everyday.attendance import rules
from walmu_api.record.everyday.attendance.schemas import AttendanceEntry
from walmu_api.record.parties.codes.rules import CodeList

REASONS = frozenset({"own_illness", "other_notified", "unknown"})
"""The reasons for an absence that a workplace may give: ill, another reason that was notified, not known."""
_REASONS = frozenset({"absence_reason", "absence_reasons"})
NEVER = frozenset({"noted_at", "source_id"})
"""What no workplace reads of a day."""


def hidden_from(caller: Caller, reason_by: UUID | None) -> frozenset[str]:
    """The members of a stored day that the caller does not read."""
    if caller.system.role != "workplace":
        return frozenset()
    return NEVER if reason_by == caller.organisation_id else NEVER | _REASONS


def day(content: Content, caller: Caller) -> Content:
    """The record of a day as its workplace reads it. Who acted at another organisation is not told."""
    reason_by = content.get("absence_reason_by")
    left_out = hidden_from(caller, reason_by and UUID(reason_by))
    if "absence_reason" in left_out:
        left_out |= {"absence_reason_by"}
    return without_acts_of_others({n: value for n, value in content.items() if n not in left_out}, caller)


def row(values: Content, caller: Caller) -> Content:
    """The row of a file as the caller reads it; what is left out is empty. Of a part of a day, whether a justification
    is due tells whether there is a reason."""
    left_out = hidden_from(caller, values["absence_reason_by"])
    if values["status"] == "partial" and "absence_reason" in left_out:
        left_out |= {"justification"}
    return values | dict.fromkeys(left_out)


def justification(content: Content, caller: Caller) -> Content:
    """A justification as the workplace reads it: its state, and the words where they are the workplace's own."""
    left_out = {"review"}
    if content["entered_by"] != str(caller.organisation_id):
        left_out |= {"reason", "given_by", "given_on", "explanation", "certificate", "source_id"}
    return without_acts_of_others({n: value for n, value in content.items() if n not in left_out}, caller)


def reasons_for(caller: Caller, reasons: CodeList) -> CodeList:
    """The list of reasons for an absence from which this caller may choose."""
    return reasons.only(REASONS) if caller.system.role == "workplace" else reasons


def merged(
    names: Sequence[str],
    sent: Sequence[Any],
    stored: Sequence[Any],
    left_out: frozenset[str],
    *,
    gives_reason: bool,
    own_key: bool,
) -> tuple[tuple[Any, ...], bool]:
    """What is to be stored of a day that a workplace sends anew, and whether that is the same to the workplace.

    Members that it does not read count in no comparison, and stay as far as the status has a place for them; only the
    key that its own system gave (`own_key`) it may replace. But to name a reason is a change wherever others may have
    given one, so that no answer tells which they gave."""
    values, status = list(sent), sent[names.index("status")]
    same = not (gives_reason and "absence_reason" in left_out)
    for at, name in enumerate(names):
        if name not in left_out:
            same = same and sent[at] == stored[at]
        elif name in _REASONS:
            stays = not gives_reason and stored[at] is not None and status in rules.WITH_REASON
            values[at] = stored[at] if stays else sent[at]
        elif stored[at] is not None and (sent[at] is None or not (own_key and name == "source_id")):
            values[at] = stored[at]
    return tuple(values), same


def others_key(caller: Caller, key: str | None, owner: UUID | None) -> UUID | None:
    """The system whose key stands and stays, where a workplace records a day that has another's; guessing it changes
    nothing."""
    return (
        owner if caller.system.role == "workplace" and key is not None and owner != caller.system.id else None
    )


def gives_reason_as(caller: Caller, entry: AttendanceEntry) -> UUID | None:
    """The workplace that names a reason in this entry; None for everybody else."""
    names = entry.absence_reason is not None and caller.system.role == "workplace"
    return caller.organisation_id if names else None


Reasons = tuple[str | None, str | None]
"""The reason of a day, and the reasons with their minutes."""


def reason_by(
    reasons: Reasons, before: Reasons, before_by: UUID | None, named_by: UUID | None
) -> UUID | None:
    """The workplace whose word the reason of a day is. A provider that repeats it does not make it its own, but with another one
    beside it, it does."""
    repeated = reasons[0] is not None and reasons[0] == before[0] and reasons[1] in (None, before[1])
    return named_by or (before_by if repeated else None)
