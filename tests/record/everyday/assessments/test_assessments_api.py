"""Assessments over HTTP, as their writers live with them."""

import secrets
from typing import Any
from uuid import UUID

from tests.conftest import ApiClient, TenantFixture
from tests.record.case_file.documents.samples import AUTHOR

WORK = "1.2.246.537.6.1506.1003.2022.6.28"
SUMMARY = "1.2.246.537.6.1506.16009.2022.6.28"
EMPLOYER = {"family_name": "Leipuri", "given_names": "Leena", "title": "myymäläpäällikkö"}
REHABILITATIVE: dict[str, Any] = {"service_kind": "rehabilitative_work", "legal_bases": ["KTT_189_2001"]}


async def relationship_of(world: TenantFixture, **changes: Any) -> dict[str, Any]:
    return await world.relationship((await world.client())["id"], **changes)


async def post_entry(speaker: ApiClient, entry: dict[str, Any], status: int = 201) -> dict[str, Any]:
    answer = await speaker.post("/v1/assessments", {"source_id": secrets.token_hex(6)} | entry)
    assert answer.status_code == status, answer.text
    return answer.json()  # type: ignore[no-any-return]


def located(problem: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["pointer"], each["code"]) for each in problem["errors"]]


async def at_the_workplace(world: TenantFixture, relationship: dict[str, Any]) -> dict[str, Any]:
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    return await world.agreement(relationship, await world.decision(relationship), place=place)


def item(key: str, **texts_of: Any) -> dict[str, Any]:
    return {"key": key, **texts_of}


async def test_an_interim_assessment_holds_three_voices_and_the_next_one_shows_the_change(
    world: TenantFixture,
) -> None:
    relationship = await relationship_of(world, **REHABILITATIVE)
    views = {
        "client_view": "Bussi on joskus myöhässä.",
        "professional_view": "Tulee ajoissa.",
        "workplace_view": "Sujuu.",
    }
    first = await post_entry(
        world.provider_a,
        {
            "service_relationship_id": relationship["id"],
            "form": "uniform",
            "participants": "Eeva, Aino, Leena",
            "written_on": world.day(60),
            "authors": [AUTHOR],
            "items": [item("working_hours_kept", rating=2, **views), item("strengths", text="Tarkka.")],
            "goals": [{"name": "Kolme päivää viikossa", "evaluation": "Toteutui."}],
            "onward": "Jatketaan.",
        },
    )
    assert (first["structure"], first["status"], first["form_version"]) == (WORK, "final", 1)
    assert first["document_texts"] == {
        "working_hours_kept": "Asiakkaan näkemys: Bussi on joskus myöhässä.\nAmmattihenkilön näkemys: Tulee ajoissa.\n"
        "Työpaikan näkemys: Sujuu.\nArvio: Onnistuu runsaasti tuettuna (2, asteikko 1–5)",
        "strengths": "Tarkka.",
        "goals_reached": "Tavoite: Kolme päivää viikossa\nToteutui.",
        "onward": "Jatketaan.",
    }
    await post_entry(
        world.provider_a,
        {
            "service_relationship_id": relationship["id"],
            "form": "uniform",
            "participants": "Eeva, Aino",
            "written_on": world.day(2),
            "authors": [AUTHOR],
            "items": [item("working_hours_kept", rating=4)],
        },
    )
    data = (
        await world.organiser.get(f"/v1/assessments?service_relationship_id={relationship['id']}")
    ).json()["items"]
    assert [(each["dated_on"], each["items"][0]["rating"]) for each in data] == [
        (world.day(60), 2),
        (world.day(2), 4),
    ]


