"""The kinds of records in the store of documents that have a resource of their own: one list for feed and versions."""

from walmu_api.record.assessments.service import ASSESSMENT
from walmu_api.record.cases.service import CASE
from walmu_api.record.notices.service import NOTICE
from walmu_api.record.permissions.service import PERMISSION
from walmu_api.record.plans.service import PLAN
from walmu_api.record.service_events.service import SERVICE_EVENT
from walmu_api.record.start_interviews.service import START_INTERVIEW
from walmu_api.record.work_diary.service import DIARY_ENTRY

KINDS = (ASSESSMENT, CASE, DIARY_ENTRY, NOTICE, PERMISSION, PLAN, SERVICE_EVENT, START_INTERVIEW)
