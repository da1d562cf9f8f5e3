"""A local server in a folder of its own: ``start``, ``stop``, ``status``; its password is random and in a private file.

The server runs while the file ``running.json`` stands: taking it away ends it in good order, on every system alike.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kgqa.errors import StoreError
from kgqa.graph.neo4j.local.processes import STOP_SECONDS, can_lock, end, free_port, listens
from kgqa.graph.neo4j.local.software import fetch_jars, launch_command

HEAP = "1g"
_FIRST_PASSWORD = "neo4j"  # what a new server starts with; it is changed before anything else is done
_START_SECONDS = 180.0
_COMMAND_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of a local server. ``uri`` is None when it does not run."""

    running: bool
    uri: str | None
    folder: str
    password_file: str
    log: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class LocalServer:
    """The server that lives in ``folder``; ``cache`` is where its software is kept."""

    def __init__(self, folder: Path, *, cache: Path) -> None:
        self.folder = folder.absolute()
        self.cache = cache
        self.home = self.folder / "home"
        self.conf = self.folder / "conf" / "neo4j.conf"
        """Settings of Neo4j's own, read at the start where this file is."""
        self.password_file = self.folder / "password"
        self.log = self.folder / "server.log"
        self._flag = self.folder / "running.json"

    # --- what is

    def status(self) -> Status:
        """Asks the server itself: a file that a killed server left does not count."""
        port = self._port()
        up = port is not None and listens(port) and self._accepts(port)
        uri = f"bolt://127.0.0.1:{port}/neo4j" if up else None
        return Status(up, uri, str(self.folder), str(self.password_file), str(self.log))

    @property
    def has_data(self) -> bool:
        """Whether it has ever been started or loaded."""
        return (self.home / "data" / "databases" / "neo4j").is_dir()

    def password(self) -> str:
        """The password of the user ``neo4j``. Raises StoreError before the first start."""
        try:
            return self.password_file.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise StoreError(f"{self.folder}: no server has been started here: `kgqa neo4j start`") from None

    # --- what is done

    def start(self, *, port: int | None = None, heap: str = HEAP, first: Sequence[str] = ()) -> Status:
        """Starts the server in the background unless it runs. ``port``: a free one when None.

        ``first``: a command of Neo4j's administration tool that its process runs before, from the folder ``home``.
        Raises MissingDependencyError without Java or Maven, StoreError when it does not come up.
        """
        with self._turn():
            status = self.status()
            if status.running:
                return status
            command = self._prepare(heap)
            port = free_port(port)
            self._flag.write_text(json.dumps({"port": port}), encoding="utf-8")
            command += [str(self.home), str(port), str(self._flag), *first]
            with self.log.open("w", encoding="utf-8") as log:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=self.home,
                    start_new_session=True,
                )
            try:
                self._await(process, port, _COMMAND_SECONDS if first else _START_SECONDS)
            except BaseException:
                self._flag.unlink(missing_ok=True)
                process.kill()
                process.wait()
                raise
            return self.status()

    def stop(self) -> bool:
        """Ends the server in good order; False when none ran. Raises StoreError when it does not end."""
        with self._turn():
            port = self._port()
            was = port is not None and listens(port)
            self._flag.unlink(missing_ok=True)
            deadline = time.monotonic() + STOP_SECONDS
            while port is not None and self._held():
                if time.monotonic() > deadline:
                    raise StoreError(f"the server on port {port} does not end; its log is {self.log}")
                time.sleep(0.1)
            return was

    def discard_data(self) -> None:
        """Removes the database ``neo4j`` of a server that does not run."""
        for kind in ("databases", "transactions"):
            shutil.rmtree(self.home / "data" / kind / "neo4j", ignore_errors=True)

    @contextmanager
    def running(self, *, heap: str = HEAP, port: int | None = None, short: bool = False) -> Iterator[RunningServer]:
        """A server that ends with the context, and with this process however that ends: for tests and measurements.

        ``short``: it will not live long, so Java compiles quickly rather than well.
        """
        command = [*self._prepare(heap, short=short), str(self.home), str(port := free_port(port))]
        with self.log.open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, cwd=self.home
            )
        try:
            self._await(process, port)
            yield RunningServer(f"bolt://127.0.0.1:{port}/neo4j", self.password(), process, self.conf.parent)
        finally:
            end(process)

    # --- kernels

    def _prepare(self, heap: str, *, short: bool = False) -> list[str]:
        command = launch_command(fetch_jars(self.cache), heap=heap, short=short)
        self.home.mkdir(parents=True, exist_ok=True)
        if not self.password_file.exists():
            handle = os.open(self.password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(secrets.token_urlsafe(18))
        return command

    def _await(self, process: subprocess.Popen[bytes], port: int, seconds: float = _START_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not (listens(port) and self._accepts(port)):
            if process.poll() is not None or time.monotonic() > deadline:
                lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
                told = next((line for line in lines if "Caused by" in line), lines[-1] if lines else "it says nothing")
                raise StoreError(f"the server did not start: {told}; its log is {self.log}")
            time.sleep(0.1)

    def _accepts(self, port: int) -> bool:
        """Whether the server takes our password, which it is given when it still has the first one."""
        from neo4j import GraphDatabase
        from neo4j.exceptions import AuthError, DriverError, Neo4jError

        password = self.password()
        try:
            with GraphDatabase.driver(f"bolt://127.0.0.1:{port}", auth=("neo4j", password)) as driver:
                driver.verify_connectivity()
            return True
        except AuthError:
            pass
        except (DriverError, Neo4jError, OSError):
            return False
        try:
            with (
                GraphDatabase.driver(f"bolt://127.0.0.1:{port}", auth=("neo4j", _FIRST_PASSWORD)) as driver,
                driver.session(database="system") as session,
            ):
                query = "ALTER CURRENT USER SET PASSWORD FROM $old TO $new"
                session.run(query, old=_FIRST_PASSWORD, new=password).consume()
            return True
        except (DriverError, Neo4jError, OSError):
            return False

    def _port(self) -> int | None:
        try:
            return int(json.loads(self._flag.read_text(encoding="utf-8"))["port"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _held(self) -> bool:
        """Whether a server has the database open: it holds the lock of its store."""
        lock = self.home / "data" / "databases" / "store_lock"
        try:
            with lock.open("r+b") as file:
                return not can_lock(file.fileno())
        except FileNotFoundError:
            return False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / "turn.lock", timeout=_START_SECONDS + STOP_SECONDS):
                yield
        except Timeout as error:
            raise StoreError(f"{self.folder}: another process has been starting or stopping this server") from error


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server under way in the foreground."""

    uri: str
    password: str = field(repr=False)
    process: subprocess.Popen[bytes]
    conf: Path
    """The folder of its settings and certificates."""
