"""What a body or a parameter may hold that no honest sender means, and the places of a body to put it."""

import json
from collections.abc import Iterator
from typing import Any

from tests.conftest import identity_code

CANARY = "KANARIA-7f3a91"
CODE = identity_code(4242)
PATH = tuple[str | int, ...]
_HERE = "@@HERE@@"


def _nested(depth: int) -> str:
    return "[" * depth + "]" * depth


LITERALS: dict[str, str] = {
    "nul": '"a\\u0000b"',
    "high surrogate": '"\\ud800"',
    "low surrogate": '"x\\udc00y"',
    "2^63": str(2**63),
    "-2^63": str(-(2**63)),
    "10^400": "1" + "0" * 400,
    "5000 digits": "9" * 5000,
    "1e400": "1e400",
    "NaN": "NaN",
    "Infinity": "-Infinity",
    "NaN in quotes": '"NaN"',
    "decimal": '"1e999999"',
    "number with exponent": "1e999999",
    "year 1": '"0001-01-01"',
    "year 9999": '"9999-12-31"',
    "first instant": '"0001-01-01T00:00:00+14:00"',
    "last instant": '"9999-12-31T23:59:59-14:00"',
    "naive": '"2026-10-05T09:00:00"',
    "33 deep": _nested(33),
    "200 deep": _nested(200),
    "5000 deep": _nested(5000),
    "a key twice": '{"a": 1, "a": 2}',
    "50 kB": json.dumps("x" * 50_000),
    "1 MB": json.dumps(CANARY * 75_000),
    "bidi": '"\\u202egnirts\\u2066"',
    "true": "true",
    "5 in quotes": '"5"',
    "5.5": "5.5",
    "list": "[]",
    "object": "{}",
    "null": "null",
    "empty": '""',
    "long list": json.dumps([1] * 20_000),
    "identity code": json.dumps(CODE),
    "canary": json.dumps(CANARY),
    "odd member": json.dumps({CODE: 1, "y" * 300: 2}),
    "-1": "-1",
    "line end": '"a\\u2028b\\n"',
    "outside the BMP": '"\\ud83d\\ude00"',
    "not UTF-8": '"\xff"',
}
"""JSON as it is written; `\xff` goes out as that one byte."""

TEXTS: dict[str, str] = {
    "nul": "%00",
    "surrogate": "%ED%A0%80",
    "not UTF-8": "%FF",
    "2^63": str(2**63),
    "10^400": "1" + "0" * 400,
    "minus": "-1",
    "plus": "%2B5",
    "NaN": "NaN",
    "1e400": "1e400",
    "decimal": "1e999999",
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "instant": "0001-01-01T00%3A00%3A00%2B14%3A00",
    "long": "x" * 5000,
    "bidi": "%E2%80%AEgnirts",
    "true": "true",
    "5.5": "5.5",
    "list": "%5B%5D",
    "null": "null",
    "empty": "",
    "identity code": CODE,
    "canary": CANARY,
    "quote": "'%22%3B--",
    "line end": "a%0D%0AX-Evil%3A%201",
    "digits of others": "%D9%A5",
    "zero": "0",
    "brace": "%7B%7D",
    "dots": "%2E%2E",
}
HEADERS: dict[str, bytes] = {
    "not ASCII": b"\xff\xfe",
    "empty": b"",
    "long": b"x" * 5000,
    "star": b"*",
    "weak": b'W/"1"',
    "two": b'"1", "2"',
    "2^63": b'"9223372036854775808"',
    "10^400": b'"1' + b"0" * 400 + b'"',
    "identity code": CODE.encode(),
    "canary": CANARY.encode(),
    "no quotes": b"1",
    "minus": b'"-1"',
    "digits of others": '"٥"'.encode(),
    "tab": b"a\tb",
    "NaN": b'"NaN"',
    "spaces": b"a b",
}


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        elif choices := [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]:
            schema = choices[0]
        else:
            return schema


def places(value: Any, schema: dict[str, Any], document: dict[str, Any], at: PATH = ()) -> Iterator[PATH]:
    """Every place of the example, and every member that it leaves out. Of a list, the first item stands for all."""
    yield at
    schema = _resolved(schema, document)
    if isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            yield from places(value.get(name), inner, document, (*at, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], schema.get("items", {}), document, (*at, 0))


def put(value: Any, at: PATH, literal: str) -> bytes:
    """The example as JSON with this literal at the place."""
    return json.dumps(_replaced(value, at)).replace(f'"{_HERE}"', literal).encode("latin-1")


def _replaced(value: Any, at: PATH) -> Any:
    if not at:
        return _HERE
    if isinstance(value, list):
        return [_replaced(value[0], at[1:]), *value[1:]]
    return {**value, at[0]: _replaced(value.get(at[0]), at[1:])}


def whole_bodies(example: bytes) -> dict[str, bytes]:
    """The body as such made odd."""
    text = example.decode()
    return {
        "nothing": b"",
        "UTF-16": text.encode("utf-16"),
        "UTF-16 without BOM": text.encode("utf-16-be"),
        "UTF-32": text.encode("utf-32"),
        "BOM": b"\xef\xbb\xbf" + example,
        "cut": example[:-1],
        "twice": example + example,
        "comment": b"/* */" + example,
        "NUL": example + b"\0",
        "trailing comma": example[:-1] + b",}",
        "single quotes": example.replace(b'"', b"'"),
        "a name twice": example[:-1] + b', "x": 1, "x": 2}',
        "spaces up to the limit and one more": example + b" " * (8 * 1024 * 1024 + 1 - len(example)),
    }
