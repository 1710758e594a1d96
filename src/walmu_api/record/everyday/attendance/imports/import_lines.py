"""A worksheet of days: what its columns hold, by the mapping and by their names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from walmu_api.foundation.locales import Reason
from walmu_api.foundation.problems import INVALID_VALUE, MISSING, Finding, refuse
from walmu_api.foundation.worksheets.limits import Value
from walmu_api.foundation.worksheets.reading import Worksheet, Worksheets
from walmu_api.record.everyday.attendance.imports.schemas import FIELDS, AttendanceMapping
from walmu_api.record.everyday.attendance.imports.words import all_headings, headings
from walmu_api.record.everyday.worksheets.upload import COLUMN_TWICE, Parts, Upload, check_columns

TWO_COLUMNS = Reason("two-columns")
_SAME = (frozenset({"planned_minutes", "planned_hours"}), frozenset({"actual_minutes", "actual_hours"}))
"""Two ways to say one thing: a worksheet has one of them."""
_NEEDED = (
    ("agreement", {"agreement", "client", "identity_code"}),
    ("date", {"date"}),
    ("status", {"status"}),
)


@dataclass(frozen=True)
class Import:
    """A worksheet and how it is read. `held` are the columns by what they hold, as they are asked for;
    `names` the same as they are written."""

    mapping: AttendanceMapping
    read_as: Mapping[str, Any]
    held: dict[str, str]
    names: dict[str, str]
    columns: dict[str, int]
    rows: list[tuple[int, list[Value]]]

    @property
    def places(self) -> dict[str, str]:
        """The columns by the places that findings name."""
        found = {f"/{name}": column for name, column in self.names.items()}
        for kind in ("planned", "actual"):
            if f"{kind}_hours" in self.held:
                found[f"/{kind}_minutes"] = self.names[f"{kind}_hours"]
        if (named := self.names.get("agreement") or self.names.get("client")) is not None:
            found["/agreement_id"] = named
        return found


parts = Parts(AttendanceMapping, AttendanceMapping())


async def read(upload: Upload[AttendanceMapping], worksheets: Worksheets) -> Import:
    """The rows of a file, once it is known what its columns hold."""
    mapping = upload.mapping
    mapped = {
        name: cell.column
        for name in FIELDS
        if (cell := getattr(mapping, name)) is not None and cell.column is not None
    }
    wanted = [*dict.fromkeys([*mapped.values(), *all_headings()])]
    sheet = await worksheets.read(
        upload.file, mapping.sheet, wanted, hidden_rows=mapping.hidden_rows, any_of=True
    )
    check_columns({f"/{name}/column": column for name, column in mapped.items()}, sheet)
    held = mapped | _recognised(mapping, mapped, sheet)
    given = {name for name in FIELDS if name in held or getattr(mapping, name) is not None}
    refuse([MISSING.at(f"/mapping/{name}") for name, any_of in _NEEDED if not any_of & given])
    held = {name: held[name] for name in FIELDS if name in held}
    names = {name: sheet.names[sheet.columns[column]] for name, column in held.items()}
    named = [{"field": name, "column": names[name]} for name in held]
    return Import(mapping, {**sheet.read_as, "columns": named}, held, names, sheet.columns, sheet.rows)


def _recognised(mapping: AttendanceMapping, mapped: Mapping[str, str], sheet: Worksheet) -> dict[str, str]:
    """The columns that nothing is said of, by their names."""
    taken = {sheet.columns[column] for column in mapped.values()}
    odd: list[Finding] = []
    found: dict[str, str] = {}
    for name in FIELDS:
        alike = next((pair for pair in _SAME if name in pair), frozenset({name}))
        if any(getattr(mapping, each) is not None for each in alike):
            continue
        if twice := next((sheet.twice[each] for each in headings(name) if each in sheet.twice), None):
            odd.append(INVALID_VALUE.at(f"/mapping/{name}", reason=COLUMN_TWICE, columns=twice))
        there = {
            sheet.columns[each]: each
            for each in headings(name)
            if each in sheet.columns and sheet.columns[each] not in taken
        }
        other = next(iter(alike & found.keys()), None)
        if len(there) > 1 or (there and other is not None):
            odd.append(INVALID_VALUE.at(f"/mapping/{other or name}", reason=TWO_COLUMNS))
        if there:
            found[name] = next(iter(there.values()))
    refuse(odd)
    return found
