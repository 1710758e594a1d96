"""Worksheets of days, sent."""

import json
from typing import Any

from httpx import Response
from tests import answers
from tests.conftest import ApiClient

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def sent(
    speaker: ApiClient, file: bytes | str, mapping: Any = None, query: str = "", **headers: str
) -> Response:
    raw = file.encode() if isinstance(file, str) else file
    parts: dict[str, Any] = {"file": ("päivät.csv", raw)}
    if mapping is not None:
        parts["mapping"] = (None, json.dumps(mapping), "application/json")
    answer = await speaker.http.post(f"/v1/attendance-imports{query}", files=parts, headers=headers)
    answers.check(answer)
    return answer


async def done(speaker: ApiClient, file: bytes | str, mapping: Any = None, query: str = "") -> dict[str, Any]:
    answer = await sent(speaker, file, mapping, query)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]
