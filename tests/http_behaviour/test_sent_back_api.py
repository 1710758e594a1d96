"""GET, change, PUT: every record that can be replaced takes back what it gave (api.md, "Requests"; integrators.md 2).

Generated over the contract: each PUT whose path has a GET, for everybody who has the right to both, on records that are
there. A new PUT fails here until `CHANGES` says what can be changed of its record."""

import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI
from tests.conftest import HELD, ApiClient, make_world
from tests.http_behaviour.scene import DOCUMENT, GUARDED, Operation, Scene, on_each
from tests.record.case_file.documents.samples import AUTHOR, FILED

from walmu_api.access.guard import AppContext
from walmu_api.access.scopes import ROLES
from walmu_api.foundation.migrating import plain_url

PERSON = {"family_name": "Toinen", "given_names": "Tuula"}
CHANGES: dict[str, dict[str, Any]] = {f"replace{kind.name}": kind.changed for kind in FILED.values()} | {
    "replaceConnectedSystem": {"name": "Toinen nimi"},
    "replaceDelegatedWorkplaces": {"workplace_ids": []},
    "putCode": {"fi": "Toinen"},
    "replaceClient": {"given_names": "Toinen"},
    "replaceServiceRelationship": {"responsible_workers": {"organiser": PERSON, "provider": PERSON}},
    "replaceDecisionDraft": {"reasons": "Toinen perustelu."},
    "replaceAgreement": {"tasks_and_goals": "Toinen"},
    "recordAttendance": {"planned_minutes": 61},
    "giveJustification": {"explanation": "Toinen"},
    "putInstrument": {"item_answers": True},
    "replaceMeasurement": {"assisted": True},
    "putAssessmentForm": {"name": {"fi": "Toinen"}},
    "replaceImpactLimits": {"min_pairs": 11},
    "replaceOrganisation": {"name": "Toinen nimi"},
    "replaceUnit": {"name": "Toinen nimi"},
}
"""A change of each record, for whoever may make it."""
OWN_INSTRUMENT: dict[str, Any] = {
    "definition": {
        "names": {"fi": "Vointi", "sv": "Mående", "en": "Mood"},
        "form_versions": [{"code": "1", "languages": ["fi"]}],
        "respondents": ["client"],
        "scales": [
            {
                "code": "mood",
                "names": {"fi": "Vointi", "sv": "Mående", "en": "Mood"},
                "min": 0,
                "max": 10,
                "direction": "higher_is_better",
            }
        ],
        "evidence": "Hyvinvointialueen oma.",
    }
}
READING = {o.path: o for o in GUARDED if o.method == "GET"}
(ATTENDANCE,) = (o for o in GUARDED if o.name == "getAttendance")
NOWHERE = "01919b7e-1f00-7c3a-9d2e-5b8f6a1c4dee"
REPLACING = [o for o in GUARDED if o.method == "PUT"]
OWNERS_ONLY = {"not-yours-to-change", "not-your-plan"}
"""A record of the case file is changed by the organisation that made it; others may send it back unchanged."""


def set_by_server(operation: Operation) -> list[str]:
    assert operation.body is not None
    schema = DOCUMENT["components"]["schemas"][operation.body["schema"]["$ref"].rpartition("/")[2]]
    return [name for name, member in schema["properties"].items() if member.get("readOnly")]


