"""Where the embedded PostgreSQL listens: a Unix socket in a folder that is closed to other users.

The place follows from the data folder alone, so every process that knows the data folder finds the server."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from walmu_api.foundation.server_account import Account, EmbeddedError

PORT = "5432"  # only a part of the socket's name
LONGEST_PATH = 107  # bytes; the kernel's limit
_SOCKET = f".s.PGSQL.{PORT}"


def socket_folder(folder: Path) -> Path:
    """Beside the data, unless the kernel or the parsers of URLs could not take that path."""
    inside = folder / "socket"
    if len(os.fsencode(inside / _SOCKET)) <= LONGEST_PATH and re.fullmatch(
        r"[\w./-]+", str(inside), re.ASCII
    ):
        return inside
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir(), f"walmu-{name}")


def open_socket_folder(folder: Path, account: Account) -> None:
    """Make it ready for a server. It may lie in a public folder, so what somebody else made is refused."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.lstat().st_uid not in {os.geteuid(), account.uid}:
        raise EmbeddedError(f"{folder} was made by somebody else. Remove it and try again.")
    account.give(folder)
    for leftover in (_SOCKET, f"{_SOCKET}.lock"):
        (folder / leftover).unlink(missing_ok=True)
