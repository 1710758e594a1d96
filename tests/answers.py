"""Every answer that a test gets is held against what the contract says of its operation: nothing that is not declared, and
no null where the contract declares none."""

import re
from functools import cache
from typing import Any

import httpx
import jsonschema_rs

from walmu_api.contract_file import described

JSON = frozenset({"application/json", "application/problem+json"})


@cache
def _document() -> dict[str, Any]:
    return described()


@cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    """Paths without parameters first: `/v1/attendance/missing` is no day."""
    ordered = sorted(_document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path) for path in ordered]


@cache
def _validator(path: str, method: str, status: str, kind: str) -> jsonschema_rs.Draft202012Validator | None:
    operation = _document()["paths"][path].get(method)
    answer = operation and operation["responses"].get(status)
    if answer and "$ref" in answer:
        answer = _document()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema = answer and answer.get("content", {}).get(kind, {}).get("schema")
    if schema is None:
        return None
    return jsonschema_rs.Draft202012Validator(
        schema | {"components": _document()["components"]}, validate_formats=True
    )


def check(answer: httpx.Response) -> None:
    kind = answer.headers.get("content-type", "").partition(";")[0]
    path = next((path for pattern, path in _paths() if pattern.fullmatch(answer.request.url.path)), None)
    if kind not in JSON or path is None:
        return
    validator = _validator(path, answer.request.method.lower(), str(answer.status_code), kind)
    if validator is not None:
        errors = [
            f"{'/'.join(map(str, error.instance_path))}: {error.message}"
            for error in validator.iter_errors(answer.json())
        ]
        assert errors == [], (answer.request.method, path, answer.status_code, errors)
