"""The organiser's forms over HTTP: shipped, said anew, ended; an assessment keeps the version that it was written on."""

from typing import Any

from tests.conftest import TenantFixture
from tests.record.case_file.documents.samples import AUTHOR
from tests.record.everyday.assessments.test_assessments_api import item, located, post_entry, relationship_of

from walmu_api.record.everyday.assessments.forms.shipped import shipped_forms

Form = dict[str, Any]


def form(day: str, **changes: Any) -> Form:
    scale = {
        "key": "grade",
        "steps": [{"value": 0, "labels": {"fi": "Ei"}}, {"value": 1, "labels": {"fi": "Kyllä"}}],
    }
    return {
        "name": {"fi": "Maakunnan lomake"},
        "kind": "interim",
        "audience": "provider",
        "valid_from": day,
        "scales": [scale],
        "items": [
            {
                "key": "goes_well",
                "labels": {"fi": "Sujuuko"},
                "text": True,
                "scale": "grade",
                "required": True,
            }
        ],
    } | changes


async def test_every_organiser_has_the_shipped_forms_without_any_act(world: TenantFixture) -> None:
    for speaker in (world.organiser, world.provider_a, world.workplace, world.ehr):
        data = (await speaker.get("/v1/assessment-forms")).json()["items"]
        assert {each["form"]: (each["origin"], each["version"]) for each in data} == dict.fromkeys(
            ["halfway_stop_final", "uniform", "uniform_final", "workplace_short"], ("shipped", 1)
        )
    (short,) = (await world.workplace.get("/v1/assessment-forms?audience=workplace")).json()["items"]
    assert short["form"] == "workplace_short"
    assert (await world.provider_a.put("/v1/assessment-forms/uniform", form(world.day(0)))).status_code == 403
    uniform = (await world.provider_a.get("/v1/assessment-forms/uniform")).json()
    fields = [each["national_field"] for each in uniform["items"]]
    assert fields == [each["key"] for each in uniform["items"]]
    assert len(fields) == 10
    assert all(each["labels"]["easy_fi"] and each["labels"]["sv"] for each in uniform["items"])
    assert {len(scale["steps"]) for scale in uniform["scales"]} == {5}
    assert len(shipped_forms()) == 4


async def test_a_form_is_made_said_anew_and_ended_and_no_version_ever_changes(world: TenantFixture) -> None:
    path, first = "/v1/assessment-forms/county", form(world.day(30))
    response = await world.organiser.put(path, first)
    assert (response.status_code, response.headers["location"], response.headers["etag"]) == (
        201,
        path,
        '"1"',
    )
    assert (response.json()["form"], response.json()["origin"]) == ("county", "organiser")
    again = await world.organiser.put(path, first)
    assert (again.status_code, again.json()) == (200, response.json())
    second = form(world.day(10), name={"fi": "Uusi lomake"})
    assert (await world.organiser.put(path, second)).status_code == 428
    assert (await world.organiser.put(path, second, If_Match='"4"')).status_code == 412
    replaced_entry = await world.organiser.put(path, second, If_Match='"1"')
    assert (replaced_entry.status_code, replaced_entry.json()["version"]) == (200, 2)
    ended = await world.organiser.put(path, second | {"valid_to": world.day(5)}, If_Match='"2"')
    assert ended.json()["version"] == 3
    assert (await world.provider_a.get(f"{path}/versions/1")).json() == response.json()
    assert (await world.provider_a.get(f"{path}/versions/2")).json() == replaced_entry.json()
    assert (await world.provider_a.get(f"{path}/versions/4")).status_code == 404
    assert (await world.provider_a.get(path)).json() == ended.json()

    async def on(day: str) -> list[tuple[str, int]]:
        data = (await world.provider_a.get(f"/v1/assessment-forms?in_force_on={day}")).json()["items"]
        return [(each["form"], each["version"]) for each in data if each["origin"] == "organiser"]

    assert await on(world.day(40)) == []
    assert await on(world.day(20)) == [("county", 1)]
    assert await on(world.day(7)) == [("county", 3)]
    assert await on(world.day(4)) == []
    items, _ = await world.feed(world.organiser)
    data = [
        (each["change"], each["version"], each["url"])
        for each in items
        if each["resource_type"] == "assessment-form"
    ]
    assert [each[:2] for each in data] == [("created", 1), ("updated", 2), ("updated", 3)]
    assert (await world.organiser.get(data[0][2])).json() == ended.json()


