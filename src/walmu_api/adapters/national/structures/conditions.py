"""Conditional obligations (ehdollinen pakollisuus): what the national definitions state in prose only, in a
tiny language.

A rule stands in the row of the field it is about, and looks at the fields beside it; a path that begins with
`/` starts below the root key. Several rules are separated by `;`.

one-of(a,b)            at least one of these must be there required-if(c)         the field must be there when
c holds required-unless(c)     … when c does not hold only-if(c)             the field belongs there only when
c holds (a warning: systems just do not show it otherwise) only-unless(c)         … only when c does not hold
repeats-if(c)          more than one only when c holds

    c is `path` (something is there) or `path=x|y` (one of its codes is x or y; true and false for a switch)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_RULE = re.compile(
    r"(one-of|required-if|required-unless|only-if|only-unless|repeats-if)\(([a-z_./,]+)(?:=([^()]+))?\)"
)


@dataclass(frozen=True)
class Rule:
    predicate: str
    paths: tuple[str, ...]
    values: frozenset[str] = frozenset()
    text: str = ""

    def holds(self, beside: dict[str, Any], root: dict[str, Any]) -> bool:
        """Whether the condition holds."""
        path = self.paths[0]
        found = (
            reached(root, path[1:].split(".")) if path.startswith("/") else reached(beside, path.split("."))
        )
        if not self.values:
            return any(True for _ in found)
        return any(_word(value) in self.values for value in found)


def read_rules(cell: str) -> tuple[Rule, ...]:
    """The rules of a cell."""
    rules = []
    for part in filter(None, (piece.strip() for piece in cell.split(";"))):
        found = _RULE.fullmatch(part)
        if found is None:
            raise ValueError(f"rule: {part}")
        predicate, paths, values = found.groups()
        rules.append(
            Rule(predicate, tuple(paths.split(",")), frozenset((values or "").split("|")) - {""}, part)
        )
    return tuple(rules)


def reached(value: Any, keys: list[str]) -> Iterator[Any]:
    """What stands at the end of a path, in every item of the lists on the way."""
    if isinstance(value, list):
        for item in value:
            yield from reached(item, keys)
    elif not keys:
        yield value
    elif isinstance(value, dict) and keys[0] in value:
        yield from reached(value[keys[0]], keys[1:])


def _word(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    word = value.get("code") if isinstance(value, dict) else value
    return word if isinstance(word, str) else None
