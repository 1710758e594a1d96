"""What a workplace gets of an agreement: what was agreed with the client for the place, once it is offered or signed,
until the end. Expected members are those of the page of audiences."""

import time
from datetime import timedelta
from typing import Any

import pytest
from tests.access.test_use_log_api import plain
from tests.conftest import HELD, ApiClient, TenantFixture, forward
from tests.record.case_file.permissions.to_workplaces import permit

from walmu_api.foundation.clock import Clock

PLACE = {
    "name": "Kahvila",
    "addresses": [{"street_address": "Torikatu 1", "postal_code": "48100", "post_office": "Kotka"}],
}
CONTENT: dict[str, Any] = {
    "tasks": "Tiskaus ja pöydät.",
    "work_instructions": [{"title": "Tiskikone", "text": "Lautaset ensin."}],
    "coach": {"family_name": "Laine", "given_names": "Pekka", "phone": "+358 40 123"},
    "meal": {"provided": True},
    "insurance": {"taken_by": "organiser", "note": "Kanaria vakuutus"},
    "tasks_and_goals": "Kanaria tavoite",
    "other_matters": "Kanaria muut asiat",
    "other_duration_matters": "Kanaria kesto",
    "guidance": "Kanaria ohjaus",
    "further_information": "Kanaria lisätieto",
    "legal_notice": "Kanaria laki",
    "work_allowance_per_day": "9.00",
    "other_parties": [{"family_name": "Kanaria", "given_names": "Edunvalvoja", "phone": "+358 50 999"}],
    "responsible_worker": {"family_name": "Kanaria", "given_names": "Vastuu"},
    "author": {"family_name": "Kanaria", "given_names": "Laatija"},
}
READ = {
    *(
        "id",
        "version",
        "recorded_at",
        "client_id",
        "client_name",
        "status",
        "offered_on",
        "signed_on",
        "place",
    ),
    *(
        "starts_on",
        "ends_on",
        "schedule",
        "schedule_from",
        "hours_per_day",
        "days_per_week",
        "tasks",
        "work_instructions",
    ),
    *("instructors", "coach", "absence_reporting", "insurance", "meal", "signatures"),
}


def at(speaker: ApiClient) -> dict[str, Any]:
    return PLACE | {"organisation_id": str(speaker.organisation_id)}


@pytest.fixture
async def draft(world: TenantFixture) -> dict[str, Any]:
    relationship = await world.relationship((await world.client())["id"])
    decision = await world.decision(relationship, work_allowance_per_day=12)
    return await world.agreement(relationship, decision, sign=False, place=at(world.workplace), **CONTENT)


async def sign(world: TenantFixture, agreement: dict[str, Any], party: str = "provider") -> dict[str, Any]:
    signing = {"signed_on": world.day(0), "signatories": [{"party": party, "name": "Testi Esimerkki"}]}
    answer = await world.provider_a.post(f"/v1/agreements/{agreement['id']}/sign", signing)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def every_way(world: TenantFixture, agreement_id: str) -> list[dict[str, Any]]:
    """The record as the workplace gets it: alone, listed, in the feed, as its last version."""
    speaker, path = world.workplace, f"/v1/workplace-agreements/{agreement_id}"
    found = [(await speaker.get(path)).json()]
    found += [
        each for each in await world.pages(speaker, "/v1/workplace-agreements") if each["id"] == agreement_id
    ]
    fed, _ = await world.feed(speaker)
    found += [item["record"] for item in fed if item["resource_id"] == agreement_id and "record" in item][-1:]
    versions = (await speaker.get(f"{path}/versions")).json()["items"]
    found.append((await speaker.get(versions[-1]["url"])).json())
    assert len(found) == 4
    return found


async def sees_nothing(world: TenantFixture, agreement_id: str) -> bool:
    speaker, path = world.workplace, f"/v1/workplace-agreements/{agreement_id}"
    alone = [(await speaker.get(url)).status_code for url in (path, f"{path}/versions", f"{path}/versions/1")]
    listed = [each["id"] for each in await world.pages(speaker, "/v1/workplace-agreements")]
    fed = [item for item in (await world.feed(speaker))[0] if item["resource_id"] == agreement_id]
    return alone == [404] * 3 and agreement_id not in listed and not any("record" in item for item in fed)


async def test_a_draft_is_nobodys_until_it_is_offered(world: TenantFixture, draft: dict[str, Any]) -> None:
    assert await sees_nothing(world, draft["id"])
    fed = [item for item in (await world.feed(world.workplace))[0] if item["resource_id"] == draft["id"]]
    assert fed == [], "not even that it is there"
    offered = await world.provider_a.post(f"/v1/agreements/{draft['id']}/offer", None)
    assert (offered.status_code, offered.json()["offered_on"]) == (200, world.day(0)), offered.text
    again = await world.provider_a.post(f"/v1/agreements/{draft['id']}/offer", None)
    assert (again.status_code, again.headers["etag"]) == (200, offered.headers["etag"])
    for record in await every_way(world, draft["id"]):
        assert record.keys() <= READ
        assert (record["status"], record["tasks"]) == ("draft", "Tiskaus ja pöydät.")
        assert "client_name" not in record, "neither signed nor permitted"


