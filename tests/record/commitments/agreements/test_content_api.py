"""All that an agreement's national document says: entry, versions, signing, voiding, the document as it came."""

from typing import Any
from uuid import UUID

import pytest
from tests.access.test_use_log_api import plain
from tests.conftest import TenantFixture, identity_code

from walmu_api.exchange.registry import BY_TYPE
from walmu_api.exchange.versions.service import versions
from walmu_api.record.commitments.agreements import service, signing
from walmu_api.record.commitments.agreements.parts import AgreementSignature
from walmu_api.record.commitments.agreements.schemas import AgreementEntry, AgreementTerms
from walmu_api.record.commitments.agreements.tables import AgreementRow

TYPE = {"system": "urn:oid:1.2.246.537.5.40161", "code": "2", "display": "käsin"}
UNIT = {"system": "urn:oid:1.2.246.537.6.202", "code": "1.2.246.10.12345671.10.1", "display": "Kotola"}
WORKER = {
    "family_name": "Ohjaaja",
    "given_names": "Olli",
    "title": "ohjaaja",
    "organisation": "Kotola ry",
    "phone": "1",
}
WHOLE: dict[str, Any] = {
    "place": {
        "name": "Kotola",
        "phone": "+358 50 1",
        "email": "kotola@example.org",
        "addresses": [{"street_address": "Puutie 1", "postal_code": "00100", "post_office": "Esimerkkilä"}],
    },
    "instructors": [WORKER, WORKER | {"family_name": "Toinen"}],
    "responsible_worker": WORKER,
    "service_task": {"system": "urn:oid:1.2.246.537.6.1221", "code": "20", "display": "Vammaispalvelut"},
    "service": {"system": "urn:oid:1.2.246.537.6.1222", "code": "55", "display": "Työtoiminta"},
    "other_parties": [
        {
            "family_name": "Edun",
            "given_names": "Valvoja",
            "title": "edunvalvoja",
            "phone": "2",
            "addresses": [{"post_office": "Esimerkkilä"}],
        }
    ],
    "schedule": {"type": "flexible", "min_days_per_week": 1, "max_days_per_week": 3},
    "hours_per_day": 4.5,
    "days_per_week": 2,
    "other_duration_matters": "Tauot sovitaan.\nLoma heinäkuussa.",
    "tasks_and_goals": "Puutyöt",
    "tasks": "Hionta",
    "work_instructions": [{"title": "Hiomakone", "text": "Suojalasit ensin."}],
    "coach": {"family_name": "Laine", "given_names": "Pekka", "title": "valmentaja", "phone": "3"},
    "guidance": "Päivittäin",
    "meal": {"provided": True, "note": "Lounas"},
    "insurance": {"taken_by": "organiser"},
    "other_matters": "Luvaton poissaolo …",
    "review_on": "2026-12",
    "further_information": "Lisää",
    "legal_notice": "SHL 27 e §",
    "written_on": "2026-08-31",
    "author": {"family_name": "Laatija", "given_names": "Lauri", "title": "sosiaaliohjaaja", "unit": UNIT},
    "work_allowance_per_day": "6.00",
}


async def test_an_agreement_keeps_all_that_it_was_said_to_hold(world: TenantFixture) -> None:
    agreement = await world.signed_agreement(sign=False, **WHOLE)
    assert {name: agreement[name] for name in WHOLE} == WHOLE
    assert set(plain(agreement)) == set(AgreementTerms.model_fields)
    path = f"/v1/agreements/{agreement['id']}"
    assert (await world.provider_a.get(path)).json() == agreement
    assert (await world.provider_a.post("/v1/agreements", plain(agreement))).json() == agreement
    other = await world.provider_a.post("/v1/agreements", plain(agreement) | {"guidance": "Viikoittain"})
    assert (other.status_code, other.json()["code"]) == (409, "duplicate-source")
    fewer = {name: value for name, value in plain(agreement).items() if name not in {"author", "meal"}}
    fewer["place"] = {"name": "Kotola"}
    second = (await world.provider_a.put(path, fewer, If_Match='"1"')).json()
    assert (second["version"], second["place"], "author" in second) == (2, {"name": "Kotola"}, False)
    assert (await world.provider_a.get(f"{path}/versions/1")).json() == agreement
    assert (await world.provider_a.put(path, fewer)).json() == second, "the same again changes nothing"
    listed = (await world.provider_a.get("/v1/agreements")).json()["items"]
    assert listed == [second]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"insurance": {"taken_by": "none"}}, "/insurance"),
        ({"hours_per_day": 25}, "/hours_per_day"),
        ({"days_per_week": 8}, "/days_per_week"),
        ({"review_on": "2026-02-30"}, "/review_on"),
        ({"author": {"family_name": "A"}}, "/author/given_names"),
    ],
)
async def test_what_its_content_may_not_be(
    world: TenantFixture, changes: dict[str, Any], pointer: str
) -> None:
    agreement = await world.signed_agreement(sign=False)
    answer = await world.provider_a.put(
        f"/v1/agreements/{agreement['id']}", plain(agreement) | changes, If_Match='"1"'
    )
    assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, [pointer]), (
        answer.text
    )


