"""What is told of a whole care path is in the use log: one row for each answer, naming its client."""

import pytest
from tests.access.test_use_log_api import STAGED
from tests.conftest import ApiClient, TenantFixture
from tests.privacy import stage


@pytest.mark.parametrize("operation", STAGED)
async def test_every_answer_about_a_whole_care_path_is_one_row(world: TenantFixture, operation: str) -> None:
    created = await stage.care_path(world, world.provider_a)
    await stage.with_parties(world, created)
    method, path, body, headers = stage.requests(created, world.today)[operation]
    speaker: ApiClient = getattr(world, STAGED[operation])
    before = len(await world.use_log(operation=operation))
    answer = await speaker(
        method, path, body, **headers | ({"If_Match": "*"} if method in {"PUT", "POST"} else {})
    )
    assert answer.status_code in {200, 201}, answer.text
    rows = (await world.use_log(operation=operation))[before:]
    assert [[str(client) for client in row["client_ids"]] for row in rows] == [[created.client]]
