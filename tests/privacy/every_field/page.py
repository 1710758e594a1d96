"""Who reads what, member by member: the page of audiences (docs/audiences.md and the table behind it), written out by hand.

Each block names the records of the story and then all their members, each with its audience. A member that is not here
fails the test, and so does one that is here and nowhere else. Names in capitals stand for the members of a shared type
(`SHARED`); `{a b}` spreads.

Expected values never come from the code."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

SHARED = {
    "CODE": "system code display",
    "ID": "value system",
    "ADDRESS": "street_address postal_code post_office",
    "PERSON": "family_name given_names title email phone registration_number id",
    "PROFESSIONAL": "family_name given_names title unit.CODE",
    "NAMED": "family_name given_names title registration_number",
    "REACHED": "email phone organisation unit.CODE address.ADDRESS addresses[].ADDRESS",
    "OFFICE": "visiting_address.ADDRESS postal_address.ADDRESS phone email",
    "LABELS": "fi sv easy_fi",
}

EVERYBODY_HERE = frozenset(
    {
        *("organiser", "record system", "provider A", "provider B", "provider C", "workplace", "instructor"),
        *("somebody at the workplace", "auditor", "operator", "another workplace"),
    }
)
AT_THE_PLACE = frozenset({"workplace", "instructor", "somebody at the workplace"})
AUDIENCES = {
    # the organiser and its record system read everything, and are not named
    "organiser": frozenset[str](),
    # the provider that serves the client: its own relationship, decision, agreement, and all data of carrying it out
    "served": frozenset({"provider A"}),
    "of B": frozenset({"provider B"}),
    "of C": frozenset({"provider C"}),
    # who serves the client reads the client's record
    "client": frozenset({"provider A", "provider B", "provider C"}),
    # plans are for those who carry out the same service task
    "task": frozenset({"provider A", "provider C"}),
    # agreed with the client for the place
    "annex": frozenset({"provider A"}) | AT_THE_PLACE,
    "instructor": frozenset({"provider A", "instructor"}),
    # the client's name, where a permission names it or the client signed
    "name": frozenset({"provider A", "provider B", "provider C"}) | AT_THE_PLACE,
    # ids alone say nothing; who reads a record of the client reads whose it is
    "ids": EVERYBODY_HERE - {"operator", "another workplace"},
    # about no client
    "free": EVERYBODY_HERE,
}
INSIDE = frozenset({"organiser", "record system"})

MARKS = {
    "whereabouts": "nobody narrowed reads it under protection",
    "given": "the same, but a provider that serves the client on the client's record",
    "own": "under protection the provider whose record it is reads it, and nobody else who is narrowed",
    "log": "the auditor may read it too, in the log of disclosures: who disclosed what to whom, by what right",
    "received": "the workplace may read it too, in a notice that it received by permission",
}
CLIENT = ("open", "protected", "withheld")
"""How a client is: without turvakielto, with it, and with contacts that the organiser withholds besides."""
LOGS = frozenset({"listDisclosures", "getDisclosure", "listUseLog"})
RECEIVED = frozenset({"listReceivedNotices", "getReceivedNotice"})
WITH_CLIENTS = " with clients"
"""What the way of a list is called besides that gives the clients of its items along."""
CLIENT_RECORD = frozenset(
    {"listClients", "getClient", "searchClients", "listChanges", "getClientVersion", "listClientVersions"}
    | {
        f"{name}{WITH_CLIENTS}"
        for name in ("listAgreements", "listMissingAttendance", "listOpenJustifications")
    }
)
"""Where what is `given` is read under protection."""

PAGE = """
= acting person of provider A
name                                                            : served log

= acting person of workplace
name                                                            : annex log

= client before
given_names                                                     : organiser

