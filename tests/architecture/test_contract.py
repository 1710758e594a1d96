"""Rules of the house that hold of the contract: rights, problems, the wire form that PostgreSQL makes."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
from fastapi import FastAPI
from tests.conftest import TenantFixture

from walmu_api import contract
from walmu_api.access.scopes import MEANINGS, ROLES, Scope
from walmu_api.foundation import patterns, validation_messages
from walmu_api.foundation.problems import ProblemType
from walmu_api.record.everyday.attendance.schemas import Attendance

PUBLIC = {
    *("issueToken", "getKeys", "getAuthorizationServer", "getOpenidConfiguration"),
    *("isAlive", "isReady", "getMetrics"),
}
ANY_CALLER = {"whoAmI", "getImportJob"}


def operations(app: FastAPI) -> dict[str, dict[str, Any]]:
    found = {
        operation["operationId"]: operation | {"method": method, "path": path}
        for path, item in app.state.described()["paths"].items()
        for method, operation in item.items()
    }
    assert len(found) >= 40
    return found


def test_every_operation_names_its_right_or_is_public(app: FastAPI) -> None:
    rights = {
        name: [scope for need in operation["security"] for scope in need["token"]]
        if operation["security"]
        else None
        for name, operation in operations(app).items()
    }
    assert {name for name, right in rights.items() if right is None} == PUBLIC
    assert {name for name, right in rights.items() if right == []} == ANY_CALLER
    assert {right for data in rights.values() for right in data or []} <= {scope.value for scope in Scope}


def test_reading_needs_a_read_right_and_writing_a_write_right(app: FastAPI) -> None:
    for name, operation in operations(app).items():
        for need in operation["security"]:
            for scope in need["token"]:
                reads = operation["method"] == "get" or name in {"searchClients", "validateDocument"}
                assert scope.endswith(":read" if reads else ":write"), name


def test_every_right_has_a_meaning_and_somebody_who_has_it() -> None:
    assert set(MEANINGS) == set(Scope)
    assert {scope for scopes in ROLES.values() for scope in scopes} == set(Scope)


def test_only_the_auditor_may_read_the_use_log_and_may_not_read_clients() -> None:
    assert {role for role, scopes in ROLES.items() if Scope.USE_LOG_READ in scopes} == {"auditor"}
    assert not ROLES["auditor"] & {Scope.CLIENTS_READ, Scope.ATTENDANCE_READ, Scope.CHANGES_READ}
    assert {role for role, scopes in ROLES.items() if Scope.CLIENTS_WRITE in scopes} == {"organiser"}


def every_kind() -> list[ProblemType]:
    import importlib
    import pkgutil

    import walmu_api

    kinds: dict[int, ProblemType] = {}
    for module in pkgutil.walk_packages(walmu_api.__path__, "walmu_api."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, ProblemType):
                kinds[id(value)] = value
    return list(kinds.values())


def test_every_kind_of_problem_is_in_the_catalogue_once() -> None:
    kinds = every_kind()
    assert len(kinds) > 40
    by_code: dict[str, list[ProblemType]] = {}
    for kind in kinds:
        by_code.setdefault(kind.code, []).append(kind)
    shared = {code for code, same in by_code.items() if len(same) > 1}
    assert shared <= {"stale-version"}, "the line of a batch and the single record say it in their own words"
    assert set(by_code) == set(contract.KINDS)
    for code, kind in contract.KINDS.items():
        assert code == kind.code
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
        assert 400 <= kind.status < 600


def test_every_reason_that_code_gives_is_one_of_the_reasons() -> None:
    """A reason written on the spot would be told in one language only."""
    package = Path(validation_messages.__file__).parents[1]
    for file in package.rglob("*.py"):
        source = file.read_text()
        assert not re.search(r"INVALID_VALUE\.at\([^)]*reason=f?\"", source), file.name
        if (
            file.name in {"schemas.py", "wire.py", "parts.py", "saying.py", "routes.py"}
            and "simulator" not in file.parts
        ):
            assert "raise ValueError(" not in source, file.name


async def test_what_postgresql_says_of_a_day_is_the_schema_attendance(world: TenantFixture) -> None:
    validator = jsonschema_rs.Draft202012Validator(
        Attendance.model_json_schema(mode="serialization"), validate_formats=True
    )
    agreement = await world.signed_agreement()
    full = {
        "status": "partial",
        "absence_reason": "healthcare_or_therapy",
        "planned_minutes": 240,
        "actual_minutes": 0,
        "arrived_at": "2026-10-05T09:00:00+03:00",
        "left_at": "2026-10-05T11:30:00.123456+03:00",
        "form": "group",
        "noted_at": "2026-10-05T12:00:00Z",
        "source_id": 'a"\\b',
    }
    for days_ago, entry in ((4, {"status": "present"}), (5, full)):
        path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(days_ago)}"
        answer = await world.provider_a.put(path, entry)
        assert answer.status_code == 201, answer.text
        data = answer.json()
        assert validator.is_valid(data), list(validator.iter_errors(data))
        model = Attendance.model_validate_json(answer.content)
        assert json.loads(model.model_dump_json(exclude_none=True)) == data
        assert set(data) == {
            *entry,
            "id",
            "version",
            "recorded_at",
            "recorded_by",
            "agreement_id",
            "client_id",
            "date",
        }
        assert (await world.provider_a.get(path)).content == answer.content
        listed = await world.provider_a.get(
            f"/v1/attendance?from={world.day(days_ago)}&to={world.day(days_ago)}"
        )
        assert listed.json()["items"] == [data]


async def test_every_answer_of_the_record_is_its_schema(world: TenantFixture) -> None:
    """The records that a care path makes, each held against the component the contract names for it."""
    await world.client(
        contact={"phone": "1", "municipality": "Kotka"}, language="fi", date_of_birth="1990-01-01"
    )
    await world.signed_agreement(work_allowance_per_day="6.00", tasks_and_goals="a\nb")
    document = world.app.state.described()
    for path in (
        "/v1/clients",
        "/v1/service-relationships",
        "/v1/decisions",
        "/v1/agreements",
        "/v1/organisations",
        "/v1/changes",
        "/v1/code-systems",
        "/v1/whoami",
        "/v1/connected-systems",
    ):
        answer = await world.organiser.get(path)
        assert answer.status_code == 200, answer.text
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        validator = jsonschema_rs.Draft202012Validator(
            schema | {"components": document["components"]}, validate_formats=True
        )
        assert [str(error) for error in validator.iter_errors(answer.json())] == [], path


def test_the_documentation_names_no_address_outside(app: FastAPI) -> None:
    assert not re.findall(r"(?:src|href)=\"https?://", contract.docs_page())


def test_a_pattern_that_is_told_in_words_is_one_of_the_contract(app: FastAPI) -> None:
    document = json.dumps(app.state.described())
    known = [pattern for pattern in patterns.WORDS if json.dumps(pattern) in document]
    known += [
        pattern for pattern in patterns.WORDS if json.dumps(patterns.non_blank_pattern(pattern)) in document
    ]
    assert [pattern for pattern in patterns.WORDS if pattern not in known] == []
