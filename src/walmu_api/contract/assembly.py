"""The OpenAPI document: what FastAPI knows of the routes, completed with what it does not: request bodies,
scopes, every answer with its headers, examples."""

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema
from starlette.routing import BaseRoute

from walmu_api.access.deferring.schemas import ImportJob
from walmu_api.access.markers import BodyOf, Deferrable, Requires, Retry
from walmu_api.access.scopes import MEANINGS, Scope
from walmu_api.contract import problem_responses as refusal_responses
from walmu_api.contract.absence import without_nulls_in_answers
from walmu_api.contract.feed import MODELS, type_changes
from walmu_api.contract.lists import bound_and_link
from walmu_api.contract.national import add_national
from walmu_api.contract.published import part_url
from walmu_api.contract.replacing import take_back_records
from walmu_api.contract.texts import DESCRIPTION, OPEN, SOMEWHERE, TAGS, VERSION, info
from walmu_api.contract.tidying import never_null, readable_names, tidy, without_unused
from walmu_api.foundation.openapi import HEADERS, IF_NONE_MATCH, example_of, header
from walmu_api.foundation.schema_types import EXAMPLE_ID

_SCHEMA = "#/components/schemas/{model}"
JSON = "application/json"
PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "`respond-async` (RFC 7240): answer 202 with a job at once, and the result at `Location` later.",
    "schema": {"type": "string", "maxLength": 200},
    "example": "respond-async",
}
KEY_OF_A_JOB = (
    "With `Prefer: respond-async`: your key of this request, 1–255 visible ASCII characters, kept for 30 days: the same "
    "key and body again get the same job with `Idempotency-Replayed: true`; another body is 422. Not looked at otherwise."
)
QUEUED = {name: ImportJob.EXAMPLE[name] for name in ("id", "operation", "created_at")} | {"status": "queued"}


def document(title: str, routes_in_order: Sequence[BaseRoute], address: str) -> dict[str, Any]:
    """The whole contract as a document, of the installation at this address."""
    routes = {route.operation_id: route for route in _walk(routes_in_order) if isinstance(route, APIRoute)}
    data = _generated(title, routes_in_order, routes)
    data["info"] |= info(address or SOMEWHERE)
    for path, item in data["paths"].items():
        for method, operation in item.items():
            _complete(path, method, operation, routes[operation["operationId"]])
    type_changes(data)
    tidied: dict[str, Any] = tidy(data)
    schemas = tidied["components"]["schemas"]
    _open(schemas)
    for item in tidied["paths"].values():
        for operation in item.values():
            operation["parameters"] = [
                _parameter(parameter, schemas) for parameter in operation.get("parameters", [])
            ]
    named = readable_names(tidied)
    bound_and_link(named)
    without_nulls_in_answers(named)
    add_national(named)
    take_back_records(named, routes.values())
    without_unused(named)
    return named


def _walk(routes: Any) -> Iterator[Any]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _walk(inner.routes)
        else:
            yield route


def _generated(
    title: str, routes_in_order: Sequence[BaseRoute], routes: dict[str | None, APIRoute]
) -> dict[str, Any]:
    """What FastAPI makes of the routes, with the schemas of the bodies, which it does not know."""
    data: dict[str, Any] = get_openapi(
        title=title,
        version=VERSION,
        description=DESCRIPTION,
        routes=routes_in_order,
        separate_input_output_schemas=False,
        tags=[{"name": name, "description": meaning} for name, meaning in TAGS.items()],
        servers=[{"url": "/", "description": "This installation."}],
    )
    for tag in data["tags"]:
        tag["externalDocs"] = {
            "description": "This part of the contract alone.",
            "url": part_url(tag["name"]),
        }
    models = {marker.model for route in routes.values() if (marker := _markers(route)[1]) is not None}
    ordered = sorted({*models, *MODELS}, key=lambda model: str(model.__name__))
    _, created = models_json_schema([(model, "validation") for model in ordered], ref_template=_SCHEMA)
    components = data.setdefault("components", {})
    components["schemas"] = (
        components.get("schemas", {}) | created.get("$defs", {}) | refusal_responses.SCHEMAS
    )
    components["responses"] = refusal_responses.responses()
    components["headers"] = HEADERS
    components["securitySchemes"] = {"token": _security()}
    return data


def _security() -> dict[str, Any]:
    return {
        "type": "oauth2",
        "description": "Client credentials with private_key_jwt (RFC 7523).",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/oauth2/token",
                "scopes": {scope.value: MEANINGS[scope] for scope in Scope},
            }
        },
    }


def _markers(route: APIRoute) -> tuple[Requires | None, BodyOf | None, Retry | None]:
    calls = [dependency.call for dependency in route.dependant.dependencies]
    found = [next((c for c in calls if isinstance(c, kind)), None) for kind in (Requires, BodyOf, Retry)]
    return found[0], found[1], found[2]  # type: ignore[return-value]


