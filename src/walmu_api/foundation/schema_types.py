"""How things are said on the wire: strict messages, the scalar types, what every stored record carries,
pages.

Every type here refuses what JSON parsers usually let pass: `"5"` for a number, a date with a time, a UUID in
braces, control characters, dates outside 1900–2199. The JSON Schema of each type says exactly what is
accepted.

A body has thousands of days, ids, instants and numbers, so from JSON these are judged by pydantic's core
alone (`FromText`, `FromNumber`: no call into Python for each value); only paths, queries and rows take the
validators written in Python. Both accept exactly the same."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, ClassVar, get_args
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema
from typing_extensions import TypeAliasType

from walmu_api.foundation import patterns, validation_messages
from walmu_api.foundation.examples import Example
from walmu_api.foundation.identity_codes import ANYWHERE
from walmu_api.foundation.locales import Reason
from walmu_api.foundation.non_blank import SaysSomething
from walmu_api.foundation.older_data import ReadsOlderData

_DAY = r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_INSTANT = (
    r"^(19[1-9][0-9]|20[0-9]{2}|21[0-8][0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$"
)
_UUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
_MONEY = r"^(0|[1-9][0-9]{0,6})\.[0-9]{2}$"
_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class Message(ReadsOlderData):
    """The base of everything that is said: strict types, no unknown members, no input echoed in errors.

    `EXAMPLE` is what the contract shows, from `examples.yaml` of the folder; a message that extends another
    adds its own members to it."""

    EXAMPLE: ClassVar[Example] = Example()

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        hide_input_in_errors=True,
        from_attributes=True,
        allow_inf_nan=False,
        ser_json_timedelta="iso8601",
        defer_build=True,  # built when first used: a start need not wait for what only the contract shows
    )


class FromText:
    """Text of this pattern, read by pydantic's core when it comes from JSON; anything else is refused for the reason."""

    def __init__(self, pattern: str, read: CoreSchema, reason: Reason) -> None:
        text = core_schema.chain_schema([core_schema.str_schema(pattern=pattern, strict=True), read])
        self._json = core_schema.custom_error_schema(
            text, Reason.TYPE, custom_error_message=Reason.MESSAGE, custom_error_context=reason.context
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.json_or_python_schema(self._json, handler(source))


class FromNumber:
    """A whole number within bounds, read by pydantic's core when it comes from JSON. JSON Schema calls 240.0 an integer too."""

    def __init__(self, least: int, most: int) -> None:
        from_float = core_schema.chain_schema(
            [core_schema.float_schema(strict=True), core_schema.int_schema(strict=False)]
        )
        whole = core_schema.union_schema(
            [core_schema.int_schema(strict=True), from_float],
            mode="left_to_right",
            custom_error_type="int_type",
        )
        self._json = core_schema.chain_schema([whole, core_schema.int_schema(ge=least, le=most)])

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.json_or_python_schema(self._json, handler(source))


def _day(value: Any) -> Any:
    if isinstance(value, str):
        with suppress(ValueError):  # 30 February
            if re.fullmatch(_DAY, value):
                return date.fromisoformat(value)
        raise validation_messages.DAY.error()
    return value


def _instant(value: Any) -> Any:
    if isinstance(value, str):
        with suppress(ValueError):
            if re.fullmatch(_INSTANT, value):
                return datetime.fromisoformat(value).astimezone(UTC)
        raise validation_messages.INSTANT.error()
    return value


def _uuid(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(_UUID, value):
            raise validation_messages.UUID.error()
        return UUID(value)
    return value


def _money(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(_MONEY, value):
            raise validation_messages.MONEY.error()
        return Decimal(value)
    if isinstance(value, Decimal):
        return value
    raise validation_messages.MONEY.error()


def _whole(value: Any) -> Any:
    """JSON Schema calls 240.0 an integer as well."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def whole_number(value: Any) -> Any:
    """A number of a query parameter: digits only, no sign, no leading zero."""
    if isinstance(value, str):
        if not re.fullmatch(r"0|[1-9][0-9]{0,9}", value):
            raise validation_messages.WHOLE_NUMBER.error()
        return int(value)
    return value


def true_or_false(value: Any) -> Any:
    """A flag of a query parameter."""
    if isinstance(value, str):
        if value not in {"true", "false"}:
            raise validation_messages.TRUE_OR_FALSE.error()
        return value == "true"
    return value


def instant_text(value: datetime) -> str:
    """The one spelling of an instant: UTC, microseconds, Z."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _int32(least: int, most: int, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "integer", "minimum": least, "maximum": most, "format": "int32", **more})


Day = Annotated[
    date,
    BeforeValidator(_day),
    FromText(_DAY, core_schema.date_schema(strict=False), validation_messages.DAY),
    WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY, "examples": ["2026-10-05"]}),
]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_instant),
    FromText(
        _INSTANT,
        core_schema.datetime_schema(strict=False, tz_constraint="aware"),
        validation_messages.INSTANT,
    ),
    PlainSerializer(instant_text, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": _INSTANT}),
]
Id = Annotated[
    UUID,
    BeforeValidator(_uuid),
    FromText(_UUID, core_schema.uuid_schema(strict=False), validation_messages.UUID),
    WithJsonSchema({"type": "string", "format": "uuid", "maxLength": 36, "pattern": _UUID}),
]
Money = Annotated[
    Decimal,
    BeforeValidator(_money),
    PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _MONEY, "examples": ["6.00"]}),
]
_INT32 = {"format": "int32"}
TimeOfDay = Annotated[str, StringConstraints(pattern=_TIME), Field(examples=["09:00"])]
Minutes = Annotated[
    int, BeforeValidator(_whole), Field(ge=0, le=1440), FromNumber(0, 1440), _int32(0, 1440, examples=[240])
]
PartMinutes = Annotated[
    int, BeforeValidator(_whole), Field(ge=1, le=1440), FromNumber(1, 1440), _int32(1, 1440, examples=[120])
]
Count = Annotated[
    int, BeforeValidator(_whole), Field(ge=1, le=2147483647), FromNumber(1, 2147483647), _int32(1, 2147483647)
]
Step = Annotated[
    int, BeforeValidator(_whole), Field(ge=0, le=100), FromNumber(0, 100), _int32(0, 100, examples=[4])
]
DayCount = Annotated[
    int, BeforeValidator(_whole), Field(ge=0, le=10000), FromNumber(0, 10000), _int32(0, 10000)
]
WeekdayCount = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=7), FromNumber(1, 7), _int32(1, 7)]
Quantity = Annotated[int, Field(ge=0, json_schema_extra=_INT32)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=patterns.LINE), SaysSomething()]
Lines = Annotated[
    str, StringConstraints(min_length=1, max_length=4000, pattern=patterns.LINES), SaysSomething()
]


