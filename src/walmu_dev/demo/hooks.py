"""What the demo does to the database and the running API. Both run inside the supervisor's process.

The supervisor imports this module before anything is up, so heavy imports stay inside the functions."""

from dataclasses import replace

from walmu_dev.greeting import Greeting
from walmu_dev.settings import DevSettings


async def migrate(settings: DevSettings) -> DevSettings:
    """Bring the schema up to date, make the secrets of a new installation, and a login for each process.

    Called at every start, before the API starts. The settings returned name the logins."""
    from walmu_api.foundation.encryption import Keyring  # noqa: PLC0415
    from walmu_api.foundation.migrating import migrate as upgrade  # noqa: PLC0415
    from walmu_dev.postgres.logins import make_logins  # noqa: PLC0415

    owner = settings.database.migration_url
    assert owner is not None
    await upgrade(owner)
    if not settings.keyring_file.exists():
        Keyring.create(settings.keyring_file)
    logins = await make_logins(owner)
    named = replace(settings.database, url=logins.api, worker_url=logins.worker, auditor_url=logins.auditor)
    return replace(settings, database=named)


async def seed(settings: DevSettings) -> Greeting | None:
    """Fill a new installation with example data.

    Called at every start, when API and simulator are ready; does nothing when the data is there."""
    from walmu_dev.seeds.fill import fill  # noqa: PLC0415

    return await fill(settings)
