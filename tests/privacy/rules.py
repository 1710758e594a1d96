"""Who may do what, and who sees what: the table that a lawyer reads. The matrix runs every cell of it.

It is written from the rules of the service, not from the code: an operation that is missing here fails the tests."""

from dataclasses import dataclass

from tests.record.case_file.documents.samples import FILED

ORGANISER, PROVIDER, WORKPLACE, EHR, AUDITOR, OPERATOR = (
    "organiser",
    "provider",
    "workplace",
    "ehr",
    "auditor",
    "operator",
)
EVERYBODY = frozenset({ORGANISER, PROVIDER, WORKPLACE, EHR, AUDITOR, OPERATOR})
CARE = frozenset({ORGANISER, PROVIDER, EHR})
"""Who works with the client record: the organiser, its providers, its record system."""
PLACE = CARE | {WORKPLACE}
"""The same and the workplace, which sees its own agreements and their days."""
ANNEX = frozenset({ORGANISER, PROVIDER, WORKPLACE})
"""Who reads what a workplace gets of an agreement."""
TECHNICAL = frozenset({ORGANISER, OPERATOR})


@dataclass(frozen=True)
class Operation:
    """`who` may call it; `about` names what it shows or changes; `answers` how it is told what one may not see:

    `one` 404 as for what does not exist · `list` without it · `refers` 422, a reference that is not known · `batch` each
    such line rejected · `feed` no line of it · `free` about no client · `public` for anybody, without a token."""

    who: frozenset[str]
    about: str
    answers: str


