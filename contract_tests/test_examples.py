"""The documented examples run: each operation is called with its own example and answers a documented 2xx."""

import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from contract_tests.landscape import Landscape, Party, SigningKey, made
from walmu_api.contract_file import described
from walmu_api.foundation.wire import EXAMPLE_ID

OPERATIONS = [
    pytest.param(path, method, operation, id=operation["operationId"])
    for path, item in described()["paths"].items()
    for method, operation in item.items()
]


@pytest.fixture(scope="module")
def speakers(landscape: Landscape) -> Iterator[dict[str, httpx.Client]]:
    """Each role with a token, asked for in this order."""
    roles = {"organiser": landscape.organiser, "provider": landscape.provider_a, "auditor": landscape.auditor}
    opened = {role: party.speaker() for role, party in roles.items()}
    yield opened
    for speaker in opened.values():
        speaker.close()


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_the_documented_example_runs(
    path: str, method: str, operation: dict[str, Any], landscape: Landscape, speakers: dict[str, httpx.Client]
) -> None:
    ids = landscape.ids | _scene(operation["operationId"], landscape, speakers)
    url = path.format_map(ids)
    headers, query = _parameters(operation)
    speaker = _who_may(operation, speakers)
    arguments: dict[str, Any] = {"headers": headers, "params": query}
    for media_type, media in operation.get("requestBody", {}).get("content", {}).items():
        body = _filled(media["example"], ids)
        if media_type == "application/json":
            arguments["json"] = _own(operation["operationId"], body, landscape)
        else:
            arguments["data"] = landscape.organiser.token_form()
    if method == "put" and (there := speaker.get(url)).status_code == 200:
        headers["If-Match"] = there.headers["etag"]
    answer = speaker.request(method, url, **arguments)
    assert answer.is_success, answer.text
    documented = operation["responses"][str(answer.status_code)]
    assert answer.headers["content-type"].split(";")[0] in documented["content"]


def _parameters(operation: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """The documented parameters; those that pick one record out are left to the test above."""
    headers = {p["name"]: secrets.token_hex(8) for p in operation["parameters"] if p["name"] == "Idempotency-Key"}
    query = {
        parameter["name"]: str(parameter["example"]).lower() if parameter["example"] in {True, False} else parameter["example"]
        for parameter in operation["parameters"]
        if parameter["in"] == "query"
    }
    return headers, query


def _who_may(operation: dict[str, Any], speakers: dict[str, httpx.Client]) -> httpx.Client:
    needed = {scope for one in operation["security"] for scope in one["token"]}
    for speaker in speakers.values():
        if needed <= set(made(speaker.get("/v1/whoami"))["scopes"]):
            return speaker
    raise AssertionError(f"nobody may {operation['operationId']}")


def _filled(value: Any, ids: dict[str, str], name: str = "") -> Any:
    """The example with the ids of the landscape in place of the documented one."""
    if isinstance(value, dict):
        return {key: _filled(inner, ids, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, ids, name) for inner in value]
    return ids[name] if value == EXAMPLE_ID else value


def _own(operation: str, body: dict[str, Any], landscape: Landscape) -> dict[str, Any]:
    """What may be there once only, and what cannot be changed, is the prepared record's."""
    if operation == "replaceConnectedSystem":
        return body | {"client_id": "spare-1", "organisation_id": landscape.provider_b.organisation_id}
    return body


def _scene(operation: str, landscape: Landscape, speakers: dict[str, httpx.Client]) -> dict[str, str]:
    """The records that an act needs to find in the right state."""
    match operation:
        case "signAgreement" | "replaceAgreement":
            return {"agreement_id": _drafted(landscape, speakers["provider"])}
        case "endAgreement":
            agreement = _drafted(landscape, speakers["provider"])
            signing = {"signed_on": "2026-08-31", "signatories": [{"party": "client", "name": "Eeva Virtanen"}]}
            made(speakers["provider"].post(f"/v1/agreements/{agreement}/sign", json=signing))
            return {"agreement_id": agreement}
        case "replaceDecisionDraft":
            entry = _filled(_example("draftDecision"), landscape.ids) | {"source_id": secrets.token_hex(8)}
            return {"decision_id": made(speakers["organiser"].post("/v1/decisions", json=entry))["id"]}
        case "revokeConnectedSystem":
            return {"system_id": _registered(landscape, speakers["organiser"]).system_id}
        case _:
            return {}


def _drafted(landscape: Landscape, provider: httpx.Client) -> str:
    return str(made(provider.post("/v1/agreements", json=landscape.agreement_entry()))["id"])


def _registered(landscape: Landscape, organiser: httpx.Client) -> Party:
    party = Party(landscape.url, f"spare-{secrets.token_hex(4)}", landscape.provider_b.organisation_id, SigningKey())
    entry = {
        "organisation_id": party.organisation_id, "client_id": party.client_id, "name": "Vara", "role": "provider",
        "jwks": {"keys": [party.key.public]}, "source_id": party.client_id,
    }  # fmt: skip
    party.system_id = made(organiser.post("/v1/connected-systems", json=entry))["id"]
    return party


def _example(operation_id: str) -> Any:
    (told,) = [case.values[2] for case in OPERATIONS if case.id == operation_id]
    return told["requestBody"]["content"]["application/json"]["example"]  # type: ignore[index]
