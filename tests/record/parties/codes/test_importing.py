"""Reading files of codes: two spellings of CSV, JSON, and what hostile or careless files hold."""

import json
import time
from datetime import date

import pytest
from tests.conftest import identity_code

from walmu_api.record.parties.codes.importing import read

PLAIN = "code;fi;sv;valid_from;mapping_system;mapping_code;mapping_display\n1;Yksi;Ett;2025-01-01;urn:oid:1.2.246.537.6.126;Y30;Syy\n2;Kaksi;;;;;\n"
ITEMS = [
    {
        "code": "1",
        "fi": "Yksi",
        "sv": "Ett",
        "valid_from": "2025-01-01",
        "mapping": {"system": "urn:oid:1.2.246.537.6.126", "code": "Y30", "display": "Syy"},
    },
    {"code": "2", "fi": "Kaksi"},
]


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace(";", ",").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("code;fi", "CODE; Fi ").encode(),
        PLAIN.replace("Yksi", '"Yksi"').encode() + b"\n;;;\n",
        json.dumps(ITEMS).encode(),
        b"\xef\xbb\xbf " + json.dumps(ITEMS).encode(),
    ],
)
def test_every_spelling_is_the_same_list(raw: bytes) -> None:
    data = read(raw)
    assert data.wrong == []
    one, two = data.values
    assert (one.code, one.fi, one.sv, one.valid_from) == ("1", "Yksi", "Ett", date(2025, 1, 1))
    assert one.mapping == {"system": "urn:oid:1.2.246.537.6.126", "code": "Y30", "display": "Syy"}
    assert (two.code, two.sv, two.mapping) == ("2", None, None)


@pytest.mark.parametrize(
    ("raw", "line", "data"),
    [
        (b"", 1, "the first line must name"),
        (b"code;fi\n", 0, "no codes"),
        (b"[]", 0, "no codes"),
        (b"{}", 0, "array"),
        (b"[1]", 1, "object"),
        (b'[{"code": "1", "fi": "a", "fi": "b"}]', 0, "duplicate-key"),
        (b"[" * 5000, 0, "JSON"),
        (b'[{"code": "1", "fi": NaN}]', 0, "JSON"),
        (b'[{"code": 1, "fi": "a"}]', 1, "/code"),
        (b'[{"code": "1", "fi": "\\ud800"}]', 1, "/fi"),
        (b"code;fi\n1;Yksi\n1;Toinen", 3, "stands at 2 already"),
        (
            b"code;fi;valid_from;valid_to\n1;A;2025-01-01;2025-12-31\n1;A;2025-06-01;",
            3,
            "stands at 2 already",
        ),
        (b"code;fi;valid_from\n1;A;1.1.2025", 2, "/valid_from"),
        (b"code;fi;valid_from\n1;A;2025-02-30", 2, "/valid_from"),
        (b'code;fi\n1;=HYPERLINK("x")', 2, "formula"),
        (b"code;fi\n1;+358", 2, "formula"),
        (b"code;fi\n@1;A", 2, "formula"),
        (b'[{"code": "1", "fi": "-2+3"}]', 1, "formula"),
        (b"code;fi\n1;\xc3\x84iti\n2;\xc4iti", 0, "not UTF-8"),
        ("code;fi\n1;Äiti".encode("utf-16"), 0, "not UTF-8"),
        (b"code;fi\n1;a\x00b", 2, "/fi"),
        ("code;fi\n1;a\u202eb".encode(), 2, "/fi"),
        (b"code;fi\n1;" + b"x" * 201, 2, "/fi"),
        (b"code;fi\n1;" + b"x" * 200_000, 2, "CSV"),
        (b'code;fi\n1;"never closed\n2;B', 3, "CSV"),
        (b"code;fi\n1;A;B", 2, "more cells"),
        (b"code;fi\n1;\n", 2, "/fi"),
        (b"code;fi;kissa\n1;A;B", 1, "the first line must name"),
        (b"code;fi;fi\n1;A;B", 1, "the first line must name"),
        (b"code\n1", 1, "the first line must name"),
        (b"code;fi\na b;A", 2, "/code"),
        (f"code;fi\n{identity_code(7)};A".encode(), 2, "never a personal identity code"),
        (b"code;fi;mapping_code\n1;A;Y30", 2, "/mapping"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(raw: bytes, line: int, data: str) -> None:
    wrong = read(raw).wrong
    assert (wrong[0].line, data in wrong[0].text) == (line, True), wrong[0]


def test_every_wrong_line_is_told() -> None:
    wrong = read(b"code;fi;valid_from\n1;A;x\n2;B;2025-01-01\n;C;\n2;D;\n").wrong
    assert [each.line for each in wrong] == [2, 4, 5]


def test_twenty_thousand_lines_are_read_in_a_moment() -> None:
    raw = "code;fi;sv\n" + "".join(f"{number};Koodi {number};Kod {number}\n" for number in range(20_000))
    began = time.monotonic()
    data = read(raw.encode())
    assert (len(data.values), data.wrong, data.lines[-1]) == (20_000, [], 20_001)
    assert time.monotonic() - began < 10


def test_a_file_without_end_is_refused() -> None:
    raw = b"code,fi\n" + b"".join(b"%d,x\n" % number for number in range(100_001))
    assert "more than 100000 codes" in read(raw).wrong[0].text
    assert "bytes" in read(b" " * (32 * 1024 * 1024 + 1)).wrong[0].text
