"""What a workplace says of a day waits for its provider, and counts as a report in the meantime."""

import asyncio
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from tests.conftest import ApiClient, TenantFixture
from tests.record.everyday.attendance.days.test_workplace_api import own_and_other
from tests.reports.follow_up.test_missing_api import ALL_WEEK
from tests.sizes import examples

PRESENT = {"status": "present", "actual_minutes": 240}
ABSENT = {"status": "absent", "absence_reason": "own_illness"}
WAITS = {"origin": "workplace", "confirmation": "unconfirmed"}
SETTLED = {"origin": "workplace", "confirmation": "confirmed"}


async def days_of(world: TenantFixture) -> str:
    """The path of the days of an agreement at the workplace."""
    own, _ = await own_and_other(world)
    return f"/v1/agreements/{own['id']}/attendance"


async def reported(world: TenantFixture, days: str, ago: int = 3, entry: dict[str, Any] = PRESENT) -> str:
    answer = await world.workplace.put(f"{days}/{world.day(ago)}", entry)
    assert answer.status_code == 201, answer.text
    return f"{days}/{world.day(ago)}"


def origin(day: dict[str, Any]) -> dict[str, Any]:
    return {name: day[name] for name in ("origin", "confirmation") if name in day}


async def batch(speaker: ApiClient, *lines: dict[str, Any]) -> list[str]:
    answer = await speaker.post("/v1/attendance-batches", {"items": list(lines)})
    assert answer.status_code == 200, answer.text
    return [each["outcome"] for each in answer.json()["outcomes"]]


def line(path: str, entry: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"agreement_id": path.split("/")[3], "date": path.split("/")[5]} | entry | more


async def test_a_workplaces_day_waits_and_the_providers_own_does_not(world: TenantFixture) -> None:
    days = await days_of(world)
    by_workplace = (await world.organiser.get(await reported(world, days))).json()
    assert origin(by_workplace) == WAITS
    assert (await world.provider_a.put(f"{days}/{world.day(4)}", PRESENT)).status_code == 201
    assert origin((await world.organiser.get(f"{days}/{world.day(4)}")).json()) == {}
    assert await batch(world.workplace, line(f"{days}/{world.day(5)}", PRESENT)) == ["created"]
    listed = await world.pages(world.provider_a, "/v1/attendance?confirmation=unconfirmed&limit=1")
    assert [day["date"] for day in listed] == [world.day(5), world.day(3)]
    assert all(origin(day) == WAITS for day in listed)


async def test_confirming_makes_a_version_of_the_provider_once(world: TenantFixture) -> None:
    path = await reported(world, await days_of(world))
    before = (await world.provider_a.get(path)).text
    confirmed = await world.provider_a.post(f"{path}/confirm", None)
    data = confirmed.json()
    assert (confirmed.status_code, confirmed.headers["etag"], origin(data)) == (200, '"2"', SETTLED)
    assert data["recorded_by"]["organisation_id"] == str(world.provider_a.organisation_id)
    assert {name: data[name] for name in PRESENT} == PRESENT
    again = await world.provider_a.post(f"{path}/confirm", None)
    assert (again.status_code, again.content) == (200, confirmed.content)
    assert (await world.workplace.get(path)).json() == data
    assert (await world.pages(world.provider_a, "/v1/attendance?confirmation=unconfirmed")) == []
    assert (await world.pages(world.provider_a, "/v1/attendance?confirmation=confirmed")) == [data]
    journaled = await world.owner.fetch(
        "select version, change, replaced::text from journal where organiser_id = $1 and resource_type = 'attendance' order by seq",
        world.organiser_id,
    )
    assert [tuple(row) for row in journaled] == [(1, "created", None), (2, "updated", before)]
    for speaker in (world.provider_a, world.workplace, world.organiser):
        assert (await world.feed(speaker, "/v1/changes?resource_type=attendance"))[0][-1]["record"] == data


async def test_confirming_honours_the_version_and_only_the_provider_does_it(world: TenantFixture) -> None:
    path = await reported(world, await days_of(world))
    assert (await world.workplace.post(f"{path}/confirm", None)).status_code == 403
    assert (await world.organiser.post(f"{path}/confirm", None)).status_code == 403
    assert (await world.provider_b.post(f"{path}/confirm", None)).status_code == 404
    assert (await world.provider_a.post(f"{path}/confirm", None, If_Match='"7"')).status_code == 412
    assert origin((await world.provider_a.get(path)).json()) == WAITS
    assert (await world.provider_a.post(f"{path}/confirm", None, If_Match='"1"')).status_code == 200
    nothing = path.replace(world.day(3), world.day(9))
    assert (await world.provider_a.post(f"{nothing}/confirm", None)).status_code == 404


