"""A profile then and now as a picture (SVG). Pure.

Told apart by shape and line, never by colour: then is a hollow circle, now a filled square, and the line between
them is dotted where the change is for the worse. Everything in it is also said in words, in `<desc>`."""

from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element, SubElement, tostring

from walmu_api.foundation.problems import Text
from walmu_api.record.measurements.instruments.rules import Instrument, Scale
from walmu_api.record.measurements.pairs import Change, Pair, compare
from walmu_api.record.measurements.rules import range_of

WIDTH, ROW, TOP, AXIS_FROM, AXIS_TO = 760, 46, 96, 250, 620
DARK, LIGHT = "#1a1a1a", "#8c8c8c"
MEDIA_TYPE = "image/svg+xml"

TITLE = Text("{name}: then and now", "{name}: ennen ja nyt", "{name}: då och nu")
NOTHING = Text(
    "There are no two measurements to compare yet.", "Verrattavia mittauksia ei vielä ole kahta.", "Det finns ännu inte två mätningar att jämföra."
)  # fmt: skip
THEN = Text("then {day}", "ennen {day}", "då {day}")
NOW = Text("now {day}", "nyt {day}", "nu {day}")
WORSE = Text("dotted: for the worse", "pisteviiva: heikompaan", "prickad: till det sämre")
ROW_TOLD = Text(
    "{scale}: then {before}, now {after}, on a scale from {least} to {most}{verdict}.",
    "{scale}: ennen {before}, nyt {after}, asteikolla {least}–{most}{verdict}.",
    "{scale}: då {before}, nu {after}, på en skala från {least} till {most}{verdict}.",
)
MISSING_TOLD = Text(
    "{scale}: then {before}, now {after}; not compared.", "{scale}: ennen {before}, nyt {after}; ei verrata.", "{scale}: då {before}, nu {after}; jämförs inte."
)  # fmt: skip
LESS_IS_BETTER = Text("(less is better)", "(pienempi on parempi)", "(mindre är bättre)")
NO_RULE = Text(
    "A difference is a change, not proof of an effect. No rule of what change counts is registered.",
    "Ero on muutos, ei osoitus vaikutuksesta. Merkityksellisen muutoksen rajaa ei ole kirjattu.",
    "En skillnad är en förändring, inte bevis på en effekt. Ingen regel för vad som räknas som förändring är registrerad.",
)
RULE = Text(
    "A difference is a change, not proof of an effect. What counts as a change: {source}.",
    "Ero on muutos, ei osoitus vaikutuksesta. Muutoksen raja: {source}.",
    "En skillnad är en förändring, inte bevis på en effekt. Regel för förändring: {source}.",
)
VERDICTS = {
    "improved": Text("better", "parempi", "bättre"),
    "worsened": Text("worse", "heikompi", "sämre"),
    "unchanged": Text("no change that counts", "ei merkityksellistä muutosta", "ingen förändring som räknas"),
    "changed": Text("changed", "muuttunut", "förändrad"),
}


@dataclass(frozen=True)
class _Axis:
    """Where a value stands between the ends of its scale."""

    least: float
    most: float

    def x(self, value: float) -> float:
        return round(AXIS_FROM + (AXIS_TO - AXIS_FROM) * (value - self.least) / (self.most - self.least), 1)


def picture(instrument: Instrument, pair: Pair | None, language: str, *, name: str = "") -> bytes:
    """The whole picture. Without a pair it says so. `name` begins its ids, where several stand on one page."""
    changes = compare(pair, instrument) if pair is not None else []
    height = TOP + ROW * max(len(changes), 1) + 56
    root = Element("svg", {
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {height}", "width": str(WIDTH), "height": str(height),
        "role": "img", "aria-labelledby": f"{name}title {name}desc", "lang": language, "font-family": "sans-serif", "font-size": "14", "fill": DARK,
    })  # fmt: skip
    title = TITLE.said(language, {"name": instrument.names.said(language)})
    SubElement(root, "title", {"id": f"{name}title"}).text = title
    desc = SubElement(root, "desc", {"id": f"{name}desc"})
    SubElement(root, "rect", {"width": str(WIDTH), "height": str(height), "fill": "#ffffff"})
    drawn = SubElement(root, "g", {"aria-hidden": "true"})
    _text(drawn, 20, 30, title, **{"font-size": "18", "font-weight": "bold"})
    if pair is None:
        desc.text = NOTHING.said(language, {})
        _text(drawn, 20, TOP, desc.text)
        return _bytes(root)
    _legend(drawn, pair, language)
    told = [_row(drawn, at, instrument.by_scale[each.scale], each, pair, language) for at, each in enumerate(changes)]
    rule = instrument.change_rule
    said = RULE.said(language, {"source": rule.source}) if rule else NO_RULE.said(language, {})
    _text(drawn, 20, height - 20, said, **{"font-size": "12"})
    when = _legend_texts(pair, language)
    desc.text = " ".join([f"{when[0]}, {when[1]}.".capitalize(), *told, said])
    return _bytes(root)


