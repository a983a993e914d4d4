"""Requests that no evidence answers (a summary, a look into the corpus, a greeting), by the phrases of the lexicon."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from retrieval.nlp.language import PAIRED, TRIPLED, is_latin
from retrieval.nlp.lexicon import any_of, load
from retrieval.nlp.tokens import content_terms

LANGUAGES = ("en", "de", "fr", "es", "pl", "uk")


@cache
def phrases(language: str, key: str) -> re.Pattern[str]:
    """A pattern of the phrases under a key of the table `question`, the longest first, English by default."""
    return re.compile(rf"(?<!\w)(?:{any_of(words(language, key))})(?!\w)", re.IGNORECASE)


@cache
def words(language: str, key: str) -> tuple[str, ...]:
    """The phrases themselves."""
    return tuple(load(language if language in LANGUAGES else "en")["question"].get(key, ()))


_MARK = re.compile(r"[?？؟]\s*$")
# A topic of more characters than this, without a space, is a sentence.
_TOPIC = 12
_SPACELESS = re.compile(rf"[{PAIRED}{TRIPLED}]")


def is_asking(text: str) -> bool:
    """Tell if a text in other than Latin letters asks something or is long: it is then no mere topic."""
    if is_latin(text):
        return False
    return bool(_MARK.search(text) or _pattern().search(text)) or len(_SPACELESS.findall(text)) > _TOPIC


def without_asking(text: str) -> str:
    """A question in other than Latin letters without the words that only ask, if it has others; else as it is."""
    if is_latin(text):
        return text
    left = " ".join(_pattern().sub(" ", text).split())
    return left if re.search(r"\w", left) else text


@cache
def _pattern() -> re.Pattern[str]:
    known = load("questions")
    anywhere = "|".join(map(re.escape, sorted(known["anywhere"].split(), key=len, reverse=True)))
    return re.compile(rf"{anywhere}|か(?=[？?。]?$)|(?<!\w)(?:{any_of(known['words'].split())})(?!\w)", re.IGNORECASE)


class Kind(StrEnum):
    """A kind of request that is none for an answer from evidence."""

    SUMMARY = "summary"
    CORPUS = "corpus"
    COURTESY = "courtesy"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request: its `topic`, empty for everything; the `file` of an article, or the `newest`.

    `keyword`: only a topic.
    """

    kind: Kind
    topic: str = ""
    file: str = ""
    newest: bool = False
    keyword: bool = False


_FILE = re.compile(r"[\w-][\w.-]*\.(?:txt|md|markdown|html?|pdf)\b", re.IGNORECASE)
_MARKS = '?!.,;:¿¡"“”„«»()…- '
# The longest question that may be nothing but a topic, in words.
_KEYWORDS = 3


def read_request(text: str, rest: str, language: str, *, of_days: bool = False) -> Wanted | None:
    """The request in a question, `rest` being it without time and sources, `of_days` where it names some days; None
    where evidence answers it.
    """
    if is_courtesy(text):
        return Wanted(Kind.COURTESY)
    return _corpus(rest, language) or _summary(text, rest, language, of_days=of_days) or _keyword(text, language)


def is_courtesy(text: str) -> bool:
    """Tell if a text only greets, thanks or agrees, or asks who answers and how."""
    said = text.casefold().strip(_MARKS)
    for language in LANGUAGES:
        if phrases(language, "about_bot").fullmatch(said):
            return True
        left, found = phrases(language, "courtesy").subn(" ", said)
        if found and not content_terms(left) and not phrases(language, "asks").search(left):
            return True
    return False


def opened(text: str, language: str) -> str:
    """A question without what only leads to it: "And", "So", "¿"."""
    text = text.lstrip(_MARKS)
    while match := phrases(language, "opener").match(text) or phrases(language, "polite").match(text):
        rest = text[match.end() :].lstrip(_MARKS)
        if not rest or rest == text:
            break
        text = rest
    return text