def no_identity_code(value: str) -> str:
    if ANYWHERE.search(value):
        raise validation_messages.OWN_KEY.error()
    return value


SourceId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[!-~]+$"),
    AfterValidator(no_identity_code),
    Field(
        description="The sender's own key of this record; never a personal identity code.",
        examples=["k-1001"],
    ),
]
CodeWord = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
PageLimit = Annotated[int, Field(ge=1, le=200, json_schema_extra=_INT32), BeforeValidator(whole_number)]


def values_of(closed: TypeAliasType) -> tuple[Any, ...]:
    """The values of a closed set: the contract names it, so it is declared as an alias with a name (ADR 47)."""
    return get_args(get_args(closed.__value__)[0])


class Code(Message):
    """A code of a national code set, as in the documents: `display` is kept as it was written."""

    system: Annotated[str, StringConstraints(pattern=r"^urn:oid:[0-9.]{3,80}$")] = Field(
        description="OID of the code set as a URN, with or without its version."
    )
    code: CodeWord = Field(description="The code itself, as the set spells it.")
    display: Line | None = Field(None, description="Its name, as written; the sender may leave it out.")


class ActingPerson(Message):
    """The person for whom a system acts, as named by the claim `act` of its client assertion."""

    sub: Line = Field(description="The person's id in the sender's system.", examples=["u-1234"])
    name: Line | None = Field(None, description="As the sender spells it.", examples=["Aino Korhonen"])
    title: Line | None = Field(None, description="Title or task, where the sender told it.")
    registration_number: Line | None = Field(None, description="Of a professional, by the register.")


class RecordedBy(Message):
    """Who recorded this version."""

    organisation_id: Id = Field(description="The organisation in whose name it was recorded.")
    system_id: Id = Field(description="The connected system that sent it.")
    person: ActingPerson | None = Field(None, description="The acting person, where the sender named one.")


EXAMPLE_ID = "01919b7e-1f00-7c3a-9d2e-5b8f6a1c4d01"
"""The id in documented examples; what runs them puts a real one in its place."""


class Stored(Message):
    """What the server sets on every record."""

    id: Id = Field(description="Made by the server (UUID version 7): ids sort by when they were made.")
    version: Count = Field(description="From 1; the strong ETag is this number in quotes.")
    recorded_at: Instant = Field(description="When this version was recorded (server clock).")
    recorded_by: RecordedBy = Field(description="Who made this version.")


SERVER_SET = frozenset({*Stored.model_fields, "status"})


@cache
def set_by_server(entry: type[BaseModel]) -> frozenset[str]:
    """Members that a record of this entry has and a sender sees, but cannot send: it may have sent back what
    it read."""
    made_of: set[type[Any]] = set()
    for part in entry.__mro__:
        made_of.update(type.__subclasses__(part))
    records = [kind.model_fields for kind in made_of if issubclass(kind, Stored)]
    return SERVER_SET.union(*records) - frozenset(entry.model_fields)
