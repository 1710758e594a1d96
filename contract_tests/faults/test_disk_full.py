"""The disk of the database is full: 503, what was acknowledged stays, and it goes on when there is room again."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract_tests.faults.stage import Server, Stage, staged


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own, in memory. To mount it takes an administrator."""
    with tempfile.TemporaryDirectory(prefix="walmu-disk-") as folder:
        Path(folder).chmod(0o711)
        options = ["-t", "tmpfs", "-o", "size=160m,mode=711", "none", folder]
        if subprocess.run(["mount", *options], check=False, capture_output=True).returncode:
            pytest.skip("a small file system cannot be mounted here")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def _fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return filler


async def _set(stage: Stage, server: Server, day: int, minutes: int, version: str | None) -> tuple[int, str]:
    """Record or correct one day; the status, and the ETag or what is said instead."""
    headers = stage.a() | ({"If-Match": version} if version else {})
    answer = await server.http.put(
        stage.day(day), json={"status": "present", "actual_minutes": minutes}, headers=headers
    )
    if answer.status_code == 503:
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.json()["code"] == "unavailable"
    return answer.status_code, answer.headers.get("ETag", answer.text)


async def test_a_full_disk_is_503_loses_nothing_and_heals(small_disk: Path) -> None:
    async with staged(str(small_disk)) as stage, stage.server(WALMU_DATABASE_POOL="4") as server:
        status, version = await _set(stage, server, 4, 1, None)
        assert status == 201
        filler, minutes = _fill(small_disk), 1
        refused = 0
        for wanted in range(2, 400):
            status, data = await _set(stage, server, 4, wanted, version)
            if status == 200:
                minutes, version = wanted, data
            else:
                assert status == 503, data
                refused += 1
            if refused == 5:
                break
        assert refused == 5, "the disk was never full"
        assert (await server.http.get("/livez")).status_code == 200
        filler.unlink()
        if stage.cluster.process is not None and stage.cluster.process.poll() is not None:
            await stage.cluster.start()
        await server.ready()
        there = await server.http.get(stage.day(4), headers=stage.a())
        assert (there.status_code, there.json()["actual_minutes"], there.headers["ETag"]) == (
            200,
            minutes,
            version,
        )
        status, _ = await _set(stage, server, 4, minutes + 1, version)
        assert status == 200
        await server.comes_to_rest()
        print(f"{minutes} writes were acknowledged before the disk was full; all of them stayed")
