"""Idempotency-Key, ETag and If-Match over HTTP."""

import asyncio
from typing import Any

import pytest
from tests.conftest import TenantFixture, forward, identity_code

from walmu_api.foundation import preconditions
from walmu_api.foundation.clock import Clock


def entry(**changes: Any) -> dict[str, Any]:
    return {"family_name": "Avain", "given_names": "Testi", "turvakielto": False} | changes


async def count(world: TenantFixture, table: str = "clients") -> int:
    found: int = await world.owner.fetchval(
        f"select count(*) from {table} where organiser_id = $1", world.organiser_id
    )
    return found


async def test_the_same_key_and_body_get_the_stored_answer(world: TenantFixture) -> None:
    first = await world.organiser.post("/v1/clients", entry(), Idempotency_Key="k-1")
    again = await world.organiser.post("/v1/clients", entry(), Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert [again.headers[name] for name in ("location", "etag", "idempotency-replayed", "content-type")] == [
        first.headers["location"],
        first.headers["etag"],
        "true",
        "application/json",
    ]
    assert "idempotency-replayed" not in first.headers
    assert await count(world) == 1


async def test_a_replayed_answer_is_in_the_use_log_too(world: TenantFixture) -> None:
    first = await world.organiser.post("/v1/clients", entry(), Idempotency_Key="k-1")
    await world.organiser.post("/v1/clients", entry(), Idempotency_Key="k-1")
    rows = await world.use_log(operation="createClient")
    assert [[str(client) for client in row["client_ids"]] for row in rows] == [[first.json()["id"]]] * 2


async def test_the_same_key_with_another_body_is_refused(world: TenantFixture) -> None:
    await world.organiser.post("/v1/clients", entry(), Idempotency_Key="k-1")
    other = await world.organiser.post("/v1/clients", entry(given_names="Toinen"), Idempotency_Key="k-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert await count(world) == 1


async def test_a_key_belongs_to_one_system_and_one_operation(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    answers = [
        await world.organiser.post("/v1/clients", entry(), Idempotency_Key="same"),
        await elsewhere.organiser.post("/v1/clients", entry(), Idempotency_Key="same"),
        await world.organiser.post(
            "/v1/organisations", {"kind": "provider", "name": "Kolmas"}, Idempotency_Key="same"
        ),
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert not any("idempotency-replayed" in answer.headers for answer in answers)


async def test_two_at_once_do_the_work_once(world: TenantFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = preconditions.keep

    async def slowly(*arguments: Any) -> None:
        await asyncio.sleep(0.3)
        await keep(*arguments)

    monkeypatch.setattr(preconditions, "keep", slowly)
    answers = await asyncio.gather(
        *(world.organiser.post("/v1/clients", entry(), Idempotency_Key="k") for _ in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    assert (late.json()["code"], late.headers["retry-after"]) == ("idempotency-in-progress", "1")
    assert (await world.organiser.post("/v1/clients", entry(), Idempotency_Key="k")).headers[
        "idempotency-replayed"
    ] == "true"
    assert await count(world) == 1


async def test_a_refusal_is_not_stored_and_worked_out_again(world: TenantFixture) -> None:
    code = identity_code()
    holder = await world.client(identity={"system": "urn:oid:1.2.246.21", "value": code})
    wanted = entry(identity={"system": "urn:oid:1.2.246.21", "value": code})
    refused = await world.organiser.post("/v1/clients", wanted, Idempotency_Key="k")
    assert refused.status_code == 409
    assert await count(world, "idempotency_keys") == 0
    freed = {name: holder[name] for name in ("family_name", "given_names", "turvakielto", "source_id")}
    assert (
        await world.organiser.put(f"/v1/clients/{holder['id']}", freed, If_Match='"1"')
    ).status_code == 200
    assert (await world.organiser.post("/v1/clients", wanted, Idempotency_Key="k")).status_code == 201


async def test_a_creation_needs_a_key_or_a_source_id(world: TenantFixture) -> None:
    answer = await world.organiser.post("/v1/clients", entry())
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-required")
    assert (await world.organiser.post("/v1/clients", entry(source_id="s"))).status_code == 201


@pytest.mark.parametrize("key", [b"", b"a b", b"x" * 256, "ä".encode()])
async def test_a_key_is_1_to_255_visible_ascii_characters(world: TenantFixture, key: bytes) -> None:
    answer = await world.organiser.http.post("/v1/clients", json=entry(), headers=[(b"Idempotency-Key", key)])
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"


async def test_stored_answers_are_encrypted(world: TenantFixture) -> None:
    code = identity_code()
    await world.organiser.post(
        "/v1/clients", entry(identity={"system": "urn:oid:1.2.246.21", "value": code}), Idempotency_Key="k"
    )
    stored = await world.owner.fetchval(
        "select answer from idempotency_keys where organiser_id = $1", world.organiser_id
    )
    assert code.encode() not in stored
    assert b"Avain" not in stored


async def test_keys_live_30_days_and_may_then_be_used_anew(world: TenantFixture, clock: Clock) -> None:
    first = await world.organiser.post("/v1/clients", entry(), Idempotency_Key="k")
    forward(clock, days=29.9)
    assert (await world.organiser.post("/v1/clients", entry(), Idempotency_Key="k")).content == first.content
    forward(clock, days=30.1)
    other = await world.organiser.post("/v1/clients", entry(given_names="Uusi"), Idempotency_Key="k")
    assert other.status_code == 201
    assert other.json()["id"] != first.json()["id"]
    again = await world.organiser.post("/v1/clients", entry(given_names="Uusi"), Idempotency_Key="k")
    assert again.content == other.content


async def test_an_act_may_be_repeated_with_its_key(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    ending = {"ends_on": world.day(1), "reason": "Siirtyi palkkatyöhön"}
    path = f"/v1/agreements/{agreement['id']}/end"
    first = await world.provider_a.post(path, ending, Idempotency_Key="end")
    again = await world.provider_a.post(path, ending, Idempotency_Key="end")
    assert (first.status_code, again.content, again.headers["idempotency-replayed"]) == (
        200,
        first.content,
        "true",
    )


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 428, "precondition-required"),
        ('"9"', 412, "stale-version"),
        ('W/"1"', 412, "stale-version"),
        ("1", 412, "stale-version"),
    ],
)
async def test_a_change_needs_the_etag_that_was_read(
    world: TenantFixture, header: str | None, status: int, code: str
) -> None:
    client = await world.client(source_id="s")
    answer = await world.organiser.put(
        f"/v1/clients/{client['id']}", entry(source_id="s"), **({"If_Match": header} if header else {})
    )
    assert (answer.status_code, answer.json()["code"], answer.headers["etag"]) == (status, code, '"1"')


@pytest.mark.parametrize("header", ['"1"', "*", '"7", "1"'])
async def test_the_etag_alone_in_a_list_or_any_lets_the_change_pass(
    world: TenantFixture, header: str
) -> None:
    client = await world.client(source_id="s")
    answer = await world.organiser.put(f"/v1/clients/{client['id']}", entry(source_id="s"), If_Match=header)
    assert (answer.status_code, answer.headers["etag"], answer.json()["version"]) == (200, '"2"', 2)


async def test_the_same_content_again_needs_no_etag_and_makes_no_version(world: TenantFixture) -> None:
    client = await world.client(source_id="s")
    same = {
        name: client[name] for name in ("family_name", "given_names", "turvakielto", "identity", "source_id")
    }
    before = await count(world, "journal")
    answer = await world.organiser.put(f"/v1/clients/{client['id']}", same)
    assert (answer.status_code, answer.headers["etag"], answer.json()) == (200, '"1"', client)
    assert await count(world, "journal") == before


@pytest.mark.parametrize(
    ("header", "status"), [('"1"', 304), ('W/"1"', 304), ("*", 304), ('"2"', 200), ('"7", "1"', 304)]
)
async def test_a_read_with_a_known_etag_is_304_without_a_body(
    world: TenantFixture, header: str, status: int
) -> None:
    client = await world.client()
    answer = await world.organiser.get(f"/v1/clients/{client['id']}", If_None_Match=header)
    assert (answer.status_code, answer.headers["etag"]) == (status, '"1"')
    assert (answer.content == b"") == (status == 304)


async def test_two_changes_at_once_from_the_same_version_let_one_pass(world: TenantFixture) -> None:
    client = await world.client(source_id="s")
    answers = await asyncio.gather(
        *(
            world.organiser.put(
                f"/v1/clients/{client['id']}", entry(given_names=f"N{at}", source_id="s"), If_Match='"1"'
            )
            for at in range(5)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
