"""Changes of one client over HTTP, as told and as drawn."""

from typing import Any

from tests.conftest import TenantFixture


async def measured(world: TenantFixture) -> dict[str, Any]:
    relationship = await world.relationship((await world.client())["id"])
    await world.measurement(relationship, scores=[{"scale": "work_ability", "value": 4}])
    await world.measurement(
        relationship,
        phase="interim",
        answered_on=world.day(60),
        scores=[{"scale": "work_ability", "value": 9}],
    )
    await world.measurement(
        relationship,
        phase="end",
        answered_on=world.day(10),
        language="fi-x-selko",
        scores=[{"scale": "work_ability", "value": 6}],
    )
    return relationship


async def test_a_pair_is_told_with_its_difference_and_that_no_rule_is_published(world: TenantFixture) -> None:
    client = (await measured(world))["client_id"]
    answer = await world.provider_a.get(f"/v1/clients/{client}/measurement-changes?instrument=kykyviisari")
    (pair,) = answer.json()["items"]
    assert pair["scales"] == [
        {
            "scale": "work_ability",
            "before": 4,
            "after": 6,
            "difference": 2,
            "improvement": 2,
            "verdict": "no_published_rule",
        }
    ]
    assert (pair["days"], pair["before"]["phase"], pair["after"]["phase"], pair["after"]["language"]) == (
        90,
        "start",
        "end",
        "fi-x-selko",
    )
    assert (await world.organiser.get(f"/v1/clients/{client}/measurement-changes")).json()["items"] == [pair]


async def test_a_registered_rule_decides_whether_a_change_counts(world: TenantFixture) -> None:
    client = (await measured(world))["client_id"]
    for points, verdict in ((1.5, "improved"), (2, "unchanged")):
        rule = {"source": "Linjaus", "thresholds": [{"scale": "work_ability", "points": points}]}
        tag = (await world.organiser.get("/v1/instruments/kykyviisari")).headers["etag"]
        assert (
            await world.organiser.put("/v1/instruments/kykyviisari", {"change_rule": rule}, If_Match=tag)
        ).status_code == 200
        (pair,) = (await world.provider_a.get(f"/v1/clients/{client}/measurement-changes")).json()["items"]
        assert (pair["scales"][0]["verdict"], pair["scales"][0]["threshold"], pair["rule_source"]) == (
            verdict,
            points,
            "Linjaus",
        )


async def test_what_was_entered_in_error_is_in_no_pair(world: TenantFixture) -> None:
    relationship = await measured(world)
    (end,) = (await world.provider_a.get("/v1/measurements?phase=end")).json()["items"]
    await world.provider_a.post(f"/v1/measurements/{end['id']}/void", {"reason": "x"})
    response = await world.provider_a.get(f"/v1/clients/{relationship['client_id']}/measurement-changes")
    assert response.json() == {"client_id": relationship["client_id"], "items": []}


async def test_a_provider_compares_its_own_measurements_only(world: TenantFixture) -> None:
    relationship = await measured(world)
    client = relationship["client_id"]
    assert (await world.provider_b.get(f"/v1/clients/{client}/measurement-changes")).status_code == 404
    await world.relationship(client, provider=world.provider_b)
    assert (await world.provider_b.get(f"/v1/clients/{client}/measurement-changes")).json()["items"] == []
    drawn = await world.provider_b.get(f"/v1/clients/{client}/measurement-changes.svg?instrument=kykyviisari")
    assert "ei vielä ole kahta" in drawn.text


async def test_the_picture_is_svg_that_can_do_nothing(world: TenantFixture) -> None:
    client = (await measured(world))["client_id"]
    path = f"/v1/clients/{client}/measurement-changes.svg?instrument=kykyviisari"
    answer = await world.provider_a.get(f"{path}&language=sv", Accept="image/svg+xml")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["content-language"] == "sv"
    assert "Arbetsförmåga: då 4, nu 6, på en skala från 0 till 10; +2, till det bättre." in answer.text
    assert (await world.provider_a.get(path, Accept="application/json")).status_code == 406
    assert (await world.provider_a.get(path.partition("?")[0])).content == (
        await world.provider_a.get(path)
    ).content
    assert (await world.provider_a.get(path.replace("kykyviisari", "nope"))).status_code == 404
