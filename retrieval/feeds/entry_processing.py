"""Processes the entries of a feed: recognises the new and changed ones, and fetches their articles."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from threading import Event

from retrieval.domain.articles import SHARED
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.feeds.entries import Entry
from retrieval.feeds.fetching import ArticleWriter, FeedSource, places_alike, places_of
from retrieval.http.page import FetchError
from retrieval.ingestion.web_articles import IncomingArticle, is_same_page, is_withdrawn, notice
from retrieval.storage.subscriptions import EntryState

# Articles of one feed in one poll; the next poll has the others.
MOST_ARTICLES = 30
# Attempts to fetch a page after temporary failures.
MOST_TRIES = 3
# HTTP statuses of a removed page.
GONE = (404, 410)
# Failed pages after which the others are left for the next poll: the site may be down.
_PATIENCE = 3
# The length of the part of a fingerprint that depends on the link alone.
_OF_LINK = 16


class EntryPass:
    """One pass through a feed's entries, without those that are done. Fetches articles, and stores nothing.

    `looked` are the states of all processed entries, also of earlier passes; `new` are the entries of this pass;
    `renamed` maps ids that the feed no longer has to the ids that replaced them. Not `complete`, if entries are left
    for the next pass, which has to wait `wait` seconds.
    """

    def __init__(
        self,
        source: FeedSource,
        entries: Sequence[Entry],
        writer: ArticleWriter,
        scope: str,
        before: Mapping[str, EntryState],
        stopped: Event,
    ) -> None:
        self.looked: dict[str, EntryState] = {}
        self.new: dict[str, Entry] = {}
        self.complete = True
        self.wait = 0.0
        self._source = source
        self._entries = entries
        self._writer = writer
        self._scope = scope
        self._before, self.renamed = recall(entries, before)
        self._stopped = stopped
        self._vain = 0
        self._incoming: dict[str, IncomingArticle] = {}
        # Entries whose articles replace stored ones.
        self._renewing: set[str] = set()

    def run(self) -> None:
        """Process the entries that are new, changed or failed before, within the limits of one pass."""
        changed = [entry for entry in self._entries if not self._over(entry)]
        places = [place for entry in changed if entry.link for place in places_of(entry.link, self._scope)]
        places += [before.place for entry in changed if (before := self._before.get(entry.id)) and before.place]
        stored = self._writer.stored(places)
        for entry in self._entries:
            before = self._before.get(entry.id)
            if over := self._over(entry):
                self.looked[entry.id] = over
            elif place := self._place_already(entry, before, stored):
                self.looked[entry.id] = EntryState(entry=entry.id, mark=fingerprint_of(entry), done=True, place=place)
            elif self._stopped.is_set() or len(self.new) >= MOST_ARTICLES or self._vain >= _PATIENCE or self.wait:
                self.complete = False
                if before:
                    self.looked[entry.id] = before
            else:
                self.new[entry.id] = entry
                self._look(entry, before)

    def _over(self, entry: Entry) -> EntryState | None:
        """The state of an entry for which nothing is left to do, else None."""
        before, mark = self._before.get(entry.id), fingerprint_of(entry)
        if before is None:
            return None
        if before.done and is_same(before.mark, entry):
            return replace(before, mark=mark)
        given_up = before.tries >= MOST_TRIES and is_in_vain(before, entry)
        return replace(before, mark=mark, done=True) if given_up else None

    def _place_already(self, entry: Entry, before: EntryState | None, stored: Collection[str]) -> str | None:
        """The place of an article that another feed or a person has stored, so that it is not fetched."""
        places = places_of(entry.link, self._scope) if entry.link else ()
        if before and before.place and (not places or is_same_page(before.place, places[0])):
            # A feed of one audience does not replace an article for everybody, and a removed article stays removed.
            return None if self._is_ours(before.place) and before.place in stored else before.place
        return next((place for place in places if place in stored and not self._stands_in(place)), None)

    def _is_ours(self, place: str) -> bool:
        return self._scope == SHARED or place.startswith(f"{self._scope} ")

    def _stands_in(self, place: str) -> bool:
        """Tell if the stored article is a feed's own text, which the page replaces."""
        return self._is_ours(place) and self._writer.is_feeds_text(place)

    def _look(self, entry: Entry, before: EntryState | None) -> None:
        mark = fingerprint_of(entry)
        again = before and (is_same(before.mark, entry) or is_in_vain(before, entry))
        tries = before.tries + 1 if before and again else 1
        looked = EntryState(entry=entry.id, mark=mark, done=True, tries=tries, place=before.place if before else None)
        try:
            incoming = self._source.page(entry, entry.link) if entry.link else self._source.own_text(entry)
        except FetchError as error:
            if not (error.status in GONE and self._withdraw(entry, looked, error.line)):
                self._failed(entry, looked, error)
        except UnreadableError as error:
            self._vain = 0
            if not (is_withdrawn(entry.title) and self._withdraw(entry, looked, Phrase("it says so in its title"))):
                self._fall_back(entry, looked, error.line)
        else:
            self._vain = 0
            self._arrive(looked, incoming)

    def _arrive(self, looked: EntryState, incoming: IncomingArticle) -> None:
        """Keep an article to be stored, unless it is stored already, or was removed."""
        mine = looked.place if looked.place and is_same_page(looked.place, incoming.place) else None
        places = (mine,) if mine else places_alike(incoming.place, self._scope)
        taken = {each.place for each in self._incoming.values()} | self._writer.stored(places)
        there = mine or next((place for place in places if place in taken), None)
        if there and not (there in taken and self._may_replace(there, incoming, mine is not None)):
            self.looked[looked.entry] = replace(looked, place=there, reason=None)
            return
        if there:
            self._renewing.add(looked.entry)
        self._incoming[looked.entry] = replace(incoming, place=there or incoming.place)
        self.looked[looked.entry] = replace(looked, place=there or incoming.place)

    def _withdraw(self, entry: Entry, looked: EntryState, reason: str) -> bool:
        """Replace the entry's article by a notice; False if this audience has no article of it."""
        place = looked.place
        stored = self._writer.find(place) if place and self._is_ours(place) else None
        if place is None or stored is None:
            return False
        known = replace(stored.metadata, title=entry.title or stored.metadata.title)
        self._vain = 0
        self._renewing.add(looked.entry)
        self._incoming[looked.entry] = IncomingArticle(place, stored.file, notice(known, reason))
        self.looked[looked.entry] = replace(
            looked, reason=Phrase("withdrawn by its publisher: {reason}", reason=reason)
        )
        return True

    def _may_replace(self, place: str, incoming: IncomingArticle, again: bool) -> bool:
        """Tell if the article may replace the stored one; `again` if that was of the same entry."""
        return self._is_ours(place) if again else self._stands_in(place) and not _is_feeds_text(incoming)

    def _failed(self, entry: Entry, looked: EntryState, error: FetchError) -> None:
        if self._stopped.is_set():
            # The program is stopping, the page is not at fault.
            self.complete = False
            del self.new[entry.id]
            return
        if not error.permanent:
            self._vain += 1
            self.wait = max(self.wait, error.retry_after or 0.0)
        if error.permanent or looked.tries >= MOST_TRIES:
            self._fall_back(entry, looked, error.line)
        else:
            self.complete = False
            self.looked[entry.id] = replace(looked, done=False, reason=error.line)

    def _fall_back(self, entry: Entry, looked: EntryState, reason: str) -> None:
        """Use the feed's own text if there is no page, and was none before."""
        if looked.place and not (entry.link and self._writer.is_feeds_text(looked.place)):
            self.looked[entry.id] = looked
            return
        self.looked[entry.id] = replace(looked, reason=reason)
        if entry.link:
            with suppress(UnreadableError):
                incoming = self._source.own_text(entry)
                if looked.place is None or is_same_page(looked.place, incoming.place):
                    self._arrive(self.looked[entry.id], incoming)

    def fresh(self) -> dict[str, IncomingArticle]:
        """The articles to store, by entry ids. To be called while no one else stores, because articles that others have
        stored in the meantime are left out."""
        places = [place for each in self._incoming.values() for place in places_alike(each.place, self._scope)]
        stored = self._writer.stored(places)
        for entry, incoming in list(self._incoming.items()):
            alike = places_alike(incoming.place, self._scope)
            there = next((place for place in alike if place in stored), None)
            if there and entry not in self._renewing:
                self.looked[entry] = replace(self.looked[entry], place=there, reason=None)
                del self._incoming[entry]
        return self._incoming

    def put_off(self) -> None:
        """Leave the fetched articles for the next pass."""
        self.complete = False
        for entry in self._incoming:
            self.looked.pop(entry)
            if before := self._before.get(entry):
                self.looked[entry] = before

    def refuse(self, reasons: Mapping[str, str]) -> None:
        """Record the reasons why articles could not be stored, by their names."""
        for entry, incoming in self._incoming.items():
            if incoming.name in reasons and not self._writer.find(incoming.place):
                self.looked[entry] = replace(self.looked[entry], place=None, reason=reasons[incoming.name])


