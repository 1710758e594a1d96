"""`python -m benchmarks.county [--agreements 3000] [--plans]`: what follows attendance up, at the size of a county.

A year of working days of so many agreements, a third of them at a workplace, with absences, justifications, days that moved
and reports that wait. Each figure is the median of five answers over HTTP, one at a time; with `--plans`, what PostgreSQL
says of the statements behind them."""

import argparse
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import uvloop

from benchmarks.growth import COPY
from benchmarks.world import HELD, TenantFixture, make_world
from walmu_api.access.scopes import ROLES
from walmu_api.foundation.clock import Clock
from walmu_api.foundation.pages import XHTML
from walmu_api.foundation.statements import Statement
from walmu_api.record.everyday.attendance import statements
from walmu_api.record.everyday.attendance.export import service as export
from walmu_api.reports.follow_up import statements as follow_up
from walmu_dev.postgres.embedded import temporary_cluster

TIMES = 5

_IDS = """
create table more as
select n, gen_random_uuid() as client, gen_random_uuid() as relationship, gen_random_uuid() as decision, gen_random_uuid() as agreement,
    case when n % 3 = 0 then '{workplace}'::uuid end as workplace from generate_series(1, {agreements}) n
"""
_WEEK = ", ".join(f'{{"weekday": {day}, "starts_at": "09:00", "ends_at": "13:00"}}' for day in range(1, 6))
_CHANGES = {
    "clients": "'id', m.client, 'identity_index', null, 'family_name', 'Esimerkki ' || m.n",
    "service_relationships": "'id', m.relationship, 'client_id', m.client",
    "decisions": "'id', m.decision, 'client_id', m.client, 'ehr_id', m.n::text",
    "agreements": """'id', m.agreement, 'client_id', m.client, 'service_relationship_id', m.relationship, 'decision_id', m.decision,
        'workplace_id', m.workplace, 'starts_on', current_date - 365, 'ends_on', current_date + 60,
        'schedule', case when m.n % 10 = 0 then '{"type": "flexible"}'::jsonb else '{"type": "fixed", "days": [WEEK]}'::jsonb end""".replace(
        "WEEK", _WEEK
    ),
}
_ACCESS = """
insert into client_access (organiser_id, client_id, organisation_id, granted_by, starts_on)
select '{organiser}', client, '{provider}', relationship, '{first}' from more
"""
_ATTENDANCE = """
insert into attendance (organiser_id, id, agreement_id, date, client_id, service_relationship_id, provider_id, workplace_id,
    service_kind, status, absence_reason, planned_minutes, actual_minutes, rescheduled_to, confirmation, recorded_at,
    recorded_by_organisation, recorded_by_system)
select '{organiser}', gen_random_uuid(), agreement, day, client, relationship, '{provider}', workplace, 'work_activity', status,
    case when status = 'absent' then (array['own_illness', 'unknown', 'agreed_holiday'])[1 + kind % 3] end, 240,
    case when status in ('present', 'partial') then 235 end, case when status = 'rescheduled' then day + 3 end,
    case when workplace is not null then case when day > current_date - 14 then 'unconfirmed' else 'confirmed' end end,
    now(), '{provider}', '{provider}'
from (select m.*, day::date as day, kind, case when kind < 12 then 'absent' when kind < 16 then 'partial' when kind < 18
          then 'not_arranged' when kind < 19 then 'rescheduled' else 'present' end as status
      from more m, generate_series(current_date - 350, current_date - 1, interval '1 day') day,
          lateral (select abs(hashtext(m.n || '/' || day)) % 100 as kind) k
      where extract(isodow from day) < 6) days
order by agreement, day
"""
_JUSTIFICATIONS = """
insert into justifications (organiser_id, id, agreement_id, date, client_id, provider_id, workplace_id, reason, given_by, given_on,
    state, recorded_at, recorded_by_organisation, recorded_by_system)
select organiser_id, gen_random_uuid(), agreement_id, date, client_id, provider_id, workplace_id, 'own_illness', 'client', date,
    case when date < current_date - 30 then case abs(hashtext(id::text)) % 50 when 0 then 'rejected' else 'accepted' end else 'given' end,
    now(), provider_id, provider_id
from attendance where status = 'absent' and absence_reason <> 'unknown' and agreement_id in (select agreement from more)
"""
_IN_UNIT = "update service_relationships set unit_id = '{unit}' where id in (select relationship from more where n <= 60)"


async def fill(world: TenantFixture, agreements: int, workplace: str, unit: str) -> None:
    names = {
        "organiser": world.organiser_id,
        "provider": world.provider_id,
        "first": world.first,
        "workplace": workplace,
        "agreements": agreements,
        "unit": unit,
    }
    await world.owner.execute("set synchronous_commit = off")
    await world.owner.execute(_IDS.format(**names))
    for table, changes in _CHANGES.items():
        await world.owner.execute(COPY.format(table=table, changes=changes, **names))
    for statement in (_ACCESS, _ATTENDANCE, _JUSTIFICATIONS, _IN_UNIT):
        await world.owner.execute(statement.format(**names))
    await world.owner.execute("vacuum analyze")


