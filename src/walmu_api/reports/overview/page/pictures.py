"""What is drawn on the overview pages: months as small calendars, ratings as lines, days of a unit as
columns. Pure.

Told apart by shape, letter and line, never by colour; each picture says in words what it shows."""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from walmu_api.foundation.locales import words
from walmu_api.foundation.pages import day_text
from walmu_api.record.everyday.attendance.rules import reasons_in_words
from walmu_api.reports.follow_up.schemas import Justified, SummaryDay
from walmu_api.reports.overview.schemas import RatedItem
from walmu_api.reports.overview.unit_schemas import DayOfUnit

CELL, HEAD = 24, 16
STRONGEST = ("present", "partial", "absent", "unreported", "rescheduled", "not_arranged")
"""Which state stands for a day on which a client has several agreements."""
BY_NOTICE = frozenset({"organiser-policy", "no-policy"})
"""Rules by which a notified reason counts (27 d and e §, VPL 27 §)."""
MOST_POINTS = 12
LINE_WIDTH, LINE_HEIGHT, LINE_TOP, LINE_BOTTOM = 320, 64, 18, 52
BAR, BARS_HEIGHT = 20, 90
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Label = Callable[[str], str]


@dataclass(frozen=True)
class Cell:
    """One day of a small calendar. `state` is none of the known where nothing was planned or recorded."""

    x: int
    y: int
    number: int
    state: str = "unplanned"
    letter: str = ""
    unjustified: bool = False
    label: str = ""


@dataclass(frozen=True)
class MonthPicture:
    name: str
    label: str
    height: int
    weekdays: Sequence[str]
    cells: Sequence[Cell]


def letters(reasons: Sequence[str]) -> Mapping[str, str]:
    """A letter for each reason, the most frequent first."""
    return dict(zip(reasons, LETTERS, strict=False))


def months(
    names: Sequence[str], items: Sequence[SummaryDay], letter: Mapping[str, str], reason: Label, language: str
) -> list[MonthPicture]:
    """A small calendar for each month (`2026-10`)."""
    days: dict[date, SummaryDay] = {}
    for item in items:
        known = days.get(item.date)
        if known is None or STRONGEST.index(item.status) < STRONGEST.index(known.status):
            days[item.date] = item
    return [_month(name, days, letter, reason, language) for name in names]


def _month(
    name: str, days: Mapping[date, SummaryDay], letter: Mapping[str, str], reason: Label, language: str
) -> MonthPicture:
    year, month = int(name[:4]), int(name[5:])
    before, length = monthrange(year, month)
    cells, data = [], []
    for number in range(1, length + 1):
        x, y = (before + number - 1) % 7 * CELL, HEAD + (before + number - 1) // 7 * CELL
        item = days.get(date(year, month, number))
        if item is None:
            cells.append(Cell(x, y, number))
            continue
        label = day_in_words(item, reason, language)
        if item.status != "present":
            data.append(f"{number}.{month}. {label}")
        unjustified = item.justified is not None and item.justified.result == "unjustified"
        mark = letter.get(item.absence_reason or "", "") if item.status == "absent" else ""
        cells.append(Cell(x, y, number, item.status, mark, unjustified, f"{number}.{month}.{year}: {label}"))
    weeks = (before + length + 6) // 7
    attended = sum(cell.state in {"present", "partial"} for cell in cells)
    title = f"{words(language, 'pages.months')[month - 1]} {year}"
    head = f"{title}: {words(language, 'pages.overview.days_attended').format(count=attended)}"
    weekdays = words(language, "pages.weekdays")
    return MonthPicture(title, "; ".join([head, *data]) + ".", HEAD + weeks * CELL, weekdays, cells)


def reasons(item: SummaryDay, reason: Label) -> str:
    """Why a day was missed: the reason, or both with their minutes."""
    parts = item.absence_reasons or []
    if len(parts) > 1:
        return reasons_in_words([(part.reason, part.minutes) for part in parts], reason)
    return reason(item.absence_reason) if item.absence_reason is not None else "–"


def day_in_words(item: SummaryDay, reason: Label, language: str) -> str:
    """A day in words: poissa, oma sairaus, hyväksyttävä syy."""
    data = [words(language, "pages.day_states")[item.status]]
    if item.absence_reason is not None:
        data.append(reasons(item, reason))
    if item.justified is not None:
        data.append(absence(item.justified, language))
    return ", ".join(part.removesuffix(".") for part in data)


def absence(justified: Justified, language: str) -> str:
    """What holds of an absence, in the words of its legal basis: 189/2001 knows acceptable reasons, the
    others notice."""
    by = "by_notice" if justified.rule in BY_NOTICE else "by_law"
    return str(words(language, "pages.absences")[by][justified.result])


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    value: int


@dataclass(frozen=True)
class LinePicture:
    """The ratings of an item over time: as far from the left as time has passed, as high as they are."""

    label: str
    points: Sequence[Point]
    least: int
    most: int
    width: int = LINE_WIDTH
    height: int = LINE_HEIGHT
    top: int = LINE_TOP
    bottom: int = LINE_BOTTOM

    @property
    def path(self) -> str:
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)


def line(item: RatedItem, label: str) -> LinePicture:
    shown = item.points[-MOST_POINTS:]
    values = [step.value for step in item.steps] or [point.rating for point in shown]
    least, most = min(values), max(values)
    first, span = shown[0].dated_on, max((shown[-1].dated_on - shown[0].dated_on).days, 1)
    high = LINE_BOTTOM - LINE_TOP
    points = [
        Point(
            round(24 + (LINE_WIDTH - 48) * (point.dated_on - first).days / span, 1),
            round(LINE_BOTTOM - high * (point.rating - least) / max(most - least, 1), 1),
            point.rating,
        )
        for point in shown
    ]
    label = "; ".join(f"{day_text(point.dated_on.isoformat())} {point.rating}" for point in shown)
    return LinePicture(f"{label}: {label}", points, least, most)


@dataclass(frozen=True)
class Bar:
    """One day of a unit: from the ground up attended, absent, unreported."""

    x: int
    day: date
    attended: tuple[float, float]
    absent: tuple[float, float]
    unreported: tuple[float, float]
    label: str


@dataclass(frozen=True)
class BarsPicture:
    label: str
    width: int
    height: int
    bars: Sequence[Bar]
    most: int


def bars(days: Sequence[DayOfUnit], title: str, language: str) -> BarsPicture:
    """Columns of the days, each (top, height)."""
    states = words(language, "pages.day_states")
    most = max((day.attended + day.absent + day.unreported for day in days), default=0)
    data = []
    for at, day in enumerate(days):
        ground = float(BARS_HEIGHT)
        parts = []
        for count in (day.attended, day.absent, day.unreported):
            height = round((BARS_HEIGHT - 14) * count / max(most, 1), 1)
            ground -= height
            parts.append((round(ground, 1), height))
        label = (
            f"{day.date.day}.{day.date.month}.: {states['present']} {day.attended}, {states['absent']} {day.absent}, "
            f"{states['unreported']} {day.unreported}"
        )
        data.append(Bar(28 + at * BAR, day.date, parts[0], parts[1], parts[2], label))
    label = f"{title}. " + "; ".join(bar.label for bar in data) + "."
    return BarsPicture(label, 32 + BAR * len(data), BARS_HEIGHT + 18, data, most)
