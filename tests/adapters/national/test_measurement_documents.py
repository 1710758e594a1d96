"""Measurements as national documents (19015), both ways: what says a measurement becomes one, all else stays what it is."""

import json
import random
import secrets
from types import SimpleNamespace
from typing import Any

import pytest
from tests.adapters.national.generated import OFFICIAL
from tests.conftest import ApiClient, TenantFixture, identity_code
from tests.record.case_file.documents.samples import AUTHOR, DISABILITY, WORK_ACTIVITY
from tests.record.everyday.measurements.test_imports_api import MAPPING, done
from tests.sizes import examples

from walmu_api.adapters.national.structures.definitions import structure_of
from walmu_api.foundation import record_ids
from walmu_api.record.everyday.measurements.instruments import shipped

OID = "1.2.246.537.6.1506.19015.2022.6.28"
ROOT = "merkinta_asiakkaalle_tehdysta_tutkimuksesta"
SCORES = [
    {"scale": "C", "value": 6.4, "min": 0, "max": 10, "items_answered": 12},
    {"scale": "work_ability", "value": 5.0},
]


async def measured(world: TenantFixture, **changes: Any) -> dict[str, Any]:
    relationship = await world.relationship((await world.client())["id"], service=WORK_ACTIVITY)
    return await world.measurement(relationship, **({"author": AUTHOR, "scores": SCORES} | changes))


async def document(speaker: ApiClient, measurement: dict[str, Any]) -> dict[str, Any]:
    answer = await speaker.get(f"/v1/measurements/{measurement['id']}/document")
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def send(speaker: ApiClient, content: dict[str, Any], relationship_id: str, **more: Any) -> Any:
    body: dict[str, Any] = {
        "structure": OID,
        "service_relationship_id": relationship_id,
        "content": content,
        "source_id": secrets.token_hex(8),
    }
    return await speaker.post(
        "/v1/documents",
        {k: v for k, v in (body | more).items() if v is not None},
        Idempotency_Key=secrets.token_hex(8),
    )


async def measurements(world: TenantFixture, relationship_id: str) -> list[dict[str, Any]]:
    return await world.pages(world.organiser, f"/v1/measurements?service_relationship_id={relationship_id}")


