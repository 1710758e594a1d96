"""The composition root of the background loops: exchange with the record systems."""

from walmu_api.settings import Settings


async def run(settings: Settings, database_url: str) -> None:
    """Until the process is told to stop."""
