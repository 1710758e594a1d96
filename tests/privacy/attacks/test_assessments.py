"""What a workplace can learn by way of assessments: from the draft that is prepared for it, and from what the provider made
of its own. The page of audiences: goals never; reasons of absence its own only; assessments in its own words only."""

from typing import Any

import pytest
from tests.conftest import TenantFixture
from tests.privacy.test_workplace_reads import person
from tests.record.case_file.documents.samples import AUTHOR
from tests.record.everyday.work_diary.test_work_diary_api import MANNER, PATH, Place

REASONS_OF_OTHERS = ("condition_of_day", "child_illness_under_10", "own_illness", "unknown")
ITS_TASKS = "Tiskaus ja pöydät."


@pytest.fixture
async def agreement(world: TenantFixture) -> dict[str, Any]:
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    return await world.signed_agreement(place=place, tasks=ITS_TASKS, tasks_and_goals="Kanaria tavoite")


async def _prefilled(world: TenantFixture, agreement: dict[str, Any], ago: int) -> dict[str, Any]:
    one_day = f"from={world.day(ago)}&to={world.day(ago)}"
    answer = await world.workplace.get(f"/v1/assessment-prefill?agreement_id={agreement['id']}&{one_day}")
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


@pytest.mark.parametrize("status", ["absent", "partial"])
async def test_a_draft_for_one_day_does_not_tell_why_the_client_was_absent(
    world: TenantFixture, agreement: dict[str, Any], status: str
) -> None:
    """Tried: a prepared assessment for a period of one day; its figures named the reason that the provider gave."""
    found = []
    for ago, reason in enumerate(REASONS_OF_OTHERS, 3):
        path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(ago)}"
        assert (
            await world.provider_a.put(path, {"status": status, "absence_reason": reason})
        ).status_code == 201
        found.append((await _prefilled(world, agreement, ago))["attendance"] | {"planned": 0})
    assert [each["absences"] for each in found] == [[]] * len(REASONS_OF_OTHERS)
    assert found == [found[0]] * len(REASONS_OF_OTHERS)
    if status == "partial":
        path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(20)}"
        assert (await world.provider_a.put(path, {"status": status})).status_code == 201
        assert (await _prefilled(world, agreement, 20))["attendance"] | {"planned": 0} == found[0]


async def test_a_draft_counts_the_reason_that_the_workplace_gave(
    world: TenantFixture, agreement: dict[str, Any]
) -> None:
    path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    given = await world.workplace.put(path, {"status": "absent", "absence_reason": "own_illness"})
    assert given.status_code == 201
    figures = (await _prefilled(world, agreement, 3))["attendance"]
    assert figures["absences"] == [{"reason": "own_illness", "days": 1}]


async def test_a_draft_holds_the_tasks_at_the_place_and_no_goals(
    world: TenantFixture, agreement: dict[str, Any]
) -> None:
    """Tried: `tasks` of a prepared assessment, which was `tasks_and_goals` of the agreement."""
    draft = await _prefilled(world, agreement, 3)
    assert draft["tasks"] == ITS_TASKS
    assert "Kanaria" not in str(draft)


CORRECTED = "Kanaria jaksaa huonosti."
COACH = {"sub": "coach-7", "name": "Valmentaja Kanaria"}


def _entry(agreement: dict[str, Any], text: str = "Hyvä työntekijä.") -> dict[str, Any]:
    items = [
        {"key": "overall", "rating": 4, "text": text},
        {"key": "support_needed", "text": "Ei erityistä."},
    ]
    of = {"agreement_id": agreement["id"], "form": "workplace_short", "authors": [AUTHOR], "items": items}
    return of | {"participants": "Eeva, Leena", "source_id": "lyhyt-1"}


async def _corrected(world: TenantFixture, agreement: dict[str, Any]) -> dict[str, Any]:
    """The workplace's assessment, confirmed and then corrected by a person at the provider."""
    created = await world.workplace.post("/v1/assessments", _entry(agreement))
    assert created.status_code == 201, created.text
    path = f"/v1/assessments/{created.json()['id']}"
    token = person(world, world.provider_a, "assessments:write assessment-confirmations:write")
    confirmed = await world.provider_a.post(f"{path}/confirm", {"author": AUTHOR}, Authorization=token)
    assert confirmed.status_code == 200, confirmed.text
    better = await world.provider_a.put(
        path, _entry(agreement, CORRECTED), If_Match='"2"', Authorization=token
    )
    assert (better.status_code, better.json()["items"][0]["text"]) == (200, CORRECTED), better.text
    assert better.json()["recorded_by"]["person"] == COACH
    return created.json()  # type: ignore[no-any-return]


