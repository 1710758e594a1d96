"""What a merge and a change of code must not tell, lose or break: each test was a fault once."""

from datetime import date
from typing import Any

import pytest
from tests.adapters.national import test_own_tables as own_tables
from tests.adapters.national.test_frozen_documents import path_of, signed
from tests.conftest import TenantFixture, forward, identity_code, identity_code_of
from tests.record.everyday.attendance.imports import sheets
from tests.record.everyday.attendance.imports import test_imports_api as days
from tests.record.everyday.measurements import test_imports_api as answers
from tests.record.parties.clients.test_codes_over_time_api import coded, entry_of, found, recoded
from tests.record.parties.clients.test_merging_api import client_now, merge, served, unmerge


async def test_a_provider_reads_documents_of_who_was_taken_out_again(world: TenantFixture) -> None:
    client, agreement = await signed(world)
    other = await world.client(family_name="Entinen")
    assert (await merge(world, {"client": client}, {"client": other})).status_code == 200
    assert (await unmerge(world, {"client": client})).status_code == 200
    answer = await world.provider_a.get(path_of(agreement))
    assert answer.status_code == 200, answer.text


async def test_a_reason_mistyped_can_be_put_right(world: TenantFixture) -> None:
    old = identity_code()
    client = await world.client(**coded(old))
    await world.relationship(client["id"])
    client = await recoded(world, client, identity_code(), "corrected")
    assert await found(world.provider_a, **coded(old)) == [client["id"]]
    path = f"/v1/clients/{client['id']}"
    answer = await world.organiser.put(f"{path}?identity_change=protection", entry_of(client))
    listed = (await world.organiser.get(f"{path}/former-identities")).json()["items"]
    assert (answer.status_code, [each["reason"] for each in listed]) == (200, ["protection"])
    assert await found(world.provider_a, **coded(old)) == []


async def test_the_reason_can_be_told_while_merged(world: TenantFixture) -> None:
    a, b = await served(world, **coded(identity_code())), await served(world)
    a["client"] = await recoded(world, a["client"], identity_code(), None)
    assert (await merge(world, a, b)).status_code == 200
    (finding,) = (await world.organiser.get("/v1/client-findings")).json()["items"]
    assert finding == {"code": "identity-changed", "client_id": b["client"]["id"]}
    now = await client_now(world, b)
    path = f"/v1/clients/{now['id']}?identity_change=corrected"
    assert (await world.organiser.put(path, entry_of(now))).status_code == 200
    assert (await world.organiser.get("/v1/client-findings")).json()["items"] == [], "it can be settled"


async def test_a_reason_sent_again_says_nothing_of_the_code_before(world: TenantFixture) -> None:
    client = await world.client(**coded(identity_code()))
    for _ in range(2):
        client = await recoded(world, client, identity_code(), None)
    path = f"/v1/clients/{client['id']}"
    for _ in range(2):
        answer = await world.organiser.put(f"{path}?identity_change=protection", entry_of(client))
        assert answer.status_code == 200, answer.text
    listed = (await world.organiser.get(f"{path}/former-identities")).json()["items"]
    assert [each["reason"] for each in listed] == ["unknown", "protection"]


async def test_a_code_that_is_anothers_now_leads_no_provider_to_the_former_one(world: TenantFixture) -> None:
    """The clerk typed somebody else's code and corrected it; the provider of the wrong one looks for the right person."""
    code = identity_code()
    wrong = await world.client(**coded(code))
    await world.relationship(wrong["id"])
    await recoded(world, wrong, identity_code(), "corrected")
    right = await world.client(**coded(code))
    assert await found(world.organiser, **coded(code)) == [right["id"]]
    assert await found(world.provider_a, **coded(code)) == [], (
        "the code is that of somebody whom it does not see"
    )


async def test_a_code_that_was_of_two_leads_no_provider_to_either(world: TenantFixture) -> None:
    code = identity_code()
    first = await world.client(**coded(code))
    await world.relationship(first["id"])
    await recoded(world, first, identity_code(), "corrected")
    second = await world.client(**coded(code))
    await recoded(world, second, identity_code(), "corrected")
    assert await found(world.organiser, **coded(code)) == []
    assert await found(world.provider_a, **coded(code)) == []


async def test_worksheets_record_nothing_of_who_had_somebody_elses_code(world: TenantFixture) -> None:
    code = identity_code()
    wrong = await world.client(**coded(code))
    await days.agreement_of(world, await world.relationship(wrong["id"]), schedule=days.ANY_DAY)
    wrong = await recoded(world, wrong, identity_code(), "corrected")
    await world.client(**coded(code))
    mapping = answers.MAPPING | {"client": {"by": "identity_code", "column": "Asiakas"}}
    for each, expected in ((code, "rejected"), (wrong["identity"]["value"], "created")):
        data = await sheets.done(world.provider_a, f"Hetu;Päivä;Läsnäolo\n{each};{world.day(2)};läsnä\n")
        assert [outcome for _, outcome, _ in days.outcomes_of(data)] == [expected]
        data = await answers.done(world.provider_a, f"{answers.HEAD}{each};Alku;7.9.2026;6,4;5\n", mapping)
        assert [line["outcome"] for line in data["outcomes"]] == [expected]


