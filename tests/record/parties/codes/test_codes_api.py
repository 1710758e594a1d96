"""Code systems over HTTP: labels in three languages, what was valid on a day, and the organiser's own additions."""

import asyncio
from typing import Any

import pytest
from tests.conftest import TenantFixture

from walmu_api.record.parties.codes.shipped import shipped_lists

REASONS = "/v1/code-systems/absence_reason"
FUNERAL: dict[str, Any] = {
    "fi": "Hautajaiset",
    "sv": "Begravning",
    "en": "Funeral",
    "easy_fi": "Olit hautajaisissa.",
    "valid_from": "2020-01-01",
    "mapping": {"system": "urn:oid:1.2.246.537.6.126", "code": "Y30", "display": "Asiakkaasta johtuva syy"},
}


async def test_every_list_is_given_whole_and_by_name(world: TenantFixture) -> None:
    listed = (await world.workplace.get("/v1/code-systems")).json()
    assert listed["next"] is None
    assert [each["name"] for each in listed["items"]] == list(shipped_lists())
    for each in listed["items"]:
        for name in (each["name"], f"urn:oid:{each['name']}" if each["name"][0].isdigit() else each["name"]):
            assert (await world.workplace.get(f"/v1/code-systems/{name}")).json() == each
    assert (await world.workplace.get("/v1/code-systems/kissa")).status_code == 404
    assert (await world.workplace.get("/v1/code-systems/KISSA")).status_code == 422


async def test_a_list_says_what_it_is_and_how_much_of_it_is_known(world: TenantFixture) -> None:
    national = (await world.provider_a.get("/v1/code-systems/1.2.246.537.6.126")).json()
    assert (national["oid"], national["system"]) == ("1.2.246.537.6.126", "urn:oid:1.2.246.537.6.126")
    assert (national["verified"], national["additions"], national["code_count"]) == (False, False, 2)
    ours = (await world.provider_a.get(REASONS)).json()
    assert "oid" not in ours
    assert (ours["verified"], ours["additions"], ours["title"]["sv"]) == (True, True, "Orsak till frånvaro")
    own_illness = next(each for each in ours["codes"] if each["code"] == "own_illness")
    assert (own_illness["easy_fi"], own_illness["mapping"]["code"]) == ("Olit sairas.", "Y30")


@pytest.mark.parametrize(
    ("day", "codes"), [("2024-12-31", {"KVL_519_1977_35"}), ("2025-01-01", {"VPL_675_2023_27"})]
)
async def test_only_what_is_valid_on_the_day(world: TenantFixture, day: str, codes: set[str]) -> None:
    data = (await world.organiser.get(f"/v1/code-systems/legal_basis?valid_at={day}")).json()
    assert {each["code"] for each in data["codes"]} & {"KVL_519_1977_35", "VPL_675_2023_27"} == codes
    assert data["code_count"] == len(data["codes"])


async def test_the_same_lists_again_are_304(world: TenantFixture) -> None:
    for path in ("/v1/code-systems", REASONS):
        first = await world.provider_a.get(path)
        again = await world.provider_a.get(path, If_None_Match=first.headers["etag"])
        assert (again.status_code, again.content) == (304, b"")
    await world.organiser.put(f"{REASONS}/codes/funeral", FUNERAL)
    changed = await world.provider_a.get(REASONS, If_None_Match=first.headers["etag"])
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


