"""The OpenAPI document: what FastAPI knows of the routes, completed with what it does not: request bodies, scopes, every
answer, examples. And the human reference made from it."""

import html
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema
from starlette.responses import Response

from walmu_api.access import guard, tokens
from walmu_api.access.connected_systems import routes as connected_systems
from walmu_api.access.connected_systems import service as connected_systems_service
from walmu_api.access.guard import BodyOf, Requires, Retry
from walmu_api.access.scopes import MEANINGS, Scope
from walmu_api.foundation import journal, problems
from walmu_api.foundation.problems import Kind
from walmu_api.record.agreements import rules as agreements
from walmu_api.record.attendance import rules as attendance
from walmu_api.record.clients import rules as clients
from walmu_api.record.decisions import rules as decisions

VERSION = "0.1.0"
KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        *problems.GENERAL,
        tokens.INVALID_TOKEN,
        tokens.INVALID_CLIENT,
        guard.FORBIDDEN,
        journal.CURSOR_EXPIRED,
        connected_systems.UNSUPPORTED_GRANT,
        connected_systems_service.CLIENT_ID_TAKEN,
        connected_systems_service.INVALID_SCOPE,
        *clients.PROBLEMS,
        *decisions.PROBLEMS,
        *agreements.PROBLEMS,
        *attendance.PROBLEMS,
    )
}
"""The catalogue of problems."""

DESCRIPTION = """Interoperability between a wellbeing services county (the organiser, *järjestäjä*) and the providers and
workplaces that run work-activity services. Providers post attendance and sign agreements; the organiser's record system
decides and gets everything back.

**Begin** with a token (`POST /oauth2/token`), then `GET /v1/whoami`, `GET /v1/agreements`, and
`PUT /v1/agreements/{id}/attendance/{date}`. Errors are problem documents (RFC 9457) with a stable `code`; the page behind
`type` explains it. Times are RFC 3339 with zone, days are days in Finland, money is text with two decimals in EUR."""

TAGS = {
    "access": "Tokens, keys, and who you are.",
    "connected systems": "Systems that call this API.",
    "organisations": "Organiser, providers, workplaces and their units.",
    "codes": "Code systems (koodistot) in three languages.",
    "clients": "Clients (asiakkaat).",
    "service relationships": "Who serves whom, from when to when (palvelun asiakkuus).",
    "decisions": "Decisions (päätökset) and drafts for the caseworker.",
    "agreements": "Agreements (sopimukset).",
    "attendance": "Attendance (läsnäolo), absences and their justifications (perustelut).",
    "changes": "The change feed.",
    "use log": "Who saw whose data (käyttöloki).",
    "exchange": "How exchange with the record system goes.",
    "operation": "Health and metrics.",
}

_PROBLEM_SCHEMAS: dict[str, Any] = {
    "Finding": {
        "type": "object",
        "required": ["pointer", "code", "detail"],
        "properties": {
            "pointer": {
                "type": "string",
                "description": "JSON Pointer to the place; of a parameter `/query/…` or `/path/…`.",
            },
            "code": {"type": "string"},
            "detail": {"type": "string"},
            "rule": {"type": "string"},
            "fix": {"type": "string", "description": "What to do about it."},
        },
    },
    "Problem": {
        "type": "object",
        "description": "RFC 9457. `code` is stable; texts follow Accept-Language (en, fi).",
        "required": ["type", "title", "status", "detail", "code", "instance"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer", "format": "int32"},
            "detail": {"type": "string"},
            "code": {"type": "string", "description": "Open list: see /problems."},
            "instance": {"type": "string", "description": "The request id."},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
        },
    },
}


def _guarded(app: FastAPI) -> list[APIRoute]:
    return [route for route in _walk(app.routes) if isinstance(route, APIRoute)]


def _walk(routes: Any) -> Any:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _walk(inner.routes)
        else:
            yield route


def _markers(route: APIRoute) -> tuple[Requires | None, BodyOf | None, Retry | None]:
    calls = [dependency.call for dependency in route.dependant.dependencies]
    found = [next((c for c in calls if isinstance(c, kind)), None) for kind in (Requires, BodyOf, Retry)]
    return found[0], found[1], found[2]  # type: ignore[return-value]


def document(app: FastAPI) -> dict[str, Any]:
    """The whole contract as a document."""
    told: dict[str, Any] = get_openapi(
        title=app.title,
        version=VERSION,
        description=DESCRIPTION,
        routes=app.routes,
        separate_input_output_schemas=False,
        tags=[{"name": name, "description": meaning} for name, meaning in TAGS.items()],
        servers=[{"url": "/", "description": "This installation."}],
        contact={"name": "Walmu API"},
        license_info={"name": "Proprietary"},
    )
    routes = {route.operation_id: route for route in _guarded(app)}
    models = {marker.model for route in routes.values() if (marker := _markers(route)[1]) is not None}
    _, definitions = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    components = told.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas |= definitions.get("$defs", {}) | _PROBLEM_SCHEMAS
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {"token": _security()}
    components["responses"] = {
        "Problem": {
            "description": "A problem document.",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    for path, item in told["paths"].items():
        for method, operation in item.items():
            _complete(path, method, operation, routes[operation["operationId"]])
    return _without_null_unions(told)  # type: ignore[no-any-return]


def _security() -> dict[str, Any]:
    return {
        "type": "oauth2",
        "description": "Client credentials with private_key_jwt (RFC 7523).",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/oauth2/token",
                "scopes": {scope.value: meaning for scope, meaning in MEANINGS.items()},
            }
        },
    }