= client
family_name given_names                                         : name
identity.ID date_of_birth turvakielto turvakielto_ends_on       : client
emigrated_on                                                    : client whereabouts
contact.phone contact.contact_address.ADDRESS                   : client given received
contact.{email street_address postal_code municipality}         : client whereabouts received
contact.{addresses[].ADDRESS}                                   : client whereabouts received
contact.temporary_address.{starts_on ends_on ADDRESS}           : client whereabouts received
contacts_withheld                                               : organiser
language service_language.CODE mother_tongues[].CODE            : client
interpreting.{needed languages[].CODE method}                   : client
other_names[].{name type.CODE} sex.CODE nationalities[].CODE    : client
occupation marital_status.CODE cohabiting special_group.CODE    : client
homelessness.CODE                                               : client whereabouts
right_to_special_support secret_contacts                        : client
home_municipality.{municipality.CODE moved_in_on}               : client whereabouts
temporary_municipalities[].{municipality.CODE moved_in_on moved_out_on} : client whereabouts
document_delivery                                               : client whereabouts
risks[].{starts_on ends_on description fixed_term}              : client
related_persons[].{addresses[].ADDRESS phone email organisation} : client whereabouts
related_persons[].{family_name given_names title}               : client
related_persons[].personal_identity_code.ID                     : organiser
related_persons[].{turvakielto secret_contacts roles[].CODE role_note contact_person powers} : client
related_persons[].guardianship.{starts_on ends_on description}  : client
related_persons[].continuing_power_of_attorney.{confirmed_on description} : client
related_persons[].custody.{form.CODE description}               : client
related_persons[].right_to_information                          : client
client_relationship_identifier.ID                               : client
client_relationship.{starts_on ends_on end_reason old}          : client
operating_unit.CODE                                             : client
organiser_units[].{addresses[].ADDRESS phone email unit.CODE starts_on ends_on} : client
organiser_units[].contact_persons[].{family_name given_names phone} : client
responsible_workers[].{addresses[].ADDRESS phone email family_name given_names unit.CODE registration.ID} : client
child_welfare.{starts_on ends_on}                               : organiser
source_id                                                       : client

= relationship | relationship of B ~ of B | relationship of C ~ of C
client_id : ids
provider_id unit_id                                             : free
service_task.CODE service.CODE                                  : served log
service_kind legal_bases[]                                      : served
referral.{source received_on}                                   : served
responsible_workers.{organiser provider}.PERSON                 : served
starts_on ends_on own_worker.PERSON benefit_matters_included    : served
network[].role                                                  : served
network[].person.{email phone}                                  : served whereabouts
network[].person.{family_name given_names title registration_number id} : served
source_id                                                       : served

= relationship | relationship of C ~ of C
network[].{organisation agreed}                                 : served whereabouts

= relationship of B ~ of B
network[].{organisation agreed}                                 : served

= decision | purchase from B ~ of B | decision not made ~ organiser
client_id service_relationship_id : ids
provider_id                                                     : free
kind outcome                                                    : served
legal_bases[] service_kind                                      : served
service_task.CODE service.CODE                                  : served log
decided_on valid_from valid_to days_per_week                    : served
work_allowance_per_day travel.arrangement                       : served
travel.note                                                     : served whereabouts
place decision_maker.{PERSON unit.CODE} reasons                 : served
client_decision_id supersedes_id decision_number.ID             : served
pending_since application_description outcome_code.CODE hours   : served
long_term service_description carried_out_as[].CODE             : served
carried_out_otherwise                                           : served
personal_assistance.{wages_and_costs substitutes}               : served
provision_manner.CODE provision_details legal_text              : served
hearings[].{held opposed} immediate_effect.{immediate reasons}  : served
notice_persons preparers[].PROFESSIONAL                         : served
informants[].{PROFESSIONAL OFFICE}                              : served
appeal.{means.CODE instructions deadline}                       : served
appeal.{authority recipients[]}.{OFFICE name}                   : served
further_information signature.type.CODE source_id               : served

= decision as drafted | purchase from B as drafted
reasons                                                         : organiser

= review of the decision
review review_on review_note                                    : served

= agreement | agreement offered | agreement drafted ~ not shown | agreement voided ~ not shown | agreement ended ~ not shown | agreement as a document ~ not shown | agreement of B ~ of B
service_relationship_id                                         : ids
decision_id kind                                                : served
place.organisation_id                                           : free
place.{name addresses[].ADDRESS phone email}                    : annex
instructors[].{family_name given_names title email phone registration_number organisation id} : annex
starts_on ends_on                                               : annex
schedule.{type days[].{weekday starts_at ends_at} min_days_per_week max_days_per_week} : annex
work_allowance_per_day                                          : served
absence_reporting                                               : annex
tasks_and_goals                                                 : served
tasks work_instructions[].{title text}                          : annex
coach.{family_name given_names phone}                           : annex
coach.{title email registration_number id}                         : served
service_task.CODE                                               : served log
service.CODE                                                    : served
other_parties[].{family_name given_names title}                 : served
other_parties[].{organisation addresses[].ADDRESS phone email}  : served whereabouts
responsible_worker.{family_name given_names title email phone registration_number organisation id} : served
hours_per_day days_per_week                                     : annex
other_duration_matters guidance                                 : served
meal.{provided note} insurance.taken_by                         : annex
insurance.note                                                  : served
other_matters review_on further_information legal_notice        : served
written_on source_id                                            : served
author.PROFESSIONAL                                             : served log

