"""The connection to a Neo4j server: one driver, parameterised queries, retries, errors that say what to do."""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from kgqa.errors import DeadlineError, StoreBusyError, StoreError, StoreUnreachableError, StoreVersionError, UsageError
from kgqa.graph.neo4j.bookmarks import transaction_number
from kgqa.graph.neo4j.names import graph_name, labelled
from kgqa.graph.neo4j.trust import check_authority, distrust

if TYPE_CHECKING:
    from neo4j import Driver, ManagedTransaction, Session, Transaction

T = TypeVar("T")
OLDEST = (5, 26)
"""Relationship types and labels as parameters came with this version."""
WAIT = 5.0
_RETRY_SECONDS = 30.0
_FIRST_PAUSE = 0.1
_FETCH = 5_000
# What goes wrong with a connection is raised as an error, so the driver need not print it too.
logging.getLogger("neo4j").addHandler(logging.NullHandler())


class Server:
    """A database on a server, or one graph of several in it (``?graph=NAME``).

    Credentials come from NEO4J_USERNAME and NEO4J_PASSWORD, certificates to trust from NEO4J_CA (a file); they are
    never shown; ``password``, of the user neo4j, stands in for them. A server that does not answer within ``wait``
    seconds is an error.
    """

    def __init__(self, uri: str, *, wait: float = WAIT, password: str | None = None) -> None:
        parts = urlsplit(uri)
        if parts.username or parts.password:
            raise UsageError("no credentials in a URI: set NEO4J_USERNAME and NEO4J_PASSWORD in the environment")
        options = parse_qs(parts.query, keep_blank_values=True)
        if unknown := set(options) - {"graph"}:
            raise UsageError(f"{uri}: unknown {sorted(unknown)[0]!r}; only ?graph=NAME may follow the database")
        self.graph = graph_name(options["graph"][-1]) if options else None
        self.location = uri
        self.wait = wait
        self._password = password
        self._address = f"{parts.scheme}://{parts.netloc}"
        self._database = parts.path.strip("/") or "neo4j"
        self._closed = False
        self._writing_thread: int | None = None
        self._write_lock = threading.Lock()
        self._connect()
        try:
            self._check_version()
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        from neo4j import GraphDatabase, TrustCustomCAs

        password, user = self._password, "neo4j"
        if password is None:
            password, user = os.environ.get("NEO4J_PASSWORD"), os.environ.get("NEO4J_USERNAME", "neo4j")
        auth = None if password is None else (user, password)
        address, trust = self._address, {}
        if authority := os.environ.get("NEO4J_CA"):
            check_authority(authority)
            scheme, _, rest = address.partition("://")
            address = f"{scheme.partition('+')[0]}://{rest}"
            trust = {"encrypted": True, "trusted_certificates": TrustCustomCAs(authority)}
        self._verifies = bool(trust) or address.partition("://")[0].endswith("+s")
        self._process = os.getpid()
        with self.errors():
            self._driver: Driver = GraphDatabase.driver(
                address,
                auth=auth,
                notifications_min_severity="OFF",
                telemetry_disabled=True,
                connection_timeout=self.wait,
                connection_acquisition_timeout=self.wait,
                max_transaction_retry_time=_RETRY_SECONDS,
                **trust,  # type: ignore[arg-type]  # the driver's own names and types
            )

    def _check_version(self) -> None:
        from neo4j.exceptions import ConfigurationError

        needs = f"kgqa needs Neo4j {OLDEST[0]}.{OLDEST[1]} or newer"
        with self.errors():
            try:
                agent = str(self._driver.get_server_info().agent)
            except ConfigurationError as error:  # a protocol that knows less than we ask for, or that nobody speaks now
                raise StoreVersionError(
                    f"{self.location}: the server speaks an old protocol ({error}); {needs}"
                ) from error
        number = agent.rpartition("/")[2].split(".")
        try:
            version = (int(number[0]), int(number[1]))
        except (ValueError, IndexError):
            return  # a server of another make, which says of itself what it likes
        if version < OLDEST:
            raise StoreVersionError(f"{self.location}: the server is {agent}; {needs}")

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
        except exceptions.ClientError as error:
            if error.code == "Neo.ClientError.Database.DatabaseNotFound":
                raise StoreError(
                    f"{self.location}: the server has no database {self._database!r}; the path of the URI names it"
                ) from error
            if "TransactionTimedOut" in (error.code or ""):
                raise DeadlineError(f"{self.location}: the server ended a query that took too long") from error
            raise StoreError(f"{self.location}: {error.message or error}") from error
        except (exceptions.ServiceUnavailable, exceptions.SessionExpired) as error:
            if reason := distrust(error):
                raise StoreError(
                    f"{self.location}: the server's certificate is not trusted ({reason}); name a file of certificates "
                    "to trust in NEO4J_CA, or take any with a scheme in +ssc"
                ) from error
            trusted = ", with a certificate that is trusted (NEO4J_CA)" if self._verifies else ""
            raise StoreUnreachableError(
                f"{self.location}: the server does not answer ({error}); is it running{trusted}?"
            ) from error
        except exceptions.TransientError as error:
            raise StoreBusyError(
                f"{self.location}: the server did not go through with it ({error.message or error}); try again"
            ) from error
        except (exceptions.Neo4jError, exceptions.DriverError) as error:
            raise StoreError(f"{self.location}: {error}") from error
        except OSError as error:
            raise StoreError(f"{self.location}: {error}") from error

    @contextmanager
    def _session(self, access: str) -> Iterator[Session]:
        if self._closed:
            raise StoreError(f"{self.location}: the store is closed; open it again")
        if self._process != os.getpid():
            self._connect()  # after a fork; the parent's sockets are left alone
        with (
            self.errors(),
            self._driver.session(database=self._database, default_access_mode=access, fetch_size=_FETCH) as session,
        ):
            yield session

    def labels(self, query: str) -> str:
        """The query with the labels of this graph."""
        return labelled(query, self.graph)

    def read(self, query: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        """Rows of a reading query, streamed; the server refuses it if it would write."""
        with self._session("READ") as session:
            for row in session.run(self.labels(query), values):
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
            for row in session.run(Query(self.labels(query), timeout=timeout), values):  # type: ignore[arg-type]  # of our parts
                yield tuple(row.values())

    def explain(self, query: str, *, timeout: float) -> tuple[str, list[str]]:
        """What kind a query is ("r" only reads) and the operators of its plan; it is not run."""
        from neo4j import Query

        with self._session("READ") as session:
            text = Query(f"EXPLAIN {query}", timeout=timeout)
            summary = session.run(text).consume()
        operators, waiting = [], [summary.plan or {}]
        while waiting:
            part = waiting.pop()
            operators.append(str(part.get("operatorType", "")))
            waiting += part.get("children", [])
        return str(summary.query_type), operators

    def plain(self, query: str, *, timeout: float, rows: int) -> Iterator[tuple[Any, ...]]:
        """The first rows of a reading query as it is, its labels unchanged."""
        from neo4j import Query

        with self._session("READ") as session:
            result = session.run(Query(query, timeout=timeout))
            for row in result.fetch(rows):
                yield tuple(row.values())

    def bookmark(self) -> str:
        """What the server calls its last committed transaction: equal while nobody has written."""
        with self._session("READ") as session:
            session.run("RETURN 1").consume()
            return "".join(sorted(session.last_bookmarks().raw_values))

    def numbered(self, query: str, **values: Any) -> int | None:
        """Runs a writing query in a transaction of its own; gives its number, None when it is not told."""
        with self._session("WRITE") as session:
            session.execute_write(lambda transaction: Work(transaction, self.graph).rows(query, **values))
            return transaction_number("".join(sorted(session.last_bookmarks().raw_values)))

    def write(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Runs a query in a transaction of its own, again where the server says that it may."""
        return self.transact(lambda transaction: transaction.rows(query, **values))

    def transact(self, work: Callable[[Work], T]) -> T:
        """Runs ``work`` as one transaction, again (from its start) where the server says that it may."""
        with self._session("WRITE") as session:
            return session.execute_write(lambda transaction: work(Work(transaction, self.graph)))

    def in_turn(self, query: str, **values: Any) -> None:
        """Runs a query that goes in transactions of its own, again from its start where the server says that it may."""

        def run() -> None:
            with self._session("WRITE") as session:
                session.run(self.labels(query), values).consume()

        self.again(run)

    @staticmethod
    def again(work: Callable[[], T]) -> T:
        """Does ``work``, again after growing pauses while the server asks for that."""
        until, pause = time.monotonic() + _RETRY_SECONDS, _FIRST_PAUSE
        while True:
            try:
                return work()
            except StoreBusyError:
                if time.monotonic() + pause > until:
                    raise
            time.sleep(pause * random.uniform(0.8, 1.2))  # so that two do not meet again
            pause *= 2

    def schema(self, query: str) -> None:
        """Runs a statement of the schema."""
        with self._session("WRITE") as session:
            session.run(self.labels(query)).consume()

    @contextmanager
    def locked(self) -> Iterator[Work]:
        """A transaction that holds the one writer's lock until the caller commits it; otherwise it is rolled back."""
        if self._writing_thread == threading.get_ident():
            raise StoreError(
                f"{self.location}: this thread is writing already; read the records first, then write them"
            )
        with self._write_lock:
            self._writing_thread = threading.get_ident()
            try:
                with self._session("WRITE") as session, session.begin_transaction() as transaction:
                    work = Work(transaction, self.graph)
                    work.rows("MATCH (m:KgqaMeta) SET m.lock = NOT m.lock")
                    yield work
            finally:
                self._writing_thread = None

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            if self._process == os.getpid():
                self._driver.close()


class Work:
    """A transaction under way."""

    def __init__(self, transaction: Transaction | ManagedTransaction, graph: str | None) -> None:
        self._transaction = transaction
        self._graph = graph

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return [tuple(row.values()) for row in self._transaction.run(labelled(query, self._graph), values)]

    def commit(self) -> None:
        """Ends a transaction that ``locked`` gave."""
        self._transaction.commit()  # type: ignore[union-attr]  # a managed one commits itself and is never given out
