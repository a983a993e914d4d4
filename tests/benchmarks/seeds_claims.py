"""Claims over the seeds and over CRS reports: whether `verify` calls the true ones supported, and no other.

Besides what is false, that is what is superseded, what the sources dispute, and what is no claim at all.
"""

from __future__ import annotations

import json
from collections import defaultdict

from tests.benchmarks.analysts import open_crs
from tests.benchmarks.asking import SEEDS, Places, open_corpus
from tests.benchmarks.counts import Figures, Key, count, total
from tests.benchmarks.report import Say

TRUE = "true"

Results = dict[Key, list[bool]]


def run(places: Places, say: Say) -> Results:
    """Whether each verdict is right, by what the claim is and the corpus; the others go to `say`."""
    lines = (places.evaluation_set("seeds_dev") / "claims.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    results: Results = defaultdict(list)
    for name in dict.fromkeys(row["corpus"] for row in rows):
        opened = open_corpus(SEEDS, places.data / "seeds") if name == "seeds" else open_crs(places)
        with opened as corpus:
            for row in (row for row in rows if row["corpus"] == name):
                verdict = corpus.verify(row["claim"])
                right = (verdict == "supported") is (row["gold"] == TRUE)
                results[row["gold"], name].append(right)
                if not right:
                    say(f"{verdict}, which is {row['gold']}: {row['claim']}")
    return results


def figures(results: Results) -> Figures:
    """How many claims that are not true are not called supported, and how many true ones are."""
    sides = {True: "true, called supported", False: "not true, not called supported"}
    return {
        name: total(count(values) for (gold, _), values in results.items() if (gold == TRUE) is side)
        for side, name in sides.items()
    }
