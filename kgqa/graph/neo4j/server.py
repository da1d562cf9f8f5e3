"""The connection to a Neo4j server: one driver, parameterised queries, errors that say what to do."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kgqa.errors import DeadlineError, StoreError, StoreUnreachableError, UsageError

if TYPE_CHECKING:
    from neo4j import Driver, Session, Transaction

PENDING = 2**53 - 1
"""The revision of what is still being written: above every revision that there will be."""


class Server:
    """A database on a server. Credentials come from NEO4J_USERNAME and NEO4J_PASSWORD and are never shown."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        if parts.username or parts.password:
            raise UsageError("no credentials in a URI: set NEO4J_USERNAME and NEO4J_PASSWORD in the environment")
        self.location = uri
        self._address = f"{parts.scheme}://{parts.netloc}"
        self._database = parts.path.strip("/") or "neo4j"
        self._closed = False
        self._writing_thread: int | None = None
        self._write_lock = threading.Lock()
        self._connect()

    def _connect(self) -> None:
        from neo4j import GraphDatabase

        password = os.environ.get("NEO4J_PASSWORD")
        auth = None if password is None else (os.environ.get("NEO4J_USERNAME", "neo4j"), password)
        self._process = os.getpid()
        with self.errors():
            self._driver: Driver = GraphDatabase.driver(self._address, auth=auth, notifications_min_severity="OFF")

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turns what the driver raises into a StoreError."""
        from neo4j import exceptions

        try:
            yield
        except exceptions.AuthError as error:
            raise StoreError(
                f"{self.location}: the server refused the credentials; set NEO4J_USERNAME and NEO4J_PASSWORD"
            ) from error
        except (exceptions.ServiceUnavailable, exceptions.SessionExpired) as error:
            raise StoreUnreachableError(
                f"{self.location}: the server does not answer ({error}); is it running?"
            ) from error
        except (exceptions.Neo4jError, exceptions.DriverError) as error:
            if "TransactionTimedOut" in (getattr(error, "code", None) or ""):
                raise DeadlineError(f"{self.location}: the server ended a query that took too long") from error
            raise StoreError(f"{self.location}: {error}") from error

    @contextmanager
    def _session(self, access: str) -> Iterator[Session]:
        if self._closed:
            raise StoreError(f"{self.location}: the store is closed; open it again")
        if self._process != os.getpid():
            self._connect()  # after a fork; the parent's sockets are left alone
        with self.errors(), self._driver.session(database=self._database, default_access_mode=access) as session:
            yield session

    def read(self, query: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        """Rows of a reading query, streamed; the server refuses it if it would write."""
        with self._session("READ") as session:
            for row in session.run(query, values):
                yield tuple(row.values())

    def one(self, query: str, **values: Any) -> Any:
        """The first value of the first row, None when there is none."""
        for row in self.read(query, **values):
            return row[0]
        return None

    def answer(self, query: str, values: Mapping[str, Any], *, timeout: float) -> Iterator[tuple[Any, ...]]:
        """Rows of a reading query that the server ends after ``timeout`` seconds. Raises DeadlineError then."""
        from neo4j import Query

        with self._session("READ") as session:
            for row in session.run(Query(query, timeout=timeout), values):  # type: ignore[arg-type]  # fixed parts
                yield tuple(row.values())

    def bookmark(self) -> str:
        """What the server calls its last committed transaction: equal while nobody has written."""
        with self._session("READ") as session:
            session.run("RETURN 1").consume()
            return "".join(sorted(session.last_bookmarks().raw_values))

    def write(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Runs a query in a transaction of its own, again where the server says that it may."""
        with self._session("WRITE") as session:
            return session.execute_write(lambda tx: [tuple(row.values()) for row in tx.run(query, values)])

    def auto(self, query: str) -> None:
        """Runs a statement of the schema."""
        with self._session("WRITE") as session:
            session.run(query).consume()

    @contextmanager
    def locked(self) -> Iterator[Transaction]:
        """A transaction that holds the one writer's lock until the caller commits it; otherwise it is rolled back."""
        if self._writing_thread == threading.get_ident():
            raise StoreError(
                f"{self.location}: this thread is writing already; read the records first, then write them"
            )
        with self._write_lock:
            self._writing_thread = threading.get_ident()
            try:
                with self._session("WRITE") as session, session.begin_transaction() as transaction:
                    transaction.run("MATCH (m:KgqaMeta) SET m.lock = NOT m.lock").consume()
                    yield transaction
            finally:
                self._writing_thread = None

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            if self._process == os.getpid():
                self._driver.close()
