"""What Schemathesis has to be told: how lines of JSON are sent, and where not to work a length into a pattern."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context: Any, value: Any) -> Any:
    """The contract calls the lines a text; whatever else is generated is sent as its text."""
    return (value if isinstance(value, str) else str(value)).encode("utf-8", "surrogatepass")


LONG = 1000


@schemathesis.hook
def before_load_schema(_context: Any, raw_schema: dict[str, Any]) -> None:
    """Of `^x*$` with at most 50,000 characters Schemathesis makes `^x{1,50000}$`, and compiles it for every member: 80 MB and
    a second each. It leaves a choice of patterns alone, and of two equal ones that is the same pattern."""
    _leave_patterns_alone(raw_schema)


def _leave_patterns_alone(part: Any) -> None:
    if isinstance(part, dict):
        pattern = part.get("pattern")
        if isinstance(pattern, str) and part.get("maxLength", 0) >= LONG:
            inner = pattern.removeprefix("^").removesuffix("$")
            part["pattern"] = f"^(?:{inner}|{inner})$"
        part = list(part.values())
    for inside in part if isinstance(part, list) else ():
        _leave_patterns_alone(inside)
