"""Permissions as the rest of the service uses them."""

from walmu_api.record.case_file.documents.standard_resource import standard_resource
from walmu_api.record.case_file.permissions.definition import PERMISSION
from walmu_api.record.case_file.permissions.routes import router

RESOURCES = (standard_resource(PERMISSION, router),)
