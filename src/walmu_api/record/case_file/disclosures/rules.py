"""The words of the disclosure log. Pure."""

from collections.abc import Iterable

from walmu_api.foundation.locales import words


def purpose(code: str, language: str = "fi") -> str:
    """What for, as the national document says it; on a page in the language of its reader."""
    return str(words(language, "documents.purposes")[code])


def in_words(field_groups: Iterable[str], language: str = "fi") -> str:
    """What was disclosed."""
    names = words(language, "documents.field_groups")
    return ", ".join(names[each] for each in field_groups)
