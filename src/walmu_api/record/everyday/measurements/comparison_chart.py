"""A profile then and now as a picture (SVG). Pure.

Told apart by shape and line, never by colour: then is a hollow circle, now a filled square, and the line
between them is dotted where the change is for the worse. It is as narrow as a telephone, and grows with what
it is put into. Everything in it is also said in words, in `<desc>`."""

import textwrap
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from xml.etree.ElementTree import Element, SubElement, tostring

from walmu_api.foundation.locales import Text
from walmu_api.record.everyday.measurements.baseline_pairs import Change, Pair, Reading, compare
from walmu_api.record.everyday.measurements.instruments.rules import Instrument, Scale
from walmu_api.record.everyday.measurements.rules import range_of

WIDTH, MARGIN, LINE = 360, 16, 18
AXIS_FROM, AXIS_TO = MARGIN + 8, WIDTH - MARGIN - 8
DARK, LIGHT = "#1a1a1a", "#8c8c8c"
MEDIA_TYPE = "image/svg+xml"

TITLE = Text("comparison_chart.title")
NOTHING = Text("comparison_chart.nothing")
THEN = Text("comparison_chart.then")
NOW = Text("comparison_chart.now")
WORSE = Text("comparison_chart.worse")
ROW_TEXT = Text("comparison_chart.row")
SCALE_TEXT = Text("comparison_chart.scale")
WAYS = {
    -1: Text("comparison_chart.ways.for_the_worse"),
    0: Text("comparison_chart.ways.the_same"),
    1: Text("comparison_chart.ways.for_the_better"),
}
MISSING_TEXT = Text("comparison_chart.not_compared")
LESS_IS_BETTER = Text("comparison_chart.less_is_better")
NO_RULE = Text("comparison_chart.no_rule")
RULE = Text("comparison_chart.rule")
VERDICTS = {
    "improved": Text("comparison_chart.verdicts.improved"),
    "worsened": Text("comparison_chart.verdicts.worsened"),
    "unchanged": Text("comparison_chart.verdicts.unchanged"),
    "changed": Text("comparison_chart.verdicts.changed"),
}


@dataclass(frozen=True)
class _Axis:
    """Where a value stands between the ends of its scale. An end that nobody published is not told."""

    least: float
    most: float
    known: bool

    @classmethod
    def of(cls, scale: Scale, reading: Reading | None) -> "_Axis":
        data = (reading.min, reading.max) if reading else (None, None)
        return cls(*range_of(scale, *data), known=scale.range_known or None not in data)

    def x(self, value: float) -> float:
        return round(AXIS_FROM + (AXIS_TO - AXIS_FROM) * (value - self.least) / (self.most - self.least), 1)


class _Sheet:
    """What is drawn, from the top down."""

    def __init__(self, language: str, words_of: str) -> None:
        self.language, self.words_of, self.y = language, words_of, 0
        self.drawn = Element("g", {"aria-hidden": "true"})

    def text(self, x: float, y: float, data: str, **more: str) -> None:
        SubElement(self.drawn, "text", {"x": f"{x:g}", "y": f"{y:g}", **more}).text = data

    def paragraph(self, data: str, width: int, **more: str) -> None:
        """Lines of so many letters at most."""
        for line in textwrap.wrap(data, width):
            self.y += LINE
            self.text(MARGIN, self.y, line, **more)

    def then(self, x: float, y: float) -> None:
        circle = {
            "cx": f"{x:g}",
            "cy": f"{y:g}",
            "r": "7",
            "fill": "#ffffff",
            "stroke": DARK,
            "stroke-width": "2.5",
        }
        SubElement(self.drawn, "circle", circle)

    def now(self, x: float, y: float) -> None:
        square = {"x": f"{x - 5:g}", "y": f"{y - 5:g}", "width": "10", "height": "10", "fill": DARK}
        SubElement(self.drawn, "rect", square)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], width: int, colour: str, **more: str
    ) -> None:
        ends = {"x1": f"{start[0]:g}", "y1": f"{start[1]:g}", "x2": f"{end[0]:g}", "y2": f"{end[1]:g}"}
        SubElement(self.drawn, "line", {**ends, "stroke": colour, "stroke-width": str(width), **more})


DOTTED = {"stroke-dasharray": "3 4"}


def picture(
    instrument: Instrument, pair: Pair | None, language: str, *, name: str = "", words_of: str = ""
) -> bytes:
    """The whole picture. Without a pair it says so. `name` begins its ids, where several stand on one page;
    `words_of` is easy Finnish where the page is."""
    sheet = _Sheet(language, words_of or language)
    title = TITLE.render(sheet.words_of, {"name": instrument.names.in_language(language)})
    sheet.y = 8
    sheet.paragraph(title, 36, **{"font-size": "17", "font-weight": "bold"})
    if pair is None:
        data = NOTHING.render(sheet.words_of, {})
        sheet.y += LINE // 2
        sheet.paragraph(data, 48)
    else:
        data = _profile(sheet, instrument, pair)
    return _svg(sheet, title, data, name)


def _svg(sheet: _Sheet, title: str, data: str, name: str) -> bytes:
    width, height = str(WIDTH), str(sheet.y + MARGIN)
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {height}",
            "width": width,
            "height": height,
            "role": "img",
            "aria-labelledby": f"{name}title {name}desc",
            "lang": sheet.language,
            "font-family": "sans-serif",
            "font-size": "14",
            "fill": DARK,
        },
    )
    SubElement(root, "title", {"id": f"{name}title"}).text = title
    SubElement(root, "desc", {"id": f"{name}desc"}).text = data
    SubElement(root, "rect", {"width": width, "height": height, "fill": "#ffffff"})
    root.append(sheet.drawn)
    drawn: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return drawn