async def test_a_code_of_ones_own_may_be_used_at_once_and_by_this_organiser_only(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    response = await world.organiser.put(f"{REASONS}/codes/funeral", FUNERAL)
    assert (response.status_code, response.headers["etag"], response.headers["location"]) == (
        201,
        '"1"',
        f"{REASONS}/codes/funeral",
    )
    assert response.json().items() >= {"code": "funeral", "version": 1, **FUNERAL}.items()
    for each, expected in ((world, 201), (elsewhere, 422)):
        agreement = await each.signed_agreement()
        day = f"/v1/agreements/{agreement['id']}/attendance/{each.day(3)}"
        data = {"status": "absent", "absence_reason": "funeral"}
        assert (await each.provider_a.put(day, data)).status_code == expected
        line = data | {"agreement_id": agreement["id"], "date": each.day(4)}
        batch = (await each.provider_a.post("/v1/attendance-batches", {"items": [line]})).json()
        assert batch["counts"]["created"] == (expected == 201)
        absent = f"/v1/agreements/{agreement['id']}/attendance/{each.day(5)}"
        assert (await each.provider_a.put(absent, {"status": "absent"})).status_code == 201
        why = {"reason": "funeral", "given_by": "client", "given_on": each.day(5)}
        assert (await each.provider_a.put(f"{absent}/justification", why)).status_code == expected
    assert (await elsewhere.organiser.get(f"{REASONS}/codes/funeral")).status_code == 404
    assert "funeral" not in (await elsewhere.organiser.get(REASONS)).text
    assert (await world.workplace.get(f"{REASONS}/codes/funeral")).json() == response.json()


async def test_a_code_is_changed_under_if_match_and_ended_never_deleted(world: TenantFixture) -> None:
    path = f"{REASONS}/codes/funeral"
    assert (await world.organiser.put(path, FUNERAL, If_Match='"1"')).status_code == 412
    assert (await world.organiser.put(path, FUNERAL)).status_code == 201
    again = await world.organiser.put(path, FUNERAL)
    assert (again.status_code, again.headers["etag"]) == (200, '"1"')
    ended = FUNERAL | {"valid_to": world.day(10)}
    assert (await world.organiser.put(path, ended)).status_code == 428
    assert (await world.organiser.put(path, ended, If_Match='"9"')).status_code == 412
    assert (await world.organiser.put(path, ended, If_Match='"1"')).headers["etag"] == '"2"'
    agreement = await world.signed_agreement()
    for days_ago, expected in ((10, 201), (9, 422)):
        day = f"/v1/agreements/{agreement['id']}/attendance/{world.day(days_ago)}"
        answer = await world.provider_a.put(day, {"status": "absent", "absence_reason": "funeral"})
        assert answer.status_code == expected
    assert (await world.organiser("DELETE", path)).status_code == 405


async def test_a_shipped_code_may_be_said_otherwise(world: TenantFixture) -> None:
    path = f"{REASONS}/codes/transport_failed"
    there = await world.organiser.get(path)
    assert (there.headers["etag"][:3], "recorded_at" in there.json()) == ('"0-', False)
    entry = {name: value for name, value in there.json().items() if name != "code"}
    assert (await world.organiser.put(path, entry)).status_code == 200
    other = entry | {"fi": "Kyyti jäi tulematta"}
    assert (await world.organiser.put(path, other)).status_code == 428
    assert (await world.organiser.put(path, other, If_Match=there.headers["etag"])).status_code == 200
    data = (await world.provider_a.get(REASONS)).json()
    assert [each["fi"] for each in data["codes"] if each["code"] == "transport_failed"] == [
        "Kyyti jäi tulematta"
    ]
    assert data["code_count"] == len(shipped_lists()["absence_reason"].codes)


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"valid_to": "2019-12-31"}, "/valid_to", "out-of-order"),
        ({"fi": "=HYPERLINK(1)"}, "/fi", "invalid-value"),
        ({"sv": "@x"}, "/sv", "invalid-value"),
        (
            {"mapping": FUNERAL["mapping"] | {"system": "urn:oid:1.2.3.4"}},
            "/mapping/system",
            "wrong-code-system",
        ),
        ({"mapping": {"system": "urn:oid:1.2.246.537.6.126", "code": "Y30"}}, "/mapping/display", "missing"),
        ({"version": 1}, "/version", "read-only"),
    ],
)
async def test_what_a_code_may_not_hold(
    world: TenantFixture, changes: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await world.organiser.put(f"{REASONS}/codes/funeral", FUNERAL | changes)
    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


async def test_a_mapping_stays_as_it_was_given(world: TenantFixture) -> None:
    path = f"{REASONS}/codes/funeral"
    without = {name: value for name, value in FUNERAL.items() if name != "mapping"}
    assert (await world.organiser.put(path, without)).status_code == 201
    assert (await world.organiser.put(path, FUNERAL, If_Match='"1"')).status_code == 200
    other = FUNERAL | {"mapping": FUNERAL["mapping"] | {"code": "Y32"}}
    for entry in (other, without):
        answer = await world.organiser.put(path, entry, If_Match='"2"')
        assert [error["code"] for error in answer.json()["errors"]] == ["mapping-fixed"]


@pytest.mark.parametrize(
    "name", ["attendance_status", "service_kind", "agreement_kind", "1.2.246.537.6.1221"]
)
async def test_lists_that_rules_or_others_own_take_no_additions(world: TenantFixture, name: str) -> None:
    answer = await world.organiser.put(f"/v1/code-systems/{name}/codes/own", {"fi": "Oma"})
    assert (answer.status_code, answer.json()["code"]) == (409, "code-system-closed")


async def test_only_the_organiser_adds_codes(world: TenantFixture) -> None:
    for speaker in (world.provider_a, world.workplace, world.ehr, world.auditor):
        assert (await speaker.put(f"{REASONS}/codes/funeral", FUNERAL)).status_code == 403
    assert (await world.organiser.put("/v1/code-systems/kissa/codes/x", {"fi": "x"})).status_code == 404


async def test_of_two_who_add_the_same_code_at_once_one_makes_it(world: TenantFixture) -> None:
    entries = [{"fi": f"Syy {number}"} for number in range(4)]
    answers = await asyncio.gather(
        *(world.organiser.put(f"{REASONS}/codes/same", entry) for entry in entries)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 428, 428, 428]


async def test_the_organisers_feed_tells_that_a_list_changed(world: TenantFixture) -> None:
    _, link = await world.feed(world.organiser)
    await world.organiser.put(f"{REASONS}/codes/funeral", FUNERAL)
    await world.organiser.put(f"{REASONS}/codes/funeral", FUNERAL | {"en": "Burial"}, If_Match='"1"')
    items, _ = await world.feed(world.organiser, link)
    assert [(each["resource_type"], each["change"], each["version"]) for each in items] == [
        ("code-system", "created", 1),
        ("code-system", "updated", 2),
    ]
    assert (await world.organiser.get(items[0]["url"])).json()["name"] == "absence_reason"
    replaced = "select replaced from journal where organiser_id = $1 and resource_type = 'code-system' and version = 2"
    assert '"Funeral"' in await world.owner.fetchval(replaced, world.organiser_id)
    assert (
        await world.owner.fetchval("select count(*) from codes where organiser_id = $1", world.organiser_id)
        == 1
    )


def test_our_own_lists_have_labels_in_three_languages() -> None:
    ours = {name: each for name, each in shipped_lists().items() if each.title.get("en")}
    assert len(ours) == 13
    missing = [
        (name, code.code)
        for name, each in ours.items()
        for code in each.codes.values()
        if not (code.fi and code.sv and code.en)
    ]
    assert missing == []


def test_what_ships_of_national_sets_is_told_as_a_part_and_mappings_point_into_it() -> None:
    lists = shipped_lists()
    assert not any(each.verified for each in lists.values() if each.oid)
    mapped = [code.mapping for each in lists.values() for code in each.codes.values() if code.mapping]
    assert len(mapped) > 10
    for mapping in mapped:
        known = lists[mapping["system"].removeprefix("urn:oid:")].codes[mapping["code"]]
        assert known.fi == mapping["display"]


@pytest.mark.parametrize(
    ("name", "count"),
    [("coaching_kind", 7), ("diary_kind", 11), ("1.2.246.537.6.1282", 12), ("1.2.246.537.6.1506", 45)],
)
def test_lists_that_the_references_prove_are_there(name: str, count: int) -> None:
    assert len(shipped_lists()[name].codes) == count


async def test_a_label_of_blanks_is_none(world: TenantFixture) -> None:
    for label, pointer in ((FUNERAL | {"fi": " "}, "/fi"), (FUNERAL | {"sv": "\u00a0"}, "/sv")):
        refused = await world.organiser.put(f"{REASONS}/codes/blank", label)
        assert refused.status_code == 422, refused.text
        assert [each["pointer"] for each in refused.json()["errors"]] == [pointer]
