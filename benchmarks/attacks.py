"""What one careless or hostile system may send: requests that are good in form, heavy in what they cost, and sent again as
soon as they are answered. Run in a process of its own, as it would be on another machine."""

import asyncio
import io
import json
import multiprocessing
import os
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.connection import Connection as Pipe
from typing import Any

import uvloop
from openpyxl import Workbook

from benchmarks.jobs import Days
from benchmarks.load import Connection, request
from benchmarks.world import TenantFixture
from walmu_dev.people import identity_code

TWELVE = 12
CHUNK = 1024 * 1024
IDENTITY = "Henkilotunnus"
ROOT, ENTRY = "merkinta_asiakkaan_arjesta", "1.2.246.537.6.1506.19007.2022.1.10"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Attack:
    requests: list[bytes]
    connections: int = TWELVE


def attacks(world: TenantFixture, token: str, days: Days) -> dict[str, Callable[[], Attack]]:
    """By name; made only when it is their turn, for some are large."""
    api = f"{world.api}/v1"

    def batch(lines: int, query: str) -> Attack:
        body = json.dumps({"items": days.take(lines)}).encode()
        return Attack([request("POST", f"{api}/attendance-batches{query}", body, token)])

    def worksheet(file: bytes, name: str = "t.xlsx") -> Attack:
        return Attack([_import(api, file, name, token)])

    def asked(path: str, *accept: str) -> Attack:
        plain = request("GET", f"{api}{path}", token=token)
        kinds = [plain.replace(b"Accept: application/json", f"Accept: {kind}".encode()) for kind in accept]
        return Attack(kinds or [plain])

    some = world.agreements[0][1]
    return {
        "batch": lambda: batch(10_000, "?dry_run=true"),
        "batch-500": lambda: batch(500, "?dry_run=true"),
        "worksheet": lambda: worksheet(_identity_codes(20_000)),
        "csv": lambda: worksheet(_wide(6_000_000), "t.csv"),
        "bomb-styles": lambda: worksheet(_bomb("xl/styles.xml")),
        "bomb-strings": lambda: worksheet(_bomb("xl/sharedStrings.xml")),
        "bomb-cells": lambda: worksheet(_bomb("xl/worksheets/sheet1.xml")),
        "bomb-unknown": lambda: worksheet(_bomb("xl/media/image1.png")),
        "bomb-deep": lambda: worksheet(_deep()),
        "documents": lambda: Attack(
            [request("POST", f"{api}/document-validations", body, token) for body in _documents()]
        ),
        "export": lambda: asked(f"/attendance?to={world.first.isoformat()}", "text/csv", XLSX),
        "export-all": lambda: asked("/attendance", "text/csv", XLSX),
        "overview": lambda: asked(f"/clients/{world.history}/overview", "application/json", "application/xhtml+xml"),
        "feed": lambda: asked("/changes?limit=1000"),
        "list": lambda: asked(f"/attendance?client_id={some}&limit=200"),
        "metrics": lambda: Attack([request("GET", f"{world.api}/metrics")], 100),
        "tokens": lambda: Attack([_token_request(world)]),
    }  # fmt: skip


def _import(api: str, file: bytes, name: str, token: str) -> bytes:
    scores = [{"scale": "C", "column": "Osallisuus", "min": 0, "max": 10}]
    mapping: dict[str, Any] = {
        "client": {"by": "identity_code", "column": IDENTITY},
        "phase": {"value": "start"},
        "answered_on": {"column": "Vastattu"},
        "scores": scores,
    }
    values = {"instrument": "kykyviisari", "form_version": "2017", "language": "fi", "respondent": "client"}
    mapping |= {member: {"value": value} for member, value in (values | {"mode": "self_online"}).items()}
    part = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    body = (
        part % (b"mapping", b"\r\nContent-Type: application/json", json.dumps(mapping).encode())
        + part % (b"file", f'; filename="{name}"'.encode(), file)
        + b"--b--\r\n"
    )
    plain = request("POST", f"{api}/measurement-imports?dry_run=true", body, token)
    return plain.replace(
        b"Content-Type: application/json", b"Content-Type: multipart/form-data; boundary=b", 1
    )


