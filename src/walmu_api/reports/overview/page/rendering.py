"""The overviews as readable pages, in Finnish or Swedish; a client's also in easy Finnish for whoever asks
for it.

A page is in easy Finnish as a whole: its words, its pictures and the labels of codes and forms. A unit's page
is for workers, and in plain language only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from fastapi import Request, Response
from markupsafe import Markup

from walmu_api.foundation.database import Session
from walmu_api.foundation.locales import EASY_FINNISH, words
from walmu_api.foundation.negotiation import names_language
from walmu_api.foundation.pages import XHTML, Pages, day_text, language_of_page
from walmu_api.record.document_schemas import NationalCode
from walmu_api.record.everyday.assessments.forms.schemas import Labels
from walmu_api.record.everyday.measurements import comparison_chart
from walmu_api.record.everyday.work_diary import rules as diary_rules
from walmu_api.record.parties.codes import service as codes
from walmu_api.record.parties.codes.rules import Book, name_of
from walmu_api.reports.follow_up.schemas import Justified, SummaryDay
from walmu_api.reports.overview import trends
from walmu_api.reports.overview.days import ENOUGH
from walmu_api.reports.overview.page import pictures
from walmu_api.reports.overview.schemas import ClientOverview, DiaryGlimpse, PathStep
from walmu_api.reports.overview.service import Shown
from walmu_api.reports.overview.unit_schemas import UnitOverview

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


class SharedDays(Protocol):
    """Days of which it is told how many were reported and attended."""

    reported_share: float | None
    attended_share: float | None


@dataclass(frozen=True)
class Reader:
    """In which language it is read, and what codes are called there."""

    language: str
    easy: bool
    book: Book

    @property
    def words_of(self) -> str:
        """The file whose words the page takes."""
        return EASY_FINNISH if self.easy else self.language

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
            return str(words(self.words_of, "pages.plan_kinds").get(step.code, step.code))
        system = _LISTS.get(step.what)
        return self.code(system, step.code) if system is not None and step.code is not None else ""

    def day(self, day: date) -> str:
        return day_text(day.isoformat())

    def share(self, of: SharedDays) -> str:
        """73 %; no figure where too little is reported, and nothing where nothing is known."""
        if of.attended_share is not None:
            return f"{of.attended_share * 100:.0f}\u00a0%"
        if of.reported_share is not None and of.reported_share < ENOUGH:
            return str(words(self.words_of, "pages.overview.not_enough_reported"))
        return "–"

    def duration(self, minutes: int) -> str:
        """4 h, 4 h 30 min or 30 min."""
        hours, rest = divmod(minutes, 60)
        parts = ([f"{hours}\u00a0h"] if hours else []) + ([f"{rest}\u00a0min"] if rest or not hours else [])
        return " ".join(parts)

    def national(self, code: NationalCode) -> str:
        """A code of a document: its own display in Finnish, else what the list calls it."""
        known = self.book.get(name_of(code.system)) if self.language != "fi" else None
        found = known.codes.get(code.code) if known is not None else None
        return getattr(found, self.language, None) or code.display

    def absence(self, justified: Justified) -> str:
        return pictures.absence(justified, self.words_of)

    def number(self, value: float | None, *, signed: bool = False) -> str:
        return comparison_chart.number(value, self.language, signed=signed)


async def _reader(request: Request, session: Session, *, may_be_easy: bool) -> Reader:
    accepted = request.headers.get("accept-language")
    language = language_of_page(accepted)
    easy = may_be_easy and language == "fi" and names_language(accepted, EASY_FINNISH)
    return Reader(language, easy, await codes.book_now(session))


async def client_page(request: Request, session: Session, overview: ClientOverview, shown: Shown) -> Response:
    reader = await _reader(request, session, may_be_easy=True)
    year = overview.attendance
    letters = pictures.letters([each.reason for each in year.reasons]) if year is not None else {}

    def reason(code: str) -> str:
        return reader.code("absence_reason", code)

    drawn = [
        {
            "name": instrument.names.in_language(reader.language),
            "pair": data,
            "instrument": instrument,
            "picture": _inline(
                comparison_chart.picture(
                    instrument, pair, reader.language, name=f"m{at}-", words_of=reader.words_of
                )
            ),
        }
        for at, ((pair, instrument), data) in enumerate(
            zip(shown.measured, overview.measurements or (), strict=True)
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
        reasons=pictures.reasons,
        measured=drawn,
        months=pictures.months([each.month for each in begun], items, letters, reason, reader.words_of),
        begun=begun,
        by_verdict=_by_verdict(items, reader),
        absences=absences[:LATEST_ABSENCES],
        line=pictures.line,
        written=_written,
        performances=shown.performances,
    )


async def unit_page(request: Request, session: Session, overview: UnitOverview) -> Response:
    reader = await _reader(request, session, may_be_easy=False)
    drawn = pictures.bars(
        overview.calendar, words(reader.language, "pages.overview.calendar_picture"), reader.language
    )
    return _answer(
        UNIT,
        reader,
        overview=overview,
        picture=drawn,
        month=month_name(overview.month, reader.language),
        reason=lambda code: reader.code("absence_reason", code),
    )


def _written(entry: DiaryGlimpse, performance: Mapping[str, Any] | None, words_of: str) -> str | None:
    """The beginning of a diary entry. What was made of the parts of a day's work is made anew for this
    reader."""
    created = diary_rules.described(performance)
    if created is None or entry.text != trends.excerpt(created):
        return entry.text
    return trends.excerpt(diary_rules.described(performance, words_of) or "")


VERDICTS = ("justified", "unjustified", "undetermined")
"""In the order in which pages name them."""


def _by_verdict(items: Sequence[SummaryDay], reader: Reader) -> Mapping[str, int]:
    """How many absences of each verdict, in words: the words depend on the legal basis of the day."""
    known = [item.justified for item in items if item.justified is not None]
    ordered = sorted(known, key=lambda justified: VERDICTS.index(justified.result))
    return Counter(map(reader.absence, ordered))


def month_name(month: str, language: str) -> str:
    return f"{words(language, 'pages.months')[int(month[5:]) - 1]} {month[:4]}"


def _inline(picture: bytes) -> Markup:
    """A picture made as an XML tree, inside the page."""
    return Markup(picture.decode().partition("?>")[2])  # noqa: S704 - every word in it was escaped when it was made


def _answer(pages: Pages, reader: Reader, **values: Any) -> Response:
    language, words_of = reader.language, reader.words_of
    page = pages.page(
        language,
        reader=reader,
        words=words(words_of, "pages.overview"),
        states=words(words_of, "pages.day_states"),
        steps=words(words_of, "pages.steps"),
        ends=words(words_of, "pages.ends"),
        decision_kinds=words(words_of, "pages.decision_kinds"),
        month_name=month_name,
        **values,
    )
    return Response(page, 200, pages.headers(language), XHTML)
