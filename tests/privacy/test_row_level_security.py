"""Row-level security as a net of its own: with no condition of ours in the statement, PostgreSQL alone keeps rows apart.

And the probes are worth something: whichever policy is dropped or weakened, at least one of them notices."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.access.test_registration_api import entry as system_entry
from tests.access.test_use_log_api import scene
from tests.conftest import ApiClient, TenantFixture, identity_code
from tests.privacy.row_rules import ALSO_READS, READERS, TABLES, WRITERS, Rows
from tests.privacy.stage import FORM
from tests.record.everyday.work_diary.test_work_diary_api import Place

from walmu_api.foundation.record_ids import uuid7

Setting = tuple[UUID | None, UUID | None]
TENANT_ONLY = "organiser_id = (select walmu_organiser())"
POLICIES = "select tablename, policyname, cmd, qual, with_check from pg_policies where schemaname = 'public'"
ROWS = "select tableoid::text || ctid::text as place, to_json(t)::text as content from {} t where {}"


async def with_rows_everywhere(world: TenantFixture) -> None:
    """A care path at provider A with a workplace, one at provider B, stored answers, and exchange with a record system."""
    data = await scene(world)
    place = {"name": "Leipomo", "organisation_id": str(world.workplace.organisation_id)}
    named = await world.agreement(data["relationship"], UUID(data["decision"]), place=place)
    for ago, speaker in ((2, world.provider_a), (3, world.workplace)):
        day = f"/v1/agreements/{named['id']}/attendance/{world.day(ago)}"
        assert (await speaker.put(day, {"status": "present"})).status_code == 201
    await Place(world, named).reported(source_id="w")
    other = await world.relationship((await world.client())["id"], provider=world.provider_b)
    decision = await world.decision(other)
    stored = ("kind", "place", "instructors", "starts_on", "ends_on", "schedule", "absence_reporting")
    entry = {name: named[name] for name in stored} | {
        "service_relationship_id": other["id"],
        "decision_id": str(decision),
        "place": {"name": "Muu"},
        "source_id": "b",
    }
    agreement = (await world.provider_b.post("/v1/agreements", entry, Idempotency_Key="k")).json()
    signing = {"signed_on": world.day(120), "signatories": [{"party": "client", "name": "x"}]}
    assert (await world.provider_b.post(f"/v1/agreements/{agreement['id']}/sign", signing)).status_code == 200
    day = f"/v1/agreements/{agreement['id']}/attendance/{world.day(3)}"
    assert (await world.provider_b.put(day, {"status": "absent"})).status_code == 201
    given = {"reason": "own_illness", "given_by": "client", "given_on": world.day(3)}
    assert (await world.provider_b.put(f"{day}/justification", given)).status_code == 201
    ending = {"ends_on": world.day(-1), "reason": "x"}
    await world.provider_a.post(f"/v1/agreements/{named['id']}/end", ending, Idempotency_Key="k")
    funeral = {"fi": "Hautajaiset"}
    assert (
        await world.organiser.put("/v1/code-systems/absence_reason/codes/funeral", funeral)
    ).status_code == 201
    await world.owner.execute(
        "insert into used_jti (organiser_id, client_id, jti, expires_at) values ($1, $2, '1', now()), ($1, $2, '2', now())",
        world.organiser_id,
        world.provider_a.client_id,
    )
    unit = {"organisation_id": str(world.provider_a.organisation_id), "name": "Yksikkö", "source_id": "u"}
    await world.organiser.post("/v1/units", unit)
    await world.organiser.put("/v1/assessment-forms/uniform", FORM, If_Match='"1"')
    await _register(world)
    for into, served_by in ((data["client"]["id"], world.provider_a), (other["client_id"], world.provider_b)):
        one = (await world.client())["id"]
        await world.relationship(one, served_by)
        await _merge(world, one, into)
    await _merge(world, (await world.client())["id"], (await world.client())["id"])
    for why in ("protection", "corrected"):
        for client in (data["client"]["id"], other["client_id"]):
            await _recoded(world, client, why)
    for _ in range(2):
        apart = {"from": (await world.client())["id"], "reason": "x"}
        answer = await world.organiser.post(f"/v1/clients/{data['client']['id']}/not-same", apart)
        assert answer.status_code == 200
    await _measure(world, data["relationship"], other)
    await _documents(world)
    await world.owner.execute(
        "insert into frozen_documents (organiser_id, record_id, version, sha256, document)"
        " select organiser_id, id, version, sha256('x'), 'x' from documents where organiser_id = $1",
        world.organiser_id,
    )
    await _disclosures(world)
    await _exchange(world)
    await _publication(world)
    for speaker in (world.provider_a, world.provider_b, world.workplace):
        batch = {"items": [{"agreement_id": agreement["id"], "date": world.day(1), "status": "present"}]}
        accepted = await speaker.post("/v1/attendance-batches", batch, Prefer="respond-async")
        assert accepted.status_code == 202, accepted.text


async def _merge(world: TenantFixture, one: str, into: str) -> None:
    version = (await world.organiser.get(f"/v1/clients/{into}")).json()["version"]
    act = {"into": into, "into_version": version, "reason": "x"}
    merged = await world.organiser.post(f"/v1/clients/{one}/merge", act, If_Match='"1"')
    assert merged.status_code == 200, merged.text


async def _recoded(world: TenantFixture, client_id: str, why: str) -> None:
    client = (await world.organiser.get(f"/v1/clients/{client_id}")).json()
    server_set = {"id", "version", "recorded_at", "recorded_by"}
    entry = {name: value for name, value in client.items() if name not in server_set}
    entry["identity"] = {"system": "urn:oid:1.2.246.21", "value": identity_code()}
    path = f"/v1/clients/{client_id}?identity_change={why}"
    done = await world.organiser.put(path, entry, If_Match=f'"{client["version"]}"')
    assert done.status_code == 200, done.text


async def _register(world: TenantFixture) -> None:
    """Keys of each kind of party; provider A may register for the workplace, provider B for none."""
    for party, role in (
        (world.provider_a, "provider"),
        (world.provider_b, "provider"),
        (world.workplace, "workplace"),
    ):
        new = system_entry(party.organisation_id, role)
        assert (await world.organiser.post("/v1/connected-systems", new)).status_code == 201
    for provider, places in ((world.provider_a, [world.workplace]), (world.provider_b, [])):
        path = f"/v1/delegated-workplaces/{provider.organisation_id}"
        named = {"workplace_ids": [str(place.organisation_id) for place in places]}
        assert (await world.organiser.put(path, named, If_Match='"1"')).status_code == 200


async def _documents(world: TenantFixture) -> None:
    """Rows of the store as they may be: a provider's, a workplace's, the organiser's own, and one that is shared."""
    clients = await world.owner.fetch(
        "select client_id, provider_id, id from service_relationships where organiser_id = $1 order by id",
        world.organiser_id,
    )
    workplace = world.workplace.organisation_id
    for client, provider, _ in clients:
        for owner, at, shared in (
            (provider, None, False),
            (provider, workplace, False),
            (None, None, False),
            (None, None, True),
        ):
            await world.owner.execute(
                "insert into documents (organiser_id, id, resource_type, owner_id, client_id, provider_id, workplace_id, shared,"
                " dated_on, status, content, recorded_at, recorded_by_organisation, recorded_by_system)"
                " values ($1, $2, 'x', $3, $4, $5, $6, $7, '2026-01-01', 'final', '{}', now(), $3, $3)",
                world.organiser_id,
                uuid7(),
                owner or world.organiser.organisation_id,
                client,
                owner,
                at,
                shared,
            )