def beyond(content: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The document with one thing said otherwise."""
    created: dict[str, Any] = json.loads(json.dumps(content))
    *way, last = path.split(".")
    at = created[ROOT]
    for key in way:
        at = at[int(key)] if isinstance(at, list) else at.setdefault(key, {})
    at[last] = value
    return created


async def test_a_measurement_is_given_out_as_its_national_document(
    world: TenantFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says the day on which it was first recorded, which its id tells; ids are made by the machine's clock."""
    by_the_clock = SimpleNamespace(time_ns=lambda: int(world.app_context.clock.now().timestamp() * 1e9))
    monkeypatch.setattr(record_ids, "time", by_the_clock)
    data = await measured(world, language="fi-x-selko", assisted=True)
    client = (await world.organiser.get(f"/v1/clients/{data['client_id']}")).json()
    given = await document(world.provider_a, data)
    words = "Vastaajana asiakas. Vastattu avustettuna."
    name = "kaytetty_menetelma_testi_tai_mittari"
    assert given["content"] == {
        ROOT: {
            "asiakas": [
                {
                    "sukunimi": client["family_name"],
                    "etunimet": client["given_names"],
                    "henkilotunnus": client["identity"],
                }
            ],
            "asiakaskertomusmerkinta": {
                "palvelutehtava": DISABILITY,
                "sosiaalipalvelu": [WORK_ACTIVITY],
                "tapahtuma": {
                    "ajanjakso": {"alkamishetki": data["answered_on"]},
                    "kuvaus": "Mittaus palvelun alussa. Vastattu haastattelussa.",
                },
            },
            "tehty_tutkimus_ja_sen_tulos": [
                {
                    name: "Kykyviisari (2017, fi-x-selko): Osallisuus (0–10)",
                    "tulos_lukuarvona": 6.4,
                    "sanallinen_tulos": f"{words} Vastattuja osioita 12.",
                },
                {
                    name: "Kykyviisari (2017, fi-x-selko): Työkyky (0–10)",
                    "tulos_lukuarvona": 5.0,
                    "sanallinen_tulos": words,
                },
            ],
            "paivamaara": world.day(0),
            "laatija": {"sukunimi": "Valmentaja", "etunimet": "Vilma", "tehtavanimike": "työvalmentaja"},
        }
    }
    envelope = given["envelope"]
    assert (envelope["number"], envelope["status"], envelope["dated_on"]) == (
        "19015",
        "completed",
        data["answered_on"],
    )
    assert envelope["resource"]["url"] == f"/v1/measurements/{data['id']}"
    if OFFICIAL is not None:
        each = structure_of(OID)
        assert each is not None
        assert list(OFFICIAL.findings(each, given["content"])) == []


async def test_it_is_a_page_to_read_too(world: TenantFixture) -> None:
    data = await measured(world)
    page = await world.provider_a.get(
        f"/v1/measurements/{data['id']}/document", Accept="application/xhtml+xml"
    )
    assert page.headers["content-type"].startswith("application/xhtml+xml")
    assert "Kykyviisari (2017, fi): Työkyky (0–10)" in page.text


async def test_what_a_measurement_lacks_for_its_document_is_named(world: TenantFixture) -> None:
    nobody = await world.measurement(await world.relationship((await world.client())["id"]))
    client = await world.client()
    alone = world.measurement_entry({"client_id": client["id"], "id": ""}, author=AUTHOR)
    del alone["service_relationship_id"]
    outside = (await world.organiser.post("/v1/measurements", alone)).json()
    for data, missing in ((nobody, "laatija"), (outside, "asiakaskertomusmerkinta/palvelutehtava")):
        answer = await world.organiser.get(f"/v1/measurements/{data['id']}/document")
        assert (answer.status_code, answer.json()["code"]) == (409, "document-incomplete")
        assert [e["pointer"] for e in answer.json()["errors"]] == [f"/{ROOT}/{missing}"]


async def test_a_providers_measurement_is_its_own_as_a_document_too(world: TenantFixture) -> None:
    data = await measured(world)
    await world.relationship(data["client_id"], provider=world.provider_b)
    number = (await document(world.provider_a, data))["envelope"]["document_id"]
    for path in (f"/v1/measurements/{data['id']}/document", f"/v1/documents/{number}"):
        assert (await world.provider_b.get(path)).status_code == 404
        assert (await world.organiser.get(path)).status_code == 200
    listed = await world.pages(
        world.provider_b, f"/v1/documents?client_id={data['client_id']}&structure={OID}"
    )
    assert listed == []
    own = await world.pages(world.provider_a, f"/v1/documents?client_id={data['client_id']}&structure={OID}")
    assert [each["document_id"] for each in own] == [number]


async def test_a_measurement_entered_in_error_is_so_as_a_document_and_its_versions_stay(
    world: TenantFixture,
) -> None:
    data = await measured(world)
    first = await document(world.provider_a, data)
    entry = {name: data[name] for name in world.measurement_entry({"client_id": data["client_id"], "id": ""})}
    again = await world.provider_a.put(
        f"/v1/measurements/{data['id']}", entry | {"author": AUTHOR, "phase": "end"}, If_Match='"1"'
    )
    assert again.status_code == 200, again.text
    await world.provider_a.post(f"/v1/measurements/{data['id']}/void", {"reason": "Toisen asiakkaan lomake"})
    last = await document(world.provider_a, data)
    assert (last["envelope"]["status"], last["envelope"]["version"]) == ("entered_in_error", 3)
    assert last["content"][ROOT]["asiakaskertomusmerkinta"]["tapahtuma"]["kuvaus"].startswith(
        "Mittaus palvelun lopussa."
    )
    then = (await world.provider_a.get(f"/v1/documents/{first['envelope']['document_id']}")).json()
    assert then["content"] == first["content"]


def drawn(rng: random.Random, world: TenantFixture) -> dict[str, Any]:
    """Any measurement of scores that the registry allows."""
    instrument = rng.choice(
        [
            each
            for each in shipped.instruments().values()
            if each.kind == "scores" and not each.licence.needs_licence
        ]
    )
    version = rng.choice(list(instrument.form_versions))
    scales = [
        each for each in instrument.scales if not each.form_versions or version.code in each.form_versions
    ]
    scores: list[dict[str, Any]] = []
    for scale in rng.sample(scales, rng.randint(1, len(scales))):
        score: dict[str, Any] = {"scale": scale.code}
        if not scale.range_known and rng.random() < 0.7:
            score |= {"min": 0, "max": rng.choice([10, 62.5])}
        least, most = score.get("min", scale.min), score.get("max", scale.max)
        if rng.random() < 0.8:
            score["value"] = round(rng.uniform(least, most), rng.randint(0, 6))
        else:
            score["missing_reason"] = rng.choice(
                ["not_answered", "declined", "not_applicable", "not_reported", "unknown"]
            )
        if scale.item_count and rng.random() < 0.5:
            score["items_answered"] = rng.randint(0, scale.item_count)
        scores.append(score)
    unit = {"system": "urn:oid:1.2.246.537.6.202", "code": "1.2.246.10.12345671.10.1", "display": "Yksikkö"}
    return {
        "instrument": instrument.code,
        "form_version": version.code,
        "language": rng.choice(list(version.languages)),
        "phase": rng.choice(["start", "interim", "end", "follow_up"]),
        "answered_on": world.day(rng.randint(0, 400)),
        "respondent": rng.choice(list(instrument.respondents)),
        "assisted": rng.random() < 0.5,
        "mode": rng.choice(["self_online", "self_paper", "interview", "phone", "observation"]),
        "scores": scores,
        "author": AUTHOR | ({"unit": unit} if rng.random() < 0.5 else {}),
    } | ({"written_on": rng.choice([world.day(0), "2026-11", "2026"])} if rng.random() < 0.5 else {})


async def test_measurements_go_in_as_documents_and_come_out_equal(world: TenantFixture) -> None:
    """From our JSON to a document, from the document to the same measurement, and from that measurement alone, without the
    document that it came as, to the same document."""
    client = await world.client()
    ours = await world.relationship(client["id"], world.provider_a, service=WORK_ACTIVITY)
    theirs = await world.relationship(client["id"], world.provider_b, service=WORK_ACTIVITY)
    rng = random.Random(19015)
    for _ in range(examples(40, long=400)):
        data = await world.measurement(ours, **drawn(rng, world))
        given = await document(world.provider_a, data)
        sent = await send(world.provider_b, given["content"], theirs["id"])
        assert sent.status_code == 201, sent.text
        resource = sent.json()["resource"]
        assert (resource["type"], sent.headers["location"]) == ("measurement", resource["url"])
        back = (await world.provider_b.get(resource["url"])).json()
        beside = {
            "id",
            "provider_id",
            "service_relationship_id",
            "source_id",
            "recorded_at",
            "recorded_by",
            "written_on",
        }
        assert {k: v for k, v in back.items() if k not in beside} == {
            k: v for k, v in data.items() if k not in beside
        }
        assert json.dumps((await document(world.provider_b, resource))["content"]) == json.dumps(
            given["content"]
        )
        await world.owner.execute("update measurements set received = null where id = $1", resource["id"])
        assert json.dumps((await document(world.provider_b, resource))["content"]) == json.dumps(
            given["content"]
        )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("asiakaskertomusmerkinta.tapahtuma.paikka", "Työpaja"),
        ("asiakaskertomusmerkinta.tapahtuma.kuvaus", "Mitattiin."),
        ("asiakaskertomusmerkinta.tapahtuma.ajanjakso.paattymishetki", "2026-11-03"),
        ("asiakaskertomusmerkinta.tapahtuma.ajanjakso.alkamishetki", "2026-11-03T09:00:00+02:00"),
        ("asiakaskertomusmerkinta.palvelutehtava.code", "15"),
        ("asiakaskertomusmerkinta.sosiaalipalvelu.0.code", "1"),
        ("tehty_tutkimus_ja_sen_tulos.1.sanallinen_tulos", "Vastaajana asiakas. Kertoi nukkuvansa huonosti."),
        (
            "tehty_tutkimus_ja_sen_tulos.1.kaytetty_menetelma_testi_tai_mittari",
            "Kykyviisari (2016, fi): Työkyky (0–10)",
        ),
        ("tehty_tutkimus_ja_sen_tulos.1.tulos_lukuarvona", 11),
        (
            "tehty_tutkimus_ja_sen_tulos.1.kaytetty_menetelma_testi_tai_mittari",
            "Kykyviisari (2017, fi): Työkyky (00–10)",
        ),
    ],
)
async def test_a_document_that_holds_more_than_a_measurement_stays_a_document(
    world: TenantFixture, path: str, value: Any
) -> None:
    data = await measured(world)
    content = beyond((await document(world.provider_a, data))["content"], path, value)
    sent = await send(world.provider_a, content, data["service_relationship_id"])
    assert (sent.status_code, "resource" in sent.json()) == (201, False), sent.text
    back = await world.provider_a.get(sent.headers["location"])
    assert back.json()["content"] == content
    assert len(await measurements(world, data["service_relationship_id"])) == 1