= agreement as drafted
tasks                                                           : served

= signing | signing of the ended ~ not shown | signing of B ~ of B
signed_on signatories[].{type.CODE signature party name}        : annex
signatories[].place                                             : annex whereabouts

= voiding of the agreement | ending | reopening of the agreement
reason ends_on                                                          : served

= permission for the name | permission of safety | permission revoked ~ revoked | permission voided ~ revoked
client_id service_relationship_id agreement_id                  : ids
recipient.organisation_id                                       : free
recipient.name                                                  : served
field_groups[]                                                  : served log
safety_and_support.{topic text}                                 : instructor
safety_and_support.instructors[].{name person_id}               : served
purposes[] disclosers[]                                         : served
given_on                                                        : served log
valid_until                                                     : instructor received
given_by.{role name} manner note source_id                      : served

= revocation | voiding
revoked_on reason                                               : served

= day of B ~ of B | day of the provider | absence of the provider | day moved | day instead | day of the workplace | day voided
status planned_minutes actual_minutes arrived_at left_at form   : annex
rescheduled_to rescheduled_from date                            : annex
absence_reason noted_at source_id absence_reasons[].{reason minutes} : served

= absence of the workplace
status planned_minutes absence_reason date absence_reasons[].{reason minutes} : annex
noted_at source_id                                              : served

= voiding of a day
reason                                                          : served

= days of a batch
items[].{status planned_minutes actual_minutes arrived_at left_at form date rescheduled_to rescheduled_from} : annex
items[].agreement_id                                            : ids
items[].{noted_at source_id absence_reason absence_reasons[].reason absence_reasons[].minutes} : served
items[].agreement_source_id                                     : served

= justification | justification of the workplace ~ annex
reason given_by given_on explanation                            : served
certificate.{required received_on valid_from valid_to}          : served
source_id                                                       : served

= review of the justification
decision reason                                                 : served

= case
client_id service_relationship_id agreement_id                  : ids
case_identifier.ID name.CODE name_note state.CODE opened_on closed_on common : organiser
service_task.CODE deciding_unit.CODE initiated_by received_on   : organiser
clients[].{family_name given_names personal_identity_code.ID temporary_identity_code.ID} : organiser
clients[].{date_of_birth joined_at left_at}                     : organiser
related_persons[].{NAMED REACHED personal_identity_code.ID roles[].CODE role_note} : organiser
source_id                                                       : organiser

= start interview
client_id agreement_id service_relationship_id                                         : ids
written_on situation                                            : served
skills[].{text esco esco_label occupation.CODE local_code.{list code label} level} : served
strengths interests motivation wishes_for_work support_needed benefits[] conclusions : served
further_information legal_notice authors[].PROFESSIONAL source_id : served

= client plan ~ task | client plan of B ~ of B | plan ~ may task | plan of B ~ of B
case_id                                                         : served
client_id agreement_id service_relationship_id                                         : ids
kind services service_task.CODE service.CODE service_starts_on : served
meetings[].{held_on participants}                               : served
other_plans communication situation health.description health.risks : served
health.diagnoses[].diagnosis.CODE                               : served
functioning.{professional_view client_view influence_of_circumstances} : served
health_and_functioning strengths experiences                    : served
current_services.{services[].CODE description}                  : served
client_view_of_support family_view_of_support professional_view_of_support : served
previous_plan.{assessment client_assessment professional_assessment}.CODE : served
previous_plan.assessment_text                                   : served
previous_goals[].{goal.CODE scale.CODE description assessment.CODE assessment_text} : served
previous_goals[].factors[].{factor effect}.CODE                 : served
service_evaluations[].{service.CODE social_service.CODE assessment.CODE description} : served
method_evaluations[].{method.CODE assessment.CODE description}  : served
client_wishes goals[].{name description means_and_schedule goal.CODE scale.CODE} : served
goals[].factors[].{factor effect}.CODE                          : served
planned_services[].{service.CODE service_task.CODE social_service.CODE description} : served
planned_services[].{methods[].CODE methods_note client_proposal expected_start_and_duration} : served
personal_assistance.{consents_to_employ explanation pay_and_costs substitutes} : served
content_and_implementation other_support special_measures self_determination_measures : served
education_and_job_search_plan                                   : served
early_or_basic_education                                        : served whereabouts
special_care.{arrangements adjustments means}                   : served
special_care.restrictions.{assessments[].CODE used outdoor_plan movement_plan effect} : served
supporting_organisations supporting_persons worker_meetings     : served
responsible_worker.{family_name given_names phone}              : served
client_informed client_informed_how further_actions dissenting_views expected_duration : served
review.{at time_note}                                           : served
employment_plan.{issuer dated_on review_on}                     : served
rehabilitative_work.{days_per_week hours_per_day starts_on ends_on} : served
distribution further_information legal_notice written_on authors[].PROFESSIONAL source_id : served

