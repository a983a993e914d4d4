"""Claims that join the names of a corpus at random: hardly any is true, so hardly any may be called supported.

A claim of a few words has all of them in many a sentence that says something else, which is what `verify` must see.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from itertools import permutations
from pathlib import Path

from retrieval.nlp.entities import entities
from tests.benchmarks.asking import SEEDS, Places, open_corpus
from tests.benchmarks.counts import Key, table
from tests.benchmarks.domains import OURS
from tests.benchmarks.report import Say

PAIRS = (
    "{one} is in {other}.",
    "{one} has joined {other}.",
    "{one} leads {other}.",
    "{one} is the president of {other}.",
    "{one} is president of {other}.",
    "{one} fears {other}.",
    "{one} belongs to {other}.",
    "{one} supports {other}.",
    "{one} and {other} are allies.",
)
ALONE = ("{one} is over.", "{one} is weak.", "{one} is here.", "{one} is back.")
# The names of a corpus that are joined, and the pairs a claim is made of.
NAMES, JOINED = 9, 10


def report(places: Places, say: Say, only: Collection[str]) -> str:
    """The table of claims that are not called supported, by form and corpus; those that are go to `say`."""
    apart = places.evaluation_set("domains_dev")
    folders = {"seeds": SEEDS, **{each.name: each for each in sorted(apart.iterdir()) if each.is_dir()}}
    folders |= {name: OURS / name for name in ("congestion_charge", "mackerel")}
    results: dict[Key, list[bool]] = defaultdict(list)
    for name, folder in folders.items():
        if only and name not in only:
            continue
        data = places.data / (name if folder == SEEDS else f"affair-{name}")
        with open_corpus(folder, data) as corpus:
            for form, claim in _claims(_names(folder)):
                supported = corpus.verify(claim) == "supported"
                results[form, name].append(not supported)
                if supported:
                    say(f"{name}: {claim}")
    return table(results)


def _names(folder: Path) -> list[str]:
    """The most frequent names of one or two words in the articles of a folder."""
    texts = [each.read_text("utf-8", "replace") for each in sorted(folder.rglob("*")) if each.is_file()]
    counted = Counter(each.name for text in texts for each in entities(text))
    frequent = (name for name, _ in counted.most_common(60) if len(name.split()) <= 2 and name[0].isupper())
    return [name for name, _ in zip(frequent, range(NAMES), strict=False)]


def _claims(names: list[str]) -> Iterator[tuple[str, str]]:
    pairs = list(permutations(names, 2))
    random.Random(5).shuffle(pairs)
    for form in PAIRS:
        for one, other in pairs[:JOINED]:
            yield form, form.format(one=one, other=other)
    for form in ALONE:
        for one in names:
            yield form, form.format(one=one)