async def test_what_is_left_out_or_spelled_otherwise_makes_no_difference_but_comes_out_as_it_came(
    world: TenantFixture,
) -> None:
    data = await measured(world)
    content = (await document(world.provider_a, data))["content"]
    del content[ROOT]["paivamaara"], content[ROOT]["asiakaskertomusmerkinta"]["sosiaalipalvelu"]
    content[ROOT]["asiakas"][0]["etunimet"] = "Toisin Kirjoitettu"
    content[ROOT]["asiakaskertomusmerkinta"]["palvelutehtava"]["display"] = "Vammaispalvelu"
    sent = await send(world.provider_a, content, data["service_relationship_id"])
    assert sent.json()["resource"]["type"] == "measurement"
    assert (await document(world.provider_a, sent.json()["resource"]))["content"] == content


async def test_the_document_that_it_came_as_is_kept_sealed_in_its_row_and_its_past(
    world: TenantFixture,
) -> None:
    data = await measured(world)
    content = (await document(world.provider_a, data))["content"]
    sent = (await send(world.provider_a, content, data["service_relationship_id"])).json()
    url, key = sent["resource"]["url"], sent["resource"]["id"]
    await world.provider_a.post(f"{url}/void", {"reason": "Toisen asiakkaan lomake"})
    stored = await world.owner.fetchval("select received::text from measurements where id = $1", key)
    past = await world.owner.fetchval(
        "select replaced::text from journal where resource_id = $1 and version = 2", key
    )
    code = content[ROOT]["asiakas"][0]["henkilotunnus"]["value"]
    assert "sealed" in stored
    assert "sealed" in past
    assert code not in stored + past
    first = await world.provider_a.get(f"/v1/documents/{sent['envelope']['document_id']}")
    assert first.json()["content"] == content
    assert "received" not in (await world.provider_a.get(f"{url}/versions/1")).json()