= client plan ~ task | client plan of B ~ of B | plan ~ may task | plan of B ~ of B
meetings[].place review.place                                   : served own

= service started | service paused | service resumed | notice to the authority | service of B ended ~ of B
client_id agreement_id service_relationship_id                                         : ids
kind starts_on ends_on reason onward_path onward_path_note : served
transition.companions[].{NAMED turvakielto} : served
transition.companions[].REACHED                                 : served whereabouts
transition.receiving_contact.{NAMED REACHED}                   : served
transition.meetings[].held_on                                   : served
transition.meetings[].{place note}                              : served own
extra_days_elsewhere.{days_per_week place}                      : served
shelter.{housing_afterwards lives_with_perpetrator.CODE}        : served whereabouts
notice.recipient.{organisation contact_person.{family_name given_names}} : served
notice.recipient.address.ADDRESS                                : served whereabouts
notice.{starts starts_on period_length interrupted interruption_reason interrupted_on} : served
notice.{workplace description working_hours legal_notice}       : served
notice.notifiers[].{PROFESSIONAL addresses[].ADDRESS phone email} : served
service_task.CODE service.CODE further_information written_on author.PROFESSIONAL source_id : served

= diary: contact | diary: daily | diary: cancelled | diary: meeting | diary of the workplace ~ annex | diary of the workplace corrected ~ annex | diary of the workplace made a contact ~ annex
kind period.{starts_at ends_at} contact_manners[].CODE place    : served
participants description agreed                                 : served
performance.{tasks[] rating rating_note support_given form}     : served
cancellation.{planned_at reason further_information}            : served
service_task.CODE services[].CODE written_on source_id          : served
client_id service_relationship_id agreement_id                  : ids
author.PROFESSIONAL                                             : served

= correction of the diary | correction to a contact
author.PROFESSIONAL                                             : served
corrected.{kind period.{starts_at ends_at} contact_manners[].CODE description} : served
corrected.{place participants agreed}                           : served
corrected.performance.{tasks[] rating rating_note support_given form} : served
corrected.{service_task.CODE services[].CODE written_on}        : served

= assessment | assessment of the workplace ~ annex
client_id service_relationship_id agreement_id                  : ids
form form_version items[].key                                   : ids
participants place : served
activity_started_on period.{starts_on ends_on} tasks            : served
items[].{text client_view professional_view workplace_view rating} : served
goals[].{name description client_evaluation.CODE professional_evaluation.CODE evaluation} : served
attendance.{planned recorded present partial absent not_arranged rescheduled} : served
attendance.absences[].{reason days}                             : served
attendance.justifications.{missing given accepted rejected}     : served
onward recipient.{name contact_person.{family_name given_names}} : served
recipient.address.ADDRESS                                       : served whereabouts
service_task.CODE service.CODE purpose conclusions distribution : served
further_information legal_notice written_on authors[].PROFESSIONAL source_id : served

= confirmation of the assessment
author.PROFESSIONAL participants                                : served

= measurement | measurement of goals | measurement voided
client_id service_relationship_id                               : ids
instrument form_version language phase answered_on : served
respondent assisted mode scores[].{scale value min max}         : served
scores[].{items_answered missing_reason algorithm computed_by}  : served
items[].{key value missing_reason}                              : served
goals[].{key title weight baseline level}                       : served
written_on author.PROFESSIONAL source_id                        : served

= voiding of a measurement
reason                                                          : served

= notice to client | notice to provider | notice to activity_centre | notice to workplace
agreement_id                                                    : ids
meeting_record_id                                               : ids
audience manner review_period_starts_on                         : served
notified_on purpose                                             : served log received
permission_id                                                   : served log
recipient.organisation_id                                       : free
recipient.{name person.PERSON}                                  : served log
field_groups[] author.PROFESSIONAL                              : served log
note source_id                                                  : served

= organisation | unit | code | limits | delegated workplaces | system
name business_id oid source_id kind contact.PERSON organisation_id client_id role software : free
jwks.keys[].{kty kid crv x y} proofs[]                          : free
fi sv en easy_fi valid_from valid_to mapping.CODE               : free
min_count min_pairs workplace_ids[]                             : free

