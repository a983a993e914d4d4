"""A briefing whose web is this machine, asked without pauses, and whose model costs nothing."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from retrieval.feeds.fetching import Rounds
from retrieval.http.client import Fetcher
from retrieval.services.briefing import Briefing
from retrieval.storage.limits import Quotas
from tests.fakes import open_with


def open_online(data_dir: Path, quotas: Quotas | None = None) -> AbstractContextManager[Briefing]:
    return open_with(data_dir, rounds=Rounds(lambda: Fetcher(allow_loopback=True, sleep=lambda _: None)), quotas=quotas)
