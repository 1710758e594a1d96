"""The columns of a file of attendance, with headings and labels in the reader's language.

There are no identity codes in it; names of clients only for who may read clients."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from walmu_api.foundation.clock import HELSINKI
from walmu_api.foundation.problems import Text
from walmu_api.record.parties.codes.rules import Book

Row = Mapping[str, Any]
Column = tuple[Text, int, Callable[[Row], Any]]
"""Heading, width in characters, and the value of a row's cell."""

_STATES = {
    "missing": Text("Missing", "Puuttuu", "Saknas"),
    "given": Text("Given", "Annettu", "Given"),
    "accepted": Text("Accepted", "Hyväksytty", "Godkänd"),
    "rejected": Text("Rejected", "Hylätty", "Avvisad"),
}
_FORMS = {
    "group": Text("Group", "Ryhmä", "Grupp"),
    "individual": Text("Individual", "Yksilö", "Individuell"),
    "work": Text("Work", "Työ", "Arbete"),
}
IDS: tuple[Column, ...] = (
    (Text("Agreement (id)", "Sopimus (tunniste)", "Avtal (id)"), 37, lambda row: str(row["agreement_id"])),
    (Text("Client (id)", "Asiakas (tunniste)", "Klient (id)"), 37, lambda row: str(row["client_id"])),
)
_CONFIRMATIONS = {
    "unconfirmed": Text("Unconfirmed", "Vahvistamatta", "Obekräftad"),
    "confirmed": Text("Confirmed", "Vahvistettu", "Bekräftad"),
}


def columns(book: Book, language: str, *, names: bool) -> list[Column]:
    """The columns of a file. `names`: with the client's name."""

    def label(system: str, member: str) -> Callable[[Row], Any]:
        known = book[system].codes
        return lambda row: getattr(known.get(row[member]), language, None) or row[member]

    def word(words: Mapping[str, Text], member: str) -> Callable[[Row], Any]:
        return lambda row: getattr(words[row[member]], language) if row[member] else None

    def plain(member: str) -> Callable[[Row], Any]:
        return lambda row: row[member]

    who: list[Column] = [
        (Text("Family name", "Sukunimi", "Efternamn"), 20, plain("family_name")),
        (Text("Given names", "Etunimet", "Förnamn"), 20, plain("given_names")),
    ]
    return [
        (Text("Day", "Päivä", "Dag"), 11, plain("date")),
        *(who if names else ()),
        (Text("Place", "Paikka", "Plats"), 28, plain("place_name")),
        (Text("Attendance", "Läsnäolo", "Närvaro"), 22, label("attendance_status", "status")),
        (
            Text("Reason for absence", "Poissaolon syy", "Orsak till frånvaro"),
            28,
            label("absence_reason", "absence_reason"),
        ),
        (Text("Justification", "Perustelu", "Motivering"), 14, word(_STATES, "justification")),
        (Text("Planned (min)", "Suunniteltu (min)", "Planerat (min)"), 18, plain("planned_minutes")),
        (Text("Actual (min)", "Toteutunut (min)", "Utfall (min)"), 18, plain("actual_minutes")),
        (Text("Arrived", "Saapui", "Anlände"), 9, _time("arrived_at")),
        (Text("Left", "Lähti", "Avgick"), 9, _time("left_at")),
        (Text("Form", "Muoto", "Form"), 12, word(_FORMS, "form")),
        (Text("Moved to", "Siirretty päivälle", "Flyttad till"), 19, plain("rescheduled_to")),
        (Text("In place of", "Korvaa päivän", "I stället för"), 15, plain("rescheduled_from")),
        (
            Text("Workplace's report", "Työpaikan ilmoitus", "Arbetsplatsens uppgift"),
            23,
            word(_CONFIRMATIONS, "confirmation"),
        ),
        (Text("Your key", "Oma avain", "Egen nyckel"), 14, plain("source_id")),
        *IDS,
    ]


def _time(member: str) -> Callable[[Row], Any]:
    """A time of day in Finland, to the minute."""

    def data(row: Row) -> Any:
        at: datetime | None = row[member]
        return at.astimezone(HELSINKI).time().replace(second=0, microsecond=0) if at is not None else None

    return data
