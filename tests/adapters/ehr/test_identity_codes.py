"""Identity codes that come with the record system's decisions are sealed, also where a decision cannot be filed."""

from typing import Any

from structlog.testing import capture_logs
from tests.adapters.ehr.conftest import PERSONAL, Exchange
from tests.conftest import identity_code

TABLES = (
    "ehr_inbox",
    "ehr_deliveries",
    "ehr_lanes",
    "ehr_intents",
    "ehr_cursors",
    "ehr_targets",
    "journal",
    "use_log",
    "clients",
    "decisions",
    "service_relationships",
    "idempotency_keys",
)


async def test_a_code_in_a_decision_is_in_no_table_log_or_list_in_the_clear(exchange: Exchange) -> None:
    codes = [identity_code(50_000 + at) for at in range(6)]

    def person(code: str, **more: Any) -> dict[str, Any]:
        return {"identity": {"system": PERSONAL, "value": code}} | more

    ours = await exchange.world.client()
    with capture_logs() as lines:
        for code in codes[:3]:
            await exchange.decided(**person(code))
        await exchange.decided(**person(codes[3], client_id=ours["id"]))  # somebody else's: quarantined
        nobody = {"provider_id": "0198c0de-0000-7000-8000-000000000000"}
        await exchange.decided(**person(codes[4], **nobody))
        created = await exchange.decided(**person(codes[5]))
        await exchange.theirs.act("amend", id=created["id"], days_per_week=2)
        await exchange.take_in()
        answers = [
            await exchange.world.organiser.get(f"/v1/ehr/{what}")
            for what in ("inbox", "deliveries", "targets")
        ]
    assert {item["state"] for item in answers[0].json()["items"]} >= {"applied", "quarantined"}
    assert lines
    data = str(lines) + "".join(answer.text + str(answer.headers) for answer in answers)
    assert [code for code in codes if code in data] == []
    for table in TABLES:
        rows = await exchange.world.owner.fetch(f"select t::text as row from {table} t")
        assert not [code for code in codes for row in rows if code in row["row"]], table
    found = [
        item["identity"]["value"]
        for item in await exchange.world.pages(exchange.world.organiser, "/v1/clients")
        if "identity" in item
    ]
    assert set(found) >= {*codes[:3], codes[5]}, "as data they are where they belong"
