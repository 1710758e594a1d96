"""The documented examples run: each operation is called with its own example and answers a documented 2xx."""

import json
import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from contract_tests.landscape import Landscape, SigningKey, build
from walmu_api.contract_file import described
from walmu_api.foundation.schema_types import EXAMPLE_ID

OPERATIONS: list[Any] = [
    pytest.param(path, method, operation, id=operation["operationId"])
    for path, item in described()["paths"].items()
    for method, operation in item.items()
]

KEY = SigningKey()
"""The key of the system that the examples register: the documented one is nobody's, and a proof is of the moment."""


@pytest.fixture(scope="module")
def speakers(landscape: Landscape) -> Iterator[dict[str, httpx.Client]]:
    """Each role with a token, asked for in this order."""
    roles = {"organiser": landscape.organiser, "provider": landscape.provider_a, "auditor": landscape.auditor}
    roles["workplace"] = landscape.workplace
    opened = {role: party.speaker() for role, party in roles.items()}
    yield opened
    for speaker in opened.values():
        speaker.close()


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_the_documented_example_runs(
    path: str, method: str, operation: dict[str, Any], landscape: Landscape, speakers: dict[str, httpx.Client]
) -> None:
    ids = landscape.ids | {"by": landscape.provider_b.organisation_id}
    ids |= _scene(operation["operationId"], landscape, speakers)
    if "merge" in path or "not-same" in path:
        ids["client_id"], ids["into"] = landscape.two_clients(merged="unmerge" in path)
        ids["from"] = ids["into"]
    url = path.format_map(ids)
    headers, query = _parameters(operation)
    query = {name: ids.get(name, value) if value == EXAMPLE_ID else value for name, value in query.items()}
    speaker = _who_may(operation, speakers)
    arguments: dict[str, Any] = {"headers": headers, "params": query}
    for media_type, media in operation.get("requestBody", {}).get("content", {}).items():
        if media_type == "application/json":
            arguments["json"] = _filled(media["example"], ids)
            if "proofs" in media["example"]:
                arguments["json"] |= KEY.proven(landscape.url)
        elif media_type == "multipart/form-data":
            file = media["example"]["file"].replace(EXAMPLE_ID, ids["client_id"])
            arguments["files"] = {
                "file": ("t.csv", file),
                "mapping": (None, json.dumps(media["example"]["mapping"])),
            }
        elif media_type == "application/x-www-form-urlencoded":
            arguments["data"] = landscape.organiser.token_form()
    record = url if method == "put" else re.sub("/(reopen|merge|unmerge|settle)$", "", url)
    if (method == "put" or record != url) and (there := speaker.get(record)).status_code == 200:
        headers["If-Match"] = there.headers["etag"]
    answer = speaker.request(method, url, **arguments)
    assert answer.is_success, answer.text
    documented = operation["responses"][str(answer.status_code)]
    assert answer.headers["content-type"].split(";")[0] in documented["content"]


def test_the_documented_example_of_ndjson_runs(
    landscape: Landscape, speakers: dict[str, httpx.Client]
) -> None:
    (data,) = [case for case in OPERATIONS if case.id == "recordAttendanceBatch"]
    path, _, operation = data.values
    ndjson = "application/x-ndjson"
    example = operation["requestBody"]["content"][ndjson]["example"].replace(
        EXAMPLE_ID, landscape.ids["agreement_id"]
    )
    headers = {"Content-Type": ndjson, "Accept": ndjson}
    answer = _who_may(operation, speakers).post(path, content=example, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, ndjson)
    documented = operation["responses"]["200"]["content"][ndjson]["example"]
    assert len(answer.text.splitlines()) == len(documented.splitlines()) == 3


