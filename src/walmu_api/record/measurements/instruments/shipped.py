"""The registry that ships with the product, read once from `registry.yaml`."""

from functools import cache
from importlib import resources
from typing import Any

import yaml

from walmu_api.record.measurements.instruments.rules import (
    OPEN_RANGE,
    FormVersion,
    Instrument,
    Licence,
    Names,
    Scale,
)


@cache
def instruments() -> dict[str, Instrument]:
    """By code."""
    text = resources.files("walmu_api.record.measurements.instruments").joinpath("registry.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return {each["code"]: _instrument(each, loaded["edition"]) for each in loaded["instruments"]}


def _instrument(told: dict[str, Any], edition: int) -> Instrument:
    terms = Licence(told["terms"], told.get("needs_licence", False), told["evidence"].strip(), told["checked_on"])
    return Instrument(
        told["code"], told["kind"], Names(**told["names"]), told.get("owner"),
        [FormVersion(each["code"], each["languages"]) for each in told["form_versions"]], told["respondents"],
        [_scale(told, *each) for each in told["scales"]], terms, shipped=True, edition=edition,
    )  # fmt: skip


def _scale(
    told: dict[str, Any], code: str, fi: str, sv: str, en: str,
    least: float | None, most: float | None, direction: str, items: int | None,
) -> Scale:  # fmt: skip
    known = least is not None and most is not None
    low, high = (float(least), float(most)) if least is not None and most is not None else OPEN_RANGE
    return Scale(
        code, Names(fi, sv, en), low, high, known, direction, items,
        is_total=code in told.get("totals", ()), form_versions=told.get("only_in", {}).get(code, []),
    )  # fmt: skip
