"""What tests of several packages share."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retrieval.settings import ALIASES


@pytest.fixture(scope="session", autouse=True)
def nobodys_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests see no settings of whoever runs them: neither the environment's nor those of an `.env` file."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("BRIEFING_") or name in ALIASES]:
            patch.delenv(name)
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        yield


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the default embedder keeps its model: built by the first test that embeds, then read by all."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture
def probes() -> list[str]:
    """The Chroma folders that this process has had looked into since the test began."""
    _PROBES.clear()
    return _PROBES


_PROBES: list[str] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    # What the interpreter itself reports of every process that is started; such a hook stays for good.
    if event == "subprocess.Popen" and "retrieval.index.probe" in arguments[1]:
        _PROBES.append(str(arguments[1][-2]))


sys.addaudithook(_hear)
