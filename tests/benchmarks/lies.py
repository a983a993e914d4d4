"""How many lies of a language model get past the check, and how many true claims do not: a table per kind.

    python -m tests.benchmarks.lies [NEWS_FOLDER] [--articles N] [--wrong N] [--failures]

Claims are made from the sentences of the seeds and, where a folder is given, of news articles: true ones by rewording
(`rewriting`) and by hand over the seeds (`told`), false ones by lying (`lying`), both without knowledge of how claims
are checked. The check was tuned on the articles of the first column; the second shows the others. A claim comes with
four passages of its article, one of which it cites. Without a second look what is doubtful is dropped and the rest is
shown; with one (`--wrong`) its verdict holds for all of which the program is not sure, and the table has the mean over
all the places at which its wrong verdicts may fall.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, permutations
from pathlib import Path

from retrieval.answering.claim_check import Checked, Dropped, check
from retrieval.bootstrap import seeds_folder
from retrieval.domain.articles import Article, Passage
from retrieval.domain.llm import Claim
from retrieval.errors import UnreadableError
from retrieval.ingestion.prepared_articles import split_passages
from retrieval.ingestion.reading import read
from retrieval.nlp.markup import readable
from retrieval.nlp.sentences import sentences
from tests.benchmarks import lying, rewriting
from tests.benchmarks.told import TOLD

GIVEN = 4
PER_ARTICLE = 3


@dataclass(frozen=True, slots=True)
class Case:
    """A claim as a model might make it of the passages it was given. `told` is the sentence it was made from."""

    kind: str
    true: bool
    claim: Claim
    given: tuple[Passage, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence that makes sense alone, and the place of its passage among those given."""

    text: str
    place: int
    start: int
    end: int


def articles(files: Sequence[Path]) -> list[list[Passage]]:
    """The passages of each readable article, of those that have two at least."""
    found = []
    for number, file in enumerate(files):
        try:
            document = read(file.read_bytes(), file.name)
        except UnreadableError:
            continue
        article = Article(number, file.name, document.metadata, number, file.stem)
        spans = split_passages(document.text, document.blocks)
        made = [
            Passage(1_000 * number + place, article, start, end, 1, document.text[start:end])
            for place, (start, end) in enumerate(spans)
        ]
        found += [made] if len(made) > 1 else []
    return found


_DANGLING = re.compile(
    r"(?:He|She|It|They|We|I|This|That|These|Those|But|And|So|His|Her|Their|Its|Our|My|You|Or|Also|However|Then|There"
    r"|Here|Such|Both|Meanwhile|Instead|Nonetheless|Still|Yet)\b"
)


def tellable(given: Sequence[Passage]) -> list[Told]:
    """The sentences that may become claims: whole ones of some length that point back to nothing."""
    found = []
    for place, passage in enumerate(given):
        for start, end in sentences(passage.text):
            text = readable(passage.text[start:end])
            whole = re.fullmatch(r"[A-Z“\"].{40,240}[.][”\"]?", text) and 8 <= len(text.split()) <= 34
            even = text.count("“") == text.count("”") and text.count('"') % 2 == 0
            if whole and even and not _DANGLING.match(text.lstrip('“"')):
                found.append(Told(text, place, start, end))
    return found


def cases(corpus: Sequence[Sequence[Passage]], rng: random.Random) -> list[list[Case]]:
    """The cases of each article."""
    names = [sorted({match[0] for each in own for match in lying.names_in(readable(each.text))}) for own in corpus]
    made = []
    for number, own in enumerate(corpus):
        given = tuple(sorted(rng.sample(list(own), min(GIVEN, len(own))), key=lambda each: each.start))
        other = corpus[(number + 1) % len(corpus)]
        made.append([*_true(given, rng), *_false(given, names[number] or names[number - 1], other, rng)])
    return made


def _true(given: tuple[Passage, ...], rng: random.Random) -> Iterator[Case]:
    told = tellable(given)
    rng.shuffle(told)
    made = 0
    for each in told:
        reworded = rewriting.reword(each.text, rng)
        if reworded and made < 2 * PER_ARTICLE:
            made += 1
            yield Case(
                reworded[1], True, Claim(reworded[0], (each.place + 1,), _quotes(each, given, rng)), given, each.text
            )
    for one, other in pairwise(told):
        if len(f"{one.text} {other.text}".split()) < 45 and '"' not in one.text and "“" not in one.text:
            places = tuple({one.place + 1: None, other.place + 1: None})
            text = rewriting.join(one.text, other.text)
            yield Case("two joined", True, Claim(text, places), given, f"{one.text} {other.text}")
            break


def _quotes(told: Told, given: Sequence[Passage], rng: random.Random) -> tuple[str, ...]:
    """Some words in a row of the sentence, as it is stored."""
    words = list(re.finditer(r"\S+", given[told.place].text[told.start : told.end]))
    first = rng.randrange(max(1, len(words) - 7))
    last = words[min(first + rng.randint(5, 12), len(words) - 1)]
    return (given[told.place].text[told.start + words[first].start() : told.start + last.end()],)


