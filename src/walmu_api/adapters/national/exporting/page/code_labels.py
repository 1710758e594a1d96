"""The displays of codes on the page of a document, in the language of its reader."""

from collections.abc import Callable

from walmu_api.record.parties.codes.rules import Book, name_of

Labels = Callable[[str, str], str | None]
"""What a code (system, code) is called in the language of a reader; None where only its own display tells."""


def labels_in(book: Book, language: str) -> Labels:
    """Displays in documents are in Finnish, so a Finnish page shows them as they were written."""

    def label(system: str, code: str) -> str | None:
        found = book.get(name_of(system)) if language != "fi" else None
        known = found.codes.get(code) if found is not None else None
        return getattr(known, language, None)

    return label
