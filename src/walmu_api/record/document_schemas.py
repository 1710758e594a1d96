"""The parts that many documents of the field share: codes with their display, dates as they were written,
contacts.

They keep what was written: an instant its zone, a partial date its precision, a code its display. So a
document that was said in these words is given out in the same."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from walmu_api.foundation import validation_messages
from walmu_api.foundation.clock import HELSINKI
from walmu_api.foundation.non_blank import SaysSomething
from walmu_api.foundation.past_days import HasCome
from walmu_api.foundation.patterns import LINES
from walmu_api.foundation.persons import NamedPerson
from walmu_api.foundation.schema_types import CodeWord, Line, Message
from walmu_api.foundation.withholding import ORGANISER_ONLY, WHEREABOUTS

_PARTIAL = r"^(18|19|20|21)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
_WRITTEN = (
    r"^(18|19|20|21)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])"
    r"(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?)?)?$"
)


def _real_day(value: str) -> str:
    if len(value) >= 10:
        try:
            date.fromisoformat(value[:10])
        except ValueError:
            raise validation_messages.DAY.error() from None
    return value


PartialDay = Annotated[
    str,
    StringConstraints(pattern=_PARTIAL),
    AfterValidator(_real_day),
    Field(
        description="A day, a month or a year: `2026-10-05`, `2026-10` or `2026`.", examples=["2026-10-05"]
    ),
]
PastPartialDay = Annotated[PartialDay, HasCome()]
"""A day of what has happened: no later than today."""
WrittenInstant = Annotated[
    str,
    StringConstraints(pattern=_WRITTEN),
    AfterValidator(_real_day),
    Field(
        description="RFC 3339 with seconds and zone, kept as it was written.",
        examples=["2026-10-05T09:00:00+03:00"],
    ),
]
Texts = Annotated[str, StringConstraints(min_length=1, max_length=50_000, pattern=LINES), SaysSomething()]
"""Free text of a document, with line breaks."""
Number = Annotated[float, Field(ge=-1e12, le=1e12)]


class NationalCode(Message):
    """A code of a national code set as documents hold it: system, code and display, each kept as it was written."""

    system: Annotated[str, StringConstraints(pattern=r"^urn:oid:[0-9.]{3,80}$")] = Field(
        description="OID of the code set as a URN, with or without its version."
    )
    code: CodeWord = Field(description="The code itself, as the set spells it.")
    display: Line = Field(description="Its name, as it was written in the document.")


def as_national(code: dict[str, Any] | None) -> NationalCode | None:
    """A code of ours as documents hold it, where it is told with its display."""
    return NationalCode.model_validate(code) if code and code.get("display") else None


class LocalCode(Message):
    """A code of a list that belongs to one structure, as documents hold it: the name of the list, code and display."""

    system: Line = Field(
        description="Path of the list inside its structure.",
        examples=["tyoikaisten_palvelujen_asiakassuunnitelma/palvelu"],
    )
    code: CodeWord = Field(description="The code itself, as the list spells it.")
    display: Line = Field(description="Its name, as it was written in the document.")


class Identifier(Message):
    """An identifier with the system that gave it."""

    value: Line = Field(description="The identifier itself.")
    system: Annotated[str, StringConstraints(pattern=r"^urn:oid:[0-9.]{3,80}$")] | None = Field(
        None, description="OID of the system that gave it, as a URN; left out where it is not known."
    )


class Quantity(Message):
    """An amount with its unit (UCUM, code set 1.2.246.537.5.40176)."""

    value: Number = Field(description="The amount.")
    code: CodeWord = Field(description="Its unit, by UCUM.")


class Address(Message):
    """A postal address."""

    street_address: Texts | None = Field(
        None, description="Street and number (lähiosoite).", examples=["Puutie 1 A"]
    )
    postal_code: Texts | None = Field(
        None, description="Five digits in Finland (postinumero); kept as written."
    )
    post_office: Line | None = Field(None, description="Post office (postitoimipaikka).")


class Professional(Message):
    """A professional whom a document names, such as its author (laatija)."""

    family_name: Line = Field(description="Family name (sukunimi).", examples=["Korhonen"])
    given_names: Line = Field(description="Given names (etunimet).", examples=["Aino"])
    title: Texts | None = Field(None, description="Title or task.", examples=["työvalmentaja"])
    unit: NationalCode | None = Field(None, description="Service unit, code set 1.2.246.537.6.202.")


class Contact(NamedPerson):
    """A person with the organisation and the addresses that documents may name. Documents set no length to these texts."""

    title: Texts | None = Field(None, description="Title or task.", examples=["ohjaaja"])
    email: Texts | None = Field(None, description="E-mail address, as written.")
    phone: Texts | None = Field(None, description="Phone number, as written.")
    organisation: Line | None = Field(None, description="Name of their organisation.")
    unit: NationalCode | None = Field(None, description="Service unit, code set 1.2.246.537.6.202.")
    address: Address | None = Field(None, description="Their address, where a document names one.")
    addresses: Annotated[list[Address], Field(min_length=1, max_length=5)] | None = Field(
        None, description="Their addresses, where a document may name several."
    )


Authors = Annotated[list[Professional], Field(min_length=1, max_length=20)]
Contacts = Annotated[list[Contact], Field(min_length=1, max_length=20)]


class NearContact(Contact):
    """One who is near the client: where they are reached often is where the client is."""

    email: Annotated[Texts | None, WHEREABOUTS] = Field(
        None,
        description="E-mail address; not given outside the organiser while the client is under turvakielto.",
    )
    phone: Annotated[Texts | None, WHEREABOUTS] = Field(
        None, description="Phone number; withheld as `email` is."
    )
    organisation: Annotated[Line | None, WHEREABOUTS] = Field(
        None, description="Name of their organisation; withheld as `email` is."
    )
    unit: Annotated[NationalCode | None, WHEREABOUTS] = Field(
        None, description="Service unit, code set 1.2.246.537.6.202."
    )
    address: Annotated[Address | None, WHEREABOUTS] = Field(
        None, description="Their address, where a document names one; withheld as `email` is."
    )
    addresses: Annotated[list[Address] | None, Field(min_length=1, max_length=5), WHEREABOUTS] = Field(
        None, description="Their addresses, where a document may name several; withheld as `email` is."
    )


class NamedClient(Message):
    """The client as a document names them. Left out, the client's own record tells it."""

    family_name: Line = Field(description="Family name (sukunimi).")
    given_names: Line = Field(description="Given names (etunimet).")
    personal_identity_code: Identifier | None = Field(
        None, description="Henkilötunnus, system urn:oid:1.2.246.21."
    )
    temporary_identity_code: Identifier | None = Field(
        None, description="Tilapäinen yksilöintitunnus, where there is no henkilötunnus."
    )
    date_of_birth: PastPartialDay | None = Field(
        None, description="Day, month or year of birth, where no identity code tells it."
    )


