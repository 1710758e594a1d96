"""All that the client-relationship document says: entry, versions, sealed codes of related persons, what a provider sees."""

from typing import Any

import pytest
from tests.conftest import ApiClient, TenantFixture, identity_code

from walmu_api.record.parties.clients.document import as_document, from_document
from walmu_api.record.parties.clients.schemas import ClientEntry

UNIT = {
    "system": "urn:oid:1.2.246.537.6.202",
    "code": "1.2.246.10.12345671.10.1",
    "display": "Vammaispalvelut",
}
TOWN = {"system": "urn:oid:1.2.246.537.6.21", "code": "999", "display": "Salakunta"}
FI = {"system": "urn:oid:1.2.246.537.5.40175", "code": "FI", "display": "suomi"}
ROLE = {"system": "urn:oid:1.2.246.537.6.1284", "code": "32", "display": "Edunvalvoja"}
SOME = {"system": "urn:oid:1.2.246.537.6.1", "code": "1", "display": "Jokin"}
ADDRESS = {"street_address": "Salakuja 1", "postal_code": "48999", "post_office": "Piilokylä"}


def content(code: str) -> dict[str, Any]:
    guardian = {
        "family_name": "Edunvalvoja",
        "given_names": "Eino",
        "title": "edunvalvoja",
        "organisation": "Virasto",
        "turvakielto": False,
        "personal_identity_code": {"system": "urn:oid:1.2.246.21", "value": code},
        "secret_contacts": False,
        "phone": "+358 9 1",
        "email": "e@example.org",
        "addresses": [ADDRESS | {"street_address": "Virastotie 7"}],
        "roles": [ROLE],
        "role_note": "Talousasiat",
        "contact_person": True,
        "powers": "Talous",
        "custody": {"form": SOME, "description": "y"},
        "guardianship": {"starts_on": "2020", "ends_on": "2030-01", "description": "Yleinen"},
        "continuing_power_of_attorney": {"confirmed_on": "2021-01-01", "description": "x"},
        "right_to_information": "z",
    }
    return {
        "date_of_birth": "1990-02-02",
        "emigrated_on": "2020-01-01",
        "language": "fi",
        "service_language": FI,
        "mother_tongues": [FI],
        "interpreting": {"needed": True, "languages": [FI], "method": "Selkokieli"},
        "sex": SOME,
        "nationalities": [SOME],
        "other_names": [{"name": "Evi", "type": SOME}],
        "occupation": "Puuseppä",
        "marital_status": SOME,
        "cohabiting": False,
        "special_group": SOME,
        "homelessness": SOME,
        "right_to_special_support": True,
        "home_municipality": {"municipality": TOWN, "moved_in_on": "2019"},
        "secret_contacts": False,
        "temporary_municipalities": [
            {"municipality": TOWN, "moved_in_on": "2026-01", "moved_out_on": "2026-02"}
        ],
        "contact": {
            "phone": "+358 40 1",
            "email": "salaisuus@example.org",
            "street_address": "Salakuja 1",
            "postal_code": "48999",
            "municipality": "Piilokylä",
            "addresses": [ADDRESS],
            "contact_address": {"street_address": "Lokerokatu 7"},
            "temporary_address": ADDRESS | {"starts_on": "2026-01-01", "ends_on": "2026-02-01"},
        },
        "document_delivery": "Postitse osoitteeseen Salakuja 1",
        "related_persons": [guardian],
        "risks": [
            {"description": "Kaatumisvaara", "starts_on": "2026", "fixed_term": True, "ends_on": "2027"}
        ],
        "client_relationship_identifier": {"value": "1.2.246.10.12345671.27.2026.5"},
        "client_relationship": {
            "starts_on": "2020-01-01",
            "ends_on": "2027-01-01",
            "end_reason": "Muutto",
            "old": False,
        },
        "operating_unit": UNIT,
        "organiser_units": [
            {
                "unit": UNIT,
                "starts_on": "2020-01-01",
                "ends_on": "2027-01-01",
                "phone": "5",
                "contact_persons": [{"family_name": "A", "given_names": "B", "phone": "6"}],
            }
        ],
        "responsible_workers": [
            {
                "family_name": "C",
                "given_names": "D",
                "unit": UNIT,
                "phone": "7",
                "registration": {"value": "12345678901"},
            }
        ],
        "child_welfare": {"starts_on": "2001-01-01", "ends_on": "2008-01-01"},
        "contacts_withheld": "Uhka jatkuu",
    }


