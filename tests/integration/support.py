"""What several integration tests do with the server behind the store's back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from kgqa.graph.neo4j.local import LocalServer, RunningServer


def run(server: RunningServer, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """Rows of a query, through the bare driver."""
    from neo4j import GraphDatabase

    address = server.uri.rpartition("/")[0]
    with (
        GraphDatabase.driver(address, auth=("neo4j", server.password), notifications_min_severity="OFF") as driver,
        driver.session() as session,
    ):
        return [tuple(row.values()) for row in session.run(query, values)]


def certificate(server: RunningServer) -> Path | None:
    """The certificate that the server shows, signed by itself; None where this machine could make none."""
    path = server.conf / "public.crt"
    return path if path.exists() else None


def offer_encryption(local: LocalServer) -> None:
    """Lets a server that is not started yet take encrypted connections beside plain ones, where openssl is there."""
    openssl = shutil.which("openssl")
    if openssl is None:
        return
    folder = local.conf.parent
    folder.mkdir(parents=True)
    make_certificate(folder)
    policy = {"enabled": "true", "base_directory": folder.as_posix(), "client_auth": "NONE"}
    policy |= {"private_key": "private.key", "public_certificate": "public.crt"}
    lines = [f"dbms.ssl.policy.bolt.{name}={value}" for name, value in policy.items()]
    local.conf.write_text("\n".join(["server.bolt.tls_level=OPTIONAL", *lines]) + "\n", encoding="utf-8")


def make_certificate(folder: Path) -> Path:
    """A new key and a certificate for the loopback address, signed by itself; gives the certificate."""
    told = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    files = ["-keyout", str(folder / "private.key"), "-out", str(folder / "public.crt")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *told, *files]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "public.crt"
