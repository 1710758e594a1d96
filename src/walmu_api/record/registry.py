"""The resources of the record, in the order of the care path: the one list that the rest of the service
reads.

A new resource is a line here (docs/add-a-resource.md, ADR 31)."""

from walmu_api.access.resource import Resource
from walmu_api.record.case_file.cases import resource as cases
from walmu_api.record.case_file.disclosures import resource as disclosures
from walmu_api.record.case_file.documents import resource as documents
from walmu_api.record.case_file.notices import resource as notices
from walmu_api.record.case_file.permissions import resource as permissions
from walmu_api.record.case_file.plans import resource as plans
from walmu_api.record.case_file.start_interviews import resource as start_interviews
from walmu_api.record.case_file.workplace_agreements import resource as workplace_agreements
from walmu_api.record.commitments.agreements import resource as agreements
from walmu_api.record.commitments.decisions import resource as decisions
from walmu_api.record.everyday.assessments import resource as assessments
from walmu_api.record.everyday.attendance import resource as attendance
from walmu_api.record.everyday.measurements import resource as measurements
from walmu_api.record.everyday.service_events import resource as service_events
from walmu_api.record.everyday.work_diary import resource as work_diary
from walmu_api.record.parties.clients import resource as clients
from walmu_api.record.parties.codes import resource as codes
from walmu_api.record.parties.organisations import resource as organisations
from walmu_api.record.parties.service_relationships import resource as service_relationships

RESOURCES: tuple[Resource, ...] = (
    *organisations.RESOURCES,
    *codes.RESOURCES,
    *clients.RESOURCES,
    *service_relationships.RESOURCES,
    *decisions.RESOURCES,
    *agreements.RESOURCES,
    *documents.RESOURCES,
    *cases.RESOURCES,
    *permissions.RESOURCES,
    *plans.RESOURCES,
    *disclosures.RESOURCES,
    *workplace_agreements.RESOURCES,
    *notices.RESOURCES,
    *start_interviews.RESOURCES,
    *service_events.RESOURCES,
    *attendance.RESOURCES,
    *work_diary.RESOURCES,
    *measurements.RESOURCES,
    *assessments.RESOURCES,
)
