"""The key sentences of a story or an article, word for word, and the headline of a story."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from retrieval import tuned
from retrieval.domain.articles import Article, Passage
from retrieval.evidence.positions import is_later
from retrieval.nlp.anaphora import leans, unconnected
from retrieval.nlp.factuality import polarity
from retrieval.nlp.forms import forms, is_form
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.statements import Sentence, is_ended, statements
from retrieval.nlp.tokens import content_terms

# The first characters of terms that are figures.
_FIGURES = "0123456789$£€¥"

# How many sentences stand before a sentence in its passage, and the sentence.
Candidate = tuple[int, Sentence]
_LISTS = load("headlines")
_KINDS = any_of(_LISTS["kind"])
_OPENING = re.compile(rf"\W*(?:{any_of(_LISTS['opening'])})(?![\w’'])", re.IGNORECASE)
_KIND = re.compile(rf"\W*(?:{_KINDS})\s*[:|–—]|(?:\A|[\s:|–—(])(?:{_KINDS})\W*\Z", re.IGNORECASE)
_AHEAD = re.compile(rf"\b(?:{any_of(_LISTS['ahead'])})\s+(?:to\s+)?(.+)", re.IGNORECASE)
# "House to override veto": a bare "to" may also stand before a noun.
_INFINITIVE = re.compile(r"\bto\s+([a-z]{3,})\b", re.IGNORECASE)
_FIRST_PERSON = re.compile(rf"\bI\b|\b(?:{any_of(_LISTS['first_person'])})\b")
_QUOTED = re.compile(r"“[^”]*”?|\"[^\"]*\"?|„[^“”]*[“”]?|«[^»]*»?")
_WORD = re.compile(r"[a-z]+")
_NO_PROSE = re.compile(r"://|\||\]\(|<\w")
_CUT = ("…", "...")
_SECTION = 3  # the most words of an outlet's section
# The longest headline that is made of a sentence, and the shortest part of one that is cut at a comma.
_LONGEST, _SHORTEST = 110, 50
_PAUSE = re.compile(r"[,;:]?\s+[–—]\s|[,;:]\s")


def find_candidates(leads: Sequence[Passage]) -> list[Candidate]:
    """The sentences of prose of the leading passages of a story, or of those without any their rows and items."""
    found = [pair for lead in leads for pair in enumerate(statements(lead))]
    return [pair for pair in found if _reads(pair[1].text)] or found


def _reads(text: str) -> bool:
    """Tell if a text is a sentence of prose, and no table row, note or address."""
    return is_ended(text) and not text.endswith(";") and not _NO_PROSE.search(text)


def without_repeats(candidates: Sequence[Candidate], before: Sequence[Candidate]) -> list[Candidate]:
    """The candidates that repeat no sentence of those before."""
    known = [sentence.terms for _, sentence in before]
    return [(place, own) for place, own in candidates if not any(_is_in(own.terms, terms) for terms in known)]


def choose_points(
    candidates: Sequence[Candidate],
    frequencies: Mapping[str, int],
    articles: int,
    titles: Iterable[str] = (),
    *,
    full: bool = False,
) -> list[Sentence]:
    """The sentences that say the most of what all say; none repeats another. There are more where a story is `full`."""
    most, room = tuned.POINTS.full[:2] if full else (tuned.POINTS.most, tuned.POINTS.words)
    chosen: list[Sentence] = []
    words = 0
    for _, sentence in rank(candidates, frequencies, articles, titles):
        length = len(sentence.text.split())
        fits = length >= tuned.POINTS.fewest_words and words + length <= room
        if fits and not any(_repeats(sentence, other) for other in chosen):
            chosen.append(sentence)
            words += length
        if len(chosen) == most:
            break
    return chosen


def rank(
    candidates: Sequence[Candidate], frequencies: Mapping[str, int], articles: int, titles: Iterable[str] = ()
) -> list[Candidate]:
    """The candidates, the worthiest first; those of the newest article come before what it has moved on from.

    A term counts by how many of the story's sentences and `titles` have it and by its inverse document frequency in the
    window (`frequencies` counts in how many of its `articles` a term occurs), after the SumBasic and centroid methods
    of multi-document summaries (Nenkova and Vanderwende 2005, Radev et al. 2004).
    """
    said = [*(sentence.terms for _, sentence in candidates), *(frozenset(content_terms(title)) for title in titles)]
    shared = Counter(term for terms in said for term in terms)
    weights = {
        term: (tuned.POINTS.alone + math.log(count)) * math.log(1 + articles / (1 + frequencies.get(term, 0)))
        for term, count in shared.items()
    }
    newest = max((sentence.day for _, sentence in candidates), default="")
    return sorted(candidates, key=lambda each: -_worth(each, weights) * _freshness(each[1].day, newest))


def _freshness(day: str, newest: str) -> float:
    """1 for a sentence of the newest day and for an undated one, less the older it is."""
    age = (date.fromisoformat(newest) - date.fromisoformat(day)).days if day else 0
    return math.exp(-age / tuned.POINTS.days)


def _worth(candidate: Candidate, weights: Mapping[str, float]) -> float:
    """The weight of a sentence's terms for its length; less further down, since news says first what matters."""
    place, sentence = candidate
    total = sum(weights[term] for term in sentence.terms)
    return total / math.sqrt(len(sentence.text.split())) / (1 + tuned.POINTS.place_weight * place)


