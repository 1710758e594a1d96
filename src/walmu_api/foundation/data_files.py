"""YAML files that ship in the packages of the product: texts, lists, forms, examples."""

from importlib import resources
from typing import Any


def read_yaml(package: str, *names: str) -> Any:
    """What a file below this package holds. PyYAML's loader in C is ten times as fast, where it was built."""
    import yaml  # noqa: PLC0415 - no start waits for it

    text = resources.files(package).joinpath(*names).read_text("utf-8")
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe, and a file of ours
