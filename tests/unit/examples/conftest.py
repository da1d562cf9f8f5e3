from pathlib import Path

import pytest

from examples.elements import recipe


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    recipe.write(folder)
    return folder


@pytest.fixture(scope="session")
def sample() -> recipe.Sample:
    return recipe.build()
