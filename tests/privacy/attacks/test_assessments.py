"""What a workplace can learn by way of assessments: from the draft that is prepared for it, and from what the provider made
of its own. The page of audiences: goals never; reasons of absence its own only; assessments in its own words only."""

import runpy
from typing import Any

import pytest
from tests.conftest import TenantFixture
from tests.privacy.test_workplace_reads import person
from tests.record.case_file.documents.samples import AUTHOR
from tests.record.everyday.work_diary.test_work_diary_api import MANNER, PATH, Place

from walmu_api.foundation.migrating import MIGRATIONS

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


REHABILITATIVE = {"service_kind": "rehabilitative_work", "legal_bases": ["KTT_189_2001"]}
SERVER = {"id", "version", "recorded_at", "recorded_by", "provider_id", "workplace_id", "dated_on", "status"}
BELONGS = {"client_id", "service_relationship_id", "document_texts", "written_on", "form_version"}


async def _at_the_workplace(world: TenantFixture, **relationship: Any) -> dict[str, Any]:
    service = {"system": "urn:oid:1.2.246.537.6.1222", "code": "55", "display": "Kanariapalvelu"}
    made = await world.relationship((await world.client())["id"], service=service, **relationship)
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    return await world.agreement(made, await world.decision(made), place=place)


@pytest.mark.parametrize("relationship", [{}, REHABILITATIVE])
async def test_an_assessment_has_nothing_that_the_workplace_did_not_write(
    world: TenantFixture, relationship: dict[str, Any]
) -> None:
    """Tried: the answer to its own POST, and the record after the provider confirmed it: service and service task of the
    relationship, texts and structure of the national document (which follow from the legal basis), and the confirmation."""
    sent = _entry(await _at_the_workplace(world, **relationship))
    created = await world.workplace.post("/v1/assessments", sent)
    path = f"/v1/assessments/{created.json()['id']}"
    author = AUTHOR | {"family_name": "Kanaria"}
    confirmation = {"author": author, "participants": "Kanaria osallistui"}
    confirmed = await world.provider_a.post(f"{path}/confirm", confirmation)
    assert (confirmed.status_code, "structure" in confirmed.json()) == (200, True), confirmed.text
    again, read = await world.workplace.post("/v1/assessments", sent), await world.workplace.get(path)
    listed = (await world.workplace.get("/v1/assessments")).json()["items"][0]
    versions = [(await world.workplace.get(f"{path}/versions/{each}")).json() for each in (1, 2)]
    assert [each["version"] for each in versions] == [1, 2]
    for record in (created.json(), again.json(), read.json(), listed):
        assert record.keys() <= sent.keys() | SERVER | BELONGS
        assert {name: record[name] for name in sent} == sent
        assert record["document_texts"] == {}
    for text in (created.text, again.text, read.text, str(listed), str(versions)):
        assert ("anaria" in text, "structure" in text, ".1221" in text) == (False, False, False), text
    assert read.json()["status"] == "final"


async def test_a_refusal_does_not_tell_by_which_law_the_client_works(world: TenantFixture) -> None:
    """Tried: members that only one of the two national structures has, and items without a form."""
    found = []
    for relationship in ({}, REHABILITATIVE):
        sent = _entry(await _at_the_workplace(world, **relationship)) | {
            "source_id": f"lyhyt-{len(relationship)}"
        }
        purpose = await world.workplace.post("/v1/assessments", sent | {"purpose": "Arvaus"})
        content = {name: value for name, value in sent.items() if name != "form"}
        content["items"] = [{"key": "content", "text": "Arvaus"}]
        answers = [purpose, await world.workplace.post("/v1/assessments", content)]
        found.append([(each.status_code, each.json().get("errors")) for each in answers])
    assert found[0] == found[1]
    assert [status for status, _ in found[0]] == [422, 422]


