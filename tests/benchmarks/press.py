"""Made-up press for a run without a folder of articles: the seeds' words shuffled, with facts planted to ask for.

Sentences follow the seeds' own order of words one word at a time (a chain of first order), so that they cost
what prose costs to clean and to embed, and say nothing. What is found in them says little about real questions.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

Chain = Mapping[str, Sequence[str]]

_SYLLABLES = "bar bel dor fen gar hol ist kel lun mar nor os pel quin ras sel tor ul ven wick".split()
_WORKS = "bridge hospital harbour library school tunnel stadium reservoir theatre airport".split()
_FIRST_DAY = date(2024, 1, 1)


def write_press(folder: Path, seeds: Sequence[Path], count: int, seed: int = 1) -> Path:
    """Write `count` articles to a folder, and a file of questions beside it, a question an article; its path."""
    chance = random.Random(seed)
    chain, openings = _chain(seeds)
    folder.mkdir(parents=True)
    questions = folder.with_suffix(".jsonl")
    with questions.open("w", encoding="utf-8") as lines:
        for number in range(count):
            name, town, work = f"{number:05}.md", _town(chance), chance.choice(_WORKS)
            millions, day = chance.randint(20, 900), _FIRST_DAY + timedelta(days=chance.randrange(700))
            fact = f"The mayor of {town} said that the new {work} would cost {millions} million crowns."
            paragraphs = [" ".join(_sentences(chance, chain, openings)) for _ in range(chance.randint(6, 14))]
            paragraphs.insert(chance.randrange(len(paragraphs)), f"{fact} {next(_sentences(chance, chain, openings))}")
            head = f"---\ntitle: News from {town}\noutlet: The {town} Courier\npublished: {day}\n---\n"
            (folder / name).write_text("\n\n".join([head, *paragraphs]) + "\n", "utf-8")
            asked = f"How much did the mayor say the {work} of {town} is going to cost?"
            line = {"id": name, "question": asked, "answerable": True, "answers": [str(millions)], "gold": [name]}
            lines.write(json.dumps(line) + "\n")
    return questions


def _town(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=3)).title()


def _chain(files: Sequence[Path]) -> tuple[Chain, Sequence[str]]:
    """Which words follow which, and which open a paragraph."""
    chain: dict[str, list[str]] = {}
    openings: list[str] = []
    for file in files:
        for paragraph in file.read_text("utf-8").split("\n\n"):
            words = paragraph.split()
            if len(words) > 20:
                openings.append(words[0])
                for word, following in pairwise(words):
                    chain.setdefault(word, []).append(following)
    return chain, openings


def _sentences(chance: random.Random, chain: Chain, openings: Sequence[str]) -> Iterator[str]:
    """Three to six sentences."""
    for _ in range(chance.randint(3, 6)):
        words = [chance.choice(openings)]
        while len(words) < 40 and not words[-1].endswith(".") and words[-1] in chain:
            words.append(chance.choice(chain[words[-1]]))
        yield " ".join(words).rstrip(".,;:—") + "."
