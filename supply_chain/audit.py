"""Asks an advisory source about every package that lock files pin: `python -m supply_chain.audit LOCK ...`, pip's and npm's.

0: all were asked about, and nothing is known against them. 1: something is. 3: not all could be asked about, so nothing is settled.

pip-audit calls it clean when a source knows none of the packages, or holds no advisories at all, as mirrors do. So each source is asked
about an old release with known holes as well: one that knows none of those is no advisory source."""

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from supply_chain.lock_file import pins

ROOT = Path(__file__).parents[1]
CLEAN, FOUND, NOT_ASKED = 0, 1, 3
PYTHON_CONTROL = (
    "flask==0.12.2 --hash=sha256:0749df235e3ff61ac108f69ac178c9770caeaccad2509cb762ce1f65570a8856"
)
NPM_CONTROL = {"name": "control", "version": "1.0.0", "dependencies": {"minimist": "0.0.8"}}
NPM_CONTROL_LOCK = {
    "name": "control",
    "version": "1.0.0",
    "lockfileVersion": 3,
    "packages": {"": NPM_CONTROL, "node_modules/minimist": {"version": "0.0.8"}},
}


@dataclass
class Answers:
    known: list[str] = field(default_factory=list)
    """What is known against packages, a line each."""
    not_asked: list[str] = field(default_factory=list)


def printed_json(command: list[str], folder: Path) -> dict[str, Any]:
    """What the command printed; empty if that is no JSON, as when its source is out of reach."""
    run = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    try:
        printed: dict[str, Any] = json.loads(run.stdout)
    except ValueError:
        return {}
    return printed


def python_packages(lock: Path) -> Answers:
    with tempfile.TemporaryDirectory() as folder:
        control = Path(folder, "control.txt")
        control.write_text(PYTHON_CONTROL, encoding="utf-8")
        options = [
            "--require-hashes",
            "--disable-pip",
            "--desc",
            "off",
            "--progress-spinner",
            "off",
            "--format",
            "json",
        ]
        files = ["-r", str(lock), "-r", str(control)]
        answer = printed_json([sys.executable, "-m", "pip_audit", *options, *files], Path(folder))
    advisories = {
        canonicalize_name(each["name"]): each.get("vulns") for each in answer.get("dependencies", [])
    }
    locked, product = pins(lock), pins(ROOT / "requirements-runtime.lock")
    if not advisories.get(canonicalize_name("flask")):
        return Answers(not_asked=[f"{len(locked)} Python packages of {lock.relative_to(ROOT)}"])
    answers = Answers()
    for name, pin in locked.items():
        title = f"{name} {pin.version} ({'in the product' if product.get(name) == pin else lock.relative_to(ROOT)})"
        if advisories.get(name) is None:
            answers.not_asked.append(title)
        for each in advisories.get(name) or []:
            fixed = ", ".join(each["fix_versions"]) or "no version"
            answers.known.append(f"{title}: {each['id']}, fixed in {fixed}")
    return answers


def npm_audit(folder: Path) -> dict[str, Any] | None:
    """What is known of the packages locked in the folder; nothing if no source answered."""
    if shutil.which("npm") is None:
        return None
    advisories: dict[str, Any] | None = printed_json(
        ["npm", "audit", "--json", "--package-lock-only"], folder
    ).get("vulnerabilities")
    return advisories


def npm_packages(lock: Path) -> Answers:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "package.json").write_text(json.dumps(NPM_CONTROL), encoding="utf-8")
        Path(folder, "package-lock.json").write_text(json.dumps(NPM_CONTROL_LOCK), encoding="utf-8")
        knows = bool(npm_audit(Path(folder)))
    advisories = npm_audit(lock.parent) if knows else None
    if advisories is None:
        return Answers(not_asked=[f"npm packages of {lock.relative_to(ROOT)}"])
    return Answers(
        known=[f"{name} ({lock.relative_to(ROOT)}): {each['severity']}" for name, each in advisories.items()]
    )


def main(locks: list[str]) -> int:
    files = [Path(lock).resolve() for lock in locks]
    answers = [npm_packages(lock) if lock.suffix == ".json" else python_packages(lock) for lock in files]
    known = [line for each in answers for line in each.known]
    not_asked = [line for each in answers for line in each.not_asked]
    if known:
        print("Known to be vulnerable:", *known, sep="\n  ")
    if not_asked:
        print(
            "NOT ASKED: no advisory source answered about these, so nothing is known of them:",
            *not_asked,
            sep="\n  ",
        )
        print("This is not a clean result. Run it where an advisory source is reached.")
    if not known and not not_asked:
        print("Every package was asked about; no advisory is known.")
    return FOUND if known else NOT_ASKED if not_asked else CLEAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
