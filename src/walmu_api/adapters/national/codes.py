"""What the code lists say of the codes in national documents."""

from walmu_api.record.codes import service as codes


def known_code(system: str, code: str) -> bool | None:
    """What the code lists of this installation say of a national code. Documents are of their time: a code that has ended
    is a code."""
    found = codes.find(system)
    if found is None:
        return None
    return code in found.codes or (False if found.verified else None)
