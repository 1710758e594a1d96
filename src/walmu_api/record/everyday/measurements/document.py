"""A measurement as its national document (merkintä asiakkaalle tehdystä tutkimuksesta, 19015) says it, and
back. The names are those of the table of the structure. Pure.

A row of the document holds a name, one number and words; so each score is a row, and what a number means
without its form is said in the name: the instrument, its version and language, the scale, and its range where
that is known. Who answered, phase and mode are fixed sentences, in Finnish in every document; a page has them
in the language of its reader. What is spelled so is read back; whatever else a document holds, a measurement
is not."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from walmu_api.foundation.locales import words
from walmu_api.record.everyday.measurements.instruments.rules import Instrument, Scale
from walmu_api.record.everyday.measurements.rules import range_of

STRUCTURE = "1.2.246.537.6.1506.19015.2022.6.28"
_RANGE = re.compile(r"(?P<head>.+) \((?P<least>[^()–]+)–(?P<most>[^()–]+)\)", re.DOTALL)


@cache
def _descriptions() -> dict[str, tuple[str, str]]:
    """Each description that a document of ours can have, and which phase and mode it tells."""
    phases, modes = words("fi", "documents.measurement_phases"), words("fi", "documents.measurement_modes")
    return {f"{data} {by}": (phase, mode) for phase, data in phases.items() for mode, by in modes.items()}


@cache
def _score_words() -> re.Pattern[str]:
    """What the words of a row are made of."""
    measurement = words("fi", "documents.measurement")
    return re.compile(
        "(?P<respondent>{})(?: (?P<assisted>{}))?(?: {})?(?: (?P<missing>{}))?".format(
            "|".join(map(re.escape, words("fi", "documents.respondents").values())),
            re.escape(measurement["assisted"]),
            re.escape(measurement["answered"]).replace(r"\{count\}", r"(?P<answered>[0-9]{1,3})"),
            "|".join(map(re.escape, words("fi", "documents.missing_scores").values())),
        )
    )


def as_document(
    record: Mapping[str, Any], instrument: Instrument, of_service: Mapping[str, Any], language: str = "fi"
) -> dict[str, Any]:
    """The members of a measurement (as JSON), ready for the table. `of_service`: what the relationship tells
    of the service."""
    phase = words(language, "documents.measurement_phases")[record["phase"]]
    mode = words(language, "documents.measurement_modes")[record["mode"]]
    data = {
        "period": {"starts_at": record["answered_on"]},
        "description": f"{phase} {mode}",
        "scores": [_row(record, instrument, score, language) for score in record["scores"]],
    }
    return {
        **of_service,
        **data,
        **{name: record[name] for name in ("written_on", "author") if name in record},
    }


def _row(
    record: Mapping[str, Any], instrument: Instrument, score: Mapping[str, Any], language: str
) -> dict[str, Any]:
    scale = instrument.by_scale.get(score["scale"])
    scale_name = scale.names.in_language(language) if scale else score["scale"]
    named = _name(
        instrument.names.in_language(language), record["form_version"], record["language"], scale_name
    )
    least, most = score.get("min"), score.get("max")
    if (least is None or most is None) and scale is not None and scale.range_known:
        least, most = scale.min, scale.max
    row = {"name": named if least is None or most is None else f"{named} ({_plain(least)}–{_plain(most)})"}
    own, answered, missing = (
        words(language, "documents.measurement"),
        score.get("items_answered"),
        score.get("missing_reason"),
    )
    sentences = [
        words(language, "documents.respondents")[record["respondent"]],
        own["assisted"] if record["assisted"] else "",
        own["answered"].format(count=answered) if answered is not None else "",
        words(language, "documents.missing_scores")[missing] if missing is not None else "",
    ]
    row["words"] = " ".join(filter(None, sentences))
    return row | ({"value": score["value"]} if score.get("value") is not None else {})


def _name(instrument: str, form_version: str, language: str, scale: str) -> str:
    return f"{instrument} ({form_version}, {language}): {scale}"


def _plain(number: float) -> str:
    return f"{number:.15g}"


def with_undocumented_members(
    members: dict[str, Any], before: Mapping[str, Any], instrument: Instrument
) -> dict[str, Any]:
    """The members that a document tells of a measurement, with what the one before has besides: its items; of
    a score that is the same, how it was worked out; its goals, while all their scores are the same; the
    sender's key."""
    known = {score["scale"]: score for score in before["scores"]}
    same = {
        score["scale"]: known[score["scale"]] | score
        for score in members["scores"]
        if _is_same(instrument.by_scale[score["scale"]], known.get(score["scale"], {}), score)
    }
    stored = {name: before[name] for name in ("items", "source_id") if before.get(name) is not None}
    scores = [same.get(score["scale"], score) for score in members["scores"]]
    if before.get("goals") and same.keys() == known.keys() and len(scores) == len(known):
        return stored | members | {"scores": [], "goals": before["goals"]}
    return stored | members | {"scores": scores}