def entry_of(client: dict[str, Any], **changes: Any) -> dict[str, Any]:
    server = {"id", "version", "recorded_at", "recorded_by"}
    return {name: value for name, value in client.items() if name not in server} | changes


GIVEN = ("+358 40 1", "Lokerokatu 7")
"""The phone and the contact address are there to be given to who serves the client (661/2009, 36 §)."""
WHEREABOUTS = ("Salakuja", "Salakunta", "48999", "Piilokylä", "salaisuus@", *GIVEN)


async def client_seen_by(world: TenantFixture, speaker: ApiClient, client: dict[str, Any]) -> str:
    """All that a caller is told of a client, by every way."""
    path = f"/v1/clients/{client['id']}"
    answers = [await speaker.get(way) for way in (path, "/v1/clients", "/v1/changes", f"{path}/versions")]
    answers += [
        await speaker.get(f"{path}/versions/{version}") for version in range(1, client["version"] + 1)
    ]
    answers.append(await speaker.post("/v1/client-searches", {"identity": client["identity"]}))
    assert all(answer.status_code == 200 and client["id"] in answer.text for answer in answers)
    return "".join(answer.text for answer in answers)


async def test_a_client_keeps_all_that_was_said(world: TenantFixture) -> None:
    code = identity_code()
    data = content(code)
    client = await world.client(**data)
    assert {name: client[name] for name in data} == data
    assert set(entry_of(client)) == set(ClientEntry.model_fields) - {"turvakielto_ends_on", "died_on"}
    path = f"/v1/clients/{client['id']}"
    assert (await world.organiser.post("/v1/clients", entry_of(client))).json() == client
    assert (await world.organiser.put(path, entry_of(client))).json() == client, (
        "the same again changes nothing"
    )
    fewer = {
        name: value for name, value in entry_of(client).items() if name not in {"risks", "related_persons"}
    }
    second = (await world.organiser.put(path, fewer, If_Match='"1"')).json()
    assert (second["version"], "risks" in second, "related_persons" in second) == (2, False, False)
    past = (await world.organiser.get(f"{path}/versions/1")).json()
    assert past == {name: value for name, value in client.items() if name != "identity"}


async def test_identity_codes_of_related_persons_are_sealed_in_row_and_journal(world: TenantFixture) -> None:
    code = identity_code()
    client = await world.client(**content(code))
    path = f"/v1/clients/{client['id']}"
    await world.organiser.put(path, entry_of(client, occupation="Muu"), If_Match='"1"')
    for table in ("clients", "journal", "use_log", "idempotency_keys"):
        rows = await world.owner.fetch(
            f"select t::text as told from {table} t where organiser_id = $1", world.organiser_id
        )
        assert not [row for row in rows if code in row["told"] or code.encode().hex() in row["told"]], table
    assert (await world.organiser.get(path)).json()["related_persons"] == client["related_persons"]


async def test_a_provider_sees_what_the_service_needs(world: TenantFixture) -> None:
    code = identity_code()
    client = await world.client(**content(code))
    await world.relationship(client["id"])
    data = await client_seen_by(world, world.provider_a, client)
    assert [each for each in (code, "child_welfare") if each in data] == []
    seen = (await world.provider_a.get(f"/v1/clients/{client['id']}")).json()
    assert (seen["risks"], seen["contact"]) == (client["risks"], client["contact"])
    assert seen["related_persons"][0]["phone"] == "+358 9 1"