@pytest.mark.parametrize("name", ["-", "...", "\N{GRINNING FACE}", "´", " . "])
async def test_a_name_without_a_word_finds_nobody(world: TenantFixture, name: str) -> None:
    await world.client()
    assert await found(world.organiser, name=name) == []


async def test_two_whose_names_have_no_words_are_not_alike(world: TenantFixture) -> None:
    born = "1990-02-02"
    await world.client(family_name="-", given_names="?", date_of_birth=born)
    await world.client(family_name="...", given_names="\N{GRINNING FACE}", date_of_birth=born)
    assert (await world.organiser.get("/v1/client-findings")).json()["items"] == []


@pytest.mark.dated
async def test_a_document_with_the_code_of_the_merged_one_is_the_persons(world: TenantFixture) -> None:
    """Former codes are found by documents; the code of the merged one is one of the person's."""
    client, relationship = await own_tables.served(world)
    content = own_tables.document(own_tables.AGREEMENT, client)
    long = {"valid_from": date(2020, 1, 1), "valid_to": date(2030, 1, 1), "decided_on": date(2020, 1, 1)}
    await world.decision(relationship, **long)
    first = await own_tables.send(world.provider_a, own_tables.AGREEMENT, relationship, content)
    assert first.status_code == 201, first.text
    other = await world.client()
    assert (await merge(world, {"client": client}, {"client": other})).status_code == 200
    again = {"structure": own_tables.AGREEMENT.oid, "content": content, "source_id": "d1"}
    again |= {"service_relationship_id": relationship["id"]}
    answer = await world.provider_a.post("/v1/documents", again)
    assert answer.status_code == 201, answer.text


async def test_a_workplace_long_over_is_not_told_of_a_merge(world: TenantFixture) -> None:
    one, two = await served(world), await served(world)
    await at_workplace(world, one["relationship"], starts_on=world.day(170), ends_on=world.day(100))
    _, start = await world.feed(world.workplace)
    assert (await merge(world, one, two)).status_code == 200
    assert (await world.feed(world.workplace, start))[0] == [], "over for longer than the time of grace"


async def test_a_workplace_of_an_offer_taken_back_is_not_told(world: TenantFixture) -> None:
    one, two = await served(world), await served(world)
    agreement = await at_workplace(world, one["relationship"], starts_on=world.day(70))
    path, version = f"/v1/agreements/{agreement['id']}/void", f'"{agreement["version"]}"'
    voided = await world.provider_a.post(path, {"reason": "x"}, If_Match=version)
    assert voided.status_code == 200, voided.text
    _, start = await world.feed(world.workplace)
    forward(world.app_context.clock, days=70)
    assert (await merge(world, one, two)).status_code == 200
    assert (await world.feed(world.workplace, start))[0] == [], "voided 70 days ago"


async def at_workplace(world: TenantFixture, relationship: dict[str, Any], **days: Any) -> dict[str, Any]:
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    return await world.agreement(relationship, await world.decision(relationship), place=place, **days)


async def test_nobody_is_told_apart_from_itself(world: TenantFixture) -> None:
    a, b, c = [(await world.client())["id"] for _ in range(3)]
    assert (await merge(world, {"client": {"id": a}}, {"client": {"id": b}})).status_code == 200
    for one, other in ((a, b), (b, a), (c, a)):
        answer = await world.organiser.post(f"/v1/clients/{one}/not-same", {"from": other, "reason": "x"})
        assert (answer.status_code, answer.json()["url"]) == (409, f"/v1/clients/{b}"), answer.text


async def test_a_verdict_moves_along_on_the_page_of_who_stays(world: TenantFixture) -> None:
    a, b, c = [await world.client() for _ in range(3)]
    verdict = {"from": c["id"], "reason": "Kaksoset"}
    assert (await world.organiser.post(f"/v1/clients/{a['id']}/not-same", verdict)).status_code == 200
    assert (await merge(world, {"client": a}, {"client": b})).status_code == 200
    for asked in (a, b, c):
        answer = (await world.organiser.get(f"/v1/client-findings?client_id={asked['id']}")).json()
        assert [each["reason"] for each in answer["apart"]] == ["Kaksoset"], answer
        (both,) = answer["apart"]
        assert {both["client_id"], both["other_client_id"]} == {b["id"], c["id"]}


async def test_findings_by_the_old_id_are_those_of_who_stays(world: TenantFixture) -> None:
    same = {"family_name": "Testi", "given_names": "Tiina", "date_of_birth": "1990-02-02"}
    a, b, c = [await world.client(**same) for _ in range(3)]
    assert (await merge(world, {"client": a}, {"client": b})).status_code == 200
    (item,) = (await world.organiser.get(f"/v1/client-findings?client_id={a['id']}")).json()["items"]
    assert {item["client_id"], item["other_client_id"]} == {b["id"], c["id"]}


async def test_found_by_name_and_the_birthday_in_the_code(world: TenantFixture) -> None:
    code = coded(identity_code_of("1990-02-02"))
    client = await world.client(family_name="Koivu", given_names="Eeva", **code)
    assert await found(world.organiser, name="eeva koivu", date_of_birth="1990-02-02") == [client["id"]]
    assert await found(world.organiser, name="eeva koivu", date_of_birth="1990-02-03") == []
