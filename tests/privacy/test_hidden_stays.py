"""What a provider does not read of a protected client it neither erases nor finds out by writing (the page: "What is hidden
can't be probed or erased"), and what it reads of one ends with its service."""

import secrets
from typing import Any

from tests.conftest import ApiClient, TenantFixture
from tests.privacy.stage import PERSON, without_server_members

GUARDIAN = {
    "family_name": "Edunvalvoja",
    "given_names": "Esa",
    "phone": "+358 50 7654321",
    "email": "esa@example.org",
    "addresses": [{"street_address": "Kanariakuja 1", "postal_code": "48999", "post_office": "KANARIALA"}],
}
SEEN = {"family_name": "Edunvalvoja", "given_names": "Esa"}
SISTER = {"family_name": "Sisko", "given_names": "Saara", "phone": "+358 50 1111111"}


async def set_protection(world: TenantFixture, client_id: str, on: bool = True, **changes: Any) -> None:
    path = f"/v1/clients/{client_id}"
    now = await world.organiser.get(path)
    entry = without_server_members(now.json()) | {"turvakielto": on} | changes
    answer = await world.organiser.put(path, entry, If_Match=now.headers["etag"])
    assert answer.status_code == 200, answer.text


BY_SERVER = {
    "client_id",
    "provider_id",
    "workplace_id",
    "status",
    "structure",
    "signatures",
    "schedules",
    "dated_on",
}


async def as_read(by: ApiClient, path: str) -> tuple[dict[str, Any], str]:
    """What a reader sends back: the record without what the server sets; and its ETag."""
    read = await by.get(path)
    data = without_server_members(read.json())
    own = {"client_id"} if "service-" in path else set()
    return {name: value for name, value in data.items() if name not in BY_SERVER - own}, read.headers["etag"]


async def put_as_read(by: ApiClient, path: str, **changes: Any) -> Any:
    data, etag = await as_read(by, path)
    entry = {name: value for name, value in (data | changes).items() if value is not None}
    if "service-relationships" in path:
        entry["provider_id"] = (await by.get(path)).json()["provider_id"]
    answer = await by.put(path, entry, If_Match=etag)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def agreed(world: TenantFixture, **changes: Any) -> tuple[dict[str, Any], str]:
    """A client with an agreement to which a guardian and a sister are parties, and the path of the agreement."""
    client = await world.client()
    relationship = await world.relationship(client["id"])
    decision = await world.decision(relationship)
    parties = {"other_parties": [GUARDIAN, SISTER]}
    agreement = await world.agreement(relationship, decision, sign=False, **parties | changes)
    return client, f"/v1/agreements/{agreement['id']}"


def beginning(relationship: dict[str, Any], companion: dict[str, Any]) -> dict[str, Any]:
    """The beginning of a service to which somebody comes along."""
    return {
        "kind": "started",
        "service_relationship_id": relationship["id"],
        "client_id": relationship["client_id"],
        "starts_on": relationship["starts_on"],
        "author": PERSON,
        "transition": {"companions": [companion]},
        "service": {"system": "urn:oid:1.2.246.537.6.1222", "code": "19", "display": "x"},
        "source_id": secrets.token_hex(6),
    }


async def parties(by: ApiClient, path: str) -> Any:
    return (await by.get(path)).json()["other_parties"]


async def test_a_put_does_not_erase_the_contacts_that_its_sender_does_not_read(world: TenantFixture) -> None:
    client, path = await agreed(world)
    await set_protection(world, client["id"])
    assert await parties(world.provider_a, path) == [SEEN, {"family_name": "Sisko", "given_names": "Saara"}]
    await put_as_read(world.provider_a, path, absence_reporting="Soita ennen klo 8.")
    assert await parties(world.organiser, path) == [GUARDIAN, SISTER]
    await put_as_read(world.provider_a, path, other_parties=[SEEN | {"title": "Edunvalvoja"}])
    assert await parties(world.organiser, path) == [GUARDIAN | {"title": "Edunvalvoja"}]
    new = {"family_name": "Uusi", "given_names": "Ulla", "phone": "+358 50 2222222"}
    await put_as_read(world.provider_a, path, other_parties=[new, SEEN])
    assert await parties(world.organiser, path) == [new, GUARDIAN]


async def test_the_same_as_read_is_no_change_and_a_guess_tells_nothing(world: TenantFixture) -> None:
    """Right and wrong guesses at a hidden number get one answer, and none stands in its place."""
    client, path = await agreed(world)
    await set_protection(world, client["id"])
    read = await world.provider_a.get(path)
    assert (await put_as_read(world.provider_a, path))["version"] == read.json()["version"]
    answers = []
    for guess in (GUARDIAN["phone"], "+358 50 0000000", None):
        first = SEEN | ({"phone": guess} if guess else {})
        entry, _ = await as_read(world.provider_a, path)
        entry["other_parties"] = [first, *entry["other_parties"][1:]]
        answer = await world.provider_a.put(path, entry, If_Match=read.headers["etag"])
        answers.append((answer.status_code, answer.text, answer.headers["etag"]))
    assert set(answers) == {(200, read.text, read.headers["etag"])}
    assert await parties(world.organiser, path) == [GUARDIAN, SISTER]


