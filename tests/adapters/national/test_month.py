"""A provider's whole month in national documents alone, and the same month in our JSON: equal bytes."""

import json
from typing import Any

from tests.conftest import ApiClient, TenantFixture
from tests.record.case_file.documents.samples import AUTHOR, DISABILITY, WORK_ACTIVITY

from walmu_api.adapters.national.structures.definitions import structure_of

PERIOD = {"starts_at": "2026-11-03T09:00:00+02:00", "ends_at": "2026-11-03T13:00:00+02:00"}


def month(world: TenantFixture) -> list[tuple[str, dict[str, Any]]]:
    """What a coach says in a month, in our words: start, plan, days, a contact, a meeting, another entry, a measurement, assessment, end."""
    data = {"service_task": DISABILITY, "author": AUTHOR, "written_on": world.day(2)}
    diary = {**data, "services": [WORK_ACTIVITY]}
    return [
        (
            "service-events",
            {"kind": "started", "starts_on": world.day(170), "service": WORK_ACTIVITY, **data},
        ),
        (
            "plans",
            {
                "kind": "implementation_plan",
                "service": WORK_ACTIVITY,
                "authors": [AUTHOR],
                "written_on": world.day(2),
                "goals": [
                    {
                        "name": "Työpäivä",
                        "description": "Jaksaa neljä tuntia",
                        "means_and_schedule": "Tauot sovitaan",
                    }
                ],
            },
        ),
        (
            "diary-entries",
            {
                "kind": "daily_performance",
                "period": PERIOD,
                "performance": {"tasks": ["Hionta", "Maalaus"], "rating": "well"},
                **diary,
            },
        ),
        (
            "diary-entries",
            {
                "kind": "contact",
                "period": PERIOD,
                "description": "Soitti: ”myöhästyn”.",
                "place": "Puhelin",
                **diary,
            },
        ),
        (
            "diary-entries",
            {
                "kind": "network_meeting",
                "period": PERIOD,
                "participants": "Asiakas, Kela",
                "description": "Jatko.",
                **diary,
            },
        ),
        ("diary-entries", {"kind": "other", "period": PERIOD, "description": "Uudet turvakengät.", **diary}),
        (
            "measurements",
            {
                "instrument": "kykyviisari",
                "form_version": "2017",
                "language": "fi",
                "phase": "end",
                "answered_on": world.day(3),
                "respondent": "client",
                "mode": "interview",
                "author": AUTHOR,
                "written_on": world.day(2),
                "scores": [
                    {"scale": "C", "value": 6.4, "min": 0, "max": 10},
                    {"scale": "work_ability", "value": 5},
                ],
            },
        ),
        (
            "assessments",
            {
                "authors": [AUTHOR],
                "written_on": world.day(2),
                "service_task": DISABILITY,
                "service": WORK_ACTIVITY,
                "items": [{"key": "content", "text": "Sujui hyvin.\nTavoitteet täyttyivät."}],
                "conclusions": "Jatketaan.",
            },
        ),
        (
            "service-events",
            {
                "kind": "ended",
                "ends_on": world.day(0),
                "reason": "Siirtyi palkkatyöhön",
                "service": WORK_ACTIVITY,
                **data,
            },
        ),
    ]


async def document(speaker: ApiClient, url: str) -> dict[str, Any]:
    answer = await speaker.get(f"{url}/document")
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def test_a_month_in_documents_alone_is_the_month_in_our_json(world: TenantFixture) -> None:
    client = await world.client()
    ours = await world.relationship(client["id"], world.provider_a, service=WORK_ACTIVITY)
    theirs = await world.relationship(client["id"], world.provider_b, service=WORK_ACTIVITY)
    numbers = []
    for at, (collection, entry) in enumerate(month(world)):
        named = {"service_relationship_id": ours["id"], "source_id": f"json-{at}"}
        if collection == "measurements":
            named["client_id"] = client["id"]
        response = await world.provider_a.post(f"/v1/{collection}", entry | named)
        assert response.status_code == 201, (collection, response.text)
        created = await document(world.provider_a, f"/v1/{collection}/{response.json()['id']}")
        numbers.append(created["envelope"]["number"])
        assert structure_of(created["envelope"]["structure"]) is not None
        sending = {
            "structure": created["envelope"]["structure"],
            "content": created["content"],
            "source_id": f"document-{at}",
            "service_relationship_id": theirs["id"],
        }
        sent = await world.provider_b.post("/v1/documents", sending)
        assert sent.status_code == 201, (collection, sent.text)
        url = sent.json()["resource"]["url"]
        as_sent = await document(world.provider_b, url)
        table = "measurements" if collection == "measurements" else "documents"
        await world.owner.execute(
            f"update {table} set received = null where id = $1", sent.json()["resource"]["id"]
        )
        from_the_record = await document(world.provider_b, url)
        expected = json.dumps(created["content"], ensure_ascii=False)
        assert json.dumps(as_sent["content"], ensure_ascii=False) == expected
        assert json.dumps(from_the_record["content"], ensure_ascii=False) == expected
    assert numbers == ["19002", "15024", "19007", "19005", "19004", "19013", "19015", "16009", "19012"]
