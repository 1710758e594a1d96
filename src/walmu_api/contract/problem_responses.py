"""Problems in the OpenAPI: their schema, and one documented answer for each status, with an example of each."""

from http import HTTPStatus
from typing import Any

from walmu_api.contract.catalogue import KINDS, SAMPLE
from walmu_api.foundation.problem_responses import MEDIA_TYPE
from walmu_api.foundation.problems import INVALID, INVALID_VALUE, MISSING, ProblemType

SCHEMAS: dict[str, Any] = {
    "Finding": {
        "type": "object",
        "description": "What is wrong at one place of the request.",
        "required": ["pointer", "code", "detail"],
        "properties": {
            "pointer": {
                "type": "string",
                "description": "JSON Pointer to the place; of a parameter `/query/…` or `/path/…`.",
                "examples": ["/starts_on"],
            },
            "code": {
                "type": "string",
                "description": "What is wrong, as a stable code; open list: see /problems.",
                "examples": ["missing"],
            },
            "detail": {
                "type": "string",
                "description": "In the language of the answer; never the value that was sent.",
            },
            "rule": {"type": "string", "description": "The rule that says so, where one does."},
            "fix": {"type": "string", "description": "What to do about it."},
            "severity": {
                "$ref": "#/components/schemas/Severity",
                "description": "Of a national document: `error`, for a warning refuses nothing.",
            },
            "source": {
                "$ref": "#/components/schemas/FindingSource",
                "description": "Of a national document: whether the structure, a rule or a code list "
                "says so.",
            },
            "field": {
                "type": "string",
                "description": "Of a national document: what our record calls the place, where it has one.",
                "examples": ["service_relationship_id"],
            },
        },
    },
    "Problem": {
        "type": "object",
        "description": "RFC 9457. `code` is stable; texts follow Accept-Language (en, fi, sv).",
        "required": ["type", "title", "status", "detail", "code", "instance"],
        "properties": {
            "type": {
                "type": "string",
                "format": "uri",
                "description": "URL of the page that explains this kind of problem.",
            },
            "title": {
                "type": "string",
                "description": "The kind of problem in a few words, the same each time.",
            },
            "status": {"type": "integer", "format": "int32", "description": "The status code of the answer."},
            "detail": {
                "type": "string",
                "description": "What was the matter this time, for people; never the value that was sent.",
            },
            "code": {
                "type": "string",
                "description": "The kind of problem, as a stable code; open list: see /problems.",
                "examples": ["invalid"],
            },
            "instance": {"type": "string", "description": "Id of the request, as in `X-Request-Id`."},
            "errors": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/Finding"},
                "description": "What is wrong, place by place; left out where it is no matter of places.",
            },
        },
    },
}

_ALWAYS = ("X-Request-Id", "Content-Language")
KNOWN = ("RateLimit", "RateLimit-Policy")  # on answers to a system that has shown who it is
_ALSO = {
    "401": ("WWW-Authenticate",),
    "409": ("Retry-After",),
    "412": ("ETag",),
    "428": ("ETag",),
    "429": ("Retry-After",),
    "503": ("Retry-After",),
}
STATUSES = tuple(sorted({str(kind.status) for kind in KINDS.values() if not kind.located}))


def name(status: str) -> str:
    """`PreconditionRequired` for 428: the name of the documented answer."""
    return HTTPStatus(int(status)).phrase.title().replace(" ", "").replace("-", "")


def reference(status: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{name(status)}"}


def responses() -> dict[str, Any]:
    return {name(status): _response(status) for status in STATUSES}


def _response(status: str) -> dict[str, Any]:
    kinds = [kind for kind in KINDS.values() if str(kind.status) == status and not kind.located]
    titles = {kind.code: kind.title.render("en", {}) for kind in kinds}
    return {
        "description": " ".join(f"`{code}`: {title}." for code, title in titles.items()),
        "headers": {
            header: {"$ref": f"#/components/headers/{header}"}
            for header in (*_ALWAYS, *_ALSO.get(status, ()), *(() if status == "401" else KNOWN))
        },
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {
                    kind.code: {"summary": titles[kind.code], "value": _example(kind)} for kind in kinds
                },
            }
        },
    }


def _example(kind: ProblemType) -> dict[str, Any]:
    data = {
        "type": f"https://walmu.example/problems/{kind.code}",
        "title": kind.title.render("en", {}),
        "status": kind.status,
        "detail": kind.detail.render("en", SAMPLE),
        "code": kind.code,
        "instance": "01919b7e-1f00-7c3a-9d2e-5b8f6a1c4dff",
    }
    if kind is INVALID:
        found = (MISSING.at("/starts_on"), INVALID_VALUE.at("/ends_on", reason=SAMPLE["reason"]))
        data["errors"] = [finding.render("en") for finding in found]
    return data
