"""No worker's id is a personal identity code, however it is written."""

import pytest
from pydantic import ValidationError

from walmu_api.foundation.persons import Person

NAMES = {"family_name": "Korhonen", "given_names": "Aino"}
CODES = [
    "131052-930T",
    "131052-930t",
    "u-131052-930T",
    "131052\N{EN DASH}930T",
    "131052\N{MINUS SIGN}930T",
    "131052\N{NON-BREAKING HYPHEN}930T",
    "".join(chr(ord(each) + 0xFEE0) for each in "131052-930T"),
    "131052 930T",
    "131052 \N{EN DASH} 930T",
]


@pytest.mark.parametrize("code", CODES)
def test_no_identity_code_is_a_workers_id(code: str) -> None:
    with pytest.raises(ValidationError) as found:
        Person.model_validate(NAMES | {"id": code})
    assert [error["loc"] for error in found.value.errors()] == [("id",)]


@pytest.mark.parametrize(
    "known", ["u-1234", "Väinö Ohjaaja", "131052", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "１２"]
)
def test_other_ids_stay_as_they_are_written(known: str) -> None:
    assert Person.model_validate(NAMES | {"id": known}).id == known
