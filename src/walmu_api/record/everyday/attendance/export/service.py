"""The days of a list as one file for people: CSV or XLSX of the whole selection."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from walmu_api.access import visibility
from walmu_api.access.context import RequestContext
from walmu_api.access.scopes import Scope
from walmu_api.record.everyday.attendance import rules, statements, workplace_view
from walmu_api.record.everyday.attendance.export import csv_file
from walmu_api.record.everyday.attendance.export.columns import IDS, Column, Row, columns
from walmu_api.record.everyday.attendance.parameters import DayFilters
from walmu_api.record.parties.codes import service as codes

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DESCRIBED = {
    CSV: {
        "schema": {
            "type": "string",
            "description": "Semicolons, UTF-8 with a byte order mark; a day a line.",
        },
        "example": "\ufeffPäivä;Sukunimi;Etunimet;Paikka;Läsnäolo\r\n2026-10-05;Esimerkki;Testi;Kotola;Läsnä\r\n",
    },
    XLSX: {
        "schema": {"type": "string", "format": "binary", "description": "A workbook with one sheet."},
        "example": "PK…",
    },
}
"""The files in the contract."""
MOST_ROWS = 10_000
"""Days in one file. A workbook of so many takes three seconds of processor time; a transaction may be idle
for ten."""


async def export_days(ctx: RequestContext, filters: DayFilters, *, media_type: str, language: str) -> bytes:
    """The days of a list as a file, with the clients' names for those who may read clients."""
    names = Scope.CLIENTS_READ in ctx.caller.scopes
    rows = await ctx.session.fetch(
        statements.FILE,
        **visibility.parameters(ctx),
        **filters,
        actor_system=ctx.caller.system.id,
        with_names=names,
        limit=MOST_ROWS + 1,
    )
    if len(rows) > MOST_ROWS:
        raise rules.TOO_MANY_ROWS(rows=MOST_ROWS)
    ctx.session.log_access(*{row["client_id"] for row in rows})
    read = [workplace_view.row(dict(row), ctx.caller) for row in rows]
    if ctx.caller.system.role == "workplace":
        ctx.session.disclosed += [_disclosed(row) for row in read]
    shown = columns(await codes.book_now(ctx.session), language, names=names)
    # in a thread, so that the event loop answers other requests in the meantime
    return await asyncio.to_thread(write, media_type, read, shown, language, unprinted=len(IDS))


def _disclosed(row: dict[str, Any]) -> tuple[UUID, UUID, str, Any, UUID | None]:
    """What a row of the file tells of a day."""
    content = {name: str(value) for name, value in row.items() if value is not None}
    return row["client_id"], row["agreement_id"], "attendance", content, None


def write(
    media_type: str, rows: Sequence[Row], shown: Sequence[Column], language: str, *, unprinted: int
) -> bytes:
    """A file of these columns, the last ones of which are not printed."""
    heads = [heading.render(language, {}) for heading, _, _ in shown]
    cells = ([value(row) for _, _, value in shown] for row in rows)
    if media_type == CSV:
        return csv_file.write(heads, cells)
    # imported here, because openpyxl would slow every start down
    from walmu_api.record.everyday.attendance.export import workbook  # noqa: PLC0415

    return workbook.write(
        heads, cells, [width for _, width, _ in shown], printed=len(shown) - unprinted, rows=len(rows)
    )
