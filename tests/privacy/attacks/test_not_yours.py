"""What is another's is answered as what is not there, to a workplace, whatever is tried with the id of an agreement.

The page of audiences: what is hidden can't be probed."""

import re
from typing import Any

import pytest
from tests.conftest import TenantFixture
from tests.record.case_file.documents.samples import AUTHOR
from tests.record.everyday.attendance.days.test_workplace_api import own_and_other

from walmu_api.foundation.record_ids import uuid7

DAY = "2026-03-04"
LINE = {"date": DAY, "status": "present"}
TRIES: dict[str, tuple[str, str, Any]] = {
    "annex": ("GET", "/v1/workplace-agreements/{id}", None),
    "versions": ("GET", "/v1/workplace-agreements/{id}/versions", None),
    "a version": ("GET", "/v1/workplace-agreements/{id}/versions/2", None),
    "prefill": ("GET", "/v1/assessment-prefill?agreement_id={id}", None),
    "list": ("GET", "/v1/attendance?agreement_id={id}", None),
    "day": ("GET", "/v1/agreements/{id}/attendance/{day}", None),
    "put": ("PUT", "/v1/agreements/{id}/attendance/{day}", {"status": "present"}),
    "void": ("POST", "/v1/agreements/{id}/attendance/{day}/void", {"reason": "x"}),
    "justification": (
        "PUT",
        "/v1/agreements/{id}/attendance/{day}/justification",
        {"reason": "own_illness", "given_by": "workplace", "given_on": DAY},
    ),
    "batch": ("POST", "/v1/attendance-batches", {"items": [LINE]}),
    "dry run": ("POST", "/v1/attendance-batches?dry_run=true", {"items": [LINE | {"if_version": 1}]}),
    "atomic": ("POST", "/v1/attendance-batches?mode=atomic", {"items": [LINE]}),
    "diary": ("POST", "/v1/diary-entries", {"kind": "other", "author": AUTHOR, "description": "x"}),
    "assessment": ("POST", "/v1/assessments", {"authors": [AUTHOR], "form": "workplace_short"}),
}


def _of(content: Any, agreement_id: str) -> Any:
    """The body of a try, with the agreement in its place."""
    if isinstance(content, dict) and "items" in content:
        return {"items": [line | {"agreement_id": agreement_id} for line in content["items"]]}
    names_agreement = isinstance(content, dict) and "author" in str(content)
    return content | {"agreement_id": agreement_id, "source_id": "oma-1"} if names_agreement else content


@pytest.mark.parametrize("name", TRIES)
async def test_anothers_is_answered_as_what_is_not_there(world: TenantFixture, name: str) -> None:
    _, other = await own_and_other(world)
    day = world.day(3)
    path = f"/v1/agreements/{other['id']}/attendance/{day}"
    absent = {"status": "absent", "absence_reason": "own_illness"}
    assert (await world.provider_a.put(path, absent)).status_code == 201
    method, url, content = TRIES[name]
    answers = []
    for agreement_id in (other["id"], str(uuid7())):
        at = url.format(id=agreement_id, day=day)
        answer = await world.workplace(method, at, _of(content, agreement_id))
        headers = {
            n: v for n, v in answer.headers.items() if n in {"etag", "link", "walmu-warnings", "allow"}
        }
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "<id>", answer.text)
        answers.append((answer.status_code, headers, text))
    assert answers[0] == answers[1]
