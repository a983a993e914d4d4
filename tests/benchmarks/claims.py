"""How well claims are told apart by whether their page supports them, and how well the sentences that do are found.

    python -m tests.benchmarks.claims CLAIMS.jsonl [--models FOLDER]

JSON lines with `claim`, `evidence` (the lines of the page it cites), `label` (supported, partially_supported,
not_supported) and `supporting_sentences` (alternative sets of places in `evidence`). The whole page is the evidence, in
passages as an article has them.

R@5: the mean, over the claims that have supporting sentences, of the largest share of one of the alternative sets that
is among the five lines ranked first. `whole`: the share of claims of which a whole set is among them.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.answering.verification import judge, prepare
from retrieval.domain.answers import Verdict
from retrieval.domain.articles import Article, Embed, Filter, Hit, Metadata, Passage, Searched, Vectors
from retrieval.embedding.base import Embedder, open_embedder
from retrieval.ingestion.prepared_articles import PASSAGE_LENGTH
from retrieval.nlp.tokens import content_terms
from retrieval.search.hybrid import Found
from retrieval.storage.vectors.chroma import DownloadedMiniLM

LABELS = ("supported", "partially_supported", "not_supported")
VERDICTS = ("supported", "partly", "unsupported", "contradicted")
_META = "(meta data) "


@dataclass(frozen=True, slots=True)
class Outcome:
    """A claim's label, its verdict, and of its best set of supporting sentences the share that was found."""

    label: str
    verdict: Verdict
    share: float | None


def pages(lines: Sequence[str]) -> tuple[tuple[Hit, ...], list[tuple[int, int]]]:
    """A page as passages of one article, and where each of its lines is: the passage's number and the offset."""
    article = Article(1, "page.txt", Metadata(title=_title(lines)), 1, "page")
    texts, places = [""], list[tuple[int, int]]()
    for line in lines:
        text = line.removeprefix(_META)
        if texts[-1] and len(texts[-1]) + len(text) > PASSAGE_LENGTH:
            texts.append("")
        texts[-1] += "\n\n" if texts[-1] else ""
        places.append((len(texts) - 1, len(texts[-1])))
        texts[-1] += text
    passages = (Passage(number, article, 0, len(text), 1, text) for number, text in enumerate(texts))
    return tuple(Hit(passage, 0.0) for passage in passages), places


def _title(lines: Sequence[str]) -> str | None:
    return next((line.partition("TITLE:")[2].strip() for line in lines if line.startswith(f"{_META}TITLE:")), None)


def find(claim: str, hits: tuple[Hit, ...], embedder: Embedder) -> Found:
    """All passages, as a search would have found them; each term of the claim as rare as it is among them."""
    held = [frozenset(content_terms(hit.passage.text)) for hit in hits]
    terms = {term: sum(term in each for each in held) for term in content_terms(claim)}
    weights = {term: math.log(1 + (len(hits) + 1_000) / (count + 2.5)) for term, count in terms.items()}
    return Found(hits, Searched(1, None), len(hits), Filter(), embedder.query(claim), weights, {})


def measure(row: dict[str, Any], embedder: Embedder, embed: Embed) -> Outcome:
    """One claim against its page."""
    hits, places = pages(row["evidence"])
    found = find(row["claim"], hits, embedder)
    sets = [set(each) for each in row["supporting_sentences"] if each]
    share = None
    if sets:
        lines = prepare(row["claim"], found, embed)[1]
        first: list[int] = []
        for each in lines:
            line = _line(each.sentence.passage.id, each.sentence.start, places)
            first += [line] if line not in first else []
        top = set(first[:5])
        share = max(len(each & top) / len(each) for each in sets)
    return Outcome(row["label"], judge(row["claim"], found, embed), share)


def _line(passage: int, start: int, places: Sequence[tuple[int, int]]) -> int:
    return max(number for number, place in enumerate(places) if place[0] == passage and place[1] <= start)


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """How often a positive has the higher score; ties count half."""
    ours = np.array([score for score, yes in zip(scores, positive, strict=True) if yes])
    theirs = np.array([score for score, yes in zip(scores, positive, strict=True) if not yes])
    higher = (ours[:, None] > theirs).mean() + (ours[:, None] == theirs).mean() / 2
    return float(higher)


def report(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The figures, a line each."""
    labels = Counter(each.label for each in outcomes)
    yield ", ".join(f"{labels[label]} {label}" for label in LABELS)
    scores = [each.verdict.score for each in outcomes]
    yield f"AUROC supported / rest: {auroc(scores, [each.label == LABELS[0] for each in outcomes]):.3f}"
    yield f"AUROC supported or partially / not: {auroc(scores, [each.label != LABELS[2] for each in outcomes]):.3f}"
    shares = [each.share for each in outcomes if each.share is not None]
    whole = sum(share == 1 for share in shares) / len(shares)
    yield f"R@5 of supporting sentences: {sum(shares) / len(shares):.3f} ({len(shares)} claims; whole: {whole:.3f})"
    yield f"\n| label | {' | '.join(VERDICTS)} |\n|---|{'---|' * len(VERDICTS)}"
    for label in LABELS:
        counts = Counter[str](each.verdict.verdict for each in outcomes if each.label == label)
        yield f"| {label} | {' | '.join(str(counts[verdict]) for verdict in VERDICTS)} |"


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks.claims", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("claims", type=Path, metavar="CLAIMS.jsonl", help="labelled claims with their pages")
    parser.add_argument("--models", type=Path, metavar="FOLDER", help="where the model is, or is to be laid out")
    asked = parser.parse_args(arguments)
    if not asked.claims.is_file():
        parser.error(f"{asked.claims} is not there")
    rows = [json.loads(line) for line in asked.claims.read_text("utf-8").splitlines() if line.strip()]
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="claims-") as folder:
        embedder = open_embedder("minilm", asked.models or Path(folder), fallback=DownloadedMiniLM)
        outcomes = [measure(row, embedder, remembering(embedder.documents)) for row in rows]
    print("\n".join(report(outcomes)))
    print(f"\n{time.perf_counter() - started:.0f} s")


def remembering(embed: Embed) -> Embed:
    """The embedder, asked only once for each text."""
    known: dict[str, Vectors] = {}

    def look_up(texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, embed(new), strict=True))
        return np.stack([known[text] for text in texts])

    return look_up


if __name__ == "__main__":
    main(sys.argv[1:])
