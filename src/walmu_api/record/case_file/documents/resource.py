"""Documents as the rest of the service uses them."""

from walmu_api.record.case_file.documents.definition import DOCUMENT
from walmu_api.record.case_file.documents.standard_resource import standard_resource

RESOURCES = (standard_resource(DOCUMENT),)