def _repeats(one: Sentence, other: Sentence) -> bool:
    return len(one.terms & other.terms) >= tuned.POINTS.repeats * min(len(one.terms), len(other.terms))


def _is_in(terms: frozenset[str], other: frozenset[str]) -> bool:
    """Tell if another sentence says the same, with all its figures: a death toll that rises is news."""
    if len(terms & other) < tuned.DEVELOPING.said_before * len(terms):
        return False
    return all(term in other for term in terms if term[0] in _FIGURES)


@dataclass(frozen=True, slots=True)
class Titled:
    """An article of a story; `share` is 1 for its most central one. `named`: its title names who the story is about."""

    article: Article
    share: float
    named: bool = True


def headline(articles: Sequence[Titled], sentences: Sequence[Sentence], points: Sequence[Sentence]) -> str:
    """The title of a story.

    Titles count by what they share with the whole story and by how new their article is; what announces something
    counts less. A title whose announcement a later article tells as done is not taken. Where no title tells an event,
    it is the first of the `points`; `sentences` are those that the story's articles begin with.
    """
    newest = max((each.article.metadata.day for each in articles), default="")
    ranked = sorted(articles, key=lambda each: -_title_worth(each, newest))
    current = [each.article for each in ranked if not is_overtaken(each.article, _title(each.article), sentences)]
    telling = [each for each in current if tells_event(_title(each))]
    if telling:
        return _title(telling[0])
    if points:
        return _shortened(points[0].text)
    return _title((current or [each.article for each in ranked])[0]) or ranked[0].article.file


def tells_event(title: str) -> bool:
    """Tell if a title reads as the report of an event: it is no question, kind of piece, list or part of an address."""
    written = title.removesuffix("…").removesuffix("...")
    small = written == written.lower() != written.upper()
    return bool(written) and not (small or "?" in written or _OPENING.match(written) or _KIND.search(written))


def opens_a_point(text: str) -> bool:
    """Tell if a sentence may be a point of a digest: it follows on no other, and speaks of no "we" but in a quote."""
    return unconnected(text) == text and not leans(text) and not _FIRST_PERSON.search(_QUOTED.sub("", text))


def is_overtaken(article: Article, text: str, sentences: Iterable[Sentence]) -> bool:
    """Tell if a later article reports as done, or as failed, what a text of this article announces."""
    verb, infinitive = _announced(text), _INFINITIVE.search(text)
    done = frozenset(list(forms(infinitive[1].lower()))[3:]) if infinitive else frozenset[str]()
    if not verb and not done:
        return False
    matter = frozenset(content_terms(text))
    later = (each for each in sentences if is_later(each.article, article) and len(matter & each.terms) > 1)
    return any((verb and _tells(each.text, verb)) or done & set(_WORD.findall(each.text.lower())) for each in later)


def _announced(text: str) -> str:
    """The verb that a text puts ahead: of "set to override the veto" the first content term behind the hedge."""
    match = _AHEAD.search(text)
    return next(iter(content_terms(match[1])), "") if match else ""


def _tells(text: str, verb: str) -> bool:
    return is_form(verb, [each.term for each in polarity(text) if not each.hedge])


def _title_worth(each: Titled, newest: str) -> float:
    known, title = each.article.metadata, _title(each.article)
    age = (date.fromisoformat(newest) - date.fromisoformat(known.day)).days if known.day else tuned.HEADLINES.days
    return (
        tuned.HEADLINES.share_weight * each.share
        + math.exp(-age / tuned.HEADLINES.days)
        - tuned.HEADLINES.ahead_weight * bool(_announced(title))
        - tuned.HEADLINES.others_weight * (not each.named)
        - tuned.HEADLINES.cut_weight * title.endswith(_CUT)
    )


def _title(article: Article) -> str:
    """The title without the outlet's name or section behind a bar."""
    title = article.metadata.title or ""
    before, bar, after = title.rpartition(" | ")
    return before if bar and len(after.split()) <= _SECTION < len(before.split()) else title


def _shortened(text: str) -> str:
    """A sentence without its full stop, cut at a pause, or else between words, if it is long for a headline."""
    if len(text) <= _LONGEST:
        return text.removesuffix(".")
    pauses = [match.start() for match in _PAUSE.finditer(text, _SHORTEST, _LONGEST)]
    end = pauses[-1] if pauses else text.rfind(" ", 0, _LONGEST)
    return f"{text[: end if end > 0 else _LONGEST].rstrip(' ,;:–—')} …"
