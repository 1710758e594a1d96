"""What the code lists say of the codes in national documents."""

from walmu_api.adapters.national.validation.validate import Codes
from walmu_api.foundation.database import Session
from walmu_api.record.parties.codes import service as codes
from walmu_api.record.parties.codes.rules import Book, name_of


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