async def test_services_on_other_bases_are_assessed_in_a_summary_with_the_items_under_their_labels(
    world: TenantFixture,
) -> None:
    service = {
        "system": "urn:oid:1.2.246.537.6.1222",
        "code": "55",
        "display": "Vammaisten henkilöiden työtoiminta",
    }
    relationship = await relationship_of(world, service=service)
    data = await post_entry(
        world.provider_a,
        {
            "service_relationship_id": relationship["id"],
            "form": "uniform",
            "place": "Kotola",
            "authors": [AUTHOR],
            "items": [item("strengths", text="Tarkka."), item("initiative", rating=5)],
            "onward": "Jatketaan.",
        },
    )
    assert (data["structure"], data["written_on"], data["dated_on"]) == (SUMMARY, world.day(0), world.day(0))
    assert (data["service_task"], data["service"]) == (relationship["service_task"], service)
    assert data["document_texts"] == {
        "purpose": "Väliarviointi",
        "conclusions": "Jatkosuunnitelmat\nJatketaan.",
        "content": "Työtoimintapaikka\nKotola\n\nAsiakkaan vahvuudet\nTarkka.\n\n"
        "Aktiivisuus ja omatoimisuus\nArvio: Onnistuu itsenäisesti (5, asteikko 1–5)",
    }


async def test_without_a_form_the_items_are_the_fields_of_the_national_structure(
    world: TenantFixture,
) -> None:
    rehabilitative = await relationship_of(world, **REHABILITATIVE)
    basics = {"service_relationship_id": rehabilitative["id"], "participants": "Eeva", "authors": [AUTHOR]}
    data = await post_entry(world.provider_a, basics | {"items": [item("suitability", text="Sopii.")]})
    assert (data["document_texts"], "form" in data) == ({"suitability": "Sopii."}, False)
    refused = await post_entry(world.provider_a, basics | {"items": [item("suitability", rating=3)]}, 422)
    assert located(refused) == [("/items/0/rating", "no-place-on-item")]
    other = await relationship_of(world)
    basics = {"service_relationship_id": other["id"], "authors": [AUTHOR]}
    data = await post_entry(
        world.provider_a, basics | {"items": [item("content", text="Sujuu.")], "purpose": "Arvio"}
    )
    assert data["document_texts"] == {"content": "Sujuu.", "purpose": "Arvio"}
    refused = await post_entry(
        world.provider_a, basics | {"items": [item("suitability", text="Sopii.")]}, 422
    )
    assert located(refused) == [("/items/0/key", "item-not-on-form")]


async def test_what_does_not_fit_the_form_is_refused_where_it_stands(world: TenantFixture) -> None:
    relationship = await relationship_of(world, **REHABILITATIVE)
    entry: dict[str, Any] = {
        "service_relationship_id": relationship["id"],
        "form": "halfway_stop_final",
        "authors": [AUTHOR],
        "purpose": "Arvio",
        "period": {"starts_on": "2026-09-02", "ends_on": "2026-09-01"},
        "items": [
            item("responsibility", rating=6),
            item("skills_seen", rating=1, workplace_view="Osaa."),
            item("no_such_item", text="x"),
            item("responsibility", text="y"),
            item("proposed_path"),
        ],
    }
    refused = await post_entry(world.provider_a, entry, 422)
    assert sorted(located(refused)) == sorted(
        [
            ("/participants", "missing"),
            ("/purpose", "invalid-value"),
            ("/items/0/rating", "rating-outside-scale"),
            ("/items/1/workplace_view", "no-place-on-item"),
            ("/items/1/rating", "no-place-on-item"),
            ("/items/2/key", "item-not-on-form"),
            ("/items/3/key", "invalid-value"),
            ("/items", "item-missing"),
            ("/items", "item-missing"),
            ("/period/ends_on", "out-of-order"),
        ]
    )
    basics = {"service_relationship_id": relationship["id"], "participants": "x", "authors": [AUTHOR]}
    for more, expected in (
        ({"form": "nowhere"}, ("/form", "unknown-reference")),
        ({"form": "uniform", "form_version": 7}, ("/form_version", "unknown-reference")),
        ({"form": "uniform", "written_on": "2022-01-01"}, ("/form", "form-not-in-force")),
        (
            {"form": "uniform", "form_version": 1, "written_on": "2022-01-01"},
            ("/form_version", "form-not-in-force"),
        ),
        ({"form": "workplace_short", "items": [item("overall", rating=1)]}, ("/form", "other-audience")),
        ({"form_version": 1}, ("/form", "missing")),
    ):
        assert located(await post_entry(world.provider_a, basics | more, 422)) == [expected]
    client = {"client_id": relationship["client_id"], "authors": [AUTHOR]}
    assert located(await post_entry(world.organiser, client, 422)) == [
        ("/service_relationship_id", "missing")
    ]


