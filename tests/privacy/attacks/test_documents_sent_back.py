"""A national document that a provider sends back as it read it (`replaces`). The page: hidden members stay as stored, and
nothing that is answered depends on them."""

from copy import deepcopy
from datetime import date
from typing import Any

from tests.adapters.national.test_own_tables import AGREEMENT, document, send, served
from tests.conftest import TenantFixture
from tests.privacy.test_hidden_stays import set_protection

PHONE = "+358 50 7654321"
PARTIES = "muut_sopijat"
PARTY = {"sukunimi": "Edunvalvoja", "etunimet": "Esa", "yhteystiedot": {"puhelinnumero": PHONE}}


async def _filed(world: TenantFixture) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """A relationship, and the path and document of an agreement that the organiser filed before the client was protected."""
    client, relationship = await served(world)
    await world.decision(relationship, valid_from=date(2020, 1, 1), valid_to=date(2030, 1, 1))
    content = document(AGREEMENT, client)
    content[AGREEMENT.root.key][PARTIES] = [PARTY]
    sent = await send(world.organiser, AGREEMENT, relationship, content)
    assert sent.status_code == 201, sent.text
    await set_protection(world, client["id"])
    path = f"{sent.json()['resource']['url']}/document"
    read = (await world.provider_a.get(path)).json()
    assert PHONE not in str(read)
    return relationship, path, read


async def test_a_document_sent_back_erases_no_contacts(world: TenantFixture) -> None:
    """Tried: the record kept the guardian's phone, but the document, which is given out as it came, lost it."""
    relationship, path, read = await _filed(world)
    changed = deepcopy(read["content"])
    changed[AGREEMENT.root.key]["poissaoloista_ilmoittaminen"] = "Soita ennen klo 8."
    last = read["envelope"]["document_id"]
    sent = await send(world.provider_a, AGREEMENT, relationship, changed, replaces=last)
    assert sent.status_code == 200, sent.text
    for speaker, reads in ((world.organiser, True), (world.provider_a, False)):
        now = (await speaker.get(path)).json()["content"][AGREEMENT.root.key]
        assert now["poissaoloista_ilmoittaminen"] == "Soita ennen klo 8."
        assert (PHONE in str(now[PARTIES])) is reads


async def test_a_guess_in_a_document_tells_nothing(world: TenantFixture) -> None:
    """Tried: the right phone left the version as it was, a wrong one made the next."""
    relationship, path, read = await _filed(world)
    versions = []
    for guess in (PHONE, "+358 50 0000000", None):
        content = deepcopy(read["content"])
        if guess:
            content[AGREEMENT.root.key][PARTIES][0]["yhteystiedot"] = {"puhelinnumero": guess}
        answer = await send(
            world.provider_a, AGREEMENT, relationship, content, replaces=read["envelope"]["document_id"]
        )
        versions.append((answer.status_code, answer.json().get("envelope", {}).get("version")))
    assert len(set(versions)) == 1, versions
    assert PHONE in (await world.organiser.get(path)).text
