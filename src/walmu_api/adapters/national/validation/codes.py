"""What the code lists say of the codes in national documents."""

from collections.abc import Callable

from walmu_api.adapters.national.validation.validate import Codes
from walmu_api.foundation.database import Session
from walmu_api.record.parties.codes import service as codes
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


async def known_codes(session: Session) -> Codes:
    """The lists of the organiser, as the judge asks them."""
    return among(await codes.book_now(session))


def among(book: Book) -> Codes:
    """Documents are of their time: a code that has ended is a code."""

    def known(system: str, code: str) -> bool | None:
        found = book.get(name_of(system))
        if found is None:
            return None
        return code in found.codes or (False if found.verified else None)

    return known
