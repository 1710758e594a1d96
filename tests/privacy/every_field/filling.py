"""A body of a request with every member of its schema filled, each by a value that is found again wherever it goes.

A value is known by its *mark*: a text, a date or an identifier by itself, and what has no form of its own (a number, a word of
a list, yes or no) by the name under which it stands and the value."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.http_behaviour.scene import DOCUMENT

SCHEMAS: dict[str, Any] = dict(DOCUMENT["components"]["schemas"])
ENTRY_OF = {
    name: f"{name.removesuffix('Replacement')}Entry" for name in SCHEMAS if name.endswith("Replacement")
}
"""The bodies of PUTs, by their schemas: what only the server sets is sent back there, and not filled."""
for _of_put, _entry in ENTRY_OF.items():
    _members = SCHEMAS[_of_put]["properties"].items()
    SCHEMAS[_entry] = SCHEMAS[_of_put] | {
        "properties": {name: member for name, member in _members if not member.get("readOnly")}
    }
TOKEN = re.compile(
    r"(?:18|19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d|[Kk]q\d{4}z|\+358 50 7\d{6}|urn:oid:1\.2\.246\.999\.\d+|555\d{8}"
    r"|(?:18|19|20|21)\d\d-\d\d-\d\d|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|\d{6}[-+A-Y]\d{3}[0-9A-Z]"
)
"""A mark inside a longer text."""
CODE_SET = re.compile(r"[Cc]ode set (1(?:\.\d+)+)")
CODES = {"1.2.246.537.6.202": "1.2.246.10.12345671.10.1", "1.2.246.537.5.40175": "FI"}
"""A code of sets in which a 1 is none."""
PARTS = {"system", "code", "display"}
MOMENT = "T04:05:06Z"


@dataclass(frozen=True, order=True)
class Member:
    """A member of what was sent: the record as the page calls it, and the path in it."""

    record: str
    path: str

    def __str__(self) -> str:
        return f"{self.record}: {self.path}"


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema itself, past references and the null beside it."""
    while True:
        if "$ref" in schema:
            schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema:
            (schema,) = (each for each in schema["anyOf"] if each.get("type") != "null")
        else:
            return schema


def kind_of(schema: Mapping[str, Any]) -> str:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return next(str(kind) for kind in kinds if kind != "null")


def members(schema: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The path of every member that holds a value; the items of a list stand under `[]`."""
    schema = resolved(schema)
    match kind_of(schema):
        case "object" if schema.get("properties"):
            for name, inner in schema["properties"].items():
                yield from members(inner, f"{path}.{name}" if path else name)
        case "array":
            yield from members(schema["items"], f"{path}[]")
        case _:
            yield path


def scalars(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The values of a body with their paths."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from scalars(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from scalars(inner, f"{path}[]")
    elif value is not None:
        yield path, value


def named(name: str, value: Any) -> str:
    """The mark of a value that has no form of its own."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"{name}={value}"


def mark_of(path: str, value: Any) -> str:
    if isinstance(value, str) and (found := TOKEN.search(value)):
        return found[0].lower()
    return named(path.rpartition(".")[2].removesuffix("[]"), value)


@dataclass
class Filler:
    """Fills bodies, and remembers whose each mark is."""

    today: date
    of_mark: dict[str, set[Member]] = field(default_factory=lambda: defaultdict(set))
    filled: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By schema: the paths that some record filled."""
    words: set[str] = field(default_factory=set)
    """Marks that stand in a list which everybody reads, and tell something of a client where they stand in a record."""
    number: int = 0

    def next(self) -> int:
        self.number += 1
        return self.number

    def day(self, ago: int) -> str:
        return (self.today - timedelta(days=ago)).isoformat()

    def fresh(self, value: Any) -> Any:
        """A code with a label of its own, by which it is known."""
        if isinstance(value, dict) and set(value) == PARTS:
            return value | {"display": self._text(self.next(), "display", "")}
        return value

    def body(
        self, schema: str, record: str, given: Mapping[str, Any] | None = None, without: Collection[str] = ()
    ) -> dict[str, Any]:
        """A body of this schema; `given` are values by path (of a whole branch, too), `without` the paths left out."""
        body: dict[str, Any] = self._filled(SCHEMAS[schema], "", given or {}, frozenset(without))
        for path, value in scalars(body):
            self.filled[schema].add(path)
            self.of_mark[mark_of(path, value)].add(Member(record, path))
        return body

    def _filled(
        self,
        schema: Mapping[str, Any],
        path: str,
        given: Mapping[str, Any],
        without: frozenset[str],
        code_set: re.Match[str] | None = None,
    ) -> Any:
        if path in given:
            return given[path]
        code_set, schema = CODE_SET.search(schema.get("description", "")) or code_set, resolved(schema)
        code_set = CODE_SET.search(schema.get("description", "")) or code_set
        if code_set and set(schema.get("properties", ())) == PARTS and f"{path}.code" not in without:
            number = code_set[1]
            code = CODES.get(number, "1")
            display = self._text(self.next(), "display", "")
            return {"system": f"urn:oid:{number}", "code": code, "display": display}
        match kind_of(schema):
            case "object" if schema.get("properties"):
                content = {}
                for name, inner in schema["properties"].items():
                    below = f"{path}.{name}" if path else name
                    if below not in without:
                        content[name] = self._filled(inner, below, given, without)
                return {name: value for name, value in content.items() if value not in ({}, [])}
            case "array":
                item = self._filled(schema["items"], f"{path}[]", given, without, code_set)
                return [] if item == {} else [item] * max(1, schema.get("minItems", 1))
            case kind:
                return self._value(kind, schema, path)

    def _value(self, kind: str, schema: Mapping[str, Any], path: str) -> Any:
        number, name = self.next(), path.rpartition(".")[2]
        if "enum" in schema:
            return next(value for value in schema["enum"] if value is not None)
        if kind == "boolean":
            return True
        if kind in {"integer", "number"}:
            least, most = schema.get("minimum", 0), schema.get("maximum", 10**6)
            return least + number % (most - least + 1) if kind == "integer" else min(number + 0.31, most)
        return self._text(number, name, str(schema.get("pattern", "")))

    def _text(self, number: int, name: str, pattern: str) -> str:
        code, day = f"Kq{number:04}z", (date(1901, 1, 1) + timedelta(days=number)).isoformat()
        by_pattern = {
            "^urn:oid": f"urn:oid:1.2.246.999.{number}",
            "^[0-9]{11}$": f"555{number:08}",
            "^([01][0-9]|2[0-3]):": f"{number // 60 % 24:02}:{number % 60:02}",
            "^(18|19|20|21)": day + MOMENT if "T" in pattern else day,
            "^(19|20|21)": day,
            "^(0|[1-9]": f"{number}.37",
        }
        by_name = {"phone": f"+358 50 7{number:06}", "email": f"{code.lower()}@example.org"}
        of_pattern = (value for start, value in by_pattern.items() if pattern.startswith(start))
        return next(of_pattern, by_name.get(name, code))
