"""The words of the disclosure log. Pure."""

from collections.abc import Iterable, Mapping

GROUPS: Mapping[str, str] = {
    "client_name": "asiakkaan nimi",
    "client_contact": "asiakkaan yhteystiedot",
    "client_language": "asiointikieli",
    "decision": "päätöksen lopputulos ja voimassaolo",
    "service": "palvelu",
    "legal_basis": "palvelun lakiperuste",
    "amount": "palvelun määrä",
    "travel": "matkajärjestelyt",
    "work_allowance": "työosuusraha",
    "place": "toimintapaikka",
    "reasons": "päätöksen perustelut",
    "decision_maker": "päätöksentekijä",
    "agreement_period": "sopimuksen laji ja kesto",
    "schedule": "viikko-ohjelma",
    "tasks_and_goals": "tehtävät ja tavoitteet",
    "instructors": "lähiohjaajat",
    "absence_reporting": "poissaoloista ilmoittaminen",
}
PURPOSES: Mapping[str, str] = {
    "carrying_out_agreement": "sopimuksen toteuttaminen",
    "support_at_work": "tuki työpaikalla",
    "finding_work": "työpaikan etsiminen",
    "coordinating_services": "palvelujen yhteensovittaminen",
}


def in_words(field_groups: Iterable[str]) -> str:
    """What was disclosed, for the national document."""
    return ", ".join(GROUPS[each] for each in field_groups)
