"""The words of the disclosure log. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from walmu_api.foundation.locales import words


def purpose(code: str, language: str = "fi") -> str:
    """What for, as the national document says it; on a page in the language of its reader."""
    return str(words(language, "documents.purposes")[code])


def in_words(field_groups: Iterable[str], language: str = "fi") -> str:
    """What was disclosed."""
    names = words(language, "documents.field_groups")
    return ", ".join(names[each] for each in field_groups)


def recipient_in_document(recipient: Mapping[str, Any], language: str = "fi") -> dict[str, Any]:
    """Who got it as structure 19010 has it: with a family name and given names. A person who fetched is known by one
    name, and a system that named nobody stands as one."""
    if "family_name" in recipient:
        return dict(recipient)
    texts, person = words(language, "documents.recipients"), recipient.get("person")
    if person is None:
        names = {"family_name": texts["system"], "given_names": texts["not_named"]}
    else:
        given, _, family = person.get("name", person["sub"]).strip().rpartition(" ")
        names = {"family_name": family, "given_names": given.strip() or texts["not_named"]}
    title = {"title": person["title"]} if person is not None and "title" in person else {}
    return {"organisation": recipient["organisation"]} | names | title
