"""The contract as the reviewed file: made from the code without a database (ADR 33)."""

import re
from typing import Any

import yaml

from walmu_api.access.guard import AppContext
from walmu_api.app import create_app


def described() -> dict[str, Any]:
    """The OpenAPI document of this code."""
    nothing: Any = None
    app_context = AppContext(
        database=nothing,
        supervision=nothing,
        clock=nothing,
        keyring=nothing,
        tokens=nothing,
        registry=nothing,
        public_url="",
        admission=nothing,
        token_gate=nothing,
        worksheets=nothing,
        imports=nothing,
    )
    document: dict[str, Any] = create_app(app_context).state.described()
    return document


def written(reviewed: str) -> str:
    """The document as YAML, the same bytes on every machine. Paths stand in the order of the reviewed text,
    new ones after them, so that a difference shows what changed and not where code stands."""
    document = described()
    order = {path: at for at, path in enumerate(re.findall(r"^  (/[^\n]*):$", reviewed, flags=re.MULTILINE))}
    paths = sorted(document["paths"].items(), key=lambda item: order.get(item[0], len(order)))
    document["paths"] = dict(paths)
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
