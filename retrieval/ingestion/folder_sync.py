"""Keeps the catalog in step with folders: watched folders are read again, moved and deleted files are followed."""

from __future__ import annotations

import logging
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event

from retrieval import observing
from retrieval.domain.articles import IngestReport, Skipped
from retrieval.errors import BriefingError, BusyError, UnreadableError
from retrieval.ingestion.files import INSIDE, Listing
from retrieval.ingestion.prepared_articles import fingerprint, unique_name
from retrieval.ingestion.web_articles import is_on_disk
from retrieval.storage.catalog import Catalog, StoredArticle

_log = logging.getLogger(__name__)

# Some network drives do not report changes by others: after so many seconds a folder is read in any case.
_AT_LEAST_EVERY = 900.0
_LOOK_UP_MS = 5_000  # the interval of checks for a stop, or for a reading that is due
_SETTLE_MS = 2_000  # without a change until a file counts as complete
# A folder that loses so many articles at once, and more than this share of them, may be a drive that is not connected.
_MANY, _SHARE = 10, 0.5


class FolderWatch:
    """Reads folders at the start, and again after every change in them, until it is stopped.

    `ingest` ingests folders. Missing and empty folders are left out, so that no articles are removed while a drive is
    not mounted.
    """

    def __init__(
        self,
        ingest: Callable[[Sequence[Path]], IngestReport],
        folders: Sequence[Path],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ingest = ingest
        self._folders = tuple(folders)
        self._clock = clock
        self._stopped = Event()
        self._absent: frozenset[Path] = frozenset()
        self._doubted: set[Skipped] = set()

    def stop(self) -> None:
        """End `run` soon; a running ingest is completed."""
        self._stopped.set()

    def run(self) -> None:
        """Watch until stopped, or until folders have appeared or vanished; then call it again."""
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
        """Read the folders; False if another process is adding articles, so that this has to wait."""
        try:
            with observing.step("folders"):
                report = self._ingest(folders)
        except BusyError:
            return False
        except BriefingError as error:
            _log.warning("could not read the watched folders: %s", error)
        else:
            doubted = {each for each in report.skipped if Path(each.file).is_absolute()}
            for each in sorted(doubted - self._doubted, key=lambda each: each.file):
                _log.warning("%s: %s", each.file, each.reason)
            self._doubted = doubted
        return True

    def _there(self) -> tuple[Path, ...]:
        there = tuple(folder for folder in self._folders if _holds_something(folder))
        absent = frozenset(self._folders) - frozenset(there)
        for folder in sorted(absent - self._absent):
            _log.warning("the watched folder %s is missing or empty", folder)
        self._absent = absent
        return there


def _holds_something(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:
        return False


def follow_moves(catalog: Catalog, listing: Listing, known: Mapping[str, StoredArticle]) -> int:
    """Keep the articles of moved files: new files with the bytes of a file that is missing. Returns their number."""
    moved = 0
    new = [source for source in listing.sources if source.place not in known]
    left: defaultdict[str, list[str]] = defaultdict(list)
    for place, kept in known.items() if new else ():
        if is_on_disk(place) and INSIDE not in place and not os.path.lexists(place):
            left[kept.fingerprint].append(place)
    for source in new if left else ():
        with suppress(UnreadableError):  # reported when the file is read
            places = left[fingerprint(source.load(), source.declared)]
            if places and _ending(places[-1]) == _ending(source.name):
                with catalog.reading() as connection:
                    name = unique_name(connection, source, known[places[-1]].scope, places[-1])
                catalog.move(known[places.pop()].id, source.place, name)
                moved += 1
    return moved


def remove_gone(
    catalog: Catalog, listing: Listing, known: Mapping[str, StoredArticle], really: bool = False
) -> tuple[int, list[Skipped]]:
    """Remove the articles of files that are gone from the listed folders. Returns their number.

    A folder that lost most of its articles may be a drive that is not connected: unless they are `really` gone, they
    stay, and the folder is among the skipped.
    """
    here = {source.place for source in listing.sources}
    # By text first: of the places of a large catalog, few are in the folders of a command.
    starts = tuple(f"{str(folder).rstrip(os.sep)}{os.sep}" for folder in listing.folders)
    below = {
        place: folders
        for place in known
        if place.startswith(starts)
        and is_on_disk(place)
        and (folders := _folders_above(Path(place.partition(INSIDE)[0]), listing.folders))
    }
    gone = {place for place in below if place.partition(INSIDE)[0] not in here}
    stored = Counter(folder for folders in below.values() for folder in folders)
    lost = Counter(folder for place in gone for folder in below[place])
    doubtful = {
        folder
        for folder, count in lost.items()
        if not really and count >= _MANY and count > _SHARE * stored[folder] and folder.is_dir()
    }
    sure = [known[place].id for place in gone if doubtful.isdisjoint(below[place])]
    if sure:
        catalog.remove(sure)
    highest = sorted(folder for folder in doubtful if doubtful.isdisjoint(folder.parents))
    return len(sure), [
        Skipped(
            str(folder),
            f"{lost[folder]} of its {stored[folder]} articles are gone at once and are kept: is its drive connected? "
            "If they are gone for good, ingest again with --really-gone",
        )
        for folder in highest
    ]


def _folders_above(file: Path, tops: Sequence[Path]) -> list[Path]:
    """The folders that a file is in, up to the listed ones; none where it is in none of these."""
    return [folder for folder in file.parents if any(folder.is_relative_to(top) for top in tops)]


def _ending(name: str) -> str:
    """The ending that decides how a file is read."""
    return Path(name.removesuffix(".gz")).suffix
