"""Our words (`/v1/decisions`) to the dialect's and back, for the control plane.

Written from the two pages of words and not from the adapter, so that a wrong mapping shows."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from walmu_dev.simulator.content import PERSONAL_IDENTITY_CODES, Content, day_text
from walmu_dev.simulator.store import Held

OUTCOMES = {"granted": {"Code": 1, "Text": "Myönnetty"}, "denied": {"Code": 2, "Text": "Hylätty"}}
NAMES = {"20": "Vammaispalvelut", "55": "Vammaisten henkilöiden työtoiminta"}
CASEWORKER = {
    "Id": "cw-1",
    "FirstName": "Pirkko",
    "LastName": "Päättäjä-Esimerkki",
    "Title": "sosiaalityöntekijä",
}


def _iso_day(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError("a day is text, YYYY-MM-DD")  # noqa: TRY004 - pydantic reports only ValueErrors
    return date.fromisoformat(value)


def _other_than_personal_has_no_place(identity: dict[str, str]) -> dict[str, str]:
    if set(identity) != {"system", "value"} or identity["system"] != PERSONAL_IDENTITY_CODES:
        raise ValueError(
            f"{{system, value}} with {PERSONAL_IDENTITY_CODES}: the dialect has no place for others"
        )
    return identity


Day = Annotated[date, BeforeValidator(_iso_day)]


class Words(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Coded(Words):
    code: str
    system: str | None = None
    display: str | None = None


class Travel(Words):
    arrangement: str
    note: str | None = None


class Decider(Words):
    """Contact data is taken, as everywhere in our words, but the dialect does not carry it."""

    family_name: str
    given_names: str
    title: str | None = None
    registration_number: str | None = None
    email: str | None = None
    phone: str | None = None


class EhrName(Words):
    id: int | str
    target: str | None = None
    version: int | str | None = None


class DecisionWords(Words):
    """`/v1/decisions` as far as the dialect carries it. What is left out stays or gets a default."""

    id: int | str | None = None
    ehr: EhrName | None = None
    external_id: str | None = None
    kind: Literal["client"] | None = None
    client_id: str | None = None
    identity: Annotated[dict[str, str], AfterValidator(_other_than_personal_has_no_place)] | None = None
    family_name: str | None = None
    given_names: str | None = None
    turvakielto: bool | None = None
    died_on: Day | None = None
    emigrated_on: Day | None = None
    provider_id: str | None = None
    provider_business_id: str | None = None
    provider_name: str | None = None
    outcome: Literal["granted", "denied"] | None = None
    legal_bases: list[str] | None = None
    service_task: str | Coded | None = None
    service: str | Coded | None = None
    service_kind: str | None = None
    decided_on: Day | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    days_per_week: int | None = None
    work_allowance_per_day: Annotated[str, Field(pattern=r"^[0-9]{1,7}(\.[0-9]{1,2})?$")] | None = None
    travel: Travel | None = None
    place: str | None = None
    decision_maker: Decider | None = None
    reason: str | None = None
    revoked_on: Day | None = None

    @property
    def number(self) -> int | None:
        """The simulator's id, however it was written."""
        named = self.id
        if named is None and self.ehr is not None:
            named = self.ehr.id
        if named is None:
            return None
        text = str(named)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _year_later(day: date) -> date:
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _code_text(value: str | Coded) -> dict[str, str]:
    coded = Coded(code=value) if isinstance(value, str) else value
    return {"Code": coded.code, "Text": coded.display or NAMES.get(coded.code, coded.code)}


def _caseworker(person: Decider) -> dict[str, Any]:
    return {
        "Id": person.registration_number or CASEWORKER["Id"],
        "FirstName": person.given_names,
        "LastName": person.family_name,
        "Title": person.title,
    }


def _money(text: str) -> str:
    whole, _, cents = text.partition(".")
    return f"{whole}.{cents:0<2}"


def _changed_parts(words: DecisionWords, held: dict[str, Any]) -> dict[str, Any]:
    """`Person` and `Provider`, where a part may change and the rest stays."""
    person = {
        "PersonId": words.identity and words.identity["value"],
        "ExternalId": words.client_id,
        "FamilyName": words.family_name,
        "GivenNames": words.given_names,
        "ProtectedRegistration": words.turvakielto,
        "DeathDate": words.died_on and day_text(words.died_on),
        "EmigrationDate": words.emigrated_on and day_text(words.emigrated_on),
    }
    provider = {
        "BusinessId": words.provider_business_id,
        "ExternalId": words.provider_id,
        "Name": words.provider_name,
    }
    return {
        "Person": held["Person"] | {name: value for name, value in person.items() if value is not None},
        "Provider": held["Provider"] | {name: value for name, value in provider.items() if value is not None},
    }


