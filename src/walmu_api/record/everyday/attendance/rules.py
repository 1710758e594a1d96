"""When a day may be recorded, and what its words mean. Pure: every argument is plain, today included.

A recorded fact is refused only where it has no place to be; everything else about facts warns."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from walmu_api.foundation.problems import INVALID_VALUE, UNKNOWN_CODE, Finding, ProblemType, Text
from walmu_api.foundation.validation_messages import LEAVING
from walmu_api.record.commitments.decisions.rules import Force
from walmu_api.record.parties.codes.rules import CodeList


def _kind(
    code: str,
    title: tuple[str, str, str],
    detail: tuple[str, str, str],
    fix: tuple[str, str, str] | None = None,
    status: int = 422,
) -> ProblemType:
    return ProblemType(code, status, Text(*title), Text(*detail), Text(*fix) if fix else None)


UNKNOWN_AGREEMENT = _kind(
    "unknown-agreement",
    ("Unknown agreement", "Tuntematon sopimus", "Okänt avtal"),
    (
        "There is no such agreement that you may use.",
        "Sopimusta ei ole tai sinulla ei ole oikeutta käyttää sitä.",
        "Avtalet finns inte eller så har du inte rätt att använda det.",
    ),
    (
        "List your agreements with GET /v1/agreements.",
        "Listaa sopimuksesi kutsulla GET /v1/agreements.",
        "Hämta dina avtal med GET /v1/agreements.",
    ),
)
DAY_OUTSIDE_AGREEMENT = _kind(
    "day-outside-agreement",
    ("The day is outside the agreement", "Päivä ei kuulu sopimukseen", "Dagen hör inte till avtalet"),
    (
        "It is none of the agreement's days: {outside}.",
        "Se ei ole sopimuksen päiviä: {outside}.",
        "Den är ingen av avtalets dagar: {outside}.",
    ),
    (
        "Record the day under the agreement that covers it, or amend this one.",
        "Kirjaa päivä sille sopimukselle, johon se kuuluu, tai muuta tätä sopimusta.",
        "Registrera dagen på det avtal som den hör till eller ändra detta avtal.",
    ),
)
AGREEMENT_RUNS = Text(
    "the agreement runs {starts_on}–{ends_on}",
    "sopimus on voimassa {starts_on}–{ends_on}",
    "avtalet gäller {starts_on}–{ends_on}",
)
_RELATIONSHIP_ENDED = Text(
    "the service relationship ended on {ended_on}",
    "palvelun asiakkuus päättyi {ended_on}",
    "serviceförhållandet avslutades {ended_on}",
)
RELATIONSHIP_ENDED = "service-relationship-ended"
"""The rule of a day after the last one of the service relationship: the access that lasts longer is for the days inside."""
AGREEMENT_NOT_SIGNED = _kind(
    "agreement-not-signed",
    ("The agreement is not signed", "Sopimusta ei ole allekirjoitettu", "Avtalet är inte undertecknat"),
    (
        "Days can be recorded once the agreement is signed.",
        "Päiviä voi kirjata vasta, kun sopimus on allekirjoitettu.",
        "Dagar kan registreras först när avtalet är undertecknat.",
    ),
    (
        "Sign it: POST /v1/agreements/{id}/sign.",
        "Kirjaa allekirjoitus: POST /v1/agreements/{id}/sign.",
        "Registrera undertecknandet: POST /v1/agreements/{id}/sign.",
    ),
)
NO_ATTENDANCE_IN_EMPLOYMENT = _kind(
    "no-attendance-in-employment",
    (
        "Employment has no attendance",
        "Työsuhteesta ei kirjata läsnäoloa",
        "Närvaro registreras inte för arbetsavtalsförhållanden",
    ),
    (
        "In a contract of employment no attendance is kept here.",
        "Työsuhteen läsnäoloa ei kirjata tähän palveluun.",
        "Närvaro i ett arbetsavtalsförhållande registreras inte i denna tjänst.",
    ),
)
DAY_IN_FUTURE = _kind(
    "day-in-future",
    ("The day has not come yet", "Päivä on tulevaisuudessa", "Dagen ligger i framtiden"),
    (
        "Attendance is recorded when it has happened.",
        "Läsnäolo kirjataan, kun se on toteutunut.",
        "Närvaron registreras när den har ägt rum.",
    ),
)
REASON_NOT_ALLOWED = _kind(
    "reason-not-allowed",
    ("A reason does not belong here", "Syy ei kuulu tähän", "En orsak hör inte hit"),
    (
        "A reason belongs to an absence or a part-day only.",
        "Syy kuuluu vain poissaoloon tai osapäivään.",
        "En orsak hör endast till frånvaro eller en delvis närvarodag.",
    ),
)
DUPLICATE_LINE = _kind(
    "duplicate-line",
    ("The same day twice", "Sama päivä kahdesti", "Samma dag två gånger"),
    (
        "The same day of the same agreement is on an earlier line; the first counts.",
        "Saman sopimuksen sama päivä on aiemmalla rivillä; ensimmäinen on voimassa.",
        "Samma dag i samma avtal finns på en tidigare rad; den första gäller.",
    ),
)
ALREADY_RECORDED = _kind(
    "already-recorded",
    (
        "The day is recorded otherwise",
        "Päivä on jo kirjattu toisin",
        "Dagen är redan registrerad på annat sätt",
    ),
    (
        "Another content is recorded for the day; nothing is overwritten silently.",
        "Päivälle on kirjattu muu sisältö; mitään ei korvata huomaamatta.",
        "Annat innehåll är registrerat för dagen; inget ersätts obemärkt.",
    ),
    (
        "To change it, send if_version with the number in the etag.",
        "Muuta se lähettämällä if_version, jonka numero on etagissa.",
        "Ändra den genom att sända if_version med numret i etag.",
    ),
)
STALE_LINE = _kind(
    "stale-version",
    ("The day has changed", "Päivä on muuttunut", "Dagen har ändrats"),
    (
        "The day does not have the version of if_version, or is not recorded yet.",
        "Päivän versio ei ole if_version tai päivää ei ole vielä kirjattu.",
        "Dagen har inte versionen i if_version eller är inte registrerad ännu.",
    ),
    ("Read the day again and decide.", "Lue päivä uudelleen ja päätä.", "Läs dagen på nytt och avgör."),
)
REASON_MISSING = _kind(
    "reason-missing",
    ("The reason is missing", "Syy puuttuu", "Orsaken saknas"),
    (
        "The absence is kept with the reason unknown; its justification is missing.",
        "Poissaolo säilyy syyllä 'ei tiedossa'; sen perustelu puuttuu.",
        "Frånvaron bevaras med orsaken 'okänd'; motiveringen saknas.",
    ),
)
BATCH_REJECTED = _kind(
    "batch-rejected",
    ("Nothing was recorded", "Mitään ei tallennettu", "Inget registrerades"),
    (
        "The batch is atomic and some of its lines were rejected.",
        "Erä on jakamaton ja osa sen riveistä hylättiin.",
        "Satsen är odelbar och en del av raderna avvisades.",
    ),
)
NOT_AN_ABSENCE = _kind(
    "not-an-absence",
    ("The day is no absence", "Päivä ei ole poissaolo", "Dagen är ingen frånvaro"),
    (
        "A justification belongs to an absence or a part-day.",
        "Perustelu kuuluu poissaoloon tai osapäivään.",
        "En motivering hör till frånvaro eller en delvis närvarodag.",
    ),
    status=409,
)
NOT_RESCHEDULED = _kind(
    "not-rescheduled",
    ("The day did not move so", "Päivä ei siirtynyt näin", "Dagen flyttades inte så"),
    (
        "`rescheduled_to` belongs to a day that is `rescheduled`, `rescheduled_from` to any other, and neither names its own day.",
        "`rescheduled_to` kuuluu siirrettyyn päivään (`rescheduled`), `rescheduled_from` muuhun, eikä kumpikaan ole päivä itse.",
        "`rescheduled_to` hör till en flyttad dag (`rescheduled`), `rescheduled_from` till en annan, och ingendera är dagen själv.",
    ),
)
TOO_MANY_ROWS = _kind(
    "too-many-rows",
    ("Too many days for one file", "Liikaa päiviä yhteen tiedostoon", "För många dagar för en fil"),
    (
        "A file holds at most {rows} days.",
        "Tiedostoon mahtuu enintään {rows} päivää.",
        "En fil rymmer högst {rows} dagar.",
    ),
    (
        "Narrow it with from, to, provider_id or client_id.",
        "Rajaa hakua: from, to, provider_id tai client_id.",
        "Avgränsa med from, to, provider_id eller client_id.",
    ),
)
PERIOD_TOO_LONG = _kind(
    "period-too-long",
    ("The period is too long", "Jakso on liian pitkä", "Perioden är för lång"),
    ("At most {days} days at a time.", "Enintään {days} päivää kerrallaan.", "Högst {days} dagar åt gången."),
    ("Ask for shorter periods.", "Pyydä lyhyempiä jaksoja.", "Begär kortare perioder."),
)
PROBLEMS = tuple(
    value
    for value in list(globals().values())
    if isinstance(value, ProblemType) and value.code not in {"invalid-value", "unknown-code"}
)

REASONS = "absence_reason"
"""The list of them; it is known whole, with the organiser's own."""
WITH_REASON = frozenset({"absent", "partial"})