@pytest.mark.parametrize(
    ("flags", "given"),
    [
        ({"turvakielto": True}, GIVEN),
        ({"turvakielto": True, "contacts_withheld": "Uhka jatkuu"}, ()),
        ({"turvakielto": True, "secret_contacts": True}, ()),
        ({"secret_contacts": True}, ()),
    ],
)
async def test_a_protected_client_is_nowhere_to_be_found_for_a_provider(
    world: TenantFixture, flags: dict[str, Any], given: tuple[str, ...]
) -> None:
    of_client = content(identity_code())
    del of_client["contacts_withheld"]
    client = await world.client(**of_client)
    await world.relationship(client["id"])
    path = f"/v1/clients/{client['id']}"
    assert [
        each for each in WHEREABOUTS if each not in await client_seen_by(world, world.provider_a, client)
    ] == []
    protected = (await world.organiser.put(path, entry_of(client, **flags), If_Match='"1"')).json()
    for _ in range(2):  # also when it is changed again, and what was before is told
        data = await client_seen_by(world, world.provider_a, protected)
        seen = [each for each in (*WHEREABOUTS, "Virastotie", "+358 9 1", "Uhka jatkuu") if each in data]
        assert seen == list(given)
        assert [
            each
            for each in WHEREABOUTS
            if each not in await client_seen_by(world, world.organiser, protected)
        ] == []
        tag = f'"{protected["version"]}"'
        protected = (
            await world.organiser.put(path, entry_of(protected, occupation="Muu"), If_Match=tag)
        ).json()


@pytest.mark.parametrize("flag", ["turvakielto", "secret_contacts"])
async def test_contacts_of_a_protected_related_person_are_for_the_organiser(
    world: TenantFixture, flag: str
) -> None:
    values = content(identity_code())
    values["related_persons"][0][flag] = True
    client = await world.client(**values)
    await world.relationship(client["id"])
    data = await client_seen_by(world, world.provider_a, client)
    assert [each for each in ("Virastotie", "+358 9 1", "e@example.org") if each in data] == []
    assert "Edunvalvoja" in data
    assert (await world.organiser.get(f"/v1/clients/{client['id']}")).json() == client


async def test_contacts_of_a_protected_person_who_represents_nobody_are_not_recorded(
    world: TenantFixture,
) -> None:
    person = {
        "family_name": "A",
        "given_names": "B",
        "turvakielto": True,
        "roles": [ROLE | {"code": "99"}],
        "phone": "1",
    }
    entry = {
        "family_name": "A",
        "given_names": "B",
        "turvakielto": False,
        "related_persons": [person],
        "source_id": "s",
    }
    refused = await world.organiser.post("/v1/clients", entry)
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/related_persons/0"]
    del person["phone"]
    assert (await world.organiser.post("/v1/clients", entry)).status_code == 201
    person["personal_identity_code"] = {"value": "010190-9999"}
    entry["source_id"] = "t"
    refused = await world.organiser.post("/v1/clients", entry)
    assert [e["pointer"] for e in refused.json()["errors"]] == [
        "/related_persons/0/personal_identity_code/value"
    ]
    assert "010190-9999" not in refused.text


async def test_protection_told_by_the_record_system_drops_the_document_as_it_came(
    world: TenantFixture,
) -> None:
    """It says that the client is not protected; nobody is to be given that any more."""
    from walmu_api.record.parties.clients import protecting, service

    code = identity_code()
    entry = ClientEntry.model_validate(
        {"family_name": "A", "given_names": "B", "turvakielto": False, "source_id": "a"}
    )
    came = {"asiakkuusasiakirja": {"asiakas": {"henkilotunnus": {"value": code}, "turvakielto": False}}}
    async with world.transaction() as session:
        ctx = world.context(session)
        row, _ = await service.create(ctx, entry, came)
        assert service.document(ctx, row) == came
        assert code not in str(row.received)
        await protecting.protect(ctx, row.id)
        assert row.received is None


def test_the_document_names_the_identity_by_its_kind_and_has_whole_addresses() -> None:
    personal = {"system": "urn:oid:1.2.246.21", "value": "010190-999W"}
    temporary = {"system": "urn:oid:1.2.246.10.12345671.22.2026", "value": "112233-445a"}
    data = as_document({"identity": personal, "contact": {"street_address": "Puutie 1", "phone": "1"}})
    assert data["personal_identity_code"] == personal
    assert data["contact"]["addresses"] == [{"street_address": "Puutie 1"}]
    assert as_document({"identity": temporary})["temporary_identity_code"] == temporary
    assert "contact" not in as_document({})
    for identity, name in ((personal, "personal_identity_code"), (temporary, "temporary_identity_code")):
        assert from_document({name: identity, "@providers": []}) == {"identity": identity}
    assert (
        from_document({"personal_identity_code": {"value": "x"}})["identity"]["system"]
        == "urn:oid:1.2.246.21"
    )