def changed(words: DecisionWords, held: dict[str, Any]) -> dict[str, Any]:
    """`held` with what the words say; null empties what may be empty and else means nothing was said."""
    after: dict[str, Any] = held | _changed_parts(words, held)
    always = {
        "Outcome": words.outcome and OUTCOMES[words.outcome],
        "LegalBases": words.legal_bases,
        "ServiceTask": words.service_task and _code_text(words.service_task),
        "ServiceKind": words.service_kind,
        "Date": words.decided_on and day_text(words.decided_on),
        "FromDate": words.valid_from and day_text(words.valid_from),
        "Caseworker": words.decision_maker and _caseworker(words.decision_maker),
    }
    after |= {name: value for name, value in always.items() if value is not None}
    days, money = words.days_per_week, words.work_allowance_per_day
    travel = words.travel
    may_be_empty: dict[str, dict[str, Any]] = {
        "service": {"Service": words.service and _code_text(words.service)},
        "valid_to": {"ToDate": words.valid_to and day_text(words.valid_to)},
        "days_per_week": {"Day": days, "DayType": "week" if days is not None else None},
        "work_allowance_per_day": {"Amount": money and _money(money), "AmountType": money and "day"},
        "travel": {"Travel": travel and {"Arrangement": travel.arrangement, "Note": travel.note}},
        "place": {"Place": words.place},
        "reason": {"Reason": words.reason},
    }
    for word in may_be_empty.keys() & words.model_fields_set:
        after |= may_be_empty[word]
    Content.model_validate({name: after[name] for name in Content.model_fields})
    return after


def empty(words: DecisionWords, today: date) -> dict[str, Any]:
    """A decision of which only the client and the provider are still to be named."""
    decided = words.decided_on or today
    valid_from = words.valid_from or decided
    return {
        "Person": {"PersonId": None, "ExternalId": None, "FamilyName": "Esimerkki", "GivenNames": "Testi"}
        | {"ProtectedRegistration": False},
        "LegalBases": ["SHL_710_1982_27E"],
        "ServiceTask": _code_text("20"),
        "Service": _code_text("55"),
        "ServiceKind": "work_activity",
        "FromDate": day_text(valid_from),
        "ToDate": day_text(_year_later(valid_from)),
        **dict.fromkeys(["Day", "DayType", "Amount", "AmountType", "Travel", "Place", "Reason"]),
        "Provider": {"BusinessId": None, "ExternalId": None, "Name": None},
        **verdict(decided),
    }


def verdict(decided_on: date) -> dict[str, Any]:
    return {"Outcome": OUTCOMES["granted"], "Date": day_text(decided_on), "Caseworker": CASEWORKER}


def first_version(external_id: str | None) -> dict[str, Any]:
    return {
        "Revision": 1,
        "ExternalId": external_id,
        "Status": "Decided",
        "RevokedDate": None,
        "Deleted": False,
    }


def content_words(body: dict[str, Any]) -> dict[str, Any]:
    """What decisions and proposals have in common, in our words."""
    person, provider, service, travel = body["Person"], body["Provider"], body["Service"], body["Travel"]
    code = person["PersonId"]
    return {
        "client_id": person["ExternalId"],
        "identity": code and {"system": PERSONAL_IDENTITY_CODES, "value": code},
        "family_name": person["FamilyName"],
        "given_names": person["GivenNames"],
        "turvakielto": person["ProtectedRegistration"],
        "died_on": person.get("DeathDate") and person["DeathDate"][:10],
        "emigrated_on": person.get("EmigrationDate") and person["EmigrationDate"][:10],
        "provider_id": provider["ExternalId"],
        "provider_business_id": provider["BusinessId"],
        "provider_name": provider["Name"],
        "legal_bases": body["LegalBases"],
        "service_task": body["ServiceTask"]["Code"],
        "service": service and service["Code"],
        "service_kind": body["ServiceKind"],
        "valid_from": body["FromDate"][:10],
        "valid_to": body["ToDate"] and body["ToDate"][:10],
        "days_per_week": body["Day"],
        "work_allowance_per_day": body["Amount"],
        "travel": travel and {"arrangement": travel["Arrangement"], "note": travel["Note"]},
        "place": body["Place"],
        "reason": body["Reason"],
    }


def decision_words(held: Held) -> dict[str, Any]:
    body, decider = held.body, held.body["Caseworker"]
    return {
        "id": str(held.id),
        "version": str(body["Revision"]),
        "status": body["Status"].lower(),
        "external_id": held.external_id,
        "kind": "client",
        "outcome": {1: "granted", 2: "denied"}[body["Outcome"]["Code"]],
        **content_words(body),
        "decided_on": body["Date"][:10],
        "decision_maker": {
            "family_name": decider["LastName"],
            "given_names": decider["FirstName"],
            "title": decider["Title"],
        },
        "revoked_on": body["RevokedDate"] and body["RevokedDate"][:10],
    }


def proposal_words(held: Held) -> dict[str, Any]:
    decision = held.body["DecisionId"]
    return {
        "id": str(held.id),
        "external_id": held.external_id,
        "status": held.body["Status"].lower(),
        "decision_id": None if decision is None else str(decision),
        "refusal_reason": held.body["RefusalReason"],
        **content_words(held.body),
    }
