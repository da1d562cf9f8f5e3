"""The sample store, built once for all end-to-end tests as `make demo` builds it."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from examples import demo
from kgqa import Engine


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo's first run has left its work."""
    folder = tmp_path_factory.mktemp("demo")
    demo.prepare(folder, Console(file=StringIO())).close()
    return folder


@pytest.fixture(scope="session")
def sample_engine(sample_store: Path) -> Iterator[Engine]:
    with Engine.open(sample_store / demo.STORE) as engine:
        yield engine
