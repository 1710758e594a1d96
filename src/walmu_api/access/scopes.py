"""Every right, one enum: `<resource>:<read|write>`. One line says what it means and which roles have it;
alphabetical."""

from collections.abc import Iterator
from enum import StrEnum


class Scope(StrEnum):
    AGREEMENTS_READ = "agreements:read"
    AGREEMENTS_WRITE = "agreements:write"
    ASSESSMENTS_CONFIRM = "assessment-confirmations:write"
    ASSESSMENTS_READ = "assessments:read"
    ASSESSMENTS_WRITE = "assessments:write"
    ASSESSMENT_FORMS_READ = "assessment-forms:read"
    ASSESSMENT_FORMS_WRITE = "assessment-forms:write"
    ATTENDANCE_CONFIRM = "attendance-confirmations:write"
    ATTENDANCE_READ = "attendance:read"
    ATTENDANCE_WRITE = "attendance:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    CHANGES_READ = "changes:read"
    CLIENTS_READ = "clients:read"
    CLIENT_IDENTITIES_READ = "client-identities:read"
    CLIENTS_WRITE = "clients:write"
    CODES_READ = "codes:read"
    CODES_WRITE = "codes:write"
    CONNECTED_SYSTEMS_CONFIRM = "connected-system-confirmations:write"
    CONNECTED_SYSTEMS_READ = "connected-systems:read"
    CONNECTED_SYSTEMS_REVOKE = "connected-system-revocations:write"
    CONNECTED_SYSTEMS_WRITE = "connected-systems:write"
    DECISIONS_READ = "decisions:read"
    DECISIONS_WRITE = "decisions:write"
    DELEGATED_WORKPLACES_READ = "delegated-workplaces:read"
    DELEGATED_WORKPLACES_WRITE = "delegated-workplaces:write"
    DIARY_ENTRIES_CONFIRM = "diary-confirmations:write"
    DIARY_ENTRIES_READ = "diary-entries:read"
    DIARY_ENTRIES_WRITE = "diary-entries:write"
    DISCLOSURES_READ = "disclosures:read"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    EHR_CONFLICTS_READ = "ehr-conflicts:read"
    EHR_CONFLICTS_WRITE = "ehr-conflicts:write"
    EHR_READ = "ehr:read"
    EHR_WRITE = "ehr:write"
    IMPACT_READ = "impact:read"
    IMPACT_WRITE = "impact:write"
    INSTRUMENTS_WRITE = "instruments:write"
    JUSTIFICATIONS_READ = "justifications:read"
    JUSTIFICATIONS_REVIEW = "justifications:write"
    MEASUREMENTS_READ = "measurements:read"
    MEASUREMENTS_WRITE = "measurements:write"
    NOTICES_READ = "notices:read"
    NOTICES_WRITE = "notices:write"
    ORGANISATIONS_READ = "organisations:read"
    ORGANISATIONS_WRITE = "organisations:write"
    PERMISSIONS_READ = "permissions:read"
    PERMISSIONS_WRITE = "permissions:write"
    PLANS_READ = "plans:read"
    PLANS_WRITE = "plans:write"
    RECEIVED_NOTICES_READ = "received-notices:read"
    SERVICE_EVENTS_READ = "service-events:read"
    SERVICE_EVENTS_WRITE = "service-events:write"
    SERVICE_RELATIONSHIPS_READ = "service-relationships:read"
    SERVICE_RELATIONSHIPS_WRITE = "service-relationships:write"
    START_INTERVIEWS_READ = "start-interviews:read"
    START_INTERVIEWS_WRITE = "start-interviews:write"
    USE_LOG_READ = "use-log:read"
    WORKPLACE_AGREEMENTS_READ = "workplace-agreements:read"