OPERATIONS = {
    "issueToken": Operation(EVERYBODY, "nothing", "public"),
    "getKeys": Operation(EVERYBODY, "nothing", "public"),
    "getAuthorizationServer": Operation(EVERYBODY, "nothing", "public"),
    "getOpenidConfiguration": Operation(EVERYBODY, "nothing", "public"),
    "isAlive": Operation(EVERYBODY, "nothing", "public"),
    "isReady": Operation(EVERYBODY, "nothing", "public"),
    "getMetrics": Operation(EVERYBODY, "nothing", "public"),
    "whoAmI": Operation(EVERYBODY, "nothing", "free"),
    "listCodeSystems": Operation(EVERYBODY, "nothing", "free"),
    "getCodeSystem": Operation(EVERYBODY, "nothing", "free"),
    "getCode": Operation(EVERYBODY, "nothing", "free"),
    "putCode": Operation(frozenset({ORGANISER}), "nothing", "free"),
    "listClients": Operation(CARE, "client", "list"),
    "getClient": Operation(CARE, "client", "one"),
    "searchClients": Operation(CARE, "client", "list"),
    "createClient": Operation(frozenset({ORGANISER}), "nothing", "free"),
    "replaceClient": Operation(frozenset({ORGANISER}), "client", "one"),
    "listFormerIdentities": Operation(frozenset({ORGANISER}), "client", "one"),
    "tellClientsApart": Operation(frozenset({ORGANISER}), "client", "one"),
    "listClientFindings": Operation(frozenset({ORGANISER}), "nothing", "free"),
    "mergeClient": Operation(frozenset({ORGANISER}), "client", "one"),
    "unmergeClient": Operation(frozenset({ORGANISER}), "client", "one"),
    "listServiceRelationships": Operation(CARE, "relationship", "list"),
    "getServiceRelationship": Operation(CARE, "relationship", "one"),
    "listServiceRelationshipFindings": Operation(CARE, "relationship", "one"),
    "openServiceRelationship": Operation(frozenset({ORGANISER}), "client", "refers"),
    "replaceServiceRelationship": Operation(frozenset({ORGANISER}), "relationship", "one"),
    "listDecisions": Operation(CARE, "decision", "list"),
    "getDecision": Operation(CARE, "decision", "one"),
    "listDecisionFindings": Operation(CARE, "decision", "one"),
    "draftDecision": Operation(frozenset({ORGANISER}), "client", "refers"),
    "replaceDecisionDraft": Operation(frozenset({ORGANISER}), "decision", "one"),
    "reviewDecision": Operation(frozenset({ORGANISER}), "decision", "one"),
    "listAgreements": Operation(CARE, "agreement", "list"),
    "listAgreementFindings": Operation(CARE, "agreement", "one"),
    "getAgreement": Operation(CARE, "agreement", "one"),
    "offerAgreement": Operation(frozenset({ORGANISER, PROVIDER}), "agreement", "one"),
    "listWorkplaceAgreements": Operation(ANNEX, "annex", "list"),
    "getWorkplaceAgreement": Operation(ANNEX, "annex", "one"),
    "listSafetyAndSupport": Operation(ANNEX, "annex", "one"),
    "listWorkplaceAgreementVersions": Operation(ANNEX, "annex", "one"),
    "getWorkplaceAgreementVersion": Operation(ANNEX, "annex", "one"),
    "draftAgreement": Operation(frozenset({ORGANISER, PROVIDER}), "relationship", "refers"),
    "replaceAgreement": Operation(frozenset({ORGANISER, PROVIDER}), "agreement", "one"),
    "signAgreement": Operation(frozenset({ORGANISER, PROVIDER}), "agreement", "one"),
    "endAgreement": Operation(frozenset({ORGANISER, PROVIDER}), "agreement", "one"),
    "reopenAgreement": Operation(frozenset({ORGANISER, PROVIDER}), "agreement", "one"),
    "voidAgreement": Operation(frozenset({ORGANISER, PROVIDER}), "agreement", "one"),
    "recordAttendance": Operation(frozenset({PROVIDER, WORKPLACE}), "agreement", "one"),
    "getAttendance": Operation(PLACE, "day", "one"),
    "listAttendance": Operation(PLACE, "day", "list"),
    "getAttendanceById": Operation(PLACE, "day", "one"),
    "listAttendanceVersions": Operation(PLACE, "day", "one"),
    "getAttendanceVersion": Operation(PLACE, "day", "one"),
    "voidAttendance": Operation(frozenset({PROVIDER, WORKPLACE}), "day", "one"),
    "confirmAttendance": Operation(frozenset({PROVIDER}), "day", "one"),
    "listMissingAttendance": Operation(PLACE, "unreported", "list"),
    "listOpenJustifications": Operation(CARE, "justification", "list"),
    "getAttendanceSummary": Operation(CARE, "agreement", "one"),
    "recordAttendanceBatch": Operation(frozenset({PROVIDER, WORKPLACE}), "agreement", "batch"),
    "importAttendance": Operation(frozenset({PROVIDER, WORKPLACE}), "agreement", "batch"),
    "getAttendanceTemplate": Operation(PLACE, "unreported", "list"),
    "giveJustification": Operation(frozenset({PROVIDER, WORKPLACE}), "justification", "one"),
    "getJustification": Operation(PLACE, "justification", "one"),
    "getJustificationById": Operation(PLACE, "justification", "one"),
    "listJustificationVersions": Operation(PLACE, "justification", "one"),
    "getJustificationVersion": Operation(PLACE, "justification", "one"),
    "reviewJustification": Operation(frozenset({ORGANISER}), "justification", "one"),
    "listInstruments": Operation(CARE, "nothing", "free"),
    "getInstrument": Operation(CARE, "nothing", "free"),
    "putInstrument": Operation(frozenset({ORGANISER}), "nothing", "free"),
    "listMeasurements": Operation(CARE, "measurement", "list"),
    "getMeasurement": Operation(CARE, "measurement", "one"),
    "recordMeasurement": Operation(frozenset({ORGANISER, PROVIDER}), "relationship", "refers"),
    "replaceMeasurement": Operation(frozenset({ORGANISER, PROVIDER}), "measurement", "one"),
    "voidMeasurement": Operation(frozenset({ORGANISER, PROVIDER}), "measurement", "one"),
    "importMeasurements": Operation(frozenset({ORGANISER, PROVIDER}), "relationship", "batch"),
    # of whoever sent it, and of nobody else: the life of a job is driven in tests/access/deferring
    "getImportJob": Operation(EVERYBODY, "nothing", "one"),
    "getMeasurementChanges": Operation(CARE, "client", "one"),
    "drawMeasurementChanges": Operation(CARE, "client", "one"),
    "getClientOverview": Operation(CARE, "client", "one"),
    "getUnitOverview": Operation(CARE, "unit", "one"),
    "getImpact": Operation(frozenset({ORGANISER, PROVIDER}), "nothing", "free"),
    "getImpactLimits": Operation(frozenset({ORGANISER, PROVIDER}), "nothing", "free"),
    "replaceImpactLimits": Operation(frozenset({ORGANISER}), "nothing", "free"),
    "listDocumentStructures": Operation(CARE, "nothing", "free"),
    "listDocuments": Operation(CARE, "client", "list"),
    "getDocument": Operation(CARE, "client", "one"),
    "fileDocument": Operation(CARE, "relationship", "refers"),
    "validateDocument": Operation(CARE, "nothing", "free"),
    "listChanges": Operation(PLACE, "everything", "feed"),
    "listUseLog": Operation(frozenset({AUDITOR}), "log", "list"),
    "listOrganisations": Operation(EVERYBODY, "party", "list"),
    "getOrganisation": Operation(EVERYBODY, "party", "one"),
    "registerOrganisation": Operation(frozenset({ORGANISER}), "nothing", "free"),
    "replaceOrganisation": Operation(frozenset({ORGANISER}), "party", "one"),
    "closeOrganisation": Operation(frozenset({ORGANISER}), "party", "one"),
    "succeedOrganisation": Operation(frozenset({ORGANISER}), "party", "one"),
    "reopenOrganisation": Operation(frozenset({ORGANISER}), "party", "one"),
    "listOrganisationVersions": Operation(EVERYBODY, "party", "one"),
    "getOrganisationVersion": Operation(EVERYBODY, "party", "one"),
    "listUnits": Operation(EVERYBODY, "party", "list"),
    "getUnit": Operation(EVERYBODY, "party", "one"),
    "registerUnit": Operation(frozenset({ORGANISER}), "party", "refers"),
    "replaceUnit": Operation(frozenset({ORGANISER}), "party", "one"),
    "closeUnit": Operation(frozenset({ORGANISER}), "party", "one"),
    "reopenUnit": Operation(frozenset({ORGANISER}), "party", "one"),
    "listUnitVersions": Operation(EVERYBODY, "party", "one"),
    "getUnitVersion": Operation(EVERYBODY, "party", "one"),
    "listConnectedSystems": Operation(TECHNICAL | {PROVIDER}, "system", "list"),
    "getConnectedSystem": Operation(TECHNICAL | {PROVIDER}, "system", "one"),
    "registerConnectedSystem": Operation(frozenset({ORGANISER, PROVIDER}), "system", "refers"),
    "replaceConnectedSystem": Operation(frozenset({ORGANISER, PROVIDER}), "system", "one"),
    "confirmConnectedSystem": Operation(frozenset({ORGANISER}), "system", "one"),
    "revokeConnectedSystem": Operation(TECHNICAL | {PROVIDER}, "system", "one"),
    "getDelegatedWorkplaces": Operation(frozenset({ORGANISER, PROVIDER}), "system", "one"),
    "replaceDelegatedWorkplaces": Operation(frozenset({ORGANISER}), "system", "one"),
    "listAssessmentForms": Operation(PLACE, "nothing", "free"),
    "getAssessmentForm": Operation(PLACE, "nothing", "free"),
    "getAssessmentFormVersion": Operation(PLACE, "nothing", "free"),
    "putAssessmentForm": Operation(frozenset({ORGANISER}), "nothing", "free"),
    "prefillAssessment": Operation(PLACE, "relationship", "one"),
    "confirmAssessment": Operation(frozenset({PROVIDER}), "assessment", "one"),
    "listEhrTargets": Operation(TECHNICAL, "nothing", "free"),
    "listEhrDeliveries": Operation(TECHNICAL, "nothing", "free"),
    "listEhrInbox": Operation(TECHNICAL, "nothing", "free"),
    "listEhrConflicts": Operation(frozenset({ORGANISER}), "conflict", "list"),
    "getEhrConflict": Operation(frozenset({ORGANISER}), "conflict", "one"),
    "settleEhrConflict": Operation(frozenset({ORGANISER}), "conflict", "one"),
}
for kind, of in FILED.items():
    readers, writers = of.readers, of.writers
    OPERATIONS |= {
        f"list{of.plural}": Operation(readers, kind, "list"),
        f"get{of.name}": Operation(readers, kind, "one"),
        f"record{of.name}": Operation(writers, of.about, "refers"),
        f"replace{of.name}": Operation(writers, kind, "one"),
        f"void{of.name}": Operation(writers, kind, "one"),
        f"list{of.name}Versions": Operation(readers, kind, "one"),
        f"get{of.name}Version": Operation(readers, kind, "one"),
    }
    if of.has_document:
        OPERATIONS[f"get{of.name}Document"] = Operation(CARE, kind, "one")
