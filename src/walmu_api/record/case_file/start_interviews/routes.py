"""Start interviews: where the client stands, what they can and want."""

from walmu_api.access.scopes import Scope
from walmu_api.record.case_file.documents.standard_resource import standard_routes
from walmu_api.record.case_file.start_interviews import service
from walmu_api.record.case_file.start_interviews.definition import START_INTERVIEW

router = standard_routes(
    START_INTERVIEW,
    writes=Scope.START_INTERVIEWS_WRITE,
    record=service.record,
    replace=service.replace,
    docs={
        "list": "List the start interviews (alkuhaastattelut), in the order in which they were recorded.",
        "record": "Record a start interview (alkuhaastattelu).",
        "get": "Read one start interview.",
        "replace": "Say a start interview anew.",
        "void": "Void a start interview that was recorded in error; it stays readable as `voided`.",
    },
)
