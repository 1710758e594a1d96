"""What must hold of a client. Pure."""

from datetime import date

from walmu_api.foundation import reasons
from walmu_api.foundation.problems import INVALID_VALUE, Finding, Kind, Text

IDENTITY_TAKEN = Kind(
    "identity-in-use",
    409,
    Text(
        "The identity belongs to another client",
        "Tunnus kuuluu toiselle asiakkaalle",
        "Beteckningen hör till en annan klient",
    ),
    Text(
        "Another client of the organiser has this identity: look the client up with POST /v1/client-searches.",
        "Järjestäjän toisella asiakkaalla on tämä tunnus: hae asiakas kutsulla POST /v1/client-searches.",
        "En annan av organisatörens klienter har denna beteckning: sök klienten med POST /v1/client-searches.",
    ),
)
PROBLEMS = (IDENTITY_TAKEN,)


def check(*, born: date | None, turvakielto: bool, turvakielto_ends_on: date | None, today: date) -> list[Finding]:
    findings = []
    if born is not None and born > today:
        findings.append(INVALID_VALUE.at("/date_of_birth", reason=reasons.NOT_YET))
    if turvakielto_ends_on is not None and not turvakielto:
        findings.append(INVALID_VALUE.at("/turvakielto_ends_on", reason=reasons.PROTECTED))
    return findings
