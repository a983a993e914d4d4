"""What a language model writes from passages, with all taken out that its sources do not say."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from retrieval.answering.claim_check import check
from retrieval.answering.datelines import undated
from retrieval.evidence.sentence_selection import Embed
from retrieval.models import Citation, Claim, Extract, Passage, Reply, Stage, Task, Written
from retrieval.nlp.prompt_injection import is_order, ordered
from retrieval.nlp.quotes import find_quote
from retrieval.nlp.readable import readable
from retrieval.nlp.sentences import sentences

Ask = Callable[[Task, Callable[[int], object]], Reply]
Tell = Callable[[Stage, int], object]

# Statements that are looked at, and the characters of one, with and without markup: more is no answer any longer.
_MOST, _LONGEST, _LONGEST_RAW = 10, 400, 2_000

_MARKER = re.compile(
    r"(?<!\[)\[{1,2}\s*(?:passages?|sources?|quotes?)?\s*[\d\s,;–-]*\d\s*\]{1,2}(?:\([^()\s]*\))?|【[^【】]*】"
    r"|\((?:passages?|sources?)\s[\d\s,;–-]*(?:and\s+\d+\s*)?\)",
    re.IGNORECASE,
)
# Also without a scheme, where a path stands behind the name.
_ADDRESS = re.compile(
    r"\(?<?(?<!\w)(?:\w{2,20}://|www\.|(?:[\w-]{1,63}[.․。]){1,5}[a-z]{2,24}(?::[0-9]{1,5})?/)[^\s<>()]*>?\)?",
    re.IGNORECASE,
)
# Mentions, channels, emoji, times and tags; marks of code, emphasis and spoilers; marks that open a line.
_MARKUP = re.compile(
    r"<[@#:/a-z][^<>]*>|@(?=everyone\b|here\b)|[`*|~\\]+|__+|\A[\s#>+•–-]+(?=\s|\w)|\A\d{1,2}[.)]\s", re.I
)
_GAP = re.compile(r"\s+(?=[.,;:!?](?:\s|\Z))")
_QUOTED = re.compile(r"[“„«\"]([^“”„«»\"]+)[”“»\"]")
_JOINT = re.compile(r"\s*[;:—–]\s+|,\s+(?:and|but|so)\s+")
_CLOSING = "\"'”’»)] "


def write(
    task: Task, passages: Sequence[Passage], ask: Ask, embed: Embed, tell: Tell = lambda _stage, _claims: None
) -> Written:
    """What the model says to the task from these passages, as far as it passes every check.

    Raises:
        ChatError: the model did not answer.
    """
    tell("writing", 0)
    reply = ask(replace(task, passages=tuple(map(extract, passages))), lambda claims: tell("writing", claims))
    tell("checking", len(reply.claims))
    given = passages[: reply.given]
    claims = [replace(each, text=bare(each.text)) for each in reply.claims[:_MOST]]
    held = _held(claims, given, embed)
    again = {each.text: _undated(each, given) for each in claims if each.text not in held}
    held |= _held([each for text, each in again.items() if each.text != text], given, embed)
    told = {each.text: again.get(each.text, each).text for each in claims}
    kept = {text: held[text] for text in told.values() if text in held}
    return Written(reply.model, tuple(kept.items()), sum(text not in held for text in told.values()), reply.cut)


def _held(claims: Sequence[Claim], given: Sequence[Passage], embed: Embed) -> dict[str, tuple[Citation, ...]]:
    """The texts that pass every check, each with the quotes that bear it."""
    kept, _dropped = check([each for each in claims if _may_stand(each, given)], given, embed)
    return {
        each.claim.text: each.citations
        for each in reversed(kept)
        if not any(_is_ordered(citation, given) for citation in each.citations)
    }


def _undated(claim: Claim, given: Sequence[Passage]) -> Claim:
    """A claim without the dates of the articles themselves: those are shown with the source."""
    cited = [given[number - 1].article.metadata.published for number in claim.passages if 0 < number <= len(given)]
    return replace(claim, text=undated(claim.text, [each[:10] for each in cited if each]))


def bare(text: str) -> str:
    """A model's words without markup, links and citation numbers of its own, in one line."""
    plain = _MARKER.sub(" ", _ADDRESS.sub(" ", readable(_MARKER.sub(" ", text[:_LONGEST_RAW]))))
    return _GAP.sub("", " ".join(_MARKUP.sub(" ", plain).replace("()", " ").split()))


def extract(passage: Passage) -> Extract:
    """A passage as a model gets to read it."""
    known = passage.article.metadata
    estimated = " (date estimated)" if known.published_estimated else ""
    parts = known.outlet, f"{known.published[:10]}{estimated}" if known.published else "undated", known.title
    return Extract(passage.text, " · ".join(filter(None, parts)))


def _may_stand(claim: Claim, given: Sequence[Passage]) -> bool:
    """Whether it is a statement at all, and quotes nobody but its passages."""
    text = claim.text
    if not 0 < len(text) <= _LONGEST or text.rstrip(_CLOSING).endswith("?"):
        return False
    # A second sentence could ride on the first, and one is what the model was asked for.
    if len(sentences(text)) > 1 or any(map(is_order, _JOINT.split(text))):
        return False
    cited = [given[number - 1].text for number in claim.passages if 0 < number <= len(given)]
    return all(any(_quotes(quoted, each) for each in cited) for quoted in _QUOTED.findall(text))


def _quotes(quoted: str, text: str) -> bool:
    """A quote of a word or two is too short to be looked for as one."""
    words = " ".join(quoted.split()).strip(".,;:!?'’ ").casefold()
    return bool(find_quote(quoted, text)) or (len(words.split()) < 3 and words in " ".join(text.split()).casefold())


def _is_ordered(citation: Citation, given: Sequence[Passage]) -> bool:
    """Whether a quote holds an order, or what stands right behind one."""
    for passage in given:
        if passage.article.key == citation.key and passage.start <= citation.start < passage.end:
            start, end = citation.start - passage.start, citation.end - passage.start
            spans = sentences(passage.text)
            flags = zip(spans, ordered(passage.text, spans), strict=True)
            if any(order and first < end and start < last for (first, last), order in flags):
                return True
    return False