def otherwise(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return str(UUID(int=UUID(value).int ^ 1)) if len(value) == 36 else f"x{value}"
    if isinstance(value, dict):
        name = next(iter(value), None)
        return {"x": 1} if name is None else value | {name: otherwise(value[name])}
    return [otherwise(value[0]), *value[1:]] if value else ["x"]


class Stand:
    """The scene, with records at the workplace and of an instrument of its own; the client is protected or not."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.world = scene, scene.world
        self.at_workplace: dict[str, dict[str, str]] = {}
        self.apart: dict[str, dict[str, str]] = {}

    async def set(self, *, protected: bool) -> "Stand":
        world, ids = self.world, self.scene.ids
        agreement = ids["workplace_agreement_id"]
        days = f"/v1/agreements/{agreement}/attendance"
        own, others = world.day(20), world.day(19)
        absence = {"status": "absent", "absence_reason": "own_illness", "source_id": "day-1"}
        why = {"reason": "own_illness", "given_by": "workplace", "given_on": own}
        for speaker, day in ((world.workplace, own), (world.provider_a, others)):
            assert (await speaker.put(f"{days}/{day}", absence)).status_code == 201
            assert (await speaker.put(f"{days}/{day}/justification", why)).status_code == 201
        diary = FILED["diary-entry"].entry({"relationship": ""}) | {"source_id": "of-workplace"}
        short = {
            "form": "workplace_short",
            "authors": [AUTHOR],
            "items": [{"key": "overall", "rating": 3}],
            "source_id": "of-workplace",
        }
        written = {}
        for collection, entry in (("diary-entries", diary), ("assessments", short)):
            theirs = {n: v for n, v in entry.items() if n != "service_relationship_id"}
            answer = await world.workplace.post(f"/v1/{collection}", theirs | {"agreement_id": agreement})
            assert answer.status_code == 201, answer.text
            written[collection] = answer.json()["id"]
        at_own = {"agreement_id": agreement, "date": own}
        self.at_workplace = {
            "recordAttendance": at_own,
            "giveJustification": at_own,
            "replaceDiaryEntry": {"diary_entry_id": written["diary-entries"]},
            "replaceAssessment": {"assessment_id": written["assessments"]},
        }
        confirmed = await world.provider_a.post(f"{days}/{own}/confirm", None)
        assert confirmed.json()["confirmation"] == "confirmed", "else the provider's PUT confirms it (ADR 23)"
        await self._settings()
        if protected:
            path = f"/v1/clients/{ids['client_id']}"
            read = await world.organiser.get(path)
            body = read.json() | {"turvakielto": True}
            assert (await world.organiser.put(path, body, If_Match=read.headers["etag"])).status_code == 200
        return self

    async def _settings(self) -> None:
        """What stands apart in the scene, or is there only once it was changed."""
        world, ids = self.world, self.scene.ids
        (drafting,) = (each for each in GUARDED if each.name == "draftDecision")
        draft = await world.organiser.post("/v1/decisions", self.scene.example(drafting))
        assert draft.status_code == 201, draft.text
        delegated = {"workplace_ids": [str(world.workplace.organisation_id)]}
        path = f"/v1/delegated-workplaces/{ids['provider_id']}"
        assert (await world.organiser.put(path, delegated, If_Match="*")).status_code == 200
        assert (await world.organiser.put("/v1/instruments/own_mood", OWN_INSTRUMENT)).status_code == 201
        self.apart = {
            "replaceDecisionDraft": {"decision_id": draft.json()["id"]},
            "putInstrument": {"instrument_code": "own_mood"},
        }

    def readers(self, operation: Operation) -> list[tuple[ApiClient, str]]:
        """Everybody who has the right to read and to replace, each with a record that it may see."""
        world, rights = self.world, operation.scopes | READING[operation.path].scopes
        speakers = {"organiser": world.organiser, "provider": world.provider_a, "ehr": world.ehr}
        plain = self.scene.url(operation, **self.apart.get(operation.name, {}))
        own = self.at_workplace.get(operation.name)
        found = [(speaker, plain) for role, speaker in speakers.items() if rights <= set(ROLES[role])]
        if operation.name == "replaceConnectedSystem":
            found = [
                (world.organiser, plain),
                (world.provider_a, f"/v1/connected-systems/{world.provider_a.system_id}"),
            ]
        if own is not None:
            assert rights <= set(ROLES["workplace"])
            url = self.scene.url(operation, **own)
            found += [(world.workplace, url), (world.provider_a, url)]
        return found


@pytest.fixture(scope="module", params=["", "protected"])
async def stand(
    request: pytest.FixtureRequest, app: FastAPI, app_context: AppContext, owner_url: str
) -> AsyncIterator[Stand]:
    owner = await asyncpg.connect(plain_url(owner_url))
    world = await make_world(app, app_context, owner)
    yield await Stand(await Scene(world).set()).set(protected=request.param == "protected")
    await world.close()
    await owner.close()


def test_every_put_is_changed_in_these_tests() -> None:
    assert {operation.name for operation in REPLACING} == CHANGES.keys()
    assert {operation.path for operation in REPLACING} <= READING.keys(), "a PUT whose record nobody can read"
    workplaces = {o.name for o in REPLACING if o.scopes <= set(ROLES["workplace"])}
    assert workplaces == {"recordAttendance", "giveJustification", "replaceDiaryEntry", "replaceAssessment"}


@on_each(REPLACING)
async def test_what_was_read_is_no_change(operation: Operation, stand: Stand) -> None:
    for speaker, url in stand.readers(operation):
        read = await speaker.get(url)
        assert read.status_code == 200, (url, read.text)
        for match in ({"If_Match": read.headers["etag"]}, {}, {"If_Match": '"999"'}):
            again = await speaker.put(url, read.json(), **match)
            assert (again.status_code, again.headers.get("etag")) == (200, read.headers["etag"]), again.text
        assert (await speaker.get(url)).content == read.content


@on_each(REPLACING)
async def test_one_member_is_changed_in_what_was_read(operation: Operation, stand: Stand) -> None:
    changed = 0
    for speaker, url in stand.readers(operation):
        read = await speaker.get(url)
        body = read.json() | CHANGES[operation.name]
        without = await speaker.put(url, body)
        answer = await speaker.put(url, body, If_Match=read.headers["etag"])
        if body == read.json():
            assert answer.status_code == 200
        elif answer.status_code == 403:
            assert answer.json()["code"] in OWNERS_ONLY, answer.text
        else:
            assert without.status_code == 428
            assert answer.status_code == 200, answer.text
            assert answer.headers["etag"] != read.headers["etag"]
            assert {name: answer.json().get(name) for name in CHANGES[operation.name]} == CHANGES[
                operation.name
            ]
            stale = await speaker.put(url, read.json(), If_Match=read.headers["etag"])
            assert (stale.status_code, stale.json()["code"]) == (412, "stale-version"), "not 422 at /version"
            changed += 1
    assert changed >= 1


@on_each(REPLACING)
async def test_what_only_the_server_sets_is_refused_where_it_differs(
    operation: Operation, stand: Stand
) -> None:
    names = set_by_server(operation)
    assert {"version", "recorded_at", "recorded_by"} <= set(names)
    for speaker, url in stand.readers(operation):
        read = await speaker.get(url)
        body, match = read.json(), {"If_Match": read.headers["etag"]}
        for name in names:
            other = body | {name: otherwise(body.get(name, []))}
            answer = await speaker.put(url, other, **match)
            assert answer.status_code == 422, (name, answer.text)
            found = [(each["pointer"], each["code"]) for each in answer.json()["errors"]]
            assert found == [(f"/{name}", "read-only")]
            stale = await speaker.put(url, other, If_Match='"999"')
            assert (stale.status_code, stale.json()["code"]) == (412, "stale-version"), (name, stale.text)
            assert stale.headers["etag"] == read.headers["etag"]
        assert (await speaker.get(url)).content == read.content


@on_each(REPLACING)
async def test_other_spellings_say_the_same(operation: Operation, stand: Stand) -> None:
    """What a library makes of an instant or an id when it reads and writes them."""
    for speaker, url in stand.readers(operation):
        read = await speaker.get(url)
        body = read.json()
        if "recorded_at" not in body:
            continue
        moment = datetime.fromisoformat(body["recorded_at"]).astimezone(timezone(timedelta(hours=2)))
        spelt = {"recorded_at": moment.isoformat(), "draft_reason": None}
        spelt = {name: value for name, value in spelt.items() if name in set_by_server(operation)}
        spelt["recorded_by"] = body["recorded_by"] | {"system_id": body["recorded_by"]["system_id"].upper()}
        answer = await speaker.put(url, body | spelt, If_Match=read.headers["etag"])
        assert (answer.status_code, answer.headers.get("etag")) == (200, read.headers["etag"]), answer.text


async def test_what_the_sender_does_not_read_answers_no_guess(stand: Stand) -> None:
    """A workplace does not read the organiser's review of its justification: the right guess gets the answer of all others."""
    world = stand.world
    agreement = f"/v1/agreements/{stand.scene.ids['workplace_agreement_id']}/attendance"
    reviewed = f"{agreement}/{world.day(20)}/justification"
    verdict = {"decision": "rejected", "reason": "Todistus puuttuu."}
    assert (await world.organiser.post(f"{reviewed}/review", verdict, Idempotency_Key="r")).status_code == 200
    review = (await world.organiser.get(reviewed)).json()["review"]
    assert review["reason"] == verdict["reason"]
    read = await world.workplace.get(reviewed)
    assert "review" not in read.json()
    transcripts = set()
    guesses: list[Any] = [review, review | {"reason": "Muu."}, {}, "x", [None]]
    for guess in guesses:
        answer = await world.workplace.put(
            reviewed, read.json() | {"review": guess}, If_Match=read.headers["etag"]
        )
        problem = answer.json() | {"instance": ""}
        transcripts.add((answer.status_code, str(problem)))
    assert len(transcripts) == 1
    assert next(iter(transcripts))[0] == 422
    same = await world.workplace.put(reviewed, read.json(), If_Match=read.headers["etag"])
    assert (same.status_code, same.headers["etag"]) == (200, read.headers["etag"])


async def test_who_may_not_read_a_record_sends_back_nothing_of_it(stand: Stand) -> None:
    world, url = stand.world, f"/v1/plans/{stand.scene.ids['plan_id']}"
    read = await world.provider_a.get(url)
    blind = world.app_context.tokens.issue(
        world.provider_a.client_id, HELD, ["plans:write"], None, now=time.time()
    )
    answer = await world.provider_a.put(
        url, read.json(), If_Match=read.headers["etag"], Authorization=f"Bearer {blind}"
    )
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} >= {("/id", "read-only")}


async def test_nothing_is_sent_back_to_where_nothing_is(stand: Stand) -> None:
    """The one answer for what is not there and for what is not yours."""
    world, ids = stand.world, stand.scene.ids
    day = (await world.provider_a.get(stand.scene.url(ATTENDANCE))).json()
    free = f"/v1/agreements/{ids['agreement_id']}/attendance/{world.day(13)}"
    refused = await world.provider_a.put(free, day)
    assert (refused.status_code, {e["code"] for e in refused.json()["errors"]}) == (422, {"read-only"})
    assert (await world.provider_a.put(free, day, If_Match='"1"')).status_code == 412
    assert (await world.provider_a.get(free)).status_code == 404
    plan = (await world.provider_a.get(f"/v1/plans/{ids['plan_id']}")).json()
    for match, status in (({}, 422), ({"If_Match": '"1"'}, 404)):
        answers = [
            await world.provider_b.put(f"/v1/plans/{at}", plan, **match) for at in (plan["id"], NOWHERE)
        ]
        texts = {str(answer.json() | {"instance": ""}) for answer in answers}
        assert ({answer.status_code for answer in answers}, len(texts)) == ({status}, 1)
