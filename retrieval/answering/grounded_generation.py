"""What a language model writes from passages, with all taken out that its sources do not say."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, repeat

from retrieval.answering.claim_check import Checked, Dropped, check
from retrieval.answering.datelines import undated
from retrieval.answering.second_opinion import extract, looked_again, told
from retrieval.chat.markup import bare
from retrieval.chat.second_look import Ask, SecondLook
from retrieval.errors import GarbledError
from retrieval.evidence.claim_sentences import draft, promising
from retrieval.models import Claim, Extract, Hit, Passage, Reply, Stage, Task, Written
from retrieval.nlp.annotate import annotate
from retrieval.nlp.prompt_injection import is_order
from retrieval.nlp.quotes import find_quote
from retrieval.nlp.sentences import sentences

Tell = Callable[[Stage, int], object]

# Statements that are looked at, and the characters of one: more is no answer any longer.
_MOST, _LONGEST = 12, 500
# Sentences of a statement, and those that a small model may choose from.
_SENTENCES, _CHOICE = 2, 24
_SUREST = ("sure", "unsure", "doubtful")

_QUOTED = re.compile(r"[“„«\"]([^“”„«»\"]+)[”“»\"]")
_CLOSING = "\"'”’»)] "


def write(
    task: Task,
    passages: Sequence[Passage],
    ask: Ask,
    second: SecondLook,
    tell: Tell = lambda _stage, _claims: None,
    *,
    above: Sequence[str] = (),
    strict: bool = False,
) -> Written:
    """What the model says to the task from these passages, as far as it passes every check and the second look.

    `above` are the headings of the passages, where they have any. With `strict` nothing is left that is not sure.

    Raises:
        ChatError: the model did not answer.
    """
    tell("writing", 0)
    started = time.monotonic()
    reply = _ask(replace(task, passages=tuple(_extracts(passages, above))), passages, ask, tell)
    tell("checking", len(reply.claims))
    given = passages[: reply.given]
    claims = [_bared(each) for each in reply.claims[:_MOST]]
    outcomes = [_outcome(each, given) for each in claims]
    checked = {at: each for at, each in enumerate(outcomes) if isinstance(each, Checked)}
    opinions, prompt, note = looked_again(checked, given, second, task.person, time.monotonic() - started)
    said = (told(at, each, opinions.get(at), given, second) for at, each in checked.items())
    kept = {each.text: each for each in said if each and not (strict and each.unsure)}
    versions = tuple(filter(None, (reply.prompt, prompt)))
    return Written(
        reply.model, tuple(kept.values()), len({each.text for each in claims}) - len(kept), reply.cut, versions, note
    )


def _ask(task: Task, passages: Sequence[Passage], ask: Ask, tell: Tell) -> Reply:
    """The model's claims; of one that cannot keep to a form the sentences it chooses, for they need none."""
    try:
        return ask(task, lambda claims: tell("writing", claims))
    except GarbledError:
        if task.purpose != "answer":
            raise
    drafts = draft([Hit(each, 0.0) for each in passages])
    listed = [
        each.sentence for each, _ in promising(annotate(task.text), drafts, _CHOICE) if not is_order(each.sentence.text)
    ]
    choice = replace(task, purpose="choose", passages=tuple(Extract(each.text) for each in listed))
    reply = ask(choice, lambda _claims: None)
    chosen = [
        listed[number - 1] for number in dict.fromkeys(reply.numbers) if 0 < number <= min(reply.given, len(listed))
    ]
    numbers = {each.id: number for number, each in enumerate(passages, 1)}
    claims = tuple(Claim(each.text, (numbers[each.hit.passage.id],)) for each in chosen)
    return replace(reply, claims=claims, given=len(passages))


def _extracts(passages: Sequence[Passage], above: Sequence[str]) -> Iterator[Extract]:
    for passage, heading in zip(passages, chain(above, repeat("")), strict=False):
        made = extract(passage)
        yield replace(made, source=f"{made.source} · {heading}") if heading else made


def _bared(claim: Claim) -> Claim:
    return replace(claim, text=bare(claim.text), side=bare(claim.side), translation=bare(claim.translation))


def _outcome(claim: Claim, given: Sequence[Passage]) -> Checked | Dropped:
    """The outcome of a claim, with or without the days of its articles that it opens with, whichever is surer."""
    if not may_stand(claim, given):
        return Dropped(claim, "empty")
    without = _undated(claim, given)
    found = check([claim] if without.text == claim.text else [claim, without], given)
    return min(found, key=lambda each: _SUREST.index(each.certainty) if isinstance(each, Checked) else len(_SUREST))


def _undated(claim: Claim, given: Sequence[Passage]) -> Claim:
    """A claim without the dates of the articles themselves: those are shown with the source."""
    cited = [given[number - 1].article.metadata.published for number in claim.passages if 0 < number <= len(given)]
    return replace(claim, text=undated(claim.text, [each[:10] for each in cited if each]))


def may_stand(claim: Claim, given: Sequence[Passage]) -> bool:
    """Whether it is a statement at all, and quotes nobody but its passages."""
    text = claim.text
    if not 0 < len(text) <= _LONGEST or text.rstrip(_CLOSING).endswith("?"):
        return False
    if len(sentences(text)) > _SENTENCES:
        return False
    cited = [given[number - 1].text for number in claim.passages if 0 < number <= len(given)]
    return all(any(_quotes(quoted, each) for each in cited) for quoted in _QUOTED.findall(text))


def _quotes(quoted: str, text: str) -> bool:
    """A quote of a word or two is too short to be looked for as one."""
    words = " ".join(quoted.split()).strip(".,;:!?'’ ").casefold()
    return bool(find_quote(quoted, text)) or (len(words.split()) < 3 and words in " ".join(text.split()).casefold())
