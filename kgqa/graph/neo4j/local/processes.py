"""What the system tells of a server: its process, its port, the lock on its files."""

from __future__ import annotations

import os
import socket
import subprocess

from kgqa.errors import UsageError

STOP_SECONDS = 60.0


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a server by its input, or at once when that takes too long."""
    if process.stdin is not None and process.poll() is None:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port(wanted: int | None) -> int:
    """A free port of the loopback address, or the one wanted. Raises UsageError when that is taken."""
    with socket.socket() as probe:
        if os.name == "posix":  # where it lets nobody take a port that is in use
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted or 0))
        except OSError as error:
            raise UsageError(f"port {wanted} is taken ({error.strerror}); name another, or none") from error
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether something takes connections there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return True
    except OSError:
        return False


def can_lock(handle: int) -> bool:
    """Whether nobody else holds an open file locked."""
    try:
        import fcntl
    except ImportError:  # Windows: an open file cannot be locked there by another either, so ask the port alone
        return True
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.lockf(handle, fcntl.LOCK_UN)
        return True
    except OSError:
        return False
