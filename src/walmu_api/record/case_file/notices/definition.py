"""Notices of decisions: declared."""

from walmu_api.access.resource import ResourceDefinition
from walmu_api.access.scopes import Scope
from walmu_api.record.case_file.notices import rules
from walmu_api.record.case_file.notices.schemas import Notice, NoticeEntry

NOTICE = ResourceDefinition(
    "notice",
    "/v1/notices",
    "notices",
    Scope.NOTICES_READ,
    Notice,
    NoticeEntry,
    problems=rules.PROBLEMS,
    views={"provider": rules.without_name},
)
