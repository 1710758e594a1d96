"""Identity codes and business ids."""

import pytest
from tests.conftest import identity_code

from walmu_api.foundation import identity_codes
from walmu_api.foundation.identity_codes import is_business_id, personal_identity_code

GOOD = ("020516C903K", "131052-308T", "311080-999X")


@pytest.mark.parametrize("code", GOOD)
def test_a_well_formed_identity_code_is_one(code: str) -> None:
    assert personal_identity_code(code) == code
    assert personal_identity_code(f" {code.lower()} ") == code


@pytest.mark.parametrize("separator", "-YXWVU")
def test_every_separator_of_the_last_century_is_taken_and_kept(separator: str) -> None:
    assert personal_identity_code(f"311080{separator}999X") == f"311080{separator}999X"


@pytest.mark.parametrize("separator", "ABCDEF")
def test_every_separator_of_this_century_is_taken_and_kept(separator: str) -> None:
    assert personal_identity_code(f"020516{separator}903K") == f"020516{separator}903K"


@pytest.mark.parametrize(
    "code",
    [
        "131052-308U",
        "131052/308T",
        "131052308T",
        "321080-999X",
        "310280-999X",
        "311080-0019",
        "311080G999X",
        "",
        "311080-999",
        "311080-999XX",
        "311080-999O",
        "290201-900A",
        "٣١١٠٨٠-999X",
        "311080-999X\n\n1",
    ],
)
def test_anything_else_is_not(code: str) -> None:
    assert personal_identity_code(code) is None


@pytest.mark.parametrize("code", ["3١1080-999X", "31108٠-999X", "311080–999X", "３11080-999X", "311080-999Ⅹ"])
def test_digits_and_dashes_of_other_alphabets_are_refused_although_the_library_reads_some(code: str) -> None:
    assert personal_identity_code(code) is None


def test_only_the_900_series_is_synthetic() -> None:
    assert identity_codes.is_synthetic("311080-999X")
    assert identity_codes.is_synthetic(identity_code())
    assert not identity_codes.is_synthetic("131052-308T")


@pytest.mark.parametrize("code", [*GOOD, "311080y999x", identity_code(5)])
@pytest.mark.parametrize("text", ["{}", "x={}&y", "/clients/{}/", '"{}"', "a {} b"])
def test_an_identity_code_is_found_in_longer_text(code: str, text: str) -> None:
    assert identity_codes.ANYWHERE.sub("", text.format(code)) == text.format("")


@pytest.mark.parametrize("business_id", ["0204819-8", "0245929-6", "0166906-4", "2795153-5"])
def test_a_business_id_has_a_check_digit(business_id: str) -> None:
    assert is_business_id(business_id)
    wrong = f"{business_id[:-1]}{(int(business_id[-1]) + 1) % 10}"
    assert not is_business_id(wrong)


@pytest.mark.parametrize(
    "text", ["204819-8", "02048198", "0204819-", "0204819-8 ", "0204819-8\n", "٠204819-8", "0000001-1"]
)
def test_what_is_written_otherwise_is_no_business_id(text: str) -> None:
    assert not is_business_id(text)


@pytest.mark.parametrize(
    "text",
    ["FI02048198", "FI0204819-8", "fi0204819-8", "02 04819-8", "0204819–8", "０204819-8", "0204819--8"],
)
def test_a_spelling_that_only_the_library_takes_is_no_business_id(text: str) -> None:
    assert not is_business_id(text)


@pytest.mark.parametrize(
    ("system", "value", "canonical"),
    [
        ("urn:oid:1.2.246.21", "311080-999x", "311080-999X"),
        ("urn:oid:1.2.246.21", "311080-999Y", None),
        ("urn:oid:1.2.246.10.2795153.22.2026", "311080+9abc", "311080+9ABC"),
        ("urn:oid:1.2.246.10.2795153.10.1.22.2026", "31108019ABC", "31108019ABC"),
        ("urn:oid:1.2.246.10.2795153.22.26", "31108019ABC", None),
        ("urn:oid:1.2.3", "311080-999X", None),
    ],
)
def test_an_identifier_is_judged_by_its_system(system: str, value: str, canonical: str | None) -> None:
    assert identity_codes.identity(system, value) == canonical
