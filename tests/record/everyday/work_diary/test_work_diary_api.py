"""The work diary over HTTP: a coach's week, a workplace's entry on its way to a document, what is refused where."""

import secrets
from typing import Any

import pytest
from tests.conftest import ApiClient, TenantFixture, forward
from tests.record.case_file.documents.samples import AUTHOR, DISABILITY, WORK_ACTIVITY

from walmu_api.foundation.clock import Clock

PATH = "/v1/diary-entries"
MANNER = {"system": "urn:oid:1.2.246.537.6.1250", "code": "3", "display": "Käynti asiakkaan luona"}
INSTRUCTOR = {"family_name": "Ohjaaja", "given_names": "Olli"}


class Place:
    """A client of provider A who works at the workplace."""

    def __init__(self, world: TenantFixture, agreement: dict[str, Any]) -> None:
        self.world, self.agreement = world, agreement
        self.relationship = agreement["service_relationship_id"]

    @classmethod
    async def of(cls, world: TenantFixture, **changes: Any) -> "Place":
        place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
        return cls(world, await world.signed_agreement(place=place, **changes))

    def at(self, days_ago: int, time: str = "09:00") -> str:
        return f"{self.world.day(days_ago)}T{time}:00+03:00"

    def report(self, **changes: Any) -> dict[str, Any]:
        """What the workplace writes."""
        return {
            "agreement_id": self.agreement["id"],
            "kind": "daily_performance",
            "author": INSTRUCTOR,
            "period": {"starts_at": self.at(2), "ends_at": self.at(2, "13:00")},
            "performance": {"tasks": ["Pullien paisto"], "rating": "well"},
            "source_id": secrets.token_hex(6),
        } | changes

    def entry(self, kind: str, **changes: Any) -> dict[str, Any]:
        """What the provider writes."""
        return {
            "service_relationship_id": self.relationship,
            "kind": kind,
            "author": AUTHOR,
            "source_id": secrets.token_hex(6),
        } | changes

    async def written(self, by: ApiClient, entry: dict[str, Any]) -> dict[str, Any]:
        answer = await by.post(PATH, entry)
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"] == f"{PATH}/{answer.json()['id']}"
        return answer.json()  # type: ignore[no-any-return]

    async def reported(self, **changes: Any) -> dict[str, Any]:
        return await self.written(self.world.workplace, self.report(**changes))

    async def confirmed(self, data: dict[str, Any], **more: Any) -> dict[str, Any]:
        answer = await self.world.provider_a.post(f"{PATH}/{data['id']}/confirm", {"author": AUTHOR} | more)
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]


def post_entry(data: dict[str, Any], *leave: str) -> dict[str, Any]:
    """A record as it is said again."""
    server = {
        "id",
        "version",
        "recorded_at",
        "recorded_by",
        "status",
        "dated_on",
        "structure",
        "provider_id",
        "workplace_id",
        "reported",
    }
    return {name: value for name, value in data.items() if name not in server | set(leave)}


