"""The page of a document that was given out tells what the document tells, in the language of its reader."""

import pytest
from tests.adapters.national.test_measurement_documents import SCORES
from tests.conftest import TenantFixture
from tests.record.case_file.documents.samples import AUTHOR

PAGE = "application/xhtml+xml"


@pytest.mark.parametrize("language", ["fi", "sv"])
async def test_the_page_of_a_frozen_document_tells_the_service_of_then(
    world: TenantFixture, language: str
) -> None:
    """The service of the relationship is corrected after the document was given out: its JSON stays, and so must its page."""
    client = await world.client()
    relationship = await world.relationship(client["id"])
    measured = await world.measurement(relationship, author=AUTHOR, scores=SCORES)
    path = f"/v1/measurements/{measured['id']}/document"
    before = await world.organiser.get(path)
    assert before.status_code == 200, before.text
    page = await world.organiser.get(path, Accept=PAGE, Accept_Language=language)
    assert page.status_code == 200
    now = (await world.organiser.get(f"/v1/service-relationships/{relationship['id']}")).json()
    names = [
        "client_id",
        "provider_id",
        "service_task",
        "service_kind",
        "legal_bases",
        "referral",
        "responsible_workers",
        "starts_on",
        "source_id",
    ]
    entry = {name: now[name] for name in names if name in now} | {
        "service_task": {
            "system": "urn:oid:1.2.246.537.6.1221",
            "code": "12",
            "display": "Työikäisten palvelut",
        }
    }
    changed = await world.organiser.put(
        f"/v1/service-relationships/{relationship['id']}", entry, If_Match=f'"{now["version"]}"'
    )
    assert changed.status_code == 200, changed.text
    after = await world.organiser.get(path)
    assert after.content == before.content
    again = await world.organiser.get(path, Accept=PAGE, Accept_Language=language)
    assert again.text == page.text
