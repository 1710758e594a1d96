"""What the demo does to the database and the running API. Both run inside the supervisor's process.

The supervisor imports this module before anything is up, so heavy imports stay inside the functions."""

from walmu_dev.greeting import Greeting
from walmu_dev.settings import DevSettings


async def migrate(settings: DevSettings) -> None:
    """Bring the schema up to date and make the secrets of a new installation.

    Called at every start, before the API starts."""
    from walmu_api.foundation.encryption import Keyring  # noqa: PLC0415
    from walmu_api.foundation.migrating import migrate as upgrade  # noqa: PLC0415

    assert settings.database.migration_url is not None
    await upgrade(settings.database.migration_url)
    if not settings.keyring_file.exists():
        Keyring.create(settings.keyring_file)


async def seed(settings: DevSettings) -> Greeting | None:
    """Fill a new installation with example data.

    Called at every start, when API and simulator are ready; does nothing when the data is there."""
    from walmu_dev.seeds.fill import fill  # noqa: PLC0415

    return await fill(settings)