async def test_a_workplaces_short_form_waits_for_its_provider_and_then_is_a_document(
    world: TenantFixture,
) -> None:
    relationship = await relationship_of(world, **REHABILITATIVE)
    agreement = await at_the_workplace(world, relationship)
    entry = {
        "agreement_id": agreement["id"],
        "form": "workplace_short",
        "authors": [EMPLOYER],
        "source_id": "lyhyt-1",
        "items": [
            item("overall", rating=4, text="Hyvä työntekijä."),
            item("support_needed", text="Ei erityistä."),
        ],
    }
    theirs = await post_entry(world.workplace, entry)
    path = f"/v1/assessments/{theirs['id']}"
    assert (theirs["status"], theirs["workplace_id"]) == ("unconfirmed", str(world.workplace.organisation_id))
    assert "structure" not in theirs
    confirming: dict[str, Any] = {"author": AUTHOR}
    for speaker in (world.workplace, world.organiser):
        assert (await speaker.post(f"{path}/confirm", confirming)).status_code == 403
    assert (await world.provider_b.post(f"{path}/confirm", confirming)).status_code == 404
    lacking = await world.provider_a.post(f"{path}/confirm", confirming)
    assert (lacking.status_code, located(lacking.json())) == (422, [("/participants", "missing")])
    confirming |= {"participants": "Leena, Eeva"}
    stale = await world.provider_a.post(f"{path}/confirm", confirming, If_Match='"9"')
    assert stale.status_code == 412
    ours = await world.provider_a.post(f"{path}/confirm", confirming, If_Match='"1"')
    assert (ours.status_code, ours.headers["etag"]) == (200, '"2"'), ours.text
    data = ours.json()
    assert (data["status"], data["structure"], data["confirmation"]) == ("final", WORK, confirming)
    assert data["document_texts"]["other_observations"] == (
        "Miten työ sujuu kokonaisuutena\nHyvä työntekijä.\nArvio: Onnistuu enimmäkseen itsenäisesti (4, asteikko 1–5)\n\n"
        "Mitä tukea työpaikka tai asiakas tarvitsee\nEi erityistä."
    )
    assert (await world.provider_a.post(f"{path}/confirm", confirming)).json() == data, (
        "again, in the same words"
    )
    other = await world.provider_a.post(f"{path}/confirm", {"author": EMPLOYER, "participants": "x"})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    again = await world.workplace.post("/v1/assessments", entry)
    server = ("version", "recorded_at", "recorded_by", "status")
    assert (again.status_code, again.json()) == (200, theirs | {name: data[name] for name in server}), (
        "the workplace still reads its own words, and a retry makes nothing"
    )
    changed = await world.workplace.put(path, entry | {"tasks": "Leivonta"}, If_Match='"2"')
    assert (changed.status_code, changed.json()["code"]) == (403, "not-yours-to-change")
    corrected = await world.provider_a.put(path, entry | {"tasks": "Leivonta"}, If_Match='"2"')
    assert (corrected.status_code, corrected.json()["confirmation"]) == (200, confirming), corrected.text
    versions = (await world.provider_a.get(f"{path}/versions")).json()["items"]
    assert [each["change"] for each in versions] == ["created", "updated", "updated"]


