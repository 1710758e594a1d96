"""The contract as the reviewed file: made from the code without a database."""

from typing import Any

import yaml

from walmu_api.access.guard import House
from walmu_api.app import create_app


def written() -> str:
    """The OpenAPI document as YAML, the same bytes on every machine."""
    nothing: Any = None
    house = House(database=nothing, clock=nothing, keyring=nothing, tokens=nothing, registry=nothing, public_url="")
    document = create_app(house).state.document
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
