"""What the contract says of itself: version, introduction, tags."""

from typing import Any

VERSION = "0.1.0"
OPEN = " Open: new values may come."
"""What every closed set of the contract says behind its description."""
DESCRIPTION = """Interoperability between a wellbeing services county (the organiser, *järjestäjä*) and the providers and
workplaces that run work-activity services. Providers post attendance and sign agreements; the organiser's record system
decides and gets everything back.

**Begin** with a token (`POST /oauth2/token`), then `GET /v1/whoami`, `GET /v1/agreements`, and
`PUT /v1/agreements/{id}/attendance/{date}`. Errors are problem documents (RFC 9457) with a stable `code`; the page behind
`type` explains it. Times are RFC 3339 with zone, days are days in Finland, money is text with two decimals in EUR."""

SOMEWHERE = "https://walmu.example"
"""Where an installation stands that is not running, such as the one of the reviewed file."""


def info(address: str) -> dict[str, Any]:
    """Pages of the installation itself: who may use the software, and on what terms, only its owner can say."""
    return {
        "contact": {"name": "Walmu API", "url": f"{address}/docs"},
        "license": {"name": "Proprietary", "url": f"{address}/docs/licence"},
    }


TAGS = {
    "access": "Tokens, keys, and who you are.",
    "connected systems": "Systems that call this API.",
    "organisations": "Organiser, providers, workplaces and their units.",
    "codes": "Code systems (koodistot) in three languages.",
    "clients": "Clients (asiakkaat).",
    "service relationships": "Who serves whom, from when to when (palvelun asiakkuus).",
    "decisions": "Decisions (päätökset) and drafts for the caseworker.",
    "agreements": "Agreements (sopimukset).",
    "workplace agreements": "What a workplace gets of an agreement (työpaikan liite).",
    "notices": "Notices of decisions (tiedoksiannot): to each audience what it needs.",
    "permissions": "Permissions to exchange information (luvat tiedonvaihtoon).",
    "plans": "Client plans (asiakassuunnitelmat) and implementation plans (toteuttamissuunnitelmat).",
    "disclosures": "The disclosure log (luovutusloki).",
    "cases": "Cases (asiat): what a referral or application opened.",
    "service events": "How a service begins, pauses and ends, with onward paths (jatkopolut).",
    "attendance": "Attendance (läsnäolo), absences and their justifications (perustelut).",
    "measurements": "Instruments (mittarit), measurements (mittaukset), and what changed between them.",
    "jobs": "Requests that are answered later (Prefer: respond-async).",
    "overview": "How it goes at a glance (tilannekuva), of a client and of a unit; also as pages.",
    "impact": "Change among groups of clients (vaikuttavuus), with small numbers withheld.",
    "documents": "Documents in the national structures (valtakunnalliset asiakasasiakirjarakenteet).",
    "work diary": "The work diary (työmaapäiväkirja), also from workplaces.",
    "start interviews": "Start interviews (alkuhaastattelut): where the client stands, what they can "
    "and want.",
    "assessments": "Assessments (arvioinnit) and the organiser's forms for them (arviointilomakkeet).",
    "changes": "The change feed.",
    "use log": "Who saw whose data (käyttöloki).",
    "exchange": "How exchange with the record system goes.",
    "operation": "Health and metrics.",
}
