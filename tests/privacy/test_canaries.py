"""Fifty identity codes of the 900 series, sent by every way in; then every place is searched that must not hold one.

What people write into free text is theirs and stays with the record; it reaches no log, no error and no address."""

import asyncio
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import asyncpg
from httpx import Response
from structlog.testing import capture_logs
from tests.access.test_use_log_api import plain, scene
from tests.conftest import TenantFixture, identity_code

from walmu_dev.postgres.embedded import EmbeddedPostgres

PERSONAL = "urn:oid:1.2.246.21"
FREE_TEXT = {
    "agreements",
    "justifications",
    "decisions",
    "clients",
    "organisations",
    "units",
    "connected_systems",
    "service_relationships",
    "measurements",
    "instruments",
}
"""Tables in which a careless sender's words may stand; their earlier versions stand in `journal.replaced`."""
_numbers = count(40_000)


class Canaries(list[str]):
    """Codes that nobody else in the tests uses."""

    def new(self) -> str:
        self.append(identity_code(next(_numbers)))
        return self[-1]


class Sent:
    """What was sent, and every answer."""

    def __init__(self, world: TenantFixture) -> None:
        self.world, self.answers = world, list[tuple[Response, bool]]()
        self.data, self.written, self.stray = Canaries(), Canaries(), Canaries()

    def note(self, answer: Response, *, may_tell: bool = False) -> Response:
        self.answers.append((answer, may_tell))
        return answer

    @property
    def codes(self) -> list[str]:
        return [*self.data, *self.written, *self.stray]


async def as_data(sent: Sent) -> None:
    """Where a code belongs: clients, and looking one up."""
    world = sent.world
    for _ in range(8):
        code = sent.data.new()
        entry = {
            "identity": {"system": PERSONAL, "value": code},
            "family_name": "Ka",
            "given_names": "Na",
            "turvakielto": False,
        }
        created = sent.note(
            await world.organiser.post("/v1/clients", entry, Idempotency_Key=f"c{len(sent.data)}"),
            may_tell=True,
        )
        again = await world.organiser.post("/v1/clients", entry | {"source_id": f"x{len(sent.data)}"})
        assert (created.status_code, sent.note(again).status_code) == (201, 409)
        path = f"/v1/clients/{created.json()['id']}"
        sent.note(await world.organiser.put(path, entry | {"language": "sv"}, If_Match='"1"'), may_tell=True)
        sent.note(await world.organiser.put(path, entry, If_Match='"1"'))
        for speaker, contains in ((world.organiser, True), (world.provider_b, False)):
            search = {"identity": {"system": PERSONAL, "value": code}}
            sent.note(await speaker.post("/v1/client-searches", search), may_tell=contains)
    for _ in range(4):
        sent.note(
            await world.provider_a.post(
                "/v1/client-searches", {"identity": {"system": PERSONAL, "value": sent.data.new()}}
            )
        )


async def as_words(sent: Sent) -> None:
    """A careless sender writes one into free text: it stays with the record, in its answers, and goes nowhere else."""
    world, data = sent.world, await scene(sent.world)
    agreement = f"/v1/agreements/{data['agreement']['id']}"
    entry = plain(data["agreement"]) | {
        "tasks_and_goals": f"Kysy {sent.written.new()}",
        "absence_reporting": sent.written.new(),
    }
    measured = f"/v1/measurements/{(await world.measurement(data['relationship']))['id']}"
    permission = {"licence": sent.written.new(), "granted_by": "x", "granted_on": world.day(1)}
    decision = {
        k: data["relationship"][k]
        for k in ("client_id", "provider_id", "legal_bases", "service_task", "service_kind")
    }
    tries = [
        (world.provider_a, "PUT", agreement, entry, {"If_Match": '"2"'}),
        (
            world.provider_a,
            "PUT",
            f"{data['day']}/justification",
            data["justification"] | {"explanation": sent.written.new()},
            {"If_Match": '"1"'},
        ),
        (
            world.organiser,
            "POST",
            f"{data['day']}/justification/review",
            {"decision": "rejected", "reason": sent.written.new()},
            {},
        ),
        (
            world.provider_a,
            "POST",
            f"{agreement}/end",
            {"ends_on": world.day(1), "reason": sent.written.new()},
            {"Idempotency_Key": "e"},
        ),
        (
            world.organiser,
            "POST",
            "/v1/decisions",
            decision
            | {
                "valid_from": world.day(0),
                "reasons": sent.written.new(),
                "place": sent.written.new(),
                "source_id": "d",
            },
            {},
        ),
        (
            world.organiser,
            "POST",
            "/v1/clients",
            {"family_name": sent.written.new(), "given_names": "x", "turvakielto": False, "source_id": "w"},
            {},
        ),
        (
            world.organiser,
            "POST",
            "/v1/organisations",
            {"kind": "workplace", "name": sent.written.new(), "source_id": "o"},
            {},
        ),
        (world.provider_a, "POST", f"{measured}/void", {"reason": sent.written.new()}, {}),
        (
            world.organiser,
            "PUT",
            "/v1/instruments/kykyviisari",
            {"permission": permission},
            {"If_Match": '"1"'},
        ),
        (
            world.organiser,
            "POST",
            "/v1/units",
            {
                "organisation_id": str(world.provider_a.organisation_id),
                "name": sent.written.new(),
                "source_id": "u",
            },
            {},
        ),
    ]
    for speaker, method, path, body, headers in tries:
        answer = sent.note(await speaker(method, path, body, **headers), may_tell=True)
        assert answer.status_code in {200, 201}, answer.text


