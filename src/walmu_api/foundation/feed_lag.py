"""How long the oldest open write holds the change feed back: a figure for `/metrics`."""

import time

from walmu_api.foundation.database import Session

_OPEN_WRITES = """
select pg_snapshot_xmin(pg_current_snapshot())::text as oldest,
  pg_snapshot_xmin(pg_current_snapshot()) < pg_snapshot_xmax(pg_current_snapshot()) as any_open,
  (select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8 from pg_stat_activity
   where backend_xid is not null and pid <> pg_backend_pid()) as ours
"""


class FeedLag:
    """A login sees when transactions of its own sessions began. Of the worker's and everybody else's it sees that
    one is open: their age counts from the look at which it was first seen."""

    def __init__(self) -> None:
        self._oldest, self._since = "", 0.0

    async def look(self, session: Session) -> float:
        """In seconds; the session is the login's own, without a role."""
        found = await session.fetchrow(_OPEN_WRITES)
        assert found is not None
        return self.after(found["oldest"], found["ours"], any_open=found["any_open"])

    def after(self, oldest: str, ours: float, *, any_open: bool) -> float:
        now = time.monotonic()
        if oldest != self._oldest or not any_open:
            self._oldest, self._since = oldest, now
        return max(ours, now - self._since)
