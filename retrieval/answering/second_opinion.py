"""What a second look makes of a model's statements: which of them are shown, and as what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from retrieval.answering.claim_check import Checked, check, is_ordered
from retrieval.domain.articles import Passage
from retrieval.domain.citations import Citation
from retrieval.domain.llm import CheckedStatement, Claim, Opinion, PromptPassage, StatementToJudge
from retrieval.errors import ChatError
from retrieval.llm.output_parsing import bare
from retrieval.llm.requests import SecondLook
from retrieval.nlp.prompt_injection import is_order
from retrieval.nlp.sentences import sentences
from retrieval.nlp.tokens import content_terms

# Characters of a translation.
_LONGEST = 500
_FIGURE = re.compile(r"[0-9]+")


def looked_again(
    checked: Mapping[int, Checked], given: Sequence[Passage], second: SecondLook, person: str, spent: float
) -> tuple[dict[int, Opinion], str, str]:
    """The opinions by the places of the claims, the version of their prompt, and why there are none."""
    open_ = {at: each for at, each in checked.items() if each.certainty != "sure"}
    if not open_ or not second.judges:
        return {}, "", ""
    try:
        found, prompt = second.judge([_judged(each, given) for each in open_.values()], person, spent)
    except ChatError as error:
        return {}, "", error.reason
    places = list(open_)
    return {places[at]: each for at, each in found.items()}, prompt, ""


def _judged(checked: Checked, given: Sequence[Passage]) -> StatementToJudge:
    """A statement with the sentences around its quotes, and the lines over their passages."""
    excerpts = dict.fromkeys(_around(each, given) for each in checked.citations)
    return StatementToJudge(checked.claim.text, tuple(excerpts))


def _around(citation: Citation, given: Sequence[Passage]) -> PromptPassage:
    passage = next(each for each in given if _holds(each, citation))
    spans = sentences(passage.text)
    start, end = citation.start - passage.start, citation.end - passage.start
    there = [at for at, (first, last) in enumerate(spans) if first < end and start < last]
    first, last = there[0], there[-1]
    # An order beside a quote speaks to whoever judges it, too.
    first -= first > 0 and not is_ordered(passage, spans[first - 1])
    last += last + 1 < len(spans) and not is_ordered(passage, spans[last + 1])
    return PromptPassage(passage.text[spans[first][0] : spans[last][1]], extract(passage).source)


def _holds(passage: Passage, citation: Citation) -> bool:
    return passage.article.key == citation.key and passage.start <= citation.start < passage.end


def told(
    at: int, checked: Checked, opinion: Opinion | None, given: Sequence[Passage], second: SecondLook
) -> CheckedStatement | None:
    """The part of a claim that is not known to be false which is shown; None where nothing is."""
    claim = checked.claim
    said = CheckedStatement(
        text=claim.text, citations=checked.citations, at=at, side=claim.side, translation=_translation(claim)
    )
    if opinion is None:
        unsure = checked.certainty == "unsure" and second.verifier != "off"
        return None if checked.certainty == "doubtful" else replace(said, unsure=unsure)
    if opinion.verdict == "partly":
        return _part(said, claim, bare(opinion.part), given)
    return said if opinion.verdict == "supported" else None


def _part(said: CheckedStatement, claim: Claim, part: str, given: Sequence[Passage]) -> CheckedStatement | None:
    """The part of a statement that is supported, in no other words than its own."""
    made = replace(claim, text=part)
    if not part or not set(content_terms(part)) <= set(content_terms(claim.text)) or is_order(part):
        return None
    (found,) = check([made], given)
    return replace(said, text=part) if isinstance(found, Checked) and found.certainty != "doubtful" else None


def _translation(claim: Claim) -> str:
    """The model's translation of its quotes: nothing where it orders anything, or has figures that they do not have."""
    figures = set(_FIGURE.findall(" ".join(claim.quotes)))
    plain = claim.translation[:_LONGEST]
    return "" if is_order(plain) or not set(_FIGURE.findall(plain)) <= figures else plain


def extract(passage: Passage) -> PromptPassage:
    """A passage as a model gets to read it."""
    known = passage.article.metadata
    estimated = " (date estimated)" if known.published_estimated else ""
    parts = known.outlet, f"{known.published[:10]}{estimated}" if known.published else "undated", known.title
    return PromptPassage(passage.text, " · ".join(filter(None, parts)))
