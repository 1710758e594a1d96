"""Whose rows are whose, table by table, written down for people: what PostgreSQL alone must keep apart.

A session belongs to one organiser (`$1`) and, when a provider or workplace calls, is narrowed to one organisation (`$2`).
Nobody sees or writes another organiser's rows. The table says what a narrowed session sees and writes of its organiser's."""

from dataclasses import dataclass

EVERYTHING, NOTHING = "true", "false"
ITS_CLIENT = "exists (select from client_access a where a.organiser_id = t.organiser_id and a.organisation_id = $2 and a.client_id in ({}))"
NAMES_ITS_WORKPLACE = "exists (select from agreements g where g.organiser_id = t.organiser_id and g.{} = t.{} and g.workplace_id = $2)"
ITS_AGREEMENT = (
    "exists (select from agreements g where g.workplace_id = $2 and g.shown_version is not null"
    " and {} in (g.client_id, g.client_named))"
)
"""Of this client a workplace was shown an agreement."""
A_WORKPLACE_OF_IT = (
    "exists (select from delegated_workplaces d"
    " where d.organiser_id = t.organiser_id and d.id = $2 and {} = any(d.workplace_ids))"
)
"""A workplace for which the organiser lets the provider register systems."""
KEYS_IT_CHANGES = (
    "exists (select from connected_systems s where s.organiser_id = t.organiser_id and s.id = t.system_id"
    f" and (s.organisation_id = $2 or {A_WORKPLACE_OF_IT.format('s.organisation_id')}))"
)
KEYS_IT_PUTS = (
    "exists (select from connected_systems s where s.organiser_id = t.organiser_id and s.id = t.system_id"
    " and (s.role = 'provider' and s.organisation_id = $2"
    f" or s.role = 'workplace' and {A_WORKPLACE_OF_IT.format('s.organisation_id')}))"
)
OF_ITS_SYSTEM = "exists (select from connected_systems s where s.id = t.system_id and s.organisation_id = $2)"


@dataclass(frozen=True)
class Rows:
    """What a provider or a workplace may see and write; its organiser, record system and operator see all of it."""

    seen: str
    written: str = NOTHING
    deleted: str | None = None
    """Where rows may be deleted at all; left out: those that it sees."""


