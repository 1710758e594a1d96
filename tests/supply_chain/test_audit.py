"""What the audit says and how it ends, against advisory sources of every kind: a real pip-audit asks a server of this test."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from supply_chain.lock_file import pins

ROOT = Path(__file__).parents[2]
CLEAN, FOUND, NOT_ASKED = 0, 1, 3
AUDIT = [sys.executable, "-m", "supply_chain.audit", "requirements.lock"]


@contextmanager
def source(answer: Callable[[str], dict[str, Any] | None]) -> Iterator[str]:
    """A server that speaks the query of OSV: the answer by package, None for 503."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["content-length"])))
            found = answer(query["package"]["name"])
            self.send_response(503 if found is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/query"
        server.shutdown()


def advisory(package: str, identifier: str, fixed: str) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]
    affected = [{"package": {"name": package, "ecosystem": "PyPI"}, "ranges": ranges}]
    return {"vulns": [{"id": identifier, "summary": "Synthetic", "affected": affected}]}


def known_to_a_source(name: str) -> dict[str, Any]:
    """A source that knows the old release that it is asked about as a control, and nothing else."""
    return advisory("flask", "TEST-0000-0000", "0.12.3") if name == "flask" else {}


def audited(address: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PIP_AUDIT_VULNERABILITY_SERVICE": "osv", "PIP_AUDIT_OSV_URL": address}
    return subprocess.run(AUDIT, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)


def test_where_every_package_is_known_and_nothing_is_against_one_it_is_clean() -> None:
    with source(known_to_a_source) as address:
        run = audited(address)
    assert (run.returncode, run.stdout) == (CLEAN, "Every package was asked about; no advisory is known.\n")


@pytest.mark.parametrize(
    ("package", "where"), [("jinja2", "in the product"), ("pytest", "requirements.lock")]
)
def test_an_advisory_is_named_with_where_the_package_is_used(package: str, where: str) -> None:
    with source(
        lambda name: advisory(name, "TEST-2026-0001", "99.1") if name == package else known_to_a_source(name)
    ) as address:
        run = audited(address)
    assert run.returncode == FOUND
    assert f"({where}): TEST-2026-0001, fixed in 99.1" in run.stdout
    assert "no advisory is known" not in run.stdout


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda _: {}, id="it holds no advisories at all"),
        pytest.param(lambda _: None, id="it is out of order"),
    ],
)
def test_a_source_that_is_none_is_not_taken_for_a_clean_result(
    answer: Callable[[str], dict[str, Any] | None],
) -> None:
    with source(answer) as address:
        run = audited(address)
    assert_not_asked(run)


def test_a_source_out_of_reach_is_not_taken_for_a_clean_result() -> None:
    with source(known_to_a_source) as address:
        pass
    assert_not_asked(audited(address))


def assert_not_asked(run: subprocess.CompletedProcess[str]) -> None:
    assert run.returncode == NOT_ASKED
    assert "NOT ASKED" in run.stdout
    assert "This is not a clean result" in run.stdout
    assert "no advisory is known" not in run.stdout


def recipe(target: str) -> str:
    """What the Makefile does for it, its variables replaced where they are plain."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (lines,) = re.findall(rf"(?m)^{target}: .*\n((?:\t.*\n)+)", makefile)
    plain = dict(re.findall(r"(?m)^(\w+) := ([\w/]+)$", makefile))
    return re.sub(r"\$\((\w+)\)", lambda found: plain.get(found[1], found[0]), lines)


def test_the_audit_is_no_part_of_the_check() -> None:
    assert "audit" not in recipe("check")
    assert "supply_chain.audit" in recipe("audit")


def test_make_audit_names_every_lock_file_but_those_that_are_part_of_another() -> None:
    asked = {ROOT / lock for lock in recipe("audit").partition("supply_chain.audit ")[2].split()}
    parts = {ROOT / f"requirements-{part}.lock" for part in ("runtime", "sandbox", "sbom")}
    for part in parts:
        assert pins(part).items() <= pins(ROOT / "requirements.lock").items()
    assert asked | parts == locks(ROOT)


def locks(folder: Path) -> set[Path]:
    """The lock files below the folder, but for what is installed there."""
    found = set[Path]()
    for each in folder.iterdir():
        if each.is_dir() and each.name != "node_modules" and not each.name.startswith("."):
            found |= locks(each)
        elif each.suffix == ".lock" or each.name == "package-lock.json":
            found.add(each)
    return found