@dataclass(frozen=True)
class AgreementFacts:
    """What the rules need to know of an agreement, and what its days copy from it."""

    id: UUID
    client_id: UUID
    service_relationship_id: UUID
    provider_id: UUID
    workplace_id: UUID | None
    service_kind: str
    kind: str
    status: str
    starts_on: date
    ends_on: date
    decision: Force | None
    relationship_ends_on: date | None


def stored_reason(status: str, reason: str | None) -> str | None:
    """An absence without a reason is a fact too: it is kept as unknown."""
    return "unknown" if status == "absent" and reason is None else reason


def settles(confirmation: str | None, provider_id: UUID, organisation_id: UUID) -> bool:
    """Whether this organisation's word settles what waits: it is the provider, and a workplace said it last
    (ADR 23)."""
    return confirmation == "unconfirmed" and organisation_id == provider_id


def outside_agreement(pointer: str, starts_on: date, ends_on: date) -> Finding:
    return DAY_OUTSIDE_AGREEMENT.at(pointer, outside=AGREEMENT_RUNS, starts_on=starts_on, ends_on=ends_on)


def check_day(day: date, agreement: AgreementFacts, today: date, *, recorded: bool = False) -> Finding | None:
    """The first thing that keeps the day from being recorded, or a warning, or nothing. `recorded`: something is known of it
    already, from before the end of its service relationship was told; it may be corrected."""
    if agreement.kind == "employment":
        return NO_ATTENDANCE_IN_EMPLOYMENT.at("/agreement_id")
    if agreement.status not in {"signed", "terminated"}:
        return AGREEMENT_NOT_SIGNED.at("/agreement_id")
    outside = _outside(day, agreement)
    if outside is not None and not (recorded and outside.rule == RELATIONSHIP_ENDED):
        return outside
    finding = agreement.decision.on(day) if agreement.decision is not None else None
    if finding is not None and finding.severity == "error":
        return finding
    if day > today:
        return DAY_IN_FUTURE.at("/date")
    return outside.warning() if outside is not None else finding


