"""Schemathesis finds nothing: every answer is one that the contract documents, whatever is sent."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from contract_tests.landscape import Landscape
from contract_tests.token_desk import token_desk

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {
    "NO_COLOR": "1",
    "SCHEMATHESIS_HOOKS": "contract_tests.schemathesis_hooks",
    "PYTHONPATH": str(ROOT),
}


@pytest.mark.parametrize("caller", ["organiser", "provider_a"])
def test_schemathesis_finds_nothing_as(caller: str, landscape: Landscape, tmp_path: Path) -> None:
    parties = {name: getattr(landscape, name) for name in ("organiser", "provider_a", "provider_b")}
    with token_desk(parties) as desk:
        first = [caller, *(name for name in parties if name != caller)]
        _write_callers(tmp_path / "callers.yaml", desk, first)
        (tmp_path / "schemathesis.toml").write_text(_configuration(landscape))
        program = str(Path(sys.executable).with_name("schemathesis"))
        command = [
            program,
            "run",
            f"{landscape.url}/openapi.json",
            *os.environ.get("SCHEMATHESIS_ARGS", "").split(),
        ]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ | ENVIRONMENT
        )
    print(done.stdout[-100_000:], done.stderr[-5000:])
    assert done.returncode == 0


def _write_callers(file: Path, desk: str, names: list[str]) -> None:
    file.write_text(yaml.safe_dump({"auth": [_login(desk, name) for name in names]}))


def _login(desk: str, name: str) -> dict[str, object]:
    token = {
        "extractFrom": "body",
        "extractSelector": "/access_token",
        "sendIn": "header",
        "sendName": "Authorization",
        "sendTemplate": "Bearer {token}",
    }
    login = {
        "externalEndpointURL": f"{desk}/{name}",
        "verb": "POST",
        "contentType": "application/json",
        "payloadRaw": "{}",
        "token": token,
    }
    return {"name": name, "loginEndpointAuth": login}


def _configuration(landscape: Landscape) -> str:
    """The reviewed settings, with the callers and the ids that the landscape holds."""
    lines = [
        (ROOT / "schemathesis.toml").read_text(),
        "[auth.wfc]",
        'path = "callers.yaml"',
        "refresh_interval = 240",
    ]
    lines += ['peers = ["provider_a", "provider_b"]']
    for name, value in landscape.ids.items():
        lines += [f"[dictionaries.{name}]", f"values = [{value if name == 'version' else json.dumps(value)}]"]
    lines += ["[parameters]"]
    for name in landscape.ids:
        probability = 1.0 if name == "system_id" else 0.7
        lines += [f"{name} = {{ dictionary = {json.dumps(name)}, probability = {probability} }}"]
    return "\n".join(lines)
