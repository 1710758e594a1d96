"""What a workplace can learn beside the records: from the feed, from files, and by guessing what it does not read.

The page of audiences: what is hidden can't be probed; no status and no file depends on a hidden value."""

from typing import Any

import pytest
from tests.conftest import ApiClient, TenantFixture
from tests.record.case_file.documents.samples import AUTHOR
from tests.record.everyday.attendance.days.test_workplace_api import own_and_other
from tests.record.everyday.work_diary.test_work_diary_api import PATH, Place


@pytest.fixture
async def days(world: TenantFixture) -> str:
    own, _ = await own_and_other(world)
    return f"/v1/agreements/{own['id']}/attendance"


async def test_the_feed_names_no_key_of_the_providers_system(world: TenantFixture, days: str) -> None:
    """Tried: the feed's own `source_id`, beside the record. A key may hold a number of the provider's system, and
    the page names it nowhere among what a workplace reads."""
    path = f"{days}/{world.day(3)}"
    absent = {"status": "absent", "source_id": "kanaria-1"}
    assert (await world.provider_a.put(path, absent)).status_code == 201
    words = {
        "reason": "own_illness",
        "given_by": "client",
        "given_on": world.day(3),
        "source_id": "kanaria-2",
    }
    assert (await world.provider_a.put(f"{path}/justification", words)).status_code == 201
    assert (await world.workplace.put(path, {"status": "absent"})).status_code == 200
    items, _ = await world.feed(world.workplace)
    assert {"attendance", "justification"} <= {item["resource_type"] for item in items}
    assert "kanaria" not in str(items)


async def test_a_file_does_not_tell_whether_a_part_of_a_day_has_a_reason(
    world: TenantFixture, days: str
) -> None:
    """Tried: a part of a day with and without the provider's reason; only the one with a reason lacked its
    justification (`Puuttuu`)."""
    for ago, more in ((3, {"absence_reason": "condition_of_day"}), (4, {})):
        answer = await world.provider_a.put(f"{days}/{world.day(ago)}", {"status": "partial"} | more)
        assert answer.status_code == 201
    file = (await world.workplace.get("/v1/attendance", Accept="text/csv", Accept_Language="fi")).text
    without, reason = [
        line.split(";", 1)[1] for line in file.splitlines() if line.startswith(world.day(3)[:2])
    ]
    assert reason == without
    whole = (await world.provider_a.get("/v1/attendance", Accept="text/csv", Accept_Language="fi")).text
    assert "Puuttuu" in whole, "the provider reads that it is due"


async def _guess(speaker: ApiClient, path: str, entry: dict[str, Any]) -> tuple[int, str]:
    answer = await speaker.put(path, entry, If_Match='"1"')
    return answer.status_code, answer.json()["code"] if answer.is_error else ""


async def test_what_the_provider_made_of_a_report_cannot_be_guessed(world: TenantFixture) -> None:
    """Tried: PUT of the corrected words, which the workplace does not read. The right guess was 200, all others 403."""
    place = await Place.of(world)
    data = await place.reported()
    corrected = {
        "kind": "daily_performance",
        "period": data["period"],
        "description": "Kanaria väsyi kesken.",
    }
    ours = await place.confirmed(data, corrected=corrected)
    guess: dict[str, Any] = {
        name: ours[name] for name in ("written_on", "service_task", "services") if name in ours
    }
    guess |= corrected | {"author": AUTHOR, "agreement_id": data["agreement_id"]}
    path = f"{PATH}/{data['id']}"
    right = await _guess(world.workplace, path, guess)
    wrong = await _guess(world.workplace, path, guess | {"description": "Meni hyvin."})
    assert right == wrong == (403, "not-yours-to-change")


async def test_why_the_provider_voided_a_report_cannot_be_guessed(world: TenantFixture) -> None:
    """Tried: voiding again with a guessed reason. The right guess was 200, all others a refusal."""
    place = await Place.of(world)
    data = await place.reported()
    await place.confirmed(data)
    path = f"{PATH}/{data['id']}"
    assert (await world.provider_a.post(f"{path}/void", {"reason": "Kanaria sairaalassa"})).status_code == 200
    answers = [
        await world.workplace.post(f"{path}/void", {"reason": reason})
        for reason in ("Kanaria sairaalassa", "Väärä päivä")
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(403, "not-yours-to-change")] * 2