OPERATIONS |= {
    "listCaseFindings": Operation(frozenset({ORGANISER, EHR}), "case", "one"),
    "revokePermission": Operation(frozenset({ORGANISER, PROVIDER}), "permission", "one"),
    "listNotices": Operation(CARE, "decision", "one"),
    "recordNotice": Operation(frozenset({ORGANISER, PROVIDER}), "decision", "one"),
    "getNotice": Operation(CARE, "notice", "one"),
    "voidNotice": Operation(frozenset({ORGANISER, PROVIDER}), "notice", "one"),
    "listNoticeVersions": Operation(CARE, "notice", "one"),
    "getNoticeVersion": Operation(CARE, "notice", "one"),
    "listReceivedNotices": Operation(frozenset({WORKPLACE}), "workplace-notice", "list"),
    "getReceivedNotice": Operation(frozenset({WORKPLACE}), "workplace-notice", "one"),
    "listDisclosures": Operation(frozenset({ORGANISER, AUDITOR}), "disclosure", "list"),
    "getDisclosure": Operation(frozenset({ORGANISER, AUDITOR}), "disclosure", "one"),
    "getDisclosureDocument": Operation(CARE, "disclosure", "one"),
}
CHANGED_BY = {f"replace{of.name}": of.by for of in FILED.values()}
"""Who recorded it may say it anew; others who see it are refused as its readers (403)."""
OPERATIONS["confirmDiaryEntry"] = Operation(frozenset({PROVIDER}), "diary-entry", "one")
for name, about, readers in (
    ("Client", "client", CARE),
    ("ServiceRelationship", "relationship", CARE),
    ("Decision", "decision", CARE),
    ("Agreement", "agreement", CARE),
    ("Measurement", "measurement", CARE),
):
    OPERATIONS[f"list{name}Versions"] = Operation(readers, about, "one")
    OPERATIONS[f"get{name}Version"] = Operation(readers, about, "one")
    if name != "ServiceRelationship":
        OPERATIONS[f"get{name}Document"] = Operation(CARE, about, "one")

