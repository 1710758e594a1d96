"""Impact over HTTP: whom it is about, who may ask, and the organiser's limits."""

import secrets
from datetime import date, timedelta
from typing import Any

from tests.conftest import ApiClient, TenantFixture


async def measured(
    world: TenantFixture, count: int, provider: ApiClient | None = None, **changes: Any
) -> list[dict[str, Any]]:
    """So many clients, each with a pair from 4 to 6."""
    by = provider or world.provider_a
    relationships = []
    for _ in range(count):
        relationship = await world.relationship((await world.client())["id"], provider=by, **changes)
        await world.measurement(relationship, by, scores=[{"scale": "work_ability", "value": 4}])
        await world.measurement(
            relationship,
            by,
            phase="end",
            answered_on=world.day(10),
            scores=[{"scale": "work_ability", "value": 6}],
        )
        relationships.append(relationship)
    return relationships


def quarter(world: TenantFixture, back: int = 0) -> tuple[date, date]:
    """The quarter that ended last, or so many before it."""
    end = world.today
    while True:
        end = end.replace(day=1) - timedelta(days=1)
        if end.month % 3 == 0:
            if back == 0:
                return date(end.year, end.month - 2, 1), end
            back -= 1


def period(world: TenantFixture, back: int = 0) -> str:
    first, last = quarter(world, back)
    return f"from={first}&to={last}"


