"""npm's packages in the audit: the real npm, where there is one, asks a registry of this test; where there is none, nothing is asked."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from supply_chain import audit

LOCKED = {"name": "tools", "version": "1.0.0", "lockfileVersion": 3}


@contextmanager
def registry(advisories: dict[str, Any] | None) -> Iterator[str]:
    """A registry that knows these advisories; None for one that has files only."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self._answer(405 if advisories is None else 200, advisories)

        def do_GET(self) -> None:
            self._answer(404, {})

        def _answer(self, status: int, content: dict[str, Any] | None) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def advisory(severity: str) -> list[dict[str, Any]]:
    text = {"id": 1, "url": "urn:test", "title": "Synthetic", "severity": severity}
    return [text | {"vulnerable_versions": "<2.0.0", "cwe": [], "cvss": {"score": 0, "vectorString": None}}]


def audited(
    folder: Path, advisories: dict[str, Any] | None, monkeypatch: pytest.MonkeyPatch
) -> audit.Answers:
    tools = {"name": "tools", "version": "1.0.0", "dependencies": {"left-pad": "1.3.0"}}
    lock = LOCKED | {"packages": {"": tools, "node_modules/left-pad": {"version": "1.3.0"}}}
    (folder / "package.json").write_text(json.dumps(tools), encoding="utf-8")
    (folder / "package-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    monkeypatch.setattr(audit, "ROOT", folder)
    with registry(advisories) as address:
        monkeypatch.setenv("npm_config_registry", address)
        return audit.npm_packages(folder / "package-lock.json")


NOT_ASKED = audit.Answers(not_asked=["npm packages of package-lock.json"])


@pytest.mark.parametrize("advisories", [None, {}], ids=["it has files only", "it holds no advisories at all"])
def test_a_registry_that_knows_no_advisories_is_not_taken_for_a_clean_result(
    advisories: dict[str, Any] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert audited(tmp_path, advisories, monkeypatch) == NOT_ASKED


@pytest.mark.parametrize("against_it", [False, True])
def test_an_advisory_source_is_believed(
    against_it: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    advisories = {"minimist": advisory("critical")} | ({"left-pad": advisory("high")} if against_it else {})
    answers = audited(tmp_path, advisories, monkeypatch)
    believed = audit.Answers(known=["left-pad (package-lock.json): high"] if against_it else [])
    assert answers == (NOT_ASKED if shutil.which("npm") is None else believed)