= closing
closed_on                                                       : free
reason                                                          : organiser

= succession
by from                                                         : free
reason                                                          : organiser

= verdict
from                                                            : ids
reason                                                          : organiser

= merging | unmerging
into                                                            : ids
reason                                                          : organiser

= reopening
reason                                                          : served

= form
name.LABELS kind audience valid_from valid_to                   : free
scales[].{key steps[].{value labels.LABELS}}                    : free
items[].{key labels.LABELS national_field text scale voices[] required} : free

= instrument permitted | instrument
definition.{names.{fi sv en} owner form_versions[].{code languages[]} respondents[] evidence} : free
definition.scales[].{code names.{fi sv en} min max direction item_count is_total form_versions[]} : free
licensed item_answers permission.{licence granted_by granted_on reference} : free
change_rule.{source thresholds[].{scale points}}                : free
"""

INSTEAD = {"not shown": {"annex": "served"}, "revoked": {"instructor": "served"}}
"""What a state makes of audiences: an annex that is not offered, or void, is not the workplace's."""


@dataclass(frozen=True)
class Rule:
    """Who reads a member: all of `must` do, the others of `readers` may. `owners`: the provider whose record it is."""

    must: frozenset[str]
    readers: frozenset[str]
    owners: frozenset[str]
    marks: frozenset[str]

    def allows(self, identity: str, ways: Collection[str], client: str) -> bool:
        """Whether this identity may find the member by these ways, while the client is so (`CLIENT`)."""
        if identity in INSIDE:
            return True
        if client != "open" and "own" in self.marks:
            return identity in self.owners
        if client != "open" and self.marks & {"whereabouts", "given"}:
            given = "given" in self.marks and client == "protected" and CLIENT_RECORD.issuperset(ways)
            return given and identity in self.readers
        log = "log" in self.marks and identity == "auditor" and LOGS.issuperset(ways)
        received = "received" in self.marks and identity in AT_THE_PLACE and RECEIVED.issuperset(ways)
        return identity in self.readers or log or received


def spread(words: str) -> Iterator[str]:
    """The paths of a line: braces and names in capitals written out."""
    for word in _words(words):
        yield from _spread(word)


def _words(text: str) -> Iterator[str]:
    """Parted at blanks that are in no braces."""
    depth, word = 0, ""
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if sign == " " and depth == 0:
            if word:
                yield word
            word = ""
        else:
            word += sign
    if word:
        yield word


def _spread(word: str) -> Iterator[str]:
    start = word.find("{")
    if start >= 0:
        depth, end = 1, start + 1
        while depth:
            depth += (word[end] == "{") - (word[end] == "}")
            end += 1
        for inner in _words(word[start + 1 : end - 1]):
            yield from _spread(word[:start] + inner + word[end:])
        return
    head, dot, last = word.rpartition(".")
    name = last.removesuffix("[]")
    if name in SHARED:
        for inner in _words(SHARED[name]):
            yield from _spread(f"{head}{dot}{inner}")
    else:
        yield word


def rules() -> dict[str, dict[str, Rule]]:
    """By record, then by path."""
    found: dict[str, dict[str, Rule]] = {}
    records: dict[str, str] = {}
    for line in PAGE.splitlines():
        if line.startswith("= "):
            records = {}
            for each in line[2:].split("|"):
                name, _, other = each.partition("~")
                records[name.strip()] = " ".join(other.split())
            found |= {name: found.get(name, {}) for name in records}
        elif line.strip():
            words, _, audience = line.rpartition(" : ")
            for path in spread(words):
                for record, instead in records.items():
                    assert path not in found[record], f"{record}: {path} twice"
                    found[record][path] = _rule(audience.split(), instead)
    return found


def _rule(words: list[str], instead: str) -> Rule:
    audience, marks = words[0], frozenset(words[1:])
    assert marks <= MARKS.keys(), marks
    may, instead = instead.startswith("may "), instead.removeprefix("may ")
    must = AUDIENCES[audience]
    if instead in INSTEAD:
        must = AUDIENCES[INSTEAD[instead].get(audience, audience)]
    elif instead and audience not in {"organiser", "ids", "free"}:
        must = AUDIENCES[instead]
    readers = must
    if may or audience in {"ids", "free"}:
        must = AUDIENCES["served"] if may else frozenset()
    owners = AUDIENCES["served"] if instead == "task" else must
    return Rule(must, readers, owners, marks)


RULES = rules()
