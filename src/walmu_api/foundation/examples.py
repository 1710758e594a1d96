"""Documented examples of messages: `examples.yaml` beside their schemas, read when asked for (ADR 36)."""

from functools import cache
from importlib import resources
from typing import Any

from walmu_api.foundation.data_files import read_yaml


@cache
def _of_folder(package: str) -> dict[str, Any]:
    if not resources.files(package).joinpath("examples.yaml").is_file():
        return {}
    examples: dict[str, Any] = read_yaml(package, "examples.yaml")
    return examples


class Example:
    """What a class attribute `EXAMPLE` gives: the members that this message itself adds, by its name."""

    def __get__(self, instance: object, owner: type[Any]) -> dict[str, Any]:
        example: dict[str, Any] = _of_folder(owner.__module__.rpartition(".")[0]).get(owner.__name__, {})
        return example
