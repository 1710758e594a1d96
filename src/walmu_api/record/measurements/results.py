"""A measurement as rows of a national entry of a test (merkintä asiakkaalle tehdystä tutkimuksesta, 19015). Pure.

One row holds a name, one number and words; so each scale becomes a row, and what a number means without its form is said
in the name: the instrument, its version and its language, and the scale with its range."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from walmu_api.foundation.problems import Text
from walmu_api.record.measurements.instruments.rules import Instrument
from walmu_api.record.measurements.rules import range_of

NAME = Text(
    "{name} ({version}, {language}): {scale} ({least}–{most})", "{name} ({version}, {language}): {scale} ({least}–{most})",
    "{name} ({version}, {language}): {scale} ({least}–{most})",
)  # fmt: skip
ASSISTED = Text("Answered with assistance.", "Vastattu avustettuna.", "Besvarat med hjälp.")
RESPONDENTS = {
    "client": Text("Answered by the client.", "Vastaajana asiakas.", "Besvarat av klienten."),
    "proxy": Text("Answered on the client's behalf.", "Vastaajana asiakkaan puolesta toinen henkilö.", "Besvarat för klientens räkning."),
    "professional": Text("Assessed by a professional.", "Ammattihenkilön arvio.", "Bedömt av en yrkesutbildad person."),
}  # fmt: skip
MISSING = {
    "not_answered": Text("Not answered.", "Ei vastausta.", "Inget svar."),
    "declined": Text("The client declined to answer.", "Asiakas ei halunnut vastata.", "Klienten ville inte svara."),
    "not_applicable": Text("Not applicable.", "Ei sovellu.", "Inte tillämpligt."),
    "not_reported": Text("The result was not reported.", "Tulosta ei ilmoitettu.", "Resultatet meddelades inte."),
    "unknown": Text("No result; the reason is not known.", "Ei tulosta; syy ei tiedossa.", "Inget resultat; orsaken är okänd."),
}  # fmt: skip


@dataclass(frozen=True)
class ResultRow:
    """One row of the national entry: kaytetty_menetelma_testi_tai_mittari, tulos_lukuarvona, sanallinen_tulos."""

    name: str
    number: float | None
    words: str


def rows(
    instrument: Instrument, *, form_version: str, language: str, respondent: str, assisted: bool,
    scores: Iterable[Mapping[str, Any]], told_in: str = "fi",
) -> list[ResultRow]:  # fmt: skip
    """One row for each score, in the language of the document."""
    made = []
    for score in scores:
        scale = instrument.by_scale.get(score["scale"])
        if scale is None:
            continue
        least, most = range_of(scale, score.get("min"), score.get("max"))
        named = {
            "name": instrument.names.said(told_in), "version": form_version, "language": language,
            "scale": scale.names.said(told_in), "least": f"{least:g}", "most": f"{most:g}",
        }  # fmt: skip
        words = [RESPONDENTS[respondent].said(told_in, {})]
        words += [ASSISTED.said(told_in, {})] if assisted else []
        words += [MISSING[score["missing_reason"]].said(told_in, {})] if score.get("missing_reason") else []
        made.append(ResultRow(NAME.said(told_in, named), score.get("value"), " ".join(words)))
    return made
