"""The code systems that ship with the product, read once."""

from functools import cache
from importlib import resources
from typing import Any

import yaml

from walmu_api.record.codes.rules import CodeList, CodeValue


@cache
def code_lists() -> dict[str, CodeList]:
    text = resources.files("walmu_api.record.codes").joinpath("lists.yaml").read_text(encoding="utf-8")
    loaded: list[dict[str, Any]] = yaml.safe_load(text)
    return {
        each["name"]: CodeList(
            each["name"], each["verified"], each["source"], {c["code"]: CodeValue(**c) for c in each["codes"]}
        )
        for each in loaded
    }


def find(name: str) -> CodeList | None:
    return code_lists().get(name.removeprefix("urn:oid:"))


def codes_of(name: str) -> frozenset[str]:
    return frozenset(code_lists()[name].codes)
