"""How a service begins, pauses and ends, over HTTP; and what an ending does to the provider's access."""

import asyncio
import secrets
from typing import Any

import pytest
from tests.conftest import ApiClient, TenantFixture, forward
from tests.record.case_file.documents.samples import AUTHOR, WORK_ACTIVITY
from tests.record.parties.service_relationships.test_service_relationships_api import change, seen

from walmu_api.foundation.clock import Clock

PATH = "/v1/service-events"
RELATIVE = {
    "family_name": "Läheinen",
    "given_names": "Liisa",
    "phone": "+358 50 123 9999",
    "email": "salainen@koti.test",
}
TEACHER = {
    "family_name": "Opettaja",
    "given_names": "Otto",
    "organisation": "Ammattiopisto",
    "phone": "+358 50 777",
}


async def served(world: TenantFixture, **changes: Any) -> dict[str, Any]:
    return await world.relationship((await world.client())["id"], service=WORK_ACTIVITY, **changes)


async def data_of(
    speaker: ApiClient, relationship: dict[str, Any], kind: str, **members: Any
) -> dict[str, Any]:
    answer = await post(speaker, relationship, kind, **members)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{PATH}/{answer.json()['id']}"
    return answer.json()  # type: ignore[no-any-return]


async def post(speaker: ApiClient, relationship: dict[str, Any], kind: str, **members: Any) -> Any:
    entry = {"service_relationship_id": relationship["id"], "kind": kind, "source_id": secrets.token_hex(6)}
    return await speaker.post(PATH, entry | members)


async def ended(
    speaker: ApiClient, relationship: dict[str, Any], ends_on: str, **members: Any
) -> dict[str, Any]:
    return await data_of(speaker, relationship, "ended", ends_on=ends_on, author=AUTHOR, **members)


async def now(world: TenantFixture, relationship: dict[str, Any]) -> dict[str, Any]:
    return (await world.organiser.get(f"/v1/service-relationships/{relationship['id']}")).json()  # type: ignore[no-any-return]


def post_entry(record: dict[str, Any]) -> dict[str, Any]:
    server = {
        "id",
        "version",
        "recorded_at",
        "recorded_by",
        "status",
        "dated_on",
        "structure",
        "provider_id",
        "client_id",
    }
    return {name: value for name, value in record.items() if name not in server}