def asked(agreement: str, client: str, unit: str) -> dict[str, tuple[str, str]]:
    """What is timed: by whom, and the address with the media type, where it is another than JSON."""
    today = Clock().today()
    monday = today - timedelta(days=today.weekday() + 7)
    days = f"from={monday}&to={monday + timedelta(days=2)}"
    return {
        "missing, today: nearly all": ("organiser", "/v1/attendance/missing"),
        "missing, last Monday: nearly none": ("organiser", f"/v1/attendance/missing?on={monday}"),
        "missing, last Monday, at a provider": ("provider", f"/v1/attendance/missing?on={monday}"),
        "justifications, all that are open": ("organiser", "/v1/justifications"),
        "justifications, of one month": (
            "organiser",
            f"/v1/justifications?from={monday - timedelta(days=30)}&to={monday}",
        ),
        "justifications, rejected, of a week": ("organiser", f"/v1/justifications?state=rejected&{days}"),
        "justifications, with a rare reason": ("organiser", "/v1/justifications?reason=public_trust_duty"),
        "justifications, of a provider": ("provider", "/v1/justifications?state=missing"),
        "summary of a year": (
            "organiser",
            f"/v1/agreements/{agreement}/attendance-summary?from={today - timedelta(days=360)}",
        ),
        "overview of a client": ("provider", f"/v1/clients/{client}/overview"),
        "the same as a page": ("provider", f"/v1/clients/{client}/overview {XHTML}"),
        "overview of a unit of 60, last month": (
            "provider",
            f"/v1/units/{unit}/overview?month={today.replace(day=1) - timedelta(days=1):%Y-%m}",
        ),
        "list, unconfirmed": ("provider", "/v1/attendance?confirmation=unconfirmed"),
        "list, unconfirmed of long ago: none": (
            "provider",
            f"/v1/attendance?confirmation=unconfirmed&to={monday - timedelta(days=60)}",
        ),
        "list, status=voided: none": ("organiser", "/v1/attendance?status=voided"),
        "CSV of 9,000 days": ("organiser", f"/v1/attendance?{days} text/csv"),
        "XLSX of 9,000 days": ("organiser", f"/v1/attendance?{days} {export.XLSX}"),
        "a file of too many days, refused": ("organiser", "/v1/attendance text/csv"),
    }


async def timed(http: httpx.AsyncClient, world: TenantFixture, name: str, who: str, what: str) -> None:
    path, _, media = what.partition(" ")
    token = world.tokens.issue(who, HELD, sorted(ROLES[who]), None, now=time.time())
    headers = {"Authorization": f"Bearer {token}", "Accept": media or "application/json"}
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = await http.get(path, headers=headers)
        seconds.append(time.perf_counter() - began)
    is_list = answer.content.startswith(b'{"items"')
    counted = f"{len(answer.json()['items'])} items" if is_list else f"{len(answer.content):,} bytes"
    print(
        f"{name:40}{statistics.median(seconds) * 1000:10.1f} ms   {answer.status_code}  {counted}", flush=True
    )


async def plans(world: TenantFixture) -> None:
    """As the role that requests run as, of the whole organiser and of a provider."""
    today = Clock().today()
    monday = today - timedelta(days=today.weekday() + 7)
    for name, statement, values in (
        (
            "missing",
            follow_up.MISSING,
            {"provider_id": None, "day": monday, "weekday": 1, "after": None, "limit": 500},
        ),
        (
            "open justifications",
            follow_up.OPEN,
            dict.fromkeys(("client_id", "provider_id", "first", "last", "state"))
            | {"reason": "public_trust_duty", "after_agreement": None, "after_date": None, "limit": 101},
        ),
        (
            "file",
            statements.FILE,
            dict.fromkeys(("agreement_id", "client_id", "provider_id", "status", "source_id", "confirmation"))
            | {"first": monday, "last": monday + timedelta(days=2), "actor_system": None}
            | {"with_names": True, "limit": 10_001},
        ),
    ):
        for scoped in (None, world.provider_id):
            async with world.owner.transaction():
                await world.owner.execute("set local role walmu_app")
                await world.owner.execute(
                    f"select set_config('walmu.organiser', '{world.organiser_id}', true),"
                    f" set_config('walmu.organisation', '{scoped or ''}', true)"
                )
                explained = Statement(f"explain (analyze, buffers) {statement}")
                asked = {"organiser": world.organiser_id, "organisation": scoped, "today": today}
                data = await world.owner.fetch(*explained.bound(**asked, **values))
            print(f"\n== {name}, {'a provider' if scoped else 'organiser'}")
            print("\n".join(row[0] for row in data))


async def run(agreements: int, *, with_plans: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="walmu-county-") as folder:
        async with (
            temporary_cluster() as cluster,
            make_world(cluster, Path(folder)) as world,
            httpx.AsyncClient(base_url=world.api, timeout=120) as http,
        ):
            token = world.tokens.issue("organiser", HELD, sorted(ROLES["organiser"]), None, now=time.time())
            headers = {"Authorization": f"Bearer {token}"}
            entry = {"kind": "workplace", "name": "Leipomo", "source_id": "w"}
            created: Any = await http.post("/v1/organisations", json=entry, headers=headers)
            of_provider = {"organisation_id": str(world.provider_id), "name": "Kotola", "source_id": "u"}
            unit = (await http.post("/v1/units", json=of_provider, headers=headers)).json()["id"]
            began = time.monotonic()
            await fill(world, agreements, created.json()["id"], unit)
            rows = await world.rows("attendance")
            print(
                f"{agreements:,} agreements, {rows:,} days, filled in {time.monotonic() - began:.0f} s",
                flush=True,
            )
            one = await world.owner.fetchrow("select agreement, client from more where n = 1")
            assert one is not None
            for name, (who, what) in asked(str(one["agreement"]), str(one["client"]), unit).items():
                await timed(http, world, name, who, what)
            if with_plans:
                await plans(world)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agreements", type=int, default=3000)
    parser.add_argument("--plans", action="store_true", help="also what PostgreSQL says of the statements")
    data = parser.parse_args()
    uvloop.run(run(data.agreements, with_plans=data.plans))


if __name__ == "__main__":
    main()