def _outside(day: date, agreement: AgreementFacts) -> Finding | None:
    if not agreement.starts_on <= day <= agreement.ends_on:
        return outside_agreement("/date", agreement.starts_on, agreement.ends_on)
    ended_on = agreement.relationship_ends_on
    if ended_on is None or day <= ended_on:
        return None
    values = {"outside": _RELATIONSHIP_ENDED, "ended_on": ended_on}
    return Finding(DAY_OUTSIDE_AGREEMENT, "/date", values, rule=RELATIONSHIP_ENDED)


def check_entry(
    status: str,
    reason: str | None,
    arrived_at: datetime | None,
    left_at: datetime | None,
    day: date,
    reasons: CodeList,
) -> Finding | None:
    """What is wrong or doubtful with what is said of the day; `reasons` is the list absence_reason."""
    if reason is not None:
        if status not in WITH_REASON:
            return REASON_NOT_ALLOWED.at("/absence_reason")
        if not reasons.has(reason, day):
            return UNKNOWN_CODE.at("/absence_reason", code_system=REASONS)
    elif status == "absent":
        return REASON_MISSING.at("/absence_reason").warning()
    if arrived_at is not None and left_at is not None and left_at < arrived_at:
        return INVALID_VALUE.at("/left_at", reason=LEAVING)
    return None


def check_moved(status: str, moved_to: date | None, moved_from: date | None, day: date) -> Finding | None:
    """Whether a day that names another one in its place may do so."""
    if moved_to is not None and (status != "rescheduled" or moved_to == day):
        return NOT_RESCHEDULED.at("/rescheduled_to")
    if moved_from is not None and (status == "rescheduled" or moved_from == day):
        return NOT_RESCHEDULED.at("/rescheduled_from")
    return None