def _corpus(rest: str, language: str) -> Wanted | None:
    """ "What articles do you have?", "Do you have anything on Hungary?", "Which article mentions THAAD?" """
    asked = opened(rest, language)
    article, listed = phrases(language, "article"), phrases(language, "articles")
    noun = listed.search(asked)
    thing = phrases(language, "anything").search(asked)
    have, there = phrases(language, "have").search(asked), phrases(language, "there").match(asked)
    if have and (found := noun or (thing if thing and thing.start() >= have.end() else None)):
        return Wanted(Kind.CORPUS, _topic(phrases(language, "have").sub(" ", asked[found.end() :]), language))
    if there and (found := noun or thing) and phrases(language, "about").match(asked[found.end() :].lstrip()):
        return Wanted(Kind.CORPUS, _topic(asked[found.end() :], language))
    if not noun or len(asked[: noun.start()].split()) > 3:
        return None
    after = asked[noun.end() :].lstrip()
    if not content_terms(phrases(language, "published").sub(" ", after), language):
        after = ""  # that they were published
    if phrases(language, "show").match(asked):
        return Wanted(Kind.CORPUS, _topic(after, language))
    counts = phrases(language, "which").match(asked) or phrases(language, "number").match(asked)
    mention = phrases(language, "mention").search(after)
    if counts and mention:
        return Wanted(Kind.CORPUS, _topic(after[mention.end() :], language))
    if counts and article.fullmatch(noun[0]) and not re.match(r"\d|of\b", after):
        # Not what somebody did with them.
        only = not content_terms(after) or phrases(language, "about").match(after)
        return Wanted(Kind.CORPUS, _topic(after, language)) if only else None
    return None


def _summary(text: str, rest: str, language: str, *, of_days: bool) -> Wanted | None:
    """ "Summarise the latest article", "What is new?", "What happened with tolls in March?", "Brief me on Hungary" """
    asked = opened(rest, language)
    told = phrases(language, "summary").match(asked) or _gives_summary(asked, language)
    file = _FILE.search(text)
    news = phrases(language, "news").match(asked)
    new, articles = (phrases(language, key).pattern for key in ("newest", "articles"))
    newest = re.search(rf"{new}\s+{articles}|{articles}\s+(?:\w{{2,3}}\s+)?{new}", asked, re.IGNORECASE)
    if file and (told or not _is_about_more(asked, file[0], language)):
        return Wanted(Kind.SUMMARY, file=file[0])
    if told or (newest and not _is_about_more(asked, newest[0], language)):
        begun = asked[told.end() :] if told else asked
        about = phrases(language, "summary_end").sub(" ", phrases(language, "summary").sub(" ", begun))
        about = about.replace(newest[0], " ") if newest else about
        return Wanted(Kind.SUMMARY, _topic(about, language), newest=newest is not None)
    left = _topic(asked[news.end() :], language) if news else asked
    if news and (not content_terms(left) or of_days or not phrases(language, "happened").match(asked)):
        return Wanted(Kind.SUMMARY, left if content_terms(left) else "")
    # "What did AP report today?": nothing but the day and the source.
    return Wanted(Kind.SUMMARY) if rest != text and not content_terms(rest) else None


def _gives_summary(asked: str, language: str) -> re.Match[str] | None:
    """ "Give me a short summary of the talks": the phrase up to its noun, one word at most before that."""
    show, summary = (phrases(language, key).pattern for key in ("show", "summary"))
    determiner = phrases(language, "determiner").pattern
    return re.match(rf"{show}\s+(?:{determiner}\s*)?(?:\w+\s+)?{summary}", asked, re.IGNORECASE)


def _is_about_more(asked: str, named: str, language: str) -> bool:
    """Tell if a question that names an article asks for something in it."""
    left = phrases(language, "light").sub(" ", asked.replace(named, " "))
    return bool(content_terms(phrases(language, "articles").sub(" ", left)))


def _topic(text: str, language: str) -> str:
    """The topic in the words after the phrase that asks for it."""
    text = text.strip(_MARKS)
    lead = re.compile(
        rf"(?:{phrases(language, 'about').pattern}|{phrases(language, 'mention').pattern}"
        rf"|{phrases(language, 'determiner').pattern})\s*",
        re.IGNORECASE,
    )
    while match := lead.match(text):
        text = text[match.end() :].strip(_MARKS)
    return text


def _keyword(text: str, language: str) -> Wanted | None:
    """ "THAAD": a name or a few words that ask nothing."""
    bare = text.strip(_MARKS)
    asks = phrases(language, "asks").search(bare) or phrases(language, "auxiliary").search(bare)
    said = content_terms(phrases(language, "light").sub(" ", bare))
    if asks or is_asking(text) or not said or len(said) > _KEYWORDS or len(bare.split()) > _KEYWORDS:
        return None
    return Wanted(Kind.CORPUS, bare, keyword=True)
