"""The contract as the reviewed file: made from the code without a database."""

from typing import Any

import yaml

from walmu_api.access.guard import AppContext
from walmu_api.app import create_app


def described() -> dict[str, Any]:
    """The OpenAPI document of this code."""
    nothing: Any = None
    app_context = AppContext(
        database=nothing,
        clock=nothing,
        keyring=nothing,
        tokens=nothing,
        registry=nothing,
        public_url="",
        admission=nothing,
        token_gate=nothing,
    )
    document: dict[str, Any] = create_app(app_context).state.described()
    return document


def written() -> str:
    """The document as YAML, the same bytes on every machine."""
    return yaml.safe_dump(described(), sort_keys=False, allow_unicode=True, width=120)
