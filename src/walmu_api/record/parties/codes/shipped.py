"""The code systems that ship with the product, read once: ours, and the proven part of the national ones."""

from functools import cache
from typing import Any

from walmu_api.foundation.data_files import read_yaml
from walmu_api.record.parties.codes.rules import CodeList, CodeValue, is_oid


@cache
def shipped_lists() -> dict[str, CodeList]:
    names = ("ours.yaml", "national.yaml")
    data = [each for name in names for each in read_yaml("walmu_api.record.parties.codes", "lists", name)]
    return {each["name"]: _list(each) for each in data}


def _list(data: dict[str, Any]) -> CodeList:
    codes = {each["code"]: CodeValue(**each) for each in data.pop("codes")}
    if is_oid(data["name"]):
        data["system"] = f"urn:oid:{data['name']}"
    return CodeList(**data, codes=codes)
