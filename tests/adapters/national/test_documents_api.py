"""Which structures there are, and documents looked at and forgotten, over HTTP."""

from typing import Any

import pytest
from fastapi import FastAPI
from tests.adapters.national.generated import OFFICIAL, fullest, smallest
from tests.adapters.national.test_judging import by_number, changed, without
from tests.conftest import TenantFixture

ENTRY = by_number["19007"]
ROOT = ENTRY.root.key


def sent(document: Any, oid: str = ENTRY.oid) -> dict[str, Any]:
    return {"structure": oid, "content": document}


async def test_all_structures_are_told_with_every_field(world: TenantFixture) -> None:
    answer = await world.provider_a.get("/v1/documents/structures")
    assert answer.status_code == 200
    data = {each["number"]: each for each in answer.json()["items"]}
    assert len(data) == 33
    assert answer.json()["next"] is None
    agreement = data["13004"]
    assert agreement["structure"] == "1.2.246.537.6.1506.13004.2023.6.21"
    assert (agreement["version"], agreement["valid_from"]) == ("2023.6.21", "2023-06-21")
    assert agreement["name"]["fi"] == "Sopimus työelämään osallistumiseen liittyvästä sosiaalipalvelusta"
    assert agreement["resource"] == "agreements"
    assert agreement["writers"] == ["ehr", "organiser", "provider"]
    assert data["19010"]["writers"] == []
    assert "resource" not in data["1012"]
    rows = {row["path"]: row for row in agreement["mapping"]}
    assert rows["palvelu_jota_sopimus_koskee.sosiaalipalvelu"] == {
        "path": "palvelu_jota_sopimus_koskee.sosiaalipalvelu",
        "field": "service",
        "type": "code",
        "required": False,
        "repeats": False,
        "code_system": "1.2.246.537.6.1222",
        "label": {"fi": "Sosiaalipalvelu", "sv": "Socialservice"},
    }
    assert rows["lahiohjaaja"]["repeats"]
    assert rows["asiakas.sukunimi"]["field"] == "@client.family_name"
    assert {row["path"]: row.get("rule") for row in data["1505.2"]["mapping"]}[
        "asian_tiedot.lisatieto_luokkaan_muu"
    ] == "required-if(nimi=99)"
    assert {row["path"]: row.get("codes") for row in data["19006"]["mapping"]}[
        "asiakaskertomusmerkinta.tapahtuma.peruuntumisen_syy"
    ] == ["Y30", "Y32"]


async def test_a_good_document_is_valid_and_doubtful_codes_are_warned_of(world: TenantFixture) -> None:
    document = smallest(ENTRY)
    answer = await world.provider_a.post("/v1/document-validations", sent(document))
    assert (answer.status_code, answer.json()) == (200, {"valid": True, "findings": []})
    place = (ROOT, "asiakaskertomusmerkinta", "palvelutehtava", "code")
    (found,) = (
        await world.provider_a.post("/v1/document-validations", sent(changed(document, place, "77")))
    ).json()["findings"]
    assert (found["code"], found["severity"], found["source"]) == ("unverified-code", "warning", "code-list")
    assert found["pointer"] == "/" + "/".join(map(str, place))


@pytest.mark.parametrize(
    ("language", "detail"),
    [("fi", "Tässä vaaditaan arvo."), ("sv", "Här krävs ett värde."), ("en", "A value is required here.")],
)
async def test_findings_are_told_in_the_language_that_was_asked_for(
    world: TenantFixture, language: str, detail: str
) -> None:
    document = without(smallest(ENTRY), (ROOT, "laatija"))
    answer = await world.organiser.post("/v1/document-validations", sent(document), Accept_Language=language)
    assert answer.headers["content-language"] == language
    assert answer.json() == {
        "valid": False,
        "findings": [
            {
                "pointer": f"/{ROOT}/laatija",
                "code": "missing",
                "severity": "error",
                "detail": detail,
                "source": "schema",
                "field": "author",
            }
        ],
    }


async def test_rules_and_our_fields_are_named(world: TenantFixture) -> None:
    document = without(smallest(ENTRY), (ROOT, "asiakas", 0, "henkilotunnus"))
    (found,) = (await world.ehr.post("/v1/document-validations", sent(document))).json()["findings"]
    assert (found["code"], found["source"]) == ("conditionally-required", "rule")
    assert found["rule"] == "one-of(henkilotunnus,tilapainen_yksilointitunnus)"
    assert found["field"] == "@client.personal_identity_code"


async def test_nothing_is_stored_and_no_value_is_said_again(world: TenantFixture) -> None:
    tables = [
        row[0]
        for row in await world.owner.fetch("select tablename from pg_tables where schemaname = 'public'")
    ]

    async def rows() -> list[int]:
        return [await world.owner.fetchval(f"select count(*) from {table}") for table in tables]

    before = await rows()
    document = changed(smallest(ENTRY), (ROOT, "laatija", "sukunimi"), {"secret": "020190-902D"})
    answer = await world.provider_a.post("/v1/document-validations", sent(document))
    assert not answer.json()["valid"]
    assert "020190" not in answer.text
    assert await rows() == before


async def test_odd_names_of_members_are_pointed_at_without_harm(world: TenantFixture) -> None:
    odd = {"\u0088\u007f\u202ex": 1, "y" * 5000: 2, "020190-902D": 3, "a/~b": 4}
    answer = await world.provider_a.post("/v1/document-validations", sent(smallest(ENTRY) | odd))
    assert answer.status_code == 200
    assert [each["pointer"] for each in answer.json()["findings"]] == [
        "/\u0088\u007f\u202ex",
        "/" + "y" * 139,
        "/[identity code]",
        "/a~1~0b",
    ]


async def test_an_unknown_structure_is_refused(world: TenantFixture) -> None:
    other = sent(smallest(ENTRY), "1.2.246.537.6.1506.19007.2030.1.10")
    answer = await world.provider_a.post("/v1/document-validations", other)
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/structure", "unknown-structure")
    ]
    answer = await world.provider_a.post("/v1/document-validations", {"structure": ENTRY.oid, "content": []})
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/content"]


async def test_workplaces_and_auditors_have_no_documents(world: TenantFixture) -> None:
    for speaker in (world.workplace, world.auditor):
        assert (await speaker.get("/v1/documents/structures")).status_code == 403
        assert (await speaker.post("/v1/document-validations", {})).status_code == 403


async def test_with_the_official_files_documents_are_validated_by_them_too(
    world: TenantFixture, app: FastAPI
) -> None:
    document = smallest(by_number["11052"])
    app.state.official = OFFICIAL  # None where the files are not there: the last line of the run says so
    try:
        answer = await world.organiser.post(
            "/v1/document-validations", sent(fullest(by_number["11052"]), by_number["11052"].oid)
        )
        assert answer.json()["valid"]
        answer = await world.organiser.post(
            "/v1/document-validations", sent(document, by_number["11052"].oid)
        )
        assert answer.json()["valid"]
    finally:
        app.state.official = None
