"""The sender's own keys when a record is replaced."""

from tests.conftest import TenantFixture


async def test_a_source_id_that_another_record_has_is_refused_when_replacing(world: TenantFixture) -> None:
    first, second = await world.client(source_id="a-1"), await world.client(source_id="a-2")
    entry = {"family_name": "Esimerkki", "given_names": "Testi", "turvakielto": False, "source_id": "a-1"}
    answer = await world.organiser.put(f"/v1/clients/{second['id']}", entry, If_Match='"1"')
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate-source")
    relationships = [await world.relationship(client["id"]) for client in (first, second)]
    changed = {name: relationships[1][name] for name in relationships[1] if name not in {"id", "version"}}
    changed = {name: value for name, value in changed.items() if not name.startswith("recorded")}
    changed["source_id"] = relationships[0]["source_id"]
    path = f"/v1/service-relationships/{relationships[1]['id']}"
    answer = await world.organiser.put(path, changed, If_Match='"1"')
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate-source")


async def test_a_source_id_given_when_replacing_is_found_by_its_sender(world: TenantFixture) -> None:
    entry = {"family_name": "Esimerkki", "given_names": "Testi", "turvakielto": False}
    client = (await world.organiser.post("/v1/clients", entry, Idempotency_Key="k-1")).json()
    answer = await world.organiser.put(
        f"/v1/clients/{client['id']}", entry | {"source_id": "later"}, If_Match='"1"'
    )
    assert answer.status_code == 200, answer.text
    found = (await world.organiser.get("/v1/clients?source_id=later")).json()["items"]
    assert [item["id"] for item in found] == [client["id"]]
