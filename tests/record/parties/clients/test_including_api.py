"""`include=client`: lists that speak of clients give their records along, as the caller may read them."""

import time
from datetime import date
from typing import Any

import holidays
import pytest
from tests.conftest import HELD, ApiClient, TenantFixture

from walmu_api.access.scopes import ROLES

CONTACT = {"phone": "+358 50 123 4567", "municipality": "Esimerkkilä"}


def planned(world: TenantFixture) -> str:
    """The last working day that three days ago was, or that came before it: nothing is planned on a holiday."""
    days = (world.day(ago) for ago in range(3, 10))
    return next(day for day in days if date.fromisoformat(day) not in holidays.country_holidays("FI"))


async def lists(world: TenantFixture) -> list[str]:
    return [
        "/v1/agreements?limit=200",
        f"/v1/attendance/missing?on={planned(world)}&limit=200",
        "/v1/justifications?limit=200",
    ]


@pytest.fixture
async def agreements(world: TenantFixture) -> list[dict[str, Any]]:
    """Two clients at provider A, one of them with two agreements, and one at provider B; all with something in each list."""
    day = date.fromisoformat(planned(world)).isoweekday()
    schedule = {"type": "fixed", "days": [{"weekday": day, "starts_at": "09:00", "ends_at": "13:00"}]}
    created = []
    for name in ("Eka", "Toka"):
        client = await world.client(given_names=name, contact=CONTACT)
        relationship = await world.relationship(client["id"])
        created += [
            await world.agreement(relationship, await world.decision(relationship), schedule=schedule)
            for _ in range(2 if name == "Eka" else 1)
        ]
    for agreement in created:
        absent = {"status": "absent", "absence_reason": "own_illness"}
        path = f"/v1/agreements/{agreement['id']}/attendance/{world.day(12)}"
        assert (await world.provider_a.put(path, absent)).status_code == 201
    return created


async def read(speaker: ApiClient, link: str) -> dict[str, Any]:
    answer = await speaker.get(link)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def test_each_client_of_a_page_comes_once_as_its_own_address_gives_it(
    world: TenantFixture, agreements: list[dict[str, Any]]
) -> None:
    for link in await lists(world):
        for speaker in (world.organiser, world.provider_a, world.ehr):
            plain, data = await read(speaker, link), await read(speaker, f"{link}&include=client")
            assert data["items"] == plain["items"], link
            assert len(data["items"]) >= 3
            assert "clients" not in plain
            named = sorted({item["client_id"] for item in data["items"]})
            assert [client["id"] for client in data["clients"]] == named
            for client in data["clients"]:
                assert client == await read(speaker, f"/v1/clients/{client['id']}")


async def test_pages_keep_what_was_asked_and_have_their_own_clients(
    world: TenantFixture, agreements: list[dict[str, Any]]
) -> None:
    link: str | None = "/v1/agreements?limit=2&include=client"
    found = []
    while link is not None:
        page = await read(world.provider_a, link)
        found.append([client["given_names"] for client in page["clients"]])
        link = page["next"]
    assert found == [["Eka"], ["Toka"]]
    assert (await read(world.provider_b, "/v1/agreements?include=client"))["clients"] == []


async def test_what_is_withheld_under_protection_is_withheld_here(
    world: TenantFixture, agreements: list[dict[str, Any]]
) -> None:
    """661/2009, 36 §: a provider of a current relationship reads phone and contact address, never the municipality."""
    for client_id in {agreement["client_id"] for agreement in agreements}:
        path = f"/v1/clients/{client_id}"
        before = await world.organiser.get(path)
        body = before.json() | {"turvakielto": True}
        assert (await world.organiser.put(path, body, If_Match=before.headers["etag"])).status_code == 200
    for link in await lists(world):
        for client in (await read(world.organiser, f"{link}&include=client"))["clients"]:
            assert client["contact"] == CONTACT
        for client in (await read(world.provider_a, f"{link}&include=client"))["clients"]:
            assert client["contact"] == {"phone": CONTACT["phone"]}


async def test_every_client_that_was_given_is_in_the_use_log(
    world: TenantFixture, agreements: list[dict[str, Any]]
) -> None:
    given = {agreement["client_id"] for agreement in agreements}
    operations = ("listAgreements", "listMissingAttendance", "listOpenJustifications")
    for link, operation in zip(await lists(world), operations, strict=True):
        before = len(await world.use_log(operation=operation))
        await read(world.provider_a, f"{link}&include=client")
        rows = (await world.use_log(operation=operation))[before:]
        assert [{str(client) for client in row["client_ids"]} for row in rows] == [given]


async def test_who_may_read_no_clients_gets_none(
    world: TenantFixture, agreements: list[dict[str, Any]]
) -> None:
    """A workplace, and a system whose token is narrowed; the refusal tells nothing of what there is."""
    narrow: list[str] = [scope for scope in sorted(ROLES["provider"]) if scope != "clients:read"]
    token = world.app_context.tokens.issue(world.provider_a.client_id, HELD, narrow, None, now=time.time())
    for link in await lists(world):
        answer = await world.provider_a.get(f"{link}&include=client", Authorization=f"Bearer {token}")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        assert "clients:read" in answer.json()["detail"]
        assert (await world.provider_a.get(link, Authorization=f"Bearer {token}")).status_code == 200
    missing = (await lists(world))[1]
    assert (await world.workplace.get(missing)).status_code == 200
    refused = await world.workplace.get(f"{missing}&include=client")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_what_cannot_be_included_is_refused_at_its_place(world: TenantFixture) -> None:
    for link in await lists(world):
        for value in ("clients", "", "client,place", "CLIENT"):
            answer = await world.organiser.get(f"{link}&include={value}")
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/include")
    other = await world.organiser.get("/v1/decisions?include=client")
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "unknown-parameter")
