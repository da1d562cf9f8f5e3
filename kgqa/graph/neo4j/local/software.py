"""The server's software: Java 17 or newer, and the libraries that Maven fetches once into our cache folder."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path

from kgqa.assets import asset
from kgqa.errors import MissingDependencyError, StoreError

OLDEST_JAVA = 17
_OPENED = ("java.base/java.nio", "java.base/java.lang", "java.base/sun.nio.ch")
_PURPOSE = "a local Neo4j server"
_FETCH_SECONDS = 1800


def missing_programs() -> tuple[str, ...]:
    """What a local server needs and this machine lacks, in words; empty when it can start."""
    found = []
    version = java_version()
    if version is None:
        found.append("Java 17 or newer (no `java` on the path)")
    elif version < OLDEST_JAVA:
        found.append(f"Java 17 or newer (`java` is version {version})")
    if shutil.which("mvn") is None:
        found.append("Maven (no `mvn` on the path)")
    return tuple(found)


def java_version() -> int | None:
    """The major version of the Java on the path, None when there is none."""
    program = shutil.which("java")
    return None if program is None else _version_of(program)


@cache
def _version_of(program: str) -> int | None:
    done = subprocess.run([program, "-version"], capture_output=True, text=True, encoding="utf-8", check=False)
    match = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    return int(match[1]) if match else None


def launch_command(jars: Path, *, heap: str, short: bool = False) -> list[str]:
    """The start of a command line that runs the server; ``short``: for some seconds or minutes only."""
    if re.fullmatch(r"\d{1,4}[mg]", heap) is None:
        raise StoreError(f"heap {heap!r}: a number with m or g is needed, such as 512m or 4g")
    opened = [f"--add-opens={name}=ALL-UNNAMED" for name in _OPENED]
    tuned = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"] if short else ["-XX:+UseParallelGC"]
    classes = os.pathsep.join([str(jars / "*"), str(_launcher(jars))])
    return ["java", f"-Xmx{heap}", *tuned, *opened, "-cp", classes, "Launcher"]


def _launcher(jars: Path) -> Path:
    """The folder of our launcher, compiled once: Java would do that at each start, which takes it a second or two."""
    source = asset("graph/server/Launcher.java")
    digest = hashlib.blake2b(source.read_bytes(), digest_size=8).hexdigest()
    folder = jars.with_name(f"launcher-{jars.name.partition('-')[2]}-{java_version()}-{digest}")
    if folder.is_dir():
        return folder
    fresh = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}")
    libraries = os.pathsep.join(map(str, sorted(jars.glob("*.jar"))))
    command = ["java", "-m", "jdk.compiler/com.sun.tools.javac.Main", "-d", str(fresh), "-cp", libraries, str(source)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        said = (done.stdout + done.stderr).strip().splitlines()
        raise StoreError(f"Java could not compile the server's launcher: {said[0] if said else 'it gave no reason'}")
    with suppress(OSError):  # another process may have been faster
        fresh.replace(folder)
    if fresh.is_dir():
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def fetch_jars(cache: Path) -> Path:
    """The folder of the server's libraries, fetched when they are not there.

    Raises MissingDependencyError without Java 17 or Maven, StoreError when Maven fails.
    """
    from filelock import FileLock

    version = java_version()
    if version is None or version < OLDEST_JAVA:
        raise MissingDependencyError("Java 17 or newer", purpose=_PURPOSE, install="install a JDK and put it on PATH")
    pom = asset("graph/server/pom.xml")
    folder = cache / "neo4j" / f"jars-{_server_version(pom)}"
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise MissingDependencyError("Maven", purpose=_PURPOSE, install="install it and put `mvn` on PATH")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if folder.is_dir():
            return folder
        fresh = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}")
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={fresh}", "-DincludeScope=runtime"]
        command = [maven, "-q", "-B", "-f", str(pom), *goal]
        done = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=_FETCH_SECONDS
        )
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            said = (done.stdout + done.stderr).strip().splitlines()
            raise StoreError(f"Maven could not fetch the Neo4j server: {said[0] if said else 'it gave no reason'}")
        fresh.replace(folder)
    return folder


def _server_version(pom: Path) -> str:
    match = re.search(r"<artifactId>neo4j</artifactId>\s*<version>([\w.]+)</version>", pom.read_text(encoding="utf-8"))
    if match is None:
        raise StoreError(f"{pom}: names no version of the server")
    return match[1]
