"""Reads a folder of feeds whose first comments say what to expect of them, as those of feedparser's own tests do, and
prints how much of it holds.

    python -m tests.benchmarks.feeds FOLDER          --misses lists what does not hold

Counted is what the comments say of the titles, links, dates, authors and ids that a Feed and its entries have. They
say it of HTML and of dates as written; so a title is compared as the text a person would see, a date as the moment it
names, an author without the address behind the name. The comments are read as literals and never run.
"""

from __future__ import annotations

import argparse
import ast
import re
import time
from calendar import timegm
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

from retrieval.feeds.entries import Feed, FeedError
from retrieval.feeds.parser import parse_feed
from retrieval.ingestion.readers.decoding import decode_feed
from retrieval.nlp.readable import visible

_URL = "http://127.0.0.1:8097/"  # where the comments take the feeds to be
_HEADER = re.compile(r"^\s*Header:\s*([\w-]+):[ \t]*(.*)$", re.MULTILINE | re.IGNORECASE)
_EXPECT = re.compile(r"^\s*Expect:\s*(.*)$", re.MULTILINE)
# What the comments call what an Entry or a Feed has.
_NAMES = {
    "title": "title",
    "title_detail.value": "title",
    "link": "link",
    "links.0.href": "link",
    **dict.fromkeys(("published", "updated", "modified", "issued", "created", "date"), "published"),
    **dict.fromkeys(("published_parsed", "updated_parsed", "modified_parsed", "created_parsed"), "published"),
    **dict.fromkeys(("author", "author_detail.name", "authors.0.name"), "author"),
    **dict.fromkeys(("id", "guid"), "id"),
}
# What of this a Feed has, and its name there.
_OF_FEEDS = {"title": "title", "link": "link", "published": "updated"}
_ACTIVE = re.compile(r"<\s*/?\s*(?:script|iframe|object|embed|applet|meta)|\bon\w+\s*=|javascript:", re.IGNORECASE)


@dataclass(slots=True)
class Figures:
    """Counts by kind of field: what the comments say, and what of it holds; and what befell the files."""

    files: int = 0
    said: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    unkept: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    active: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)
    slowest: float = 0.0


def measure(folder: Path) -> Figures:
    """Every .xml file below the folder, read and held against its comment."""
    figures = Figures()
    for path in sorted(folder.rglob("*.xml")):
        figures.files += 1
        body = path.read_bytes()
        comment = decode_feed(body).partition("-->")[0]
        headers = {name.lower(): value.strip() for name, value in _HEADER.findall(comment)}
        place = urljoin(_URL, headers.get("content-location", ""))
        started, feed = time.perf_counter(), None
        try:
            feed = parse_feed(body, place if place.startswith("http") else _URL, headers.get("content-type", ""))
        except FeedError as error:
            figures.refused.append(f"{path}: {error}")
        except Exception as error:  # whatever it is, it is a finding
            figures.crashed.append(f"{path}: {error!r}")
        figures.slowest = max(figures.slowest, time.perf_counter() - started)
        if feed is not None and (found := _ACTIVE.search(_everything(feed))):
            figures.active.append(f"{path}: {found[0]}")
        for line in _EXPECT.findall(comment):
            _compare(figures, path, feed, line)
    return figures


def expectations(line: str) -> Iterator[tuple[str, object]]:
    """`entries.0.title` and the value expected there, for each comparison with a literal in the line."""
    try:
        tree = ast.parse(line.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return
    for part in tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]:
        if isinstance(part, ast.Compare) and all(isinstance(sign, ast.Eq) for sign in part.ops):
            try:
                value = ast.literal_eval(part.comparators[-1])
            except (ValueError, TypeError, SyntaxError):
                continue
            for place in (part.left, *part.comparators[:-1]):
                if path := _path(place):
                    yield path, value


def _path(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_path(node.value)}.{node.attr}"
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return f"{_path(node.value)}.{node.slice.value!s}"
    return ""


def _compare(figures: Figures, file: Path, feed: Feed | None, line: str) -> None:
    for path, expected in expectations(line):
        holder, _, rest = path.partition(".")
        number, name = (None, rest) if holder == "feed" else rest.partition(".")[::2]
        kind = _NAMES.get(name)
        if kind is None or holder not in ("feed", "entries"):
            continue
        label = f"{'feed' if holder == 'feed' else 'entry'} {kind}"
        if holder == "feed" and kind not in _OF_FEEDS:
            figures.unkept[label] += 1
            continue
        figures.said[label] += 1
        found = _value(feed, number, kind)
        shown = _shown(expected) if kind == "title" and isinstance(expected, str) else expected
        if _comparable(kind, found) == _comparable(kind, shown):
            figures.held[label] += 1
        else:
            figures.misses.append(f"{file}: {path}: {expected!r} expected, {found!r} found")


def _value(feed: Feed | None, number: str | None, kind: str) -> object:
    if feed is None or (number is not None and int(number) >= len(feed.entries)):
        return None
    return getattr(feed, _OF_FEEDS[kind]) if number is None else getattr(feed.entries[int(number)], kind)


def _comparable(kind: str, value: object) -> object:
    if kind == "published":
        return _moment(value)
    if not isinstance(value, str):
        return value
    if kind == "title":
        return visible(value)
    if kind == "author":
        return re.sub(r"\s*\(\S+@\S+\)$", "", value)
    return value or None


def _moment(value: object) -> object:
    if isinstance(value, tuple):
        return datetime.fromtimestamp(timegm(value), UTC)
    if not isinstance(value, str):
        return value
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = parsedate_to_datetime(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class _Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _shown(value: str) -> str:
    """What a browser shows of HTML, by another reader than the one that is measured."""
    reader = _Shown()
    reader.feed(value)
    reader.close()
    return "".join(reader.parts)


def _everything(feed: Feed) -> str:
    entries = [(each.id, each.title, each.link, each.author, each.text, *each.tags) for each in feed.entries]
    return "\n".join(str(part) for parts in [(feed.title, feed.link), *entries] for part in parts)


def report(figures: Figures) -> str:
    """The figures as a Markdown table, and what else there is to say."""
    said, held = figures.said.total(), figures.held.total()
    rows = [f"| {kind} | {figures.held[kind]} of {count} |" for kind, count in sorted(figures.said.items())]
    return "\n".join(
        [
            "| what the comments expect | holds |",
            "|---|---:|",
            *rows,
            f"| all | {held} of {said}: {held / said:.1%} |" if said else "| all | nothing said |",
            "",
            f"{figures.files} files, {len(figures.crashed)} crashes, {len(figures.refused)} refused, "
            f"active markup left in {len(figures.active)}; the slowest took {figures.slowest * 1000:.0f} ms.",
            f"Said of what a feed has here no place for: {figures.unkept.total()}"
            f" ({', '.join(f'{kind} {count}' for kind, count in sorted(figures.unkept.items()))}).",
            *(f"crashed: {line}" for line in figures.crashed),
            *(f"refused: {line}" for line in figures.refused),
            *(f"active: {line}" for line in figures.active),
        ]
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the folder that the arguments name, and print it."""
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks.feeds", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--misses", action="store_true", help="list what does not hold")
    asked = parser.parse_args(arguments)
    if not asked.folder.is_dir():
        parser.error(f"there is no folder {asked.folder}")
    figures = measure(asked.folder)
    print(report(figures))
    if asked.misses:
        print("", *figures.misses, sep="\n")


if __name__ == "__main__":
    main()
