"""The code systems that ship with the product, read once: ours, and the proven part of the national ones."""

from functools import cache
from importlib import resources
from typing import Any

import yaml

from walmu_api.record.parties.codes.rules import CodeList, CodeValue, is_oid

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML's loader in C where it was built with it: ten times as fast."""


@cache
def shipped_lists() -> dict[str, CodeList]:
    folder = resources.files("walmu_api.record.parties.codes").joinpath("lists")
    data = [
        each
        for name in ("ours.yaml", "national.yaml")
        for each in _read(folder.joinpath(name).read_text("utf-8"))
    ]
    return {each["name"]: _list(each) for each in data}


def _read(text: str) -> list[dict[str, Any]]:
    lists: list[dict[str, Any]] = yaml.load(text, _LOADER)  # noqa: S506 - a safe loader, of a file of ours
    return lists


def _list(data: dict[str, Any]) -> CodeList:
    codes = {each["code"]: CodeValue(**each) for each in data.pop("codes")}
    if is_oid(data["name"]):
        data["system"] = f"urn:oid:{data['name']}"
    return CodeList(**data, codes=codes)