def _workbook(rows: Iterator[list[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _identity_codes(lines: int) -> bytes:
    head: list[Any] = [IDENTITY, "Vastattu", "Osallisuus"]
    codes = [identity_code(number) for number in range(400)]
    return _workbook(iter([head, *([codes[at % 400], f"{1 + at % 28}.9.2026", 5] for at in range(lines))]))


def _wide(size: int) -> bytes:
    """As many columns as a worksheet may have, each cell a little different."""
    head = [IDENTITY, "Vastattu", "Osallisuus", *(f"Sarake {number}" for number in range(97))]
    lines, length = [";".join(head)], 0
    while length < size:
        row = f"{identity_code(len(lines) % 400)};1.9.2026;5;" + ";".join(
            str(n + len(lines)) for n in range(97)
        )
        lines.append(row)
        length += len(row) + 1
    return "\n".join(lines).encode()


def _bomb(part: str) -> bytes:
    """A workbook, one part of which unpacks to nearly all that a file may unpack to."""
    plain = _workbook(iter([[IDENTITY, "Vastattu", "Osallisuus"], ["x", "1.9.2026", 5]]))
    inside = {
        "xl/styles.xml": (b"<styleSheet><fonts>", b"<font><b/></font>", b"</fonts></styleSheet>"),
        "xl/sharedStrings.xml": (b"<sst>", b"<si><t>a</t></si>", b"</sst>"),
        "xl/worksheets/sheet1.xml": (b"<worksheet><sheetData><row>", b"<c><v>1</v></c>", b"</row></sheetData></worksheet>"),
        "xl/media/image1.png": (b"", b"\0" * 16, b""),
    }  # fmt: skip
    opened, again, closed = inside[part]
    space = b' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    opened = opened.replace(b">", space, 1)
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
        target.writestr(part, opened + again * (60_000_000 // len(again)) + closed)
    return made.getvalue()


def _deep() -> bytes:
    """Thousands of parts, each of which unpacks a hundredfold."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for number in range(5000):
            target.writestr(f"xl/deep/{number}.xml", b"<a/>" * 3000)
    return made.getvalue()


def _documents() -> list[bytes]:
    """Just under 256 kB: thousands of wrong codes, and thousands of headings that should not be there so often."""
    code = {"system": "urn:oid:1.2.246.537.6.1222", "code": "999", "display": "x"}
    many: list[dict[str, Any]] = [
        {"asiakaskertomusmerkinta": {"sosiaalipalvelu": [code] * 3200}},
        {"asiakas": [{"x": 1}] * 25_000},
        {"asiakas": [{"sukunimi": "a", "etunimet": "b"}] * 5000},
    ]
    made = [json.dumps({"structure": ENTRY, "content": {ROOT: each}}).encode() for each in many]
    assert all(len(each) < 256 * 1024 for each in made), [len(each) for each in made]
    return made


def _token_request(world: TenantFixture) -> bytes:
    """With a key that nobody registered."""
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    body = f"grant_type=client_credentials&client_assertion_type={kind}&client_assertion={world.token()}"
    plain = request("POST", f"{world.api}/oauth2/token", body.encode())
    return plain.replace(
        b"application/json\r\nContent-L", b"application/x-www-form-urlencoded\r\nContent-L", 1
    )


@dataclass
class Storm:
    """An attack that goes on in a process of its own until it is told to stop."""

    process: multiprocessing.process.BaseProcess
    pipe: Pipe

    @classmethod
    def begin(cls, port: int, attack: Attack) -> "Storm":
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        process = spawn.Process(target=_storm, args=(port, attack, theirs), daemon=True)
        process.start()
        assert ours.recv() == "begun"
        return cls(process, ours)

    async def end(self) -> str:
        """What it got: how often each status, and how often the connection was cut."""
        self.pipe.send("stop")
        got = await asyncio.to_thread(self.pipe.recv)
        self.process.join()
        return str(got)


def _storm(port: int, attack: Attack, pipe: Pipe) -> None:
    os.nice(5)  # it would be on another machine
    uvloop.run(_blow(port, attack, pipe))


async def _blow(port: int, attack: Attack, pipe: Pipe) -> None:
    got: Counter[str] = Counter()
    pipe.send("begun")
    work = [asyncio.create_task(_ask_again(port, attack.requests, got)) for _ in range(attack.connections)]
    await asyncio.to_thread(pipe.recv)
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    pipe.send(", ".join(f"{count} × {status}" for status, count in sorted(got.items())) or "nothing")


async def _ask_again(port: int, requests: list[bytes], got: Counter[str]) -> None:
    loop = asyncio.get_running_loop()
    waiting = cycle(requests)
    while True:
        try:
            _, connection = await loop.create_connection(Connection, "127.0.0.1", port)
        except OSError:
            got["not let in"] += 1
            await asyncio.sleep(0.1)
            continue
        try:
            for asked in waiting:
                began = time.monotonic()
                status, _ = await connection.ask(asked)
                got[str(status)] += 1
                if time.monotonic() - began < 0.001:
                    await asyncio.sleep(0)
        except OSError:
            got["cut"] += 1
        finally:
            connection.close()
