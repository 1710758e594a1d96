"""What of a document that came as one is withheld: by the keys of the national structures."""

from walmu_api.record.case_file.documents.withholding import without_whereabouts

NEAR = {"sukunimi": "Läheinen", "henkilotunnus": "010190-999X"}
REACHED = {"yhteystiedot": {"puhelinnumero": "+358 50 1"}}
MEETING = {"paivamaara": "2026-01-01"}


def test_related_persons_keep_their_names_only() -> None:
    """457/2024, 15 §: identity codes of related persons are the organiser's; the client's own is the provider's too."""
    document = {
        "asiakas": {"henkilotunnus": "010190-998W"} | REACHED,
        "asiakkaaseen_liittyvat_henkilot": [NEAR | REACHED],
    }
    assert without_whereabouts(document, False) == document | {
        "asiakkaaseen_liittyvat_henkilot": [{"sukunimi": "Läheinen"} | REACHED]
    }
    assert without_whereabouts(document, True) == {
        "asiakas": {"henkilotunnus": "010190-998W"},
        "asiakkaaseen_liittyvat_henkilot": [{"sukunimi": "Läheinen"}],
    }


def test_places_are_for_those_whose_record_it_is() -> None:
    document = {"neuvottelu": MEETING | {"paikka": "Kirjasto"}, "asunnottomuus": {"koodi": "1"}}
    assert without_whereabouts(document, True) == {"neuvottelu": MEETING | {"paikka": "Kirjasto"}}
    assert without_whereabouts(document, True, elsewhere=True) == {"neuvottelu": MEETING}
    assert without_whereabouts(document, False, elsewhere=True) == document


def test_where_a_recipient_is_and_where_somebody_signed_is_not_given_of_a_protected_client() -> None:
    """Addresses, and contacts of other parties, are whereabouts (661/2009, 36 §): also of the authority that is written
    to, and the organisation of another party."""
    recipient = {"organisaation_nimi": "Työllisyysalue"}
    document = {
        "vastaanottaja": recipient | REACHED,
        "muut_sopijat": [{"sukunimi": "Läheinen", "organisaatio": "Virasto"}],
        "allekirjoitus": [{"allekirjoituksen_paivays": "2026-01-01", "paikka": "Piilokylä"}],
    }
    assert without_whereabouts(document, False) == document
    assert without_whereabouts(document, True) == {
        "vastaanottaja": recipient,
        "muut_sopijat": [{"sukunimi": "Läheinen"}],
        "allekirjoitus": [{"allekirjoituksen_paivays": "2026-01-01"}],
    }