def _profile(sheet: _Sheet, instrument: Instrument, pair: Pair) -> str:
    """Legend, rows and what they mean; answers all of it in words."""
    when = [
        text.render(sheet.words_of, {"day": _day(end.answered_on, sheet.language)})
        for text, end in ((THEN, pair.before), (NOW, pair.after))
    ]
    _legend(sheet, when)
    data = [_row(sheet, instrument.by_scale[each.scale], each, pair) for each in compare(pair, instrument)]
    rule = instrument.change_rule
    values = (
        RULE.render(sheet.words_of, {"source": rule.source}) if rule else NO_RULE.render(sheet.words_of, {})
    )
    sheet.y += LINE // 2
    sheet.paragraph(values, 54, **{"font-size": "12"})
    return " ".join([f"{when[0]}, {when[1]}.".capitalize(), *data, values])


def _legend(sheet: _Sheet, when: list[str]) -> None:
    sheet.y += 26
    for draw, x, data in ((sheet.then, MARGIN + 7, when[0]), (sheet.now, MARGIN + 171, when[1])):
        draw(x, sheet.y - 5)
        sheet.text(x + 14, sheet.y, data)
    sheet.y += 22
    sheet.line((MARGIN, sheet.y - 5), (MARGIN + 40, sheet.y - 5), 3, DARK, **DOTTED)
    sheet.text(MARGIN + 48, sheet.y, WORSE.render(sheet.words_of, {}))
    sheet.y += LINE // 2


def _row(sheet: _Sheet, scale: Scale, change: Change, pair: Pair) -> str:
    """One scale as a row: its name and values, and below them where these stand; answers what it says in
    words."""
    language, words_of, name = sheet.language, sheet.words_of, scale.names.in_language(sheet.language)
    then, now = pair.before.readings.get(scale.code), pair.after.readings.get(scale.code)
    axis = _Axis.of(scale, then or now)
    values = {"before": number(change.before, language), "after": number(change.after, language)}
    verdict = VERDICTS[change.verdict].render(words_of, {}) if change.verdict in VERDICTS else ""
    less = [LESS_IS_BETTER.render(words_of, {})] if scale.direction == "lower_is_better" else []
    comparable = change.not_compared != "different_range"
    _words(
        sheet,
        [*textwrap.wrap(name, 30), *less],
        [f"{values['before']} {'→' if comparable else '|'} {values['after']}", verdict],
    )
    if comparable:
        _axis(sheet, axis)
        if then and now and then.value != now.value:
            worse = change.improvement is not None and change.improvement < 0
            sheet.line(
                (axis.x(then.value), sheet.y),
                (axis.x(now.value), sheet.y),
                3,
                DARK,
                **(DOTTED if worse else {}),
            )
        for reading, draw in ((then, sheet.then), (now, sheet.now)):
            if reading:
                draw(axis.x(reading.value), sheet.y)
        sheet.y += LINE
    if change.not_compared is not None:
        return MISSING_TEXT.render(words_of, {"scale": name, **values})
    ends = {"least": number(axis.least, language), "most": number(axis.most, language)}
    scale_text = (
        f"{SCALE_TEXT.render(words_of, ends) if axis.known else ''}{' ' if less else ''}{''.join(less)}"
    )
    data = {
        "scale_told": scale_text,
        "way": _way(change, sheet),
        "verdict": f"; {verdict}" if verdict else "",
    }
    return ROW_TEXT.render(words_of, {"scale": name, **values, **data})


def _words(sheet: _Sheet, left: list[str], right: list[str]) -> None:
    sheet.y += 6
    for at, (one, other) in enumerate(zip_longest(left, filter(None, right), fillvalue="")):
        sheet.y += LINE
        size = {"font-size": "12"} if at else {}
        if one:
            sheet.text(MARGIN, sheet.y, one, **size)
        if other:
            sheet.text(WIDTH - MARGIN, sheet.y, other, **size, **{"text-anchor": "end"})


def _axis(sheet: _Sheet, axis: _Axis) -> None:
    sheet.y += LINE
    sheet.line((AXIS_FROM, sheet.y), (AXIS_TO, sheet.y), 1, LIGHT)
    for x, value in ((AXIS_FROM, axis.least), (AXIS_TO, axis.most)):
        sheet.line((x, sheet.y - 5), (x, sheet.y + 5), 1, LIGHT)
        if axis.known:
            sheet.text(
                x,
                sheet.y + LINE,
                number(value, sheet.language),
                **{"font-size": "12", "text-anchor": "middle"},
            )


def _way(change: Change, sheet: _Sheet) -> str:
    """By how much, and whether that is for the better."""
    if change.improvement is None or change.difference is None:
        return ""
    way = (change.improvement > 0) - (change.improvement < 0)
    return WAYS[way].render(
        sheet.words_of, {"change": number(change.difference, sheet.language, signed=True)}
    )


def number(value: float | None, language: str, *, signed: bool = False) -> str:
    """At most two decimals, as the language writes them; a dash where there is none. `signed`: + before what
    is above 0."""
    if value is None:
        return "–"
    plain = f"{value:+.2f}" if signed and value else f"{value:.2f}"
    plain = plain.rstrip("0").rstrip(".").replace("-", "−")
    return plain if language == "en" else plain.replace(".", ",")


def _day(day: date, language: str) -> str:
    return day.isoformat() if language == "en" else f"{day.day}.{day.month}.{day.year}"