async def _measure(world: TenantFixture, at_a: dict[str, Any], at_b: dict[str, Any]) -> None:
    """Measurements of provider A, of provider B and of the organiser itself, and what the organiser has set."""
    await world.measurement(at_a)
    await world.measurement(at_b, world.provider_b)
    own = world.measurement_entry(at_a)
    del own["service_relationship_id"]
    assert (await world.organiser.post("/v1/measurements", own)).status_code == 201
    rule = {"source": "x", "thresholds": [{"scale": "work_ability", "points": 1}]}
    put = world.organiser.put
    assert (
        await put("/v1/instruments/kykyviisari", {"change_rule": rule}, If_Match='"1"')
    ).status_code == 200
    assert (
        await put("/v1/impact-limits", {"min_count": 6, "min_pairs": 10}, If_Match='"1"')
    ).status_code == 200


async def _disclosures(world: TenantFixture) -> None:
    """A permission that names the workplace, and what was disclosed by each who may have done so."""
    rows = await world.owner.fetch(
        "select id, client_id from documents where organiser_id = $1 and resource_type = 'x' and provider_id is null",
        world.organiser_id,
    )
    await world.owner.execute(
        "update clients set turvakielto = true where organiser_id = $1", world.organiser_id
    )
    named = json.dumps({"recipient": {"organisation_id": str(world.workplace.organisation_id)}})
    await world.owner.execute(
        "update documents set resource_type = 'permission', content = $2::jsonb where id = $1",
        rows[0]["id"],
        named,
    )
    for by in (world.organiser, world.provider_a, world.provider_b, world.workplace):
        await world.owner.execute(
            "insert into disclosures (organiser_id, id, client_id, notice_id, recipient, purpose, law, field_groups, content_hash,"
            " service_task, discloser, grounds, organisation_id, system_id)"
            " values ($1, $2, $3, $4, '{}', 'x', 'x', '{}', 'x', '{}', '{}', 'x', $5, $6)",
            world.organiser_id,
            uuid7(),
            rows[0]["client_id"],
            rows[0]["id"],
            by.organisation_id,
            by.system_id,
        )
        await world.owner.execute(
            "insert into first_disclosures values ($1, $2, $3)",
            world.organiser_id,
            by.organisation_id,
            rows[0]["id"],
        )


