"""Every right, one enum: `<resource>:<read|write>`. Roles are bundles. Keep both in alphabetical order."""

from enum import StrEnum


class Scope(StrEnum):
    AGREEMENTS_READ = "agreements:read"
    AGREEMENTS_WRITE = "agreements:write"
    ASSESSMENT_FORMS_READ = "assessment-forms:read"
    ASSESSMENT_FORMS_WRITE = "assessment-forms:write"
    ASSESSMENTS_CONFIRM = "assessment-confirmations:write"
    ASSESSMENTS_READ = "assessments:read"
    ASSESSMENTS_WRITE = "assessments:write"
    ATTENDANCE_READ = "attendance:read"
    ATTENDANCE_WRITE = "attendance:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    CHANGES_READ = "changes:read"
    CLIENTS_READ = "clients:read"
    CLIENTS_WRITE = "clients:write"
    CODES_READ = "codes:read"
    CONNECTED_SYSTEMS_READ = "connected-systems:read"
    CONNECTED_SYSTEMS_WRITE = "connected-systems:write"
    DECISIONS_READ = "decisions:read"
    DECISIONS_WRITE = "decisions:write"
    EHR_READ = "ehr:read"
    EHR_WRITE = "ehr:write"
    JUSTIFICATIONS_REVIEW = "justifications:write"
    ORGANISATIONS_READ = "organisations:read"
    ORGANISATIONS_WRITE = "organisations:write"
    SERVICE_RELATIONSHIPS_READ = "service-relationships:read"
    SERVICE_RELATIONSHIPS_WRITE = "service-relationships:write"
    START_INTERVIEWS_READ = "start-interviews:read"
    START_INTERVIEWS_WRITE = "start-interviews:write"
    USE_LOG_READ = "use-log:read"


MEANINGS = {
    Scope.AGREEMENTS_READ: "Read agreements (sopimukset).",
    Scope.AGREEMENTS_WRITE: "Draft, sign, change and end agreements.",
    Scope.ASSESSMENT_FORMS_READ: "Read assessment forms (arviointilomakkeet).",
    Scope.ASSESSMENT_FORMS_WRITE: "Make assessment forms and say new versions of them.",
    Scope.ASSESSMENTS_CONFIRM: "Confirm assessments that workplaces wrote.",
    Scope.ASSESSMENTS_READ: "Read assessments (arvioinnit).",
    Scope.ASSESSMENTS_WRITE: "Record, change and void assessments.",
    Scope.ATTENDANCE_READ: "Read attendance (läsnäolo) and its justifications.",
    Scope.ATTENDANCE_WRITE: "Record attendance and give justifications.",
    Scope.CASES_READ: "Read cases (asiat).",
    Scope.CASES_WRITE: "Open, change and close cases.",
    Scope.CHANGES_READ: "Follow what changes.",
    Scope.CLIENTS_READ: "Read clients (asiakkaat) and look one up by identity code.",
    Scope.CLIENTS_WRITE: "Create and change clients.",
    Scope.CODES_READ: "Read code systems.",
    Scope.CONNECTED_SYSTEMS_READ: "Read connected systems.",
    Scope.CONNECTED_SYSTEMS_WRITE: "Register connected systems, change their keys, revoke them.",
    Scope.DECISIONS_READ: "Read decisions (päätökset).",
    Scope.DECISIONS_WRITE: "Draft decisions for the record system's caseworker.",
    Scope.EHR_READ: "See how exchange with the record system goes.",
    Scope.EHR_WRITE: "Retry or release what was held back.",
    Scope.JUSTIFICATIONS_REVIEW: "Accept or reject justifications (perustelut).",
    Scope.ORGANISATIONS_READ: "Read organisations and units.",
    Scope.ORGANISATIONS_WRITE: "Register organisations and units.",
    Scope.SERVICE_RELATIONSHIPS_READ: "Read service relationships.",
    Scope.SERVICE_RELATIONSHIPS_WRITE: "Open, change and end service relationships.",
    Scope.START_INTERVIEWS_READ: "Read start interviews (alkuhaastattelut).",
    Scope.START_INTERVIEWS_WRITE: "Record, change and void start interviews.",
    Scope.USE_LOG_READ: "Read the use log (käyttöloki).",
}

_READ_ALL = {
    Scope.AGREEMENTS_READ,
    Scope.ASSESSMENT_FORMS_READ,
    Scope.ASSESSMENTS_READ,
    Scope.ATTENDANCE_READ,
    Scope.CHANGES_READ,
    Scope.CLIENTS_READ,
    Scope.CODES_READ,
    Scope.DECISIONS_READ,
    Scope.ORGANISATIONS_READ,
    Scope.SERVICE_RELATIONSHIPS_READ,
    Scope.START_INTERVIEWS_READ,
}
_ASSESSING = {Scope.ASSESSMENTS_WRITE, Scope.START_INTERVIEWS_WRITE}

ROLES: dict[str, frozenset[Scope]] = {
    "auditor": frozenset({Scope.CODES_READ, Scope.ORGANISATIONS_READ, Scope.USE_LOG_READ}),
    "ehr": frozenset({*_READ_ALL, *_ASSESSING, Scope.CASES_READ, Scope.CASES_WRITE}),
    "operator": frozenset({
        Scope.CODES_READ, Scope.CONNECTED_SYSTEMS_READ, Scope.CONNECTED_SYSTEMS_WRITE, Scope.EHR_READ, Scope.EHR_WRITE,
        Scope.ORGANISATIONS_READ,
    }),
    "organiser": frozenset({
        *_READ_ALL, *_ASSESSING, Scope.AGREEMENTS_WRITE, Scope.ASSESSMENT_FORMS_WRITE, Scope.CASES_READ, Scope.CASES_WRITE, Scope.CLIENTS_WRITE, Scope.CONNECTED_SYSTEMS_READ,
        Scope.CONNECTED_SYSTEMS_WRITE, Scope.DECISIONS_WRITE, Scope.EHR_READ, Scope.EHR_WRITE,
        Scope.JUSTIFICATIONS_REVIEW, Scope.ORGANISATIONS_WRITE, Scope.SERVICE_RELATIONSHIPS_WRITE,
    }),
    "provider": frozenset({
        *_READ_ALL, *_ASSESSING, Scope.AGREEMENTS_WRITE, Scope.ASSESSMENTS_CONFIRM, Scope.ATTENDANCE_WRITE,
    }),
    "workplace": frozenset({
        Scope.AGREEMENTS_READ, Scope.ASSESSMENT_FORMS_READ, Scope.ASSESSMENTS_READ, Scope.ASSESSMENTS_WRITE,
        Scope.ATTENDANCE_READ, Scope.ATTENDANCE_WRITE, Scope.CHANGES_READ, Scope.CODES_READ,
        Scope.ORGANISATIONS_READ,
    }),
}  # fmt: skip
