"""SQL with named parameters: `Statement`, made once at import, and `Arrays`, rows sent column by column."""

import re
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, Protocol

_TOKEN = re.compile(r"""'[^']*'|"[^"]*"|--[^\n]*|::|:=|\$(?P<position>\d+)|:(?P<name>[a-z_][a-z0-9_]*)""")
"""What can hold a colon or a dollar sign: literals, quoted names, comments, casts, and the parameters."""


class Record(Protocol):
    """A row as it was read: its values by name."""

    def __getitem__(self, name: str, /) -> Any: ...


class Statement:
    """A statement with parameters such as `:organiser`, in the form that the driver takes (`$1`).

    As text it is what was written, so that one statement can be composed into another."""

    __slots__ = ("_values", "names", "source", "sql")

    def __init__(self, source: str) -> None:
        numbers: dict[str, int] = {}

        def positional(token: re.Match[str]) -> str:
            if token["position"]:
                raise ValueError(f"parameters have names, not positions: {token[0]}")
            if token["name"] is None:
                return token[0]
            return f"${numbers.setdefault(token['name'], len(numbers) + 1)}"

        self.source = source
        self.sql = _TOKEN.sub(positional, source)
        self.names = tuple(numbers)
        self._values = _getter(self.names)

    def __str__(self) -> str:
        return self.source

    def values(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values in the order of the driver's parameters. TypeError for a name too many or too few."""
        if len(given) == len(self.names):
            try:
                return self._values(given)
            except KeyError:
                pass
        missing, unknown = self.names - given.keys(), given.keys() - set(self.names)
        raise TypeError(f"missing parameters: {sorted(missing)}, unknown parameters: {sorted(unknown)}")

    def bound(self, **values: Any) -> tuple[Any, ...]:
        """The arguments for the driver where there is no `Session`: `fetch(*STATEMENT.bound(…))`."""
        return self.sql, *self.values(values)


def _getter(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda given: tuple(given[name] for name in names)


class Arrays:
    """Rows that a statement reads from arrays, one for each column: `from {ENTRIES}` in the statement, and
    `**ENTRIES.values(rows)` in the call. The parameters are called `<alias>_<column>`."""

    def __init__(self, alias: str, types: Mapping[str, str]) -> None:
        self._parameters = [f"{alias}_{column}" for column in types]
        arrays = (f":{name}::{kind}[]" for name, kind in zip(self._parameters, types.values(), strict=True))
        self._source = f"unnest({', '.join(arrays)}) as {alias} ({', '.join(types)})"

    def __str__(self) -> str:
        return self._source

    def values(self, rows: Iterable[tuple[Any, ...]]) -> dict[str, list[Any] | None]:
        """The arrays by name, of at least one row.

        A column without any value is not sent: `unnest` fills it up, and the driver need not look at each."""
        return {
            name: None if column.count(None) == len(column) else list(column)
            for name, column in zip(self._parameters, zip(*rows, strict=True), strict=True)
        }