# Lies that need the form of the stored sentence.
_AS_IT_STANDS = frozenset(
    (
        "attribution lost",
        "exchanged names",
        "noun replaced",
        "verb replaced",
        "two numbers exchanged",
        "two dates exchanged",
    )
)


def _false(
    given: tuple[Passage, ...], names: Sequence[str], other: Sequence[Passage], rng: random.Random
) -> Iterator[Case]:
    told = tellable(given)
    for kind, lie in lying.LIES.items():
        rng.shuffle(told)
        for each in told:
            reworded = rewriting.reword(each.text, rng) if rng.random() < 0.5 else None
            base = reworded[0] if reworded and kind not in _AS_IT_STANDS else each.text
            text = lie(base, names, rng)
            if text and text != base and text not in (said.text for said in told):
                yield Case(kind, False, Claim(text, (each.place + 1,), _quotes(each, given, rng)), given, each.text)
                break
    yield from _false_sources(given, told, other, rng)


def _false_sources(
    given: tuple[Passage, ...], told: Sequence[Told], other: Sequence[Passage], rng: random.Random
) -> Iterator[Case]:
    vocabulary = re.findall(r"[A-Za-z]{3,}", " ".join(each.text for each in given))
    for each in told[:2]:
        quote = _quotes(each, given, rng)[0]
        altered = lying.altered_quote(quote, vocabulary, rng)
        if altered not in given[each.place].text:
            yield Case("altered quote", False, Claim(each.text, (each.place + 1,), (altered,)), given, quote)
        number = rng.choice((0, -1, len(given) + 1, len(given) + rng.randint(2, 90)))
        yield Case("passage not given", False, Claim(each.text, (number,), (quote,)), given, each.text)
        yield Case(
            "one passage not given", False, Claim(each.text, (each.place + 1, number), (quote,)), given, each.text
        )
    for each in told[2:3]:
        away = [place for place in range(len(given)) if place != each.place and _differs(each.text, given[place].text)]
        if away:
            yield Case("true of another passage", False, Claim(each.text, (rng.choice(away) + 1,)), given, each.text)
    yield from _another(given, told, rng)
    yield from _number_of_another(given, told, rng)
    yield from _planted(given, told, rng)
    for each in tellable(other[:2])[:1]:
        place = rng.randrange(len(given))
        own = [said for said in told if said.place == place]
        quotes = _quotes(own[0], given, rng) if own else ()
        yield Case("true of another article", False, Claim(each.text, (place + 1,), quotes), given, each.text)


_SUBJECT = re.compile(rf"(?P<who>(?:The )?{rewriting.NAME}) (?P<what>[a-z]+(?:s|ed|d|t|n|w)\b .{{25,}})")


def _another(given: tuple[Passage, ...], told: Sequence[Told], rng: random.Random) -> Iterator[Case]:
    """Of somebody in one passage what another passage tells of somebody else."""
    parted = [(each, match) for each in told if (match := _SUBJECT.match(each.text))]
    for (one, ours), (other, theirs) in permutations(parted, 2):
        if (
            one.place != other.place
            and ours["who"] != theirs["who"]
            and _differs(theirs["what"], given[one.place].text)
        ):
            text = f"{ours['who']} {theirs['what']}"
            quotes = _quotes(one, given, rng)
            yield Case("done by another", False, Claim(text, (one.place + 1,), quotes), given, one.text)
            return


def _number_of_another(given: tuple[Passage, ...], told: Sequence[Told], rng: random.Random) -> Iterator[Case]:
    """A number by that of another sentence of the passage."""
    for one, other in permutations(told, 2):
        numbers = lying.numbers_in(one.text) if one.place == other.place else []
        others = [match[0] for match in lying.numbers_in(other.text) if match[0] not in one.text]
        if numbers and others:
            place = rng.choice(numbers)
            text = one.text[: place.start()] + rng.choice(others) + one.text[place.end() :]
            yield Case("number of another sentence", False, Claim(text, (one.place + 1,)), given, one.text)
            return


_INTRODUCED = (
    "On Monday, officials claimed ", "In a statement, critics alleged ", "After the meeting, the firm insisted that ",
    "Earlier this week, opponents said ", "On Friday, the minister warned that ", "In a letter, a witness suggested ",
)  # fmt: skip
_CONDITIONS = ("If the court agrees, ", "Unless the talks fail, ", "Should the vote pass, ", "Provided that it rains, ")
_BY_SOMEBODY = re.compile(r"\b(?:sa(?:id|ys?)|told|according|claim\w*|reportedly|if|unless)\b|[“”\"]", re.IGNORECASE)