async def test_what_does_not_wait_stays_as_it_is(world: TenantFixture) -> None:
    days = await days_of(world)
    own = await world.provider_a.put(f"{days}/{world.day(4)}", PRESENT)
    answer = await world.provider_a.post(f"{days}/{world.day(4)}/confirm", None)
    assert (answer.status_code, answer.content) == (200, own.content)


async def test_a_correction_of_the_provider_settles_it(world: TenantFixture) -> None:
    path = await reported(world, await days_of(world))
    assert (await world.provider_a.put(path, ABSENT)).status_code == 428
    corrected = await world.provider_a.put(path, ABSENT, If_Match='"1"')
    assert (corrected.status_code, origin(corrected.json())) == (200, SETTLED)


async def test_the_same_words_settle_it_only_when_the_provider_says_which_version_it_read(
    world: TenantFixture,
) -> None:
    path = await reported(world, await days_of(world))
    equal = await world.provider_a.put(path, PRESENT)
    assert (equal.status_code, equal.headers["etag"], origin(equal.json())) == (200, '"1"', WAITS)
    other = await world.provider_a.put(path, PRESENT, If_Match='"4"')
    assert (other.status_code, origin(other.json())) == (200, WAITS), (
        "equal is equal, whatever version was meant"
    )
    response = await world.provider_a.put(path, PRESENT, If_Match='"1"')
    assert (response.status_code, response.headers["etag"], origin(response.json())) == (200, '"2"', SETTLED)
    late = await world.provider_a.put(path, PRESENT, If_Match='"1"')
    assert (late.status_code, late.headers["etag"]) == (200, '"2"'), (
        "the same send again finds what it wanted"
    )
    by_workplace = await world.workplace.put(path, PRESENT, If_Match='"2"')
    assert origin(by_workplace.json()) == SETTLED, "nor does the workplace unsettle what it only says again"


async def test_a_batch_with_the_versions_that_were_read_confirms_many(world: TenantFixture) -> None:
    days = await days_of(world)
    paths = [await reported(world, days, ago) for ago in (3, 4, 5)]
    lines = [line(path, PRESENT) for path in paths]
    assert await batch(world.provider_a, *lines) == ["unchanged"] * 3
    assert await batch(world.workplace, *[each | {"if_version": 1} for each in lines]) == ["unchanged"] * 3
    stale = [lines[0] | {"if_version": 9}, *[each | {"if_version": 1} for each in lines[1:]]]
    assert await batch(world.provider_a, *stale) == ["unchanged", "updated", "updated"]
    assert await batch(world.provider_a, *[each | {"if_version": 1} for each in lines]) == [
        "updated",
        "unchanged",
        "unchanged",
    ]
    listed = (await world.provider_a.get("/v1/attendance")).json()["items"]
    assert [(day["version"], origin(day)) for day in listed] == [(2, SETTLED)] * 3


async def test_what_the_workplace_says_otherwise_of_a_settled_day_waits_again(world: TenantFixture) -> None:
    days = await days_of(world)
    confirmed = await reported(world, days)
    await world.provider_a.post(f"{confirmed}/confirm", None)
    own = f"{days}/{world.day(4)}"
    await world.provider_a.put(own, PRESENT)
    for path, version in ((confirmed, 2), (own, 1)):
        assert (await world.workplace.put(path, ABSENT)).status_code == 428
        changed = await world.workplace.put(path, ABSENT, If_Match=f'"{version}"')
        assert (changed.status_code, origin(changed.json())) == (200, WAITS)


async def test_a_voiding_by_the_workplace_waits_too_and_one_by_the_provider_settles(
    world: TenantFixture,
) -> None:
    days = await days_of(world)
    wrong = {"reason": "Väärä päivä"}
    first, second = [await reported(world, days, ago) for ago in (3, 4)]
    voided = await world.workplace.post(f"{first}/void", wrong)
    assert (voided.status_code, origin(voided.json())) == (200, WAITS)
    listed = (await world.provider_a.get("/v1/attendance?confirmation=unconfirmed&status=voided")).json()[
        "items"
    ]
    assert listed == [voided.json()]
    settled = await world.provider_a.post(f"{first}/confirm", None)
    assert (settled.json()["status"], settled.json()["void_reason"], origin(settled.json())) == (
        "voided",
        "Väärä päivä",
        SETTLED,
    )
    assert origin((await world.provider_a.post(f"{second}/void", wrong)).json()) == SETTLED
    anew = await world.workplace.put(second, PRESENT, If_Match='"2"')
    assert (anew.json()["status"], origin(anew.json())) == ("present", WAITS)