ITS_DAYS = NAMES_ITS_WORKPLACE.format("id", "agreement_id").replace(
    "g.workplace_id = $2", "g.workplace_id = $2 and t.date >= coalesce(g.at_place_since, t.date)"
)
"""Of an agreement that moved, a workplace has the days from its own first one on."""
OWN_DAYS = f"provider_id = $2 or {ITS_DAYS}"
WRITTEN_DAYS = OWN_DAYS.replace(" or ", " or confirmation = 'unconfirmed' and ", 1)
"""A workplace writes nothing that would stand as the provider's word."""
OF_ITS_CLIENT = f"provider_id = $2 and {ITS_CLIENT.format('t.client_id')}"
"""A provider writes of the clients that it has access to; a workplace has access to none."""
WORDS_OF_A_WORKPLACE = (
    "owner_id = $2 and workplace_id = $2 and resource_type in ('diary-entry', 'assessment')"
    " and status in ('unconfirmed', 'voided') and exists (select from agreements g where g.id = t.agreement_id"
    " and g.client_id = t.client_id and g.provider_id = t.provider_id and g.workplace_id = $2)"
)
"""What a workplace writes stands under an agreement of its own, and waits for its provider."""
WRITTEN_DOCUMENTS = (
    f"{OF_ITS_CLIENT} and resource_type <> 'case' and (owner_id = $2 or resource_type = 'permission'"
    f" or owner_id = workplace_id and status = 'voided') or {WORDS_OF_A_WORKPLACE}"
)
WRITTEN_JUSTIFICATIONS = (
    "(state = 'superseded' or entered_by = $2 and state = 'given') and exists (select from agreements g where g.id = t.agreement_id"
    " and g.provider_id = t.provider_id and (g.provider_id = $2"
    " or g.workplace_id = $2 and t.date >= coalesce(g.at_place_since, t.date)))"
)
"""Reviews are the organiser's. Whoever makes another day of it supersedes a justification, whoever wrote that."""
WRITTEN_JOURNAL = (
    "actor_organisation = $2 and (provider_id = $2"
    " or resource_type = 'disclosure' and provider_id is null and workplace_id is null"
    f" or resource_type = 'connected-system' and provider_id is null and {A_WORKPLACE_OF_IT.format('t.workplace_id')}"
    " or workplace_id = $2 and exists (select from agreements g where g.client_named = t.client_id"
    " and g.provider_id = t.provider_id and g.workplace_id = $2))"
)
"""Into the feeds of those whom the change is about."""
TABLES = {
    "organisations": Rows(EVERYTHING),
    "units": Rows(EVERYTHING),
    "code_systems": Rows(EVERYTHING),
    "codes": Rows(EVERYTHING),
    "assessment_forms": Rows(EVERYTHING),
    "connected_systems": Rows(
        f"organisation_id = $2 or {A_WORKPLACE_OF_IT.format('t.organisation_id')}",
        "role = 'provider' and organisation_id = $2"
        " and exists (select from organisations o where o.id = $2 and o.kind = 'provider')"
        f" or role = 'workplace' and {A_WORKPLACE_OF_IT.format('t.organisation_id')}",
    ),
    "held_keys": Rows(KEYS_IT_PUTS, KEYS_IT_PUTS),
    "delegated_workplaces": Rows("id = $2"),
    "client_access": Rows("organisation_id = $2", deleted=NOTHING),
    "clients": Rows(ITS_CLIENT.format("t.id, t.merged_into")),
    "former_codes": Rows(
        f"reason in ('temporary', 'corrected') and not before_protection and {ITS_CLIENT.format('t.client_id')}"
    ),
    "distinct_clients": Rows(NOTHING),
    "client_merges": Rows(
        f"{ITS_CLIENT.format('t.client_id, t.read_as')} or {ITS_AGREEMENT.format('t.read_as')}"
    ),
    "service_relationships": Rows(
        f"provider_id = $2 or {NAMES_ITS_WORKPLACE.format('service_relationship_id', 'id')}"
    ),
    "decisions": Rows(f"provider_id = $2 or {NAMES_ITS_WORKPLACE.format('decision_id', 'id')}"),
    "agreements": Rows("provider_id = $2 or workplace_id = $2", OF_ITS_CLIENT),
    "protected_clients": Rows(
        f"{ITS_CLIENT.format('t.client_id')} or {NAMES_ITS_WORKPLACE.format('client_id', 'client_id')}"
    ),
    "disclosures": Rows(NOTHING, "organisation_id = $2 and (recipient_id is null or recipient_id = $2)"),
    "first_disclosures": Rows("recipient_id = $2", "recipient_id = $2"),
    "documents": Rows(
        "provider_id = $2 or workplace_id = $2"
        " or (resource_type = 'permission' and content -> 'recipient' ->> 'organisation_id' = $2::text)"
        f" or (shared and {ITS_CLIENT.format('t.client_id')})",
        WRITTEN_DOCUMENTS,
    ),
    "frozen_documents": Rows(NOTHING),
    "attendance": Rows(OWN_DAYS, WRITTEN_DAYS),
    "justifications": Rows(OWN_DAYS, WRITTEN_JUSTIFICATIONS),
    "measurements": Rows("provider_id = $2", OF_ITS_CLIENT),
    "instruments": Rows(EVERYTHING),
    "impact_limits": Rows(EVERYTHING),
    "impact_publications": Rows(NOTHING),
    "journal": Rows(
        "provider_id = $2 or workplace_id = $2 or resource_type in ('organisation', 'unit')"
        f" or (resource_type = 'client' and provider_id is null and {ITS_CLIENT.format('t.client_id, t.resource_id')})"
        " or (resource_type = 'client' and change in ('merged', 'unmerged')"
        f" and ({ITS_AGREEMENT.format('t.client_id')} or {ITS_AGREEMENT.format('t.resource_id')}))",
        WRITTEN_JOURNAL,
    ),
    "use_log": Rows(NOTHING, "organisation_id = $2"),
    "idempotency_keys": Rows(OF_ITS_SYSTEM, OF_ITS_SYSTEM),
    "import_jobs": Rows("organisation_id = $2", "organisation_id = $2"),
    "system_keys": Rows(KEYS_IT_CHANGES, KEYS_IT_PUTS),
    "used_jti": Rows(EVERYTHING, EVERYTHING),  # spent once, by whoever registers; nothing of clients
    "ehr_targets": Rows(NOTHING),
    "ehr_cursors": Rows(NOTHING),
    "ehr_inbox": Rows(NOTHING),
    "ehr_conflicts": Rows(NOTHING),
    "ehr_deliveries": Rows(NOTHING),
    "ehr_lanes": Rows(NOTHING),
    "ehr_intents": Rows(NOTHING),
}
NO_TENANT = {
    "organisers": "the tenants themselves, public bodies: by them worker and command line find a tenant",
    "journal_era": "one number of the installation",
    "alembic_version": "the version of the tables",
}
"""Read by everybody and written by nobody; every other table is a tenant's."""
READERS = {"use_log": "walmu_auditor"} | dict.fromkeys(
    ("ehr_cursors", "ehr_lanes", "ehr_intents"), "walmu_worker"
)
"""Who reads what the API does not."""
ALSO_READS: dict[str, list[str]] = {"client_merges": ["walmu_auditor"]}
"""Who reads it besides the API: for the use log of one who was entered twice."""
WRITERS = dict.fromkeys(
    (
        "ehr_targets",
        "ehr_inbox",
        "ehr_conflicts",
        "ehr_deliveries",
        "ehr_cursors",
        "ehr_lanes",
        "ehr_intents",
    ),
    "walmu_worker",
)
"""Who writes what the API does not."""
