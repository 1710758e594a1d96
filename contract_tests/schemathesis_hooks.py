"""What Schemathesis has to be told: how lines of JSON are sent."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context: Any, value: Any) -> Any:
    """The contract calls the lines a text; whatever else is generated is sent as its text."""
    return (value if isinstance(value, str) else str(value)).encode("utf-8", "surrogatepass")