_TABLE = """
agreements:read | organiser provider ehr | Read agreements (sopimukset).
agreements:write | organiser provider | Draft, sign, change and end agreements.
assessment-confirmations:write | provider | Confirm assessments that workplaces wrote.
assessments:read | organiser provider workplace ehr | Read assessments (arvioinnit).
assessments:write | organiser provider workplace ehr | Record, change and void assessments.
assessment-forms:read | organiser provider workplace ehr | Read assessment forms (arviointilomakkeet).
assessment-forms:write | organiser | Make assessment forms and say new versions of them.
attendance-confirmations:write | provider | Confirm attendance that workplaces recorded.
attendance:read | organiser provider workplace ehr | Read attendance (läsnäolo) and its justifications.
attendance:write | provider workplace | Record attendance and give justifications.
cases:read | organiser ehr | Read cases (asiat).
cases:write | organiser ehr | Open, change and close cases.
changes:read | organiser provider workplace ehr | Follow what changes.
client-identities:read | organiser | Read the identity codes that clients had, and who may have been entered twice.
clients:read | organiser provider ehr | Read clients (asiakkaat) and look one up by identity code.
clients:write | organiser | Create and change clients.
codes:read | organiser provider workplace ehr auditor operator | Read code systems.
codes:write | organiser | Add codes of the organiser's own to code systems.
connected-system-confirmations:write | organiser | Confirm another connected system of the organiser itself.
connected-system-revocations:write | organiser provider operator | Revoke connected systems.
connected-systems:read | organiser provider operator | Read connected systems; a provider its own and its workplaces'.
connected-systems:write | organiser provider | Register connected systems and change their keys.
decisions:read | organiser provider ehr | Read decisions (päätökset).
decisions:write | organiser | Draft decisions for the record system's caseworker.
delegated-workplaces:read | organiser provider | Read for which workplaces a provider may register connected systems.
delegated-workplaces:write | organiser | Say for which workplaces a provider may register connected systems.
diary-confirmations:write | provider | Confirm what workplaces wrote into the work diary.
diary-entries:read | organiser provider workplace ehr | Read the work diary (työmaapäiväkirja).
diary-entries:write | organiser provider workplace ehr | Write into the work diary.
disclosures:read | organiser auditor | Read the disclosure log (luovutusloki).
documents:read | organiser provider ehr | Read national documents and their structures; have documents validated.
documents:write | organiser provider ehr | Send national documents.
ehr-conflicts:read | organiser | See where the record system moved a decision on which agreements hang.
ehr-conflicts:write | organiser | Decide whose word holds there.
ehr:read | organiser operator | See how exchange with the record system goes.
ehr:write | organiser operator | Retry or release what was held back.
impact:read | organiser provider | Read figures of impact (vaikuttavuus); a provider its own.
impact:write | organiser | Raise the limits below which figures of impact are withheld.
instruments:write | organiser | Switch on what an instrument (mittari) allows, and add one's own.
justifications:read | organiser provider ehr | See which justifications are open, and which absences are justified.
justifications:write | organiser | Accept or reject justifications (perustelut).
measurements:read | organiser provider ehr | Read instruments, measurements (mittaukset) and what changed between them.
measurements:write | organiser provider | Record, import, amend and void measurements.
notices:read | organiser provider ehr | Read notices of decisions (tiedoksiannot) with their views.
notices:write | organiser provider | Give notice of decisions.
organisations:read | organiser provider workplace ehr auditor operator | Read organisations and units.
organisations:write | organiser | Register organisations and units.
permissions:read | organiser provider ehr | Read permissions to exchange information (luvat tiedonvaihtoon).
permissions:write | organiser provider | Record and revoke permissions to exchange information.
plans:read | organiser provider ehr | Read plans (suunnitelmat).
plans:write | organiser provider ehr | Write plans.
received-notices:read | workplace | Read what notices tell your own workplace.
service-events:read | organiser provider ehr | Read how services began, paused and ended.
service-events:write | organiser provider ehr | Record beginnings, pauses, endings and notices of services.
service-relationships:read | organiser provider ehr | Read service relationships.
service-relationships:write | organiser | Open, change and end service relationships.
start-interviews:read | organiser provider ehr | Read start interviews (alkuhaastattelut).
start-interviews:write | organiser provider ehr | Record, change and void start interviews.
use-log:read | auditor | Read the use log (käyttöloki).
workplace-agreements:read | organiser provider workplace | Read what a workplace gets of an agreement.
"""
"""One line for each right: the scope, the roles that have it, and what it means."""


def _rights() -> Iterator[tuple[Scope, tuple[str, str]]]:
    for line in _TABLE.strip().splitlines():
        scope, roles, meaning = line.split(" | ")
        yield Scope(scope), (meaning, roles)


RIGHTS: dict[Scope, tuple[str, str]] = dict(_rights())
MEANINGS = {scope: meaning for scope, (meaning, _) in RIGHTS.items()}
ROLES = {
    role: frozenset(scope for scope, (_, roles) in RIGHTS.items() if role in roles.split())
    for role in ("auditor", "ehr", "operator", "organiser", "provider", "workplace")
}
