"""Files that are no longer where their articles came from: moved elsewhere, or gone."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from retrieval.errors import UnreadableError
from retrieval.ingestion.files import INSIDE, Listing
from retrieval.ingestion.prepared_articles import fingerprint, unique_name
from retrieval.ingestion.url_identity import is_on_disk
from retrieval.storage.catalog import Catalog, StoredArticle


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
