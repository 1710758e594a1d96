"""Files that were made to stop whoever opens them, each small; and what is said of each."""

import io
import random
import struct
import zipfile
from collections.abc import Callable
from typing import Any

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{KINDS}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KINDS}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{KINDS}.styles+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{KINDS}.sharedStrings+xml"/></Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{RELATIONS}/officeDocument"
Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="Tulokset" sheetId="1"
r:id="r1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{PACKAGE}">
<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="r2" Type="{RELATIONS}/styles" Target="styles.xml"/>
<Relationship Id="r3" Type="{RELATIONS}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>""",
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="1"><xf numFmtId="0"/></cellXfs></styleSheet>',
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>a</t></si></sst>',
    "xl/worksheets/sheet1.xml": "",
}
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
ROWS = HEAD + '<row r="2"><c r="A2"><v>1</v></c></row>'
MB = 1024 * 1024


def sheet(rows: str, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def book(**changed: Any) -> bytes:
    """A workbook by hand: one sheet with a column `a` and one line, but for the parts that are named here."""
    packs = changed.pop("packs", True)
    names = {name.rpartition("/")[2].partition(".")[0]: name for name in PARTS if name.endswith(".xml")}
    parts: dict[str, Any] = PARTS | {"xl/worksheets/sheet1.xml": sheet(ROWS)}
    parts |= {names.get(name, name): content for name, content in changed.items()}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED if packs else zipfile.ZIP_STORED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return data.getvalue()


def styles(size: int) -> bytes:
    font = "<font/>" * (size // 7)
    return book(styles=f'<styleSheet xmlns="{MAIN}"><fonts>{font}</fonts></styleSheet>')


def formats() -> bytes:
    many = "<xf/>" * 600_000
    return book(styles=f'<styleSheet xmlns="{MAIN}"><cellXfs>{many}</cellXfs></styleSheet>')


def lines_of_one_long_text() -> bytes:
    text = "x" * 4000
    cells = '<c t="s"><v>0</v></c>' * 100
    head = "".join(f'<c t="inlineStr"><is><t>{at}</t></is></c>' for at in range(100))
    rows = f"<row>{head}</row>" + f"<row>{cells}</row>" * 20_000
    return book(sheet1=sheet(rows), sharedStrings=f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>')


def lying_directory(of: Callable[[int], int]) -> bytes:
    """The size of the sheet in both its headers is another than it has."""
    rows = HEAD + "".join(f'<row r="{at}"><c r="A{at}"><v>1</v></c></row>' for at in range(2, 5000))
    raw = bytearray(book(sheet1=sheet(rows)))
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        member = packed.getinfo("xl/worksheets/sheet1.xml")
    entry = raw.rfind(b"PK\x01\x02", 0, raw.rfind(member.filename.encode()))
    for at in (member.header_offset + 22, entry + 24):
        struct.pack_into("<I", raw, at, of(member.file_size))
    return bytes(raw)


def zips_in_zips() -> bytes:
    inner = b"\0" * MB
    for depth in range(6):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
            for number in range(16):
                packed.writestr(f"{depth}-{number}.zip", inner)
        inner = data.getvalue()
    return inner


def laughs() -> str:
    lol = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    rows = ROWS.replace("<t>a</t>", "<t>&l9;</t>")
    return f'<!DOCTYPE x [<!ENTITY l0 "lol">{lol}]>{sheet(rows)}'


def outside() -> str:
    rows = ROWS.replace("<t>a</t>", "<t>&e;</t>")
    return f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>{sheet(rows)}'


def locked_member() -> bytes:
    raw = bytearray(book())
    at = raw.find(b"PK\x01\x02")
    raw[at + 8] |= 1
    return bytes(raw)


def noise(size: int) -> bytes:
    return random.Random(1).randbytes(size)


def styles_in_disorder() -> bytes:
    drawn = random.Random(1)
    many = "".join(f'<font n="{drawn.getrandbits(32)}"/>' for _ in range(450_000))
    return book(styles=f'<styleSheet xmlns="{MAIN}"><fonts>{many}</fonts></styleSheet>')


NOT_ONE = "not-a-worksheet"
READ = "read"
BOMBS: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "styles, 8.5 kB": (lambda: styles(7 * MB), {"too-swollen"}),
    "styles, many": (lambda: styles(60 * MB), {"too-swollen"}),
    "styles that were not packed well": (styles_in_disorder, {"too-many-styles"}),
    "formats of cells": (formats, {"too-swollen", "too-many-styles"}),
    "shared texts": (
        lambda: book(sharedStrings=f'<sst xmlns="{MAIN}">{"<si/>" * 12 * MB}</sst>'),
        {"too-swollen"},
    ),
    "shared texts that were not packed": (
        lambda: book(packs=False, sharedStrings=f'<sst xmlns="{MAIN}">{"<si/>" * MB}</sst>'),
        {"too-many-cells"},
    ),
    "cells that were not packed": (
        lambda: book(packs=False, sheet1=sheet(f"{HEAD}<row>{'<c/>' * MB}</row>")),
        {"too-few"},
    ),
    "one shared text in two million cells": (lines_of_one_long_text, {"too-swollen"}),
    "cells": (lambda: book(sheet1=sheet(f"{HEAD}<row>{'<c/>' * 15 * MB}</row>")), {"too-swollen"}),
    "elements that mean nothing": (lambda: book(sheet1=sheet(ROWS, "<x/>" * 15 * MB)), {"too-swollen"}),
    "elements in elements": (lambda: book(sheet1=sheet(f"{ROWS}{'<x>' * MB}")), {NOT_ONE}),
    "one attribute": (lambda: book(sheet1=sheet(ROWS, f'<x y="{"z" * 3 * MB}"/>')), {NOT_ONE}),
    "an unknown part": (lambda: book(**{"xl/media/x.bin": b"\0" * 63 * MB}), {"too-swollen"}),
    "an unknown part that is not packed": (lambda: book(**{"xl/media/x.bin": noise(7 * MB)}), {READ}),
    "600 parts": (lambda: book(**{f"xl/media/{at}": b"" for at in range(600)}), {"too-swollen"}),
    "zips in zips": (zips_in_zips, {NOT_ONE, "too-swollen"}),
    "a zip in a workbook": (lambda: book(**{"xl/embeddings/x.zip": zips_in_zips()}), {READ}),
    "entities in entities": (lambda: book(sheet1=laughs()), {NOT_ONE}),
    "an entity from outside": (lambda: book(sheet1=outside()), {NOT_ONE}),
    "a sheet that says it is the largest there is": (
        lambda: book(sheet1=sheet(ROWS, '<dimension ref="A1:XFD1048576"/>')),
        {READ},
    ),
    "a cell in the last corner": (
        lambda: book(sheet1=sheet(f'{ROWS}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
        {"too-deep-down"},
    ),
    "a cell in the last column": (
        lambda: book(sheet1=sheet(f'{ROWS}<row r="3"><c r="XFD3"><v>1</v></c></row>')),
        {"too-wide"},
    ),
    "a password": (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 4096, {"locked-workbook"}),
    "a part with a password": (locked_member, {"locked-workbook"}),
    "cut off": (lambda: book()[:-40], {NOT_ONE}),
    "a directory that says less": (lambda: lying_directory(lambda size: size // 2), {NOT_ONE}),
    "a directory that says more": (lambda: lying_directory(lambda size: size * 2), {READ}),
    "macros": (lambda: book(**{"xl/vbaProject.bin": b"\0" * 1000}), {READ}),
    "6 MB in wide lines": (lambda: (b"x;" * 3000 + b"\n") * 1000, {"too-wide"}),
    "6 MB in one line": (lambda: b"ab;" * 2 * MB, {"too-wide"}),
    "6 MB in one quoted text": (lambda: b'a;b\n"' + b"x" * 6 * MB + b'";1', {"too-long"}),
    "6 MB in one quoted text of many lines": (lambda: b'a;b\n"' + b"x\n" * 3 * MB + b'";1', {"stray-quote"}),
    "6 MB of quoted line ends": (lambda: b"a;b\n" + b'"\n";' * MB, {"too-few"}),
    "6 MB of quotes": (lambda: b'"' * 6 * MB, {NOT_ONE, "too-long"}),
    "8 MB of lines of empty cells": (lambda: b"a;b\n" + b";\n" * (4 * MB - 10), {"too-few"}),
    "8 MB of empty lines": (lambda: b"a;b\n" + b"\n" * 7 * MB, {"too-few"}),
}
