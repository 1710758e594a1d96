"""The floor: what the same jobs cost in a bare FastAPI app on raw asyncpg. No tenancy, no token, no rules, no journal,
no use log, autocommit; the flags of the server are those of `walmu-api serve`.

Also the statements themselves, which the raw asyncpg floors use without HTTP."""

import datetime as dt
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import uvicorn
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

from walmu_api.foundation.record_ids import uuid7, uuid7s

ENTRY = (
    "status, absence_reason, planned_minutes, actual_minutes, arrived_at, left_at, form, noted_at, source_id"
)
COPIES = "client_id, service_relationship_id, provider_id, service_kind"
RECORDED = "organiser_id, recorded_by_organisation, recorded_by_system, recorded_at"
_OVERWRITE = (
    f"on conflict (organiser_id, agreement_id, date) do update set ({ENTRY}) = "
    f"({', '.join(f'excluded.{name}' for name in ENTRY.split(', '))}), version = {{table}}.version + 1"
)


def upsert_many(table: str) -> str:
    return f"""
insert into {table} ({RECORDED}, {COPIES}, id, agreement_id, date, {ENTRY})
select $1, $2, $3, clock_timestamp(), $4, $5, $2, 'work_activity', e.*
from unnest($6::uuid[], $7::uuid[], $8::date[], $9::text[], $10::text[], $11::int2[], $12::int2[], $13::timestamptz[],
    $14::timestamptz[], $15::text[], $16::timestamptz[], $17::text[]) as e
{_OVERWRITE.format(table=table)}
returning id, version"""


UPSERT_MANY = upsert_many("floor_http")
UPSERT_ONE = f"""
insert into floor_http ({RECORDED}, {COPIES}, id, agreement_id, date, {ENTRY})
values ($1, $2, $3, clock_timestamp(), $4, $5, $2, 'work_activity', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
{_OVERWRITE.format(table="floor_http")}
returning id, version, recorded_at, agreement_id, client_id, date, {ENTRY}"""
LIST = f"""
select json_agg(t)::text from (
    select id, version, recorded_at, recorded_by_organisation, recorded_by_system, agreement_id, client_id, date, {ENTRY}
    from floor_http where organiser_id = $1 and agreement_id = $2 order by agreement_id, date limit 100) t"""
CONSTANTS = tuple(UUID(int=number) for number in (1, 2, 3, 4, 5))
"""Organiser, organisation, system, client, relationship of every floor row: a floor looks nothing up."""


class Entry(BaseModel):
    status: str
    absence_reason: str | None = None
    planned_minutes: int | None = None
    actual_minutes: int | None = None
    arrived_at: dt.datetime | None = None
    left_at: dt.datetime | None = None
    form: str | None = None
    noted_at: dt.datetime | None = None
    source_id: str | None = None


class Line(Entry):
    agreement_id: UUID
    date: dt.date


class Recorded(Line):
    id: UUID
    version: int
    recorded_at: dt.datetime
    client_id: UUID


class Outcome(BaseModel):
    id: UUID
    version: int


def values(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.status,
        entry.absence_reason,
        entry.planned_minutes,
        entry.actual_minutes,
        entry.arrived_at,
        entry.left_at,
        entry.form,
        entry.noted_at,
        entry.source_id,
    )


def columns(lines: list[Line]) -> list[list[Any]]:
    rows = [
        (created, line.agreement_id, line.date, *values(line))
        for created, line in zip(uuid7s(len(lines)), lines, strict=True)
    ]
    return [list(column) for column in zip(*rows, strict=True)]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["FLOOR_DATABASE"], min_size=16, max_size=20) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_lifespan)


@app.post("/attendance-batches")
async def record_batch(request: Request, lines: list[Line]) -> list[Outcome]:
    rows = await request.app.state.pool.fetch(UPSERT_MANY, *CONSTANTS, *columns(lines))
    return [Outcome(id=row["id"], version=row["version"]) for row in rows]


@app.put("/agreements/{agreement_id}/attendance/{date}")
async def record_day(request: Request, agreement_id: UUID, date: dt.date, entry: Entry) -> Recorded:
    row = await request.app.state.pool.fetchrow(
        UPSERT_ONE, *CONSTANTS, uuid7(), agreement_id, date, *values(entry)
    )
    return Recorded(**row)


@app.get("/attendance")
async def list_days(request: Request, agreement_id: UUID) -> Response:
    body = await request.app.state.pool.fetchval(LIST, CONSTANTS[0], agreement_id)
    return Response(body, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["FLOOR_PORT"]),
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=20,
        http="httptools",
        backlog=1024,
    )
