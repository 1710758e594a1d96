"""How the words of a worksheet compare: in NFC, without case, line breaks and double spaces. Pure."""

from collections.abc import Iterable, Sequence

from walmu_api.foundation.texts import folded, in_nfc
from walmu_api.foundation.worksheets.limits import Clock, Formula, Shown, Value


class Headings:
    """The names in the first row, and where each stands."""

    def __init__(self, row: Sequence[Value]) -> None:
        self.names = [in_nfc(heading(cell)) for cell in row]
        self._exact = self.names
        self._folded = [folded(name) for name in self.names]

    def places(self, name: str) -> list[int]:
        """Where a column of this name stands: as it is written, else as it compares. More than one where there are several."""
        exact, alike = in_nfc(name).strip(), folded(name)
        return [at for at, each in enumerate(self._exact) if each and each == exact] or [
            at for at, each in enumerate(self._folded) if each and each == alike
        ]


def heading(cell: Value) -> str:
    """The name of a column as its cell shows it; empty for none."""
    if isinstance(cell, Formula):
        cell = cell.value
    if isinstance(cell, Shown):
        return cell.text or ""
    return "" if cell is None or isinstance(cell, Clock) else str(cell)


def letters(places: Iterable[int]) -> str:
    """Columns as spreadsheets call them: `B, AA`."""
    return ", ".join(_letter(at) for at in places)


def _letter(at: int) -> str:
    above, rest = divmod(at, 26)
    return (_letter(above - 1) if above else "") + chr(ord("A") + rest)