def wrong(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_a_coachs_week_follows_the_structure_of_each_entry(world: TenantFixture) -> None:
    place = await Place.of(world)
    week = [
        place.entry(
            "workplace_visit",
            period={"starts_at": place.at(7)},
            contact_manners=[MANNER],
            place="Leipomo",
            participants="Asiakas, lähiohjaaja",
            description="Tutustuttiin.",
            agreed="Jatketaan.",
        ),
        place.entry(
            "daily_performance",
            period={"starts_at": place.at(6)},
            performance={"tasks": ["Hionta"], "rating": "well", "form": "group"},
        ),
        place.entry(
            "cancelled_appointment",
            cancellation={
                "planned_at": place.at(-3),
                "reason": "client",
                "further_information": "Siirretään.",
            },
        ),
        place.entry(
            "network_meeting", period={"starts_at": place.at(4)}, participants="Kela", agreed="Kela hakee."
        ),
        place.entry("other", description="Muu."),
    ]
    data = [await place.written(world.provider_a, entry) for entry in week]
    assert [each["structure"].split(".")[6] for each in data] == ["19005", "19007", "19006", "19004", "19013"]
    assert [each["dated_on"] for each in data] == [*(world.day(at) for at in (7, 6, -3, 4, 0))]
    assert {each["status"] for each in data} == {"final"}
    assert [each["service_task"] for each in data] == [DISABILITY] * 5
    assert data[1]["description"] == "Tehtävät: Hionta\nSujuminen: Hyvin.\nMuoto: ryhmä"
    assert data[0]["written_on"] == world.day(0)
    assert [post_entry(each, "client_id", "service_task", "written_on") for each in (data[0], data[2])] == [
        week[0],
        week[2],
    ]
    by_organiser = (await world.organiser.get(f"{PATH}?service_relationship_id={place.relationship}")).json()[
        "items"
    ]
    assert by_organiser == data
    again = await world.provider_a.post(PATH, week[1])
    assert (again.status_code, again.json()) == (200, data[1])


async def test_the_diary_is_filtered(world: TenantFixture) -> None:
    place, other = await Place.of(world), await Place.of(world)
    visit = await place.written(
        world.provider_a, place.entry("workplace_visit", period={"starts_at": place.at(9)})
    )
    report = await place.reported()
    await other.reported()

    async def ids(query: str) -> list[str]:
        answer = await world.provider_a.get(f"{PATH}?client_id={place.agreement['client_id']}&{query}")
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    assert await ids("kind=workplace_visit") == [visit["id"]]
    assert await ids("kind=orientation") == []
    assert await ids(f"agreement_id={place.agreement['id']}") == [report["id"]]
    assert await ids("status=unconfirmed") == [report["id"]]
    assert await ids(f"from={world.day(3)}") == [report["id"]]
    assert await ids(f"to={world.day(3)}") == [visit["id"]]
    assert await ids(f"source_id={visit['source_id']}") == [visit["id"]]


async def test_the_day_of_an_entry_is_the_day_in_finland(world: TenantFixture) -> None:
    place = await Place.of(world)
    late = f"{world.day(5)}T22:30:00Z"
    data = await place.written(world.provider_a, place.entry("contact", period={"starts_at": late}))
    assert data["dated_on"] == world.day(4)
    assert data["period"] == {"starts_at": late}


async def test_what_a_workplace_writes_waits_for_its_provider(world: TenantFixture) -> None:
    place = await Place.of(world)
    report = place.report()
    data = await place.written(world.workplace, report)
    assert (data["status"], data["workplace_id"]) == ("unconfirmed", str(world.workplace.organisation_id))
    assert data["recorded_by"]["organisation_id"] == str(world.workplace.organisation_id)
    assert not {"structure", "service_task", "services", "written_on"} & set(data)
    path = f"{PATH}/{data['id']}"
    for reader in (world.workplace, world.provider_a, world.organiser):
        assert (await reader.get(path)).json() == data
    assert (await world.provider_b.get(path)).status_code == 404

    confirmed = await place.confirmed(data)
    assert (confirmed["status"], confirmed["version"], confirmed["author"]) == ("final", 2, AUTHOR)
    assert confirmed["structure"].split(".")[6] == "19007"
    assert (confirmed["service_task"], confirmed["workplace_id"]) == (DISABILITY, data["workplace_id"])
    assert confirmed["description"] == "Tehtävät: Pullien paisto\nSujuminen: Hyvin."
    assert confirmed["reported"] == {
        name: data[name] for name in ("kind", "period", "performance", "description", "author", "dated_on")
    }
    assert await place.confirmed(data) == confirmed, "the same again changes nothing"
    other = await world.provider_a.post(f"{path}/confirm", {"author": INSTRUCTOR})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    again = await world.workplace.post(PATH, report)
    assert (again.status_code, again.json()["id"]) == (200, data["id"])


async def test_a_corrected_report_keeps_the_workplaces_words_and_the_workplace_sees_only_those(
    world: TenantFixture,
) -> None:
    place = await Place.of(world)
    data = await place.reported()
    path = f"{PATH}/{data['id']}"
    better = {
        "kind": "contact",
        "contact_manners": [MANNER],
        "description": "Työpaikka kertoi, puhuttu asiakkaan kanssa.",
        "agreed": "Lepotauko.",
    }
    stale = await world.provider_a.post(
        f"{path}/confirm", {"author": AUTHOR, "corrected": better}, If_Match='"7"'
    )
    assert stale.status_code == 412
    confirmed = await place.confirmed(data, corrected=better)
    assert {name: confirmed[name] for name in better} == better
    assert confirmed["structure"].split(".")[6] == "19005"
    assert "performance" not in confirmed
    versions = f"{path}/versions"
    assert (await world.provider_a.get(f"{versions}/1")).json() == data
    assert (await world.provider_a.get(f"{versions}/2")).json() == confirmed

    words = {name: data[name] for name in ("kind", "period", "performance", "description", "author")}
    for seen in (
        (await world.workplace.get(path)).json(),
        (await world.workplace.get(PATH)).json()["items"][0],
        (await world.workplace.get(f"{versions}/2")).json(),
        (await world.feed(world.workplace))[0][-1]["record"],
    ):
        assert {name: seen[name] for name in words} == words
        assert seen["status"] == "final"
        assert not {"service_task", "services", "agreed", "contact_manners", "reported", "written_on"} & set(
            seen
        )

    amended = post_entry(confirmed) | {"agreed": "Kaksi lepotaukoa."}
    second = await world.provider_a.put(path, amended, If_Match='"2"')
    assert second.status_code == 200, second.text
    assert (second.json()["reported"], second.json()["agreed"]) == (
        confirmed["reported"],
        "Kaksi lepotaukoa.",
    )


async def test_a_workplace_changes_and_voids_its_entry_until_it_is_confirmed(world: TenantFixture) -> None:
    place = await Place.of(world)
    data = await place.reported()
    path = f"{PATH}/{data['id']}"
    changed = post_entry(data, "description", "client_id", "service_relationship_id") | {
        "performance": {"rating": "mostly_well"}
    }
    second = await world.workplace.put(path, changed, If_Match='"1"')
    assert second.status_code == 200, second.text
    assert (second.json()["status"], second.json()["description"]) == (
        "unconfirmed",
        "Sujuminen: Pääosin hyvin.",
    )
    for other in (world.provider_a, world.organiser):
        refused = await other.put(path, changed | {"description": "Muu"}, If_Match='"2"')
        assert (refused.status_code, refused.json()["code"]) == (403, "not-yours-to-change")
    await place.confirmed(data)
    for act in (
        await world.workplace.put(path, changed | {"description": "Muu"}, If_Match='"3"'),
        await world.workplace.post(f"{path}/void", {"reason": "Väärä päivä"}),
    ):
        assert (act.status_code, act.json()["code"]) == (403, "not-yours-to-change")
    mine = await place.reported()
    void = await world.workplace.post(f"{PATH}/{mine['id']}/void", {"reason": "Väärä päivä"})
    assert (void.status_code, void.json()["status"]) == (200, "voided")
    refused = await world.provider_a.post(f"{PATH}/{mine['id']}/confirm", {"author": AUTHOR})
    assert (refused.status_code, refused.json()["code"]) == (409, "already-voided")


async def test_what_is_wrong_with_a_correction_is_told_at_its_place(world: TenantFixture) -> None:
    place = await Place.of(world)
    data = await place.reported()
    confirm = f"{PATH}/{data['id']}/confirm"
    body = {
        "author": AUTHOR,
        "corrected": {"kind": "other", "agreed": "x", "period": {"starts_at": place.at(-2)}},
    }
    assert wrong(await world.provider_a.post(confirm, body)) == [
        ("/corrected/agreed", "not-in-this-kind"),
        ("/corrected/period", "invalid-value"),
    ]
    assert (await world.provider_a.get(f"{PATH}/{data['id']}")).json() == data


async def test_a_report_without_a_time_keeps_its_day_when_it_is_confirmed_later(
    world: TenantFixture, clock: Clock
) -> None:
    place = await Place.of(world)
    report = place.report()
    del report["period"]
    data = await place.written(world.workplace, report)
    today = world.day(0)
    forward(clock, days=2)
    confirmed = await place.confirmed(data)
    assert (data["dated_on"], confirmed["dated_on"], confirmed["written_on"]) == (today, today, world.day(0))


async def test_a_provider_voids_a_report_that_is_not_so(world: TenantFixture) -> None:
    place = await Place.of(world)
    data = await place.reported()
    foreign = await world.provider_b.post(f"{PATH}/{data['id']}/void", {"reason": "x"})
    assert foreign.status_code == 404
    void = await world.provider_a.post(f"{PATH}/{data['id']}/void", {"reason": "Asiakas ei ollut paikalla"})
    assert (void.status_code, void.json()["status"]) == (200, "voided")


async def test_only_the_provider_of_the_service_confirms(world: TenantFixture) -> None:
    place = await Place.of(world)
    data = await place.reported()
    path, body = f"{PATH}/{data['id']}/confirm", {"author": AUTHOR}
    for speaker, status in (
        (world.workplace, 403),
        (world.organiser, 403),
        (world.ehr, 403),
        (world.provider_b, 404),
    ):
        assert (await speaker.post(path, body)).status_code == status
    own = await place.written(world.provider_a, place.entry("other", description="x"))
    refused = await world.provider_a.post(f"{PATH}/{own['id']}/confirm", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


@pytest.mark.dated
@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"kind": "network_meeting", "performance": None}, [("/kind", "not-for-workplaces")]),
        ({"services": [WORK_ACTIVITY]}, [("/services", "not-for-workplaces")]),
        ({"contact_manners": [MANNER]}, [("/contact_manners", "not-for-workplaces")]),
        ({"kind": "other"}, [("/performance", "not-in-this-kind")]),
        ({"agreed": "x"}, [("/agreed", "not-in-this-kind"), ("/agreed", "not-for-workplaces")]),
        ({"period": {"starts_at": "2020-01-01T09:00:00Z"}}, [("/period", "day-outside-agreement")]),
        (
            {"period": {"starts_at": "2199-01-01T09:00:00Z"}},
            [("/period", "invalid-value"), ("/period", "day-outside-agreement")],
        ),
        (
            {"period": {"starts_at": "2026-10-05T09:00:00Z", "ends_at": "2026-10-05T11:00:00+03:00"}},
            [("/period/ends_at", "out-of-order")],
        ),
    ],
)
async def test_what_a_workplace_may_not_say_is_refused_at_its_place(
    world: TenantFixture, changes: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    place = await Place.of(world)
    entry = {name: value for name, value in place.report(**changes).items() if value is not None}
    assert wrong(await world.workplace.post(PATH, entry)) == errors


async def test_a_workplace_writes_under_its_own_signed_agreement_only(world: TenantFixture) -> None:
    place, elsewhere = await Place.of(world), await world.signed_agreement()
    report = place.report()
    foreign = await world.workplace.post(PATH, report | {"agreement_id": elsewhere["id"]})
    assert wrong(foreign) == [("/agreement_id", "unknown-reference")]
    by_relationship = {**report, "service_relationship_id": place.relationship}
    assert wrong(await world.workplace.post(PATH, by_relationship)) == [
        ("/service_relationship_id", "unknown-reference")
    ]
    del report["agreement_id"]
    assert wrong(await world.workplace.post(PATH, report)) == [("", "client-needed")]
    drafted = await world.relationship((await world.client())["id"])
    at_the_place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    draft = await world.agreement(drafted, await world.decision(drafted), sign=False, place=at_the_place)
    unsigned = await world.workplace.post(PATH, report | {"agreement_id": draft["id"]})
    assert wrong(unsigned) == [("/agreement_id", "unknown-reference")], "it does not know of the draft"


@pytest.mark.parametrize(
    ("entry", "errors"),
    [
        ({"kind": "network_meeting", "place": "Kela"}, [("/place", "not-in-this-kind")]),
        ({"kind": "contact", "cancellation": {"reason": "client"}}, [("/cancellation", "not-in-this-kind")]),
        ({"kind": "cancelled_appointment", "description": "x"}, [("/description", "not-in-this-kind")]),
        ({"kind": "other", "written_on": "2199-01-01"}, [("/written_on", "invalid-value")]),
        (
            {"kind": "contact", "period": {"starts_at": "2199-01-01T09:00:00Z"}},
            [("/period", "invalid-value")],
        ),
        ({"kind": "lunch"}, [("/kind", "invalid-value")]),
        (
            {"kind": "cancelled_appointment", "cancellation": {"reason": "Y30"}},
            [("/cancellation/reason", "invalid-value")],
        ),
        ({"kind": "contact", "reported": {}}, [("/reported", "unknown-property")]),
    ],
)
async def test_what_does_not_belong_in_an_entry_is_refused_at_its_place(
    world: TenantFixture, entry: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    place = await Place.of(world)
    assert wrong(await world.provider_a.post(PATH, place.entry("contact") | entry)) == errors


async def test_an_entry_without_a_relationship_names_the_service_task_itself(world: TenantFixture) -> None:
    client = await world.client()
    entry = {
        "client_id": client["id"],
        "kind": "other",
        "author": AUTHOR,
        "source_id": "a",
        "description": "x",
    }
    assert wrong(await world.organiser.post(PATH, entry)) == [("/service_task", "missing")]
    response = await world.organiser.post(PATH, entry | {"service_task": DISABILITY})
    assert (response.status_code, response.json()["service_task"]) == (201, DISABILITY)


async def test_an_entry_sent_again_is_the_same_also_when_the_relationship_tells_more_since(
    world: TenantFixture,
) -> None:
    place = await Place.of(world)
    entry = place.entry("other", description="x")
    first = await place.written(world.provider_a, entry)
    path = f"/v1/service-relationships/{place.relationship}"
    relationship = (await world.organiser.get(path)).json()
    server = {"id", "version", "recorded_at", "recorded_by"}
    more = {name: value for name, value in relationship.items() if name not in server} | {
        "service": WORK_ACTIVITY
    }
    assert (await world.organiser.put(path, more, If_Match='"1"')).status_code == 200
    again = await world.provider_a.post(PATH, entry)
    assert (again.status_code, again.json()) == (200, first)
    later = await place.written(world.provider_a, place.entry("other", description="y"))
    assert later["services"] == [WORK_ACTIVITY]


async def test_a_description_made_of_parts_follows_them_when_the_entry_is_said_again(
    world: TenantFixture,
) -> None:
    place = await Place.of(world)
    first = await place.written(
        world.provider_a, place.entry("daily_performance", performance={"rating": "well"})
    )
    path = f"{PATH}/{first['id']}"
    assert (await world.provider_a.put(path, post_entry(first))).json() == first
    second = await world.provider_a.put(
        path, post_entry(first) | {"performance": {"rating": "mostly_well"}}, If_Match='"1"'
    )
    assert second.json()["description"] == "Sujuminen: Pääosin hyvin."
    assert second.json()["dated_on"] == first["dated_on"]
