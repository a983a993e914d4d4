"""The seeds with a language model that writes, on a server of its own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retrieval.bootstrap import open_briefing
from retrieval.services.briefing import Briefing
from tests.model_server import ModelServer
from tests.writers import settings, writes

WISH = "Zelenskyy has been vocal about his nation’s aspirations for NATO membership"
GIVEN_UP = "announced a significant shift in the country’s foreign policy by relinquishing its ambition to join NATO"
# What the extracts lead with, in Discord and elsewhere.
LATEST = re.compile(r"As of 14 Dec 2025 \\?\(date estimated\\?\):\s[^\[]*\b(?:relinquish|give up)[^\[]*\[1\]")
TRUE = writes(
    ("Zelenskyy announced a shift in foreign policy by relinquishing the ambition to join NATO.", None, [GIVEN_UP]),
    ("Zelenskyy has been vocal about his nation's aspirations for NATO membership.", None, [WISH]),
)
FALSE = writes(
    ("Ukraine joined NATO in 2019.", None, [GIVEN_UP]),
    ("Zelenskyy has never been vocal about NATO membership.", None, [WISH]),
    ("Putin announced that Russia is relinquishing its ambition to join NATO.", None, [GIVEN_UP]),
    ("Zelenskyy has been vocal about NATO membership.", None, [WISH.replace("vocal", "silent")]),
    ("Zelenskyy has been vocal about his nation's aspirations for NATO membership.", [99], [WISH]),
)
NEW = "Zelenskyy announced a shift in foreign policy by relinquishing the ambition to join NATO."


class Pieces:
    """Pieces that are made while they are sent."""

    def __init__(self, make: Any) -> None:
        self._make = make

    def __iter__(self) -> Iterator[str]:
        return iter(self._make())


@pytest.fixture(scope="module")
def running() -> Iterator[ModelServer]:
    """One server for all tests: the clients keep what they have made for an address."""
    with ModelServer() as there:
        yield there


@pytest.fixture
def server(running: ModelServer) -> ModelServer:
    """A server that has not been asked yet, of an honest model."""
    running.asked.clear()
    running.says(TRUE)
    return running


@pytest.fixture
def data_dir(seeded: Path, tmp_path: Path) -> Path:
    """The seeds, and nothing asked yet."""
    return Path(shutil.copytree(seeded, tmp_path / "data", symlinks=True))


@pytest.fixture
def briefing(server: ModelServer, data_dir: Path, request: pytest.FixtureRequest) -> Iterator[Briefing]:
    """The seeds and a model; settings are given by `@pytest.mark.parametrize("briefing", [{...}], indirect=True)`."""
    with open_briefing(settings(server, **{"data_dir": data_dir, **getattr(request, "param", {})})) as opened:
        yield opened