def _parameters(operation: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    headers = {
        p["name"]: secrets.token_hex(8) for p in operation["parameters"] if p["name"] == "Idempotency-Key"
    }
    query = {
        parameter["name"]: str(parameter["example"]).lower()
        if parameter["example"] in {True, False}
        else parameter["example"]
        for parameter in operation["parameters"]
        if parameter["in"] == "query" and parameter["name"] not in APART.get(operation["operationId"], ())
    }
    return headers, query


def _who_may(operation: dict[str, Any], speakers: dict[str, httpx.Client]) -> httpx.Client:
    if operation["operationId"] == "getImportJob":  # only the system that sent it reads it
        return speakers["provider"]
    needed = {scope for one in operation["security"] for scope in one["token"]}
    for speaker in speakers.values():
        if needed <= set(build(speaker.get("/v1/whoami"))["scopes"]):
            return speaker
    raise AssertionError(f"nobody may {operation['operationId']}")


def _filled(value: Any, ids: dict[str, str], name: str = "") -> Any:
    """The example with the ids of the landscape in place of the documented one."""
    if isinstance(value, dict):
        return {key: _filled(inner, ids, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, ids, name) for inner in value]
    return ids[name] if value == EXAMPLE_ID else value


REPLACED = {
    "replaceAgreement": ("draftAgreement", "agreement_id"),
    "replaceClient": ("createClient", "client_id"),
    "replaceConnectedSystem": ("registerConnectedSystem", "system_id"),
    "replaceDecisionDraft": ("draftDecision", "decision_id"),
    "replaceMeasurement": ("recordMeasurement", "measurement_id"),
    "replaceOrganisation": ("registerOrganisation", "organisation_id"),
    "succeedOrganisation": ("registerOrganisation", "organisation_id"),
    "replaceUnit": ("registerUnit", "unit_id"),
    "replaceServiceRelationship": ("openServiceRelationship", "relationship_id"),
    "revokeConnectedSystem": ("registerConnectedSystem", "system_id"),
    "revokePermission": ("recordPermission", "permission_id"),
}
"""What makes the record that an operation changes: sent again with its source_id, it is the one that is there."""
for _case in OPERATIONS:
    if (_name := str(_case.id)).startswith("void") and _name not in {
        "voidAgreement",
        "voidAttendance",
    }:  # what lies in the store of documents is made by its record operation
        _key = _case.values[0].split("{")[1].split("}")[0]
        _kind = _name.removeprefix("void")
        for _made in (
            f"get{_kind}",
            f"replace{_kind}",
            _name,
            f"list{_kind}Versions",
            f"list{_kind}Findings",
            f"get{_kind}Version",
            f"get{_kind}Document",
        ):
            REPLACED[_made] = (f"record{_kind}", _key)


APART = {"listChanges": ("since", "from")}
"""Parameters that do not go together with another one of theirs."""
PREPARED: dict[str, tuple[str, Callable[[Landscape, httpx.Client], str]]] = {
    "confirmAssessment": ("assessment_id", Landscape.awaiting_assessment),
    "confirmDiaryEntry": ("diary_entry_id", Landscape.reported_entry),
    "endAgreement": ("agreement_id", Landscape.signed_agreement),
    "reopenAgreement": ("agreement_id", Landscape.ended_agreement),
    "offerAgreement": ("agreement_id", Landscape.drafted_at_workplace),
    "signAgreement": ("agreement_id", Landscape.drafted_agreement),
    "voidAgreement": ("agreement_id", Landscape.drafted_agreement),
    "voidAttendance": ("date", Landscape.day_in_error),
}
"""What stands ready for an act, or for the workplace to read, made by the provider."""
for _name in ("getWorkplaceAgreement", "listWorkplaceAgreementVersions", "listSafetyAndSupport"):
    PREPARED[_name] = ("workplace_agreement_id", Landscape.signed_at_workplace)


def _scene(operation: str, landscape: Landscape, speakers: dict[str, httpx.Client]) -> dict[str, str]:
    """The records that an operation needs to find in the right state."""
    if operation in REPLACED:
        making, name = REPLACED[operation]
        (data,) = [case for case in OPERATIONS if case.id == making]
        path, _, document = data.values
        path = path.format_map(landscape.ids)
        entry = _filled(document["requestBody"]["content"]["application/json"]["example"], landscape.ids)
        if "proofs" in entry:
            entry |= KEY.proven(landscape.url)
        if operation.startswith(("void", "revokePermission")):
            entry["source_id"] = secrets.token_hex(6)
        return {name: build(_who_may(document, speakers).post(path, json=entry))["id"]}
    if operation == "recordAttendance":
        return {"date": "2026-10-05"}
    if operation == "getWorkplaceAgreementVersion":
        with landscape.provider_a.speaker() as provider:
            signed = landscape.signed_at_workplace(provider)
        return {"workplace_agreement_id": signed, "version": "2"}
    if operation == "getImportJob":
        return {"job_id": landscape.waiting_job(speakers["provider"])}
    if operation not in PREPARED:
        return {}
    name, prepare = PREPARED[operation]
    with landscape.provider_a.speaker() as provider:
        return {name: prepare(landscape, provider)}