async def test_rehabilitative_days_told_in_hours_keep_their_limit_too(world: TenantFixture) -> None:
    relationship = await world.relationship(
        (await world.client())["id"], service_kind="rehabilitative_work", legal_bases=["KTT_189_2001"]
    )
    decision = await world.decision(relationship)
    flexible: dict[str, Any] = {"schedule": {"type": "flexible"}, "hours_per_day": 3.5, "days_per_week": 5}
    agreement = await world.agreement(relationship, decision, sign=False)
    path = f"/v1/agreements/{agreement['id']}"
    refused = await world.provider_a.put(path, plain(agreement) | flexible, If_Match='"1"')
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/schedule", "/schedule"]
    flexible |= {"hours_per_day": 4, "days_per_week": 4}
    assert (await world.provider_a.put(path, plain(agreement) | flexible, If_Match='"1"')).status_code == 200


@pytest.mark.parametrize(
    ("basis", "insurance", "warned"),
    [
        ("SHL_710_1982_27E", {}, True),
        ("VPL_675_2023_27", {}, True),
        ("SHL_710_1982_27E", {"insurance": {"taken_by": "workplace"}}, False),
        ("SHL_710_1982_27D", {}, False),
    ],
)
async def test_signing_tells_when_nobody_is_said_to_insure(
    world: TenantFixture, basis: str, insurance: dict[str, Any], warned: bool
) -> None:
    relationship = await world.relationship((await world.client())["id"], legal_bases=[basis])
    agreement = await world.agreement(
        relationship, await world.decision(relationship), sign=False, **insurance
    )
    signing = {"signed_on": world.day(1), "signatories": [{"party": "client", "name": "Testi", "type": TYPE}]}
    signed = await world.provider_a.post(f"/v1/agreements/{agreement['id']}/sign", signing)
    assert (signed.status_code, signed.json()["status"]) == (200, "signed")
    place = f"/v1/agreements/{agreement['id']}/findings"
    assert signed.headers.get("link") == (f'<{place}>; rel="findings"' if warned else None)
    found = (await world.provider_a.get(place)).json()["items"]
    data = [("warning", "/insurance", "insurance-not-told")] if warned else []
    assert [(each["severity"], each["pointer"], each["code"]) for each in found] == data
    assert signed.json()["signatures"] == [
        {"party": "client", "name": "Testi", "type": TYPE, "signed_on": world.day(1)}
    ]


async def test_an_agreement_recorded_in_error_is_voided_and_stays_readable(world: TenantFixture) -> None:
    agreement = await world.signed_agreement(guidance="Päivittäin")
    path = f"/v1/agreements/{agreement['id']}"
    _, link = await world.feed(world.provider_a)
    assert (await world.provider_a.post(f"{path}/void", {"reason": "x"}, If_Match='"9"')).status_code == 412
    void = await world.provider_a.post(f"{path}/void", {"reason": "Väärä asiakas"})
    data = void.json()
    assert (data["status"], data["void_reason"], data["version"]) == ("voided", "Väärä asiakas", 3)
    assert (data["guidance"], data["place"]) == ("Päivittäin", agreement["place"])
    assert (await world.provider_a.post(f"{path}/void", {"reason": "Väärä asiakas"})).content == void.content
    assert (await world.provider_a.post(f"{path}/void", {"reason": "Muu"})).status_code == 409
    assert (await world.provider_a.get(path)).content == void.content
    items, _ = await world.feed(world.provider_a, link)
    assert [(item["change"], item["record"]["status"]) for item in items] == [("voided", "voided")]
    day = await world.provider_a.put(f"{path}/attendance/{world.day(3)}", {"status": "present"})
    assert (day.status_code, day.json()["errors"][0]["code"]) == (422, "agreement-not-signed")
    for act, body in (
        ("sign", {"signed_on": world.day(1), "signatories": [{"party": "client", "name": "x"}]}),
        ("end", {"ends_on": world.day(1), "reason": "x"}),
    ):
        assert (await world.provider_a.post(f"{path}/{act}", body)).status_code == 409
    assert (
        await world.provider_a.put(path, plain(agreement) | {"guidance": "x"}, If_Match='"3"')
    ).status_code == 409