async def test_a_change_of_what_became_the_providers_is_refused_before_it_is_looked_at(
    world: TenantFixture,
) -> None:
    """Tried: PUT without `participants`, which was 422 or 403 by who had named them."""
    found = []
    for at, participants in enumerate((None, "Valmentaja mukana")):
        agreement = await _at_the_workplace(world, **REHABILITATIVE)
        sent = _entry(agreement) | {"source_id": f"lyhyt-{at}"}
        created = (await world.workplace.post("/v1/assessments", sent)).json()
        path = f"/v1/assessments/{created['id']}"
        confirmation = {"author": AUTHOR} | ({"participants": participants} if participants else {})
        assert (await world.provider_a.post(f"{path}/confirm", confirmation)).status_code == 200
        del sent["participants"]
        answer = await world.workplace.put(path, sent, If_Match='"2"')
        found.append((answer.status_code, answer.json()["code"]))
    assert found == [(403, "not-yours-to-change")] * 2


async def test_a_prepared_assessment_has_no_goals_that_the_provider_set(world: TenantFixture) -> None:
    """Tried: a prepared assessment after the provider put goals into what the workplace had written."""
    agreement = await _at_the_workplace(world)
    created = (await world.workplace.post("/v1/assessments", _entry(agreement))).json()
    path = f"/v1/assessments/{created['id']}"
    assert (await world.provider_a.post(f"{path}/confirm", {"author": AUTHOR})).status_code == 200
    goals = _entry(agreement) | {"goals": [{"name": "Kanaria tavoite"}]}
    assert (await world.provider_a.put(path, goals, If_Match='"2"')).status_code == 200
    draft = await world.workplace.get(f"/v1/assessment-prefill?agreement_id={agreement['id']}")
    assert (draft.status_code, "goals" in draft.json(), "Kanaria" in draft.text) == (200, False, False)


def _migration() -> str:
    """How older records get the day."""
    at = MIGRATIONS / "versions/0022_day_of_reports.py"
    script: str = runpy.run_path(str(at))["DAY"]
    return script


@pytest.mark.parametrize("older", [False, True])
async def test_a_list_is_asked_by_the_day_that_the_workplace_wrote(world: TenantFixture, older: bool) -> None:
    """Tried: `from` and `to`, and `dated_on`, after the provider put the report and the assessment on another day."""
    place = await Place.of(world)
    data = await place.reported()
    corrected = {"kind": "daily_performance", "description": "Toisin", "period": {"starts_at": place.at(5)}}
    await place.confirmed(data, corrected=corrected)
    sent = _entry(place.agreement) | {"written_on": world.day(2)}
    created = (await world.workplace.post("/v1/assessments", sent)).json()
    path = f"/v1/assessments/{created['id']}"
    assert (await world.provider_a.post(f"{path}/confirm", {"author": AUTHOR})).status_code == 200
    moved = await world.provider_a.put(path, sent | {"written_on": world.day(5)}, If_Match='"2"')
    assert (moved.status_code, moved.json()["dated_on"]) == (200, world.day(5)), moved.text
    if older:
        await world.owner.execute("update documents set content = content #- '{reported,dated_on}'")
        await world.owner.execute(_migration())
    for collection, record in ((PATH, data), ("/v1/assessments", created)):
        own, theirs = [f"{collection}?from={world.day(ago)}&to={world.day(ago)}" for ago in (2, 5)]
        (found,) = (await world.workplace.get(own)).json()["items"]
        assert (found["id"], found["dated_on"]) == (record["id"], world.day(2))
        assert (await world.workplace.get(theirs)).json()["items"] == []
        read = (await world.workplace.get(f"{collection}/{record['id']}")).json()
        assert (read["dated_on"], "reported_on" in read) == (world.day(2), False)
        if older:
            continue  # what the journal holds stays
        last = (await world.workplace.get(f"{collection}/{record['id']}/versions")).json()["items"][-1]
        then = (await world.workplace.get(last["url"])).json()
        assert world.day(5) not in str(then)
        assert [each["id"] for each in (await world.provider_a.get(theirs)).json()["items"]] == [record["id"]]
