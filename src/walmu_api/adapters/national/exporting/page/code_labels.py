"""What codes are called on a page, in the language of its reader."""

from collections.abc import Callable

from walmu_api.record.parties.codes.rules import Book, name_of

Labels = Callable[[str, str], str | None]
"""The label of a code (system, code); None where only the display in the document is known."""


def labels_in(book: Book, language: str) -> Labels:
    """Displays in documents are in Finnish, so a Finnish page shows them as they were written."""

    def label(system: str, code: str) -> str | None:
        found = book.get(name_of(system)) if language != "fi" else None
        known = found.codes.get(code) if found is not None else None
        return getattr(known, language, None)

    return label