async def test_an_unconfirmed_day_is_a_report_and_counts(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    agreement = await world.agreement(
        relationship, await world.decision(relationship), place=place, schedule=ALL_WEEK
    )
    days, on = f"/v1/agreements/{agreement['id']}/attendance", world.day(3)
    missing = f"/v1/attendance/missing?on={on}"
    was_missing = len((await world.provider_a.get(missing)).json()["items"])
    await reported(world, days)
    await reported(world, days, 4, ABSENT)
    assert (await world.provider_a.get(missing)).json()["items"] == []
    assert was_missing <= 1
    query = f"/v1/agreements/{agreement['id']}/attendance-summary?from={world.day(4)}&to={on}"
    data = (await world.organiser.get(query)).json()
    assert (data["days"]["present"], data["days"]["absent"], data["unconfirmed"]) == (1, 1, 2)
    assert data["minutes"]["actual"] == 240
    assert [item["confirmation"] for item in data["items"]] == ["unconfirmed"] * 2
    assert data["items"][0]["justified"]["result"] == "justified"
    await world.provider_a.post(f"{days}/{on}/confirm", None)
    after = (await world.organiser.get(query)).json()
    assert (after["days"], after["unconfirmed"]) == (data["days"], 1)
    assert [item["confirmation"] for item in after["items"]] == ["unconfirmed", "confirmed"]


@pytest.mark.parametrize("language", ["fi", "sv"])
async def test_the_file_tells_what_a_workplace_reported(world: TenantFixture, language: str) -> None:
    days = await days_of(world)
    await reported(world, days, 3)
    confirmed = await reported(world, days, 4)
    await world.provider_a.post(f"{confirmed}/confirm", None)
    await world.provider_a.put(f"{days}/{world.day(5)}", PRESENT)
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = await world.provider_a.get("/v1/attendance", Accept=media, Accept_Language=language)
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
    head, words = {
        "fi": ("Työpaikan ilmoitus", ["Vahvistettu", "Vahvistamatta"]),
        "sv": ("Arbetsplatsens uppgift", ["Bekräftad", "Obekräftad"]),
    }[language]
    at = rows[0].index(head)
    assert [row[at] for row in rows[1:]] == [None, *words]
    only = await world.provider_a.get(
        "/v1/attendance?confirmation=unconfirmed", Accept="text/csv", Accept_Language=language
    )
    assert len(only.text.strip().splitlines()) == 2


async def test_of_a_confirmation_and_a_correction_at_once_nothing_is_overwritten(
    world: TenantFixture,
) -> None:
    days = await days_of(world)
    for ago in range(3, 9):
        path = await reported(world, days, ago)
        answers = await asyncio.gather(
            world.workplace.put(path, ABSENT, If_Match='"1"'),
            world.provider_a.post(f"{path}/confirm", None, If_Match='"1"'),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412], [
            answer.text for answer in answers
        ]
        version = (await world.provider_a.get(path)).json()["version"]
        journaled = await world.owner.fetchval(
            "select count(distinct version) from journal where organiser_id = $1 and resource_id = $2",
            world.organiser_id,
            (await world.provider_a.get(path)).json()["id"],
        )
        assert journaled == version


@given(
    st.permutations(
        ["workplace", "workplace", "provider_a", "provider_a batch", "workplace batch", "confirm"]
    )
)
@settings(
    max_examples=examples(8, long=100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_what_workplace_and_provider_both_say_is_known_alike_in_whatever_order(
    world: TenantFixture, order: list[str]
) -> None:
    path = f"{await days_of(world)}/{world.day(3)}"
    for each in order:
        speaker: ApiClient = getattr(world, each.split()[0]) if each != "confirm" else world.provider_a
        if each == "confirm":
            assert (await speaker.post(f"{path}/confirm", None)).status_code in {200, 404}
        elif each.endswith("batch"):
            assert (await batch(speaker, line(path, PRESENT)))[0] in {"created", "unchanged"}
        else:
            assert (await speaker.put(path, PRESENT)).status_code in {200, 201}
    data = (await world.provider_a.post(f"{path}/confirm", None)).json()
    assert {name: data[name] for name in PRESENT} == PRESENT
    assert (data["version"], origin(data)) == (
        (2, SETTLED) if order_begins_at_the_workplace(order) else (1, {})
    )


def order_begins_at_the_workplace(order: list[str]) -> bool:
    return next(each for each in order if each != "confirm").startswith("workplace")
