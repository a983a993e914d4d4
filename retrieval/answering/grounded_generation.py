"""What a language model writes from passages, with all taken out that its sources do not say."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat

from retrieval.answering.claim_check import Checked, Dropped, check
from retrieval.answering.dated_statements import undated
from retrieval.answering.second_opinion import extract, looked_again, told
from retrieval.domain.answers import Stage
from retrieval.domain.articles import Passage
from retrieval.domain.llm import CheckedReply, Claim, PromptPassage, Reply, Task
from retrieval.errors import GarbledError
from retrieval.evidence.claim_sentences import premises, promising
from retrieval.llm.output_parsing import bare
from retrieval.llm.requests import LanguageModel, PromptRequest, SecondLook
from retrieval.nlp.annotate import annotate
from retrieval.nlp.prompt_injection import is_order
from retrieval.nlp.sentences import find_quote, sentences

Tell = Callable[[Stage, int], object]

# Statements that are looked at, and the characters of one: more is no answer any longer.
_MOST, _LONGEST = 12, 500
# Sentences of a statement, and those that a small model may choose from.
_SENTENCES, _CHOICE = 2, 24
_SUREST = ("sure", "unsure", "doubtful")

_QUOTED = re.compile(r"[“„«\"]([^“”„«»\"]+)[”“»\"]")
_CLOSING = "\"'”’»)] "


@dataclass(frozen=True, slots=True)
class Generation:
    """A model's work: its reply, the passages it was given, and the outcome of every claim of some worth."""

    reply: Reply
    given: tuple[Passage, ...]
    outcomes: tuple[Checked | Dropped, ...]
    seconds: float = 0.0


def write(
    task: Task,
    passages: Sequence[Passage],
    chat: LanguageModel,
    second: SecondLook,
    tell: Tell = lambda _stage, _claims: None,
    *,
    strict: bool = False,
) -> CheckedReply:
    """The model's answer to the task from these passages, as far as it passes every check and the second look.

    With `strict` nothing is left that is not sure.

    Raises:
        ChatError: the model did not answer.
    """
    started = time.monotonic()
    reply = asked(prompted(task, passages, chat), passages, chat, tell)
    return looked_at(parsed(reply, passages, time.monotonic() - started), second, task.person, strict=strict)


def prompted(task: Task, passages: Sequence[Passage], chat: LanguageModel, above: Sequence[str] = ()) -> PromptRequest:
    """The request for a task over its passages, under the headings `above` them.

    Raises:
        ChatError: the question is too long.
    """
    return chat.prepare(replace(task, passages=tuple(_extracts(passages, above))))


def parsed(reply: Reply, passages: Sequence[Passage], seconds: float = 0.0) -> Generation:
    """The claims of a reply without their markup, each with what is known of it; it took so many seconds."""
    given = tuple(passages[: reply.given])
    return Generation(reply, given, tuple(_outcome(_bared(each), given) for each in reply.claims[:_MOST]), seconds)


def looked_at(draft: Generation, second: SecondLook, person: str, *, strict: bool = False) -> CheckedReply:
    """The rest of a draft once all that is not sure in it has been looked at again."""
    checked = {at: each for at, each in enumerate(draft.outcomes) if isinstance(each, Checked)}
    opinions, prompt, note = looked_again(checked, draft.given, second, person, draft.seconds)
    said = (told(at, each, opinions.get(at), draft.given, second) for at, each in checked.items())
    kept = {each.text: each for each in said if each and not (strict and each.unsure)}
    dropped = len({each.claim.text for each in draft.outcomes}) - len(kept)
    versions = tuple(filter(None, (draft.reply.prompt, prompt)))
    return CheckedReply(
        model=draft.reply.model,
        sentences=tuple(kept.values()),
        dropped=dropped,
        cut=draft.reply.cut,
        prompts=versions,
        note=note,
    )


def asked(
    request: PromptRequest,
    passages: Sequence[Passage],
    chat: LanguageModel,
    tell: Tell = lambda _stage, _claims: None,
) -> Reply:
    """The model's reply; of one that cannot keep to a form the sentences it chooses, for they need none.

    Raises:
        ChatError: there is none.
    """
    tell("writing", 0)
    try:
        reply = chat.send(request, lambda claims: tell("writing", claims))
    except GarbledError:
        if request.task.purpose != "answer":
            raise
        reply = _chosen(request.task, passages, chat)
    tell("checking", len(reply.claims))
    return reply


def _chosen(task: Task, passages: Sequence[Passage], chat: LanguageModel) -> Reply:
    """The sentences that a model chooses by their numbers, as claims."""
    lines = premises(passages)
    near = (each.sentence for each in promising(annotate(task.text), lines, _CHOICE))
    listed = [each for each in near if not is_order(each.text)]
    choice = replace(task, purpose="choose", passages=tuple(PromptPassage(each.text) for each in listed))
    reply = chat.send(chat.prepare(choice))
    known = [number for number in dict.fromkeys(reply.numbers) if 0 < number <= min(reply.given, len(listed))]
    places = {each.id: number for number, each in enumerate(passages, 1)}
    chosen = (listed[number - 1] for number in known)
    claims = tuple(Claim(each.text, (places[each.passage.id],)) for each in chosen)
    return replace(reply, claims=claims, given=len(passages))


def _extracts(passages: Sequence[Passage], above: Sequence[str]) -> Iterator[PromptPassage]:
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
    """Tell if it is a statement at all, and quotes nobody but its passages."""
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
