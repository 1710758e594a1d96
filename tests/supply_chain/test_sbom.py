"""The bill of materials lists exactly what the image's lock file installs."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements-runtime.lock"


def made(lock: Path, out: Path) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "supply_chain.sbom", str(lock), sys.executable, str(out)]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("sbom") / "sbom.cdx.json"
    run = made(LOCK, out)
    assert (run.returncode, run.stderr) == (0, "WARNING  | CDX > Validation skipped.\n")
    return out.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def components(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["components"]
    return found


def locked() -> dict[str, set[str]]:
    """Package URL (as the purl specification writes them) and hashes of each line of the lock that holds on this platform."""
    lines = re.findall(r"(?m)^([\w.-]+)==(\S+)(?: ; (.*?))? \\\n((?:    --hash=.*\n)+)", LOCK.read_text())
    return {
        f"pkg:pypi/{name}@{version}": set(re.findall(r"sha256:([0-9a-f]{64})", hashes))
        for name, version, marker, hashes in lines
        if not marker or Marker(marker).evaluate()
    }


def test_it_lists_exactly_what_the_lock_installs_with_its_hashes(components: list[dict[str, Any]]) -> None:
    listed = {
        component["purl"]: {each["content"] for each in component["externalReferences"][0]["hashes"]}
        for component in components
    }
    assert len(listed) == len(components) > 40
    assert listed == locked()


def test_each_component_has_version_and_licence(components: list[dict[str, Any]]) -> None:
    assert [each["name"] for each in components if not each.get("licenses")] == []
    assert [each["name"] for each in components if not each["purl"].endswith(f"@{each['version']}")] == []


def test_what_needs_what_leads_from_the_product_to_every_component(text: str) -> None:
    bill = json.loads(text)
    needs = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    reached, left = set[str](), [bill["metadata"]["component"]["bom-ref"]]
    while left:
        ref = left.pop()
        if ref not in reached:
            reached.add(ref)
            left += needs[ref]
    build = {"hatchling", "editables", "packaging", "pathspec", "pluggy", "tomlkit", "trove-classifiers"}
    assert {each["name"] for each in bill["components"] if each["bom-ref"] not in reached} <= build


def test_it_holds_no_address_but_that_of_its_schema(text: str) -> None:
    assert re.findall(r"\w+://[^\"]*", text) == ["http://cyclonedx.org/schema/bom-1.6.schema.json"]
    assert re.findall(r"[\w.]*(?:pypi|pythonhosted|npmjs)\.\w+", text) == []


def test_the_same_lock_gives_the_same_bill(text: str) -> None:
    bill = json.loads(text)
    assert {"serialNumber", "timestamp"} & {*bill, *bill["metadata"]} == set()


def test_a_lock_that_is_not_what_is_installed_gives_none(tmp_path: Path) -> None:
    other = Path(shutil.copy(LOCK, tmp_path))
    other.write_text(re.sub(r"(?m)^jinja2==\S+", "jinja2==3.1.0", other.read_text()), encoding="utf-8")
    run = made(other, tmp_path / "none.json")
    assert (run.returncode, (tmp_path / "none.json").exists()) == (1, False)
    assert "pins jinja2 3.1.0, which is not installed" in run.stderr