async def test_an_agreement_with_days_is_not_voided(world: TenantFixture) -> None:
    agreement = await world.signed_agreement()
    path = f"/v1/agreements/{agreement['id']}"
    await world.provider_a.put(f"{path}/attendance/{world.day(3)}", {"status": "present"})
    for speaker in (world.provider_a, world.organiser):
        refused = await speaker.post(f"{path}/void", {"reason": "Virhe"})
        assert (refused.status_code, refused.json()["code"]) == (409, "days-recorded")
    assert (await world.provider_a.get(path)).json()["status"] == "signed"


async def test_a_document_as_it_came_is_kept_sealed_until_it_is_said_anew(world: TenantFixture) -> None:
    agreement, code = await world.signed_agreement(sign=False), identity_code()
    came = {"sopimus": {"asiakas": {"henkilotunnus": {"system": "urn:oid:1.2.246.21", "value": code}}}}
    entry = AgreementEntry.model_validate(plain(agreement) | {"source_id": "document-1"})
    async with world.transaction() as session:
        ctx = world.context(session, world.provider_a)
        row, created = await service.draft(ctx, entry, came)
        assert created
        signatures = [
            AgreementSignature.model_validate({"type": TYPE, "signed_on": day})
            for day in ("2026-08-30", "2026-08-31")
        ]
        await signing.sign_as_documented(ctx, row, signatures, None)
        assert service.received(ctx, row) == came
        path = f"/v1/agreements/{row.id}"
    for table in ("agreements", "journal"):
        rows = await world.owner.fetch(
            f"select t::text as told from {table} t where organiser_id = $1", world.organiser_id
        )
        assert not [row for row in rows if code in row["told"]], table
    signed = (await world.provider_a.get(path)).json()
    assert (signed["status"], signed["signed_on"], len(signed["signatures"])) == ("signed", "2026-08-31", 2)
    again = await world.provider_a.put(path, plain(signed), If_Match='"2"')
    assert again.headers["etag"] == '"2"', "the same words leave the document as it came"
    await world.provider_a.put(path, plain(signed) | {"guidance": "Muu"}, If_Match='"2"')
    stored = await world.owner.fetchval("select received from agreements where id = $1", signed["id"])
    assert stored is None
    async with world.transaction() as session:
        found = await versions(
            world.context(session, world.provider_a), BY_TYPE["agreement"], UUID(signed["id"])
        )
    assert [then.received for then in found] == [came, came, None], (
        "each version keeps the document that it came as"
    )
    rows = await world.owner.fetch(
        "select replaced::text as told from journal where organiser_id = $1", world.organiser_id
    )
    assert not [row for row in rows if code in (row["told"] or "")]


async def test_a_document_that_tells_no_day_of_signing_stays_a_draft(world: TenantFixture) -> None:
    agreement = await world.signed_agreement(sign=False)
    async with world.transaction() as session:
        ctx = world.context(session, world.provider_a)
        row = await session.orm.get(AgreementRow, (world.organiser_id, UUID(agreement["id"])))
        assert row is not None
        data = [AgreementSignature.model_validate({"type": TYPE, "name": "Testi", "signed_on": "2026-08"})]
        await signing.sign_as_documented(ctx, row, data, "2026")
    read = (await world.provider_a.get(f"/v1/agreements/{agreement['id']}")).json()
    signed = await world.signed_agreement()
    async with world.transaction() as session:
        ctx = world.context(session, world.provider_a)
        row = await session.orm.get(AgreementRow, (world.organiser_id, UUID(signed["id"])))
        assert row is not None
        assert (await signing.sign_as_documented(ctx, row, data, None)).signatures == signed["signatures"]
    assert (read["status"], read["signatures"]) == (
        "draft",
        [{"type": TYPE, "name": "Testi", "signed_on": "2026-08"}],
    )