NEEDS_NO_RIGHT = {"whoAmI", "getImportJob"}
LOGS_ALSO_NOTHING = {"searchClients", "listUseLog"}
"""Looking for somebody and reading the log are themselves in the use log, also when nothing is found."""

IDENTITIES = {
    "without a token": None,
    "with an expired token": None,
    "with a token for another service": None,
    "with a token without the right": None,
    "provider A": PROVIDER,
    "provider B": PROVIDER,
    "workplace": WORKPLACE,
    "organiser": ORGANISER,
    "record system": EHR,
    "auditor": AUDITOR,
    "operator": OPERATOR,
    "foreign organiser": ORGANISER,
    "foreign provider": PROVIDER,
}

CARE_PATH = frozenset(
    {
        *("client", "relationship", "decision", "agreement", "annex"),
        *("day", "justification", "measurement", "unreported"),
    }
)
AT_THE_PLACE = frozenset({"agreement", "day", "justification", "unreported"})
"""`unreported` is a planned day of which nothing is recorded."""
NOT_THERE: frozenset[str] = frozenset()
NOTICES = frozenset({"notice", "workplace-notice"})
KINDS_OF_ALL = frozenset(FILED) | NOTICES | {"disclosure", "conflict"}
KINDS_OF_PROVIDERS = frozenset(kind for kind, of in FILED.items() if of.provider_sees) | NOTICES
KINDS_OF_WORKPLACES = frozenset(kind for kind, of in FILED.items() if of.workplace_sees)
CARE_PATH, BY_PROVIDER = CARE_PATH | KINDS_OF_ALL, CARE_PATH | KINDS_OF_PROVIDERS
UNTIL_THE_END = frozenset({"annex", "workplace-notice"}) | KINDS_OF_WORKPLACES
"""What a workplace reads as long as its agreement lasts; in the days after it reads its own days only."""
INSIDE = {"organiser": CARE_PATH, "record system": CARE_PATH}
"""The organiser and its record system see the whole record of the organiser, whoever serves the client."""

