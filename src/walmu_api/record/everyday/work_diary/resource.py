"""Diary entries as the rest of the service uses them."""

from walmu_api.record.case_file.documents.standard_resource import standard_resource
from walmu_api.record.everyday.work_diary import service
from walmu_api.record.everyday.work_diary.definition import DIARY_ENTRY
from walmu_api.record.everyday.work_diary.routes import router

RESOURCES = (standard_resource(DIARY_ENTRY, router, record=service.record, replace=service.replace),)
