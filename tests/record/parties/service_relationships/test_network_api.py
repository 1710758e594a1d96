"""The network of a service relationship: who else works with the client, and what of it a provider is told."""

from typing import Any

from tests.conftest import ApiClient, TenantFixture
from tests.record.parties.service_relationships.test_service_relationships_api import change

KELA: dict[str, Any] = {
    "role": "kela",
    "organisation": "Kela",
    "person": {
        "family_name": "Virkailija",
        "given_names": "Veera",
        "title": "asiantuntija",
        "phone": "+358 20 11",
        "email": "veera@kela.test",
    },
    "agreed": "Kuntoutustuki haetaan.",
}
HOME: dict[str, Any] = {
    "role": "housing_unit",
    "organisation": "Piilokodit",
    "person": {"family_name": "Piilo", "given_names": "Pia", "phone": "+358 20 22"},
    "agreed": "Kuljetus aamuisin.",
}
OWN = {"family_name": "Oma", "given_names": "Outi", "title": "sosiaaliohjaaja"}


async def test_a_relationship_tells_of_its_network(world: TenantFixture) -> None:
    client = await world.client()
    members: dict[str, Any] = {"network": [KELA, HOME], "own_worker": OWN, "benefit_matters_included": True}
    first = await world.relationship(client["id"], **members)
    assert {name: first[name] for name in members} == members
    path = f"/v1/service-relationships/{first['id']}"
    assert (await world.provider_a.get(path)).json() == first
    second = await change(world, first, network=[KELA])
    assert second["network"] == [KELA]
    assert (await world.provider_a.get(f"{path}/versions/1")).json() == first
    refused = await world.provider_a.put(path, {}, If_Match='"2"')
    assert refused.status_code == 403


async def test_a_role_is_one_of_the_list(world: TenantFixture) -> None:
    client = await world.client()
    first = await world.relationship(client["id"])
    entry = {
        name: value
        for name, value in first.items()
        if name not in {"id", "version", "recorded_at", "recorded_by"}
    }
    answer = await world.organiser.put(
        f"/v1/service-relationships/{first['id']}",
        entry | {"network": [KELA, {"role": "bank"}]},
        If_Match='"1"',
    )
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/network/1/role", "unknown-code")
    ]


async def test_of_a_protected_client_a_provider_learns_neither_home_nor_contacts(
    world: TenantFixture,
) -> None:
    client = await world.client(turvakielto=True)
    first = await world.relationship(client["id"], network=[KELA, HOME])
    path = f"/v1/service-relationships/{first['id']}"
    await change(world, first, network=[HOME, KELA])
    hidden = [
        KELA["person"]["phone"],
        KELA["person"]["email"],
        "Piilokodit",
        "Pia",
        HOME["person"]["phone"],
        HOME["agreed"],
    ]

    async def texts(speaker: ApiClient) -> dict[str, str]:
        links = (path, "/v1/service-relationships", f"{path}/versions/1", f"{path}/versions/2", "/v1/changes")
        answers: dict[str, Any] = {link: await speaker.get(link) for link in links}
        assert {answer.status_code for answer in answers.values()} == {200}
        return {link: answer.text for link, answer in answers.items()}

    for link, text in (await texts(world.organiser)).items():
        assert [each for each in hidden if each not in text] == [], link
    for link, text in (await texts(world.provider_a)).items():
        assert [each for each in hidden if each in text] == [], link
        assert "Virkailija" in text
        assert KELA["agreed"] in text
    data = (await world.provider_a.get(path)).json()["network"]
    assert data[0] == {"role": "housing_unit"}
