"""Every right, one enum: `<resource>:<read|write>`. Roles are bundles. Keep both in alphabetical order."""

from enum import StrEnum


class Scope(StrEnum):
    AGREEMENTS_READ = "agreements:read"
    AGREEMENTS_WRITE = "agreements:write"
    ATTENDANCE_READ = "attendance:read"
    ATTENDANCE_WRITE = "attendance:write"
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
    IMPACT_READ = "impact:read"
    IMPACT_WRITE = "impact:write"
    INSTRUMENTS_WRITE = "instruments:write"
    JUSTIFICATIONS_REVIEW = "justifications:write"
    MEASUREMENTS_READ = "measurements:read"
    MEASUREMENTS_WRITE = "measurements:write"
    ORGANISATIONS_READ = "organisations:read"
    ORGANISATIONS_WRITE = "organisations:write"
    SERVICE_RELATIONSHIPS_READ = "service-relationships:read"
    SERVICE_RELATIONSHIPS_WRITE = "service-relationships:write"
    USE_LOG_READ = "use-log:read"


MEANINGS = {
    Scope.AGREEMENTS_READ: "Read agreements (sopimukset).",
    Scope.AGREEMENTS_WRITE: "Draft, sign, change and end agreements.",
    Scope.ATTENDANCE_READ: "Read attendance (läsnäolo) and its justifications.",
    Scope.ATTENDANCE_WRITE: "Record attendance and give justifications.",
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
    Scope.IMPACT_READ: "Read figures of impact (vaikuttavuus); a provider its own.",
    Scope.IMPACT_WRITE: "Raise the limits below which figures of impact are withheld.",
    Scope.INSTRUMENTS_WRITE: "Switch on what an instrument (mittari) allows, and add one's own.",
    Scope.JUSTIFICATIONS_REVIEW: "Accept or reject justifications (perustelut).",
    Scope.MEASUREMENTS_READ: "Read instruments, measurements (mittaukset) and what changed between them.",
    Scope.MEASUREMENTS_WRITE: "Record, import, amend and void measurements.",
    Scope.ORGANISATIONS_READ: "Read organisations and units.",
    Scope.ORGANISATIONS_WRITE: "Register organisations and units.",
    Scope.SERVICE_RELATIONSHIPS_READ: "Read service relationships.",
    Scope.SERVICE_RELATIONSHIPS_WRITE: "Open, change and end service relationships.",
    Scope.USE_LOG_READ: "Read the use log (käyttöloki).",
}

_READ_ALL = {
    Scope.AGREEMENTS_READ,
    Scope.ATTENDANCE_READ,
    Scope.CHANGES_READ,
    Scope.CLIENTS_READ,
    Scope.CODES_READ,
    Scope.DECISIONS_READ,
    Scope.MEASUREMENTS_READ,
    Scope.ORGANISATIONS_READ,
    Scope.SERVICE_RELATIONSHIPS_READ,
}

ROLES: dict[str, frozenset[Scope]] = {
    "auditor": frozenset({Scope.CODES_READ, Scope.ORGANISATIONS_READ, Scope.USE_LOG_READ}),
    "ehr": frozenset(_READ_ALL),
    "operator": frozenset({
        Scope.CODES_READ, Scope.CONNECTED_SYSTEMS_READ, Scope.CONNECTED_SYSTEMS_WRITE, Scope.EHR_READ, Scope.EHR_WRITE,
        Scope.ORGANISATIONS_READ,
    }),
    "organiser": frozenset({
        *_READ_ALL, Scope.AGREEMENTS_WRITE, Scope.CLIENTS_WRITE, Scope.CONNECTED_SYSTEMS_READ,
        Scope.CONNECTED_SYSTEMS_WRITE, Scope.DECISIONS_WRITE, Scope.EHR_READ, Scope.EHR_WRITE,
        Scope.IMPACT_READ, Scope.IMPACT_WRITE, Scope.INSTRUMENTS_WRITE, Scope.JUSTIFICATIONS_REVIEW, Scope.MEASUREMENTS_WRITE,
        Scope.ORGANISATIONS_WRITE, Scope.SERVICE_RELATIONSHIPS_WRITE,
    }),
    "provider": frozenset({
        *_READ_ALL, Scope.AGREEMENTS_WRITE, Scope.ATTENDANCE_WRITE, Scope.IMPACT_READ, Scope.MEASUREMENTS_WRITE,
    }),
    "workplace": frozenset({
        Scope.AGREEMENTS_READ, Scope.ATTENDANCE_READ, Scope.ATTENDANCE_WRITE, Scope.CHANGES_READ, Scope.CODES_READ,
        Scope.ORGANISATIONS_READ,
    }),
}  # fmt: skip
