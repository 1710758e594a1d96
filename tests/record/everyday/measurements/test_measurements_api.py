"""Measurements over HTTP: what is taken, what is refused and where, who sees it, and what of it is worked out."""

import secrets
from typing import Any

import pytest
from tests.conftest import TenantFixture
from tests.record.everyday.measurements.test_instruments_api import PERMISSION


async def relationship_of(world: TenantFixture, **changes: Any) -> dict[str, Any]:
    return await world.relationship((await world.client())["id"], **changes)


async def errors(world: TenantFixture, relationship: dict[str, Any], **changes: Any) -> list[tuple[str, str]]:
    answer = await world.provider_a.post("/v1/measurements", world.measurement_entry(relationship, **changes))
    assert answer.status_code == 422, answer.text
    return [(error["code"], error["pointer"]) for error in answer.json()["errors"]]


async def test_scores_are_stored_as_they_were_reported(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    scores = [
        {
            "scale": "C",
            "value": 6.4,
            "min": 0,
            "max": 10,
            "items_answered": 12,
            "algorithm": "fioh-service",
            "computed_by": "TTL",
        },
        {"scale": "work_ability", "value": 5},
        {"scale": "self_rated_health", "missing_reason": "declined"},
    ]
    data = await world.measurement(relationship, scores=scores, language="fi-x-selko", assisted=True)
    assert data["scores"] == scores
    assert (data["status"], data["provider_id"]) == ("completed", str(world.provider_a.organisation_id))
    assert (await world.organiser.get(f"/v1/measurements/{data['id']}")).json() == data


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"instrument": "nope"}, [("unknown-code", "/instrument")]),
        ({"form_version": "2016"}, [("unknown-code", "/form_version")]),
        ({"language": "de"}, [("invalid-value", "/language")]),
        ({"respondent": "proxy"}, [("invalid-value", "/respondent")]),
        ({"scores": []}, [("invalid-value", "/scores")]),
        ({"scores": [{"scale": "H", "value": 1}]}, [("unknown-code", "/scores/0/scale")]),
        ({"scores": [{"scale": "work_ability", "value": 11}]}, [("out-of-range", "/scores/0/value")]),
        ({"scores": [{"scale": "life_satisfaction", "value": 0}]}, [("out-of-range", "/scores/0/value")]),
        ({"scores": [{"scale": "C", "value": 101}]}, [("out-of-range", "/scores/0/value")]),
        (
            {"scores": [{"scale": "C", "value": 11, "min": 0, "max": 10}]},
            [("out-of-range", "/scores/0/value")],
        ),
        ({"scores": [{"scale": "C", "value": 5, "min": 0}]}, [("invalid-value", "/scores/0/max")]),
        ({"scores": [{"scale": "C", "value": 5, "min": 7, "max": 7}]}, [("invalid-value", "/scores/0/max")]),
        (
            {"scores": [{"scale": "work_ability", "value": 5, "min": 0, "max": 100}]},
            [("out-of-range", "/scores/0/max")],
        ),
        (
            {"scores": [{"scale": "C", "value": 5, "items_answered": 13}]},
            [("out-of-range", "/scores/0/items_answered")],
        ),
        ({"scores": [{"scale": "C"}]}, [("invalid-value", "/scores/0/value")]),
        (
            {"scores": [{"scale": "C", "value": 1, "missing_reason": "declined"}]},
            [("invalid-value", "/scores/0/value")],
        ),
        (
            {"scores": [{"scale": "D", "value": 1}, {"scale": "D", "value": 2}]},
            [("invalid-value", "/scores/1/scale")],
        ),
        ({"items": [{"key": "C01", "value": 1}]}, [("items-not-allowed", "/items")]),
        ({"goals": [{"key": "g", "level": 0}]}, [("invalid-value", "/goals")]),
        ({"instrument": "fim"}, [("instrument-not-licensed", "/instrument")]),
        ({"instrument": "avain"}, [("not-a-score", "/instrument")]),
        (
            {
                "instrument": "whodas12",
                "form_version": "12-items-0-4",
                "scores": [{"scale": "sum_1_5", "value": 30}],
            },
            [("unknown-code", "/scores/0/scale")],
        ),
    ],
)
async def test_what_does_not_fit_its_instrument_is_refused_in_its_place(
    world: TenantFixture, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    relationship = await relationship_of(world)
    assert await errors(world, relationship, **changes) == expected


async def test_it_is_answered_by_a_client_of_ones_own_on_a_day_that_has_come(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    assert await errors(world, relationship, answered_on=world.day(-1)) == [("invalid-value", "/answered_on")]
    foreign = await relationship_of(world, provider=world.provider_b)
    assert await errors(world, foreign) == [("unknown-reference", "/client_id")]
    mixed = await errors(world, relationship, service_relationship_id=foreign["id"])
    assert mixed == [("unknown-reference", "/service_relationship_id")]
    other = await relationship_of(world)
    assert await errors(world, relationship, client_id=other["client_id"]) == [
        ("invalid-value", "/service_relationship_id")
    ]


async def test_item_answers_and_licensed_values_are_taken_once_switched_on(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    on = {"item_answers": True, "permission": PERMISSION}
    await world.organiser.put("/v1/instruments/kykyviisari", on, If_Match='"1"')
    items = [{"key": "C01", "value": 4}, {"key": "G02", "missing_reason": "not_answered"}]
    data = await world.measurement(relationship, items=items)
    assert data["items"] == items
    assert await errors(world, relationship, items=[{"key": "C13", "value": 1}]) == [
        ("unknown-code", "/items/0/key")
    ]
    assert await errors(world, relationship, items=[items[0]] * 2) == [("invalid-value", "/items/1/key")]
    on = {"licensed": True, "permission": PERMISSION}
    await world.organiser.put("/v1/instruments/fim", on, If_Match='"1"')
    fim: dict[str, Any] = {
        "instrument": "fim",
        "form_version": "18-items",
        "respondent": "professional",
        "mode": "observation",
    }
    await world.measurement(relationship, **fim, scores=[{"scale": "total", "value": 100}])


async def test_the_t_score_of_goals_is_worked_out(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    gas: dict[str, Any] = {"instrument": "gas", "form_version": "5-level", "scores": []}
    goals = [
        {"key": "a", "weight": 2, "level": -1, "baseline": -2},
        {"key": "b", "weight": 3, "level": 0, "baseline": -2},
        {"key": "c", "level": 2, "baseline": -2},
    ]
    data = await world.measurement(relationship, **gas, goals=goals, source_id="gas-1")
    assert {score["scale"]: score["value"] for score in data["scores"]} == {"T": 50.0, "T_baseline": 23.5608}
    assert {score["computed_by"] for score in data["scores"]} == {"walmu"}
    again = await world.provider_a.post(
        "/v1/measurements", world.measurement_entry(relationship, **gas, goals=goals, source_id="gas-1")
    )
    assert (again.status_code, again.json()["id"]) == (200, data["id"])
    reported: dict[str, Any] = {
        "instrument": "gas",
        "form_version": "5-level",
        "scores": [{"scale": "T", "value": 60}],
    }
    assert (await world.measurement(relationship, **reported))["scores"] == [{"scale": "T", "value": 60}]
    assert await errors(world, relationship, **gas) == [("invalid-value", "/scores")]
    assert await errors(world, relationship, **reported, goals=goals) == [("invalid-value", "/scores")]
    uneven = [goals[0], {"key": "b", "level": 0}]
    assert await errors(world, relationship, **gas, goals=uneven) == [("invalid-value", "/goals")]
    assert await errors(world, relationship, **gas, goals=[{"key": "a", "level": 3}]) == [
        ("invalid-value", "/goals/0/level")
    ]
    assert await errors(world, relationship, **gas, goals=[goals[0], goals[0]]) == [
        ("invalid-value", "/goals/1/key")
    ]


async def test_the_same_source_id_records_once_and_other_content_is_a_conflict(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    entry = world.measurement_entry(relationship)
    first = await world.provider_a.post("/v1/measurements", entry)
    again = await world.provider_a.post("/v1/measurements", entry)
    assert (first.status_code, again.status_code, again.content) == (201, 200, first.content)
    other = await world.provider_a.post("/v1/measurements", entry | {"phase": "end"})
    assert (other.status_code, other.json()["code"], other.json()["url"]) == (
        409,
        "duplicate-source",
        f"/v1/measurements/{first.json()['id']}",
    )


async def test_a_relationship_left_out_is_the_one_there_is(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    entry = world.measurement_entry(relationship)
    del entry["service_relationship_id"]
    data = (await world.provider_a.post("/v1/measurements", entry)).json()
    assert data["service_relationship_id"] == relationship["id"]
    assert (await world.provider_a.post("/v1/measurements", entry)).status_code == 200
    before = entry | {"answered_on": world.day(300), "source_id": "x"}
    assert "service_relationship_id" not in (await world.provider_a.post("/v1/measurements", before)).json()
    await world.relationship(relationship["client_id"], service_kind="job_coaching")
    two = entry | {"source_id": "y"}
    assert "service_relationship_id" not in (await world.provider_a.post("/v1/measurements", two)).json()
    own = await world.organiser.post("/v1/measurements", entry | {"source_id": "z"})
    assert not {"service_relationship_id", "provider_id"} & set(own.json())
    assert (await world.provider_a.get(f"/v1/measurements/{own.json()['id']}")).status_code == 404


async def test_another_providers_measurement_of_the_same_client_is_not_seen(world: TenantFixture) -> None:
    client = (await world.client())["id"]
    at_a = await world.relationship(client)
    at_b = await world.relationship(client, provider=world.provider_b)
    of_a = await world.measurement(at_a)
    of_b = await world.measurement(at_b, world.provider_b)
    for speaker, seen in (
        (world.provider_a, [of_a]),
        (world.provider_b, [of_b]),
        (world.organiser, [of_a, of_b]),
    ):
        listed = (await speaker.get(f"/v1/measurements?client_id={client}")).json()["items"]
        assert listed == seen
        data = {
            item["resource_id"]
            for item in (await world.feed(speaker))[0]
            if item["resource_type"] == "measurement"
        }
        assert data == {each["id"] for each in seen}
    assert (await world.provider_a.get(f"/v1/measurements/{of_b['id']}")).status_code == 404
    changed = {k: v for k, v in of_b.items() if k in world.measurement_entry(at_b)}
    assert (
        await world.provider_a.put(f"/v1/measurements/{of_b['id']}", changed, If_Match='"1"')
    ).status_code == 404


async def test_amending_makes_a_version_and_keeps_the_earlier_one(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    entry = world.measurement_entry(relationship)
    data = (await world.provider_a.post("/v1/measurements", entry)).json()
    path = f"/v1/measurements/{data['id']}"
    assert (await world.provider_a.put(path, entry)).headers["etag"] == '"1"'
    amended = entry | {"scores": [{"scale": "work_ability", "value": 6}]}
    assert (await world.provider_a.put(path, amended)).status_code == 428
    done = await world.provider_a.put(path, amended, If_Match='"1"')
    assert (done.json()["status"], done.json()["version"], done.json()["scores"][0]["value"]) == (
        "amended",
        2,
        6,
    )
    first = await world.provider_a.get(f"{path}/versions/1")
    assert (first.json()["status"], first.json()["scores"][0]["value"]) == ("completed", 5)
    assert len((await world.organiser.get(f"{path}/versions")).json()["items"]) == 2
    other = await relationship_of(world)
    moved = amended | {"client_id": other["client_id"], "service_relationship_id": other["id"]}
    refused = await world.provider_a.put(path, moved, If_Match='"2"')
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/client_id"]
    replaced = await world.owner.fetchval(
        "select replaced from journal where resource_id = $1 and version = 2", done.json()["id"]
    )
    assert '"value":5.0' in replaced


async def test_what_was_entered_in_error_stays_readable_and_cannot_be_changed(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    entry = world.measurement_entry(relationship)
    path = f"/v1/measurements/{(await world.provider_a.post('/v1/measurements', entry)).json()['id']}"
    void = {"reason": "Väärä asiakas"}
    assert (await world.provider_a.post(f"{path}/void", void, If_Match='"7"')).status_code == 412
    done = await world.provider_a.post(f"{path}/void", void)
    assert (done.json()["status"], done.json()["void_reason"]) == ("entered_in_error", "Väärä asiakas")
    assert (await world.provider_a.post(f"{path}/void", void)).content == done.content
    assert (await world.provider_a.post(f"{path}/void", {"reason": "Muu"})).status_code == 409
    changed = entry | {"phase": "end"}
    assert (await world.provider_a.put(path, changed, If_Match='"2"')).status_code == 409
    assert (await world.organiser.get(path)).content == done.content
    changes = [
        i["change"] for i in (await world.feed(world.provider_a))[0] if i["resource_type"] == "measurement"
    ]
    assert changes == ["created", "voided"]


async def test_lists_are_filtered(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    start = await world.measurement(relationship, source_id="s")
    end = await world.measurement(relationship, phase="end", answered_on=world.day(10))
    work: dict[str, Any] = {
        "instrument": "koettu_tyokyky",
        "form_version": "0-10",
        "answered_on": world.day(50),
    }
    other = await world.measurement(relationship, **work)
    for query, expected in (
        (f"client_id={relationship['client_id']}", [start, end, other]),
        ("instrument=koettu_tyokyky", [other]),
        ("phase=end", [end]),
        (f"from={world.day(60)}", [end, other]),
        (f"to={world.day(60)}", [start]),
        (f"from={world.day(50)}&to={world.day(50)}", [other]),
        ("source_id=s", [start]),
        (f"service_relationship_id={relationship['id']}&limit=200", [start, end, other]),
    ):
        assert (await world.provider_a.get(f"/v1/measurements?{query}")).json()["items"] == expected, query
    assert await world.pages(world.provider_a, "/v1/measurements?limit=1") == [start, end, other]


async def test_every_reading_is_in_the_use_log(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    data = await world.measurement(relationship)
    client = relationship["client_id"]
    for path in (
        f"/v1/measurements/{data['id']}",
        "/v1/measurements",
        f"/v1/clients/{client}/measurement-changes",
        f"/v1/clients/{client}/measurement-changes.svg?instrument=kykyviisari",
    ):
        before = len(await world.use_log(resource_type="measurements"))
        assert (await world.provider_a.get(path)).status_code == 200
        logged = await world.use_log(resource_type="measurements")
        assert len(logged) == before + 1
        assert [str(each) for each in logged[-1]["client_ids"]] == [client]


async def test_access_that_has_ended_ends_the_sight_of_measurements_too(world: TenantFixture) -> None:
    relationship = await relationship_of(world, starts_on=world.day(300))
    entry = world.measurement_entry(relationship, answered_on=world.day(200), source_id=secrets.token_hex(4))
    data = (await world.provider_a.post("/v1/measurements", entry)).json()
    ending = {
        k: v for k, v in relationship.items() if k not in {"id", "version", "recorded_at", "recorded_by"}
    }
    ended = await world.organiser.put(
        f"/v1/service-relationships/{relationship['id']}", ending | {"ends_on": world.day(61)}, If_Match='"1"'
    )
    assert ended.status_code == 200
    assert (await world.provider_a.get(f"/v1/measurements/{data['id']}")).status_code == 404
    again = await world.provider_a.post("/v1/measurements", entry)
    assert [e["pointer"] for e in again.json()["errors"]] == ["/client_id"]