class RelatedPerson(NearContact):
    """Another person whom the document names, with the role."""

    personal_identity_code: Annotated[Identifier | None, ORGANISER_ONLY] = Field(
        None, description="Given to the organiser only (457/2024, 15 §)."
    )
    roles: Annotated[list[NationalCode], Field(min_length=1, max_length=10)] | None = Field(
        None, description="Rooli, code set 1.2.246.537.6.1284."
    )
    role_note: Texts | None = Field(None, description="The role in words (roolin kuvaus).")


class SignatureType(Message):
    """How a document is signed."""

    type: NationalCode = Field(description="Allekirjoituksen tyyppi, code set 1.2.246.537.5.40161.")


class OfficeContact(Message):
    """How an office is reached."""

    visiting_address: Address | None = Field(None, description="Where it is visited (käyntiosoite).")
    postal_address: Address | None = Field(None, description="Where its post goes (postiosoite).")
    phone: Texts | None = Field(None, description="Phone number, as written.")
    email: Texts | None = Field(None, description="E-mail address, as written.")


class Authority(OfficeContact):
    """An authority or another receiver."""

    name: Line | None = Field(None, description="Name of the organisation.")


class Appeal(Message):
    """How a decision is appealed (muutoksenhaku)."""

    means: NationalCode | None = Field(None, description="Muutoksenhakukeino, code set 1.2.246.537.6.1211.")
    instructions: Texts = Field(description="What whoever is not content may do, and how (ohjeteksti).")
    authority: Authority | None = Field(None, description="The authority that decides the appeal.")
    recipients: Annotated[list[Authority], Field(min_length=1, max_length=10)] | None = Field(
        None, description="Who receives the appeal."
    )
    deadline: Texts | None = Field(None, description="By when, in words (määräaika).")


class ImmediateEffect(Message):
    """Whether a decision is carried out at once (välitön täytäntöönpano), and why."""

    immediate: bool | None = Field(None, description="True: it is carried out at once.")
    reasons: Texts | None = Field(None, description="Why it is carried out at once, or why not.")


class PostalAddress(Message):
    """A whole postal address."""

    street_address: Texts = Field(description="Street and number, or post box.")
    postal_code: Texts = Field(description="Five digits in Finland; kept as written.")
    post_office: Line = Field(description="Post office (postitoimipaikka).")


class Informant(Professional):
    """One who tells more about a decision (lisätietojen antaja)."""

    visiting_address: Address | None = Field(None, description="Where they are visited (käyntiosoite).")
    postal_address: PostalAddress = Field(description="Where their post goes (postiosoite).")
    phone: Texts = Field(description="Phone number at work, as written.")
    email: Texts | None = Field(None, description="E-mail address at work, as written.")


class DayPeriod(Message):
    """From a day to a day, both included."""

    starts_on: PartialDay | None = Field(
        None, description="First day, or the month or year in which it begins."
    )
    ends_on: PartialDay | None = Field(
        None, description="Last day, or the month or year in which it ends; left out while that is open."
    )


class InstantPeriod(Message):
    """From an instant to an instant."""

    starts_at: WrittenInstant | None = Field(
        None, description="When it began: RFC 3339 with seconds and zone, or a date; kept as written."
    )
    ends_at: WrittenInstant | None = Field(None, description="When it ended, in the same form.")


def is_day(value: Any) -> bool:
    """Whether a partial date names a whole day."""
    return isinstance(value, str) and bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value))


def finnish_day(*written: str | None) -> date | None:
    """The day in Finland of the first of these instants or dates that names a whole day."""
    for each in written:
        if each is not None and "T" in each:
            return datetime.fromisoformat(each).astimezone(HELSINKI).date()
        if is_day(each):
            return date.fromisoformat(str(each))
    return None
