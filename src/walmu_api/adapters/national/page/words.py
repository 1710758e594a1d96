"""The words of the page that are not labels of the structure, in the languages of the national definitions."""

WORDS: dict[str, dict[str, str]] = {
    "fi": {
        "about": "Tiedot asiakirjasta", "content": "Sisältö", "document_id": "Asiakirjan tunniste", "version": "Versio",
        "dated_on": "Päiväys", "recorded_at": "Kirjattu", "organiser": "Palvelunjärjestäjä ja rekisterinpitäjä",
        "producer": "Palveluntuottaja", "service_task": "Palvelutehtävä", "service": "Sosiaalipalvelu", "structure": "Rakenne",
        "registry": "Rekisteri", "secrecy": "Salassapito", "secret": "Salassa pidettävä (703/2023 4 §)", "retention": "Säilytysaika",
        "closing_of_last_case": "{years} vuotta viimeisen asian päättymisestä", "death_of_client": "{years} vuotta asiakkaan kuolemasta",
        "replaces": "Korvaa asiakirjan", "voided": "Tämä asiakirja on mitätöity. Sitä ei saa käyttää.",
        "of": "{number}/{count}", "nothing": "Asiakirjassa ei ole muuta sisältöä.",
    },
    "sv": {
        "about": "Uppgifter om handlingen", "content": "Innehåll", "document_id": "Handlingens identifikation", "version": "Version",
        "dated_on": "Datum", "recorded_at": "Registrerad", "organiser": "Tjänsteanordnare och personuppgiftsansvarig",
        "producer": "Tjänsteproducent", "service_task": "Serviceuppgift", "service": "Socialservice", "structure": "Struktur",
        "registry": "Register", "secrecy": "Sekretess", "secret": "Sekretessbelagd (703/2023 4 §)", "retention": "Bevaringstid",
        "closing_of_last_case": "{years} år från det att det sista ärendet avslutats", "death_of_client": "{years} år från klientens död",
        "replaces": "Ersätter handlingen", "voided": "Den här handlingen är makulerad. Den får inte användas.",
        "of": "{number}/{count}", "nothing": "Handlingen har inget annat innehåll.",
    },
}  # fmt: skip
