"""Their words and ours. Pure: both directions, no default for a code that is not known."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic_core import from_json

from walmu_api.adapters.ehr.port import (
    Day,
    DecisionMessage,
    Draft,
    DraftMessage,
    MappingError,
    PartyMessage,
    PersonMessage,
)
from walmu_api.foundation.identity_codes import ANYWHERE
from walmu_api.foundation.texts import in_nfc

_OUTCOMES = {1: "granted", 2: "denied"}
_STATUSES = {"Decided": "decided", "Revoked": "revoked"}
_PROPOSALS = {"Received": "waiting", "Decided": "decided", "Refused": "refused"}
_LONGEST_REASON = 200
_SERVICE_TASK = "urn:oid:1.2.246.537.6.1221"
_SERVICE = "urn:oid:1.2.246.537.6.1222"
_VISITS = {
    "present": "Completed",
    "partial": "CompletedAndChangedTime",
    "absent": "Cancelled",
    "not_arranged": "NotArranged",
    "rescheduled": "Cancelled",
}
REPORTING_SYSTEM = "walmu"


def day_text(day: str | date) -> str:
    """A calendar day, never converted."""
    return f"{day}T00:00:00"


def _day(value: Any, name: str) -> date:
    if not isinstance(value, str) or not value.endswith("T00:00:00"):
        raise MappingError(f"{name} is no calendar day")
    try:
        return date.fromisoformat(value.removesuffix("T00:00:00"))
    except ValueError:
        raise MappingError(f"{name} is no calendar day") from None


def _maybe_day(value: Any, name: str) -> date | None:
    return None if value is None else _day(value, name)


def _code(value: Any, system: str, name: str) -> dict[str, str]:
    if not isinstance(value, dict) or not isinstance(value.get("Code"), str):
        raise MappingError(f"{name} has no code")
    data = {"system": system, "code": value["Code"]}
    return data | ({"display": value["Text"]} if value.get("Text") else {})


def _amount(value: Any, kind: Any) -> Decimal | None:
    if value is None:
        return None
    if kind != "day":
        raise MappingError("AmountType is not one we know")
    try:
        amount = Decimal(value)
        exact = amount.quantize(Decimal("0.01"))
    except (InvalidOperation, TypeError, ValueError):
        raise MappingError("Amount is no amount") from None
    if amount != exact:
        raise MappingError("Amount has parts of a cent")
    return exact


def _object(content: bytes) -> dict[str, Any]:
    value = in_nfc(from_json(content))
    if not isinstance(value, dict):
        raise MappingError("no object")
    return value


def _known(table: Mapping[Any, str], value: Any, name: str) -> str:
    if isinstance(value, bool) or value not in table:
        raise MappingError(f"{name} is not one we know")
    return table[value]


def decision(content: bytes) -> DecisionMessage:
    """A decision of theirs in our words."""
    with _in_our_words():
        return _decision(_object(content))


def person(content: bytes) -> PersonMessage:
    """Whom a decision of theirs is about."""
    with _in_our_words():
        return _person(_object(content)["Person"])


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, AttributeError) as error:
        raise MappingError(f"a member is missing or of another kind ({type(error).__name__})") from None


def _decision(data: dict[str, Any]) -> DecisionMessage:
    provider, caseworker = data["Provider"], data["Caseworker"]
    days = data["Day"]
    if days is not None and data["DayType"] != "week":
        raise MappingError("DayType is not one we know")
    if type(data["Revision"]) is not int or not 0 < data["Revision"] < 2**63:
        raise MappingError("Revision is no version")
    if not isinstance(data["Deleted"], bool) or not isinstance(data["LegalBases"], list):
        raise MappingError("Deleted or LegalBases is of another kind")
    status, revoked_on = _status(data)
    travel = data["Travel"]
    values = {
        "kind": "client",
        "outcome": _known(_OUTCOMES, data["Outcome"]["Code"], "Outcome"),
        "legal_bases": list(data["LegalBases"]),
        "service_task": _code(data["ServiceTask"], _SERVICE_TASK, "ServiceTask"),
        "service": _code(data["Service"], _SERVICE, "Service") if data["Service"] is not None else None,
        "service_kind": data["ServiceKind"],
        "decided_on": _day(data["Date"], "Date"),
        "valid_from": _day(data["FromDate"], "FromDate"),
        "valid_to": _maybe_day(data["ToDate"], "ToDate"),
        "days_per_week": days,
        "work_allowance_per_day": _amount(data["Amount"], data["AmountType"]),
        "travel": _travel(travel) if travel is not None else None,
        "place": data["Place"],
        "reasons": data["Reason"],
        "decision_maker": _worker(caseworker),
        "status": status,
        "revoked_on": revoked_on,
    }
    return DecisionMessage(
        _person(data["Person"]),
        PartyMessage(provider["BusinessId"], provider["ExternalId"]),
        data["ExternalId"],
        values,
    )


def _person(person: dict[str, Any]) -> PersonMessage:
    return PersonMessage(
        person["PersonId"],
        person["ExternalId"],
        person["FamilyName"],
        person["GivenNames"],
        person["ProtectedRegistration"],
        _maybe_day(person.get("DeathDate"), "DeathDate"),
        _maybe_day(person.get("EmigrationDate"), "EmigrationDate"),
    )


def _status(data: dict[str, Any]) -> tuple[str, date | None]:
    """Status and first day without force; a revocation without its day, or a day without one, is not guessed
    at."""
    status = _known(_STATUSES, data["Status"], "Status")
    revoked_on = _maybe_day(data["RevokedDate"], "RevokedDate")
    if (status == "revoked") != (revoked_on is not None):
        raise MappingError("Status and RevokedDate do not fit")
    return "entered_in_error" if data["Deleted"] else status, revoked_on


def _travel(data: dict[str, Any]) -> dict[str, str]:
    return {"arrangement": data["Arrangement"]} | ({"note": data["Note"]} if data["Note"] else {})


def _worker(data: dict[str, Any]) -> dict[str, str]:
    named = {"family_name": data["LastName"], "given_names": data["FirstName"]}
    return named | ({"title": data["Title"]} if data["Title"] else {})


def draft_message(content: bytes) -> DraftMessage:
    """What became of a draft of ours."""
    data = _object(content)
    try:
        fate = _known(_PROPOSALS, data["Status"], "Status")
        return DraftMessage(data["ExternalId"], fate == "refused", _one_line(data["RefusalReason"]))
    except (KeyError, TypeError, AttributeError):
        raise MappingError("a member is missing or of another kind") from None


def _one_line(reason: str | None) -> str | None:
    """What the caseworker typed as one line that fits, without identity codes: it is a note, no legal text."""
    if reason is None:
        return None
    visible = "".join(character if character.isprintable() else " " for character in reason)
    line = ANYWHERE.sub("[identity code]", " ".join(visible.split()))
    return (line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…") or None


def proposal(draft: Draft) -> dict[str, Any]:
    """Our draft in their words."""
    content, client = draft.content, draft.client
    allowance, days, travel = (
        content.get("work_allowance_per_day"),
        content.get("days_per_week"),
        content.get("travel"),
    )
    return {
        "ExternalId": draft.decision_id,
        "Person": {
            "PersonId": draft.identity_code,
            "ExternalId": client["id"],
            "FamilyName": client["family_name"],
            "GivenNames": client["given_names"],
            "ProtectedRegistration": client["turvakielto"],
        },
        "Provider": _provider(draft.provider),
        "LegalBases": content["legal_bases"],
        "ServiceTask": _code_text(content["service_task"]),
        "Service": _code_text(content["service"]) if content.get("service") else None,
        "ServiceKind": content["service_kind"],
        "FromDate": day_text(content["valid_from"]),
        "ToDate": day_text(content["valid_to"]) if content.get("valid_to") else None,
        "Day": days,
        "DayType": "week" if days is not None else None,
        "Amount": allowance,
        "AmountType": "day" if allowance is not None else None,
        "Travel": {"Arrangement": travel["arrangement"], "Note": travel.get("note")} if travel else None,
        "Place": content.get("place"),
        "Reason": content.get("reasons"),
    }


def _code_text(code: Mapping[str, Any]) -> dict[str, str]:
    return {"Code": code["code"], "Text": code.get("display") or code["code"]}


def _provider(provider: Mapping[str, Any]) -> dict[str, Any]:
    return {"BusinessId": provider.get("business_id"), "ExternalId": provider["id"], "Name": provider["name"]}


def visit(day: Day) -> dict[str, Any]:
    """A day of ours in their words."""
    content = day.content
    return {
        "ExternalId": day.attendance_id,
        "ReportingSystem": REPORTING_SYSTEM,
        "ExternalVersion": day.version,
        "DecisionId": int(day.decision_remote_id) if day.decision_remote_id else None,
        "Person": {"PersonId": day.identity_code, "ExternalId": day.client_id},
        "Provider": _provider(day.provider),
        "Date": day_text(content["date"]),
        "Status": _VISITS[content["status"]],
        "CancelledReason": content.get("absence_reason"),
        "PlannedMinutes": content.get("planned_minutes"),
        "ActualMinutes": content.get("actual_minutes"),
    }


def withdrawn(day: Day) -> dict[str, str]:
    """What names a day that is taken back."""
    return {"externalId": day.attendance_id, "reportingSystem": REPORTING_SYSTEM}
