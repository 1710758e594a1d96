"""Start interviews over HTTP: skills as codes and words, benefits as codes."""

from typing import Any

from tests.conftest import TenantFixture
from tests.record.case_file.documents.samples import AUTHOR

from walmu_api.record.case_file.start_interviews.document import document_content
from walmu_api.record.case_file.start_interviews.rules import STRUCTURE

OCCUPATION = {"system": "urn:oid:1.2.246.537.6.74", "code": "75220", "display": "Konepuusepät"}
ESCO = "http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000001"


async def entry(world: TenantFixture, **changes: Any) -> dict[str, Any]:
    relationship = await world.relationship((await world.client())["id"])
    return {
        "service_relationship_id": relationship["id"],
        "situation": "Odottaa alkua.",
        "strengths": "Tarkka.",
        "authors": [AUTHOR],
        "skills": [
            {"text": "Puutyöt", "level": "can"},
            {"esco": ESCO, "esco_label": "huonekalujen kunnostus"},
            {"occupation": OCCUPATION},
            {"local_code": {"list": "kotola_taidot", "code": "sorvi", "label": "Sorvaus"}},
        ],
        "benefits": ["pension", "housing_support"],
        "source_id": "alku-1",
    } | changes


async def test_skills_are_kept_as_codes_and_words_and_told_in_the_summary(world: TenantFixture) -> None:
    values = await entry(world)
    answer = await world.provider_a.post("/v1/start-interviews", values)
    assert answer.status_code == 201, answer.text
    data = answer.json()
    assert (data["structure"], data["dated_on"], data["written_on"]) == (
        STRUCTURE,
        world.day(0),
        world.day(0),
    )
    assert {name: data[name] for name in values} == values
    again = await world.provider_a.post("/v1/start-interviews", values)
    assert (again.status_code, again.json()) == (200, data)
    document = document_content(data)
    assert document["purpose"] == "Alkuhaastattelu"
    assert document["content"] == (
        f"Tilanne\nOdottaa alkua.\n\nOsaaminen\nPuutyöt: osaa\nhuonekalujen kunnostus; {ESCO}\nKonepuusepät (75220)\n"
        "Sorvaus (kotola_taidot)\n\nVahvuudet\nTarkka.\n\nEtuudet\nEläke, Asumistuki"
    )
    path = f"/v1/start-interviews/{data['id']}"
    replaced = await world.provider_a.put(path, values | {"motivation": "Vahva."}, If_Match='"1"')
    assert (replaced.status_code, replaced.json()["version"], replaced.json()["written_on"]) == (
        200,
        2,
        world.day(0),
    )


async def test_what_is_no_skill_and_no_benefit_is_refused_where_it_stands(world: TenantFixture) -> None:
    wrong = await entry(
        world,
        skills=[{"level": "can"}, {"occupation": OCCUPATION | {"system": "urn:oid:1.2.246.537.6.1222"}}],
        benefits=["pension", "lottery", "pension"],
    )
    answer = await world.provider_a.post("/v1/start-interviews", wrong)
    assert (answer.status_code, [(each["pointer"], each["code"]) for each in answer.json()["errors"]]) == (
        422,
        [
            ("/skills/0", "invalid-value"),
            ("/skills/1/occupation/system", "invalid-value"),
            ("/benefits/1", "unknown-code"),
            ("/benefits/2", "invalid-value"),
        ],
    )
    amount = await world.provider_a.post(
        "/v1/start-interviews", await entry(world, benefits=[{"pension": "700.00"}])
    )
    assert (amount.status_code, amount.json()["errors"][0]["pointer"]) == (422, "/benefits/0")