async def _publication(world: TenantFixture) -> None:
    """Figures that were published; a narrowed session sees none, also of those it asked for itself."""
    for question, by in (("a", world.organiser), ("b", world.provider_a)):
        await world.owner.execute(
            "insert into impact_publications (organiser_id, id, question, answer, groups, organisation_id, system_id)"
            " values ($1, $2, $3, '{}', '{}', $4, $5)",
            world.organiser_id,
            uuid7(),
            question,
            by.organisation_id,
            by.system_id,
        )


async def _exchange(world: TenantFixture) -> None:
    organiser, target, delivery, client = world.organiser_id, uuid7(), uuid7(), uuid7()
    for statement, *values in (
        (
            "ehr_targets (organiser_id, id, name, dialect, base_url, system_id) values ($1, $2, 'x', 'x', 'x', $3)",
            target,
            world.ehr.system_id,
        ),
        ("ehr_cursors (organiser_id, target_id, stream) values ($1, $2, 'x')", target),
        (
            "ehr_inbox (organiser_id, id, target_id, stream, remote_id, version, content_sealed) values ($1, $2, $3, 'x', 'x', 1, '')",
            uuid7(),
            target,
        ),
        (
            "ehr_deliveries (organiser_id, id, target_id, resource_type, resource_id, client_id, wanted_version, state) values ($1, $2, $3, 'attendance', $4, $4, 1, 'pending')",
            delivery,
            target,
            client,
        ),
        ("ehr_lanes (organiser_id, target_id, client_id) values ($1, $2, $3)", target, client),
        (
            "ehr_intents (organiser_id, id, target_id, delivery_id, operation, version) values ($1, $2, $3, $4, 'x', 1)",
            uuid7(),
            target,
            delivery,
        ),
    ):
        await world.owner.execute(f"insert into {statement}", organiser, *values)


def settings_of(world: TenantFixture, elsewhere: TenantFixture) -> list[Setting]:
    scoped: list[ApiClient] = [world.provider_a, world.provider_b, world.workplace]
    return [
        (None, None),
        (world.organiser_id, None),
        *((world.organiser_id, each.organisation_id) for each in scoped),
        (elsewhere.organiser_id, None),
        (elsewhere.organiser_id, elsewhere.provider_a.organisation_id),
    ]


