"""The registry of instruments: what ships, what the organiser switches on in it, what it adds."""

from typing import Any

from tests.conftest import TenantFixture

from walmu_api.record.everyday.measurements.instruments import shipped

PERMISSION = {"licence": "Lisenssi 7", "granted_by": "Omistaja", "granted_on": "2026-01-02"}
NAMES = {"fi": "Oma", "sv": "Egen", "en": "Own"}


def definition(**changes: Any) -> dict[str, Any]:
    scale = {"code": "s", "names": NAMES, "min": 0, "max": 4, "direction": "lower_is_better"}
    return {
        "names": NAMES,
        "form_versions": [{"code": "1", "languages": ["fi"]}],
        "respondents": ["client"],
        "scales": [scale],
        "evidence": "Oma lomake.",
    } | changes


async def test_everything_that_ships_is_listed_with_its_structure(world: TenantFixture) -> None:
    items = {item["code"]: item for item in (await world.provider_a.get("/v1/instruments")).json()["items"]}
    assert list(items) == [
        "kykyviisari",
        "gas",
        "koettu_tyokyky",
        "whodas12",
        "eurohis8",
        "3x10d",
        "fim",
        "avain",
    ]
    kykyviisari = items["kykyviisari"]
    assert kykyviisari["names"] == {"fi": "Kykyviisari", "sv": "Förmågaren", "en": "Abilitator"}
    assert "fi-x-selko" in kykyviisari["form_versions"][0]["languages"]
    counts = {scale["code"]: scale["item_count"] for scale in kykyviisari["scales"] if "item_count" in scale}
    assert counts == {"C": 12, "D": 9, "E": 11, "F": 10, "G": 2}
    ranges = {
        scale["code"]: (scale["min"], scale["max"]) for scale in kykyviisari["scales"] if scale["range_known"]
    }
    assert ranges == {
        "work_ability": (0, 10),
        "functioning": (0, 10),
        "life_satisfaction": (1, 5),
        "self_rated_health": (1, 5),
    }
    assert items["avain"]["kind"] == "plan"
    assert items["fim"]["licence"]["needs_licence"]
    assert not any(
        item["licensed"] or item["item_answers"] or "change_rule" in item for item in items.values()
    )


def test_no_total_is_where_none_was_published_and_no_text_of_an_item_ships() -> None:
    known = shipped.instruments()
    for code in ("kykyviisari", "3x10d"):
        assert not any(scale.is_total for scale in known[code].scales)
    assert known["whodas12"].by_scale["sum_1_5"].form_versions == ["12-items-1-5"]
    assert known["kykyviisari"].by_scale["C"].has_item("C12")
    assert not any(
        known["kykyviisari"].by_scale["C"].has_item(key) for key in ("C13", "C1", "C00", "D01", "C")
    )


async def test_to_switch_something_on_takes_the_evidence_of_a_permission(world: TenantFixture) -> None:
    put = world.organiser.put
    refused = await put("/v1/instruments/kykyviisari", {"item_answers": True}, If_Match='"1"')
    assert [(e["code"], e["pointer"]) for e in refused.json()["errors"]] == [
        ("permission-needed", "/permission")
    ]
    entry = {"item_answers": True, "permission": PERMISSION}
    done = await put("/v1/instruments/kykyviisari", entry, If_Match='"1"')
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    data = done.json()
    assert (data["item_answers"], data["permission"]) == (True, PERMISSION)
    assert data["recorded_by"]["system_id"] == str(world.organiser.system_id)
    assert (await put("/v1/instruments/kykyviisari", entry)).headers["etag"] == '"2"', (
        "the same again is no change"
    )
    assert (await put("/v1/instruments/kykyviisari", {"item_answers": False})).status_code == 428
    assert (
        await put("/v1/instruments/kykyviisari", {"item_answers": False}, If_Match='"1"')
    ).status_code == 412
    assert (await world.provider_a.get("/v1/instruments/kykyviisari")).content == done.content
    tomorrow = {"item_answers": True, "permission": PERMISSION | {"granted_on": world.day(-1)}}
    assert (await put("/v1/instruments/fim", tomorrow, If_Match='"1"')).status_code == 422


async def test_what_ships_cannot_be_defined_again_and_what_does_not_exist_is_404(
    world: TenantFixture,
) -> None:
    put = world.organiser.put
    refused = await put("/v1/instruments/gas", {"definition": definition()}, If_Match='"1"')
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/definition"]
    for code in ("phq9", "own", "kykyviisari2"):
        assert (await put(f"/v1/instruments/{code}", {"definition": definition()})).status_code == 404
    assert (await world.organiser.get("/v1/instruments/own_x")).status_code == 404


async def test_an_instrument_of_ones_own_is_measured_with_and_is_nobody_elses(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    response = await world.organiser.put("/v1/instruments/own_motivaatio", {"definition": definition()})
    assert (response.status_code, response.headers["location"], response.headers["etag"]) == (
        201,
        "/v1/instruments/own_motivaatio",
        '"1"',
    )
    data = response.json()
    assert (data["shipped"], data["scales"][0]["range_known"], data["licence"]["terms"]) == (
        False,
        True,
        "own",
    )
    relationship = await world.relationship((await world.client())["id"])
    entry: dict[str, Any] = {
        "instrument": "own_motivaatio",
        "form_version": "1",
        "scores": [{"scale": "s", "value": 3}],
    }
    await world.measurement(relationship, **entry)
    assert (await elsewhere.organiser.get("/v1/instruments/own_motivaatio")).status_code == 404
    items, _ = await world.feed(world.organiser)
    (change,) = [item for item in items if item["resource_type"] == "instrument"]
    assert (await world.organiser.get(change["url"])).content == response.content


async def test_a_definition_that_does_not_hold_together_is_told_where(world: TenantFixture) -> None:
    scale = definition()["scales"][0]
    for changes, pointer in (
        ({"scales": [scale, scale]}, "/definition/scales/1"),
        ({"scales": [scale | {"max": 0}]}, "/definition/scales/0/max"),
        ({"scales": [scale | {"form_versions": ["2"]}]}, "/definition/scales/0/form_versions"),
        ({"form_versions": definition()["form_versions"] * 2}, "/definition/form_versions/1"),
    ):
        answer = await world.organiser.put("/v1/instruments/own_x", {"definition": definition(**changes)})
        assert [e["pointer"] for e in answer.json()["errors"]] == [pointer], answer.text
    assert (await world.organiser.put("/v1/instruments/own_x", {})).json()["errors"][0]["code"] == "missing"
    rule = {"source": "x", "thresholds": [{"scale": "nope", "points": 1}]}
    answer = await world.organiser.put(
        "/v1/instruments/own_x", {"definition": definition(), "change_rule": rule}
    )
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/change_rule/thresholds/0/scale"]


async def test_a_provider_reads_instruments_and_changes_none(world: TenantFixture) -> None:
    answer = await world.provider_a.put(
        "/v1/instruments/fim", {"licensed": True, "permission": PERMISSION}, If_Match='"1"'
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