async def test_it_gets_what_was_agreed_for_the_place_and_nothing_else(
    world: TenantFixture, draft: dict[str, Any]
) -> None:
    await sign(world, draft)
    for record in await every_way(world, draft["id"]):
        assert record.keys() <= READ
        for name in (
            "tasks",
            "work_instructions",
            "coach",
            "meal",
            "schedule",
            "instructors",
            "absence_reporting",
        ):
            assert record[name] == draft[name]
        assert record["insurance"] == {"taken_by": "organiser"}
        assert record["place"] == draft["place"]
        assert "anaria" not in str(record)
        assert "9.00" not in str(record)
    for path in (f"/v1/agreements/{draft['id']}", "/v1/agreements", f"/v1/agreements/{draft['id']}/findings"):
        assert (await world.workplace.get(path)).status_code == 403


async def test_the_clients_name_comes_with_the_signature_or_a_permission_and_goes_with_it(
    world: TenantFixture, draft: dict[str, Any]
) -> None:
    await sign(world, draft)
    path = f"/v1/workplace-agreements/{draft['id']}"
    assert "client_name" not in (await world.workplace.get(path)).json()
    permission = await permit(world, draft)
    name = {"family_name": "Esimerkki", "given_names": "Testi"}
    for record in await every_way(world, draft["id"]):
        assert record["client_name"] == name
    revocation = {"revoked_on": world.day(0), "reason": "Asiakas perui"}
    revoked = await world.provider_a.post(f"/v1/permissions/{permission['id']}/revoke", revocation)
    assert revoked.status_code == 200, revoked.text
    for record in await every_way(world, draft["id"]):
        assert "client_name" not in record
    other = await world.signed_agreement(place=at(world.workplace))  # the client signed it
    assert (await world.workplace.get(f"/v1/workplace-agreements/{other['id']}")).json()[
        "client_name"
    ] == name


async def test_moved_there_and_back_each_workplace_reads_the_versions_of_its_own_time(
    world: TenantFixture, draft: dict[str, Any]
) -> None:
    """A → B → A: version 3 was B's, and A gets no neighbour's body for it."""
    elsewhere = await _another_workplace(world)
    agreement, path = await sign(world, draft), f"/v1/agreements/{draft['id']}"
    entry = {name: value for name, value in plain(agreement).items() if name != "offered_on"}
    for version, (place, tasks) in enumerate(
        ((elsewhere, "Toisen työt"), (str(world.workplace.organisation_id), "Omat työt")), 2
    ):
        moved = entry | {"place": PLACE | {"organisation_id": place}, "tasks": tasks}
        answer = await world.provider_a.put(path, moved, If_Match=f'"{version}"')
        assert answer.status_code == 200, answer.text
        if place == elsewhere:
            assert await sees_nothing(world, draft["id"])
    versions = f"/v1/workplace-agreements/{draft['id']}/versions"
    listed = (await world.workplace.get(versions)).json()["items"]
    assert [each["version"] for each in listed] == [2, 4], "1 was a draft, 3 another workplace's"
    for version, status in ((1, 404), (2, 200), (3, 404), (4, 200), (5, 404)):
        answer = await world.workplace.get(f"{versions}/{version}")
        assert answer.status_code == status
        assert "Toisen" not in answer.text
    known = (await world.workplace.get(f"{versions}?known_at={listed[0]['recorded_at']}")).json()["items"]
    assert [each["version"] for each in known] == [2]


async def test_of_the_coach_it_gets_name_and_work_phone_by_every_way(
    world: TenantFixture, draft: dict[str, Any]
) -> None:
    """The page: "name and work phone of the coach"; title, e-mail and registration number are the provider's matter."""
    signed = await sign(world, draft)
    more = {
        "title": "Kanaria valmentaja",
        "email": "kanaria@example.test",
        "registration_number": "10000000001",
    }
    path = f"/v1/agreements/{signed['id']}"
    entry = {name: value for name, value in plain(signed).items() if name != "offered_on"}
    for coach in (CONTENT["coach"] | more, CONTENT["coach"] | more | {"title": "Kanaria toinen"}):
        now = await world.provider_a.get(path)
        put = await world.provider_a.put(path, entry | {"coach": coach}, If_Match=now.headers["etag"])
        assert put.status_code == 200, put.text
    annex = f"/v1/workplace-agreements/{signed['id']}"
    versions = (await world.workplace.get(f"{annex}/versions")).json()["items"]
    ways = [annex, "/v1/workplace-agreements", "/v1/changes", *[each["url"] for each in versions]]
    answers = [await world.workplace.get(way) for way in ways]
    assert answers[0].json()["coach"] == CONTENT["coach"]
    assert len(versions) > 2
    for answer in answers:
        assert (answer.status_code, "anaria" in answer.text, "10000000001" in answer.text) == (
            200,
            False,
            False,
        )


