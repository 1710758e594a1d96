"""Every answer that a test gets is held against what the contract says of its operation: nothing that is not declared, and
no null where the contract declares none."""

import os
import re
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs

from walmu_api.contract_file import described

CONTRACT = "urn:walmu:contract"
OF_A_DAMAGE = {"WALMU_TEST_ANSWERS": "unchecked"}
"""The environment of a run that asks whether a test of privacy notices a damage by what somebody reads: the contract would
refuse some such answers first."""
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
def _registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([(CONTRACT, _document())])


@cache
def _schema(path: str, method: str, status: str, kind: str) -> str | None:
    """Where the contract has the schema of this answer."""
    at = f"/paths/{_step(path)}/{method}/responses/{status}"
    answer = _document()["paths"][path].get(method, {}).get("responses", {}).get(status)
    if answer and "$ref" in answer:
        at = answer["$ref"].removeprefix("#")
        answer = _document()["components"]["responses"][at.rpartition("/")[2]]
    if not answer or "schema" not in answer.get("content", {}).get(kind, {}):
        return None
    return f"{at}/content/{_step(kind)}/schema"


def _step(name: str) -> str:
    """A step of a JSON Pointer, in a URL."""
    return quote(name.replace("~", "~0").replace("/", "~1"))


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"{CONTRACT}#{schema}"}, registry=_registry(), validate_formats=True
    )


def check(answer: httpx.Response) -> None:
    if OF_A_DAMAGE.items() <= os.environ.items():
        return
    kind = answer.headers.get("content-type", "").partition(";")[0]
    path = next((path for pattern, path in _paths() if pattern.fullmatch(answer.request.url.path)), None)
    if kind not in JSON or path is None:
        return
    schema = _schema(path, answer.request.method.lower(), str(answer.status_code), kind)
    if schema is not None:
        errors = [
            f"{'/'.join(map(str, error.instance_path))}: {error.message}"
            for error in _validator(schema).iter_errors(answer.json())
        ]
        assert errors == [], (answer.request.method, path, answer.status_code, errors)