def _bytes(root: Element) -> bytes:
    told: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return told


def _text(parent: Element, x: float, y: float, said: str, **more: str) -> None:
    SubElement(parent, "text", {"x": f"{x:g}", "y": f"{y:g}", **more}).text = said


def _legend_texts(pair: Pair, language: str) -> tuple[str, str]:
    then, now = _day(pair.before.answered_on, language), _day(pair.after.answered_on, language)
    return THEN.said(language, {"day": then}), NOW.said(language, {"day": now})


def _legend(parent: Element, pair: Pair, language: str) -> None:
    then, now = _legend_texts(pair, language)
    _then(parent, 30, 58)
    _text(parent, 46, 63, then)
    _now(parent, 230, 58)
    _text(parent, 246, 63, now)
    _line(parent, 430, 470, 58, dotted=True)
    _text(parent, 480, 63, WORSE.said(language, {}))


def _then(parent: Element, x: float, y: float) -> None:
    SubElement(
        parent,
        "circle",
        {"cx": f"{x:g}", "cy": f"{y:g}", "r": "8", "fill": "#ffffff", "stroke": DARK, "stroke-width": "2.5"},
    )


def _now(parent: Element, x: float, y: float) -> None:
    SubElement(parent, "rect", {"x": f"{x - 6:g}", "y": f"{y - 6:g}", "width": "12", "height": "12", "fill": DARK})


def _line(parent: Element, start: float, end: float, y: float, *, dotted: bool) -> None:
    dots = {"stroke-dasharray": "3 4"} if dotted else {}
    ends = {"x1": f"{start:g}", "x2": f"{end:g}", "y1": f"{y:g}", "y2": f"{y:g}"}
    SubElement(parent, "line", {**ends, "stroke": DARK, "stroke-width": "3", **dots})


def _row(parent: Element, at: int, scale: Scale, change: Change, pair: Pair, language: str) -> str:
    """One scale as a row; answers what it says in words."""
    y = TOP + ROW * at + 14
    now, then = pair.after.readings.get(scale.code), pair.before.readings.get(scale.code)
    shown = then or now
    axis = _Axis(*range_of(scale, shown.min, shown.max)) if shown else _Axis(scale.min, scale.max)
    name = scale.names.said(language)
    _text(parent, 20, y + 5, name if len(name) <= 32 else name[:31] + "…")
    if scale.direction == "lower_is_better":
        _text(parent, 20, y + 20, LESS_IS_BETTER.said(language, {}), **{"font-size": "11"})
    _axis(parent, axis, y, language)
    values = {"before": _number(change.before, language), "after": _number(change.after, language)}
    if change.not_compared == "different_range":
        _text(parent, AXIS_TO + 30, y + 5, f"{values['before']} | {values['after']}")
        return MISSING_TOLD.said(language, {"scale": name, **values})
    if then and now and then.value != now.value:
        worse = change.improvement is not None and change.improvement < 0
        _line(parent, axis.x(then.value), axis.x(now.value), y, dotted=worse)
    if then:
        _then(parent, axis.x(then.value), y)
    if now:
        _now(parent, axis.x(now.value), y)
    _text(parent, AXIS_TO + 30, y + 5, f"{values['before']} → {values['after']}")
    if change.not_compared is not None:
        return MISSING_TOLD.said(language, {"scale": name, **values})
    verdict = VERDICTS[change.verdict].said(language, {}) if change.verdict in VERDICTS else ""
    if verdict:
        _text(parent, AXIS_TO + 30, y + 20, verdict, **{"font-size": "11"})
    ends = {"least": _number(axis.least, language), "most": _number(axis.most, language)}
    return ROW_TOLD.said(language, {"scale": name, **values, **ends, "verdict": f"; {verdict}" if verdict else ""})


def _axis(parent: Element, axis: _Axis, y: float, language: str) -> None:
    SubElement(
        parent,
        "line",
        {
            "x1": str(AXIS_FROM),
            "x2": str(AXIS_TO),
            "y1": f"{y:g}",
            "y2": f"{y:g}",
            "stroke": LIGHT,
            "stroke-width": "1",
        },
    )
    for x, value in ((AXIS_FROM, axis.least), (AXIS_TO, axis.most)):
        SubElement(
            parent,
            "line",
            {"x1": str(x), "x2": str(x), "y1": f"{y - 5:g}", "y2": f"{y + 5:g}", "stroke": LIGHT, "stroke-width": "1"},
        )
        _text(parent, x, y + 20, _number(value, language), **{"font-size": "11", "text-anchor": "middle"})


def _number(value: float | None, language: str) -> str:
    if value is None:
        return "–"
    plain = f"{value:.2f}".rstrip("0").rstrip(".")
    plain = plain.replace("-", "−")
    return plain if language == "en" else plain.replace(".", ",")


def _day(day: date, language: str) -> str:
    return day.isoformat() if language == "en" else f"{day.day}.{day.month}.{day.year}"