async def test_of_two_persons_or_under_an_agreement_no_document_is_a_measurement(
    world: TenantFixture,
) -> None:
    agreement = await world.signed_agreement()
    relationship = {"id": agreement["service_relationship_id"], "client_id": agreement["client_id"]}
    plain = (await document(world.provider_a, await world.measurement(relationship, author=AUTHOR)))[
        "content"
    ]
    other = {"sukunimi": "Toinen", "etunimet": "Tiina", "henkilotunnus": {"value": identity_code()}}
    two = beyond(plain, "asiakas", [*plain[ROOT]["asiakas"], other])
    named: dict[str, Any] = {"agreement_id": agreement["id"]}
    for content, more in ((two, {}), (plain, named)):
        sent = await send(world.provider_a, content, relationship["id"], **more)
        assert (sent.status_code, "resource" in sent.json()) == (201, False), sent.text
    assert len(await measurements(world, relationship["id"])) == 1


async def test_of_goals_the_document_tells_the_t_scores_and_they_come_in_as_reported(
    world: TenantFixture,
) -> None:
    goals = [{"key": "g1", "level": 1, "baseline": -1}]
    data = await measured(world, instrument="gas", form_version="5-level", scores=[], goals=goals)
    content = (await document(world.provider_a, data))["content"]
    assert [row["tulos_lukuarvona"] for row in content[ROOT]["tehty_tutkimus_ja_sen_tulos"]] == [60.0, 40.0]
    sent = (await send(world.provider_a, content, data["service_relationship_id"])).json()
    back = (await world.provider_a.get(sent["resource"]["url"])).json()
    assert back["scores"] == [{"scale": "T", "value": 60.0}, {"scale": "T_baseline", "value": 40.0}]
    assert "goals" not in back


