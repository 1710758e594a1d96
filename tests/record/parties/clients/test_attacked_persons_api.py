"""What a merge and a change of code must not tell, lose or break: each test was a fault once."""

from tests.adapters.national.test_frozen_documents import path_of, signed
from tests.conftest import TenantFixture
from tests.record.parties.clients.test_merging_api import merge, unmerge


async def test_a_provider_reads_documents_of_who_was_taken_out_again(world: TenantFixture) -> None:
    client, agreement = await signed(world)
    other = await world.client(family_name="Entinen")
    assert (await merge(world, {"client": client}, {"client": other})).status_code == 200
    assert (await unmerge(world, {"client": client})).status_code == 200
    answer = await world.provider_a.get(path_of(agreement))
    assert answer.status_code == 200, answer.text
