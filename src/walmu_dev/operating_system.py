"""Processes that end with the one that started them, and locks that the kernel takes back with their holder.

Both lean on the kernel instead of on clean-up code, because clean-up code does not run after `kill -9`."""

import ctypes
import fcntl
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class LockTakenError(Exception):
    """Somebody else holds the lock; `holder` is the process id that the file names, if any."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(f"{path} is locked by process {holder or 'unknown'}.")
        self.path, self.holder = path, holder


def die_with_parent(death: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends `death` to the child when its parent ends, however that ends.

    "Parent" means the thread that forked, so start such children from the main thread. Only Linux has this;
    elsewhere a child outlives a killed parent."""
    parent = os.getpid()

    def arrange() -> None:
        if sys.platform == "linux":
            _libc.prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(death))
            if os.getppid() != parent:  # it died before the line above
                os._exit(1)

    return arrange


def how_ended(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def enter_user_namespace(uid: int, gid: int) -> None:
    """In a forked child of root: look like `uid` to itself, while the files it makes stay root's.

    `os.unshare` would do from Python 3.12 on."""
    outer_uid, outer_gid, clone_newuser = os.geteuid(), os.getegid(), 0x10000000
    if _libc.unshare(clone_newuser) != 0:
        raise OSError(ctypes.get_errno(), "This system forbids user namespaces")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {outer_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {outer_gid} 1")


def lock(path: Path) -> int:
    """Lock the file until the returned descriptor is closed, here and in every process that inherited it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 20).decode(errors="replace").strip()
        os.close(descriptor)
        raise LockTakenError(path, holder) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def make_folder(path: Path) -> None:
    """Make the folder if it is missing. Others may pass through it only where root needs another user to."""
    if not path.is_dir():
        path.mkdir(parents=True)
        path.chmod(0o711 if os.geteuid() == 0 else 0o700)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
