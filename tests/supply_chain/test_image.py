"""The container image begins with what a digest names, and holds the bill of what is in it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_base_image_is_named_by_digest_and_no_other_image_is_used() -> None:
    (base,) = re.findall(r"(?m)^ARG BASE=(.*)$", DOCKERFILE)
    assert re.fullmatch(r"python:3\.\d+-slim@sha256:[0-9a-f]{64}", base)
    stages = re.findall(r"(?m)^FROM \S+ AS (\S+)$", DOCKERFILE)
    taken = re.findall(r"(?m)^FROM (\S+)|--from=(\S+)", DOCKERFILE)
    assert {image or stage for image, stage in taken} <= {"${BASE}", *stages}


def test_each_image_holds_the_bill_of_its_own_lock() -> None:
    made = dict(re.findall(r"supply_chain\.sbom (\S+) \S+ (\S+)", DOCKERFILE))
    assert made == {f"requirements-{image}.lock": "/tmp/sbom.cdx.json" for image in ("runtime", "sandbox")}
    assert re.findall(r"COPY --from=(\S+) /tmp/sbom.cdx.json /app/sbom.cdx.json", DOCKERFILE) == [
        "sbom",
        "sandbox-sbom",
    ]


def test_what_the_build_copies_is_handed_to_it() -> None:
    handed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for line in re.findall(r"(?m)^COPY (?!--from)(.*)$", DOCKERFILE):
        *sources, _ = line.split()
        for source in sources:
            assert (ROOT / source).exists()
            assert source.split("/")[0] in handed