async def _another_workplace(world: TenantFixture) -> str:
    entry = {"kind": "workplace", "name": "Toinen", "source_id": "toinen"}
    created = await world.organiser.post("/v1/organisations", entry)
    assert created.status_code == 201, created.text
    return str(created.json()["id"])


async def test_it_ends_with_the_agreement_the_relationship_or_the_voiding(
    world: TenantFixture, draft: dict[str, Any], clock: Clock
) -> None:
    voided = await sign(world, draft)
    reason = {"reason": "Kirjattu väärin"}
    assert (await world.provider_a.post(f"/v1/agreements/{voided['id']}/void", reason)).status_code == 200
    assert await sees_nothing(world, voided["id"])
    ended, outlived = [await world.signed_agreement(place=at(world.workplace)) for _ in range(2)]
    ending = {"ends_on": world.day(0), "reason": "Töihin"}
    assert (await world.provider_a.post(f"/v1/agreements/{ended['id']}/end", ending)).status_code == 200
    link = f"/v1/service-relationships/{outlived['service_relationship_id']}"
    relationship = await world.organiser.get(link)
    read_only = {"id", "version", "recorded_at", "recorded_by", "status"}
    closed = {k: v for k, v in relationship.json().items() if k not in read_only} | {"ends_on": world.day(0)}
    answer = await world.organiser.put(link, closed, If_Match=relationship.headers["etag"])
    assert answer.status_code == 200, answer.text
    for agreement in (ended, outlived):
        assert not await sees_nothing(world, agreement["id"]), "its last day is today"
    forward(clock, days=1)
    for agreement in (ended, outlived):
        assert await sees_nothing(world, agreement["id"])
        day = f"/v1/agreements/{agreement['id']}/attendance/{(world.today - timedelta(days=2)).isoformat()}"
        assert (await world.workplace.put(day, {"status": "present"})).status_code == 201, (
            "the days may be late"
        )
    forward(clock, days=62)
    for agreement in (ended, outlived):
        day = f"/v1/agreements/{agreement['id']}/attendance/{(world.today - timedelta(days=63)).isoformat()}"
        assert (await world.workplace.get(day)).status_code == 404


async def test_what_is_told_of_who_acted_is_its_own_people_only(
    world: TenantFixture, draft: dict[str, Any]
) -> None:
    tokens = world.app_context.tokens
    person = {"sub": "coach-7", "name": "Kanaria Valmentaja"}
    token = tokens.issue(
        world.provider_a.client_id, HELD, ["agreements:write", "agreements:read"], person, now=time.time()
    )
    signing = {"signed_on": world.day(0), "signatories": [{"party": "provider", "name": "X"}]}
    signed = await world.provider_a.post(
        f"/v1/agreements/{draft['id']}/sign", signing, Authorization=f"Bearer {token}"
    )
    assert signed.json()["recorded_by"]["person"] == person
    listed = await world.workplace.get(f"/v1/workplace-agreements/{draft['id']}/versions")
    assert "Kanaria" not in listed.text
    assert (await world.organiser.get(f"/v1/agreements/{draft['id']}/versions")).text.count("Kanaria") == 1


def _now() -> float:
    import time

    return time.time()


async def test_organiser_and_provider_read_what_the_workplace_reads(
    world: TenantFixture, draft: dict[str, Any]
) -> None:
    await sign(world, draft)
    path = f"/v1/workplace-agreements/{draft['id']}"
    theirs = (await world.workplace.get(path)).json()
    for speaker in (world.provider_a, world.organiser):
        assert (await speaker.get(path)).json() == theirs
    assert (await world.provider_b.get(path)).status_code == 404
    assert (await world.ehr.get(path)).status_code == 403
    nowhere = await world.signed_agreement()
    assert (await world.provider_a.get(f"/v1/workplace-agreements/{nowhere['id']}")).status_code == 404
    unknown = await world.provider_a.post(f"/v1/agreements/{nowhere['id']}/offer", None)
    assert (unknown.status_code, unknown.json()["code"]) == (409, "conflict"), "it is signed already"


async def test_what_names_no_workplace_is_offered_to_nobody(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    draft = await world.agreement(relationship, await world.decision(relationship), sign=False)
    answer = await world.provider_a.post(f"/v1/agreements/{draft['id']}/offer", None)
    assert (answer.status_code, answer.json()["code"]) == (409, "no-workplace")


async def test_a_draft_that_moves_is_offered_anew(world: TenantFixture, draft: dict[str, Any]) -> None:
    path = f"/v1/agreements/{draft['id']}"
    offered = (await world.provider_a.post(f"{path}/offer", None)).json()
    elsewhere = await _another_workplace(world)
    entry = {name: value for name, value in plain(offered).items() if name != "offered_on"}
    moved = await world.provider_a.put(
        path, entry | {"place": PLACE | {"organisation_id": elsewhere}}, If_Match='"2"'
    )
    assert (moved.status_code, "offered_on" in moved.json()) == (200, False), moved.text
    back = await world.provider_a.put(path, entry, If_Match='"3"')
    assert (back.status_code, "offered_on" in back.json()) == (200, False)
    assert await sees_nothing(world, draft["id"])
