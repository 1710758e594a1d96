"""Reads the lock files that `make lock` writes."""

from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version


@dataclass(frozen=True, slots=True)
class Pin:
    name: NormalizedName
    version: Version
    hashes: tuple[str, ...]
    """SHA-256 of every file that may be installed for it, one for each platform and kind."""


def pins(lock: Path) -> dict[NormalizedName, Pin]:
    """What the file installs on this platform, by name."""
    read: dict[NormalizedName, Pin] = {}
    for line in lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        requirement_text, *hashes = (part.strip() for part in line.split("--hash=sha256:"))
        if not hashes:
            continue  # a comment, or what a package is needed by
        requirement = Requirement(requirement_text)
        if requirement.marker is None or requirement.marker.evaluate():
            (pinned,) = requirement.specifier
            name = canonicalize_name(requirement.name)
            read[name] = Pin(name, Version(pinned.version), tuple(hashes))
    return read
