"""What the demo does to the database and the running API. Both run inside the supervisor's process.

The supervisor imports this module before anything is up, so import the heavy things inside the functions."""

from walmu_api.demo.greeting import Greeting
from walmu_api.settings import Settings


async def migrate(settings: Settings) -> None:
    """Bring the schema up to date. Called when PostgreSQL answers and before the API starts, at every start;
    `settings.database` holds the URLs to use, also for the embedded server."""


async def seed(settings: Settings) -> Greeting | None:
    """Fill an empty installation with example data. Called when API and simulator are ready, at every start,
    so it must find out by itself that there is nothing to do. What it returns appears in the greeting."""
    return None