def wrong(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_a_service_is_accompanied_from_its_beginning_to_its_onward_path(
    world: TenantFixture, clock: Clock
) -> None:
    relationship = await served(world)
    met = {"companions": [TEACHER], "meetings": [{"held_on": world.day(200), "place": "Koulu"}]}
    began = await data_of(
        world.provider_a, relationship, "started", starts_on=world.day(180), author=AUTHOR, transition=met
    )
    assert (began["structure"].split(".")[6], began["dated_on"]) == ("19002", world.day(180))
    assert (began["service"], began["service_task"]) == (WORK_ACTIVITY, relationship["service_task"])
    paused = await data_of(
        world.provider_a,
        relationship,
        "paused",
        starts_on=world.day(90),
        reason="Työpaikka on suljettu kesän.",
        extra_days_elsewhere={"days_per_week": 2, "place": "Toimintakeskus"},
    )
    assert "structure" not in paused
    resumed = await data_of(world.provider_a, relationship, "resumed", starts_on=world.day(60))
    end = await ended(
        world.provider_a,
        relationship,
        world.day(1),
        reason="Opinnot alkavat.",
        onward_path="vocational_studies",
        onward_path_note="Puhtauspalvelut",
        transition={"receiving_contact": TEACHER, "companions": [RELATIVE]},
    )
    assert (end["structure"].split(".")[6], end["onward_path"], end["dated_on"]) == (
        "19012",
        "vocational_studies",
        world.day(1),
    )
    listed = (await world.organiser.get(f"{PATH}?service_relationship_id={relationship['id']}")).json()[
        "items"
    ]
    assert listed == [began, paused, resumed, end]
    only = (await world.provider_a.get(f"{PATH}?kind=ended&client_id={relationship['client_id']}")).json()[
        "items"
    ]
    assert only == [end]

    after = await now(world, relationship)
    assert (after["ends_on"], after["version"]) == (world.day(1), 2)
    assert after["recorded_by"]["organisation_id"] == str(world.provider_a.organisation_id)
    items, _ = await world.feed(world.provider_a)
    assert ("client", "access-ended") in [(each["resource_type"], each["change"]) for each in items]
    assert await seen(world, relationship["client_id"])
    forward(clock, days=61)
    assert not await seen(world, relationship["client_id"])
    assert (await world.provider_a.get(f"{PATH}/{end['id']}")).status_code == 404


async def test_a_void_ending_puts_back_the_end_that_the_organiser_set(world: TenantFixture) -> None:
    for planned in (None, world.day(-100)):
        relationship = await served(world, **({"ends_on": planned} if planned else {}))
        end = await ended(world.provider_a, relationship, world.day(5))
        path = f"{PATH}/{end['id']}"
        moved = await world.provider_a.put(path, post_entry(end) | {"ends_on": world.day(2)}, If_Match='"1"')
        assert moved.status_code == 200, moved.text
        assert (await now(world, relationship))["ends_on"] == world.day(2)
        stored = await change(world, await now(world, relationship), benefit_matters_included=True)
        assert stored["ends_on"] == world.day(2), "the organiser only said the rest anew"
        assert (await world.provider_a.post(f"{path}/void", {"reason": "Jatkaakin"})).status_code == 200
        after = await now(world, relationship)
        assert after.get("ends_on") == planned
        again = await world.provider_a.post(f"{path}/void", {"reason": "Jatkaakin"})
        assert (again.status_code, await now(world, relationship)) == (200, after)


async def test_an_end_that_the_organiser_sets_later_holds_when_the_ending_is_void(
    world: TenantFixture,
) -> None:
    relationship = await served(world)
    end = await ended(world.provider_a, relationship, world.day(5))
    await change(world, await now(world, relationship), ends_on=world.day(-10))
    await world.organiser.post(f"{PATH}/{end['id']}/void", {"reason": "Virhe"})
    assert (await now(world, relationship))["ends_on"] == world.day(-10)


async def test_a_relationship_sent_again_after_its_ending_is_still_the_one_that_is_there(
    world: TenantFixture,
) -> None:
    relationship = await served(world)
    await ended(world.provider_a, relationship, world.day(1))
    server = {"id", "version", "recorded_at", "recorded_by"}
    entry = {name: value for name, value in relationship.items() if name not in server}
    again = await world.organiser.post("/v1/service-relationships", entry)
    assert (again.status_code, again.json()) == (200, await now(world, relationship))
    other = await world.organiser.post("/v1/service-relationships", entry | {"ends_on": world.day(3)})
    assert (other.status_code, other.json()["code"]) == (409, "duplicate-source")


async def test_an_ending_sent_again_ends_once(world: TenantFixture) -> None:
    relationship = await served(world)
    entry = {
        "service_relationship_id": relationship["id"],
        "kind": "ended",
        "ends_on": world.day(1),
        "author": AUTHOR,
        "source_id": "e",
    }
    answers = await asyncio.gather(*(world.provider_a.post(PATH, entry) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await now(world, relationship))["version"] == 2


async def test_of_two_pauses_at_once_one_is_refused(world: TenantFixture) -> None:
    relationship = await served(world)
    answers = await asyncio.gather(
        *(
            post(world.provider_a, relationship, "paused", starts_on=world.day(20), reason="x")
            for _ in range(4)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert wrong(refused) == [("/starts_on", "overlapping-pause")]


async def test_what_has_no_place_is_refused_where_it_stands(world: TenantFixture) -> None:
    relationship = await served(world, ends_on=world.day(-50))
    say, provider = post, world.provider_a
    before, beyond = world.day(181), world.day(-51)
    assert wrong(await say(provider, relationship, "paused", starts_on=before, reason="x")) == [
        ("/starts_on", "outside-relationship")
    ]
    assert wrong(
        await say(provider, relationship, "paused", starts_on=world.day(3), ends_on=world.day(4), reason="x")
    ) == [("/ends_on", "out-of-order")]
    assert wrong(await say(provider, relationship, "resumed", starts_on=world.day(3))) == [
        ("/starts_on", "not-paused")
    ]
    for day, code in ((before, "out-of-order"), (beyond, "outside-relationship")):
        assert wrong(await say(provider, relationship, "ended", ends_on=day, author=AUTHOR)) == [
            ("/ends_on", code)
        ]
    assert (await now(world, relationship)) == relationship
    end = await ended(provider, relationship, world.day(1))
    second = await say(provider, relationship, "ended", ends_on=world.day(2), author=AUTHOR)
    assert wrong(second) == [("/kind", "already-ended")]
    after = await say(provider, relationship, "paused", starts_on=world.day(0), reason="x")
    assert wrong(after) == [("/starts_on", "outside-relationship")]
    other = await world.provider_a.put(
        f"{PATH}/{end['id']}", post_entry(end) | {"kind": "started"}, If_Match='"1"'
    )
    assert wrong(other) == [("/kind", "invalid-value")]
    foreign = await say(world.provider_b, relationship, "ended", ends_on=world.day(2), author=AUTHOR)
    assert wrong(foreign) == [("/service_relationship_id", "unknown-reference")]
    assert (
        await say(world.workplace, relationship, "ended", ends_on=world.day(2), author=AUTHOR)
    ).status_code == 403


@pytest.mark.parametrize(
    ("entry", "errors"),
    [
        ({"kind": "started"}, [("/author", "missing"), ("/starts_on", "missing")]),
        ({"kind": "ended"}, [("/author", "missing"), ("/ends_on", "missing")]),
        ({"kind": "paused"}, [("/reason", "missing"), ("/starts_on", "missing")]),
        ({"kind": "resumed"}, [("/starts_on", "missing")]),
        ({"kind": "notice"}, [("/notice", "missing")]),
        (
            {"kind": "resumed", "starts_on": "2026-10-05", "author": AUTHOR},
            [("/author", "not-in-this-event")],
        ),
        (
            {"kind": "started", "starts_on": "2026-10-05", "author": AUTHOR, "onward_path": "other"},
            [("/onward_path", "not-in-this-event")],
        ),
        ({"kind": "started", "starts_on": "2026-10", "author": AUTHOR}, [("/starts_on", "invalid-value")]),
        ({"kind": "notice", "notice": {}}, [("/notice/recipient", "missing")]),
        ({"kind": "transition"}, [("/kind", "invalid-value")]),
    ],
)
async def test_each_kind_has_its_members(
    world: TenantFixture, entry: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    relationship = await served(world)
    assert wrong(await post(world.provider_a, relationship, **entry)) == errors


async def test_an_onward_path_is_one_of_the_list(world: TenantFixture) -> None:
    relationship = await served(world)
    answer = await post(
        world.provider_a, relationship, "ended", ends_on=world.day(1), author=AUTHOR, onward_path="moon"
    )
    assert wrong(answer) == [("/onward_path", "unknown-code")]
    assert (await now(world, relationship)) == relationship


async def test_the_service_is_named_where_the_relationship_names_none(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    answer = await post(world.provider_a, relationship, "started", starts_on=world.day(10), author=AUTHOR)
    assert wrong(answer) == [("/service", "missing")]
    named = await data_of(
        world.provider_a,
        relationship,
        "started",
        starts_on=world.day(10),
        author=AUTHOR,
        service=WORK_ACTIVITY,
    )
    assert named["service"] == WORK_ACTIVITY


async def test_the_employment_area_is_notified_of_rehabilitative_work(world: TenantFixture) -> None:
    relationship = await served(world, service_kind="rehabilitative_work", legal_bases=["KTT_189_2001"])
    notice = {
        "recipient": {
            "organisation": "Työllisyysalue",
            "contact_person": {"family_name": "Asiantuntija", "given_names": "Aki"},
        },
        "starts": True,
        "starts_on": world.day(9),
        "period_length": "3 kuukautta",
        "workplace": "Leipomo",
        "working_hours": "4 h, 4 pv",
        "notifiers": [AUTHOR | {"phone": "+358 50 1"}],
    }
    sent = await data_of(world.provider_a, relationship, "notice", notice=notice, further_information="x")
    assert (sent["structure"].split(".")[6], sent["dated_on"], sent["notice"]) == (
        "4002",
        world.day(9),
        notice,
    )
    assert sent["written_on"] == world.day(0)
    assert "service" not in sent


async def test_of_a_protected_client_no_companion_is_reached_by_a_provider(world: TenantFixture) -> None:
    client = await world.client(turvakielto=True)
    relationship = await world.relationship(client["id"], service=WORK_ACTIVITY)
    end = await ended(world.provider_a, relationship, world.day(1), transition={"companions": [RELATIVE]})
    path = f"{PATH}/{end['id']}"
    second = await world.organiser.post(f"{path}/void", {"reason": "x"})
    assert second.status_code == 200
    for link in (path, PATH, f"{path}/versions/1", f"{path}/versions/2", "/v1/changes"):
        answer = await world.provider_a.get(link)
        assert answer.status_code == 200
        assert RELATIVE["family_name"] in answer.text
        assert not [each for each in (RELATIVE["phone"], RELATIVE["email"]) if each in answer.text], link
        assert RELATIVE["phone"] in (await world.organiser.get(link)).text
    assert RELATIVE["phone"] not in str(end)
