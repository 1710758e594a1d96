"""The overviews as readable pages, in Finnish or Swedish, with easy-Finnish labels for whoever asks for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request, Response
from markupsafe import Markup

from walmu_api.foundation.database import Session
from walmu_api.foundation.negotiation import names_language
from walmu_api.foundation.pages import XHTML, Pages, day_text, language_of_page
from walmu_api.record.everyday.assessments.forms.schemas import Labels
from walmu_api.record.everyday.measurements import comparison_chart
from walmu_api.record.everyday.measurements.baseline_pairs import Pair
from walmu_api.record.everyday.measurements.instruments.rules import Instrument
from walmu_api.record.parties.codes import service as codes
from walmu_api.record.parties.codes.rules import Book
from walmu_api.reports.overview.page import labels as words
from walmu_api.reports.overview.page import pictures
from walmu_api.reports.overview.schemas import ClientOverview, PathStep
from walmu_api.reports.overview.unit_schemas import UnitOverview

EASY_FINNISH = "fi-x-selko"
_PACKAGE = "walmu_api.reports.overview.page"
CLIENT = Pages(_PACKAGE, "client.xhtml.j2", "overview.css")
UNIT = Pages(_PACKAGE, "unit.xhtml.j2", "overview.css")
LATEST_ABSENCES = 10
_LISTS = {
    "referred": "referral_source",
    "case_opened": "referral_source",
    "decided": "service_kind",
    "revoked": "service_kind",
    "agreed": "agreement_kind",
    "agreement_ended": "agreement_kind",
    "ended": "onward_path",
}
"""The lists that the codes of steps are of."""


@dataclass(frozen=True)
class Reader:
    """In which language it is read, and what codes are called there."""

    language: str
    easy: bool
    book: Book

    def code(self, system: str, code: str) -> str:
        known = self.book[system].codes.get(code)
        easy = known.easy_fi if known is not None and self.easy else None
        return easy or getattr(known, self.language, None) or getattr(known, "fi", None) or code

    def labels(self, labels: Labels) -> str:
        easy = labels.easy_fi if self.easy else None
        return easy or getattr(labels, self.language) or labels.fi

    def step(self, step: PathStep) -> str:
        """What a step is about."""
        if step.what == "plan" and step.code is not None:
            return words.PLAN_KINDS[self.language].get(step.code, step.code)
        system = _LISTS.get(step.what)
        return self.code(system, step.code) if system is not None and step.code is not None else ""

    def day(self, day: date) -> str:
        return day_text(day.isoformat())

    def share(self, share: float | None) -> str:
        """73 %; nothing where nothing is known."""
        return f"{share * 100:.0f}\u00a0%" if share is not None else "–"

    def number(self, value: float | None, *, signed: bool = False) -> str:
        return comparison_chart.number(value, self.language, signed=signed)


async def _reader(request: Request, session: Session) -> Reader:
    accepted = request.headers.get("accept-language")
    language = language_of_page(accepted)
    easy = language == "fi" and names_language(accepted, EASY_FINNISH)
    return Reader(language, easy, await codes.book_now(session))


async def client_page(
    request: Request, session: Session, overview: ClientOverview, measured: Sequence[tuple[Pair, Instrument]]
) -> Response:
    reader = await _reader(request, session)
    year = overview.attendance
    letters = pictures.letters([each.reason for each in year.reasons]) if year is not None else {}

    def reason(code: str) -> str:
        return reader.code("absence_reason", code)

    drawn = [
        {
            "name": instrument.names.in_language(reader.language),
            "pair": data,
            "instrument": instrument,
            "picture": _inline(comparison_chart.picture(instrument, pair, reader.language, name=f"m{at}-")),
        }
        for at, ((pair, instrument), data) in enumerate(
            zip(measured, overview.measurements or (), strict=True)
        )
    ]
    items = year.items if year is not None else []
    begun = (
        [each for each in year.months if each.month >= f"{items[0].date:%Y-%m}"]
        if year is not None and items
        else []
    )
    absences = [
        item for item in reversed(items) if item.absence_reason is not None or item.status == "absent"
    ]
    return _answer(
        CLIENT,
        reader,
        overview=overview,
        year=year,
        letters=letters,
        reason=reason,
        measured=drawn,
        months=pictures.months([each.month for each in begun], items, letters, reason, reader.language),
        begun=begun,
        absences=absences[:LATEST_ABSENCES],
        line=pictures.line,
    )


async def unit_page(request: Request, session: Session, overview: UnitOverview) -> Response:
    reader = await _reader(request, session)
    drawn = pictures.bars(
        overview.calendar, words.WORDS[reader.language]["calendar_picture"], reader.language
    )
    return _answer(
        UNIT,
        reader,
        overview=overview,
        picture=drawn,
        month=month_name(overview.month, reader.language),
        reason=lambda code: reader.code("absence_reason", code),
    )


def month_name(month: str, language: str) -> str:
    return f"{words.MONTHS[language][int(month[5:]) - 1]} {month[:4]}"


def _inline(picture: bytes) -> Markup:
    """A picture made as an XML tree, inside the page."""
    return Markup(picture.decode().partition("?>")[2])  # noqa: S704 - every word in it was escaped when it was made


def _answer(pages: Pages, reader: Reader, **values: Any) -> Response:
    language = reader.language
    page = pages.page(
        language,
        reader=reader,
        words=words.WORDS[language],
        states=words.DAY_STATES[language],
        justified=words.JUSTIFIED[language],
        steps=words.STEPS[language],
        ends=words.ENDS[language],
        decision_kinds=words.DECISION_KINDS[language],
        month_name=month_name,
        **values,
    )
    return Response(page, 200, pages.headers(language), XHTML)