async def test_a_new_version_by_document_keeps_what_no_document_tells(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    scores = [score | {"algorithm": "fioh-service", "computed_by": "TTL"} for score in SCORES]
    scores[1] |= {"min": 0, "max": 10}
    data = await world.measurement(relationship, author=AUTHOR, scores=scores)
    goals = [{"key": "g1", "level": 1, "baseline": -1}]
    scaled = await world.measurement(
        relationship, instrument="gas", form_version="5-level", author=AUTHOR, scores=[], goals=goals
    )
    for one, path, value in (
        (data, "tehty_tutkimus_ja_sen_tulos.0.tulos_lukuarvona", 7.0),
        (scaled, "paivamaara", "2026-11-20"),
    ):
        given = await document(world.provider_a, one)
        content = beyond(given["content"], path, value)
        number = given["envelope"]["document_id"]
        replaced = await send(world.provider_a, content, relationship["id"], replaces=number, source_id=None)
        assert (replaced.status_code, replaced.json()["envelope"]["version"]) == (200, 2), replaced.text
    back = (await world.provider_a.get(f"/v1/measurements/{data['id']}")).json()
    changed = {"scale": "C", "value": 7.0, "min": 0, "max": 10, "items_answered": 12}
    assert (back["scores"], back["source_id"]) == ([changed, scores[1]], data["source_id"])
    back = (await world.provider_a.get(f"/v1/measurements/{scaled['id']}")).json()
    same = ("goals", "scores", "source_id")
    assert {name: back[name] for name in same} == {name: scaled[name] for name in same}
    assert (back["status"], back["written_on"]) == ("amended", "2026-11-20")


async def test_under_one_source_id_and_in_new_versions_it_stays_what_it_was_first(
    world: TenantFixture,
) -> None:
    data = await measured(world)
    relationship = data["service_relationship_id"]
    plain = (await document(world.provider_a, data))["content"]
    more = beyond(plain, "asiakaskertomusmerkinta.tapahtuma.paikka", "Työpaja")
    other = beyond(plain, "tehty_tutkimus_ja_sen_tulos.1.tulos_lukuarvona", 7.0)
    by = world.provider_a
    one = (await send(by, plain, relationship, source_id="a")).json()
    assert (await send(by, plain, relationship, source_id="a")).status_code == 200
    for content in (more, other):
        refused = await send(by, content, relationship, source_id="a")
        assert (refused.status_code, refused.json()["code"]) == (409, "duplicate-source")
    refused = await send(by, more, relationship, source_id="a", replaces=one["envelope"]["document_id"])
    assert [(e["code"], e["pointer"]) for e in refused.json()["errors"]] == [
        ("not-a-measurement", f"/content/{ROOT}")
    ]
    replaced = await send(by, other, relationship, source_id="a", replaces=one["envelope"]["document_id"])
    assert (replaced.status_code, replaced.json()["envelope"]["version"]) == (200, 2)
    url = one["resource"]["url"]
    assert [(each["value"]) for each in (await by.get(url)).json()["scores"]] == [6.4, 7.0]
    then = await by.get(f"/v1/documents/{one['envelope']['document_id']}")
    assert then.json()["content"] == plain
    stored = (await send(by, more, relationship, source_id="b")).json()
    refused = await send(by, plain, relationship, source_id="b")
    assert (refused.status_code, refused.json()["code"]) == (409, "duplicate-source")
    replaced = await send(by, plain, relationship, source_id="b", replaces=stored["envelope"]["document_id"])
    assert (replaced.status_code, "resource" in replaced.json()) == (200, False)
    assert (await by.get(f"/v1/documents/{replaced.json()['envelope']['document_id']}")).json()[
        "content"
    ] == plain


async def test_it_is_told_about_in_the_feed_and_in_the_use_log_as_a_measurement(world: TenantFixture) -> None:
    data = await measured(world)
    content = (await document(world.provider_a, data))["content"]
    before = len(await world.use_log())
    sent = (await send(world.provider_a, content, data["service_relationship_id"])).json()
    items, _ = await world.feed(world.organiser)
    assert [(i["resource_type"], i["url"]) for i in items][-1] == ("measurement", sent["resource"]["url"])
    assert len(await world.use_log()) > before


async def test_an_imported_worksheet_names_its_author_once(world: TenantFixture) -> None:
    relationship = await world.relationship((await world.client())["id"])
    sheet = f"Asiakas;Vaihe;Vastattu;Työkyky\n{relationship['client_id']};start;{world.day(9)};5\n"
    mapping = MAPPING | {"scores": [{"scale": "work_ability", "column": "Työkyky"}], "author": AUTHOR}
    (data,) = (await done(world.provider_a, sheet, mapping))["outcomes"]
    assert data["outcome"] == "created"
    assert (await document(world.provider_a, data))["content"][ROOT]["laatija"]["sukunimi"] == "Valmentaja"
