"""A worksheet is read by a process that can do no harm: bounded in time and memory, without anything of ours, and gone
when its caller is."""

import asyncio
import contextlib
import json
import os
import resource
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.foundation.worksheets.bombs import BOMBS, HEAD, MB, READ, book, sheet

from walmu_api.foundation.problems import Problem
from walmu_api.foundation.worksheets.reading import Bounds, Worksheets

BUSY = f"<row>{'<c/>' * MB}</row>"
"""Takes seconds to read."""


async def outcome(worksheets: Worksheets, raw: bytes, columns: list[str] | None = None) -> str:
    try:
        read = await worksheets.read(raw, None, columns)
    except Problem as problem:
        return reason(problem)
    assert read.rows
    return READ


def reason(problem: Problem) -> str:
    assert problem.kind.status == 422
    (finding,) = problem.errors
    assert finding.pointer == "/file"
    sentence = finding.values["reason"].render("en", finding.values)
    assert "{" not in sentence, sentence
    return str(finding.values["reason"].code)


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_is_refused_in_its_place_or_harmless(name: str) -> None:
    raw, expected = BOMBS[name]
    assert await outcome(Worksheets(), raw()) in expected


async def until(reached: Callable[[], bool]) -> None:
    for _ in range(2000):
        if reached():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("never came to pass")


@asynccontextmanager
async def reading(worksheets: Worksheets, raw: bytes) -> AsyncIterator[tuple[subprocess.Popen[bytes], Any]]:
    """While the process reads."""
    task = asyncio.create_task(worksheets.read(raw, None, None))
    await until(lambda: bool(worksheets.running))
    (process,) = worksheets.running
    await until(lambda: resource.prlimit(process.pid, resource.RLIMIT_NPROC) == (0, 0))
    yield process, task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


BUSY_BOOK = book(packs=False, sheet1=sheet(HEAD + BUSY))


@pytest.mark.parametrize(
    ("bounds", "raw"),
    [
        (Bounds(processor_seconds=1), BUSY_BOOK),
        (Bounds(seconds=1), BUSY_BOOK),
        (Bounds(memory=40 * MB), ("a\n" + "å\n" * 2 * MB).encode()),
    ],
    ids=["processor time", "time", "memory"],
)
async def test_what_takes_more_than_its_bounds_is_refused_as_too_costly(bounds: Bounds, raw: bytes) -> None:
    worksheets = Worksheets(bounds=bounds)
    assert await outcome(worksheets, raw) == "too-costly"
    assert not worksheets.running


async def test_the_process_has_its_limits_and_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    listening = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with listening, reading(Worksheets(), BUSY_BOOK) as (process, _):
        at = Path("/proc") / str(process.pid)
        assert not (at / "environ").read_bytes()
        held = {number.name: str(number.readlink()) for number in (at / "fd").iterdir()}
        assert set(held) <= {"0", "1", "2"}
        assert not [target for target in held.values() if target.startswith("socket")]
        assert os.getpriority(os.PRIO_PROCESS, process.pid) >= 10
        assert resource.prlimit(process.pid, resource.RLIMIT_CPU) == (15, 15)
        assert resource.prlimit(process.pid, resource.RLIMIT_AS) == (320 * MB, 320 * MB)
        for nothing in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_NPROC):
            assert resource.prlimit(process.pid, nothing) == (0, 0)
        loaded = (at / "maps").read_text(encoding="utf-8")
        assert "site-packages" not in loaded


async def test_a_reading_that_is_cancelled_ends_its_process() -> None:
    worksheets = Worksheets()
    async with reading(worksheets, BUSY_BOOK) as (process, task):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not worksheets.running
        await until(lambda: process.returncode is not None)
        assert process.returncode == -9


async def test_a_process_that_goes_on_writing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "import sys\nwhile True: sys.stdout.write('[]\\n' * 65536)"
    monkeypatch.setattr("walmu_api.foundation.worksheets.reading._CALL", endless)
    assert await outcome(Worksheets(bounds=Bounds(seconds=60)), b"a\n1") == "too-costly"


async def test_a_process_that_falls_over_has_refused_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("walmu_api.foundation.worksheets.reading._CALL", "raise SystemExit(3)")
    assert await outcome(Worksheets(), b"a\n1" * MB) == "not-a-worksheet"


async def test_more_than_there_are_places_for_wait_and_then_are_told_to_come_again() -> None:
    worksheets = Worksheets(1, Bounds(wait=0.2))
    async with reading(worksheets, BUSY_BOOK):
        with pytest.raises(Problem) as caught:
            await worksheets.read(b"a\n1", None, None)
        assert caught.value.kind.status == 503
        assert caught.value.headers["Retry-After"] == "5"
    assert await outcome(worksheets, b"a\n1") == READ


async def test_only_the_columns_that_are_asked_for_are_handed_over() -> None:
    raw = "a;päivä;x\n1;2026-09-07;6\n2;;7\n".encode()
    found = await Worksheets().read(raw, None, ["x", "a", "x"])
    assert (found.columns, found.rows) == ({"x": 0, "a": 1}, [(2, ["6", "1"]), (3, ["7", "2"])])
    missing = await Worksheets().read(raw, None, ["x", "day", "formula"])
    assert (missing.columns, missing.rows) == ({"x": 0}, [])


async def test_names_of_columns_are_no_words_of_ours() -> None:
    names = ["day", "refused", "columns", "read_as", "ended", "limit"]
    raw = book(sheet1=sheet("".join(f"<row>{cells(each)}</row>" for each in (names, names))))
    found = await Worksheets().read(raw, None, names)
    assert found.rows == [(2, names)]


def cells(texts: list[str]) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)


async def test_what_a_workbook_holds_besides_does_not_come_in() -> None:
    rows = f'{HEAD}<row r="2"><c r="A2" t="inlineStr"><is><r><t>Å</t></r><r><t>sa</t></r><rPh><t>x</t></rPh></is></c></row>'
    found = await Worksheets().read(book(sheet1=sheet(rows)), None, None)
    assert found.rows == [(2, ["Åsa"])]
    assert json.dumps(found.read_as) == '{"format": "xlsx", "sheet": "Tulokset"}'


async def test_whenever_a_reading_is_cancelled_nothing_is_left_behind() -> None:
    """Before its process starts, while it does, and while the file goes in."""
    before = _children()
    worksheets = Worksheets()
    for pause in range(12):
        task = asyncio.create_task(worksheets.read(BUSY_BOOK, None, None))
        await asyncio.sleep(pause / 200)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await until(lambda: _children() <= before)
    assert not worksheets.running
    assert await outcome(worksheets, b"a\n1") == READ


def _children() -> set[str]:
    found: set[str] = set()
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        with contextlib.suppress(OSError):  # a thread that ended meanwhile
            found |= set((task / "children").read_text(encoding="utf-8").split())
    return found