def _complete(path: str, method: str, operation: dict[str, Any], route: APIRoute) -> None:
    right, body, retry = _markers(route)
    operation["security"] = [] if right is None else [{"token": [right.scope.value] if right.scope else []}]
    if body is not None:
        schema = {"$ref": f"#/components/schemas/{body.model.__name__}"}
        operation["requestBody"] = {"required": True, "content": {body.media_type: {"schema": schema}}}
    statuses = _statuses(path, operation, right, retry)
    if retry is not None:
        operation.setdefault("parameters", []).append(_idempotency(retry))
    operation["responses"] = {
        status: answer for status, answer in operation["responses"].items() if status != "422"
    } | {status: {"$ref": "#/components/responses/Problem"} for status in sorted(statuses)}
    if method == "get" and "ETag" in operation["responses"].get("200", {}).get("headers", {}):
        operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
        operation["responses"]["304"] = {"description": "Not changed since the ETag in If-None-Match."}
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _statuses(path: str, operation: dict[str, Any], right: Requires | None, retry: Retry | None) -> set[str]:
    """Every refusal that this operation may answer."""
    matched = any(parameter["name"] == "If-Match" for parameter in operation.get("parameters", []))
    holds = {
        "401 422": right is not None,
        "403": right is not None and right.scope is not None,
        "400 413 415 422": "requestBody" in operation,
        "401": path == "/oauth2/token",
        "404": "{" in path,
        "409 412 428": matched,
        "400 409 422": retry is not None,
        "410": path == "/v1/changes",
        "500 503": True,
    }
    return {status for statuses, so in holds.items() if so for status in statuses.split()}


_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "An ETag you hold: 304 when it is still the one.",
    "schema": {"type": "string", "maxLength": 200},
}


def _idempotency(retry: Retry) -> dict[str, Any]:
    needed = " Required when the body has no source_id." if retry.key_required else ""
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Your key of this request, 1–255 visible ASCII characters, kept for 30 days: the same key and body "
        "again get the stored answer with `Idempotency-Replayed: true`; another body is 422." + needed,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    }


def _without_null_unions(node: Any) -> Any:
    """`anyOf: [T, null]` as `type: [t, null]`, which generated clients understand."""
    if isinstance(node, list):
        return [_without_null_unions(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _without_null_unions(value) for key, value in node.items()}
    choices = node.get("anyOf")
    if isinstance(choices, list) and len(choices) == 2 and {"type": "null"} in choices:
        (inner,) = [choice for choice in choices if choice != {"type": "null"}]
        if isinstance(inner.get("type"), str):
            rest = {key: value for key, value in node.items() if key != "anyOf"}
            merged = inner | rest | {"type": [inner["type"], "null"]}
            if "enum" in merged:
                merged["enum"] = [*merged["enum"], None]
            if "const" in merged:
                merged["enum"] = [merged.pop("const"), None]
            return merged
    return node


DOCS_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
}
DOCS_SCRIPT = """window.ui = SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#reference", deepLinking: true, docExpansion: "list", validatorUrl: null,
  displayRequestDuration: true, filter: true, defaultModelsExpandDepth: 0, tryItOutEnabled: true,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout"
});
"""


def docs_page() -> str:
    return """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Walmu API: reference</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/files/swagger-ui.css"></head>
<body><main id="reference"></main>
<script src="/docs/files/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
"""


def problem_page(code: str, language: str) -> Response:
    """The page behind a problem's `type`."""
    kind = KINDS.get(code)
    if kind is None:
        raise problems.NOT_FOUND()
    fix = f"<p>{html.escape(kind.fix.said(language, {}))}</p>" if kind.fix else ""
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{html.escape(code)}</title></head>'
        f"<body><main><h1>{html.escape(kind.title.said(language, {}))}</h1><p><code>{html.escape(code)}</code> · {kind.status}</p>"
        f"<p>{html.escape(kind.detail.said(language, {}))}</p>{fix}</main></body></html>"
    )
    headers = {
        "Content-Language": language,
        "Vary": "Accept-Language",
        "Content-Security-Policy": "default-src 'none'",
    }
    return Response(page, 200, headers, "text/html; charset=utf-8")


__all__ = ["KINDS", "Scope", "document"]
