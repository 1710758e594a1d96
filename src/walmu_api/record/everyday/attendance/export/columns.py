"""The columns of a file of attendance, with headings and labels in the reader's language.

There are no identity codes in it; names of clients only for who may read clients."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from walmu_api.foundation.clock import HELSINKI
from walmu_api.foundation.locales import Text
from walmu_api.record.everyday.attendance.rules import reasons_in_words
from walmu_api.record.parties.codes.rules import Book

Row = Mapping[str, Any]
Column = tuple[Text, int, Callable[[Row], Any]]
"""Heading, width in characters, and the value of a row's cell."""

_STATES = {
    "missing": Text("attendance_file.justifications.missing"),
    "given": Text("attendance_file.justifications.given"),
    "accepted": Text("attendance_file.justifications.accepted"),
    "rejected": Text("attendance_file.justifications.rejected"),
    "covered": Text("attendance_file.justifications.covered"),
}
FORMS = {
    "group": Text("attendance_file.forms.group"),
    "individual": Text("attendance_file.forms.individual"),
    "work": Text("attendance_file.forms.work"),
}
HEADINGS = {
    "agreement": Text("attendance_file.columns.agreement"),
    "client": Text("attendance_file.columns.client"),
    "family_name": Text("attendance_file.columns.family_name"),
    "given_names": Text("attendance_file.columns.given_names"),
    "day": Text("attendance_file.columns.day"),
    "place": Text("attendance_file.columns.place"),
    "attendance": Text("attendance_file.columns.attendance"),
    "absence_reason": Text("attendance_file.columns.absence_reason"),
    "justification": Text("attendance_file.columns.justification"),
    "planned_minutes": Text("attendance_file.columns.planned_minutes"),
    "actual_minutes": Text("attendance_file.columns.actual_minutes"),
    "arrived_at": Text("attendance_file.columns.arrived_at"),
    "left_at": Text("attendance_file.columns.left_at"),
    "form": Text("attendance_file.columns.form"),
    "rescheduled_to": Text("attendance_file.columns.rescheduled_to"),
    "rescheduled_from": Text("attendance_file.columns.rescheduled_from"),
    "confirmation": Text("attendance_file.columns.confirmation"),
    "source_id": Text("attendance_file.columns.source_id"),
}
"""The names of columns, also of those that are read."""
IDS: tuple[Column, ...] = (
    (HEADINGS["agreement"], 37, lambda row: str(row["agreement_id"])),
    (HEADINGS["client"], 37, lambda row: str(row["client_id"])),
)
_CONFIRMATIONS = {
    "unconfirmed": Text("attendance_file.confirmations.unconfirmed"),
    "confirmed": Text("attendance_file.confirmations.confirmed"),
}


def columns(book: Book, language: str, *, names: bool) -> list[Column]:
    """The columns of a file. `names`: with the client's name."""

    def label(system: str, member: str) -> Callable[[Row], Any]:
        known = book[system].codes
        return lambda row: getattr(known.get(row[member]), language, None) or row[member]

    def reasons(row: Row) -> Any:
        """The reason; two of them with their minutes."""
        data = row["absence_reasons"] or ()
        if len(data) < 2:
            return label("absence_reason", "absence_reason")(row)
        parts = [(part["reason"], part["minutes"]) for part in data]
        return reasons_in_words(parts, lambda code: label("absence_reason", "code")({"code": code}))

    def word(words: Mapping[str, Text], member: str) -> Callable[[Row], Any]:
        return lambda row: words[row[member]].render(language, {}) if row[member] else None

    def plain(member: str) -> Callable[[Row], Any]:
        return lambda row: row[member]

    who: list[Column] = [
        (HEADINGS["family_name"], 20, plain("family_name")),
        (HEADINGS["given_names"], 20, plain("given_names")),
    ]
    return [
        (HEADINGS["day"], 11, plain("date")),
        *(who if names else ()),
        (HEADINGS["place"], 28, plain("place_name")),
        (HEADINGS["attendance"], 22, label("attendance_status", "status")),
        (HEADINGS["absence_reason"], 28, reasons),
        (HEADINGS["justification"], 14, word(_STATES, "justification")),
        (HEADINGS["planned_minutes"], 18, plain("planned_minutes")),
        (HEADINGS["actual_minutes"], 18, plain("actual_minutes")),
        (HEADINGS["arrived_at"], 9, _time("arrived_at")),
        (HEADINGS["left_at"], 9, _time("left_at")),
        (HEADINGS["form"], 12, word(FORMS, "form")),
        (HEADINGS["rescheduled_to"], 19, plain("rescheduled_to")),
        (HEADINGS["rescheduled_from"], 15, plain("rescheduled_from")),
        (HEADINGS["confirmation"], 23, word(_CONFIRMATIONS, "confirmation")),
        (HEADINGS["source_id"], 14, plain("source_id")),
        *IDS,
    ]


def _time(member: str) -> Callable[[Row], Any]:
    """A time of day in Finland, to the minute."""

    def data(row: Row) -> Any:
        at: datetime | None = row[member]
        return at.astimezone(HELSINKI).time().replace(second=0, microsecond=0) if at is not None else None

    return data
