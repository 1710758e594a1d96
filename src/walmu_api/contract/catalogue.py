"""The catalogue of problems: every kind that any feature declares, once. Pages and OpenAPI are made from it."""

from typing import Any

from walmu_api.access import guard, merged_clients, tokens, visible_findings
from walmu_api.access.connected_systems import issuing, token_routes
from walmu_api.adapters.national.validation import findings as national
from walmu_api.exchange.registry import RESOURCES
from walmu_api.foundation import (
    journal,
    load_shedding,
    multipart,
    one_at_a_time,
    problems,
    request_body,
    validation_messages,
)
from walmu_api.foundation.problems import ProblemType
from walmu_api.record.everyday.attendance import rules as attendance

_DECLARED = (
    *problems.GENERAL,
    tokens.INVALID_TOKEN,
    tokens.INVALID_CLIENT,
    guard.FORBIDDEN,
    merged_clients.CLIENT_MERGED,
    visible_findings.ASK_PROVIDER,
    load_shedding.TOO_MANY_REQUESTS,
    one_at_a_time.IMPORT_IN_WORK,
    journal.CURSOR_EXPIRED,
    token_routes.UNSUPPORTED_GRANT,
    issuing.INVALID_SCOPE,
    multipart.PART_TOO_LARGE,
    *national.PROBLEMS,
    *(problem for each in RESOURCES for problem in each.definition.problems),
)
KINDS: dict[str, ProblemType] = {kind.code: kind for kind in reversed(_DECLARED)}
"""By code. Where a line of a batch has the same code as a whole request (`stale-version`), the request's kind
is told."""
KINDS = dict(sorted(KINDS.items()))


SAMPLE: dict[str, Any] = {
    "closed_on": "2026-12-31",
    "allowed": "2026-08-01–2027-07-31",
    "code_system": "absence_reason",
    "condition": "required-if(nimi=99)",
    "covers": "2026-08-01–2027-07-31",
    "ends_on": "2026-12-31",
    "outside": attendance.AGREEMENT_RUNS,
    "expected": "application/json",
    "least": "0",
    "limit": request_body.BODY_LIMIT,
    "most": "10",
    "reason": validation_messages.DAY,
    "seconds": 15,
    "days": 366,
    "rows": 10_000,
    "root": "merkinta_asiakkaan_arjesta",
    "scope": "attendance:write",
    "starts_on": "2026-09-01",
    "state": "terminated",
    "system": "urn:oid:1.2.246.537.6.1221",
    "why": validation_messages.NOT_JSON_AT,
    "line": 1,
    "column": 21,
    "audience": "workplace",
    "item": "overall",
    "steps": "1, 2, 3, 4, 5",
}
"""What the texts name in braces, for pages and examples."""
