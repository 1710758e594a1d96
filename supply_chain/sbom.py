"""Writes the software bill of materials: `python -m supply_chain.sbom LOCK PYTHON OUT`.

The lock file says what is in the product and by which hashes; the environment of that interpreter, in which the lock is installed, says
under which licences and what needs what. CycloneDX's own tool reads the environment, its own validator reads the result."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name
from packaging.version import Version

from supply_chain.lock_file import Pin, pins

# What packages say of themselves otherwise, addresses and descriptions, stays out: some of it leads to a registry.
LISTED = ("bom-ref", "type", "name", "version", "purl", "licenses")


def of_environment(python: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "cyclonedx_py", "environment", python, "--pyproject", "pyproject.toml"]
    options = ["--spec-version", "1.6", "--output-format", "JSON", "--output-reproducible", "--no-validate"]
    made = subprocess.run([*command, *options], check=True, stdout=subprocess.PIPE)
    bill: dict[str, Any] = json.loads(made.stdout)
    return bill


def listed(component: dict[str, Any], pin: Pin) -> dict[str, Any]:
    files = {
        "type": "distribution",
        "url": component["purl"],
        "comment": "One of these files is installed, by platform.",
        "hashes": [{"alg": "SHA-256", "content": each} for each in pin.hashes],
    }
    return {key: component[key] for key in LISTED if key in component} | {"externalReferences": [files]}


def bill_of_materials(lock: Path, python: str) -> str:
    bill, pinned = of_environment(python), pins(lock)
    installed = {canonicalize_name(each["name"]): each for each in bill["components"]}
    for pin in pinned.values():
        if pin.name not in installed or Version(installed[pin.name]["version"]) != pin.version:
            sys.exit(f"{lock} pins {pin.name} {pin.version}, which is not installed for {python}.")
    bill["components"] = [listed(installed[name], pin) for name, pin in pinned.items()]
    refs = {each["bom-ref"] for each in [*bill["components"], bill["metadata"]["component"]]}
    bill["dependencies"] = [
        {"ref": each["ref"], "dependsOn": [ref for ref in each.get("dependsOn", []) if ref in refs]}
        for each in bill["dependencies"]
        if each["ref"] in refs
    ]
    for tool in bill["metadata"]["tools"]["components"]:
        tool.pop("externalReferences", None)
    text: str = json.dumps(bill, indent=1, ensure_ascii=False) + "\n"
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if error is not None:
        sys.exit(f"The bill of materials is not as CycloneDX 1.6 has it: {error}")
    return text


if __name__ == "__main__":
    lock, python, out = sys.argv[1:]
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    Path(out).write_text(bill_of_materials(Path(lock), python), encoding="utf-8")
    print(f"{out}: valid CycloneDX 1.6")
