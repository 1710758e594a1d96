"""A page of days is made by PostgreSQL: its text must be what the schema says, and its use must be logged once."""

from tests.conftest import TenantFixture

from walmu_api.record.everyday.attendance.schemas import Attendance


async def test_a_page_is_the_schemas_json_and_goes_on_where_it_ended(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    awkward = 'a"b\\c</script>'
    for ago in range(3, 8):
        entry = {"status": "absent", "absence_reason": "own_illness", "source_id": f"{awkward}{ago}"}
        response = await world.provider_a.put(
            f"/v1/agreements/{agreement['id']}/attendance/{world.day(ago)}", entry
        )
        assert response.status_code == 201, response.text
    await world.provider_a.put(
        f"/v1/agreements/{agreement['id']}/attendance/{world.day(8)}",
        {
            "status": "present",
            "form": "group",
            "arrived_at": "2026-01-01T09:00:00+02:00",
            "actual_minutes": 0,
        },
    )
    seen, url = [], f"/v1/attendance?client_id={agreement['client_id']}&limit=4"
    while url:
        page = await world.provider_a.get(url)
        assert page.status_code == 200, page.text
        seen += page.json()["items"]
        url = page.json()["next"]
    assert [item["date"] for item in seen] == [world.day(ago) for ago in range(8, 2, -1)]
    assert seen[0]["arrived_at"] == "2026-01-01T07:00:00.000000Z"
    assert [item["source_id"] for item in seen[1:]] == [f"{awkward}{ago}" for ago in range(7, 2, -1)]
    for item in seen:
        response = await world.provider_a.get(f"/v1/attendance/{item['id']}")
        assert response.json() == item
        Attendance.model_validate_json(response.content)


async def test_a_page_with_days_is_logged_once_and_an_empty_one_not(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    await world.provider_a.put(
        f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}", {"status": "present"}
    )
    count = "select count(*) from use_log where organiser_id = $1 and operation = 'listAttendance'"
    before = await world.owner.fetchval(count, world.organiser_id)
    assert (await world.provider_b.get("/v1/attendance")).json() == {
        "items": [],
        "next": None,
        "next_cursor": None,
    }
    assert await world.owner.fetchval(count, world.organiser_id) == before
    assert len((await world.provider_a.get("/v1/attendance")).json()["items"]) == 1
    row = await world.owner.fetchrow(
        "select * from use_log where organiser_id = $1 and operation = 'listAttendance'", world.organiser_id
    )
    assert row is not None
    assert await world.owner.fetchval(count, world.organiser_id) == before + 1
    assert [str(client) for client in row["client_ids"]] == [agreement["client_id"]]
    assert row["system_id"] == world.provider_a.system_id
    assert row["organisation_id"] == world.provider_a.organisation_id
    assert row["purpose"] == "carrying-out-the-service"
