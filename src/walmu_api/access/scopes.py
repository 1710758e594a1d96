"""Every right, one enum: `<resource>:<read|write>`. One line says what it means and which roles have it;
alphabetical."""

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
    CLIENTS_WRITE = "clients:write"
    CODES_READ = "codes:read"
    CODES_WRITE = "codes:write"
    CONNECTED_SYSTEMS_READ = "connected-systems:read"
    CONNECTED_SYSTEMS_WRITE = "connected-systems:write"
    DECISIONS_READ = "decisions:read"
    DECISIONS_WRITE = "decisions:write"
    DIARY_ENTRIES_CONFIRM = "diary-confirmations:write"
    DIARY_ENTRIES_READ = "diary-entries:read"
    DIARY_ENTRIES_WRITE = "diary-entries:write"
    DISCLOSURES_READ = "disclosures:read"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    EHR_READ = "ehr:read"
    EHR_WRITE = "ehr:write"
    IMPACT_READ = "impact:read"
    IMPACT_WRITE = "impact:write"
    INSTRUMENTS_WRITE = "instruments:write"
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


RIGHTS: dict[Scope, tuple[str, str]] = {
    Scope.AGREEMENTS_READ: ("Read agreements (sopimukset).", "organiser provider workplace ehr"),
    Scope.AGREEMENTS_WRITE: ("Draft, sign, change and end agreements.", "organiser provider"),
    Scope.ASSESSMENTS_CONFIRM: ("Confirm assessments that workplaces wrote.", "provider"),
    Scope.ASSESSMENTS_READ: ("Read assessments (arvioinnit).", "organiser provider workplace ehr"),
    Scope.ASSESSMENTS_WRITE: ("Record, change and void assessments.", "organiser provider workplace ehr"),
    Scope.ASSESSMENT_FORMS_READ: (
        "Read assessment forms (arviointilomakkeet).",
        "organiser provider workplace ehr",
    ),
    Scope.ASSESSMENT_FORMS_WRITE: ("Make assessment forms and say new versions of them.", "organiser"),
    Scope.ATTENDANCE_CONFIRM: ("Confirm attendance that workplaces recorded.", "provider"),
    Scope.ATTENDANCE_READ: (
        "Read attendance (läsnäolo) and its justifications.",
        "organiser provider workplace ehr",
    ),
    Scope.ATTENDANCE_WRITE: ("Record attendance and give justifications.", "provider workplace"),
    Scope.CASES_READ: ("Read cases (asiat).", "organiser ehr"),
    Scope.CASES_WRITE: ("Open, change and close cases.", "organiser ehr"),
    Scope.CHANGES_READ: ("Follow what changes.", "organiser provider workplace ehr"),
    Scope.CLIENTS_READ: (
        "Read clients (asiakkaat) and look one up by identity code.",
        "organiser provider ehr",
    ),
    Scope.CLIENTS_WRITE: ("Create and change clients.", "organiser"),
    Scope.CODES_READ: ("Read code systems.", "organiser provider workplace ehr auditor operator"),
    Scope.CODES_WRITE: ("Add codes of the organiser's own to code systems.", "organiser"),
    Scope.CONNECTED_SYSTEMS_READ: ("Read connected systems.", "organiser operator"),
    Scope.CONNECTED_SYSTEMS_WRITE: (
        "Register connected systems, change their keys, revoke them.",
        "organiser operator",
    ),
    Scope.DECISIONS_READ: ("Read decisions (päätökset).", "organiser provider ehr"),
    Scope.DECISIONS_WRITE: ("Draft decisions for the record system's caseworker.", "organiser"),
    Scope.DIARY_ENTRIES_CONFIRM: ("Confirm what workplaces wrote into the work diary.", "provider"),
    Scope.DIARY_ENTRIES_READ: ("Read the work diary (työmaapäiväkirja).", "organiser provider workplace ehr"),
    Scope.DIARY_ENTRIES_WRITE: ("Write into the work diary.", "organiser provider workplace ehr"),
    Scope.DISCLOSURES_READ: ("Read the disclosure log (luovutusloki).", "organiser auditor"),
    Scope.DOCUMENTS_READ: (
        "Read national documents and their structures; have documents validated.",
        "organiser provider ehr",
    ),
    Scope.DOCUMENTS_WRITE: ("Send national documents.", "organiser provider ehr"),
    Scope.EHR_READ: ("See how exchange with the record system goes.", "organiser operator"),
    Scope.EHR_WRITE: ("Retry or release what was held back.", "organiser operator"),
    Scope.IMPACT_READ: ("Read figures of impact (vaikuttavuus); a provider its own.", "organiser provider"),
    Scope.IMPACT_WRITE: ("Raise the limits below which figures of impact are withheld.", "organiser"),
    Scope.INSTRUMENTS_WRITE: (
        "Switch on what an instrument (mittari) allows, and add one's own.",
        "organiser",
    ),
    Scope.JUSTIFICATIONS_REVIEW: ("Accept or reject justifications (perustelut).", "organiser"),
    Scope.MEASUREMENTS_READ: (
        "Read instruments, measurements (mittaukset) and what changed between them.",
        "organiser provider ehr",
    ),
    Scope.MEASUREMENTS_WRITE: ("Record, import, amend and void measurements.", "organiser provider"),
    Scope.NOTICES_READ: (
        "Read notices of decisions (tiedoksiannot) with their views.",
        "organiser provider ehr",
    ),
    Scope.NOTICES_WRITE: ("Give notice of decisions.", "organiser provider"),
    Scope.ORGANISATIONS_READ: (
        "Read organisations and units.",
        "organiser provider workplace ehr auditor operator",
    ),
    Scope.ORGANISATIONS_WRITE: ("Register organisations and units.", "organiser"),
    Scope.PERMISSIONS_READ: (
        "Read permissions to exchange information (luvat tiedonvaihtoon).",
        "organiser provider ehr",
    ),
    Scope.PERMISSIONS_WRITE: ("Record and revoke permissions to exchange information.", "organiser provider"),
    Scope.PLANS_READ: ("Read plans (suunnitelmat).", "organiser provider ehr"),
    Scope.PLANS_WRITE: ("Write plans.", "organiser provider ehr"),
    Scope.RECEIVED_NOTICES_READ: ("Read what notices tell your own workplace.", "workplace"),
    Scope.SERVICE_EVENTS_READ: ("Read how services began, paused and ended.", "organiser provider ehr"),
    Scope.SERVICE_EVENTS_WRITE: (
        "Record beginnings, pauses, endings and notices of services.",
        "organiser provider ehr",
    ),
    Scope.SERVICE_RELATIONSHIPS_READ: ("Read service relationships.", "organiser provider ehr"),
    Scope.SERVICE_RELATIONSHIPS_WRITE: ("Open, change and end service relationships.", "organiser"),
    Scope.START_INTERVIEWS_READ: ("Read start interviews (alkuhaastattelut).", "organiser provider ehr"),
    Scope.START_INTERVIEWS_WRITE: ("Record, change and void start interviews.", "organiser provider ehr"),
    Scope.USE_LOG_READ: ("Read the use log (käyttöloki).", "auditor"),
}
MEANINGS = {scope: meaning for scope, (meaning, _) in RIGHTS.items()}
ROLES = {
    role: frozenset(scope for scope, (_, roles) in RIGHTS.items() if role in roles.split())
    for role in ("auditor", "ehr", "operator", "organiser", "provider", "workplace")
}
