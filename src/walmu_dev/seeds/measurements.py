"""Measurements of the demo's clients: Kykyviisari at the start, halfway and after three months.

One worksheet for each provider.

The figures are made up, and so is their range of 0–10: the institute's range is not published."""

import json
from datetime import date, timedelta

from walmu_api.record.everyday.measurements.imports.schemas import MeasurementMapping
from walmu_dev import people
from walmu_dev.errors import DemoError
from walmu_dev.people import INSTRUCTOR
from walmu_dev.seeds.providers import Provider
from walmu_dev.seeds.seeder import Seeder

SCALES = ("C", "D", "E", "F", "G")
SINGLE = ("work_ability", "functioning")
HEAD = ["Avain", "Henkilötunnus", "Vaihe", "Vastattu", "Kieli", "Avustettu", *SCALES, *SINGLE]
PHASES = {"Alku": "start", "Väli": "interim", "Loppu": "end"}


def mapping() -> str:
    scores = [
        {"scale": scale, "column": scale, "min": 0.0, "max": 10.0, "algorithm": "demo"} for scale in SCALES
    ]
    data = {
        "client": {"by": "identity_code", "column": "Henkilötunnus"},
        "source_id": "Avain",
        "instrument": {"value": "kykyviisari"},
        "form_version": {"value": "2017"},
        "language": {"column": "Kieli"},
        "phase": {"column": "Vaihe"},
        "answered_on": {"column": "Vastattu"},
        "respondent": {"value": "client"},
        "mode": {"value": "interview"},
        "assisted": {"column": "Avustettu"},
        "scores": [*scores, *({"scale": scale, "column": scale} for scale in SINGLE)],
        "translations": [{"field": "phase", "text": text, "value": phase} for text, phase in PHASES.items()],
        "author": {name: INSTRUCTOR[name] for name in ("family_name", "given_names")},
    }
    return json.dumps(MeasurementMapping.model_validate(data).model_dump(exclude_none=True))


def worksheet(provider: Provider, first_number: int, begins: date, today: date) -> str:
    """Most clients were measured at the start, every second one halfway, about three of five at the end;
    most of these got somewhat better."""
    lines = [";".join(HEAD)]
    for at in range(provider.clients):
        number = first_number + at
        if at % 10 == 9:
            continue
        lines.append(_line(provider, at, number, "Alku", begins + timedelta(days=5 + at % 9), 0.0))
        gain = (-0.8, 0.4, 0.9, 1.6, 2.1)[number * 3 % 7 % 5]
        halfway, later = begins + timedelta(days=44 + at % 6), begins + timedelta(days=92 + at % 14)
        if number % 2:
            lines.append(_line(provider, at, number, "Väli", halfway, gain / 2))
        if number % 5 < 3 and later <= today:
            lines.append(_line(provider, at, number, "Loppu", later, gain))
    return "\n".join(lines)


def _line(provider: Provider, at: int, number: int, phase: str, day: date, gain: float) -> str:
    key = f"seed-{provider.key}-{at}-{PHASES[phase]}"
    easy = number % 4 == 1
    language = "fi-x-selko" if easy else "sv" if number % 9 == 4 else "fi"
    values = [
        min(10.0, 3.2 + (number * (7 + place) % 47) / 10 + gain * (0.6 + place % 3 / 5))
        for place in range(len(SCALES))
    ]
    whole = [min(10, 2 + number * (5 + place) % 6 + round(gain)) for place in range(len(SINGLE))]
    cells = [f"{value:.1f}".replace(".", ",") for value in values] + [str(value) for value in whole]
    data = [
        key,
        people.identity_code(number),
        phase,
        f"{day.day}.{day.month}.{day.year}",
        language,
        "true" if easy else "false",
    ]
    return ";".join([*data, *cells])


async def fill(seeder: Seeder, provider: Provider, first_number: int, begins: date) -> None:
    """One request for each provider; sent again it changes nothing."""
    files = {
        "file": ("kykyviisari.csv", worksheet(provider, first_number, begins, seeder.today)),
        "mapping": (None, mapping()),
    }
    headers = await seeder.authorization(provider.key)
    answer = await seeder.http.post("/v1/measurement-imports", files=files, headers=headers)
    if answer.status_code != 200 or answer.json()["counts"]["rejected"]:
        raise DemoError(f"The seed failed at the measurements: {answer.status_code} {answer.text[:500]}")