def _is_same(scale: Scale, known: Mapping[str, Any], score: Mapping[str, Any]) -> bool:
    ranges = (range_of(scale, each.get("min"), each.get("max")) for each in (known, score))
    what = ("value", "missing_reason", "items_answered")
    return len(set(ranges)) == 1 and all(known.get(name) == score.get(name) for name in what)


class Forms:
    """Every name that a row can have, and what it means."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        self._meanings: dict[str, tuple[Instrument, str, str, Scale] | None] = {}
        for instrument in instruments:
            for version in instrument.form_versions:
                for language in version.languages:
                    for scale in instrument.scales:
                        name = _name(instrument.names.fi, version.code, language, scale.names.fi)
                        meaning = (instrument, version.code, language, scale)
                        self._meanings[name] = (
                            None if name in self._meanings else meaning
                        )  # two meanings are none

    def read(self, data: Mapping[str, Any]) -> tuple[Instrument, dict[str, Any]] | None:
        """The members of the measurement that a document is, and its instrument; None when it is none."""
        rows = [self._row(row) for row in data.get("scores", ())]
        phase_and_mode = _descriptions().get(data.get("description", ""))
        day = data.get("period", {}).get("starts_at")
        if not rows or phase_and_mode is None or day is None:
            return None
        known = [row for row in rows if row is not None]
        instrument, shared, _ = known[0] if known else (None, {}, {})
        if (
            instrument is None
            or len(known) < len(rows)
            or any(row[:2] != (instrument, shared) for row in known)
        ):
            return None
        phase, mode = phase_and_mode
        members = shared | {
            "instrument": instrument.code,
            "phase": phase,
            "mode": mode,
            "answered_on": day,
            "scores": [score for _, _, score in known],
        }
        return instrument, members | {name: data[name] for name in ("written_on", "author") if name in data}

    def _row(self, row: Mapping[str, Any]) -> tuple[Instrument, dict[str, Any], dict[str, Any]] | None:
        """The instrument, what all rows of a measurement share, and the score."""
        name, found = row.get("name", ""), _score_words().fullmatch(row.get("words", ""))
        meaning, bounds = self._meanings.get(name), _RANGE.fullmatch(name)
        data: dict[str, Any] = {}
        if meaning is None and bounds is not None:
            meaning = self._meanings.get(bounds["head"])
            least, most = (_number(bounds[end]) for end in ("least", "most"))
            if meaning is not None and (least, most) != (meaning[3].min, meaning[3].max):
                data = {"min": least, "max": most}
        if meaning is None or found is None:
            return None
        instrument, version, language, scale = meaning
        respondent = _code_of(found["respondent"], "documents.respondents")
        missing = _code_of(found["missing"], "documents.missing_scores")
        answered = int(found["answered"]) if found["answered"] else None
        score = {
            "scale": scale.code,
            "value": row.get("value"),
            "items_answered": answered,
            "missing_reason": missing,
            **data,
        }
        shared = {
            "form_version": version,
            "language": language,
            "respondent": respondent,
            "assisted": found["assisted"] is not None,
        }
        return instrument, shared, {name: value for name, value in score.items() if value is not None}


def _code_of(sentence: str | None, key: str) -> str | None:
    """What a sentence stands for; nothing where there is none."""
    return next((code for code, known in words("fi", key).items() if known == sentence), None)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