class Probes:
    """Statements as the runtime role says them, with only its settings between it and everybody's rows."""

    def __init__(self, owner: asyncpg.Connection, worlds: list[TenantFixture]) -> None:
        self.owner, self.worlds = owner, worlds
        self.settings = settings_of(*worlds)

    async def _rows(self, table: str, condition: str, setting: Setting) -> dict[str, str]:
        """What a session of this setting owns by the written rule, as the table's owner sees it."""
        given = [setting[0], *([setting[1]] if "$2" in condition else [])]
        rows = await self.owner.fetch(ROWS.format(table, f"t.organiser_id = $1 and ({condition})"), *given)
        return {row["place"]: row["content"] for row in rows}

    async def _as(self, setting: Setting, role: str = "walmu_app") -> None:
        await self.owner.execute(
            f"set local role {role}; select set_config('walmu.organiser', '{setting[0] or ''}', true),"
            f" set_config('walmu.organisation', '{setting[1] or ''}', true)"
        )

    async def failures(self, table: str) -> list[str]:
        rule, found = TABLES[table], []
        everything: dict[str, str] = {}
        for world in self.worlds:
            everything |= await self._rows(table, "true", (world.organiser_id, None))
        for setting in self.settings:
            where = (
                f"{table} as {['nobody', 'a', 'a/A', 'a/B', 'a/W', 'b', 'b/A'][self.settings.index(setting)]}"
            )
            seen, written = await self._allowed(table, rule, setting)
            roles = (READERS.get(table, "walmu_app"), *ALSO_READS.get(table, []))
            for what, wrong in (
                *[("select", await self._select(table, setting, set(seen), role)) for role in roles],
                ("update", await self._update(table, setting, set(seen))),
                ("delete", await self._delete(table, setting, rule)),
                ("insert", await self._insert(table, setting, everything, set(written))),
                ("move", await self._move(table, setting, written, everything)),
            ):
                found += [f"{where}: {what} {wrong}"] if wrong else []
        return found + (await self._asked_for() if table == "system_keys" else [])

    async def _asked_for(self) -> list[str]:
        """Before a tenant is known, the keys of the one client id that the session names; with it no others."""
        found = []
        for asked in (self.worlds[0].provider_a.client_id, "'; reset role; --", "%"):
            async with Undone(self.owner):
                await self._as((None, None))
                await self.owner.execute(
                    "select set_config('walmu.client_id', $1, true)", asked.encode().hex()
                )
                rows = await self.owner.fetch("select client_id from system_keys")
                known = [row[0] for row in rows]
            wanted = [asked] if asked.startswith("provider") else []
            found += [f"{asked} asked for, {len(known)} seen"] if known != wanted else []
        return found

    async def _allowed(
        self, table: str, rule: Rows, setting: Setting
    ) -> tuple[dict[str, str], dict[str, str]]:
        whole = setting[1] is None
        seen = await self._rows(table, "true" if whole else rule.seen, setting)
        return seen, await self._rows(table, "true" if whole else rule.written, setting)

    async def _delete(self, table: str, setting: Setting, rule: Rows) -> str:
        whole = setting[1] is None
        own = await self._rows(table, "true" if whole else rule.deleted or rule.seen, setting)
        async with Undone(self.owner):
            await self._as(setting, WRITERS.get(table, "walmu_app"))
            try:
                done = await self.owner.execute(f"delete from {table}")
            except asyncpg.InsufficientPrivilegeError:
                return ""
            return "" if int(done.split()[1]) <= len(own) else "touches foreign rows"

    async def _select(self, table: str, setting: Setting, expected: set[str], role: str) -> str:
        if role == "walmu_auditor" and setting[1] is not None:
            return ""  # the auditor is never narrowed
        async with Undone(self.owner):
            await self._as(setting, role)
            rows = await self.owner.fetch(f"select tableoid::text || ctid::text as place from {table}")
            got = {row["place"] for row in rows}
        return "" if got == expected else f"sees {len(got - expected)} foreign, misses {len(expected - got)}"

    async def _update(self, table: str, setting: Setting, seen: set[str]) -> str:
        async with Undone(self.owner):
            await self._as(setting, WRITERS.get(table, "walmu_app"))
            try:
                done = await self.owner.execute(f"update {table} set organiser_id = organiser_id")
            except asyncpg.InsufficientPrivilegeError:
                return ""
            return "" if int(done.split()[1]) <= len(seen) else "touches foreign rows"

    async def _insert(self, table: str, setting: Setting, rows: dict[str, str], own: set[str]) -> str:
        """Every row there is said again: what is not one's own is refused by the policy before any key is looked at."""
        foreign = allowed = 0
        for place, content in rows.items():
            refused = await self._refuses(table, setting, content)
            foreign += place not in own and not refused
            allowed += place in own and refused
        return f"{foreign} foreign taken, {allowed} own refused" if foreign or allowed else ""

    async def _refuses(self, table: str, setting: Setting, content: str) -> bool:
        overriding = "overriding system value" if table == "journal" else ""
        async with Undone(self.owner):
            await self._as(setting, WRITERS.get(table, "walmu_app"))
            try:
                await self.owner.execute(
                    f"insert into {table} {overriding} select * from json_populate_record(null::{table}, $1::json)",
                    content,
                )
            except asyncpg.InsufficientPrivilegeError:
                return True
            except asyncpg.IntegrityConstraintViolationError:
                return False
        return False

    async def _move(self, table: str, setting: Setting, written: dict[str, str], rows: dict[str, str]) -> str:
        """A row of one's own cannot be given to another organiser."""
        del rows
        if not written:
            return ""
        to = next(world.organiser_id for world in self.worlds if world.organiser_id != setting[0])
        async with Undone(self.owner):
            await self._as(setting, WRITERS.get(table, "walmu_app"))
            try:
                await self.owner.execute(f"update {table} set organiser_id = '{to}'")
            except asyncpg.InsufficientPrivilegeError:
                return ""
            except asyncpg.IntegrityConstraintViolationError:
                return "only a key stopped it"
        return "a row changed hands"


