"""What the record system accepts in a body, and how it reads days, instants and filters.

Written from the wire's page alone: were the adapter's parsing used here, one misunderstanding would pass on
both sides. Every member has to be sent (null where there is nothing) and none may be added."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

PERSONAL_IDENTITY_CODES = "urn:oid:1.2.246.21"
CENTURIES = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
IDENTITY_CODE = re.compile(r"(\d\d)(\d\d)(\d\d)([-+YXWVUABCDEF])(\d{3})([0-9A-Y])", re.ASCII)
DAY = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z", re.ASCII)
FILTER = re.compile(r"ExternalId='([^']+)'")
BUSINESS_ID = re.compile(r"(\d{7})-(\d)", re.ASCII)


class NotUnderstoodError(Exception):
    """Something outside a body (filter, page, instant) that the record system refuses with 400."""


def day_of(text: str) -> date:
    """A calendar day on the wire; a bare date or one with a zone is refused, as the real gateway does."""
    try:
        found = DAY.fullmatch(text)
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise PydanticCustomError("bad_day", "not entered in a valid format (yyyy-MM-ddT00:00:00)") from None


def day_text(day: date) -> str:
    return f"{day.isoformat()}T00:00:00"


def instant_of(text: str) -> datetime:
    if not INSTANT.fullmatch(text):
        raise NotUnderstoodError("Instants are UTC, yyyy-MM-ddTHH:mm:ss[.ffffff]Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise NotUnderstoodError("There is no such instant") from None


def instant_text(micros: int) -> str:
    seconds, rest = divmod(micros, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:06d}Z"


def external_id_asked(query: str) -> str:
    """The value of `q=ExternalId='…'`; nothing else is a filter here."""
    if not (found := FILTER.fullmatch(query)):
        raise NotUnderstoodError("Invalid query format")
    return found[1]


def _checked_day(text: str) -> str:
    day_of(text)
    return text


def identity_code(text: str) -> str:
    """Well formed, and of the 900 series: no real person can be in this system, not even by mistake."""
    found = IDENTITY_CODE.fullmatch(text)
    if found is None:
        raise PydanticCustomError("identity_code", "not a personal identity code")
    day, month, year, separator, number, check = found.groups()
    try:
        date(CENTURIES[separator] + int(year), int(month), int(day))
    except ValueError:
        raise PydanticCustomError("identity_code", "no such day of birth") from None
    if CHECK_CHARACTERS[int(day + month + year + number) % 31] != check:
        raise PydanticCustomError("identity_code", "wrong check character")
    if int(number) < 900:
        raise PydanticCustomError("identity_code", "only codes of the 900 series are taken")
    return text


def business_id(text: str) -> str:
    found = BUSINESS_ID.fullmatch(text)
    digits = found[1] if found else ""
    rest = (
        sum(int(digit) * weight for digit, weight in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=False)) % 11
    )
    if not found or rest == 1 or int(found[2]) != (11 - rest) % 11:
        raise PydanticCustomError("business_id", "not a business id")
    return text


Filled = Annotated[str, Field(min_length=1, max_length=10_000)]
Key = Annotated[str, Field(min_length=1, max_length=200, pattern="^[^']+$")]
WireDay = Annotated[str, AfterValidator(_checked_day)]
Minutes = Annotated[int, Field(ge=0, le=24 * 60)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
IdentityCode = Annotated[str, AfterValidator(identity_code)]
BusinessCode = Annotated[str, AfterValidator(business_id)]


class Body(BaseModel):
    """`hide_input_in_errors`: a refused identity code must not come back in a message or a log."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)


class CodeText(Body):
    Code: Filled
    Text: Filled


class Reference(Body):
    PersonId: IdentityCode | None
    ExternalId: Key | None

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if self.PersonId is None and self.ExternalId is None:
            raise PydanticCustomError("nobody", "PersonId or ExternalId is needed")
        return self


def _is_unknown(day: str | None) -> bool:
    return day is None


class WirePerson(Reference):
    FamilyName: Filled
    GivenNames: Filled
    ProtectedRegistration: bool
    DeathDate: WireDay | None = Field(None, exclude_if=_is_unknown)
    EmigrationDate: WireDay | None = Field(None, exclude_if=_is_unknown)


class WireProvider(Body):
    BusinessId: BusinessCode | None
    ExternalId: Key | None
    Name: Filled | None

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if self.BusinessId is None and self.ExternalId is None:
            raise PydanticCustomError("nobody", "BusinessId or ExternalId is needed")
        return self


class WireTravel(Body):
    Arrangement: Filled
    Note: Filled | None


class Content(Body):
    """What a decision and a proposal have in common."""

    Person: WirePerson
    LegalBases: list[Filled]
    ServiceTask: CodeText
    Service: CodeText | None
    ServiceKind: Filled
    FromDate: WireDay
    ToDate: WireDay | None
    Day: Annotated[int, Field(ge=1, le=7)] | None
    DayType: Literal["week"] | None
    Amount: Annotated[str, Field(pattern=r"^[0-9]{1,7}\.[0-9]{2}$")] | None
    AmountType: Literal["day"] | None
    Travel: WireTravel | None
    Place: Filled | None
    Provider: WireProvider
    Reason: Filled | None

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.ToDate is not None and self.ToDate < self.FromDate:
            raise PydanticCustomError("period", "ToDate is before FromDate")
        if (self.Day is None) != (self.DayType is None) or (self.Amount is None) != (self.AmountType is None):
            raise PydanticCustomError("unit", "Day goes with DayType and Amount with AmountType")
        return self


class Proposal(Content):
    ExternalId: Key


class Visit(Body):
    ExternalId: Key
    ReportingSystem: Key
    ExternalVersion: Number
    DecisionId: Number | None
    Person: Reference
    Provider: WireProvider
    Date: WireDay
    Status: Literal["Completed", "CompletedAndChangedTime", "Cancelled", "Declined", "NotArranged"]
    CancelledReason: Filled | None
    PlannedMinutes: Minutes | None
    ActualMinutes: Minutes | None


def refusal(errors: Sequence[Any]) -> tuple[int, str]:
    """Status and message for what pydantic found: 400 for what is no JSON or no day, else 422."""
    unreadable = any(error["type"] in {"bad_day", "json_invalid"} for error in errors)
    lines = []
    for error in errors:
        member = ".".join(str(step) for step in error["loc"] if step != "body")
        lines.append(f"{member}: {error['msg']}" if member else str(error["msg"]))
    return (400 if unreadable else 422), "; ".join(lines)