def _complete(path: str, method: str, operation: dict[str, Any], route: APIRoute) -> None:
    right, body, retry = _markers(route)
    operation |= _words(route, right)
    operation["security"] = [] if right is None else [{"token": [right.scope.value] if right.scope else []}]
    parameters = operation.setdefault("parameters", [])
    if body is not None:
        content = {
            "schema": {"$ref": _SCHEMA.format(model=body.model.__name__)},
            "example": example_of(body.model),
        }
        forms = {media_type: form.shown or content for media_type, form in body.forms.items()}
        operation["requestBody"] = {"required": True, "content": forms}
    refusals = _refusals(path, operation, right, retry)
    answers = {status: answer for status, answer in operation["responses"].items() if status not in refusals}
    for status, answer in answers.items():
        _complete_answer(answer, (route.responses.get(int(status)) or {}).get("model"), right, retry)
    if retry is not None:
        parameters.append(_idempotency(retry))
    if any(isinstance(dependency.call, Deferrable) for dependency in route.dependant.dependencies):
        parameters += [PREFER, _idempotency(Retry(key_required=False)) | {"description": KEY_OF_A_JOB}]
        answers["202"] = _accepted()
    if method == "get" and "ETag" in answers["200"]["headers"]:
        parameters.append(IF_NONE_MATCH)
        answers["304"] = {
            "description": "Not changed since the ETag in If-None-Match.",
            "headers": header("ETag", "X-Request-Id", *refusal_responses.KNOWN),
        }
    answers |= {status: refusal_responses.reference(status) for status in refusals}
    operation["responses"] = dict(sorted(answers.items()))


def _words(route: APIRoute, right: Requires | None) -> dict[str, str]:
    """The docstring is the description, its first sentence the summary; the scope is told as well."""
    data = inspect.cleandoc(route.endpoint.__doc__ or "")
    description = re.sub(r"(?<=\S)\n(?=\S)", " ", data)
    summary = re.split(r"[.:;](?:\s|$)", description, maxsplit=1)[0]
    needed = f"\n\nScope: `{right.scope.value}`." if right is not None and right.scope is not None else ""
    return {"summary": summary, "description": description + needed}


def _complete_answer(answer: dict[str, Any], model: Any, right: Requires | None, retry: Retry | None) -> None:
    headers = answer.setdefault("headers", {})
    if retry is not None:
        headers |= header("Idempotency-Replayed")
    headers |= header("X-Request-Id", *(refusal_responses.KNOWN if right is not None else ()))
    example = example_of(model) if model is not None else {}
    if example:
        answer["content"][JSON]["example"] = example


def _refusals(path: str, operation: dict[str, Any], right: Requires | None, retry: Retry | None) -> set[str]:
    """Every refusal that this operation may answer."""
    matched = any(parameter["name"] == "If-Match" for parameter in operation["parameters"])
    holds = {
        "401 406 422 429": right is not None,
        "403": right is not None and right.scope is not None,
        "400 408 413 415 422": "requestBody" in operation,
        "401": path == "/oauth2/token",
        "405": right is None and path != "/oauth2/token",  # all that can be wrong there is the method
        "404": "{" in path or path == "/v1/assessment-prefill",
        "409 412": matched,
        "428": matched and (retry is None or retry.corrects),
        "400 409 422": retry is not None,
        "409": path.endswith("/document") or path == "/v1/documents/{document_id}",
        "410": path == "/v1/changes",
        "500 503": True,
    }
    return {status for statuses, so in holds.items() if so for status in statuses.split()}


def _accepted() -> dict[str, Any]:
    """The answer of an operation that is asked to answer later."""
    names = ("Location", "Preference-Applied", "Retry-After", "Idempotency-Replayed", "X-Request-Id")
    content = {"schema": {"$ref": _SCHEMA.format(model=ImportJob.__name__)}, "example": QUEUED}
    return {
        "description": "With `Prefer: respond-async`: a job, whose answer will be at `Location`.",
        "headers": header(*names, *refusal_responses.KNOWN),
        "content": {JSON: content},
    }


def _idempotency(retry: Retry) -> dict[str, Any]:
    needed = " Required when the body has no source_id." if retry.key_required else ""
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Your key of this request, 1–255 visible ASCII characters, kept for 30 days: the "
        "same key and body "
        "again get the stored answer with `Idempotency-Replayed: true`; another body is 422." + needed,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        "example": "7f3c1f0e-5a43-4c5e-9a39-2f9a3c1c0b11",
    }


def _open(schemas: dict[str, Any]) -> None:
    """Every closed set says that it may grow (api.md: enums are open)."""
    for schema in schemas.values():
        if "enum" in schema:
            schema["description"] += OPEN


def _parameter(parameter: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Each parameter with a description and an example, and never null."""
    schema = never_null(parameter["schema"])
    examples = schema.pop("examples", None)
    what = parameter["name"].removesuffix("_id").replace("_", " ")
    data = (
        {"description": f"Which {what}: its `id`, as lists and `Location` tell it."}
        | parameter
        | {"schema": schema}
    )
    schema.pop("description", None)
    if "example" not in data:
        data["example"] = examples[0] if examples else _example(schema, schemas)
    return data


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    for word in ("default", "const"):
        if word in schema:
            return schema[word]
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "enum" in schema:
        return schema["enum"][0]
    return EXAMPLE_ID if schema.get("format") == "uuid" else "example"
