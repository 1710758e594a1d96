"""Plans: what client, organiser and provider aim at and how."""

from walmu_api.access.scopes import Scope
from walmu_api.record.case_file.documents.standard_resource import standard_routes
from walmu_api.record.case_file.plans import service
from walmu_api.record.case_file.plans.definition import PLAN

router = standard_routes(
    PLAN,
    writes=Scope.PLANS_WRITE,
    record=service.record,
    replace=service.replace,
    narrowed_by=("service_relationship_id", "case_id"),
    docs={
        "list": "List the plans, in the order in which they were recorded.",
        "record": (
            "Record a plan.\n\nA client plan (asiakassuunnitelma) is the organiser's, an "
            "implementation plan (toteuttamissuunnitelma) the provider's."
        ),
        "get": "Read one plan.",
        "replace": "Change a plan, such as after its review.",
        "void": "Void a plan that was recorded in error; it stays readable as `voided`.",
    },
)