async def test_what_the_sender_said_first_is_the_same_after_the_organiser_changed_what_is_hidden(
    world: TenantFixture,
) -> None:
    """A provider's retry of its POST tells nothing of what the organiser recorded meanwhile."""
    client, path = await agreed(world, source_id="vierailla")
    entry, _ = await as_read(world.provider_a, path)
    moved = GUARDIAN | {"phone": "+358 50 3333333"}
    await put_as_read(world.organiser, path, other_parties=[moved, SISTER], source_id=None)
    await set_protection(world, client["id"])
    again = await world.provider_a.post("/v1/agreements", entry | {"source_id": "vierailla"})
    assert again.status_code in {200, 201}, again.text


async def test_an_ending_put_as_read_leaves_the_companions_phone(world: TenantFixture) -> None:
    client = await world.client()
    relationship = await world.relationship(client["id"])
    entry = beginning(relationship, SISTER)
    made = await world.provider_a.post("/v1/service-events", entry)
    assert made.status_code == 201, made.text
    path = f"/v1/service-events/{made.json()['id']}"
    await set_protection(world, client["id"])
    assert "1111111" not in (await world.provider_a.get(path)).text
    await put_as_read(world.provider_a, path, further_information="Tarkennus")
    stored = (await world.organiser.get(path)).json()
    assert stored["transition"]["companions"][0]["phone"] == SISTER["phone"]


async def test_a_companion_who_is_protected_now_has_no_contacts_and_none_are_told(
    world: TenantFixture,
) -> None:
    """Tried: `turvakielto` of a companion, set by the provider. It was refused where there was a phone, which it does not read."""
    answers: list[int] = []
    for companion in (SISTER, {n: SISTER[n] for n in ("family_name", "given_names")}):
        client = await world.client()
        relationship = await world.relationship(client["id"])
        entry = beginning(relationship, companion)
        made = await world.provider_a.post("/v1/service-events", entry)
        assert made.status_code == 201, made.text
        path = f"/v1/service-events/{made.json()['id']}"
        await set_protection(world, client["id"])
        data, etag = await as_read(world.provider_a, path)
        data["transition"]["companions"][0]["turvakielto"] = True
        answers.append((await world.provider_a.put(path, data, If_Match=etag)).status_code)
        assert SISTER["phone"] not in (await world.organiser.get(path)).text
    assert answers == [200, 200]


async def test_the_phone_is_read_while_the_service_lasts_and_not_in_the_days_after(
    world: TenantFixture,
) -> None:
    """661/2009, 36 §: what is given is given for carrying out the service; the 60 days after it are for the days inside."""
    contact = {"phone": "+358 50 4444444", "contact_address": {"street_address": "PL 12"}}
    client = await world.client(turvakielto=True, contact=contact)
    relationship = await world.relationship(client["id"])
    path = f"/v1/clients/{client['id']}"
    assert (await world.provider_a.get(path)).json()["contact"] == contact
    await put_as_read(
        world.organiser, f"/v1/service-relationships/{relationship['id']}", ends_on=world.day(1)
    )
    after = await world.provider_a.get(path)
    assert after.status_code == 200
    assert "contact" not in after.json()
    for way in (f"{path}/versions", "/v1/clients", "/v1/changes"):
        answer = await world.provider_a.get(way)
        assert "4444444" not in answer.text, way
        assert "PL 12" not in answer.text, way


async def test_contacts_of_a_protected_companion_are_not_recorded(world: TenantFixture) -> None:
    client = await world.client()
    relationship = await world.relationship(client["id"])
    for contacts in ({"phone": "+358 50 1"}, {"email": "a@example.org"}, {"address": {"post_office": "X"}}):
        companion = {"family_name": "S", "given_names": "A", "turvakielto": True} | contacts
        entry = beginning(relationship, companion)
        answer = await world.provider_a.post("/v1/service-events", entry)
        assert answer.status_code == 422, answer.text
        assert [each["pointer"] for each in answer.json()["errors"]] == ["/transition/companions/0"]


async def test_where_the_organiser_met_a_protected_client_and_the_school_are_not_in_its_shared_plan(
    world: TenantFixture,
) -> None:
    """The page: meeting place and school are whereabouts. The provider reads the plan, for it serves the same task."""
    client = await world.client()
    await world.relationship(client["id"])
    entry = {
        "kind": "client_plan",
        "client_id": client["id"],
        "services": "disability_services",
        "current_services": {"description": "Asumispalvelu."},
        "client_informed": True,
        "client_wishes": "Omaa rahaa ja työkavereita.",
        "goals": [{"name": "Työtoimintaan syksyllä"}],
        "authors": [PERSON],
        "meetings": [{"held_on": world.day(9), "place": "Kanariakoti"}],
        "review": {"place": "Kanarian kirjasto", "time_note": "syksyllä"},
        "early_or_basic_education": "Kanarian koulu",
        "source_id": "suunnitelma",
    }
    made = await world.organiser.post("/v1/plans", entry)
    assert made.status_code == 201, made.text
    path = f"/v1/plans/{made.json()['id']}"
    ways = (path, "/v1/plans", f"{path}/document")

    async def found_by(reader: ApiClient) -> set[str]:
        answers = [await reader.get(way) for way in ways]
        assert [answer.status_code for answer in answers] == [200] * len(ways)
        return {way for way, answer in zip(ways, answers, strict=True) if "Kanaria" in answer.text}

    assert await found_by(world.provider_a) == await found_by(world.organiser) == set(ways)
    await set_protection(world, client["id"])
    assert await found_by(world.provider_a) == set()
    assert await found_by(world.organiser) == set(ways)
