"""Notices as the rest of the service uses them."""

from walmu_api.record.case_file.documents.standard_resource import standard_resource
from walmu_api.record.case_file.notices.definition import NOTICE
from walmu_api.record.case_file.notices.routes import router

RESOURCES = (standard_resource(NOTICE, router),)
