"""What tests of several packages share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the default embedder keeps its model: built by the first test that embeds, then read by all."""
    return tmp_path_factory.mktemp("models")