async def test_a_workplace_sees_and_writes_its_own_only(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    agreement = await at_the_workplace(world, relationship)
    short = {"form": "workplace_short", "authors": [EMPLOYER], "items": [item("overall", rating=3)]}
    theirs = await post_entry(world.workplace, short | {"agreement_id": agreement["id"]})
    ours = await post_entry(
        world.provider_a, {"agreement_id": agreement["id"], "form": "uniform", "authors": [AUTHOR]}
    )
    assert (await world.workplace.get("/v1/assessments")).json()["items"] == [theirs]
    assert (await world.workplace.get(f"/v1/assessments/{ours['id']}")).status_code == 404
    own = await world.agreement(relationship, UUID(agreement["decision_id"]))
    refused = await post_entry(world.workplace, short | {"agreement_id": own["id"]}, 422)
    assert located(refused) == [("/agreement_id", "unknown-reference")]
    refused = await post_entry(world.workplace, short | {"service_relationship_id": relationship["id"]}, 422)
    assert located(refused) == [("/service_relationship_id", "unknown-reference")]
    refused = await post_entry(world.workplace, {"agreement_id": agreement["id"], "authors": [EMPLOYER]}, 422)
    assert located(refused) == [("/form", "other-audience")]
    items, _ = await world.feed(world.workplace)
    assert [each["record"]["id"] for each in items if each["resource_type"] == "assessment"] == [theirs["id"]]


async def test_a_provider_may_void_what_a_workplace_wrote_while_it_waits(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    agreement = await at_the_workplace(world, relationship)
    short = {"form": "workplace_short", "authors": [EMPLOYER], "items": [item("overall", rating=3)]}
    theirs = await post_entry(world.workplace, short | {"agreement_id": agreement["id"]})
    path = f"/v1/assessments/{theirs['id']}"
    void = await world.provider_a.post(f"{path}/void", {"reason": "Koskee toista asiakasta"})
    assert (void.status_code, void.json()["status"]) == (200, "voided")
    late = await world.provider_a.post(f"{path}/confirm", {"author": AUTHOR})
    assert (late.status_code, late.json()["code"]) == (409, "already-voided")


async def test_the_halfway_stop_ends_with_its_own_assessment(world: TenantFixture) -> None:
    relationship = await relationship_of(world, service_kind="halfway_stop", legal_bases=["KTT_189_2001"])
    data = await post_entry(
        world.provider_a,
        {
            "service_relationship_id": relationship["id"],
            "form": "halfway_stop_final",
            "participants": "Eeva, Aino",
            "authors": [AUTHOR],
            "items": [
                item(
                    "work_and_functional_ability",
                    client_view="Jaksan paremmin.",
                    professional_view="Jaksaa neljä tuntia.",
                    rating=3,
                ),
                item("working_hours_kept", rating=5),
                item("responsibility", text="Hoitaa sovitut asiat."),
                item("skills_seen", text="Keittiötyöt."),
                item("proposed_path", text="Työtoiminta kahvilassa."),
            ],
            "onward": "Tutustuminen sovittu.",
        },
    )
    assert (data["structure"], data["document_texts"]) == (
        WORK,
        {
            "working_hours_kept": "Arvio: Onnistuu itsenäisesti (5, asteikko 1–5)",
            "quality_and_skills": "Keittiötyöt.",
            "other_observations": "Työ- ja toimintakyky\nAsiakkaan näkemys: Jaksan paremmin.\n"
            "Ammattihenkilön näkemys: Jaksaa neljä tuntia.\nArvio: Onnistuu jonkin verran tuettuna (3, asteikko 1–5)\n\n"
            "Vastuullisuus\nHoitaa sovitut asiat.",
            "onward": "Tutustuminen sovittu.\n\nEhdotettu jatkopolku\nTyötoiminta kahvilassa.",
        },
    )


async def test_a_retry_on_a_later_day_is_the_same_assessment(world: TenantFixture) -> None:
    relationship = await relationship_of(world)
    entry = {
        "service_relationship_id": relationship["id"],
        "form": "uniform",
        "authors": [AUTHOR],
        "source_id": "a-1",
    }
    first = await post_entry(world.provider_a, entry)
    await world.owner.execute(
        "update documents set dated_on = dated_on - 3, content = jsonb_set(content, '{written_on}', to_jsonb((dated_on - 3)::text))"
        " where id = $1",
        UUID(first["id"]),
    )
    again = await world.provider_a.post("/v1/assessments", entry)
    assert (again.status_code, again.json()["written_on"]) == (200, world.day(3))
    replaced = await world.provider_a.put(f"/v1/assessments/{first['id']}", entry)
    assert (replaced.status_code, replaced.json()["version"]) == (200, 1)
