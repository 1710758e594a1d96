"""Another identity code from the record system is held against what is known of the client, as one from a worker is."""

from typing import Any

import pytest
from tests.adapters.ehr.conftest import PERSONAL, Exchange
from tests.conftest import identity_code_of
from tests.record.parties.clients.test_codes_over_time_api import entry_of
from tests.record.parties.clients.test_merging_api import client_now

from walmu_api.foundation.identity_codes import check_character

pytestmark = pytest.mark.enable_socket


def who(code: str, **more: Any) -> dict[str, Any]:
    return {"identity": {"system": PERSONAL, "value": code}} | more


NOT_BORN_YET = f"050540A900{check_character('050540900')}"


@pytest.mark.parametrize("code", [identity_code_of("1955-05-05"), NOT_BORN_YET])
async def test_a_code_that_contradicts_the_birthday_is_refused(exchange: Exchange, code: str) -> None:
    world = exchange.world
    entry = {"family_name": "Esimerkki", "given_names": "Testi", "turvakielto": False, "source_id": "u"}
    if code is not NOT_BORN_YET:
        entry |= {"date_of_birth": "1990-02-02"}
    client = (await world.organiser.post("/v1/clients", entry)).json()
    await exchange.decided(**who(code, client_id=client["id"]))
    now = await client_now(world, {"client": client})
    assert "identity" not in now
    again = await world.organiser.put(f"/v1/clients/{client['id']}", entry_of(now))
    assert again.status_code == 200, again.text


async def test_who_is_alike_by_a_code_from_the_record_system_is_found(exchange: Exchange) -> None:
    world = exchange.world
    same = {"family_name": "Sama", "given_names": "Henkilö", "turvakielto": False}
    one = (await world.organiser.post("/v1/clients", same | {"source_id": "1"})).json()
    two = await world.client(family_name="Sama", given_names="Henkilö", date_of_birth="1955-05-05")
    await exchange.decided(**who(identity_code_of("1955-05-05"), client_id=one["id"]))
    assert "identity" in await client_now(world, {"client": one})
    items = (await world.organiser.get("/v1/client-findings")).json()["items"]
    pairs = [(i["client_id"], i["other_client_id"]) for i in items if i["code"] == "possible-duplicate"]
    assert pairs == [(one["id"], two["id"])]
