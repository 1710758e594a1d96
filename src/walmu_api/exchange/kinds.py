"""The kinds of records in the store of documents that have a resource of their own: one list for feed and versions."""

from walmu_api.record.case_file.cases.service import CASE
from walmu_api.record.case_file.notices.service import NOTICE
from walmu_api.record.case_file.permissions.service import PERMISSION
from walmu_api.record.case_file.plans.service import PLAN
from walmu_api.record.case_file.start_interviews.service import START_INTERVIEW
from walmu_api.record.everyday.assessments.service import ASSESSMENT
from walmu_api.record.everyday.service_events.service import SERVICE_EVENT
from walmu_api.record.everyday.work_diary.service import DIARY_ENTRY

KINDS = (ASSESSMENT, CASE, DIARY_ENTRY, NOTICE, PERMISSION, PLAN, SERVICE_EVENT, START_INTERVIEW)
