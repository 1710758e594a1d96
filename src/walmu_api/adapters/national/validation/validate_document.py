"""Validates a document: by the tables of its structure, the organiser's code lists and the official schema."""

from typing import Any

from walmu_api.adapters.national.structures.definitions import Structure
from walmu_api.adapters.national.validation.findings import DocumentFinding, Location
from walmu_api.adapters.national.validation.official_schema import Official
from walmu_api.adapters.national.validation.structure_rules import MOST, Codes, check_structure
from walmu_api.foundation.database import Session
from walmu_api.record.parties.codes import service as code_lists
from walmu_api.record.parties.codes.rules import Book, name_of


async def validate(
    session: Session, structure: Structure, content: Any, official: Official | None, at: Location = ()
) -> list[DocumentFinding]:
    """Every error and warning of a document, errors first, with the code lists as the organiser has them now."""
    return examine(structure, content, known_codes(await code_lists.book_now(session)), official, at)


def known_codes(book: Book) -> Codes:
    """Which codes the lists hold. A code that has ended counts: documents are of their time."""

    def known(system: str, code: str) -> bool | None:
        found = book.get(name_of(system))
        if found is None:
            return None
        return code in found.codes or (False if found.verified else None)

    return known


def examine(
    structure: Structure, content: Any, codes: Codes, official: Official | None, at: Location = ()
) -> list[DocumentFinding]:
    """Every error and warning, errors first: by our tables, and what only the official schema finds, where
    there is one."""
    found = check_structure(structure, content, codes, at)
    if official is None:
        return found
    known = {finding.pointer for finding in found if finding.severity == "error"}
    further: list[DocumentFinding] = []
    for finding in official.findings(structure, content, at):
        if finding.pointer not in known and len(further) < MOST:
            further.append(finding)
    return further + found
