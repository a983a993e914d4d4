"""Keeps the catalog in step with folders: watched folders are read again, moved and deleted files are followed."""

from __future__ import annotations

import logging
import os
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event

from retrieval.errors import BriefingError, BusyError, UnreadableError
from retrieval.ingestion.files import INSIDE, Listing
from retrieval.ingestion.prepared_articles import fingerprint, unique_name
from retrieval.ingestion.url_identity import is_on_disk
from retrieval.storage.catalog import Catalog, StoredArticle

_log = logging.getLogger(__name__)

# Some network drives say nothing of what others change: after so many seconds a folder is read in any case.
_AT_LEAST_EVERY = 900.0
_LOOK_UP_MS = 5_000  # how often it is looked whether to stop, or to read in any case
_SETTLE_MS = 2_000  # without a change, after which a file counts as written


class FolderWatch:
    """Reads folders at the start, and again whenever something in them changes, until it is stopped.

    `ingest` brings in what is below some folders. One that is not there, or has nothing in it, is left alone: a drive
    that is not mounted takes no articles out.
    """

    def __init__(
        self,
        ingest: Callable[[Sequence[Path]], object],
        folders: Sequence[Path],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ingest = ingest
        self._folders = tuple(folders)
        self._clock = clock
        self._stopped = Event()
        self._absent: frozenset[Path] = frozenset()

    def stop(self) -> None:
        """End `run`, soon; what is being stored is."""
        self._stopped.set()

    def run(self) -> None:
        """Watch until stopped, or until the folders that are there have changed: then it is to be run again."""
        from watchfiles import watch

        there = self._there()
        if not there:
            self._stopped.wait(_LOOK_UP_MS / 1_000)
            return
        waiting = not self._read(there)
        read = self._clock()
        for changes in watch(
            *there,
            stop_event=self._stopped,
            debounce=_SETTLE_MS,
            rust_timeout=_LOOK_UP_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
        ):
            if self._there() != there:
                return
            if changes or waiting or self._clock() - read >= _AT_LEAST_EVERY:
                waiting = not self._read(there)
                read = self._clock()

    def _read(self, folders: Sequence[Path]) -> bool:
        """Read the folders; False where that has to wait, since another process is adding articles."""
        try:
            self._ingest(folders)
        except BusyError:
            return False
        except BriefingError as error:
            _log.warning("could not read the watched folders: %s", error)
        return True

    def _there(self) -> tuple[Path, ...]:
        there = tuple(folder for folder in self._folders if _holds_something(folder))
        absent = frozenset(self._folders) - frozenset(there)
        for folder in sorted(absent - self._absent):
            _log.warning("the watched folder %s is not there, or empty", folder)
        self._absent = absent
        return there


def _holds_something(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:
        return False


def follow_moves(catalog: Catalog, listing: Listing, known: Mapping[str, StoredArticle]) -> int:
    """Let an article keep all it has where its file has moved: the same bytes, and nothing at the old place."""
    moved = 0
    new = [source for source in listing.sources if source.place not in known]
    left: defaultdict[str, list[str]] = defaultdict(list)
    for place, kept in known.items() if new else ():
        if is_on_disk(place) and INSIDE not in place and not os.path.lexists(place):
            left[kept.fingerprint].append(place)
    for source in new if left else ():
        with suppress(UnreadableError):  # said when it is read to be stored
            places = left[fingerprint(source.load(), source.given)]
            if places and _ending(places[-1]) == _ending(source.name):
                with catalog.reading() as connection:
                    name = unique_name(connection, source, places[-1])
                catalog.move(known[places.pop()].id, source.place, name)
                moved += 1
    return moved


def remove_gone(catalog: Catalog, listing: Listing, known: Mapping[str, StoredArticle]) -> int:
    """Take out the articles whose files have gone from the folders looked through; how many that were."""
    here = {source.place for source in listing.sources}
    gone = [
        kept.id
        for place, kept in known.items()
        if is_on_disk(place)
        and place.partition(INSIDE)[0] not in here
        and any(Path(place).is_relative_to(folder) for folder in listing.folders)
    ]
    if gone:
        catalog.remove(gone)
    return len(gone)


def _ending(name: str) -> str:
    """What of a file's name tells how it is read."""
    return Path(name.removesuffix(".gz")).suffix
