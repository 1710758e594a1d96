"""Why a value does not fit, in every language of the product: what stands for `{reason}` in `invalid-value`.

Validators raise `ValueError` with the English text of one of these, because that is what pydantic carries; `of` finds the
whole text again, and a text for each of pydantic's own errors. None holds the value that was sent."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

from walmu_api.foundation import patterns
from walmu_api.foundation.problems import Text

NOT_WELL_FORMED = Text("it is not well formed", "arvo ei ole oikeaa muotoa", "värdet har inte rätt form")
TEXT = Text("text is expected", "arvon on oltava tekstiä", "text förväntas")
NUMBER = Text("a number is expected", "arvon on oltava luku", "ett tal förväntas")
WHOLE_NUMBER = Text("a whole number is expected", "arvon on oltava kokonaisluku", "ett heltal förväntas")
TRUE_OR_FALSE = Text(
    "true or false is expected", "arvon on oltava true tai false", "true eller false förväntas"
)
BLANK = Text("the text is of blanks only", "tekstissä on pelkkiä välejä", "texten består bara av mellanslag")
LIST = Text("a list is expected", "arvon on oltava luettelo", "en lista förväntas")
OBJECT = Text("an object is expected", "arvon on oltava objekti", "ett objekt förväntas")
ONE_OF = Text(
    "one of these is expected: {expected}", "sallitut arvot ovat {expected}", "tillåtna värden är {expected}"
)
PATTERN = Text(
    "text of the pattern {pattern} is expected",
    "arvon on oltava muotoa {pattern}",
    "text av formen {pattern} förväntas",
)
TOO_SHORT = Text(
    "at least {min_length} characters are needed",
    "merkkejä on oltava vähintään {min_length}",
    "minst {min_length} tecken krävs",
)
TOO_LONG = Text(
    "at most {max_length} characters are allowed",
    "merkkejä saa olla enintään {max_length}",
    "högst {max_length} tecken tillåts",
)
TOO_FEW = Text(
    "at least {min_length} items are needed",
    "luettelossa on oltava vähintään {min_length} kohtaa",
    "listan ska ha minst {min_length} poster",
)
TOO_MANY = Text(
    "at most {max_length} items are allowed",
    "luettelossa saa olla enintään {max_length} kohtaa",
    "listan får ha högst {max_length} poster",
)
TOO_SMALL = Text("{ge} is the least", "pienin sallittu arvo on {ge}", "det minsta tillåtna värdet är {ge}")
TOO_BIG = Text("{le} is the most", "suurin sallittu arvo on {le}", "det största tillåtna värdet är {le}")
SURROGATE = Text(
    "the text holds half of a surrogate pair",
    "tekstissä on vajaa sijaismerkkipari",
    "texten innehåller ett halvt surrogatpar",
)
NOT_JSON = Text("the line is not JSON", "rivi ei ole JSONia", "raden är inte JSON")
NOT_JSON_AT = Text(
    "it is not JSON from line {line}, column {column} on",
    "se ei ole JSONia rivin {line} sarakkeesta {column} alkaen",
    "det är inte JSON från rad {line}, kolumn {column}",
)
NOTHING = Text("it is empty", "se on tyhjä", "det är tomt")
NOT_UTF8 = Text(
    "it is not UTF-8 (but perhaps Windows-1252 or UTF-16)",
    "se ei ole UTF-8:aa (ehkä Windows-1252 tai UTF-16)",
    "det är inte UTF-8 (kanske Windows-1252 eller UTF-16)",
)
BYTE_ORDER_MARK = Text(
    "it begins with a byte order mark (BOM); JSON has none",
    "sen alussa on tavujärjestysmerkki (BOM), jota JSONissa ei ole",
    "det börjar med ett byteordningsmärke (BOM), som JSON inte har",
)
NO_NUMBER = Text(
    "NaN, Infinity and numbers of thousands of digits are not JSON here",
    "NaN, Infinity ja tuhansien numeroiden luvut eivät kelpaa",
    "NaN, Infinity och tal med tusentals siffror duger inte",
)
NO_FORM = Text(
    "it is not a form of names and values, percent-encoded",
    "se ei ole prosenttikoodattu lomake nimineen ja arvoineen",
    "det är inte ett procentkodat formulär med namn och värden",
)

DAY = Text(
    "a day of the calendar is written YYYY-MM-DD, from 1900 to 2199",
    "kalenteripäivä kirjoitetaan muodossa VVVV-KK-PP, vuosilta 1900–2199",
    "en kalenderdag skrivs ÅÅÅÅ-MM-DD, åren 1900–2199",
)
INSTANT = Text(
    "an instant is written as RFC 3339 says, with seconds and zone, from 1910 to 2189",
    "ajanhetki kirjoitetaan RFC 3339:n mukaan sekunteineen ja aikavyöhykkeineen, vuosilta 1910–2189",
    "en tidpunkt skrivs enligt RFC 3339 med sekunder och tidszon, åren 1910–2189",
)
UUID = Text(
    "an id is a UUID in its usual form with hyphens",
    "tunniste on UUID tavallisessa muodossa yhdysmerkkeineen",
    "ett id är ett UUID i vanlig form med bindestreck",
)
MONEY = Text(
    'an amount is written as text with two decimals, as "6.00"',
    'summa kirjoitetaan tekstinä kahdella desimaalilla: "6.00"',
    'ett belopp skrivs som text med två decimaler: "6.00"',
)
OWN_KEY = Text(
    "a key of yours, never a personal identity code",
    "järjestelmäsi oma avain, ei koskaan henkilötunnus",
    "en nyckel i ert eget system, aldrig en personbeteckning",
)
VISIBLE_KEY = Text(
    "1 to 255 visible ASCII characters are expected",
    "avaimessa on oltava 1–255 näkyvää ASCII-merkkiä",
    "1–255 synliga ASCII-tecken förväntas",
)
CURSOR = Text(
    "it is not a cursor that this feed gave",
    "kursori ei ole tämän muutossyötteen antama",
    "markören har inte getts av detta ändringsflöde",
)
IDENTIFIER = Text(
    "it is not a well-formed identifier of that system",
    "tunnus ei ole kyseisen tunnusjärjestelmän mukainen",
    "beteckningen följer inte det angivna systemet",
)
BUSINESS_ID = Text(
    "the check digit of the business id is wrong",
    "Y-tunnuksen tarkistusnumero on väärä",
    "FO-numrets kontrollsiffra är fel",
)
SIGNING_KEY = Text(
    "it is not a signing key of a kind that is accepted",
    "avain ei ole hyväksyttyä lajia oleva allekirjoitusavain",
    "nyckeln är inte en signeringsnyckel av godkänt slag",
)
ID_OR_SOURCE = Text(
    "name the id or the source_id, not both",
    "anna joko id tai source_id, ei molempia",
    "ange antingen id eller source_id, inte båda",
)
SAME_KID = Text("two keys have the same kid", "kahdella avaimella on sama kid", "två nycklar har samma kid")
UNCHANGEABLE = Text("it cannot be changed", "arvoa ei voi muuttaa", "värdet kan inte ändras")
STRUCTURE_OF_TASK = Text(
    "the structure of a decision follows from the service task of its service relationship",
    "päätöksen rakenne seuraa palvelun asiakkuuden palvelutehtävästä",
    "beslutets struktur följer av serviceförhållandets serviceuppgift",
)
SIGNED = Text(
    "it cannot be changed once signed",
    "arvoa ei voi muuttaa allekirjoituksen jälkeen",
    "värdet kan inte ändras efter undertecknandet",
)
NOT_YET = Text("the day has not come yet", "päivä on tulevaisuudessa", "dagen ligger i framtiden")
WITHIN_AGREEMENT = Text(
    "it must lie within the agreement",
    "päivän on oltava sopimuksen voimassaoloaikana",
    "dagen ska ligga inom avtalets giltighetstid",
)
WITHIN_RELATIONSHIP = Text(
    "the service relationship has ended by then",
    "palvelun asiakkuus on silloin jo päättynyt",
    "serviceförhållandet har då redan avslutats",
)
ONE_AGREEMENT = Text(
    "give either agreement_id or agreement_source_id",
    "anna joko agreement_id tai agreement_source_id",
    "ange antingen agreement_id eller agreement_source_id",
)
REJECTION = Text("a rejection has a reason", "hylkäämisellä on oltava syy", "ett avslag ska ha ett skäl")
LEAVING = Text(
    "leaving comes after arriving",
    "lähtöaika on saapumisajan jälkeen",
    "tiden för avfärd ska komma efter ankomsten",
)
DAY_ENDS = Text(
    "the day must end after it starts",
    "päivän on päätyttävä alkamisensa jälkeen",
    "dagen ska sluta efter att den börjat",
)
FIXED_OR_FLEXIBLE = Text(
    "a fixed schedule has days, a flexible one has none",
    "kiinteällä aikataululla on päivät, joustavalla ei",
    "ett fast schema har dagar, ett flexibelt har inga",
)
WEEKDAY_ONCE = Text(
    "a weekday may be planned once", "viikonpäivän saa suunnitella kerran", "en veckodag får planeras en gång"
)
LEAST_AND_MOST = Text(
    "min_days_per_week may not exceed max_days_per_week",
    "min_days_per_week ei saa ylittää arvoa max_days_per_week",
    "min_days_per_week får inte överskrida max_days_per_week",
)
WAGES = Text(
    "wages are paid, never a work allowance",
    "työstä maksetaan palkkaa, ei työosuusrahaa",
    "lön betalas, aldrig arbetspenning",
)
REHABILITATIVE_DAYS = Text(
    "rehabilitative work activity is 1–4 days a week (189/2001)",
    "kuntouttava työtoiminta on 1–4 päivää viikossa (189/2001)",
    "arbetsverksamhet i rehabiliteringssyfte är 1–4 dagar i veckan (189/2001)",
)
REHABILITATIVE_HOURS = Text(
    "rehabilitative work activity is at least 4 hours a day (189/2001)",
    "kuntouttava työtoiminta on vähintään 4 tuntia päivässä (189/2001)",
    "arbetsverksamhet i rehabiliteringssyfte är minst 4 timmar om dagen (189/2001)",
)
PURCHASE = Text(
    "only a purchase decision refers to the client's decision",
    "vain ostopalvelupäätös viittaa asiakkaan päätökseen",
    "endast ett beslut om köpta tjänster hänvisar till klientens beslut",
)
NO_CONTACTS = Text(
    "contacts of a protected person who is not the client's legal representative are not recorded",
    "turvakiellossa olevan henkilön yhteystietoja ei kirjata, ellei hän ole asiakkaan laillinen edustaja",
    "kontaktuppgifter till en person med spärrmarkering antecknas inte, om personen inte är klientens lagliga företrädare",
)
PROTECTED = Text("only with turvakielto", "vain turvakiellon kanssa", "endast tillsammans med spärrmarkering")
SHIPPED = Text(
    "the definition of an instrument that ships cannot be changed",
    "tuotteen mukana tulevan mittarin määrittelyä ei voi muuttaa",
    "definitionen av ett instrument som följer med produkten kan inte ändras",
)
RANGE = Text(
    "the most must be above the least",
    "suurimman arvon on oltava pienintä suurempi",
    "det största värdet ska vara större än det minsta",
)
FORM_VERSION = Text(
    "the instrument has no such form version",
    "mittarilla ei ole tällaista lomakeversiota",
    "instrumentet har ingen sådan formulärversion",
)
SCALE = Text(
    "the instrument has no such scale",
    "mittarilla ei ole tällaista asteikkoa",
    "instrumentet har ingen sådan skala",
)
CODE_ONCE = Text("it may be there once", "sen saa antaa kerran", "det får anges en gång")
VALUE_OR_REASON = Text(
    "give either a value or missing_reason",
    "anna joko arvo tai missing_reason",
    "ange antingen ett värde eller missing_reason",
)
RANGE_WHOLE = Text(
    "give min and max together, max above min",
    "anna min ja max yhdessä, max suurempana",
    "ange min och max tillsammans, max större än min",
)
SCORES_OR_GOALS = Text(
    "give either scores or goals",
    "anna joko pisteet (scores) tai tavoitteet (goals)",
    "ange antingen poäng (scores) eller mål (goals)",
)
GOALS_ELSEWHERE = Text(
    "only goal attainment scaling has goals",
    "tavoitteita on vain GAS-mittarissa",
    "endast måluppfyllelseskalan GAS har mål",
)
BASELINES = Text(
    "give the baseline of every goal or of none",
    "anna lähtötaso kaikille tavoitteille tai ei yhdellekään",
    "ange utgångsnivån för alla mål eller för inget",
)
RESPONDENT = Text(
    "the instrument is not answered by this respondent",
    "mittaria ei täytä tämä vastaaja",
    "instrumentet fylls inte i av denna respondent",
)
LANGUAGE = Text(
    "the form version is not there in this language",
    "lomakeversiota ei ole tällä kielellä",
    "formulärversionen finns inte på detta språk",
)
ANOTHER_CLIENT = Text(
    "the relationship is another client's",
    "asiakkuus on toisen asiakkaan",
    "klientrelationen är en annan klients",
)
NOT_MULTIPART = Text(
    "the body is not well-formed multipart/form-data",
    "sisältö ei ole kelvollista multipart/form-data-muotoa",
    "innehållet är inte välformat multipart/form-data",
)
NOT_A_WORKSHEET = Text(
    "the file can be read neither as CSV nor as XLSX",
    "tiedostoa ei voi lukea CSV- eikä XLSX-muodossa",
    "filen kan inte läsas som CSV eller XLSX",
)
TOO_SWOLLEN = Text(
    "unpacked, the file is too large", "tiedosto on purettuna liian suuri", "filen är för stor uppackad"
)
TOO_DEEP_DOWN = Text(
    "the worksheet goes on below row {max_length}: delete the empty rows",
    "taulukko jatkuu rivin {max_length} alapuolella: poista tyhjät rivit",
    "kalkylbladet fortsätter under rad {max_length}: ta bort de tomma raderna",
)
TOO_WIDE = Text(
    "at most {max_length} columns are allowed",
    "sarakkeita saa olla enintään {max_length}",
    "högst {max_length} kolumner tillåts",
)
COLUMN = Text(
    "the file has no such column", "tiedostossa ei ole tällaista saraketta", "filen har ingen sådan kolumn"
)
COLUMN_TWICE = Text(
    "the file has two columns of this name",
    "tiedostossa on kaksi samannimistä saraketta",
    "filen har två kolumner med detta namn",
)
SHEET = Text(
    "the workbook has no such sheet",
    "työkirjassa ei ole tällaista taulukkoa",
    "arbetsboken har inget sådant blad",
)
COLUMN_OR_VALUE = Text(
    "give either a column or a value", "anna joko sarake tai arvo", "ange antingen en kolumn eller ett värde"
)
FORMULA = Text(
    "the cell holds a formula, which is not worked out",
    "solussa on kaava, jota ei lasketa",
    "cellen har en formel, som inte räknas ut",
)
CELL_DAY = Text(
    "a day is written d.m.yyyy or yyyy-mm-dd, or is a date of the worksheet",
    "päivä kirjoitetaan p.k.vvvv tai vvvv-kk-pp tai on taulukon päivämäärä",
    "en dag skrivs d.m.åååå eller åååå-mm-dd eller är ett datum i kalkylbladet",
)

REASONS = {text.en: text for text in list(globals().values()) if isinstance(text, Text)}
"""By their English text, as errors carry them."""
_OF_PYDANTIC: Mapping[str, Text] = {
    "string_type": TEXT,
    "string_unicode": SURROGATE,
    "string_pattern_mismatch": PATTERN,
    "string_too_short": TOO_SHORT,
    "string_too_long": TOO_LONG,
    "too_short": TOO_FEW,
    "too_long": TOO_MANY,
    "int_type": WHOLE_NUMBER,
    "int_parsing": WHOLE_NUMBER,
    "int_parsing_size": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "float_type": NUMBER,
    "finite_number": NUMBER,
    "bool_type": TRUE_OR_FALSE,
    "bool_parsing": TRUE_OR_FALSE,
    "list_type": LIST,
    "model_type": OBJECT,
    "dict_type": OBJECT,
    "model_attributes_type": OBJECT,
    "literal_error": ONE_OF,
    "enum": ONE_OF,
    "greater_than_equal": TOO_SMALL,
    "less_than_equal": TOO_BIG,
}
_TOLD = ("expected", "pattern", "min_length", "max_length", "ge", "le")
"""What is said of the rule; whatever else pydantic tells may hold the value."""


def of(error: ErrorDetails) -> dict[str, Any]:
    """The reason of an error, and what it names: from the rule, never from the value."""
    if error["type"] == "value_error":
        return {"reason": REASONS.get(error["msg"].removeprefix("Value error, "), NOT_WELL_FORMED)}
    data = {name: value for name, value in error.get("ctx", {}).items() if name in _TOLD}
    if "expected" in data:
        data["expected"] = str(data["expected"]).replace("' or '", "', '")
    if (named := patterns.WORDS.get(data.get("pattern", ""))) is not None:
        return {"reason": named}
    return {"reason": _OF_PYDANTIC.get(error["type"], NOT_WELL_FORMED), **data}
