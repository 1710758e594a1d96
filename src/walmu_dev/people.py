"""Synthetic people: made-up names, and identity codes of the 900 series, which is never given to anybody."""

from walmu_api.foundation.identity_codes import check_character

FAMILY_NAMES = (
    "Aalto",
    "Blomqvist",
    "Heino",
    "Järvelä",
    "Kangas",
    "Koivisto",
    "Lahti",
    "Lindroos",
    "Mäkelä",
    "Niemi",
    "Nyberg",
    "Ojala",
    "Peltonen",
    "Rantala",
    "Saarinen",
    "Sundman",
    "Tuomi",
    "Uusitalo",
    "Vainio",
    "Yli-Hukkala",
)
GIVEN_NAMES = (
    "Aada",
    "Benjamin",
    "Cecilia",
    "Daniel",
    "Eeva",
    "Frans",
    "Gunilla",
    "Hannes",
    "Iida",
    "Joonas",
    "Kerttu",
    "Lauri",
    "Martta",
    "Niilo",
    "Oona",
    "Pekka",
    "Ritva",
    "Sakari",
    "Taimi",
    "Väinö",
)
SPACE = 28 * 12 * 60 * 98


def identity_code(number: int) -> str:
    """A well-formed identity code of the 900 series; another for each number below `SPACE`."""
    number, day = divmod(number, 28)
    number, month = divmod(number, 12)
    number, year = divmod(number, 60)
    digits = f"{day + 1:02}{month + 1:02}{year + 40:02}"
    individual = f"{902 + number % 98}"
    return f"{digits}-{individual}{check_character(digits + individual)}"


def name(number: int) -> tuple[str, str]:
    """Family name and given name."""
    return FAMILY_NAMES[number % 20], GIVEN_NAMES[(number // 20 * 7 + number) % 20]


INSTRUCTOR = {"family_name": "Lähiohjaaja", "given_names": "Liisa"}
SIGNED = {
    "system": "urn:oid:1.2.246.537.5.40161",
    "code": "1",
    "display": "Asiakirja on allekirjoitettu sähköisesti",
}