class Undone:
    """A savepoint that is always rolled back."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self.transaction = connection.transaction()

    async def __aenter__(self) -> None:
        await self.transaction.start()

    async def __aexit__(self, *_: object) -> None:
        await self.transaction.rollback()


@pytest.fixture
async def probes(world: TenantFixture, elsewhere: TenantFixture) -> AsyncIterator[Probes]:
    for each in (world, elsewhere):
        await with_rows_everywhere(each)
    async with Undone(world.owner):
        yield Probes(world.owner, [world, elsewhere])


async def test_every_table_of_a_tenant_is_in_the_table_of_rules(owner: asyncpg.Connection) -> None:
    found = await owner.fetch(
        "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organiser_id'"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition"
    )
    assert {row["relname"] for row in found} == set(TABLES)


async def test_postgresql_alone_keeps_every_tables_rows_apart(probes: Probes) -> None:
    for table in TABLES:
        assert await probes.owner.fetchval(f"select count(*) from {table}") > 1, (
            f"{table} is empty: nothing is shown"
        )
    assert [each for table in TABLES for each in await probes.failures(table)] == []


def mutations(policy: asyncpg.Record) -> dict[str, str]:
    """Every way to lose a policy: dropped, open, open within the organiser."""
    table, name = policy["tablename"], policy["policyname"]
    ways = {"dropped": f"drop policy {name} on {table}"}
    for clause, word in (("qual", "using"), ("with_check", "with check")):
        if policy[clause] is not None:
            ways[f"{word} true"] = f"alter policy {name} on {table} {word} (true)"
            if "walmu_organisation" in policy[clause]:
                ways[f"{word} tenant"] = f"alter policy {name} on {table} {word} ({TENANT_ONLY})"
    return ways


async def test_whichever_policy_is_lost_a_probe_notices(probes: Probes) -> None:
    tried, unnoticed = set(), []
    for policy in await probes.owner.fetch(POLICIES):
        for way, statement in mutations(policy).items():
            async with Undone(probes.owner):
                await probes.owner.execute(statement)
                if not await probes.failures(policy["tablename"]):
                    unnoticed.append(f"{policy['tablename']}.{policy['policyname']}: {way}")
            tried.add((policy["tablename"], way))
    assert unnoticed == []
    assert {table for table, _ in tried} == set(TABLES)
    assert len(tried) >= 70