async def astray(sent: Sent) -> None:
    """Where a code never belongs: keys, addresses, headers, broken bodies, forms."""
    world, new = sent.world, sent.stray.new
    values = await scene(world)
    line = {"agreement_id": values["agreement"]["id"], "date": world.day(9), "status": "present"}
    client = {"family_name": "A", "given_names": "B", "turvakielto": False}
    get, post, put = world.organiser.get, world.organiser.post, world.provider_a.put
    sent.note(await post("/v1/clients", client | {"source_id": new()}))
    sent.note(await post("/v1/clients", client | {"source_id": f"asiakas/{new()}/1"}))
    sent.note(
        await world.provider_a.post(
            "/v1/attendance-batches",
            {"items": [line | {"source_id": new()}, line | {new(): 1}, {"agreement_source_id": new()}]},
        )
    )
    sent.note(
        await put(f"/v1/agreements/{values['agreement']['id']}/attendance/{new()}", {"status": "present"})
    )
    for path in (
        "/v1/clients/{}",
        "/v1/{}",
        "/{}",
        "/v1/code-systems/{}",
        "/v1/clients?{}=1",
        "/v1/clients?source_id={}",
        "/v1/clients?cursor={}",
        "/v1/changes?cursor={}",
        "/v1/attendance?from={}",
        "/v1/agreements?status={}",
        "/v1/clients?limit={}",
        "/problems/{}",
    ):
        sent.note(await get(path.format(new())))
    for header in (
        "X_Request_Id",
        "If_None_Match",
        "X_Road_UserId",
        "X_Road_Client",
        "traceparent",
        "Accept_Language",
        "User_Agent",
        "Authorization",
    ):
        sent.note(await get(f"/v1/clients/{values['client']['id']}", **{header: new()}))
    for key in (new(), f"k-{new()}"):
        sent.note(await post("/v1/clients", client, Idempotency_Key=key))
    sent.note(await put(values["day"], {"status": "present"}, If_Match=new()))
    for raw in (
        '{{"family_name": {}',
        '{{"{}": 1}}',
        '{{"identity": "{}"}}',
        '["{}"]',
        '"{}"',
        '{{"turvakielto": "{}"}}',
        '{{"a":1,"a":"{}"}}',
    ):
        sent.note(await post("/v1/clients", raw.format(new()).encode(), Idempotency_Key="r"))
    wrong = {"system": PERSONAL, "value": new()[:-1] + "?"}
    sent.note(await post("/v1/client-searches", {"identity": wrong}))
    form = {"grant_type": "client_credentials", "client_assertion": new(), "scope": new(), "client_id": new()}
    for one in form:
        data = form | {
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            one: new(),
        }
        sent.note(await world.organiser.http.post("/oauth2/token", data=data, headers={"Authorization": ""}))


def inside(text: str, codes: list[str]) -> list[str]:
    lowered = text.lower()
    return [code for code in codes if code.lower() in lowered]


async def dump(owner: asyncpg.Connection) -> Iterator[tuple[str, str]]:
    found = await owner.fetch(
        "select c.oid::regclass::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'"
    )
    whole = []
    for table in sorted(row["name"] for row in found):
        rows = await owner.fetch(
            f"select t::text as row, {'replaced::text' if table == 'journal' else 'null'} as past from {table} t"
        )
        # earlier versions keep the words of a record; nothing else of the journal may
        text = "\n".join(
            row["row"].replace(_escaped(row["past"]), "") if row["past"] else row["row"] for row in rows
        )
        whole.append((table, text))
    return iter(whole)


def _escaped(past: str) -> str:
    return past.replace('"', '""')


async def test_fifty_codes_by_every_way_in_are_nowhere_they_should_not_be(
    world: TenantFixture, cluster: EmbeddedPostgres
) -> None:
    sent = Sent(world)
    with capture_logs() as lines:
        await as_data(sent)
        await as_words(sent)
        await astray(sent)
        sent.note(await world.organiser.get("/metrics"))
        await world.feed(world.organiser)
    assert len(sent.codes) >= 50
    assert 500 not in {answer.status_code for answer, _ in sent.answers}
    log = json.dumps(lines, default=str, ensure_ascii=False)
    assert len(lines) > 50
    assert inside(log, sent.codes) == [], "application log, before its last stage"
    for answer, may_tell in sent.answers:
        data = (
            str(answer.headers)
            if may_tell and answer.status_code < 300
            else str(answer.headers) + answer.text
        )
        assert inside(data, sent.codes) == [], f"{answer.status_code} of {answer.request.method}"
        assert inside(answer.text if '"next"' in answer.text and not may_tell else "", sent.codes) == []
    for table, text in await dump(world.owner):
        forbidden = [*sent.data, *sent.stray] + ([] if table in FREE_TEXT else list(sent.written))
        assert inside(text, forbidden) == [], table
    sealed = await world.owner.fetch(
        "select identity_sealed, identity_index from clients where organiser_id = $1", world.organiser_id
    )
    assert len([row for row in sealed if row["identity_sealed"]]) >= 8
    assert inside(str([bytes(value) for row in sealed for value in row if value]), sent.codes) == []
    await _server_log(world.owner, cluster.log, sent)


async def _server_log(owner: asyncpg.Connection, log: Path, sent: Sent) -> None:
    """PostgreSQL's own log, at the settings that our cluster runs with: of errors it says nothing at all."""
    await owner.execute("do $$ begin raise log 'the log is written'; end $$")
    text = await asyncio.to_thread(log.read_text, errors="replace")
    assert "the log is written" in text
    assert inside(text, sent.codes) == []
    for name, wanted in (("log_error_verbosity", "terse"), ("log_parameter_max_length_on_error", "0")):
        assert await owner.fetchval(f"show {name}") == wanted
