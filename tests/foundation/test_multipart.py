"""Bodies in parts: what Starlette's parser would take and this service does not."""

from tempfile import SpooledTemporaryFile

import pytest

from walmu_api.foundation import multipart
from walmu_api.foundation.problems import Problem

TYPE = "multipart/form-data; boundary=x"
LIMITS = {"file": 4 * 1024 * 1024, "mapping": 64 * 1024}


def part(
    name: str, content: bytes, filename: str = "", headers: bytes = b"", kind: bytes = b"form-data"
) -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    return b'--x\r\nContent-Disposition: %s; name="%s"%s\r\n%s\r\n%s\r\n' % (
        kind, name.encode(), file.encode(), headers, content,
    )  # fmt: skip


FILE, MAPPING, END = part("file", b"a;b\r\n1;2", "t.csv"), part("mapping", b"{}"), b"--x--\r\n"


def test_both_parts_are_read_with_or_without_a_file_name() -> None:
    assert multipart.read(FILE + MAPPING + END, TYPE, LIMITS) == {"file": b"a;b\r\n1;2", "mapping": b"{}"}
    swapped = part("mapping", b"{}", "m.json") + part("file", b"a")
    assert multipart.read(swapped + END, TYPE, LIMITS) == {"mapping": b"{}", "file": b"a"}


@pytest.mark.parametrize("encoding", [b"8bit", b"binary", b"7bit", b"BINARY"])
def test_a_transfer_encoding_that_changes_nothing_is_taken(encoding: bytes) -> None:
    """RFC 2045, 6.2."""
    file = part("file", b"a;b\r\n\xe4;2", "t.csv", b"Content-Transfer-Encoding: %s\r\n" % encoding)
    assert multipart.read(file + MAPPING + END, TYPE, LIMITS)["file"] == b"a;b\r\n\xe4;2"


@pytest.mark.parametrize("preamble", [b"\r\n", b"This is a multi-part message.\r\n", b"--xy\r\n--\r\n"])
def test_what_stands_above_the_first_boundary_is_no_part(preamble: bytes) -> None:
    """RFC 2046, 5.1.1."""
    assert multipart.read(preamble + FILE + MAPPING + END, TYPE, LIMITS) == {
        "file": b"a;b\r\n1;2",
        "mapping": b"{}",
    }


@pytest.mark.parametrize("charset", ["utf-16", "punycode", "undefined", "cp037", '"cp500"'])
def test_a_charset_beside_the_boundary_changes_no_name(charset: str) -> None:
    """With a blank before its `=` it passes the check of media types."""
    kind = f"multipart/form-data; charset ={charset}; boundary=x"
    assert multipart.read(FILE + MAPPING + END, kind, LIMITS) == {"file": b"a;b\r\n1;2", "mapping": b"{}"}


@pytest.mark.parametrize("boundary", ['a"b', "a\\b", "a b", "--"])
def test_any_boundary_of_the_grammar_is_taken(boundary: str) -> None:
    quoted = boundary.replace("\\", "\\\\").replace('"', '\\"')
    body = (FILE + MAPPING + END).replace(b"--x", b"--" + boundary.encode())
    read = multipart.read(body, f'multipart/form-data; boundary="{quoted}"', LIMITS)
    assert read == {"file": b"a;b\r\n1;2", "mapping": b"{}"}


def test_bytes_that_are_not_utf8_are_handed_on_as_they_came() -> None:
    """Starlette decodes a field as Latin-1 when UTF-8 fails; the reader of the part gets what was sent."""
    read = multipart.read(FILE + part("mapping", b'{"\xe4": 1}') + END, TYPE, LIMITS)
    assert read["mapping"] == b'{"\xe4": 1}'


def test_a_large_file_never_reaches_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: object) -> None:
        raise AssertionError("a client's file was written to disk")

    monkeypatch.setattr(SpooledTemporaryFile, "rollover", refuse)
    content = b"0123456789abcdef" * (LIMITS["file"] // 16)
    assert multipart.read(part("file", content, "t.csv") + MAPPING + END, TYPE, LIMITS)["file"] == content


@pytest.mark.parametrize(
    "body",
    [
        FILE + MAPPING, FILE + MAPPING + b"--x", FILE + MAPPING + b"--x\r\n", FILE + MAPPING + END[:4], b"",
        FILE + part("mapping", b"{}", headers=b"Content-Transfer-Encoding: base64\r\n") + END,
        FILE + part("mapping", b"{}", kind=b"attachment") + END, FILE + MAPPING + b"\r\n\0\0",
    ],
    ids=["no end", "half an end", "empty part", "cut in the end", "nothing", "encoded", "attachment", "odd end"],
)  # fmt: skip
def test_a_body_that_is_cut_or_encoded_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        multipart.read(body, TYPE, LIMITS)
    assert [finding.pointer for finding in refused.value.errors] == [""]


@pytest.mark.parametrize("boundary", ["", "x" * 71])
def test_a_boundary_has_1_to_70_characters(boundary: str) -> None:
    body = (FILE + MAPPING + END).replace(b"--x", b"--" + boundary.encode())
    with pytest.raises(Problem):
        multipart.read(body, f"multipart/form-data; boundary={boundary}", LIMITS)
    good = body.replace(b"--" + b"x" * 71, b"--" + b"x" * 70)
    if boundary:
        assert multipart.read(good, f"multipart/form-data; boundary={'x' * 70}", LIMITS)


def test_a_part_over_its_limit_is_refused_with_and_without_a_file_name() -> None:
    for name, limit in LIMITS.items():
        for filename in ("", "t"):
            with pytest.raises(Problem) as refused:
                multipart.read(part(name, b"x" * (limit + 1), filename) + END, TYPE, LIMITS)
            assert refused.value.kind is multipart.PART_TOO_LARGE
            assert refused.value.values == {"limit": limit}