SEEN = {
    "served by provider A": {**INSIDE, "provider A": BY_PROVIDER, "workplace": AT_THE_PLACE | UNTIL_THE_END},
    "served by provider B": {**INSIDE, "provider B": BY_PROVIDER},
    "of another organiser": {"foreign organiser": CARE_PATH, "foreign provider": BY_PROVIDER},
    "ended, within the time of grace": {**INSIDE, "provider A": BY_PROVIDER, "workplace": AT_THE_PLACE},
    "ended, beyond the time of grace": {**INSIDE},
    "undecided": {**INSIDE, "provider A": BY_PROVIDER - {"decision"}},
    "under turvakielto": {**INSIDE, "provider A": BY_PROVIDER, "workplace": AT_THE_PLACE | UNTIL_THE_END},
    "not existing": {},
}
"""Relation of the object × who calls: what is seen of it. Who is not named sees nothing."""

BY_WORKPLACES = frozenset(kind for kind, of in FILED.items() if of.by == "workplace")
VISIBLE = NOTICES | {"disclosure"}
LACKS = {
    "undecided": frozenset({"day", "justification", "unreported"}) | VISIBLE | BY_WORKPLACES,
    "not existing": CARE_PATH,
    "served by provider B": VISIBLE - {"notice"} | {"annex"},
}
"""A draft has no days yet, and nobody is told of it; provider B's client is at no workplace."""

HAS_CONTACTS = {"organiser", "record system"}
"""Contacts of a client under turvakielto (non-disclosure) are for these only."""
CLIENT_RECORD = {
    "listClients",
    "getClient",
    "searchClients",
    "listChanges",
    "getClientVersion",
    "listClientVersions",
    # with `include=client`
    "listAgreements",
    "listMissingAttendance",
    "listOpenJustifications",
}
"""Where a provider that serves the client reads the phone all the same."""


def sees(relation: str, identity: str, about: str) -> bool:
    """Whether this caller sees what the operation is about."""
    if about == "log":  # the organiser's auditor, what concerns the organiser's clients
        return identity == "auditor" and relation not in {"of another organiser", "not existing"}
    if about == "disclosure" and identity == "auditor":
        return relation != "of another organiser" and about not in LACKS.get(relation, NOT_THERE)
    if (
        about in {"unit", "system"} and identity == "provider B"
    ):  # a provider looks at its own units and systems
        return False
    if about in {"party", "unit", "system"}:
        foreign = identity.startswith("foreign")
        return relation != "not existing" and foreign == (relation == "of another organiser")
    return about in SEEN[relation].get(identity, NOT_THERE) - LACKS.get(relation, NOT_THERE)
