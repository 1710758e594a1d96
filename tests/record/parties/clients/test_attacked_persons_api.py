"""What a merge and a change of code must not tell, lose or break: each test was a fault once."""

from tests.adapters.national.test_frozen_documents import path_of, signed
from tests.conftest import TenantFixture, identity_code
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
