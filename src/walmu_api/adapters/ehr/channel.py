"""What every step of the exchange with one record system needs."""

from walmu_api.adapters.ehr import targets
from walmu_api.adapters.ehr.port import RecordSystem
from walmu_api.adapters.ehr.targets import Target
from walmu_api.foundation.database import Database, Tenancy
from walmu_api.foundation.encryption import Keyring


class Channel:
    """The way to one target: our database and keys, and what speaks its dialect."""

    def __init__(self, database: Database, keyring: Keyring, target: Target, system: RecordSystem) -> None:
        self.database, self.keyring, self.target, self.system = database, keyring, target, system
        self.tenancy = Tenancy(target.organiser_id)

    async def in_force(self) -> bool:
        """Asked before anything is sent or asked over there: a revocation holds at once, and not from the next start."""
        async with self.database.transaction(self.tenancy) as session:
            return await targets.in_force(session, self.target)