async def test_a_workplace_reads_its_own_words_of_an_assessment_by_every_way(
    world: TenantFixture, agreement: dict[str, Any]
) -> None:
    """Tried: record, list, feed, versions and a repeated POST, after the provider corrected what the workplace wrote."""
    own = await _corrected(world, agreement)
    path, speaker = f"/v1/assessments/{own['id']}", world.workplace
    answers = [
        await speaker.get(path),
        await speaker.get("/v1/assessments"),
        await speaker.get("/v1/changes?resource_type=assessment"),
        *[await speaker.get(f"{path}/versions/{version}") for version in (1, 2, 3)],
        await speaker.post("/v1/assessments", _entry(agreement)),
    ]
    for answer in answers:
        assert (answer.status_code, "Kanaria" in answer.text) == (200, False), answer.text
    for record in (answers[0].json(), answers[-1].json(), answers[1].json()["items"][0]):
        assert {name: record[name] for name in ("items", "authors")} == {
            name: own[name] for name in ("items", "authors")
        }
        assert record["status"] == "final"
    assert CORRECTED in (await world.provider_a.get(path)).text


async def test_what_the_provider_made_of_an_assessment_cannot_be_guessed(
    world: TenantFixture, agreement: dict[str, Any]
) -> None:
    """Tried: PUT, and POST under the workplace's own `source_id`, of the right guess and of a wrong one."""
    own = await _corrected(world, agreement)
    texts = []
    for guess in (CORRECTED, "Väsyy helposti."):
        entry = _entry(agreement, guess)
        put = await world.workplace.put(f"/v1/assessments/{own['id']}", entry, If_Match='"3"')
        post = await world.workplace.post("/v1/assessments", entry)
        texts.append([(each.status_code, each.json()["code"]) for each in (put, post)])
    assert texts == [[(403, "not-yours-to-change"), (409, "duplicate-source")]] * 2


@pytest.mark.parametrize("confirmed", [False, True])
async def test_of_a_report_that_the_provider_voided_it_reads_neither_person_nor_reason(
    world: TenantFixture, confirmed: bool
) -> None:
    """Tried: who voided a diary entry of the workplace, and why. The page gives the workplace its own words with the
    state; of others' acts no more than that they were done."""
    place = await Place.of(world)
    data = await place.reported()
    if confirmed:
        await place.confirmed(data)
    path, token = f"{PATH}/{data['id']}", person(world, world.provider_a, "diary-entries:write")
    voided = await world.provider_a.post(
        f"{path}/void", {"reason": "Kanaria sairaalassa"}, Authorization=token
    )
    assert (voided.status_code, voided.json()["recorded_by"]["person"]) == (200, COACH)
    feed = (await world.feed(world.workplace))[0][-1]["record"]
    for seen in ((await world.workplace.get(path)).json(), feed):
        assert seen["status"] == "voided"
        assert "Kanaria" not in str(seen)


async def test_the_kind_that_the_provider_made_of_a_report_is_not_told(world: TenantFixture) -> None:
    """Tried: the filter `kind` and the member `structure`, after the provider made another kind of the report."""
    place = await Place.of(world)
    data = await place.reported()
    other = {"kind": "contact", "contact_manners": [MANNER], "description": "Puhuttu asiakkaan kanssa."}
    await place.confirmed(data, corrected=other)
    listed = {
        kind: (await world.workplace.get(f"{PATH}?kind={kind}")).json()["items"]
        for kind in ("daily_performance", "contact")
    }
    assert {kind: len(items) for kind, items in listed.items()} == {"daily_performance": 1, "contact": 0}
    assert "structure" not in listed["daily_performance"][0]
    assert len((await world.provider_a.get(f"{PATH}?kind=contact")).json()["items"]) == 1