async def impact(speaker: ApiClient, query: str = "instrument=kykyviisari") -> dict[str, Any]:
    answer = await speaker.get(f"/v1/impact?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def test_the_figures_are_of_those_who_fit_the_question(world: TenantFixture) -> None:
    await measured(world, 11, starts_on=world.day(400))
    await measured(
        world,
        6,
        world.provider_b,
        service_kind="job_coaching",
        legal_bases=["SHL_710_1982_27D"],
        starts_on=quarter(world)[0].isoformat(),
    )
    a, b = str(world.provider_a.organisation_id), str(world.provider_b.organisation_id)
    for query, expected in (
        ("", 17),
        ("service_kind=work_activity", 11),
        ("service_kind=job_coaching", 6),
        (f"provider_id={a}", 11),
        (f"provider_id={b}", 6),
        ("legal_basis=SHL_710_1982_27D", 6),
        (period(world, 1), 11),
        (period(world), 17),
        ("service_kind=day_activity", None),
        (f"service_kind=job_coaching&provider_id={a}", None),
    ):
        data = await impact(world.organiser, f"instrument=kykyviisari&{query}".rstrip("&"))
        assert data.get("clients") == expected, query
    data = await impact(world.organiser)
    assert {row["key"]: row.get("clients") for row in data["rows"]} == {
        "job_coaching": 6,
        "work_activity": 11,
    }
    data = await impact(world.organiser, "instrument=kykyviisari&by=provider")
    assert {row["key"]: row.get("clients") for row in data["rows"]} == {a: 11, b: 6}
    assert (data["scales"][0]["scale"], data["scales"][0]["mean_change"]) == ("work_ability", 2)
    first, last = (day.isoformat() for day in quarter(world))
    assert data["asked"] == {"instrument": "kykyviisari", "by": "provider", "from": first, "to": last}


async def test_a_provider_is_told_of_its_own_alone_whatever_it_asks(world: TenantFixture) -> None:
    await measured(world, 11)
    await measured(world, 6, world.provider_b)
    assert (await impact(world.provider_a))["clients"] == 11
    assert (await impact(world.provider_b))["clients"] == 6
    a = str(world.provider_a.organisation_id)
    foreign = await impact(world.provider_b, f"instrument=kykyviisari&provider_id={a}")
    assert "clients" not in foreign
    assert foreign["rows"] == []


async def test_no_client_is_in_it_and_who_asked_what_is_in_the_use_log(world: TenantFixture) -> None:
    relationships = await measured(world, 6)
    before = len(await world.use_log())
    text = str(await impact(world.organiser, f"instrument=kykyviisari&by=provider&{period(world)}"))
    assert not [r for r in relationships if r["client_id"] in text or r["id"] in text]
    (row,) = (await world.use_log())[before:]
    assert (row["operation"], row["client_ids"]) == ("getImpact", [])
    assert (row["organisation_id"], row["system_id"]) == (
        world.organiser.organisation_id,
        world.organiser.system_id,
    )
    asked = {"instrument=kykyviisari", "by=provider", *period(world).split("&")}
    assert set(row["question"].split("&")) == asked
    items = (await world.auditor.get("/v1/use-log")).json()["items"]
    assert [item["question"] for item in items if item["operation"] == "getImpact"] == [row["question"]]
    assert not [item for item in items if item["operation"] != "getImpact" and "question" in item]


async def test_what_counts_nowhere(world: TenantFixture) -> None:
    """Entered in error, outside any relationship, by another instrument."""
    relationships = await measured(world, 10)
    (end,) = (
        await world.provider_a.get(f"/v1/measurements?client_id={relationships[0]['client_id']}&phase=end")
    ).json()["items"]
    await world.provider_a.post(f"/v1/measurements/{end['id']}/void", {"reason": "x"})
    data = await impact(world.organiser)
    assert "without_pair" not in data
    assert not {"paired", "with_baseline"} <= set(data), "nine pairs, and one left who would be worked out"
    assert (await impact(world.organiser, "instrument=koettu_tyokyky"))["scales"] == []
    unknown = await world.organiser.get("/v1/impact?instrument=nope")
    assert [(e["code"], e["pointer"]) for e in unknown.json()["errors"]] == [
        ("unknown-code", "/query/instrument")
    ]


async def test_attendance_of_the_same_clients_in_the_period(world: TenantFixture) -> None:
    last = quarter(world)[1]
    for _ in range(5):
        agreement = await world.signed_agreement()
        for before, entry in (
            (4, {"status": "present"}),
            (3, {"status": "partial"}),
            (2, {"status": "not_arranged"}),
            (1, {"status": "absent"}),
            (0, {"status": "absent"}),
        ):
            path = f"/v1/agreements/{agreement['id']}/attendance/{last - timedelta(days=before)}"
            assert (await world.provider_a.put(path, entry)).status_code == 201
        day = (last - timedelta(days=1)).isoformat()
        why = {"reason": "own_illness", "given_by": "client", "given_on": day}
        await world.provider_a.put(f"/v1/agreements/{agreement['id']}/attendance/{day}/justification", why)
    data = await impact(world.organiser, period(world))
    assert data["attendance"] == {
        "days": 20,
        "attended": 10,
        "absent": 10,
        "justified": 5,
        "not_justified": 5,
        "attendance_rate": 0.5,
        "justified_share": 0.5,
    }
    assert data["clients"] == 5
    assert "paired" not in data
    assert (await impact(world.organiser, period(world, 4))).get("attendance") is None


async def test_what_was_recorded_outside_the_agreement_is_in_no_figure(world: TenantFixture) -> None:
    """The agreement was ended on a day before those that were recorded last."""
    last = quarter(world)[1]
    for _ in range(5):
        agreement = await world.signed_agreement()
        path = f"/v1/agreements/{agreement['id']}"
        for before, status in ((4, "present"), (3, "absent"), (1, "present"), (0, "absent")):
            day = f"{path}/attendance/{last - timedelta(days=before)}"
            assert (await world.provider_a.put(day, {"status": status})).status_code == 201
        now = await world.provider_a.get(path)
        end = {"ends_on": (last - timedelta(days=2)).isoformat(), "reason": "Päättyi"}
        answer = await world.provider_a.post(f"{path}/end", end, If_Match=now.headers["etag"])
        assert answer.status_code == 200, answer.text
    found = (await impact(world.organiser, period(world)))["attendance"]
    assert (found["days"], found["attended"], found["absent"]) == (10, 5, 5)


async def test_the_limits_are_the_organisers_to_raise_and_never_below_what_ships(
    world: TenantFixture,
) -> None:
    await measured(world, 11)
    put = world.organiser.put
    begun = await world.provider_a.get("/v1/impact-limits")
    assert (begun.json(), begun.headers["etag"]) == ({"min_count": 5, "min_pairs": 10, "version": 1}, '"1"')
    for lower, pointer in (
        ({"min_count": 4, "min_pairs": 10}, "/min_count"),
        ({"min_count": 5, "min_pairs": 9}, "/min_pairs"),
    ):
        refused = await put("/v1/impact-limits", lower, If_Match='"1"')
        assert [e["pointer"] for e in refused.json()["errors"]] == [pointer]
    raised = {"min_count": 12, "min_pairs": 20}
    assert (await put("/v1/impact-limits", raised)).status_code == 428
    assert (await put("/v1/impact-limits", raised, If_Match='"1"')).headers["etag"] == '"2"'
    assert (await put("/v1/impact-limits", raised)).headers["etag"] == '"2"'
    data = await impact(world.organiser)
    assert (data["limits"], "clients" in data) == (raised, False)
    assert (await put("/v1/impact-limits", {"min_count": 5, "min_pairs": 10}, If_Match='"2"')).headers[
        "etag"
    ] == '"3"'
    assert (await impact(world.organiser))["clients"] == 11
    assert (await world.provider_a.put("/v1/impact-limits", raised)).status_code == 403
    urls = [i["url"] for i in (await world.feed(world.organiser))[0] if i["resource_type"] == "impact-limits"]
    assert urls == ["/v1/impact-limits"] * 2


async def test_how_many_ended_and_to_which_onward_path(world: TenantFixture) -> None:
    """By the latest relationship; what is to come, was voided or ended outside the period is no ending in it."""
    service = {
        "system": "urn:oid:1.2.246.537.6.1222",
        "code": "55",
        "display": "Vammaisten henkilöiden työtoiminta",
    }
    ending = {
        "kind": "ended",
        "ends_on": quarter(world)[1].isoformat(),
        "service": service,
        "author": {"family_name": "A", "given_names": "B"},
    }
    events = []
    for at, path in enumerate([*["paid_work"] * 7, *["work_practice"] * 5, *[None] * 6, *["going"] * 9]):
        client = (await world.client())["id"]
        if at < 5:  # an earlier service that led elsewhere
            earlier = await world.relationship(client, starts_on=world.day(700), ends_on=world.day(500))
            data = ending | {
                "ends_on": world.day(510),
                "onward_path": "other_studies",
                "service_relationship_id": earlier["id"],
            }
            assert (
                await world.organiser.post("/v1/service-events", data | {"source_id": secrets.token_hex(8)})
            ).status_code == 201
        relationship = await world.relationship(client, starts_on=world.day(450))
        if path == "going":
            continue
        data = (
            ending | {"service_relationship_id": relationship["id"]} | ({"onward_path": path} if path else {})
        )
        events.append(
            await world.organiser.post("/v1/service-events", data | {"source_id": secrets.token_hex(8)})
        )
        assert events[-1].status_code == 201, events[-1].text
    data = await impact(world.provider_a)
    assert (data["clients"], data["endings"]["ended"], data["endings"]["not_ended"]) == (27, 18, 9)
    assert data["endings"]["path_not_told"] == 6
    paths = {each["path"]: each.get("clients") for each in data["endings"]["onward_paths"]}
    assert len(paths) == 13
    assert {path: count for path, count in paths.items() if count is not None} == {"paid_work": 7}
    assert "/endings/onward_paths/0/clients" in data["withheld"], (
        "nobody; and one path with it, or it could be worked out"
    )
    before = (await impact(world.organiser, period(world, 1)))["endings"]
    assert "ended" not in before, "none had ended by then"
    await world.organiser.post(f"/v1/service-events/{events[0].json()['id']}/void", {"reason": "Jatkaa"})
    assert (await impact(world.provider_a))["endings"] == data["endings"], "what was published stays"
    after = await impact(world.provider_a, "instrument=kykyviisari&by=provider")
    assert after["clients"] == 27
    assert "ended" not in after["endings"], "18 and 17 would tell which path one person had taken"
