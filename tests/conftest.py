"""Shared by all tests: caches in a temporary folder, one thread for the models, fixed hypothesis settings."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

user = os.getuid() if hasattr(os, "getuid") else 0
os.environ.setdefault("KGQA_CACHE", str(Path(tempfile.gettempdir()) / f"kgqa-test-cache-{user}"))
os.environ.setdefault("KGQA_THREADS", "2")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as kgqa.config sets it, but some tests import torch themselves

settings.register_profile("kgqa", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kgqa")


@pytest.fixture(scope="session")
def datasets() -> Path:
    """The folder of public data sets, or a skip that says why."""
    place = os.environ.get("KGQA_DATASETS")
    if not place or not Path(place).is_dir():
        pytest.skip("needs the public data sets: set KGQA_DATASETS to their folder")
    return Path(place)


def pytest_terminal_summary(terminalreporter) -> None:
    """Says at the end, where it is read, that the tests of the Neo4j store did not run."""
    for report in terminalreporter.stats.get("skipped", ()):
        told = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if "THE NEO4J STORE IS NOT TESTED" in told:
            terminalreporter.write_line(told.removeprefix("Skipped: "), red=True, bold=True)
            return
