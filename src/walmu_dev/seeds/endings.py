"""How some of the demo's services ended, and where the clients went on to.

They are the clients of the last two providers who have no agreement.

The first two are left as they began, for whoever tries the API with their clients."""

from datetime import timedelta

from walmu_dev.people import INSTRUCTOR
from walmu_dev.seeds.providers import Provider
from walmu_dev.seeds.seeder import Seeder

PATHS = (
    "paid_work",
    "work_practice",
    "paid_work",
    "vocational_studies",
    "work_practice",
    "paid_work",
    "work_practice",
)
LAST = "seed-provider-d-9-ended"
"""The key of the last ending."""


async def fill(seeder: Seeder, provider: Provider, first_number: int) -> None:
    for at in range(provider.agreements, provider.clients):
        ending = {
            "kind": "ended",
            "service_relationship_source_id": f"seed-{provider.key}-{at}",
            "reason": "Tavoitteet saavutettiin",
            "ends_on": (seeder.day - timedelta(days=3)).isoformat(),
            "onward_path": PATHS[(first_number + at) % len(PATHS)],
            "author": INSTRUCTOR,
            "source_id": f"seed-{provider.key}-{at}-ended",
        }
        await seeder.ask(provider.organiser, "POST", "/v1/service-events", ending)
