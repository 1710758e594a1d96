"""Under which account the embedded PostgreSQL runs: it refuses root, and root is who runs in many containers.

Not root: as oneself. Root: as `nobody` where `nobody` can walk to the folders, else inside a user namespace,
in which one looks like `nobody` to oneself. So does a user without a name (containers have such), because
initdb wants one. No mode of any folder outside the data folder is ever changed for it."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from walmu_dev.operating_system import die_with_parent, enter_user_namespace

_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "TZ": "UTC",
}  # ours holds secrets and perhaps PG* variables


class EmbeddedError(Exception):
    """The embedded server cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Account:
    uid: int  # who owns the files of the server
    gid: int
    switch: bool = False  # become that user
    namespace: bool = False  # look like nobody to itself

    def launch(
        self, argv: Sequence[str], *, death: signal.Signals, output: int, keep_open: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        with_parent = die_with_parent(death)

        def prepare() -> None:  # runs after the change of user, which would undo it
            if self.namespace:
                enter_user_namespace(65534, 65534)
            with_parent()

        return subprocess.Popen(  # noqa: S603 -- programs of the wheel
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=_ENVIRONMENT,
            cwd="/",
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
            umask=0o077,
            process_group=0,  # Ctrl-C in the terminal is for the supervisor
            pass_fds=keep_open,
            preexec_fn=prepare,  # noqa: PLW1509 -- system calls only, and few
        )

    def can_run(self, program: Path) -> bool:
        try:
            probe = self.launch([str(program), "--version"], death=signal.SIGKILL, output=subprocess.DEVNULL)
            return probe.wait(30) == 0
        except (OSError, subprocess.SubprocessError):
            return False

    def give(self, folder: Path) -> None:
        """Make the folder this account's own, and closed. Root may have copied it, or the account changed."""
        folder.chmod(0o700)
        if (found := folder.stat()).st_uid == self.uid:
            return
        if os.geteuid() != 0:
            raise EmbeddedError(f"{folder} belongs to another user ({found.st_uid}).")
        for parent, folders, files in os.walk(folder):
            for name in (".", *folders, *files):
                shutil.chown(Path(parent, name), self.uid, self.gid)


def account_for(program: Path, *folders: Path) -> Account:
    """The first account that can run the program and walk to the folders."""
    uid, gid = os.geteuid(), os.getegid()
    if uid != 0 and _named(uid):
        candidates = [Account(uid, gid)]
    elif uid == 0 and all(_open_to_all(folder) for folder in (program.parent, *folders)):
        candidates = [_nobody(), Account(uid, gid, namespace=True)]
    else:
        candidates = [Account(uid, gid, namespace=True)]
    for account in candidates:
        if account.can_run(program):
            return account
    why = "it refuses root, and no other account can be used" if uid == 0 else f"{program} does not run"
    raise EmbeddedError(
        f"The embedded PostgreSQL cannot be run here ({why}). Set DATABASE_URL to a PostgreSQL 15 or newer."
    )


def _named(uid: int) -> bool:
    try:
        return bool(pwd.getpwuid(uid))
    except KeyError:
        return False


def _nobody() -> Account:
    try:
        entry = pwd.getpwnam("nobody")
        return Account(entry.pw_uid, entry.pw_gid, switch=True)
    except KeyError:
        return Account(65534, 65534, switch=True)


def _open_to_all(folder: Path) -> bool:
    path = folder.resolve()
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents))
