"""Now, and today in Helsinki. The one place that reads the machine's clock.

A file in the data folder may hold an offset in seconds; API, worker and simulator read the same file, so a
test or a demonstration moves all three at once. The database adds the same offset (`walmu_now()`), handed
over with each transaction. Production has no such file."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")


class Clock:
    def __init__(self, offset_file: Path | None = None) -> None:
        self._file = offset_file
        self._offset = timedelta(0)
        self._stamp: tuple[int, int] | None = None
        self._look_again = 0.0

    @property
    def offset(self) -> timedelta:
        """How far this clock is ahead of the machine's; looked up at most ten times a second."""
        if self._file is not None and time.monotonic() >= self._look_again:
            self._look_again = time.monotonic() + 0.1
            self._read(self._file)
        return self._offset

    def _read(self, file: Path) -> None:
        try:
            found = file.stat()
            if (stamp := (found.st_mtime_ns, found.st_ino)) != self._stamp:
                self._offset = timedelta(seconds=float(file.read_text() or 0))
                self._stamp = stamp
        except FileNotFoundError:
            self._offset, self._stamp = timedelta(0), None

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def today(self) -> date:
        """The day it is in Finland, whatever zone the machine runs in."""
        return self.now().astimezone(HELSINKI).date()

    def set(self, instant: datetime) -> None:
        """Move the shared clock so that it shows `instant` now."""
        if self._file is None:
            raise RuntimeError("This clock has no file to share its offset in.")
        offset = (instant - datetime.now(UTC)).total_seconds()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(f".{os.getpid()}")
        draft.write_text(f"{offset:.6f}")
        draft.replace(self._file)
        self._look_again = 0.0
