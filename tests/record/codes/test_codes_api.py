"""Code systems: labels in three languages, and what was valid on a day."""

import pytest
from tests.conftest import World

from walmu_api.record.codes.shipped import shipped_lists


async def test_every_list_is_given_whole_and_by_name(world: World) -> None:
    listed = (await world.workplace.get("/v1/code-systems")).json()
    assert listed["next"] is None
    assert [each["name"] for each in listed["items"]] == list(shipped_lists())
    for each in listed["items"]:
        for name in (each["name"], f"urn:oid:{each['name']}" if each["name"][0].isdigit() else each["name"]):
            assert (await world.workplace.get(f"/v1/code-systems/{name}")).json() == each
    assert (await world.workplace.get("/v1/code-systems/kissa")).status_code == 404
    assert (await world.workplace.get("/v1/code-systems/KISSA")).status_code == 422


@pytest.mark.parametrize(("day", "codes"), [("2024-12-31", {"KVL_519_1977_35"}), ("2025-01-01", {"VPL_675_2023_27"})])
async def test_only_what_is_valid_on_the_day(world: World, day: str, codes: set[str]) -> None:
    told = (await world.organiser.get(f"/v1/code-systems/legal_basis?valid_at={day}")).json()
    assert {each["code"] for each in told["codes"]} & {"KVL_519_1977_35", "VPL_675_2023_27"} == codes


def test_our_own_lists_have_labels_in_three_languages() -> None:
    missing = [
        (name, code.code)
        for name, each in shipped_lists().items()
        if not name[0].isdigit()
        for code in each.codes.values()
        if not (code.fi and code.sv and code.en)
    ]
    assert missing == []