def _is_feeds_text(incoming: IncomingArticle) -> bool:
    return incoming.document.metadata.basis.get("text") == "feed"


def fingerprint_of(entry: Entry) -> str:
    """A fingerprint of an entry in three parts: of its link, of its title and dates, and of its text."""
    parts = entry.link, (entry.title, entry.published, entry.updated), entry.text
    return "".join(sha256(repr(part).encode("utf-8", "replace")).hexdigest()[:_OF_LINK] for part in parts)


def is_same(mark: str, entry: Entry) -> bool:
    """Tell if an entry has this fingerprint; older fingerprints do not include the text."""
    return fingerprint_of(entry) == mark if len(mark) > 2 * _OF_LINK else fingerprint_of(entry).startswith(mark)


def is_in_vain(before: EntryState, entry: Entry) -> bool:
    """Tell if an entry's link had no article before, and is still the same."""
    return bool(entry.link) and before.place is None and before.mark[:_OF_LINK] == fingerprint_of(entry)[:_OF_LINK]


def recall(entries: Sequence[Entry], before: Mapping[str, EntryState]) -> tuple[dict[str, EntryState], dict[str, str]]:
    """The earlier states of entries, found by their ids or, because some feeds change ids at every reading, by their
    links; and a map from the old ids to the new ones."""
    now_there = {entry.id for entry in entries}
    left = sorted((each for id_, each in before.items() if id_ not in now_there), key=lambda each: each.tries)
    by_link = {each.mark[:_OF_LINK]: each for each in left}
    known = {id_: each for id_, each in before.items() if id_ in now_there}
    heirs: dict[str, str] = {}
    for entry in entries:
        link = fingerprint_of(entry)[:_OF_LINK]
        if entry.link and entry.id not in known and link in by_link:
            known[entry.id] = replace(by_link[link], entry=entry.id)
            heirs[link] = entry.id
    return known, {each.entry: heirs[link] for each in left if (link := each.mark[:_OF_LINK]) in heirs}
