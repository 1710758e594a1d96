"""A national document that becomes a record takes a short path: few files to open, few calls to follow."""

import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tests.adapters.national.generated import of_client, smallest
from tests.conftest import TenantFixture

import walmu_api
from walmu_api.adapters.national import document_routes
from walmu_api.adapters.national.structures.definitions import structure_of
from walmu_api.foundation import records
from walmu_api.record.everyday.assessments.rules import SUMMARY

PACKAGE = Path(walmu_api.__file__).parent
ENDPOINT = document_routes.file_document.__code__
INSERT = records.insert.__code__
MOST_FILES = 18
"""Below the route, until the row is stored. The mechanism that serves every request (`foundation`, `access`) is not counted:
no reader has to open it to follow a document."""
MOST_HOPS = 12
"""Calls from one function to the next, from the endpoint to the deepest; a function that calls itself counts once."""


class Trace:
    """Which functions of the package run between the entry of the endpoint and the stored row."""

    def __init__(self) -> None:
        self.deepest: tuple[str, ...] = ()
        self.to_the_row: tuple[str, ...] = ()
        self.files: set[str] = set()
        self._runs = False

    def __call__(self, frame: FrameType, event: str, value: Any) -> None:
        code = frame.f_code
        if event == "call" and code is ENDPOINT:
            self._runs = not self.to_the_row
        if not self._runs or event not in {"call", "return"}:
            return
        if event == "return" and code is INSERT and value is not None and hasattr(value, "resource_type"):
            self._runs, self.to_the_row = False, _chain(frame)
        if event == "call" and _is_ours(code) and (chain := _chain(frame)):
            self.files.add(chain[-1].partition(":")[0])
            self.deepest = max(self.deepest, chain, key=len)


def _is_ours(code: CodeType) -> bool:
    """Comprehensions and lambdas are part of the function that they stand in."""
    return code.co_filename.startswith(str(PACKAGE)) and not code.co_name.startswith("<")


def _chain(frame: FrameType) -> tuple[str, ...]:
    """The functions from the endpoint to this one; empty for what the endpoint did not call."""
    names: dict[str, None] = {}
    at: FrameType | None = frame
    while at is not None:
        if _is_ours(at.f_code):
            file = Path(at.f_code.co_filename).relative_to(PACKAGE).as_posix()
            names[f"{file}:{at.f_code.co_qualname}"] = None
        if at.f_code is ENDPOINT:
            return tuple(reversed(names))
        at = at.f_back
    return ()


async def trace_of_an_assessment(world: TenantFixture) -> Trace:
    structure = structure_of(SUMMARY)
    assert structure is not None
    client = await world.client()
    relationship = await world.relationship(client["id"])
    content = of_client(structure, smallest(structure), client)
    body = {
        "structure": structure.oid,
        "service_relationship_id": relationship["id"],
        "content": content,
    }
    warm = await world.provider_a.post("/v1/documents", body | {"source_id": "first"})  # caches are filled
    assert warm.status_code == 201, warm.text
    trace = Trace()
    before = sys.getprofile()
    sys.setprofile(trace)
    try:
        sent = await world.provider_a.post("/v1/documents", body | {"source_id": "second"})
    finally:
        sys.setprofile(before)
    assert sent.json()["resource"]["type"] == "assessment"
    assert trace.to_the_row, "the row was stored inside the endpoint"
    return trace


async def test_an_assessment_that_comes_as_a_document_is_stored_by_few_files_and_few_calls(
    world: TenantFixture,
) -> None:
    trace = await trace_of_an_assessment(world)
    below = {file for file in trace.files if file != "adapters/national/document_routes.py"}
    followed = {file for file in below if not file.startswith(("foundation/", "access/"))}
    assert len(followed) <= MOST_FILES, sorted(followed)
    assert len(trace.to_the_row) - 1 <= MOST_HOPS, trace.to_the_row
    assert len(trace.deepest) - 1 <= MOST_HOPS, trace.deepest
