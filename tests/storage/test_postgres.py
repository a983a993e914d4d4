"""PostgreSQL as the catalog: what it would get wrong by itself, and that both engines find the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import servers


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with servers.on_server():
        yield
