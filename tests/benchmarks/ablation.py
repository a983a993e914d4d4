"""What each development set loses without a family of rules: a rule that gains nothing anywhere goes.

A switch turns a family off, as a rule by giving a tuned constant the value at which it does nothing. Where it changes
how articles are brought in, it gets data folders of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from retrieval import tuned
from retrieval.answering import extractive, standing, verification
from retrieval.nlp.names import Aliases
from retrieval.search import hybrid
from retrieval.services import asking
from tests.benchmarks import analysts, domains, reversals, seeds_claims, strangers
from tests.benchmarks.asking import SEEDS, Document, Places, open_corpus
from tests.benchmarks.counts import Count, Figures, aligned
from tests.benchmarks.report import Say

NEWS_QUESTIONS = 60


@dataclass(frozen=True, slots=True)
class Switch:
    """A family of rules that can be turned off; `ingests` where that changes how articles are brought in."""

    name: str
    turned_off: Callable[[], AbstractContextManager[object]]
    ingests: bool = False


@contextmanager
def replaced(owner: Any, **values: Any) -> Iterator[None]:
    """Give constants or functions of a module or class other values for a while."""
    own = {name: getattr(owner, name) for name in values}
    _set(owner, values)
    try:
        yield
    finally:
        _set(owner, own)


def _set(owner: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(owner, name, value)


def numbers(group: str, **values: Any) -> AbstractContextManager[None]:
    """Give numbers of a group of `tuned` other values for a while."""
    return replaced(tuned, **{group: replace(getattr(tuned, group), **values)})


def _nothing(*_given: Any, **_options: Any) -> None:
    """Stands in for a rule that finds nothing."""


SWITCHES = (
    Switch("recency", lambda: numbers("SEARCH", recency_weight=0.0, now_recency_weight=0.0)),
    Switch("words", lambda: numbers("SEARCH", words_weight=0.0)),
    Switch("support", lambda: numbers("SEARCH", support_weight=0.0)),
    Switch("days", lambda: numbers("SEARCH", window_weight=0.0)),
    Switch("spelling", lambda: replaced(hybrid, corrected=lambda _connection, question: question)),
    Switch("aliases", lambda: replaced(Aliases, learn=lambda known, _texts: known)),
    Switch("name gate", lambda: replaced(standing, lacking=lambda *_given: [])),
    Switch("close marks", lambda: numbers("ANSWER", most_sentences=tuned.ANSWER.max_sentences)),
    Switch("surroundings", lambda: numbers("ANSWER", surroundings=0.0)),
    Switch("context", lambda: numbers("ANSWER", excerpt_words=0)),
    Switch("latest", lambda: replaced(extractive, in_course=_nothing)),
    Switch("conflicts", lambda: replaced(asking, settle=lambda given, *_rest: given)),
    Switch("roles", lambda: replaced(verification, with_roles=lambda _claimed, entailment, *_rest: entailment)),
    Switch("rewrites", lambda: numbers("DUPLICATES", rewrite_cosine=2.0), ingests=True),
)

Set = Callable[[Places], Figures]


def _silent(_line: str) -> None:
    """What went wrong is not printed."""


def _evaluated(document: Document) -> Figures:
    """Shares of `eval` as counts of the questions that they are shares of."""
    names = {"contained": "answerable", "cited_gold": "answerable", "answered": "answerable", "refused": "unanswerable"}
    sizes = {"answerable": document["answerable"], "unanswerable": document["questions"] - document["answerable"]}
    return {name: Count(round((document[name] or 0) * sizes[of]), sizes[of]) for name, of in names.items() if sizes[of]}


def _seeds(places: Places) -> Figures:
    questions = places.evaluation_set("seeds_dev") / "questions.jsonl"
    with open_corpus(SEEDS, places.data / "seeds") as corpus:
        return _evaluated(corpus.evaluate(questions))


def _news(places: Places) -> Figures:
    folder = places.evaluation_set("news_dev")
    with open_corpus(folder / "articles", places.data / "news") as corpus:
        return _evaluated(corpus.evaluate(folder / "questions.jsonl", NEWS_QUESTIONS))


SETS: Mapping[str, Set] = {
    "affairs": lambda places: domains.figures(domains.ours(places, _silent)),
    "domains": lambda places: domains.figures(domains.kept_apart(places, _silent)),
    "reversals": lambda places: reversals.figures(places, _silent),
    "analysts": lambda places: analysts.figures(analysts.run(places, _silent)),
    "strangers": lambda places: analysts.figures(strangers.run(places, _silent)),
    "claims": lambda places: seeds_claims.figures(seeds_claims.run(places, _silent)),
    "seeds": _seeds,
    "news": _news,
}


def report(
    places: Places,
    say: Say = _silent,
    only: Collection[str] = (),
    switches: Sequence[Switch] = SWITCHES,
    sets: Mapping[str, Set] = SETS,
) -> str:
    """A row for each figure: what it is, and what is lost (-) or gained (+) without each family; "." is no change.

    `only` names the families and the sets: all of a kind where it names none of it.
    """
    chosen = [switch for switch in switches if switch.name in only] or list(switches)
    measured = {name: own for name, own in sets.items() if name in only} or dict(sets)
    as_it_is = _measure(places, measured, say)
    without = [_without(switch, places, measured, say) for switch in chosen]
    lines = [["", "as it is", *(f"without {switch.name}" for switch in chosen)]]
    for name, value in as_it_is.items():
        lines.append([name, str(value), *(_change(figures[name].right - value.right) for figures in without)])
    return aligned(lines)


def _measure(places: Places, sets: Mapping[str, Set], say: Say) -> Figures:
    """All figures, by their set and name."""
    measured = {}
    for name, own in sets.items():
        for figure, value in own(places).items():
            measured[f"{name}: {figure}"] = value
        say(f"measured {name} in {places.data}")
    return measured


def _without(switch: Switch, places: Places, sets: Mapping[str, Set], say: Say) -> Figures:
    own = Places(places.data / f"without-{switch.name}", places.evaluation) if switch.ingests else places
    own.data.mkdir(exist_ok=True)
    with switch.turned_off():
        say(f"without {switch.name}:")
        return _measure(own, sets, say)


def _change(difference: int) -> str:
    return f"{difference:+d}" if difference else "."
