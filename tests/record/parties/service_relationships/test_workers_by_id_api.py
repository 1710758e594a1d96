"""A worker is named by the id that the claim `act` has too, so that "mine" can be asked for (changing-world.md 2b)."""

from typing import Any

from tests.conftest import ApiClient, TenantFixture, identity_code

AINO = {"family_name": "Korhonen", "given_names": "Aino", "id": "u-1234"}
RENAMED = AINO | {"family_name": "Korhonen-Laine"}
OTHER = {"family_name": "Korhonen", "given_names": "Aino", "id": "u-9"}


async def ids(speaker: ApiClient, url: str) -> set[str]:
    answer = await speaker.get(url)
    assert answer.status_code == 200, answer.text
    return {item["id"] for item in answer.json()["items"]}


async def relationship(world: TenantFixture, **workers: Any) -> str:
    found = await world.relationship((await world.client())["id"], responsible_workers=workers)
    return str(found["id"])


async def test_each_side_asks_for_the_clients_of_its_own_worker_by_id(world: TenantFixture) -> None:
    plain = {"family_name": "Korhonen", "given_names": "Aino"}
    organisers = await relationship(world, organiser=AINO, provider=plain)
    providers = await relationship(world, organiser=OTHER, provider=RENAMED)
    await relationship(world, organiser=plain, provider=OTHER)
    url = "/v1/service-relationships?responsible_worker="
    assert await ids(world.organiser, f"{url}u-1234") == {organisers}
    assert await ids(world.organiser, f"{url}u-9") == {providers}
    assert await ids(world.provider_a, f"{url}u-1234") == {providers}
    assert await ids(world.provider_b, f"{url}u-1234") == set()
    assert await ids(world.provider_a, f"{url}u-0") == set()
    read = (await world.provider_a.get(f"/v1/service-relationships/{providers}")).json()
    assert read["responsible_workers"] == {"organiser": OTHER, "provider": RENAMED}


async def test_agreements_are_found_by_who_works_at_the_place_and_who_coaches(world: TenantFixture) -> None:
    made = await world.relationship((await world.client())["id"])
    decision = await world.decision(made)
    known = [
        await world.agreement(made, decision, sign=False, **who)
        for who in (
            {"instructors": [OTHER, AINO]},
            {"coach": AINO},
            {"responsible_worker": RENAMED},
            {"instructors": [OTHER], "coach": OTHER},
        )
    ]
    found = await ids(world.provider_a, "/v1/agreements?worker=u-1234")
    assert found == {agreement["id"] for agreement in known[:3]}
    assert known[0]["instructors"] == [OTHER, AINO]


async def test_the_workplace_knows_its_own_instructors_by_id_and_not_the_coach(world: TenantFixture) -> None:
    place = {"organisation_id": str(world.workplace.organisation_id), "name": "Kahvila"}
    agreement = await world.signed_agreement(place=place, instructors=[AINO], coach=OTHER | {"phone": "040"})
    annex = (await world.workplace.get(f"/v1/workplace-agreements/{agreement['id']}")).json()
    assert annex["instructors"] == [AINO]
    assert annex["coach"] == {"family_name": "Korhonen", "given_names": "Aino", "phone": "040"}


async def test_an_id_is_never_an_identity_code(world: TenantFixture) -> None:
    worker = AINO | {"id": identity_code()}
    entry = {"responsible_workers": {"organiser": worker, "provider": AINO}}
    client = (await world.client())["id"]
    made = await world.relationship(client)
    body = {k: v for k, v in made.items() if k not in {"id", "version", "recorded_at", "recorded_by"}}
    answer = await world.organiser.put(
        f"/v1/service-relationships/{made['id']}", body | entry, If_Match='"1"'
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/responsible_workers/organiser/id"
    answer = await world.organiser.get(f"/v1/service-relationships?responsible_worker={worker['id']}")
    assert answer.status_code == 422
