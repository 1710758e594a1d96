"""Plans over HTTP: the organiser's client plan and the provider's implementation plan, from the first to its review."""

import secrets
from typing import Any

from tests.conftest import ApiClient, TenantFixture
from tests.record.case_file.documents.samples import FILED
from tests.record.case_file.documents.test_store_api import entry_of

PLAN = FILED["plan"]
AUTHORS = [{"family_name": "Järjestäjä", "given_names": "Jaana"}]
SERVICE = {"system": "urn:oid:1.2.246.537.6.1222", "code": "1", "display": "Työtoiminta"}
WORKING_AGE = {"system": "urn:oid:1.2.246.537.6.1221", "code": "30", "display": "Työikäisten palvelut"}


async def record(speaker: ApiClient, **entry: Any) -> dict[str, Any]:
    answer = await speaker.post("/v1/plans", entry | {"source_id": secrets.token_hex(6)})
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


def client_plan(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "client_plan",
        "current_services": {"description": "Asumispalvelu."},
        "client_informed": True,
        "client_wishes": "Omaa rahaa ja työkavereita.",
        "goals": [{"name": "Työtoimintaan syksyllä"}],
        "authors": AUTHORS,
    } | changes


def refused(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_the_life_of_plans_from_the_client_plan_to_the_review(world: TenantFixture) -> None:
    client = await world.client()
    relationship = await world.relationship(client["id"])
    plan = await record(
        world.organiser, **client_plan(client_id=client["id"], services="disability_services")
    )
    assert plan["structure"] == "1.2.246.537.6.1506.15023.2024.11.4"
    seen = (await world.provider_a.get(f"/v1/plans?client_id={client['id']}")).json()["items"]
    assert seen == [plan], "a provider of the service task reads the organiser's client plan"

    mine = await record(world.provider_a, **PLAN.entry({"relationship": relationship["id"]}))
    assert (mine["structure"], mine["services"]) == (
        "1.2.246.537.6.1506.15024.2024.11.4",
        "disability_services",
    )
    assert mine["dated_on"] == mine["written_on"]
    code = {"system": "urn:oid:1.2.246.537.6.1253", "code": "1", "display": "Saavutettu"}
    reviewed = entry_of(mine) | {
        "previous_plan": {
            "client_assessment": code,
            "professional_assessment": code,
            "assessment_text": "Rytmi löytyi.",
        },
        "review": {"at": "2027-03-01"},
    }
    second = await world.provider_a.put(f"/v1/plans/{mine['id']}", reviewed, If_Match='"1"')
    assert (second.status_code, second.json()["version"]) == (200, 2), second.text
    assert second.json()["previous_plan"]["client_assessment"] == code
    document = (await world.provider_a.get(f"/v1/plans/{mine['id']}/document")).json()
    (data,) = document["content"].values()
    assert data["edellisen_suunnitelman_tavoitteiden_saavuttaminen"]["sanallinen_arvio"] == "Rytmi löytyi."
    assert data["suunnitelman_tarkistaminen"] == {"paivamaara_ja_kellonaika": "2027-03-01"}
    assert (await world.organiser.get(f"/v1/plans/{mine['id']}/versions/1")).json() == mine


async def test_a_client_plan_is_shared_with_providers_of_the_same_service_task_only(
    world: TenantFixture,
) -> None:
    client = await world.client()
    await world.relationship(client["id"], provider=world.provider_a)
    await world.relationship(client["id"], provider=world.provider_b, service_task=WORKING_AGE)
    ours = await record(
        world.organiser, **client_plan(client_id=client["id"], services="disability_services")
    )
    theirs = await record(
        world.organiser, kind="client_plan", client_id=client["id"], service_task=WORKING_AGE, authors=AUTHORS
    )
    assert theirs["structure"] == "1.2.246.537.6.1506.15020.2024.11.28"
    for speaker, seen, hidden in ((world.provider_a, ours, theirs), (world.provider_b, theirs, ours)):
        assert (await speaker.get(f"/v1/plans/{seen['id']}")).json() == seen
        assert (await speaker.get(f"/v1/plans/{hidden['id']}")).status_code == 404


async def test_only_organiser_and_record_system_write_client_plans(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    entry = client_plan(service_relationship_id=relationship["id"]) | {"source_id": "a"}
    answer = await world.provider_a.post("/v1/plans", entry)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-plan")
    assert (await world.ehr.post("/v1/plans", entry)).status_code == 201


async def test_a_provider_writes_plans_of_its_own_relationships_only(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    entry = PLAN.entry({"relationship": relationship["id"]}) | {"source_id": "a"}
    assert refused(await world.provider_b.post("/v1/plans", entry)) == [
        ("/service_relationship_id", "unknown-reference")
    ]
    nobodys = {name: value for name, value in entry.items() if name != "service_relationship_id"}
    answer = await world.organiser.post("/v1/plans", nobodys | {"client_id": relationship["client_id"]})
    assert refused(answer) == [("/service_relationship_id", "missing")]


async def test_a_shared_plan_is_read_and_not_changed_by_the_provider(world: TenantFixture) -> None:
    client = await world.client()
    relationship = await world.relationship(client["id"])
    theirs = await record(world.organiser, **PLAN.entry({"relationship": relationship["id"]}))
    changed = await world.provider_a.put(
        f"/v1/plans/{theirs['id']}", entry_of(theirs) | {"situation": "x"}, If_Match='"1"'
    )
    assert (changed.status_code, changed.json()["code"]) == (403, "not-yours-to-change")


async def test_what_only_another_structure_has_is_refused_with_its_place(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"], service_task=WORKING_AGE)
    entry = PLAN.entry({"relationship": relationship["id"]}) | {
        "source_id": "a",
        "health": {"risks": "x"},
        "client_informed": True,
    }
    assert refused(await world.provider_a.post("/v1/plans", entry)) == [
        ("/health", "not-of-this-plan"),
        ("/client_informed", "not-of-this-plan"),
    ]
    answer = await world.organiser.post(
        "/v1/plans",
        client_plan(
            client_id=relationship["client_id"],
            source_id="b",
            services="disability_services",
            current_services={},
        ),
    )
    assert refused(answer) == [("/current_services/description", "missing")]


async def test_which_structure_and_which_service_follow_from_the_relationship_or_are_asked_for(
    world: TenantFixture,
) -> None:
    client = await world.client()
    relationship = await world.relationship(client["id"], service=SERVICE)
    entry = PLAN.entry({"relationship": relationship["id"]})
    del entry["service"]
    assert (await record(world.provider_a, **entry))["service"] == SERVICE
    other = await world.relationship((await world.client())["id"])
    answer = await world.provider_a.post(
        "/v1/plans", entry | {"service_relationship_id": other["id"], "source_id": "a"}
    )
    assert refused(answer) == [("/service", "missing")]
    answer = await world.organiser.post("/v1/plans", client_plan(client_id=client["id"], source_id="b"))
    assert refused(answer) == [("/services", "missing")]


async def test_a_plan_may_not_go_beyond_the_limits_of_rehabilitative_work(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"], service_task=WORKING_AGE)
    work = {"days_per_week": 4, "hours_per_day": 4, "starts_on": "2026-12-01", "ends_on": "2027-02-28"}
    entry = PLAN.entry({"relationship": relationship["id"]}) | {"source_id": "a"}
    beyond = work | {"days_per_week": 5, "hours_per_day": 3.5}
    assert refused(await world.provider_a.post("/v1/plans", entry | {"rehabilitative_work": beyond})) == [
        ("/rehabilitative_work/days_per_week", "invalid-value"),
        ("/rehabilitative_work/hours_per_day", "invalid-value"),
    ]
    short = work | {"ends_on": "2027-02-27"}
    assert refused(await world.provider_a.post("/v1/plans", entry | {"rehabilitative_work": short})) == [
        ("/rehabilitative_work/ends_on", "beyond-rehabilitative-work")
    ]
    assert (
        await world.provider_a.post("/v1/plans", entry | {"rehabilitative_work": work})
    ).status_code == 201


async def test_the_employment_authoritys_plan_is_a_reference_that_no_document_carries(
    world: TenantFixture,
) -> None:
    relationship = await world.relationship((await world.client())["id"])
    reference = {"issuer": "Esimerkin työllisyysalue", "dated_on": "2026-05-01", "review_on": "2026-11-01"}
    plan = await record(
        world.provider_a, **PLAN.entry({"relationship": relationship["id"]}), employment_plan=reference
    )
    assert plan["employment_plan"] == reference
    document = await world.provider_a.get(f"/v1/plans/{plan['id']}/document")
    assert document.status_code == 200
    assert "työllisyysalue" not in document.text


async def test_a_client_plan_does_not_become_an_implementation_plan(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"], service=SERVICE)
    plan = await record(world.organiser, **client_plan(service_relationship_id=relationship["id"]))
    entry = PLAN.entry({"relationship": relationship["id"]})
    answer = await world.organiser.put(f"/v1/plans/{plan['id']}", entry, If_Match='"1"')
    assert refused(answer) == [("/kind", "invalid-value")]
