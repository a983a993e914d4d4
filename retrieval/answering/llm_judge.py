"""A language model's opinion: what a follow-up asks for, and whether the articles support a claim.

Each is taken only as far as it can be held against something, and can be done without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from retrieval import tuned
from retrieval.answering.second_opinion import extract
from retrieval.answering.verification import rescored
from retrieval.domain.answers import Label, Turn, Verdict
from retrieval.domain.articles import Passage
from retrieval.domain.llm import Opinion, StatementToJudge, Task
from retrieval.domain.phrase import Phrase
from retrieval.errors import ChatError
from retrieval.evidence.citations import Numbering, cite_part
from retrieval.evidence.claim_sentences import premises
from retrieval.evidence.entailment import compare, taken_apart
from retrieval.evidence.gaps import Gap
from retrieval.llm.output_parsing import bare
from retrieval.llm.requests import LanguageModel, SecondLook
from retrieval.nlp.annotate import annotate
from retrieval.nlp.entities import is_named
from retrieval.nlp.sentences import Span, find_quote
from retrieval.nlp.statements import Sentence
from retrieval.nlp.tokens import content_terms

# Characters of a question that a follow-up may become; the share of its own terms that must be left in it, and how many
# there may be that the conversation does not have.
_LONGEST = 300
_KEPT = 0.5
_NEW = 2
# Gaps with which no quote supports a claim.
_LACKING = frozenset((Gap.ENTITY, Gap.QUANTITY, Gap.TIME, Gap.POLARITY))
# Quotes that are shown with a verdict.
_QUOTES = 3


def reword(question: str, turns: Sequence[Turn], chat: LanguageModel, person: str) -> str | None:
    """The follow-up as it can be asked alone; None where the model did not answer, or asks something else instead.

    The turns hold words of articles, which may have told it to.
    """
    try:
        reply = chat.send(chat.prepare(Task("standalone", question, turns=tuple(turns), person=person)))
    except ChatError:
        return None
    made, asked = bare(reply.question), set(content_terms(question))
    said = set(content_terms(" ".join([question, *(f"{turn.understood} {turn.answer}" for turn in turns)])))
    new = set(content_terms(made))
    faithful = len(new - said) <= _NEW and len(asked & new) >= _KEPT * len(asked)
    return made if new and faithful and len(made) <= _LONGEST else None


def give_opinion(local: Verdict, passages: Sequence[Passage], second: SecondLook, person: str) -> Verdict:
    """The model's verdict on a claim, with its quotes; `local` where it gave none or cannot show what it rests on."""
    # What the program found nearest comes first: not all may have room.
    near = {(each.key, each.start) for each in local.evidence}
    passages = sorted(
        passages,
        key=lambda each: not any(key == each.article.key and each.start <= at < each.end for key, at in near),
    )
    try:
        opinions, _ = second.judge([StatementToJudge(local.claim, tuple(map(extract, passages)))], person)
    except ChatError as error:
        return replace(local, note=Phrase("Judged without the model: {reason}", reason=error.reason))
    opinion = opinions.get(0, Opinion(1, ""))
    label = next((each for each in _LABELS if each == opinion.verdict), None)
    quoted = _quoted(opinion.quotes[:_QUOTES], passages) if label != "unsupported" else []
    if label is None or (label != "unsupported" and not quoted):
        return replace(local, note=Phrase("Judged without the model: it showed no quote that is in the articles"))
    if not _bears_out(label, local.claim, quoted):
        return replace(local, note=Phrase("Judged without the model: what it quoted does not show what it says"))
    numbering = Numbering()
    numbering.number(cite_part(passage, 0, *span) for passage, span in quoted)
    return Verdict(local.claim, label, rescored(local, label), numbering.citations, model=second.model)


_LABELS: tuple[Label, ...] = get_args(Label)


def _quoted(quotes: Sequence[str], passages: Sequence[Passage]) -> list[tuple[Passage, Span]]:
    """Where the quotes stand that do stand in a passage."""
    found = list[tuple[Passage, Span]]()
    for quote in quotes:
        found += next(
            ([(each, span) for span in spans] for each in passages if (spans := find_quote(quote, each.text))), []
        )
    return found


def _bears_out(label: Label, claim: str, quoted: Sequence[tuple[Passage, Span]]) -> bool:
    """Tell if a verdict may rest on the sentences it quotes.

    What supports a claim has its names and figures and does not deny it; what contradicts it tells of the same, and
    does not say it itself.
    """
    if label not in ("supported", "contradicted"):
        return True
    stated = annotate(claim)
    lines = premises({passage.id: passage for passage, _ in quoted}.values())
    chosen = [each for each in lines if any(_holds(each.sentence, *place) for place in quoted)]
    if not chosen:
        return False
    compared = compare(taken_apart(claim), tuple(chosen))
    if label == "supported":
        return not (compared.gaps & _LACKING or compared.certain)
    said = sum(is_named(term, compared.said.terms) for term in stated.terms)
    return said >= tuned.CLAIMS.told_from * len(stated.terms) and bool(compared.gaps)


def _holds(sentence: Sentence, passage: Passage, span: Span) -> bool:
    return sentence.passage is passage and sentence.start < span[1] and span[0] < sentence.end
