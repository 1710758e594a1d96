"""What can go wrong, named. Pure: how a problem travels over HTTP is in `problem_responses`.

A `Kind` is one entry of the catalogue: a stable code, a status, and texts in English, Finnish and Swedish. Each feature declares
its own kinds; `app` collects them. A `Problem` is a kind that happened; a `Finding` points at the place in the input.
No text ever holds the offending value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

LANGUAGES = ("en", "fi", "sv")


class _Named(dict[str, Any]):
    """The values of a text. A value that is a text itself is said in the same language; what has none stays in its braces."""

    def __init__(self, values: Mapping[str, Any], language: str) -> None:
        super().__init__(values)
        self._language = language

    def __getitem__(self, name: str) -> Any:
        value = self.get(name, f"{{{name}}}")
        return value.render(self._language, self) if isinstance(value, Text) else value


@dataclass(frozen=True)
class Text:
    """One sentence in each language of the product."""

    en: str
    fi: str
    sv: str

    def render(self, language: str, values: Mapping[str, Any]) -> str:
        template: str = getattr(self, language if language in LANGUAGES else "en")
        return template.format_map(_Named(values, language))


@dataclass(frozen=True)
class ProblemType:
    """One entry of the catalogue of problems. `detail` may name values in braces."""

    code: str
    status: int
    title: Text
    detail: Text
    fix: Text | None = None

    def at(self, pointer: str, /, **values: Any) -> "Finding":
        return Finding(self, pointer, values)

    def __call__(self, *errors: "Finding", **values: Any) -> "Problem":
        return Problem(self, errors, values)


@dataclass(frozen=True)
class Finding:
    """What is wrong (or doubtful) at one place of the input. `pointer` is a JSON Pointer, `` the whole."""

    kind: ProblemType
    pointer: str
    values: Mapping[str, Any] = field(default_factory=dict)
    severity: str = "error"
    rule: str | None = None

    def render(self, language: str) -> dict[str, str]:
        data = {
            "pointer": self.pointer,
            "code": self.kind.code,
            "detail": self.kind.detail.render(language, self.values),
        }
        if self.rule:
            data["rule"] = self.rule
        if self.kind.fix:
            data["fix"] = self.kind.fix.render(language, self.values)
        return data

    def warning(self) -> "Finding":
        return Finding(self.kind, self.pointer, self.values, "warning", self.rule)


class Problem(Exception):
    """A request that cannot be done; carries everything its answer says."""

    def __init__(
        self, kind: ProblemType, errors: Sequence[Finding] = (), values: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.errors = tuple(errors)
        self.values = values or {}
        self.headers: dict[str, str] = {}
        self.members: dict[str, Any] = {}

    def with_headers(self, **headers: str) -> "Problem":
        self.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        return self

    def with_members(self, **members: Any) -> "Problem":
        """Further members of the problem document, e.g. the outcomes of an atomic batch."""
        self.members.update(members)
        return self


def _kind(code: str, status: int, title: tuple[str, str, str], detail: tuple[str, str, str]) -> ProblemType:
    return ProblemType(code, status, Text(*title), Text(*detail))


NOT_FOUND = _kind(
    "not-found",
    404,
    ("Not found", "Ei löytynyt", "Hittades inte"),
    (
        "There is nothing here that you may see.",
        "Täällä ei ole mitään, mitä sinulla olisi oikeus nähdä.",
        "Här finns inget som du har rätt att se.",
    ),
)
METHOD_NOT_ALLOWED = _kind(
    "method-not-allowed",
    405,
    ("Method not allowed", "Menetelmää ei sallita", "Metoden är inte tillåten"),
    (
        "This path does not take that method; the header Allow lists those it takes.",
        "Tämä polku ei tunne kyseistä menetelmää; otsake Allow luettelee sallitut.",
        "Sökvägen godtar inte den metoden; rubriken Allow räknar upp dem som godtas.",
    ),
)
NOT_ACCEPTABLE = _kind(
    "not-acceptable",
    406,
    ("Not acceptable", "Muotoa ei ole tarjolla", "Formatet kan inte ges"),
    (
        "None of the media types in Accept can be given.",
        "Mitään Accept-otsakkeen muodoista ei voida antaa.",
        "Inget av medieformaten i rubriken Accept kan ges.",
    ),
)
TOO_LARGE = _kind(
    "too-large",
    413,
    ("The body is too large", "Sisältö on liian suuri", "Innehållet är för stort"),
    (
        "The body may be at most {limit} bytes.",
        "Sisältö saa olla enintään {limit} tavua.",
        "Innehållet får vara högst {limit} byte.",
    ),
)
BODY_TOO_SLOW = _kind(
    "body-too-slow",
    408,
    ("The body came too slowly", "Sisältö saapui liian hitaasti", "Innehållet kom för långsamt"),
    (
        "The body must arrive within {seconds} seconds; nothing was recorded. Send it again.",
        "Sisällön on saavuttava {seconds} sekunnissa; mitään ei tallennettu. Lähetä se uudelleen.",
        "Innehållet ska komma fram inom {seconds} sekunder; inget registrerades. Sänd det på nytt.",
    ),
)
UNSUPPORTED_MEDIA_TYPE = _kind(
    "unsupported-media-type",
    415,
    ("Unsupported media type", "Sisältötyyppiä ei tueta", "Innehållstypen stöds inte"),
    (
        "The body must be sent as {expected}, in UTF-8 and not compressed.",
        "Sisällön tyypin on oltava {expected}, merkistön UTF-8 ja sisällön pakkaamaton.",
        "Innehållet ska sändas som {expected}, i UTF-8 och okomprimerat.",
    ),
)
MALFORMED = _kind(
    "malformed-body",
    400,
    ("The body cannot be read", "Sisältöä ei voi lukea", "Innehållet kan inte läsas"),
    ("The body cannot be read: {why}.", "Sisältöä ei voi lukea: {why}.", "Innehållet kan inte läsas: {why}."),
)
INVALID = _kind(
    "invalid",
    422,
    ("The request is not valid", "Pyyntö ei ole kelvollinen", "Begäran är inte giltig"),
    (
        "What is wrong is listed in errors, each with its place.",
        "Virheet ja niiden paikat on lueteltu kohdassa errors.",
        "Felen och deras platser räknas upp i errors.",
    ),
)
PRECONDITION_REQUIRED = _kind(
    "precondition-required",
    428,
    ("If-Match is required", "If-Match vaaditaan", "If-Match krävs"),
    (
        "To change this record, send the ETag you read in If-Match.",
        "Muuttaaksesi tietuetta lähetä lukemasi ETag otsakkeessa If-Match.",
        "För att ändra posten, sänd den ETag du läste i rubriken If-Match.",
    ),
)
STALE = _kind(
    "stale-version",
    412,
    ("The record has changed", "Tietue on muuttunut", "Posten har ändrats"),
    (
        "If-Match does not name the version of the record as it is now: read it again, and send its ETag just as it came, quotes included.",
        "If-Match ei ole tietueen nykyinen versio: lue tietue uudelleen ja lähetä sen ETag sellaisenaan, lainausmerkkeineen.",
        "If-Match anger inte postens nuvarande version: läs posten på nytt och sänd dess ETag precis som den kom, med citattecken.",
    ),
)
DUPLICATE_SOURCE = _kind(
    "duplicate-source",
    409,
    ("The source_id is in use", "source_id on jo käytössä", "source_id används redan"),
    (
        "Your system has already recorded other content under this source_id.",
        "Järjestelmäsi on jo tallentanut tällä source_id:llä muun sisällön.",
        "Ditt system har redan registrerat annat innehåll med detta source_id.",
    ),
)
IDEMPOTENCY_KEY_REQUIRED = _kind(
    "idempotency-key-required",
    400,
    (
        "Idempotency-Key or source_id is required",
        "Idempotency-Key tai source_id vaaditaan",
        "Idempotency-Key eller source_id krävs",
    ),
    (
        "Without one of them a retry could record the same thing twice.",
        "Ilman jompaakumpaa uudelleenlähetys voisi tallentaa saman kahdesti.",
        "Utan någotdera kunde en omsändning registrera samma sak två gånger.",
    ),
)
IDEMPOTENCY_KEY_REUSED = _kind(
    "idempotency-key-reused",
    422,
    (
        "The Idempotency-Key belongs to another request",
        "Idempotency-Key kuuluu toiseen pyyntöön",
        "Idempotency-Key hör till en annan begäran",
    ),
    (
        "The same key came with other content before.",
        "Samalla avaimella on aiemmin lähetetty muuta sisältöä.",
        "Annat innehåll har tidigare sänts med samma nyckel.",
    ),
)
IDEMPOTENCY_IN_PROGRESS = _kind(
    "idempotency-in-progress",
    409,
    ("The same request is still running", "Sama pyyntö on vielä kesken", "Samma begäran behandlas ännu"),
    (
        "A request with this Idempotency-Key has not finished: try again shortly.",
        "Tällä avaimella lähetetty pyyntö on kesken: yritä hetken kuluttua uudelleen.",
        "En begäran med denna Idempotency-Key är inte slutbehandlad: försök igen om en stund.",
    ),
)
CONFLICT = _kind(
    "conflict",
    409,
    ("The record is in another state", "Tietue on toisessa tilassa", "Posten har en annan status"),
    (
        "What was asked does not fit the state of the record ({state}).",
        "Pyyntö ei sovi tietueen tilaan ({state}).",
        "Begäran passar inte postens status ({state}).",
    ),
)
UNAVAILABLE = _kind(
    "unavailable",
    503,
    (
        "Temporarily unavailable",
        "Palvelu ei ole hetkellisesti käytettävissä",
        "Tjänsten är tillfälligt otillgänglig",
    ),
    (
        "The service cannot answer right now; nothing was recorded. Try again.",
        "Palvelu ei voi vastata juuri nyt; mitään ei tallennettu. Yritä uudelleen.",
        "Tjänsten kan inte svara just nu; inget registrerades. Försök igen.",
    ),
)
INTERNAL = _kind(
    "internal",
    500,
    ("Unexpected error", "Odottamaton virhe", "Oväntat fel"),
    (
        "Something of ours failed; nothing was recorded. Tell us the request id.",
        "Palvelussa tapahtui virhe; mitään ei tallennettu. Kerro meille pyynnön tunniste.",
        "Ett fel inträffade i tjänsten; inget registrerades. Meddela oss begärans identifierare.",
    ),
)

MISSING = _kind(
    "missing",
    422,
    ("Missing", "Puuttuu", "Saknas"),
    ("A value is required here.", "Tässä vaaditaan arvo.", "Här krävs ett värde."),
)
UNKNOWN_PROPERTY = _kind(
    "unknown-property",
    422,
    ("Unknown property", "Tuntematon kenttä", "Okänt fält"),
    ("There is no such member.", "Tällaista kenttää ei ole.", "Ett sådant fält finns inte."),
)
READ_ONLY = _kind(
    "read-only",
    422,
    ("Set by the server", "Palvelimen asettama", "Sätts av servern"),
    (
        "This member is set by the server and cannot be sent.",
        "Palvelin asettaa tämän kentän; sitä ei voi lähettää.",
        "Fältet sätts av servern och kan inte sändas.",
    ),
)
UNKNOWN_PARAMETER = _kind(
    "unknown-parameter",
    422,
    ("Unknown query parameter", "Tuntematon kyselyparametri", "Okänd frågeparameter"),
    (
        "This operation has no such query parameter.",
        "Tällä toiminnolla ei ole tällaista kyselyparametria.",
        "Funktionen har ingen sådan frågeparameter.",
    ),
)
REPEATED_PARAMETER = _kind(
    "repeated-parameter",
    422,
    ("Repeated parameter", "Toistettu parametri", "Upprepad parameter"),
    ("The parameter may be given once.", "Parametrin saa antaa kerran.", "Parametern får anges en gång."),
)
DUPLICATE_KEY = _kind(
    "duplicate-key",
    422,
    ("Duplicate member", "Sama kenttä kahdesti", "Samma fält två gånger"),
    (
        "An object has the same member twice.",
        "Objektissa on sama kenttä kahdesti.",
        "Ett objekt har samma fält två gånger.",
    ),
)
TOO_DEEP = _kind(
    "too-deep",
    422,
    ("Nested too deep", "Liian syvä rakenne", "För djup struktur"),
    (
        "Nesting may be at most 32 levels.",
        "Sisäkkäisiä tasoja saa olla enintään 32.",
        "Högst 32 nivåer får vara kapslade i varandra.",
    ),
)
INVALID_VALUE = _kind(
    "invalid-value",
    422,
    ("Invalid value", "Virheellinen arvo", "Felaktigt värde"),
    ("The value does not fit: {reason}.", "Arvo ei kelpaa: {reason}.", "Värdet duger inte: {reason}."),
)
UNKNOWN_CODE = _kind(
    "unknown-code",
    422,
    ("Unknown code", "Tuntematon koodi", "Okänd kod"),
    (
        "The code is not in the list {code_system} on that day.",
        "Koodia ei ole luettelossa {code_system} kyseisenä päivänä.",
        "Koden finns inte i förteckningen {code_system} den dagen.",
    ),
)
UNKNOWN_REFERENCE = _kind(
    "unknown-reference",
    422,
    ("Unknown reference", "Tuntematon viittaus", "Okänd hänvisning"),
    (
        "No such record that you may use.",
        "Tietuetta ei ole tai sinulla ei ole oikeutta käyttää sitä.",
        "Posten finns inte eller så har du inte rätt att använda den.",
    ),
)
OUT_OF_ORDER = _kind(
    "out-of-order",
    422,
    ("Days out of order", "Päivät väärässä järjestyksessä", "Dagarna i fel ordning"),
    (
        "The end may not be before the start.",
        "Loppu ei saa olla ennen alkua.",
        "Slutet får inte komma före början.",
    ),
)

GENERAL = tuple(value for value in list(globals().values()) if isinstance(value, ProblemType))


def invalid(*errors: Finding) -> Problem:
    return Problem(INVALID, errors)


def check_order(start: date | None, end: date | None, pointer: str) -> list[Finding]:
    """Of two days that bound a time, both named, the second is not before the first."""
    return [OUT_OF_ORDER.at(pointer)] if start is not None and end is not None and end < start else []


def refuse(findings: Sequence[Finding]) -> None:
    """Raise when any finding is an error; warnings pass."""
    if errors := [f for f in findings if f.severity == "error"]:
        raise invalid(*errors)
