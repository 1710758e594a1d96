"""What can be wrong with a national document, in three languages. Pure."""

from dataclasses import dataclass

from walmu_api.foundation import request_body
from walmu_api.foundation.problems import Finding, ProblemType, Text

Location = tuple[int | str, ...]
LONGEST_KEY = 139
"""Characters of the longest national key."""


def pointer(location: Location) -> str:
    """Where something stands in a document; national keys are longer than other names."""
    return request_body.pointer(location, LONGEST_KEY)


EMPTY = ProblemType(
    "empty-value",
    422,
    Text("Empty", "Tyhjä arvo", "Tomt värde"),
    Text(
        "What has no content is left out: no empty text or text of blanks, no empty object or list.",
        "Tyhjä tieto jätetään pois: ei tyhjää tai pelkistä väleistä koostuvaa tekstiä, tyhjää objektia tai luetteloa.",
        "Det som saknar innehåll utelämnas: ingen text som är tom eller bara mellanslag, inget tomt objekt, ingen tom lista.",
    ),
)
ONE_ROOT_KEY = ProblemType(
    "one-root-key",
    422,
    Text("Another root key", "Ylimääräinen juuriavain", "En rotnyckel för mycket"),
    Text(
        "A document has exactly one root key: {root}.",
        "Asiakirjassa on täsmälleen yksi juuriavain: {root}.",
        "En handling har exakt en rotnyckel: {root}.",
    ),
)
CONDITIONALLY_REQUIRED = ProblemType(
    "conditionally-required",
    422,
    Text("Required here", "Pakollinen tässä tapauksessa", "Obligatoriskt i detta fall"),
    Text(
        "A value is required in this case: {condition}.",
        "Arvo on tässä tapauksessa pakollinen: {condition}.",
        "Ett värde krävs i detta fall: {condition}.",
    ),
)
REPEATED = ProblemType(
    "repeated-here",
    422,
    Text("More than one", "Useampi kuin yksi", "Fler än en"),
    Text(
        "Only one may be given in this case: {condition}.",
        "Tässä tapauksessa saa olla vain yksi: {condition}.",
        "I detta fall får bara en anges: {condition}.",
    ),
)
NOT_APPLICABLE = ProblemType(
    "not-applicable",
    422,
    Text("Does not belong here", "Ei kuulu tähän", "Hör inte hit"),
    Text(
        "The field is not used in this case: {condition}.",
        "Kenttää ei käytetä tässä tapauksessa: {condition}.",
        "Fältet används inte i detta fall: {condition}.",
    ),
)
UNKNOWN_STRUCTURE = ProblemType(
    "unknown-structure",
    422,
    Text("Unknown structure", "Tuntematon rakenne", "Okänd struktur"),
    Text(
        "No such structure with that version is supported.",
        "Tällaista rakennetta ja versiota ei tueta.",
        "En sådan struktur med den versionen stöds inte.",
    ),
    Text(
        "GET /v1/documents/structures lists them.",
        "GET /v1/documents/structures luettelee ne.",
        "GET /v1/documents/structures räknar upp dem.",
    ),
)
CLIENT_MISMATCH = ProblemType(
    "client-mismatch",
    422,
    Text("Another person", "Toinen henkilö", "En annan person"),
    Text(
        "The person in the document is not the client that it was sent for.",
        "Asiakirjan henkilö ei ole se asiakas, jolle se lähetettiin.",
        "Personen i handlingen är inte den klient som den sändes för.",
    ),
)
NOT_YOUR_STRUCTURE = ProblemType(
    "not-your-structure",
    403,
    Text("Not yours to send", "Ei lähetettävissäsi", "Inte din att sända"),
    Text(
        "Your role may not send documents of this structure.",
        "Roolisi ei saa lähettää tämän rakenteen asiakirjoja.",
        "Din roll får inte sända handlingar av denna struktur.",
    ),
)
NOT_A_MEASUREMENT = ProblemType(
    "not-a-measurement",
    422,
    Text("Not a measurement", "Ei ole mittaus", "Inte en mätning"),
    Text(
        "The document that it replaces is a measurement; this one holds what a measurement has no place for.",
        "Korvattava asiakirja on mittaus; tässä on sellaista, mille mittauksessa ei ole paikkaa.",
        "Handlingen som ersätts är en mätning; denna innehåller sådant som en mätning inte har plats för.",
    ),
    Text(
        "Write it as GET /v1/measurements/ID/document does, or send it as a document of its own.",
        "Kirjoita se kuten GET /v1/measurements/ID/document tai lähetä se omana asiakirjanaan.",
        "Skriv den som GET /v1/measurements/ID/document gör eller sänd den som en egen handling.",
    ),
)
DOCUMENT_INCOMPLETE = ProblemType(
    "document-incomplete",
    409,
    Text("Not yet a document", "Ei vielä asiakirja", "Ännu ingen handling"),
    Text(
        "The record lacks what the national structure requires.",
        "Tiedosta puuttuu kansallisen rakenteen vaatimaa.",
        "Uppgiften saknar det som den nationella strukturen kräver.",
    ),
)
PROBLEMS = (
    CLIENT_MISMATCH,
    NOT_YOUR_STRUCTURE,
    NOT_A_MEASUREMENT,
    DOCUMENT_INCOMPLETE,
    UNKNOWN_STRUCTURE,
    EMPTY,
    ONE_ROOT_KEY,
    CONDITIONALLY_REQUIRED,
    REPEATED,
    NOT_APPLICABLE,
)

WHOLE_DATE = Text(
    "a whole date YYYY-MM-DD is needed here",
    "tässä tarvitaan koko päivämäärä VVVV-KK-PP",
    "här behövs ett helt datum ÅÅÅÅ-MM-DD",
)
CONTROLS = Text(
    "the text holds control characters", "tekstissä on ohjausmerkkejä", "texten innehåller styrtecken"
)
TOO_LARGE_NUMBER = Text("the number is too large", "luku on liian suuri", "talet är för stort")
OFFICIAL = Text(
    "the official schema refuses it ({keyword})",
    "virallinen skeema ei hyväksy arvoa ({keyword})",
    "det officiella schemat godtar inte värdet ({keyword})",
)
FIXED_SENTENCE = Text(
    "the sentence that the structure prescribes is expected",
    "tässä on oltava rakenteen määräämä vakioteksti",
    "här ska stå den text som strukturen föreskriver",
)


@dataclass(frozen=True)
class DocumentFinding(Finding):
    """A finding in a national document; `our_field` is what our record calls the place, where it is mapped."""

    source: str = "schema"
    our_field: str | None = None

    def render(self, language: str) -> dict[str, str]:
        data = super().render(language) | {"severity": self.severity, "source": self.source}
        return data | ({"field": self.our_field} if self.our_field else {})