def _planted(given: tuple[Passage, ...], told: Sequence[Told], rng: random.Random) -> Iterator[Case]:
    """A sentence as it stands, where the passage has it in somebody's words or on a condition."""
    plain = [each for each in told if not _BY_SOMEBODY.search(each.text)][:1]
    for each in plain:
        kinds = {"attribution lost after an introduction": _INTRODUCED, "condition lost": _CONDITIONS}
        for kind, openings in kinds.items():
            source = rng.choice(openings) + rewriting.small(each.text)
            passage = given[each.place]
            text = passage.text[: each.start] + source + passage.text[each.end :]
            changed = replace(passage, text=text, end=passage.start + len(text))
            altered = tuple(changed if other is passage else other for other in given)
            yield Case(kind, False, Claim(each.text, (each.place + 1,)), altered, source)


def _differs(text: str, passage: str) -> bool:
    """Whether less than half of a sentence's longer words stand in a passage, so that it hardly says the same."""
    words = set(re.findall(r"\w{5,}", text.lower()))
    return len(words & set(re.findall(r"\w{5,}", passage.lower()))) < len(words) / 2


def told_cases(seeds: Sequence[Sequence[Passage]]) -> list[Case]:
    """The claims made by hand over the seeds."""
    made = []
    for file, words, text in TOLD:
        own = next(each for each in seeds if each[0].article.file.startswith(file))
        place = next(number for number, passage in enumerate(own) if words in passage.text)
        first = max(0, min(place - 1, len(own) - GIVEN))
        given = tuple(own[first : first + GIVEN])
        made.append(Case("by hand", True, Claim(text, (place - first + 1,), (words,)), given, words))
    return made


def right(case: Case, wrong: int = 0) -> float:
    """1 where what is true is shown and what is not is not, with none but stored text; else 0.

    What a second look decides, which is wrong one time in so many, comes out right as often as it does. Without one
    (0) what is doubtful goes.
    """
    (outcome,) = check([case.claim], case.given)
    if isinstance(outcome, Dropped):
        return float(not case.true)
    if not _is_verbatim(outcome):
        return 0.0
    if wrong and outcome.certainty != "sure":
        return 1 - 1 / wrong
    return float((outcome.certainty != "doubtful") == case.true)


def _is_verbatim(checked: Checked) -> bool:
    return all(each.quote and each.end - each.start == len(each.quote) for each in checked.citations)


Tally = dict[tuple[bool, str], dict[bool, list[float]]]


def tally(made: Sequence[Sequence[Case]], wrong: int = 0, *, failures: bool = False) -> Tally:
    """For each kind, and for the articles tuned on and the others, how often each case came out right."""
    found: Tally = defaultdict(lambda: {True: [], False: []})
    for number, own in enumerate(made):
        for case in own:
            well = right(case, wrong)
            found[case.true, case.kind][number % 2 == 0].append(well)
            if failures and well < 0.5 and number % 2 == 0:
                print(f"{case.kind}\n  claim: {case.claim.text}\n  told:  {case.told}\n")
    return found


def table(found: Tally) -> Iterator[str]:
    """The tally as Markdown."""
    yield "| kind | tuned on | others |\n|---|---|---|"
    for true, title in ((False, "false claims dropped"), (True, "true claims kept")):
        own = {kind: sides for (side, kind), sides in found.items() if side == true}
        for kind, sides in sorted(own.items()):
            yield f"| {kind} | {_share(sides[True])} | {_share(sides[False])} |"
        total = {side: [well for sides in own.values() for well in sides[side]] for side in (True, False)}
        yield f"| **{title}** | **{_share(total[True])}** | **{_share(total[False])}** |"


def _share(wells: Sequence[float]) -> str:
    return f"{sum(wells):.4g} of {len(wells)} ({sum(wells) / len(wells):.0%})" if wells else "-"


def speed(made: Sequence[Sequence[Case]], count: int = 40) -> list[float]:
    """How many milliseconds it takes to check four claims over four passages, sorted."""
    taken = []
    for own in [own for own in made if len(own) >= 4][:count]:
        claims = [case.claim for case in own if case.true][:4]
        started = time.perf_counter()
        check(claims, own[0].given)
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks.lies", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("news", type=Path, nargs="?", metavar="NEWS_FOLDER", help="a folder of articles")
    parser.add_argument("--articles", type=int, default=120, metavar="N", help="how many of them [default: 120]")
    parser.add_argument("--wrong", type=int, default=0, metavar="N", help="with a second look, wrong one time in N")
    parser.add_argument("--failures", action="store_true", help="print what came out wrong of the articles tuned on")
    asked = parser.parse_args(arguments)
    seeds = seeds_folder()
    if seeds is None or (asked.news and not asked.news.is_dir()):
        parser.error(f"{asked.news or 'the folder of the seeds'} is not there")
    rng = random.Random(5)
    files = sorted(asked.news.iterdir()) if asked.news else []
    own = articles(sorted(seeds.glob("*.txt")))
    made = cases([*own, *articles(rng.sample(files, min(asked.articles, len(files))))], rng)
    made[0] += told_cases(own)
    found = tally(made, asked.wrong, failures=asked.failures)
    taken = speed(made)
    print("\n".join(table(found)))
    middle, slow = taken[len(taken) // 2], taken[-max(1, len(taken) // 20)]
    print(f"\nchecking four claims over four passages: p50 {middle:.0f} ms, p95 {slow:.0f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
