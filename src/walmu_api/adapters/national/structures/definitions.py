"""What a national document structure (asiakasasiakirjarakenne) is: a tree of fields, read from its table.

The tables stand in `structures/`, one CSV file for each version of a structure, one row for each field, in
the national order; README.md there defines the cells. Pure: no database, no HTTP (ADR 14)."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib import resources
from typing import Literal, get_args

from walmu_api.adapters.national.structures.conditions import Rule, read_rules

OID_ROOT = "1.2.246.537.6."
FieldType = Literal[
    "code",
    "count",
    "date",
    "day",
    "heading",
    "identifier",
    "instant",
    "name",
    "number",
    "phrase",
    "quantity",
    "signature",
    "switch",
    "text",
]
TYPES = frozenset(get_args(FieldType))
ANY_SYSTEM = "*"
_DIGITS = ("nolla", "yksi", "kaksi", "kolme", "nelja", "viisi", "kuusi", "seitseman", "kahdeksan", "yhdeksan")
_LETTERS = str.maketrans({"ä": "a", "å": "a", "ö": "o", "é": "e", " ": "_", "-": "_"})

Row = Mapping[str, str]


def national_key(label: str) -> str:
    """The key of a field, made from its Finnish label as the national definitions do."""
    spelled = "".join(_DIGITS[int(letter)] if letter in "0123456789" else letter for letter in label.lower())
    return re.sub(r"[^a-z_]", "", spelled.translate(_LETTERS))


@dataclass(frozen=True)
class Node:
    """One field. `field` is our name of it, a dotted path inside the nearest field above that has one; a path
    that begins with `@` comes from the context (`@client`). `values` are our names for national codes."""

    key: str
    type: str
    card: str
    fi: str
    sv: str
    codes: str = ""
    field: str = ""
    values: tuple["Value", ...] = ()
    rules: tuple[Rule, ...] = ()
    children: tuple["Node", ...] = ()

    @property
    def required(self) -> bool:
        return self.card in {"1", "+"}

    @property
    def repeats(self) -> bool:
        return self.card in {"+", "*"}

    @cached_property
    def system(self) -> str:
        """The code system or identifier system: an OID, or the name of a list inside the document; `*` is
        any."""
        return self.codes.partition(" ")[0]

    @cached_property
    def accepted(self) -> tuple[str, ...]:
        """The codes that this field takes of its list; empty: all of them."""
        return tuple(self.codes.split(" ")[1:])

    @cached_property
    def by_key(self) -> Mapping[str, "Node"]:
        return {child.key: child for child in self.children}


@dataclass(frozen=True)
class Value:
    """Our name for a national code, and the display that goes with it."""

    word: str
    code: str
    display: str


@dataclass(frozen=True)
class Structure:
    """One version of a national structure."""

    oid: str
    resource: str | None
    writers: frozenset[str]
    fi: str
    sv: str
    root: Node

    @property
    def number(self) -> str:
        """The type of document, such as 13004; the documents of case and client are 1505.1, 1505.2, …"""
        series, number, *_ = self.oid.removeprefix(OID_ROOT).split(".")
        return number if series == "1506" else f"{series}.{number}"

    @property
    def valid_from(self) -> date:
        """The day of the definition, which is the end of its OID."""
        year, month, day = map(int, self.oid.split(".")[-3:])
        return date(year, month, day)

    @property
    def version(self) -> str:
        return ".".join(self.oid.split(".")[-3:])


def our_path(mapped: str, field: str) -> str:
    """Our path of a field inside a mapped object; what comes from the context starts anew."""
    return field if field.startswith("@") or not mapped else f"{mapped}.{field}" if field else mapped


def walk(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Every field below a node with its dotted path, in the national order."""
    for child in node.children:
        at = f"{path}.{child.key}" if path else child.key
        yield at, child
        yield from walk(child, at)


def table_text(name: str) -> str:
    """A file of `structures/`."""
    return (
        resources.files("walmu_api.adapters.national.structures").joinpath(name).read_text(encoding="utf-8")
    )


def _lines(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(table_text(name).splitlines()))


@cache
def _index() -> Mapping[str, Row]:
    return {row["oid"]: row for row in _lines("index.csv")}


@cache
def _components() -> Mapping[str, tuple[Node, ...]]:
    """What recurs in many structures, by name. A component may hold components named before it."""
    created: dict[str, tuple[Node, ...]] = {}
    rows: dict[str, list[Row]] = {}
    for row in _lines("components.csv"):
        rows.setdefault(row["path"].partition(".")[0], []).append(row)
    for name, own in rows.items():
        created[name] = read_table(own, created, below=name)
    return created


def read_table(
    rows: Iterable[Row], components: Mapping[str, tuple[Node, ...]], below: str = ""
) -> tuple[Node, ...]:
    """The fields that the rows of a table describe, as trees."""
    inside: dict[str, list[Row]] = {}
    for row in rows:
        inside.setdefault(row["path"].rpartition(".")[0], []).append(row)

    def build(parent: str) -> tuple[Node, ...]:
        return tuple(_node(row, build(row["path"]), components) for row in inside.get(parent, ()))

    return build(below)


def _node(row: Row, children: tuple[Node, ...], components: Mapping[str, tuple[Node, ...]]) -> Node:
    kind = row["type"]
    if kind.startswith("@"):
        kind, children = "heading", components[kind[1:]]
    if kind not in TYPES or row["card"] not in {"1", "?", "+", "*"} or (kind == "heading") != bool(children):
        raise ValueError(f"row {row['path']}: type {row['type']}, card {row['card']}")
    return Node(
        key=row["path"].rpartition(".")[2],
        type=kind,
        card=row["card"],
        fi=row["fi"],
        sv=row["sv"],
        codes=row["codes"],
        field=row["field"],
        values=_values(row["values"]),
        rules=read_rules(row["rule"]),
        children=children,
    )


def _values(cell: str) -> tuple[Value, ...]:
    """`granted=1 Myönteinen; denied=2 Kielteinen`."""
    parts = [re.fullmatch(r"(\w+)=(\S+) (.+)", part.strip()) for part in cell.split(";") if part.strip()]
    if not all(parts):
        raise ValueError(f"values: {cell}")
    return tuple(Value(*part.groups()) for part in parts if part)


@cache
def structure_of(oid: str) -> Structure | None:
    """The structure of this OID (with its version), or None when it is not one of ours. Read when first asked
    for."""
    row = _index().get(oid)
    if row is None:
        return None
    children = read_table(_lines(f"{oid.removeprefix(OID_ROOT)}.csv"), _components())
    root = Node(national_key(row["fi"]), "heading", "1", row["fi"], row["sv"], children=children)
    return Structure(
        oid, row["resource"] or None, frozenset(row["writers"].split()), row["fi"], row["sv"], root
    )


def oids() -> list[str]:
    """The OIDs of all of them, by number."""
    return list(_index())


def structures() -> list[Structure]:
    """All of them, by number."""
    return [found for oid in _index() if (found := structure_of(oid)) is not None]
