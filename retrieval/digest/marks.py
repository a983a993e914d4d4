"""The marks of a digest's stories: an actor takes another position than in an earlier article (a shift), or the sources
disagree (a dispute).

Sources disagree where a person has two roles, or two sentences differ in a name or a figure alone. Articles of one
origin are one source. Only articles of one day with known dates are compared, because facts may change between days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from retrieval import tuned
from retrieval.answering.extractive import unmarked
from retrieval.answering.undated_sources import is_contemporary
from retrieval.digest.drafts import LEADS, CitedText, DigestDraft, DraftMark, StoryDraft
from retrieval.domain.articles import Embed, Passage
from retrieval.domain.phrase import Phrase, together
from retrieval.errors import BriefingError
from retrieval.evidence.positions import (
    changed,
    is_later,
    is_turn,
    looks_back,
    names_others,
    other_terms,
    position,
    shared_terms,
)
from retrieval.evidence.sentence_selection import Evidence, cite, weigh
from retrieval.nlp.actors import Actors
from retrieval.nlp.annotate import annotate, differing
from retrieval.nlp.entities import is_named
from retrieval.nlp.markup import readable
from retrieval.nlp.roles import Role, differ, roles
from retrieval.nlp.statements import Sentence, statements
from retrieval.question.understanding import Question, clean
from retrieval.search.hybrid import Found

# The words that differ, and their sentence.
Quote = tuple[str, Sentence]
# Searches the earlier articles.
Seek = Callable[[Question], Found]
# An earlier statement, and the later one with another position.
Shift = tuple[Sentence, Sentence]
# More shared terms than this do not count.
_MOST_SHARED = 3


def find_disputes(sentences: Sequence[Sentence], naming: Sequence[Sentence]) -> Iterator[tuple[Quote, Quote]]:
    """The facts that two of the sources report differently, roles first; `naming` are sentences that may name one."""
    yield from _conflicting_roles(naming)
    yield from _parallels(sentences)


def titled(passages: Sequence[Passage]) -> list[Passage]:
    """The passages that give a person a role which another passage contradicts."""
    found = [(role, passage) for passage in passages for role in roles(readable(passage.text))]
    rivals = _doubly_named(role for role, _ in found)
    return list({passage.id: passage for role, passage in found if role.name in rivals}.values())


def _doubly_named(found: Iterable[Role]) -> frozenset[str]:
    """The names with roles that no one holds at once. There are few roles, but there may be many names."""
    named = defaultdict[str, dict[tuple[str, frozenset[str]], Role]](dict)
    for role in found:
        named[role.name][role.kind, role.field] = role
    return frozenset(
        name for name, own in named.items() if any(differ(one, other) for one, other in combinations(own.values(), 2))
    )


def _conflicting_roles(sentences: Sequence[Sentence]) -> Iterator[tuple[Quote, Quote]]:
    by_name = defaultdict[str, dict[tuple[Role, int], tuple[Role, Sentence]]](dict)
    for sentence in sentences:
        for role in roles(sentence.text):
            # A repetition within one article adds nothing.
            by_name[role.name].setdefault((role, sentence.article.id), (role, sentence))
    for own in by_name.values():
        for (ours, one), (theirs, other) in combinations(own.values(), 2):
            if differ(ours, theirs) and _may_disagree(one, other):
                yield (ours.phrase, one), (theirs.phrase, other)


def _parallels(sentences: Sequence[Sentence]) -> Iterator[tuple[Quote, Quote]]:
    for one, other in combinations(sentences, 2):
        if _are_alike(one, other) and _may_disagree(one, other) and differing(one.text, other.text):
            yield (one.text, one), (other.text, other)


def _are_alike(one: Sentence, other: Sentence) -> bool:
    """Tell if two sentences share enough terms to be compared."""
    shared = len(one.terms & other.terms)
    return shared >= tuned.CONFLICTS.parallel_terms and 3 * shared >= len(one.terms | other.terms)


def _may_disagree(one: Sentence, other: Sentence) -> bool:
    """Tell if two sentences are known to be of independent sources of one time."""
    ours, theirs = one.article, other.article
    return bool(ours.metadata.published) and is_contemporary(ours, theirs)


def mark(draft: DigestDraft, seek: Seek | None, embed: Embed) -> DigestDraft:
    """The digest with its stories marked; `seek` is None where no earlier article is stored.

    Where the search among earlier articles fails, the digest gets a note and no shifts.
    """
    shifts, note = _shifts(draft.stories, seek, embed)
    stories = tuple(
        replace(story, marks=tuple(_marks(story, shift))) for story, shift in zip(draft.stories, shifts, strict=True)
    )
    notes = together((draft.digest.note, note), "; ")
    return DigestDraft(replace(draft.digest, note=notes), stories)


def _shifts(stories: tuple[StoryDraft, ...], seek: Seek | None, embed: Embed) -> tuple[list[Shift | None], str | None]:
    nothing: list[Shift | None] = [None] * len(stories)
    if seek is None:
        return nothing, None
    try:
        weightiest = stories[: tuned.SHIFTS.stories]
        return [*(find_shift(_news(story), seek, embed) for story in weightiest), *nothing[len(weightiest) :]], None
    except BriefingError as error:
        return nothing, Phrase("not compared with earlier articles: {reason}", reason=error.line)


def _marks(draft: StoryDraft, shift: Shift | None) -> Iterator[DraftMark]:
    if shift:
        yield DraftMark("shift", tuple(_quote((sentence.text, sentence)) for sentence in shift))
    roles = titled([passage for own in draft.passages for passage in own])
    if sides := next(find_disputes(_leading(draft), _sentences(roles)), None):
        yield DraftMark("disputed", tuple(map(_quote, sides)))


def _leading(draft: StoryDraft) -> tuple[Sentence, ...]:
    """The sentences at the beginning of the story's articles."""
    return _sentences(passage for own in draft.passages for passage in own[:LEADS])


