"""The registry that ships with the product, read once from `registry.yaml`."""

from functools import cache
from typing import Any

from walmu_api.foundation.data_files import read_yaml
from walmu_api.record.everyday.measurements.instruments.rules import (
    FIRST_FORM,
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
    package = "walmu_api.record.everyday.measurements.instruments"
    loaded: dict[str, Any] = read_yaml(package, "registry.yaml")
    return {each["code"]: _instrument(each, loaded["edition"]) for each in loaded["instruments"]}


def _instrument(data: dict[str, Any], edition: int) -> Instrument:
    terms = Licence(
        data["terms"], data.get("needs_licence", False), data["evidence"].strip(), data["checked_on"]
    )
    return Instrument(
        data["code"],
        data["kind"],
        Names(**data["names"]),
        data.get("owner"),
        [
            FormVersion(each["code"], each["languages"], each.get("since", FIRST_FORM))
            for each in data["form_versions"]
        ],
        data["respondents"],
        [_scale(data, *each) for each in data["scales"]],
        terms,
        shipped=True,
        edition=edition,
    )


def _scale(
    data: dict[str, Any],
    code: str,
    fi: str,
    sv: str,
    en: str,
    least: float | None,
    most: float | None,
    direction: str,
    items: int | None,
) -> Scale:
    known = least is not None and most is not None
    low, high = (float(least), float(most)) if least is not None and most is not None else OPEN_RANGE
    return Scale(
        code,
        Names(fi, sv, en),
        low,
        high,
        known,
        direction,
        items,
        is_total=code in data.get("totals", ()),
        form_versions=data.get("only_in", {}).get(code, []),
    )
