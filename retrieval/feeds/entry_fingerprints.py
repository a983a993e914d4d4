"""Marks of entries: they tell an entry from its later versions, and an old one that goes by a new id from a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from retrieval.feeds.entries import Entry
from retrieval.storage.subscriptions import EntryState

# Of a mark, the part that tells the link alone.
_OF_LINK = 16


def mark_of(entry: Entry) -> str:
    """Changes when an entry does, its text included; begins with what changes with its link alone."""
    told = entry.link, (entry.title, entry.published, entry.updated), entry.text
    return "".join(sha256(repr(each).encode("utf-8", "replace")).hexdigest()[:_OF_LINK] for each in told)


def is_same(mark: str, entry: Entry) -> bool:
    """Whether an entry is as it was when it got this mark; older marks say nothing of its text."""
    return mark_of(entry) == mark if len(mark) > 2 * _OF_LINK else mark_of(entry).startswith(mark)


def is_in_vain(before: EntryState, entry: Entry) -> bool:
    """Whether there was no article behind an entry's link, whatever else the feed says of it now."""
    return bool(entry.link) and before.place is None and before.mark[:_OF_LINK] == mark_of(entry)[:_OF_LINK]


def recall(entries: Sequence[Entry], before: Mapping[str, EntryState]) -> tuple[dict[str, EntryState], dict[str, str]]:
    """What came of the entries before: by their ids or, as some feeds give new ones at each reading, by their links.
    The ids that were given up so, each with the new one."""
    now_there = {entry.id for entry in entries}
    left = sorted((each for id_, each in before.items() if id_ not in now_there), key=lambda each: each.tries)
    by_link = {each.mark[:_OF_LINK]: each for each in left}
    known = {id_: each for id_, each in before.items() if id_ in now_there}
    heirs: dict[str, str] = {}
    for entry in entries:
        link = mark_of(entry)[:_OF_LINK]
        if entry.link and entry.id not in known and link in by_link:
            known[entry.id] = replace(by_link[link], entry=entry.id)
            heirs[link] = entry.id
    return known, {each.entry: heirs[link] for each in left if (link := each.mark[:_OF_LINK]) in heirs}