def _news(draft: StoryDraft) -> tuple[Sentence, ...]:
    """The leading sentences that may report a new position: of a story still developing, only its points."""
    if draft.story.new:
        return _leading(draft)
    cited = {(citation.key, citation.start) for point in draft.points for citation in point.citations}
    return tuple(each for each in _sentences(draft.cited_leads) if (each.article.key, each.offset) in cited)


def _sentences(passages: Iterable[Passage]) -> tuple[Sentence, ...]:
    return tuple(sentence for passage in passages for sentence in statements(passage))


def _quote(side: Quote) -> CitedText:
    words, sentence = side
    return CitedText(unmarked(words), (cite(sentence, 0),))


def find_shift(sentences: Sequence[Sentence], seek: Seek, embed: Embed) -> Shift | None:
    """The earlier statement and the sentence that reports another position; None where there is none.

    A change that another article has reported in between is no news.
    """
    turns = [sentence for sentence in sentences if sentence.day and is_turn(sentence.text)]
    # A sentence that names both the new and the old position surely reports a turn.
    turns.sort(key=lambda each: -sum((position(each.text).turned, position(each.text).before)))
    for now in turns[: tuned.SHIFTS.searches]:
        matter = clean(now.text)
        query = Question(matter, matter)
        found = seek(query)
        earlier = list(_earlier(now, found))
        weighed = {id(each.sentence): each for each in weigh(query, found, [now, *earlier], embed)}
        before = _before(weighed.pop(id(now)), list(weighed.values()))
        if before:
            return before, now
    return None


def _earlier(now: Sentence, found: Found) -> Iterator[Sentence]:
    """The sentences of earlier articles of another origin."""
    for sentence in (sentence for hit in found.hits for sentence in statements(hit.passage, hit.score)):
        if is_later(now.article, sentence.article) and sentence.article.story != now.article.story:
            yield sentence


def _before(now: Evidence, earlier: Sequence[Evidence]) -> Sentence | None:
    """The nearest earlier statement that the turn changes, unless an article has reported the turn since."""
    passages = {each.sentence.passage.id: each.sentence.passage for each in (now, *earlier)}
    actors = Actors(passage.text for passage in passages.values())
    who = actors.of(now.sentence.text)
    matter, taken = other_terms(now.sentence.terms, who), position(now.sentence.text)
    compared = []
    for each in earlier:
        other = actors.of(each.sentence.text)
        if actors.may_agree(other, who):
            apart = names_others(each.sentence.text, now.sentence.text, other, who)
            sure = actors.agree(other, who) and not apart
            compared.append((changed(each, now, matter, sure=sure), sure, each))
    since = max(
        (each.sentence.day for change, _, each in compared if change == "same" and is_turn(each.sentence.text)),
        default="",
    )
    held = []
    for change, sure, each in compared:
        own, back = position(each.sentence.text), looks_back(now.sentence, each.sentence)
        shared = len(shared_terms(each.sentence.terms, now, matter))
        # A sentence that tells both the new and the old position surely reports a turn.
        refers = (back and (own.held or shared > 1)) or (taken.turned and taken.before and own.held and shared > 2)
        certain = (sure and own.held and taken.turned) or (refers and _is_one_affair(now.sentence, each.sentence))
        if change == "changed" and each.sentence.day > since and certain:
            held.append((_nearness(each, now, who) + tuned.SHIFTS.held * (own.held - own.turned), each.sentence))
    nearness, best = max(held, key=lambda pair: pair[0], default=(0.0, None))
    return best if nearness >= tuned.SHIFTS.near else None


def _is_one_affair(one: Sentence, other: Sentence) -> bool:
    """Tell if the passages of two sentences name two of the same."""
    ours, theirs = (annotate(each.passage.text).names for each in (one, other))
    return len([name for name in ours if is_named(name, theirs)]) > 1


def _nearness(each: Evidence, now: Evidence, who: str | None) -> float:
    """The similarity of two statements, by their vectors and shared terms besides the actor; 0 for a single shared
    term.
    """
    shared = len(shared_terms(each.sentence.terms, now, other_terms(now.sentence.terms, who)))
    near = float(each.vector @ now.vector)
    if shared < 2 and near < tuned.TIMELINE.same_position:
        return 0.0
    return near + tuned.SHIFTS.shared * min(shared, _MOST_SHARED)