async def test_an_organiser_says_a_shipped_form_its_own_way_and_others_keep_theirs(
    world: TenantFixture, elsewhere: TenantFixture
) -> None:
    own = await world.organiser.put("/v1/assessment-forms/uniform", form(world.day(3)), If_Match='"1"')
    assert (own.status_code, own.json()["version"], own.json()["origin"]) == (200, 2, "organiser")
    assert (await world.provider_a.get("/v1/assessment-forms/uniform/versions/1")).json()[
        "origin"
    ] == "shipped"
    data = (await elsewhere.provider_a.get("/v1/assessment-forms/uniform")).json()
    assert (data["version"], data["origin"]) == (1, "shipped")


async def test_an_old_assessment_keeps_the_version_of_its_form(world: TenantFixture) -> None:
    path = "/v1/assessment-forms/county"
    await world.organiser.put(path, form(world.day(30)))
    relationship = await relationship_of(world)
    basics = {"service_relationship_id": relationship["id"], "form": "county", "authors": [AUTHOR]}
    entry = basics | {
        "written_on": world.day(20),
        "items": [item("goes_well", rating=0)],
        "source_id": "vanha",
    }
    old = await post_entry(world.provider_a, entry)
    new_items = [{"key": "mood", "labels": {"fi": "Mieliala"}, "text": True}]
    await world.organiser.put(path, form(world.day(30), items=new_items), If_Match='"1"')
    assert (await world.provider_a.get(f"/v1/assessments/{old['id']}")).json() == old
    assert (await world.provider_a.post("/v1/assessments", entry)).json() == old, "a retry is still the same"
    corrected = entry | {"items": [item("goes_well", rating=1)]}
    response = await world.provider_a.put(f"/v1/assessments/{old['id']}", corrected, If_Match='"1"')
    assert (response.status_code, response.json()["form_version"]) == (200, 1), response.text
    assert response.json()["document_texts"]["content"] == "Sujuuko\nArvio: Kyllä (1, asteikko 0–1)"
    refused = await post_entry(world.provider_a, basics | {"items": [item("goes_well", rating=0)]}, 422)
    assert located(refused) == [("/items/0/key", "item-not-on-form")]
    new = await post_entry(world.provider_a, basics | {"items": [item("mood", text="Iloinen.")]})
    assert new["form_version"] == 2


async def test_a_form_that_contradicts_itself_is_refused_where_it_does(world: TenantFixture) -> None:
    steps = [{"value": 2, "labels": {"fi": "x"}}, {"value": 2, "labels": {"fi": "y"}}]
    asked = {"labels": {"fi": "x"}, "text": True}
    refused = await world.organiser.put(
        "/v1/assessment-forms/odd",
        {
            "name": {"fi": "x"},
            "kind": "final",
            "audience": "provider",
            "valid_from": "2026-02-01",
            "valid_to": "2026-01-01",
            "scales": [
                {"key": "s", "steps": steps},
                {"key": "s", "steps": [steps[0], {"value": 3, "labels": {"fi": "z"}}]},
            ],
            "items": [
                asked | {"key": "a", "scale": "nowhere"},
                asked | {"key": "a"},
                {"key": "b", "labels": {"fi": "x"}, "text": False, "voices": ["client"]},
            ],
        },
    )
    assert (refused.status_code, sorted(located(refused.json()))) == (
        422,
        sorted(
            [
                ("/valid_to", "out-of-order"),
                ("/scales/0/steps/1/value", "invalid-value"),
                ("/scales/1/key", "invalid-value"),
                ("/items/0/scale", "unknown-reference"),
                ("/items/1/key", "invalid-value"),
                ("/items/2/text", "invalid-value"),
                ("/items/2/voices", "invalid-value"),
            ]
        ),
    )
    assert (await world.organiser.get("/v1/assessment-forms/odd")).status_code == 404
