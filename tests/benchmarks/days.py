"""Reads articles as they come, without a sources.toml, and prints of how many the day is right.

    python -m tests.benchmarks.days FOLDER           analyst_dev, or a folder of its kind; --misses lists the others

The day of a file is that of `NAME.sources.toml` beside its folder NAME; else that of `date:` in its front matter, or
the one that its name begins with.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from retrieval.ingestion.reading import read

_DATED = re.compile(r"(\d{4}-\d\d-\d\d)-")
_STATED = re.compile(r"\A---\n(?:.*\n){0,30}?date:\s*[\"']?(\d{4}-\d\d-\d\d)", re.MULTILINE)


def true_days(folder: Path) -> Mapping[str, str]:
    """The days of the files of a folder, by name."""
    stated = folder.with_name(f"{folder.name}.sources.toml")
    if stated.exists():
        return {name: str(each["published"])[:10] for name, each in tomllib.loads(stated.read_text("utf-8")).items()}
    return {
        each.name: found[1]
        for each in folder.iterdir()
        if (found := _STATED.match(each.read_text("utf-8", "replace")) or _DATED.match(each.name))
    }


def wrong(folder: Path) -> Iterator[str]:
    """The files of a folder whose day is not found."""
    for name, day in sorted(true_days(folder).items()):
        known = read((folder / name).read_bytes(), name).metadata
        if known.day != day:
            yield f"{name}: {known.day or 'no day'}{' (estimated)' if known.published_estimated else ''}, not {day}"


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks.days", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--misses", action="store_true")
    asked = parser.parse_args(arguments)
    for folder in sorted(each for each in asked.folder.iterdir() if each.is_dir()):
        missed, count = list(wrong(folder)), len(true_days(folder))
        print(f"{folder.name}: {count - len(missed)} of {count}")
        if asked.misses:
            print(*missed, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
